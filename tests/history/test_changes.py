from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import catalog
import legislation
from history.changes import Side, changes, summarised
from history.snapshot import Snapshot
from history.tables import SnapshotWriter
from model.assessment import Assessment, Exit, Header, summarise
from model.changes import About, Change, ChangeKind
from model.datasets import Selector
from model.observed import Absent, Known, Reason, Unread
from model.places import Copy, Custody, Key, Observations, Site, Store, Target
from model.snapshot import Listing
from tests.history.estate import CALL, CONTROLLER, REGISTER, STARTED, TARGET, copy, dataset, gap, snapshot, store

ON = date(2026, 11, 21)
WORLD, LAW = catalog.load(), legislation.load()
BUCKETS = Listing("chu-prod", "buckets", "list")
VAULTS = Listing("chu-prod", "vaults", "vaults")
POINTS = Listing("chu-prod", "points of vault", "points", VAULTS)
Read = tuple[Observations, Listing | None]


def edition(folder: Path, *read: Read, targets: Sequence[Target] = (TARGET,), name: str = "") -> Side:
    """An edition of what each job read, and of the listing to which it belonged."""
    with SnapshotWriter(folder / "snapshot") as writer:
        for observations, listing in read:
            writer.add(observations, listing)
        scopes = [(one.target, one.scope) for found, one in read if one and not found.gaps]
        writer.seal(targets, scopes, STARTED, STARTED, "0")
    return judged(folder, name or folder.name)


def judged(folder: Path, name: str) -> Side:
    taken = Snapshot(folder / "snapshot")
    inventory = taken.inventory(CONTROLLER)
    judgement = LAW.assess(WORLD.resolve(inventory, ON), inventory.derogations, ON)
    header = Header(
        edition=name,
        tool_version="0",
        organisation=CONTROLLER.name,
        controller=CONTROLLER.kind.value,
        started_at=STARTED,
        finished_at=STARTED,
        on=ON,
        snapshot_sha256=taken.sha256,
        catalog=WORLD.version(ON),
        legislation=LAW.version(ON),
        previous="",
    )
    summary = summarise(judgement, taken.copies, inventory.gaps)
    stores = taken.stores
    return Side(folder, Assessment(header, judgement, inventory.gaps, (), summary, Exit(0, ()), stores))


def listed(*stores: Store, copies: tuple[Copy, ...] = (), **more: Any) -> Read:
    return Observations(stores, copies, **more), BUCKETS


def found(before: Side, after: Side, about: About = About.STORE) -> list[tuple[str, str]]:
    return [(one.subject, one.kind.value) for one in changes(before, after) if one.about is about]


def of_stores(before: Side, after: Side) -> list[Change]:
    return [one for one in changes(before, after) if one.about is About.STORE]


def test_what_a_whole_listing_names_no_more_is_gone(tmp_path: Path) -> None:
    before = edition(tmp_path / "a", listed(store("a"), store("b")))
    after = edition(tmp_path / "b", listed(store("b"), store("c")))

    assert found(before, after) == [("a", "gone"), ("c", "new")]


@pytest.mark.parametrize(
    "read",
    [
        pytest.param([listed(store("b"), gaps=(gap("buckets"),))], id="the listing was refused half way"),
        pytest.param([(Observations(gaps=(gap("buckets"),)), BUCKETS)], id="the listing was refused"),
        pytest.param([(Observations((store("b"),)), None)], id="nothing was listed"),
        pytest.param([(Observations((store("b"),)), VAULTS)], id="another listing was whole"),
        pytest.param(
            [listed(store("b")), (Observations(gaps=(gap("details of 10"),)), BUCKETS)],
            id="details of what was listed were not read",
        ),
        pytest.param([listed(store("b"), gaps=(gap("tags of a", store="a"),))], id="a gap names it"),
    ],
)
def test_what_no_whole_listing_misses_is_only_not_seen_again(tmp_path: Path, read: list[Read]) -> None:
    before = edition(tmp_path / "a", listed(store("a")))
    after = edition(tmp_path / "b", *read)

    assert ("a", "not_seen_again") in found(before, after)


