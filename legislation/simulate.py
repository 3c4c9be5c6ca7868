"""The same facts after a move: the originals of a dataset stand elsewhere, everything else stays where it is.

A simulation builds an inventory and nothing more; it is resolved and judged like any other, by the same rules.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import TypeVar

from model.datasets import (
    Access,
    AccessLog,
    Contract,
    Dataset,
    Homologation,
    KeyHolding,
    Purchase,
    Transparency,
)
from model.errors import UsageError
from model.observed import Grade, Known, Reason, Source, Unread
from model.places import Inventory, Offer, PlaceKind, StoreFacts

T = TypeVar("T", Access, AccessLog, Contract, Homologation, KeyHolding, Purchase, Transparency)

SCANNER = "simulation"
"""The scanner of the place that a simulation adds."""


def alone(inventory: Inventory, dataset: str) -> Inventory:
    """The inventory with this dataset and its places only, which judge the same without the others.

    Raises UsageError, with the nearest ids, when the inventory does not hold it.
    """
    ids = [one.id for one in inventory.datasets]
    if dataset not in ids:
        close = get_close_matches(dataset, ids, 3, 0.4)
        hint = f"; did you mean {', '.join(close)}?" if close else ""
        raise UsageError(f"--dataset: no dataset {dataset!r} in this edition{hint}; known: {', '.join(ids) or 'none'}")
    kept = [
        (replace(facts, datasets=(dataset,)), stores)
        for facts, stores in zip(inventory.facts, inventory.stores_per_facts, strict=True)
        if dataset in facts.datasets
    ]
    return replace(
        inventory,
        facts=tuple(facts for facts, _ in kept),
        stores_per_facts=tuple(stores for _, stores in kept),
        datasets=tuple(one for one in inventory.datasets if one.id == dataset),
        flows=tuple(flow for flow in inventory.flows if flow.dataset == dataset),
    )


def moved(inventory: Inventory, dataset: str, offer: Offer, on: date) -> Inventory:
    """``alone`` with the originals of the dataset in one place of ``offer``, as a contract of the day ``on`` would say.

    Copies, logs, keys, transfer tools and flows stay where they are, and so do the gaps that may hide some.
    What the register said of the old arrangement (access, keys, contract, log, approval, purchase, and the model
    where the catalog does not tell that of the offer) is unknown of the new one; all that is known is that
    somebody else hosts.
    """
    before = alone(inventory, dataset)
    stay = [
        (facts, stores)
        for facts, stores in zip(before.facts, before.stores_per_facts, strict=True)
        if facts.role is not PlaceKind.PRIMARY
    ]
    originals = sum(before.stores_per_facts) - sum(stores for _, stores in stay)
    place = _place(dataset, offer, on)
    source = Source(f"simulation: {offer.word}", datetime.combine(on, time.min, UTC), Grade.CONTRACT)
    return replace(
        before,
        facts=(*(facts for facts, _ in stay), place),
        stores_per_facts=(*(stores for _, stores in stay), max(originals, 1)),
        datasets=tuple(_rehosted(one, offer, source) for one in before.datasets),
    )


def _place(dataset: str, offer: Offer, on: date) -> StoreFacts:
    return StoreFacts(
        scanner=SCANNER,
        target=offer.word,
        grade=Grade.CONTRACT,
        checked_on=on.isoformat(),
        role=PlaceKind.PRIMARY,
        seen=True,
        provider=offer.provider,
        service="",
        service_id=offer.service_id,
        sites=offer.sites,
        key=None,
        entity=None,
        holds_health=None,
        touched=False,
        datasets=(dataset,),
    )


def _rehosted(dataset: Dataset, offer: Offer, source: Source) -> Dataset:
    unsaid = Unread(Reason.NOT_DECLARED, source, f"not known of {offer.name} before a contract")
    model = dataset.hosting.model if offer.model_known else unsaid
    access = dataset.access
    return replace(
        dataset,
        hosting=replace(dataset.hosting, model=model, processor=Known(True, source), archive=unsaid),
        # Who reads the data, and on which ground, is the organisation's own affair and moves with it.
        access=replace(_unsaid(access, unsaid), roles=access.roles, exceptional=access.exceptional),
        keys=_unsaid(dataset.keys, unsaid),
        contract=_unsaid(dataset.contract, unsaid),
        access_log=_unsaid(dataset.access_log, unsaid),
        homologation=_unsaid(dataset.homologation, unsaid),
        purchase=_unsaid(dataset.purchase, unsaid),
        transparency=_unsaid(dataset.transparency, unsaid),
        exposure_note=unsaid,
        # The profile asked for stays asked for; its levels were those of the old host.
        sovereignty=replace(dataset.sovereignty, levels=()) if dataset.sovereignty else None,
    )


def _unsaid(group: T, unsaid: Unread) -> T:
    """A group of facts of which nothing is known."""
    return replace(group, **{field.name: unsaid for field in fields(group)})
