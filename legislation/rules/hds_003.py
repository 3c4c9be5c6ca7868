"""HDS-003: is everything stored in the European Economic Area?

CSP art. L.1111-8 IV (after loi n° 2024-449, art. 32), décret n° 2026-209 of 24 March 2026, HDS référentiel v2
EXI 28.  Our reading: the host and its subcontractors store personal health data exclusively in the EEA, backups
and replicas included.  A log or metadata outside it settles nothing until one knows whether they hold such
data.  The key is no storage of data.

Before the decree, EXI 28 alone asked for it, and bound only a host certified on the second version.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import hds_scope, lacking, listed, processor_of
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, every, some
from legislation._qualified import standing
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import Grade, Known
from model.places import PlaceKind

RULE = Rule(
    id="HDS-003",
    titles=Words("Stockage dans l’Espace économique européen", "Storage in the European Economic Area"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(
        Cite("CSP", "L.1111-8, IV", "2024-05-23"),
        Cite("D2026-209", "texte entier", "2026-03-27"),
        Cite("A2024-04-26", "EXI 28", "v2"),
    ),
    in_force_from=date(2024, 11, 16),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Restreindre les régions autorisées et supprimer les copies situées hors de l’Espace économique européen.",
        "Restrict the allowed regions and delete the copies outside the European Economic Area.",
    ),
)
OF_PLACES = True
BEFORE = Words(
    "Le référentiel HDS de 2024, premier à exiger ce stockage, n’était pas encore utilisé pour certifier.",
    "The HDS référentiel of 2024, the first to ask for this storage, did not serve to certify yet.",
)

_DECREE = date(2026, 3, 27)
_DATA = frozenset(PlaceKind) - {PlaceKind.KEY}
_PERHAPS_DATA = (PlaceKind.LOG, PlaceKind.METADATA)


def applies(case: Case, law: Law) -> Answer:
    """Health data from care hosted by a processor; before the decree, by one certified on version 2."""
    if law.on >= _DECREE:
        return hds_scope(case)
    return all_of(
        hds_scope(case), some(case, lambda place: all_of(processor_of(case, place), _second(case, place, law)))
    )


def holds(case: Case, law: Law) -> Answer:
    """Every storage location lies in the EEA."""
    members = frozenset(law.members("eea_members"))
    return every(case, lambda place: _inside(place, members))


def _inside(place: Place, members: frozenset[str]) -> Answer:
    if place.role not in _DATA:
        return Yes()
    answers: list[Answer] = []
    for location in place.locations:
        match location.countries:
            case Known(countries, source) if countries:
                out = [country for country in countries if country not in members]
                answers.append(_judged(place, list(countries), out, Yes((), (source,), place.grade is Grade.DECLARED)))
            case answer:
                words = Words(
                    "pays de stockage inconnu (location.country)", "country of storage unknown (location.country)"
                )
                answers.append(Unknown(("location.country",), (words,), (answer.source,)))
    return all_of(*answers)


def _judged(place: Place, countries: list[str], out: list[str], found: Yes) -> Answer:
    if not out:
        words = Words(f"stocké dans l’EEE ({listed(countries)})", f"stored in the EEA ({listed(countries)})")
        return Yes((words,), found.sources, found.declared)
    role = _ROLES[place.role]
    words = Words(
        f"{role.fr} hors de l’EEE ({listed(out)}), région {_regions(place)}",
        f"{role.en} outside the EEA ({listed(out)}), region {_regions(place)}",
    )
    if place.role in _PERHAPS_DATA:
        return Unknown(("dataset.health",), (words,), found.sources)
    return No((words,), found.sources)


def _regions(place: Place) -> str:
    named = sorted({location.zone or location.region for location in place.locations} - {""})
    return ", ".join(named) or "–"


def _second(case: Case, place: Place, law: Law) -> Answer:
    """Whether the host's certificate is on version 2 of the référentiel."""
    held = standing(case, place, "hds", law)
    if not held.version:
        return lacking("qualification.version")
    words = Words(f"certificat HDS version {held.version}", f"HDS certificate version {held.version}")
    wanted = law.text("hds_version").removeprefix("v")
    return Yes((words,)) if held.version.removeprefix("v") == wanted else No((words,))


_ROLES = {
    PlaceKind.PRIMARY: Words("stockage principal", "primary storage"),
    PlaceKind.BACKUP: Words("sauvegarde", "backup"),
    PlaceKind.REPLICA: Words("réplique", "replica"),
    PlaceKind.SNAPSHOT: Words("instantané", "snapshot"),
    PlaceKind.EXPORT: Words("export", "export"),
    PlaceKind.EXTRACT: Words("extraction", "extract"),
    PlaceKind.LOG: Words("journaux", "logs"),
    PlaceKind.CACHE: Words("cache", "cache"),
    PlaceKind.METADATA: Words("métadonnées", "metadata"),
    PlaceKind.TRANSFER_TOOL: Words("outil de transfert", "transfer tool"),
    PlaceKind.KEY: Words("clé", "key"),
}
