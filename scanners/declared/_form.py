"""A register as it was written, in the shape of the reference form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from model.reading import Node


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something that a register says and that no fact of ours can hold: where, under which label, in which words."""

    place: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Form:
    """A register in the shape of the reference form, and what did not fit in it.

    ``kind`` is ``yaml``, ``table``, ``cnil`` or ``healthdcat-ap``.  ``updated`` are the days on which the sheets of
    datasets were last brought up to date, by dataset id, where the form tells it.
    """

    root: Node
    kind: str
    unmapped: tuple[Unmapped, ...] = ()
    updated: Mapping[str, date] = field(default_factory=dict)


def free_id(wanted: str, taken: Mapping[str, object], fallback: str) -> str:
    """``wanted`` as an id of ours, made different from those ``taken`` by a number."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", wanted)
    letters = "".join(letter if letter.isalnum() or letter in "._" else "-" for letter in plain if letter.isascii())
    id = "-".join(part for part in letters.split("-") if part).strip("._-")[:60] or fallback
    number = 2
    unique = id
    while unique in taken:
        unique, number = f"{id}-{number}", number + 1
    return unique


def scalars(node: Node) -> Iterator[Node]:
    """Every value of a tree that is neither a mapping nor a list."""
    match node.raw:
        case dict():
            for below in node.raw.values():
                yield from scalars(below)
        case list():
            for below in node.raw:
                yield from scalars(below)
        case _:
            yield node
