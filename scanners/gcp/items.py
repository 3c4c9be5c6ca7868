"""From a record to observations: one resource becomes one store with its copies and gaps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Copy, Gap, Key, PlaceKind, Site, Store
from scanners._jobs import Deadline, Job
from scanners._table import CopyClause, Document, Row, choose, evaluate, expand, names_used
from scanners.gcp import keys, sharing
from scanners.gcp.clients import LIST, POLICIES, UNIVERSE, Estate
from scanners.gcp.content import Record
from scanners.gcp.errors import BrokenAnswerError, Failure
from scanners.gcp.gaps import gap
from scanners.gcp.inventory import Reading
from scanners.gcp.names import full_name, host_of, kind_of, parent_of, place_in, project_of, short
from scanners.gcp.rows import row_of
from scanners.gcp.sites import NEAREST, sites_of

# Whose cloud answers in a universe: the word is that of the catalog.
PROVIDERS = {UNIVERSE: "google-cloud", "s3nsapis.fr": "s3ns"}


@dataclass(slots=True)
class Found:
    """What reading some records gave.  ``dropped`` are names of resources that are no store after all."""

    stores: list[Store] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Context:
    """What the records of one list have in common."""

    job: Job
    estate: Estate
    projects: dict[str, str]
    reading: Reading
    parts: dict[str, list[Record]]
    deadline: Deadline


@dataclass(slots=True)
class Item:
    """A record with the document that the expressions of its row are evaluated over."""

    context: Context
    row: Row
    record: Record
    document: Document
    missing: Failure | None

    @property
    def name(self) -> str:
        """The full resource name."""
        return self.record.name

    @property
    def untold(self) -> bool:
        """True when both sources hold the resource and neither its settings: no other gap says so."""
        return self.missing is _UNTOLD and self.record.listed is not None

    def origin(self, expression: str) -> tuple[Source, Failure | None]:
        """The source of what ``expression`` reads, and the failure when nobody gave the settings it needs."""
        settings, parent = _reads(expression)
        if parent and self.document["_parent"] is None:
            return self.record.source, self.missing or _UNTOLD
        if settings:
            return self.record.told or self.record.source, self.missing
        return self.record.source, None

    def ask(self, expression: str) -> Any:
        """The value of an expression over this item."""
        return evaluate(expression, self.document)


@lru_cache(maxsize=4096)
def _reads(expression: str) -> tuple[bool, bool]:
    """Whether an expression reads settings of the resource itself, and of what contains it."""
    used = names_used(expression)
    return any(not name.startswith("_") for name in used), "_parent" in used


@lru_cache(maxsize=4096)
def _needs(clause: CopyClause) -> tuple[tuple[str, ...], frozenset[str]]:
    """The expressions of a clause, and the names of which an item must have one to have such a copy."""
    expressions = tuple(clause.expressions())
    return expressions, frozenset(name for each in expressions for name in names_used(each)) - {"_owner"}


_UNTOLD = Failure(Reason.UNSUPPORTED, "NoContent", "no source of the inventory holds the settings of this resource")


def read_record(context: Context, record: Record, found: Found) -> None:
    """Adds to ``found`` the store that the record is, its copies and its gaps.

    Raises BrokenAnswerError or ValueError when the record cannot be read.
    """
    row = row_of(record.type)
    if not record.name.startswith("//") or len(record.name) > 4096 or "/" not in record.name[2:]:
        raise BrokenAnswerError("an item of the list has no full resource name")
    for content in (record.content, *record.others):
        item = Item(context, row, record, _document(context, record, content), _missing(context, record))
        if not row.kind:
            _add_relation(item, found)
            continue
        if row.keep and item.origin(row.keep)[1] is None and not item.ask(row.keep):
            found.dropped.add(record.name)
            continue
        _add_store(item, found)


def _add_relation(item: Item, found: Found) -> None:
    """The copies that a resource tells of that holds nothing itself: a sink, a subscription, a replication."""
    row = item.row
    if item.untold and row.copies:
        found.gaps.append(_gap(item, f"copies made by {item.record.type} {short(item.name)}", LIST, _UNTOLD))
    elif row.copies and item.missing is None:
        for of in _references(item, row.id):
            _add_copies(item, of, found)


def _document(context: Context, record: Record, content: dict[str, Any] | None) -> Document:
    parent = context.reading.records.get(parent_of(record.name))
    parts = context.parts.get(record.name, ())
    return {
        **(content or {}),
        "_name": record.name,
        "_owner": project_of(record.name),
        "_location": record.location,
        "_parent": parent.content if parent is not None else None,
        "_parts": [{**(part.content or {}), "_name": part.name} for part in parts],
    }


def _missing(context: Context, record: Record) -> Failure | None:
    if record.content is not None:
        return None
    return context.reading.failures.get(LIST, _UNTOLD)


def _gap(item: Item, what: str, operation: str, failure: Failure) -> Gap:
    return gap(item.context.job.target, what, operation, failure, account=account_of(item), store=_id_of_gap(item))


def _id_of_gap(item: Item) -> str:
    return item.name if item.row.kind else ""


def account_of(item: Item) -> str:
    """The project that owns the resource: its id where that is known, else its number, else empty."""
    named = item.document["_owner"] or item.record.project
    if not named and item.context.estate.scope.startswith("projects/"):
        named = item.context.estate.scope.removeprefix("projects/")
    return item.context.projects.get(named, named)


def _add_store(item: Item, found: Found) -> None:
    row, record = item.row, item.record
    kind, name = choose(row.kind, item.document), _name_of(item)
    if item.untold:
        found.gaps.append(_gap(item, f"settings of {kind} {name}", LIST, _UNTOLD))
    key = _key(item, kind, name, found)
    public, shared = _reach(item, found)
    source = record.source
    found.stores.append(
        Store(
            id=record.name,
            kind=kind,
            name=name,
            scanner="gcp",
            target=item.context.job.target.name,
            account=account_of(item),
            role=_role(item),
            seen=True,
            provider=provider_of(item.context.estate, source),
            service=Known(row.client, source),
            service_id=Unread(Reason.NOT_TOLD, source),
            sites=_sites(item),
            key=key,
            public=public,
            shared_with=shared,
            size_bytes=_size(item),
            created_at=_created(item),
            tags=_tags(item),
            entity=Unread(Reason.NOT_TOLD, source),
            holds_health=Known(True, source) if row.health else Unread(Reason.NOT_TOLD, source),
            checked_on=Known(source.read_at.date(), source),
        )
    )
    _add_copies(item, record.name, found)


def _name_of(item: Item) -> str:
    column = item.row.name
    if column and item.origin(column)[1] is None and isinstance(told := item.ask(column), str) and told:
        return told
    return short(item.name)


def _role(item: Item) -> PlaceKind:
    # Without its settings a choice falls to its last word, the original.
    return PlaceKind(choose(item.row.role, item.document))


def provider_of(estate: Estate, source: Source) -> Observed[str]:
    """The operator of the cloud that answers, as the catalog calls it."""
    if estate.universe in PROVIDERS:
        return Known(PROVIDERS[estate.universe], source)
    return Unread(Reason.NOT_TOLD, source, f"the operator of the universe {estate.universe} is not known")


def _sites(item: Item) -> Observed[tuple[Site, ...]]:
    record, row = item.record, item.row
    candidates: list[tuple[list[str], Source]] = []
    if row.zone:
        source, failure = item.origin(row.zone)
        if failure is None:
            candidates.append((_texts(item.ask(row.zone)), source))
    candidates.append(([record.location] if record.location else [], record.source))
    candidates.append(([place_in(record.name)] if place_in(record.name) else [], record.source))
    for words, source in candidates:
        if words:
            return _placed(item, words, source)
    return Unread(Reason.NOT_TOLD, record.source, "the inventory tells no location of this resource")


def _placed(item: Item, words: list[str], source: Source) -> Observed[tuple[Site, ...]]:
    if item.row.client == "spanner.googleapis.com":
        words = [region for word in words for region in _of_configuration(item, word)]
    own = place_in(item.name) or _own_region(item)
    sites = sites_of(words, item.row.client, own)
    if not sites:
        nearest = (
            f"Google chooses the multi-region nearest to {own or 'the resource'}: which one that is cannot be told"
        )
        return Unread(Reason.NOT_TOLD, source, nearest if NEAREST in words else "outside Google, where is not told")
    return Known(sites, source)


def _own_region(item: Item) -> str:
    for each in ("region", "location"):
        value = item.document.get(each)
        if isinstance(value, str) and value:
            return short(value)
    return item.record.location


def _of_configuration(item: Item, word: str) -> list[str]:
    """The regions of a Spanner configuration where the inventory holds it, else the word itself."""
    name = f"//spanner.googleapis.com/{word}"
    record = item.context.reading.records.get(name)
    if record is None or record.content is None:
        return [word]
    regions = _texts(evaluate(row_of(record.type).zone, record.content))
    return regions or [word]


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) and value else []


def _key(item: Item, kind: str, name: str, found: Found) -> Observed[Key]:
    row, record = item.row, item.record
    words = list(record.keys)
    source = record.source
    if row.key:
        source, failure = item.origin(row.key)
        if failure is None:
            words = _texts(item.ask(row.key)) or words or [keys.PROVIDER]
        elif not words:
            return Unread(failure.reason, source, failure.detail)
    if not words:
        return Unread(Reason.NOT_TOLD, source, "the inventory does not tell the key of this kind")
    context = item.context
    key, failed = keys.custody(context.estate, words, source, context.projects, context.deadline)
    if failed is not None:
        operation, failure = failed
        found.gaps.append(_gap(item, f"key of {kind} {name}", operation, failure))
    return key


def _reach(item: Item, found: Found) -> tuple[Observed[bool], Observed[tuple[str, ...]]]:
    context, source = item.context, item.record.source
    answer = sharing.opened(context.estate, context.deadline)
    public: Observed[bool]
    if isinstance(answer, Failure):
        what = f"what is open to everyone in {context.estate.scope}"
        found.gaps.append(gap(context.job.target, what, POLICIES, answer))
        public = Unread(answer.reason, source, answer.detail)
    else:
        public = Known(*sharing.is_public(item.name, answer))
    clauses: list[tuple[str, Any]] = []
    for how, expression in item.row.sharing:
        source, failure = item.origin(expression)
        if failure is not None:
            unread = Unread(failure.reason, source, failure.detail)
            return (public if isinstance(public, Known) and public.value else unread), unread
        clauses.append((how, item.ask(expression)))
    return sharing.reach(tuple(clauses), public, source, account_of(item))


def _size(item: Item) -> Observed[int]:
    row = item.row
    if not row.size:
        return Unread(Reason.NOT_ASKED, item.record.source)
    source, failure = item.origin(row.size)
    if failure is not None:
        return Unread(failure.reason, source, failure.detail)
    value = item.ask(row.size)
    numbers = [_number(each) for each in (value if isinstance(value, list) else [value])]
    if not numbers or any(number is None or number < 0 for number in numbers):
        return Unread(Reason.NOT_TOLD, source)
    return Known(int(sum(filter(None, numbers)) * row.size_unit), source)


def _number(value: Any) -> float | None:
    """A number, or the text of one: 64-bit integers travel as texts in JSON."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    return None


