from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from history.editions import Edition, Editions
from history.journal import Entry, Journal
from history.tables import SnapshotWriter
from history.verification import verify
from model.places import Observations
from tests.history.estate import STARTED, TARGET, copy, gap, store
from tests.history.test_editions import CATALOG, LAW

ROOT = Path(__file__).parents[2]
JOBS = 1_500


def ask(n: int) -> Entry:
    """What job ``n`` learns."""
    gaps = (gap(f"tags of s{n}", store=f"s{n:04}"),) if n % 50 == 0 else ()
    return Entry(Observations((store(f"s{n:04}"), store(f"t{n:04}")), (copy(f"s{n:04}", f"t{n:04}"),), gaps))


def scan(editions: Editions, pause_seconds: float = 0.0) -> Edition:
    """One run: goes on with a draft when there is one, asks what is missing, publishes."""
    with editions.lock(STARTED):
        draft = editions.open_draft("run") or editions.draft(STARTED, "run")
        with (
            Journal(draft.journal, "run") as journal,
            SnapshotWriter(draft.folder / "snapshot", draft.scratch / "tables") as writer,
        ):
            for n in range(JOBS):
                entry = journal.recall(str(n))
                if entry is None:
                    time.sleep(pause_seconds)
                    entry = ask(n)
                    journal.record(str(n), entry)
                writer.add(entry.observations)
            writer.seal((TARGET,), (), STARTED, STARTED, "0")
        return editions.publish(draft, False, "0", CATALOG, LAW)


SCANNING = """
import sys
from pathlib import Path
from history.editions import Editions
from tests.history.test_resume import scan

print("started", flush=True)
scan(Editions(Path(sys.argv[1])), 0.001)
"""


def test_a_scan_killed_at_any_moment_ends_with_the_same_bytes_as_one_that_was_not(tmp_path: Path) -> None:
    undisturbed = scan(Editions(tmp_path / "undisturbed"))
    moments = random.Random(5)
    folder = tmp_path / "killed"
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", SCANNING, str(folder)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert child.stdout is not None
        with child.stdout:
            child.stdout.readline()
        time.sleep(moments.uniform(0.02, 0.25))
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert Editions(folder).ids() == ()

    killed = scan(Editions(folder))

    assert killed.sha256 == undisturbed.sha256
    assert killed.manifest.files == undisturbed.manifest.files
    assert verify(Editions(folder)) == ()
    assert sorted(path.name for path in folder.iterdir()) == [".lock", killed.id, "partial"]
