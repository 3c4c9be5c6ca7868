"""The situations of ``cases/``: what the rules say of them, as a lawyer expects it."""

from __future__ import annotations

from pathlib import Path

import pytest

from legislation import load
from model.assessment import JudgedDataset, Judgement, Outcome
from tests.legislation.situations import HERE, judgement_of, read

CASES = sorted((HERE / "cases").rglob("*.yaml"))
UNREACHABLE = {
    # What the law leaves no room for; docs/rules/<id>.md says why.
    ("A31-001", "fail"),
    ("A31-001", "not_applicable"),
    ("A31-002", "fail"),
    ("EHD-001", "fail"),
    ("INV-001", "fail"),
    ("INV-002", "fail"),
    ("INV-002", "not_applicable"),
    ("INV-003", "not_applicable"),
    ("INV-004", "fail"),
    ("JUR-001", "not_applicable"),
    ("W31-001", "fail"),
}


def of(judgement: Judgement, dataset: str) -> JudgedDataset:
    """The judged dataset of that id; ``unattached`` for the stores tied to none."""
    if dataset == "unattached":
        assert judgement.unattached is not None
        return judgement.unattached
    return next(judged for judged in judgement.datasets if judged.dataset.id == dataset)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_situation_gets_the_outcomes_that_its_author_expects(path: Path) -> None:
    situation = read(path)
    judgement = judgement_of(situation)

    found = {
        dataset: {v.rule: v.outcome.value for v in of(judgement, dataset).verdicts if v.rule in rules}
        for dataset, rules in situation.outcomes.items()
    }
    reasons = {
        (dataset, v.rule): [words.fr for words in v.because]
        for dataset in situation.outcomes
        for v in of(judgement, dataset).verdicts
    }

    assert found == situation.outcomes, reasons
    assert {dataset: of(judgement, dataset).word.value for dataset in situation.words} == situation.words


@pytest.mark.parametrize("path", [p for p in CASES if "\nexposures:" in p.read_text()], ids=lambda path: path.stem)
def test_a_situation_gets_the_exposures_that_its_author_expects(path: Path) -> None:
    situation = read(path)
    judgement = judgement_of(situation)

    found = {
        dataset: {
            exposure.law: f"{exposure.grade} {exposure.reason}"
            for judged in judgement.places
            if dataset in judged.datasets
            for exposure in judged.exposures
        }
        for dataset in situation.exposures
    }

    assert found == situation.exposures


@pytest.mark.parametrize("path", [p for p in CASES if "\nmissing:" in p.read_text()], ids=lambda path: path.stem)
def test_an_undetermined_outcome_names_the_facts_that_would_settle_it(path: Path) -> None:
    situation = read(path)
    judgement = judgement_of(situation)

    found = {
        dataset: {v.rule: v.missing for v in of(judgement, dataset).verdicts if v.rule in rules}
        for dataset, rules in situation.missing.items()
    }

    assert found == situation.missing


@pytest.mark.parametrize("path", [p for p in CASES if "\nderogations:" in p.read_text()], ids=lambda path: path.stem)
def test_a_derogation_stands_where_its_author_expects(path: Path) -> None:
    situation = read(path)

    found = {judged.derogation.id: judged.state.value for judged in judgement_of(situation).derogations}

    assert found == situation.derogations


def test_every_rule_has_a_situation_for_each_outcome_that_it_can_have() -> None:
    expected = {(rule.id, outcome.value) for rule in load().rules for outcome in Outcome} - UNREACHABLE

    shown = {
        (rule, outcome) for path in CASES for rules in read(path).outcomes.values() for rule, outcome in rules.items()
    }

    assert expected <= shown


def test_every_verdict_says_why_in_both_languages_and_undetermined_names_what_is_missing() -> None:
    verdicts = [v for path in CASES for judged in judgement_of(read(path)).datasets for v in judged.verdicts]

    assert all(words.fr and words.en for v in verdicts for words in v.because)
    assert all(v.because for v in verdicts if v.outcome is not Outcome.PASS)
    assert all(v.missing for v in verdicts if v.outcome is Outcome.UNDETERMINED)
    assert not any(v.missing for v in verdicts if v.outcome is not Outcome.UNDETERMINED)
