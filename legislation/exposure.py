"""Which foreign law reaches a place, through whom, and how firmly (docs/exposures.md).

An exposure is a reading of the chain of control on one day: decision rules JR-1 to JR-6 and the law
of the territory where the server stands.  It is never a breach by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from legislation._law import Law, NotInForce
from model.assessment import Case, LawLabel, Place, Words
from model.datasets import ControllerKind, HostingModel
from model.observed import Confidence, Known
from model.parties import Exposure, ExposureGrade, LegalEntity, Link, Operator

UNKNOWN_LAW = "unknown"
"""The law of an exposure that cannot be named, because a link of the chain is missing."""

_FIRMEST = tuple(ExposureGrade)


@dataclass(frozen=True, slots=True)
class _Reach:
    """A country reached from an operator; an empty country means that nobody can say which."""

    country: str
    grade: ExposureGrade
    reason: str
    path: tuple[str, ...]


class Exposures:
    """The exposures of places on one day; the chain of an operator is read once."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._union = frozenset(law.members("eu_members"))
        self._control = law.number("control_threshold")
        self._single = _threshold(law, "capital_single_threshold")
        self._together = _threshold(law, "capital_together_threshold")
        self._by_country: dict[str, list[tuple[str, Confidence, str]]] = {}
        for foreign in law.library.foreign_laws:
            effect, _ = foreign.at(law.on)
            if foreign.reaches_content and effect in ("in_force", "unknown"):
                self._by_country.setdefault(foreign.country, []).append((foreign.id, foreign.confidence, effect))
        # Keyed by identity: the operators of a catalog are shared by thousands of places.
        self._chains: dict[int, tuple[Operator, tuple[_Reach, ...]]] = {}

    def of(self, place: Place, own_public: bool = False) -> tuple[Exposure, ...]:
        """The laws that reach ``place``: for each law its firmest exposure.  Sorted by country and law.

        ``own_public`` tells that a French public body runs the place itself: such a body has no parent
        and no holder, so that the territory alone counts.  Empty means that no connecting factor was
        found and that every fact of the chain is known.
        """
        reaches = [] if own_public else list(self._operators(place))
        reaches += self._territory(place)
        firmest: dict[str, Exposure] = {}
        for reach in reaches:
            for exposure in self._laws(reach):
                held = firmest.get(exposure.law)
                if held is None or _order(exposure) < _order(held):
                    firmest[exposure.law] = exposure
        return tuple(sorted(firmest.values(), key=lambda exposure: (exposure.country, exposure.law)))

    def _laws(self, reach: _Reach) -> Iterator[Exposure]:
        if not reach.country:
            yield Exposure(UNKNOWN_LAW, "", reach.grade, reach.reason, reach.path, Confidence.CERTAIN)
        elif reach.reason == "territory" or reach.country not in self._by_country:
            law = f"{reach.country}-{'TERRITORY' if reach.reason == 'territory' else 'LAW'}"
            yield Exposure(law, reach.country, reach.grade, reach.reason, reach.path, Confidence.LIKELY)
        else:
            for law, confidence, effect in self._by_country[reach.country]:
                grade = ExposureGrade.UNKNOWN if effect == "unknown" else reach.grade
                yield Exposure(law, reach.country, grade, reach.reason, reach.path, confidence)

    def _territory(self, place: Place) -> Iterator[_Reach]:
        """The law of the country where the server stands always applies there."""
        for location in place.locations:
            if isinstance(location.countries, Known):
                for country in location.countries.value:
                    if country not in self._union:
                        yield _Reach(country, ExposureGrade.ESTABLISHED, "territory", (country,))
            else:
                yield _Reach("", ExposureGrade.UNKNOWN, "territory", ())

    def _operators(self, place: Place) -> Iterator[_Reach]:
        if not isinstance(place.operators, Known) or not place.operators.value:
            yield _Reach("", ExposureGrade.UNKNOWN, "JR-1", ())
            return
        for operator in place.operators.value:
            held = self._chains.get(id(operator))
            if held is None:
                held = (operator, tuple(self._chain(operator)))
                self._chains[id(operator)] = held
            yield from held[1]

    def _chain(self, operator: Operator) -> Iterator[_Reach]:
        """Upward to every holder, then downward to subsidiaries of the holders seated in the Union."""
        graph = _Graph(operator, self._law)
        entity = operator.entity
        yield from self._seat(graph, entity)
        seen = {entity.id}
        front: list[tuple[LegalEntity, tuple[str, ...]]] = [(entity, (entity.name,))]
        controlling = list(front)
        while front:
            held, path = front.pop(0)
            yield from self._minorities(graph, held, path)
            for link, holder in graph.holders(held):
                if holder.id in seen or self._controls(link) is False:
                    continue
                seen.add(holder.id)
                upward = (*path, holder.name)
                if self._controls(link) is None:
                    yield _Reach("", ExposureGrade.UNKNOWN, "JR-2", upward)
                    continue
                yield from self._parent(holder, upward)
                front.append((holder, upward))
                controlling.append((holder, upward))
        for holder, path in controlling:
            if isinstance(holder.seat, Known) and holder.seat.value in self._union:
                yield from self._subsidiaries(graph, holder, path, seen)
        if not (operator.chain_complete and graph.whole):
            yield _Reach("", ExposureGrade.UNKNOWN, "JR-2", (entity.name,))

    def _seat(self, graph: _Graph, entity: LegalEntity) -> Iterator[_Reach]:
        """JR-1: seated in a third country.  JR-5: the same, as the subsidiary of a parent in the Union."""
        match entity.seat:
            case Known(country) if country in self._union:
                return
            case Known(country):
                parents = [holder for link, holder in graph.holders(entity) if self._controls(link)]
                union = any(isinstance(p.seat, Known) and p.seat.value in self._union for p in parents)
                yield _Reach(country, ExposureGrade.ESTABLISHED, "JR-5" if union else "JR-1", (entity.name,))
            case _:
                yield _Reach("", ExposureGrade.UNKNOWN, "JR-1", (entity.name,))

    def _parent(self, holder: LegalEntity, path: tuple[str, ...]) -> Iterator[_Reach]:
        """JR-2: a controlling parent in a third country, at any depth: established for the US, likely elsewhere."""
        match holder.seat:
            case Known(country) if country in self._union:
                return
            case Known(country):
                grade = ExposureGrade.ESTABLISHED if country == "US" else ExposureGrade.LIKELY
                yield _Reach(country, grade, "JR-2", path)
            case _:
                yield _Reach("", ExposureGrade.UNKNOWN, "JR-2", path)

    def _minorities(self, graph: _Graph, held: LegalEntity, path: tuple[str, ...]) -> Iterator[_Reach]:
        """JR-3: without control, one third-country holder above 24 %, or several above 39 % together.

        At or below those thresholds nothing is established (JR-4).  A holder whose share or seat is not
        known counts against the same thresholds, as an open question.  Before the thresholds existed, any
        such holder is an open question: nothing said what a minority share was worth.
        """
        third: list[tuple[float, str, str]] = []
        doubtful: list[tuple[float, str]] = []
        for link, holder in graph.holders(held):
            if self._controls(link) is not False:
                continue
            percents = [share for share in (link.capital_percent, link.votes_percent) if share is not None]
            match holder.seat:
                case Known(country) if country in self._union:
                    continue
                case Known(country) if percents:
                    third.append((max(percents), country, holder.name))
                case _:
                    doubtful.append((max(percents, default=100.0), holder.name))
        if self._single is None or self._together is None:
            names = [name for _, _, name in third] + [name for _, name in doubtful]
            yield from (_Reach("", ExposureGrade.UNKNOWN, "JR-3", (*path, name)) for name in names)
            return
        sum_third = sum(share for share, _, _ in third)
        for share, country, name in third:
            if share > self._single or sum_third > self._together:
                yield _Reach(country, ExposureGrade.CONTESTED, "JR-3", (*path, name))
        sum_all = sum_third + sum(share for share, _ in doubtful)
        for share, name in doubtful:
            if share > self._single or sum_all > self._together:
                yield _Reach("", ExposureGrade.UNKNOWN, "JR-3", (*path, name))

    def _subsidiaries(
        self, graph: _Graph, parent: LegalEntity, path: tuple[str, ...], above: set[str]
    ) -> Iterator[_Reach]:
        """JR-6: an entity of the Union, or its parent there, controls a company in a third country."""
        seen = {parent.id}
        front = [(parent, path)]
        while front:
            holder, trail = front.pop(0)
            for link, held in graph.subsidiaries(holder):
                control = self._controls(link)
                if held.id in seen or held.id in above or control is False:
                    continue
                seen.add(held.id)
                downward = (*trail, held.name)
                front.append((held, downward))
                match held.seat:
                    case Known(country) if country in self._union:
                        pass
                    case Known(country) if control:
                        yield _Reach(country, ExposureGrade.CONTESTED, "JR-6", downward)
                    case _:
                        yield _Reach("", ExposureGrade.UNKNOWN, "JR-6", downward)

    def _controls(self, link: Link) -> bool | None:
        """Control after C. com. L.233-3: stated, or a majority of capital or of votes."""
        if link.controls is not None:
            return link.controls
        shares = [share for share in (link.capital_percent, link.votes_percent) if share is not None]
        return max(shares) > self._control if shares else None


