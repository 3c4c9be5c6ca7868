"""The committee edition on paper: tagged, with bookmarks, two pages first, the same numbers as on a screen."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from reports import committee, pdf
from tests.reports.estate import GAPS, hospital, many_findings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["fr", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def printed(lang: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    for program in ("pdfinfo", "pdftotext"):
        assert shutil.which(program), f"{program} is missing: apt-get install poppler-utils"
    path = tmp_path_factory.mktemp("paper") / "report.pdf"
    path.write_bytes(b"".join(pdf.render(hospital(), lang)))
    return path


def told(program: str, *arguments: str) -> str:
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def objects(path: Path) -> bytes:
    """Every object of the document that is no drawing, unpacked."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL):
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompress(stream))
    return b"\n".join(found) + path.read_bytes()


def test_a_reader_of_screens_finds_tags_a_title_and_a_language(printed, lang):
    info = told("pdfinfo", str(printed))

    assert re.search(r"Tagged: +yes", info)
    assert re.search(r"Page size: .*A4", info)
    assert "JavaScript:      no" in info
    assert f"/Lang ({lang})".encode() in objects(printed)
    assert b"pdfuaid" in objects(printed)


def test_each_chapter_is_a_bookmark(printed):
    assert objects(printed).count(b"/Dest") > 9
    assert b"/Outlines" in objects(printed)


def test_decisions_are_on_the_first_page_and_the_situation_on_the_second(printed, lang):
    words = {
        "fr": ("Décisions attendues", "Taux de conformité", "Décisions, une à une"),
        "en": ("Decisions expected", "Compliance", "Decisions, one by one"),
    }
    pages = [told("pdftotext", "-f", str(n), "-l", str(n), str(printed), "-") for n in (1, 2, 3)]

    for page, word in zip(pages, words[lang], strict=True):
        assert word in page


def test_paper_holds_the_ids_and_figures_of_the_screen(printed, lang):
    text = told("pdftotext", str(printed), "-")
    screen = b"".join(committee.render(hospital(), lang)).decode()
    ids = set(re.findall(r"\b(?:[A-Z0-9]{3}-[0-9]{3}|D-[0-9]{2}|E-[0-9]{4})\b", re.sub(r"<[^>]+>", " ", screen)))
    shown = set(re.findall(r"\b(?:[A-Z0-9]{3}-[0-9]{3}|D-[0-9]{2}|E-[0-9]{4})\b", text))

    assert {id for id in ids if not id.startswith("E-")} <= shown
    assert all(gap.id in text for gap in GAPS)
    assert ("entre 0 % et 93 %" if lang == "fr" else "between 0% and 93%") in re.sub(r"\s+", " ", text)


def test_the_same_assessment_gives_the_same_paper(printed, lang):
    assert printed.read_bytes() == b"".join(pdf.render(hospital(), lang))


def test_two_pages_hold_the_summary_however_much_there_is_to_decide(tmp_path):
    path = tmp_path / "many.pdf"
    path.write_bytes(b"".join(pdf.render(many_findings(6))))

    assert "Décisions, une à une" in told("pdftotext", "-f", "3", "-l", "3", str(path), "-")
