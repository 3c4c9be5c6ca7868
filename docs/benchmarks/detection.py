"""How long a million names of stores take, and a sampled object: python docs/benchmarks/detection.py [NAMES]

One process, one thread: a scan of two cores has twice the time.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from model.health import HealthStatus, status
from scanners._health import HEAD_BYTES, of_key, recognise

LINES = Path(__file__).parents[2] / "tests" / "scanners" / "health" / "names.txt"


def main(count: int) -> None:
    """Scores ``count`` distinct names made of the words of our samples, then reads one CSV head a thousand times."""
    drawn = random.Random(1)
    words = [word for line in LINES.read_text(encoding="utf-8").splitlines() for word in line.split()[1].split("-")]
    names = ["-".join([*drawn.choices(words, k=3), f"{n:06x}"]) for n in range(count)]
    began, spent = time.perf_counter(), time.process_time()
    yes = sum(status(of_key(name)) is HealthStatus.YES for name in names)
    seconds, spent = time.perf_counter() - began, time.process_time() - spent
    print(f"{count:,} names in {seconds:.1f} s, {spent:.1f} s of CPU, {yes:,} of them health data")
    head = (b"ipp;nom;ddn;cim10;uf\n" + b"1;X;1950-01-01;E11.9;4010\n" * 400)[:HEAD_BYTES]
    spent = time.process_time()
    for _ in range(1000):
        recognise(head, b"", len(head))
    print(f"a CSV head of 8 KiB in {time.process_time() - spent:.2f} ms of CPU")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
