"""Where else the data of a resource are: in other resources, and in regions that the service itself copies to."""

from __future__ import annotations

from dataclasses import replace

from model.observed import Known, Reason, Unread
from model.places import Copy, PlaceKind, Site, Store
from scanners._table import CopyClause, expand
from scanners.azure import ids
from scanners.azure.documents import Found, Item
from scanners.azure.regions import region_code


def add_copies(item: Item, store_id: str, store: Store | None, found: Found, number: int | None = None) -> None:
    """Adds the copies that the row of ``item`` tells of, and the stores at their ends.

    ``store_id`` is what they are copies of; ``store`` is that store, when the resource itself is it.  With a
    ``number``, an item that pairs several resources with as many ends is asked for that pair alone.
    """
    for clause in item.row.copies:
        if any(item.hidden(expression) for expression in clause.expressions()):
            continue
        if clause.condition and not item.ask(clause.condition):
            continue
        if clause.end:
            _to_resources(item, store_id, clause, found, number)
        else:
            _to_regions(item, store_id, store, clause, found)


def _to_resources(item: Item, store_id: str, clause: CopyClause, found: Found, number: int | None) -> None:
    """Copies in other resources.  A service may name one by its bare name, in whatever tenant it is."""
    ends = [ids.canonical(end) for end in expand(clause.end, item.document)]
    places = [region_code(word) for word in expand(clause.place, item.document)] if clause.place else []
    for index, end in enumerate(ends):
        if number not in (None, index):
            continue
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
        region = region_code(word)
        if region in own:
            continue
        end = f"{store_id}#{clause.kind.value}-{region}"
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
        # What is named by its host may be anybody's.
        provider=unread if named is None and "." in end else Known(item.cloud.provider, source),
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
