"""Where an item is, by its settings, else as the inventory states it, else by its name."""

from __future__ import annotations

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Site
from scanners._table import evaluate
from scanners.gcp.items import Item, texts
from scanners.gcp.names import place_in, short
from scanners.gcp.rows import row_of
from scanners.gcp.sites import ELSEWHERE, NEAREST, sites_of


def sites_of_item(item: Item) -> Observed[tuple[Site, ...]]:
    """Every place of the item, or why they are not known."""
    record, row = item.record, item.row
    candidates: list[tuple[list[str], Source]] = []
    if row.zone:
        source, failure = item.origin(row.zone)
        if failure is None:
            candidates.append((texts(item.ask(row.zone)), source))
    candidates.append(([record.location] if record.location else [], record.source))
    candidates.append(([place_in(record.name)] if place_in(record.name) else [], record.source))
    for words, source in candidates:
        if words:
            return placed(item, words, source)
    return Unread(Reason.NOT_TOLD, record.source, "the inventory tells no location of this resource")


def placed(item: Item, words: list[str], source: Source) -> Observed[tuple[Site, ...]]:
    """The sites that ``words`` name, seen from the item."""
    if item.row.client == "spanner.googleapis.com":
        words = [region for word in words for region in _of_configuration(item, word)]
    own = place_in(item.name) or _own_region(item)
    sites = sites_of(words, item.row.client, own)
    if not sites:
        return Unread(Reason.NOT_TOLD, source, _why_not(words, own))
    return Known(sites, source)


def _why_not(words: list[str], own: str) -> str:
    if NEAREST in words:
        return f"Google chooses the multi-region nearest to {own or 'the resource'}, which is not told"
    return "outside Google, where is not told" if ELSEWHERE in words else "the word for the place is no code"


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
    regions = texts(evaluate(row_of(record.type).zone, record.content))
    return regions or [word]
