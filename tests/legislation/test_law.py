"""The data of the law: every reference stands, every value is dated, and the files agree with their schemas."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest

from legislation import CHECK_LIMIT, NotInForce, load
from legislation._days import months_after
from legislation._facts import NAMES
from legislation._law import FOLDER, library
from legislation._rule import modules
from model.reading import read_yaml

DATA = [(path, "text") for path in sorted((FOLDER / "texts").glob("*.yaml"))]
DATA += [(path, "parameter") for path in sorted((FOLDER / "parameters").glob("*.yaml"))]
DATA += [(FOLDER / "foreign_laws.yaml", "foreign_laws")]
DOCS = FOLDER.parent / "docs"


@pytest.mark.parametrize(("path", "schema"), DATA, ids=lambda value: getattr(value, "stem", value))
def test_every_file_keeps_to_its_closed_schema(path: Path, schema: str) -> None:
    rules = json.loads((FOLDER / "schema" / f"{schema}.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(rules)

    assert [error.message for error in validator.iter_errors(read_yaml(path).plain())] == []


def test_a_value_without_reference_is_refused_by_the_schema() -> None:
    rules = json.loads((FOLDER / "schema" / "parameter.json").read_text(encoding="utf-8"))
    data = read_yaml(FOLDER / "parameters" / "derogation_cap.yaml").plain()
    del data["values"][0]["reference"]

    assert not jsonschema.Draft202012Validator(rules).is_valid(data)


def test_every_rule_cites_texts_articles_and_versions_that_exist() -> None:
    texts = library().texts
    dangling = [
        (rule.id, cite)
        for rule in load().rules
        for cite in rule.basis
        if cite.text not in texts
        or cite.article not in texts[cite.text].articles
        or cite.version not in [label for label, _ in texts[cite.text].versions]
    ]

    assert dangling == []


def test_a_rule_and_the_texts_that_it_cites_are_in_force_together_at_some_time() -> None:
    texts = library().texts
    apart = [
        (rule.id, cite.text)
        for rule in load().rules
        for cite in rule.basis
        if (ended := texts[cite.text].in_force_to) is not None and ended < rule.in_force_from
    ]
    early = [
        rule.id for rule in load().rules if rule.in_force_from < min(texts[c.text].in_force_from for c in rule.basis)
    ]

    assert (apart, early) == ([], [])


def test_every_dated_value_has_a_reference_within_the_life_of_its_text() -> None:
    texts = library().texts
    wrong = []
    for parameter in library().parameters.values():
        for dated in parameter.values:
            text = texts.get(dated.reference.text)
            if (
                text is None
                or dated.reference.article not in text.articles
                or dated.since < text.in_force_from
                or (text.in_force_to is not None and dated.since > text.in_force_to)
            ):
                wrong.append((parameter.id, dated.since.isoformat(), str(dated.reference)))

    assert wrong == []


def test_asking_before_the_first_value_names_the_first_date() -> None:
    with pytest.raises(NotInForce, match=r"derogation_cap has no value on 2024-05-22: its first one is of 2024-05-23"):
        library().at(date(2024, 5, 22)).number("derogation_cap")


def test_a_value_holds_from_its_first_day_until_the_next_one() -> None:
    members = {day: library().at(date.fromisoformat(day)).members("eu_members") for day in ("2020-01-31", "2020-02-01")}

    assert ("GB" in members["2020-01-31"], "GB" in members["2020-02-01"]) == (True, False)


def test_norway_is_a_country_of_the_area_and_not_of_the_union() -> None:
    law = library().at(date(2026, 11, 21))

    assert ("NO" in law.members("eea_members"), "NO" in law.members("eu_members")) == (True, False)
    assert (len(law.members("eea_members")), len(law.members("eu_members"))) == (30, 27)


def test_reading_a_parameter_is_recorded_with_its_reference() -> None:
    law = library().at(date(2026, 11, 21))
    law.number("derogation_cap")

    assert law.reads == {"derogation_cap": ("derogation_cap", "18", "L2024-449, 31 (likely)")}


def test_a_view_taken_afresh_has_read_nothing() -> None:
    law = library().at(date(2026, 11, 21))
    law.number("derogation_cap")

    assert law.afresh().reads == {}


def test_a_foreign_law_that_lapsed_is_labelled_and_reaches_nobody() -> None:
    lapsed = {law.id: law.at(date(2026, 11, 21)) for law in library().foreign_laws}

    assert lapsed["US-215"][0] == "lapsed"
    assert lapsed["US-215"][1].fr == "abrogé de fait (2020)"
    assert lapsed["US-702"][0] == "in_force"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2025-12-17", 18, "2027-06-17"), ("2024-08-31", 18, "2026-02-28"), ("2026-08-31", 18, "2028-02-29")],
)
def test_months_are_calendar_months(day: str, months: int, expected: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_the_version_tells_the_digest_and_turns_stale_after_its_limit() -> None:
    checked = load().version(date(2026, 11, 21)).checked_on

    assert not load().version(checked + CHECK_LIMIT).stale
    assert load().version(checked + CHECK_LIMIT + timedelta(days=1)).stale
    assert len(load().version(checked).sha256) == 64


def test_a_rule_not_checked_for_more_than_90_days_is_reported() -> None:
    late = load().assess((), (), date(2027, 2, 20)).warnings
    timely = load().assess((), (), date(2027, 2, 19)).warnings

    assert timely == ()
    assert late[0].fr.startswith("Règle non réactualisée\u202f: A31-001")
    assert len(late) == len(load().rules)


def test_every_rule_file_keeps_the_same_shape() -> None:
    for module in modules():
        stem = module.RULE.id.lower().replace("-", "_")
        assert Path(module.__file__ or "").stem == stem  # type: ignore[attr-defined]
        assert isinstance(module.OF_PLACES, bool)
        assert module.BEFORE.fr
        assert module.BEFORE.en
        assert callable(module.applies)
        assert callable(module.holds)
        assert module.RULE.remedy.fr != module.RULE.remedy.en


def test_every_rule_has_its_page_and_every_page_its_rule() -> None:
    pages = {path.stem for path in (DOCS / "rules").glob("*.md")} - {"README"}

    assert pages == {rule.id for rule in load().rules}


def test_every_page_shows_the_text_our_reading_two_examples_and_what_would_change_it() -> None:
    headings = ("## Text", "## Our reading", "## Passes", "## Fails", "## What would change it")
    lacking = [
        (page.name, heading)
        for page in sorted((DOCS / "rules").glob("[A-Z]*-*.md"))
        for heading in headings
        if heading not in page.read_text(encoding="utf-8")
    ]

    assert lacking == []


def test_the_vocabulary_page_names_every_fact_that_a_verdict_may_miss() -> None:
    page = (DOCS / "facts.md").read_text(encoding="utf-8")

    assert [name for name in NAMES if f"`{name}`" not in page] == []