class _Graph:
    """The links of an operator that hold on the day asked; ``whole`` when each names two known entities."""

    def __init__(self, operator: Operator, law: Law) -> None:
        self._entities = {entity.id: entity for entity in (operator.entity, *operator.entities)}
        self._links = [
            link
            for link in sorted(operator.links, key=lambda link: (link.held, link.holder))
            if (link.since is None or link.since <= law.on) and (link.until is None or law.on < link.until)
        ]
        self.whole = all(link.holder in self._entities and link.held in self._entities for link in self._links)

    def holders(self, entity: LegalEntity) -> list[tuple[Link, LegalEntity]]:
        return [
            (link, self._entities[link.holder])
            for link in self._links
            if link.held == entity.id and link.holder in self._entities
        ]

    def subsidiaries(self, entity: LegalEntity) -> list[tuple[Link, LegalEntity]]:
        return [
            (link, self._entities[link.held])
            for link in self._links
            if link.holder == entity.id and link.held in self._entities
        ]


def exposures_on(law: Law) -> Exposures:
    """The exposures on the day of ``law``, shared by all who ask through the same view."""
    held = law.shared.get("exposures")
    if not isinstance(held, Exposures):
        held = Exposures(law)
        law.shared["exposures"] = held
    return held


def _threshold(law: Law, id: str) -> int | None:
    """A threshold of SecNumCloud 3.2, or ``None`` on a day before it was published."""
    try:
        return law.number(id)
    except NotInForce:
        return None


def _order(exposure: Exposure) -> tuple[int, int, str, tuple[str, ...]]:
    return (_FIRMEST.index(exposure.grade), len(exposure.path), exposure.reason, exposure.path)


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
