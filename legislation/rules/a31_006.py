"""A31-006: was the project already engaged?

Loi n° 2024-449, art. 31; décret n° 2026-272. Our reading: a project engaged on the day the law came into force
at the latest may be derogated; one engaged after the decree may not; between the two, which date counts is not
settled.
"""

from __future__ import annotations

from datetime import date

from legislation._days import written
from legislation._derogated import art31_claimed
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Unread

RULE = Rule(
    id="A31-006",
    titles=Words("Pas de dérogation pour un projet nouveau", "No derogation for a new project"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("L2024-449", "31", "2024-05-23"), Cite("D2026-272", "dérogation", "2026-04-16")),
    in_force_from=date(2024, 5, 23),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Choisir un service qualifié\u202f; interroger la DINUM sur la date à retenir.",
        "Choose a qualified service; ask DINUM which date counts.",
    ),
)
OF_PLACES = False
BEFORE = Words("L’article 31 de la loi SREN n’existait pas.", "Article 31 of the SREN law did not exist.")


def applies(case: Case, law: Law) -> Answer:
    """A derogation is claimed."""
    return art31_claimed(case, law)


def holds(case: Case, law: Law) -> Answer:
    """The project was engaged before the law."""
    claim = case.dataset.derogation
    if claim is None:
        return lacking("derogation")
    match claim.project_engaged_on:
        case Known(day, source):
            words = Words(f"Projet engagé le {written(day).fr}.", f"Project engaged on {written(day).en}.")
            if day <= law.day("art31_engaged_before"):
                return Yes((words,), (source,), source.grade is Grade.DECLARED)
            if day > law.day("art31_engaged_after"):
                return No((words,), (source,), source.grade is Grade.DECLARED)
            open_question = Words(
                "Entre la loi et le décret, la date à retenir n’est pas tranchée.",
                "Between the law and the decree, which date counts is not settled.",
            )
            return Unknown(("derogation.project_engaged_at",), (words, open_question), (source,))
        case Absent(source) | Unread(source=source):
            return lacking("derogation.project_engaged_at", source)
