"""Rows that say how a kind of store is listed, and the small language they are written in.

A row is data: which call lists a kind, where its items are in the answer, and which expression gives each
fact.  Expressions are JMESPath (https://jmespath.org) over one *document* per item: the item itself, the answers of
its detail calls under the names of these calls, and ``_partition``, ``_region``, ``_account`` and ``_parent``.
A *template* is text with expressions in braces.  docs/adding-a-store-type.md tells the columns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from model.errors import DocumentError
from model.places import PlaceKind
from model.reading import read_csv

COLUMNS = (
    "row", "kind", "client", "asked", "operation", "params", "parent", "paging", "items", "details", "keep",
    "id", "name", "created", "size", "tags", "key", "encrypted", "zone", "outpost", "role", "copies", "sharing",
    "health", "none", "note",
)  # fmt: skip
_DETAIL = re.compile(r"(\w+)\((.*)\)(?: none (\S+))?(?: if (.+))?\Z")
_COPY = re.compile(r"(\w+) (of|from|to|in) (.+?)(?: at (.+?))?(?: if (.+))?\Z")
_CHOICE = re.compile(r"(\S+) if (.+?) else (.+)\Z")
_SHARING = ("accounts", "policy", "public", "network", "never", "unsure")
_BRACES = re.compile(r"\{([^{}]*)\}")
_UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "MB": 10**6, "GB": 10**9, "TB": 10**12}
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Detail:
    """A further call for one item: operation, parameters as (name, expression), the codes that mean "none".

    ``condition`` is an expression; when it is false for an item the call is not made and its answer is empty.
    """

    operation: str
    parameters: tuple[tuple[str, str], ...]
    none: frozenset[str]
    condition: str


@dataclass(frozen=True, slots=True)
class CopyClause:
    """``kind``: what copy; ``outward``: it leads from the item to ``end``, else from ``end`` to the item.

    ``living``: the other end exists by the nature of the copy (a replica needs its source), so it is a place
    even when nobody lists it; a snapshot outlives its volume.  ``place`` is an expression that tells where the
    other end is, empty when its name has to tell; with an empty ``end`` the service itself keeps the copy there,
    under no name of its own.  When ``condition`` is false for an item, the item has no such copy.
    """

    kind: PlaceKind
    outward: bool
    living: bool
    end: str
    place: str = ""
    condition: str = ""

    def expressions(self) -> Iterator[str]:
        """Every expression of the clause."""
        yield from in_template(self.end)
        yield from (each for each in (self.place, self.condition) if each)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One way of listing one kind of store.  ``name`` is unique and stable: jobs name it.

    ``kind`` is empty when the items are no stores and only tell of copies or lead to other rows.  ``asked`` narrows
    where the list is asked for, in a word of the provider's own; empty means everywhere.  ``optional`` means that the
    service leaves the list out of its answer when it is empty.
    """

    row: str
    kind: str
    client: str
    asked: str
    operation: str
    params: Mapping[str, Any]
    parent: str
    paging: str
    items: str
    optional: bool
    details: tuple[Detail, ...]
    keep: str
    id: str
    name: str
    created: str
    size: str
    size_unit: int
    tags: str
    key: str
    encrypted: str
    zone: str
    outpost: str
    role: str
    copies: tuple[CopyClause, ...]
    sharing: tuple[tuple[str, str], ...]
    health: bool
    none: frozenset[str]
    line: int

    @property
    def label(self) -> str:
        """The kind in words: the most general one when the item decides, the row's name when it is no store."""
        return self.kind.rsplit(" else ", 1)[-1] or self.row

    def operations(self) -> Iterator[str]:
        """Every operation that the row may call."""
        yield self.operation
        for detail in self.details:
            yield detail.operation

    def expressions(self) -> Iterator[tuple[str, str]]:
        """(column, JMESPath expression) for everything that is evaluated over an item's document."""
        for detail in self.details:
            for _, expression in detail.parameters:
                yield "details", expression
            if detail.condition:
                yield "details", detail.condition
        plain = ("keep", "created", "size", "zone", "outpost", "key")
        for column in plain:
            if text := getattr(self, column):
                yield column, text
        if self.tags and not self.tags.startswith("tagging:"):
            yield "tags", self.tags
        if self.encrypted not in ("", "always", "never"):
            yield "encrypted", self.encrypted
        for column in ("id", "name"):
            yield from ((column, each) for each in in_template(getattr(self, column)))
        for column in ("kind", "role"):
            yield from ((column, expression) for expression in choices(getattr(self, column)))
        for clause in self.copies:
            yield from (("copies", each) for each in clause.expressions())
        yield from (("sharing", expression) for _, expression in self.sharing)


