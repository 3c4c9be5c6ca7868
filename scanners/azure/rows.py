"""The rows of stores.csv: for each resource type, which call lists it and where its facts stand.

The cells are in the language of ``scanners/_table.py``; docs/scanners/azure.md tells the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Any

from model.errors import DocumentError
from model.places import PlaceKind
from model.reading import read_csv
from scanners._table import CopyClause, choices, clauses, copy_clause, sharing_clause, size_clause

PATH = Path(__file__).with_name("stores.csv")
WITHOUT_DATA = Path(__file__).with_name("without_data.csv")
COLUMNS = (
    "type", "version", "graph", "list", "parent", "when", "keep", "place", "provider", "created", "size", "key",
    "encrypted", "role", "of", "copies", "tells", "sharing", "health", "none", "note",
)  # fmt: skip
ANY = "*"
"""The parent of what is asked of resources of any type."""
TABLES = ("resources", "recoveryservicesresources", "insightsresources")
"""The tables of Resource Graph that rows stand in; only the first holds what a subscription lists."""

_HOW = re.compile(r"(?:(one|each|beside) )?(/.+)\Z")
_BELOW_PROPERTIES = re.compile(r"\bproperties\.(\w+)")
_OF_PARENT = re.compile(r"_parent\.(\w+)")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One resource type.  ``graph`` is its table in Resource Graph, empty when it is in none.

    ``list`` is the path of a list that only this row asks: below a parent it is relative to the parent's identifier,
    else to the subscription; empty when the type is found by Resource Graph and by the list of resources.  ``single``
    tells that the path gives one resource and no list, ``by_location`` that it is asked for every location, ``beside``
    that it starts at the parent's resource group and names the parent's location, ``when`` for which parents it is
    asked: an expression over their documents, empty for all.
    With an empty ``role`` the items are no stores and only tell of copies of what they lie below, or of the resources
    that the expression ``of`` names.  ``place`` is an expression, or ``-`` when
    no answer tells it.  ``provider`` is ``-`` when the data are not with the operator of the cloud.  When ``tells``, an
    expression, gives nothing, the answer leaves open whether Azure keeps a copy elsewhere.
    """

    type: str
    version: str
    graph: str
    list: str
    single: bool
    by_location: bool
    beside: bool
    parent: str
    when: str
    keep: str
    place: str
    provider: str
    created: str
    size: str
    size_unit: int
    key: str
    encrypted: str
    role: str
    of: str
    copies: tuple[CopyClause, ...]
    tells: str
    sharing: tuple[tuple[str, str], ...]
    health: bool
    none: frozenset[str]
    line: int

    @property
    def operation(self) -> str:
        """The operation by which the items are listed, which is also the right to do so.

        Azure derives it from the address: the last provider that it names, and the words for types without the names
        between them.
        """
        if not self.list:
            return f"{self.type}/read"
        _, named, after = self.list.rpartition("/providers/")
        words = after.strip("/").split("/")
        return "/".join((words[0], *words[1::2], "read") if named else (self.parent, *words[::2], "read"))

    def expressions(self) -> Iterator[tuple[str, str]]:
        """(column, JMESPath expression) for everything that is evaluated over an item's document."""
        for column in ("keep", "created", "size", "key", "of", "tells"):
            if text := getattr(self, column):
                yield column, text
        if self.place != "-":
            yield "place", self.place
        if self.encrypted not in ("always", "unknown"):
            yield "encrypted", self.encrypted
        yield from (("role", expression) for expression in choices(self.role))
        for clause in self.copies:
            yield from (("copies", expression) for expression in clause.expressions())
        yield from (("sharing", expression) for _, expression in self.sharing)


@cache
def rows() -> tuple[Row, ...]:
    """Every row, in the order of the file.

    Raises DocumentError, naming file, line and column, for a cell that is not in the language, a repeated type and
    a parent that comes later than its child.
    """
    found: dict[str, Row] = {}
    for line, cells in read_csv(PATH, COLUMNS):
        row = _row(line, cells, found)
        if row.type.lower() in found:
            raise DocumentError(str(PATH), line, "type", f"{row.type!r} is there twice")
        found[row.type.lower()] = row
    return tuple(found.values())


