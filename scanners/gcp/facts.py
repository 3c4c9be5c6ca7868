"""What an item tells besides its place: key, reach, size, creation, labels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from model.observed import Known, Observed, Reason, Unread
from model.places import Gap, Key
from scanners.gcp import keys, sharing
from scanners.gcp.clients import POLICIES
from scanners.gcp.errors import Failure
from scanners.gcp.gaps import gap
from scanners.gcp.items import Item, account_of, gap_of, texts


def key_of(item: Item, kind: str, name: str, gaps: list[Gap]) -> Observed[Key]:
    """The key that protects the item; one that cannot be read is added to ``gaps``."""
    row, record = item.row, item.record
    words = list(record.keys)
    source = record.source
    if row.key:
        source, failure = item.origin(row.key)
        if failure is None:
            words = texts(item.ask(row.key)) or words or [keys.PROVIDER]
        elif not words:
            return Unread(failure.reason, source, failure.detail)
    if not words:
        return Unread(Reason.NOT_TOLD, source, "the inventory does not tell the key of this kind")
    context = item.context
    key, failed = keys.custody(context.estate, words, source, context.projects, context.deadline)
    if failed is not None:
        operation, failure = failed
        gaps.append(gap_of(item, f"key of {kind} {name}", operation, failure))
    return key


def reach_of(item: Item, gaps: list[Gap]) -> tuple[Observed[bool], Observed[tuple[str, ...]]]:
    """Whether anyone can read the item, and who else can; policies that cannot be read are added to ``gaps``."""
    context, source = item.context, item.record.source
    answer = sharing.opened(context.estate, context.deadline)
    public: Observed[bool]
    if isinstance(answer, Failure):
        what = f"what is open to everyone in {context.estate.scope}"
        gaps.append(gap(context.job.target, what, POLICIES, answer))
        public = Unread(answer.reason, source, answer.detail)
        named: Observed[tuple[str, ...]] = public
    else:
        public = Known(*sharing.is_public(item.name, answer))
        named = _named(item, gaps)
    clauses: list[tuple[str, Any]] = []
    for how, expression in item.row.sharing:
        source, failure = item.origin(expression)
        if failure is not None:
            unread = Unread(failure.reason, source, failure.detail)
            return (public if isinstance(public, Known) and public.value else unread), unread
        clauses.append((how, item.ask(expression)))
    public, others = sharing.reach(tuple(clauses), public, named, source)
    return public, Known(_outside(item, others.value), others.source) if isinstance(others, Known) else others


def _named(item: Item, gaps: list[Gap]) -> Observed[tuple[str, ...]]:
    """Whom policies of the item name; that they name nobody does not prove that nobody has a role further up."""
    context = item.context
    answer = sharing.shared(context.estate, context.deadline)
    if isinstance(answer, Failure):
        what = f"whom policies name in {context.estate.scope}"
        gaps.append(gap(context.job.target, what, POLICIES, answer))
        return Unread(answer.reason, item.record.source, answer.detail)
    members, source = sharing.named_for(item.name, answer)
    others = _outside(item, members)
    if not others:
        return Unread(Reason.NOT_ASKED, source, "roles on projects, folders and the organisation are not considered")
    return Known(others, source)


def _outside(item: Item, names: Iterable[str]) -> tuple[str, ...]:
    """``names`` with projects by their ids, and without the project of the item itself."""
    projects = item.context.projects
    return tuple(sorted({projects.get(each, each) for each in names} - {account_of(item)}))


def size_of(item: Item) -> Observed[int]:
    """The size in bytes, as the settings state it."""
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


def created_of(item: Item) -> Observed[datetime]:
    """When the item was made, by its settings, else by the search."""
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


def tags_of(item: Item) -> Observed[tuple[tuple[str, str], ...]]:
    """The labels, by the settings, else by the search."""
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
