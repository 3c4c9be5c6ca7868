"""From the words by which Google names a place to the codes of regions; never to a country.

Sources: "Bucket locations", "Instance configurations" (Spanner), "App Engine locations", "Cloud SQL backups".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from model.places import Site

NEAREST, ELSEWHERE = "nearest", "elsewhere"
"""What a row says where Google takes the multi-region nearest to the resource, and where the place is not Google's."""

_CODE = re.compile(r"[\w.:+-]{1,100}\Z")
_ORDINARY_ZONE = re.compile(r"([a-z]+(?:-[a-z]+)*-[a-z]+[0-9]+)-[a-z]\Z")
_SPANNER = "spanner.googleapis.com"
_STORAGE = "storage.googleapis.com"
# "Two locations, which are called europe-west and us-central in App Engine commands": App Engine locations.
_APP_ENGINE = {"europe-west": "europe-west1", "us-central": "us-central1"}
_CONTINENTS = {"europe": "eu", "us": "us", "northamerica": "us", "asia": "asia"}


def site_of(word: str, service: str) -> Site | None:
    """The site that ``word`` names for ``service``: a code, a path or a link; ``None`` when it names none.

    An ordinary zone gives its region.  Spanner names a configuration, not a region, and spells places like Cloud
    Storage does where it means others: its codes begin with ``spanner:``.
    """
    code = word.strip().rstrip("/").rsplit("/", 1)[-1]
    if not _CODE.match(code):
        return None
    if service == _SPANNER:
        region = code.removeprefix("regional-")
        plain = region != code or re.fullmatch(r"[a-z]+-[a-z]+[0-9]+", code)
        return Site(region if plain else f"spanner:{code}")
    if service == _STORAGE:
        return Site(code.upper() if "-" not in code else code.lower())
    if service == "appengine.googleapis.com":
        return Site(_APP_ENGINE.get(code, code))
    zone = _ORDINARY_ZONE.match(code.lower())
    return Site(zone[1] if zone else code)


def sites_of(words: Iterable[str], service: str, own: str) -> tuple[Site, ...]:
    """The sites that ``words`` name, each once, in order; ``own`` is where the resource itself is.

    Empty as soon as one of them cannot be told: half of the places would pass for all.
    """
    found: dict[Site, None] = {}
    for word in words:
        site = None if word == ELSEWHERE else nearest(own) if word == NEAREST else site_of(word, service)
        if site is None:
            return ()
        found[site] = None
    return tuple(found)


def nearest(region: str) -> Site | None:
    """The multi-region nearest to ``region``: there is one in Europe, one in the United States, one in Asia."""
    continent = region.lower().partition("-")[0]
    multi = _CONTINENTS.get(continent) or (continent if continent in _CONTINENTS.values() else "")
    return Site(multi) if multi else None
