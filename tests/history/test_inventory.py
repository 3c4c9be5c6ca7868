from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from history._layout import FILES
from history.snapshot import Snapshot
from model.codec import dumps, encode
from model.datasets import Selector
from model.observed import Absent, Known, Reason, Unread
from model.places import Custody, Inventory, Key, Observations, PlaceKind, Site
from tests.history.estate import CALL, CONTROLLER, REGISTER, copy, dataset, gap, snapshot, store, tagged


def inventory_of(folder: Path, *observations: Observations) -> Inventory:
    snapshot(folder / "s", *observations)
    with Snapshot(folder / "s") as read:
        return read.inventory(CONTROLLER)


def datasets_by_store(folder: Path, *observations: Observations) -> dict[str, tuple[str, ...]]:
    snapshot(folder / "s", *observations)
    with Snapshot(folder / "s") as read:
        facts = read.inventory(CONTROLLER).facts
        return {one.id: facts[at].datasets for one, at in read.stores}


ESTATE = (
    tagged("arn:aws:s3:::chu-eds-brut", jeu="edsante", env="prod"),
    tagged("arn:aws:s3:::chu-eds-secours", jeu="EDSante"),
    store("arn:aws:s3:::CHU-EDS-web"),
    store("arn:aws:s3:::chu_eds_x", account="222222222222"),
    store("arn:aws:rds:eu-west-3:1:db:dpi", name="dpi", kind="AWS::RDS::DBInstance", target="labo"),
)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Selector(tags=(("jeu", "edsante"),)), {"chu-eds-brut"}),
        (Selector(tags=(("jeu", "edsante"), ("env", "prod"))), {"chu-eds-brut"}),
        (Selector(tags=(("jeu", "edsante"), ("env", "test"))), set()),
        (Selector(tags=(("env", "prod"),)), {"chu-eds-brut"}),
        (Selector(name="chu-eds-*"), {"chu-eds-brut", "chu-eds-secours"}),
        (Selector(name="CHU-*"), {"CHU-EDS-web"}),
        (Selector(name="chu?eds?x"), {"chu_eds_x"}),
        (Selector(name="chu_eds_*"), {"chu_eds_x"}),
        (Selector(name="chu%"), set()),
        (Selector(id="arn:aws:s3:::chu-eds-brut"), {"chu-eds-brut"}),
        (Selector(id="arn:aws:rds:*"), {"dpi"}),
        (Selector(id="chu-eds-brut"), set()),
        (Selector(account="222222222222"), {"chu_eds_x"}),
        (Selector(kind="AWS::RDS::DBInstance", target="labo"), {"dpi"}),
        (Selector(kind="AWS::RDS::DBInstance", target="chu-prod"), set()),
        (Selector(name="*", scanner="azure"), set()),
        (Selector(), set()),
    ],
    # A set prints in another order in each process, and two workers must agree on the names of tests.
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_a_selector_takes_in_what_matches_all_its_words(tmp_path: Path, selector: Selector, expected: set) -> None:
    found = datasets_by_store(tmp_path, Observations(ESTATE, datasets=(dataset("eds", selector),)))

    assert {id.rsplit(":", 1)[-1] for id, datasets in found.items() if datasets} == expected


@pytest.mark.parametrize("value", ['a","b', '["jeu","edsante"]', "\\", "'", "x\n", "é"])
def test_a_tag_is_matched_whole_whatever_it_holds(tmp_path: Path, value: str) -> None:
    estate = (
        tagged("yes", jeu=value),
        tagged("no", jeu=value + "!", autre=value),
        tagged("quoting", autre=f'"{value}"'),
    )

    found = datasets_by_store(
        tmp_path, Observations(estate, datasets=(dataset("d", Selector(tags=(("jeu", value),))),))
    )

    assert found == {"yes": ("d",), "no": (), "quoting": ()}


