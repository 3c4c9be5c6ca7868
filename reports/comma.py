"""The stores as one table (CSV): RFC 4180 in English, the form that Excel opens by itself in French.

French Excel wants a byte order mark, semicolons and decimal commas.  A cell that a spreadsheet would take for a
formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from model.assessment import Assessment
from reports._contents import Contents, chunks
from reports._store_rows import COLUMNS, Cell, headings, store_rows
from reports._text import visible
from reports._words import language

NAME = "csv"
SUFFIX = ".csv"
MEDIA_TYPE = "text/csv; charset=utf-8; header=present"

_LONGEST = 32_000  # a cell of a spreadsheet holds 32,767 characters
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """One line of headings and one row per store, in chunks of some 64 KiB; every cell quoted, lines end in CRLF."""
    words = language(lang)
    contents = Contents(assessment, words)
    names = headings(lang)
    rows = store_rows(contents, words)
    french = lang == "fr"
    yield from chunks(_written([names[key] for key in COLUMNS], rows, french))


def _written(heading: list[str], rows: Iterator[list[Cell]], french: bool) -> Iterator[bytes]:
    held = io.StringIO(newline="")
    writer: Any = csv.writer(held, delimiter=";" if french else ",", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    held.write("\ufeff" if french else "")
    writer.writerow(heading)
    for row in rows:
        writer.writerow([_cell(value, french) for value in row])
        yield held.getvalue().encode()
        held.seek(0)
        held.truncate()
    yield held.getvalue().encode()


def _cell(value: Cell, french: bool) -> str:
    match value:
        case None:
            return ""
        case str():
            return inert(value)
        case datetime():
            return value.isoformat(" ", "seconds")
        case float():
            return str(value).replace(".", ",") if french else str(value)
        case _:
            return str(value)


def inert(text: str) -> str:
    """``text`` on one line, without any control character, and never a formula."""
    shown = visible(text, _LONGEST)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown
