"""HDS-007: does the hosting contract hold every clause?

CSP art. R.1111-11; HDS référentiel v2 EXI 17 to 27. Our reading: the contract holds each of the clauses that the
référentiel numbers. A register that lists the clauses of the contract lists them all: one that is not there is
missing.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import hds_scope, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Source, Unread

RULE = Rule(
    id="HDS-007",
    titles=Words("Clauses du contrat d’hébergement", "Clauses of the hosting contract"),
    kind=RuleKind.BREACH,
    severity=Severity.MEDIUM,
    basis=(Cite("CSP", "R.1111-11", "2018-04-01"), Cite("A2024-04-26", "EXI 17 à 27", "v2")),
    in_force_from=date(2024, 11, 16),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Compléter le contrat par avenant et consigner au registre les clauses qu’il contient.",
        "Amend the contract and record in the register the clauses that it holds.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "L’article R.1111-11 du code de la santé publique demandait déjà des clauses, que le référentiel de 2024 numérote.",
    "Article R.1111-11 of the public health code asked for clauses already, which the référentiel of 2024 numbers.",
)


def applies(case: Case, _law: Law) -> Answer:
    """Health data from care, hosted by a processor."""
    return hds_scope(case)


def holds(case: Case, law: Law) -> Answer:
    """Every clause that the référentiel numbers stands in the contract."""
    match case.dataset.contract.hds_clauses:
        case Known(clauses, source):
            return _compared(clauses, law, source)
        case Absent(source):
            return _compared((), law, source)
        case Unread(source=source):
            return lacking("contract.hds_clauses", source)


def _compared(clauses: tuple[str, ...], law: Law, source: Source) -> Answer:
    held = {_number(clause) for clause in clauses}
    wanted = law.members("hds_contract_clauses")
    left = [clause for clause in wanted if _number(clause) not in held]
    declared = source.grade is Grade.DECLARED
    if left:
        names = ", ".join(left)
        words = Words(f"Clauses absentes du contrat\u202f: {names}.", f"Clauses missing from the contract: {names}.")
        return No((words,), (source,), declared)
    words = Words("Toutes les clauses exigées figurent au contrat.", "The contract holds every clause that is due.")
    return Yes((words,), (source,), declared)


def _number(clause: str) -> str:
    """``EXI 17``, ``exi17`` and ``EXI-17`` are one clause."""
    return "".join(letter for letter in clause.upper() if letter.isalnum())
