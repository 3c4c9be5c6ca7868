"""Stores that DNS alone shows, with what attribution tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from model.attribution import RELAYS, Attribution, Role
from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Copy, Observations, PlaceKind, Site, Store
from model.resolution import RecordType, Resolution

_RELAYING = RELAYS | {Role.MAIL_GATEWAY}


def attributed(found: Observations, attribute: Callable[[Resolution], Attribution]) -> Observations:
    """``found`` where each store that DNS alone shows has the provider, service and place that its records prove.

    What stands in front of a store whose own place is hidden (a distribution network, a mail gateway) becomes a
    store of its own, through which the data pass: it sees them and is not where they rest.  So do the machines of
    another provider on which the first one works, where the same data rest.
    """
    stores: list[Store] = []
    copies: list[Copy] = []
    for store in found.stores:
        if store.resolution is None:
            stores.append(store)
            continue
        told = attribute(store.resolution)
        own = _told(store, told)
        stores.append(own)
        for relay in (*_relays(own, told), *_machines(own, told)):
            stores.append(relay)
            copies.append(Copy(of=own.id, at=relay.id, kind=relay.role, answer=Known(True, relay.provider.source)))
    if not any(store.resolution for store in found.stores):
        return found
    return replace(found, stores=tuple(stores), copies=(*found.copies, *copies))


def _told(store: Store, told: Attribution) -> Store:
    """The store with the answers of an attribution; what this leaves open says why."""
    source = _source(store, told.evidence)
    because = told.unknown_because.en if told.unknown_because else ""
    nobody = Unread(Reason.NOT_TOLD, source, because)
    if not told.provider:
        return replace(store, provider=nobody, service=nobody, sites=nobody)
    place = told.place_unknown.en if told.place_unknown else because
    sites = (
        Known(told.sites, source) if told.sites and not told.place_unknown else Unread(Reason.NOT_TOLD, source, place)
    )
    return replace(
        store,
        provider=Known(told.provider, source),
        service=Known(told.service, source) if told.service else Unread(Reason.NOT_TOLD, source),
        sites=sites,
    )


def _source(store: Store, evidence: tuple[Source, ...]) -> Source:
    """One source that names the answer and the row that explains it, as old as the answer."""
    asked = store.checked_on.source
    said = "; ".join(dict.fromkeys([asked.what, *(one.what for one in evidence)]))
    url = next((one.url for one in evidence if one.url), "")
    return replace(asked, what=said, url=url)


def _machines(store: Store, told: Attribution) -> Iterator[Store]:
    """The place of the provider on whose machines another one works: the same data rest there, under its laws."""
    if not told.machines:
        return
    source = _source(store, told.evidence)
    sites = tuple(Site(country=country) for country in told.countries)
    silent = Unread(Reason.NOT_TOLD, source, told.place_unknown.en if told.place_unknown else "")
    yield replace(
        store,
        id=f"{store.id}/{told.machines}",
        name=f"{store.name} ({told.machines})",
        role=PlaceKind.REPLICA,
        provider=Known(told.machines, source),
        service=Unread(Reason.NOT_TOLD, source),
        sites=Known(sites, source) if sites else silent,
        resolution=None,
    )


def _relays(store: Store, told: Attribution) -> Iterator[Store]:
    """Who passes the data on when the store itself is hidden, each provider once."""
    if told.provider and told.role not in _RELAYING:
        return
    met = set()
    for one in told.records:
        clue = one.clue
        if clue is None or not clue.provider or clue.provider in met or one.role not in _RELAYING:
            continue
        if one.record.type not in (RecordType.MX, RecordType.CNAME, RecordType.A, RecordType.AAAA):
            continue
        met.add(clue.provider)
        source = _source(store, (clue.source,))
        silent = Unread(Reason.NOT_TOLD, source, "who relays data does so in many places")
        service: Observed[str] = Known(clue.service, source) if clue.service else silent
        yield replace(
            store,
            id=f"{store.id}/{clue.provider}",
            name=f"{store.name} ({clue.provider})",
            role=PlaceKind.TRANSFER_TOOL,
            provider=Known(clue.provider, source),
            service=service,
            sites=silent,
            resolution=None,
        )
