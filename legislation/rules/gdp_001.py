"""GDP-001: does every transfer outside the European Economic Area rest on a tool?

GDPR chapter V, art. 44 to 49. Our reading: data stored outside the EEA, administered or supported from there, or
sent there, are transferred. Each country needs an adequacy decision, a safeguard of art. 46 or, for an occasional
transfer, a derogation of art. 49. A place seen abroad of which the register tells no tool is an open question, not
yet a failure.
"""

from __future__ import annotations

from datetime import date

from legislation._adequacy import third
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, every
from legislation._personal import personal
from legislation._transfers import (
    abroad,
    access_abroad,
    access_complete,
    access_countries,
    declared,
    tool_of,
    towards,
)
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import Grade, Known
from model.places import PlaceKind

RULE = Rule(
    id="GDP-001",
    titles=Words("Transfert fondé", "Transfer resting on a tool"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("GDPR", "44 à 49", "2018-05-25"),),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Cesser le transfert ou le fonder\u202f: décision d’adéquation, clauses contractuelles types, "
        "règles d’entreprise contraignantes.",
        "Stop the transfer, or found it: adequacy decision, standard contractual clauses, binding rules.",
    ),
)
OF_PLACES = True
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")


def applies(case: Case, law: Law) -> Answer:
    """Personal data stored, reached from or sent outside the Area."""
    of_persons = personal(case, law)
    return of_persons if isinstance(of_persons, No) else all_of(of_persons, abroad(case, law))


def holds(case: Case, law: Law) -> Answer:
    """Every transfer that is declared, seen or implied by an access has a tool."""
    source = case.dataset.transfers.source
    told = (tool_of(one, source, law) for one in declared(case) if third(law, (one.country,)))
    return all_of(*told, holds_alone(case, law))


def holds_alone(case: Case, law: Law) -> Answer:
    """Every transfer that a place or an access implies has a tool; what the register sends elsewhere is left aside."""
    reached = (_founded(case, country, law) for country in access_countries(case, law))
    return all_of(*reached, every(case, lambda place: _place(case, place, law)), _nothing_else(case, law))


def _nothing_else(case: Case, law: Law) -> Answer:
    """That no other country of access is hidden."""
    complete = access_complete(case)
    return Yes() if isinstance(complete, Yes) or isinstance(access_abroad(case, law), No) else complete


def _founded(case: Case, country: str, law: Law) -> Answer:
    return towards(case, country, lambda transfer, source: tool_of(transfer, source, law))


def _place(case: Case, place: Place, law: Law) -> Answer:
    if place.role is PlaceKind.KEY:
        return Yes()
    answers: list[Answer] = []
    for location in place.locations:
        match location.countries:
            case Known(countries, source) if countries:
                answers.append(Yes((), (source,), place.grade is Grade.DECLARED))
                answers += [_told(_founded(case, country, law), country) for country in third(law, countries)]
            case answer:
                answers.append(lacking("location.country", answer.source))
    return all_of(*answers)


def _told(founded: Answer, country: str) -> Answer:
    """The same answer in the words of a place."""
    match founded:
        case Yes():
            words = Words(
                f"stocké hors de l’EEE ({country}), transfert fondé",
                f"stored outside the EEA ({country}), with a tool",
            )
            return Yes((words,), founded.sources, founded.declared)
        case No():
            words = Words(
                f"stocké hors de l’EEE ({country}) sans fondement valable",
                f"stored outside the EEA ({country}) without a valid tool",
            )
            return No((words,), founded.sources, founded.declared)
        case Unknown():
            names = ", ".join(founded.missing)
            words = Words(
                f"stocké hors de l’EEE ({country}), fondement à établir ({names})",
                f"stored outside the EEA ({country}), tool to be shown ({names})",
            )
            return Unknown(founded.missing, (words,), founded.sources)
