"""Answers remembered by what was read for them, beside the same questions asked each time."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from legislation import load
from legislation._recall import Recall
from model.assessment import Case, JudgedDataset, Verdict
from tests.legislation.situations import HERE, TODAY, cases_of, read

WORDS = ("", "x", "y")


@dataclass(frozen=True, slots=True)
class Thing:
    a: str
    b: str
    c: str


things = st.builds(Thing, *[st.sampled_from(WORDS)] * 3)
# What is read first, then, for each word found, what is read next; a number is an answer.
readers = st.recursive(
    st.integers(0, 9),
    lambda later: st.tuples(
        st.integers(0, 1), st.sampled_from("abc"), st.fixed_dictionaries(dict.fromkeys(WORDS, later))
    ),
    max_leaves=30,
)


@settings(deadline=None)
@given(readers, st.lists(st.tuples(things, things), max_size=40))
def test_an_answer_recalled_is_the_one_that_asking_gives(reader: Any, pairs: list[tuple[Thing, Thing]]) -> None:
    def ask(*values: Thing) -> int:
        step = reader
        while isinstance(step, tuple):
            whose, name, later = step
            step = later[getattr(values[whose], name)]
        return int(step)

    recall = Recall(ask)

    assert [recall(*pair) for pair in pairs] == [ask(*pair) for pair in pairs]


def test_who_differs_in_what_was_not_read_is_not_asked_again() -> None:
    numbers = count()
    recall = Recall(lambda thing: (thing.a, next(numbers)))

    found = [recall(Thing(a, b, b)) for a, b in (("x", "x"), ("x", "y"), ("y", "y"), ("y", "x"), ("x", ""))]

    assert found == [("x", 0), ("x", 0), ("y", 1), ("y", 1), ("x", 0)]


def test_who_reads_nothing_is_asked_once() -> None:
    numbers = count()
    recall = Recall(lambda _: next(numbers))

    assert [recall(Thing(word, "", "")) for word in WORDS] == [0, 0, 0]


def test_the_places_of_every_situation_are_judged_together_as_each_alone() -> None:
    numbers = count()
    cases = [
        replace(case, places=tuple(replace(place, facts_id=next(numbers)) for place in case.places))
        for path in sorted((HERE / "cases").rglob("*.yaml"))
        for case in cases_of(read(path))
    ]
    together = load().assess(cases, (), TODAY).places

    for case in cases:
        for place in case.places:
            (alone,) = load().assess([replace(case, places=(place,))], (), TODAY).places
            assert _comparable(together[place.facts_id].verdicts) == _comparable(alone.verdicts)
            assert together[place.facts_id].exposures == alone.exposures


def test_a_dataset_in_every_place_is_judged_as_if_no_two_places_had_anything_in_common() -> None:
    cases = [case for path in sorted((HERE / "cases").rglob("*.yaml")) for case in cases_of(read(path))]
    places = [place for case in cases for place in case.places][::2]
    numbered = tuple(replace(place, facts_id=n) for n, place in enumerate(places))

    for case in cases[::60]:
        shared = replace(case, places=numbered)
        apart = replace(case, places=tuple(deepcopy(place) for place in numbered))
        assert len(numbered) > 50
        assert _dataset(shared) == _dataset(apart)


def _dataset(case: Case) -> tuple[Any, list[Verdict]]:
    judgement = load().assess([case], (), TODAY)
    (judged,) = judgement.datasets or (judgement.unattached,)
    assert isinstance(judged, JudgedDataset)
    return judged.word, _comparable([("", judged.verdicts)])


def _comparable(verdicts: Any) -> list[Verdict]:
    """The order in which sources were met is no part of a verdict."""
    return [replace(one, sources=tuple(sorted(one.sources, key=str))) for _, several in verdicts for one in several]
