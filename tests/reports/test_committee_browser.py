"""The committee edition in a real browser: accessible, usable by keyboard, whole at any width, loading nothing.

Needs Chromium (Debian: apt-get install chromium).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from reports import committee
from tests.reports.estate import clean, hospital, many_findings

pytestmark = pytest.mark.slow

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
PAGES = {
    "fr": (hospital(), "fr"),
    "en": (hospital(), "en"),
    "clean": (clean(), "fr"),
    "many": (many_findings(12), "fr"),
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    found = shutil.which("chromium")
    assert found, "chromium is missing: apt-get install chromium"
    with sync_playwright() as play:
        folder = str(tmp_path_factory.mktemp("profile"))
        context = play.chromium.launch_persistent_context(
            folder, executable_path=found, headless=True, args=list(FLAGS)
        )
        yield context
        context.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, (assessment, lang) in PAGES.items():
        (folder / f"{name}.html").write_bytes(b"".join(committee.render(assessment, lang)))
    return {name: folder / f"{name}.html" for name in PAGES}


@pytest.fixture
def opened(browser: Any, files: dict[str, Path]) -> Iterator[Any]:
    page = browser.new_page()

    def open_page(name: str, width: int = 1280) -> Any:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(files[name].as_uri())
        return page

    yield open_page
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(opened, name, width):
    found = Axe().run(opened(name, width)).response["violations"]

    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_overflows_the_page_on_a_phone_a_desk_or_at_twice_the_size(opened, name):
    # 640 pixels wide is a screen of 1,280 at 200 %.
    for width in (320, 390, 640, 1280):
        page = opened(name, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


def test_the_page_asks_for_nothing_but_itself(browser, files):
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files["fr"].as_uri(), wait_until="networkidle")
    page.close()

    assert asked == [files["fr"].as_uri()]


def test_a_keyboard_reaches_the_content_every_link_and_every_region_that_scrolls(opened):
    page = opened("fr")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('href')")
    met: list[str] = []
    for _ in range(2_000):
        place = page.evaluate(
            "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " if (e === document.body) return null;"
            " return [e.tagName + '#' + (e.getAttribute('href') || e.getAttribute('aria-labelledby')),"
            " s.outlineStyle, parseFloat(s.outlineWidth)]; })()"
        )
        if place is None:
            break
        assert place[1] != "none", place
        assert place[2] >= 2, place
        met.append(place[0])
        page.keyboard.press("Tab")
    reachable = page.evaluate("document.querySelectorAll('a[href], [tabindex=\"0\"]').length")

    assert first == "#contenu"
    assert len(met) == reachable


def test_the_page_says_the_same_without_scripts_and_in_grey(browser, files):
    written = files["fr"].read_text(encoding="utf-8")
    page = browser.new_page()
    page.goto(files["fr"].as_uri())
    page.add_style_tag(content="html { filter: grayscale(1) }")
    shown = page.evaluate("document.body.innerText")
    verdicts = page.evaluate(
        "[...document.querySelectorAll('.pill')].map(e => getComputedStyle(e, '::before').content + e.innerText)"
    )
    page.close()

    assert "<script" not in written
    assert "Décisions attendues" in shown
    # The word and its sign tell a verdict, whatever the colour.
    assert len(set(verdicts)) == 5
    assert all(len(one) > 4 for one in verdicts)


def test_a_drawing_shows_no_text_outside_of_its_frame(opened):
    page = opened("many")
    outside = page.evaluate(
        "[...document.querySelectorAll('svg[role=img] text')].filter(t => { const b = t.getBBox();"
        " const v = t.ownerSVGElement.viewBox.baseVal;"
        " return b.x < -1 || b.y < -1 || b.x + b.width > v.width + 1 || b.y + b.height > v.height + 1; })"
        ".map(t => t.textContent)"
    )

    assert outside == []
