"""Transfers, store by store, and the countries that a decision of the Commission covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from legislation._adequacy import in_force, partly, spared, wholly
from legislation._law import library
from legislation._logic import No, Unknown, Yes
from model.assessment import JudgedPlace, Verdict, Word
from tests.legislation.situations import TODAY, Situation, judgement_of

REGISTER = """
format: lexsitus/register/1
controller: {name: "Laboratoire fictif", kind: private_company}
datasets:
  - id: etude
    facts: {health: "yes", care_origin: "no", identity: pseudonymous}
    hosting: {model: commercial_cloud, processor: true}
    access: {admin_countries: [FR], support_countries: [FR], list_complete: "yes"}
    transfers: [{country: US, recipient: "Example Inc.", tool: TOOL}]
    places:
      - {id: paris, provider: nuage-us, region: eu-1, kind: primary, checked_at: 2026-11-01}
      - {id: texas, provider: nuage-us, region: us-1, kind: backup, checked_at: 2026-11-01}
"""


def places(tool: str) -> dict[str, JudgedPlace]:
    situation = Situation("", TODAY, REGISTER.replace("TOOL", tool), (), (), {}, {}, {}, {}, {}, {})
    return {judged.place.locations[0].region: judged for judged in judgement_of(situation).places}


def verdict(judged: JudgedPlace, rule: str) -> Verdict:
    ((_, verdicts),) = judged.verdicts
    return next(one for one in verdicts if one.rule == rule)


def test_a_copy_in_paris_does_not_fail_for_another_one_in_texas() -> None:
    found = places("none")

    assert verdict(found["us-1"], "GDP-001").outcome == "fail"
    assert verdict(found["eu-1"], "GDP-001").outcome == "pass"
    assert found["us-1"].word is Word.NON_COMPLIANT


def test_a_store_abroad_is_not_clean_while_its_tool_is_not_supported() -> None:
    found = places("art46_scc")

    texas, paris = verdict(found["us-1"], "GDP-003"), verdict(found["eu-1"], "GDP-003")
    assert texas.outcome == "undetermined"
    assert texas.missing == ("transfer.measures", "transfer.tia_date")
    assert paris.because[0].fr == "Aucun de ces transferts ne concerne cet emplacement."


@pytest.mark.parametrize(
    ("day", "country", "whole", "part"),
    [
        ("2020-07-15", "US", False, True),
        ("2020-07-16", "US", False, False),
        ("2023-07-10", "US", False, True),
        ("2020-01-31", "GB", False, False),
        ("2020-02-01", "GB", True, False),
        ("2031-12-27", "GB", True, False),
        ("2031-12-28", "GB", False, False),
        ("2026-01-26", "BR", True, False),
        ("2026-11-21", "CH", True, False),
    ],
)
def test_a_decision_covers_from_its_first_day_to_its_last(day: str, country: str, whole: bool, part: bool) -> None:
    law = library().at(date.fromisoformat(day))

    assert (wholly(law, country), partly(law, country)) == (whole, part)


def test_the_law_of_the_united_states_counts_and_that_of_switzerland_and_norway_does_not() -> None:
    apart = spared(library().at(TODAY))

    assert {country for country in ("US", "CA", "CH", "NO", "FR", "IN") if country in apart} == {"CH", "NO", "FR"}


def test_a_list_of_decisions_not_read_again_for_ninety_days_settles_nothing() -> None:
    timely, late = library().at(date(2027, 2, 19)), library().at(date(2027, 2, 20))

    assert isinstance(in_force(timely, "CH"), Yes)
    assert isinstance(in_force(timely, "IN"), No)
    assert isinstance(in_force(late, "CH"), Unknown)
    assert isinstance(in_force(late, "IN"), Unknown)


def test_the_end_of_a_decision_is_told_a_year_before() -> None:
    shipped = library()
    reread = replace(shipped.parameters["adequate_countries"], checked_on=date(2030, 12, 1))
    read_again = replace(shipped, parameters={**shipped.parameters, "adequate_countries": reread})

    early, late = in_force(read_again.at(date(2030, 12, 27)), "GB"), in_force(read_again.at(date(2030, 12, 28)), "GB")

    assert isinstance(early, Yes)
    assert isinstance(late, Yes)
    assert len(early.because) == 1
    assert late.because[1].fr == "Fin de la décision d’adéquation le 27\u00a0décembre\u00a02031\u202f: GB."
