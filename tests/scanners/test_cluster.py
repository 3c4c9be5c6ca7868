"""Jobs performed by a Dask cluster, over TCP: the same answers, whoever gives them, and though a worker dies."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest

from model.errors import TargetError
from model.places import Target
from scanners import Done, InlineExecutor, cluster, load, run
from scanners._standin.hospital import demo_environment, hospital

pytestmark = pytest.mark.slow

VERSION = version("lexsitus")
DASK = (sys.executable, "-m", "dask")


@contextmanager
def started(*arguments: str, until: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask, ready once its log says ``until``."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*DASK, *arguments], stdout=file, stderr=file, env={**os.environ, **demo_environment()}
        )
    try:
        by = time.monotonic() + 60
        while not re.search(until, log.read_text(encoding="utf-8")):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < by, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait(20)


@contextmanager
def scheduler(folder: Path) -> Iterator[str]:
    """The address of a scheduler without workers."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    arguments = ("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    with started(*arguments, until="Scheduler at", log=folder / "scheduler.log"):
        yield f"tcp://127.0.0.1:{port}"


def worker(address: str, folder: Path, name: str) -> object:
    """A worker of that scheduler."""
    options = ("--nworkers", "1", "--nthreads", "8", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    folder.joinpath(name).mkdir()
    place = ("--local-directory", str(folder / name))
    return started("worker", address, *options, *place, until="Registered to", log=folder / f"{name}.log")


def told(done: list[Done]) -> set[tuple[str, frozenset[str], int]]:
    """What each job learned; its arguments may hold the second at which a list was read."""
    found = ((one.job.scope, one.step.observations) for one in done)
    return {(scope, frozenset(store.id for store in one.stores), len(one.gaps)) for scope, one in found}


def test_a_cluster_learns_what_one_process_learns_though_a_worker_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in demo_environment().items():
        monkeypatch.setenv(name, value)
    with hospital() as server, scheduler(tmp_path) as address:
        settings = {
            "endpoint_url": server.endpoint_url,
            "regions": ("eu-west-3",),
            "accounts": "organization",
            "assume_role": "LexsitusReadOnly",
            "_rows": ("s3.bucket", "ec2.volume"),
        }
        target = Target("aws", "chu", tuple(sorted(settings.items())))
        alone = list(run(load("aws").plan(target), InlineExecutor(), in_flight=1, budget_seconds=60))
        with worker(address, tmp_path, "a") as first, worker(address, tmp_path, "b"), cluster(address, VERSION) as many:
            together = []
            for done in run(load("aws").plan(target), many, in_flight=8, budget_seconds=60):
                if not together:
                    first.send_signal(signal.SIGKILL)  # type: ignore[attr-defined]
                together.append(done)

    assert told(together) == told(alone)
    assert sum(len(one.step.observations.stores) for one in together) > 2


def test_a_cluster_that_cannot_work_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    with scheduler(tmp_path) as address:
        with pytest.raises(TargetError, match="has no worker"), cluster(address, VERSION):
            pass
        with (
            worker(address, tmp_path, "a"),
            pytest.raises(TargetError, match=r"has lexsitus .*, and needs 9\.9"),
            cluster(address, "9.9"),
        ):
            pass
