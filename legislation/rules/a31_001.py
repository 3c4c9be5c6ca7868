"""A31-001: is the body bound by article 31?

Loi n° 2024-449 of 21 May 2024, art. 31, I and IV; décret n° 2026-272 of 14 April 2026. Our reading: State
administrations, State operators, the groups named by the decree and, by name, the Health Data Hub are bound;
hospitals, practitioners, local authorities and companies are not, as such; for any other kind the operators’
annex and the list of the decree have to be read. A scoping question: its "pass" means that the status is known,
and makes nothing compliant.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import bound
from legislation._law import Law
from legislation._logic import Answer, No, Yes
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="A31-001",
    titles=Words("Organisme soumis à l’article 31\u202f?", "Body bound by article 31?"),
    kind=RuleKind.INFORMATION,
    severity=Severity.MEDIUM,
    basis=(Cite("L2024-449", "31, I et IV", "2024-05-23"), Cite("D2026-272", "champ d’application", "2026-04-16")),
    in_force_from=date(2024, 5, 23),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Vérifier l’annexe budgétaire des opérateurs de l’État et les six groupements désignés par le décret.",
        "Check the budget annex of State operators and the six groups that the decree names.",
    ),
)
OF_PLACES = False
BEFORE = Words("L’article 31 de la loi SREN n’existait pas.", "Article 31 of the SREN law did not exist.")


def applies(_case: Case, _law: Law) -> Answer:
    """Always."""
    return Yes()


def holds(case: Case, law: Law) -> Answer:
    """The status is known, one way or the other."""
    status = bound(case, law)
    return Yes(status.because, status.sources, status.declared) if isinstance(status, No) else status
