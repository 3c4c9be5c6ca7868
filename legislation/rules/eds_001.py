"""EDS-001: are the processors of the warehouse under the law of the Union or of an adequate country alone?

CNIL, référentiel on health data warehouses (deliberation 2021-118 of 7 October 2021), point 11.3.  Our reading: for a
warehouse that claims conformity, no law of a country outside the EEA reaches a place that a processor hosts, unless
that country is adequate without restriction. The United States is adequate for listed entities only and does not
count: after that decision the CNIL still noted such a processor as a gap (deliberation 2023-146); the inference is
ours. An exposure that is contested leaves the question open.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import lacking, processor_of
from legislation._formality import Regime, has_regime, warehouse
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of, every, not_, unless
from legislation.exposure import exposures_on, own_public
from model.assessment import Case, Cite, Place, Rule, RuleKind, Severity, Words
from model.parties import Exposure, ExposureGrade

RULE = Rule(
    id="EDS-001",
    titles=Words(
        "Entrepôt\u202f: sous-traitant relevant du seul droit de l’Union ou d’un pays adéquat",
        "Warehouse: processor under the law of the Union or of an adequate country alone",
    ),
    kind=RuleKind.BREACH,
    severity=Severity.HIGH,
    basis=(Cite("CNIL-2021-118", "11.3", "2021-10-07"),),
    in_force_from=date(2021, 10, 7),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Demander une autorisation à la CNIL au lieu de l’engagement de conformité, ou changer de sous-traitant.",
        "Ask the CNIL for an authorisation instead of claiming conformity, or change processor.",
    ),
)
OF_PLACES = True
BEFORE = Words("Le référentiel de 2021 n’était pas adopté.", "The référentiel of 2021 was not adopted.")

_FIRM = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY)
_GRADES = {
    ExposureGrade.ESTABLISHED: Words("établie", "established"),
    ExposureGrade.LIKELY: Words("probable", "likely"),
    ExposureGrade.CONTESTED: Words("discutée", "contested"),
}


def applies(case: Case, _law: Law) -> Answer:
    """A warehouse that claims conformity to the référentiel."""
    about = warehouse(case)
    return about if isinstance(about, No) else all_of(about, has_regime(case, Regime.COMMITMENT))


def holds(case: Case, law: Law) -> Answer:
    """No other law reaches any place that a processor hosts."""
    allowed = frozenset(law.members("eea_members")) | frozenset(law.members("adequate_countries"))
    return every(case, lambda place: unless(not_(processor_of(case, place)), _free(case, place, law, allowed)))


def _free(case: Case, place: Place, law: Law, allowed: frozenset[str]) -> Answer:
    found = [
        exposure
        for exposure in exposures_on(law).of(place, own_public(case, place))
        if exposure.country not in allowed and exposure.grade is not ExposureGrade.NOT_ESTABLISHED
    ]
    sources = (place.operators.source,)
    firm = [exposure for exposure in found if exposure.grade in _FIRM]
    if firm:
        return No(tuple(_told(exposure) for exposure in firm), sources)
    if found:
        contested = [exposure for exposure in found if exposure.grade is ExposureGrade.CONTESTED]
        missing = sorted({_missing(exposure) for exposure in found if exposure.grade is ExposureGrade.UNKNOWN})
        questions: list[Answer] = [lacking(name) for name in missing]
        if contested:
            questions.append(Unknown(("exposure.position",), tuple(_told(one) for one in contested), sources))
        return all_of(*questions)
    words = Words("aucun droit hors EEE ou pays adéquat trouvé", "no law outside the EEA or an adequate country found")
    return Yes((words,), sources)


def _missing(exposure: Exposure) -> str:
    if exposure.country:
        return "provider.law_state"
    return "location.country" if exposure.reason == "territory" else "provider.chain"


def _told(exposure: Exposure) -> Words:
    path = " → ".join(exposure.path)
    grade = _GRADES[exposure.grade]
    return Words(f"{exposure.law}, exposition {grade.fr} ({path})", f"{exposure.law}, {grade.en} exposure ({path})")
