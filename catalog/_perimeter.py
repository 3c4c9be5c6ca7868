"""Whether a place lies inside the perimeter of a qualification."""

from __future__ import annotations

from catalog._places import Spot
from catalog._records import Perimeter
from model.observed import Known


def inside(perimeter: Perimeter, spot: Spot) -> bool | None:
    """True inside, False outside, ``None`` when it cannot be told."""
    answers: list[bool | None] = []
    countries = spot.location.countries
    if perimeter.countries:
        answers.append(inside_territory(perimeter.countries, spot))
    if perimeter.regions:
        listed = spot.region.casefold() in {region.casefold() for region in perimeter.regions}
        # The perimeter names regions; it says nothing of the zones that hang on them elsewhere, nor of
        # a code that nobody can place.
        if spot.away or not spot.region or not (listed or isinstance(countries, Known)):
            answers.append(None)
        else:
            answers.append(listed)
    if False in answers:
        return False
    return None if None in answers else True


def inside_territory(allowed: tuple[str, ...], spot: Spot) -> bool | None:
    """True when every country of the place is allowed, ``None`` when they are not known."""
    countries = spot.location.countries
    return all(country in allowed for country in countries.value) if isinstance(countries, Known) else None


def called(spot: Spot) -> str:
    """A place in one word: its zone, its region, or its countries."""
    return spot.location.zone or spot.location.region or ", ".join(_known_countries(spot)) or "?"


def _known_countries(spot: Spot) -> tuple[str, ...]:
    countries = spot.location.countries
    return countries.value if isinstance(countries, Known) else ()


def shown(perimeter: Perimeter) -> str:
    """A perimeter in one line."""
    if perimeter.regions:
        return ", ".join(perimeter.regions)
    return ", ".join(perimeter.countries) if len(perimeter.countries) < 10 else f"{len(perimeter.countries)} pays"
