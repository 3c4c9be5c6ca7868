"""Renews the address tables from a file that a provider or a registry published, or refuses and changes nothing."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from ipaddress import ip_network
from itertools import chain, pairwise
from pathlib import Path

from catalog import _tables
from catalog._prefixes import Covered, Row, Rows, flattened, together, without
from catalog._published import Published, read_published
from catalog._tables import BITS, Entry, Part, Table, Tables
from model.errors import DocumentError
from model.reading import Node, read_csv

_HERE = Path(__file__).parent / "addresses"
_FEWER_PERCENT = 80
"""A newer list with less than this share of the ranges of the one before was cut short rather than renewed."""

_Stretch = tuple[int, int, int, int]
"""First address, last address, value, length of the prefix."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """A part before (``None`` when it is new) and after; equal when the very same file was given again."""

    before: Part | None
    after: Part


@dataclass(slots=True)
class _Draft:
    """Tables being renewed.  ``stretches`` are keyed by question and IP version, sorted and disjoint."""

    parts: dict[str, Part]
    entries: list[Entry]
    countries: list[str]
    stretches: dict[tuple[str, int], Sequence[_Stretch]]
    holders: dict[int, str]

    @classmethod
    def of(cls, tables: Tables | None) -> _Draft:
        """The same as ``tables``, each question on its own; empty without tables."""
        none: dict[tuple[str, int], Sequence[_Stretch]] = {(word, v): () for word in _tables.QUESTIONS for v in BITS}
        if tables is None:
            return cls({}, [], [], none, {})
        stretches = {(word, v): tuple(_stretches(tables.table(v), word, BITS[v])) for word, v in none}
        holders = dict(zip(*tables.holders(), strict=True))
        return cls(dict(tables.parts), list(tables.entries), list(tables.countries), dict(stretches), holders)

    def table(self, version: int) -> Table:
        """The three questions of one IP version, answered by one table."""
        numbers: dict[tuple[int, ...], int] = {}
        answers = together([_rows(self.stretches[word, version]) for word in _tables.QUESTIONS])
        rows = Rows.of(
            ((start, numbers.setdefault(values, len(numbers)), length) for start, values, length in answers),
            BITS[version],
        )
        return Table(rows, *(array("I", column) for column in zip(*numbers, strict=True)))


def update(paths: Sequence[Path], tables: Tables | None, into: Path, provider: str, on: date) -> tuple[Renewed, ...]:
    """Writes to ``into`` the ``tables`` with the parts that ``paths`` hold in place of the older ones.

    Everything is read before anything is written, and the file is replaced whole: a refusal leaves what was there.
    ``on`` is the day of a file that does not say its own.  Raises DocumentError for a file that cannot be read, is
    older than the part it would replace, or holds far fewer ranges.
    """
    draft = _Draft.of(tables)
    renewed = []
    for path in paths:
        published = read_published(path, provider, on)
        before = draft.parts.get(published.part.id)
        _refuse_worse(path, before, published.part)
        if before is None or before.sha256 != published.part.sha256:
            _put(draft, published)
        renewed.append(Renewed(before, draft.parts[published.part.id]))
    if any(one.before != one.after for one in renewed):
        tables_ = {version: draft.table(version) for version in BITS}
        _tables.write(into, draft.parts, draft.entries, draft.countries, tables_, draft.holders)
    return tuple(renewed)


def _refuse_worse(path: Path, before: Part | None, after: Part) -> None:
    if before is None:
        return
    if after.published_on < before.published_on:
        raise DocumentError(
            str(path), None, "",
            f"is of {after.published_on}, older than what is in use ({before.title}, {before.published_on}); kept that",
        )  # fmt: skip
    if after.rows * 100 < before.rows * _FEWER_PERCENT:
        raise DocumentError(
            str(path), None, "",
            f"holds {after.rows} ranges where {before.title} held {before.rows}: it looks cut short; fetch it again",
        )  # fmt: skip


def _put(draft: _Draft, published: Published) -> None:
    """``published`` in place of the part of the same id."""
    draft.parts[published.part.id] = published.part
    if published.networks:
        draft.stretches["networks", published.version] = _without_special(published.networks, published.version)
        draft.holders |= published.holders or {}
    elif published.countries:
        numbers = {code: at for at, code in enumerate(draft.countries, 1)}
        for code in sorted({code for _, _, code in published.countries} - set(numbers)):
            draft.countries.append(code)
            numbers[code] = len(draft.countries)
        coded = ((first, last, numbers[code]) for first, last, code in published.countries)
        draft.stretches["countries", published.version] = _without_special(coded, published.version)
    else:
        _put_ranges(draft, published)


def _without_special(ranges: Iterable[tuple[int, int, int]], version: int) -> Sequence[_Stretch]:
    return tuple((first, last, value, 0) for first, last, value in without(ranges, _special(version)))


def _put_ranges(draft: _Draft, published: Published) -> None:
    kept = {number for number, entry in enumerate(draft.entries, 1) if entry.part != published.part.id}
    numbers = {entry: number for number, entry in enumerate(draft.entries, 1) if number in kept}
    draft.entries = [entry if number in kept else _GONE for number, entry in enumerate(draft.entries, 1)]
    for version in BITS:
        others = [one for one in draft.stretches["ranges", version] if one[2] in kept]
        new: list[_Stretch] = []
        of_version = ((net, entry) for net, entry in published.prefixes if net.version == version)
        for here, after in pairwise(flattened(of_version)):
            if here.said:
                entry = _entry(here)
                if entry not in numbers:
                    draft.entries.append(entry)
                    numbers[entry] = len(draft.entries)
                new.append((here.start, after.start - 1, numbers[entry], here.said[0][0]))
        draft.stretches["ranges", version] = tuple(_layered(others, new))
    _renumber(draft)


_GONE = Entry("", "")


def _renumber(draft: _Draft) -> None:
    """Drops the entries that no range refers to any more."""
    order = {old: new for new, old in enumerate((n for n, e in enumerate(draft.entries, 1) if e != _GONE), 1)}
    draft.entries = [entry for entry in draft.entries if entry != _GONE]
    for version in BITS:
        draft.stretches["ranges", version] = tuple(
            (first, last, order[value], length) for first, last, value, length in draft.stretches["ranges", version]
        )


def _entry(here: Covered[Entry]) -> Entry:
    """What the covering prefixes say together: the service of the most precise, the region of the first that has one.

    The most precise prefix is often a service tag without a region, so the region is looked for further out.
    """
    by_length: dict[int, list[Entry]] = {}
    for length, said in here.said:
        by_length.setdefault(length, []).append(said)
    first = here.said[0][1]
    service, role = "", ""
    for group in by_length.values():
        known = sorted({found for said in group if (found := _service(said.part, said.service))})
        if known and not role:
            rank = known[0][0]
            best = [(name, what) for r, name, what in known if r == rank]
            role = best[0][1] if len({what for _, what in best}) == 1 else "hosting"
            service = best[0][0] if len(best) == 1 else ""
    region = next((code for group in by_length.values() if (code := _one({one.region for one in group}))), "")
    country = next((code for group in by_length.values() if (code := _one({one.country for one in group}))), "")
    return replace(first, region=region, service=service, role=role or "hosting", country=country)


def _one(codes: set[str]) -> str:
    """The one code that is said; a place that is no place (``GLOBAL``) gives way to one that is."""
    told = {code for code in codes if code and code.casefold() != "global"} or (codes - {""})
    return told.pop() if len(told) == 1 else ""


def _service(part: str, tag: str) -> tuple[int, str, str] | None:
    """Rank, service and role of a provider's own tag; ``Storage.FranceCentral`` is ``Storage`` somewhere."""
    rows = _services()
    kind = part.partition("-v")[0]
    folded = tag.casefold()
    return rows.get((kind, folded)) or rows.get((kind, folded.partition(".")[0]))


