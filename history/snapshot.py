"""A sealed snapshot, read back: checked first, then grouped for judgement or walked store by store."""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from history import _duck
from history._duck import connect, engine, literal, stream
from history._grouping import FACTS_FILE, Grouping, gaps_of_datasets, group
from history._layout import MANIFEST, TABLES, digest_of
from history._stores import StoredStores
from model.codec import decode
from model.datasets import Controller, Dataset, Derogation, Flow, undeclared
from model.errors import SnapshotError
from model.observed import Grade, Source
from model.places import Gap, Inventory
from model.snapshot import FORMAT, SnapshotManifest

T = TypeVar("T")

ROOM = ("300MB", *_duck.ROOM)
"""The first is enough to group ten million stores, and the whole process stays under 500 MB."""


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


class Snapshot:
    """The snapshot in ``folder``, whose every table has the digest that its manifest tells.

    Raises SnapshotError naming the file when one is missing or altered; ``checked`` is false where they were just
    checked, or where reading alone is measured.  It holds a temporary folder, in
    ``scratch`` or where the system puts such things, until it is closed; it never writes into ``folder``.
    """

    def __init__(self, folder: Path, scratch: Path | None = None, checked: bool = True) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.sha256 = digest_of(folder / MANIFEST)
        for table in TABLES if checked else ():
            path = folder / table.file
            expected = self.manifest.tables.get(table.file)
            try:
                found = digest_of(path)
            except OSError as error:
                raise SnapshotError(f"{path}: cannot be read: {error.strerror}; restore it from a backup") from error
            if found != expected:
                message = f"{path}: altered: expected SHA-256 {expected}, found {found}; restore it from a backup"
                raise SnapshotError(message)
        self._scratch = Path(tempfile.mkdtemp(prefix="lexsitus-", dir=scratch))
        self._removal = weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        self._con = connect(self._scratch / "spill")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends every reading and removes what is temporary."""
        self._con.close()
        self._removal()

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
    def facts_file(self) -> Path:
        """Which facts each store has, once ``inventory`` or ``stores`` was asked."""
        self._grouping  # noqa: B018  written as a side effect of grouping
        return self._scratch / FACTS_FILE

    @property
    def stores(self) -> StoredStores:
        """Every store with the index of its facts in the inventory, read as one walks, until ``close``."""
        return StoredStores(self.folder, self.facts_file, owner=self)

    def inventory(self, controller: Controller) -> Inventory:
        """The snapshot grouped for judgement; ``controller`` answers for the stores tied to no dataset."""
        grouping = self._grouping
        source = Source("stores tied to no dataset", self.manifest.finished_at, Grade.DECLARED)
        return Inventory(
            facts=grouping.facts,
            stores_per_facts=grouping.counts,
            datasets=self.datasets,
            unattached=undeclared("", "", controller, source),
            gaps=self.gaps,
            flows=self.flows,
            derogations=self.derogations,
            gaps_of_dataset=gaps_of_datasets(self.gaps, self.datasets, grouping),
        )

    @cached_property
    def _grouping(self) -> Grouping:
        for memory in ROOM:
            self._con.execute(f"SET memory_limit = '{memory}'")
            try:
                with engine(self._scratch):
                    return group(self._con, self.folder, self.datasets, self._scratch / FACTS_FILE, self.sha256)
            except MemoryError as error:
                shortage = error
        raise SnapshotError(f"{self.folder}: more than {ROOM[-1]} of memory needed to group the stores") from shortage

    def _values(self, kind: type[T], name: str) -> tuple[T, ...]:
        with engine(self.folder):
            rows = self._con.execute(f"SELECT row FROM {literal(self.folder / f'{name}.parquet')}")
            return tuple(decode(kind, json.loads(row)) for (row,) in stream(rows))
