"""HDS-002: is the certificate on the second version of the référentiel?

Arrêté of 26 April 2024. Our reading: hosts already certified had to hold version 2 by 16 May 2026; since that
day a certificate on the first version is not enough.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import hds_scope, lacking, processor_of
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, every, not_, unless
from legislation._qualified import standing
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="HDS-002",
    titles=Words("Certificat HDS établi sur le référentiel v2", "HDS certificate on version 2"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("A2024-04-26", "texte entier", "v2"),),
    in_force_from=date(2026, 5, 16),
    checked_on=date(2026, 11, 21),
    remedy=Words("Demander à l’hébergeur son certificat v2.", "Ask the host for its v2 certificate."),
)
OF_PLACES = True
BEFORE = Words(
    "Les hébergeurs déjà certifiés avaient jusqu’à ce jour pour passer à la version 2.",
    "Hosts already certified had until that day to move to version 2.",
)


def applies(case: Case, _law: Law) -> Answer:
    """Where HDS-001 applies."""
    return hds_scope(case)


def holds(case: Case, law: Law) -> Answer:
    """Wherever a processor hosts, its certificate is on version 2."""
    return every(case, lambda place: unless(not_(processor_of(case, place)), _second(case, place, law)))


def _second(case: Case, place: Place, law: Law) -> Answer:
    """A place that no certificate covers has none of version 2; whether it is in date is HDS-001's question."""
    found = standing(case, place, "hds", law)
    return all_of(found.held, _version(found.version, law))


def _version(version: str, law: Law) -> Answer:
    if not version:
        return lacking("qualification.version")
    words = Words(f"certificat HDS {version}", f"HDS certificate {version}")
    wanted = law.text("hds_version").removeprefix("v")
    return Yes((words,)) if version.removeprefix("v") == wanted else No((words,))
