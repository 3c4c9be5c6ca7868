"""Transfers of personal data outside the European Economic Area, and the tool each rests on (GDPR chapter V).

Storage outside is a transfer, and so is access from outside.  The register tells the tool; what an interface or
the register shows outside without any is an open question, and a transfer declared without tool a failure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from legislation._adequacy import partly, third, uncovered, wholly
from legislation._facts import ask, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, any_of, every, not_, some
from legislation._personal import personal
from model.assessment import Case, Place, Words
from model.datasets import Transfer
from model.observed import Absent, Grade, Known, Observed, Source
from model.places import PlaceKind

OfOne: TypeAlias = Callable[[Transfer, Source], Answer]

_ABROAD = ("abroad", False)

ART_45 = ("art45",)
DPF = ("art45_dpf",)
ART_46 = ("art46_scc", "art46_bcr")

_TOOLS = {
    "art45": Words("décision d’adéquation", "adequacy decision"),
    "art45_dpf": Words("cadre de protection des données UE–États-Unis", "EU–US Data Privacy Framework"),
    "art46_scc": Words("clauses contractuelles types", "standard contractual clauses"),
    "art46_bcr": Words("règles d’entreprise contraignantes", "binding corporate rules"),
    "art49": Words("dérogation de l’article 49", "derogation of article 49"),
    "none": Words("aucun fondement", "no tool"),
    "unknown": Words("fondement non renseigné", "tool not told"),
}


def declared(case: Case) -> tuple[Transfer, ...]:
    """The transfers of the register, in its order; none when it lists none or says nothing."""
    told = case.dataset.transfers
    return told.value if isinstance(told, Known) else ()


def abroad(case: Case, law: Law) -> Answer:
    """Whether data are stored, reached from or sent outside the European Economic Area.

    Worked out once for a case: four rules ask.
    """
    law.members("eea_members")
    held = law.decided.get(_ABROAD)
    if isinstance(held, Yes | No | Unknown):
        return held
    sent = any_of(*(_sent(case, transfer, law) for transfer in declared(case)))
    answer = any_of(sent, some(case, lambda place: _stored_abroad(place, law)), access_abroad(case, law))
    law.decided[_ABROAD] = answer
    return answer


def _sent(case: Case, transfer: Transfer, law: Law) -> Answer:
    return Yes((_named(transfer),), (case.dataset.transfers.source,), True) if _third(transfer, law) else No()


def _stored_abroad(place: Place, law: Law) -> Answer:
    """A key is no personal data; every other kind of place is taken to hold some."""
    if place.role is PlaceKind.KEY:
        return No()
    answers: list[Answer] = []
    for location in place.locations:
        match location.countries:
            case Known(countries, source) if countries:
                out = ", ".join(third(law, countries))
                words = Words(f"stocké hors de l’EEE ({out})", f"stored outside the EEA ({out})")
                inside = Words("stocké dans l’EEE", "stored in the EEA")
                told = place.grade is Grade.DECLARED
                answers.append(Yes((words,), (source,), told) if out else No((inside,), (source,), told))
            case answer:
                answers.append(lacking("location.country", answer.source))
    return any_of(*answers)


def access_countries(case: Case, law: Law) -> tuple[str, ...]:
    """The countries outside the Area from which the data are administered or supported, as far as known."""
    access = case.dataset.access
    told = [fact.value for fact in (access.admin_countries, access.support_countries) if isinstance(fact, Known)]
    return third(law, tuple(country for countries in told for country in countries))


def access_abroad(case: Case, law: Law) -> Answer:
    """Whether somebody administers or supports the data from outside the Area.  No only from complete lists."""
    access = case.dataset.access
    out = access_countries(case, law)
    if out:
        names = ", ".join(out)
        sources = tuple(f.source for f in (access.admin_countries, access.support_countries) if isinstance(f, Known))
        fr = f"Accès d’administration ou d’assistance depuis l’extérieur de l’EEE\u202f: {names}."
        return Yes((Words(fr, f"Administered or supported from outside the EEA: {names}."),), sources, True)
    complete = access_complete(case)
    if isinstance(complete, Unknown):
        return complete
    inside = Words("Aucun accès depuis l’extérieur de l’EEE.", "No access from outside the EEA.")
    return No((inside,), complete.sources, complete.declared if isinstance(complete, Yes) else False)


def access_complete(case: Case) -> Answer:
    """Whether both lists of countries of access are known and said to be complete."""
    access = case.dataset.access
    lists: tuple[tuple[Observed[tuple[str, ...]], str], ...] = (
        (access.admin_countries, "access.admin_countries"),
        (access.support_countries, "access.support_countries"),
    )
    answers: list[Answer] = [
        Yes((), (fact.source,), fact.source.grade is Grade.DECLARED)
        if isinstance(fact, Known | Absent)
        else lacking(name, fact.source)
        for fact, name in lists
    ]
    match access.list_complete:
        case Known(True, source):
            answers.append(Yes((), (source,), source.grade is Grade.DECLARED))
        case told:
            answers.append(lacking("access.list_complete", told.source))
    return all_of(*answers)


def resting_on(case: Case, law: Law, tools: tuple[str, ...]) -> Answer:
    """Whether personal data are transferred with one of ``tools``.

    A register that lists its transfers tells; where it says nothing, only the absence of any transfer settles it.
    """
    told = case.dataset.transfers
    with_tool: Answer
    match told:
        case Known(transfers, source):
            concerned = [one for one in transfers if one.tool in tools and _third(one, law)]
            none = Words("Aucun transfert déclaré ne repose sur cet outil.", "No declared transfer rests on that tool.")
            words = tuple(_named(one) for one in concerned)
            with_tool = Yes(words, (source,), True) if concerned else No((none,), (source,), True)
            if not concerned and any(one.tool == "unknown" and _third(one, law) for one in transfers):
                with_tool = lacking("transfer.tool", source)
        case Absent(source):
            with_tool = No((Words("Aucun transfert.", "No transfer."),), (source,), True)
        case _:
            with_tool = lacking("transfer.tool", told.source)
    of_persons = personal(case, law)
    if isinstance(of_persons, No):
        return of_persons
    if isinstance(with_tool, No):
        return with_tool
    outside = abroad(case, law)
    return outside if isinstance(outside, No) else all_of(of_persons, with_tool)


def each(case: Case, law: Law, tools: tuple[str, ...], of_one: OfOne) -> Answer:
    """Whether ``of_one`` holds for every declared transfer outside the Area that rests on one of ``tools``."""
    source = case.dataset.transfers.source
    concerned = [one for one in declared(case) if one.tool in tools and _third(one, law)]
    untold = [one for one in declared(case) if one.tool == "unknown" and _third(one, law)]
    return all_of(*(of_one(one, source) for one in concerned), *(tool_of(one, source, law) for one in untold))


def each_here(case: Case, law: Law, tools: tuple[str, ...], of_one: OfOne) -> Answer:
    """As ``each`` for a place alone: of its transfers, those towards where it lies or from where it is reached."""
    source = case.dataset.transfers.source
    here = {*access_countries(case, law), *(c for place in case.places for c in third(law, _known(place)))}
    concerned = [one for one in declared(case) if one.tool in tools and one.country in here]
    located = every(case, lambda place: not_(_stored_abroad(place, law)) if not here else Yes())
    if not concerned and not isinstance(located, Unknown):
        words = Words("Aucun de ces transferts ne concerne cet emplacement.", "None of these transfers concerns it.")
        return Yes((words,), (source,), True)
    return all_of(located, *(of_one(transfer, source) for transfer in concerned))


def _known(place: Place) -> tuple[str, ...]:
    if place.role is PlaceKind.KEY:
        return ()
    told = [location.countries for location in place.locations]
    return tuple(country for fact in told if isinstance(fact, Known) for country in fact.value)


def towards(case: Case, country: str, of_one: OfOne) -> Answer:
    """Whether ``of_one`` holds for every transfer declared towards ``country``, there being at least one."""
    source = case.dataset.transfers.source
    found = [transfer for transfer in declared(case) if transfer.country == country]
    if not found:
        words = Words(
            f"transfert vers {country} dont le fondement n’est pas renseigné (transfer.tool)",
            f"transfer to {country} of which the tool is not told (transfer.tool)",
        )
        return Unknown(("transfer.tool",), (words,), (source,))
    return all_of(*(of_one(transfer, source) for transfer in found))


def entered(transfer: Transfer, source: Source) -> Answer:
    """Whether something shows that a decision limited to some organisations covers the recipient."""
    match transfer.dpf_entry:
        case Known(entry, told):
            words = Words(f"Destinataire couvert : {entry}.", f"Recipient covered: {entry}.")
            return Yes((words,), (told,), told.grade is Grade.DECLARED)
        case _:
            return lacking("transfer.dpf_entry", source)


def tool_of(transfer: Transfer, source: Source, law: Law) -> Answer:
    """Whether a transfer rests on a tool that exists for its country on the day asked."""
    yes = Yes((_named(transfer),), (source,), source.grade is Grade.DECLARED)
    match transfer.tool:
        case "art46_scc" | "art46_bcr":
            return yes
        case "art45" if wholly(law, transfer.country):
            return yes
        case "art45" if partly(law, transfer.country):
            return all_of(yes, entered(transfer, source))
        case "art45_dpf" if transfer.country == "US" and partly(law, "US"):
            return yes
        case "art45" | "art45_dpf":
            return No((_named(transfer), uncovered(law, transfer.country)), (source,))
        case "art49":
            occasional = Words("Transfert déclaré occasionnel.", "Transfer said to be occasional.")
            to = parties(transfer)
            repeated = Words(
                f"L’article 49 ne fonde pas un transfert qui n’est pas occasionnel ({to}).",
                f"Article 49 is no tool for a transfer that is not occasional ({to}).",
            )
            return all_of(yes, ask(transfer.occasional, "transfer.occasional", occasional, repeated))
        case "unknown":
            return Unknown(("transfer.tool",), (_named(transfer),), (source,))
        case _:
            return No((_named(transfer),), (source,))


def parties(transfer: Transfer) -> str:
    """``US, Example Inc.``: whom a sentence on a transfer is about."""
    return f"{transfer.country}, {transfer.recipient}"


def _third(transfer: Transfer, law: Law) -> bool:
    return bool(third(law, (transfer.country,)))


def _named(transfer: Transfer) -> Words:
    tool = _TOOLS[transfer.tool]
    return Words(
        f"Transfert vers {transfer.country} ({transfer.recipient})\u202f: {tool.fr}.",
        f"Transfer to {transfer.country} ({transfer.recipient}): {tool.en}.",
    )
