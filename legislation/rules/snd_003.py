"""SND-003: are the extracts that leave the controlled environment anonymous?

Arrêté of 6 May 2024, point 4.5 (and the export requirements of reference methodologies MR-005 and MR-006).  Our
reading: only what is shown to be anonymous leaves, after an approval, under monitoring. ``anonymity`` of the register
then speaks of what leaves.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import ask
from legislation._formality import snds
from legislation._law import Law
from legislation._logic import Answer, No, all_of
from legislation._personal import anonymity_shown, said
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words

RULE = Rule(
    id="SND-003",
    titles=Words("SNDS\u202f: sorties anonymes seulement", "SNDS: anonymous exports only"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("A2024-05-06", "4.5", "2024-05-09"), Cite("WP216", "trois critères", "2014-04-10")),
    in_force_from=date(2024, 5, 9),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Rappeler ou détruire l’extraction\u202f; n’exporter que des résultats dont l’anonymat est démontré.",
        "Recall or destroy the extract; export only results whose anonymity is shown.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le référentiel du 22 mars 2017 s’appliquait encore.", "The référentiel of 22 March 2017 still applied.")


def applies(case: Case, _law: Law) -> Answer:
    """SNDS data of which an extract leaves the controlled environment."""
    about = snds(case)
    leaves = ask(
        case.dataset.exports.leave, "exports.leave",
        Words("Des extractions sortent de l’environnement maîtrisé.", "Extracts leave the controlled environment."),
        Words("Rien ne sort de l’environnement maîtrisé.", "Nothing leaves the controlled environment."),
    )  # fmt: skip
    return about if isinstance(about, No) else all_of(about, leaves)


def holds(case: Case, law: Law) -> Answer:
    """Anonymous, approved and monitored."""
    exports = case.dataset.exports
    monitored = ask(
        exports.monitored, "exports.monitored",
        Words("Exports surveillés.", "Exports are monitored."), Words("Exports sans surveillance.", "Not monitored."),
    )  # fmt: skip
    none = Words("Aucune approbation de l’export.", "Nobody approved the export.")
    return all_of(anonymity_shown(case, law), said(exports.approval, "exports.approval", none), monitored)