@cache
def read_rows(path: Path, columns: tuple[str, ...] = COLUMNS) -> tuple[Row, ...]:
    """The rows of a table, in file order.  A column that a provider's table does without is empty.

    Raises DocumentError, naming file, line and column, for a cell that is not in the language, a repeated row
    name and a parent that comes later than its child.
    """
    rows: list[Row] = []
    names: set[str] = set()
    nothing = dict.fromkeys(COLUMNS, "")
    for line, cells in read_csv(path, columns):
        row = _row(str(path), line, {**nothing, **cells})
        if row.row in names:
            raise DocumentError(str(path), line, "row", f"{row.row!r} is there twice; give it another name")
        if row.parent and row.parent not in names:
            raise DocumentError(str(path), line, "parent", f"no row {row.parent!r} stands above; move it up")
        names.add(row.row)
        rows.append(row)
    return tuple(rows)


def _row(path: str, line: int, cells: Mapping[str, str]) -> Row:
    def fail(column: str, message: str) -> DocumentError:
        return DocumentError(path, line, column, message)

    try:
        params = json.loads(cells["params"] or "{}")
    except ValueError:
        raise fail("params", "expected a JSON object") from None
    size, size_unit = size_clause(cells["size"], fail)
    return Row(
        row=cells["row"],
        kind=cells["kind"],
        client=cells["client"],
        asked=cells["asked"],
        operation=cells["operation"],
        params=params,
        parent=cells["parent"],
        paging=cells["paging"],
        items=cells["items"].removesuffix("?"),
        optional=cells["items"].endswith("?"),
        details=tuple(_detail(each, fail) for each in clauses(cells["details"])),
        keep=cells["keep"],
        id=cells["id"],
        name=cells["name"],
        created=cells["created"],
        size=size,
        size_unit=size_unit,
        tags=cells["tags"],
        key=cells["key"],
        encrypted=cells["encrypted"],
        zone=cells["zone"],
        outpost=cells["outpost"],
        role=cells["role"] or "primary",
        copies=tuple(copy_clause(each, fail) for each in clauses(cells["copies"])),
        sharing=tuple(sharing_clause(each, fail) for each in clauses(cells["sharing"])),
        health=cells["health"] == "yes",
        none=frozenset(cells["none"].split()),
        line=line,
    )


def clauses(cell: str) -> list[str]:
    """The clauses of a cell, which `` ; `` separates."""
    return [each.strip() for each in cell.split(" ; ") if each.strip()]


def _detail(text: str, fail: Any) -> Detail:
    match = _DETAIL.match(text)
    if not match:
        raise fail(
            "details", f"expected Operation(Name=expression, ...) [none Code/Code] [if expression], found {text!r}"
        )
    parameters = []
    for each in re.split(r", (?=\w+=)", match[2]) if match[2] else []:
        name, _, expression = each.partition("=")
        parameters.append((name, expression))
    return Detail(match[1], tuple(parameters), frozenset((match[3] or "").split("/")) - {""}, match[4] or "")


def size_clause(cell: str, fail: Any) -> tuple[str, int]:
    """The expression of the column ``size``, and the bytes in its unit."""
    expression, _, unit = cell.partition(" in ")
    if unit and unit not in _UNITS:
        raise fail("size", f"unknown unit {unit!r}; known: {', '.join(_UNITS)}")
    return expression, _UNITS.get(unit, 1)


def copy_clause(text: str, fail: Any) -> CopyClause:
    """One clause of the column ``copies``; ``fail(column, message)`` makes the error to raise."""
    match = _COPY.match(text)
    if not match or match[1] not in set(PlaceKind):
        raise fail("copies", f"expected KIND of|from|to TEMPLATE [at EXPRESSION] or KIND in EXPRESSION, found {text!r}")
    kind, how, end, place, condition = match.groups()
    if how == "in":
        end, place = "", end
    return CopyClause(PlaceKind(kind), how in ("to", "in"), how != "of", end, place or "", condition or "")


def sharing_clause(text: str, fail: Any) -> tuple[str, str]:
    """One clause of the column ``sharing``: what it opens, and the expression that tells."""
    how, _, expression = text.partition(" ")
    if how not in _SHARING or not expression:
        raise fail("sharing", f"expected one of {', '.join(_SHARING)} and an expression, found {text!r}")
    return how, expression


def in_template(template: str) -> Iterator[str]:
    """The expressions of a template; a text without braces is one expression."""
    if "{" in template:
        yield from _BRACES.findall(template)
    elif template and not template.startswith("arn:"):
        yield template


def evaluate(expression: str, document: Document) -> Any:
    """The value of a JMESPath expression, ``None`` when there is none.

    Raises ValueError when a value in the document has not the type that the expression needs.
    """
    path = _path(expression)
    if path is None:
        return _compiled(expression).search(document, _options())
    # Most expressions are plain paths, and a row has a dozen: walked by hand they cost a tenth.
    value: Any = document
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def choose(cell: str, document: Document) -> str:
    """``A if expression else B`` (chains allowed), or the cell itself."""
    while match := _CHOICE.match(cell):
        if evaluate(match[2], document):
            return match[1]
        cell = match[3]
    return cell


def choices(cell: str) -> Iterator[str]:
    """The expressions by which :func:`choose` decides."""
    while match := _CHOICE.match(cell):
        yield match[2]
        cell = match[3]


