from __future__ import annotations

import json
import logging
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from history.lock import Lock
from model.errors import LockedError
from tests.history.estate import STARTED

ROOT = Path(__file__).parents[2]
HOLDING = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from history.lock import Lock

with Lock(Path(sys.argv[1]), datetime(2026, 11, 20, 3, 0, tzinfo=UTC)):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path: Path):
    """Another process that holds the lock of ``tmp_path``."""
    command = [sys.executable, "-c", HOLDING, str(tmp_path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == b"held\n"
        yield child
        child.kill()
        child.wait()


def test_the_second_run_is_told_who_holds_the_lock_and_since_when(tmp_path: Path, other: subprocess.Popen) -> None:
    with pytest.raises(LockedError) as refused:
        Lock(tmp_path, STARTED).acquire()

    assert f"host {platform.node()}, process {other.pid}, since 2026-11-20T03:00:00Z" in str(refused.value)
    assert "wait until it ends" in str(refused.value)
    assert refused.value.exit_code == 1


def test_the_lock_of_a_killed_run_is_taken_over_and_said(
    tmp_path: Path, other: subprocess.Popen, caplog: pytest.LogCaptureFixture
) -> None:
    other.kill()
    other.wait()

    with caplog.at_level(logging.WARNING), Lock(tmp_path, STARTED):
        assert json.loads((tmp_path / ".lock").read_text())["process"] == os.getpid()

    assert f"process {other.pid}" in caplog.text


def test_one_process_cannot_hold_it_twice(tmp_path: Path) -> None:
    with Lock(tmp_path, STARTED), pytest.raises(LockedError):
        Lock(tmp_path, STARTED).acquire()


def test_a_lock_given_back_can_be_taken_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            with Lock(tmp_path / "new" / "folder", STARTED):
                pass

    assert not caplog.records


def test_a_refused_lock_leaves_the_words_of_its_holder(tmp_path: Path) -> None:
    with Lock(tmp_path, STARTED):
        before = (tmp_path / ".lock").read_text()
        with pytest.raises(LockedError):
            Lock(tmp_path, STARTED).acquire()

        assert before == (tmp_path / ".lock").read_text()


def test_the_lock_of_another_host_is_never_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text('{"host": "elsewhere", "process": 1, "since": "2026-11-20T03:00:00Z"}')

    with pytest.raises(LockedError, match=r"host elsewhere, process 1, .* delete .*\.lock"):
        Lock(tmp_path, STARTED).acquire()


@pytest.mark.parametrize("content", ["", "{", "[1]"])
def test_a_lock_file_cut_short_holds_nobody_back(tmp_path: Path, content: str) -> None:
    (tmp_path / ".lock").write_text(content)

    with Lock(tmp_path, STARTED):
        assert json.loads((tmp_path / ".lock").read_text())["process"] == os.getpid()


def test_a_lock_is_given_back_when_the_run_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Lock(tmp_path, STARTED):
        raise ZeroDivisionError

    with Lock(tmp_path, STARTED):
        pass
    assert (tmp_path / ".lock").read_text() == ""
