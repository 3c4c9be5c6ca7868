"""Stores, copies, gaps and datasets for the tests of history, as short as they can be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from history.tables import write_snapshot
from model.datasets import Controller, ControllerKind, Dataset, Selector, undeclared
from model.observed import Absent, Grade, Known, Reason, Source, Unread
from model.places import Copy, Gap, Observations, PlaceKind, Site, Store, Target
from model.snapshot import SnapshotManifest

STARTED = datetime(2026, 11, 21, 8, 12, 3, tzinfo=UTC)
CALL = Source("s3:ListBuckets", STARTED, Grade.API)
OTHER_CALL = Source("s3:GetBucketPolicyStatus", STARTED, Grade.API)
REGISTER = Source("register.yaml:12", STARTED, Grade.DECLARED)
CONTROLLER = Controller("CHU d’Exemple", ControllerKind.PUBLIC_HOSPITAL)
SILENT = Unread(Reason.NOT_TOLD, CALL)
TARGET = Target("aws", "chu-prod", (("accounts", ("111111111111", "222222222222")),))


def store(id: str, **changes: Any) -> Store:
    """A bucket in Paris of which little else is known."""
    plain = Store(
        id=id,
        kind="AWS::S3::Bucket",
        name=id.rsplit(":", 1)[-1],
        scanner="aws",
        target="chu-prod",
        account="111111111111",
        role=PlaceKind.PRIMARY,
        seen=True,
        provider=Known("aws", CALL),
        service=Known("s3", CALL),
        service_id=SILENT,
        sites=Known((Site("eu-west-3"),), CALL),
        key=SILENT,
        public=SILENT,
        shared_with=SILENT,
        size_bytes=SILENT,
        created_at=SILENT,
        tags=Absent(CALL),
        entity=SILENT,
        holds_health=SILENT,
        checked_on=Known(STARTED.date(), CALL),
    )
    return replace(plain, **changes)


def tagged(id: str, **tags: str) -> Store:
    return store(id, tags=Known(tuple(sorted(tags.items())), CALL))


def copy(of: str, at: str, kind: PlaceKind = PlaceKind.REPLICA) -> Copy:
    return Copy(of, at, kind, Known(True, OTHER_CALL))


def gap(scope: str, store: str = "", **changes: Any) -> Gap:
    plain = Gap("aws", "chu-prod", "", "", scope, "s3:ListBuckets", Reason.REFUSED, STARTED, store=store)
    return replace(plain, **changes)


def dataset(id: str, *select: Selector, declared: tuple[str, ...] = ()) -> Dataset:
    return replace(undeclared(id, f"Jeu {id}", CONTROLLER, REGISTER), select=select, declared=declared)


def snapshot(folder: Path, *observations: Observations) -> SnapshotManifest:
    return write_snapshot(folder, observations, (TARGET,), (), STARTED, STARTED, "0.0")
