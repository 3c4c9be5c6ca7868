"""Spreadsheets as people keep them (XLSX, ODS, CSV), read as text by cell and within bounds.

A file from outside may be a bomb, a lie or a ruin: what it holds is measured before it is read, a document type or
an entity is refused, macros and formulas are never run, and what cannot be read is named with its cell.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from model.errors import DocumentError

SUFFIXES = (".xlsx", ".xlsm", ".ods", ".csv", ".tsv")

_LARGEST = 32 << 20
_UNPACKED = 64 << 20
_MEMBERS = 2_000
_CELLS = 400_000
_COLUMNS = 2_000
_SHEETS = 1_000
_ELEMENTS = 2_000_000
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, OSError, ValueError, EOFError)
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)
_ODS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _OFFICE, _TEXT = (_ODS % name for name in ("table", "office", "text"))

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the text of each cell that holds one, by row and column from 1.

    Days are written YYYY-MM-DD, whole numbers without decimals, truth values ``true`` and ``false``.  A merged
    area (top, left, bottom, right) has its text in its first cell.  ``unsaved`` are formulas without a value.
    """

    name: str
    cells: Mapping[Position, str]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    unsaved: frozenset[Position] = field(default_factory=frozenset)

    def where(self, row: int, column: int) -> str:
        """The cell as a spreadsheet writes it: ``Places!B12``, or ``B12`` in a file that has no sheets."""
        cell = f"{letters(column)}{row}"
        return f"{self.name}!{cell}" if self.name else cell

    def rows(self) -> Iterator[tuple[int, dict[int, str]]]:
        """The rows that hold something, from the top: their number and their cells by column."""
        rows: dict[int, dict[int, str]] = {}
        for (row, column), text in sorted(self.cells.items()):
            rows.setdefault(row, {})[column] = text
        yield from rows.items()


def letters(column: int) -> str:
    """``A`` for 1, ``AA`` for 27."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_sheets(content: bytes, name: str) -> tuple[Sheet, ...]:
    """The sheets of the file called ``name``, in order; the suffix tells its format.

    Raises DocumentError for what is empty, too large, protected by a password, damaged or hostile.
    """
    if not content:
        raise DocumentError(name, None, "", "the file is empty")
    if len(content) > _LARGEST:
        raise DocumentError(name, None, "", f"more than {_LARGEST >> 20} MiB; no register is that large")
    suffix = name.lower().rpartition(".")[2]
    if suffix in ("csv", "tsv"):
        return (_csv(content, name),)
    return _ods(content, name) if suffix == "ods" else _xlsx(content, name)


# CSV


def _csv(content: bytes, name: str) -> Sheet:
    text = _decoded(content, name)
    cells: dict[Position, str] = {}
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for row, record in enumerate(lines, 1):
            for column, value in enumerate(record, 1):
                if value.strip():
                    cells[row, column] = value.strip()
            if len(cells) > _CELLS:
                raise DocumentError(name, row, "", f"more than {_CELLS} cells; no register is that large")
    except csv.Error as error:
        raise DocumentError(name, lines.line_num, "", f"not valid CSV: {error}") from error
    return Sheet("", cells)


def _decoded(content: bytes, name: str) -> str:
    """UTF-8, UTF-16 with its mark, or what Excel writes in Western Europe (Windows-1252)."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise DocumentError(name, None, "", f"not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    if "\0" in text:
        raise DocumentError(name, None, "", "not a text file: save the table as CSV (UTF-8)")
    return text


def _separator(text: str) -> str:
    """What separates the cells: the mark that the first lines hold most often outside quotes and comments."""
    lines = (line for line in text.splitlines() if not line.lstrip('"').startswith("#"))
    bare = re.sub(r'"[^"]*"', "", "\n".join(islice(lines, 20)))
    return max(",;\t", key=bare.count)


# Office files


