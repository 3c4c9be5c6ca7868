"""GDP-004: are the keys out of reach of the law that reaches the provider?

EDPB Recommendations 01/2020, use cases 1 and 6 (version 2.0). Our reading: where a law of a third country that is
not adequate reaches the host, contested exposures included, encryption is an effective measure only if the keys are
held in the Union by somebody whom no such law reaches, and the service never needs clear text. A recommendation and
no text that binds: indicative. It never changes the answer to article 31.
"""

from __future__ import annotations

from datetime import date

from legislation._adequacy import spared
from legislation._exposed import hosted_and_reached
from legislation._facts import ask, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, every, not_, some, unless
from legislation._personal import personal
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Unread
from model.places import Custody

RULE = Rule(
    id="GDP-004",
    titles=Words("Clés sous contrôle européen", "Keys under European control"),
    kind=RuleKind.INDICATIVE,
    severity=Severity.MEDIUM,
    basis=(Cite("EDPB-01-2020", "cas d’usage 1 et 6", "2.0"),),
    in_force_from=date(2021, 6, 18),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Chiffrer avant l’envoi, ou conserver les clés hors du prestataire, dans l’Union.",
        "Encrypt before sending, or keep the keys away from the provider, in the Union.",
    ),
)
OF_PLACES = True
BEFORE = Words(
    "Les recommandations 01/2020 du Comité européen n’étaient pas définitives.",
    "EDPB Recommendations 01/2020 were not final.",
)


def applies(case: Case, law: Law) -> Answer:
    """Personal data at a processor that the law of a non-adequate third country reaches."""
    of_persons = personal(case, law)
    if isinstance(of_persons, No):
        return of_persons
    apart = spared(law)
    reached = some(case, lambda place: hosted_and_reached(case, place, law, apart))
    return reached if isinstance(reached, No) else all_of(of_persons, reached)


def holds(case: Case, law: Law) -> Answer:
    """At every such place the keys are held in the Union, by nobody exposed, and no clear text is seen."""
    apart = spared(law)
    return every(case, lambda place: unless(not_(hosted_and_reached(case, place, law, apart)), _kept(case, place, law)))


def _kept(case: Case, place: Place, law: Law) -> Answer:
    clear = ask(
        case.dataset.keys.plaintext_in_service,
        "keys.plaintext_in_service",
        Words("le service voit les données en clair", "the service sees clear text"),
        Words("le service ne voit jamais les données en clair", "the service never sees clear text"),
    )
    return all_of(_custody(place), _holder(case), _country(case, law), not_(clear))


def _custody(place: Place) -> Answer:
    """What an interface showed of the key: with the provider itself, it is within the same reach."""
    match place.key:
        case Known(key, source) if key.custody is Custody.CUSTOMER_EXTERNAL:
            return Yes((), (source,))
        case Known(key, source) if key.custody is Custody.NONE:
            return No((Words("données non chiffrées", "data not encrypted"),), (source,))
        case Known(_, source):
            return No(
                (Words("clé conservée chez le prestataire exposé", "key kept with the exposed provider"),), (source,)
            )
        case Absent(source):
            return No((Words("données non chiffrées", "data not encrypted"),), (source,))
        case Unread():
            return Yes()


def _holder(case: Case) -> Answer:
    match case.dataset.keys.holder:
        case Known(holder, source):
            named = Yes((Words(f"clés détenues par {holder}", f"keys held by {holder}"),), (source,), True)
        case told:
            return lacking("keys.holder", told.source)
    free = ask(
        case.dataset.keys.eu_controlled,
        "keys.holder",
        Words("aucun droit d’un pays tiers n’atteint ce détenteur", "no law of a third country reaches that holder"),
        Words("le droit d’un pays tiers atteint ce détenteur", "the law of a third country reaches that holder"),
    )
    return all_of(named, free)


def _country(case: Case, law: Law) -> Answer:
    match case.dataset.keys.country:
        case Known(country, source) if country in law.members("eu_members"):
            words = Words(f"clés conservées dans l’Union ({country})", f"keys kept in the Union ({country})")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(country, source):
            words = Words(f"clés conservées hors de l’Union ({country})", f"keys kept outside the Union ({country})")
            return No((words,), (source,))
        case told:
            return lacking("keys.country", told.source)
