"""A31-003: does the service meet the criteria of article 31?

Loi n° 2024-449, art. 31; décret n° 2026-272 of 14 April 2026; arrêté of 12 August 2026, in force on 15 August
2026, which approves SecNumCloud 3.2 as the référentiel. Our reading: each private cloud service that stores the
data is itself qualified, on an official list and in its period, or holds a certificate that ANSSI recognises.
What the controller or the State hosts itself is out. Keys held elsewhere never make up for it.
"""

from __future__ import annotations

from datetime import date

from legislation._days import written
from legislation._facts import any_cloud, bound, in_cloud, lacking, sensitive
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, any_of, every, not_, unless
from legislation._qualified import standing
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.observed import known

RULE = Rule(
    id="A31-003",
    titles=Words("Service conforme aux critères de l’article 31", "Service meets the criteria of article 31"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(
        Cite("L2024-449", "31", "2024-05-23"),
        Cite("D2026-272", "critères", "2026-04-16"),
        Cite("A2026-08-12", "texte entier", "2026-08-15"),
    ),
    in_force_from=date(2026, 8, 15),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Migrer vers un service qualifié SecNumCloud, ou constituer le dossier de dérogation (A31-004).",
        "Move to a service qualified SecNumCloud, or document a derogation (A31-004).",
    ),
)
OF_PLACES = True
BEFORE = Words(
    "Jusque-là, aucun référentiel n’était approuvé\u202f: la règle R9 de la doctrine de l’État (circulaire "
    "n°\u202f6404/SG) demandait un service qualifié SecNumCloud, sans valeur de loi.",
    "Until then no référentiel was approved: rule R9 of the State doctrine (circular no. 6404/SG) asked for a service "
    "qualified SecNumCloud, without the force of law.",
)


def applies(case: Case, law: Law) -> Answer:
    """A bound body, data of particular sensitivity, and a private cloud, managed or software service."""
    body = bound(case, law)
    return body if isinstance(body, No) else all_of(body, sensitive(case), any_cloud(case))


def holds(case: Case, law: Law) -> Answer:
    """Every such place is served by a qualified service."""
    return every(case, lambda place: unless(not_(in_cloud(case, place)), qualified(case, place, law)))


def qualified(case: Case, place: Place, law: Law) -> Answer:
    """Qualified SecNumCloud in the version asked for, or certified as ANSSI recognises."""
    equivalents = law.members("equivalent_certificates")
    return any_of(
        _recent_enough(case, place, law),
        *(standing(case, place, scheme, law).valid for scheme in equivalents),
        *(_invalid(case, law) if "eucs" not in equivalents else ()),
    )


def _recent_enough(case: Case, place: Place, law: Law) -> Answer:
    held = standing(case, place, "secnumcloud", law)
    if isinstance(held.valid, No):
        return held.valid
    return all_of(held.valid, at_least(held.version, law.text("secnumcloud_version")))


def at_least(version: str, wanted: str) -> Answer:
    """Whether a version such as ``3.2`` is ``wanted`` or a later one."""
    numbers = _numbers(version)
    if not numbers:
        return lacking("qualification.version")
    words = Words(f"SecNumCloud version {version}", f"SecNumCloud version {version}")
    return Yes((words,)) if numbers >= _numbers(wanted) else No((words,))


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.removeprefix("v").split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()


def _invalid(case: Case, law: Law) -> tuple[Answer, ...]:
    """An EUCS certificate cannot exist as long as that scheme is not adopted."""
    if not any(known(claim.scheme) == "eucs" for claim in case.dataset.claims):
        return ()
    day = written(law.on)
    words = Words(
        f"Certificat EUCS annoncé\u202f: preuve invalide, ce schéma n’était pas adopté au {day.fr}.",
        f"EUCS certificate claimed: invalid evidence, that scheme was not adopted on {day.en}.",
    )
    return (No((words,)),)
