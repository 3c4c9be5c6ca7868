"""C65-001: does the purchase follow the State’s doctrine?

Circular no. 6519/SG of 5 February 2026 on digital procurement, which follows no. 6404/SG of 31 May 2023.  Our
reading: for a new purchase of a State administration or operator, the file documents the three criteria of
sovereignty (immunity to extraterritorial law, substitutability, control of key technologies) and holds the DINUM
opinion where one is required. A circular directs the State’s own buyers and makes no law: the rule is indicative.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import KIND_WORDS, ask, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, any_of, not_
from legislation._personal import said
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import ControllerKind
from model.observed import Absent, Grade, Known, Unread

RULE = Rule(
    id="C65-001",
    titles=Words("Doctrine d’achat numérique de l’État", "State doctrine on digital purchases"),
    kind=RuleKind.INDICATIVE,
    severity=Severity.MEDIUM,
    basis=(Cite("C6519-SG", "texte entier", "2026-02-05"), Cite("C6404-SG", "R9", "2023-05-31")),
    in_force_from=date(2026, 2, 5),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Documenter les trois critères de souveraineté au dossier d’achat\u202f; "
        "solliciter l’avis conforme de la DINUM.",
        "Document the three criteria of sovereignty in the purchase file; seek the opinion of the DINUM.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "La circulaire n°\u202f6519/SG n’existait pas\u202f; la circulaire n°\u202f6404/SG s’appliquait seule.",
    "Circular no. 6519/SG did not exist; since 2023 circular no. 6404/SG stood alone.",
)

_BUYERS = (ControllerKind.STATE_ADMIN, ControllerKind.STATE_OPERATOR)
# A body of these kinds may stand on the list of State operators: its kind alone does not tell.
_PERHAPS = (
    ControllerKind.UNKNOWN, ControllerKind.RESEARCH_BODY, ControllerKind.GIP_OTHER, ControllerKind.SOCIAL_SECURITY,
)  # fmt: skip
_CRITERIA = {
    "immunity": Words("immunité aux lois extraterritoriales", "immunity to extraterritorial law"),
    "substitutability": Words("substituabilité", "substitutability"),
    "key_technologies": Words("maîtrise des technologies clés", "control of key technologies"),
}


def applies(case: Case, _law: Law) -> Answer:
    """A State administration or operator, and a new purchase."""
    buyer = _buyer(case)
    new = ask(
        case.dataset.purchase.new, "purchase.new",
        Words("Nouvel achat.", "New purchase."), Words("Pas de nouvel achat.", "No new purchase."),
    )  # fmt: skip
    return buyer if isinstance(buyer, No) else all_of(buyer, new)


def _buyer(case: Case) -> Answer:
    kind = case.dataset.controller.kind
    name = KIND_WORDS[kind]
    if kind in _PERHAPS:
        return lacking("controller.kind")
    words = Words(f"Acheteur\u202f: {name.fr}.", f"Buyer: {name.en}.")
    return Yes((words,)) if kind in _BUYERS else No((words,))


def holds(case: Case, _law: Law) -> Answer:
    """The three criteria documented, and the opinion obtained where one is required."""
    purchase = case.dataset.purchase
    required = ask(
        purchase.opinion_required, "purchase.opinion_required",
        Words("Avis conforme de la DINUM requis.", "A DINUM opinion is required."),
        Words("Avis conforme de la DINUM non requis.", "No DINUM opinion is required."),
    )  # fmt: skip
    none = Words("Avis conforme de la DINUM absent.", "There is no DINUM opinion.")
    return all_of(_criteria(case), any_of(not_(required), said(purchase.opinion, "purchase.opinion", none)))


def _criteria(case: Case) -> Answer:
    match case.dataset.purchase.criteria:
        case Known(criteria, source):
            declared = source.grade is Grade.DECLARED
            left = [words for name, words in _CRITERIA.items() if name not in criteria]
            if not left:
                all_three = Words("Les trois critères sont documentés.", "The three criteria are documented.")
                return Yes((all_three,), (source,), declared)
            fr, en = ", ".join(words.fr for words in left), ", ".join(words.en for words in left)
            return No((Words(f"Critère non documenté\u202f: {fr}.", f"Not documented: {en}."),), (source,), declared)
        case Absent(source) | Unread(source=source):
            return lacking("purchase.criteria", source)
