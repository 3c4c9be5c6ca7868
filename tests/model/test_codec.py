"""The written form: whatever goes in comes out, and equal values give equal bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.codec import decode, dumps, encode, instant
from model.datasets import Controller, ControllerKind, Dataset, undeclared
from model.observed import Absent, Confidence, Grade, Known, Reason, Source, Unread
from model.places import Gap, Observations, PlaceKind, Site, Store, Target

NOW = datetime(2026, 11, 21, 8, 12, 3, tzinfo=UTC)
SOURCE = Source("s3:ListBuckets", NOW, Grade.API)

instants = st.integers(946_684_800, 4_102_444_800).map(lambda second: datetime.fromtimestamp(second, UTC))

sources = st.builds(
    Source,
    st.text(max_size=8),
    instants,
    st.sampled_from(Grade),
    st.sampled_from(Confidence),
    st.text(max_size=4),
)


def observed(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(Known, values, sources),
        st.builds(Absent, sources),
        st.builds(Unread, st.sampled_from(Reason), sources, st.text(max_size=8)),
    )


gaps = st.builds(
    Gap,
    *[st.text(max_size=6)] * 6,
    st.sampled_from(Reason),
    instants,
)
stores = st.builds(
    Store,
    *[st.text(max_size=6)] * 6,
    st.sampled_from(PlaceKind),
    st.booleans(),
    observed(st.text(max_size=6)),
    observed(st.text(max_size=6)),
    observed(st.text(max_size=6)),
    observed(st.tuples(st.builds(Site, st.text(max_size=4), st.text(max_size=4), st.sampled_from(["", "FR", "NO"])))),
    st.builds(Absent, sources),
    observed(st.booleans()),
    observed(st.lists(st.text(max_size=4), max_size=2).map(tuple)),
    observed(st.integers(0, 10**15)),
    st.builds(Absent, sources),
    observed(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), max_size=2).map(tuple)),
    st.builds(Absent, sources),
    observed(st.booleans()),
    observed(st.dates()),
)
observations = st.builds(
    Observations, st.lists(stores, max_size=2).map(tuple), st.just(()), st.lists(gaps, max_size=2).map(tuple)
)


@given(observations)
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_is_read_back(value: Observations) -> None:
    written = dumps(encode(value))

    assert decode(Observations, json.loads(written)) == value
    assert dumps(encode(decode(Observations, json.loads(written)))) == written


def test_a_dataset_of_which_nothing_is_known_is_read_back() -> None:
    dataset = undeclared("eds", "Entrepôt", Controller("GIP", ControllerKind.GIP_OTHER), SOURCE)

    assert decode(Dataset, encode(dataset)) == dataset


def test_the_three_answers_stay_three() -> None:
    store_tags = (Known((), SOURCE), Absent(SOURCE), Unread(Reason.REFUSED, SOURCE))

    written = [encode(answer)[0] for answer in store_tags]

    assert written == ["k", "a", "u"]


def test_equal_targets_give_equal_bytes_whatever_the_zone_of_their_instants() -> None:
    paris = replace(SOURCE, read_at=NOW.astimezone(timezone(timedelta(hours=1))))

    assert dumps(encode(paris)) == dumps(encode(SOURCE))
    assert instant(NOW) == "2026-11-21T08:12:03Z"


def test_settings_of_every_type_are_read_back() -> None:
    target = Target("aws", "prod", (("accounts", ("1", "2")), ("limit", 3), ("quick", True), ("regions", "all")))

    assert decode(Target, json.loads(dumps(encode(target)))) == target


def test_no_class_name_and_no_import_path_is_written() -> None:
    written = dumps(encode(undeclared("eds", "t", Controller("n", ControllerKind.HDH), SOURCE))).decode()

    assert "Unread" not in written
    assert "model." not in written


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Site, {"region": "a", "colour": "b"}),
        (Gap, {"scanner": "aws"}),
        (Controller, {"name": "x", "kind": "emperor"}),
        (date, "2026-13-01"),
        (Target, {"scanner": "aws", "name": "x", "settings": [["a"]]}),
    ],
)
def test_data_of_another_shape_are_refused(kind: type[Any], data: Any) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode(kind, data)


def test_a_field_that_an_older_version_did_not_write_takes_its_default() -> None:
    assert decode(Site, {"region": "eu-west-3"}) == Site("eu-west-3")


def test_what_is_no_model_value_is_not_written() -> None:
    with pytest.raises(TypeError, match="set is no model value"):
        encode({1, 2})
