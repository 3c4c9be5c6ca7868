"""Stores per second and memory from writing a snapshot to reporting on it, on a synthetic estate.

    python docs/benchmarks/scale.py [--stores N ...] [--no-limit]

Each size runs in a process of its own, so that the peak of memory is its own.  Exits 1 when a million
stores take more than 120 seconds to write, read and judge, or more than 1 GiB.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from history.tables import Snapshot, write_snapshot
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
DATASETS = 40


def observations(count: int) -> Iterator[Observations]:
    """``count`` stores in pages of a hundred, as a scan gives them; the same every time.

    One store in ten is the replica of the one before, one in fifty the end of a copy that nobody saw,
    and one page in five hundred was refused.
    """
    yield Observations(datasets=tuple(_dataset(n) for n in range(DATASETS)))
    for page in range(0, count, PAGE):
        read_at = STARTED + timedelta(seconds=page // PAGE % 3600)
        listed = Source("aws:List", read_at, Grade.API)
        asked = Source("aws:Describe", read_at, Grade.API)
        stores = tuple(_store(n, listed, asked) for n in range(page, min(page + PAGE, count)))
        copies = tuple(
            Copy(before.id, store.id, PlaceKind.REPLICA, Known(True, asked))
            for before, store in zip(stores, stores[1:], strict=False)
            if store.role is PlaceKind.REPLICA
        )
        gaps = (_gap(page, read_at),) if page % 50_000 == 0 else ()
        yield Observations(stores=stores, copies=copies, gaps=gaps)


def _store(n: int, listed: Source, asked: Source) -> Store:
    spread = n * 2_654_435_761 % 4_294_967_296  # Knuth's multiplicative hash: mixed, and the same everywhere
    region = REGIONS[spread % len(REGIONS)]
    account = f"{100_000_000_000 + spread // 8 % 12}"
    kind, service, prefix = KINDS[spread // 96 % len(KINDS)]
    name = f"chu-{n:07}"
    seen = n % 50 != 49
    silent = Unread(Reason.NOT_TOLD, listed)
    custody = (Custody.PROVIDER, Custody.CUSTOMER_IN_PROVIDER)[spread // 480 % 2]
    key = Key(custody, f"arn:aws:kms:{region}:{account}:key/{spread % 500}", region, account)
    return Store(
        id=prefix.format(region=region, account=account) + name,
        kind=kind,
        name=name,
        scanner="aws",
        target="chu-prod",
        account=account,
        role=PlaceKind.REPLICA if n % 10 == 5 else PlaceKind.PRIMARY,
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
        tags=Known((("env", "prod"), ("jeu", f"d{spread // 7 % DATASETS:02}")), asked) if n % 8 else Absent(asked),
        entity=silent,
        holds_health=silent,
        checked_on=Known(listed.read_at.date(), listed),
    )


def _dataset(n: int) -> Dataset:
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


def _gap(page: int, seen_at: datetime) -> Gap:
    operation = "s3:ListBuckets"
    return Gap("aws", "chu-prod", "", "", f"page {page}", operation, Reason.REFUSED, seen_at, operation)


class Stages:
    """The seconds of each stage and the peak of memory after it."""

    def __init__(self) -> None:
        self.rows: list[dict[str, float | str]] = []

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        seconds = time.perf_counter() - began
        self.rows.append({"stage": name, "seconds": round(seconds, 2), "peak_mib": peak_mib()})


def peak_mib() -> int:
    """The most memory that this process ever held, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 if sys.platform != "darwin" else 1024 * 1024)


def measure(count: int, folder: Path) -> list[dict[str, float | str]]:
    """Drives ``count`` stores from observations to a report and returns what each stage took."""
    stages = Stages()
    with stages.of("write"):
        target = Target("aws", "chu-prod")
        write_snapshot(folder / "snapshot", observations(count), (target,), (), STARTED, STARTED, "benchmark")
    with stages.of("read and group"):
        snapshot = Snapshot(folder / "snapshot")
        inventory = snapshot.inventory(CONTROLLER)
    stages.rows[-1]["facts"] = len(inventory.facts)
    stages.rows[-1]["bytes"] = sum(path.stat().st_size for path in (folder / "snapshot").iterdir())
    with stages.of("walk"):
        walked = sum(1 for _ in snapshot.stores)
    stages.rows[-1]["stores"] = walked
    snapshot.close()
    return stages.rows

if __name__=="__main__":
    with tempfile.TemporaryDirectory() as t:
        for r in measure(int(sys.argv[1]),Path(t)): print(r)
