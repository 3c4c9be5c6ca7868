"""The formality with the CNIL (loi n° 78-17, art. 64 to 77): its regime, its number, its days."""

from __future__ import annotations

from enum import StrEnum

from legislation._days import written
from legislation._facts import ask, health, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, any_of, not_
from model.assessment import Case, Words
from model.observed import Absent, Grade, Known, Unread


class Regime(StrEnum):
    """What a register may call the formality; any other word settles nothing."""

    AUTHORISATION = "authorisation"
    COMMITMENT = "commitment"
    METHODOLOGY = "methodology"
    EXEMPT = "exempt"
    NONE = "none"


_METHODOLOGIES = frozenset(f"mr-00{number}" for number in range(1, 9))

NAMES = {
    Regime.AUTHORISATION: Words("autorisation de la CNIL", "authorisation of the CNIL"),
    Regime.COMMITMENT: Words("engagement de conformité à un référentiel", "commitment to a référentiel"),
    Regime.METHODOLOGY: Words("conformité à une méthodologie de référence", "conformity to a reference methodology"),
    Regime.EXEMPT: Words("dispense de formalité", "exemption"),
    Regime.NONE: Words("aucune formalité", "no formality"),
}


def regime_of(case: Case) -> Regime | None:
    """The regime that the register states, ``None`` when it states none that is known."""
    match case.dataset.formality.regime:
        case Known(text):
            word = text.strip().lower()
            if word in _METHODOLOGIES:
                return Regime.METHODOLOGY
            return Regime(word) if word in tuple(Regime) else None
        case Absent():
            return Regime.NONE
        case _:
            return None


def has_regime(case: Case, *wanted: Regime) -> Answer:
    """Whether the formality is one of ``wanted``."""
    fact = case.dataset.formality.regime
    regime = regime_of(case)
    if regime is None:
        return lacking("formality.regime", fact.source)
    name = NAMES[regime]
    words = Words(f"Formalité déclarée\u202f: {name.fr}.", f"Formality stated: {name.en}.")
    declared = fact.source.grade is Grade.DECLARED
    return (Yes if regime in wanted else No)((words,), (fact.source,), declared)


def numbered(case: Case) -> Answer:
    """Whether the formality bears a number or a title that can be looked up."""
    match case.dataset.formality.reference:
        case Known(reference, source):
            words = Words(f"Référence\u202f: {reference}.", f"Reference: {reference}.")
            return Yes((words,), (source,), source.grade is Grade.DECLARED)
        case Absent(source) | Unread(source=source):
            return lacking("formality.reference", source)


def begun(case: Case, law: Law) -> Answer:
    """Whether the formality was made on the day asked; a later one says nothing of an earlier one.

    An exemption is no act and has no day.
    """
    if regime_of(case) is Regime.EXEMPT:
        return Yes()
    match case.dataset.formality.made_on:
        case Known(day, source) if day <= law.on:
            return Yes((), (source,), source.grade is Grade.DECLARED)
        case Known(day, source):
            later = written(day)
            words = Words(f"Formalité postérieure, du {later.fr}.", f"The formality is a later one, of {later.en}.")
            return Unknown(("formality.date",), (words,), (source,))
        case Absent(source) | Unread(source=source):
            return lacking("formality.date", source)


def in_date(case: Case, law: Law) -> Answer:
    """Whether the authorisation has not reached its end on the day asked."""
    match case.dataset.formality.expires_on:
        case Known(day, source):
            end = written(day)
            declared = source.grade is Grade.DECLARED
            if law.on < day:
                words = Words(f"Autorisation valable jusqu’au {end.fr} exclu.", f"Authorised until {end.en}, excluded.")
                return Yes((words,), (source,), declared)
            return No((Words(f"Autorisation échue le {end.fr}.", f"Authorisation ended on {end.en}."),), (source,))
        case Absent(source) | Unread(source=source):
            return lacking("formality.expires", source)


def warehouse(case: Case) -> Answer:
    """Whether the dataset is a health data warehouse (entrepôt de données de santé)."""
    about = health(case)
    if isinstance(about, No):
        return about
    yes = Words("Entrepôt de données de santé.", "Health data warehouse.")
    return ask(case.dataset.eds, "dataset.eds", yes, Words("Pas un entrepôt.", "No warehouse."))


def snds(case: Case) -> Answer:
    """Whether the data belong to the Système national des données de santé, all of which concern health."""
    about = health(case)
    if isinstance(about, No):
        return about
    yes = Words("Données du SNDS.", "SNDS data.")
    return ask(case.dataset.snds, "dataset.snds", yes, Words("Données étrangères au SNDS.", "No SNDS data."))


def outside_care(case: Case) -> Answer:
    """Whether the processing has another end than care: a warehouse, SNDS data, or data not born of care."""
    fact = case.dataset.care_origin
    yes = Words("Données recueillies à l’occasion du soin.", "Data collected during care.")
    no = Words("Données qui ne proviennent pas du soin.", "Data that do not come from care.")
    return any_of(warehouse(case), snds(case), not_(ask(fact, "dataset.care_origin", yes, no)))
