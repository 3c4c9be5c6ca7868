"""GDP-005: does the contract say what happens when a third country orders the data?

GDPR art. 48 and 28; EDPB Guidelines 02/2024 (version 2.1 of 5 June 2025). Our reading: where the law of a country
outside the EEA reaches the processor, the contract obliges it to notify the controller, to challenge the order, and
to disclose nothing except under an international agreement.
"""

from __future__ import annotations

from datetime import date

from legislation._exposed import hosted_and_reached
from legislation._facts import ask
from legislation._law import Law
from legislation._logic import Answer, No, all_of, some
from legislation._personal import personal
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="GDP-005",
    titles=Words("Clause sur les demandes d’autorités étrangères", "Clause on foreign orders"),
    kind=RuleKind.BREACH,
    severity=Severity.MEDIUM,
    basis=(
        Cite("GDPR", "48", "2018-05-25"),
        Cite("GDPR", "28", "2018-05-25"),
        Cite("EDPB-02-2024", "texte entier", "2.1"),
    ),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Ajouter au contrat une clause\u202f: informer, contester, ne rien communiquer hors accord international.",
        "Add a clause to the contract: notify, challenge, disclose nothing except under an international agreement.",
    ),
)
OF_PLACES = True
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")


def applies(case: Case, law: Law) -> Answer:
    """Personal data at a processor that the law of a country outside the Area reaches, adequate or not."""
    of_persons = personal(case, law)
    if isinstance(of_persons, No):
        return of_persons
    apart = frozenset(law.members("eea_members"))
    reached = some(case, lambda place: hosted_and_reached(case, place, law, apart))
    return reached if isinstance(reached, No) else all_of(of_persons, reached)


def holds(case: Case, _law: Law) -> Answer:
    """The contract holds the clause."""
    return ask(
        case.dataset.contract.art48_clause,
        "contract.art48_clause",
        Words(
            "Le contrat encadre les demandes d’autorités de pays tiers.",
            "The contract frames the orders of authorities of third countries.",
        ),
        Words(
            "Le contrat est muet sur les demandes d’autorités de pays tiers.",
            "The contract is silent on the orders of authorities of third countries.",
        ),
    )
