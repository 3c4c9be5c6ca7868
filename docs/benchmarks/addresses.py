"""How fast addresses are looked up, and what the tables cost: python docs/benchmarks/addresses.py

Draws a million addresses from the whole of the public space, so that nothing helps the caches of the machine, and
looks each up in the tables that ship: published range, network, country of allocation.  Exits 1 below 400,000 a second
of CPU, or when the tables take more than 0.2 seconds of CPU to load.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from catalog._addresses import Addresses  # noqa: E402
from catalog._tables import Tables  # noqa: E402

ADDRESSES = 1_000_000
SIX = 100_000
ROUNDS = 5
LEAST_PER_SECOND, LONGEST_LOAD_SECONDS = 400_000, 0.2


def memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> int:
    chance = random.Random(20261122)
    four = [f"{chance.randint(1, 223)}.{chance.getrandbits(8)}.{chance.getrandbits(8)}.{chance.getrandbits(8)}"
            for _ in range(ADDRESSES)]  # fmt: skip
    six = [str(ip_address(0x2A << 120 | chance.getrandbits(112))) for _ in range(SIX)]
    path = ROOT / "catalog" / "addresses" / "tables.zip"
    before = memory_mib()

    def load() -> Addresses:
        tables = Tables(path)
        tables.table(4)
        tables.table(6)
        return Addresses(tables)

    loading = median([seconds(load) for _ in range(ROUNDS)])
    shipped = load()
    rates = {
        name: len(addresses)
        / median([seconds(lambda a=addresses: [0 for _ in shipped.find_all(a)]) for _ in range(ROUNDS)])
        for name, addresses in (("IPv4", four), ("IPv6", six))
    }
    one_by_one = SIX / median([seconds(lambda: [shipped.find(text) for text in four[:SIX]]) for _ in range(ROUNDS)])
    after = memory_mib()
    print(f"tables on disk            {path.stat().st_size / 1e6:10.1f} MB")
    print(f"load, both tables         {loading:10.3f} s")
    print(f"memory of both, answers   {after - before:10.0f} MiB")
    print(f"IPv4 in a batch           {rates['IPv4']:10,.0f} a second")
    print(f"IPv6 in a batch           {rates['IPv6']:10,.0f} a second")
    print(f"IPv4 one by one           {one_by_one:10,.0f} a second")
    return int(rates["IPv4"] < LEAST_PER_SECOND or loading > LONGEST_LOAD_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
