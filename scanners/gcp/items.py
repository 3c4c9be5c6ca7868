"""A record with the document that the expressions of its row are evaluated over."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Copy, Gap, Store
from scanners._jobs import Deadline, Job
from scanners._table import Document, Row, evaluate, names_used
from scanners.gcp.clients import LIST, UNIVERSE, Estate
from scanners.gcp.content import Record
from scanners.gcp.errors import Failure
from scanners.gcp.gaps import gap
from scanners.gcp.inventory import Reading
from scanners.gcp.names import parent_of, project_of
from scanners.gcp.rows import row_of

# Whose cloud answers in a universe: the word is that of the catalog.
PROVIDERS = {UNIVERSE: "google-cloud", "s3nsapis.fr": "s3ns"}
UNTOLD = Failure(Reason.UNSUPPORTED, "NoContent", "no source of the inventory holds the settings of this resource")


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
        return self.missing is UNTOLD and self.record.listed is not None

    def origin(self, expression: str) -> tuple[Source, Failure | None]:
        """The source of what ``expression`` reads, and the failure when nobody gave the settings it needs."""
        settings, parent = _reads(expression)
        if parent and self.document["_parent"] is None:
            return self.record.source, self.missing or UNTOLD
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


def item_of(context: Context, record: Record, content: dict[str, Any] | None) -> Item:
    """``record`` with the settings ``content``, beside what contains it and what it contains."""
    parent = context.reading.records.get(parent_of(record.name))
    document = {
        **(content or {}),
        "_name": record.name,
        "_owner": project_of(record.name),
        "_location": record.location,
        "_parent": parent.content if parent is not None else None,
        "_parts": [{**(part.content or {}), "_name": part.name} for part in context.parts.get(record.name, ())],
    }
    missing = context.reading.failures.get(LIST, UNTOLD) if record.content is None else None
    return Item(context, row_of(record.type), record, document, missing)


def account_of(item: Item) -> str:
    """The project that owns the resource: its id where that is known, else its number, else empty."""
    named = item.document["_owner"] or item.record.project
    if not named and item.context.estate.scope.startswith("projects/"):
        named = item.context.estate.scope.removeprefix("projects/")
    return item.context.projects.get(named, named)


def gap_of(item: Item, what: str, operation: str, failure: Failure) -> Gap:
    """The gap that a failed ``operation`` leaves in what is known of ``item``."""
    store = item.name if item.row.kind else ""
    return gap(item.context.job.target, what, operation, failure, account=account_of(item), store=store)


def provider_of(estate: Estate, source: Source) -> Observed[str]:
    """The operator of the cloud that answers, as the catalog calls it."""
    if estate.universe in PROVIDERS:
        return Known(PROVIDERS[estate.universe], source)
    return Unread(Reason.NOT_TOLD, source, f"the operator of the universe {estate.universe} is not known")


def texts(value: Any) -> list[str]:
    """The texts in a value, lists of lists made flat; nothing else."""
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) and value else []
