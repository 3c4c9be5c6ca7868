"""Stores per second and memory from writing a snapshot to reporting on it, on a synthetic estate.

    python docs/benchmarks/scale.py [--stores N ...]

Each size runs in a process of its own, so that the peak of memory is its own.  Exits 1 when a million
stores take more than 120 seconds to write, read and judge, or more than 1 GiB.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import catalog
import legislation
import reports
from history import assessments
from history.tables import Snapshot, write_snapshot
from model.assessment import Assessment, Header, exit_of, summarise
from model.datasets import Controller, ControllerKind, Dataset, Hosting, HostingModel, Selector, undeclared
from model.observed import Absent, Grade, Known, Reason, Source, Unread
from model.places import Copy, Custody, Gap, Key, Observations, PlaceKind, Site, Store, Target

ON = date(2026, 11, 21)
STARTED = datetime(2026, 11, 21, 8, 12, 3, tzinfo=UTC)
CONTROLLER = Controller("CHU d’Exemple", ControllerKind.PUBLIC_HOSPITAL)
REGIONS = ("eu-west-3", "eu-west-1", "eu-central-1", "eu-south-2", "us-east-1", "eu-west-2", "eu-north-1", "af-south-1")
KINDS = (
    ("AWS::S3::Bucket", "s3", "arn:aws:s3:::"),
    ("AWS::EC2::Volume", "ebs", "arn:aws:ec2:{region}:{account}:volume/"),
    ("AWS::EC2::Snapshot", "ebs", "arn:aws:ec2:{region}:{account}:snapshot/"),
    ("AWS::RDS::DBInstance", "rds", "arn:aws:rds:{region}:{account}:db:"),
    ("AWS::DynamoDB::Table", "dynamodb", "arn:aws:dynamodb:{region}:{account}:table/"),
)
PAGE = 100
LARGE = 1_000_000
LIMIT_SECONDS = 120
LIMIT_MIB = 1024
DATASETS = 40


def observations(count: int) -> Iterator[Observations]:
    """``count`` stores in pages of a hundred, as a scan gives them; the same every time.

    One store in ten is the replica of the one before, one in fifty the end of a copy that nobody saw,
    and one page in five hundred was refused.
    """
    yield Observations(datasets=tuple(dataset_of(n) for n in range(DATASETS)))
    for page in range(0, count, PAGE):
        read_at = STARTED + timedelta(seconds=page // PAGE % 3600)
        listed = Source("aws:List", read_at, Grade.API)
        asked = Source("aws:Describe", read_at, Grade.API)
        stores = tuple(store_of(n, listed, asked) for n in range(page, min(page + PAGE, count)))
        copies = tuple(
            Copy(before.id, store.id, PlaceKind.REPLICA, Known(True, asked))
            for before, store in pairwise(stores)
            if store.role is PlaceKind.REPLICA
        )
        gaps = (gap_of(page, read_at),) if page % 50_000 == 0 else ()
        yield Observations(stores=stores, copies=copies, gaps=gaps)


def store_of(n: int, listed: Source, asked: Source) -> Store:
    is_replica = n % 10 == 5
    spread = mixed(n)
    jeu = mixed(n - is_replica) // 7 % DATASETS
    region = REGIONS[(jeu + 3 * (spread % 4) + 2 * is_replica) % len(REGIONS)]
    account = f"{100_000_000_000 + jeu % 4}"
    kind, service, prefix = KINDS[spread // 32 % len(KINDS)]
    name = f"chu-{n:07}"
    seen = n % 50 != 49
    silent = Unread(Reason.NOT_TOLD, listed)
    custody = (Custody.PROVIDER, Custody.CUSTOMER_IN_PROVIDER)[spread // 160 % 2]
    key = Key(custody, f"arn:aws:kms:{region}:{account}:key/{spread % 32}", region, account)
    tags = (("env", "prod"), ("jeu", f"d{jeu:02}"))
    return Store(
        id=prefix.format(region=region, account=account) + name,
        kind=kind,
        name=name,
        scanner="aws",
        target="chu-prod",
        account=account,
        role=PlaceKind.REPLICA if is_replica else PlaceKind.PRIMARY,
        seen=seen,
        provider=Known("aws", listed),
        service=Known(service, listed),
        service_id=silent,
        sites=Known((Site(region),), listed),
        key=Known(key, asked) if seen else silent,
        public=Known(False, asked) if seen else silent,
        shared_with=Absent(asked) if seen else silent,
        size_bytes=Known(spread, asked) if seen else silent,
        created_at=Known(STARTED - timedelta(days=spread % 900), listed),
        tags=Known(tags, asked) if n % 8 and not is_replica else Absent(asked),
        entity=silent,
        holds_health=silent,
        checked_on=Known(listed.read_at.date(), listed),
    )


def mixed(n: int) -> int:
    return n * 2_654_435_761 % 4_294_967_296  # Knuth's multiplicative hash: the same on every machine


def dataset_of(n: int) -> Dataset:
    source = Source(f"register.yaml:{n + 1}", STARTED, Grade.DECLARED)
    return replace(
        undeclared(f"d{n:02}", f"Jeu de données {n}", CONTROLLER, source),
        health=Known(n % 4 != 3, source),
        care_origin=Known(True, source),
        hosting=Hosting(
            Known(HostingModel.COMMERCIAL_CLOUD, source), Known(True, source), Known((1, 2, 3, 4, 5, 6), source)
        ),
        select=(Selector(tags=(("jeu", f"d{n:02}"),)), Selector(name=f"jeu-d{n:02}-*", scanner="aws")),
    )


def gap_of(page: int, seen_at: datetime) -> Gap:
    operation = "s3:ListBuckets"
    return Gap("aws", "chu-prod", "", "", f"page {page}", operation, Reason.REFUSED, seen_at, operation)


class Stages:
    """What each stage took: seconds, of CPU too, stores per second, and the peak of memory reached by then."""

    def __init__(self, stores: int) -> None:
        self.stores = stores
        self.rows: list[Row] = []

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Times what happens inside as one stage."""
        began, began_cpu = time.perf_counter(), time.process_time()
        yield
        seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        self.rows.append(Row(name, round(seconds, 2), round(cpu, 2), round(self.stores / seconds), peak_mib()))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of results."""

    stage: str
    seconds: float
    cpu_seconds: float
    stores_per_second: int
    peak_mib: int


def peak_mib() -> int:
    """The most memory that this very process held, in MiB (ru_maxrss would count its parent's after a fork)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure(count: int, folder: Path, report: bool = True) -> tuple[list[Row], dict[str, int]]:
    """Drives ``count`` stores from observations to a report: what each stage took, and how large things were."""
    stages = Stages(count)
    with stages.of("generate"):
        made = sum(len(page.stores) for page in observations(count))
    assert made == count
    target = Target("aws", "chu-prod")
    with stages.of("generate and write"):
        write_snapshot(folder / "snapshot", observations(count), (target,), (), STARTED, STARTED, "benchmark")
    with stages.of("read and check"):
        snapshot = Snapshot(folder / "snapshot")
        inventory = snapshot.inventory(CONTROLLER)
    with stages.of("resolve"):
        facts = catalog.load()
        cases = facts.resolve(inventory, ON)
    with stages.of("judge"):
        law = legislation.load()
        judgement = law.assess(cases, inventory.derogations, ON)
    with stages.of("summarise and keep"):
        header = Header(
            edition="20261121T081203Z-0000",
            tool_version="benchmark",
            organisation=CONTROLLER.name,
            controller=CONTROLLER.kind.value,
            started_at=STARTED,
            finished_at=STARTED,
            on=ON,
            snapshot_sha256=snapshot.sha256,
            catalog=facts.version(ON),
            legislation=law.version(ON),
            previous="",
        )
        gaps = len(inventory.gaps)
        assessment = Assessment(
            header=header,
            judgement=judgement,
            gaps=inventory.gaps,
            flows=inventory.flows,
            summary=summarise(judgement, snapshot.copies, inventory.gaps),
            exit=exit_of(judgement, gaps, header),
            stores=snapshot.stores,
        )
        assessments.write(folder, assessment)
    with stages.of("read back"):
        kept = assessments.read(folder)
    written = 0
    if report:
        with stages.of("report (JSON)"):
            written = sum(len(chunk) for chunk in reports.load("json").render(kept, "fr"))
        with stages.of("report (JSON lines)"):
            assert sum(len(chunk) for chunk in reports.load("jsonl").render(kept, "fr")) > written
    snapshot.close()
    sizes = {
        "distinct facts": len(inventory.facts),
        "copies": snapshot.copies,
        "snapshot, MB": round(sum(path.stat().st_size for path in (folder / "snapshot").iterdir()) / 1e6),
        "assessment, MB": round(sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) / 1e6),
        "JSON report, MB": round(written / 1e6),
    }
    return stages.rows, sizes


