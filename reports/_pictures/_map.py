"""Maps of Europe and of the world with the places and copies that each country holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.assessment import JudgedPlace, countries_of
from model.places import PlaceKind
from model.reading import read_csv
from reports._words import Language

ORIGINALS = (PlaceKind.PRIMARY, PlaceKind.METADATA, PlaceKind.KEY)
UNKNOWN = "unknown"

_NAME = "reports/_pictures/outlines.csv"
_LEGEND = 34
_HEIGHT = 26
_LETTER = 9.6
_FIGURE = 8.2
_SIGN = 24
# Where a mark goes when its own country is taken: the nearest free spot of a grid around it, in units of the drawing.
_AROUND = sorted(
    ((dx, dy) for dx in range(-360, 361, 40) for dy in range(-280, 281, 28)),
    key=lambda spot: (math.hypot(*spot), spot),
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many stores a country holds: originals, and copies of any kind."""

    originals: int = 0
    copies: int = 0

    @property
    def stores(self) -> int:
        """Originals and copies together."""
        return self.originals + self.copies


@dataclass(frozen=True, slots=True)
class Frame:
    """A window on the earth, in degrees, drawn flat: one degree of longitude is ``squeeze`` degrees of latitude."""

    id: str
    west: float
    east: float
    south: float
    north: float
    squeeze: float
    width: int

    @property
    def unit(self) -> float:
        """Units of the drawing per degree of latitude."""
        return self.width / ((self.east - self.west) * self.squeeze)

    @property
    def height(self) -> int:
        """Height of the drawing, with room for its legend."""
        return round((self.north - self.south) * self.unit) + _LEGEND

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place on the earth is drawn."""
        return (longitude - self.west) * self.squeeze * self.unit, (self.north - latitude) * self.unit

    def holds(self, longitude: float, latitude: float) -> bool:
        """True when the place lies within the window."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


EUROPE = Frame("europe", -25, 45, 34, 71.5, math.cos(math.radians(52)), 700)
WORLD = Frame("world", -170, 180, -56, 78, 1.0, 960)


@dataclass(frozen=True, slots=True)
class Mark:
    """The figures of one country: ``x``, ``y`` the middle of the label, ``at`` the place that it belongs to."""

    code: str
    name: str
    x: float
    y: float
    at: tuple[float, float]
    originals: int
    copies: int
    width: float

    @property
    def moved(self) -> bool:
        """True when the label stands beside its place, so that a line has to lead there."""
        return (self.x, self.y) != self.at


@dataclass(frozen=True, slots=True)
class View:
    """One map: the outlines to draw, those of countries that hold data, and a mark for each."""

    id: str
    width: int
    height: int
    land: str
    held: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Country:
    longitude: float
    latitude: float
    world: tuple[tuple[tuple[float, float], ...], ...]
    europe: tuple[tuple[tuple[float, float], ...], ...]


def counts(places: Iterable[JudgedPlace]) -> dict[str, Count]:
    """Per country code, and ``unknown`` for stores of which no country is known; the fullest first.

    A store spread over several countries counts in each.
    """
    return _counted((codes, judged) for judged in places for codes in [sorted(countries_of(judged.place)) or [UNKNOWN]])


def views(places: Sequence[JudgedPlace], words: Language) -> tuple[View, View]:
    """The map of Europe and that of the world, on which Europe is one mark."""
    found = counts(places)
    named = {code: (words.country(code), count) for code, count in found.items() if code in _countries()}
    near = {code for code in named if _inside(code)}
    far = {code: one for code, one in named.items() if code not in near}
    return (
        _view(EUROPE, {code: _middle(code) for code in near}, {code: named[code] for code in near}, set(named)),
        _view(WORLD, {code: _middle(code) for code in far}, far, set(named), _europe(places, near, words)),
    )


def unplaced(found: Mapping[str, Count]) -> tuple[str, ...]:
    """The countries that hold stores and that no map can show, sorted."""
    return tuple(sorted(code for code in found if code not in _countries() and code != UNKNOWN))


def _counted(pairs: Iterable[tuple[Sequence[str], JudgedPlace]]) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for codes, judged in pairs:
        for code in codes:
            before = found.get(code, Count())
            if judged.place.role in ORIGINALS:
                found[code] = Count(before.originals + judged.place.stores, before.copies)
            else:
                found[code] = Count(before.originals, before.copies + judged.place.stores)
    return dict(sorted(found.items(), key=lambda item: (-item[1].stores, item[0])))


