"""The evidence that a document cites, numbered in the order of first mention: E-0001, E-0002..."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from model.observed import Source

_CITED = 6


@dataclass(frozen=True, slots=True)
class Citation:
    """The numbers printed beside a statement, and how many more sources it has."""

    numbers: tuple[str, ...]
    more: int


@dataclass(slots=True)
class Evidence:
    """Gives each source one number for the whole document.  What is not cited has none."""

    _numbers: dict[Source, str] = field(default_factory=dict)

    def cite(self, sources: Iterable[Source], limit: int = _CITED) -> Citation:
        """Number the first ``limit`` distinct sources; the rest are only counted."""
        distinct = list(dict.fromkeys(sources))
        numbers = tuple(self._number(source) for source in distinct[:limit])
        return Citation(numbers, len(distinct) - len(numbers))

    def entries(self) -> tuple[tuple[str, Source], ...]:
        """Every number with its source, in order."""
        return tuple((number, source) for source, number in self._numbers.items())

    def _number(self, source: Source) -> str:
        return self._numbers.setdefault(source, f"E-{len(self._numbers) + 1:04}")
