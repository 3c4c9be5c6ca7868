"""From outcomes to the word that a person reads, for datasets, places and derogations."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import product
from time import process_time
from typing import Any

import pytest

import catalog
from legislation import load
from legislation._assess import word
from legislation._derogations import Derogations
from legislation._facts import NAMES
from legislation._law import library
from legislation._rule import modules
from model.assessment import DerogationState, Judgement, Outcome, RuleKind, Severity, Verdict, Word
from model.datasets import Derogation
from model.observed import Grade, Known, Observed, Reason, Source, Unread
from model.parties import QualificationStatus
from model.places import Custody, Key, PlaceKind, Site
from tests.legislation.situations import HERE, READ_AT, TODAY, cases_of, inventory_of, judgement_of, read

SOURCE = Source("situation", READ_AT, Grade.API)
KINDS = {"B-1": RuleKind.BREACH, "B-2": RuleKind.BREACH, "J-1": RuleKind.EXPOSURE, "I-1": RuleKind.INFORMATION}


def verdict(rule: str, outcome: Outcome, derogation: str = "") -> Verdict:
    return Verdict(rule, outcome, Severity.HIGH, (), derogation=derogation)


def judged(name: str) -> Judgement:
    return judgement_of(read(HERE / "cases" / f"{name}.yaml"))


PASS, FAIL, UNDETERMINED, NOT_APPLICABLE = Outcome


@pytest.mark.parametrize(
    ("first", "second", "touched", "expected"),
    [
        (PASS, PASS, False, Word.COMPLIANT),
        (PASS, NOT_APPLICABLE, False, Word.COMPLIANT),
        (PASS, PASS, True, Word.UNDETERMINED),
        (PASS, UNDETERMINED, False, Word.UNDETERMINED),
        (NOT_APPLICABLE, NOT_APPLICABLE, False, Word.NOT_APPLICABLE),
        (NOT_APPLICABLE, NOT_APPLICABLE, True, Word.UNDETERMINED),
        (FAIL, UNDETERMINED, True, Word.NON_COMPLIANT),
    ],
)
def test_the_word_follows_from_the_breach_rules(first: Outcome, second: Outcome, touched: bool, expected: Word) -> None:
    assert word((verdict("B-1", first), verdict("B-2", second)), KINDS, touched) is expected


@pytest.mark.parametrize(("outcome", "touched"), list(product(Outcome, (False, True))))
def test_exposures_and_information_never_change_the_word(outcome: Outcome, touched: bool) -> None:
    breach = (verdict("B-1", PASS),)
    apart = (verdict("J-1", outcome), verdict("I-1", outcome))

    assert word(breach + apart, KINDS, touched) is word(breach, KINDS, touched)
    assert word(apart, KINDS, False) is Word.NOT_APPLICABLE


def test_every_failure_must_be_covered_for_the_word_derogated() -> None:
    covered = verdict("B-1", FAIL, "D-1")

    assert word((covered, verdict("B-2", PASS)), KINDS, False) is Word.DEROGATED
    assert word((covered, verdict("B-2", FAIL)), KINDS, False) is Word.NON_COMPLIANT


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2025-12-31", DerogationState.PENDING),
        ("2026-01-01", DerogationState.IN_FORCE),
        ("2026-12-31", DerogationState.IN_FORCE),
        ("2027-01-01", DerogationState.LAPSED),
    ],
)
def test_both_end_days_of_a_derogation_are_included(day: str, state: DerogationState) -> None:
    on = date.fromisoformat(day)
    decision = Derogation("D", "", "", "", date(2026, 1, 1), date(2026, 12, 31), (("d", "HDS-003"),))
    held = Derogations((decision,), on, library().at(on))

    assert held.judged({"d"}, {"HDS-003"})[0].state is state
    assert held.covering("d", "HDS-003") == ("D" if state is DerogationState.IN_FORCE else "")


def test_a_derogation_never_outlives_eighteen_months() -> None:
    decision = Derogation("D", "", "", "", date(2025, 6, 1), date(2040, 1, 1), (("d", "HDS-003"),))
    last, next_day = date(2026, 12, 1), date(2026, 12, 2)

    assert Derogations((decision,), last, library().at(last)).covering("d", "HDS-003") == "D"
    assert Derogations((decision,), next_day, library().at(next_day)).covering("d", "HDS-003") == ""


def test_a_lawful_derogation_covers_the_failure_of_article_31_and_names_its_rule() -> None:
    verdicts = {v.rule: v for v in judged("golden-09a-dernier-jour").datasets[0].verdicts}

    assert verdicts["A31-003"].derogation == "A31-004"


def test_a_store_can_be_compliant_although_the_list_of_kinds_was_not_confirmed() -> None:
    situation = read(HERE / "cases" / "tout-est-etabli.yaml")
    unconfirmed = replace(situation, register=situation.register.replace("places_complete: true", ""))
    judgement = judgement_of(unconfirmed)

    assert judgement.datasets[0].word is Word.UNDETERMINED
    assert judgement.places[0].word is Word.COMPLIANT


def test_a_gap_that_names_a_store_keeps_it_from_being_compliant() -> None:
    (case,) = cases_of(read(HERE / "cases" / "golden-03-hopital-public.yaml"))
    touched = replace(case, places=(replace(case.places[0], touched=True),))
    judgement = load().assess((touched,), (), TODAY)

    ((_, verdicts),) = judgement.places[0].verdicts
    assert (judgement.places[0].word, judgement.datasets[0].word) == (Word.UNDETERMINED, Word.UNDETERMINED)
    assert {v.rule: v.outcome for v in verdicts}["HDS-003"] is Outcome.UNDETERMINED
    assert {v.rule: v.missing for v in verdicts}["INV-001"] == ("coverage.gaps",)


def test_a_place_of_two_datasets_bears_the_worse_word_and_both_verdicts() -> None:
    (case,) = cases_of(read(HERE / "cases" / "certificat-hds-v1.yaml"))
    harmless = replace(case.dataset, id="autre", health=replace(case.dataset.health, value=False))
    judgement = load().assess((case, replace(case, dataset=harmless)), (), TODAY)

    assert [place.word for place in judgement.places] == [Word.NON_COMPLIANT]
    assert judgement.places[0].datasets == ("dossiers", "autre")
    assert [dataset for dataset, _ in judgement.places[0].verdicts] == ["dossiers", "autre"]


def test_stores_tied_to_no_dataset_are_judged_apart_and_never_accused() -> None:
    judgement = judged("replique-aux-etats-unis-malgre-les-angles-morts")

    assert judgement.unattached is not None
    assert judgement.unattached.stores == 5
    breaches = {rule.id for rule in load().rules if rule.kind is RuleKind.BREACH}
    assert FAIL not in {v.outcome for v in judgement.unattached.verdicts if v.rule in breaches}
    assert judgement.unattached.word is Word.UNDETERMINED


def test_a_store_whose_very_kind_holds_health_data_makes_health_known() -> None:
    situation = read(HERE / "cases" / "replique-aux-etats-unis-malgre-les-angles-morts.yaml")
    shown = replace(situation.observed[3], holds_health=True)
    judgement = judgement_of(replace(situation, observed=(*situation.observed[:3], shown)))

    assert judgement.unattached is not None
    missing = {v.rule: v.missing for v in judgement.unattached.verdicts}
    assert "dataset.health" not in missing["HDS-003"]
    assert "dataset.care_origin" in missing["HDS-003"]


def test_severity_of_an_exposure_follows_the_data() -> None:
    names = ("golden-01-hdh-azure", "golden-03-hopital-public", "donnees-sans-sante")
    found = [{v.rule: v.severity for v in judged(name).datasets[0].verdicts}["JUR-001"] for name in names]

    assert found == [Severity.BLOCKER, Severity.HIGH, Severity.MEDIUM]


def test_an_exposed_hospital_reads_that_no_text_forbids_it_as_such() -> None:
    verdicts = {v.rule: v for v in judged("golden-03-hopital-public").datasets[0].verdicts}

    assert verdicts["JUR-001"].because[-1].fr.startswith("Aucun texte n’interdit en tant que tel")


def test_a_pass_that_rests_on_a_bare_declaration_says_so() -> None:
    verdicts = {v.rule: v for v in judged("hebergement-en-propre").datasets[0].verdicts}

    assert verdicts["INV-001"].because[-1].fr.startswith("Résultat fondé sur une déclaration")


def test_before_the_order_of_august_2026_the_verdict_explains_the_doctrine() -> None:
    verdicts = {v.rule: v for v in judged("doctrine-avant-le-15-aout-2026").datasets[0].verdicts}

    assert [words.fr[:42] for words in verdicts["A31-003"].because] == [
        "Règle en vigueur à compter du 15\u00a0août\u00a02026",
        "Jusque-là, aucun référentiel n’était appro",
    ]


def test_a_verdict_lists_the_parameters_that_it_read() -> None:
    verdicts = {v.rule: v for v in judged("golden-09a-dernier-jour").datasets[0].verdicts}

    assert ("derogation_cap", "18", "L2024-449, 31 (likely)") in verdicts["A31-005"].parameters


def test_three_thousand_distinct_places_are_judged_in_a_few_seconds() -> None:
    situation = read(HERE / "cases" / "replique-aux-etats-unis-malgre-les-angles-morts.yaml")
    inventory = inventory_of(situation)
    kinds = tuple(PlaceKind)
    facts = tuple(
        replace(inventory.facts[0], target=f"t{i}", service=f"s{i % 60}", role=kinds[i % len(kinds)],
                sites=(Site(region=("eu-1", "us-1")[i % 2]),), datasets=("entrepot",) if i % 3 else ())
        for i in range(3000)
    )  # fmt: skip
    cases = catalog.load(HERE / "catalog").resolve(
        replace(inventory, facts=facts, stores_per_facts=(300,) * 3000), TODAY
    )

    began = process_time()
    judgement = load().assess(cases, (), TODAY)
    spent = process_time() - began

    assert len(judgement.places) == 3000
    assert spent < 10


def test_french_sentences_keep_french_typography() -> None:
    data = library()
    words = [w for rule in load().rules for w in (rule.titles, rule.remedy)]
    words += [text.titles for text in data.texts.values()] + [p.titles for p in data.parameters.values()]
    words += [law.titles for law in data.foreign_laws] + [s[2] for law in data.foreign_laws for s in law.states]
    words += list(NAMES.values()) + [module.BEFORE for module in modules()]
    words += [
        words
        for path in sorted((HERE / "cases").glob("*.yaml"))
        for dataset in judgement_of(read(path)).datasets
        for verdict in dataset.verdicts
        for words in verdict.because
    ]

    # A narrow no-break space before the double signs and inside the quotation marks; no straight apostrophe.
    wrong = {w.fr for w in words if re.search(r"[ \w)][!?;:](\s|$)|[^\u202f]»|«[^\u202f]|\w'\w", w.fr)}

    assert wrong == set()


@pytest.mark.parametrize(
    ("key", "countries", "expected"),
    [
        (Known(Key(Custody.PROVIDER), SOURCE), Unread(Reason.NOT_TOLD, SOURCE), Outcome.PASS),
        (Known(Key(Custody.CUSTOMER_EXTERNAL), SOURCE), Unread(Reason.NOT_TOLD, SOURCE), Outcome.UNDETERMINED),
        (Known(Key(Custody.CUSTOMER_IN_PROVIDER), SOURCE), Known(("FR",), SOURCE), Outcome.PASS),
        (Unread(Reason.REFUSED, SOURCE), Unread(Reason.REFUSED, SOURCE), Outcome.UNDETERMINED),
        (Unread(Reason.NOT_ASKED, SOURCE), Unread(Reason.NOT_ASKED, SOURCE), Outcome.PASS),
    ],
    ids=("kept by the provider", "elsewhere, nobody knows where", "in a known region", "refused", "never asked"),
)
def test_a_key_apart_from_the_service_is_a_location_too(
    key: Observed[Key], countries: Observed[tuple[str, ...]], expected: Outcome
) -> None:
    (case,) = cases_of(read(HERE / "cases" / "golden-03-hopital-public.yaml"))
    keyed = replace(case, places=(replace(case.places[0], key=key, key_countries=countries),))

    assert {v.rule: v.outcome for v in load().assess((keyed,), (), TODAY).datasets[0].verdicts}["INV-001"] is expected


@pytest.mark.parametrize(
    ("change", "valid", "version"),
    [
        ({"expires_on": None}, Outcome.UNDETERMINED, Outcome.PASS),
        ({"expires_on": None, "issued_on": None, "listed_on": None}, Outcome.UNDETERMINED, Outcome.PASS),
        ({"status": QualificationStatus.EXPIRED}, Outcome.FAIL, Outcome.PASS),
        ({"status": QualificationStatus.NONE}, Outcome.FAIL, Outcome.FAIL),
        ({"status": QualificationStatus.NONE, "listed_on": None}, Outcome.UNDETERMINED, Outcome.UNDETERMINED),
        ({"stale": True}, Outcome.UNDETERMINED, Outcome.UNDETERMINED),
        ({"version": ""}, Outcome.PASS, Outcome.UNDETERMINED),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_the_period_of_a_certificate_is_one_question_and_its_version_another(
    change: dict[str, Any], valid: Outcome, version: Outcome
) -> None:
    (case,) = cases_of(read(HERE / "cases" / "golden-03-hopital-public.yaml"))
    place = case.places[0]
    entries = tuple(replace(q, **change) if q.scheme == "hds" else q for q in place.qualifications)
    judgement = load().assess((replace(case, places=(replace(place, qualifications=entries),)),), (), TODAY)

    found = {v.rule: v.outcome for v in judgement.datasets[0].verdicts}
    assert (found["HDS-001"], found["HDS-002"]) == (valid, version)
