"""ACC-002: can each access be traced?

GDPR art. 32; HDS référentiel v2, EXI 15 and 16; SNDS security référentiel of 6 May 2024.  Our reading: accesses are
logged person by person, the log was reviewed within the age of parameter ``log_review_age`` (no text read gives a
figure), and one knows where the log itself rests, since it is a place of data.
"""

from __future__ import annotations

from datetime import date

from legislation._days import months_after, written
from legislation._facts import ask, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._personal import personal_health
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Absent, Grade, Known, Unread
from model.places import PlaceKind

RULE = Rule(
    id="ACC-002",
    titles=Words("Traçabilité des accès", "Access can be traced"),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(
        Cite("GDPR", "32", "2018-05-25"),
        Cite("A2024-04-26", "EXI 15, 16", "v2"),
        Cite("A2024-05-06", "texte entier", "2024-05-09"),
    ),
    in_force_from=date(2018, 5, 25),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Activer une journalisation propre à chaque personne, inventorier le journal et en planifier la revue.",
        "Log each person’s access, inventory the log and plan its review.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le RGPD n’était pas encore applicable.", "The GDPR did not apply yet.")


def applies(case: Case, law: Law) -> Answer:
    """Personal health data."""
    return personal_health(case, law)


def holds(case: Case, law: Law) -> Answer:
    """Logged, person by person, reviewed lately, in a known place."""
    log = case.dataset.access_log
    exists = ask(
        log.exists, "access_log.exists",
        Words("Accès journalisés.", "Access is logged."), Words("Accès non journalisés.", "Access is not logged."),
    )  # fmt: skip
    if isinstance(exists, No):
        return exists
    per_person = ask(
        log.per_person, "access_log.per_person",
        Words("Journal propre à chaque personne.", "The log tells each person."),
        Words("Journal qui ne distingue pas les personnes.", "The log does not tell persons apart."),
    )  # fmt: skip
    return all_of(exists, per_person, _reviewed(case, law), _located(case))


def _reviewed(case: Case, law: Law) -> Answer:
    months = law.number("log_review_age")
    match case.dataset.access_log.last_review_on:
        case Known(day, source) if day > law.on:
            return lacking("access_log.last_review", source)
        case Known(day, source) if law.on <= months_after(day, months):
            words = Words(f"Journal revu le {written(day).fr}.", f"Log reviewed on {written(day).en}.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(day, source):
            fr = f"Dernière revue du journal le {written(day).fr}, il y a plus de {months}\u00a0mois."
            en = f"Last review of the log on {written(day).en}, more than {months} months ago."
            return No((Words(fr, en),), (source,), source.grade is Grade.DECLARED)
        case Absent(source):
            return No((Words("Journal jamais revu.", "Log never reviewed."),), (source,))
        case Unread(source=source):
            return lacking("access_log.last_review", source)


def _located(case: Case) -> Answer:
    logs = [place for place in case.places if place.role is PlaceKind.LOG]
    facts = [location.countries for place in logs for location in place.locations]
    if not facts:
        return lacking("access_log.location", case.dataset.access_log.exists.source)
    unread = next((fact for fact in facts if not isinstance(fact, Known)), None)
    if unread is not None:
        return lacking("access_log.location", unread.source)
    declared = any(place.grade is Grade.DECLARED for place in logs)
    words = Words("Emplacement du journal connu.", "The place of the log is known.")
    return Yes((words,), tuple(fact.source for fact in facts), declared)
