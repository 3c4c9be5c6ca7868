"""Who hosts how many stores, in which countries, under whose laws: the one table that a survey of names is made for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from model.assessment import Assessment, JudgedPlace, countries_of
from model.observed import known
from model.parties import ExposureGrade

_COUNTED = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED)


@dataclass(frozen=True, slots=True)
class Host:
    """Stores of one provider (empty when nobody could tell) in the same countries, reached by the same laws.

    ``countries`` are empty when not known; ``laws`` are those whose reach is established, likely or contested.
    """

    provider: str
    countries: tuple[str, ...]
    laws: tuple[str, ...]
    stores: int


def hosts(places: Iterable[JudgedPlace]) -> tuple[Host, ...]:
    """The stores of ``places`` counted, the most first."""
    counted: dict[tuple[str, tuple[str, ...], tuple[str, ...]], int] = {}
    for judged in places:
        laws = sorted({one.law for one in judged.exposures if one.grade in _COUNTED})
        key = (known(judged.place.provider) or "", tuple(sorted(countries_of(judged.place))), tuple(laws))
        counted[key] = counted.get(key, 0) + judged.place.stores
    order = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Host(*key, stores) for key, stores in order)


def surveyed(assessment: Assessment) -> bool:
    """True when names were resolved: the table of hosts is then what a reader looks for."""
    return any(judged.place.scanner == "dns" for judged in assessment.judgement.places)
