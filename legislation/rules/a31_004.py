"""A31-004: is the derogation to article 31 lawful?

Loi n° 2024-449, art. 31; décret n° 2026-272. Our reading: for a project already engaged, under a named
minister, validated by the Prime Minister, made public, and within 18 months of an acceptable offer; all of
them.
"""

from __future__ import annotations

from datetime import date

from legislation._days import written
from legislation._derogated import art31_claimed
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of
from legislation._rule import decide
from legislation.rules import a31_003, a31_005, a31_006
from model.assessment import Case, Cite, Outcome, Rule, RuleKind, Severity, Words
from model.datasets import Art31Derogation
from model.observed import Absent, Grade, Known, Observed, Unread

RULE = Rule(
    id="A31-004",
    titles=Words("Dérogation régulière", "Lawful derogation"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("L2024-449", "31", "2024-05-23"), Cite("D2026-272", "dérogation", "2026-04-16")),
    in_force_from=date(2024, 5, 23),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Déposer la demande, la faire valider et la publier\u202f; à défaut, migrer.",
        "File the request, have it validated and publish it; failing that, migrate.",
    ),
)
OF_PLACES = True
BEFORE = Words("L’article 31 de la loi SREN n’existait pas.", "Article 31 of the SREN law did not exist.")


def applies(case: Case, law: Law) -> Answer:
    """The service does not meet the criteria and a derogation is claimed."""
    criteria = decide(a31_003, case, law)
    match criteria.outcome:
        case Outcome.FAIL:
            return art31_claimed(case, law)
        case Outcome.UNDETERMINED:
            return Unknown(criteria.missing, criteria.because, criteria.sources)
        case _:
            words = Words(
                "Aucune dérogation n’est nécessaire\u202f: A31-003 est satisfaite ou ne s’applique pas.",
                "No derogation is needed: A31-003 is met or does not apply.",
            )
            return No((words,), criteria.sources)


def holds(case: Case, law: Law) -> Answer:
    """Engaged in time, under a minister, validated, published, and within the cap."""
    claim = case.dataset.derogation
    if claim is None:
        return lacking("derogation")
    return all_of(
        a31_006.holds(case, law),
        _given(claim.minister, "derogation.minister"),
        _validated(claim, law),
        _given(claim.published_url, "derogation.published_url"),
        a31_005.holds(case, law),
    )


def _given(fact: Observed[str], name: str) -> Answer:
    match fact:
        case Known(value, source):
            words = Words(f"{name}\u202f: {value}.", f"{name}: {value}.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Absent(source):
            return No((Words(f"{name}\u202f: néant.", f"{name}: none."),), (source,))
        case Unread(source=source):
            return lacking(name, source)


def _validated(claim: Art31Derogation, law: Law) -> Answer:
    match claim.pm_validated_on:
        case Known(day, source) if day <= law.on:
            words = Words(f"Validée le {written(day).fr}.", f"Validated on {written(day).en}.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(day, source):
            words = Words(
                f"Pas encore validée (prévue le {written(day).fr}).", f"Not validated yet ({written(day).en})."
            )
            return No((words,), (source,))
        case Absent(source):
            return No(
                (Words("Non validée par le Premier ministre.", "Not validated by the Prime Minister."),), (source,)
            )
        case Unread(source=source):
            return lacking("derogation.pm_validated_at", source)
