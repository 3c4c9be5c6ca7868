"""SNC-006: does no holder outside the European Union have a veto or the majority of a board?

SecNumCloud 3.2, 19.6.b, an indicative check. Our reading: for each holder outside the Union, of the provider or of a
company that controls it, by-laws and pacts were read and grant neither. Whoever controls decides on the boards.
"""

from __future__ import annotations

from datetime import date

from legislation._control import above, controls
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._sovereignty import each_provider, has_provider, outside
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.parties import LegalEntity, Link, Operator

RULE = Rule(
    id="SNC-006",
    titles=Words(
        "Ni veto ni majorité au conseil pour un détenteur hors de l’Union",
        "No veto and no board majority for a holder outside the Union",
    ),
    kind=RuleKind.INDICATIVE,
    severity=Severity.HIGH,
    basis=(Cite("SNC-3.2", "19.6.b", "3.2"),),
    in_force_from=date(2022, 3, 8),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Demander au prestataire une attestation sur ses statuts et ses pactes d’actionnaires.",
        "Ask the provider for an attestation on its by-laws and shareholders’ agreements.",
    ),
)
OF_PLACES = True
BEFORE = Words("SecNumCloud 3.2 n’était pas publié.", "SecNumCloud 3.2 was not published.")


def applies(case: Case, _law: Law) -> Answer:
    """A cloud provider serves a place."""
    return has_provider(case)


def holds(case: Case, law: Law) -> Answer:
    """No holder outside the Union decides or blocks."""
    return each_provider(case, law, RULE.id, _free)


def _free(operator: Operator, law: Law) -> Answer:
    union = frozenset(law.members("eu_members"))
    majority = law.number("control_threshold")
    answers = [
        _rights(operator, link, holder, outside(holder, union), majority) for link, holder in above(operator, law)
    ]
    if not operator.holders_complete:
        source = operator.entity.sources[0] if operator.entity.sources else None
        return all_of(*answers, lacking("provider.holders", source))
    name = operator.entity.name
    words = Words(
        f"{name}\u202f: aucun détenteur hors de l’Union n’a de veto ni de majorité au conseil",
        f"{name}: no holder outside the Union has a veto or a board majority",
    )
    return all_of(*answers, Yes((words,), operator.entity.sources))


def _rights(operator: Operator, link: Link, holder: LegalEntity, out: bool | None, majority: int) -> Answer:
    if out is False:
        return Yes()
    granted = controls(link, majority) or link.veto or link.board_majority
    if out and granted:
        name = operator.entity.name
        right = _RIGHTS[0 if controls(link, majority) else 1 if link.veto else 2]
        words = Words(f"{name}\u202f: {holder.name} {right.fr}", f"{name}: {holder.name} {right.en}")
        return No((words,), link.sources)
    if not granted and link.veto is False and link.board_majority is False:
        return Yes()
    return lacking("provider.holder_rights", link.sources[0] if link.sources else None)


_RIGHTS = (
    Words("la contrôle depuis l’extérieur de l’Union", "controls it from outside the Union"),
    Words("a un droit de veto, hors de l’Union", "has a veto, outside the Union"),
    Words("nomme la majorité d’un conseil, hors de l’Union", "appoints a board majority, outside the Union"),
)
