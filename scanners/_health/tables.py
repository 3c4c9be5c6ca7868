"""Tables as text: delimited files, SQL, and what a few of their lines hold.

Codes are counted column by column (ATIH: CIM-10, CCAM, GHM; WHO: ATC; Regenstrief: LOINC; GS1: CIP13).  A value is
compared and forgotten.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

from model.datasets import Identity
from model.health import Signal
from scanners._health import columns, models
from scanners._health import names as words
from scanners._health.identifiers import nir_key

_DELIMITERS = ",;\t|^~"
_MOST_LINES = 60
_LONGEST_LINE = 16_384
_MOST_TITLES = 8
_LONGEST_NAME, _MOST_WORDS = 60, 6
_SHARE, _FEWEST = 0.6, 3
_NAMELIKE = re.compile(r"[\w .%/()#:*°'’\[\]-]*")
_MARKDOWN = re.compile(r"^\|?\s*:?-{3,}", re.M)
_CREATE = re.compile(
    r"\bCREATE\s+(?:GLOBAL\s+|LOCAL\s+|TEMP(?:ORARY)?\s+|UNLOGGED\s+|EXTERNAL\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"([\w.\"`\[\]@{}-]+)\s*\(([^;]{0,20000})",
    re.I,
)
_FILL = re.compile(r"\b(?:INSERT\s+(?:IGNORE\s+)?INTO|COPY)\s+([\w.\"`\[\]]+)\s*(?:\(([^()]{0,8000})\))?", re.I)
_DUMP = re.compile(
    r"PostgreSQL database dump|MySQL dump|MariaDB dump|mysqldump|Dumping data|pg_dump|phpMyAdmin SQL Dump"
)
_COLUMN = re.compile(r"(?:^|[,(])\s*[\"`\[]?([A-Za-z_]\w{0,60})[\"`\]]?\s+[A-Za-z]")
_KEYWORDS = frozenset({
    "constraint", "primary", "foreign", "unique", "key", "index", "check", "references", "partition", "exclude", "like",
})  # fmt: skip
_ANIMALS = frozenset({"pets", "vets", "owners", "animals", "animaux", "species", "pet", "vet"})
_FIRM = 0.86
_ONLY_DESCRIBED = 0.7
"""What a definition of tables weighs when nothing shows that rows are kept with it."""

_Test = Callable[[str], object]
_CODES: tuple[tuple[str, float, _Test], ...] = (
    ("diagnosis", 0.6, re.compile(r"[A-TV-Z]\d{2}(?:\.?[0-9A-Z+]{1,4})?").fullmatch),
    ("procedure", 0.5, re.compile(r"[A-HJ-NPQYZ][A-Z]{3}\d{3}").fullmatch),
    ("drug", 0.5, re.compile(r"[ABCDGHJLMNPRSV]\d{2}[A-Z]{2}\d{2}|3400[39]\d{8}").fullmatch),
    ("lab", 0.55, lambda value: _loinc(value)),
    ("stay", 0.5, re.compile(r"\d{2}[CKMZH]\d{2}[1-4ABCDEJTZ]").fullmatch),
)


def of_sql(text: str, where: str = "tables") -> tuple[Signal, ...]:
    """What the tables of an SQL text show; a definition without any row is suspected at most."""
    defined = [(name, _columns_of(body)) for name, body in _CREATE.findall(text)]
    filled = [
        (name, [part.strip(' "`[]\n\t') for part in body.split(",") if part]) for name, body in _FILL.findall(text)
    ]
    if not defined and not filled:
        return ()
    names = [_bare(name) for name, _ in (*defined, *filled)]
    if not _ANIMALS.isdisjoint(name.lower() for name in names):
        return ()
    found = list(models.of_tables(names, where))
    for _, body in (*defined, *filled):
        found += columns.of_columns(body, "columns")
    for name, _ in filled:
        # A row kept in a table called after patients needs no names of columns.
        if any(one.weight >= _FIRM for one in words.of_name(_bare(name), where)):
            found.append(Signal("columns", "rows in a table of care", _FIRM, where, identity=Identity.PSEUDONYMOUS))
    kept = bool(filled) or _DUMP.search(text) is not None
    strongest = sorted(found, key=lambda one: (-one.weight, one.id))[:1]
    return tuple(one if kept else _capped(one) for one in strongest)


def _capped(signal: Signal) -> Signal:
    weight = min(signal.weight, _ONLY_DESCRIBED)
    return Signal(signal.family, signal.id, weight, signal.where, 1, signal.identity, signal.columns)


def _bare(name: str) -> str:
    return name.rsplit(".", 1)[-1].strip('"`[]')


def _columns_of(body: str) -> list[str]:
    return [name for name in _COLUMN.findall("," + body) if name.lower() not in _KEYWORDS]


def of_delimited(text: str) -> tuple[Signal, ...]:
    """What a delimited file shows by its header, by codes and numbers in its columns, or both; none when it is none."""
    rows = _rows(_from_header(text))
    if not rows:
        return ()
    header, body = rows[0], rows[1:]
    clinical, nir = _contents(body if _is_header(header) else rows)
    if not _is_header(header):
        if nir and clinical:
            return (Signal("columns", "codes beside nir", 0.9, "values", identity=Identity.NOMINATIVE),)
        return ()
    found = columns.of_columns(header, "columns", clinical)
    if nir:
        found = (*found, Signal("identifier", "nir", 0.0, "values", nir, Identity.NOMINATIVE))
    return found


def _from_header(text: str) -> str:
    """``text`` without the titles that software writes above a table: from the first line of several known columns."""
    lines = text.split("\n", _MOST_TITLES + 1)
    for at, line in enumerate(lines[1 : _MOST_TITLES + 1], 1):
        delimiter = max(_DELIMITERS, key=line.count)
        titles = max(before.rstrip(delimiter + "\r ").count(delimiter) for before in lines[:at])
        if 2 * titles < line.count(delimiter) and columns.recognised(line[:_LONGEST_LINE].split(delimiter)) > 1:
            return "\n".join(lines[at:])
    return text


def _rows(text: str) -> list[list[str]]:
    """The first lines as cells, the last one left out when the window may have cut it; none when no table shows."""
    lines = [line for line in text.splitlines()[: _MOST_LINES + 8] if line.strip()]
    while lines and lines[0].lstrip().startswith(("#", "--", "//", "sep=")):
        lines.pop(0)
    lines = [line for line in lines[:_MOST_LINES] if len(line) <= _LONGEST_LINE]
    if not lines or _MARKDOWN.search("\n".join(lines[1:3])):
        return []
    delimiter = max(_DELIMITERS, key=lines[0].count)
    if not lines[0].count(delimiter):
        return []
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []
    rows = [row for row in rows if row]
    if not rows:
        return []
    width = len(rows[0])
    alike = sum(1 for row in rows[1:-1] if len(row) == width)
    if len(rows) > 2 and alike < _SHARE * (len(rows) - 2):
        return []
    return rows


def _is_header(cells: list[str]) -> bool:
    """True for names: short, hardly a digit, made of letters."""
    named = [cell.strip().strip('"') for cell in cells]
    if not any(named) or any(len(cell) > _LONGEST_NAME or not _NAMELIKE.fullmatch(cell) for cell in named):
        return False
    if any(cell.count(" ") >= _MOST_WORDS for cell in named):
        return False
    lettered = sum(1 for cell in named if any(letter.isalpha() for letter in cell))
    starting = sum(1 for cell in named if cell[:1].isalpha() or cell[:1] in ("_", "", "%", "#"))
    return lettered >= 0.8 * len(named) and starting >= 0.7 * len(named)


def _contents(rows: list[list[str]]) -> tuple[dict[str, float], int]:
    """The clinical groups whose codes fill a column, with their weights, and how many NIR the rows hold."""
    clinical: dict[str, float] = {}
    nir = 0
    width = max((len(row) for row in rows), default=0)
    for at in range(min(width, 200)):
        values = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        if len(values) < _FEWEST:
            continue
        nir += sum(1 for value in values if len(value) <= 21 and value[:1] in "123478" and nir_key(value))
        for group, weight, test in _CODES:
            if sum(1 for value in values if test(value)) >= _SHARE * len(values) and len(set(values)) > 1:
                clinical[group] = weight
                break
    return clinical, nir


def _loinc(value: str) -> bool:
    """The last digit is a check digit, modulo 10 (LOINC Users' Guide)."""
    number, dash, check = value.partition("-")
    if not dash or not number.isdecimal() or not check.isdecimal() or len(number) > 5 or len(check) != 1:
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = sum(2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[::2])
    return (10 - (doubled + sum(digits[1::2])) % 10) % 10 == int(check)
