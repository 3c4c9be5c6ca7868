from __future__ import annotations

import logging
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from history.journal import Entry, Journal, Request, digest_of_run
from model.errors import SnapshotError
from model.observed import Known
from model.places import Observations, Target
from tests.history.estate import CALL, TARGET, copy, dataset, gap, store

ROOT = Path(__file__).parents[2]
ENTRY = Entry(
    Observations((store("a"), store("b")), (copy("a", "b"),), (gap("volumes"),), (dataset("x"),)),
    (Request(TARGET, "bucket", "bucket a", ("a", "eu-west-3")), Request(TARGET, "bucket", "bucket b")),
    complete=False,
)


def entry(n: int) -> Entry:
    return Entry(Observations((store(f"s{n}"),)), (Request(TARGET, "next", f"after {n}", (str(n),)),))


def test_what_was_recorded_is_recalled_by_another_process(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", "run") as journal:
        journal.record("k1", ENTRY)
        journal.record("k2", Entry(Observations()))

    with Journal(tmp_path / "j", "run") as journal:
        assert len(journal) == 2
        assert journal.recall("k1") == ENTRY
        assert journal.recall("k2") == Entry(Observations(), (), complete=True)
        assert journal.recall("k3") is None


def test_a_journal_goes_on_where_it_stopped(tmp_path: Path) -> None:
    for n in range(4):
        with Journal(tmp_path / "j", "run") as journal:
            assert [journal.recall(str(m)) for m in range(n)] == [entry(m) for m in range(n)]
            journal.record(str(n), entry(n))
            assert journal.recall(str(n)) == entry(n)

    with Journal(tmp_path / "j", "run") as journal:
        assert len(journal) == 4


def test_reading_between_writings_loses_nothing(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", "run") as journal:
        for n in range(50):
            journal.record(str(n), entry(n))
            assert journal.recall(str(n // 2)) == entry(n // 2)

    with Journal(tmp_path / "j", "run") as journal:
        assert [journal.recall(str(n)) for n in range(50)] == [entry(n) for n in range(50)]


def test_the_journal_of_another_run_is_not_gone_on_with(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", "run") as journal:
        journal.record("k", ENTRY)

    with Journal(tmp_path / "j", "other run") as journal:
        assert journal.recall("k") is None

    with Journal(tmp_path / "j", "run") as journal:
        assert len(journal) == 0


@pytest.mark.parametrize("cut", [1, 2, 40, 400])
def test_a_last_line_cut_short_is_dropped_and_said(tmp_path: Path, cut: int, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "j"
    with Journal(path, "run") as journal:
        journal.record("k1", ENTRY)
        journal.record("k2", ENTRY)
    path.write_bytes(path.read_bytes()[:-cut])

    with caplog.at_level(logging.WARNING), Journal(path, "run") as journal:
        assert (journal.recall("k1"), journal.recall("k2")) == (ENTRY, None)
        journal.record("k2", ENTRY)

    assert f"{path}:3: cut short" in caplog.text
    with Journal(path, "run") as journal:
        assert (journal.recall("k1"), journal.recall("k2")) == (ENTRY, ENTRY)


def test_a_journal_ends_at_a_damaged_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "j"
    with Journal(path, "run") as journal:
        for n in range(3):
            journal.record(str(n), entry(n))
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"eu-west-3", b"us-east-1", 1)
    path.write_bytes(b"".join(lines))

    with caplog.at_level(logging.WARNING), Journal(path, "run") as journal:
        assert [journal.recall(str(n)) for n in range(3)] == [entry(0), None, None]

    assert f"{path}:3: damaged" in caplog.text


@pytest.mark.parametrize("content", [b"", b"\n", b"\x00" * 100, b"nonsense"])
def test_a_file_that_is_no_journal_becomes_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "j").write_bytes(content)

    with Journal(tmp_path / "j", "run") as journal:
        assert len(journal) == 0
        journal.record("k", ENTRY)

    with Journal(tmp_path / "j", "run") as journal:
        assert journal.recall("k") == ENTRY


def test_half_a_character_in_a_name_is_kept(tmp_path: Path) -> None:
    odd = Entry(Observations((store("s", tags=Known((("a", "\ud800"),), CALL)),)))

    with Journal(tmp_path / "j", "run") as journal:
        journal.record("k", odd)
        assert journal.recall("k") == odd


def test_a_journal_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="nowhere"):
        Journal(tmp_path / "nowhere" / "j", "run")


def test_a_run_is_another_when_its_version_targets_or_inputs_differ() -> None:
    same = digest_of_run("1", [TARGET], "register")

    assert same == digest_of_run("1", [TARGET], "register")
    assert (
        len(
            {
                same,
                digest_of_run("2", [TARGET], "register"),
                digest_of_run("1", [Target("aws", "x")], "register"),
                digest_of_run("1", [TARGET], "other"),
                digest_of_run("1", [TARGET]),
            }
        )
        == 5
    )


WRITING = """
import sys
from pathlib import Path
from history.journal import Journal
from tests.history.test_journal import entry

with Journal(Path(sys.argv[1]), "run") as journal:
    n = len(journal)
    while True:
        journal.record(str(n), entry(n))
        print(n, flush=True)
        n += 1
"""


def test_whatever_was_recorded_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "j"
    random_moments = random.Random(7)
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITING, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert child.stdout is not None
        with child.stdout as said:
            first = said.readline()
            time.sleep(random_moments.uniform(0.0, 0.05))
            child.send_signal(signal.SIGKILL)
            recorded = int([first, *said.read().rpartition("\n")[0].splitlines()][-1])
        child.wait()

        with Journal(path, "run") as journal:
            assert len(journal) in (recorded + 1, recorded + 2)
            assert [journal.recall(str(n)) for n in range(recorded + 1)] == [entry(n) for n in range(recorded + 1)]


def test_fifty_thousand_jobs_are_recorded_without_waiting_for_the_disk_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(file))
    nothing = Entry(Observations())
    began = time.monotonic()

    with Journal(tmp_path / "j", "run") as journal:
        for n in range(50_000):
            journal.record(str(n), nothing)

    elapsed = time.monotonic() - began
    assert 50 <= len(synced) <= 60 + elapsed / 0.2
