"""How many names: our survey beside the resolver of dnspython, on the same server, in turn.

NSD (Debian: nsd) serves a zone on loopback; one name in three is an alias of a distribution network.  Both ask for A,
AAAA and MX.  Each run is a process of its own, on another processor than the server where there are several.  Exits 1
when a name takes more than 2.65 questions, when a question takes more than a twentieth of the CPU of dnspython's, or
when memory grows with the list.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model.resolution import Resolution

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

QUESTIONS_PER_NAME, SHARE, GROWTH_BYTES = 2.65, 20, 40 << 20
BASELINE_NAMES = 1_000


def zone(names: int) -> str:
    """A zone of so many names: 35 % aliases, the others with an address, a third with IPv6, 80 % with mail."""
    lines = ["$ORIGIN survey.test.", "$TTL 3600", "@ SOA ns1 host 1 3600 600 86400 60", "@ NS ns1", "ns1 A 127.0.0.1"]
    for n in range(40):
        lines += [
            f"cdn{n} CNAME edge{n}.pop",
            f"edge{n}.pop A 192.0.2.{n + 1}",
            f"edge{n}.pop AAAA 2001:db8::{n + 1:x}",
        ]
    for n in range(names):
        if n % 100 < 35:
            lines.append(f"n{n} CNAME cdn{n % 40}")
            continue
        lines.append(f"n{n} A 198.51.{n % 100}.{n % 250 + 1}")
        if n % 3 == 0:
            lines.append(f"n{n} AAAA 2001:db8:1::{n % 65_000:x}")
        if n % 10 < 8:
            lines += [f"n{n} MX 10 mx{n % 7}.mail.test.", f"n{n} MX 20 mx{n % 5}.backup.test."]
    return "\n".join(lines) + "\n"


def on_processor(at: int) -> None:
    """From now on this process, and those that it starts, run on the first or the last processor (0 or -1)."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {range(os.cpu_count() or 1)[at]})


def ours(address: str, names: int, out: Any) -> None:
    """Surveys ``names`` names; CPU, wall time, questions and memory."""
    from scanners.dns.exchange import IN_FLIGHT, Exchange
    from scanners.dns.pace import Pace
    from scanners.dns.plain import Name
    from scanners.dns.queries import understood
    from scanners.dns.servers import server
    from scanners.dns.strands import survey

    on_processor(0)
    asked = ((n, Name(understood(f"n{n}.survey.test"), survey)) for n in range(names))
    began, cpu = time.perf_counter(), time.process_time()
    with Exchange([server(address)], Pace(1e6, 1e6), in_flight=IN_FLIGHT) as exchange:
        resolutions: Iterator[tuple[int, Resolution]] = exchange.run(asked, IN_FLIGHT)
        found = sum(bool(resolution.answers) for _, resolution in resolutions)
        assert found == names
        out.put(_measured(began, cpu, exchange.sent))


def theirs(address: str, names: int, out: Any) -> None:
    """The same questions through dnspython's resolver, one after the other."""
    import dns.exception
    import dns.resolver

    on_processor(0)
    resolver = dns.resolver.Resolver(configure=False)
    host, _, port = address.partition(":")
    resolver.nameservers, resolver.port = [host], int(port)
    began, cpu = time.perf_counter(), time.process_time()
    for n in range(names):
        for type in ("A", "AAAA", "MX"):
            resolver.resolve(f"n{n}.survey.test", type, raise_on_no_answer=False)
    out.put(_measured(began, cpu, 3 * names))


def _measured(began: float, cpu: float, questions: int) -> dict[str, float]:
    return {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "questions": questions,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def apart(run: Any, address: str, names: int) -> dict[str, float]:
    """What ``run`` measures in a process of its own."""
    context = multiprocessing.get_context("spawn")
    out = context.SimpleQueue()
    process = context.Process(target=run, args=(address, names, out))
    process.start()
    found: dict[str, float] = out.get()
    process.join()
    return found


def main() -> int:
    """Runs the pairs and prints their medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=3)
    args = parser.parse_args()
    from tests.scanners.dns.servers import nsd

    on_processor(-1)
    with tempfile.TemporaryDirectory() as folder, nsd(Path(folder), {"survey.test": zone(args.names)}) as address:
        small = apart(ours, address, max(1_000, args.names // 10))
        pairs = [(apart(theirs, address, BASELINE_NAMES), apart(ours, address, args.names)) for _ in range(args.pairs)]
    share = statistics.median(_each(their) / _each(our) for their, our in pairs)
    of = pairs[-1][1]
    grown = of["peak"] - small["peak"]
    figures = {
        "names": args.names,
        "questions per name": round(of["questions"] / args.names, 3),
        "microseconds of CPU per question": round(statistics.median(_each(our) for _, our in pairs) * 1e6, 1),
        "of dnspython's resolver": round(statistics.median(_each(their) for their, _ in pairs) * 1e6, 1),
        "times less": round(share, 1),
        "wall seconds": round(statistics.median(our["wall"] for _, our in pairs), 1),
        "peak MiB": round(of["peak"] / 2**20, 1),
        "peak MiB for a tenth of the names": round(small["peak"] / 2**20, 1),
    }
    print(json.dumps(figures, indent=2))
    kept = of["questions"] / args.names <= QUESTIONS_PER_NAME and share >= SHARE and grown <= GROWTH_BYTES
    return 0 if kept else 1


def _each(measured: dict[str, float]) -> float:
    return measured["cpu"] / measured["questions"]


if __name__ == "__main__":
    sys.exit(main())
