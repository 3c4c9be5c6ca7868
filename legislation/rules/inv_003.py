"""INV-003: does more than a declaration show where each place is?

GDPR art. 5(2), accountability (version of 25 May 2018).  Our reading: one shows a location by what an interface, a
name server or a contract says, checked within the age that parameter ``evidence_age`` gives. No text sets that
yardstick, so that the rule is indicative: a bare declaration is weak evidence, not a breach.
"""

from __future__ import annotations

from datetime import date, timedelta

from legislation._days import written
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, every
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Unread

RULE = Rule(
    id="INV-003",
    titles=Words("Preuve non déclarative", "Evidence beyond declaration"),
    kind=RuleKind.INDICATIVE,
    severity=Severity.LOW,
    basis=(Cite("GDPR", "5(2)", "2018-05-25"),),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Relancer l’inventaire, ou obtenir une pièce (contrat, attestation) qui désigne l’emplacement.",
        "Scan again, or obtain a document (contract, attestation) that names the place.",
    ),
)
OF_PLACES = True
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")

_SHOWN = {
    Grade.API: Words("constaté par une interface", "seen through an interface"),
    Grade.DNS: Words("constaté par le DNS", "seen through DNS"),
    Grade.CONTRACT: Words("attesté par une pièce", "attested by a document"),
}


def applies(_case: Case, _law: Law) -> Answer:
    """Any location."""
    return Yes()


def holds(case: Case, law: Law) -> Answer:
    """Every place is shown by more than a declaration, lately."""
    return every(case, lambda place: all_of(_shown(place), _lately(place, law)))


def _shown(place: Place) -> Answer:
    sources = tuple(location.countries.source for location in place.locations)
    if place.grade in _SHOWN:
        return Yes((_SHOWN[place.grade],), sources)
    return No((Words("seulement déclaré", "declared only"),), sources)


def _lately(place: Place, law: Law) -> Answer:
    limit = timedelta(days=law.number("evidence_age"))
    match place.checked_on:
        case Known(day, source) if day > law.on or law.on - day <= limit:
            return Yes((), (source,))
        case Known(day, source):
            words = Words(f"vérifié le {written(day).fr} seulement", f"last checked on {written(day).en}")
            return No((words,), (source,))
        case Absent(source) | Unread(source=source):
            return lacking("location.checked_at", source)
