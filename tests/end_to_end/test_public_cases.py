"""The systems of public debate, each a register through the command line: its page says what the rules say."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cli

CASES = Path(__file__).parents[2] / "docs" / "cases"
PAGES = sorted(CASES.glob("[a-z]*.md"))
CONFIGURATION = """
[organisation]
name = "Cas public"
register = "register.yaml"

[editions]
reports = []
"""
OUTCOMES = ("pass", "fail", "undetermined", "not_applicable")


@dataclass(frozen=True)
class Row:
    """One line of the table of a page: what a dataset gets on a day."""

    dataset: str
    day: str
    verdict: str
    rules: dict[str, str]


def rows(page: Path) -> Iterator[Row]:
    table = page.read_text(encoding="utf-8").split("## What the rules say")[1].split("\n## ")[0]
    for line in re.findall(r"^\| (.+) \|$", table, re.M)[1:]:
        dataset, day, verdict, *lists = (cell.strip() for cell in f"{line} ".split("|"))
        found = {
            rule.strip(): outcome
            for outcome, listed in zip(OUTCOMES, lists, strict=True)
            for rule in listed.split(",")
            if rule.strip()
        }
        yield Row(dataset, day, verdict, found)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lexsitus.toml").write_text(CONFIGURATION, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEXSITUS_CONFIG", raising=False)
    return tmp_path


def judged(day: str, capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert cli.main(("assess", "--on", day, "--quiet", "--fail-on", "none")) == 0
    capfd.readouterr()
    assert cli.main(("report", "--format", "json", "--fail-on", "none")) == 0
    return {one["id"]: one for one in json.loads(capfd.readouterr().out)["datasets"]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_public_case_gets_the_verdicts_of_its_page(
    page: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(page.with_suffix(".yaml"), folder / "register.yaml")
    expected = list(rows(page))

    assert cli.main(("scan", "--quiet", "--fail-on", "none")) == 0
    days = {day: judged(day, capfd) for day in sorted({row.day for row in expected})}

    found = [
        Row(row.dataset, row.day, one["verdict"], {rule: one["rules"][rule] for rule in row.rules})
        for row in expected
        for one in (days[row.day][row.dataset],)
    ]
    assert found == expected
    assert {row.dataset for row in expected} == set(next(iter(days.values())))


def test_every_register_has_its_page_with_sources_and_what_stays_unknown() -> None:
    assert {page.stem for page in PAGES} == {path.stem for path in CASES.glob("*.yaml")}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        facts = text.split("## Facts and sources")[1].split("\n## ")[0]
        assert re.search(r"https://", facts), page.name
        assert re.search(r"\b20[0-2]\d\b", facts), page.name
        assert "## What stays unknown\n\n- " in text, page.name


def test_no_system_of_the_cases_is_named_in_the_code_of_the_rules() -> None:
    # The Health Data Hub is left out: the law itself names it (article 31, IV).
    names = ("azure", "scaleway", "darwin", "doctolib", "bluefiles", "23andme", "myheritage", "nubo")
    rules = sorted((Path(cli.__file__).parent / "legislation" / "rules").glob("*.py"))
    code = {path.name: re.sub(r'^""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.S) for path in rules}

    named = [(path, name) for path, text in code.items() for name in names if name.lower() in text.lower()]

    assert named == []