def expand(template: str, document: Document) -> list[str]:
    """The texts that a template gives: none when a part is missing, several when a part is a list.

    Lists are taken side by side.  A part that is itself an ARN replaces the whole text, since providers
    put either a name or an ARN in the same field.
    """
    if "{" not in template:
        value = evaluate(template, document)
        return [each for each in _flat(value) if each]
    expressions = _BRACES.findall(template)
    columns = [_flat(evaluate(each, document)) for each in expressions]
    if not all(columns):
        return []
    length = max(len(column) for column in columns)
    columns = [column * length if len(column) == 1 else column for column in columns]
    texts = []
    for parts in zip(*columns, strict=False):
        whole = next((part for part in parts if part.startswith("arn:")), "")
        values = iter(parts)
        texts.append(whole or _BRACES.sub(lambda _: next(values), template))  # noqa: B023
    return texts


def _flat(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _flat(each)]
    if isinstance(value, str):
        return [value] if value else []
    return [str(value)] if isinstance(value, int) and not isinstance(value, bool) else []


@lru_cache(maxsize=4096)
def names_used(expression: str) -> frozenset[str]:
    """The top-level names of a document that an expression reads."""
    found: set[str] = set()
    _walk(_compiled(expression).parsed, found)
    return frozenset(found)


def _walk(node: Any, found: set[str]) -> None:
    kind, children = node["type"], node["children"]
    if kind == "field":
        found.add(node["value"])
    elif kind in ("subexpression", "index_expression", "projection", "value_projection", "filter_projection", "pipe"):
        # Only the leftmost part stands on the document itself; filters and right sides stand on what it gave,
        # unless that is the document again ("[@]").
        again = any(child["type"] == "current" for child in children[0]["children"] if isinstance(child, dict))
        for child in children if again else children[:1]:
            _walk(child, found)
    elif kind == "function_expression":
        for child in children:
            if child["type"] != "expref":
                _walk(child, found)
    else:
        for child in children:
            if isinstance(child, dict):
                _walk(child, found)


def narrowed(row: Row, item: Document) -> Document:
    """``item`` with only the fields that the row's expressions read: nothing else is carried or kept."""
    used = _used(row)
    return {name: value for name, value in item.items() if name in used}


@lru_cache(maxsize=1024)
def _used(row: Row) -> frozenset[str]:
    expressions: Iterable[str] = (expression for _, expression in row.expressions())
    return frozenset(name for expression in expressions for name in names_used(expression))


@lru_cache(maxsize=4096)
def _path(expression: str) -> tuple[str, ...] | None:
    """The names of a plain path such as ``a.b.c``; ``None`` for any other expression."""
    names = expression.split(".")
    return tuple(names) if all(name.isascii() and name.isidentifier() for name in names) else None


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> Any:
    import jmespath  # type: ignore[import-untyped]

    return jmespath.compile(expression)


@cache
def _options() -> Any:
    import jmespath
    from jmespath.functions import Functions, signature  # type: ignore[import-untyped]

    class RowFunctions(Functions):  # type: ignore[misc]
        """What rows need beyond JMESPath."""

        @signature({"types": ["string"]}, {"types": []})  # type: ignore[untyped-decorator]
        def _func_match(self, pattern: str, text: Any) -> list[str] | None:
            found = re.search(pattern, text) if isinstance(text, str) else None
            return list(found.groups()) if found else None

        @signature({"types": []})  # type: ignore[untyped-decorator]
        def _func_bucket(self, place: Any) -> Any:
            if isinstance(place, list):
                return [self._func_bucket(each) for each in place]
            if not isinstance(place, str):
                return None
            found = re.match(r"(?:s3[an]?://|arn:[\w-]+:s3:::)?([a-z0-9][a-z0-9._-]{1,62})(?:/|$)", place)
            return found[1] if found else None

        @signature({"types": []})  # type: ignore[untyped-decorator]
        def _func_host(self, places: Any) -> list[str]:
            texts = [each for each in (places if isinstance(places, list) else [places]) if isinstance(each, str)]
            return list(dict.fromkeys(host for host in map(_host, texts) if host))

    return jmespath.Options(custom_functions=RowFunctions())


_HOST = re.compile(
    r"(?:^(?:jdbc:)?[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?(?!.*@)"
    r"|(?:^|;)\s*(?:data source|server|host|address|account ?endpoint|endpoint)\s*=\s*(?:tcp:|[a-z]+://)?"
    r"|^(?=[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[:,]\d+)?$))"
    r"([a-z0-9-]+(?:\.[a-z0-9-]+)+)",
    re.I,
)
_ACCOUNT = re.compile(r"(?:^|;)\s*accountname\s*=\s*([a-z0-9]{3,24})\s*(?:;|$)", re.I)


def _host(text: str) -> str:
    """The host that an address or a connection string names, or its account of Azure Storage; nothing else of it."""
    found = _HOST.search(text) or _ACCOUNT.search(text)
    return found[1].lower() if found else ""
