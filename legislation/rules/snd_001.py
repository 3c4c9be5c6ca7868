"""SND-001: are SNDS data hosted in the Union?

Code de la santé publique, art. R.1461-1 (version of 1 July 2021; its hosting sentence is cited from memory and marked
so in the page).  Our reading: every place of storage lies in a Member State, the EEA does not suffice, and access
from outside the Union is one-off, for research, and logged.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import ask, lacking, listed
from legislation._formality import snds
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, every
from legislation._personal import personal
from legislation._storage import stored_in
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Observed, Unread

RULE = Rule(
    id="SND-001",
    titles=Words("SNDS hébergé dans l’Union européenne", "SNDS hosted in the European Union"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("CSP-R1461-1", "R.1461-1", "2021-07-01"),),
    in_force_from=date(2021, 7, 1),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Rapatrier les données dans l’Union\u202f; fermer les accès permanents depuis un pays tiers.",
        "Bring the data back into the Union; close standing access from third countries.",
    ),
)
OF_PLACES = True
BEFORE = Words(
    "La règle d’hébergement de l’article R.1461-1 n’était pas en vigueur.",
    "The hosting rule of article R.1461-1 was not in force.",
)
_UNION = Words("l’Union européenne", "the European Union")


def applies(case: Case, law: Law) -> Answer:
    """SNDS data, not anonymous."""
    about = snds(case)
    return about if isinstance(about, No) else all_of(about, personal(case, law))


def holds(case: Case, law: Law) -> Answer:
    """Stored in the Union, and read from outside it only as an exception."""
    return all_of(holds_alone(case, law), _access(case, frozenset(law.members("eu_members"))))


def holds_alone(case: Case, law: Law) -> Answer:
    """Stored in the Union; from where the data are read is a question to the dataset."""
    members = frozenset(law.members("eu_members"))
    return every(case, lambda place: stored_in(place, members, _UNION))


def _access(case: Case, members: frozenset[str]) -> Answer:
    access = case.dataset.access
    administered = _from(access.admin_countries, "access.admin_countries", members)
    supported = _from(access.support_countries, "access.support_countries", members)
    if isinstance(administered, No) or isinstance(supported, No):
        exceptional = ask(
            access.exceptional, "access.exceptional",
            Words("Accès hors Union ponctuels, pour la recherche et tracés.", "Access one-off, for research, logged."),
            Words("Accès hors Union permanents ou non tracés.", "Access from outside is standing or not logged."),
        )  # fmt: skip
        told = tuple(words for answer in (administered, supported) for words in answer.because)
        if isinstance(exceptional, No):
            return No((*told, *exceptional.because), exceptional.sources, exceptional.declared)
        silent = [answer for answer in (administered, supported) if isinstance(answer, Unknown)]
        return all_of(exceptional, *silent)
    complete = ask(
        access.list_complete, "access.list_complete",
        Words("Liste des pays d’accès complète.", "The list of countries of access is complete."), Words("", ""),
    )  # fmt: skip
    if isinstance(complete, No):
        complete = lacking("access.list_complete", access.list_complete.source)
    return all_of(administered, supported, complete)


def _from(fact: Observed[tuple[str, ...]], name: str, members: frozenset[str]) -> Answer:
    match fact:
        case Known(countries, source):
            declared = source.grade is Grade.DECLARED
            out = [country for country in countries if country not in members]
            if out:
                words = Words(f"Accès depuis {listed(out)}.", f"Access from {listed(out)}.")
                return No((words,), (source,), declared)
            words = Words("Accès depuis l’Union seulement.", "Access from the Union only.")
            return Yes((words,), (source,), declared)
        case Absent(source):
            return Yes((), (source,), source.grade is Grade.DECLARED)
        case Unread(source=source):
            return lacking(name, source)
