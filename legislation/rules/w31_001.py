"""W31-001: a bill that would bind local authorities.

Bill on the security of digital public contracts, article 31-1, text of the Sénat of 17 December 2025: not law. It
would extend article 31 I of loi n° 2024-449 to régions, départements, larger communes and groupings from 1 January
2028.  Our reading: information for those it names, never a failure.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import KIND_WORDS, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import ControllerKind

RULE = Rule(
    id="W31-001",
    titles=Words("Collectivités\u202f: veille sur l’article 31-1", "Local authorities: watch on article 31-1"),
    kind=RuleKind.INFORMATION,
    severity=Severity.INFORMATION,
    basis=(Cite("PPL-31-1", "31-1", "Sénat, 2025-12-17"),),
    in_force_from=date(2025, 12, 17),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Suivre la navette parlementaire et tenir compte de l’échéance de 2028 dans les marchés à venir.",
        "Follow the bill and bear the date of 2028 in mind in coming contracts.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le Sénat n’avait pas adopté ce texte.", "The Sénat had not adopted this text.")


def applies(case: Case, _law: Law) -> Answer:
    """A local authority."""
    kind = case.dataset.controller.kind
    if kind is ControllerKind.UNKNOWN:
        return lacking("controller.kind")
    name = KIND_WORDS[kind]
    words = Words(f"Nature de l’organisme\u202f: {name.fr}.", f"Kind of body: {name.en}.")
    return Yes((words,)) if kind is ControllerKind.LOCAL_AUTHORITY else No((words,))


def holds(_case: Case, _law: Law) -> Answer:
    """Nothing is asked yet."""
    words = Words(
        "Texte non adopté à ce jour\u202f: il étendrait l’article 31 aux collectivités à compter du 1er janvier 2028.",
        "Not adopted: it would extend article 31 to local authorities from 1 January 2028.",
    )
    return Yes((words,))
