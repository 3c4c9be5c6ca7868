"""GDP-002: is the recipient on the Data Privacy Framework list, and is there something to fall back on?

Implementing Decision (EU) 2023/1795 of 10 July 2023. Our reading: the decision covers an organisation only while it
is on the list, within the scope of its entry. Data of patients are no human resources data. Somebody read the list
lately, and standard clauses are ready, since the decision is challenged in court: valid today, fragile.
"""

from __future__ import annotations

from datetime import date, timedelta

from legislation._adequacy import challenged, partly, uncovered
from legislation._days import written
from legislation._facts import ask, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._transfers import DPF, each, each_here, entered, parties, resting_on
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import Transfer
from model.observed import Grade, Known, Source

RULE = Rule(
    id="GDP-002",
    titles=Words("Cadre UE–États-Unis vérifié", "Data Privacy Framework checked"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("UE2023-1795", "1", "2023-07-10"),),
    in_force_from=date(2023, 7, 10),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Relire la liste du cadre UE–États-Unis, consigner l’inscription et prévoir des clauses contractuelles types.",
        "Read the Data Privacy Framework list again, record the entry and prepare standard contractual clauses.",
    ),
)
OF_PLACES = True
BEFORE = Words(
    "Le cadre de protection des données UE–États-Unis n’existait pas.", "The Data Privacy Framework did not exist."
)


def applies(case: Case, law: Law) -> Answer:
    """A transfer rests on the Data Privacy Framework."""
    return resting_on(case, law, DPF)


def holds(case: Case, law: Law) -> Answer:
    """Every such recipient is on the list, in the right scope, lately read, with clauses ready."""
    return each(case, law, DPF, lambda transfer, source: _checked(transfer, source, law))


def holds_alone(case: Case, law: Law) -> Answer:
    """The same of the transfers that concern one place."""
    return each_here(case, law, DPF, lambda transfer, source: _checked(transfer, source, law))


def _checked(transfer: Transfer, source: Source, law: Law) -> Answer:
    if transfer.country != "US" or not partly(law, "US"):
        return No((uncovered(law, transfer.country),), (source,))
    to = parties(transfer)
    fallback = ask(
        transfer.scc_fallback,
        "transfer.scc_fallback",
        Words("Clauses contractuelles types prévues à titre subsidiaire.", "Standard clauses ready as a fallback."),
        Words(
            f"Aucune clause contractuelle type à titre subsidiaire ({to}).",
            f"No standard clauses to fall back on ({to}).",
        ),
    )
    fragile = Yes(challenged(law, "US"))
    return all_of(
        entered(transfer, source), _scope(transfer, source), _lately(transfer, source, law), fallback, fragile
    )


def _scope(transfer: Transfer, source: Source) -> Answer:
    match transfer.dpf_scope:
        case Known("hr", told):
            words = Words(
                f"Inscription limitée aux données de ressources humaines ({parties(transfer)}).",
                f"The entry is for human resources data only ({parties(transfer)}).",
            )
            return No((words,), (told,))
        case Known(_, told):
            words = Words("Inscription hors ressources humaines.", "The entry covers data other than human resources.")
            return Yes((words,), (told,), told.grade is Grade.DECLARED)
        case _:
            return lacking("transfer.dpf_scope", source)


def _lately(transfer: Transfer, source: Source, law: Law) -> Answer:
    """A reading that is too old, or of a later day than the one asked, settles nothing."""
    limit = timedelta(days=law.number("dpf_list_age"))
    match transfer.dpf_checked_on:
        case Known(day, told) if timedelta(0) <= law.on - day <= limit:
            words = Words(f"Liste lue le {written(day).fr}.", f"List read on {written(day).en}.")
            return Yes((words,), (told,), told.grade is Grade.DECLARED)
        case _:
            return lacking("transfer.dpf_checked_at", source)
