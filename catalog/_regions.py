"""Reads ``catalog/regions/<provider>.csv`` and finds a region or zone by the word a source used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from catalog._countries import ISO_3166
from catalog._records import Region, RegionKind, row_source
from model.errors import DocumentError
from model.observed import Confidence
from model.reading import Node, read_csv

COLUMNS = (
    "code", "kind", "within", "name", "countries", "unknown_because", "city", "aliases", "partition", "status",
    "confidence", "checked_on", "source",
)  # fmt: skip

_URL = re.compile(r"https://[^\s)]+")
# Availability zones share the country of their region: eu-west-3a, europe-west9-b, fr-par-1, euw3-az1, par-az1, "2".
_ORDINARY_SUFFIX = re.compile(r"-?[0-9a-z]\Z")
_ORDINARY_ID = re.compile(r"[a-z]+[0-9]*-az[0-9]+\Z|[0-9]\Z")
AWAY = frozenset({RegionKind.LOCAL_ZONE, RegionKind.WAVELENGTH_ZONE})


@dataclass(slots=True)
class Regions:
    """The regions of one provider.  ``name`` is the file, as sources and errors call it."""

    name: str
    rows: dict[str, Region] = field(default_factory=dict)
    _exact: dict[str, Region] = field(default_factory=dict)
    _folded: dict[str, set[str]] = field(default_factory=dict)

    def add(self, region: Region) -> str:
        """Keeps ``region``; returns the word that another row already uses, or an empty text."""
        for word in (region.code, *region.aliases):
            if word in self._exact:
                return word
        self.rows[region.code] = region
        for word in (region.code, *region.aliases):
            self._exact[word] = region
            # "spanner:eur7" and "EUR7" are two places: lower case alone must not choose between them.
            for folded in {word.casefold(), word.casefold().rpartition(":")[2]}:
                self._folded.setdefault(folded, set()).add(region.code)
        if region.name:
            self._folded.setdefault(region.name.casefold(), set()).add(region.code)
        return ""

    def find(self, word: str) -> Region | None:
        """The row of a code, alias or official name; letter case is ignored where that leaves one candidate."""
        if word in self._exact:
            return self._exact[word]
        codes = self._folded.get(word.casefold(), set())
        return self.rows[next(iter(codes))] if len(codes) == 1 else None

    def is_ordinary(self, zone: str, region: Region) -> bool:
        """True when ``zone`` is an availability zone inside ``region``, by the form of its name."""
        if _ORDINARY_ID.match(zone):
            return True
        for word in (region.code, *region.aliases):
            if zone.casefold().startswith(word.casefold()) and _ORDINARY_SUFFIX.match(zone[len(word) :].casefold()):
                return True
        return False


def read_regions(path: Path, name: str) -> Regions:
    """The region table of a provider.

    Raises DocumentError, naming file, line and column, for a code used twice, an unknown country, a
    row without country or reason, or rows that are not sorted by code.
    """
    found = Regions(name)
    previous = ""
    for line, row in read_csv(path, COLUMNS, name):
        nodes = {column: Node(name, line, column, value, quoted=True) for column, value in row.items()}
        region = _region(name, nodes)
        if region.code <= previous:
            raise nodes["code"].fail(f"rows are sorted by code; {region.code!r} must come before {previous!r}")
        previous = region.code
        taken = found.add(region)
        if taken:
            raise nodes["code"].fail(f"{taken!r} already names another row; a code or alias has one meaning")
    for region in found.rows.values():
        parent = found.rows.get(region.within)
        if region.within and (parent is None or parent.kind is not RegionKind.REGION):
            raise DocumentError(name, None, region.code, f"lies within {region.within!r}, which is no region here")
    return found


def _region(name: str, nodes: dict[str, Node]) -> Region:
    code = nodes["code"].text()
    if not code:
        raise nodes["code"].fail("a row needs a code")
    countries = _words(nodes["countries"])
    for country in countries:
        if country not in ISO_3166:
            raise nodes["countries"].fail(f"{country!r} is no ISO 3166 country code")
    reason = nodes["unknown_because"].text()
    if bool(countries) == bool(reason):
        raise nodes["unknown_because"].fail("a row has either countries or the reason why they are not known")
    kind = nodes["kind"].choice(RegionKind)
    if (kind in AWAY) != bool(nodes["within"].text()):
        raise nodes["within"].fail("a zone, and only a zone, names the region it lies within")
    origin = nodes["source"].text()
    if not origin:
        raise nodes["source"].fail("a row needs a source")
    url = _URL.search(origin)
    source = row_source(
        f"{name} {code}: {origin}",
        nodes["checked_on"].date(),
        nodes["confidence"].choice(Confidence),
        url[0] if url else "",
    )
    return Region(
        code=code,
        kind=kind,
        within=nodes["within"].text(),
        name=nodes["name"].text(),
        countries=countries,
        unknown_because=reason,
        city=nodes["city"].text(),
        aliases=_words(nodes["aliases"]),
        partition=nodes["partition"].text(),
        status=nodes["status"].text(),
        source=source,
    )


def _words(node: Node) -> tuple[str, ...]:
    return tuple(word for word in node.text().split(";") if word)
