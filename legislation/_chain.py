"""From the chain of an operator to the countries that reach it: decision rules JR-1 to JR-6 (docs/exposures.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from legislation._control import Graph, controls
from legislation._law import Law, NotInForce
from model.observed import Known
from model.parties import ExposureGrade, LegalEntity, Link, Operator


@dataclass(frozen=True, slots=True)
class Reach:
    """A country reached from an operator; an empty country means that nobody can say which.

    ``laws`` limits it to those laws of the country; empty means all of them.
    """

    country: str
    grade: ExposureGrade
    reason: str
    path: tuple[str, ...]
    laws: tuple[str, ...] = ()
    data: str = "content"


@dataclass(frozen=True, slots=True)
class Chain:
    """What the chain of an operator reaches, and the entities that hold the data through it, each with its path.

    ``open`` are the small holders whose rights nobody read (JR-4).
    """

    reaches: tuple[Reach, ...]
    open: tuple[Reach, ...]
    controlling: tuple[tuple[LegalEntity, tuple[str, ...]], ...]


def unknown(reason: str, *path: str) -> Reach:
    """An open question of a decision rule."""
    return Reach("", ExposureGrade.UNKNOWN, reason, path)


class Chains:
    """The chains of control on one day."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._union = frozenset(law.members("eu_members"))
        self._majority = law.number("control_threshold")
        self._single = _threshold(law, "capital_single_threshold")
        self._together = _threshold(law, "capital_together_threshold")

    def of(self, operator: Operator) -> Chain:
        """Upward to every holder, then downward to subsidiaries of the holders seated in the Union."""
        graph = Graph(operator, self._law)
        entity = operator.entity
        reaches = list(self._seat(graph, entity))
        open: list[Reach] = []
        seen = {entity.id}
        front: list[tuple[LegalEntity, tuple[str, ...]]] = [(entity, (entity.name,))]
        controlling = list(front)
        while front:
            held, path = front.pop(0)
            reaches += self._minorities(graph, held, path)
            open += self._rights_not_read(graph, held, path)
            for link, holder in graph.holders(held):
                control = controls(link, self._majority)
                if holder.id in seen or control is False:
                    continue
                seen.add(holder.id)
                upward = (*path, holder.name)
                if control is None:
                    reaches.append(unknown("JR-2", *upward))
                    continue
                reaches += self._parent(holder, upward)
                front.append((holder, upward))
                controlling.append((holder, upward))
        for holder, path in controlling:
            if isinstance(holder.seat, Known) and holder.seat.value in self._union:
                reaches += self._subsidiaries(graph, holder, path, seen)
        if not (operator.chain_complete and graph.whole):
            reaches.append(unknown("JR-2", entity.name))
        return Chain(tuple(reaches), tuple(open), tuple(controlling))

    def _seat(self, graph: Graph, entity: LegalEntity) -> Iterator[Reach]:
        """JR-1: seated in a third country.  JR-5: the same, as the subsidiary of a parent in the Union."""
        match entity.seat:
            case Known(country) if country in self._union:
                return
            case Known(country):
                parents = [holder for link, holder in graph.holders(entity) if controls(link, self._majority)]
                union = any(isinstance(p.seat, Known) and p.seat.value in self._union for p in parents)
                yield Reach(country, ExposureGrade.ESTABLISHED, "JR-5" if union else "JR-1", (entity.name,))
            case _:
                yield unknown("JR-1", entity.name)

    def _parent(self, holder: LegalEntity, path: tuple[str, ...]) -> Iterator[Reach]:
        """JR-2: a controlling parent in a third country, at any depth."""
        match holder.seat:
            case Known(country) if country in self._union:
                return
            case Known(country):
                yield Reach(country, controlled_from(country), "JR-2", path)
            case _:
                yield unknown("JR-2", *path)

    def _minorities(self, graph: Graph, held: LegalEntity, path: tuple[str, ...]) -> Iterator[Reach]:
        """JR-3: without control, one third-country holder above 24 %, or several above 39 % together.

        At or below those thresholds nothing is established (JR-4), unless the holder has a veto or appoints the
        majority of a board.  A holder whose share or seat is not known counts against the same thresholds, as an
        open question.  Before the thresholds existed, any such holder is an open question: nothing said what a
        minority share was worth.
        """
        third: list[tuple[float, str, Link, str]] = []
        doubtful: list[tuple[float, Link, str]] = []
        for link, holder in graph.holders(held):
            if controls(link, self._majority) is not False:
                continue
            percents = [share for share in (link.capital_percent, link.votes_percent) if share is not None]
            match holder.seat:
                case Known(country) if country in self._union:
                    continue
                case Known(country) if percents:
                    third.append((max(percents), country, link, holder.name))
                case _:
                    doubtful.append((max(percents, default=100.0), link, holder.name))
        if self._single is None or self._together is None:
            names = [name for _, _, _, name in third] + [name for _, _, name in doubtful]
            yield from (unknown("JR-3", *path, name) for name in names)
            return
        sum_third = round(sum(share for share, _, _, _ in third), 9)
        for share, country, link, name in third:
            if share > self._single or sum_third > self._together or link.veto or link.board_majority:
                yield Reach(country, ExposureGrade.CONTESTED, "JR-3", (*path, name))
        sum_all = round(sum_third + sum(share for share, _, _ in doubtful), 9)
        for share, link, name in doubtful:
            if share > self._single or sum_all > self._together or link.veto or link.board_majority:
                yield unknown("JR-3", *path, name)

    def _rights_not_read(self, graph: Graph, held: LegalEntity, path: tuple[str, ...]) -> Iterator[Reach]:
        """JR-4 asks that a small holder has no veto and no majority of a board: somebody has to have looked."""
        for link, holder in graph.holders(held):
            inside = isinstance(holder.seat, Known) and holder.seat.value in self._union
            if not inside and controls(link, self._majority) is False and None in (link.veto, link.board_majority):
                yield unknown("JR-4", *path, holder.name)

    def _subsidiaries(
        self, graph: Graph, parent: LegalEntity, path: tuple[str, ...], above: set[str]
    ) -> Iterator[Reach]:
        """JR-6: an entity of the Union, or its parent there, controls a company in a third country."""
        seen = {parent.id}
        front = [(parent, path)]
        while front:
            holder, trail = front.pop(0)
            for link, held in graph.subsidiaries(holder):
                control = controls(link, self._majority)
                if held.id in seen or held.id in above or control is False:
                    continue
                seen.add(held.id)
                downward = (*trail, held.name)
                front.append((held, downward))
                match held.seat:
                    case Known(country) if country in self._union:
                        pass
                    case Known(country) if control:
                        yield Reach(country, ExposureGrade.CONTESTED, "JR-6", downward)
                    case _:
                        yield unknown("JR-6", *downward)


def controlled_from(country: str) -> ExposureGrade:
    """How firmly the law of a controlling parent's country reaches: established for the US, likely elsewhere."""
    return ExposureGrade.ESTABLISHED if country == "US" else ExposureGrade.LIKELY


def _threshold(law: Law, id: str) -> int | None:
    """A threshold of SecNumCloud 3.2, or ``None`` on a day before it was published."""
    try:
        return law.number(id)
    except NotInForce:
        return None
