"""EHD-001: the European Health Data Space is coming.

Regulation (EU) 2025/327, in force since 26 March 2025 and applied by stages until 2031. Information only: it tells
the owner of health data what to prepare for, and never fails.
"""

from __future__ import annotations

from datetime import date

from legislation._days import written
from legislation._facts import health
from legislation._law import Law
from legislation._logic import Answer, Yes
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="EHD-001",
    titles=Words("Espace européen des données de santé à venir", "European Health Data Space to come"),
    kind=RuleKind.INFORMATION,
    severity=Severity.INFORMATION,
    basis=(Cite("UE2025-327", "86 à 90", "2025-03-26"),),
    in_force_from=date(2025, 3, 26),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Préparer la mise à disposition et le stockage des données selon le règlement (UE) 2025/327.",
        "Prepare for making the data available and storing them under Regulation (EU) 2025/327.",
    ),
)
OF_PLACES = False
BEFORE = Words(
    "Le règlement sur l’espace européen des données de santé n’était pas entré en vigueur.",
    "The regulation on the European Health Data Space was not in force.",
)


def applies(case: Case, _law: Law) -> Answer:
    """Health data."""
    return health(case)


def holds(_case: Case, law: Law) -> Answer:
    """Always: the reasons tell the day of general application."""
    day = law.day("ehds_application")
    since = written(day)
    if law.on < day:
        words = Words(
            f"Règlement applicable par étapes à compter du {since.fr} (date non vérifiée)\u202f: "
            "stockage, accès, pays tiers.",
            f"The regulation applies by stages from {since.en} (day not verified): storage, access, third countries.",
        )
    else:
        words = Words(
            f"Règlement applicable par étapes depuis le {since.fr} (date non vérifiée)\u202f: étapes à vérifier.",
            f"The regulation has applied by stages since {since.en} (day not verified): stages to be checked.",
        )
    return Yes((words,))
