"""TRA-001: does the cloud provider publish which jurisdictions reach its infrastructure?

Loi n° 2024-449 of 21 May 2024, art. 33. Our reading: the provider publishes the jurisdictions competent for its
infrastructure and its measures against unlawful access by third States to non-personal data, and the contract
refers to that page. The duty is the provider's: the rule is indicative, and never counted as a breach of the
controller.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import any_cloud, ask
from legislation._law import Law
from legislation._logic import Answer, all_of
from legislation._personal import said
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="TRA-001",
    titles=Words("Transparence du prestataire (article 33)", "Transparency of the provider (article 33)"),
    kind=RuleKind.INDICATIVE,
    severity=Severity.LOW,
    basis=(Cite("L2024-449", "33", "2024-05-23"),),
    in_force_from=date(2024, 5, 23),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Demander au prestataire l’adresse de sa page et la mention de celle-ci au contrat.",
        "Ask the provider for the address of its page and for its mention in the contract.",
    ),
)
OF_PLACES = False
BEFORE = Words("L’article 33 de la loi SREN n’existait pas.", "Article 33 of the SREN law did not exist.")


def applies(case: Case, _law: Law) -> Answer:
    """Recourse to a cloud, managed or software service of a private provider."""
    return any_cloud(case)


def holds(case: Case, _law: Law) -> Answer:
    """The page exists and the contract refers to it."""
    told = case.dataset.transparency
    return all_of(
        said(
            told.sren33_url,
            "transparency.sren33_url",
            Words("Le prestataire ne publie pas cette page.", "The provider does not publish that page."),
        ),
        ask(
            told.sren33_in_contract,
            "transparency.sren33_in_contract",
            Words("Le contrat renvoie à cette page.", "The contract refers to that page."),
            Words("Le contrat ne renvoie pas à cette page.", "The contract does not refer to that page."),
        ),
    )
