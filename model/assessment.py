"""What a committee reads: places resolved, rules applied, and the views that every report shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from model.changes import Changes, Point
from model.datasets import Dataset, Derogation, Flow, HostingModel
from model.observed import Grade, Known, Observed, Source
from model.parties import Exposure, ExposureGrade, Operator, Qualification, QualificationStatus
from model.places import Copy, Gap, Key, PlaceKind, Store


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in the two languages of the reports."""

    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Location:
    """Where a place is.  ``countries`` are ISO codes, several for a multi-country region."""

    region: str
    zone: str
    countries: Observed[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Stores with the same facts, resolved at a date: who, where, under which qualification.

    ``facts_id`` is the index of the facts in the inventory and ``stores`` how many stores share them.
    ``locations`` is never empty: an unknown place is one location whose countries are unread.
    """

    facts_id: int
    stores: int
    scanner: str
    target: str
    role: PlaceKind
    seen: bool
    grade: Grade
    checked_on: Observed[date]
    provider: Observed[str]
    service: Observed[str]
    hosting_model: Observed[HostingModel]
    locations: tuple[Location, ...]
    operators: Observed[tuple[Operator, ...]]
    qualifications: tuple[Qualification, ...]
    key: Observed[Key]
    key_countries: Observed[tuple[str, ...]]
    holds_health: Observed[bool]
    touched: bool
    sources: tuple[Source, ...] = ()
    identifying: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One dataset with all its places and the gaps that may hide one: what a rule judges.

    The stores tied to no dataset form the case whose dataset id is ``""``.
    """

    dataset: Dataset
    places: tuple[Place, ...]
    gaps: tuple[str, ...]
    flows: tuple[Flow, ...] = ()


class Outcome(StrEnum):
    """Four outcomes, no fifth."""

    PASS = "pass"
    FAIL = "fail"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"


class RuleKind(StrEnum):
    """Only breaches count as non-compliance; the others are shown apart."""

    BREACH = "breach"
    EXPOSURE = "exposure"
    INDICATIVE = "indicative"
    INFORMATION = "information"


class Severity(StrEnum):
    """How grave a failure is, gravest first."""

    BLOCKER = "blocker"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATION = "information"


class Word(StrEnum):
    """The verdict that a person reads."""

    NON_COMPLIANT = "non_compliant"
    UNDETERMINED = "undetermined"
    DEROGATED = "derogated"
    COMPLIANT = "compliant"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Cite:
    """A place in a text: text id, article, the version read (its ISO date or label)."""

    text: str
    article: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One question to a case, with the law it rests on."""

    id: str
    titles: Words
    kind: RuleKind
    severity: Severity
    basis: tuple[Cite, ...]
    in_force_from: date
    checked_on: date
    remedy: Words
    in_force_to: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one rule on one case, with its reasons.

    ``because`` are sentences; ``missing`` names the facts that would settle it;
    ``parameters`` are (parameter id, value, reference) read on the way; ``sources`` what the reasons
    rest on; ``derogation`` the id of the derogation in force that covers a failure, or empty.
    """

    rule: str
    outcome: Outcome
    severity: Severity
    because: tuple[Words, ...]
    missing: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str, str], ...] = ()
    sources: tuple[Source, ...] = ()
    derogation: str = ""


@dataclass(frozen=True, slots=True)
class JudgedDataset:
    """A dataset with the outcome of every rule; ``places`` are facts ids, ``gaps`` gap ids."""

    dataset: Dataset
    word: Word
    verdicts: tuple[Verdict, ...]
    places: tuple[int, ...]
    stores: int
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JudgedPlace:
    """A place with the laws that reach it and the verdict that its stores bear.

    ``verdicts`` come from judging the place alone, once for each dataset that it belongs to.
    """

    place: Place
    datasets: tuple[str, ...]
    exposures: tuple[Exposure, ...]
    word: Word
    verdicts: tuple[tuple[str, tuple[Verdict, ...]], ...]


