"""What the shape of an object's key or of a file's path gives away (keys.csv); of the key itself nothing is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.health import Signal
from model.reading import read_csv
from scanners._health import models, names

PATH = Path(__file__).with_name("keys.csv")
COLUMNS = ("id", "effect", "weight", "pattern")

_LONGEST = 1024
# Extensions that other trades use as well: they count as shapes alone, never as words.
_LYING = re.compile(r"\.(?:dcm|vcf|bdf|edf|eds|rsa|rss|bed|bam|ano|tra|leg)$", re.I)
# What every shape has: most names of stores have none of it.
_SHAPED = re.compile(r"[/.]|dicomdir|ihe_xdm|hosp|structure|valueset|codesystem|guide-|parameter|capability", re.I)
_PART = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True)
class _Shape:
    """One row; ``nothing`` says that such a key speaks of no patient, whatever else is in it."""

    id: str
    nothing: bool
    weight: float
    pattern: re.Pattern[str]


def of_key(key: str, where: str = "key") -> tuple[Signal, ...]:
    """The strongest signal of a key: its shape, the table it is called after, or the words of its path."""
    key = key[-_LONGEST:]
    best: Signal | None = None
    for shape in _shapes() if _SHAPED.search(key) else ():
        if shape.pattern.search(key):
            if shape.nothing:
                return ()
            if best is None or shape.weight > best.weight:
                best = Signal("name", f"key {shape.id}", shape.weight, where)
    found = [
        *((best,) if best else ()),
        *models.of_table(_PART.split(key)[-1], where),
        *names.of_name(_LYING.sub("", key), where),
    ]
    return tuple(sorted(found, key=lambda one: (-one.weight, one.id))[:1])


@cache
def _shapes() -> tuple[_Shape, ...]:
    return tuple(
        _Shape(row["id"], row["effect"] == "nothing", float(row["weight"]), re.compile(row["pattern"], re.I))
        for _, row in read_csv(PATH, COLUMNS)
    )
