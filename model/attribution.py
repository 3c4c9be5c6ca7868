"""Who stands behind what DNS said: each record on its own, then the whole, or why it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from model.assessment import JudgedPlace, Words
from model.datasets import Controller, ControllerKind, undeclared
from model.observed import Grade, Source
from model.places import Inventory, PlaceKind, Site, StoreFacts
from model.resolution import About, QueryKind, Record, Resolution


class Role(StrEnum):
    """What the service at the other end does with data."""

    HOSTING = "hosting"
    """It serves content from its own machines."""

    STORAGE = "storage"
    """It keeps the content: a bucket, a database, a file share."""

    CDN = "cdn"
    """It relays and caches; where the content rests cannot be seen from outside."""

    WAF = "waf"
    """It filters and relays; the same holds."""

    MAIL_HOSTING = "mail-hosting"
    """It keeps mailboxes."""

    MAIL_GATEWAY = "mail-gateway"
    """It sees mail on its way and keeps no mailbox."""

    MAIL_SENDER = "mail-sender"
    """It sends mail in the name of the domain."""

    DNS = "dns"
    """It answers for names; this proves nothing on content."""

    VALIDATION = "validation"
    """A mark by which somebody proved a domain."""

    UNKNOWN = "unknown"


CONTENT = frozenset({Role.HOSTING, Role.STORAGE})
"""The roles of those who hold what a name shows."""

KEEPERS = CONTENT | {Role.MAIL_HOSTING}
"""The roles of those who keep anything at all."""

RELAYS = frozenset({Role.CDN, Role.WAF})
"""The roles of those who stand in front and hide it."""


@dataclass(frozen=True, slots=True)
class Clue:
    """One reason to name a provider, or a network that the catalog does not know (``provider`` is then empty).

    ``provider`` is an id of the catalog, ``region`` its code there (empty when not told).  ``countries`` are where
    the provider says that the addresses stand; ``allocated`` the country a registry gives for the block, a fact on
    its holder and not on disks.  ``asn`` is 0 when no network announces the address.  ``by_name`` tells that a name
    says so, rather than an address; ``front_door`` that neither the name nor its addresses tell where content is kept.
    """

    provider: str
    role: Role
    source: Source
    service: str = ""
    region: str = ""
    countries: tuple[str, ...] = ()
    allocated: str = ""
    asn: int = 0
    by_name: bool = False
    front_door: bool = False


@dataclass(frozen=True, slots=True)
class Attributed:
    """One record, and what it proves by itself.

    ``clue`` is ``None`` when it proves nothing.  ``answer`` is the DNS answer it comes from; ``None`` for the name
    asked for, which nobody had to answer.
    """

    record: Record
    about: About
    clue: Clue | None
    answer: Source | None = None

    @property
    def role(self) -> Role:
        """What the other end does; who answers for a zone does nothing else there, whoever it is."""
        if self.about is About.DELEGATION:
            return Role.DNS
        if self.about is About.VALIDATION:
            return Role.VALIDATION
        return self.clue.role if self.clue else Role.UNKNOWN


@dataclass(frozen=True, slots=True)
class Attribution:
    """All the records of a query, and where its content is hosted as far as they go.

    ``provider`` is empty when the evidence does not tell, and ``unknown_because`` then says why; ``place_unknown``
    says why no place is told.  ``sites`` are where the provider says that the content stands, ``countries`` the
    countries of these; both are empty when it does not say, and only then may ``allocated`` hold the country of
    allocation, which is a fact on a registration.  ``evidence`` is what the whole rests on, in the order of reading.
    """

    query: str
    kind: QueryKind
    name: str
    records: tuple[Attributed, ...] = ()
    provider: str = ""
    service: str = ""
    region: str = ""
    sites: tuple[Site, ...] = ()
    countries: tuple[str, ...] = ()
    allocated: str = ""
    asn: int = 0
    role: Role = Role.UNKNOWN
    machines: str = ""
    evidence: tuple[Source, ...] = ()
    unknown_because: Words | None = None
    place_unknown: Words | None = None


@dataclass(frozen=True, slots=True)
class LookUp:
    """The whole answer to one query: what DNS said, who is behind it, and what law reaches that place.

    ``places`` are the place of ``provider``, then that of ``machines`` when it is another one; none when no provider
    is told.
    """

    resolution: Resolution
    attribution: Attribution
    places: tuple[JudgedPlace, ...] = ()


def place_facts(attribution: Attribution, on: date) -> tuple[StoreFacts, ...]:
    """The place of the content as any other place is judged, seen on the day ``on``; none when no provider is told.

    A second place stands for the provider on whose machines the first one works.  What only relays is a cache.
    """
    role = PlaceKind.CACHE if attribution.role in RELAYS else PlaceKind.PRIMARY
    countries = tuple(Site(country=country) for country in attribution.countries)
    sited = ((attribution.provider, attribution.sites), (attribution.machines, countries))
    return tuple(
        StoreFacts(
            scanner="dns",
            target="whois",
            grade=Grade.DNS,
            checked_on=on.isoformat(),
            role=role,
            seen=True,
            provider=provider,
            # A name tells a product, in the words of its pattern; what a scheme covers is another list.
            service="",
            service_id="",
            sites=sites,
            key=None,
            entity=None,
            holds_health=None,
            touched=False,
            datasets=(),
        )
        for provider, sites in sited
        if provider
    )


def inventory_of(facts: Sequence[StoreFacts], source: Source) -> Inventory:
    """These places tied to no dataset and no organisation."""
    nobody = Controller("", ControllerKind.UNKNOWN)
    return Inventory(tuple(facts), (1,) * len(facts), (), undeclared("", "", nobody, source), (), (), ())
