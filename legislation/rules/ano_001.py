"""ANO-001: is anonymity shown?

Article 29 Working Party, opinion 05/2014 (WP216); CNIL, SAN-2024-013 of 5 September 2024; GDPR art. 4(1).  Our
reading: the three criteria (singling out, linking, inference) are met, in a document that bears a date. A claim
without it is open, and so is one that the columns of a store contradict (what the CNIL found in 2024: a birth year, a
sex and a history side by side single people out); the data stay personal for every other rule.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes
from legislation._personal import anonymity_shown
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import Identity
from model.observed import Grade, Known

RULE = Rule(
    id="ANO-001",
    titles=Words("Anonymat démontré", "Anonymity shown"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(
        Cite("GDPR", "4(1)", "2018-05-25"),
        Cite("WP216", "trois critères", "2014-04-10"),
        Cite("SAN-2024-013", "texte entier", "2024-09-05"),
    ),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Éprouver la réidentification et en garder l’étude\u202f; à défaut, traiter les données comme personnelles.",
        "Test re-identification and keep the study; failing that, treat the data as personal.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")


def applies(case: Case, _law: Law) -> Answer:
    """The data are called anonymous."""
    match case.dataset.identity:
        case Known(Identity.ANONYMOUS, source):
            return Yes((Words("Données dites anonymes.", "Data called anonymous."),), (source,))
        case Known(_, source):
            words = Words("Données qui ne sont pas dites anonymes.", "Data that nobody calls anonymous.")
            return No((words,), (source,), source.grade is Grade.DECLARED)
        case answer:
            return lacking("dataset.identity", answer.source)


def holds(case: Case, law: Law) -> Answer:
    """Three criteria, a document, a day; and no column seen that singles people out."""
    return anonymity_shown(case, law)
