"""From a node of the register to an answer with its line: known, or unknown; never a guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from model.observed import Absent, Grade, Known, Observed, Reason, Source, Unread
from model.reading import Node, shown
from scanners.declared._countries import COUNTRIES, MISTAKEN

T = TypeVar("T")

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one register: when it was read (UTC)."""

    read_at: datetime

    def source(self, node: Node, document: str = "") -> Source:
        """Where ``node`` stands; with a ``document``, that document as the register cites it."""
        if document:
            return Source(f"{document} ({node.place})", self.read_at, Grade.CONTRACT)
        return Source(node.place, self.read_at, Grade.DECLARED)

    def unsaid(self, node: Node, what: str) -> Unread:
        """No answer, since the register leaves ``what`` out or calls it unknown at ``node``."""
        return Unread(Reason.NOT_DECLARED, self.source(node), what)


@dataclass(frozen=True, slots=True)
class Table:
    """A closed mapping of the register.

    ``node`` is where a missing key is missing; ``document`` the contract that its answers rest on, if any.
    """

    reading: Reading
    node: Node
    nodes: Mapping[str, Node]
    title: str = ""
    document: str = ""

    def said(self, key: str, convert: Callable[[Node], T]) -> Observed[T]:
        """What the register says under ``key``; left out, null and "unknown" are all no answer."""
        name = f"{self.title}.{key}" if self.title else key
        node = self.nodes.get(key)
        if node is None:
            return self.reading.unsaid(self.node, f"{name}: not in the register")
        if silent(node):
            return self.reading.unsaid(node, f"{name}: the register calls it unknown")
        return Known(convert(node), self.reading.source(node, self.document))

    def denied(self, key: str, convert: Callable[[Node], T]) -> Observed[T]:
        """As ``said``, for a decision that may have been refused or never taken: "none" states that there is none."""
        node = self.nodes.get(key)
        if node is not None and node.raw == "none":
            return Absent(self.reading.source(node, self.document))
        return self.said(key, convert)

    def text(self, key: str, default: str = "") -> str:
        """The text under ``key``, or ``default`` when the register says nothing."""
        node = self.nodes.get(key)
        return default if node is None or silent(node) else text(node)


def silent(node: Node) -> bool:
    """True for null and for "unknown"."""
    return node.is_null or node.raw == UNKNOWN


def table(reading: Reading, parent: Node, key: str, keys: Sequence[str]) -> Table:
    """The closed mapping ``key`` of ``parent``, which may be left out: then all its keys are."""
    node = parent.entries().get(key)
    if node is None or node.is_null:
        return Table(reading, node or parent, {}, key)
    return Table(reading, node, node.mapping(optional=keys), key)


def text(node: Node) -> str:
    """A text that is not blank."""
    if not node.text().strip():
        raise node.fail("expected a text, found nothing; write null, or leave the key out, when it is unknown")
    return node.text()


def yes(node: Node) -> bool:
    """ "yes" or "no" (unknown was seen to before)."""
    answer = node.answer()
    if answer is None:
        raise node.fail('expected "yes" or "no"')
    return answer


def count(node: Node) -> int:
    """A whole number, not negative."""
    if (number := node.integer()) < 0:
        raise node.fail(f"expected a whole number from 0, found {number}")
    return number


def listed(convert: Callable[[Node], T]) -> Callable[[Node], tuple[T, ...]]:
    """A list without repetition, in the order written; empty means "none"."""

    def read(node: Node) -> tuple[T, ...]:
        found: list[T] = []
        for item in node.items():
            if silent(item):
                raise item.fail('a list is known or not: write "unknown" instead of the whole list')
            value = convert(item)
            if value in found:
                raise item.fail(f"{shown(str(value))} stands twice in the list; keep one")
            found.append(value)
        return tuple(found)

    return read


def word(*allowed: str) -> Callable[[Node], str]:
    """One of ``allowed``."""

    def read(node: Node) -> str:
        if (found := node.text()) not in allowed:
            raise node.fail(f"expected one of {', '.join(allowed)}; found {shown(found)}")
        return found

    return read


def identifier(node: Node) -> str:
    """An id: letters, digits, dots, hyphens and underscores, since others build paths from it."""
    found = node.text()
    if not found[:1].isalnum() or not all(letter.isalnum() or letter in "._-" for letter in found):
        raise node.fail(f"expected an id of letters, digits, dots, hyphens and underscores; found {shown(found)}")
    return found


def activity(node: Node) -> int:
    """An HDS activity, 1 to 6 (CSP R.1111-9)."""
    if (number := node.integer()) not in range(1, 7):
        raise node.fail(f"expected an HDS activity from 1 to 6, found {number}")
    return number


def country(node: Node) -> str:
    """An ISO 3166-1 alpha-2 code."""
    code = node.text()
    if code in COUNTRIES:
        return code
    meant = MISTAKEN.get(code.upper()) or (code.upper() if code.upper() in COUNTRIES else "")
    hint = f"; did you mean {meant}?" if meant else ""
    raise node.fail(f"expected a country as two capital letters (ISO 3166: FR, DE, US...), found {shown(code)}{hint}")


def in_order(nodes: Mapping[str, Node], first: str, last: str) -> None:
    """Raises DocumentError when the day under ``last`` comes before the one under ``first``."""
    start, end = (_day(nodes.get(key)) for key in (first, last))
    if start and end and end < start:
        raise nodes[last].fail(f"{last} ({end}) is before {first} ({start}); correct one of them")


def _day(node: Node | None) -> date | None:
    return None if node is None or silent(node) else node.date()
