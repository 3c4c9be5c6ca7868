"""The tables of a snapshot: their columns, their order, and how a staged line becomes a row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from history._duck import literal

MANIFEST = "snapshot.json"
"""The file beside the tables that says what they are."""

_LONGEST_LINE = 1 << 20
_STAGED_COLUMNS = {
    2: "{'key': 'VARCHAR', 'row': 'VARCHAR'}",
    3: "{'key': 'VARCHAR', 'facts': 'VARCHAR', 'row': 'VARCHAR'}",
}


@dataclass(frozen=True, slots=True)
class Table:
    """One table.  ``columns`` are (name, JSON path in the row), beside ``row``, the whole value as JSON.

    ``order`` are the columns it is sorted by, unique together.  ``facts`` tells that a
    second text stands beside the row: the facts that rules read.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    order: tuple[str, ...]
    facts: bool = False

    @property
    def file(self) -> str:
        """Its file in the folder of the snapshot."""
        return f"{self.name}.parquet"


def _plain(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, f"$.{name}") for name in names)


FACTS = "facts.parquet"
"""The distinct facts, sorted, as JSON (``row``), and how many ``stores`` have each: their order numbers them."""
FACTS_OF_STORES = "facts_of_stores.parquet"
"""The number of the facts of each store (``facts_id``), in the order of the stores."""
TOUCHED = "touched.parquet"
"""Each ``store`` that a gap names, with its ``facts_id``; a name that no store bears is absent."""

TABLES = (
    Table(
        "copies",
        (("at_store", "$.at"), ("of_store", "$.of"), ("kind", "$.kind")),  # "at" is a word of SQL
        ("at_store", "of_store", "kind"),
    ),
    Table("datasets", _plain("id", "title"), ("id",)),
    Table("derogations", _plain("id"), ("id",)),
    Table("flows", _plain("id", "dataset"), ("id",)),
    Table(
        "stores",
        (*_plain("id", "name", "kind", "scanner", "target", "account", "role"), ("tags", "$.tags[1]")),
        ("id",),
        facts=True,
    ),
    Table(
        "gaps",
        _plain("scanner", "target", "account", "region", "scope", "operation", "reason", "store"),
        ("scanner", "target", "account", "region", "scope", "operation", "store"),
    ),
)
"""In the order in which they are written: stores need the copies, gaps need the stores."""

FILES = (*(table.file for table in TABLES), FACTS, FACTS_OF_STORES, TOUCHED)
"""All that a snapshot holds beside its manifest."""


def staged(table: Table, files: list[Path], longest: int) -> str:
    """The SQL that reads the staged lines of ``table``, of which none has more than ``longest`` bytes."""
    parts = 3 if table.facts else 2
    paths = "[" + ", ".join(literal(file) for file in files) + "]"
    return (
        f"read_csv({paths}, delim = '\x1f', quote = '', escape = '', header = false, auto_detect = false, "
        f"columns = {_STAGED_COLUMNS[parts]}, max_line_size = {max(longest + 1, _LONGEST_LINE)})"
    )


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