def _row(line: int, cells: Mapping[str, str], above: Mapping[str, Row]) -> Row:
    def fail(column: str, message: str) -> DocumentError:
        return DocumentError(str(PATH), line, column, message)

    if cells["graph"] not in ("", *TABLES):
        raise fail("graph", "expected a table of Resource Graph, or nothing")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(-preview)?", cells["version"]):
        raise fail("version", "expected an api-version such as 2024-01-01")
    if cells["parent"] not in ("", ANY) and cells["parent"].lower() not in above:
        raise fail("parent", f"no row {cells['parent']!r} stands above; move it up")
    if cells["parent"] and not cells["list"]:
        raise fail("list", "a row below a parent needs the path of its list")
    for branch in filter(None, cells["role"].split(" else ")):
        if branch.partition(" if ")[0] not in set(PlaceKind):
            raise fail("role", f"{branch.partition(' if ')[0]!r} is no kind of place")
    how = _HOW.match(cells["list"])
    if cells["list"] and how is None:
        raise fail("list", "expected a path, or `one`, `each` or `beside` and a path")
    size, size_unit = size_clause(cells["size"], fail)
    return Row(
        type=cells["type"],
        version=cells["version"],
        graph=cells["graph"],
        list=how[2] if how else "",
        single=bool(how and how[1] == "one"),
        by_location=bool(how and how[1] == "each"),
        beside=bool(how and how[1] == "beside"),
        parent=cells["parent"],
        when=cells["when"],
        keep=cells["keep"],
        place=cells["place"] or "location",
        provider=cells["provider"],
        created=cells["created"],
        size=size,
        size_unit=size_unit,
        key=cells["key"],
        encrypted=cells["encrypted"] or "always",
        role=cells["role"],
        of=cells["of"],
        copies=tuple(copy_clause(each, fail) for each in clauses(cells["copies"])),
        tells=cells["tells"],
        sharing=tuple(sharing_clause(each, fail) for each in clauses(cells["sharing"])),
        health=cells["health"] == "yes",
        none=frozenset(cells["none"].split()),
        line=line,
    )


@cache
def _by_type() -> dict[str, Row]:
    return {row.type.lower(): row for row in rows()}


def row_of(kind: str) -> Row | None:
    """The row of a resource type, however it is spelled."""
    return _by_type().get(kind.lower())


def row_named(kind: str) -> Row:
    """The row of a resource type that the table holds.  Raises KeyError when it does not."""
    return _by_type()[kind.lower()]


@cache
def _spellings() -> dict[str, str]:
    """Every type of the table and every type above one, by its lower-case spelling."""
    found: dict[str, str] = {}
    for row in rows():
        words = row.type.split("/")
        for length in range(2, len(words) + 1):
            found.setdefault("/".join(words[:length]).lower(), "/".join(words[:length]))
    return found


def type_named(kind: str) -> str:
    """A resource type as the table spells it; as it came when the table does not hold it."""
    return _spellings().get(kind.lower(), kind)


def is_named(kind: str) -> bool:
    """Whether the table has a spelling for a resource type."""
    return kind.lower() in _spellings()


@cache
def _without_data() -> re.Pattern[str]:
    patterns = (cells["type"] for _, cells in read_csv(WITHOUT_DATA, ("type", "why")))
    return re.compile("|".join(translate(pattern.lower()) for pattern in patterns))


def is_unknown(kind: str) -> bool:
    """Whether the tables know neither how to read a resource type nor that it holds no data."""
    return row_of(kind) is None and not _without_data().match(kind.lower())


def listed() -> tuple[Row, ...]:
    """The rows that the general lists of a subscription can hold."""
    return tuple(row for row in rows() if not row.list)


def of_table(table: str) -> tuple[Row, ...]:
    """The rows in a table of Resource Graph."""
    return tuple(row for row in rows() if row.graph == table)


@cache
def children_of(kind: str) -> tuple[Row, ...]:
    """The rows that are asked once per resource of ``kind``, those of any kind included."""
    return tuple(row for row in rows() if row.parent.lower() in (kind.lower(), ANY))


def of_subscription() -> tuple[Row, ...]:
    """The rows with a list of their own, asked once per subscription."""
    return tuple(row for row in rows() if row.list and not row.parent)


def for_child(child: Row, document: Mapping[str, Any]) -> dict[str, Any]:
    """What ``child`` reads of its parent: never a whole answer, which may hold content."""
    text = " ".join(expression for _, expression in child.expressions())
    kept = {name: document[name] for name in _OF_PARENT.findall(text) if name in document and name != "properties"}
    properties = document.get("properties")
    if "_parent.properties" in text and isinstance(properties, dict):
        names = re.findall(r"_parent\.properties\.(\w+)", text)
        kept["properties"] = {name: properties[name] for name in names if name in properties}
    return {"id": document["id"], **kept}


@cache
def _properties_read(row: Row) -> frozenset[str]:
    text = " ".join(expression for _, expression in row.expressions())
    return frozenset(_BELOW_PROPERTIES.findall(text))


def narrowed(row: Row, document: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` with only those properties that the row's expressions read."""
    properties = document.get("properties")
    if not isinstance(properties, dict):
        return dict(document)
    kept = {name: properties[name] for name in _properties_read(row) if name in properties}
    return {**document, "properties": kept}
