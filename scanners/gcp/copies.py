"""Where the data of an item also are, and the stores at the other ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Copy, PlaceKind, Site, Store
from scanners._table import CopyClause, expand, names_used
from scanners.gcp.items import Found, Item, provider_of, texts
from scanners.gcp.names import full_name, host_of, kind_of, place_in, project_of, short
from scanners.gcp.places import placed
from scanners.gcp.sites import sites_of


def add_copies(item: Item, store_id: str, found: Found) -> None:
    """Adds the copies of ``store_id`` that the item tells of, and the stores at their other ends."""
    for clause in item.row.copies:
        expressions, names = _needs(clause)
        if names.isdisjoint(item.document):
            continue
        origins = [item.origin(part) for part in expressions]
        if any(failure is not None for _, failure in origins):
            continue
        if clause.condition and not item.ask(clause.condition):
            continue
        source = origins[0][0] if origins else item.record.source
        for end in references(item, clause.end):
            if end == store_id:
                continue
            of, at = (store_id, end) if clause.outward else (end, store_id)
            found.copies.append(Copy(of, at, clause.kind, Known(True, source)))
            if clause.living:
                found.stores.append(_unseen(item, clause, end, source))


@lru_cache(maxsize=4096)
def _needs(clause: CopyClause) -> tuple[tuple[str, ...], frozenset[str]]:
    """The expressions of a clause, and the names of which an item must have one to have such a copy."""
    expressions = tuple(clause.expressions())
    return expressions, frozenset(name for each in expressions for name in names_used(each)) - {"_owner"}


def references(item: Item, template: str) -> Iterator[str]:
    """The full names of what a template refers to, each once."""
    for text in dict.fromkeys(expand(template, item.document)):
        name = full_name(text, host_of(item.name), item.context.projects)
        if name:
            yield name


def _unseen(item: Item, clause: CopyClause, end: str, source: Source) -> Store:
    """The store at the other end of a copy, as far as its name and the item tell; one that is listed wins over it."""
    unread = Unread(Reason.NOT_ASKED, source, "known only as the end of a copy")
    google = end.startswith("//")
    own = provider_of(item.context.estate, source) if google else unread
    sites = _end_sites(item, clause, end, source) or unread
    project = project_of(end)
    return Store(
        id=end,
        kind=kind_of(end),
        name=short(end),
        scanner="gcp",
        target=item.context.job.target.name,
        account=item.context.projects.get(project, project),
        role=clause.kind if clause.outward else PlaceKind.PRIMARY,
        seen=False,
        provider=Known("aws", source) if end.startswith("arn:") else own,
        service=Known(kind_of(end).partition("/")[0], source) if google else unread,
        service_id=unread,
        sites=sites,
        key=unread,
        public=unread,
        shared_with=unread,
        size_bytes=unread,
        created_at=unread,
        tags=unread,
        entity=unread,
        holds_health=unread,
        checked_on=Known(source.read_at.date(), source) if isinstance(sites, Known) else unread,
    )


def _end_sites(item: Item, clause: CopyClause, end: str, source: Source) -> Observed[tuple[Site, ...]] | None:
    if clause.place:
        words = texts(item.ask(clause.place))
        return placed(item, words, source) if words else None
    word = place_in(end) if end.startswith("//") else ""
    return Known(sites_of((word,), host_of(end), word), source) if word else None
