"""The tables of the committee edition as a workbook (XLSX): real dates and numbers, frozen headings, filters.

No cell is ever a formula or a link: every text is written as a text, whatever it begins with.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from model.assessment import Assessment
from model.errors import UsageError
from reports._contents import chunks
from reports._store_rows import Cell, headings
from reports._tables import Table, tables
from reports._text import visible
from reports._words import Language, language

NAME = "xlsx"
SUFFIX = ".xlsx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LONGEST = 32_000  # a cell holds 32,767 characters
_WIDTHS = {
    "id": 48, "name": 32, "title": 48, "because": 60, "remediation": 48, "measure": 48, "value": 32, "source": 60,
    "evidence": 28, "statement": 60, "decision": 60, "concerns": 60, "scope": 48, "path": 48,
}  # fmt: skip
_NARROW = 18
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The workbook; the same assessment gives the same bytes.

    Raises UsageError when XlsxWriter is not installed.
    """
    words = language(lang)
    try:
        import xlsxwriter
    except ImportError as error:
        raise UsageError("the report 'xlsx' needs XlsxWriter; install lexsitus[workbook]") from error
    held = io.BytesIO()
    # Rows go to disk as they come; texts of the estate stay texts.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(held, options)
    book.set_properties(_properties(assessment, words))
    styles = _Styles(book)
    for table in tables(assessment, words):
        _sheet(book, styles, table, words)
    book.close()
    yield from chunks([held.getvalue()])


class _Styles:
    def __init__(self, book: Any) -> None:
        self.heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = book.add_format({"valign": "top"})
        self.literal = book.add_format({"valign": "top", "quote_prefix": True})
        self.day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss"})
        self.number = book.add_format({"valign": "top", "num_format": "#,##0"})
        self.share = book.add_format({"valign": "top", "num_format": "0.00"})


def _properties(assessment: Assessment, words: Language) -> dict[str, Any]:
    header = assessment.header
    return {
        "title": words.say("page.title"),
        "subject": visible(header.organisation, 200),
        "author": f"lexsitus {header.tool_version}",
        "comments": words.say("notice"),
        "keywords": header.edition,
        "created": header.finished_at.replace(tzinfo=None),
    }


def _sheet(book: Any, styles: _Styles, table: Table, words: Language) -> None:
    names = headings(words.code)
    sheet = book.add_worksheet(names[table.key])
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    for at, key in enumerate(table.columns):
        sheet.set_column(at, at, _WIDTHS.get(key, _NARROW))
        sheet.write_string(0, at, names[key], styles.heading)
    last = 0
    for last, row in enumerate(table.rows, 1):
        for at, value in enumerate(row):
            _write(sheet, styles, last, at, value)
    if last:
        sheet.autofilter(0, 0, last, len(table.columns) - 1)
    if table.left_out:
        sheet.write_string(last + 2, 0, names["truncated"], styles.heading)
        sheet.write_number(last + 2, 1, table.left_out, styles.number)


def _write(sheet: Any, styles: _Styles, row: int, at: int, value: Cell) -> None:
    match value:
        case None | "":
            return
        case str():
            shown = visible(value, _LONGEST)
            style = styles.literal if shown.lstrip().startswith(_FORMULA) else styles.text
            sheet.write_string(row, at, shown, style)
        case datetime():
            sheet.write_datetime(row, at, value, styles.moment)
        case date():
            sheet.write_datetime(row, at, value, styles.day)
        case float():
            sheet.write_number(row, at, value, styles.share)
        case _:
            sheet.write_number(row, at, value, styles.number)
