"""What is said of the days to come is what judging those days gives, no more and no less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legislation import load
from legislation._law import library
from legislation._rule import modules
from legislation.forecast import _Days
from model.assessment import Case, Forecast, ForecastKind
from model.places import Inventory
from tests.legislation.situations import TODAY, Situation, catalog_of_cases, inventory_of

YEAR = timedelta(days=365)
REGISTER = """
format: lexsitus/register/1
controller: {name: "Administration fictive", kind: state_admin}
datasets:
  - id: coffre
    facts: {health: "yes", care_origin: "yes", identity: pseudonymous, secret: [secret_medical],
            breach_harm: [sante_vie]}
    hosting: {model: commercial_cloud, processor: true, activities: [1, 2, 3, 4]}
    places:
      - {id: fr, provider: nuage-fr, service: ancien, region: fr-1, country: FR, kind: primary, checked_at: 2026-11-01,
         evidence: contract, document: "Contrat"}
    places_complete: true
    derogation: {project_engaged_at: 2023-01-01, minister: "Santé", pm_validated_at: 2026-05-01,
                 published_url: "https://exemple.fr", acceptable_offer_at: 2026-01-15}
  - id: dossiers
    controller: {name: "Clinique fictive", kind: private_hospital}
    facts: {health: "yes", care_origin: "yes", identity: nominative}
    hosting: {model: commercial_cloud, processor: true, activities: [1, 2]}
    places:
      - {id: fr, provider: nuage-en-cours, region: fr-1, country: FR, kind: primary, checked_at: 2026-11-01}
    places_complete: true
    formality: {regime: authorisation, reference: "2023-1", expires: 9999-12-31}
derogations:
  - {id: D-1, act: "a", owner: "o", approver: "p", starts: 2026-12-01, ends: 2027-03-31,
     covers: [{dataset: dossiers, rule: HDS-002}]}
  - {id: D-2, act: "a", owner: "o", approver: "p", starts: 2026-01-01, ends: 9999-12-31,
     covers: [{dataset: dossiers, rule: INV-001}]}
