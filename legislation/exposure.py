"""Which foreign law reaches a place, through whom, and how firmly (docs/exposures.md).

An exposure is a reading on one day: the chain of control (JR-1 to JR-6), presences abroad and companies used (JR-7
to JR-13), encryption (JR-14) and the law of the territory where the server stands.  It is never a breach by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from legislation import _ties
from legislation._chain import Chains, Reach, unknown
from legislation._law import Law
from model.assessment import Case, LawLabel, Place, Words
from model.datasets import ControllerKind, HostingModel
from model.observed import Confidence, Known
from model.parties import Exposure, ExposureGrade, Operator, OperatorRole

UNKNOWN_LAW = "unknown"
"""The law of an exposure that cannot be named, because a link of the chain is missing."""

UNREADABLE = "content_unreadable"
"""The mitigation of JR-14: the law still applies, its object is ciphertext and metadata."""

_FIRMEST = tuple(ExposureGrade)
_REACHING = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED)


@dataclass(frozen=True, slots=True)
class _Found:
    """What an operator reaches; ``open`` is what nobody looked for."""

    operator: Operator
    reaches: tuple[Reach, ...]
    open: tuple[Reach, ...]


class Exposures:
    """The exposures of places on one day; the chain of an operator is read once."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._union = frozenset(law.members("eu_members"))
        self._chains = Chains(law)
        self._by_country: dict[str, list[tuple[str, Confidence, str]]] = {}
        for foreign in law.library.foreign_laws:
            effect, _ = foreign.at(law.on)
            if foreign.reaches_content and effect in ("in_force", "unknown"):
                self._by_country.setdefault(foreign.country, []).append((foreign.id, foreign.confidence, effect))
        # Keyed by identity: the operators of a catalog are shared by thousands of places.
        self._found: dict[int, _Found] = {}

    def of(self, place: Place, own_public: bool = False, unreadable: bool = False) -> tuple[Exposure, ...]:
        """The laws that reach ``place``: for each law its firmest exposure.  Sorted by country and law.

        ``own_public`` tells that a French public body runs the place itself: such a body has no parent
        and no holder, so that the territory alone counts.  ``unreadable`` tells that the provider only ever sees
        ciphertext (``content_unreadable``): it changes no grade.  Empty means that no connecting factor was
        found and that everything was looked for.
        """
        firmest: dict[str, Exposure] = {}
        for reach in self.reaches(place, own_public):
            for exposure in self._laws(reach):
                held = firmest.get(exposure.law)
                if held is None or _order(exposure) < _order(held):
                    firmest[exposure.law] = exposure
        found = sorted(firmest.values(), key=lambda exposure: (exposure.country, exposure.law))
        if unreadable:
            return tuple(replace(e, mitigation=UNREADABLE) if e.grade in _REACHING else e for e in found)
        return tuple(found)

    def reaches(self, place: Place, own_public: bool = False) -> list[Reach]:
        """Every country that reaches ``place`` and every open question, before the laws of each are looked up.

        What nobody looked for (holders, presences, companies used) is an open question where nothing else
        reaches the place: then, and then only, it is what stands between it and a clean answer.
        """
        found = [] if own_public else list(self._operators(place))
        reaches = [reach for one in found for reach in one.reaches]
        reaches += self._territory(place)
        if not own_public and not found:
            reaches.append(unknown("JR-1"))
        return reaches or [reach for one in found for reach in one.open]

    def _laws(self, reach: Reach) -> Iterator[Exposure]:
        if not reach.country:
            yield Exposure(UNKNOWN_LAW, "", reach.grade, reach.reason, reach.path, Confidence.CERTAIN, reach.data)
        elif reach.reason == "territory" or reach.country not in self._by_country:
            law = f"{reach.country}-{'TERRITORY' if reach.reason == 'territory' else 'LAW'}"
            yield Exposure(law, reach.country, reach.grade, reach.reason, reach.path, Confidence.LIKELY, reach.data)
        else:
            for law, confidence, effect in self._by_country[reach.country]:
                if not reach.laws or law in reach.laws:
                    grade = ExposureGrade.UNKNOWN if effect == "unknown" else reach.grade
                    yield Exposure(law, reach.country, grade, reach.reason, reach.path, confidence, reach.data)

    def _territory(self, place: Place) -> Iterator[Reach]:
        """The law of the country where the server stands always applies there."""
        for location in place.locations:
            if isinstance(location.countries, Known):
                for country in location.countries.value:
                    if country not in self._union:
                        yield Reach(country, ExposureGrade.ESTABLISHED, "territory", (country,))
            else:
                yield unknown("territory")

    def _operators(self, place: Place) -> Iterator[_Found]:
        for operator in place.operators.value if isinstance(place.operators, Known) else ():
            held = self._found.get(id(operator))
            if held is None:
                held = self._found[id(operator)] = self._read(operator)
            yield held

    def _read(self, operator: Operator) -> _Found:
        chain = self._chains.of(operator)
        if operator.role is OperatorRole.LANDLORD:
            return _Found(operator, tuple(_ties.landlord(chain.reaches)), ())
        reaches = (
            *chain.reaches,
            *_ties.presences(chain, self._union),
            *_ties.third_parties(operator, self._union),
        )
        return _Found(operator, reaches, tuple(_ties.not_looked_for(operator, chain, self._union)))


