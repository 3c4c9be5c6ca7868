"""FRM-002: is the authorisation of the CNIL in date?

Loi n° 78-17, art. 66, and the decision itself.  Our reading: the authorisation counts up to the day before its end.
"""

from __future__ import annotations

from datetime import date

from legislation._formality import Regime, begun, has_regime, in_date
from legislation._law import Law
from legislation._logic import Answer, No, all_of
from legislation.rules import frm_001
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="FRM-002",
    titles=Words("Autorisation de la CNIL non expirée", "Authorisation of the CNIL in date"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("LIL", "66", "2019-06-01"),),
    in_force_from=date(2019, 6, 1),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Demander le renouvellement avant l’échéance\u202f; à défaut, suspendre le traitement.",
        "Ask for renewal before the end; failing that, suspend the processing.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "La loi Informatique et libertés avait une autre numérotation.",
    "The data protection law was numbered otherwise.",
)


def applies(case: Case, law: Law) -> Answer:
    """The formality is an authorisation, where one is needed at all."""
    needed = frm_001.applies(case, law)
    return needed if isinstance(needed, No) else has_regime(case, Regime.AUTHORISATION)


def holds(case: Case, law: Law) -> Answer:
    """Made, and not yet ended."""
    return all_of(begun(case, law), in_date(case, law))
