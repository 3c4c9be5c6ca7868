"""The ownership tree of the operators at work on a dataset: those who operate below, those who hold them above."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model.observed import known
from model.parties import LegalEntity, Operator
from reports._chain import parents, ultimate
from reports._text import visible
from reports._words import Language

OPERATORS = 5
_NODES = 24
_WIDTH = 210
_BOX = 190
_LEVEL = 112
_TALL = 66
_LETTERS = 21
_LINES = 2


@dataclass(frozen=True, slots=True)
class Box:
    """One legal person; ``top`` marks the ultimate parent, ``operator`` those at the bottom."""

    x: float
    y: float
    width: int
    height: int
    lines: tuple[str, ...]
    country: str
    operator: bool
    top: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A holding, from the holder down to what it holds; dashed while control is not shown."""

    x1: float
    y1: float
    x2: float
    y2: float
    label: str
    controls: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """The drawing; ``hidden`` operators are told in words alone."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    hidden: int


def tree(operators: Sequence[Operator], words: Language) -> Tree | None:
    """The first operators, each entity once, at the height of its longest way down; ``None`` without any holder."""
    distinct = list({one.entity.id: one for one in operators}.values())
    shown = [one for one in distinct if parents(one)][:OPERATORS]
    levels: dict[str, int] = {}
    below: dict[str, list[str]] = {}
    entities: dict[str, LegalEntity] = {}
    edges: dict[tuple[str, str], tuple[str, bool]] = {}
    tops = {top.id for one in shown if (top := ultimate(one))}
    for one in shown:
        levels.setdefault(one.entity.id, 0)
        entities[one.entity.id] = one.entity
        for parent in parents(one):
            if len(entities) >= _NODES and parent.entity.id not in entities:
                break
            entities[parent.entity.id] = parent.entity
            levels[parent.entity.id] = max(levels.get(parent.entity.id, 0), parent.depth)
            below.setdefault(parent.entity.id, []).append(parent.link.held)
            share = parent.link.capital_percent
            label = words.share(share) if share is not None else ""
            edges[parent.entity.id, parent.link.held] = (label, parent.link.controls is True)
    if not edges:
        return None
    at = _columns(levels, below)
    height = (max(levels.values()) + 1) * _LEVEL
    spots = {id: (column * _WIDTH + _WIDTH / 2, height - levels[id] * _LEVEL - _TALL) for id, column in at.items()}
    operating = {one.entity.id for one in shown}
    return Tree(
        width=round((max(at.values()) + 1) * _WIDTH),
        height=height,
        boxes=tuple(_box(entities[id], spots[id], id in operating, id in tops, words) for id in sorted(spots)),
        edges=tuple(
            _edge(spots[holder], spots[held], label, controls)
            for (holder, held), (label, controls) in sorted(edges.items())
            if holder in spots and held in spots
        ),
        hidden=len(distinct) - len(shown),
    )


def _columns(levels: Mapping[str, int], below: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Operators side by side; each holder above the middle of what it holds, pushed right when that is taken."""
    at: dict[str, float] = {}
    for level in range(max(levels.values()) + 1):
        wanted = []
        for rank, id in enumerate(id for id, own in levels.items() if own == level):
            under = [at[held] for held in below.get(id, ()) if held in at]
            wanted.append((sum(under) / len(under) if under else float(rank), id))
        free = -1.0
        for column, id in sorted(wanted):
            at[id] = max(column, free + 1)
            free = at[id]
    return at


def _box(entity: LegalEntity, spot: tuple[float, float], operator: bool, top: bool, words: Language) -> Box:
    seat = known(entity.seat)
    lines = textwrap.wrap(visible(entity.name, 100), _LETTERS, max_lines=_LINES, placeholder="…") or ["–"]
    country = words.country(seat) if seat else words.say("situation.country_unknown")
    return Box(
        x=round(spot[0] - _BOX / 2, 1),
        y=round(spot[1], 1),
        width=_BOX,
        height=_TALL,
        lines=tuple(line[:_LETTERS] for line in lines),
        country=country,
        operator=operator,
        top=top,
    )


def _edge(holder: tuple[float, float], held: tuple[float, float], label: str, controls: bool) -> Edge:
    return Edge(round(holder[0], 1), holder[1] + _TALL, round(held[0], 1), held[1], label, controls)
