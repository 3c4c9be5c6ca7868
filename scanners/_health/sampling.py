"""Which objects of a store are read when its target allows it, and what they show together.

At most 20 objects, the widest variety first: one of each extension, one of each folder, then those whose keys tell
most.  What leaves is counted: "3 of 20 objects"; no key and no byte.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from model.health import Signal
from scanners._health.contents import Reading
from scanners._health.keys import of_key

OBJECTS = 20
_FAMILY_UNREAD = "unread"
_LONGEST_EXTENSION = 12


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as the list of its store tells it: key, size in bytes, whether it must be restored before reading."""

    key: str
    size: int
    archived: bool = False


def chosen(objects: Iterable[Listed]) -> tuple[Listed, ...]:
    """The objects to read.  Empty and archived ones show nothing and are left out."""
    by_extension: dict[str, Listed] = {}
    by_folder: dict[tuple[str, str], Listed] = {}
    others: list[Listed] = []
    for one in objects:
        if not one.size or one.archived:
            continue
        extension = _extension(one.key)
        folder = (one.key.split("/", 1)[0] if "/" in one.key else "", extension)
        if folder in by_folder:
            others.append(one)
            continue
        by_folder[folder] = one
        by_extension.setdefault(extension, one)
    telling = sorted(by_extension.values(), key=_lightness)
    folders = [one for one in by_folder.values() if one not in telling]
    return (*telling, *folders, *sorted(others, key=_lightness))[:OBJECTS]


def of_keys(objects: Iterable[Listed]) -> tuple[Signal, ...]:
    """The strongest signal that the keys of a store give, and how many keys give it."""
    best: Signal | None = None
    count = total = 0
    for one in objects:
        total += 1
        for signal in of_key(one.key):
            if best is None or signal.weight > best.weight:
                best, count = signal, 1
            elif signal.id == best.id:
                count += 1
    if best is None:
        return ()
    return (Signal(best.family, best.id, best.weight, f"{count} of {total} keys", count, best.identity),)


def together(readings: list[Reading]) -> tuple[Signal, ...]:
    """Each signature once, with the number of objects that show it and the columns of all; the heaviest first."""
    found: dict[tuple[str, str, object], list[Signal]] = {}
    for reading in readings:
        for signal in dict.fromkeys(reading.signals):
            found.setdefault((signal.family, signal.id, signal.identity), []).append(signal)
        if reading.unread:
            unread = Signal(_FAMILY_UNREAD, reading.unread, 0.0, "content")
            found.setdefault((_FAMILY_UNREAD, reading.unread, None), []).append(unread)
    signals = [_one(same, len(readings)) for same in found.values()]
    return tuple(sorted(signals, key=lambda one: (-one.weight, one.family, one.id, str(one.identity))))


def _one(same: list[Signal], objects: int) -> Signal:
    heaviest = max(same, key=lambda one: one.weight)
    columns = tuple(sorted({column for one in same for column in one.columns}))
    where = f"{len(same)} of {objects} objects"
    return Signal(heaviest.family, heaviest.id, heaviest.weight, where, len(same), heaviest.identity, columns)


def _extension(key: str) -> str:
    last = key.rsplit("/", 1)[-1]
    return last.rsplit(".", 1)[-1].lower()[:_LONGEST_EXTENSION] if "." in last else ""


def _lightness(one: Listed) -> float:
    """The less, the more its key tells."""
    return -max((signal.weight for signal in of_key(one.key)), default=0.0)
