"""Inventories built by hand: the facts of one place at a time, asked on one day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

import catalog
from model.assessment import Place
from model.datasets import Controller, ControllerKind, Dataset, undeclared
from model.observed import Grade, Source
from model.parties import Qualification
from model.places import Inventory, PlaceKind, Site, StoreFacts

REGISTER = Source("register.yaml:3", datetime(2026, 11, 20, 9, 0, tzinfo=UTC), Grade.DECLARED)
HOSPITAL = Controller("CHU d’Exemple", ControllerKind.PUBLIC_HOSPITAL)
DAY = date(2026, 11, 21)


def a_dataset(id: str, controller: Controller = HOSPITAL) -> Dataset:
    return undeclared(id, id, controller, REGISTER)


def facts(provider: str, region: str = "", zone: str = "", country: str = "", **changes: object) -> StoreFacts:
    site = Site(region, zone, country)
    values: dict[str, object] = {
        "scanner": "aws",
        "target": "chu",
        "grade": Grade.API,
        "checked_on": "2026-11-20",
        "role": PlaceKind.PRIMARY,
        "seen": True,
        "provider": provider,
        "service": "",
        "service_id": "",
        "sites": () if site == Site() else (site,),
        "key": None,
        "entity": None,
        "holds_health": None,
        "touched": False,
        "datasets": ("eds",),
    }
    return StoreFacts(**(values | changes))  # type: ignore[arg-type]


def an_inventory(*all_facts: StoreFacts, datasets: tuple[Dataset, ...] = (), **changes: object) -> Inventory:
    values: dict[str, object] = {
        "facts": all_facts,
        "stores_per_facts": tuple(range(1, len(all_facts) + 1)),
        "datasets": datasets or (a_dataset("eds"),),
        "unattached": a_dataset(""),
        "gaps": (),
        "flows": (),
        "derogations": (),
    }
    return Inventory(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def make_facts() -> Callable[..., StoreFacts]:
    return facts


@pytest.fixture
def make_inventory() -> Callable[..., Inventory]:
    return an_inventory


@pytest.fixture
def make_dataset() -> Callable[..., Dataset]:
    return a_dataset


@pytest.fixture
def place() -> Callable[..., Place]:
    """The one place that a provider, a region and the rest of the facts resolve to."""

    def resolve(*words: str, on: date = DAY, using: catalog.Catalog | None = None, **changes: object) -> Place:
        inventory = an_inventory(facts(*words, **changes))  # type: ignore[arg-type]
        (case,) = (using or catalog.load()).resolve(inventory, on)
        (found,) = case.places
        return found

    return resolve


@pytest.fixture
def qualification(place: Callable[..., Place]) -> Callable[..., Qualification]:
    """The answer of one scheme at a place."""

    def answer(scheme: str, *words: str, **changes: object) -> Qualification:
        return next(one for one in place(*words, **changes).qualifications if one.scheme == scheme)

    return answer
