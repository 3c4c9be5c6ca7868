"""HDS-001: does the host hold a valid HDS certificate?

CSP art. L.1111-8 and R.1111-9; sanction at L.1115-1. Our reading: whoever hosts, as a processor, personal
health data collected during care holds a certificate in its period that covers every activity in use, at each
place. A care provider that hosts its own data needs none.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import hds_scope, lacking, processor_of
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, every, not_, unless
from legislation._qualified import standing
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import Grade, Known

RULE = Rule(
    id="HDS-001",
    titles=Words("Certificat HDS valide", "Valid HDS certificate"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("CSP", "L.1111-8", "2018-04-01"), Cite("CSP", "L.1115-1", "2018-04-01")),
    in_force_from=date(2018, 4, 1),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Obtenir le certificat HDS de l’hébergeur et ses activités, ou changer d’hébergeur.",
        "Obtain the host’s HDS certificate with its activities, or change host.",
    ),
)
OF_PLACES = True
BEFORE = Words(
    "La certification HDS n’était pas encore entrée en vigueur.", "HDS certification had not come into force yet."
)


def applies(case: Case, _law: Law) -> Answer:
    """Health data from care, hosted by a processor."""
    return hds_scope(case)


def holds(case: Case, law: Law) -> Answer:
    """A valid certificate covers every activity in use wherever a processor hosts."""
    return every(case, lambda place: unless(not_(processor_of(case, place)), _certified(case, place, law)))


def _certified(case: Case, place: Place, law: Law) -> Answer:
    held = standing(case, place, "hds", law)
    if isinstance(held.valid, No):
        return held.valid
    return all_of(held.valid, _activities(case, held.activities))


def _activities(case: Case, covered: tuple[int, ...]) -> Answer:
    used = case.dataset.hosting.activities
    if not isinstance(used, Known) or not used.value:
        return lacking("hosting.activities", used.source)
    if not covered:
        return lacking("qualification.activities")
    left = sorted(set(used.value) - set(covered))
    declared = used.source.grade is Grade.DECLARED
    if not left:
        words = Words("toutes les activités utilisées sont couvertes", "every activity in use is covered")
        return Yes((words,), (used.source,), declared)
    names = ", ".join(str(activity) for activity in left)
    words = Words(f"activités non couvertes\u202f: {names}", f"activities not covered: {names}")
    return No((words,), (used.source,), declared)
