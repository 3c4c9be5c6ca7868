"""Whose data: of persons or not, and what shows it.

A claim of anonymity without its evidence leaves the claim open and the data personal: every rule on
personal data goes on applying (WP216; CNIL, SAN-2024-013).
"""

from __future__ import annotations

from legislation._days import written
from legislation._facts import health, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of
from model.assessment import Case, Words
from model.datasets import Identity
from model.observed import Absent, Grade, Known, Observed, Unread

_CRITERIA = (
    Words("individualisation", "singling out"),
    Words("corrélation", "linking"),
    Words("inférence", "inference"),
)

_MOST_NAMED = 20
"""Columns that a sentence names at most."""


def anonymity_shown(case: Case, law: Law) -> Answer:
    """The three criteria met, in a document, dated on the day asked at the latest, and contradicted by no store."""
    return all_of(_criteria(case), _document(case), _dated(case, law), *_contradicted(case))


def _contradicted(case: Case) -> tuple[Unknown, ...]:
    """Open as soon as a store has columns that single people out, whatever the study says: they are named."""
    columns = sorted({column for place in case.places for column in place.identifying})
    if not columns:
        return ()
    named = ", ".join(columns[:_MOST_NAMED])
    fr = f"Contredit par les colonnes observées, qui isolent des personnes\u202f: {named}."
    en = f"Contradicted by columns that were seen, which single people out: {named}."
    where = tuple(source for place in case.places if place.identifying for source in place.sources[:1])
    return (Unknown(("dataset.anonymity",), (Words(fr, en),), where),)


def _criteria(case: Case) -> Answer:
    match case.dataset.anonymity.criteria:
        case Known(criteria, source):
            declared = source.grade is Grade.DECLARED
            unmet = [name for name, met in zip(_CRITERIA, criteria, strict=True) if not met]
            if unmet:
                fr, en = ", ".join(name.fr for name in unmet), ", ".join(name.en for name in unmet)
                words = Words(
                    f"Risque non écarté\u202f: {fr}. Les données sont pseudonymes, non anonymes.",
                    f"Risk not ruled out: {en}. The data are pseudonymous, not anonymous.",
                )
                return No((words,), (source,), declared)
            words = Words("Les trois critères de l’avis WP216 sont tenus.", "The three criteria of WP216 are met.")
            return Yes((words,), (source,), declared)
        case Absent(source) | Unread(source=source):
            return lacking("dataset.anonymity", source)


def _document(case: Case) -> Answer:
    match case.dataset.anonymity.document:
        case Known(document, source):
            words = Words(f"Étude citée\u202f: {document}.", f"Study cited: {document}.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Absent(source) | Unread(source=source):
            return lacking("dataset.anonymity", source)


def _dated(case: Case, law: Law) -> Answer:
    match case.dataset.anonymity.shown_on:
        case Known(day, source) if day <= law.on:
            words = Words(f"Étude du {written(day).fr}.", f"Study of {written(day).en}.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case answer:
            return lacking("dataset.anonymity", answer.source)


def personal(case: Case, law: Law) -> Answer:
    """Whether these are personal data: anonymous only once shown to be so."""
    match case.dataset.identity:
        case Known(Identity.ANONYMOUS, source):
            shown = anonymity_shown(case, law)
            if isinstance(shown, Yes):
                words = Words("Données anonymes, preuve à l’appui.", "Anonymous data, with its evidence.")
                return No((words, *shown.because), (source, *shown.sources), shown.declared)
            words = Words(
                "Données dites anonymes sans que l’anonymat soit démontré\u202f: traitées comme personnelles.",
                "Data called anonymous without evidence: treated as personal.",
            )
            return Yes((words,), (source, *shown.sources))
        case Known(_, source):
            words = Words("Données personnelles.", "Personal data.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Absent(source) | Unread(source=source):
            return lacking("dataset.identity", source)


def personal_health(case: Case, law: Law) -> Answer:
    """Personal data concerning health (GDPR art. 4, point 15)."""
    about = health(case)
    return about if isinstance(about, No) else all_of(about, personal(case, law))


def nominative(case: Case, law: Law) -> Answer:
    """Whether the data name persons.  A bare claim of anonymity leaves it open."""
    match case.dataset.identity:
        case Known(Identity.NOMINATIVE, source):
            words = Words("Données nominatives.", "Nominative data.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(Identity.PSEUDONYMOUS, source):
            words = Words("Données pseudonymes.", "Pseudonymous data.")
            return No((words,), (source,), source.grade is Grade.DECLARED)
        case Known(_, source):
            known_anonymous = personal(case, law)
            return known_anonymous if isinstance(known_anonymous, No) else lacking("dataset.identity", source)
        case Absent(source) | Unread(source=source):
            return lacking("dataset.identity", source)


def said(fact: Observed[str], name: str, none: Words) -> Answer:
    """A reference that the register gives, or says does not exist."""
    match fact:
        case Known(text, source):
            return Yes((Words(f"{text}.", f"{text}."),), (source,), source.grade is Grade.DECLARED)
        case Absent(source):
            return No((none,), (source,), source.grade is Grade.DECLARED)
        case Unread(source=source):
            return lacking(name, source)


def open_question(name: str, words: Words) -> Unknown:
    """An answer that stays open for want of ``name``, with the sentence that says why."""
    return Unknown((name,), (words,))
