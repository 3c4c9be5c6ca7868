"""Whether a derogation to article 31 is claimed for a dataset: three rules ask it."""

from __future__ import annotations

from legislation._facts import bound, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes
from legislation._rule import decide
from legislation.rules import a31_003
from model.assessment import Case, Outcome, Words


def art31_claimed(case: Case, law: Law) -> Answer:
    """Yes when the register claims one.

    A register that is silent does not say "none": it settles the question only where there is nothing to
    derogate from, because the body is not bound, or A31-003 is met or does not apply.
    """
    if case.dataset.derogation is not None:
        words = Words("Une dérogation à l’article 31 est invoquée.", "A derogation to article 31 is claimed.")
        return Yes((words,))
    body = bound(case, law)
    if isinstance(body, No):
        return body
    criteria = decide(a31_003, case, law)
    if criteria.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE):
        words = Words(
            "Rien à quoi déroger\u202f: A31-003 est satisfaite ou ne s’applique pas.",
            "Nothing to derogate from: A31-003 is met or does not apply.",
        )
        return No((words,), criteria.sources)
    return lacking("derogation")
