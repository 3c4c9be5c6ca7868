"""The rows of stores.csv, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scanners._table import Row, read_rows

PATH = Path(__file__).with_name("stores.csv")


def rows() -> tuple[Row, ...]:
    """Every row, in the order of the file: a parent stands before its children."""
    return read_rows(PATH)


@cache
def row_named(name: str) -> Row:
    """The row ``name``.  Raises KeyError when there is none."""
    return {row.row: row for row in rows()}[name]


@cache
def children_of(name: str) -> tuple[Row, ...]:
    """The rows that are asked once per item of ``name``."""
    return tuple(row for row in rows() if row.parent == name)
