"""SND-002: is the system approved on the security référentiel of 2024?

Arrêté of 6 May 2024 (NOR TSSE2407926A), which repeals that of 22 March 2017.  Our reading: an approval (homologation)
decided after its publication, and in date. An older one rests on the text of 2017; how long existing systems may go
on is not verified, so that until parameter ``snds_transition_until`` it leaves the question open.
"""

from __future__ import annotations

from datetime import date

from legislation._days import written
from legislation._facts import lacking
from legislation._formality import snds
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of
from legislation._personal import personal
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Unread

RULE = Rule(
    id="SND-002",
    titles=Words("SNDS\u202f: homologation au référentiel de 2024", "SNDS: approval on the référentiel of 2024"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("A2024-05-06", "texte entier", "2024-05-09"),),
    in_force_from=date(2024, 5, 9),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Homologuer le système au regard du référentiel de sécurité du 6 mai 2024.",
        "Approve the system against the security référentiel of 6 May 2024.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le référentiel du 22 mars 2017 s’appliquait encore.", "The référentiel of 22 March 2017 still applied.")


def applies(case: Case, law: Law) -> Answer:
    """SNDS data, not anonymous."""
    about = snds(case)
    return about if isinstance(about, No) else all_of(about, personal(case, law))


def holds(case: Case, law: Law) -> Answer:
    """Approved on the text of 2024, and in date."""
    return all_of(_decided(case, law), _in_date(case, law))


def _decided(case: Case, law: Law) -> Answer:
    after, until = law.day("snds_approval_after"), law.day("snds_transition_until")
    match case.dataset.homologation.decided_on:
        case Known(day, source) if after < day <= law.on:
            words = Words(f"Homologation du {written(day).fr}.", f"Approval of {written(day).en}.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(day, source) if day > law.on:
            return lacking("homologation.date", source)
        case Known(day, source):
            words = Words(
                f"Homologation du {written(day).fr}, antérieure au référentiel de 2024.",
                f"Approval of {written(day).en}, older than the référentiel of 2024.",
            )
            if law.on <= until:
                return Unknown(("homologation.transition",), (words,), (source,))
            return No((words,), (source,), source.grade is Grade.DECLARED)
        case Absent(source) | Unread(source=source):
            return lacking("homologation.date", source)


def _in_date(case: Case, law: Law) -> Answer:
    match case.dataset.homologation.expires_on:
        case Known(day, source) if law.on < day:
            return Yes((), (source,), source.grade is Grade.DECLARED)
        case Known(day, source):
            end = written(day)
            return No((Words(f"Homologation échue le {end.fr}.", f"Approval ended on {end.en}."),), (source,))
        case Absent(source) | Unread(source=source):
            return lacking("homologation.expires", source)
