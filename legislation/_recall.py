"""Work done once for all who look alike: an answer is remembered by what was read for it, and by nothing else.

Most rules read few attributes of a place.  Places that differ in others get the same answer, without the rule
being asked again; nobody has to declare what a rule reads, since that is observed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

_Read = tuple[int, str, Any]
_NOTHING: Final = object()


class Recall(Generic[T]):
    """``work``, asked once per distinct values of what it reads.

    It is pure and reaches its arguments by their attributes alone.  What it reads first is always the same, and
    each value found decides what it reads next: its answers are the leaves of a tree, whose branches are
    values.  Equal values that are not the same object cost time, never a wrong answer.  The arguments
    outlive the tree, so that no object takes the place of another.
    """

    def __init__(self, work: Callable[..., T]) -> None:
        self._work = work
        self._root: Any = _NOTHING

    def __call__(self, *arguments: Any) -> T:
        """What ``work(*arguments)`` returns."""
        node = self._root
        while type(node) is _Fork:
            node = node.branches.get(id(getattr(arguments[node.at], node.name)), _NOTHING)
        if node is not _NOTHING:
            found: T = node
            return found
        reads: list[_Read] = []
        answer = self._work(*[_Watched(argument, at, reads) for at, argument in enumerate(arguments)])
        self._keep(reads, answer)
        return answer

    def _keep(self, reads: list[_Read], answer: T) -> None:
        """Grows the branch of ``reads`` from where the tree leaves it."""
        held = self._root
        if held is _NOTHING:
            self._root = _branch(reads, answer)
            return
        for depth, (at, name, value) in enumerate(reads):
            assert (held.at, held.name) == (at, name), "what is read next depends on something else than what was read"
            further = held.branches.get(id(value))
            if further is None:
                held.branches[id(value)] = _branch(reads[depth + 1 :], answer)
                return
            held = further


class _Fork:
    """What is read next, and where each value of it leads."""

    __slots__ = ("at", "branches", "name")

    def __init__(self, at: int, name: str, branches: dict[int, Any]) -> None:
        self.at = at
        self.name = name
        self.branches = branches


def _branch(reads: list[_Read], answer: Any) -> Any:
    node = answer
    for at, name, value in reversed(reads):
        node = _Fork(at, name, {id(value): node})
    return node


class _Watched:
    """Stands for an argument and notes each attribute the first time that it is read."""

    def __init__(self, argument: Any, at: int, reads: list[_Read]) -> None:
        self._watched = (argument, at, reads)

    def __getattr__(self, name: str) -> Any:
        argument, at, reads = self._watched
        found = getattr(argument, name)
        reads.append((at, name, found))
        self.__dict__[name] = found  # the next reading finds it here, and notes nothing
        return found