def _members(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """The parts of an office file that are XML, each unpacked whole within bounds and free of entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > _MEMBERS or sum(info.file_size for info in infos) > _UNPACKED:
                raise DocumentError(name, None, "", "too much is packed in this file; no register is that large")
            if any(info.flag_bits & 1 for info in infos):
                raise DocumentError(name, None, "", "protected by a password; save it without one")
            for info in infos:
                # Reading it all also proves that the sizes announced above are true: a lie fails its checksum.
                part = archive.read(info)
                if info.filename.endswith((".xml", ".rels")):
                    # In UTF-16 every other byte of a declaration is zero.
                    if _DECLARATION.search(part.replace(b"\0", b"")):
                        raise DocumentError(name, None, "", f"{info.filename} declares entities, which are not read")
                    yield info.filename, part
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        NotImplementedError,
        OSError,
        ValueError,
        EOFError,
    ) as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> DocumentError:
    what = str(error).splitlines()[0] if str(error) else type(error).__name__
    return DocumentError(name, None, "", f"not a spreadsheet that can be read ({what}); open it and save it again")


def _too_wide(name: str, where: str) -> DocumentError:
    return DocumentError(
        name, None, "", f"{where}: more cells than any register has; remove what stands far below or to the right"
    )


# XLSX


_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")


def _xlsx(content: bytes, name: str) -> tuple[Sheet, ...]:
    from python_calamine import CalamineError, CalamineWorkbook

    parts = dict(_members(content, name))
    for part, data in parts.items():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
            _measure(data, name, part)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names[:_SHEETS]
        formulas = _formulas(parts)
        return tuple(_calamine(workbook.get_sheet_by_name(one), one, formulas.get(one, frozenset())) for one in names)
    except CalamineError as error:
        raise _damaged(name, error) from error


def _calamine(sheet: Any, name: str, formulas: frozenset[Position]) -> Sheet:
    cells: dict[Position, str] = {}
    for row, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
        for column, value in enumerate(values, 1):
            if text := _written(value):
                cells[row, column] = text
    merged = tuple(
        (top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return Sheet(name, cells, merged, formulas - cells.keys())


def _measure(data: bytes, name: str, part: str) -> None:
    """Raises DocumentError for a sheet whose cells span more than any register does: it would be unfolded whole."""
    rows = columns = 0
    for cell in _elements(data, name, "c"):
        if any(child.tag.endswith(("}v", "}is")) for child in cell):
            row, column = _position(cell.get("r", ""))
            rows, columns = max(rows, row), max(columns, column)
    if rows * columns > _CELLS or columns > _COLUMNS:
        raise _too_wide(name, f"{part}, {letters(columns)}{rows}")


def _formulas(parts: Mapping[str, bytes]) -> dict[str, frozenset[Position]]:
    """Per sheet, the cells that hold a formula."""
    found: dict[str, frozenset[Position]] = {}
    for name, part in _sheet_parts(parts):
        found[name] = frozenset(
            _position(cell.get("r", ""))
            for cell in _elements(parts[part], part, "c")
            if any(child.tag.endswith("}f") for child in cell)
        )
    return found


def _sheet_parts(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The name of each sheet with the part that holds it."""
    relations = {
        one.get("Id"): "xl/" + one.get("Target", "").removeprefix("/xl/").removeprefix("xl/")
        for one in _elements(parts.get("xl/_rels/workbook.xml.rels", b""), "", "Relationship")
    }
    for sheet in _elements(parts.get("xl/workbook.xml", b""), "", "sheet"):
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        if relations.get(link) in parts:
            yield sheet.get("name", ""), str(relations[link])


def _elements(data: bytes, name: str, local: str) -> Iterator[Element]:
    """Each element called ``local``, whole."""
    for event, element in _events(data, name):
        if event == "end" and element.tag.rpartition("}")[2] == local:
            yield element


def _events(data: bytes, name: str) -> Iterator[tuple[str, Element]]:
    """The start and the end of each element, within bounds.  A row is forgotten once it was met."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    if not data:
        return
    count = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            yield event, element
            if event == "start":
                count += 1
                if count > _ELEMENTS:
                    raise _too_wide(name, f"more than {_ELEMENTS} elements")
            elif element.tag.endswith(("}row", "}table-row")):
                element.clear()
    except (ParseError, DefusedXmlException) as error:
        raise _damaged(name, error) from error


def _position(reference: str) -> Position:
    """Row and column of ``B12``; (0, 0) for what is no reference."""
    match = _REFERENCE.match(reference)
    if match is None:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _written(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case None:
            return ""
        case _:
            return str(value).strip()


# ODS


def _ods(content: bytes, name: str) -> tuple[Sheet, ...]:
    parts = dict(_members(content, name))
    if b"manifest:encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise DocumentError(name, None, "", "protected by a password; save it without one")
    if "content.xml" not in parts:
        raise DocumentError(name, None, "", "not a spreadsheet that can be read (no content); save it again as ODS")
    return tuple(_OdsSheets(name).read(parts["content.xml"]))


class _OdsSheets:
    """Walks the tables of an ODS file, row by row.  Empty cells may be repeated a million times, full ones not."""

    def __init__(self, name: str) -> None:
        self._file = name
        self._begin("")

    def _begin(self, name: str) -> None:
        self._name, self._row = name, 1
        self._cells: dict[Position, str] = {}
        self._merged: list[tuple[int, int, int, int]] = []
        self._unsaved: set[Position] = set()

    def read(self, data: bytes) -> Iterator[Sheet]:
        """The sheets, in order.  A table inside a cell is no sheet of its own."""
        depth = 0
        for event, element in _events(data, self._file):
            if element.tag == f"{_TABLE}table":
                depth += 1 if event == "start" else -1
                if event == "start" and depth == 1:
                    self._begin(element.get(f"{_TABLE}name", ""))
                elif event == "end" and depth == 0:
                    yield Sheet(self._name, self._cells, tuple(self._merged), frozenset(self._unsaved))
            elif event == "end" and depth == 1 and element.tag == f"{_TABLE}table-row":
                self._take(element)

    def _take(self, row: Element) -> None:
        repeated = _times(row.get(f"{_TABLE}number-rows-repeated"))
        column = 1
        found: list[tuple[int, str]] = []
        for cell in row:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            times = _times(cell.get(f"{_TABLE}number-columns-repeated"))
            text = _ods_text(cell)
            if text:
                if times > _COLUMNS:
                    raise _too_wide(self._file, f"{self._name}!{letters(column)}{self._row}")
                found += [(column + step, text) for step in range(times)]
            elif cell.get(f"{_TABLE}formula") and times == 1:
                self._unsaved.add((self._row, column))
            self._merge(cell, column)
            column += times
        if found and len(self._cells) + len(found) * repeated > _CELLS:
            raise _too_wide(self._file, f"{self._name}!{letters(found[0][0])}{self._row}")
        for step in range(repeated if found else 0):
            self._cells.update({(self._row + step, at): text for at, text in found})
        self._row += repeated

    def _merge(self, cell: Element, column: int) -> None:
        down = _times(cell.get(f"{_TABLE}number-rows-spanned"))
        right = _times(cell.get(f"{_TABLE}number-columns-spanned"))
        if down > 1 or right > 1:
            self._merged.append((self._row, column, self._row + down - 1, column + right - 1))


def _times(text: str | None) -> int:
    return min(int(text), 1 << 24) if text and text.isdecimal() and len(text) < 12 else 1


def _ods_text(cell: Element) -> str:
    """What a cell holds: its value when it has a type, else the text that it shows."""
    match cell.get(f"{_OFFICE}value-type"):
        case "date":
            day = cell.get(f"{_OFFICE}date-value", "")
            return day.removesuffix("T00:00:00").replace("T", " ")
        case "boolean":
            return cell.get(f"{_OFFICE}boolean-value", "")
        case "float" | "currency" | "percentage":
            value = cell.get(f"{_OFFICE}value", "")
            return value.removesuffix(".0")
    # A note of a reviewer stands inside the cell and is none of its content.
    paragraphs = [_shown(child) for child in cell if child.tag == f"{_TEXT}p"]
    return "\n".join(paragraphs).strip()


def _shown(element: Element) -> str:
    text = element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            text += " " * min(_times(child.get(f"{_TEXT}c")), 1_000)
        elif child.tag == f"{_TEXT}line-break":
            text += "\n"
        elif child.tag != f"{_OFFICE}annotation":
            text += _shown(child)
        text += child.tail or ""
    return text
