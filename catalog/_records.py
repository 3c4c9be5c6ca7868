"""What the data files hold, once read: one value per provider, region table and qualification scheme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum

from model.datasets import HostingModel
from model.observed import Confidence, Grade, Source
from model.parties import LegalEntity, Link, OperatorRole, ThirdParty


@dataclass(frozen=True, slots=True)
class Day:
    """A date as precisely as its source gives it: a day, a month or a year.

    ``first`` and ``last`` are the days between which it lies; they are equal for a full date.
    """

    text: str
    first: date
    last: date

    @property
    def exact(self) -> date | None:
        """The day itself, or ``None`` when only the month or the year is known."""
        return self.first if self.first == self.last else None


def midnight(day: date) -> datetime:
    """The first instant of ``day``, UTC: how a row checked on that day is dated."""
    return datetime.combine(day, time.min, UTC)


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that a statement rests on, as listed under ``sources`` in its file."""

    key: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who does what at a provider.

    ``regions`` limits it to these region codes; empty means everywhere that no other assignment
    names.  ``unknown`` says why no entity can be given, and is then the only thing filled.
    """

    entity: str
    role: OperatorRole
    chain_complete: bool
    regions: tuple[str, ...] = ()
    unknown: str = ""
    holders_complete: bool = False
    third_parties_complete: bool = False


@dataclass(frozen=True, slots=True)
class Host:
    """The provider whose infrastructure another one runs on, in some regions or everywhere."""

    provider: str
    regions: tuple[str, ...]
    confidence: Confidence
    source: Source


@dataclass(frozen=True, slots=True)
class DatedLink:
    """A control link with the bounds of its dates, which may be known to the month only."""

    link: Link
    since: Day | None
    until: Day | None

    def in_force(self, on: date) -> bool:
        """True unless the link is known to start after ``on`` or to have ended by then."""
        return not (self.since and on < self.since.first) and not (self.until and self.until.last <= on)


@dataclass(frozen=True, slots=True)
class Provider:
    """One file of ``catalog/operators``: a provider, its legal entities and who holds them."""

    id: str
    name: str
    category: str
    hosting_model: HostingModel | None
    confidence: Confidence
    checked_on: date
    source: Source
    assignments: tuple[Assignment, ...]
    entities: Mapping[str, LegalEntity]
    links: tuple[DatedLink, ...]
    hosts: tuple[Host, ...] = ()
    redirects: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    third_parties: tuple[ThirdParty, ...] = ()


class RegionKind(StrEnum):
    """What a code of a region table stands for.  The last two are zones away from their region."""

    REGION = "region"
    MULTI_REGION = "multi_region"
    GLOBAL = "global"
    LOCAL_ZONE = "local_zone"
    WAVELENGTH_ZONE = "wavelength_zone"


@dataclass(frozen=True, slots=True)
class Region:
    """One row of ``catalog/regions``.  ``unknown_because`` is filled exactly when no country is."""

    code: str
    kind: RegionKind
    within: str
    name: str
    countries: tuple[str, ...]
    unknown_because: str
    city: str
    aliases: tuple[str, ...]
    partition: str
    status: str
    source: Source


class RowStatus(StrEnum):
    """What a row of a qualification file says.

    ``CLAIMED`` is a certificate nobody read; ``REMARK`` keeps a fact for readers and decides nothing.
    """

    GRANTED = "granted"
    IN_PROGRESS = "in_progress"
    CLAIMED = "claimed"
    NOT_GRANTED = "not_granted"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Perimeter:
    """Where a qualification holds.  An empty ``regions`` or ``countries`` means: not told."""

    regions: tuple[str, ...]
    countries: tuple[str, ...]
    sites: tuple[str, ...]
    included: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QualificationRow:
    """One service, or one host, under one scheme."""

    id: str
    providers: tuple[str, ...]
    service: str
    services: tuple[str, ...]
    excluded_services: tuple[str, ...]
    status: RowStatus
    version: str
    issued: Day | None
    expires: date | None
    seen: Day | None
    activities: tuple[int, ...]
    option_required: bool
    perimeter: Perimeter | None
    perimeter_confidence: Confidence
    confidence: Confidence
    source: Source
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Territory:
    """The countries outside which a scheme covers nothing, since when, and the rule that says so."""

    countries: tuple[str, ...]
    since: date
    rule: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """One file of ``catalog/qualifications``.

    ``by_host`` tells that certificates name a host (HDS) rather than one service (SecNumCloud).
    ``complete`` tells that the official list was read whole: only then does silence mean "none".
    """

    id: str
    name: str
    by_host: bool
    limit_days: int
    validity_years: int
    checked_on: date
    edition: date | None
    complete: bool
    source: Source
    rows: tuple[QualificationRow, ...]
    territory: Territory | None = None

    @property
    def seen_on(self) -> date:
        """The day of the list edition, or of the last check when no list could be read."""
        return self.edition or self.checked_on

    def stale(self, on: date) -> bool:
        """True when the list is older than its limit on the day ``on``."""
        return (on - self.seen_on).days > self.limit_days


@dataclass(frozen=True, slots=True)
class Edition:
    """The catalog as a whole: its version, the oldest day a file was checked, how long that holds."""

    version: str
    checked_on: date
    limit_days: int


def row_source(what: str, checked_on: date, confidence: Confidence, url: str = "") -> Source:
    """The source of a catalog statement: its file and row, dated from its last check."""
    return Source(what, midnight(checked_on), Grade.CATALOG, confidence, url)
