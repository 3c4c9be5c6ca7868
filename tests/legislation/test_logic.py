"""Three-valued logic: Kleene's tables, and quantifiers that never forget what is hidden."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from legislation._logic import Answer, No, Unknown, Yes, all_of, any_of, every, not_, some, stores
from model.assessment import Words
from tests.legislation.situations import HERE, cases_of, read

YES, NO, UNKNOWN = Yes(), No(), Unknown(("fact",))
CASE = cases_of(read(HERE / "cases" / "hebergement-en-propre.yaml"))[0]


def rank(answer: Answer) -> int:
    return {No: 0, Unknown: 1, Yes: 2}[type(answer)]


@pytest.mark.parametrize(("left", "right"), list(product((YES, NO, UNKNOWN), repeat=2)))
def test_a_conjunction_is_the_least_and_a_disjunction_the_greatest(left: Answer, right: Answer) -> None:
    assert rank(all_of(left, right)) == min(rank(left), rank(right))
    assert rank(any_of(left, right)) == max(rank(left), rank(right))
    assert rank(not_(left)) == 2 - rank(left)


def test_an_unknown_names_every_missing_fact_once() -> None:
    assert all_of(Unknown(("b",)), Unknown(("a", "b")), YES) == Unknown(("a", "b"))


def test_a_known_no_keeps_its_reasons_and_drops_the_doubts() -> None:
    reason = Words("hors de l’EEE", "outside the EEA")

    assert all_of(No((reason,)), Unknown(("fact",), (Words("doute", "doubt"),))) == No((reason,))


def test_every_place_is_unknown_where_a_gap_may_hide_one() -> None:
    hidden = every(replace(CASE, gaps=("G-1",)), lambda _: YES)

    assert isinstance(every(CASE, lambda _: YES), Yes)
    assert isinstance(hidden, Unknown)
    assert hidden.missing == ("coverage.gaps",)
    assert isinstance(every(replace(CASE, gaps=("G-1",)), lambda _: NO), No)


def test_nothing_is_known_of_every_place_where_no_place_is_known() -> None:
    nowhere = replace(CASE, places=())

    assert every(nowhere, lambda _: YES) == Unknown(
        ("location",), (Words("Aucun emplacement connu.", "No place is known."),)
    )
    assert isinstance(some(nowhere, lambda _: NO), Unknown)


def test_some_place_is_no_only_where_nothing_is_hidden() -> None:
    assert isinstance(some(CASE, lambda _: NO), No)
    assert isinstance(some(replace(CASE, gaps=("G-1",)), lambda _: NO), Unknown)
    assert isinstance(some(replace(CASE, gaps=("G-1",)), lambda _: YES), Yes)


def test_equal_reasons_are_told_once_with_the_number_of_stores() -> None:
    place = replace(CASE.places[0], stores=1200)
    answer = every(replace(CASE, places=(place, place)), lambda _: No((Words("aux États-Unis", "in the US"),)))

    assert answer.because == (Words("2\u202f400 emplacements\u202f: aux États-Unis", "2,400 stores: in the US"),)


def test_more_than_a_dozen_reasons_are_cut_and_counted() -> None:
    places = tuple(replace(CASE.places[0], facts_id=i) for i in range(15))
    answer = every(replace(CASE, places=places), lambda p: No((Words(f"r{p.facts_id:02}", f"r{p.facts_id:02}"),)))

    assert len(answer.because) == 13
    assert answer.because[-1].en == "… and 3 more, see the places."


def test_stores_are_counted_in_the_manner_of_each_language() -> None:
    assert (stores(1), stores(1_234_567).fr) == (Words("1 emplacement", "1 store"), "1\u202f234\u202f567 emplacements")