def test_a_gap_of_one_store_takes_nothing_from_the_listing(tmp_path: Path) -> None:
    before = edition(tmp_path / "a", listed(store("a"), store("b")))
    after = edition(tmp_path / "b", listed(store("b"), gaps=(gap("tags of b", store="b"),)))

    assert found(before, after) == [("a", "gone")]


def test_a_target_left_out_proves_nothing(tmp_path: Path) -> None:
    before = edition(tmp_path / "a", listed(store("a")))
    after = edition(tmp_path / "b", (Observations(gaps=(gap("target chu-prod, left out"),)), None), targets=())

    assert found(before, after) == [("a", "not_seen_again")]


def test_the_same_name_for_another_scanner_proves_nothing(tmp_path: Path) -> None:
    before = edition(tmp_path / "a", listed(store("a")))
    after = edition(tmp_path / "b", listed(store("b")), targets=(Target("azure", "chu-prod"),))

    assert ("a", "not_seen_again") in found(before, after)


def test_what_lay_below_a_thing_that_is_gone_is_gone_with_it(tmp_path: Path) -> None:
    before = edition(
        tmp_path / "a", (Observations((store("vault"),)), VAULTS), (Observations((store("point"),)), POINTS)
    )
    gone = edition(tmp_path / "b", (Observations(), VAULTS))
    refused = edition(tmp_path / "c", (Observations(gaps=(gap("vaults"),)), VAULTS))

    assert found(before, gone) == [("point", "gone"), ("vault", "gone")]
    assert found(before, refused) == [("point", "not_seen_again"), ("vault", "not_seen_again")]


def test_a_store_named_by_two_listings_is_gone_when_both_say_so(tmp_path: Path) -> None:
    both = [(Observations((store("a"),)), BUCKETS), (Observations((store("a"),)), VAULTS)]
    before = edition(tmp_path / "a", *both)
    one = edition(tmp_path / "b", (Observations(), BUCKETS), (Observations(gaps=(gap("vaults"),)), VAULTS))
    two = edition(tmp_path / "c", (Observations(), BUCKETS), (Observations(), VAULTS))

    assert found(before, one) == [("a", "not_seen_again")]
    assert found(before, two) == [("a", "gone")]


def test_the_end_of_a_copy_outlives_the_replication_that_told_of_it(tmp_path: Path) -> None:
    before = edition(tmp_path / "a", listed(store("a"), copies=(copy("a", "elsewhere"),)))
    after = edition(tmp_path / "b", listed(store("a")))

    assert found(before, after) == [("elsewhere", "not_seen_again")]
    assert found(before, after, About.COPY) == [("a → elsewhere (replica)", "gone")]


def test_a_copy_is_not_gone_when_a_gap_names_one_of_its_ends(tmp_path: Path) -> None:
    before = edition(tmp_path / "a", listed(store("a"), store("b"), copies=(copy("a", "b"),)))
    after = edition(tmp_path / "b", listed(store("a"), store("b"), gaps=(gap("replication of a", store="a"),)))

    assert found(before, after, About.COPY) == [("a → b (replica)", "not_seen_again")]
    assert found(after, before, About.COPY) == [("a → b (replica)", "new")]