def in_own_process(count: int) -> tuple[list[Row], dict[str, int]]:
    """As ``measure``, in a fresh process, so that the peak of memory is of this size alone."""
    command = [sys.executable, __file__, "--alone", str(count)]
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return [Row(**row) for row in answer["rows"]], answer["sizes"]


def judged_seconds(rows: Sequence[Row]) -> float:
    """What writing, reading and judging took together, without making the stores up."""
    seconds = {row.stage: row.seconds for row in rows}
    judged = ("generate and write", "read and check", "resolve", "judge", "summarise and keep")
    return sum(seconds[stage] for stage in judged) - seconds["generate"]


def main() -> int:
    """Measures each size, prints a table, and returns 1 when a million stores break a limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stores", type=int, nargs="+", default=[10_000, LARGE], metavar="N")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        with tempfile.TemporaryDirectory() as folder:
            rows, sizes = measure(arguments.alone, Path(folder))
        print(json.dumps({"rows": [asdict(row) for row in rows], "sizes": sizes}))
        return 0
    import duckdb

    print(
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {os.cpu_count()} cores, {platform.system()}"
    )
    code = 0
    for count in arguments.stores:
        rows, sizes = in_own_process(count)
        print(f"\n{count:,} stores\n")
        print("| stage | seconds | CPU s | stores/s | peak MiB |\n|---|---:|---:|---:|---:|")
        for row in rows:
            times = f"{row.seconds:.2f} | {row.cpu_seconds:.2f} | {row.stores_per_second:,}"
            print(f"| {row.stage} | {times} | {row.peak_mib} |")
        seconds = judged_seconds(rows)
        peak = max(row.peak_mib for row in rows)
        print(f"\nwritten, read and judged in {seconds:.1f} s; peak {peak} MiB;", end=" ")
        print(", ".join(f"{name} {size:,}" for name, size in sizes.items()))
        if count >= LARGE and (seconds > LIMIT_SECONDS * count / LARGE or peak > LIMIT_MIB):
            print(f"over the limit of {LIMIT_SECONDS} s or {LIMIT_MIB} MiB", file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
