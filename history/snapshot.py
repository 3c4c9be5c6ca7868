"""A sealed snapshot, read back: checked first, then judged by groups of stores or walked store by store."""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from history._duck import connect, engine, literal, stream
from history._hidden import gaps_of_datasets
from history._layout import FACTS, FILES, MANIFEST, TOUCHED, digest_of
from history._rows import facts_of
from history._stores import StoredStores
from model.codec import decode
from model.datasets import Controller, Dataset, Derogation, Flow, undeclared
from model.errors import SnapshotError
from model.observed import Grade, Source
from model.places import Gap, Inventory
from model.snapshot import FORMAT, SnapshotManifest

T = TypeVar("T")


def read_manifest(folder: Path) -> SnapshotManifest:
    """What the snapshot in ``folder`` says of itself.

    Raises SnapshotError when there is none, when it is damaged, or of another version.
    """
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise SnapshotError(f"{path}: missing: no snapshot was sealed here; run lexsitus scan") from None
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{path}: damaged: {error}; restore it from a backup, or scan again") from error
    found = data.get("format") if isinstance(data, dict) else None
    if found != FORMAT:
        raise SnapshotError(
            f"{path}: expected format {FORMAT!r}, found {found!r}; read it with the version of lexsitus that wrote it"
        )
    try:
        return decode(SnapshotManifest, data)
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError(f"{path}: damaged: {error}; restore it from a backup, or scan again") from error


def check(folder: Path, manifest: SnapshotManifest, files: Iterable[str]) -> None:
    """Returns when each of ``files`` has the digest that the manifest tells; else SnapshotError names the first."""
    for file in files:
        path = folder / file
        expected = manifest.tables.get(file)
        try:
            found = digest_of(path)
        except OSError as error:
            raise SnapshotError(f"{path}: cannot be read: {error.strerror}; restore it from a backup") from error
        if found != expected:
            message = f"{path}: altered: expected SHA-256 {expected}, found {found}; restore it from a backup"
            raise SnapshotError(message)


class Snapshot:
    """The snapshot in ``folder``, whose every table has the digest that its manifest tells.

    Raises SnapshotError naming the file when one is missing or altered; ``checked`` is false where they were just
    checked, or where reading alone is measured.  It never writes into ``folder``.
    """

    def __init__(self, folder: Path, checked: bool = True) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.sha256 = digest_of(folder / MANIFEST)
        if checked:
            check(folder, self.manifest, FILES)
        self._con = connect(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends every reading."""
        self._con.close()

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        """Every dataset, sorted by id."""
        return self._values(Dataset, "datasets")

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """Every flow, sorted by id."""
        return self._values(Flow, "flows")

    @cached_property
    def derogations(self) -> tuple[Derogation, ...]:
        """Every derogation, sorted by id."""
        return self._values(Derogation, "derogations")

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Every gap, sorted by scanner, target, account, region, scope and operation."""
        return self._values(Gap, "gaps")

    @property
    def copies(self) -> int:
        """How many copy relations there are."""
        return self.manifest.rows["copies.parquet"]

    @property
    def stores(self) -> StoredStores:
        """Every store with the index of its facts in the inventory, read as one walks, until ``close``."""
        return StoredStores(self.folder)

    def inventory(self, controller: Controller) -> Inventory:
        """The snapshot grouped for judgement; ``controller`` answers for the stores tied to no dataset."""
        source = Source("stores tied to no dataset", self.manifest.finished_at, Grade.DECLARED)
        with engine(self.folder):
            found = self._con.execute(f"SELECT row, stores FROM {literal(self.folder / FACTS)}").fetchall()
            touched = self._con.execute(f"SELECT store, facts_id FROM {literal(self.folder / TOUCHED)}").fetchall()
        facts = tuple(facts_of(row) for row, _ in found)
        named = {store: facts[at] for store, at in touched}
        return Inventory(
            facts=facts,
            stores_per_facts=tuple(stores for _, stores in found),
            datasets=self.datasets,
            unattached=undeclared("", "", controller, source),
            gaps=self.gaps,
            flows=self.flows,
            derogations=self.derogations,
            gaps_of_dataset=gaps_of_datasets(self.gaps, self.datasets, facts, named),
        )

    def _values(self, kind: type[T], name: str) -> tuple[T, ...]:
        with engine(self.folder):
            rows = self._con.execute(f"SELECT row FROM {literal(self.folder / f'{name}.parquet')}")
            return tuple(decode(kind, json.loads(row)) for (row,) in stream(rows))
