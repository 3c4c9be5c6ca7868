"""A31-002: has the owner analysed the particular sensitivity of the data?

Loi n° 2024-449, art. 31; DINUM vade-mecum of 4 February 2026. Our reading: a bound body that has recourse to a
private cloud service must have answered both limbs of article 31; the first may follow from medical secrecy,
the second can only be stated by the owner. The day of the declaration dates the answer.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import any_cloud, bound, harmful_breach, protected_data
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="A31-002",
    titles=Words("Sensibilité particulière analysée", "Sensitivity analysed"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("L2024-449", "31", "2024-05-23"), Cite("VADEMECUM-2026", "texte entier", "2026-02-04")),
    in_force_from=date(2024, 5, 23),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Renseigner la grille d’analyse de la DINUM, la signer et la dater.",
        "Fill in the DINUM analysis grid, sign it and date it.",
    ),
)
OF_PLACES = False
BEFORE = Words("L’article 31 de la loi SREN n’existait pas.", "Article 31 of the SREN law did not exist.")


def applies(case: Case, law: Law) -> Answer:
    """A bound body with recourse to a private cloud, managed or software service."""
    body = bound(case, law)
    return body if isinstance(body, No) else all_of(body, any_cloud(case))


def holds(case: Case, _law: Law) -> Answer:
    """Both limbs are answered, whatever the answer."""
    return all_of(_answered(protected_data(case)), _answered(harmful_breach(case)))


def _answered(limb: Answer) -> Answer:
    return Yes(limb.because, limb.sources, limb.declared) if isinstance(limb, No) else limb