@cache
def _services() -> Mapping[tuple[str, str], tuple[int, str, str]]:
    name = "catalog/addresses/services.csv"
    rows = read_csv(_HERE / "services.csv", ("list", "tag", "service", "role", "rank"), name)
    return {
        (row["list"], row["tag"].casefold()): (
            Node(name, line, "rank", row["rank"]).integer(),
            row["service"],
            row["role"],
        )
        for line, row in rows
    }


@cache
def _special(version: int) -> tuple[tuple[int, int], ...]:
    """The ranges that are nobody's, first and last, merged and sorted."""
    rows = read_csv(_HERE / "special.csv", ("prefix", "fr", "en", "source"), "catalog/addresses/special.csv")
    nets = [net for _, row in rows if (net := ip_network(row["prefix"])).version == version]
    merged: list[tuple[int, int]] = []
    for first, last in sorted((int(net.network_address), int(net.broadcast_address)) for net in nets):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _stretches(table: Table, question: str, bits: int) -> Iterator[_Stretch]:
    """What ``table`` answers to one question; neighbours that say the same are one stretch."""
    answers: Sequence[int] = getattr(table, question)
    open_: _Stretch | None = None
    rows = ((start, answers[value], length if question == "ranges" else 0) for start, value, length in table.rows)
    for start, value, length in chain(rows, ((1 << bits, 0, 0),)):
        if open_ and (value, length) == open_[2:]:
            continue
        if open_ and open_[2]:
            yield open_[0], start - 1, open_[2], open_[3]
        open_ = (start, start, value, length)


def _layered(one: Sequence[_Stretch], other: Sequence[_Stretch]) -> Iterator[_Stretch]:
    """Two sorted disjoint lists as one; where both speak, the more precise prefix is kept."""
    i = j = at = 0
    while i < len(one) or j < len(other):
        left = one[i] if i < len(one) else None
        right = other[j] if j < len(other) else None
        starts = sorted({max(at, first) for first in (s[0] for s in (left, right) if s)})
        at = starts[0]
        here = [s for s in (left, right) if s and s[0] <= at]
        end = min(s[1] for s in here)
        if len(here) == 1 and len(starts) == 2:
            end = min(end, starts[1] - 1)
        best = max(here, key=lambda s: s[3])
        yield at, end, best[2], best[3]
        at = end + 1
        i += left is not None and left[1] < at
        j += right is not None and right[1] < at


def _rows(stretches: Iterable[_Stretch]) -> Iterator[Row]:
    after = 0
    for first, last, value, length in stretches:
        if first > after:
            yield after, 0, 0
        yield first, value, length
        after = last + 1
    yield after, 0, 0
