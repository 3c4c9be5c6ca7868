"""A snapshot on disk: a folder of sorted Parquet tables and a small manifest.

Observations stream into plain staging files; sealing merges what several jobs saw twice, sorts, writes the
tables with DuckDB, and groups the stores by what rules may read, so that a judgement need not.  Equal
observations, in whatever order they came, give equal bytes.
"""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from history._duck import ROOM, connect, disk, engine, literal, stream
from history._grouping import group
from history._layout import COMPARED, FILES, MANIFEST, TABLES, Table, digest_of, staged
from history._listings import LISTED_LINES, LISTING_LINES, listed_lines, listing_line, write_listings
from history._merge import gap_of, merge_copies, merge_gaps, merge_stores, unseen_end
from history._rows import RowWriter, copy_of, store_of, value_line
from history.snapshot import Snapshot
from model.codec import decode, dumps, encode
from model.datasets import Dataset
from model.errors import DocumentError, SnapshotError
from model.places import Gap, Observations, Store, Target
from model.snapshot import FORMAT, Listing, SnapshotManifest

__all__ = ["Snapshot", "SnapshotWriter", "write_snapshot"]

_ROWS_PER_GROUP = 20_000


@dataclass(slots=True)
class _Staging:
    """The lines of one table, waiting on disk to be sorted."""

    path: Path
    file: TextIO
    longest: int = 0

    def write(self, line: str) -> None:
        # A character takes at most four bytes: an upper bound will do, and costs nothing.
        self.longest = max(self.longest, 4 * len(line))
        self.file.write(line)
        self.file.write("\n")


