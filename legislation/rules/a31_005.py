"""A31-005: is the derogation within its 18 months?

Loi n° 2024-449, art. 31. Our reading: a derogation ends 18 months, the last day included, after an acceptable
offer is available in France. "No offer yet" counts only when a dated decision says so; a date that nobody knows
settles nothing.
"""

from __future__ import annotations

from datetime import date

from legislation._days import months_after, written
from legislation._derogated import art31_claimed
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Unread

RULE = Rule(
    id="A31-005",
    titles=Words("Plafond de 18 mois", "18-month cap"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("L2024-449", "31", "2024-05-23"),),
    in_force_from=date(2024, 5, 23),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Obtenir de la DINUM la date de l’offre acceptable et planifier la sortie.",
        "Obtain from DINUM the date of the acceptable offer and plan the exit.",
    ),
)
OF_PLACES = False
BEFORE = Words("L’article 31 de la loi SREN n’existait pas.", "Article 31 of the SREN law did not exist.")


def applies(case: Case, law: Law) -> Answer:
    """A derogation is claimed."""
    return art31_claimed(case, law)


def holds(case: Case, law: Law) -> Answer:
    """The day asked is not after the acceptable offer plus the cap, nor after the end of the derogation."""
    claim = case.dataset.derogation
    if claim is None:
        return lacking("derogation")
    if isinstance(claim.ends_on, Known) and law.on > claim.ends_on.value:
        end = written(claim.ends_on.value)
        return No((Words(f"Dérogation échue le {end.fr}.", f"Derogation ended on {end.en}."),), (claim.ends_on.source,))
    match claim.acceptable_offer_on:
        case Known(offer, source):
            last = months_after(offer, law.number("derogation_cap"))
            since, until = written(offer), written(last)
            words = Words(
                f"Offre acceptable depuis le {since.fr}\u202f: dérogation possible jusqu’au {until.fr} compris.",
                f"Acceptable offer since {since.en}: derogation possible until {until.en} included.",
            )
            declared = source.grade is Grade.DECLARED
            return Yes((words,), (source,), declared) if law.on <= last else No((words,), (source,), declared)
        case Absent(source) if any(isinstance(day, Known) for day in (claim.granted_on, claim.pm_validated_on)):
            words = Words("Aucune offre acceptable, par décision datée.", "No acceptable offer, by a dated decision.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Absent(source) | Unread(source=source):
            return lacking("derogation.acceptable_offer_at", source)
