"""ACC-004: are backups and extracts held like the original?

GDPR art. 32; CNIL, formal notice MED-2018-006 (backups and extractions).  Our reading: every copy is located and
encrypted, copies follow the rules of the original, and each extract bears its day and its end of life. What an
interface saw of the key of a copy decides; elsewhere the register tells. Where no copy is known, only a list
confirmed complete says so.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import ask, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, every
from legislation._personal import personal_health
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Reason, Unread
from model.places import Custody, PlaceKind

RULE = Rule(
    id="ACC-004",
    titles=Words("Sauvegardes et extractions maîtrisées", "Backups and extracts under control"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("GDPR", "32", "2018-05-25"), Cite("MED-2018-006", "texte entier", "2018-02-08")),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Appliquer aux copies les règles de l’original\u202f: chiffrement, habilitations, durée\u202f; "
        "dater les extractions.",
        "Apply the rules of the original to copies: encryption, rights, duration; date extracts.",
    ),
)
OF_PLACES = True
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")

_EXTRACTS = (PlaceKind.EXTRACT, PlaceKind.EXPORT)
_SILENT_KEY = (Reason.NOT_ASKED, Reason.NOT_TOLD, Reason.NOT_DECLARED)
_COPIES = (PlaceKind.BACKUP, PlaceKind.REPLICA, PlaceKind.SNAPSHOT, *_EXTRACTS)


def applies(case: Case, law: Law) -> Answer:
    """Personal health data."""
    return personal_health(case, law)


def holds(case: Case, law: Law) -> Answer:
    """Every copy located and encrypted, under the same rules; every extract with its end."""
    located = holds_alone(case, law)
    if not any(place.role in _COPIES for place in case.places):
        return all_of(located, _none_left(case))
    return all_of(located, _same_rules(case), _extracts_end(case))


def holds_alone(case: Case, _law: Law) -> Answer:
    """The place itself; the rules of copies are a question to the dataset."""
    return every(case, lambda place: _held(case, place) if place.role in _COPIES else Yes())


def _held(case: Case, place: Place) -> Answer:
    return all_of(_located(place), _encrypted(case, place))


def _located(place: Place) -> Answer:
    unread = next((one.countries for one in place.locations if not isinstance(one.countries, Known)), None)
    if unread is not None:
        return lacking("location.country", unread.source)
    return Yes((), tuple(one.countries.source for one in place.locations), place.grade is Grade.DECLARED)


def _encrypted(case: Case, place: Place) -> Answer:
    match place.key:
        case Known(key, source) if key.custody is Custody.NONE:
            return No((Words("copie non chiffrée", "copy not encrypted"),), (source,))
        case Known(_, source):
            return Yes((Words("copie chiffrée", "encrypted copy"),), (source,))
        case Absent(source):
            return No((Words("copie non chiffrée", "copy not encrypted"),), (source,))
        case Unread(reason, source) if reason not in _SILENT_KEY:
            return lacking("copies.encrypted", source)
        case Unread():
            yes = Words("copie déclarée chiffrée", "copy declared encrypted")
            no = Words("copie déclarée non chiffrée", "copy declared not encrypted")
            return ask(case.dataset.copies.encrypted, "copies.encrypted", yes, no)


def _same_rules(case: Case) -> Answer:
    yes = Words("Les copies suivent les règles de l’original.", "Copies follow the rules of the original.")
    no = Words("Les copies ne suivent pas les règles de l’original.", "Copies do not follow the rules of the original.")
    return ask(case.dataset.copies.same_rules, "copies.same_rules", yes, no)


def _extracts_end(case: Case) -> Answer:
    if not any(place.role in _EXTRACTS for place in case.places):
        return Yes()
    yes = Words("Chaque extraction porte sa date et sa fin de vie.", "Each extract bears its day and end of life.")
    no = Words("Des extractions n’ont ni date ni fin de vie.", "Some extracts bear neither day nor end of life.")
    return ask(case.dataset.copies.extracts_end, "copies.extracts_end", yes, no)


def _none_left(case: Case) -> Answer:
    match case.dataset.places_complete:
        case Known(True, source):
            words = Words("Aucune copie, liste confirmée complète.", "No copy, and the list is confirmed complete.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(_, source) | Absent(source) | Unread(source=source):
            return lacking("dataset.places_complete", source)
