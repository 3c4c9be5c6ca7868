from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from history._merge import merge_copies, merge_gaps, merge_stores
from model.observed import Absent, Known, Reason, Unread
from model.places import PlaceKind, Site
from tests.history.estate import CALL, OTHER_CALL, REGISTER, SILENT, copy, gap, store

LATER = replace(CALL, read_at=CALL.read_at + timedelta(seconds=7))
answers = st.sampled_from(
    [
        Known(True, CALL),
        Known(False, OTHER_CALL),
        Known(True, REGISTER),
        Absent(CALL),
        Absent(REGISTER),
        SILENT,
        Unread(Reason.REFUSED, OTHER_CALL, "s3:GetBucketPolicyStatus"),
    ]
)
places = st.sampled_from(
    [Known((Site("eu-west-3"),), CALL), Known((Site("us-east-1"),), LATER), Known((Site("eu-west-3"),), LATER), SILENT]
)
several = st.lists(
    st.builds(
        lambda seen, public, sites, role: store("b", seen=seen, public=public, sites=sites, role=role),
        st.booleans(),
        answers,
        places,
        st.sampled_from([PlaceKind.PRIMARY, PlaceKind.REPLICA]),
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None)
@given(several, st.randoms(use_true_random=False))
def test_the_order_in_which_jobs_end_does_not_matter(stores: list, random) -> None:
    shuffled = list(stores)
    random.shuffle(shuffled)

    assert merge_stores(stores) == merge_stores(shuffled)


@settings(deadline=None)
@given(several)
def test_a_store_merged_with_itself_is_itself(stores: list) -> None:
    merged = merge_stores(stores)

    assert merge_stores([merged, merged]) == merged


def test_a_store_that_was_seen_beats_the_end_of_a_copy() -> None:
    end = store("b", kind="unknown", name="arn:b", seen=False, role=PlaceKind.REPLICA, tags=Known((("a", "b"),), CALL))

    merged = merge_stores([end, store("b")])

    assert merged.seen
    assert merged.kind == "AWS::S3::Bucket"
    assert merged.tags == Known((("a", "b"),), CALL)


def test_what_is_listed_as_an_original_and_told_to_be_the_end_of_a_copy_is_that_copy() -> None:
    end = store("b", kind="unknown", name="arn:b", seen=False, role=PlaceKind.REPLICA)

    assert merge_stores([store("b"), end]).role is PlaceKind.REPLICA
    assert merge_stores([store("b", role=PlaceKind.SNAPSHOT), end]).role is PlaceKind.SNAPSHOT


def test_a_value_beats_an_absence_and_an_absence_beats_silence() -> None:
    silent, absent, told = (store("b", size_bytes=answer) for answer in (SILENT, Absent(CALL), Known(3, CALL)))

    assert merge_stores([silent, absent]).size_bytes == Absent(CALL)
    assert merge_stores([told, absent, silent]).size_bytes == Known(3, CALL)


def test_a_declaration_never_overwrites_an_observation() -> None:
    observed = store("b", sites=Known((Site("us-east-1"),), CALL))
    declared = store("b", sites=Known((Site("eu-west-3"),), REGISTER))

    assert merge_stores([declared, observed]).sites == Known((Site("us-east-1"),), CALL)


def test_a_store_said_to_be_in_two_places_is_in_both() -> None:
    here, there = (store("b", sites=Known((Site(region),), CALL)) for region in ("eu-west-3", "us-east-1"))

    assert merge_stores([here, there]).sites == Known((Site("eu-west-3"), Site("us-east-1")), CALL)


def test_between_yes_and_no_the_answer_kept_is_yes() -> None:
    yes, no = (store("b", public=Known(answer, CALL)) for answer in (True, False))

    assert merge_stores([yes, no]).public == Known(True, CALL)


def test_the_best_answer_about_a_copy_is_kept() -> None:
    doubtful = replace(copy("a", "b"), answer=SILENT)

    assert merge_copies([doubtful, copy("a", "b")]) == copy("a", "b")


def test_one_gap_told_twice_is_one_gap_in_any_order() -> None:
    first, second = gap("buckets", detail="a"), gap("buckets", detail="b", reason=Reason.THROTTLED)

    assert merge_gaps([first, second]) == merge_gaps([second, first])
