"""A31-008: does the claimed qualification belong to the very service in use?

SecNumCloud 3.2 ch. 1 to 3; décret n° 2026-272. Our reading: a qualification names one service; a software or
platform built on a qualified infrastructure does not inherit it, and a service in the course of qualification
is not qualified.
"""

from __future__ import annotations

from datetime import date

from legislation._claims import claimed, entry_for, secnumcloud_claims, unreadable_claims
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, any_of
from legislation._qualified import best, names_service, not_granted
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.datasets import QualificationClaim
from model.observed import Known, known
from model.parties import Qualification, QualificationStatus

RULE = Rule(
    id="A31-008",
    titles=Words("Qualification portée par le service utilisé", "Qualification is per service"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("SNC-3.2", "1 à 3", "3.2"), Cite("D2026-272", "critères", "2026-04-16")),
    in_force_from=date(2022, 3, 8),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Lire l’entrée du catalogue de l’ANSSI et y vérifier le nom du service utilisé.",
        "Read the entry of the ANSSI catalogue and check the name of the service in use.",
    ),
)
OF_PLACES = False
BEFORE = Words("SecNumCloud 3.2 n’était pas publié.", "SecNumCloud 3.2 was not published.")


def applies(case: Case, law: Law) -> Answer:
    """A SecNumCloud claim exists."""
    return claimed(case, law)


def holds(case: Case, law: Law) -> Answer:
    """Each claim of the register, or else each entry that stands for one, names the service in use."""
    claims = secnumcloud_claims(case)
    if claims:
        return all_of(*(_claim(case, claim) for claim in claims), *unreadable_claims(case))
    return all_of(*(_entry(entry) for place in case.places if (entry := entry_for(case, place, law)) is not None))


def _claim(case: Case, claim: QualificationClaim) -> Answer:
    status = known(claim.status)
    if status is not None and status != "granted":
        return No((not_granted(status),), (claim.status.source,), True)
    if not isinstance(claim.service_id, Known):
        return lacking("qualification.service", claim.service_id.source)
    if not case.places or case.gaps:
        uses = any_of(*(_uses(place, claim) for place in case.places), lacking("qualification.service"))
    else:
        uses = any_of(*(_uses(place, claim) for place in case.places))
    return uses if status is not None else all_of(uses, lacking("qualification.status", claim.status.source))


def _uses(place: Place, claim: QualificationClaim) -> Answer:
    service = known(claim.service_id) or ""
    match names_service(claim, place):
        case True:
            entry = best(place, "secnumcloud")
            if entry is not None and entry.status is QualificationStatus.NOT_COVERING:
                return _entry(entry)
            words = Words(f"Le service utilisé est bien {service}.", f"The service in use is indeed {service}.")
            return Yes((words,), (claim.service_id.source,), True)
        case False:
            words = Words(
                f"La qualification vise un autre service\u202f: {service}.", f"Another service is named: {service}."
            )
            return No((words,), (claim.service_id.source,))
        case None:
            return lacking("qualification.service", place.service.source)


def _entry(entry: Qualification) -> Answer:
    words = (Words(entry.why_fr, entry.why_en),)
    match entry.status:
        case QualificationStatus.VALID | QualificationStatus.EXPIRED:
            return Yes(words, (entry.source,))
        case QualificationStatus.NOT_YET | QualificationStatus.NOT_COVERING | QualificationStatus.NONE:
            return lacking("qualification.list", entry.source) if entry.stale else No(words, (entry.source,))
        case QualificationStatus.UNKNOWN:
            return lacking("qualification.service", entry.source)
