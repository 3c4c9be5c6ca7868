"""The table of actors that the HDS référentiel (version 2, chapter 8) prescribes, and the statement of its EXI 31.

A host publishes it about its own service; here it is drawn from what is known of one dataset, so that the two can be
compared.  What is not known is said to be unknown, never left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from model.assessment import JudgedDataset, JudgedPlace, LawLabel, Outcome
from model.observed import Known, Unread, known
from model.parties import Exposure, ExposureGrade, Operator, OperatorRole, Qualification, QualificationStatus
from reports._evidence import Citation, Evidence
from reports._naming import graded
from reports._text import visible
from reports._words import Language

_VERSION = "3.2"
_NAME = 100
_REACHING = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED)
_HOSTING = (OperatorRole.CONTRACTING, OperatorRole.OPERATING)


class Statement(StrEnum):
    """Which of the prescribed statements the facts allow (EXI 31), or why none does."""

    SECNUMCLOUD = "secnumcloud"
    NO_TRANSFER = "no_transfer"
    TABLE = "table"
    UNDETERMINED = "undetermined"
    NOT_REQUIRED = "not_required"


@dataclass(frozen=True, slots=True)
class Actor:
    """One row: who, in which role, certified and qualified or not, for which activities, and what reaches it."""

    name: str
    role: str
    hds: str
    secnumcloud: str
    activities: str
    access: str
    risk: str
    evidence: Citation


@dataclass(frozen=True, slots=True)
class HdsTable:
    """The rows, the statement that applies, and in how many places no actor is known."""

    statement: Statement
    actors: tuple[Actor, ...]
    unknown: int


def hds_table(
    judged: JudgedDataset,
    held: Sequence[JudgedPlace],
    laws: Mapping[str, LawLabel],
    evidence: Evidence,
    words: Language,
) -> HdsTable | None:
    """The table of one dataset; ``None`` for the stores tied to none and for a dataset without any place."""
    if not judged.dataset.id or not held:
        return None
    actors: dict[tuple[str, OperatorRole], tuple[Operator, list[JudgedPlace]]] = {}
    unknown = 0
    for place in held:
        told = known(place.place.operators)
        unknown += place.place.stores if isinstance(place.place.operators, Unread) else 0
        for one in told or ():
            actors.setdefault((one.entity.id, one.role), (one, []))[1].append(place)
    access = _access(judged, words)
    return HdsTable(
        statement_of(judged, held),
        tuple(
            _actor(one, places, access, laws, evidence, words)
            for one, places in sorted(actors.values(), key=lambda item: (item[0].role.value, item[0].entity.name))
        ),
        unknown,
    )


def statement_of(judged: JudgedDataset, held: Sequence[JudgedPlace]) -> Statement:
    """What EXI 31 of the référentiel lets a host state about these places; nothing is stated on a missing fact.

    The sentence on SecNumCloud needs a qualification in date, in version 3.2, of the service of every place; that on
    the absence of transfer needs every copy in the EEA, no access from outside and no law of EXI 30, all of them
    settled.  A transfer or such a law asks for the table.
    """
    outcomes = {one.rule: one.outcome for one in judged.verdicts}
    if outcomes.get("HDS-001") is Outcome.NOT_APPLICABLE:
        return Statement.NOT_REQUIRED
    if held and not judged.gaps and all(_qualified(place.place.qualifications) for place in held):
        return Statement.SECNUMCLOUD
    stored, reached, listed = (outcomes.get(rule) for rule in ("HDS-003", "HDS-004", "HDS-005"))
    settled = (Outcome.PASS, Outcome.FAIL)
    if stored is Outcome.FAIL or reached in settled or listed in settled:
        return Statement.TABLE
    none = Outcome.NOT_APPLICABLE
    if stored is Outcome.PASS and reached is none and listed is none and not judged.gaps:
        return Statement.NO_TRANSFER
    return Statement.UNDETERMINED


def _qualified(qualifications: Iterable[Qualification]) -> bool:
    return any(
        one.scheme == "secnumcloud"
        and one.status is QualificationStatus.VALID
        and one.version.startswith(_VERSION)
        and not one.stale
        for one in qualifications
    )


def _actor(
    one: Operator,
    places: Sequence[JudgedPlace],
    access: str,
    laws: Mapping[str, LawLabel],
    evidence: Evidence,
    words: Language,
) -> Actor:
    hosting = one.role in _HOSTING
    held = [qualification for judged in places for qualification in judged.place.qualifications] if hosting else []
    certified = [q for q in held if q.scheme == "hds" and q.status is QualificationStatus.VALID]
    activities = sorted({activity for q in certified for activity in q.activities})
    return Actor(
        name=visible(one.entity.name, _NAME),
        role=words.name("role", one.role),
        hds=_state(held, "hds", words),
        secnumcloud=_state(held, "secnumcloud", words),
        activities=", ".join(str(activity) for activity in activities) or words.say("unknown"),
        access=access,
        risk=_risk(one, places, laws, words),
        evidence=evidence.cite([*one.entity.sources, *(q.source for q in held)], 3),
    )


def _state(held: Sequence[Qualification], scheme: str, words: Language) -> str:
    """The states of a scheme over the places of an actor; unknown when no row of the catalog speaks of it."""
    found = dict.fromkeys(
        f"{words.name('status', one.status)}"
        + (f" ({visible(one.version, 20)})" if one.version and one.status is QualificationStatus.VALID else "")
        for one in held
        if one.scheme == scheme
    )
    return ", ".join(found) or words.say("unknown")


def _access(judged: JudgedDataset, words: Language) -> str:
    """Requirement 29: from which countries the data are reached, as the register tells it."""
    access = judged.dataset.access
    told = (access.admin_countries, access.support_countries)
    codes = sorted({code for answer in told for code in known(answer) or ()})
    named = words.sequence(words.country(code) for code in codes)
    whole = all(isinstance(answer, Known) for answer in told) and known(access.list_complete) is True
    if whole:
        return named or words.say("none")
    return words.say("hds.access_partial", countries=named) if named else words.say("unknown")


def _risk(one: Operator, places: Sequence[JudgedPlace], laws: Mapping[str, LawLabel], words: Language) -> str:
    """Requirement 30: the laws of third countries that reach the places where this actor is at work, firmest first.

    Each says through whom, since a law may reach the place by another actor: none is left out for that.
    """
    reaching: dict[Exposure, None] = {}
    open_ = not one.chain_complete
    for judged in places:
        for exposure in judged.exposures:
            if exposure.grade in _REACHING:
                reaching[exposure] = None
            elif exposure.grade is ExposureGrade.UNKNOWN:
                open_ = True
    order = sorted(reaching, key=lambda exposure: (_REACHING.index(exposure.grade), exposure.law))
    lines = dict.fromkeys(_law(exposure, laws, words) for exposure in order)
    if not lines:
        return words.say("unknown" if open_ else "hds.no_risk")
    return "\u202f; ".join([*lines, *([words.say("hds.others_possible")] if open_ else [])])


def _law(one: Exposure, laws: Mapping[str, LawLabel], words: Language) -> str:
    law = laws.get(one.law)
    title = words.pick(law.titles) if law else visible(one.law, 60) or words.say("unknown")
    reach = f"{title} ({words.country(one.country)}, {graded(one, words)})"
    through = " → ".join(visible(words.country(step), _NAME) for step in one.path)
    return words.say("hds.through", law=reach, path=through) if through else reach
