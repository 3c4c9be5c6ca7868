"""What attribution reads of the catalog, each part when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from catalog._addresses import Addresses, Network, read_networks
from catalog._attribution import Attributor
from catalog._clues import Clues
from catalog._files import Files
from catalog._known_by_name import read_families
from catalog._names import Names, read_names
from catalog._records import Provider
from catalog._regions import Regions
from catalog._tables import Tables
from model.attribution import Attribution
from model.resolution import Resolution

_RENTING = frozenset({"saas", "mail"})
"""Kinds of networks whose holders also work on the machines of others."""

_OWN_USE = frozenset({"health", "social", "government"})
_CARRYING = frozenset({"isp", "research", "datacentre"})
"""Who has machines for its own use may be connected or housed by these."""


class Evidence:
    """Names, networks and addresses, with the providers and regions that they refer to."""

    def __init__(
        self,
        files: Files,
        find_provider: Callable[[str], Provider | None],
        find_regions: Callable[[str], Regions | None],
    ) -> None:
        self._files = files
        self.find_provider = find_provider
        self.find_regions = find_regions

    @cached_property
    def names(self) -> Names:
        """The patterns of names."""
        return read_names(self._files.patterns, self._files.names["tokens"])

    @cached_property
    def networks(self) -> Mapping[int, Network]:
        """The networks by AS number."""
        return read_networks(*self._files.networks)

    @cached_property
    def addresses(self) -> Addresses:
        """The address tables."""
        return Addresses(Tables(self._files.tables[0]))

    def prepare(self) -> None:
        """Reads names, networks and the IPv4 table."""
        _ = self.names, self.networks, self._families
        self.addresses.prepare()

    def attribute(self, resolution: Resolution) -> Attribution:
        """See ``Catalog.attribute``."""
        return self._attributor.attribute(resolution)

    @cached_property
    def _attributor(self) -> Attributor:
        return Attributor(Clues(self), self._kin, self._tenant, self.addresses.publishers, self._countries, self._name)

    @cached_property
    def _families(self) -> Mapping[str, str]:
        return read_families(*self._files.names["families"])

    @cached_property
    def _landlords(self) -> frozenset[str]:
        """The providers that have machines and networks of their own, and no others."""
        return frozenset(provider for provider, kinds in self._kinds.items() if kinds - _RENTING)

    @cached_property
    def _kinds(self) -> Mapping[str, set[str]]:
        """What kinds of networks each provider has."""
        found: dict[str, set[str]] = {}
        for one in self.networks.values():
            found.setdefault(one.provider, set()).add(one.kind)
        return found

    def _kin(self, one: str, other: str) -> bool:
        return one == other or self._families.get(one, one) == self._families.get(other, other)

    def _tenant(self, one: str, other: str) -> bool:
        """True when ``one`` has no network of its own, or is one that ``other`` connects, houses or hosts."""
        if one not in self._landlords and one not in self.addresses.publishers:
            return True
        if self._kinds.get(one, frozenset()) & _OWN_USE and self._kinds.get(other, frozenset()) & _CARRYING:
            return True
        known = self.find_provider(one)
        return known is not None and any(self._kin(host.provider, other) for host in known.hosts)

    def _countries(self, provider: str, region: str) -> tuple[str, ...]:
        regions = self.find_regions(provider)
        row = regions.find(region) if regions and region else None
        return row.countries if row else ()

    def _name(self, provider: str) -> str:
        known = self.find_provider(provider)
        return known.name if known else provider
