"""JUR-002: was a contested exposure to the law of a third country decided on, in writing?

An exposure rule (docs/exposures.md), printed apart and never counted as a breach. Our reading: where serious positions
stand on both sides (JR-3, JR-6 to JR-8, JR-11, JR-12), the organisation keeps a dated note that cites the position it
follows. An established exposure is no longer a matter of position.
"""

from __future__ import annotations

from datetime import date

from legislation._days import written
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, some
from legislation.exposure import exposures_on, open_facts, own_public
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.datasets import ExposureNote
from model.observed import Absent, Grade, Known, Source, Unread
from model.parties import ExposureGrade

RULE = Rule(
    id="JUR-002",
    titles=Words("Exposition discutée consignée", "Contested exposure disclosed"),
    kind=RuleKind.EXPOSURE,
    severity=Severity.MEDIUM,
    basis=(Cite("GDPR", "48", "2018-05-25"),),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Consigner la décision, datée, avec la position juridique suivie.",
        "Record the decision, dated, with the legal position that is followed.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")


def applies(case: Case, law: Law) -> Answer:
    """A contested exposure reaches a place."""
    return some(case, lambda place: _contested(case, place, law))


def holds(case: Case, law: Law) -> Answer:
    """A note of the day asked or earlier cites a position."""
    match case.dataset.exposure_note:
        case Known(note, source):
            return _noted(note, source, law)
        case Absent(source):
            words = Words("Aucune note de gouvernance n’existe.", "There is no governance note.")
            return No((words,), (source,), source.grade is Grade.DECLARED)
        case Unread(source=source):
            return lacking("exposure_note", source)


def _contested(case: Case, place: Place, law: Law) -> Answer:
    own = own_public(case, place)
    found = exposures_on(law).of(place, own)
    source = (place.operators.source,)
    contested = sorted(exposure.law for exposure in found if exposure.grade is ExposureGrade.CONTESTED)
    if contested:
        names = ", ".join(contested)
        return Yes((Words(f"exposition discutée\u202f: {names}", f"contested exposure: {names}"),), source)
    if any(exposure.grade is ExposureGrade.UNKNOWN for exposure in found):
        missing = open_facts(place, own, law)
        return Unknown(missing, tuple(words for name in missing for words in lacking(name).because), source)
    words = Words("aucune exposition dont le principe soit discuté", "no exposure that is contested in principle")
    return No((words,), source)


def _noted(note: ExposureNote, source: Source, law: Law) -> Answer:
    if not isinstance(note.noted_on, Known) or not isinstance(note.position, Known):
        return lacking("exposure_note", source)
    day = written(note.noted_on.value)
    declared = not isinstance(note.document, Known)
    if note.noted_on.value > law.on:
        words = Words(f"La note n’est datée que du {day.fr}.", f"The note is only of {day.en}.")
        return No((words,), (note.noted_on.source,), declared)
    position = note.position.value
    words = Words(f"Note du {day.fr}, position citée\u202f: {position}.", f"Note of {day.en}, citing: {position}.")
    return Yes((words,), (note.noted_on.source, note.position.source), declared)