def _created(item: Item) -> Observed[datetime]:
    column, record = item.row.created or "createTime", item.record
    source, failure = item.origin(column)
    moment = instant(item.ask(column)) if failure is None else None
    if moment is not None:
        return Known(moment, source)
    moment = instant(record.created)
    return Unread(Reason.NOT_TOLD, record.source) if moment is None else Known(moment, record.source)


def instant(value: Any) -> datetime | None:
    """The UTC instant of an RFC 3339 text or of milliseconds since 1970 written as a text; else ``None``."""
    number = _number(value)
    try:
        if number is not None:
            return datetime.fromtimestamp(number / 1000, UTC)
        if isinstance(value, str) and value:
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _tags(item: Item) -> Observed[tuple[tuple[str, str], ...]]:
    column, record = item.row.tags or "labels", item.record
    source, failure = item.origin(column)
    labels = item.ask(column) if failure is None else None
    if isinstance(labels, dict) and labels:
        return Known(tuple(sorted((str(key), str(text)) for key, text in labels.items())), source)
    if record.labels is not None:
        return Known(tuple(sorted(record.labels.items())), record.searched or record.source)
    if failure is not None:
        return Unread(failure.reason, source, failure.detail)
    return Known((), source)


def _references(item: Item, template: str) -> Iterator[str]:
    for text in dict.fromkeys(expand(template, item.document)):
        name = full_name(text, host_of(item.name), item.context.projects)
        if name:
            yield name


def _add_copies(item: Item, store_id: str, found: Found) -> None:
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
        for end in _references(item, clause.end):
            if end == store_id:
                continue
            of, at = (store_id, end) if clause.outward else (end, store_id)
            found.copies.append(Copy(of, at, clause.kind, Known(True, source)))
            if clause.living:
                found.stores.append(_unseen(item, clause, end, source))


def _unseen(item: Item, clause: CopyClause, end: str, source: Source) -> Store:
    """The store at the other end of a copy, as far as its name and the item tell; one that is listed wins over it."""
    unread = Unread(Reason.NOT_ASKED, source, "known only as the end of a copy")
    google = end.startswith("//")
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
        provider=provider_of(item.context.estate, source) if google else unread,
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
        words = _texts(item.ask(clause.place))
        return _placed(item, words, source) if words else None
    word = place_in(end) if end.startswith("//") else ""
    return Known(sites_of((word,), host_of(end), word), source) if word else None
