"""The rows of stores.csv and direct.csv, read once, and the lists in which their types are asked for."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from scanners._table import Row, names_used, read_rows

PATH = Path(__file__).with_name("stores.csv")
DIRECT = Path(__file__).with_name("direct.csv")
COLUMNS = (
    "row", "kind", "client", "operation", "parent", "keep", "id", "name", "created", "size", "tags", "key", "zone",
    "role", "copies", "sharing", "health", "note",
)  # fmt: skip

# Types asked for together: what refers to each other, and few enough lists that their quotas (400 searches and 100
# lists a minute) are no matter.  A service that is not named here is asked for with the rest.
_LISTS = {
    "analytics": ("bigquery", "bigquerydatatransfer", "dataflow", "dataplex", "dataproc", "datafusion", "looker"),
    "backups": ("backupdr", "gkebackup"),
    "compute": ("compute",),
    "databases": (
        "alloydb",
        "bigtableadmin",
        "firestore",
        "memcache",
        "oracledatabase",
        "redis",
        "spanner",
        "sqladmin",
    ),
    "files": ("file", "netapp", "storage", "storagetransfer"),
    "health": ("healthcare",),
    "keys and secrets": ("cloudkms", "privateca", "secretmanager"),
    "learning": ("aiplatform", "dialogflow", "discoveryengine", "dlp", "documentai", "notebooks", "speech"),
    "messages and logs": ("cloudtasks", "eventarc", "logging", "managedkafka", "pubsub"),
}
_REST = "other services"


def rows() -> tuple[Row, ...]:
    """Every row, in the order of the file: a parent stands before its children."""
    return read_rows(PATH, COLUMNS)


def direct_rows() -> tuple[Row, ...]:
    """The rows of the kinds that the inventory does not hold and that their own service lists."""
    return read_rows(DIRECT, COLUMNS)


def type_of(row: Row) -> str:
    """The asset type that ``row`` reads."""
    return f"{row.client}/{row.operation}"


@cache
def row_of(type: str) -> Row:
    """The row of an asset type, or of a kind that is not in the inventory.  Raises KeyError when there is none."""
    return {type_of(row): row for row in (*rows(), *direct_rows())}[type]


@cache
def lists() -> dict[str, tuple[str, ...]]:
    """The asset types to ask for in one list, by what people call it."""
    named = {f"{service}.googleapis.com": label for label, services in _LISTS.items() for service in services}
    found: dict[str, list[str]] = {}
    for row in rows():
        found.setdefault(named.get(row.client, _REST), []).append(type_of(row))
    return {label: tuple(found[label]) for label in sorted(found)}


@cache
def around(types: tuple[str, ...]) -> tuple[str, ...]:
    """The types that the rows of ``types`` read besides: what contains their resources, and what those contain."""
    own = [row_of(type) for type in types]
    above = {row.parent for row in own}
    holders = {row.row for row in own if any("_parts" in text for _, text in row.expressions())}
    return tuple(
        type_of(row) for row in rows() if (row.row in above or row.parent in holders) and type_of(row) not in types
    )


@cache
def fields_of(type: str) -> frozenset[str]:
    """The settings of a resource that its own row and the rows of its parts and containers read."""
    row = row_of(type)
    used = {"createTime", "labels", *_own(row)}
    for other in rows():
        if other.parent == row.row or row.parent == other.row:
            used |= {name for _, text in other.expressions() for name in _below(text)}
    return frozenset(used)


def _own(row: Row) -> set[str]:
    return {name for _, text in row.expressions() for name in names_used(text) if not name.startswith("_")}


def _below(expression: str) -> set[str]:
    return set(re.findall(r"_(?:parent|parts\[\])\.(\w+)", expression))
