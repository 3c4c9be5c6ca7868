"""Situations written by lawyers, run through the real reader of registers, the real catalog and the real rules.

A situation is a register, perhaps places that an API saw, perhaps gaps, and a day.  Providers whose
names begin with ``nuage-`` are fictitious and live in ``tests/legislation/catalog``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import catalog
from catalog import Catalog
from legislation import load
from model.assessment import Case, Judgement
from model.datasets import Controller, ControllerKind, undeclared
from model.observed import Grade, Known, Source
from model.places import Custody, Inventory, Key, Observations, PlaceKind, Site, Store, StoreFacts
from model.reading import Node, parse_yaml, read_yaml
from scanners.declared._register import observations

HERE = Path(__file__).parent
READ_AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Situation:
    """One file of ``cases/``."""

    title: str
    on: date
    register: str
    observed: tuple[StoreFacts, ...]
    stores: tuple[int, ...]
    gaps: dict[str, tuple[str, ...]]
    outcomes: dict[str, dict[str, str]]
    words: dict[str, str]
    exposures: dict[str, dict[str, str]]
    missing: dict[str, dict[str, tuple[str, ...]]]
    derogations: dict[str, str]


@cache
def catalog_of_cases() -> Catalog:
    """The shipped catalog and the fictitious providers."""
    return catalog.load(HERE / "catalog")


def read(path: Path) -> Situation:
    """The situation in a file.  An unknown key is an error, as everywhere."""
    top = read_yaml(path, path.name).mapping(
        ("title", "basis", "on", "register"),
        ("observed", "gaps", "expect", "words", "exposures", "missing", "derogations"),
    )
    observed = [_observed(node) for node in top["observed"].items()] if "observed" in top else []
    return Situation(
        title=top["title"].text(),
        on=top["on"].date(),
        register=top["register"].text(),
        observed=tuple(facts for facts, _ in observed),
        stores=tuple(count for _, count in observed),
        gaps={key: tuple(n.text() for n in node.items()) for key, node in _entries(top.get("gaps"))},
        outcomes={key: _texts(node) for key, node in _entries(top.get("expect"))},
        words={key: node.text() for key, node in _entries(top.get("words"))},
        exposures={key: _texts(node) for key, node in _entries(top.get("exposures"))},
        missing={
            key: {rule: tuple(n.text() for n in names.items()) for rule, names in node.entries().items()}
            for key, node in _entries(top.get("missing"))
        },
        derogations={key: node.text() for key, node in _entries(top.get("derogations"))},
    )


def cases_of(situation: Situation) -> tuple[Case, ...]:
    """The cases that the catalog resolves for a situation."""
    return catalog_of_cases().resolve(inventory_of(situation), situation.on)


def judgement_of(situation: Situation) -> Judgement:
    """What the legislation says of a situation on its day."""
    derogations = _said(situation).derogations
    return load().assess(cases_of(situation), derogations, situation.on)


def inventory_of(situation: Situation) -> Inventory:
    """Every declared place and every observed one, as a snapshot would group them."""
    said = _said(situation)
    declared = tuple(_facts(store) for store in said.stores)
    source = Source("situation", READ_AT, Grade.DECLARED)
    everybody = said.datasets[0].controller if said.datasets else Controller("", ControllerKind.UNKNOWN)
    return Inventory(
        facts=(*declared, *situation.observed),
        stores_per_facts=(*(1 for _ in declared), *situation.stores),
        datasets=said.datasets,
        unattached=undeclared("", "Emplacements non rattachés", everybody, source),
        gaps=(),
        flows=said.flows,
        derogations=said.derogations,
        gaps_of_dataset=situation.gaps,
    )


def _said(situation: Situation) -> Observations:
    nobody = Controller("", ControllerKind.UNKNOWN)
    return observations(parse_yaml(situation.register, "register.yaml"), READ_AT, "registre", nobody)


def _facts(store: Store) -> StoreFacts:
    """The grouping key of a declared store."""
    sites = store.sites.value if isinstance(store.sites, Known) else ()
    return StoreFacts(
        scanner=store.scanner,
        target=store.target,
        grade=store.sites.source.grade,
        checked_on=store.checked_on.value.isoformat() if isinstance(store.checked_on, Known) else "",
        role=store.role,
        seen=store.seen,
        provider=store.provider.value if isinstance(store.provider, Known) else "",
        service=store.service.value if isinstance(store.service, Known) else "",
        service_id=store.service_id.value if isinstance(store.service_id, Known) else "",
        sites=sites,
        key=None,
        entity=store.entity.value if isinstance(store.entity, Known) else None,
        holds_health=None,
        touched=False,
        datasets=(store.id.removeprefix("register:").split("/")[0],),
    )


def _observed(node: Node) -> tuple[StoreFacts, int]:
    """A place that an API saw."""
    entry = node.mapping(
        ("provider", "region"),
        ("dataset", "service", "kind", "stores", "touched", "holds_health", "key", "seen", "identifying"),
    )
    kind = entry["kind"].choice(PlaceKind) if "kind" in entry else PlaceKind.PRIMARY
    key = Key(entry["key"].choice(Custody)) if "key" in entry else None
    facts = StoreFacts(
        scanner="aws",
        target="prod",
        grade=Grade.API,
        checked_on="2026-11-20",
        role=kind,
        seen=entry["seen"].boolean() if "seen" in entry else True,
        provider=entry["provider"].text(),
        service=entry["service"].text() if "service" in entry else "",
        service_id="",
        sites=() if entry["region"].is_null else (Site(region=entry["region"].text()),),
        key=key,
        entity=None,
        holds_health=entry["holds_health"].boolean() if "holds_health" in entry else None,
        touched=entry["touched"].boolean() if "touched" in entry else False,
        datasets=(entry["dataset"].text(),) if "dataset" in entry else (),
        identifying=tuple(one.text() for one in entry["identifying"].items()) if "identifying" in entry else (),
    )
    return facts, entry["stores"].integer() if "stores" in entry else 1


def _entries(node: Node | None) -> list[tuple[str, Node]]:
    return list(node.entries().items()) if node else []


def _texts(node: Node) -> dict[str, str]:
    return {key: value.text() for key, value in node.entries().items()}
