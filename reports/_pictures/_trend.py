"""The trend: the bracket of the rate, edition after edition, as bars between its two ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.changes import Point
from reports._words import Language

MOST = 12
_LEFT = 52
_STEP = 66
_TOP = 12
_TALL = 150
_BAR = 22
_LEAST = 3.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One edition: from ``y`` down over ``height`` lies the bracket; ``dashed`` when something could not be seen."""

    x: float
    y: float
    height: float
    day: str
    label: str
    dashed: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """The drawing, and its scale as (height, label)."""

    width: int
    height: int
    right: int
    bars: tuple[Bar, ...]
    scale: tuple[tuple[float, str], ...]


def trend(points: Sequence[Point], words: Language) -> Trend | None:
    """The last editions, oldest first; ``None`` while there are fewer than two."""
    shown = points[-MOST:]
    if len(shown) < 2:
        return None
    right = _LEFT + _STEP * len(shown)
    return Trend(
        width=right + 10,
        height=_TOP + _TALL + 44,
        right=right,
        bars=tuple(_bar(rank, point, words) for rank, point in enumerate(shown)),
        scale=tuple((_TOP + _TALL * (1 - share), words.percent(share)) for share in (0.0, 0.5, 1.0)),
    )


def _bar(rank: int, point: Point, words: Language) -> Bar:
    height = max((point.rate_max - point.rate_min) * _TALL, _LEAST)
    low, high = words.percent(point.rate_min), words.percent(point.rate_max)
    return Bar(
        x=_LEFT + _STEP * rank + (_STEP - _BAR) / 2,
        y=round(min(_TOP + _TALL * (1 - point.rate_max), _TOP + _TALL - height), 1),
        height=round(height, 1),
        day=point.on.isoformat()[2:],
        label=words.say("exactly" if low == high else "between", low=low, high=high),
        dashed=not point.complete,
    )
