"""A31-007: does the Health Data Hub, bound by name, meet article 31?

Loi n° 2024-449, art. 31, IV, which binds the group of CSP art. L.1462-1 without any decree. Our reading: for each of
its places, either the service meets the criteria (A31-003) or a lawful derogation covers it (A31-004). Nothing is
assumed of it in advance, in either direction: dated facts decide.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import KIND_WORDS, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes
from legislation._rule import Decision, decide
from legislation.rules import a31_003, a31_004
from model.assessment import Case, Cite, Outcome, Rule, RuleKind, Severity, Words
from model.datasets import ControllerKind

RULE = Rule(
    id="A31-007",
    titles=Words(
        "Plateforme des données de santé, nommément visée par l’article 31",
        "Health Data Hub, bound by name by article 31",
    ),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("L2024-449", "31, I et IV", "2024-05-23"),),
    in_force_from=date(2024, 5, 23),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Tenir un plan de migration et des preuves datées, ou une dérogation régulière.",
        "Keep a migration plan with dated evidence, or a lawful derogation.",
    ),
)
OF_PLACES = False
BEFORE = Words("L’article 31 de la loi SREN n’existait pas.", "Article 31 of the SREN law did not exist.")


def applies(case: Case, law: Law) -> Answer:
    """The controller is the Health Data Hub, and A31-003 asks something of it."""
    kind = case.dataset.controller.kind
    if kind is ControllerKind.UNKNOWN:
        return lacking("controller.kind")
    if kind is not ControllerKind.HDH:
        name = KIND_WORDS[kind]
        words = Words(f"Autre organisme\u202f: {name.fr}.", f"Another body: {name.en}.")
        return No((words,))
    criteria = decide(a31_003, case, law)
    if criteria.outcome is Outcome.NOT_APPLICABLE:
        return No(criteria.because, criteria.sources)
    return Yes((), criteria.sources)


def holds(case: Case, law: Law) -> Answer:
    """A31-003 passes, or else A31-004 does."""
    criteria = decide(a31_003, case, law)
    if criteria.outcome is not Outcome.FAIL:
        return _answer(criteria)
    return _answer(decide(a31_004, case, law))


def _answer(decision: Decision) -> Answer:
    match decision.outcome:
        case Outcome.PASS:
            return Yes(decision.because, decision.sources)
        case Outcome.FAIL:
            return No(decision.because, decision.sources)
        case _:
            return Unknown(decision.missing, decision.because, decision.sources)
