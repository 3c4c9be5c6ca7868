"""What every report owes its readers.  A new module in reports/ is under test the moment it exists."""

from __future__ import annotations

import re

import pytest

import reports
from model.assessment import Outcome, RuleKind
from model.errors import UsageError
from tests.reports.estate import GAPS, HOSTILE, clean, hospital, large

# CSV is the table of stores alone: the others hold everything.
TEXTS = tuple(
    name for name in reports.names() if re.match(r"text/(?!csv)|application/json", reports.load(name).MEDIA_TYPE)
)


def rendered(name: str, lang: str = "fr", **head: object) -> str:
    return b"".join(reports.load(name).render(hospital(**head), lang)).decode()


def test_the_formats_of_this_version_are_found_by_walking_the_folder():
    assert {"html", "json", "pdf", "table"} <= set(reports.names())


def test_a_misspelt_format_is_refused_with_the_likely_one():
    with pytest.raises(UsageError, match="did you mean 'json'"):
        reports.load("jsn")


def test_a_format_that_comes_later_says_so():
    with pytest.raises(UsageError, match=r"not in this version yet; known reports: .*html, json"):
        reports.load("ciso-assistant")


@pytest.mark.parametrize("name", reports.names())
def test_a_report_says_how_it_is_written(name):
    module = reports.load(name)

    assert name == module.NAME
    assert module.SUFFIX.startswith(".")
    assert "/" in module.MEDIA_TYPE


@pytest.mark.parametrize("name", reports.names())
def test_an_unknown_language_is_refused(name):
    with pytest.raises(UsageError, match="unknown language 'de'; known languages: fr, en"):
        list(reports.load(name).render(clean(), "de"))


@pytest.mark.parametrize("lang", reports.LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
def test_the_same_assessment_gives_the_same_bytes(name, lang):
    once = b"".join(reports.load(name).render(hospital(), lang))
    again = b"".join(reports.load(name).render(hospital(), lang))

    assert once == again


@pytest.mark.parametrize("lang", reports.LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
def test_every_gap_is_shown_with_its_right_and_who_grants_it(name, lang):
    text = rendered(name, lang)

    for gap in GAPS:
        assert gap.id in text
    assert "s3:GetReplicationConfiguration" in text
    assert re.search(r"administrateur\s+du\s+compte\s+111122223333", text)


@pytest.mark.parametrize("lang", reports.LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
def test_every_failed_and_every_open_rule_is_shown(name, lang):
    text = rendered(name, lang)
    assessment = hospital()
    rules = {rule.id: rule for rule in assessment.judgement.rules}
    wanted = {
        verdict.rule
        for judged in assessment.judgement.datasets
        for verdict in judged.verdicts
        if verdict.outcome in (Outcome.FAIL, Outcome.UNDETERMINED) and rules[verdict.rule].kind is not RuleKind.EXPOSURE
    }

    assert {"A31-003", "HDS-003", "INV-001", "SNC-004"} == wanted
    for rule in wanted:
        assert rule in text


@pytest.mark.parametrize("name", TEXTS)
def test_both_languages_hold_the_same_ids_and_counts(name):
    def facts(lang: str) -> tuple[list[str], list[str]]:
        text = rendered(name, lang)
        ids = re.findall(
            r"\b[FGP]-[0-9a-f]{12}\b|\bE-[0-9]{4}\b|\b[A-Z0-9]{3}-[0-9]{3}\b|\bD-[0-9]{2,4}(?:-[0-9]+)?", text
        )
        prose = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
        numbers = re.findall(r"\d+", re.sub(r"[\u202f,](?=\d{3}\b)|\b1er\b", "", prose).replace("1er", "1"))
        return sorted(ids), sorted(number for number in numbers if number not in {"1", "01"})

    french, english = facts("fr"), facts("en")

    assert french[0] == english[0]
    assert french[1] == english[1]


@pytest.mark.parametrize("lang", reports.LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
def test_no_control_or_direction_character_leaves_a_report(name, lang):
    text = rendered(name, lang)

    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", text)
    assert "<script>" not in text or name in ("json", "ocsf", "oscal", "table")


@pytest.mark.parametrize("name", TEXTS)
def test_a_clean_assessment_is_rendered_all_the_same(name):
    text = b"".join(reports.load(name).render(clean())).decode()

    assert "edsante" in text or "Entrepôt de données de santé" in text


@pytest.mark.parametrize("name", ["html", "table"])
def test_a_person_reads_the_rate_as_a_bracket(name):
    assert "entre 0\u202f% et 93\u202f%" in rendered(name)
    assert "between 0% and 93%" in rendered(name, "en")


@pytest.mark.parametrize("name", ["html", "table"])
def test_a_person_is_told_that_exposure_is_no_breach_and_that_this_is_no_legal_advice(name):
    text = re.sub(r"\s+", " ", rendered(name))

    assert re.search("ce ne sont pas des manquements|Ce n’est pas, en soi, un manquement", text)
    assert "ne constitue pas un avis juridique" in text


@pytest.mark.parametrize("name", ["html", "table"])
def test_a_person_is_never_shown_more_than_a_screen_of_one_name(name):
    assert max(map(len, HOSTILE)) > 10_000
    assert "x" * 300 not in rendered(name)


@pytest.mark.parametrize("name", ["html", "table"])
def test_a_large_estate_is_not_written_out_store_by_store(name):
    small = b"".join(reports.load(name).render(large(100)))
    big = b"".join(reports.load(name).render(large(20_000)))

    assert abs(len(big) - len(small)) < 500