def test_a_store_moves_when_both_places_are_known(tmp_path: Path) -> None:
    abroad = Known((Site("us-east-1"),), CALL)
    here = edition(tmp_path / "a", listed(store("a")))
    there = edition(tmp_path / "b", listed(store("a", sites=abroad)))
    nowhere = edition(tmp_path / "c", listed(store("a", sites=Unread(Reason.REFUSED, CALL))))

    moved = of_stores(here, there)[0]
    lost = of_stores(here, nowhere)[0]

    assert moved.kind is ChangeKind.MOVED
    assert moved.before == {"provider": "aws", "countries": ["FR"], "regions": ["eu-west-3"]}
    assert moved.after == {"provider": "aws", "countries": ["US"], "regions": ["us-east-1"]}
    assert (lost.kind, lost.after and lost.after["countries"]) == (ChangeKind.CHANGED, None)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ({"public": Known(True, CALL)}, {"public": None}, {"public": True}),
        ({"public": Absent(CALL)}, {"public": None}, {"public": False}),
        ({"shared_with": Known(("999999999999",), CALL)}, {"shared_with": None}, {"shared_with": ["999999999999"]}),
        ({"kind": "AWS::S3::Express"}, {"kind": "AWS::S3::Bucket"}, {"kind": "AWS::S3::Express"}),
    ],
)
def test_what_differs_of_a_store_is_told_alone(
    tmp_path: Path, change: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    old, new = edition(tmp_path / "a", listed(store("a"))), edition(tmp_path / "b", listed(store("a", **change)))

    (only,) = of_stores(old, new)

    assert (only.kind, only.before, only.after) == (ChangeKind.CHANGED, before, after)


def test_another_key_is_a_change(tmp_path: Path) -> None:
    keys = [Known(Key(Custody.CUSTOMER_IN_PROVIDER, id), CALL) for id in ("one", "two")]
    old, new = (edition(tmp_path / key.value.id, listed(store("a", key=key))) for key in keys)

    (only,) = of_stores(old, new)

    assert only.before is not None
    assert only.before["key"]["id"] == "one"
    assert only.after is not None
    assert only.after["key"]["id"] == "two"


def test_an_answer_read_elsewhere_or_on_another_day_is_no_change(tmp_path: Path) -> None:
    later = replace(CALL, what="s3:GetBucketPolicyStatus", read_at=STARTED.replace(year=2027))
    old = edition(tmp_path / "a", listed(store("a", public=Known(False, CALL))))
    new = edition(tmp_path / "b", listed(store("a", public=Known(False, later), checked_on=Known(ON, later))))

    assert of_stores(old, new) == []


def test_a_dataset_and_its_rules_change_with_its_places(tmp_path: Path) -> None:
    register = Target("declared", "register")
    eds = replace(dataset("eds", Selector(id="a")), health=Known(True, REGISTER))
    abroad = Known((Site("us-east-1"),), CALL)
    old = edition(tmp_path / "a", listed(store("a"), datasets=(eds,)), targets=(TARGET, register))
    new = edition(tmp_path / "b", listed(store("a", sites=abroad), datasets=(eds,)), targets=(TARGET, register))
    none = edition(tmp_path / "c", listed(store("a")), targets=(TARGET, register))
    unread = edition(tmp_path / "d", listed(store("a")))

    rules = {one.subject: (one.before, one.after) for one in changes(old, new) if one.about is About.RULE}

    assert any(subject.startswith("eds · ") and after == {"outcome": "fail"} for subject, (_, after) in rules.items())
    assert ("eds", "gone") in found(old, none, About.DATASET)
    assert ("eds", "not_seen_again") in found(old, unread, About.DATASET)
    assert ("eds", "new") in found(none, old, About.DATASET)


def test_a_declared_place_is_gone_only_where_the_register_says_that_it_declares_all(tmp_path: Path) -> None:
    place = store("register:eds/tape", scanner="declared", target="register")
    register = Target("declared", "register")
    eds = replace(dataset("eds", declared=("register:eds/tape",)), places_complete=Known(True, REGISTER))
    fewer = replace(eds, declared=())
    open_ended = replace(fewer, places_complete=Known(False, REGISTER))
    old = edition(tmp_path / "a", (Observations((place,), datasets=(eds,)), None), targets=(register,))
    whole = edition(tmp_path / "b", (Observations(datasets=(fewer,)), None), targets=(register,))
    unsure = edition(tmp_path / "c", (Observations(datasets=(open_ended,)), None), targets=(register,))

    assert found(old, whole) == [("register:eds/tape", "gone")]
    assert found(old, unsure) == [("register:eds/tape", "not_seen_again")]


def test_a_gap_is_closed_when_what_it_hid_was_read(tmp_path: Path) -> None:
    gaps = (gap("buckets"), gap("tags of a", store="a"), gap("tags of z", store="z"))
    before = edition(tmp_path / "a", listed(store("a"), gaps=gaps))
    after = edition(tmp_path / "b", listed(store("a")))
    refused = edition(tmp_path / "c", (Observations(gaps=(gap("everything"),)), BUCKETS))
    names = {one.id: one.scope for one in (*gaps, gap("everything"))}

    closed = {names[id]: kind for id, kind in found(before, after, About.GAP)}
    hidden = {names[id]: kind for id, kind in found(before, refused, About.GAP)}

    assert closed == {"buckets": "gone", "tags of a": "gone", "tags of z": "not_seen_again"}
    assert hidden == {
        "buckets": "not_seen_again",
        "tags of a": "not_seen_again",
        "tags of z": "not_seen_again",
        "everything": "new",
    }


def test_a_snapshot_of_the_first_version_is_compared_and_proves_nothing_gone(tmp_path: Path) -> None:
    before = edition(tmp_path / "a", listed(store("a"), store("b")))
    after = edition(tmp_path / "b", listed(store("b", public=Known(True, CALL))))
    for side in (before, after):
        as_first_version(side.snapshot)

    assert found(before, after) == [("a", "not_seen_again"), ("b", "changed")]


def as_first_version(folder: Path) -> None:
    """Takes from a snapshot what the first version did not write."""
    import json

    import duckdb

    from history._layout import digest_of

    table, other = folder / "stores.parquet", folder / "other.parquet"
    duckdb.execute(f"COPY (SELECT * EXCLUDE (public, shared_with, key) FROM '{table}') TO '{other}' (FORMAT parquet)")
    shutil.move(other, table)
    manifest = json.loads((folder / "snapshot.json").read_text("utf-8"))
    manifest["tables"] = {
        n: d for n, d in manifest["tables"].items() if n not in ("listings.parquet", "listed.parquet")
    }
    manifest["tables"]["stores.parquet"] = digest_of(table)
    (folder / "snapshot.json").write_text(json.dumps(manifest), "utf-8")


def test_all_changes_are_counted_and_the_first_are_kept(tmp_path: Path) -> None:
    before = edition(tmp_path / "a", listed())
    after = edition(tmp_path / "b", listed(*(store(f"s{n:04}") for n in range(230))))

    kept = summarised(before, after)

    assert kept.since == "a"
    assert kept.counts["store"] == {"new": 230}
    assert [one.subject for one in kept.first if one.about is About.STORE] == [f"s{n:04}" for n in range(200)]


_STORES = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from(["eu-west-3", "us-east-1"]), st.booleans(), st.sampled_from([BUCKETS, VAULTS, None])),
)
_ESTATE = st.tuples(_STORES, st.sets(st.sampled_from([BUCKETS, VAULTS]), max_size=2))


