"""Whether the law of a third country reaches a place that a processor hosts, leaving some countries apart."""

from __future__ import annotations

from legislation._facts import lacking, processor_of
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes, all_of
from legislation.exposure import exposures_on, open_facts, own_public
from model.assessment import Case, Place, Words
from model.parties import ExposureGrade

_REACHING = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED)


def hosted_and_reached(case: Case, place: Place, law: Law, apart: frozenset[str]) -> Answer:
    """Whether a processor hosts the place and a law of a country outside ``apart`` reaches it, contested included."""
    by = processor_of(case, place)
    if isinstance(by, No):
        return by
    reached = _reached(case, place, law, apart)
    return reached if isinstance(reached, No) else all_of(by, reached)


def _reached(case: Case, place: Place, law: Law, apart: frozenset[str]) -> Answer:
    found = [e for e in exposures_on(law).of(place, own_public(case, place)) if e.country not in apart]
    reaching = sorted({exposure.country for exposure in found if exposure.grade in _REACHING})
    sources = (place.operators.source, *(location.countries.source for location in place.locations))
    if reaching:
        names = ", ".join(reaching)
        words = Words(f"exposé au droit d’un pays tiers ({names})", f"exposed to the law of a third country ({names})")
        return Yes((words,), sources)
    open_ones = [exposure for exposure in found if exposure.grade is ExposureGrade.UNKNOWN]
    if open_ones:
        missing = open_facts(place, own_public(case, place), law)
        return Unknown(missing, tuple(words for name in missing for words in lacking(name).because), sources)
    words = Words("aucun droit d’un tel pays tiers n’atteint les données", "no law of such a third country reaches it")
    return No((words,), sources)