def exposures_on(law: Law) -> Exposures:
    """The exposures on the day of ``law``, shared by all who ask through the same view."""
    held = law.shared.get("exposures")
    if not isinstance(held, Exposures):
        held = Exposures(law)
        law.shared["exposures"] = held
    return held


def _order(exposure: Exposure) -> tuple[bool, int, int, int, tuple[str, ...]]:
    """Content before metadata, then the firmest grade, the shortest path, the first decision rule."""
    rule = exposure.reason.removeprefix("JR-")
    number = int(rule) if rule.isdecimal() else 0
    return (exposure.data != "content", _FIRMEST.index(exposure.grade), len(exposure.path), number, exposure.path)


def law_labels(law: Law, exposures: frozenset[tuple[str, str]]) -> tuple[LawLabel, ...]:
    """The foreign laws that a report may name on a day: the catalogue's, then those of ``exposures``."""
    labels = []
    for foreign in law.library.foreign_laws:
        _, words = foreign.at(law.on)
        labels.append(LawLabel(foreign.id, foreign.country, foreign.titles, words, foreign.confidence.value))
    known = {label.id for label in labels}
    for id, country in sorted(exposures):
        if id not in known:
            labels.append(LawLabel(id, country, _title(id, country), _GENERIC, Confidence.LIKELY.value))
    return tuple(labels)


_GENERIC = Words("droit national, sans fiche propre au catalogue", "national law, without an entry of its own")


def _title(id: str, country: str) -> Words:
    if id == UNKNOWN_LAW:
        return Words("Droit non déterminé (chaîne incomplète)", "Law not determined (incomplete chain)")
    if id.endswith("-TERRITORY"):
        return Words(
            f"Droit du territoire où se trouve le serveur ({country})", f"Law of the server’s territory ({country})"
        )
    return Words(f"Droit national de l’entité ({country})", f"National law of the entity ({country})")


_FRENCH_PUBLIC = frozenset(
    {
        ControllerKind.STATE_ADMIN,
        ControllerKind.STATE_OPERATOR,
        ControllerKind.GIP_LISTED,
        ControllerKind.GIP_OTHER,
        ControllerKind.HDH,
        ControllerKind.SOCIAL_SECURITY,
        ControllerKind.PUBLIC_HOSPITAL,
        ControllerKind.LOCAL_AUTHORITY,
    }
)


def own_public(case: Case, place: Place) -> bool:
    """Whether a French public body runs the place itself: such a body has no parent and no holder."""
    match place.hosting_model:
        case Known(HostingModel.STATE_CLOUD):
            return True
        case Known(HostingModel.ON_PREMISES_OWN):
            return case.dataset.controller.kind in _FRENCH_PUBLIC
        case _:
            return False


def content_unreadable(case: Case, law: Law) -> bool:
    """JR-14: the register says that the keys are in the Union and that the service never sees clear text."""
    keys = case.dataset.keys
    return (
        isinstance(keys.plaintext_in_service, Known)
        and not keys.plaintext_in_service.value
        and isinstance(keys.country, Known)
        and keys.country.value in law.members("eu_members")
    )


def open_facts(place: Place, own_public: bool, law: Law) -> tuple[str, ...]:
    """The facts (docs/facts.md) that would settle the open questions of a place.  Sorted."""
    reaches = exposures_on(law).reaches(place, own_public)
    names = {_FACTS.get(reach.reason, "provider.chain") for reach in reaches if not reach.country}
    return tuple(sorted(names)) or ("provider.law_state",)


_FACTS = {
    "territory": "location.country",
    "JR-1": "provider.entity",
    "JR-3": "provider.holders",
    "JR-4": "provider.holder_rights",
    "JR-7": "provider.establishments",
    "JR-9": "provider.third_parties",
    "JR-10": "provider.third_parties",
    "JR-11": "provider.third_parties",
    "JR-13": "provider.third_parties",
}
