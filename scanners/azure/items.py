"""One resource, as Resource Graph or Resource Manager gives it, becomes one store with its copies and gaps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Copy, Custody, Gap, Key, PlaceKind, Site, Store, Target
from scanners._table import CopyClause, Document, choose, evaluate, expand, names_used
from scanners.azure import ids, keys
from scanners.azure.clouds import Cloud
from scanners.azure.errors import BrokenAnswerError, Failure, broken
from scanners.azure.gaps import gap
from scanners.azure.keys import Surroundings
from scanners.azure.regions import pair_of, processing_place, region_code, regions
from scanners.azure.rows import Row

_CREATED = "systemData.createdAt || createdTime"
_UNTOLD = Failure(Reason.UNSUPPORTED, "NotTold", 0, "the answer does not tell whether Azure keeps a copy elsewhere")


@dataclass(slots=True)
class Found:
    """What reading some resources gave."""

    stores: list[Store] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Item:
    """One resource: its row, its document, and where that comes from.

    ``failure`` is why its properties could not be read, when only the general list of resources told of it;
    ``reported`` tells that a gap of a whole list says so already.
    """

    row: Row
    target: Target
    cloud: Cloud
    arm_id: ids.ArmId
    document: Document
    source: Source
    around: Surroundings
    failure: Failure | None = None
    reported: bool = False

    def ask(self, expression: str) -> Any:
        """The value of an expression over this resource."""
        return evaluate(expression, self.document)

    def hidden(self, expression: str) -> Failure | None:
        """Why the value of an expression is not known, when it reads the properties."""
        return self.failure if self.failure is not None and "properties" in names_used(expression) else None

    @property
    def id(self) -> str:
        """The identifier of the resource."""
        return str(self.arm_id)


def item_of(
    row: Row,
    raw: Any,
    target: Target,
    cloud: Cloud,
    source: Source,
    around: Surroundings,
    parent: Mapping[str, Any] | None = None,
    failure: Failure | None = None,
) -> Item:
    """The resource ``raw`` of a list.  Raises BrokenAnswerError for what is none, or is of another kind."""
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise BrokenAnswerError("an item of the list has no identifier")
    arm_id = ids.parse(raw["id"])
    if arm_id is None:
        raise BrokenAnswerError("the identifier of an item could not be read")
    for name, kind in (("location", str), ("name", str), ("properties", dict), ("tags", dict), ("sku", dict)):
        if raw.get(name) is not None and not isinstance(raw[name], kind):
            raise BrokenAnswerError(f"the {name} of an item could not be read")
    if failure is None and raw.get("properties") is None and row.graph:
        failure = broken("the answer lacks the properties")
    above = dict(parent) if parent is not None else around.parent_of(str(arm_id))
    code = region_code(_text(raw.get("location")) or _text(above.get("location")))
    document = {
        **raw,
        "_region": code or None,
        "_pair": pair_of(code) if code else None,
        "_own_pair": pair_of(code) if code and not _alone(code) else None,
        "_own_parent": arm_id.parent or None,
        "_parent": {**above, "_pair": pair_of(region_code(_text(above.get("location"))))} if above else {},
        "_processing": processing_place(_text((raw.get("sku") or {}).get("name")), code),
    }
    return Item(row, target, cloud, arm_id, document, source, around, failure)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _alone(code: str) -> bool:
    region = regions().get(code)
    return region is not None and region.paired == "-"


def read_item(item: Item, found: Found) -> None:
    """Adds to ``found`` the store that the resource is, its copies and its gaps.

    Raises ValueError when its answer holds something of another type than the row expects.
    """
    row = item.row
    if row.keep and not item.ask(row.keep):
        return
    untold = bool(row.tells) and item.hidden(row.tells) is None and not item.ask(row.tells)
    if not row.role:
        origin = item.arm_id.parent
        if untold:
            found.gaps.append(_gap(item, f"copies of {origin}", _UNTOLD, origin))
        _add_copies(item, origin, None, found)
        return
    store = _store(item)
    found.stores.append(store)
    if untold:
        found.gaps.append(_gap(item, f"copies of {row.type} {store.name}", _UNTOLD, store.id))
    if item.failure is not None and not item.reported:
        found.gaps.append(_gap(item, f"properties of {row.type} {store.name}", item.failure, store.id))
    _add_copies(item, store.id, store, found)


def _gap(item: Item, what: str, failure: Failure, store: str) -> Gap:
    return gap(item.target, item.arm_id.subscription, what, item.row.operation, failure, store=store)


def _store(item: Item) -> Store:
    row, source = item.row, item.source
    unread = Unread(Reason.NOT_TOLD, source)
    public, shared = _reach(item)
    return Store(
        id=item.id,
        kind=row.type,
        name=_text(item.document.get("name")) or item.arm_id.name,
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
    zone = _text(edge.get("name")) if isinstance(edge, Mapping) else ""
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
            others = Known(tuple(sorted({each for each in value or () if isinstance(each, str)})), source)
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


def _add_copies(item: Item, store_id: str, store: Store | None, found: Found) -> None:
    for clause in item.row.copies:
        if any(item.hidden(expression) for expression in clause.expressions()):
            continue
        if clause.condition and not item.ask(clause.condition):
            continue
        if clause.end:
            _to_resources(item, store_id, clause, found)
        else:
            _to_regions(item, store_id, store, clause, found)


def _to_resources(item: Item, store_id: str, clause: CopyClause, found: Found) -> None:
    """Copies in other resources.  A service may name one by its bare name, in whatever tenant it is."""
    ends = [ids.canonical(end) for end in expand(clause.end, item.document)]
    places = [region_code(word) for word in expand(clause.place, item.document)] if clause.place else []
    for index, end in enumerate(ends):
        if end.lower() in (store_id.lower(), store_id.rsplit("/", 1)[-1].lower()):
            continue
        of, at = (store_id, end) if clause.outward else (end, store_id)
        found.copies.append(Copy(of, at, clause.kind, Known(True, item.source)))
        region = places[index] if len(places) == len(ends) else ""
        if clause.living:
            role = clause.kind if clause.outward else PlaceKind.PRIMARY
            found.stores.append(_unseen(item, end, role, region))


def _to_regions(item: Item, store_id: str, store: Store | None, clause: CopyClause, found: Found) -> None:
    """Copies that the service itself keeps in other regions, under no name of their own.

    They are part of the resource: key, reach and tags are its own.
    """
    own = {site.region for site in store.sites.value} if store and isinstance(store.sites, Known) else set()
    for word in dict.fromkeys(expand(clause.place, item.document)):
        region = region_code(word) if not word.startswith("pair of ") else word
        if region in own:
            continue
        end = f"{store_id}#{clause.kind.value}-{region.replace(' ', '-')}"
        found.copies.append(Copy(store_id, end, clause.kind, Known(True, item.source)))
        found.stores.append(
            _part(item, store, end, clause.kind, region) if store else _unseen(item, end, clause.kind, region)
        )


def _part(item: Item, store: Store, end: str, role: PlaceKind, region: str) -> Store:
    return replace(store, id=end, role=role, sites=Known((Site(region),), item.source))


def _unseen(item: Item, end: str, role: PlaceKind, region: str) -> Store:
    """A store of which only the identifier is known, and its region when the answer tells it."""
    source = item.source
    unread = Unread(Reason.NOT_ASKED, source, "known only as the end of a copy")
    named = ids.parse(end.partition("#")[0])
    return Store(
        id=end,
        kind=named.type if named else item.row.type,
        name=named.name if named else end,
        scanner="azure",
        target=item.target.name,
        account=named.subscription if named else "",
        role=role,
        seen=False,
        provider=Known(item.cloud.provider, source),
        service=Known((named.type if named else item.row.type).partition("/")[0], source),
        service_id=unread,
        sites=Known((Site(region),), source) if region else unread,
        key=unread,
        public=unread,
        shared_with=unread,
        size_bytes=unread,
        created_at=unread,
        tags=unread,
        entity=unread,
        holds_health=unread,
        checked_on=Known(source.read_at.date(), source) if region else unread,
    )
