"""Whether a place holds health data, how identifying they are, and what says so: evidence, never a value.

The weight of a signal is the confidence that what it was seen on is health data about persons.  Inside a family the
strongest signal counts; families are independent witnesses, so that the score is one minus the product of their
doubts.  A low score says that nothing was found, never that there is nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import prod

from model.datasets import Identity

YES_FROM = 0.85
SUSPECTED_FROM = 0.5
REFERENCE = "reference"
"""The family of what recognises reference data (a nomenclature, a conformance resource): its weight is zero."""

_IDENTITIES = tuple(Identity)


class HealthStatus(StrEnum):
    """What the evidence amounts to."""

    YES = "yes"
    SUSPECTED = "suspected"
    NO_EVIDENCE = "no_evidence"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence.

    ``family`` is the kind of witness (name, tag, cloud_service, format, columns, identifier), ``id`` the signature,
    ``where`` what it was seen on, ``count`` on how many objects.  ``identity`` is how identifying such data are, when
    the signature tells; ``columns`` are the names of the columns that single people out, in the words of the
    signatures.  No part of it is a value that was read.
    """

    family: str
    id: str
    weight: float
    where: str
    count: int = 1
    identity: Identity | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """What one file or name amounts to.  ``unread`` tells why its contents showed nothing."""

    subject: str
    is_file: bool
    status: HealthStatus
    score: float
    identification: Identity | None
    signals: tuple[Signal, ...]
    unread: str = ""


def score(signals: Iterable[Signal]) -> float:
    """From 0 to 1, to four decimals: the strongest of each family, the families taken together."""
    strongest: dict[str, float] = {}
    for signal in signals:
        strongest[signal.family] = max(signal.weight, strongest.get(signal.family, 0.0))
    return round(1.0 - prod(1.0 - weight for weight in strongest.values()), 4)


def status(signals: Iterable[Signal]) -> HealthStatus:
    """What the signals amount to; never ``NO``, which a score cannot say."""
    found = score(signals)
    if found >= YES_FROM:
        return HealthStatus.YES
    return HealthStatus.SUSPECTED if found >= SUSPECTED_FROM else HealthStatus.NO_EVIDENCE


def identification(signals: Iterable[Signal]) -> Identity | None:
    """The strongest class that a signal tells, or ``None`` when none does."""
    told = [signal.identity for signal in signals if signal.identity is not None]
    return min(told, key=_IDENTITIES.index, default=None)


def identifying_columns(signals: Iterable[Signal]) -> tuple[str, ...]:
    """The names of the columns that single people out, sorted."""
    return tuple(sorted({column for signal in signals for column in signal.columns}))
