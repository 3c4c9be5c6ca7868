"""SNC-002: are the data and the technical data in the European Union?

SecNumCloud 3.2, 19.2.b and d, an indicative check of any provider. Our reading: every location of every kind, logs and
metadata included, lies in the Union; the EEA does not do. The list of kinds has to be confirmed complete.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, Yes, all_of
from legislation._sovereignty import each_place, has_provider, located_in_union
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Grade, Known

RULE = Rule(
    id="SNC-002",
    titles=Words("Données et données techniques dans l’Union", "Data and technical data in the Union"),
    kind=RuleKind.INDICATIVE,
    severity=Severity.MEDIUM,
    basis=(
        Cite("SNC-3.2", "19.2.b", "3.2"),
        Cite("SNC-3.2", "19.2.d", "3.2"),
    ),
    in_force_from=date(2022, 3, 8),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Restreindre les régions autorisées et la destination des journaux aux seuls États membres de l’Union.",
        "Restrict allowed regions and the destination of logs to Member States of the Union.",
    ),
)
OF_PLACES = True
BEFORE = Words("SecNumCloud 3.2 n’était pas publié.", "SecNumCloud 3.2 was not published.")


def applies(case: Case, _law: Law) -> Answer:
    """A cloud provider serves a place."""
    return has_provider(case)


def holds(case: Case, law: Law) -> Answer:
    """Every place in the Union, and the list of kinds confirmed complete."""
    return all_of(holds_alone(case, law), _complete(case))


def holds_alone(case: Case, law: Law) -> Answer:
    """Every known place in the Union; whether others exist is a question to the dataset."""
    union = frozenset(law.members("eu_members"))
    return each_place(case, lambda place: located_in_union(place, union))


def _complete(case: Case) -> Answer:
    match case.dataset.places_complete:
        case Known(True, source):
            words = Words("Liste des types d’emplacements confirmée complète.", "List of kinds confirmed complete.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case fact:
            return lacking("dataset.places_complete", fact.source)
