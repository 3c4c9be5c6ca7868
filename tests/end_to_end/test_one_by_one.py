"""Stores judged in groups, beside each store judged as if no other had its facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import catalog
import legislation
from history._hidden import gaps_of_datasets
from history.snapshot import Snapshot
from model.assessment import Case, Judgement, Verdict
from model.datasets import Dataset, Hosting, HostingModel, Selector
from model.observed import Absent, Known
from model.places import Copy, Custody, Inventory, Key, Observations, PlaceKind, Site, Store, StoreFacts
from tests.history.estate import CALL, CONTROLLER, REGISTER, SILENT, copy, dataset, gap, snapshot, store

ON = date(2026, 11, 21)
IDS = tuple(
    f"{start}{name}" for start in ("arn:aws:s3:::", "register:d0/", "register:d1/") for name in ("a", "ab", "b_")
)
LETTERS = ("jeu-a", "jeu-b", "j%", "été", "")
PATTERNS = ("", "jeu-*", "jeu-a", "j*", "*", "?eu-b", "j%", "é*", "arn:*", "arn:aws:s3:::a", "*b?", "register:d1/*")
PAIRS = (("jeu", "x"), ("jeu", "y"), ("é", 'q"'))

words = st.sampled_from
some_tags = st.sets(words(PAIRS), max_size=2).map(lambda pairs: tuple(sorted(pairs)))


@st.composite
def a_make(draw: Any) -> Store:
    """What several stores of an estate have in common, so that they fall into one group."""
    key = draw(words([SILENT, Absent(CALL), *(Known(Key(one, "k", "us-east-1"), CALL) for one in Custody)]))
    return store(
        "",
        target=draw(words(("chu-prod", "labo"))),
        role=draw(words((PlaceKind.PRIMARY, PlaceKind.BACKUP))),
        seen=draw(st.booleans()),
        sites=draw(words([SILENT, *(Known((Site(code),), CALL) for code in ("eu-west-3", "us-east-1", "nowhere"))])),
        key=key,
        checked_on=Known(ON - timedelta(days=draw(words((0, 400)))), CALL),
    )


@st.composite
def a_store(draw: Any, id: str, makes: list[Store]) -> Store:
    return replace(
        draw(words(makes)),
        id=id,
        name=draw(words(LETTERS)),
        kind=draw(words(("AWS::S3::Bucket", "AWS::RDS::DBInstance"))),
        account=draw(words(("1", "2"))),
        tags=draw(st.one_of(st.just(Absent(CALL)), some_tags.map(lambda pairs: Known(pairs, CALL)))),
    )


selectors = st.builds(
    Selector,
    id=words((*[""] * 12, *PATTERNS)),
    name=words(PATTERNS),
    kind=words((*[""] * 6, "AWS::S3::Bucket")),
    account=words((*[""] * 6, "2")),
    scanner=words((*[""] * 6, "aws", "azure")),
    target=words((*[""] * 6, "labo")),
    tags=st.one_of(st.just(()), st.just(()), some_tags),
)


@st.composite
def estates(draw: Any) -> Observations:
    ids = draw(st.lists(words(IDS), min_size=3, unique=True))
    makes = draw(st.lists(a_make(), min_size=1, max_size=2))
    copies = draw(st.sets(st.tuples(words(ids), words(ids)), max_size=5))
    named = draw(st.sets(words((*ids, "gone", "")), max_size=2))
    return Observations(
        tuple(draw(a_store(id, makes)) for id in ids),
        tuple(copy(of, at) for of, at in sorted(copies)),
        tuple(gap(f"of {id}", store=id) for id in sorted(named)),
        tuple(draw(a_dataset(f"d{n}")) for n in range(3)),
    )


@st.composite
def a_dataset(draw: Any, id: str) -> Dataset:
    plain = dataset(id, *draw(st.lists(selectors, max_size=2)), declared=tuple(draw(st.sets(words(IDS), max_size=1))))
    hosting = Hosting(Known(HostingModel.COMMERCIAL_CLOUD, REGISTER), Known(True, REGISTER), Known((1, 2), REGISTER))
    told = replace(plain, health=Known(True, REGISTER), care_origin=Known(True, REGISTER), hosting=hosting)
    return draw(words((plain, told)))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(estates())
def test_a_store_gets_the_verdicts_that_it_would_get_alone(estate: Observations) -> None:
    with TemporaryDirectory() as folder:
        snapshot(Path(folder) / "s", estate)
        with Snapshot(Path(folder) / "s") as read:
            inventory = read.inventory(CONTROLLER)
            grouped = {one.id: facts_id for one, facts_id in read.stores}
    stores = sorted(estate.stores, key=lambda one: one.id)
    belongs = _belongs(stores, estate.copies, estate.datasets)
    each = _one_by_one(inventory, stores, belongs)
    cases = catalog.load().resolve(each, ON)
    together, apart = _judged(inventory), legislation.load().assess(cases, each.derogations, ON)

    assert each.gaps_of_dataset == inventory.gaps_of_dataset
    assert [inventory.facts[grouped[one.id]] for one in stores] == list(each.facts)
    for n, one in enumerate(stores):
        alone = legislation.load().assess(_only(cases, n), (), ON)
        assert _of_place(together, grouped[one.id]) == _of_place(apart, n) == _of_place(alone, 0), one.id
    assert _of_datasets(together) == _of_datasets(apart)


def _one_by_one(inventory: Inventory, stores: list[Store], belongs: dict[str, set[str]]) -> Inventory:
    """The same estate with as many facts as stores, worked out here and nowhere else."""
    named = {gap.store for gap in inventory.gaps if gap.store}
    facts = tuple(_facts(one, tuple(sorted(belongs[one.id])), one.id in named) for one in stores)
    touched = {one.id: of for one, of in zip(stores, facts, strict=True) if of.touched}
    told = gaps_of_datasets(inventory.gaps, inventory.datasets, facts, touched)
    return replace(inventory, facts=facts, stores_per_facts=(1,) * len(facts), gaps_of_dataset=told)


def _facts(one: Store, datasets: tuple[str, ...], touched: bool) -> StoreFacts:
    held = replace(one.key.value, id="") if isinstance(one.key, Known) else None
    return StoreFacts(
        scanner=one.scanner,
        target=one.target,
        grade=one.sites.source.grade,
        checked_on=one.checked_on.value.isoformat(),  # type: ignore[union-attr]
        role=one.role,
        seen=one.seen,
        provider="aws",
        service="s3",
        service_id="",
        sites=one.sites.value if isinstance(one.sites, Known) else (),
        key=Key(Custody.NONE) if isinstance(one.key, Absent) else held,
        entity=None,
        holds_health=None,
        touched=touched,
        datasets=datasets,
    )


def _belongs(stores: list[Store], copies: tuple[Copy, ...], datasets: tuple[Dataset, ...]) -> dict[str, set[str]]:
    belongs = {
        one.id: {
            dataset.id
            for dataset in datasets
            if one.id in dataset.declared
            or one.id.startswith(f"register:{dataset.id}/")
            or any(_matches(selector, one) for selector in dataset.select)
        }
        for one in stores
    }
    for _ in stores:
        for relation in copies:
            belongs[relation.at] |= belongs[relation.of]
    return belongs


def _matches(selector: Selector, one: Store) -> bool:
    exact = [(getattr(selector, word), getattr(one, word)) for word in ("kind", "account", "scanner", "target")]
    patterns = [(selector.id, one.id), (selector.name, one.name)]
    tags = one.tags.value if isinstance(one.tags, Known) else ()
    return (
        selector != Selector()
        and all(not mine or mine == theirs for mine, theirs in exact)
        and all(not pattern or fnmatchcase(text, pattern) for pattern, text in patterns)
        and set(selector.tags) <= set(tags)
    )


def _only(cases: Iterable[Case], facts_id: int) -> list[Case]:
    """The cases as if there were one store: nothing that another one answered can be answered for it."""
    alone = [replace(case, places=tuple(p for p in case.places if p.facts_id == facts_id)) for case in cases]
    return [case for case in alone if case.places]


def _judged(inventory: Inventory) -> Judgement:
    return legislation.load().assess(catalog.load().resolve(inventory, ON), inventory.derogations, ON)


def _of_place(judgement: Judgement, facts_id: int) -> Any:
    place = judgement.places[facts_id]
    verdicts = [(id, [_told(verdict) for verdict in found]) for id, found in place.verdicts]
    return place.word, place.datasets, place.exposures, verdicts


def _of_datasets(judgement: Judgement) -> Any:
    judged = [*judgement.datasets, *([judgement.unattached] if judgement.unattached else [])]
    return [(one.dataset.id, one.word, one.stores, one.gaps, [_told(v) for v in one.verdicts]) for one in judged]


def _told(verdict: Verdict) -> Verdict:
    """All of a verdict, whatever the order in which its sources were met."""
    return replace(verdict, sources=tuple(sorted(verdict.sources, key=str)))