class SnapshotWriter:
    """Collects observations on disk and seals them into a snapshot.  Memory does not grow with them.

    ``folder`` receives the tables; ``scratch`` holds what is temporary and is removed at the end.
    Raises SnapshotError naming the folder when the disk is full or cannot be written.
    """

    def __init__(self, folder: Path, scratch: Path | None = None) -> None:
        self.folder = folder
        self.scratch = scratch or folder.with_name(f".{folder.name}.scratch")
        self._rows = RowWriter()
        self._staging: dict[str, _Staging] = {}
        with disk(self.folder):
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir(parents=True)
            folder.mkdir(parents=True, exist_ok=True)
            for name in (*(table.name for table in TABLES), LISTING_LINES, LISTED_LINES):
                self._staging[name] = _staging(self.scratch / f"{name}.lines")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def add(self, observations: Observations, listing: Listing | None = None) -> None:
        """Takes in what one job learned, in any order, and the ``listing`` to which the job belongs."""
        with disk(self.folder):
            if listing is not None:
                self._staging[LISTING_LINES].write(listing_line(listing, observations))
                for line in listed_lines(listing, observations):
                    self._staging[LISTED_LINES].write(line)
            for store in observations.stores:
                self._staging["stores"].write(self._rows.store(store))
            for copy in observations.copies:
                self._staging["copies"].write(self._rows.copy(copy))
            for gap in observations.gaps:
                self._staging["gaps"].write(value_line(gap.id, gap))
            for name in ("datasets", "flows", "derogations"):
                for value in getattr(observations, name):
                    self._staging[name].write(value_line(value.id, value))

    def seal(
        self,
        targets: Iterable[Target],
        complete_scopes: Iterable[tuple[str, str]],
        started_at: datetime,
        finished_at: datetime,
        tool_version: str,
    ) -> SnapshotManifest:
        """Writes the tables and, last, the manifest that holds their digests.

        Raises DocumentError when two registers declare the same dataset, flow or derogation
        differently, SnapshotError when the disk is full.
        """
        with disk(self.folder):
            for staging in self._staging.values():
                staging.file.close()
            rows = self._with_memory(self._write_tables, "sort the tables")
            rows |= self._with_memory(self._group, "group the stores")
            manifest = SnapshotManifest(
                format=FORMAT,
                tool_version=tool_version,
                started_at=started_at,
                finished_at=finished_at,
                targets=tuple(sorted(set(targets), key=lambda target: dumps(encode(target)))),
                complete_scopes=tuple(sorted(set(complete_scopes))),
                tables={file: digest_of(self.folder / file) for file in (*FILES, *COMPARED)},
                rows=rows,
            )
            (self.folder / MANIFEST).write_bytes(dumps(encode(manifest)) + b"\n")
        self.close()
        return manifest

    def close(self) -> None:
        """Removes what is temporary.  A snapshot that was not sealed has no manifest and is none."""
        for staging in self._staging.values():
            # What cannot be flushed to a full disk is about to be removed.
            with contextlib.suppress(OSError):
                staging.file.close()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _with_memory(self, work: Callable[[Any], dict[str, int]], what: str) -> dict[str, int]:
        """What ``work`` returns on a connection of its own, with more memory only when it had not enough."""
        for memory in ROOM:
            con = connect(self.scratch / "spill", threads=1, memory=memory)  # one thread: one order, equal bytes
            try:
                with engine(self.folder):
                    return work(con)
            except MemoryError as error:
                shortage = error
            finally:
                con.close()
        raise SnapshotError(f"{self.folder}: more than {ROOM[-1]} of memory needed to {what}") from shortage

    def _write_tables(self, con: Any) -> dict[str, int]:
        rows = {table.file: self._write_table(con, table) for table in TABLES}
        listings, listed = (self._staging[name] for name in (LISTING_LINES, LISTED_LINES))
        rows |= write_listings(con, self.folder, (listings.path, listings.longest), (listed.path, listed.longest))
        return rows

    def _group(self, con: Any) -> dict[str, int]:
        rows = con.execute(f"SELECT row FROM {literal(self.folder / 'datasets.parquet')}").fetchall()
        return group(con, self.folder, [decode(Dataset, json.loads(row)) for (row,) in rows])

    def _write_table(self, con: Any, table: Table) -> int:
        staging = self._staging[table.name]
        lines = staged(table, [staging.path], staging.longest)
        extra = _staging(self.scratch / f"{table.name}.more.lines")
        with extra.file:
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE twice AS SELECT key FROM {lines} GROUP BY key HAVING count(*) > 1"
            )
            for line in self._merged(con, table, lines):
                extra.write(line)
            if table.facts:
                for store in self._unseen_ends(con, lines):
                    extra.write(self._rows.store(store))
            if table.name == "gaps":
                for gap in self._unread_ends(con):
                    extra.write(value_line(gap.id, gap))
        more = staged(table, [extra.path], extra.longest)
        names = ", ".join(f"found[{at}] AS {name}" for at, (name, _) in enumerate(table.columns, 1))
        paths = ", ".join(f"'{path}'" for _, path in table.columns)
        rest = "facts, row" if table.facts else "row"
        (count,) = con.execute(
            f"""
            COPY (
              SELECT {names}, {rest} FROM (
                SELECT json_extract_string(row, [{paths}]) AS found, {rest}
                FROM (SELECT * FROM {lines} ANTI JOIN twice USING (key) UNION ALL SELECT * FROM {more})
              ) ORDER BY {", ".join(table.order)}
            ) TO {literal(self.folder / table.file)}
              (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_PER_GROUP})
            """
        ).fetchone()
        return int(count)

    def _merged(self, con: Any, table: Table, lines: str) -> Iterator[str]:
        found = con.execute(f"SELECT key, row FROM {lines} SEMI JOIN twice USING (key) ORDER BY key, row")
        for key, several in groupby(stream(found), key=itemgetter(0)):
            rows = [row for _, row in several]
            match table.name:
                case "stores":
                    yield self._rows.store(merge_stores(map(store_of, rows)))
                case "copies":
                    yield self._rows.copy(merge_copies(map(copy_of, rows)))
                case "gaps":
                    gap = merge_gaps(decode(Gap, json.loads(row)) for row in rows)
                    yield value_line(gap.id, gap)
                case _:
                    yield _agreed(table.name, key, rows)

    def _unseen_ends(self, con: Any, lines: str) -> Iterator[Store]:
        """Ends of copies that no scanner gave as a store: left out, they would be places nobody judges."""
        copies = literal(self.folder / "copies.parquet")
        found = con.execute(
            f"""
            WITH ids AS (SELECT DISTINCT json_extract_string(key, '$') AS id FROM {lines}),
                 ends AS (SELECT * FROM {copies} ANTI JOIN ids ON at_store = id)
            SELECT at_store, ends.row, json_extract_string(origin.row, ['$.scanner', '$.target'])
            FROM ends LEFT JOIN {lines} AS origin ON of_store = json_extract_string(origin.key, '$')
            ORDER BY ALL
            """
        )
        for _, rows in groupby(stream(found), key=itemgetter(0)):
            _, row, origin = next(rows)
            yield unseen_end(copy_of(row), *(origin or ["", ""]))

    def _unread_ends(self, con: Any) -> Iterator[Gap]:
        """What nobody read of each store that is known only as the end of a copy, whoever told of it."""
        # No text of a store can hold these letters: its quotes are escaped.
        unseen = """contains(facts, '"seen":false')"""
        found = con.execute(f"SELECT row FROM {literal(self.folder / 'stores.parquet')} WHERE {unseen}")
        return (gap_of(store_of(row)) for (row,) in stream(found))


def _staging(path: Path) -> _Staging:
    # A lone surrogate in a hostile name has no UTF-8 form: it becomes a question mark.
    return _Staging(path, path.open("w", encoding="utf-8", errors="replace", newline="\n"))


def _agreed(name: str, key: str, rows: list[str]) -> str:
    if len(set(rows)) > 1:
        message = f"{json.loads(key)!r} is declared several times with different contents; keep one of them"
        raise DocumentError("register", None, name, message)
    return f"{key}\x1f{rows[0]}"


def write_snapshot(
    folder: Path,
    observations: Iterable[Observations],
    targets: Iterable[Target],
    complete_scopes: Iterable[tuple[str, str]],
    started_at: datetime,
    finished_at: datetime,
    tool_version: str,
) -> SnapshotManifest:
    """Writes a whole snapshot into ``folder`` (see SnapshotWriter) and returns its manifest."""
    with SnapshotWriter(folder) as writer:
        for one in observations:
            writer.add(one)
        return writer.seal(targets, complete_scopes, started_at, finished_at, tool_version)
