"""What is known of an address: who publishes its range, who announces it, to which country it was allocated."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

from catalog._countries import ISO_3166
from catalog._read import optional_text
from catalog._records import row_source
from catalog._tables import BITS, Entry, Part, Tables
from model.assessment import Words
from model.attribution import Role
from model.errors import DocumentError
from model.observed import Confidence, Source
from model.reading import Node, read_csv

_OCTETS = {str(number): number for number in range(256)}
_DIGITS_OF_SIX, _MAPPED = 32, 0xFFFF
_COLUMNS = ("asn", "provider", "kind", "role", "holder", "country", "confidence", "checked_on", "source")


@dataclass(frozen=True, slots=True)
class Found:
    """The answers for one address: empty, 0 and ``None`` where nobody says anything.

    ``allocated`` is the country of the registry's record.
    """

    entry: Entry | None
    asn: int
    allocated: str


@dataclass(frozen=True, slots=True)
class Network:
    """One row of ``catalog/addresses/networks.csv``: who announces addresses under an AS number, and what for.

    ``role`` is unknown for a network that only carries its customers' traffic or houses their machines.
    """

    asn: int
    provider: str
    kind: str
    role: Role
    holder: str
    country: str
    source: Source


class Addresses:
    """Looks addresses up in one set of tables; what was not asked for is not loaded."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._answers: dict[int, list[Found | None]] = {}

    @property
    def parts(self) -> Mapping[str, Part]:
        """Where each part of the tables comes from, and from which day it is."""
        return self._tables.parts

    @property
    def publishers(self) -> frozenset[str]:
        """The providers that publish the ranges of all their machines (a geofeed may leave some out)."""
        return frozenset(one.provider for one in self._tables.entries if not one.part.startswith("geofeed-"))

    def holder(self, asn: int) -> str:
        """Who holds an AS number, as the registries name it; empty when they do not."""
        return self._tables.holder(asn)

    def prepare(self) -> None:
        """Unpacks the table of IPv4, which nearly every query needs."""
        self._tables.table(4)

    def find(self, text: str) -> Found:
        """The answers for one address.  Raises ValueError for a text that is none."""
        address = parsed(text)
        rows = self._tables.table(address.version).rows
        return self._answer(address.version, rows.values[rows.index(int(address))])

    def find_all(self, texts: Iterable[str]) -> Iterator[Found]:
        """The answers for many addresses, in their order: half a million IPv4 ones a second.

        Raises ValueError for a text that is no address.
        """
        rows = self._tables.table(4).rows
        starts, values, octets, answers = rows.highs, rows.values, _OCTETS, self._of_version(4)
        for text in texts:
            try:
                a, b, c, d = text.split(".")
                key = octets[a] << 24 | octets[b] << 16 | octets[c] << 8 | octets[d]
            except (KeyError, ValueError):
                yield self._other(text)
                continue
            number = values[bisect_right(starts, key) - 1]
            yield answers[number] or self._answer(4, number)

    def _other(self, text: str) -> Found:
        """The answers for an address that is not four plain numbers."""
        try:
            key = _key_of_six(text)
        except ValueError:
            return self.find(text)
        rows = self._tables.table(6).rows
        number = rows.values[rows.index(key)]
        return self._of_version(6)[number] or self._answer(6, number)

    def _of_version(self, version: int) -> list[Found | None]:
        if version not in self._answers:
            self._answers[version] = [None] * len(self._tables.table(version).networks)
        return self._answers[version]

    def _answer(self, version: int, number: int) -> Found:
        """One value for equal answers, made when first met."""
        answers = self._of_version(version)
        found = answers[number]
        if found is None:
            table = self._tables.table(version)
            entry, country = table.ranges[number], table.countries[number]
            found = answers[number] = Found(
                self._tables.entries[entry - 1] if entry else None,
                table.networks[number],
                self._tables.countries[country - 1] if country else "",
            )
        return found

    def prefix(self, text: str) -> str:
        """The most precise published range around an address; empty when there is none."""
        address = parsed(text)
        rows = self._tables.table(address.version).rows
        length = rows.lengths[rows.index(int(address))]
        return str(ip_network((int(address), length), strict=False)) if length else ""


def _key_of_six(text: str) -> int:
    """The number of an IPv6 address, five times faster than through its class.

    Raises ValueError for what is none, and for an IPv4 address inside one.
    """
    head, gap, tail = text.partition("::")
    first, last = head.split(":") if head else [], tail.split(":") if tail else []
    missing = 8 - len(first) - len(last)
    groups = [*first, *["0"] * missing, *last]
    digits = "".join([group.zfill(4) for group in groups])
    if (missing < 1 if gap else missing) or len(digits) != _DIGITS_OF_SIX or "" in groups:
        raise ValueError(text)
    key = int.from_bytes(bytes.fromhex(digits), "big")
    if key >> 32 == _MAPPED:
        raise ValueError(text)
    return key


def parsed(text: str) -> IPv4Address | IPv6Address:
    """The address written ``text``; an IPv4 address inside an IPv6 one is the IPv4 address.

    Raises ValueError for a text that is none.
    """
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def special(text: str) -> Words | None:
    """What a reserved address is for (private, documentation...); ``None`` for an address of somebody's."""
    address = parsed(text)
    key, bits = int(address), BITS[address.version]
    found = [words for version, first, length, words in _special() if version == address.version
             and key >> (bits - length) == first >> (bits - length)]  # fmt: skip
    return found[-1] if found else None


@cache
def _special() -> tuple[tuple[int, int, int, Words], ...]:
    """Version, first address, prefix length and words of each reserved range, the most precise last."""
    name = "catalog/addresses/special.csv"
    path = Path(__file__).parent / "addresses" / "special.csv"
    rows = []
    for line, row in read_csv(path, ("prefix", "fr", "en", "source"), name):
        try:
            net = ip_network(row["prefix"])
        except ValueError as error:
            raise DocumentError(name, line, "prefix", f"{error}") from error
        words = Words(f"{row['fr']} ({row['source']})", f"{row['en']} ({row['source']})")
        rows.append((net.version, int(net.network_address), net.prefixlen, words))
    return tuple(sorted(rows, key=lambda row: row[:3]))


def read_networks(path: Path, name: str) -> dict[int, Network]:
    """The networks by AS number.  Raises DocumentError for a number given twice or a word that is not known."""
    found: dict[int, Network] = {}
    for line, row in read_csv(path, _COLUMNS, name):
        nodes = {column: Node(name, line, column, value, quoted=column != "asn") for column, value in row.items()}
        asn = nodes["asn"].integer()
        if asn in found:
            raise nodes["asn"].fail(f"AS{asn} is described twice; keep one")
        country = optional_text(nodes["country"])
        if country and country not in ISO_3166:
            raise nodes["country"].fail(f"{country!r} is no ISO 3166 country code")
        source = row_source(
            f"{name} AS{asn} {row['holder']}: {row['source']}",
            nodes["checked_on"].date(),
            nodes["confidence"].choice(Confidence),
        )
        role = nodes["role"].choice(Role)
        found[asn] = Network(asn, nodes["provider"].text(), row["kind"], role, row["holder"], country, source)
    return found


def stale(parts: Iterable[Part], on: date) -> tuple[Part, ...]:
    """The parts that are past their limit on the day ``on``."""
    return tuple(part for part in parts if (on - part.published_on).days > part.limit_days)
