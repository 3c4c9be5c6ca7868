"""Work done once for all who look alike: what it answered is remembered by what it read, and by nothing else.

Most rules read few attributes of a place.  Places that differ in others get the same answer, without the rule
being asked again; nobody has to declare what a rule reads, since that is observed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, cast

T = TypeVar("T")

_Read = tuple[int, str, Any]
_NOTHING: Final = object()


class Recall(Generic[T]):
    """The answers of one function of the same number of values, for as long as these live.

    The function is pure, never the same for two instances, and reaches its values by their attributes alone.
    What it reads first is the same each time, and each answer decides what is read next: answers are the
    leaves of a tree whose branches are the values read.  Values are told apart by identity: two equal ones
    that are not the same object cost time, never a wrong answer.
    """

    def __init__(self) -> None:
        self._root: Any = _NOTHING

    def of(self, work: Callable[..., T], *values: Any) -> T:
        """What ``work(*values)`` returns, asked only if it may read what no one asked before read."""
        node = self._root
        while type(node) is _Fork:
            node = node.branches.get(id(getattr(values[node.whose], node.name)), _NOTHING)
        if node is _NOTHING:
            reads: list[_Read] = []
            node = work(*(_Watched(value, whose, reads) for whose, value in enumerate(values)))
            self._keep(reads, node)
        return cast("T", node)

    def _keep(self, reads: list[_Read], answer: T) -> None:
        node: Any = answer
        if self._root is _NOTHING:
            for whose, name, value in reversed(reads):
                node = _Fork(whose, name, {id(value): node})
            self._root = node
            return
        held = self._root
        for at, (_, _, value) in enumerate(reads):
            if id(value) not in held.branches:
                for whose, name, later in reversed(reads[at + 1 :]):
                    node = _Fork(whose, name, {id(later): node})
                held.branches[id(value)] = node
                return
            held = held.branches[id(value)]


class _Fork:
    """What is read next, and where each value of it leads."""

    __slots__ = ("branches", "name", "whose")

    def __init__(self, whose: int, name: str, branches: dict[int, Any]) -> None:
        self.whose = whose
        self.name = name
        self.branches = branches


class _Watched:
    """Stands for a value and notes each attribute the first time that it is read."""

    def __init__(self, value: Any, whose: int, reads: list[_Read]) -> None:
        self._watched = (value, whose, reads)

    def __getattr__(self, name: str) -> Any:
        value, whose, reads = self._watched
        found = getattr(value, name)
        reads.append((whose, name, found))
        self.__dict__[name] = found  # the next reading of it finds it here, and notes nothing
        return found
