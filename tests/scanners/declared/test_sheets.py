"""Spreadsheets from outside: bombs, lies, ruins and formulas are refused or read in bounded time, and never run."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from model.errors import DocumentError
from scanners.declared._forms import read_content, read_form
from scanners.declared._sheets import letters, read_sheets
from tests.scanners.declared.tables import as_ods, as_xlsx

GOOD = {"datasets": [["id", "title"], ["a", "Entrepôt"]]}
BOMB = b"<x>" + b" " * (80 << 20) + b"</x>"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


def changed(content: bytes, change: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None) -> bytes:
    """The same office file with each part passed through ``change``."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return file.getvalue()


def replaced(part: str, old: bytes, new: bytes, content: bytes) -> bytes:
    return changed(content, lambda name, data: data.replace(old, new) if name == part else data)


SHEET = "xl/worksheets/sheet1.xml"
CELL = b'<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
ODS_ROW = b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" '
ODS_FAR = ODS_ROW + b'table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell></table:table-row>'

HOSTILE = {
    "empty.xlsx": (b"", "the file is empty"),
    "empty.csv": (b"", "the file is empty"),
    "junk.xlsx": (b"\x00\x01junk" * 100, "not a spreadsheet that can be read"),
    "junk.ods": (b"PK\x03\x04" + b"\x00" * 50, "not a spreadsheet that can be read"),
    "cut.xlsx": (as_xlsx(GOOD)[:2000], "not a spreadsheet that can be read"),
    "cut.ods": (as_ods(GOOD)[:900], "not a spreadsheet that can be read"),
    "bomb.xlsx": (changed(as_xlsx(GOOD), lambda _, data: data, {"xl/bomb.xml": BOMB}), "too much is packed"),
    "bomb.ods": (changed(as_ods(GOOD), lambda n, d: BOMB if n == "content.xml" else d), "too much is packed"),
    "entities.xlsx": (
        changed(as_xlsx(GOOD), lambda n, d: ENTITIES if n == "xl/styles.xml" else d), "declares entities"),
    "entities.ods": (changed(as_ods(GOOD), lambda n, d: ENTITIES if n == "content.xml" else d), "declares entities"),
    "far.xlsx": (replaced(SHEET, b"</row>", CELL, as_xlsx(GOOD)), "XFD1048576: more cells than any register has"),
    "far.ods": (replaced("content.xml", b"</table:table>", ODS_FAR + b"</table:table>", as_ods(GOOD)),
                "more cells than any register has"),
    "broken.xlsx": (replaced(SHEET, b"</sheetData>", b"", as_xlsx(GOOD)), "not a spreadsheet that can be read"),
    "binary.csv": (b"id,title\n\x00\x01\x02,b\n", "not a text file"),
    "quote.csv": (b'id,title\n"a,b\n', "not valid CSV"),
    "line.csv": (b"id,title\n" + b"x" * (10 << 20), "not valid CSV: field larger"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_ruined_file_is_refused_in_bounded_time(name: str) -> None:
    content, says = HOSTILE[name]
    began = time.process_time()

    with pytest.raises(DocumentError, match=says) as error:
        read_form(content, name)

    assert str(error.value).startswith(name)
    assert time.process_time() - began < 5


def test_a_password_is_told(tmp_path: Path) -> None:
    locked = bytearray(as_xlsx(GOOD))
    at = locked.find(b"PK\x01\x02")
    while at >= 0:
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 4)

    with pytest.raises(DocumentError, match="protected by a password"):
        read_sheets(bytes(locked), "r.xlsx")


def test_a_size_that_lies_is_found_out() -> None:
    lying = bytearray(as_xlsx(GOOD))
    at = lying.find(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (10).to_bytes(4, "little")

    with pytest.raises(DocumentError, match="not a spreadsheet that can be read"):
        read_sheets(bytes(lying), "r.xlsx")


def test_macros_are_carried_and_never_looked_at() -> None:
    content = changed(as_xlsx(GOOD), lambda _, data: data, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 100})

    assert read_form(content, "r.xlsm").root.raw["datasets"].raw[0].raw["id"].raw == "a"


def test_a_million_empty_rows_below_cost_nothing() -> None:
    (sheet,) = read_sheets(as_ods(GOOD), "r.ods")

    assert dict(sheet.cells) == {(1, 1): "id", (1, 2): "title", (2, 1): "a", (2, 2): "Entrepôt"}


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    with path.open("wb") as file:
        file.truncate(33 << 20)

    with pytest.raises(DocumentError, match="more than 32 MiB"):
        read_content(path)


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (16_384, "XFD")])
def test_columns_are_lettered_as_spreadsheets_do(column: int, name: str) -> None:
    assert letters(column) == name
