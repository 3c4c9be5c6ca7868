"""Blank registers as spreadsheets: one sheet per block, its columns, and a sheet that explains them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from model.errors import UsageError
from scanners.declared._tabular import FORMAT, GUIDE, Column, columns, sheet_names

Rows = Sequence[Sequence[str]]

FORMATS = ("xlsx", "ods", "csv")

_HOLDS = {
    "answer": ("yes, no ou unknown", "yes, no or unknown"),
    "day": ("AAAA-MM-JJ", "YYYY-MM-DD"),
    "number": ("nombre entier", "whole number"),
    "list": ("valeurs séparées par des points-virgules\u202f; []\u202f: aucune", "values between semicolons; []: none"),
    "pairs": ("clé=valeur\u202f; clé=valeur", "key=value; key=value"),
    "empty": ("comme indiqué", "as told"),
    "text": ("texte", "text"),
}
_INTRODUCTION = (
    (
        "Une feuille par bloc, une colonne par clé. Une cellule vide vaut « inconnu », jamais « non ».",
        "One sheet per block, one column per key. An empty cell is unknown, never \"no\".",
    ),
    (
        "N’écrivez ici ni mot de passe, ni clé, ni donnée de patient.",
        "Write no password, no key and no data of a patient here.",
    ),
)  # fmt: skip


def blank(format: str, lang: str) -> bytes:
    """An empty register in one of ``FORMATS``, which reads as it is, explained in ``lang`` (fr or en)."""
    sheets = [(name, _sheet(name)) for name in sheet_names()]
    match format:
        case "xlsx":
            return _xlsx([*sheets, (GUIDE, _guide(lang))])
        case "ods":
            return _ods([*sheets, (GUIDE, _guide(lang))])
        case _:
            # A French Excel takes a semicolon for what separates cells.
            return _csv(sheets, _guide(lang), ";" if lang == "fr" else ",")


def _sheet(name: str) -> Rows:
    heads = [column.name for column in columns() if column.sheet == name]
    return [heads, [FORMAT]] if name == "register" else [heads]


def _guide(lang: str) -> Rows:
    side = 0 if lang == "fr" else 1
    yes = [[line[side].replace("« ", "«\u202f").replace(" »", "\u202f»")] for line in _INTRODUCTION]
    heads = [("feuille", "colonne", "contenu", "sens"), ("sheet", "column", "holds", "meaning")][side]
    return [*yes, [], heads, *(_explained(column, side) for column in columns())]


def _explained(column: Column, side: int) -> Sequence[str]:
    return column.sheet, column.name, _HOLDS[column.holds][side], column.en if side else column.fr


def _xlsx(sheets: Sequence[tuple[str, Rows]]) -> bytes:
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError as error:
        raise UsageError("a blank workbook needs pip install 'lexsitus[workbook]'; ods and csv need nothing") from error

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"created": datetime(1980, 1, 1, tzinfo=UTC)})  # the same bytes whenever it is made
        head = workbook.add_format({"bold": True, "bottom": 1})
        for name, rows in sheets:
            sheet = workbook.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, text in enumerate(cells):
                    sheet.write_string(row, column, text, head if row == 0 and name != GUIDE else None)
            sheet.set_column(0, max(len(cells) for cells in rows) - 1, 18)
            if name != GUIDE:
                sheet.freeze_panes(1, 1)
                _offer_answers(sheet, name)
    return file.getvalue()


def _offer_answers(sheet: object, name: str) -> None:
    """A list to choose from wherever the answer is yes, no or unknown."""
    for at, column in enumerate(column for column in columns() if column.sheet == name):
        if column.holds == "answer":
            sheet.data_validation(1, at, 999, at, {"validate": "list", "source": ["yes", "no", "unknown"]})  # type: ignore[attr-defined]


_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>"
)


def _ods(sheets: Sequence[tuple[str, Rows]]) -> bytes:
    tables = "".join(_table(name, rows) for name, rows in sheets)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        # The type comes first and unpacked: that is how others recognise the format.
        for name, text, method in (
            ("mimetype", _MIME, zipfile.ZIP_STORED),
            ("content.xml", _CONTENT % tables, zipfile.ZIP_DEFLATED),
            ("META-INF/manifest.xml", _MANIFEST, zipfile.ZIP_DEFLATED),
        ):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, text, method)
    return file.getvalue()


def _table(name: str, rows: Rows) -> str:
    lines = "".join(f"<table:table-row>{''.join(map(_cell, cells or ['']))}</table:table-row>" for cells in rows)
    width = max(len(cells) for cells in rows)
    column = f'<table:table-column table:number-columns-repeated="{width}"/>'
    return f'<table:table table:name="{escape(name)}">{column}{lines}</table:table>'


def _cell(text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'


def _csv(sheets: Sequence[tuple[str, Rows]], guide: Rows, separator: str) -> bytes:
    file = io.StringIO()
    lines = csv.writer(file, delimiter=separator, lineterminator="\r\n")
    for row in _csv_rows(sheets, guide):
        lines.writerow(row)
    # Excel takes a CSV for UTF-8 only when it begins with the mark.
    return file.getvalue().encode("utf-8-sig")


def _csv_rows(sheets: Sequence[tuple[str, Rows]], guide: Rows) -> Iterator[Sequence[str]]:
    for cells in guide:
        yield [f"# {' | '.join(cells)}"] if cells else []
    for name, rows in sheets:
        yield []
        yield [f"[{name}]"]
        yield from rows
