"""Where a store stands inside its region: a Local or Wavelength Zone, an Outpost, may be in another country."""

from __future__ import annotations

import re
from typing import Any

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Site
from scanners._jobs import Deadline
from scanners.aws.clients import Answer, Estate, Scope
from scanners.aws.errors import Failure
from scanners.aws.paging import pages, paginator_of

# euw3-az1, par-az1: an ordinary zone.  euc1-ist1-az1, euw3-cmn1-wlz1: a Local Zone, a Wavelength Zone.
_ORDINARY_ID = re.compile(r"[a-z]+[0-9]*-az[0-9]+\Z")
_ZONE_ID = re.compile(r"-(?:az|wlz)[0-9]+\Z")


def sites(
    estate: Estate, scope: Scope, zones: object, outpost: object, source: Source, deadline: Deadline
) -> tuple[Observed[tuple[Site, ...]], str, Failure | None]:
    """The sites of a store, the operation that failed and its failure when they could not be read.

    Only zones that are not plain availability zones are named: those stand in the country of their region.
    """
    if isinstance(outpost, str) and outpost:
        return _outpost(estate, scope, outpost, source, deadline)
    found: set[Site] = set()
    named = [zone for zone in _flat(zones) if zone]
    for zone in named:
        if is_ordinary(scope.region, zone):
            found.add(Site(scope.region))
            continue
        zone_id = zone
        if not _ZONE_ID.search(zone):
            table = estate.once(("zones", scope), lambda: _zones(estate, scope, deadline))
            if isinstance(table, Failure):
                missing = f"the zone {zone} is not an ordinary one and its place could not be read"
                return Unread(table.reason, source, missing), "DescribeAvailabilityZones", table
            if zone not in table:
                return Unread(Reason.NOT_TOLD, source, f"the zone {zone} is in no list of zones"), "", None
            zone_id = table[zone]
        found.add(Site(scope.region) if is_ordinary(scope.region, zone_id) else Site(scope.region, zone_id))
    return Known(tuple(sorted(found, key=str)) or (Site(scope.region),), source), "", None


def is_ordinary(region: str, zone: str) -> bool:
    """True for an availability zone proper, by its name (eu-west-3a) or its id (euw3-az1)."""
    return re.fullmatch(re.escape(region) + "[a-z]", zone) is not None or _ORDINARY_ID.match(zone) is not None


def _flat(zones: object) -> list[str]:
    if isinstance(zones, list):
        return [zone for each in zones for zone in _flat(each)]
    return [zones] if isinstance(zones, str) else []


def _zones(estate: Estate, scope: Scope, deadline: Deadline) -> dict[str, str] | Failure:
    answer = estate.call("ec2", scope, "DescribeAvailabilityZones", {"AllAvailabilityZones": True}, deadline)
    if isinstance(answer, Failure):
        return answer
    listed = answer.data.get("AvailabilityZones")
    if not isinstance(listed, list) or not listed:
        return Failure(Reason.FAULT, "BrokenAnswer", 0, "a region without zones")
    return {str(zone.get("ZoneName", "")): str(zone.get("ZoneId", "")) for zone in listed if isinstance(zone, dict)}


def _outpost(
    estate: Estate, scope: Scope, outpost: str, source: Source, deadline: Deadline
) -> tuple[Observed[tuple[Site, ...]], str, Failure | None]:
    outpost_id = outpost.rstrip("/").rsplit("/", 1)[-1]
    countries = estate.once(("outposts", scope), lambda: _countries(estate, scope, deadline))
    if isinstance(countries, tuple):
        operation, failure = countries
        return Unread(failure.reason, source, f"the site of {outpost_id} could not be read"), operation, failure
    country = countries.get(outpost_id, "")
    if not country:
        return Unread(Reason.NOT_TOLD, source, f"no site is listed for {outpost_id}"), "", None
    return Known((Site(scope.region, outpost_id, country),), source), "", None


def _countries(estate: Estate, scope: Scope, deadline: Deadline) -> dict[str, str] | tuple[str, Failure]:
    lists: dict[str, list[dict[str, Any]]] = {}
    for operation, items in (("ListOutposts", "Outposts"), ("ListSites", "Sites")):
        tokens = paginator_of(estate, "outposts", operation)
        for answer in pages(estate, "outposts", scope, operation, {}, tokens, deadline):
            if isinstance(answer, Failure):
                return operation, answer
            lists.setdefault(items, []).extend(_dicts(answer, items))
    of_site = {site.get("SiteId"): str(site.get("OperatingAddressCountryCode", "")) for site in lists["Sites"]}
    return {str(each.get("OutpostId", "")): of_site.get(each.get("SiteId"), "") for each in lists["Outposts"]}


def _dicts(answer: Answer, name: str) -> list[dict[str, Any]]:
    listed = answer.data.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
