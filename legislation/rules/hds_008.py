"""HDS-008: is an electronic archive of health data certified?

Loi n° 2024-449 of 21 May 2024, art. 32; CSP art. L.1111-8. Our reading: since 1 July 2025 at the latest, whoever
keeps personal health data from care in an electronic archiving service, for somebody else, holds the HDS
certificate as any other host does.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import ask, hds_scope
from legislation._law import Law
from legislation._logic import Answer, No, all_of
from legislation.rules.hds_001 import holds as certified
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="HDS-008",
    titles=Words("Archivage électronique certifié", "Certified electronic archiving"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("L2024-449", "32", "2024-05-23"), Cite("CSP", "L.1111-8", "2024-05-23")),
    in_force_from=date(2025, 7, 1),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Obtenir le certificat HDS du service d’archivage, ou confier l’archivage à un hébergeur certifié.",
        "Obtain the HDS certificate of the archiving service, or entrust the archive to a certified host.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "La certification des services d’archivage électronique pouvait encore attendre le 1er juillet 2025.",
    "The certification of electronic archiving services could still wait until 1 July 2025.",
)


def applies(case: Case, _law: Law) -> Answer:
    """Health data from care, hosted by a processor, in an electronic archiving service."""
    hosted = hds_scope(case)
    if isinstance(hosted, No):
        return hosted
    yes = Words("Service d’archivage électronique.", "Electronic archiving service.")
    no = Words("Aucun service d’archivage électronique.", "No electronic archiving service.")
    archived = ask(case.dataset.hosting.archive, "hosting.archive", yes, no)
    return archived if isinstance(archived, No) else all_of(hosted, archived)


def holds(case: Case, law: Law) -> Answer:
    """The certificate that HDS-001 asks for covers it."""
    return certified(case, law)
