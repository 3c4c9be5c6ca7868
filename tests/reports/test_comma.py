"""The table of stores: one row each, what is unknown in words, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json

import pytest

from model.observed import Known
from reports import comma, native
from reports._store_rows import COLUMNS, headings
from tests.reports.estate import PRIMARY, REGION, REPLICA, Kept, clean, hospital, replace, store

FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1")


def table(assessment: object = None, lang: str = "fr") -> dict[str, dict[str, str]]:
    written = b"".join(comma.render(assessment or hospital(), lang)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written, newline=""), delimiter=";" if lang == "fr" else ",", strict=True))
    assert rows[0] == [headings(lang)[key] for key in COLUMNS]
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_there_is_one_row_per_store_of_the_json_report(lang):
    document = json.loads(b"".join(native.render(hospital(), lang)))

    assert list(table(lang=lang)) == [one["id"] for one in document["stores"]]


def test_french_excel_opens_it_by_itself_and_english_is_rfc_4180():
    french, english = (b"".join(comma.render(hospital(), lang)) for lang in ("fr", "en"))

    assert french.startswith(b'\xef\xbb\xbf"Identifiant";"Nom";')
    assert english.startswith(b'"Identifier","Name",')
    assert french.count(b"\r\n") == english.count(b"\r\n") == 15
    assert b"\n" not in french.replace(b"\r\n", b"")


def test_decimals_are_written_as_each_language_does():
    from reports.comma import _cell

    assert _cell(0.85, french=True) == "0,85"
    assert _cell(0.85, french=False) == "0.85"


def test_what_was_refused_reads_unknown_and_what_is_absent_reads_none():
    rows = table(lang="en")

    assert rows[REPLICA]["public"] == "unknown"
    assert rows[REPLICA]["tags"] == "unknown"
    assert rows["arn:aws:s3:::stray-00"]["countries"] == "unknown"
    assert rows["arn:aws:s3:::agenda"]["tags"] == "none"
    assert rows[PRIMARY]["public"] == "no"
    assert "Public: refused" in rows[REPLICA]["unread"]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_name_becomes_a_formula(formula, lang):
    named = store(PRIMARY, formula, tags=Known((("a", formula),), REGION))
    assessment = replace(clean(), stores=Kept([(named, 0)]))
    cells = table(assessment, lang)[PRIMARY].values()

    assert [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝")] == []


def test_a_row_stays_one_line_whatever_the_names():
    text = b"".join(comma.render(hospital())).decode("utf-8-sig")

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text.split("\r\n")) == 16
