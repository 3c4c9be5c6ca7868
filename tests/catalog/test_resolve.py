"""Inventories to cases: what belongs to which dataset, and nothing lost on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import MappingProxyType

import catalog
from model.datasets import Controller, ControllerKind, Dataset, Flow
from model.observed import Grade, Known, Reason, Unread, known
from model.places import Inventory, StoreFacts

DAY = date(2026, 11, 21)
Facts = Callable[..., StoreFacts]
Stock = Callable[..., Inventory]


def test_one_case_per_dataset_in_order_then_the_unattached(
    make_facts: Facts, make_inventory: Stock, make_dataset: Callable[..., Dataset]
) -> None:
    inventory = make_inventory(
        make_facts("aws", "eu-west-3", datasets=("b", "a")),
        make_facts("aws", "eu-west-1", datasets=()),
        make_facts("own", datasets=("a",)),
        datasets=(make_dataset("b"), make_dataset("a"), make_dataset("empty")),
        gaps_of_dataset=MappingProxyType({"a": ("G-1",), "": ("G-2",)}),
    )

    cases = catalog.load().resolve(inventory, DAY)

    assert [case.dataset.id for case in cases] == ["b", "a", "empty", ""]
    assert [[place.facts_id for place in case.places] for case in cases] == [[0], [0, 2], [], [1]]
    assert [case.gaps for case in cases] == [(), ("G-1",), (), ("G-2",)]


def test_without_loose_stores_there_is_no_unattached_case(make_facts: Facts, make_inventory: Stock) -> None:
    assert [case.dataset.id for case in catalog.load().resolve(make_inventory(make_facts("own")), DAY)] == ["eds"]


def test_facts_of_a_dataset_nobody_declared_are_not_lost(make_facts: Facts, make_inventory: Stock) -> None:
    cases = catalog.load().resolve(make_inventory(make_facts("aws", "eu-west-3", datasets=("gone",))), DAY)

    assert [(case.dataset.id, len(case.places)) for case in cases] == [("eds", 0), ("", 1)]


def test_a_case_carries_its_flows(make_facts: Facts, make_inventory: Stock) -> None:
    nothing = Unread(Reason.NOT_DECLARED, known_source(make_inventory))
    flows = tuple(Flow(id, id, "SI", "sftp", "CPAM", "unknown", nothing) for id in ("eds", "other"))

    (case,) = catalog.load().resolve(make_inventory(make_facts("own"), flows=flows), DAY)

    assert case.flows == flows[:1]


def known_source(make_inventory: Stock):  # type: ignore[no-untyped-def]
    return make_inventory().unattached.health.source


def test_what_the_facts_say_reaches_the_place_unchanged(make_facts: Facts, make_inventory: Stock) -> None:
    seen = make_facts("aws", "eu-west-3", service="s3", touched=True, holds_health=True, grade=Grade.CONTRACT)
    blank = make_facts("", service="", checked_on="", seen=False)

    (case,) = catalog.load().resolve(make_inventory(seen, blank), DAY)
    first, second = case.places

    assert (first.stores, first.touched, first.seen, first.grade) == (1, True, True, Grade.CONTRACT)
    assert (known(first.service), known(first.holds_health)) == ("s3", True)
    assert isinstance(first.checked_on, Known)
    assert first.checked_on.value == date(2026, 11, 20)
    assert (second.stores, second.seen) == (2, False)
    for answer in (second.provider, second.service, second.checked_on, second.holds_health, second.operators):
        assert isinstance(answer, Unread)
    assert len(second.locations) == 1


def test_a_place_shared_by_two_controllers_is_operated_by_each_in_its_own_case(
    make_facts: Facts, make_inventory: Stock, make_dataset: Callable[..., Dataset]
) -> None:
    datasets = tuple(
        make_dataset(id, Controller(name, ControllerKind.PUBLIC_HOSPITAL))
        for id, name in (("a", "CHU A"), ("b", "CHU B"))
    )

    cases = catalog.load().resolve(make_inventory(make_facts("own", datasets=("a", "b")), datasets=datasets), DAY)

    names = [operator.entity.name for case in cases for operator in known(case.places[0].operators) or ()]
    assert names == ["CHU A", "CHU B"]


def test_what_is_missing_is_named_once_with_something_to_paste(make_facts: Facts, make_inventory: Stock) -> None:
    inventory = make_inventory(
        make_facts("hebergix"),
        make_facts("aws", "eu-west-9"),
        make_facts("aws", "eu-west-9", service="s3"),
        make_facts("aws", "eu-west-3", "euw3-xyz1-wlz1"),
        make_facts("own", service_id="snc-nobody"),
        make_facts("aws", "eu-west-3", "eu-west-3a"),
    )

    found = catalog.load().missing(inventory)

    assert [(one.kind, one.word, one.stores) for one in found] == [
        ("provider", "hebergix", 1),
        ("region", "eu-west-9", 5),
        ("service", "snc-nobody", 5),
        ("zone", "euw3-xyz1-wlz1", 4),
    ]
    assert all(one.word in one.stub for one in found)


def test_the_same_question_has_the_same_answer(make_facts: Facts, make_inventory: Stock) -> None:
    inventory = make_inventory(make_facts("aws", "eu-west-3"), make_facts("ovhcloud", "GRA"))

    assert catalog.load().resolve(inventory, DAY) == catalog.load().resolve(inventory, DAY)
    assert catalog.load().version(DAY) == catalog.load().version(DAY)
    assert len(catalog.load().version(DAY).sha256) == 64


def test_three_thousand_distinct_facts_take_seconds_of_cpu_at_most(make_facts: Facts, make_inventory: Stock) -> None:
    codes = [region.code for region in catalog.load().regions("aws")]
    many = [
        make_facts("aws", code if not (n % 7) else "eu-west-3", service=f"s{n}", touched=bool(n % 2))
        for n in range(25)
        for code in codes
    ]
    many += [make_facts("ovhcloud", "GRA", service=f"s{n}") for n in range(3000 - len(many))]
    started = time.process_time()

    (case,) = catalog.load().resolve(make_inventory(*many), DAY)

    assert len(case.places) >= 3000
    assert time.process_time() - started < 3  # 0.3 s on a quiet machine


def test_a_catalog_just_loaded_answers_at_once(make_facts: Facts, make_inventory: Stock, tmp_path: Path) -> None:
    inventory = make_inventory(make_facts("aws", "eu-west-3"), make_facts("ovhcloud", "GRA"))
    started = time.process_time()

    catalog.load(tmp_path).resolve(inventory, DAY)

    assert time.process_time() - started < 2  # 0.4 s on a quiet machine
