"""The thresholds of SecNumCloud 19.6.b on chains of holders, and what a failure says of a qualified service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legislation import load
from legislation._control import holdings
from legislation._law import library
from legislation._logic import Answer, No, Unknown, Yes
from legislation.rules.snc_005 import within
from model.assessment import Outcome
from model.observed import Confidence, Grade, Known, Reason, Source, Unread
from model.parties import LegalEntity, Link, Operator, OperatorRole, Qualification, QualificationStatus
from tests.legislation.situations import HERE, READ_AT, TODAY, cases_of, read

SOURCE = Source("fictif", READ_AT, Grade.CATALOG)
Edge = tuple[str, str, float | None, float | None]
KIND = {Yes: "yes", No: "no", Unknown: "unknown"}


def entity(name: str) -> LegalEntity:
    """Seated where its name begins: ``US a`` in the United States, ``?? a`` nobody knows where."""
    seat = Unread(Reason.NOT_TOLD, SOURCE) if name.startswith("??") else Known(name[:2], SOURCE)
    return LegalEntity(name, name, seat, (), (SOURCE,))


def operator(edges: list[Edge], complete: bool = True) -> Operator:
    """``FR op`` under the links (holder, held, capital, votes)."""
    names = dict.fromkeys(["FR op", *(name for holder, held, _, _ in edges for name in (holder, held))])
    links = tuple(
        Link(holder, held, capital, votes, None, None, None, (SOURCE,)) for holder, held, capital, votes in edges
    )
    return Operator(entity("FR op"), OperatorRole.CONTRACTING, tuple(map(entity, names)), links, True, complete)


def answer(edges: list[Edge], complete: bool = True) -> str:
    found: Answer = within(operator(edges, complete), library().at(TODAY))
    return KIND[type(found)]


@pytest.mark.parametrize(
    ("title", "edges", "expected"),
    [
        ("exactly 24 % passes", [("US a", "FR op", 24, 24)], "yes"),
        ("24.01 % of the capital fails", [("US a", "FR op", 24.01, 24)], "no"),
        ("24.01 % of the votes fails", [("US a", "FR op", 24, 24.01)], "no"),
        ("exactly 39 % together passes", [("US a", "FR op", 24, 24), ("GB b", "FR op", 15, 15)], "yes"),
        ("39.01 % together fails", [("US a", "FR op", 24, 24), ("GB b", "FR op", 15.01, 15)], "no"),
        ("a holder of the Union does not count", [("DE a", "FR op", 100, 100)], "yes"),
        ("Norway is outside the Union", [("NO a", "FR op", 25, 25)], "no"),
        ("48 % of 50 % is 24 % of the capital", [("FR h", "FR op", 50, 50), ("US a", "FR h", 48, 48)], "yes"),
        ("half of 49 % is 24.5 %", [("FR h", "FR op", 49, 49), ("US a", "FR h", 50, 50)], "no"),
        (
            "votes cast through a controlled company count in full",
            [("FR h", "FR op", 30, 30), ("US a", "FR h", 51, 51)],
            "no",
        ),
        (
            "a group from outside counts for all the votes",
            [("FR h", "FR op", 100, 100), ("US a", "FR h", 60, 60)],
            "no",
        ),
        ("a share that nobody knows is open", [("US a", "FR op", None, None)], "unknown"),
        ("votes follow the capital where no source tells them", [("US a", "FR op", 20, None)], "yes"),
        ("a small holder from nobody knows where does not matter", [("?? a", "FR op", 10, 10)], "yes"),
        ("a large one does", [("?? a", "FR op", 30, 30)], "unknown"),
        (
            "two shares by two ways add up",
            [("US a", "FR op", 20, 20), ("FR h", "FR op", 10, 10), ("US a", "FR h", 50, 50)],
            "no",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_share_held_outside_the_union_is_counted_through_the_chain(
    title: str, edges: list[Edge], expected: str
) -> None:
    assert answer(edges) == expected, title


def test_an_incomplete_list_of_holders_is_open_below_the_thresholds_and_settled_above() -> None:
    assert answer([("US a", "FR op", 24, 24)], complete=False) == "unknown"
    assert answer([("US a", "FR op", 25, 25)], complete=False) == "no"


@given(st.lists(st.integers(0, 2500), min_size=1, max_size=4), st.data())
def test_the_order_of_holders_does_not_matter_and_both_thresholds_hold(shares: list[int], data: st.DataObject) -> None:
    edges: list[Edge] = [(f"US {n}", "FR op", share / 100, share / 100) for n, share in enumerate(shares)]
    expected = "yes" if max(shares) <= 2400 and sum(shares) <= 3900 else "no"

    assert answer(edges) == expected
    assert answer(list(data.draw(st.permutations(edges)))) == expected


@given(st.integers(0, 10000), st.integers(0, 10000))
def test_a_chain_of_two_holds_the_product_of_its_shares(upper: int, lower: int) -> None:
    chain = operator([("FR h", "FR op", lower / 100, lower / 100), ("US a", "FR h", upper / 100, upper / 100)])

    (held,) = [one for one in holdings(chain, library().at(TODAY)) if one.outside]

    assert held.capital == pytest.approx(upper * lower / 10000 / 100, abs=1e-6)


def test_a_failure_on_a_service_that_the_list_has_as_qualified_is_a_contradiction() -> None:
    situation = read(HERE / "cases" / "snc-004-siege.yaml")
    case = next(case for case in cases_of(situation) if case.dataset.id == "hors-union")
    entry = Qualification(
        "secnumcloud", "3.2", "S", "s", QualificationStatus.VALID, date(2026, 1, 1), date(2029, 1, 1), (),
        date(2026, 11, 1), False, Confidence.CERTAIN, "qualifié", "qualified", SOURCE,
    )  # fmt: skip
    listed = replace(case, places=tuple(replace(place, qualifications=(entry,)) for place in case.places))

    plain, against = ((load().assess((one,), (), TODAY)).datasets[0] for one in (case, listed))
    reasons = {
        name: [words.fr for v in judged.verdicts if v.rule == "SNC-004" for words in v.because]
        for name, judged in (("plain", plain), ("against", against))
    }

    assert not any("ontradiction" in reason for reason in reasons["plain"])
    assert any("ontradiction" in reason for reason in reasons["against"])


def test_indicative_rules_never_make_a_word() -> None:
    situation = read(HERE / "cases" / "golden-06-technologie-sous-licence.yaml")
    judged = load().assess(cases_of(situation), (), situation.on)
    kinds = {rule.id: rule.kind.value for rule in judged.rules}

    assert {kinds[f"SNC-00{n}"] for n in range(2, 9)} == {"indicative"}
    assert any(v.outcome is Outcome.FAIL for d in judged.datasets for v in d.verdicts if kinds[v.rule] == "indicative")


def test_encryption_is_told_among_the_reasons_of_an_exposure() -> None:
    situation = read(HERE / "cases" / "golden-11-patriot-act.yaml")
    (judged,) = load().assess(cases_of(situation), (), situation.on).datasets
    (verdict,) = [v for v in judged.verdicts if v.rule == "JUR-001"]

    assert any("contenu illisible pour le prestataire" in words.fr for words in verdict.because)
    assert not any("US-215" in words.fr for words in verdict.because)
