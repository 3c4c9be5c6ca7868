"""What a name tells by its form: whose service it is, in which region, and what that service does with data.

Patterns are data (``catalog/names/patterns.csv``).  The most specific one wins: the whole name, then an expression
with a region, then an expression, then the longest ending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from catalog._records import row_source
from model.attribution import Role
from model.errors import DocumentError
from model.observed import Confidence, Source
from model.reading import Node, read_csv
from model.resolution import RecordType

_PATTERNS = (
    "kind",
    "pattern",
    "records",
    "provider",
    "service",
    "role",
    "region",
    "confidence",
    "checked_on",
    "source",
)
_TOKENS = ("provider", "pattern", "token", "region", "confidence", "checked_on", "source")
ANYWHERE = "*"
_ENDING = re.compile(r"(?:[a-z0-9-]|\\\.|\\-)+\Z")


class Kind(StrEnum):
    """How a pattern is compared with a name."""

    EXACT = "exact"
    REGEX = "regex"
    SUFFIX = "suffix"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row.  ``records`` are the types of the records whose target it may explain.

    A suffix that begins with a dot matches what lies below it only.  ``NAME`` among the records means that the name
    asked for tells by itself, without any answer: it is one that the provider gives, not one of its own sites.
    ``region`` is that of every such name when it is one and the same; ``*`` says that the name is a front door of a
    service kept elsewhere, so that its addresses tell nothing of the place either.
    """

    kind: Kind
    pattern: str
    records: frozenset[RecordType]
    provider: str
    service: str
    role: Role
    region: str
    source: Source


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern that matched; ``region`` is what the name or the row says, as the provider writes it."""

    pattern: Pattern
    region: str


class Names:
    """All patterns, found by the end of a name so that few expressions are ever tried."""

    def __init__(self, patterns: Iterable[Pattern], tokens: Mapping[tuple[str, str], str]) -> None:
        self._tokens = tokens
        self._by_end: dict[Kind, dict[str, list[Pattern]]] = {kind: {} for kind in Kind}
        for one in patterns:
            self._by_end[one.kind].setdefault(_end_of(one), []).append(one)
        self._compiled: dict[str, re.Pattern[str]] = {}

    def providers(self) -> set[str]:
        """The providers that some pattern names."""
        return {one.provider for kind in self._by_end.values() for several in kind.values() for one in several}

    def compile(self) -> None:
        """Compiles every expression at once.  Raises DocumentError for one that is none."""
        for several in self._by_end[Kind.REGEX].values():
            for one in several:
                self._expressed(one)

    def match(self, name: str, type: RecordType) -> Match | None:
        """The most specific pattern that explains a record of ``type`` whose target is ``name``; ``None`` without.

        ``name`` is in lower case, in ASCII, without a final dot.
        """
        for one in self._by_end[Kind.EXACT].get(name, ()):
            if type in one.records:
                return Match(one, one.region)
        ends = _ends(name)
        return self._expression(name, ends, type) or self._suffix(name, ends, type)

    def _expression(self, name: str, ends: list[str], type: RecordType) -> Match | None:
        found = [
            Match(one, self._region(one, matched))
            for end in ends
            for one in self._by_end[Kind.REGEX].get(end, ())
            if type in one.records and (matched := self._expressed(one).fullmatch(name))
        ]
        # Of two that both tell a region, the one that spells more out is about fewer names.
        return max(found, key=lambda one: (bool(one.region), len(one.pattern.pattern)), default=None)

    def _expressed(self, one: Pattern) -> re.Pattern[str]:
        if one.pattern not in self._compiled:
            try:
                self._compiled[one.pattern] = re.compile(one.pattern)
            except re.error as error:
                path = one.source.what.partition(" ")[0]
                raise DocumentError(path, None, one.pattern, f"no regular expression: {error}") from error
        return self._compiled[one.pattern]

    def _region(self, one: Pattern, matched: re.Match[str]) -> str:
        """The region that the name spells, or that a token in it stands for; a token that nobody explained is none."""
        groups = matched.groupdict()
        if groups.get("region"):
            return groups["region"]
        token = groups.get("zone") or groups.get("geo")
        return self._tokens.get((one.pattern, token), one.region) if token else one.region

    def _suffix(self, name: str, ends: list[str], type: RecordType) -> Match | None:
        for end in ends:
            for one in self._by_end[Kind.SUFFIX].get(end, ()):
                if type in one.records and not (end == name and one.pattern.startswith(".")):
                    return Match(one, one.region)
        return None


def _ends(name: str) -> list[str]:
    """``name``, its parents, and the empty end, the longest first."""
    labels = name.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))] + [""]


def _end_of(one: Pattern) -> str:
    """The end that every name matched by a pattern has; empty for an expression that leaves it open."""
    if one.kind is not Kind.REGEX:
        return one.pattern.removeprefix(".")
    tail = _ENDING.search(one.pattern)
    # What stands before the first dot may be half a label.
    return tail[0].partition("\\.")[2].replace("\\", "") if tail else ""


def read_names(patterns: Iterable[tuple[Path, str]], tokens: tuple[Path, str]) -> Names:
    """The patterns of several files, those of the first before the others, and what their tokens stand for.

    Raises DocumentError for a word that is not known, and for a token of no pattern.
    """
    found = [pattern for path, name in patterns for pattern in _patterns(path, name)]
    expressions = {one.pattern for one in found}
    meant: dict[tuple[str, str], str] = {}
    path, name = tokens
    for line, row in read_csv(path, _TOKENS, name):
        if row["pattern"] not in expressions:
            raise Node(name, line, "pattern", row["pattern"], quoted=True).fail(
                "no pattern of names has this expression"
            )
        meant[row["pattern"], row["token"]] = row["region"]
    return Names(found, meant)


def _patterns(path: Path, name: str) -> Iterator[Pattern]:
    for line, row in read_csv(path, _PATTERNS, name):
        nodes = {column: Node(name, line, column, value, quoted=True) for column, value in row.items()}
        kind = nodes["kind"].choice(Kind)
        records = frozenset(
            Node(name, line, "records", word, quoted=True).choice(RecordType) for word in row["records"].split(";")
        )
        source = row_source(
            f"{name} {row['pattern']}: {row['source']}",
            nodes["checked_on"].date(),
            nodes["confidence"].choice(Confidence),
        )
        role = nodes["role"].choice(Role)
        yield Pattern(kind, row["pattern"], records, row["provider"], row["service"], role, row["region"], source)
