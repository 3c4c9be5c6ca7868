"""INV-004: are transfer tools, landing servers and extracts inventoried?

GDPR art. 30 (version of 25 May 2018); CNIL, formal notice MED-2018-006, for which extractions were a weak point.  Our
reading: somebody confirmed that no kind of place is left out, and each transfer that is known ends somewhere that is
known. A file-transfer service, a mailbox and a landing server are places of storage.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import health, lacking
from legislation._law import Law
from legislation._logic import Answer, Unknown, Yes, all_of
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.datasets import Flow
from model.observed import Absent, Grade, Known, Unread
from model.places import PlaceKind

RULE = Rule(
    id="INV-004",
    titles=Words("Outils de transfert et extractions inventoriés", "Transfer tools and extracts inventoried"),
    kind=RuleKind.BREACH,
    severity=Severity.MEDIUM,
    basis=(Cite("GDPR", "30", "2018-05-25"), Cite("MED-2018-006", "texte entier", "2018-02-08")),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Interroger les métiers\u202f; inventorier espaces de dépôt, messageries, serveurs d’arrivée et extractions.",
        "Ask the departments; inventory drop zones, mailboxes, landing servers and extracts.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")

_MOVED = (PlaceKind.TRANSFER_TOOL, PlaceKind.EXTRACT, PlaceKind.EXPORT)


def applies(case: Case, _law: Law) -> Answer:
    """Unless the data are known not to be health data."""
    return health(case)


def holds(case: Case, _law: Law) -> Answer:
    """The list confirmed, nothing hidden by a gap, and every known transfer ending at a known place."""
    return all_of(
        _confirmed(case),
        _unhidden(case),
        *(_arrives(flow) for flow in case.flows),
        *(_operated(place) for place in case.places if place.role in _MOVED),
    )


def _confirmed(case: Case) -> Answer:
    match case.dataset.places_complete:
        case Known(True, source):
            words = Words(
                "Liste des extractions, serveurs d’arrivée et outils de transfert confirmée complète.",
                "List of extracts, landing servers and transfer tools confirmed complete.",
            )
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(_, source) | Absent(source) | Unread(source=source):
            return lacking("dataset.places_complete", source)


def _unhidden(case: Case) -> Answer:
    if not case.gaps:
        return Yes()
    words = Words("Un angle mort peut masquer un outil de transfert.", "A gap may hide a transfer tool.")
    return Unknown(("coverage.gaps",), (words,))


def _arrives(flow: Flow) -> Answer:
    if flow.destination_provider not in ("", "unknown"):
        return Yes()
    words = Words(
        f"Transfert {flow.id} par {flow.means}\u202f: on ignore qui exploite la destination «\u202f{flow.destination}"
        "\u202f» (flow.destination).",
        f"Transfer {flow.id} by {flow.means}: nobody knows who runs its destination “{flow.destination}” "
        "(flow.destination).",
    )
    return Unknown(("flow.destination",), (words,), (flow.decision.source,))


def _operated(place: Place) -> Answer:
    if isinstance(place.operators, Known):
        return Yes((), (place.operators.source,))
    words = Words(
        "Un outil de transfert ou une extraction n’a pas d’exploitant connu (provider.entity).",
        "A transfer tool or an extract has no known operator (provider.entity).",
    )
    return Unknown(("provider.entity",), (words,), (place.operators.source,))
