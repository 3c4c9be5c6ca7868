"""Whether a qualification or certificate covers the service in use at a place, on a day.

A qualification belongs to a named service within a perimeter for a period, never to a company, and it
does not pass to what is built on it (SecNumCloud 3.2, ch. 1 to 3).  The catalog, read in
official lists, speaks first; the register's claims complete it, and only what they document of a later
day than the list stands against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from legislation._days import written
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, any_of
from model.assessment import Case, Place, Words
from model.datasets import QualificationClaim
from model.observed import Grade, Known, Source, known
from model.parties import Qualification, QualificationStatus

_GRANTED = ("granted",)
_DOCUMENTED = ("certificate", "official_list")
_STATUS = {
    "in_progress": Words("en cours", "in progress"),
    "suspended": Words("suspendue", "suspended"),
    "withdrawn": Words("retirée", "withdrawn"),
    "refused": Words("refusée", "refused"),
    "expired": Words("échue", "expired"),
}
_RANK = (
    QualificationStatus.VALID,
    QualificationStatus.UNKNOWN,
    QualificationStatus.NOT_YET,
    QualificationStatus.EXPIRED,
    QualificationStatus.NOT_COVERING,
    QualificationStatus.NONE,
)
SCHEMES = {"secnumcloud": "SecNumCloud", "hds": "HDS", "eucs": "EUCS"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one scheme at one place.  Empty version or activities: not known.

    ``held`` tells whether the service has such a qualification at all, ``valid`` whether it also is in its
    period on the day asked.
    """

    valid: Answer
    held: Answer
    version: str
    activities: tuple[int, ...]


def standing(case: Case, place: Place, scheme: str, law: Law) -> Standing:
    """The state of ``scheme`` for the service in use at ``place``, from the catalog and the claims."""
    listed = best(place, scheme)
    # A claim on another service tells nothing here; one that names no service is taken at its word.
    claims = [c for c in case.dataset.claims if known(c.scheme) == scheme and names_service(c, place) is not False]
    good = [claim for claim in claims if isinstance(claim_answer(claim, place, law), Yes)]
    latest = max(good, key=_recency, default=None)
    if listed is not None and listed.status is not QualificationStatus.UNKNOWN:
        valid = _listed(listed, latest, claims, place, law)
        if isinstance(valid, Yes) and listed.status is not QualificationStatus.VALID and latest is not None:
            return Standing(valid, valid, known(latest.version) or "", _activities(good))
        held: Answer = valid
        if not listed.stale and listed.status in (QualificationStatus.VALID, QualificationStatus.EXPIRED):
            held = Yes(_state(listed), (listed.source,))
        version = listed.version or (known(latest.version) if latest else None)
        return Standing(valid, held, version or "", listed.activities or _activities(good))
    if latest is not None:
        valid = claim_answer(latest, place, law)
        return Standing(valid, valid, known(latest.version) or "", _activities(good))
    if claims:
        valid = _most_open([claim_answer(claim, place, law) for claim in claims])
        held = _most_open([_claim_held(claim, place) for claim in claims])
        naming = max((claim for claim in claims if names_service(claim, place)), key=_recency, default=None)
        version = known(naming.version) if naming is not None else None
        return Standing(valid, held, version or "", _activities(claims))
    source = (listed.source,) if listed is not None else ()
    because = _state(listed) if listed is not None else _silent(scheme)
    nothing = Unknown(("qualification.evidence",), because, source)
    return Standing(nothing, nothing, "", ())


def _recency(claim: QualificationClaim) -> tuple[date, date, str]:
    return (known(claim.issued_on) or date.min, known(claim.expires_on) or date.min, known(claim.version) or "")


def _activities(claims: list[QualificationClaim]) -> tuple[int, ...]:
    return tuple(sorted({activity for claim in claims for activity in known(claim.activities) or ()}))


def _most_open(answers: list[Answer]) -> Answer:
    """Of several claims none of which is valid: one that is still open leaves the question open."""
    if any(isinstance(answer, Yes) for answer in answers):
        return any_of(*answers)
    unknowns = [answer for answer in answers if isinstance(answer, Unknown)]
    return all_of(*(unknowns or answers))


def best(place: Place, scheme: str) -> Qualification | None:
    """The most favourable entry of the catalog for a scheme, if it has one."""
    entries = [entry for entry in place.qualifications if entry.scheme == scheme]
    return min(entries, key=lambda entry: _RANK.index(entry.status), default=None)


def _silent(scheme: str) -> tuple[Words, ...]:
    name = SCHEMES.get(scheme, scheme)
    return (Words(f"{name}\u202f: aucune preuve de qualification ou de certificat", f"{name}: no evidence at all"),)


def _listed(
    entry: Qualification,
    good: QualificationClaim | None,
    claims: list[QualificationClaim],
    place: Place,
    law: Law,
) -> Answer:
    """The answer when the catalog has one of its own."""
    words = _state(entry)
    if entry.stale:
        name = SCHEMES.get(entry.scheme, entry.scheme)
        old = Words(
            f"{name}\u202f: liste officielle non relue depuis trop longtemps (qualification.list)",
            f"{name}: the official list was last read too long ago (qualification.list)",
        )
        return Unknown(("qualification.list",), (*words, old), (entry.source,))
    if entry.status is QualificationStatus.VALID:
        return _dated(entry, words, claims, place, law)
    if good is not None and _later(good, entry):
        fr = "qualification postérieure à la liste que le catalogue a lue, attestée par une pièce citée au registre"
        en = "qualified after the list that the catalog read, according to a document that the register cites"
        words = (Words(fr, en),)
        return Yes(words, (entry.source, good.status.source), declared=True)
    if entry.issued_on is not None and law.on < entry.issued_on:
        # The one decision that was read is a later one, which says nothing of an earlier one that it renewed.
        return Unknown(("qualification.evidence",), words, (entry.source,))
    if entry.status is QualificationStatus.NONE and entry.listed_on is None:
        return Unknown(("qualification.list",), words, (entry.source,))
    return No(words, (entry.source,))


