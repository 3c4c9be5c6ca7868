"""The stores and copies of a snapshot, read as a report walks them."""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from history._duck import connect, literal, stream
from history._layout import FACTS_OF_STORES
from history._rows import copy_of, data_of, store_of
from model.places import Copy, Store


def _numbered(table: str) -> str:
    return f"read_parquet({table}, file_row_number = true)"


class StoredStores:
    """``model.assessment.Stores`` over the files of a snapshot: nothing is held but what is asked for."""

    def __init__(self, folder: Path) -> None:
        self._stores = literal(folder / "stores.parquet")
        self._copies = literal(folder / "copies.parquet")
        self._facts = literal(folder / FACTS_OF_STORES)

    def __len__(self) -> int:
        return self._count(self._stores)

    def __iter__(self) -> Iterator[tuple[Store, int]]:
        return self._walk("")

    def encoded(self) -> Iterator[tuple[Mapping[str, Any], int]]:
        """Every store as data, sorted by id, each with the index of its facts: see ``model.assessment.Stores``."""
        for row, facts_id in self._rows("s.row", ""):
            yield data_of(row), facts_id

    def ids(self) -> Iterator[tuple[str, int]]:
        """The id of each store with the index of its facts, sorted by id, without reading the stores."""
        paired = f"SELECT s.id, f.facts_id FROM {self._stores} AS s POSITIONAL JOIN {self._facts} AS f"
        yield from stream(self._con.cursor().execute(paired))

    def ends(self) -> Iterator[tuple[Store, int]]:
        """The stores in which a copy rests, sorted by id, each with the index of its facts."""
        # Both tables are sorted by id.  A join in DuckDB would hold one side of it, or lose the order.
        ends = stream(self._con.cursor().execute(f"SELECT at_store FROM {self._copies}"))
        (end,) = next(ends, ("",))
        for id, row, facts_id in self._rows("s.id, s.row", ""):
            while end and end < id:
                (end,) = next(ends, ("",))
            if not end:
                return
            if end == id:
                yield store_of(row), facts_id

    def declared(self) -> Iterator[tuple[Store, int]]:
        """The places that a register declares, sorted by id, each with the index of its facts."""
        return self._walk("WHERE s.scanner = 'declared' ORDER BY s.id")

    def find(self, store_id: str) -> tuple[Store, int] | None:
        """The store of that id, or ``None``."""
        found = self._con.execute(
            f"""
            SELECT s.row, f.facts_id FROM {_numbered(self._stores)} AS s
            JOIN {_numbered(self._facts)} AS f ON f.file_row_number = s.file_row_number WHERE s.id = $1
            """,
            [store_id],
        ).fetchone()
        return None if found is None else (store_of(found[0]), found[1])

    def copies(self) -> Iterator[Copy]:
        """Every copy relation, sorted by (at, of, kind)."""
        for (row,) in stream(self._con.cursor().execute(f"SELECT row FROM {self._copies}")):
            yield copy_of(row)

    def copies_at(self, store_id: str) -> tuple[Copy, ...]:
        """What ``store_id`` holds copies of."""
        return self._copies_where("at", store_id)

    def copies_of(self, store_id: str) -> tuple[Copy, ...]:
        """Where ``store_id`` is copied to."""
        return self._copies_where("of", store_id)

    def sample(self, facts_id: int, limit: int) -> tuple[Store, ...]:
        """The first ``limit`` stores by id that share these facts."""
        first = f"SELECT file_row_number FROM {_numbered(self._facts)} WHERE facts_id = $1 ORDER BY ALL LIMIT $2"
        at = ", ".join(str(number) for (number,) in self._con.execute(first, [facts_id, limit]).fetchall())
        if not at:
            return ()
        # Numbers written out let DuckDB read those rows alone; in a join it reads them all.
        chosen = f"SELECT row FROM {_numbered(self._stores)} WHERE file_row_number IN ({at}) ORDER BY id"
        found = self._con.execute(chosen).fetchall()
        return tuple(store_of(row) for (row,) in found)

    @cached_property
    def _con(self) -> Any:
        return connect(None)

    def _walk(self, which: str) -> Iterator[tuple[Store, int]]:
        for row, facts_id in self._rows("s.row", which):
            yield store_of(row), facts_id

    def _rows(self, columns: str, which: str) -> Iterator[tuple[Any, ...]]:
        paired = f"SELECT {columns}, f.facts_id FROM {self._stores} AS s POSITIONAL JOIN {self._facts} AS f {which}"
        return stream(self._con.cursor().execute(paired))

    def _copies_where(self, end: str, store_id: str) -> tuple[Copy, ...]:
        query = f"SELECT row FROM {self._copies} WHERE {end}_store = $1 ORDER BY at_store, of_store, kind"
        return tuple(copy_of(row) for (row,) in self._con.execute(query, [store_id]).fetchall())

    def _count(self, table: str) -> int:
        (count,) = self._con.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(count)