def made(folder: Path, estate: tuple[dict[str, tuple[str, bool, Listing | None]], set[Listing]]) -> Side:
    stores, refused = estate
    read: list[Read] = [
        (Observations((store(id, sites=Known((Site(region),), CALL), public=Known(public, CALL)),)), listing)
        for id, (region, public, listing) in sorted(stores.items())
    ]
    for listing in (BUCKETS, VAULTS):
        gaps = (gap(listing.scope),) if listing in refused else ()
        read.append((Observations(gaps=gaps), listing))
    return edition(folder, *read)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_ESTATE, _ESTATE)
def test_changes_mirror_each_other_and_a_refused_listing_proves_nothing_gone(
    tmp_path_factory: pytest.TempPathFactory, one: Any, two: Any
) -> None:
    folder = tmp_path_factory.mktemp("estates")
    a, b = made(folder / "a", one), made(folder / "b", two)
    left = ("gone", "not_seen_again")

    there, back = found(a, b), found(b, a)

    assert list(changes(a, a)) == []
    assert {id for id, kind in there if kind == "new"} == {id for id, kind in back if kind in left}
    assert {id for id, kind in there if kind in left} == {id for id, kind in back if kind == "new"}
    assert {id for id, kind in there if kind in ("moved", "changed")} == {
        id for id, kind in back if kind in ("moved", "changed")
    }
    for id, kind in there:
        if kind in left:
            proven = one[0][id][2] is not None and one[0][id][2] not in two[1]
            assert (kind == "gone") == proven
    shutil.rmtree(folder)


def test_the_snapshot_of_a_writer_without_listings_has_the_same_stores(tmp_path: Path) -> None:
    snapshot(tmp_path / "plain", Observations((store("a"),)))
    side = edition(tmp_path / "a", listed(store("a")))

    assert (tmp_path / "plain" / "stores.parquet").read_bytes() == (side.snapshot / "stores.parquet").read_bytes()
