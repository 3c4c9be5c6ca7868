"""SNC-003: is the service administered from the European Union?

SecNumCloud 3.2, 19.2.c and e, an indicative check. Our reading: every country of administration is in the Union;
support from elsewhere is allowed when its operations are listed, and controlled and supervised from the Union. A list
of countries counts once somebody said that it is complete.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import ask, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._sovereignty import has_provider
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Grade, Known, Observed

RULE = Rule(
    id="SNC-003",
    titles=Words("Administration depuis l’Union", "Administration from the Union"),
    kind=RuleKind.INDICATIVE,
    severity=Severity.MEDIUM,
    basis=(
        Cite("SNC-3.2", "19.2.c", "3.2"),
        Cite("SNC-3.2", "19.2.e", "3.2"),
    ),
    in_force_from=date(2022, 3, 8),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Restreindre l’administration à l’Union\u202f; recenser l’assistance donnée de l’extérieur et la superviser "
        "depuis l’Union.",
        "Restrict administration to the Union; list support from outside and supervise it from the Union.",
    ),
)
OF_PLACES = False
BEFORE = Words("SecNumCloud 3.2 n’était pas publié.", "SecNumCloud 3.2 was not published.")


def applies(case: Case, _law: Law) -> Answer:
    """A cloud provider serves a place."""
    return has_provider(case)


def holds(case: Case, law: Law) -> Answer:
    """Administration in the Union, support there or supervised from there, lists complete."""
    union = frozenset(law.members("eu_members"))
    access = case.dataset.access
    return all_of(
        _administration(access.admin_countries, union), _support(case, union), _complete(access.list_complete)
    )


def _administration(countries: Observed[tuple[str, ...]], union: frozenset[str]) -> Answer:
    if not isinstance(countries, Known):
        return lacking("access.admin_countries", countries.source)
    declared = countries.source.grade is Grade.DECLARED
    out = ", ".join(sorted(country for country in countries.value if country not in union))
    if out:
        words = Words(f"Administration hors de l’Union\u202f: {out}.", f"Administered from outside the Union: {out}.")
        return No((words,), (countries.source,), declared)
    where = ", ".join(sorted(countries.value))
    words = Words(f"Administration depuis l’Union ({where}).", f"Administered from the Union ({where}).")
    return Yes((words,), (countries.source,), declared)


def _support(case: Case, union: frozenset[str]) -> Answer:
    countries = case.dataset.access.support_countries
    if not isinstance(countries, Known):
        return lacking("access.support_countries", countries.source)
    out = ", ".join(sorted(country for country in countries.value if country not in union))
    if not out:
        return Yes((), (countries.source,), countries.source.grade is Grade.DECLARED)
    yes = Words(
        f"Assistance depuis {out}, recensée et supervisée depuis l’Union.",
        f"Support from {out}, listed and supervised from the Union.",
    )
    no = Words(
        f"Assistance depuis {out}, sans supervision depuis l’Union.",
        f"Support from {out}, not supervised from the Union.",
    )
    return ask(case.dataset.access.support_supervised, "access.support_supervised", yes, no)


def _complete(fact: Observed[bool]) -> Answer:
    """Only a confirmation counts: a list known to be incomplete leaves the question open like a silence."""
    if isinstance(fact, Known) and fact.value:
        return Yes((), (fact.source,), fact.source.grade is Grade.DECLARED)
    return lacking("access.list_complete", fact.source)
