"""DuckDB, opened the same way everywhere: two threads, little memory, a place of its own to spill to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from model.errors import SnapshotError

ROOM = ("400MB", "1GB", "4GB")
"""How much memory DuckDB may take: the next step only when the one before was not enough."""


def connect(scratch: Path | None, threads: int = 2, memory: str = ROOM[0]) -> Any:
    """A connection to an empty database in memory, which spills to the folder ``scratch``, or nowhere.

    It fetches nothing (extensions are neither installed nor loaded by themselves) and prints nothing.
    """
    import duckdb

    if scratch is not None:
        scratch.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(
        ":memory:",
        config={
            "threads": str(threads),
            "memory_limit": memory,
            "temp_directory": "" if scratch is None else str(scratch),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    # It would draw its bar on standard output, in the middle of a report.
    con.execute("SET enable_progress_bar = false")
    return con


def literal(path: Path) -> str:
    """``path`` as an SQL text.

    Raises SnapshotError for a name that DuckDB would take for a pattern.
    """
    text = str(path)
    if any(character in text for character in "*?["):
        raise SnapshotError(
            f"{text}: this folder cannot hold an edition, since * ? [ in a name read as a pattern; "
            "choose another directory under [editions]"
        )
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Turns what a full, read-only or failing disk does inside into a SnapshotError naming ``folder``."""
    try:
        yield
    except OSError as error:
        raise SnapshotError(_advice(folder, error.strerror or str(error))) from error


@contextmanager
def engine(folder: Path) -> Iterator[None]:
    """As ``disk``, for DuckDB's errors too.  Raises MemoryError when DuckDB had not enough of it."""
    import duckdb

    with disk(folder):
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            if "max_temp_directory_size" in str(error):
                raise SnapshotError(_advice(folder, str(error))) from error
            raise MemoryError(str(error)) from error
        except duckdb.IOException as error:
            raise SnapshotError(_advice(folder, str(error))) from error


def _advice(folder: Path, what: str) -> str:
    return f"{folder}: cannot write here: {what.splitlines()[0]}; free some space or choose another directory"


def stream(found: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a result, a thousand at a time, without holding more."""
    while chunk := found.fetchmany(1_000):
        yield from chunk