def test_declared_places_belong_to_their_dataset(tmp_path: Path) -> None:
    estate = (store("register:eds/bande", scanner="declared"), store("register:eds2/bande"), store("elsewhere"))
    datasets = (dataset("eds"), dataset("eds2", declared=("elsewhere",)))

    found = datasets_by_store(tmp_path, Observations(estate, datasets=datasets))

    assert found == {"register:eds/bande": ("eds",), "register:eds2/bande": ("eds2",), "elsewhere": ("eds2",)}


def test_a_copy_inherits_every_dataset_of_its_origin_and_loops_end(tmp_path: Path) -> None:
    estate = (tagged("a", jeu="x"), store("b"), store("c"), tagged("d", jeu="y"), store("alone"))
    copies = (copy("a", "b"), copy("b", "c"), copy("c", "a"), copy("d", "c"), copy("d", "d"))
    datasets = (dataset("x", Selector(tags=(("jeu", "x"),))), dataset("y", Selector(tags=(("jeu", "y"),))))

    found = datasets_by_store(tmp_path, Observations(estate, copies, datasets=datasets))

    assert found == {"a": ("x", "y"), "b": ("x", "y"), "c": ("x", "y"), "d": ("y",), "alone": ()}


def test_a_long_chain_of_copies_is_followed_to_its_end(tmp_path: Path) -> None:
    estate = (tagged("s000", jeu="x"), *(store(f"s{n:03}") for n in range(1, 200)))
    copies = tuple(copy(f"s{n:03}", f"s{n + 1:03}") for n in range(199))

    found = datasets_by_store(
        tmp_path, Observations(estate, copies, datasets=(dataset("x", Selector(tags=(("jeu", "x"),))),))
    )

    assert {("x",)} == set(found.values())


def test_the_unseen_end_of_a_copy_belongs_to_the_dataset(tmp_path: Path) -> None:
    found = datasets_by_store(
        tmp_path,
        Observations(
            (tagged("a", jeu="x"),), (copy("a", "b"),), datasets=(dataset("x", Selector(tags=(("jeu", "x"),))),)
        ),
    )

    assert found == {"a": ("x",), "b": ("x",)}


def test_stores_with_equal_facts_are_counted_once(tmp_path: Path) -> None:
    paris = [store(f"p{n}", size_bytes=Known(n, CALL)) for n in range(5)]
    virginia = [store(f"v{n}", sites=Known((Site("us-east-1"),), CALL)) for n in range(3)]

    inventory = inventory_of(tmp_path, Observations((*paris, *virginia)))

    assert [((Site("eu-west-3"),), 5), ((Site("us-east-1"),), 3)] == [
        (facts.sites, count) for facts, count in zip(inventory.facts, inventory.stores_per_facts, strict=True)
    ]


def test_which_key_it_is_and_when_it_was_read_are_no_facts(tmp_path: Path) -> None:
    later = replace(CALL, read_at=CALL.read_at + timedelta(minutes=3))
    keys = [Key(Custody.CUSTOMER_IN_PROVIDER, f"arn:aws:kms:eu-west-3:1:key/{n}", "eu-west-3") for n in range(4)]

    inventory = inventory_of(
        tmp_path, Observations(tuple(store(f"s{n}", key=Known(key, later)) for n, key in enumerate(keys)))
    )

    assert [Key(Custody.CUSTOMER_IN_PROVIDER, "", "eu-west-3")] == [facts.key for facts in inventory.facts]


def test_a_proven_absence_of_key_is_not_a_silence(tmp_path: Path) -> None:
    inventory = inventory_of(tmp_path, Observations((store("bare", key=Absent(CALL)), store("silent"))))

    assert {Key(Custody.NONE), None} == {facts.key for facts in inventory.facts}


def test_facts_are_distinct_sorted_and_told_for_each_store(tmp_path: Path) -> None:
    estate = tuple(
        store(f"s{n:05}", sites=Known((Site(f"r{n % 3_000:04}"),), CALL), account=str(n % 7)) for n in range(6_001)
    )
    snapshot(tmp_path / "s", Observations(estate))

    with Snapshot(tmp_path / "s") as read:
        inventory = read.inventory(CONTROLLER)
        found = list(read.stores)

    assert len(inventory.facts) == 3_000
    assert list(inventory.facts) == sorted(set(inventory.facts), key=lambda facts: dumps(encode(facts)))
    assert [one.sites.value for one, _ in found] == [inventory.facts[at].sites for _, at in found]
    assert sum(inventory.stores_per_facts) == 6_001


