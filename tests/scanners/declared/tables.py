"""Registers as tables, and tables as files: what the tests of the spreadsheet forms write."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from model.datasets import Controller, ControllerKind
from model.observed import Source
from model.places import Observations
from model.reading import Node
from scanners.declared._forms import read_form
from scanners.declared._register import observations
from scanners.declared._tabular import columns

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NOBODY = Controller("", ControllerKind.UNKNOWN)
Tables = Mapping[str, Sequence[Sequence[Any]]]

_LISTS = {
    "select": "select",
    "places": "places",
    "transfers": "transfers",
    "roles": "access.roles",
    "claims": "qualification_claims",
}


def read(content: bytes | str, name: str) -> Observations:
    """What a register says, whatever its form."""
    raw = content.encode() if isinstance(content, str) else content
    return observations(read_form(raw, name).root, NOW, "register", NOBODY)


def bare(value: Any) -> Any:
    """``value`` without where each statement stands: what two forms of one register must have in common."""
    if isinstance(value, Source):
        document = re.fullmatch(r"(.+) \([^()]+\)", value.what)
        return (document[1] if document else "", value.grade)
    if isinstance(value, tuple):
        return tuple(bare(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, tuple((name, bare(getattr(value, name))) for name in value.__dataclass_fields__)
    return value


def unordered(found: Observations) -> Any:
    """A register without order, since a sheet may list in another."""
    return {name: sorted(map(repr, bare(getattr(found, name)))) for name in ("stores", "copies", "datasets", "flows")}


def tables(root: Node) -> dict[str, list[list[str]]]:
    """The reference form as the rows of each sheet, headings first."""
    sheets: dict[str, list[dict[str, str]]] = {}
    whole = root.entries()
    if "controller" in whole:
        sheets["register"] = [_flat(whole["controller"], "controller.")]
    for dataset in whole["datasets"].items():
        id = dataset.entries()["id"].raw
        sheets.setdefault("datasets", []).append(_flat(dataset, ""))
        for sheet, path in _LISTS.items():
            node: Node | None = dataset
            for key in path.split("."):
                node = node.entries().get(key) if node is not None and isinstance(node.raw, dict) else None
            for item in node.items() if node is not None and isinstance(node.raw, list) else ():
                sheets.setdefault(sheet, []).append({"dataset": id, **_flat(item, "")})
        levels = dataset.entries().get("sovereignty")
        if levels is not None and isinstance(levels.raw, dict) and "levels" in levels.raw:
            for objective, level in levels.raw["levels"].entries().items():
                sheets.setdefault("levels", []).append({"dataset": id, "objective": objective, **_flat(level, "")})
    for name in ("flows", "derogations", "notices"):
        for item in whole[name].items() if name in whole else ():
            sheets.setdefault(name, []).append(_flat(item, ""))
            for failing in item.raw.get("failings", replace(item, raw=[])).items():
                notice = item.raw["id"].raw
                sheets.setdefault("failings", []).append({"notice": notice, **_flat(failing, "")})
                for proof in failing.raw.get("proofs", replace(failing, raw=[])).items():
                    row = {"notice": notice, "failing": failing.raw["id"].raw, **_flat(proof, "")}
                    sheets.setdefault("proofs", []).append(row)
    return {name: _rows(name, rows) for name, rows in sheets.items()}


def _rows(sheet: str, rows: Sequence[Mapping[str, str]]) -> list[list[str]]:
    heads = [column.name for column in columns() if column.sheet == sheet]
    return [heads, *([row.get(head, "") for head in heads] for row in rows)]


def _flat(node: Node, prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, below in node.entries().items():
        name = f"{prefix}{key}"
        if name == "tag":
            found[name] = "; ".join(_quoted(f"{k}={v.raw}") for k, v in below.entries().items())
        elif name == "covers":
            found[name] = "; ".join(f"{one.raw['dataset'].raw}/{one.raw['rule'].raw}" for one in below.items())
        elif isinstance(below.raw, dict) and below.raw:
            found |= _flat(below, f"{name}.")
        elif isinstance(below.raw, list) and below.raw:
            if isinstance(below.raw[0].raw, str):
                found[name] = "; ".join(_quoted(one.raw) for one in below.raw)
        else:
            found[name] = {repr([]): "[]", repr({}): "{}"}.get(repr(below.raw), str(below.raw))
    return found


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if ";" in text or '"' in text else text


def as_xlsx(sheets: Tables, merge: Mapping[str, str] | None = None) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if merge and name in merge:
            sheet.merge_cells(merge[name])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_ods(sheets: Tables) -> bytes:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        book.spreadsheet.addElement(table)
        for row in rows:
            line = TableRow()
            table.addElement(line)
            for value in row:
                if isinstance(value, date):
                    cell = TableCell(valuetype="date", datevalue=value.isoformat())
                elif isinstance(value, int):
                    cell = TableCell(valuetype="float", value=str(value))
                else:
                    cell = TableCell(valuetype="string") if value else TableCell()
                for part in str(value).split("\n") if value else ():
                    cell.addElement(P(text=part))
                line.addElement(cell)
        # What every spreadsheet program writes below the last row.
        rest = TableRow(numberrowsrepeated=1_048_000)
        rest.addElement(TableCell(numbercolumnsrepeated=16_384))
        table.addElement(rest)
    file = io.BytesIO()
    book.write(file)
    return file.getvalue()


def as_csv(sheets: Tables, separator: str = ",", encoding: str = "utf-8") -> bytes:
    file = io.StringIO()
    lines = csv.writer(file, delimiter=separator)
    for name, rows in sheets.items():
        lines.writerow([f"[{name}]"])
        lines.writerows(rows)
        lines.writerow([])
    return file.getvalue().encode(encoding)