class DerogationState(StrEnum):
    """Where a derogation stands on the day asked."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    NEVER_MATCHING = "never_matching"


@dataclass(frozen=True, slots=True)
class JudgedDerogation:
    """A derogation and its state on the day asked.

    ``last_on`` is the last day on which it counts: its own end, or the end of the legal cap when that
    comes first.  ``unmatched`` are the pairs it covers that name no dataset and rule of this judgement.
    """

    derogation: Derogation
    state: DerogationState
    last_on: date | None = None
    unmatched: tuple[tuple[str, str], ...] = ()

    @property
    def capped(self) -> bool:
        """True when it says to run longer than the law lets it."""
        return self.last_on is not None and self.last_on < self.derogation.ends_on


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A text of law as the rules cite it: enough to print a reference without the legislation data."""

    id: str
    titles: Words
    version: str
    in_force_from: date | None
    checked_on: date
    confidence: str
    url: str


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A dated figure, list or day of the law as a rule reads it on the day asked.

    ``value`` is ``None``, and ``since`` the first day of its history, when it had no value yet; an empty list is
    the empty text.
    """

    id: str
    titles: Words
    unit: str
    value: str | None
    since: date
    reference: str
    confidence: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class LawLabel:
    """A foreign law named by an exposure, with its state on the day asked."""

    id: str
    country: str
    titles: Words
    state: Words
    confidence: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the legislation says of the cases on one day.  Pure: same cases, same day, same value."""

    on: date
    rules: tuple[Rule, ...]
    texts: tuple[TextVersion, ...]
    laws: tuple[LawLabel, ...]
    datasets: tuple[JudgedDataset, ...]
    unattached: JudgedDataset | None
    places: tuple[JudgedPlace, ...]
    derogations: tuple[JudgedDerogation, ...]
    warnings: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class DataVersion:
    """Which data were used: version, digest, the oldest day a person checked them, and staleness."""

    version: str
    sha256: str
    checked_on: date
    stale: bool
    warnings: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Who, when and with what an edition was made.

    ``withheld_from`` is empty for a full edition; for a public one, without identifiers, the digest of the full one.
    """

    edition: str
    tool_version: str
    organisation: str
    controller: str
    started_at: datetime
    finished_at: datetime
    on: date
    snapshot_sha256: str
    catalog: DataVersion
    legislation: DataVersion
    previous: str
    first_seen: Mapping[str, str] = field(default_factory=dict)
    withheld_from: str = ""


class Stores(Protocol):
    """The stores of a snapshot, never all in memory.  Sorted by id; each with the index of its facts."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[tuple[Store, int]]: ...

    def encoded(self) -> Iterator[tuple[Mapping[str, Any], int]]:
        """Every store as data, sorted by id, each with the index of its facts: fast, for who writes them all.

        The members are the fields of ``Store`` as ``model.codec`` encodes them, but that an answer holds, in place of
        its source, an index in the list ``sources``, which holds each source once.
        """
        ...

    def ids(self) -> Iterator[tuple[str, int]]:
        """The id of each store with the index of its facts, sorted by id, without reading the stores."""
        ...

    def ends(self) -> Iterator[tuple[Store, int]]:
        """The stores in which a copy rests, sorted by id, each with the index of its facts."""
        ...

    def declared(self) -> Iterator[tuple[Store, int]]:
        """The places that a register declares, sorted by id, each with the index of its facts."""
        ...

    def find(self, store_id: str) -> tuple[Store, int] | None:
        """The store of that id, or ``None``."""
        ...

    def copies(self) -> Iterator[Copy]:
        """Every copy relation, sorted by (at, of, kind)."""
        ...

    def copies_at(self, store_id: str) -> tuple[Copy, ...]:
        """What ``store_id`` holds copies of."""
        ...

    def copies_of(self, store_id: str) -> tuple[Copy, ...]:
        """Where ``store_id`` is copied to."""
        ...

    def sample(self, facts_id: int, limit: int) -> tuple[Store, ...]:
        """The first ``limit`` stores by id that share these facts."""
        ...


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts that every report prints.  Rates are brackets: unknowns against and for."""

    stores: int
    copies: int
    datasets: int
    gaps: int
    verdicts: Mapping[str, int]
    dataset_verdicts: Mapping[str, int]
    rate_min: float
    rate_max: float
    countries: Mapping[str, int]
    exposures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Exit:
    """What the run returns: ``code`` is the highest of ``all``."""

    code: int
    all: tuple[int, ...]


class ForecastKind(StrEnum):
    """What can happen to a day to come."""

    DEROGATION_STARTS = "derogation_starts"
    DEROGATION_ENDS = "derogation_ends"
    QUALIFICATION_STARTS = "qualification_starts"
    QUALIFICATION_EXPIRES = "qualification_expires"
    AUTHORISATION_ENDS = "authorisation_ends"
    ADEQUACY_CHANGES = "adequacy_changes"
    RULE_STARTS = "rule_starts"
    RULE_ENDS = "rule_ends"
    PARAMETER_CHANGES = "parameter_changes"
    FOREIGN_LAW_CHANGES = "foreign_law_changes"
    CONTROL_CHANGES = "control_changes"
    DATA_STALE = "data_stale"
    OUTCOME_CHANGES = "outcome_changes"


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes different for one dataset.

    ``about`` is ``verdict``, a rule id, or a qualification as ``scheme service``; ``before`` and
    ``after`` are words of their vocabularies (an outcome may also be ``derogated``).
    """

    dataset: str
    about: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """One thing that is known to change on a day to come, with what it changes.

    ``on`` is the day that its source gives; ``since`` the first day on which things are different (the day
    after, for an end that is included).  ``effects`` come from judging the same snapshot on both days.
    """

    on: date
    what: ForecastKind
    subject: str
    since: date
    effects: tuple[Effect, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """A judged snapshot with all that a report needs: no report reads anything else.

    ``forecast`` is sorted by day; ``None`` means that none was made, not that nothing will change.  So it is
    with ``changes``, those since the edition before.  ``trend`` holds the figures of the last editions, this one last.
    """

    header: Header
    judgement: Judgement
    gaps: tuple[Gap, ...]
    flows: tuple[Flow, ...]
    summary: Summary
    exit: Exit
    stores: Stores
    forecast: tuple[Forecast, ...] | None = None
    changes: Changes | None = None
    trend: tuple[Point, ...] = ()


def summarise(judgement: Judgement, copies: int, gaps: Sequence[Gap]) -> Summary:
    """The counts of a judgement.  Rates are shares of the stores to which the law applies.

    ``rate_min`` counts every undetermined store as not compliant, ``rate_max`` as compliant.  A listing
    that could not be read may hide any number of stores: ``rate_min`` is 0 then, and ``rate_max`` takes
    each such listing for one more undetermined store.  With nothing to count the bracket is 0 to 1.
    """
    verdicts = dict.fromkeys((word.value for word in Word), 0)
    countries: dict[str, int] = {}
    exposures: dict[str, int] = {}
    for judged in judgement.places:
        count = judged.place.stores
        verdicts[judged.word.value] += count
        for country in sorted(countries_of(judged.place)) or ["unknown"]:
            countries[country] = countries.get(country, 0) + count
        for law in sorted({e.law for e in judged.exposures if e.grade in _COUNTED}):
            exposures[law] = exposures.get(law, 0) + count
    total = sum(verdicts.values()) - verdicts[Word.NOT_APPLICABLE]
    compliant = verdicts[Word.COMPLIANT]
    hidden = sum(not gap.store for gap in gaps)
    at_best = compliant + verdicts[Word.UNDETERMINED] + hidden
    dataset_verdicts = dict.fromkeys((word.value for word in Word), 0)
    for dataset in judgement.datasets:
        dataset_verdicts[dataset.word.value] += 1
    return Summary(
        stores=sum(judged.place.stores for judged in judgement.places),
        copies=copies,
        datasets=len(judgement.datasets),
        gaps=len(gaps),
        verdicts=verdicts,
        dataset_verdicts=dataset_verdicts,
        # Rounded outwards: a bracket must not promise more than it holds.
        rate_min=compliant * 10_000 // total / 10_000 if total and not hidden else 0.0,
        rate_max=-(-at_best * 10_000 // (total + hidden)) / 10_000 if total + hidden else 1.0,
        countries=dict(sorted(countries.items())),
        exposures=dict(sorted(exposures.items())),
    )


_COUNTED = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED)


def countries_of(place: Place) -> frozenset[str]:
    """The countries known for a place; a location that is not known adds none."""
    return frozenset(
        country
        for location in place.locations
        if isinstance(location.countries, Known)
        for country in location.countries.value
    )


def exit_of(judgement: Judgement, gaps: int, header: Header) -> Exit:
    """Which exit codes apply: 3 non-compliant, 4 gaps, 5 lapsed or stale; highest wins."""
    words = {judged.word for judged in judgement.datasets} | {judged.word for judged in judgement.places}
    codes: list[int] = []
    if Word.NON_COMPLIANT in words:
        codes.append(3)
    if gaps:
        codes.append(4)
    lapsed = any(judged.state is DerogationState.LAPSED for judged in judgement.derogations)
    expired = any(
        qualification.status is QualificationStatus.EXPIRED
        for judged in judgement.places
        for qualification in judged.place.qualifications
    )
    if lapsed or expired or header.catalog.stale or header.legislation.stale:
        codes.append(5)
    return Exit(max(codes, default=0), tuple(codes))
