"""ACC-001: are nominative diagnoses read under the authority of a praticien-conseil alone?

Décret n° 2015-391 of 3 April 2015, art. 3, as a union letter of 4 June 2025 reads it.  Our reading: in the processing
of the medical service of health insurance, nominative data with a diagnosis code are for persons placed under the
direct authority of a praticien-conseil; every accessing role counts. Where roles are not listed one by one, the
authority that the register states holds for all of them. Hospitals, practitioners and local authorities run no such
service.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import KIND_WORDS, ask, health, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._personal import nominative
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import AccessRole, ControllerKind
from model.observed import Absent, Grade, Known, Observed, Reason, Unread

RULE = Rule(
    id="ACC-001",
    titles=Words("Accès sous l’autorité d’un praticien-conseil", "Access under the authority of a praticien-conseil"),
    kind=RuleKind.BREACH,
    severity=Severity.BLOCKER,
    basis=(Cite("D2015-391", "3", "2015-04-09"),),
    in_force_from=date(2015, 4, 9),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Suspendre ces accès, ou rattacher formellement les personnes à un praticien-conseil.",
        "Stop that access, or place the persons formally under a praticien-conseil.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le décret n°\u202f2015-391 n’existait pas.", "Decree no. 2015-391 did not exist.")

_SILENT = (Reason.NOT_ASKED, Reason.NOT_TOLD, Reason.NOT_DECLARED)
_REQUIRED = "praticien_conseil"
_WITHOUT = (
    ControllerKind.PUBLIC_HOSPITAL, ControllerKind.PRIVATE_HOSPITAL, ControllerKind.LIBERAL,
    ControllerKind.LOCAL_AUTHORITY,
)  # fmt: skip


def applies(case: Case, law: Law) -> Answer:
    """Data of the medical control service, with coded diagnoses, nominative."""
    about = health(case)
    if isinstance(about, No):
        return about
    kind = case.dataset.controller.kind
    if kind in _WITHOUT:
        name = KIND_WORDS[kind]
        fr = f"Pas de service du contrôle médical\u202f: {name.fr}."
        return No((Words(fr, f"No medical control service: {name.en}."),))
    coded = ask(
        case.dataset.diagnosis_code, "dataset.diagnosis_code",
        Words("Codes de diagnostic présents.", "Coded diagnoses."), Words("Aucun code de diagnostic.", "No diagnoses."),
    )  # fmt: skip
    service = ask(
        case.dataset.medical_control, "dataset.medical_control",
        Words("Données du service du contrôle médical.", "Data of the medical control service."),
        Words("Données étrangères au contrôle médical.", "Data foreign to the medical control service."),
    )  # fmt: skip
    return all_of(service, coded, nominative(case, law))


def holds(case: Case, _law: Law) -> Answer:
    """Every role under a praticien-conseil."""
    general = case.dataset.access_authority
    match case.dataset.access.roles:
        case Known(roles) if roles:
            return all_of(*(_under(role.role, _authority(role, general)) for role in roles))
        case Unread(reason, source) if reason not in _SILENT:
            return lacking("access.roles", source)
        case _:
            return _under("", general)


def _authority(role: AccessRole, general: Observed[str]) -> Observed[str]:
    """That of the role, or the general one where the register says nothing of the role."""
    match role.authority:
        case Unread(reason) if reason in _SILENT:
            return general
        case authority:
            return authority


def _under(role: str, authority: Observed[str]) -> Answer:
    who = f"{role}\u202f: " if role else ""
    whom = f"{role}: " if role else ""
    match authority:
        case Known(word, source) if word == _REQUIRED:
            words = Words(f"{who}sous l’autorité d’un praticien-conseil.", f"{whom}under a praticien-conseil.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Known(word, source):
            fr = f"{who}accès sous une autre autorité («\u202f{word}\u202f»)."
            return No((Words(fr, f"{whom}access under another authority (“{word}”)."),), (source,))
        case Absent(source):
            return No((Words(f"{who}accès sans autorité.", f"{whom}access under nobody."),), (source,))
        case Unread(source=source):
            return lacking("access_authority", source)
