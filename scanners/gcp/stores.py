"""From a record to observations: one resource becomes one store with its copies and gaps."""

from __future__ import annotations

from model.observed import Known, Reason, Unread
from model.places import PlaceKind, Store
from scanners._table import choose
from scanners.gcp.clients import LIST
from scanners.gcp.content import Record
from scanners.gcp.copies import add_copies, references
from scanners.gcp.errors import BrokenAnswerError
from scanners.gcp.facts import created_of, key_of, reach_of, size_of, tags_of
from scanners.gcp.items import UNTOLD, Context, Found, Item, account_of, gap_of, item_of, provider_of
from scanners.gcp.names import short
from scanners.gcp.places import sites_of_item
from scanners.gcp.rows import row_of


def read_record(context: Context, record: Record, found: Found) -> None:
    """Adds to ``found`` the store that the record is, its copies and its gaps.

    Raises BrokenAnswerError or ValueError when the record cannot be read.
    """
    row = row_of(record.type)
    if not record.name.startswith("//") or len(record.name) > 4096 or "/" not in record.name[2:]:
        raise BrokenAnswerError("an item of the list has no full resource name")
    for content in (record.content, *record.others):
        item = item_of(context, record, content)
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
        found.gaps.append(gap_of(item, f"copies made by {item.record.type} {short(item.name)}", LIST, UNTOLD))
    elif row.copies and item.missing is None:
        for of in references(item, row.id):
            add_copies(item, of, found)


def _add_store(item: Item, found: Found) -> None:
    row, record = item.row, item.record
    kind, name = choose(row.kind, item.document), _name_of(item)
    if item.untold:
        found.gaps.append(gap_of(item, f"settings of {kind} {name}", LIST, UNTOLD))
    key = key_of(item, kind, name, found.gaps)
    public, shared = reach_of(item, found.gaps)
    source = record.source
    found.stores.append(
        Store(
            id=record.name,
            kind=kind,
            name=name,
            scanner="gcp",
            target=item.context.job.target.name,
            account=account_of(item),
            # Without its settings a choice falls to its last word, the original.
            role=PlaceKind(choose(row.role, item.document)),
            seen=True,
            provider=provider_of(item.context.estate, source),
            service=Known(row.client, source),
            service_id=Unread(Reason.NOT_TOLD, source),
            sites=sites_of_item(item),
            key=key,
            public=public,
            shared_with=shared,
            size_bytes=size_of(item),
            created_at=created_of(item),
            tags=tags_of(item),
            entity=Unread(Reason.NOT_TOLD, source),
            holds_health=Known(True, source) if row.health else Unread(Reason.NOT_TOLD, source),
            checked_on=Known(source.read_at.date(), source),
        )
    )
    add_copies(item, record.name, found)


def _name_of(item: Item) -> str:
    column = item.row.name
    if column and item.origin(column)[1] is None and isinstance(told := item.ask(column), str) and told:
        return told
    return short(item.name)
