"""The register as tables: one sheet per block, one column per key, read into the shape of the reference form.

``columns.csv`` lists every sheet and column; a column is headed by the key path that the YAML form has for it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from model.errors import DocumentError
from model.reading import Node, read_csv, shown
from scanners.declared._sheets import Position, Sheet

FORMAT = "lexsitus/register/1"
GUIDE = "guide"
"""The sheet that explains the others, and is not read."""

_NAMES = {
    "registre": "register",
    "jeux de donnees": "datasets",
    "jeux": "datasets",
    "selection": "select",
    "lieux": "places",
    "emplacements": "places",
    "transferts": "transfers",
    "flux": "flows",
    "mises en demeure": "notices",
    "manquements": "failings",
    "preuves": "proofs",
    "mode d'emploi": GUIDE,
}
_IN_DATASET = {
    "select": "select",
    "places": "places",
    "transfers": "transfers",
    "roles": "access.roles",
    "claims": "qualification_claims",
}
"""Sheets whose rows belong to a dataset, with the list of it that they fill."""

_ANSWERS = {"oui": "yes", "non": "no", "vrai": "true", "faux": "false", "inconnu": "unknown", "inconnue": "unknown"}
_FRENCH_DAY = re.compile(r"([0-3]?[0-9])[/.]([01]?[0-9])[/.]([0-9]{4})\Z")
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T][0-9:.]+\Z")
_BLOCK = re.compile(r"\[([^\]]+)\]\Z")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the sheet and key path it stands for, what its cells hold, and what it means in both languages."""

    sheet: str
    name: str
    holds: str
    fr: str
    en: str


@cache
def columns() -> tuple[Column, ...]:
    """Every column of every sheet, in order."""
    rows = read_csv(Path(__file__).with_name("columns.csv"), ("sheet", "column", "holds", "fr", "en"), "columns.csv")
    return tuple(Column(row["sheet"], row["column"], row["holds"], row["fr"], row["en"]) for _, row in rows)


def sheet_names() -> tuple[str, ...]:
    """The sheets of the form, in order."""
    return tuple(dict.fromkeys(column.sheet for column in columns()))


def is_tabular(sheets: Sequence[Sheet]) -> bool:
    """True when one of the sheets is one of ours, by its name or by an ``id`` at the head of its columns."""
    return any(_known(sheet.name) or "id" in _header(sheet).values() for sheet in sheets)


def blocks(sheet: Sheet, file: str) -> tuple[Sheet, ...]:
    """The sheets that a CSV file holds one below the other, each under a line such as ``[places]``.

    Rows keep their numbers.  What stands above the first such line is the sheet ``datasets``.  Raises DocumentError
    for a block that comes twice.
    """
    name = "datasets"
    found: dict[str, dict[Position, str]] = {name: {}}
    for row, cells in sheet.rows():
        if len(cells) == 1 and (match := _BLOCK.match(cells.get(1, ""))):
            name = match[1].strip()
            if found.get(name):
                raise DocumentError(f"{file}:A{row}", None, "", f"a second block [{name}]; keep one")
            found.setdefault(name, {})
        elif not _is_comment(cells):
            found[name] |= {(row, column): text for column, text in cells.items()}
    return tuple(Sheet(name, cells) for name, cells in found.items())


def tabular(sheets: Sequence[Sheet], file: str, named: bool = True) -> Node:
    """The register that the sheets of ``file`` hold.  Each value knows its cell (without sheet unless ``named``).

    Raises DocumentError, with the cell, for an unknown sheet or column, a value under no heading, a row that names no
    dataset of the register.
    """
    by_name: dict[str, _Rows] = {}
    named_so = any(_known(sheet.name) == "datasets" for sheet in sheets)
    for sheet in sheets:
        name = _known(sheet.name)
        if not name and not named_so and "id" in _header(sheet).values():
            name = "datasets"  # a table of datasets in a sheet that nobody named
        if name == GUIDE:
            continue
        rows = _Rows(file, name, sheet if named else replace(sheet, name=""))
        if not name and rows.rows:
            raise DocumentError(
                f"{file}:{sheet.name}", None, "", f"unknown sheet; known sheets: {', '.join(sheet_names())}"
            )
        if name in by_name and rows.rows and by_name[name].rows:
            raise DocumentError(f"{file}:{sheet.name}", None, "", f"a second sheet of {name}; keep one")
        if name not in by_name or rows.rows:
            by_name[name] = rows
    return _Register(file, by_name).root()


