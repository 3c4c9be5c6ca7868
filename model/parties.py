"""Who answers for a place: legal persons, control between them, qualifications, exposures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from model.observed import Confidence, Observed, Source


class OperatorRole(StrEnum):
    """What an entity does at a place."""

    CONTRACTING = "contracting"
    OPERATING = "operating"
    SUBCONTRACTOR = "subcontractor"
    KEY_HOLDER = "key_holder"
    LANDLORD = "landlord"


class ExposureGrade(StrEnum):
    """How firmly a law reaches an entity, firmest first."""

    ESTABLISHED = "established"
    LIKELY = "likely"
    CONTESTED = "contested"
    UNKNOWN = "unknown"
    NOT_ESTABLISHED = "not_established"


class QualificationStatus(StrEnum):
    """State of a qualification for one service, at one place, on one day."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    NOT_COVERING = "not_covering"
    NONE = "none"
    UNKNOWN = "unknown"


class EstablishmentKind(StrEnum):
    """How a legal person is present in a country, ownership apart."""

    CENTRAL_ADMINISTRATION = "central_administration"
    MAIN_ESTABLISHMENT = "main_establishment"
    BRANCH = "branch"
    OFFICE = "office"
    SERVERS = "servers"
    BUSINESS = "business"
    CUSTOMERS = "customers"
    STAFF = "staff"
    NATIONALS = "nationals"


@dataclass(frozen=True, slots=True)
class Establishment:
    """A presence in a country (ISO 3166 alpha-2).  ``nationals`` are staff or executives who are its nationals."""

    kind: EstablishmentKind
    country: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """A legal person.  ``seat`` is ISO 3166 alpha-2; ``registrations`` are (register, number).

    ``establishments_complete`` is true only when a source says that no other presence abroad exists.
    """

    id: str
    name: str
    seat: Observed[str]
    registrations: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...] = ()
    establishments: tuple[Establishment, ...] = ()
    establishments_complete: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One dated edge of the ownership graph, from a holder to what it holds.

    Percentages are 0 to 100 or ``None`` when no source tells.  ``controls`` follows C. com. L.233-3:
    ``True`` for a majority of capital or votes, or control in fact.  ``veto`` and ``board_majority`` tell what
    by-laws or pacts grant the holder; ``None`` when nobody read them.
    """

    holder: str
    held: str
    capital_percent: float | None
    votes_percent: float | None
    controls: bool | None
    since: date | None
    until: date | None
    sources: tuple[Source, ...] = ()
    veto: bool | None = None
    board_majority: bool | None = None


class ThirdPartyRole(StrEnum):
    """What a company that a provider uses does for it."""

    TECHNOLOGY = "technology"
    SUBCONTRACTOR = "subcontractor"
    NAMES_AND_MAIL = "names_and_mail"


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """A company that a provider uses (SecNumCloud 3.2, 19.6.c and d).

    ``country`` is that of its seat, ``controlled_from`` that of its ultimate parent; empty when not known.
    ``technical_access``: it can technically obtain the data.  ``autonomy``: the provider can do without it.
    ``qualified``: it is SecNumCloud qualified itself.  ``None`` when no source tells.
    """

    name: str
    role: ThirdPartyRole
    country: str
    controlled_from: str = ""
    technical_access: bool | None = None
    autonomy: bool | None = None
    qualified: bool | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Operator:
    """An entity at work at a place, with everything the catalog knows above and below it.

    ``entities`` holds the entity itself first, then all that ``links`` name, by id.  A link whose
    ``held`` side is the entity or one of its holders leads upward; one whose ``holder`` side is the
    entity or its controlling parents leads downward (a subsidiary).  ``chain_complete`` is true only
    when the catalog says that the chain up to the ultimate parent is fully known; ``holders_complete``
    when it says that every holder of 5 % or more (or declared) is listed too, at each level;
    ``third_parties_complete`` when it says that no other company is used.
    """

    entity: LegalEntity
    role: OperatorRole
    entities: tuple[LegalEntity, ...]
    links: tuple[Link, ...]
    chain_complete: bool
    holders_complete: bool = False
    third_parties: tuple[ThirdParty, ...] = ()
    third_parties_complete: bool = False


@dataclass(frozen=True, slots=True)
class Qualification:
    """Whether one scheme covers the service used at a place, on the day asked (never a company).

    ``status`` already takes the day, the service and the perimeter into account; ``why`` says so in
    French and English.  ``listed_on`` is the date of the official list it was last read in.
    """

    scheme: str
    version: str
    service: str
    service_id: str
    status: QualificationStatus
    issued_on: date | None
    expires_on: date | None
    activities: tuple[int, ...]
    listed_on: date | None
    stale: bool
    confidence: Confidence
    why_fr: str
    why_en: str
    source: Source


@dataclass(frozen=True, slots=True)
class Exposure:
    """Which foreign law reaches a place through whom (docs/exposures.md).  Never a breach by itself.

    ``path`` names the entities from the operator to the one under that law; ``reason`` is the
    decision rule, ``JR-1`` to ``JR-14`` or ``territory``.  ``data`` tells what is reached: ``content``, or
    ``metadata`` alone.  ``mitigation`` is ``content_unreadable`` when only ciphertext could be handed over.
    """

    law: str
    country: str
    grade: ExposureGrade
    reason: str
    path: tuple[str, ...]
    confidence: Confidence
    data: str = "content"
    mitigation: str = ""
