"""What is different between two editions, and how the figures went from edition to edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """What became of a thing.  It is gone only when a listing that was read to its end names it no more."""

    NEW = "new"
    GONE = "gone"
    NOT_SEEN_AGAIN = "not_seen_again"
    MOVED = "moved"
    CHANGED = "changed"


class About(StrEnum):
    """What kind of thing a change is about, in the order in which changes are told."""

    DATASET = "dataset"
    RULE = "rule"
    DEROGATION = "derogation"
    QUALIFICATION = "qualification"
    GAP = "gap"
    STORE = "store"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.  ``before`` and ``after`` are JSON data: what differs, or the whole of a thing on one side only.

    ``subject`` is the id of the thing; of a copy ``of → at (kind)``, of an outcome ``dataset · rule``, of a
    qualification ``scheme · service``.  A value of ``None`` is not known.
    """

    kind: ChangeKind
    about: About
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes since the edition ``since``, counted by what they are about and by kind; the first of each kind."""

    since: str
    counts: Mapping[str, Mapping[str, int]]
    first: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """The figures of one edition.  ``complete`` tells that it has no gap."""

    edition: str
    started_at: datetime
    on: date
    complete: bool
    stores: int
    copies: int
    datasets: int
    gaps: int
    rate_min: float
    rate_max: float
    exit: int
    verdicts: Mapping[str, int] = field(default_factory=dict)
    dataset_verdicts: Mapping[str, int] = field(default_factory=dict)
