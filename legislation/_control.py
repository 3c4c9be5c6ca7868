"""Who holds whom on one day, and what share of a company lies outside the Union, through the whole chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from legislation._law import Law
from model.observed import Known
from model.parties import LegalEntity, Link, Operator


class Graph:
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
        """The links that lead up from an entity, with the holder of each."""
        return [
            (link, self._entities[link.holder])
            for link in self._links
            if link.held == entity.id and link.holder in self._entities
        ]

    def subsidiaries(self, entity: LegalEntity) -> list[tuple[Link, LegalEntity]]:
        """The links that lead down from an entity, with the company held of each."""
        return [
            (link, self._entities[link.held])
            for link in self._links
            if link.holder == entity.id and link.held in self._entities
        ]


def controls(link: Link, majority: float) -> bool | None:
    """Control after C. com. L.233-3: stated, or more than ``majority`` percent of capital or of votes."""
    if link.controls is not None:
        return link.controls
    shares = [share for share in (link.capital_percent, link.votes_percent) if share is not None]
    return max(shares) > majority if shares else None


def above(operator: Operator, law: Law) -> Iterator[tuple[Link, LegalEntity]]:
    """The holders of an operator and of each company that controls it, or may, with their links; each once."""
    graph = Graph(operator, law)
    majority = law.number("control_threshold")
    seen = {operator.entity.id}
    waiting = [operator.entity]
    while waiting:
        for link, holder in graph.holders(waiting.pop(0)):
            yield link, holder
            if holder.id not in seen and controls(link, majority) is not False:
                seen.add(holder.id)
                waiting.append(holder)


@dataclass(frozen=True, slots=True)
class Holding:
    """What one entity holds of an operator, in percent, directly and through others; ``None``: not known.

    ``outside`` tells whether its seat is outside the Union; ``None`` when the seat is not known.  ``controlling``
    tells that it controls the operator, which is why all the votes are counted as its own.
    """

    name: str
    outside: bool | None
    capital: float | None
    votes: float | None
    controlling: bool = False


def holdings(operator: Operator, law: Law) -> tuple[Holding, ...]:
    """What each holder of an operator holds, at any depth.  Sorted by name.

    Capital is multiplied along a chain.  Votes are too, except through a company that the holder controls,
    whose votes count in full: it casts them.  Whoever controls the operator counts for all of its votes.
    A share behind a holder of the Union is looked for further up; one in a third country is counted there.
    """
    union = frozenset(law.members("eu_members"))
    majority = law.number("control_threshold")
    graph = Graph(operator, law)
    found: dict[str, Holding] = {}

    def climb(
        held: LegalEntity, capital: float | None, votes: float | None, commands: bool, path: tuple[str, ...]
    ) -> None:
        for link, holder in graph.holders(held):
            if holder.id in path:
                continue
            control = controls(link, majority)
            own_capital = _times(capital, link.capital_percent)
            own_votes = votes if control else _times(votes, _either(link.votes_percent, link.capital_percent))
            outside = holder.seat.value not in union if isinstance(holder.seat, Known) else None
            controlling = commands and bool(control)
            before = found.get(holder.id, Holding(holder.name, outside, 0.0, 0.0))
            found[holder.id] = Holding(
                holder.name,
                outside,
                _plus(before.capital, own_capital),
                _plus(before.votes, own_votes),
                before.controlling or controlling,
            )
            if outside is not True:
                climb(holder, own_capital, own_votes, controlling, (*path, holder.id))

    climb(operator.entity, 100.0, 100.0, True, (operator.entity.id,))
    return tuple(sorted(found.values(), key=lambda holding: holding.name))


def _either(first: float | None, second: float | None) -> float | None:
    """Votes follow the capital where no source tells them apart."""
    return first if first is not None else second


def _times(one: float | None, percent: float | None) -> float | None:
    # Rounded so that 24 % of 100 % is 24 % and nothing else.
    return None if one is None or percent is None else round(one * percent / 100, 9)


def _plus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one + other, 9)
