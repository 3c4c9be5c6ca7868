"""The workbook: every number and id of the JSON report, real dates, and no formula or link in any cell."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import time
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from model.observed import Known
from reports import native, workbook
from reports._store_rows import headings
from tests.reports.estate import HOSTILE, PRIMARY, REGION, Kept, clean, hospital, many_findings, replace, store

SHEETS = (
    "decisions", "situation", "gaps", "breaches", "findings", "derogations", "forecast", "datasets", "stores",
    "exposures", "flows", "hds", "qualifications", "evidence", "method",
)  # fmt: skip


def written(assessment: object = None, lang: str = "fr") -> bytes:
    return b"".join(workbook.render(assessment or hospital(), lang))


def opened(assessment: object = None, lang: str = "fr") -> Any:
    return openpyxl.load_workbook(io.BytesIO(written(assessment, lang)))


def column(book: Any, sheet: str, key: str, lang: str = "fr") -> list[Any]:
    names = headings(lang)
    rows = list(book[names[f"sheet_{sheet}"]].values)
    return [row[rows[0].index(names[key])] for row in rows[1:]]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_sheets_come_in_the_order_of_the_page_with_frozen_headings_and_filters(lang):
    book = opened(lang=lang)
    names = headings(lang)

    assert book.sheetnames == [names[f"sheet_{key}"] for key in SHEETS]
    assert {sheet.freeze_panes for sheet in book} == {"B2"}
    assert all(sheet.auto_filter.ref for sheet in book)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_ids_and_numbers_are_those_of_the_json_report(lang):
    document = json.loads(b"".join(native.render(hospital(), lang)))
    book = opened(lang=lang)

    findings = column(book, "breaches", "id", lang) + column(book, "findings", "id", lang)
    assert findings == [one["id"] for one in document["findings"]]
    assert column(book, "gaps", "id", lang) == [one["id"] for one in document["gaps"]]
    assert column(book, "stores", "id", lang) == [one["id"] for one in document["stores"]]
    assert column(book, "flows", "id", lang) == [one["id"] for one in document["flows"]]
    assert column(book, "derogations", "id", lang) == [one["id"] for one in document["derogations"]]
    assert column(book, "datasets", "stores", lang) == [
        *(len(one["stores"]) for one in document["datasets"]),
        len(document["unattached"]["stores"]),
    ]
    summary = document["summary"]
    assert column(book, "situation", "value_min", lang)[0] == summary["rate"]["min"]
    assert column(book, "situation", "value_max", lang)[0] == summary["rate"]["max"]
    assert column(book, "situation", "value", lang)[1:5] == [
        summary["stores"], summary["copies"], summary["datasets"], summary["gaps"],
    ]  # fmt: skip


def test_days_and_instants_are_dates_and_counts_are_numbers():
    book = opened()

    assert column(book, "derogations", "ends") == [datetime(2026, 12, 31), datetime(2025, 12, 31)]  # noqa: DTZ001
    assert column(book, "derogations", "days_left") == [40, -325]
    assert column(book, "gaps", "seen_at")[0] == datetime(2026, 11, 21, 8, 12, 3)  # noqa: DTZ001
    assert column(book, "datasets", "persons")[:2] == ["inconnu", 1_200_000]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_is_a_formula_or_a_link_whatever_its_name(lang):
    rows = [(store(f"{PRIMARY}-{n}", name, tags=Known(((name[:50], name),), REGION)), 0) for n, name in enumerate(
        (*HOSTILE, "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "http://evil.example", "mailto:a@b.c"))]  # fmt: skip
    for assessment in (hospital(), replace(clean(), stores=Kept(rows))):
        whole = written(assessment, lang)
        with zipfile.ZipFile(io.BytesIO(whole)) as parts:
            sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]

        assert len(sheets) == len(SHEETS)
        assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<hyperlink" in sheet]
        kinds = {cell.data_type for sheet in openpyxl.load_workbook(io.BytesIO(whole)) for row in sheet for cell in row}
        assert kinds <= {"s", "n", "d", "inlineStr"}


def test_without_a_forecast_the_sheet_says_so():
    assert column(opened(clean()), "forecast", "what") == ["Aucune prévision n’a été établie"]


def test_a_list_too_long_for_a_sheet_says_how_many_rows_it_lacks(monkeypatch):
    monkeypatch.setattr("reports._tables.MOST_STORES", 4)
    sheet = opened()[headings("fr")["sheet_stores"]]
    rows = [row[:2] for row in sheet.values]

    assert len([row for row in rows if row[0] and row[0].startswith("arn:")]) == 4
    assert rows[-1] == (headings("fr")["truncated"], 10)


def test_the_same_assessment_gives_the_same_bytes_at_another_time():
    once = written()
    time.sleep(2.1)  # a ZIP tells times to two seconds

    assert written() == once


def test_every_heading_is_there_in_both_languages():
    french, english = headings("fr"), headings("en")

    assert set(french) == set(english)
    assert all(french.values())
    assert all(english.values())


@pytest.mark.slow
def test_ten_thousand_findings_are_written_in_ten_seconds_of_work():
    assessment = many_findings(2_000)
    began = time.process_time()
    size = len(written(assessment))

    assert time.process_time() - began < 10
    assert size < 15_000_000


@pytest.mark.slow
def test_libreoffice_opens_it_and_reads_the_same_cells(tmp_path):
    office = shutil.which("soffice")
    assert office, "soffice is missing: apt-get install libreoffice-calc"
    before, after = tmp_path / "report.xlsx", tmp_path / "again"
    before.write_bytes(written())
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(after), str(before)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    again = openpyxl.load_workbook(after / "report.xlsx")

    assert [sheet.title for sheet in again] == [sheet.title for sheet in opened()]
    for sheet in opened():
        assert [[cell or None for cell in row] for row in again[sheet.title].values] == [
            [cell or None for cell in row] for row in sheet.values
        ]
