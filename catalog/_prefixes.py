"""Address ranges: prefixes that lie within each other flattened into rows that do not, and found by bisection.

An address is its number; IPv6 keys keep all their 128 bits, since some ranges do not end on a /64.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import groupby, repeat
from typing import Generic, TypeVar

T = TypeVar("T")

Network = IPv4Network | IPv6Network
Row = tuple[int, int, int]
"""First address, value (0: nothing known from here on), length of the most precise prefix (0: not a prefix)."""

LOW = (1 << 64) - 1


@dataclass(slots=True)
class Rows:
    """Disjoint rows sorted by first address, each up to the next.  ``lows`` is empty for IPv4."""

    highs: array[int]
    values: array[int]
    lows: array[int] = field(default_factory=lambda: array("Q"))
    lengths: array[int] = field(default_factory=lambda: array("B"))

    @classmethod
    def of(cls, rows: Iterable[Row], bits: int) -> Rows:
        """The rows as arrays; neighbours that say the same become one."""
        made = cls(array("I" if bits == 32 else "Q"), array("I"))
        last: tuple[int, int] = (-1, -1)
        for start, value, length in rows:
            if (value, length) != last and start >> bits == 0:
                last = (value, length)
                made.highs.append(start if bits == 32 else start >> 64)
                made.values.append(value)
                made.lengths.append(length)
                if bits == 128:
                    made.lows.append(start & LOW)
        return made

    def index(self, key: int) -> int:
        """The row that holds the address ``key``.  The first row begins at the first address."""
        if not self.lows:
            return bisect_right(self.highs, key) - 1
        high = key >> 64
        at = bisect_right(self.highs, high) - 1
        if self.highs[at] == high:
            low = key & LOW
            while at >= 0 and self.highs[at] == high and self.lows[at] > low:
                at -= 1
        return at

    def __iter__(self) -> Iterator[Row]:
        if self.lows:
            for high, low, value, length in zip(self.highs, self.lows, self.values, self.lengths, strict=True):
                yield high << 64 | low, value, length
        else:
            yield from zip(self.highs, self.values, self.lengths, strict=True)


@dataclass(frozen=True, slots=True)
class Covered(Generic[T]):
    """A stretch of addresses and all that was said of it, the most precise prefix first."""

    start: int
    said: tuple[tuple[int, T], ...]


def flattened(prefixes: Iterable[tuple[Network, T]]) -> Iterator[Covered[T]]:
    """The stretches that these prefixes of one IP version cut, in order, with the gaps between them.

    ``said`` pairs the length of each covering prefix with what it says; empty in a gap.
    """
    ordered = sorted(
        ((int(net.network_address), net.prefixlen, int(net.broadcast_address), said) for net, said in prefixes),
        key=lambda one: one[:2],
    )
    open_: list[tuple[int, int, T]] = []
    start = 0
    for first, length, last, said in ordered:
        while open_ and open_[-1][0] < first:
            end = open_[-1][0]
            yield from _stretch(start, end + 1, open_)
            start = end + 1
            open_ = [one for one in open_ if one[0] > end]
        yield from _stretch(start, first, open_)
        start = first
        open_.append((last, length, said))
    while open_:
        end = open_[-1][0]
        yield from _stretch(start, end + 1, open_)
        start = end + 1
        open_ = [one for one in open_ if one[0] > end]
    yield Covered(start, ())


def _stretch(start: int, until: int, open_: list[tuple[int, int, T]]) -> Iterator[Covered[T]]:
    if start < until:
        yield Covered(start, tuple((length, said) for _, length, said in reversed(open_)))


def without(ranges: Iterable[tuple[int, int, int]], holes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """The ranges (first, last, value), sorted, less the sorted ``holes`` (first, last)."""
    at = 0
    for first, last, value in ranges:
        while at < len(holes) and holes[at][1] < first:
            at += 1
        here = at
        while here < len(holes) and holes[here][0] <= last:
            if first < holes[here][0]:
                yield first, holes[here][0] - 1, value
            first = holes[here][1] + 1
            here += 1
        if first <= last:
            yield first, last, value


def together(tables: Sequence[Iterable[Row]]) -> Iterator[tuple[int, tuple[int, ...], int]]:
    """The rows of several tables as one: first address, the value of each table there, the longest prefix length."""
    changes = merge(*(zip(repeat(at), rows, strict=False) for at, rows in enumerate(tables)), key=_first)
    values, lengths = [0] * len(tables), [0] * len(tables)
    for start, group in groupby(changes, key=_first):
        for at, (_, value, length) in group:
            values[at], lengths[at] = value, length
        yield start, tuple(values), max(lengths)


def _first(change: tuple[int, Row]) -> int:
    return change[1][0]


def network(text: str) -> Network:
    """A prefix as a provider writes it.  Raises ValueError when it is none."""
    return ip_network(text.strip(), strict=False)
