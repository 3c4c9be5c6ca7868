"""The chain of control above an operator, as its catalog links tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from model.parties import LegalEntity, Link, Operator


@dataclass(frozen=True, slots=True)
class Parent:
    """A holder above an operator; ``depth`` 1 is the one directly above, ``link`` the edge that leads to it."""

    entity: LegalEntity
    depth: int
    link: Link


def parents(operator: Operator) -> tuple[Parent, ...]:
    """Every holder above the operator that the links lead to, nearest first, then by entity id.

    A holder reached by two ways is told once, by the shorter; a loop of holdings ends where it began.
    """
    by_id = {entity.id: entity for entity in operator.entities}
    reached = {operator.entity.id}
    level = [operator.entity.id]
    found: list[Parent] = []
    depth = 0
    while level:
        depth += 1
        above = sorted((k for k in operator.links if k.held in level and k.holder not in reached), key=_order)
        level = []
        for link in above:
            if link.holder not in reached and link.holder in by_id:
                reached.add(link.holder)
                level.append(link.holder)
                found.append(Parent(by_id[link.holder], depth, link))
    return tuple(found)


def ultimate(operator: Operator) -> LegalEntity | None:
    """The controlling entity at the top, or ``None`` while the chain is not known to be complete."""
    if not operator.chain_complete:
        return None
    controlling = [parent for parent in parents(operator) if parent.link.controls]
    return controlling[-1].entity if controlling else operator.entity


def entity_names(operators: tuple[Operator, ...]) -> Mapping[str, str]:
    """The name of every entity that these operators mention, by id."""
    return {entity.id: entity.name for operator in operators for entity in (operator.entity, *operator.entities)}


def _order(link: Link) -> tuple[int, str]:
    return (0 if link.controls else 1, link.holder)
