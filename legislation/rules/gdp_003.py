"""GDP-003: is there a dated transfer impact assessment, with its measures?

EDPB Recommendations 01/2020, steps 3 and 6 (version 2.0 of 18 June 2021), after the judgment C-311/18. Our reading:
a tool of art. 46 stands only with an assessment of the law and practice of the country, made again within a year,
that names the supplementary measures.
"""

from __future__ import annotations

from datetime import date

from legislation._days import months_after, written
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._transfers import ART_46, each, each_here, parties, resting_on
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import Transfer
from model.observed import Absent, Grade, Known, Source, Unread

RULE = Rule(
    id="GDP-003",
    titles=Words("Analyse d’impact de transfert datée", "Dated transfer impact assessment"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("GDPR", "46", "2018-05-25"), Cite("EDPB-01-2020", "étapes 3 et 6", "2.0")),
    in_force_from=date(2021, 6, 18),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Rédiger ou mettre à jour l’analyse d’impact du transfert et nommer les mesures supplémentaires.",
        "Write or renew the transfer impact assessment and name the supplementary measures.",
    ),
)
OF_PLACES = True
BEFORE = Words(
    "Les recommandations 01/2020 du Comité européen n’étaient pas définitives.",
    "EDPB Recommendations 01/2020 were not final.",
)


def applies(case: Case, law: Law) -> Answer:
    """A transfer rests on a safeguard of article 46."""
    return resting_on(case, law, ART_46)


def holds(case: Case, law: Law) -> Answer:
    """Each such transfer has an assessment of less than a year that names measures."""
    return each(case, law, ART_46, lambda transfer, source: _assessed(transfer, source, law))


def holds_alone(case: Case, law: Law) -> Answer:
    """The same of the transfers that concern one place."""
    return each_here(case, law, ART_46, lambda transfer, source: _assessed(transfer, source, law))


def _assessed(transfer: Transfer, source: Source, law: Law) -> Answer:
    return all_of(_dated(transfer, source, law), _measures(transfer, source))


def _dated(transfer: Transfer, source: Source, law: Law) -> Answer:
    match transfer.tia_date:
        case Known(day, told) if day <= law.on:
            written_on = written(day)
            if law.on <= months_after(day, law.number("tia_age")):
                words = Words(
                    f"Analyse d’impact du {written_on.fr} ({parties(transfer)}).",
                    f"Impact assessment of {written_on.en} ({parties(transfer)}).",
                )
                return Yes((words,), (told,), told.grade is Grade.DECLARED)
            words = Words(
                f"Analyse d’impact trop ancienne, du {written_on.fr} ({parties(transfer)}).",
                f"Impact assessment too old, of {written_on.en} ({parties(transfer)}).",
            )
            return No((words,), (told,))
        case Absent(told):
            words = Words(f"Aucune analyse d’impact ({parties(transfer)}).", f"No assessment ({parties(transfer)}).")
            return No((words,), (told,))
        case _:
            return lacking("transfer.tia_date", source)


def _measures(transfer: Transfer, source: Source) -> Answer:
    match transfer.measures:
        case Known(measures, told) if measures:
            names = ", ".join(measures)
            words = Words(f"Mesures supplémentaires\u202f: {names}.", f"Supplementary measures: {names}.")
            return Yes((words,), (told,), told.grade is Grade.DECLARED)
        case Known(_, told) | Absent(told):
            words = Words(
                f"L’analyse ne nomme aucune mesure ({parties(transfer)}).",
                f"The assessment names no measure ({parties(transfer)}).",
            )
            return No((words,), (told,))
        case Unread():
            return lacking("transfer.measures", source)
