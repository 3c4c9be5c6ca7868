"""A31-009: does the contract bind the contractor and its hosts to the criteria of article 31?

Loi n° 2024-449, art. 31; arrêté of 12 August 2026. Our reading: a private company that processes data of particular
sensitivity for a bound body is not bound itself; the contract has to hand the criteria (A31-003) down to it and to
those that host for it. Whether the hosts meet them is A31-003's question.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import any_processor, ask, bound, model_of, processor_of, sensitive
from legislation._law import Law
from legislation._logic import Answer, No, all_of, some
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.datasets import HostingModel

RULE = Rule(
    id="A31-009",
    titles=Words(
        "Critères de l’article 31 imposés à la chaîne de sous-traitance",
        "Criteria of article 31 imposed on the contractor chain",
    ),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(
        Cite("L2024-449", "31", "2024-05-23"),
        Cite("A2026-08-12", "texte entier", "2026-08-15"),
    ),
    in_force_from=date(2026, 8, 15),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Ajouter au contrat la clause qui impose les critères au titulaire et à ses hébergeurs, avec les preuves "
        "à produire.",
        "Add the clause that binds the contractor and its hosts, with the evidence to produce.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "Jusque-là, aucun référentiel n’était approuvé\u202f: il n’y avait pas de critères à imposer par contrat.",
    "Until then no référentiel was approved: there were no criteria to impose by contract.",
)


def applies(case: Case, law: Law) -> Answer:
    """A private contractor processes data of particular sensitivity for a bound body."""
    body = bound(case, law)
    if isinstance(body, No):
        return body
    contractor = some(case, lambda place: _private(case, place)) if case.places else any_processor(case)
    return all_of(body, sensitive(case), contractor)


def holds(case: Case, _law: Law) -> Answer:
    """The contract hands the criteria down."""
    yes = Words(
        "Le contrat impose les critères de l’article 31 au titulaire et à ses hébergeurs.",
        "The contract binds the contractor and its hosts to the criteria of article 31.",
    )
    no = Words(
        "Le contrat n’impose pas les critères de l’article 31.",
        "The contract does not impose the criteria of article 31.",
    )
    return ask(case.dataset.contract.art31_clause, "contract.art31_clause", yes, no)


def _private(case: Case, place: Place) -> Answer:
    """Whether somebody other than the State or the controller hosts this place."""
    if model_of(case, place) is HostingModel.STATE_CLOUD:
        words = Words("nuage interne de l’État", "internal cloud of the State")
        return No((words,), (place.hosting_model.source,))
    return processor_of(case, place)
