"""ACC-003: does every person who reads the data belong to the circle of secrecy?

Code de la santé publique, art. L.1110-4; Code pénal, art. 226-13.  Our reading: nominative health data are shared
within the care team, with consent, or on a legal basis; every accessing role is tied to one of the three.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import health, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._personal import nominative
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import AccessRole
from model.observed import Absent, Grade, Known, Unread

RULE = Rule(
    id="ACC-003",
    titles=Words("Secret\u202f: cercle des accès", "Secrecy: circle of access"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("CSP-L1110-4", "L.1110-4", "2018-04-01"), Cite("CPEN", "226-13", "2002-01-01")),
    in_force_from=date(2018, 4, 1),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Rattacher chaque fonction à l’équipe de soins, à un consentement ou à une base légale\u202f; "
        "fermer les autres accès.",
        "Tie each role to the care team, to consent or to a legal basis; close every other access.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "La rédaction retenue du code n’était pas encore en vigueur.", "The wording read here was not in force yet."
)

_GROUNDS = {
    "care_team": Words("équipe de soins", "care team"),
    "consent": Words("consentement", "consent"),
    "legal_basis": Words("base légale", "legal basis"),
}


def applies(case: Case, law: Law) -> Answer:
    """Nominative health data."""
    about = health(case)
    return about if isinstance(about, No) else all_of(about, nominative(case, law))


def holds(case: Case, _law: Law) -> Answer:
    """Each role has its ground."""
    match case.dataset.access.roles:
        case Known(roles) if roles:
            return all_of(*(_grounded(role) for role in roles))
        case answer:
            return lacking("access.roles", answer.source)


def _grounded(role: AccessRole) -> Answer:
    match role.ground:
        case Known(word, source) if word in _GROUNDS:
            name = _GROUNDS[word]
            words = Words(f"{role.role}\u202f: {name.fr}.", f"{role.role}: {name.en}.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(_, source) | Absent(source):
            words = Words(f"{role.role}\u202f: aucun fondement.", f"{role.role}: no ground.")
            return No((words,), (source,), source.grade is Grade.DECLARED)
        case Unread(source=source):
            return lacking("access.roles", source)