def _known(name: str) -> str:
    """The name of our sheet that ``name`` stands for, or nothing."""
    plain = folded(name)
    return plain if plain in (*sheet_names(), GUIDE) else _NAMES.get(plain, "")


def folded(text: str) -> str:
    """``text`` without accents, capitals, apostrophe styles and spare spaces, as headings are compared."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("œ", "oe"))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().split())


def _header(sheet: Sheet) -> Mapping[int, str]:
    """The first row that holds something and is no comment, by column; empty for an empty sheet."""
    return next((cells for _, cells in sheet.rows() if not _is_comment(cells)), {})


def _is_comment(cells: Mapping[int, str]) -> bool:
    return cells[min(cells)].startswith("#")


class _Rows:
    """The rows of one sheet as mappings of nodes: ``rows`` holds (node of the row, nodes by column name)."""

    def __init__(self, file: str, name: str, sheet: Sheet) -> None:
        self._file, self._sheet = file, sheet
        self._known = {column.name: column for column in columns() if column.sheet == name}
        self._heads: dict[int, Column] = {}
        self.rows: list[tuple[Node, dict[str, Node]]] = []
        if not name:
            self.rows = [(self._node(row, 1, ""), {}) for row, _ in sheet.rows()]
            return
        for row, cells in sheet.rows():
            if _is_comment(cells):
                continue
            if not self._heads:
                self._heads = self._columns(row, cells)
            else:
                self.rows.append(self._row(row, cells))

    def _columns(self, row: int, cells: Mapping[int, str]) -> dict[int, Column]:
        heads: dict[int, Column] = {}
        for at, text in cells.items():
            key = text.strip().casefold()
            key = f"facts.{key.removeprefix('dataset.')}" if key.startswith("dataset.") else key
            if key not in self._known:
                close = get_close_matches(key, self._known, 1)
                hint = f"did you mean {close[0]!r}? " if close else ""
                known = f"known columns: {', '.join(self._known)}"
                raise self._node(row, at, "").fail(f"unknown column {shown(text)}; {hint}{known}")
            if self._known[key] in heads.values():
                raise self._node(row, at, key).fail("this column stands twice; keep one")
            heads[at] = self._known[key]
        return heads

    def _row(self, row: int, cells: Mapping[int, str]) -> tuple[Node, dict[str, Node]]:
        found: dict[str, Node] = {}
        for at, text in {**self._merged(row), **cells}.items():
            column = self._heads.get(at)
            if column is None:
                raise self._node(row, at, "").fail(
                    f"{shown(text)} stands under no heading; remove it or name its column"
                )
            found[column.name] = _value(self._node(row, at, column.name, text), column.holds)
        for line, at in self._sheet.unsaved:
            if line == row and at in self._heads:
                raise self._node(row, at, self._heads[at].name).fail(
                    "a formula whose value was not saved; open the file, save it again, or write the value"
                )
        return self._node(row, min(cells), ""), found

    def _merged(self, row: int) -> dict[int, str]:
        """What a row takes from a cell merged over several rows."""
        return {
            left: self._sheet.cells[top, left]
            for top, left, bottom, _ in self._sheet.merged
            if top < row <= bottom and (top, left) in self._sheet.cells and left in self._heads
        }

    def _node(self, row: int, column: int, key: str, raw: Any = "") -> Node:
        return Node(self._file, row, key, raw, cell=self._sheet.where(row, column))


def _value(cell: Node, holds: str) -> Node:
    """The node that a cell stands for in the reference form, by what its column holds."""
    text = cell.raw
    if holds == "answer":
        return replace(cell, raw=_ANSWERS.get(folded(text), text.lower()))
    if holds == "day":
        return replace(cell, raw=day(text))
    if holds == "empty":
        if text not in ("[]", "{}", "none"):
            raise cell.fail(
                f"expected [], {{}} or none, found {shown(text)}; details stand in their own columns or sheet"
            )
        return replace(cell, raw={"[]": [], "{}": {}}.get(text, text))
    if holds in ("list", "pairs") and text not in ("unknown", "null", "~"):
        items = [replace(cell, raw=_ANSWERS.get(folded(part), part)) for part in _parts(cell)]
        return _pairs(cell, items) if holds == "pairs" else replace(cell, raw=items)
    return cell


def day(text: str) -> str:
    """``text`` as YYYY-MM-DD when it is a day written as in France or with a time; else as it is."""
    if match := _INSTANT.match(text):
        return match[1]
    if match := _FRENCH_DAY.match(text):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    return text


def _parts(cell: Node) -> list[str]:
    """The members of a list in a cell, between semicolons or on lines of their own; ``[]`` has none."""
    text = cell.raw
    if text == "[]":
        return []
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    try:
        rows = list(csv.reader(text.splitlines(), delimiter=";", skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise cell.fail(
            f"expected values between semicolons; a value may stand between double quotes: {error}"
        ) from None
    return [part.strip() for row in rows for part in row if part.strip()]


def _pairs(cell: Node, items: Sequence[Node]) -> Node:
    pairs: dict[str, Node] = {}
    for item in items:
        key, equals, value = item.raw.partition("=")
        if not equals or not key.strip():
            raise cell.fail(f"expected key=value, found {shown(item.raw)}")
        if key.strip() in pairs:
            raise cell.fail(f"the key {shown(key.strip())} stands twice; keep one")
        pairs[key.strip()] = replace(item, raw=value.strip(), quoted=True)
    return replace(cell, raw=pairs)


class _Register:
    """Puts rows where the reference form has them."""

    def __init__(self, file: str, sheets: Mapping[str, _Rows]) -> None:
        self._file = file
        self._sheets = {name: rows.rows for name, rows in sheets.items()}

    def root(self) -> Node:
        """The whole register."""
        entries: dict[str, Node] = {"format": Node(self._file, 1, "format", FORMAT)}
        for row, cells in self._sheets.get("register", [])[:1]:
            entries |= self._nested(row, cells).raw
        if len(self._sheets.get("register", [])) > 1:
            raise self._sheets["register"][1][0].fail("the sheet register has one row; remove this one")
        entries["datasets"] = self._list("datasets", self._datasets())
        for name in ("flows", "derogations", "notices"):
            if self._sheets.get(name):
                entries[name] = self._list(name, getattr(self, f"_{name}")())
        return Node(self._file, 1, "", entries)

    def _list(self, key: str, items: list[Node]) -> Node:
        return Node(self._file, 1, key, items, cell=items[0].cell if items else "")

    def _nested(self, row: Node, cells: Mapping[str, Node]) -> Node:
        """One row as a mapping; a heading such as ``facts.health`` is a key inside another."""
        entries: dict[str, Node] = {}
        for path, node in cells.items():
            self._put(entries, row, path.split("."), node)
        return replace(row, raw=entries)

    def _put(self, entries: dict[str, Node], row: Node, path: list[str], node: Node) -> None:
        key, *rest = path
        if not rest:
            if key in entries and node.raw not in ([], {}):
                raise node.fail(f"{key} is told twice, here and in columns of its own; keep one")
            entries.setdefault(key, node)
            return
        inner = entries.get(key)
        if inner is None or inner.raw == {}:
            inner = entries[key] = replace(node, key=key, raw={})
        if not isinstance(inner.raw, dict):
            raise inner.fail(f"{key} is told twice, here and in columns of its own; keep one")
        self._put(inner.raw, row, rest, node)

    def _datasets(self) -> list[Node]:
        found: dict[str, Node] = {}
        repeated: list[Node] = []
        for row, cells in self._sheets.get("datasets", []):
            node = self._nested(row, cells)
            id = cells.get("id")
            if id is None or id.raw in found:
                repeated.append(node)  # an id that is missing or taken is told by whoever reads the datasets
            else:
                found[id.raw] = node
        for sheet, path in _IN_DATASET.items():
            for row, cells in self._sheets.get(sheet, []):
                of = self._owner(row, cells, "dataset", found)
                self._append(
                    of, path, self._nested(row, {key: node for key, node in cells.items() if key != "dataset"})
                )
        for row, cells in self._sheets.get("levels", []):
            of = self._owner(row, cells, "dataset", found)
            if "objective" not in cells:
                raise row.fail("missing key 'objective'; add it")
            objective = cells["objective"]
            kept = {key: node for key, node in cells.items() if key not in ("dataset", "objective")}
            if objective.raw in _at(of, ("sovereignty", "levels")):
                raise objective.fail(f"{objective.raw} stands twice for this dataset; keep one")
            self._put(of.raw, row, ["sovereignty", "levels", objective.raw], self._nested(row, kept))
        return [*found.values(), *repeated]

    def _append(self, of: Node, path: str, item: Node) -> None:
        *outer, last = path.split(".")
        entries = of.raw
        for key in outer:
            entries = entries.setdefault(key, replace(item, key=key, raw={})).raw
        target = entries.setdefault(last, replace(item, key=last, raw=[]))
        if not isinstance(target.raw, list):
            raise target.fail(f"{last} is told here and in a sheet of its own; keep one")
        target.raw.append(item)

    def _owner(self, row: Node, cells: Mapping[str, Node], key: str, known: Mapping[str, Node]) -> Node:
        """What the row belongs to, as its column ``key`` names it."""
        if key not in cells:
            raise row.fail(f"which {key}? name it in the column {key}")
        of = cells[key]
        if of.raw not in known:
            raise of.fail(f"no {key} {shown(of.raw)} in this register; known: {', '.join(known) or 'none'}")
        return known[of.raw]

    def _flows(self) -> list[Node]:
        return [self._nested(row, cells) for row, cells in self._sheets["flows"]]

    def _derogations(self) -> list[Node]:
        found = []
        for row, cells in self._sheets["derogations"]:
            covers = cells.get("covers")
            pairs = [_cover(item) for item in covers.raw] if covers and isinstance(covers.raw, list) else []
            changed = {**cells, "covers": replace(covers, raw=pairs)} if covers else cells
            found.append(self._nested(row, changed))
        return found

    def _notices(self) -> list[Node]:
        notices: dict[str, Node] = {}
        failings: dict[tuple[str, str], Node] = {}
        for row, cells in self._sheets["notices"]:
            node = self._nested(row, cells)
            notices[cells["id"].raw if "id" in cells else f"{row.cell}"] = node
        for row, cells in self._sheets.get("failings", []):
            of = self._owner(row, cells, "notice", notices)
            item = self._nested(row, {key: node for key, node in cells.items() if key != "notice"})
            self._append(of, "failings", item)
            failings[cells["notice"].raw, cells["id"].raw if "id" in cells else ""] = item
        for row, cells in self._sheets.get("proofs", []):
            self._owner(row, cells, "notice", notices)
            mine = {id: node for (notice, id), node in failings.items() if notice == cells["notice"].raw}
            of = self._owner(row, cells, "failing", mine)
            kept = {key: node for key, node in cells.items() if key not in ("notice", "failing")}
            self._append(of, "proofs", self._nested(row, kept))
        return list(notices.values())


def _at(node: Node, path: Sequence[str]) -> Mapping[str, Node]:
    for key in path:
        if not isinstance(node.raw, dict) or key not in node.raw:
            return {}
        node = node.raw[key]
    return node.raw if isinstance(node.raw, dict) else {}


def _cover(item: Node) -> Node:
    dataset, slash, rule = item.raw.partition("/")
    if not slash:
        raise item.fail(f"expected dataset/rule, found {shown(item.raw)}")
    return replace(item, raw={"dataset": replace(item, raw=dataset.strip()), "rule": replace(item, raw=rule.strip())})
