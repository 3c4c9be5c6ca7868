"""The tables of a snapshot: their columns, their order, and how a staged line becomes a row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from history._duck import literal

MANIFEST = "snapshot.json"
"""The file beside the tables that says what they are."""

_LONGEST_LINE = 1 << 20


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
LISTINGS = "listings.parquet"
"""Each listing that was asked, named by ``target`` and ``scope``: the one ``above`` it, and whether it is ``whole``."""
LISTED = "listed.parquet"
"""Which listing named a ``store``, or with ``of`` and ``kind`` a copy of it that rests there."""

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
        (
            *_plain("id", "name", "kind", "scanner", "target", "account", "role"),
            ("tags", "$.tags[1]"),
            *_plain("public", "shared_with", "key"),
        ),
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
"""All that a judgement needs of a snapshot beside its manifest."""
COMPARED = (LISTINGS, LISTED)
"""What a comparison needs too; snapshots of the first versions have none."""


def staged(table: Table, files: list[Path], longest: int) -> str:
    """The SQL that reads the staged lines of ``table``, of which none has more than ``longest`` bytes."""
    return staged_lines(("key", "facts", "row") if table.facts else ("key", "row"), files, longest)


def staged_lines(names: tuple[str, ...], files: list[Path], longest: int) -> str:
    """The SQL that reads lines whose parts have these names."""
    paths = "[" + ", ".join(literal(file) for file in files) + "]"
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    return (
        f"read_csv({paths}, delim = '\x1f', quote = '', escape = '', header = false, auto_detect = false, "
        f"columns = {{{columns}}}, max_line_size = {max(longest + 1, _LONGEST_LINE)})"
    )


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
