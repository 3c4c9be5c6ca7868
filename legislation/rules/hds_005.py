"""HDS-005: does the contract list the laws of third countries that reach the host?

HDS référentiel v2 EXI 30; CSP art. L.1111-8 IV. Our reading: where the law of a country outside the EEA that no
general adequacy decision covers reaches the host or its chain, contested exposures included, the contract lists the
laws that could compel access, the measures against them and the risk left. Whether the law of the United States
counts since the Data Privacy Framework is contested; it is held to count.
"""

from __future__ import annotations

from datetime import date

from legislation._adequacy import spared
from legislation._exposed import hosted_and_reached
from legislation._facts import ask
from legislation._law import Law
from legislation._logic import Answer, No, all_of, some
from legislation.rules.hds_003 import applies as hosted_under_the_rule
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="HDS-005",
    titles=Words("Lois extra-européennes inscrites au contrat", "Third-country laws listed in the contract"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("A2024-04-26", "EXI 30", "v2"), Cite("CSP", "L.1111-8, IV", "2024-05-23")),
    in_force_from=date(2024, 11, 16),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Exiger de l’hébergeur l’annexe de l’exigence 30 du référentiel HDS\u202f: lois, mesures, risque résiduel.",
        "Require from the host the annex of requirement 30 of the HDS référentiel: laws, measures, residual risk.",
    ),
)
OF_PLACES = True
BEFORE = Words(
    "Le référentiel HDS de 2024, premier à demander cette annexe, n’était pas encore utilisé pour certifier.",
    "The HDS référentiel of 2024, the first to ask for this annex, did not serve to certify yet.",
)


def applies(case: Case, law: Law) -> Answer:
    """HDS hosting under the rule of storage, within reach of the law of a third country that is not adequate."""
    hosted = hosted_under_the_rule(case, law)
    if isinstance(hosted, No):
        return hosted
    apart = spared(law)
    reached = some(case, lambda place: hosted_and_reached(case, place, law, apart))
    return reached if isinstance(reached, No) else all_of(hosted, reached)


def holds(case: Case, _law: Law) -> Answer:
    """The contract holds the three parts of the annex."""
    contract = case.dataset.contract
    return all_of(
        ask(
            contract.third_law_list,
            "contract.third_law_list",
            Words("Le contrat énumère les lois de pays tiers.", "The contract lists the laws of third countries."),
            Words(
                "Le contrat n’énumère pas les lois de pays tiers.",
                "The contract does not list the laws of third countries.",
            ),
        ),
        ask(
            contract.mitigations,
            "contract.mitigations",
            Words("Le contrat décrit les mesures prises.", "The contract describes the measures taken."),
            Words("Le contrat ne décrit pas les mesures prises.", "The contract does not describe the measures taken."),
        ),
        ask(
            contract.residual_risk,
            "contract.residual_risk",
            Words("Le contrat indique le risque résiduel.", "The contract tells the residual risk."),
            Words("Le contrat n’indique pas le risque résiduel.", "The contract does not tell the residual risk."),
        ),
    )
