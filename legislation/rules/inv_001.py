"""INV-001: is every copy located?

GDPR art. 30 and 32 (version of 25 May 2018), SecNumCloud 3.2 ch. 19.2.a, HDS référentiel v2 EXI 28.  Our reading:
one cannot protect nor document what one cannot place, so every location, backups, replicas, logs,
extracts, keys and transfer tools included, has a country and the day on which it was checked, and the owner
has confirmed that no kind of place is missing.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import health, lacking, listed
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, every
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Reason, Unread
from model.places import Custody

RULE = Rule(
    id="INV-001",
    titles=Words("Localisation connue de chaque copie", "Every copy located"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(
        Cite("GDPR", "30, 32", "2018-05-25"),
        Cite("SNC-3.2", "19.2.a", "3.2"),
        Cite("A2024-04-26", "EXI 28", "v2"),
    ),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Recenser sauvegardes, journaux et extractions\u202f; interroger les interfaces des prestataires\u202f; "
        "à défaut, demander la localisation par écrit au prestataire.",
        "List backups, logs and extracts; query the providers’ interfaces; failing that, ask the provider in writing.",
    ),
)
OF_PLACES = True
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")

_SILENT_KEY = (Reason.NOT_ASKED, Reason.NOT_TOLD, Reason.NOT_DECLARED)


def applies(case: Case, _law: Law) -> Answer:
    """Unless the data are known not to be health data."""
    return health(case)


def holds(case: Case, law: Law) -> Answer:
    """Every place located and checked, and the list of kinds confirmed complete."""
    return all_of(holds_alone(case, law), _complete(case))


def holds_alone(case: Case, _law: Law) -> Answer:
    """Every known place located and checked; whether others exist is a question to the dataset."""
    return every(case, lambda place: all_of(_located(place), _checked(place), _key_located(case, place)))


def _located(place: Place) -> Answer:
    countries: set[str] = set()
    sources = []
    for location in place.locations:
        match location.countries:
            case Known(value, source) if value:
                countries.update(value)
                sources.append(source)
            case Absent(source):
                return No((Words("aucun pays", "no country"),), (source,))
            case answer:
                words = Words("pays inconnu (location.country)", "country unknown (location.country)")
                return Unknown(("location.country",), (words,), (answer.source,))
    words = Words(f"localisé en {listed(list(countries))}", f"located in {listed(list(countries))}")
    return Yes((words,), tuple(sources), place.grade is Grade.DECLARED)


def _checked(place: Place) -> Answer:
    match place.checked_on:
        case Known():
            return Yes()
        case Absent(source):
            return No((Words("localisation jamais vérifiée", "location never checked"),), (source,))
        case Unread(source=source):
            words = Words(
                "date de vérification inconnue (location.checked_at)", "day of check unknown (location.checked_at)"
            )
            return Unknown(("location.checked_at",), (words,), (source,))


def _key_located(case: Case, place: Place) -> Answer:
    """A key apart from the service has a place of its own; one that the provider keeps rests in the service.

    Where nobody ever spoke of a key, the confirmation of completeness covers it; where the question
    was put and refused, it stays open.
    """
    match place.key:
        case Known(key, source) if key.custody in (Custody.CUSTOMER_IN_PROVIDER, Custody.CUSTOMER_EXTERNAL):
            told = place.key_countries
            if isinstance(told, Known) and told.value:
                return Yes()
            held = case.dataset.keys.country
            if isinstance(held, Known):
                return Yes((), (held.source,), held.source.grade is Grade.DECLARED)
            words = Words(
                "pays de la clé inconnu (location.key_country)", "country of the key unknown (location.key_country)"
            )
            return Unknown(("location.key_country",), (words,), (source,))
        case Unread(reason, source) if reason not in _SILENT_KEY:
            words = Words("clé non lue (location.key_country)", "key not read (location.key_country)")
            return Unknown(("location.key_country",), (words,), (source,))
        case _:
            return Yes()


def _complete(case: Case) -> Answer:
    """Only a confirmation counts: a list known to be incomplete leaves the question open like a silence."""
    match case.dataset.places_complete:
        case Known(True, source):
            words = Words(
                "Liste des types d’emplacements confirmée complète.", "List of kinds of places confirmed complete."
            )
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(_, source) | Absent(source) | Unread(source=source):
            return lacking("dataset.places_complete", source)