def _dated(
    entry: Qualification, words: tuple[Words, ...], claims: list[QualificationClaim], place: Place, law: Law
) -> Answer:
    """A valid entry needs its period: from the list, else from a documented certificate of the register."""
    covering = [claim for claim in claims if _supplements(claim, place)]
    issued = entry.issued_on or next((d for c in covering if (d := known(c.issued_on)) is not None), None)
    expires = entry.expires_on or next((d for c in covering if (d := known(c.expires_on)) is not None), None)
    # In force in a list read on a day is as good as a decision of that day at the latest.
    begun = issued or entry.listed_on
    if begun is None or expires is None:
        name = "qualification.issued" if begun is None else "qualification.expires"
        return Unknown((name,), (*words, *lacking(name).because), (entry.source,))
    if not begun <= law.on < expires:
        first, end = written(begun), written(expires)
        fr = f"hors de sa période de validité ({first.fr} – {end.fr})"
        en = f"outside its period of validity ({first.en} to {end.en})"
        return No((*words, Words(fr, en)), (entry.source,))
    borrowed = entry.expires_on is None
    return Yes(words, (entry.source,), declared=borrowed)


def _state(entry: Qualification) -> tuple[Words, ...]:
    if entry.why_fr:
        return (Words(entry.why_fr, entry.why_en),)
    name = SCHEMES.get(entry.scheme, entry.scheme)
    return (Words(f"{name}\u202f: {entry.status.value}", f"{name}: {entry.status.value}"),)


def _later(claim: QualificationClaim, entry: Qualification) -> bool:
    """Whether a claim speaks of a later day than the list: decided later, or read in a later official list."""
    if entry.listed_on is None:
        return False
    issued, checked = known(claim.issued_on), known(claim.checked_on)
    read_later = known(claim.evidence) == "official_list" and checked is not None and checked > entry.listed_on
    return read_later or (issued is not None and issued > entry.listed_on)


def _supplements(claim: QualificationClaim, place: Place) -> bool:
    """Whether a claim speaks of the certificate that the catalog already ties to this place."""
    documented = known(claim.evidence) in _DOCUMENTED and known(claim.status) in _GRANTED
    return documented and bool(names_service(claim, place))


def names_service(claim: QualificationClaim, place: Place) -> bool | None:
    """Whether a claim names the service in use at a place; ``None`` when either is not known."""
    named = known(claim.service_id)
    if named is None:
        return None
    used = {entry.service_id for entry in place.qualifications if entry.scheme == known(claim.scheme)} - {""}
    service = known(place.service)
    if named in used or named == service:
        return True
    return False if service is not None or used else None


def claim_answer(claim: QualificationClaim, place: Place, law: Law) -> Answer:
    """``valid(q)`` of a claim at a place: granted, in its period, for this service, on a list or certificate."""
    return all_of(claim_in_date(claim, law), _covers(claim, place))


def _claim_held(claim: QualificationClaim, place: Place) -> Answer:
    return all_of(_granted(claim), _documented(claim), _covers(claim, place))


def claim_in_date(claim: QualificationClaim, law: Law) -> Answer:
    """Whether a claim is granted, in its period and documented, whatever the service."""
    return all_of(_granted(claim), _in_period(claim, law), _documented(claim))


def _granted(claim: QualificationClaim) -> Answer:
    match claim.status:
        case Known(status, source) if status in _GRANTED:
            words = Words(
                f"Le registre la déclare accordée ({status}).", f"The register says it was granted ({status})."
            )
            return Yes((words,), (source,), declared=True)
        case Known(status, source):
            return No((not_granted(status),), (source,), declared=True)
        case _:
            return lacking("qualification.status", claim.status.source)


def not_granted(status: str) -> Words:
    """What to say of a claim whose status is anything but granted."""
    said = _STATUS.get(status, Words(status, status))
    return Words(
        f"Qualification annoncée mais non accordée\u202f: «\u202f{said.fr}\u202f».",
        f"Claimed qualification not granted: “{said.en}”.",
    )


def _in_period(claim: QualificationClaim, law: Law) -> Answer:
    issued, expires = claim.issued_on, claim.expires_on
    if isinstance(issued, Known) and law.on < issued.value:
        first = written(issued.value)
        return _out_of_period(f"avant le {first.fr}", f"before {first.en}", issued.source)
    if isinstance(expires, Known) and law.on >= expires.value:
        end = written(expires.value)
        return _out_of_period(f"échue le {end.fr}", f"ended on {end.en}", expires.source)
    missing = []
    if not isinstance(issued, Known):
        missing.append(lacking("qualification.issued", issued.source))
    if not isinstance(expires, Known):
        missing.append(lacking("qualification.expires", expires.source))
    return all_of(*missing)


def _out_of_period(fr: str, en: str, source: Source) -> No:
    return No(
        (Words(f"Qualification hors de sa période\u202f: {fr}.", f"Claim out of its period: {en}."),), (source,), True
    )


def _documented(claim: QualificationClaim) -> Answer:
    match claim.evidence:
        case Known(evidence, source) if evidence in _DOCUMENTED:
            return Yes((), (source,), declared=source.grade is Grade.DECLARED)
        case _:
            return lacking("qualification.evidence", claim.evidence.source)


def _covers(claim: QualificationClaim, place: Place) -> Answer:
    if names_service(claim, place):
        return Yes()
    return lacking("qualification.service", claim.service_id.source)
