"""Where a place is: provider codes to countries, never by guessing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from catalog._countries import ISO_3166
from catalog._records import Region
from catalog._regions import AWAY, Regions
from model.assessment import Location
from model.observed import Absent, Known, Observed, Reason, Source, Unread
from model.places import Site

Countries = Observed[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Spot:
    """A location with the catalog rows behind it.

    ``region`` is the catalog's spelling of the region code (the source's own word when the catalog
    does not hold it).  ``away`` tells a zone apart from its region (a Local or Wavelength Zone, an
    Outpost), which the perimeter of that region does not cover by itself.  ``known`` is false when the
    region code is not in the catalog, and ``found`` when the region or its zone is not.
    """

    location: Location
    region: str
    away: bool
    known: bool
    found: bool
    source: Source


def spots_of(site: Site, regions: Regions | None, provider: str, stated: Source) -> tuple[Spot, ...]:
    """The location of ``site``; two when its source states another country than its region's.

    ``stated`` is where the site itself comes from.  A zone in another country than its region wins
    over the region; a zone that the catalog does not hold leaves the country unread.
    """
    if site.country and not site.region and not site.zone:
        return (Spot(Location("", "", _stated(site.country, stated)), "", False, True, True, stated),)
    spot = _located(site, regions, provider, stated)
    if not site.country:
        return (spot,)
    found = spot.location.countries
    if isinstance(found, Known) and site.country in found.value:
        return (spot,)
    answer = _stated(site.country, stated)
    if not spot.found:
        return (replace(spot, location=Location(site.region, site.zone, answer)),)
    # Region and statement disagree: both stay in sight, and a rule about "every location" has to
    # hold for each.
    return (spot, Spot(Location("", "", answer), spot.region, spot.away, True, True, stated))


def _stated(country: str, source: Source) -> Countries:
    if country in ISO_3166:
        return Known((country,), source)
    return Unread(Reason.NOT_TOLD, source, f"{country!r} is no ISO 3166 country code")


def _located(site: Site, regions: Regions | None, provider: str, stated: Source) -> Spot:
    def unread(detail: str, known: bool) -> Spot:
        answer = Unread(Reason.NOT_TOLD, stated, detail)
        # A zone that nobody can place (an Outpost, say) may stand anywhere.
        return Spot(Location(site.region, site.zone, answer), site.region, bool(site.zone), known, False, stated)

    if not site.region and not site.zone:
        return unread("place not known", True)
    if regions is None:
        return unread(f"region {site.region or site.zone!r} of {provider or 'an unknown provider'} not known", False)
    row = regions.find(site.region) if site.region else None
    if site.region and row is None:
        return unread(f"region {site.region!r} of {provider} not in the catalog", False)
    if row is not None and row.kind in AWAY:
        return _spot(site, row)
    if not site.zone or (row is not None and regions.is_ordinary(site.zone, row)):
        # With a zone alone, row is None and the zone is looked up below.
        if row is not None:
            return _spot(site, row)
        return unread("place not known", True)
    zone = regions.find(site.zone)
    if zone is None or (row is not None and zone is not row and zone.within != row.code):
        at = f" of region {site.region}" if site.region else ""
        return unread(f"zone {site.zone!r}{at} ({provider}) not in the catalog", row is not None)
    return _spot(site, zone)


def _spot(site: Site, row: Region) -> Spot:
    away = row.kind in AWAY
    region = row.within if away else row.code
    location = Location(site.region or region, site.zone or (row.code if away else ""), _countries(row))
    return Spot(location, region, away, True, True, row.source)


def _countries(row: Region) -> Countries:
    if row.countries:
        return Known(row.countries, row.source)
    return Unread(Reason.NOT_TOLD, row.source, f"{row.code}: {row.unknown_because}")


def key_countries(
    location: str, stated: tuple[str, ...], regions: Regions | None, provider: str, source: Source
) -> Countries:
    """The countries of a key: those its source states and those of its region, together."""
    found: set[str] = set()
    origin = source
    for country in stated:
        answer = _stated(country, source)
        if not isinstance(answer, Known):
            return answer
        found.add(country)
    if location:
        spot = _located(Site(region=location), regions, provider, source)
        match spot.location.countries:
            case Known(value, row):
                found.update(value)
                origin = row
            case Absent() | Unread() as missing:
                if not found:
                    return missing
    if not found:
        return Unread(Reason.NOT_TOLD, source, "place of the key not known")
    return Known(tuple(sorted(found)), origin)
