"""What the organisation says of itself: datasets, controllers, contracts, decisions, flows.

Every fact bears the name that docs/facts.md gives it.  A fact left out of a register is
``Unread(NOT_DECLARED)``: unknown, never "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from model.observed import Grade, Observed, Reason, Source, Unread

UNSAID: Final = Unread(
    Reason.NOT_ASKED,
    Source("written before this fact could be stated", datetime(2026, 1, 1, tzinfo=UTC), Grade.DECLARED),
)
"""The value of a fact in data written by an earlier version, which had no room for it."""


class ControllerKind(StrEnum):
    """Legal nature of a controller; decides whether art. 31 binds it."""

    STATE_ADMIN = "state_admin"
    STATE_OPERATOR = "state_operator"
    GIP_LISTED = "gip_listed"
    GIP_OTHER = "gip_other"
    HDH = "hdh"
    SOCIAL_SECURITY = "social_security"
    PUBLIC_HOSPITAL = "public_hospital"
    PRIVATE_HOSPITAL = "private_hospital"
    LIBERAL = "liberal"
    LOCAL_AUTHORITY = "local_authority"
    RESEARCH_BODY = "research_body"
    PRIVATE_COMPANY = "private_company"
    UNKNOWN = "unknown"


class Identity(StrEnum):
    """How far the data identify persons."""

    NOMINATIVE = "nominative"
    PSEUDONYMOUS = "pseudonymous"
    ANONYMOUS = "anonymous"


class HostingModel(StrEnum):
    """By what arrangement the data are hosted."""

    ON_PREMISES_OWN = "on_premises_own"
    STATE_CLOUD = "state_cloud"
    COMMERCIAL_CLOUD = "commercial_cloud"
    MANAGED = "managed"
    COLOCATION = "colocation"
    SAAS = "saas"


@dataclass(frozen=True, slots=True)
class Controller:
    """The responsible legal person (responsable de traitement)."""

    name: str
    kind: ControllerKind


@dataclass(frozen=True, slots=True)
class Selector:
    """One line that ties observed stores to a dataset; all the parts that are filled must match.

    ``name`` and ``id`` are glob patterns (``*``, ``?``), case-sensitive; ``tags`` must all be equal.
    """

    id: str = ""
    name: str = ""
    scanner: str = ""
    target: str = ""
    kind: str = ""
    account: str = ""
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hosting:
    """``hosting.*``: arrangement, whether a processor hosts, HDS activities 1 to 6 in use.

    ``archive``: the host keeps the data in an electronic archiving service.
    """

    model: Observed[HostingModel]
    processor: Observed[bool]
    activities: Observed[tuple[int, ...]]
    archive: Observed[bool] = UNSAID


@dataclass(frozen=True, slots=True)
class AccessRole:
    """Persons who read the data: under whose authority, and on which ground of the law on secrecy."""

    role: str
    authority: Observed[str]
    ground: Observed[str]


@dataclass(frozen=True, slots=True)
class Access:
    """``access.*``: countries from which the place is administered or supported.

    ``support_supervised``: support from outside the Union is listed, and controlled from the Union.
    ``roles``: who reads the data.  ``exceptional``: access from outside the Union is one-off, for research, and logged.
    """

    admin_countries: Observed[tuple[str, ...]]
    support_countries: Observed[tuple[str, ...]]
    list_complete: Observed[bool]
    support_supervised: Observed[bool] = UNSAID
    roles: Observed[tuple[AccessRole, ...]] = UNSAID
    exceptional: Observed[bool] = UNSAID


@dataclass(frozen=True, slots=True)
class KeyHolding:
    """``keys.*``: who holds the keys, where, and whether the service ever sees clear text.

    ``eu_controlled``: no law of a third country reaches the holder.
    """

    holder: Observed[str]
    country: Observed[str]
    plaintext_in_service: Observed[bool]
    eu_controlled: Observed[bool] = UNSAID


@dataclass(frozen=True, slots=True)
class Transfer:
    """``transfer[]``: one transfer outside the EEA and the tool it rests on.

    ``dpf_entry`` shows that a decision limited to some organisations covers the recipient; ``dpf_scope`` is
    ``hr``, ``non_hr`` or ``both``, ``dpf_checked_on`` the day on which the list was read and ``scc_fallback`` whether
    clauses would take over.  ``measures`` supplement a tool of art. 46; ``occasional`` is asked of art. 49;
    ``in_contract`` and ``client_informed`` by the HDS référentiel (EXI 29).
    """

    country: str
    recipient: str
    tool: str
    dpf_entry: Observed[str]
    tia_date: Observed[date]
    dpf_scope: Observed[str] = UNSAID
    dpf_checked_on: Observed[date] = UNSAID
    scc_fallback: Observed[bool] = UNSAID
    measures: Observed[tuple[str, ...]] = UNSAID
    occasional: Observed[bool] = UNSAID
    in_contract: Observed[bool] = UNSAID
    client_informed: Observed[bool] = UNSAID


@dataclass(frozen=True, slots=True)
class Formality:
    """``formality.*``: the CNIL formality the processing rests on."""

    regime: Observed[str]
    reference: Observed[str]
    made_on: Observed[date]
    expires_on: Observed[date]


@dataclass(frozen=True, slots=True)
class Contract:
    """``contract.*``: what the hosting contract says.

    ``art31_clause``: it binds the contractor and its hosts to the criteria of SREN art. 31.
    """

    hds_clauses: Observed[tuple[str, ...]]
    third_law_list: Observed[bool]
    residual_risk: Observed[bool]
    art28: Observed[bool]
    art48_clause: Observed[bool]
    reversibility: Observed[bool]
    art31_clause: Observed[bool] = UNSAID
    mitigations: Observed[bool] = UNSAID


@dataclass(frozen=True, slots=True)
class Transparency:
    """``transparency.*``: what the host makes public of third-country access (EXI 31; loi n° 2024-449, art. 33).

    ``hds_statement`` is the one it makes: ``secnumcloud`` (no risk, by qualification), ``no_transfer`` or ``table``;
    ``hds_checked_on`` the day on which somebody last read the page.
    """

    hds_page_url: Observed[str] = UNSAID
    hds_statement: Observed[str] = UNSAID
    hds_checked_on: Observed[date] = UNSAID
    sren33_url: Observed[str] = UNSAID
    sren33_in_contract: Observed[bool] = UNSAID


@dataclass(frozen=True, slots=True)
class Anonymity:
    """``dataset.anonymity``: the three criteria of WP216, the document that shows them, its date."""

    criteria: Observed[tuple[bool, ...]]
    document: Observed[str]
    shown_on: Observed[date]


@dataclass(frozen=True, slots=True)
class AccessLog:
    """``access_log.*``: whether accesses are logged, per person, kept and reviewed."""

    exists: Observed[bool]
    per_person: Observed[bool]
    retention_months: Observed[int]
    last_review_on: Observed[date]


@dataclass(frozen=True, slots=True)
class Homologation:
    """``homologation.*``: the security approval of an SNDS system and its end."""

    decided_on: Observed[date] = UNSAID
    expires_on: Observed[date] = UNSAID


@dataclass(frozen=True, slots=True)
class Purchase:
    """``purchase.*``: the file of a State purchase: whether it is a new one, the DINUM opinion, the criteria."""

    new: Observed[bool] = UNSAID
    opinion_required: Observed[bool] = UNSAID
    opinion: Observed[str] = UNSAID
    criteria: Observed[tuple[str, ...]] = UNSAID


@dataclass(frozen=True, slots=True)
class CopyRules:
    """``copies.*``: how backups, replicas and extracts are held."""

    encrypted: Observed[bool] = UNSAID
    same_rules: Observed[bool] = UNSAID
    extracts_end: Observed[bool] = UNSAID


@dataclass(frozen=True, slots=True)
class Exports:
    """``exports.*``: whether extracts leave the controlled environment, who approved, whether it is monitored."""

    leave: Observed[bool] = UNSAID
    approval: Observed[str] = UNSAID
    monitored: Observed[bool] = UNSAID


@dataclass(frozen=True, slots=True)
class QualificationClaim:
    """A qualification or certificate that the organisation says covers its hosting.

    ``status`` is the word of the register (``granted``, ``in_progress``, ...), ``evidence`` its kind
    (``certificate``, ``official_list``, ``declared``...).  A claim is judged, never believed.
    """

    scheme: Observed[str]
    version: Observed[str]
    service_id: Observed[str]
    activities: Observed[tuple[int, ...]]
    status: Observed[str]
    issued_on: Observed[date]
    expires_on: Observed[date]
    evidence: Observed[str]
    document: Observed[str]
    checked_on: Observed[date]


@dataclass(frozen=True, slots=True)
class Art31Derogation:
    """``derogation.*``: the derogation of SREN art. 31, field by field."""

    project_engaged_on: Observed[date]
    minister: Observed[str]
    pm_validated_on: Observed[date]
    published_url: Observed[str]
    acceptable_offer_on: Observed[date]
    granted_on: Observed[date]
    ends_on: Observed[date]


@dataclass(frozen=True, slots=True)
class ExposureNote:
    """``exposure_note.*``: the decision of the organisation on a contested exposure."""

    noted_on: Observed[date]
    position: Observed[str]
    document: Observed[str]


@dataclass(frozen=True, slots=True)
class SealLevel:
    """One objective of the Cloud Sovereignty Framework (``SOV-1`` to ``SOV-8``), its level 0 to 4 and its evidence."""

    objective: str
    level: Observed[int]
    document: Observed[str]


@dataclass(frozen=True, slots=True)
class Sovereignty:
    """``sovereignty.*``: a profile asked for under the Cloud Sovereignty Framework; ``minimum`` is the gate, 0 to 4."""

    minimum: Observed[int]
    levels: tuple[SealLevel, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """A document that shows a failing mended, and its day."""

    document: str
    dated: Observed[date]


@dataclass(frozen=True, slots=True)
class Failing:
    """One failing that a notice names, with its articles.

    ``rules`` are those of ours whose outcomes tell whether it goes on; ``proofs`` what was gathered against it.
    """

    id: str
    title: str
    articles: tuple[str, ...]
    rules: tuple[str, ...]
    proofs: tuple[Proof, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Notice:
    """A formal notice (mise en demeure) of an authority: its day, the day by which to comply, what it finds failing.

    ``datasets`` are the ids of those it is about; ``closed_on`` the day on which the authority closed it, proven
    absent while it runs.
    """

    id: str
    authority: str
    served_on: date
    deadline_on: date
    datasets: tuple[str, ...]
    failings: tuple[Failing, ...]
    document: Observed[str]
    closed_on: Observed[date]
    source: Source


@dataclass(frozen=True, slots=True)
class Dataset:
    """A set of data under one purpose and one controller, with what is said of it.

    ``select`` are its selectors, any of which may match.  ``declared`` are the ids of the stores
    that the register places in it by name.  ``derogation`` is ``None`` when the register claims none,
    ``sovereignty`` when nobody asks for that profile.  ``notices`` are the formal notices about it.
    """

    id: str
    title: str
    controller: Controller
    health: Observed[bool]
    care_origin: Observed[bool]
    identity: Observed[Identity]
    snds: Observed[bool]
    eds: Observed[bool]
    eds_public_interest: Observed[bool]
    secret: Observed[tuple[str, ...]]
    essential_mission: Observed[bool]
    breach_harm: Observed[tuple[str, ...]]
    persons: Observed[int]
    diagnosis_code: Observed[bool]
    medical_control: Observed[bool]
    hosting: Hosting
    places_complete: Observed[bool]
    access: Access
    keys: KeyHolding
    transfers: Observed[tuple[Transfer, ...]]
    formality: Formality
    contract: Contract
    anonymity: Anonymity
    access_log: AccessLog
    access_authority: Observed[str]
    claims: tuple[QualificationClaim, ...] = ()
    derogation: Art31Derogation | None = None
    select: tuple[Selector, ...] = ()
    declared: tuple[str, ...] = ()
    homologation: Homologation = Homologation()
    purchase: Purchase = Purchase()
    copies: CopyRules = CopyRules()
    transparency: Transparency = Transparency()
    exports: Exports = Exports()
    exposure_note: Observed[ExposureNote] = UNSAID
    sovereignty: Sovereignty | None = None
    notices: tuple[Notice, ...] = ()


def undeclared(id: str, title: str, controller: Controller, source: Source) -> Dataset:
    """A dataset of which nothing is declared: every fact is ``Unread(NOT_DECLARED)``.

    The declared scanner fills it in; with an empty ``id`` it stands for the stores tied to no dataset.
    """
    nothing = Unread(Reason.NOT_DECLARED, source)
    return Dataset(
        id=id,
        title=title,
        controller=controller,
        health=nothing,
        care_origin=nothing,
        identity=nothing,
        snds=nothing,
        eds=nothing,
        eds_public_interest=nothing,
        secret=nothing,
        essential_mission=nothing,
        breach_harm=nothing,
        persons=nothing,
        diagnosis_code=nothing,
        medical_control=nothing,
        hosting=Hosting(nothing, nothing, nothing, nothing),
        places_complete=nothing,
        access=Access(nothing, nothing, nothing, nothing, nothing, nothing),
        keys=KeyHolding(nothing, nothing, nothing, nothing),
        transfers=nothing,
        formality=Formality(nothing, nothing, nothing, nothing),
        contract=Contract(nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing),
        anonymity=Anonymity(nothing, nothing, nothing),
        access_log=AccessLog(nothing, nothing, nothing, nothing),
        access_authority=nothing,
        homologation=Homologation(nothing, nothing),
        purchase=Purchase(nothing, nothing, nothing, nothing),
        copies=CopyRules(nothing, nothing, nothing),
        transparency=Transparency(nothing, nothing, nothing, nothing, nothing),
        exports=Exports(nothing, nothing, nothing),
        exposure_note=nothing,
    )


@dataclass(frozen=True, slots=True)
class Flow:
    """A movement of data from a source to a destination by some means, under a decision or none."""

    id: str
    dataset: str
    origin: str
    means: str
    destination: str
    destination_provider: str
    decision: Observed[str]


@dataclass(frozen=True, slots=True)
class Derogation:
    """A decision of the organisation to live with named findings for a time (both days included).

    ``covers`` are (dataset id, rule id) pairs.
    """

    id: str
    act: str
    owner: str
    approver: str
    starts_on: date
    ends_on: date
    covers: tuple[tuple[str, str], ...]
