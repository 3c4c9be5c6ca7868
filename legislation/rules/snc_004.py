"""SNC-004: is the provider established in the European Union?

SecNumCloud 3.2, 19.6.a, an indicative check. Our reading: statutory seat, central administration and main establishment
are three facts, each in a Member State, of each entity that provides the service.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._sovereignty import each_provider, has_provider
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Known
from model.parties import EstablishmentKind, LegalEntity, Operator

RULE = Rule(
    id="SNC-004",
    titles=Words(
        "Siège, administration centrale et établissement principal dans l’Union",
        "Seat, central administration and main establishment in the Union",
    ),
    kind=RuleKind.INDICATIVE,
    severity=Severity.HIGH,
    basis=(Cite("SNC-3.2", "19.6.a", "3.2"),),
    in_force_from=date(2022, 3, 8),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Changer de prestataire\u202f: aucune mesure technique ne déplace un siège.",
        "Change provider: no technical measure moves a seat.",
    ),
)
OF_PLACES = True
BEFORE = Words("SecNumCloud 3.2 n’était pas publié.", "SecNumCloud 3.2 was not published.")

_PLACES = {
    EstablishmentKind.CENTRAL_ADMINISTRATION: (
        "provider.central_admin",
        Words("administration centrale", "central administration"),
    ),
    EstablishmentKind.MAIN_ESTABLISHMENT: (
        "provider.main_establishment",
        Words("établissement principal", "main establishment"),
    ),
}


def applies(case: Case, _law: Law) -> Answer:
    """A cloud provider serves a place."""
    return has_provider(case)


def holds(case: Case, law: Law) -> Answer:
    """The three places of each provider are in the Union."""
    return each_provider(case, law, RULE.id, _in_union)


def _in_union(operator: Operator, law: Law) -> Answer:
    union = frozenset(law.members("eu_members"))
    entity = operator.entity
    return all_of(_seat(entity, union), *(_established(entity, kind, union) for kind in _PLACES))


def _seat(entity: LegalEntity, union: frozenset[str]) -> Answer:
    match entity.seat:
        case Known(country, source):
            words = Words(f"{entity.name}\u202f: siège en {country}", f"{entity.name}: seat in {country}")
            return Yes((words,), (source,)) if country in union else No((words,), (source,))
        case fact:
            return lacking("provider.seat", fact.source)


def _established(entity: LegalEntity, kind: EstablishmentKind, union: frozenset[str]) -> Answer:
    name, label = _PLACES[kind]
    found = [one for one in entity.establishments if one.kind is kind]
    if not found:
        return lacking(name, entity.sources[0] if entity.sources else None)
    sources = tuple(source for one in found for source in one.sources)
    where = ", ".join(sorted({one.country for one in found}))
    words = Words(f"{entity.name}\u202f: {label.fr} en {where}", f"{entity.name}: {label.en} in {where}")
    return Yes((words,), sources) if all(one.country in union for one in found) else No((words,), sources)
