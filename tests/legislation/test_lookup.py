"""What ``rules show`` says of a rule is what its verdicts read."""

from __future__ import annotations

from datetime import date

import pytest

import reports
from legislation import load
from model.errors import UsageError
from tests.legislation.situations import HERE, TODAY, judgement_of, read

RULES = [rule.id for rule in load().rules]


def shown(id: str, on: date = TODAY, stale: bool = False, lang: str = "en") -> str:
    law = load()
    return reports.rule(law.rule(id), law.texts(on), law.parameters(id, on), law.before(id), stale, on, lang)


def test_every_parameter_that_a_verdict_read_is_named_by_its_rule() -> None:
    law = load()
    named = {id: {one.id for one in law.parameters(id, TODAY)} for id in RULES}

    read_by: dict[str, set[str]] = {}
    for path in sorted((HERE / "cases").glob("*.yaml")):
        for dataset in judgement_of(read(path)).datasets:
            for verdict in dataset.verdicts:
                read_by.setdefault(verdict.rule, set()).update(id for id, _, _ in verdict.parameters)

    assert {rule: ids - named[rule] for rule, ids in read_by.items() if ids - named[rule]} == {}
    assert "secnumcloud_version" in named["A31-003"]
    assert "derogation_cap" not in named["HDS-003"]


@pytest.mark.parametrize("id", RULES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_rule_shows_its_texts_dates_and_remedy_on_eighty_columns(id: str, lang: str) -> None:
    text = shown(id, lang=lang)

    assert {cite.text for cite in load().rule(id).basis} <= {word.strip("[") for word in text.split()}
    assert [line for line in text.splitlines() if len(line) > 80 and "https://" not in line] == []


def test_before_its_texts_a_rule_says_that_they_do_not_exist_and_what_held() -> None:
    text = " ".join(shown("A31-003", date(2024, 5, 22)).split())

    assert "in force: not before 15 August 2026" in text
    assert "rule R9 of the State doctrine" in text
    assert "this text does not exist on the day asked: in force from 23 May 2024" in text
    assert "(art31_bound_bodies): no value yet: the first one is of 23 May 2024" in text


def test_an_empty_list_is_none_and_not_a_missing_value() -> None:
    assert "(equivalent_certificates): none" in " ".join(shown("A31-003").split())


def test_a_rule_past_its_check_says_so_in_both_languages() -> None:
    assert "RULE NOT REFRESHED" in shown("HDS-001", stale=True)
    assert "RÈGLE NON RÉACTUALISÉE" in shown("HDS-001", stale=True, lang="fr")
    assert "RÉACTUALISÉE" not in shown("HDS-001", lang="fr")


def test_the_list_names_every_rule_once() -> None:
    text = reports.rules(load().rules, frozenset({"HDS-001"}), TODAY, "en")

    assert [line.split()[0] for line in text.splitlines() if line[:1].isupper() and "-0" in line[:8]] == RULES
    assert text.count("RULE NOT REFRESHED") == 1


def test_an_unknown_rule_names_the_nearest_and_case_does_not_matter() -> None:
    assert load().rule("a31-003").id == "A31-003"
    with pytest.raises(UsageError, match="did you mean A31-00"):
        load().rule("A31-00")