def _europe(places: Sequence[JudgedPlace], near: set[str], words: Language) -> tuple[str, Count] | None:
    inside = _counted((["europe"], judged) for judged in places if countries_of(judged.place) & near)
    return (words.say("map.europe"), inside["europe"]) if inside else None


def _view(
    frame: Frame,
    middles: Mapping[str, tuple[float, float]],
    named: Mapping[str, tuple[str, Count]],
    held: set[str],
    europe: tuple[str, Count] | None = None,
) -> View:
    order = sorted(named, key=lambda code: (-named[code][1].stores, code))
    asked = [(code, *named[code], frame.point(*middles[code])) for code in order]
    if europe:
        asked.insert(0, ("", *europe, frame.point(9.0, 49.0)))
    return View(
        frame.id,
        frame.width,
        frame.height,
        "".join(_outline(frame, one) for code, one in _countries().items() if code not in held),
        "".join(_outline(frame, one) for code, one in _countries().items() if code in held),
        tuple(_placed(frame, asked)),
    )


def _placed(frame: Frame, asked: Sequence[tuple[str, str, Count, tuple[float, float]]]) -> Iterator[Mark]:
    """Each label at its country, or at the nearest free place around it."""
    taken: list[tuple[float, float, float]] = []
    for code, name, count, at in asked:
        written = [code or name, *(f"{n}" for n in (count.originals, count.copies) if n)]
        width = len(written[0]) * _LETTER + 14 + sum(len(part) * _FIGURE + _SIGN for part in written[1:])
        spots = [(at[0] + dx, at[1] + dy) for dx, dy in _AROUND]
        inside = [spot for spot in spots if _fits(frame, spot, width)] or spots
        x, y = next((spot for spot in inside if not _meets(spot, width, taken)), inside[0])
        taken.append((x, y, width))
        yield Mark(code, name, round(x, 1), round(y, 1), (round(at[0], 1), round(at[1], 1)),
                   count.originals, count.copies, round(width, 1))  # fmt: skip


def _fits(frame: Frame, spot: tuple[float, float], width: float) -> bool:
    x, y = spot
    return width / 2 <= x <= frame.width - width / 2 and _HEIGHT <= y <= frame.height - _LEGEND - _HEIGHT / 2


def _meets(spot: tuple[float, float], width: float, taken: Iterable[tuple[float, float, float]]) -> bool:
    return any(abs(spot[0] - x) < (width + other) / 2 + 2 and abs(spot[1] - y) < _HEIGHT for x, y, other in taken)


def _outline(frame: Frame, country: _Country) -> str:
    """The outline as an SVG path in whole units, cut at the edges of the window."""
    rings = country.europe if frame is EUROPE else country.world
    return "".join(_ring(frame, ring) for ring in rings)


def _ring(frame: Frame, ring: Sequence[tuple[float, float]]) -> str:
    bottom = frame.height - _LEGEND
    points = [frame.point(*point) for point in ring]
    flat = [(min(max(round(x), 0), frame.width), min(max(round(y), 0), bottom)) for x, y in points]
    distinct = list(dict.fromkeys(flat))
    if len(distinct) < 3:
        return ""
    return "M" + "L".join(f"{x} {y}" for x, y in distinct) + "Z"


def _inside(code: str) -> bool:
    return EUROPE.holds(*_middle(code))


def _middle(code: str) -> tuple[float, float]:
    one = _countries()[code]
    return one.longitude, one.latitude


@cache
def _countries() -> Mapping[str, _Country]:
    columns = ("code", "longitude", "latitude", "world", "europe")
    rows = read_csv(Path(__file__).parent / "outlines.csv", columns, _NAME)
    return {
        row["code"]: _Country(
            float(row["longitude"]), float(row["latitude"]), _rings(row["world"]), _rings(row["europe"])
        )
        for _, row in rows
    }


def _rings(text: str) -> tuple[tuple[tuple[float, float], ...], ...]:
    """``lon lat;lon lat|lon lat...``: points apart by ``;``, rings by ``|``."""
    return tuple(
        tuple((float(point.split()[0]), float(point.split()[1])) for point in ring.split(";"))
        for ring in text.split("|")
        if ring
    )
