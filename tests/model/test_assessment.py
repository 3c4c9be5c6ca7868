"""The counts that every report prints: a figure must never gain from what was not seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.assessment import JudgedPlace, Judgement, Location, Place, Summary, Word, summarise
from model.observed import Grade, Reason, Source, Unread
from model.places import Gap, PlaceKind

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SILENT = Unread(Reason.NOT_TOLD, Source("test", NOW, Grade.API))
LISTING = Gap("aws", "t", "1", "eu-west-3", "buckets", "ListBuckets", Reason.REFUSED, NOW)
ONE_STORE = replace(LISTING, store="arn:aws:s3:::a")


def place(number: int, word: Word, stores: int) -> JudgedPlace:
    nowhere = (Location("", "", SILENT),)
    facts: dict[str, Any] = dict.fromkeys(
        ("checked_on", "provider", "service", "hosting_model", "operators", "key", "key_countries", "holds_health"),
        SILENT,
    )
    here = Place(
        facts_id=number, stores=stores, scanner="aws", target="t", role=PlaceKind.PRIMARY, seen=True, grade=Grade.API,
        locations=nowhere, qualifications=(), touched=False, **facts,
    )  # fmt: skip
    return JudgedPlace(here, (), (), word, ())


def summary(words: dict[Word, int], *gaps: Gap) -> Summary:
    places = tuple(place(n, word, stores) for n, (word, stores) in enumerate(words.items()) if stores)
    return summarise(Judgement(date(2026, 11, 21), (), (), (), (), None, places, ()), 0, gaps)


def test_unknowns_count_against_at_the_lower_end_and_for_at_the_upper_end() -> None:
    found = summary({Word.COMPLIANT: 62, Word.UNDETERMINED: 19, Word.NON_COMPLIANT: 19, Word.NOT_APPLICABLE: 900})

    assert (found.rate_min, found.rate_max) == (0.62, 0.81)


def test_a_derogation_is_no_compliance() -> None:
    found = summary({Word.COMPLIANT: 1, Word.DEROGATED: 1})

    assert (found.rate_min, found.rate_max) == (0.5, 0.5)


def test_with_nothing_to_count_nothing_is_known() -> None:
    found = summary({Word.NOT_APPLICABLE: 3})

    assert (found.rate_min, found.rate_max) == (0.0, 1.0)


def test_a_gap_of_one_store_leaves_the_counts_to_that_store() -> None:
    assert summary({Word.COMPLIANT: 1}, ONE_STORE).rate_min == 1.0


def test_the_ends_are_rounded_outwards() -> None:
    found = summary({Word.COMPLIANT: 2, Word.NON_COMPLIANT: 1})

    assert (found.rate_min, found.rate_max) == (0.6666, 0.6667)


counts = st.fixed_dictionaries({word: st.integers(0, 50) for word in Word})


@given(counts, counts)
def test_hiding_stores_behind_a_refused_listing_never_raises_the_lower_end(
    seen: dict[Word, int], hidden: dict[Word, int]
) -> None:
    whole = summary({word: seen[word] + hidden[word] for word in Word})

    assert summary(seen, LISTING).rate_min <= whole.rate_min


@given(counts)
def test_the_ends_never_cross(seen: dict[Word, int]) -> None:
    for gaps in ((), (LISTING,), (ONE_STORE,)):
        found = summary(seen, *gaps)

        assert 0.0 <= found.rate_min <= found.rate_max <= 1.0


@pytest.mark.parametrize("word", list(Word))
def test_each_store_is_counted_under_one_verdict(word: Word) -> None:
    assert summary({word: 7}).verdicts == {each.value: 7 if each is word else 0 for each in Word}