"""


def inventory() -> Inventory:
    return inventory_of(Situation("", TODAY, REGISTER, (), (), {}, {}, {}, {}, {}, {}))


def resolve(one: Inventory, on: date) -> Sequence[Case]:
    return catalog_of_cases().resolve(one, on)


def forecast(of: Inventory | None = None, on: date = TODAY, until: date = TODAY + YEAR) -> tuple[Forecast, ...]:
    held = of or inventory()
    return load().forecast(held, resolve, catalog_of_cases().forthcoming(held, on, until), on, until)


def entry(what: ForecastKind, subject: str) -> Forecast:
    (found,) = [one for one in forecast() if one.what is what and subject in one.subject]
    return found


@pytest.fixture(scope="module")
def days() -> _Days:
    return _Days(library(), modules(), inventory(), resolve)


def test_a_derogation_counts_from_its_first_day_to_its_last_and_the_forecast_says_both() -> None:
    starts, ends = entry(ForecastKind.DEROGATION_STARTS, "D-1"), entry(ForecastKind.DEROGATION_ENDS, "D-1")

    assert (starts.on, starts.since, ends.on, ends.since) == (
        date(2026, 12, 1),
        date(2026, 12, 1),
        date(2027, 3, 31),
        date(2027, 4, 1),
    )
    assert ("dossiers", "HDS-002", "fail", "derogated") in [
        (e.dataset, e.about, e.before, e.after) for e in starts.effects
    ]
    assert ("dossiers", "HDS-002", "derogated", "fail") in [
        (e.dataset, e.about, e.before, e.after) for e in ends.effects
    ]


def test_a_derogation_without_end_ends_with_the_cap_of_eighteen_months() -> None:
    assert entry(ForecastKind.DEROGATION_ENDS, "D-2").on == date(2027, 7, 1)


def test_the_cap_of_article_31_runs_from_the_acceptable_offer_and_uncovers_the_failure() -> None:
    ends = entry(ForecastKind.DEROGATION_ENDS, "article 31 · coffre")

    assert (ends.on, ends.since) == (date(2027, 7, 15), date(2027, 7, 16))
    assert ("A31-005", "pass", "fail") in [(e.about, e.before, e.after) for e in ends.effects]


def test_the_end_of_a_certificate_in_use_concerns_the_datasets_that_rest_on_it_alone() -> None:
    ended = entry(ForecastKind.QUALIFICATION_EXPIRES, "hds-nuage-en-cours")

    assert ended.on == date(2027, 1, 1)
    assert {effect.dataset for effect in ended.effects} == {"dossiers"}
    assert ("hds · hds-nuage-en-cours", "valid", "expired") in [(e.about, e.before, e.after) for e in ended.effects]


def test_a_certificate_of_nobody_here_is_listed_without_effect() -> None:
    ended = entry(ForecastKind.QUALIFICATION_EXPIRES, "snc-outscale-cloud-on-demand")

    assert (ended.on, ended.effects) == (date(2026, 11, 30), ())


def test_an_old_list_is_an_entry_of_its_own_and_hides_no_later_end() -> None:
    aged = entry(ForecastKind.DATA_STALE, "HDS")

    assert aged.since == date(2027, 2, 20)
    assert entry(ForecastKind.QUALIFICATION_EXPIRES, "snc-nuage-fr-ancien").effects != ()


def test_what_happens_anyhow_on_the_day_a_list_grows_old_is_no_effect_of_it() -> None:
    aged = entry(ForecastKind.DATA_STALE, "HDS")
    others = {(o.since, e) for o in forecast() if o.what is not ForecastKind.DATA_STALE for e in o.effects}

    assert not {(aged.since, effect) for effect in aged.effects} & others


def test_a_change_that_nothing_announces_is_found_on_its_very_day() -> None:
    held = inventory()
    unannounced = load().forecast(held, resolve, (), TODAY, TODAY + YEAR)

    found = [one for one in unannounced if one.what is ForecastKind.OUTCOME_CHANGES and one.subject == "dossiers"]
    assert date(2027, 1, 1) in {one.on for one in found}


def test_one_change_is_told_once() -> None:
    told = [(one.since, e) for one in forecast() if one.what is not ForecastKind.DATA_STALE for e in one.effects]

    assert len(told) == len(set(told))


@settings(deadline=None, max_examples=12)
@given(st.integers(1, 365))
def test_adding_up_the_effects_to_any_day_gives_what_judging_that_day_gives(days: _Days, after: int) -> None:
    until = TODAY + timedelta(days=after)
    reached = dict(days.at(TODAY))
    for one in sorted(forecast(until=until), key=lambda one: one.since):
        if one.what is not ForecastKind.DATA_STALE:
            for effect in one.effects:
                assert reached.get((effect.dataset, effect.about), "") == effect.before
                reached[effect.dataset, effect.about] = effect.after

    judged = days.at(until)
    outcomes = {key: word for key, word in judged.items() if " · " not in key[1]}
    assert {key: reached[key] for key in outcomes} == outcomes


def test_the_order_of_facts_and_of_datasets_does_not_matter() -> None:
    held = inventory()
    turned = replace(
        held, facts=held.facts[::-1], stores_per_facts=held.stores_per_facts[::-1], datasets=held.datasets[::-1]
    )

    assert [(o.on, o.what, o.subject, set(o.effects)) for o in forecast(turned)] == [
        (o.on, o.what, o.subject, set(o.effects)) for o in forecast(held)
    ]


def test_every_entry_but_a_plain_change_of_outcome_names_its_source() -> None:
    assert all(one.sources for one in forecast() if one.what is not ForecastKind.OUTCOME_CHANGES)


def test_the_last_day_of_the_calendar_has_nothing_after_it() -> None:
    assert forecast(on=date.max, until=date.max) == ()


def test_the_end_of_an_approval_is_told_with_what_it_changes() -> None:
    register = """
format: lexsitus/register/1
controller: {name: "Organisme fictif", kind: research_body}
datasets:
  - id: extraction
    facts: {health: "yes", identity: pseudonymous, snds: "yes"}
    homologation: {date: 2024-12-01, expires: 2027-03-31}
"""
    found = forecast(inventory_of(Situation("", TODAY, register, (), (), {}, {}, {}, {}, {}, {})))

    (ends,) = (one for one in found if one.what is ForecastKind.AUTHORISATION_ENDS)
    assert (ends.on, ends.subject) == (date(2027, 3, 31), "homologation · extraction")
    assert [(effect.about, effect.before, effect.after) for effect in ends.effects if effect.about == "SND-002"] == [
        ("SND-002", "pass", "fail")
    ]
    assert all(source.what for source in ends.sources)