def test_facts_are_numbered_alike_in_whatever_order_stores_came(tmp_path: Path) -> None:
    estate = [store(f"s{n:04}", account=str(n), sites=Known((Site(f"r{n % 50}"),), CALL)) for n in range(400)]
    snapshot(tmp_path / "s", Observations(tuple(estate)))
    snapshot(tmp_path / "again", Observations(tuple(reversed(estate))))

    with Snapshot(tmp_path / "s") as first, Snapshot(tmp_path / "again") as second:
        assert first.inventory(CONTROLLER) == second.inventory(CONTROLLER)
    for name in FILES:
        assert (tmp_path / "s" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


BY_NAME = Selector(name="x-*")
ELSEWHERE = Selector(name="x-*", target="labo")
OTHER_ACCOUNT = Selector(name="x-*", account="222222222222")


@pytest.mark.parametrize(
    ("missing", "touched"),
    [
        (gap("buckets"), {"anywhere", "account", "present", ""}),
        (gap("buckets", account="111111111111"), {"anywhere", "present", ""}),
        (gap("buckets", account="222222222222"), {"anywhere", "account", "present", ""}),
        (gap("buckets", target="labo"), {"anywhere", "account", "elsewhere", ""}),
        (gap("buckets", scanner="azure"), {"anywhere", "account", ""}),
        (gap("tags of p", store="p"), {"present"}),
        (gap("tags of q", store="q"), {""}),
        (gap("tags of z", store="z"), {"anywhere", "account", "present", ""}),
    ],
    ids=lambda value: value.scope if hasattr(value, "scope") else "-".join(sorted(value)),
)
def test_a_gap_touches_every_dataset_of_which_it_may_hide_a_store(tmp_path: Path, missing, touched: set) -> None:
    datasets = (
        dataset("anywhere", BY_NAME),
        dataset("elsewhere", replace(ELSEWHERE, scanner="aws")),
        dataset("account", OTHER_ACCOUNT),
        dataset("present", Selector(id="p")),
        dataset("paper"),
    )
    present = dataset("present", Selector(id="p", target="chu-prod", scanner="aws"))
    datasets = (*datasets[:3], present, datasets[4])
    estate = (store("p"), store("q"), store("register:paper/tape", scanner="declared", target="register"))

    inventory = inventory_of(tmp_path, Observations(estate, gaps=(missing,), datasets=datasets))

    assert {id for id, gaps in inventory.gaps_of_dataset.items() if gaps == (missing.id,)} == touched
    assert inventory.gaps == (missing,)


def test_a_gap_about_a_store_marks_its_facts(tmp_path: Path) -> None:
    inventory = inventory_of(tmp_path, Observations((store("p"), store("q")), gaps=(gap("tags of p", store="p"),)))

    assert [
        (facts.touched, count) for facts, count in zip(inventory.facts, inventory.stores_per_facts, strict=True)
    ] == [(False, 1), (True, 1)]


def test_an_end_of_a_copy_that_nobody_read_is_a_gap_of_the_dataset_it_inherited(tmp_path: Path) -> None:
    missing = gap("tags of b", store="b")
    choose = dataset("x", Selector(tags=(("jeu", "x"),), target="chu-prod"))

    inventory = inventory_of(
        tmp_path, Observations((tagged("a", jeu="x"),), (copy("a", "b"),), gaps=(missing,), datasets=(choose,))
    )

    (end,) = (one for one in inventory.gaps if one != missing)
    assert (end.scope, end.store) == ("contents, key and further copies of b", "b")
    assert (end.scanner, end.target, end.reason) == ("aws", "chu-prod", Reason.UNSUPPORTED)
    assert inventory.gaps_of_dataset == {"": (), "x": tuple(sorted((end.id, missing.id)))}
    assert [facts.touched for facts in inventory.facts if not facts.seen] == [True]


@pytest.mark.parametrize(
    ("told", "expected"), [(Reason.NOT_ASKED, Reason.DISABLED), (Reason.REFUSED, Reason.REFUSED)], ids=str
)
def test_the_gap_of_an_unread_end_gives_the_reason_and_place_that_its_scanner_told(
    tmp_path: Path, told: Reason, expected: Reason
) -> None:
    silent = Unread(told, CALL)
    end = store("b", seen=False, account="222222222222", public=silent)

    inventory = inventory_of(tmp_path, Observations((store("a"), end), (copy("a", "b"),)))

    (found,) = inventory.gaps
    assert (found.reason, found.account, found.region) == (expected, "222222222222", "eu-west-3")
    assert found.seen_at == CALL.read_at


def test_an_end_of_a_copy_that_somebody_saw_is_no_gap(tmp_path: Path) -> None:
    guessed = store("b", seen=False, role=PlaceKind.REPLICA)

    inventory = inventory_of(tmp_path, Observations((store("a"), guessed, store("b")), (copy("a", "b"),)))

    assert inventory.gaps == ()


def test_a_gap_of_the_register_touches_what_is_only_declared(tmp_path: Path) -> None:
    tape = store(
        "register:paper/tape", scanner="declared", target="register", sites=Known((Site(country="FR"),), REGISTER)
    )
    missing = gap("register", scanner="declared", target="register")

    inventory = inventory_of(tmp_path, Observations((tape,), gaps=(missing,), datasets=(dataset("paper"),)))

    assert inventory.gaps_of_dataset == {"": (missing.id,), "paper": (missing.id,)}


def test_stores_tied_to_no_dataset_answer_to_the_organisation(tmp_path: Path) -> None:
    inventory = inventory_of(tmp_path, Observations((store("a"),)))

    assert (inventory.unattached.id, inventory.unattached.controller) == ("", CONTROLLER)
    assert inventory.facts[0].datasets == ()


def test_stores_are_found_and_sampled_by_what_they_share(tmp_path: Path) -> None:
    estate = [store(f"p{n}") for n in range(9)]
    virginia = store("v", sites=Known((Site("us-east-1"),), CALL))
    copies = (copy("p1", "v"), copy("p2", "v", PlaceKind.BACKUP), copy("p1", "p2"))
    snapshot(tmp_path / "s", Observations((*estate, virginia), copies))

    with Snapshot(tmp_path / "s") as read:
        stores = read.stores

        assert len(stores) == 10
        assert stores.find("v") == (virginia, 1)
        assert stores.find("nowhere") is None
        assert stores.sample(0, 3) == tuple(estate[:3])
        assert list(stores.copies()) == [copies[2], copies[0], copies[1]]
        assert stores.copies_at("v") == (copies[0], copies[1])
        assert stores.copies_of("p1") == (copies[2], copies[0])
        assert stores.copies_of("v") == ()
        assert list(stores.ids()) == [(one.id, facts_id) for one, facts_id in stores]
        assert list(stores.ends()) == [(estate[2], 0), (virginia, 1)]
        assert list(stores.declared()) == []


def test_the_places_of_a_register_are_walked_by_themselves(tmp_path: Path) -> None:
    tapes = [store(f"register:d/{name}", scanner="declared") for name in ("a", "b")]
    snapshot(tmp_path / "s", Observations((store("p1"), *reversed(tapes), store("z"))))

    with Snapshot(tmp_path / "s") as read:
        assert [one for one, _ in read.stores.declared()] == tapes


def test_two_walks_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    estate = [store(f"p{n:04}") for n in range(3_000)]
    snapshot(tmp_path / "s", Observations(tuple(estate)))

    with Snapshot(tmp_path / "s") as read:
        stores = read.stores
        pairs = [
            (one.id, stores.find(other.id))
            for (one, _), (other, _) in zip(stores, stores, strict=True)
            if one.id == "p1500"
        ]

    assert pairs == [("p1500", (estate[1500], 0))]
