"""Where data rest: targets, stores, copies, and what could not be seen of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from model.datasets import Dataset, Derogation, Flow
from model.health import Signal
from model.observed import Grade, Observed, Reason
from model.resolution import Resolution

Setting: TypeAlias = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a scan begins.  Equal targets hash equal; a setting never holds a secret.

    ``settings`` are (key, value) pairs sorted by key, as the configuration gives them.
    """

    scanner: str
    name: str
    settings: tuple[tuple[str, Setting], ...] = ()

    def setting(self, key: str, default: Setting | None = None) -> Setting | None:
        """The value of ``key``, else ``default``."""
        return dict(self.settings).get(key, default)


class PlaceKind(StrEnum):
    """What a place is to the data: the original, or what kind of copy."""

    PRIMARY = "primary"
    BACKUP = "backup"
    REPLICA = "replica"
    SNAPSHOT = "snapshot"
    EXPORT = "export"
    EXTRACT = "extract"
    LOG = "log"
    CACHE = "cache"
    METADATA = "metadata"
    TRANSFER_TOOL = "transfer_tool"
    KEY = "key"


class Custody(StrEnum):
    """Who can use the key that protects a store (EDPB Recommendations 01/2020, use cases 1 to 7)."""

    PROVIDER = "provider"
    CUSTOMER_IN_PROVIDER = "customer_in_provider"
    CUSTOMER_EXTERNAL = "customer_external"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Key:
    """The key that protects a store.

    ``location`` is the provider's region code of the key, empty when the source does not tell;
    ``account`` the account that holds it, ``countries`` only what the source itself names.
    """

    custody: Custody
    id: str = ""
    location: str = ""
    account: str = ""
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One place as its provider names it: codes, not countries.

    ``country`` (ISO 3166 alpha-2) is filled only when the source itself states it (a register, the
    postal address of an Outposts site); the catalog derives it otherwise.
    """

    region: str = ""
    zone: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a dataset could move to: a provider of the catalog, with the service and site when they are known.

    ``word`` is what was asked, ``name`` what people call it.  ``sites`` are all those it may be spread over, empty
    when not known.  ``model_known`` tells that the catalog knows by what arrangement this provider hosts.
    """

    word: str
    name: str
    provider: str
    service_id: str = ""
    sites: tuple[Site, ...] = ()
    model_known: bool = True


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """A company named in a register because the catalog does not hold its provider."""

    name: str
    seat: str = ""


@dataclass(frozen=True, slots=True)
class Store:
    """Something that can hold data.  All but its identity are observations.

    ``id`` is the provider's own stable identifier (ARN, ARM id, full resource name) or, for a
    declared place, ``register:<dataset>/<place>``.  ``kind`` is written in the vocabulary of the
    provider.  ``seen`` is false when only the end of a copy is known.  ``sites`` is
    several when the provider spreads the data.  ``holds_health`` is known when the kind itself
    proves it (a DICOM store) or when the ``signals`` together amount to it; these are ``None`` when nobody looked.
    ``checked_on`` is the UTC day on which the location was last ascertained: the day of the call, or the day a
    register states.  ``resolution`` is what DNS said, for a store that DNS alone shows: from it the catalog tells the
    provider, again whenever its data change.
    """

    id: str
    kind: str
    name: str
    scanner: str
    target: str
    account: str
    role: PlaceKind
    seen: bool
    provider: Observed[str]
    service: Observed[str]
    service_id: Observed[str]
    sites: Observed[tuple[Site, ...]]
    key: Observed[Key]
    public: Observed[bool]
    shared_with: Observed[tuple[str, ...]]
    size_bytes: Observed[int]
    created_at: Observed[datetime]
    tags: Observed[tuple[tuple[str, str], ...]]
    entity: Observed[NamedEntity]
    holds_health: Observed[bool]
    checked_on: Observed[date]
    signals: tuple[Signal, ...] | None = None
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """Data of store ``of`` also rest in store ``at``, which nobody may have scanned.

    ``of`` and ``at`` are store ids.  ``answer`` holds the call that told it.
    """

    of: str
    at: str
    kind: PlaceKind
    answer: Observed[bool]


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be seen, as a value: it reaches every report and never a log alone.

    ``scope`` says in words what is missing.  ``store`` is the id of the one store it concerns, or
    empty when a whole listing is missing, in which case anything of ``target`` may be hidden.
    ``permission`` is the right that would lift a refusal; ``who_can_grant`` who holds it.
    """

    scanner: str
    target: str
    account: str
    region: str
    scope: str
    operation: str
    reason: Reason
    seen_at: datetime
    permission: str = ""
    who_can_grant: str = ""
    detail: str = ""
    store: str = ""

    @property
    def id(self) -> str:
        """Stable from run to run: the same hole has the same name."""
        parts = (self.scanner, self.target, self.account, self.region, self.scope, self.operation, self.store)
        return "G-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Observations:
    """All that one step of a scan learned.  The order is the order of reading."""

    stores: tuple[Store, ...] = ()
    copies: tuple[Copy, ...] = ()
    gaps: tuple[Gap, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    flows: tuple[Flow, ...] = ()
    derogations: tuple[Derogation, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """Everything of a store that a rule may depend on, and nothing else.

    Stores with equal facts are judged once.  An empty string, an empty tuple in
    ``sites`` or ``None`` in ``key`` means *not known*; these are grouping keys, the reasons stay
    with the stores.  ``grade`` is that of the source of ``sites``, ``checked_on`` an ISO date or empty.
    ``touched`` tells that a gap concerns one of these stores by name; ``identifying`` are the columns seen there that
    single people out.
    """

    scanner: str
    target: str
    grade: Grade
    checked_on: str
    role: PlaceKind
    seen: bool
    provider: str
    service: str
    service_id: str
    sites: tuple[Site, ...]
    key: Key | None
    entity: NamedEntity | None
    holds_health: bool | None
    touched: bool
    datasets: tuple[str, ...]
    identifying: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """A snapshot grouped for judgement.

    ``facts`` are distinct and sorted; a store refers to one by its index.  ``stores_per_facts`` is
    parallel to it.  ``gaps_of_dataset`` holds, per dataset id, the ids of the gaps that may hide
    one of its places; the key ``""`` stands for the stores tied to no dataset.
    """

    facts: tuple[StoreFacts, ...]
    stores_per_facts: tuple[int, ...]
    datasets: tuple[Dataset, ...]
    unattached: Dataset
    gaps: tuple[Gap, ...]
    flows: tuple[Flow, ...]
    derogations: tuple[Derogation, ...]
    gaps_of_dataset: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
