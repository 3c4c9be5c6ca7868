"""HDS-006: does the host's public page exist, and does it say what the facts say?

HDS référentiel v2 EXI 31. Our reading: the host publishes a page on transfers and on access by third countries that
makes one of three statements: no risk, since the service is qualified SecNumCloud 3.2; no transfer; or the full
table. The first needs a valid qualification wherever a processor hosts, the second that nothing lies, is reached
from or is within the law of a third country that is not adequate.
"""

from __future__ import annotations

from datetime import date

from legislation._adequacy import spared
from legislation._days import written
from legislation._exposed import hosted_and_reached
from legislation._facts import lacking, processor_of
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, every, not_, unless
from legislation._qualified import standing
from legislation._transfers import abroad
from legislation.rules.a31_003 import at_least
from legislation.rules.hds_003 import applies as hosted_under_the_rule
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Source, Unread

RULE = Rule(
    id="HDS-006",
    titles=Words("Page publique sur les accès de pays tiers", "Public page on access from third countries"),
    kind=RuleKind.BREACH,
    severity=Severity.MEDIUM,
    basis=(Cite("A2024-04-26", "EXI 31", "v2"),),
    in_force_from=date(2024, 11, 16),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Demander à l’hébergeur l’adresse de sa page publique, la lire et la comparer aux faits.",
        "Ask the host for the address of its public page, read it and compare it with the facts.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "Le référentiel HDS de 2024, premier à demander cette page, n’était pas encore utilisé pour certifier.",
    "The HDS référentiel of 2024, the first to ask for this page, did not serve to certify yet.",
)


def applies(case: Case, law: Law) -> Answer:
    """HDS hosting under the rule of storage."""
    return hosted_under_the_rule(case, law)


def holds(case: Case, law: Law) -> Answer:
    """The page exists, somebody read it, and its statement agrees with the facts."""
    return all_of(_page(case), _read(case, law), _statement(case, law))


def _page(case: Case) -> Answer:
    match case.dataset.transparency.hds_page_url:
        case Known(url, source):
            return Yes((Words(f"Page publique\u202f: {url}.", f"Public page: {url}."),), (source,), _told(source.grade))
        case Absent(source):
            none = Words("L’hébergeur n’a pas de page publique.", "The host has no public page.")
            return No((none,), (source,))
        case Unread(source=source):
            return lacking("transparency.hds_page_url", source)


def _read(case: Case, law: Law) -> Answer:
    match case.dataset.transparency.hds_checked_on:
        case Known(day, source) if day <= law.on:
            words = Words(f"Page lue le {written(day).fr}.", f"Page read on {written(day).en}.")
            return Yes((words,), (source,), _told(source.grade))
        case told:
            return lacking("transparency.hds_checked_at", told.source)


def _statement(case: Case, law: Law) -> Answer:
    match case.dataset.transparency.hds_statement:
        case Known("secnumcloud", source):
            said = Words(
                "La page écarte tout risque au titre d’une qualification SecNumCloud.",
                "The page rules out any risk on the ground of a SecNumCloud qualification.",
            )
            qualified = every(case, lambda place: unless(not_(processor_of(case, place)), _qualified(case, place, law)))
            return _compared(said, qualified, source)
        case Known("no_transfer", source):
            said = Words("La page affirme qu’aucun transfert n’a lieu.", "The page states that there is no transfer.")
            apart = spared(law)
            free = every(case, lambda place: not_(hosted_and_reached(case, place, law, apart)))
            return _compared(said, all_of(not_(abroad(case, law)), free), source)
        case Known(_, source):
            words = Words("La page donne le tableau complet.", "The page gives the full table.")
            return Yes((words,), (source,), _told(source.grade))
        case told:
            return lacking("transparency.hds_statement", told.source)


def _compared(said: Words, facts: Answer, source: Source) -> Answer:
    """What the page states with the facts; both are told when they disagree."""
    if isinstance(facts, No):
        return No((said, *facts.because), (source, *facts.sources))
    return all_of(Yes((said,), (source,), _told(source.grade)), facts)


def _qualified(case: Case, place: Place, law: Law) -> Answer:
    held = standing(case, place, "secnumcloud", law)
    if isinstance(held.valid, No):
        return held.valid
    return all_of(held.valid, at_least(held.version, law.text("secnumcloud_version")))


def _told(grade: Grade) -> bool:
    return grade is Grade.DECLARED
