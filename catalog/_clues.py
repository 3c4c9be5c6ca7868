"""What one record proves by itself: whose name its target is, or who publishes, announces or holds its address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from catalog._addresses import Addresses, Network, parsed
from catalog._names import ANYWHERE, Names
from catalog._records import Provider, row_source
from catalog._regions import Regions
from catalog._tables import Entry
from model.attribution import Clue, Role
from model.observed import Confidence
from model.resolution import Record, RecordType

_BY_ADDRESS = (RecordType.A, RecordType.AAAA)
# What else may explain a target whose own kind of pattern does not: a mail exchanger may be somebody's virtual machine.
_OTHERWISE = {
    RecordType.MX: RecordType.CNAME,
    RecordType.SRV: RecordType.CNAME,
    RecordType.DKIM: RecordType.CNAME,
    RecordType.AUTODISCOVER: RecordType.CNAME,
}
_REMEMBERED = 1 << 16


class Data(Protocol):
    """What clues are read with."""

    @property
    def names(self) -> Names: ...

    @property
    def addresses(self) -> Addresses: ...

    @property
    def networks(self) -> Mapping[int, Network]: ...

    def find_provider(self, id: str) -> Provider | None: ...

    def find_regions(self, provider: str) -> Regions | None: ...


class Clues:
    """Reads clues; equal targets are read once, since thousands of names share a few."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self.of_name = lru_cache(_REMEMBERED)(self._of_name)
        self.of_address = lru_cache(_REMEMBERED)(self._of_address)

    def of_record(self, record: Record) -> Clue | None:
        """What the target of a record tells; ``None`` when nothing."""
        if record.type in _BY_ADDRESS:
            return self.of_address(record.target)
        return self.of_name(record.target, record.type)

    def _of_name(self, name: str, type: RecordType) -> Clue | None:
        """Whose the name is, when it stands in a record of ``type``."""
        found = self._data.names.match(name, type)
        role = None
        if found is None and type in _OTHERWISE:
            # A machine of somebody's: what it does with mail is not told.
            found, role = self._data.names.match(name, _OTHERWISE[type]), Role.UNKNOWN
        if found is None:
            return None
        pattern = found.pattern
        anywhere = found.region == ANYWHERE
        provider, region = self.placed(pattern.provider, "" if anywhere else found.region)
        role = role or (Role.UNKNOWN if type is RecordType.MX and pattern.role is Role.DNS else pattern.role)
        return Clue(provider, role, pattern.source, pattern.service, region, by_name=True, front_door=anywhere)

    def _of_address(self, text: str) -> Clue | None:
        """Who publishes the range of an address, else who announces it, else which stranger does."""
        found = self._data.addresses.find(text)
        network = self._data.networks.get(found.asn)
        if found.entry:
            return self._of_range(text, found.entry, found.asn)
        if not found.asn:
            return None
        part = self._data.addresses.parts[f"networks-v{parsed(text).version}"]
        holder = network.holder if network else self._data.addresses.holder(found.asn)
        what = f"AS{found.asn} ({holder or 'holder not known'}) announces {text}: {part.title}"
        source = row_source(what, part.published_on, Confidence.LIKELY, part.url)
        if network is None:
            return Clue("", Role.UNKNOWN, source, allocated=found.allocated, asn=found.asn)
        return Clue(network.provider, network.role, source, allocated=found.allocated, asn=found.asn)

    def _of_range(self, text: str, entry: Entry, asn: int) -> Clue:
        part = self._data.addresses.parts[entry.part]
        said = ", ".join(word for word in (entry.service, entry.region or entry.country) if word)
        what = f"{part.title}: {self._data.addresses.prefix(text)}{f', {said}' if said else ''}"
        source = row_source(what, part.published_on, Confidence.CERTAIN, part.url)
        provider, region = self.placed(entry.provider, entry.region)
        countries: tuple[str, ...] = (entry.country,) if entry.country and not region else ()
        if countries:
            region, countries = self._only_region(provider, countries[0])
        role = Role(entry.role)
        # A region newer than the catalog is still the provider's own word; its country is then not known.
        region = region or ("" if entry.country else entry.region)
        return Clue(provider, role, source, entry.service, region, countries, asn=asn)

    def placed(self, provider: str, region: str) -> tuple[str, str]:
        """The provider that runs a region, and the catalog's code for it; a region that it does not hold is empty.

        Some regions are run by another entity under the same name: ``eusc-de-east-1`` is not run by ``aws``.
        """
        regions = self._data.find_regions(provider)
        row = regions.find(region) if regions and region else None
        known = self._data.find_provider(provider)
        code = row.code if row else region
        owner = known.redirects.get(code, provider) if known else provider
        if owner != provider:
            regions = self._data.find_regions(owner)
            row = regions.find(region) if regions else None
        return owner, row.code if row else ""

    def _only_region(self, provider: str, country: str) -> tuple[str, tuple[str, ...]]:
        """The one region that a provider has in a country; else no region, and the country alone."""
        regions = self._data.find_regions(provider)
        here = [one for one in regions.rows.values() if one.countries == (country,)] if regions else []
        return (here[0].code, ()) if len(here) == 1 else ("", (country,))
