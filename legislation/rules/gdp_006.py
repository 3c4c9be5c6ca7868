"""GDP-006: is the adequacy decision that a transfer rests on in force?

GDPR art. 45. Our reading: the decision covers the country on the day asked. The reasons warn when it ends within
twelve months. A list of decisions that nobody has read again for ninety days settles nothing.
"""

from __future__ import annotations

from datetime import date

from legislation._adequacy import in_force
from legislation._law import Law
from legislation._logic import Answer, Yes, all_of
from legislation._transfers import ART_45, each, each_here, resting_on
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import Transfer
from model.observed import Grade, Source

RULE = Rule(
    id="GDP-006",
    titles=Words("Décision d’adéquation en vigueur", "Adequacy decision in force"),
    kind=RuleKind.BREACH,
    severity=Severity.MEDIUM,
    basis=(Cite("GDPR", "45", "2018-05-25"),),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Relire la liste des décisions d’adéquation et prévoir un autre fondement avant la fin de la décision.",
        "Read the list of adequacy decisions again and prepare another tool before the decision ends.",
    ),
)
OF_PLACES = True
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")


def applies(case: Case, law: Law) -> Answer:
    """A transfer rests on an adequacy decision."""
    return resting_on(case, law, ART_45)


def holds(case: Case, law: Law) -> Answer:
    """Each such decision is in force on the day asked."""
    return each(case, law, ART_45, lambda transfer, source: _in_force(transfer, source, law))


def holds_alone(case: Case, law: Law) -> Answer:
    """The same of the transfers that concern one place."""
    return each_here(case, law, ART_45, lambda transfer, source: _in_force(transfer, source, law))


def _in_force(transfer: Transfer, source: Source, law: Law) -> Answer:
    return all_of(Yes((), (source,), source.grade is Grade.DECLARED), in_force(law, transfer.country))
