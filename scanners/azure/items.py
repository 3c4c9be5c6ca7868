"""One resource, as Resource Graph or Resource Manager gives it, becomes one store with its copies and gaps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from model.observed import Known, Observed, Reason, Unread
from model.places import Custody, Gap, Key, PlaceKind, Site, Store
from scanners._table import choose, expand, names_used
from scanners.azure import ids, keys
from scanners.azure.copies import add_copies
from scanners.azure.documents import Found, Item, text_of
from scanners.azure.errors import BrokenAnswerError, Failure
from scanners.azure.gaps import gap
from scanners.azure.regions import region_code

_CREATED = "systemData.createdAt || createdTime"
_UNTOLD = Failure(Reason.UNSUPPORTED, "NotTold", 0, "the answer does not tell whether data are kept elsewhere")


def read_item(item: Item, found: Found) -> None:
    """Adds to ``found`` the store that the resource is, its copies and its gaps.

    Raises ValueError when its answer holds something of another type than the row expects, and BrokenAnswerError when
    it lacks what ties it to a resource.
    """
    row = item.row
    if row.keep and not item.ask(row.keep):
        return
    untold = bool(row.tells) and item.hidden(row.tells) is None and not item.ask(row.tells)
    if not row.role:
        for number, origin in enumerate(origins := _origins(item)):
            if untold:
                found.gaps.append(_gap(item, f"copies of {origin} that {item.arm_id.name} names", _UNTOLD, origin))
            add_copies(item, origin, None, found, number if len(origins) > 1 else None)
        return
    store = _store(item)
    found.stores.append(store)
    if untold:
        found.gaps.append(_gap(item, f"copies of {row.type} {store.name}", _UNTOLD, store.id))
    if item.failure is not None and not item.reported:
        found.gaps.append(_gap(item, f"properties of {row.type} {store.name}", item.failure, store.id))
    add_copies(item, store.id, store, found)


def _origins(item: Item) -> list[str]:
    """The resources of whose copies an item tells that is no store itself.

    Raises BrokenAnswerError when it should name them and does not.
    """
    if not item.row.of:
        return [item.arm_id.parent]
    origins = [ids.canonical(each) for each in expand(item.row.of, item.document)]
    if not origins:
        raise BrokenAnswerError("an item does not tell which resource it is of")
    return origins


def _gap(item: Item, what: str, failure: Failure, store: str) -> Gap:
    return gap(item.target, item.arm_id.subscription, what, item.row.operation, failure, store=store)


def _store(item: Item) -> Store:
    row, source = item.row, item.source
    unread = Unread(Reason.NOT_TOLD, source)
    public, shared = _reach(item)
    return Store(
        id=item.id,
        kind=row.type,
        name=text_of(item.document.get("name")) or item.arm_id.name,
        scanner="azure",
        target=item.target.name,
        account=item.arm_id.subscription,
        role=_role(item),
        seen=True,
        provider=_provider(item),
        service=Known(row.type.partition("/")[0], source),
        service_id=unread,
        sites=_sites(item),
        key=_key(item),
        public=public,
        shared_with=shared,
        size_bytes=_size(item),
        created_at=_created(item),
        tags=_tags(item),
        entity=unread,
        holds_health=Known(True, source) if row.health else unread,
        checked_on=Known(source.read_at.date(), source),
    )


def _role(item: Item) -> PlaceKind:
    if item.failure is not None and " if " in item.row.role:
        return PlaceKind(item.row.role.rsplit(" else ", 1)[-1])
    return PlaceKind(choose(item.row.role, item.document))


def _provider(item: Item) -> Observed[str]:
    if item.row.provider == "-":
        return Unread(
            Reason.NOT_TOLD,
            item.source,
            "the data are not with the operator of this cloud; its record does not tell where",
        )
    return Known(item.cloud.provider, item.source)


def _sites(item: Item) -> Observed[tuple[Site, ...]]:
    """The regions of the resource; in an edge zone or at a custom location, that is named, since it may be anywhere."""
    row, source = item.row, item.source
    if row.place == "-":
        return Unread(Reason.NOT_TOLD, source, "the location of the record is not where the data are")
    failure = item.hidden(row.place)
    if failure is not None and "location" not in names_used(row.place):
        return Unread(failure.reason, source, failure.detail)
    codes = list(dict.fromkeys(region_code(word) for word in expand(row.place, item.document)))
    edge = item.document.get("extendedLocation")
    zone = text_of(edge.get("name")) if isinstance(edge, Mapping) else ""
    if not codes:
        return Unread(Reason.NOT_TOLD, source, "the answer names no location")
    return Known(tuple(Site(code, zone) for code in codes), source)


def _key(item: Item) -> Observed[Key]:
    row, source = item.row, item.source
    if row.key:
        failure = item.hidden(row.key)
        if failure is not None:
            return Unread(failure.reason, source, failure.detail)
        if "_parent" in names_used(row.key) and "properties" not in item.document["_parent"]:
            return Unread(Reason.NOT_TOLD, source, "the resource that names the key could not be read")
        reference = item.ask(row.key)
        if reference:
            return keys.custody(reference, item.around, source)
    if row.encrypted == "always":
        return Known(Key(Custody.PROVIDER), source)
    return Unread(Reason.NOT_TOLD, source, "no answer of this kind tells the key")


def _reach(item: Item) -> tuple[Observed[bool], Observed[tuple[str, ...]]]:
    """Whether anyone can read the store without signing in, and which other tenants and subscriptions can.

    That an endpoint answers on the internet (``network``) opens nothing by itself: it is told as a detail.
    """
    source, detail = item.source, ""
    public: bool | None = None
    unsure = False
    others: Observed[tuple[str, ...]] | None = None
    for how, expression in item.row.sharing:
        failure = item.hidden(expression)
        if failure is not None:
            unread = Unread(failure.reason, source, failure.detail)
            return unread, unread
        value = item.ask(expression)
        if how == "network":
            detail = "reachable from the internet" if value else "not reachable from the internet"
        elif how == "accounts":
            own = {item.arm_id.subscription, item.document.get("tenantId")}
            others = Known(tuple(sorted({each for each in value or () if isinstance(each, str)} - own)), source)
        elif how == "unsure":
            unsure = unsure or bool(value)
        elif value:
            public = how == "public"
    shared = others if others is not None else Unread(Reason.NOT_ASKED, source, detail)
    if public is None or (unsure and not public):
        why = "anonymous access is allowed here; what lies below tells whether it is used" if unsure else detail
        return Unread(Reason.NOT_TOLD if unsure else Reason.NOT_ASKED, source, why), shared
    return Known(public, source), shared


def _size(item: Item) -> Observed[int]:
    row = item.row
    if not row.size:
        return Unread(Reason.NOT_ASKED, item.source)
    failure = item.hidden(row.size)
    if failure is not None:
        return Unread(failure.reason, item.source, failure.detail)
    value = item.ask(row.size)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value) or value < 0:
        return Unread(Reason.NOT_TOLD, item.source)
    return Known(int(value * row.size_unit), item.source)


def _created(item: Item) -> Observed[datetime]:
    told = item.ask(item.row.created) if item.row.created else None
    moment = _instant(told or item.ask(_CREATED))
    return Unread(Reason.NOT_TOLD, item.source) if moment is None else Known(moment, item.source)


def _instant(value: Any) -> datetime | None:
    """The UTC instant of an ISO 8601 text; Azure writes seven decimals and leaves the zone out at times."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _tags(item: Item) -> Observed[tuple[tuple[str, str], ...]]:
    tags = item.document.get("tags") or {}
    return Known(tuple(sorted((str(key), str(text or "")) for key, text in tags.items())), item.source)
