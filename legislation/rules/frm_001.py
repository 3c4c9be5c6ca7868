"""FRM-001: is there a formality with the CNIL?

Loi n° 78-17, art. 64 to 77 (numbering of 1 June 2019).  Our reading: processing personal health data for another end
than care rests on an authorisation, a commitment to a référentiel, a reference methodology or an exemption, each with
its number or ground. No formality at all fails.
"""

from __future__ import annotations

from datetime import date

from legislation._formality import Regime, begun, has_regime, numbered, outside_care
from legislation._law import Law
from legislation._logic import Answer, No, all_of
from legislation._personal import personal_health
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="FRM-001",
    titles=Words("Formalité accomplie auprès de la CNIL", "Formality made with the CNIL"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("LIL", "64 à 77", "2019-06-01"),),
    in_force_from=date(2019, 6, 1),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Choisir une méthodologie de référence, un référentiel ou une demande d’autorisation\u202f; "
        "en consigner le numéro.",
        "Choose a reference methodology, a référentiel or an authorisation, and record its number.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "La loi Informatique et libertés avait une autre numérotation.",
    "The data protection law was numbered otherwise.",
)


def applies(case: Case, law: Law) -> Answer:
    """Personal health data, for another end than care."""
    about = personal_health(case, law)
    return about if isinstance(about, No) else all_of(about, outside_care(case))


def holds(case: Case, law: Law) -> Answer:
    """A regime, with its number."""
    regime = has_regime(case, Regime.AUTHORISATION, Regime.COMMITMENT, Regime.METHODOLOGY, Regime.EXEMPT)
    return regime if isinstance(regime, No) else all_of(regime, numbered(case), begun(case, law))
