"""The flow diagram: how many stores of each dataset rest in each country, as ribbons between two columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model.assessment import JudgedPlace, countries_of
from reports._pictures._map import UNKNOWN
from reports._text import visible
from reports._words import Language

_MOST = 12
_WIDTH = 900
_LEFT = 330
_RIGHT = 690
_NODE = 14
_GAP = 12
_SPAN = 320
_LEAST = 16.0
_LETTERS = 36


@dataclass(frozen=True, slots=True)
class End:
    """A dataset on the left or a country on the right."""

    x: float
    y: float
    height: float
    label: str
    stores: int
    unknown: bool


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The stores that a dataset has in a country; ``path`` outlines the band."""

    path: str
    unknown: bool
    label: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """The drawing and the rows of the table that says the same: dataset, country, stores."""

    width: int
    height: int
    left: tuple[End, ...]
    right: tuple[End, ...]
    ribbons: tuple[Ribbon, ...]
    rows: tuple[tuple[str, str, int], ...]


def diagram(places: Sequence[JudgedPlace], titles: Mapping[str, str], words: Language) -> Diagram | None:
    """The largest datasets and countries by name, the others together; ``None`` when there is no store."""
    pairs: dict[tuple[str, str], int] = {}
    for judged in places:
        for dataset in judged.datasets or ("",):
            for code in sorted(countries_of(judged.place)) or [UNKNOWN]:
                pairs[dataset, code] = pairs.get((dataset, code), 0) + judged.place.stores
    if not pairs:
        return None
    datasets = _kept({key[0] for key in pairs}, pairs, 0)
    codes = _kept({key[1] for key in pairs}, pairs, 1)
    drawn: dict[tuple[str, str], int] = {}
    for (dataset, code), stores in pairs.items():
        key = (dataset if dataset in datasets else "\x00", code if code in codes else "\x00")
        drawn[key] = drawn.get(key, 0) + stores
    left = _order(drawn, 0)
    right = _order(drawn, 1)
    names = {id: titles.get(id, id) for id in left} | {"\x00": words.say("ribbons.other_datasets")}
    lands = {code: _land(code, words) for code in right}
    # A band may be thin, but never so thin that a line of text beside it would meet the next one.
    most = max(sum(drawn.values()), 1)
    scale = _SPAN / most
    starts_left, height_left = _stack(left, drawn, 0, scale)
    starts_right, height_right = _stack(right, drawn, 1, scale)
    ribbons = _ribbons(left, right, drawn, starts_left, starts_right, scale, names, lands, words)
    return Diagram(
        width=_WIDTH,
        height=round(max(height_left, height_right)),
        left=_ends(left, drawn, 0, starts_left, _LEFT - _NODE, scale, names),
        right=_ends(right, drawn, 1, starts_right, _RIGHT, scale, lands),
        ribbons=ribbons,
        rows=tuple((names[a], lands[b], drawn[a, b]) for a in left for b in right if (a, b) in drawn),
    )


def _kept(keys: set[str], pairs: Mapping[tuple[str, str], int], side: int) -> set[str]:
    totals = _totals(pairs, side)
    order = sorted(keys, key=lambda key: (-totals[key], key))
    if len(order) <= _MOST:
        return set(order)
    # What is not known is never hidden among the others.
    return {*order[: _MOST - 1], *({UNKNOWN, ""} & keys)}


def _order(drawn: Mapping[tuple[str, str], int], side: int) -> list[str]:
    totals = _totals(drawn, side)
    last = (UNKNOWN, "\x00") if side else ("", "\x00")
    return sorted(totals, key=lambda key: (key in last, -totals[key], key))


def _totals(pairs: Mapping[tuple[str, str], int], side: int) -> dict[str, int]:
    totals: dict[str, int] = {}
    for key, stores in pairs.items():
        totals[key[side]] = totals.get(key[side], 0) + stores
    return totals


def _stack(
    order: Sequence[str], drawn: Mapping[tuple[str, str], int], side: int, scale: float
) -> tuple[dict[str, float], float]:
    totals = _totals(drawn, side)
    y, starts = 4.0, {}
    for key in order:
        starts[key] = y
        y += max(totals[key] * scale, _LEAST) + _GAP
    return starts, y


def _ends(
    order: Sequence[str],
    drawn: Mapping[tuple[str, str], int],
    side: int,
    starts: Mapping[str, float],
    x: float,
    scale: float,
    names: Mapping[str, str],
) -> tuple[End, ...]:
    totals = _totals(drawn, side)
    return tuple(
        End(x, round(starts[key], 1), round(max(totals[key] * scale, 2.0), 1), _short(names[key]), totals[key],
            key == UNKNOWN)
        for key in order
    )  # fmt: skip


def _ribbons(
    left: Sequence[str],
    right: Sequence[str],
    drawn: Mapping[tuple[str, str], int],
    starts_left: Mapping[str, float],
    starts_right: Mapping[str, float],
    scale: float,
    names: Mapping[str, str],
    lands: Mapping[str, str],
    words: Language,
) -> tuple[Ribbon, ...]:
    used_left, used_right = dict(starts_left), dict(starts_right)
    middle = (_LEFT + _RIGHT) / 2
    found = []
    for a in left:
        for b in right:
            stores = drawn.get((a, b), 0)
            if not stores:
                continue
            thick = max(stores * scale, 1.5)
            y, z = used_left[a], used_right[b]
            used_left[a] += stores * scale
            used_right[b] += stores * scale
            path = (
                f"M{_LEFT} {y:.1f}C{middle} {y:.1f} {middle} {z:.1f} {_RIGHT} {z:.1f}V{z + thick:.1f}"
                f"C{middle} {z + thick:.1f} {middle} {y + thick:.1f} {_LEFT} {y + thick:.1f}Z"
            )
            label = words.say("ribbons.one", dataset=names[a], country=lands[b], stores=words.count("n.stores", stores))
            found.append(Ribbon(path, b == UNKNOWN, label))
    return tuple(found)


def _land(code: str, words: Language) -> str:
    if code == UNKNOWN:
        return words.say("situation.country_unknown")
    return words.say("ribbons.other_countries") if code == "\x00" else words.country(code)


def _short(label: str) -> str:
    plain = visible(label)
    return plain if len(plain) <= _LETTERS else f"{plain[: _LETTERS - 1].rstrip()}…"
