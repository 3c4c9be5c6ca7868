"""An inventory and a day in, one case per dataset out: every place with who, where, under which qualification."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from catalog._chain import named_operator, operators_at
from catalog._match import Use, match, unmatched
from catalog._places import Countries, Spot, key_countries, spots_of
from catalog._records import Provider, Scheme, midnight
from catalog._regions import Regions
from model.assessment import Case, Place
from model.datasets import Controller, ControllerKind, Dataset, HostingModel
from model.observed import Absent, Grade, Known, Observed, Reason, Source, Unread
from model.parties import LegalEntity, Operator, OperatorRole, Qualification, QualificationStatus
from model.places import Custody, Inventory, Key, NamedEntity, Site, StoreFacts

OWN = "own"
UNKNOWN = "unknown"

# Legal persons of French public law by the very definition of their kind: the seat is in France.
_FRENCH = frozenset({
    ControllerKind.STATE_ADMIN, ControllerKind.STATE_OPERATOR, ControllerKind.GIP_LISTED, ControllerKind.GIP_OTHER,
    ControllerKind.HDH, ControllerKind.SOCIAL_SECURITY, ControllerKind.PUBLIC_HOSPITAL, ControllerKind.LOCAL_AUTHORITY,
})  # fmt: skip
# Among them, those that have neither shares nor members: nobody can stand above them.
_WITHOUT_HOLDERS = frozenset({
    ControllerKind.STATE_ADMIN, ControllerKind.SOCIAL_SECURITY, ControllerKind.PUBLIC_HOSPITAL,
    ControllerKind.LOCAL_AUTHORITY,
})  # fmt: skip


class Data(Protocol):
    """What a resolution reads of the catalog."""

    def find_provider(self, id: str) -> Provider | None: ...

    def find_regions(self, provider: str) -> Regions | None: ...

    @cached_property
    def schemes(self) -> tuple[Scheme, ...]: ...


_SHARED = (
    "checked_on", "hosting_model", "holds_health", "key", "key_countries", "locations", "operators", "provider",
    "service",
)  # fmt: skip


class Resolver:
    """Resolves the facts of one inventory at one day; equal questions are answered once.

    Equal answers of two places are one object, by which rules see cheaply that they are equal.
    """

    def __init__(self, data: Data, on: date) -> None:
        self._data = data
        self._on = on
        self._operators: dict[tuple[str, tuple[str, ...]], Observed[tuple[Operator, ...]]] = {}
        self._qualifications: dict[Use, tuple[Qualification, ...]] = {}
        self._spots: dict[tuple[str, tuple[Site, ...], Source], tuple[Spot, ...]] = {}
        self._shared: dict[tuple[str, Hashable], Any] = {}

    def cases(self, inventory: Inventory) -> tuple[Case, ...]:
        """One case per dataset in the order of the inventory, then the unattached one if it has places."""
        by_dataset: dict[str, list[Place]] = {dataset.id: [] for dataset in inventory.datasets}
        datasets = {dataset.id: dataset for dataset in inventory.datasets}
        unattached: list[Place] = []
        for index, facts in enumerate(inventory.facts):
            stores = inventory.stores_per_facts[index]
            holders = [datasets[id] for id in facts.datasets if id in datasets]
            for dataset in holders:
                by_dataset[dataset.id].append(self._place(index, stores, facts, dataset))
            if not holders:
                unattached.append(self._place(index, stores, facts, inventory.unattached))
        cases = [
            self._case(inventory, dataset, dataset.id, tuple(by_dataset[dataset.id])) for dataset in inventory.datasets
        ]
        if unattached:
            cases.append(self._case(inventory, inventory.unattached, "", tuple(unattached)))
        return tuple(cases)

    def _case(self, inventory: Inventory, dataset: Dataset, id: str, places: tuple[Place, ...]) -> Case:
        gaps = inventory.gaps_of_dataset.get(id, ())
        return Case(dataset, places, gaps, tuple(flow for flow in inventory.flows if flow.dataset == id))

    def _place(self, index: int, stores: int, facts: StoreFacts, dataset: Dataset) -> Place:
        stated = _stated(facts, dataset)
        provider = self._provider(facts)
        id = provider.id if provider else facts.provider
        regions = self._data.find_regions(id) if id else None
        spots = self._spots_of(facts.sites or (Site(),), regions, id, stated)
        operators = self._operators_of(facts, provider, spots, regions, dataset, stated)
        qualifications = self._qualifications_of(facts, provider, id, spots)
        key: Observed[Key] = Known(facts.key, stated) if facts.key else _unread(stated, "key not known")
        place = Place(
            facts_id=index,
            stores=stores,
            scanner=facts.scanner,
            target=facts.target,
            role=facts.role,
            seen=facts.seen,
            grade=facts.grade,
            checked_on=_checked_on(facts, stated),
            provider=Known(id, stated) if id and id != UNKNOWN else _unread(stated, _no_provider(facts.provider)),
            service=Known(facts.service, stated) if facts.service else _unread(stated, "service in use not known"),
            hosting_model=self._hosting_model(facts, provider, stated),
            locations=tuple(spot.location for spot in spots),
            operators=operators,
            qualifications=qualifications,
            key=key,
            key_countries=self._key_countries(facts.key, regions, id, stated),
            holds_health=_unread(stated, "content not known")
            if facts.holds_health is None
            else Known(facts.holds_health, stated),
            touched=facts.touched,
            identifying=facts.identifying,
            sources=_sources(stated, provider, spots, qualifications),
        )
        return replace(place, **{name: self._same(name, getattr(place, name)) for name in _SHARED})

    def _same(self, name: str, answer: Any) -> Any:
        """The first answer equal to this one, under the same name: a text equals a word of a vocabulary."""
        return self._shared.setdefault((name, answer), answer)

    def _spots_of(self, sites: tuple[Site, ...], regions: Regions | None, id: str, stated: Source) -> tuple[Spot, ...]:
        asked = (id, sites, stated)
        if asked not in self._spots:
            self._spots[asked] = tuple(spot for site in sites for spot in spots_of(site, regions, id, stated))
        return self._spots[asked]

    def _provider(self, facts: StoreFacts) -> Provider | None:
        """The provider of the catalog, after the regions that another of its names operates."""
        if facts.provider in ("", OWN, UNKNOWN):
            return None
        provider = self._data.find_provider(facts.provider)
        if provider is None:
            return None
        targets = {provider.redirects.get(site.region, provider.id) for site in facts.sites}
        if len(targets) == 1:
            return self._data.find_provider(targets.pop()) or provider
        return provider

    def _operators_of(
        self,
        facts: StoreFacts,
        provider: Provider | None,
        spots: tuple[Spot, ...],
        regions: Regions | None,
        dataset: Dataset,
        stated: Source,
    ) -> Observed[tuple[Operator, ...]]:
        if facts.provider == OWN:
            return Known((_controller(dataset.controller, facts.entity, stated),), stated)
        if provider is None:
            if facts.entity is not None:
                return Known((named_operator(_entity(facts.entity, stated)),), stated)
            return _unread(stated, _no_provider(facts.provider))
        stranger = next((spot for spot in spots if not spot.known and spot.region), None)
        if stranger is not None and regions is not None and any(one.regions for one in provider.assignments):
            detail = f"region {stranger.region!r} of {provider.id} not in the catalog: its operator may be another"
            return Unread(Reason.NOT_TOLD, provider.source, detail)
        codes = tuple(sorted({spot.region for spot in spots}))
        answer = self._operators.get((provider.id, codes))
        if answer is None:
            answer = operators_at(provider, codes, self._on, self._data.find_provider)
            self._operators[provider.id, codes] = answer
        if facts.entity is None or not isinstance(answer, Known):
            return answer
        names = {operator.entity.name.casefold() for operator in answer.value}
        if facts.entity.name.casefold() in names:
            return answer
        return Known((*answer.value, named_operator(_entity(facts.entity, stated))), answer.source)

    def _qualifications_of(
        self, facts: StoreFacts, provider: Provider | None, id: str, spots: tuple[Spot, ...]
    ) -> tuple[Qualification, ...]:
        use = Use(id, facts.service, facts.service_id, spots)
        found = self._qualifications.get(use)
        if found is None:
            found = tuple(self._matched(scheme, use, facts, provider) for scheme in self._data.schemes)
            self._qualifications[use] = found
        return found

    def _matched(self, scheme: Scheme, use: Use, facts: StoreFacts, provider: Provider | None) -> Qualification:
        if facts.provider == OWN and not use.service_id:
            fr = f"Hébergement par l’organisme lui-même : aucun service {scheme.name} n’est en cause."
            en = f"Hosted by the organisation itself: no {scheme.name} service is involved."
            return unmatched(scheme, QualificationStatus.NONE, fr, en, self._on)
        if use.service_id and not any(row.id == use.service_id for one in self._data.schemes for row in one.rows):
            fr = f"Le service « {use.service_id} » n’est pas au catalogue."
            en = f"Service “{use.service_id}” is not in the catalog."
            return unmatched(scheme, QualificationStatus.UNKNOWN, fr, en, self._on)
        if provider is None and not use.service_id:
            fr = f"Fournisseur inconnu ou absent du catalogue (« {facts.provider or '?'} »)."
            en = f"Provider not known or not in the catalog (“{facts.provider or '?'}”)."
            return unmatched(scheme, QualificationStatus.UNKNOWN, fr, en, self._on)
        return match(scheme, use, self._on)

    def _hosting_model(self, facts: StoreFacts, provider: Provider | None, stated: Source) -> Observed[HostingModel]:
        if facts.provider == OWN:
            return Known(HostingModel.ON_PREMISES_OWN, stated)
        if provider is None:
            return _unread(stated, _no_provider(facts.provider))
        if provider.hosting_model is None:
            return _unread(provider.source, f"kind of hosting by {provider.name} not known")
        return Known(provider.hosting_model, provider.source)

    def _key_countries(self, key: Key | None, regions: Regions | None, provider: str, stated: Source) -> Countries:
        if key is None:
            return _unread(stated, "key not known")
        if key.custody is Custody.NONE:
            return Absent(stated)
        # A key kept outside the provider does not lie in one of its regions.
        location = "" if key.custody is Custody.CUSTOMER_EXTERNAL else key.location
        return key_countries(location, key.countries, regions, provider, stated)


def _unread(source: Source, detail: str) -> Unread:
    return Unread(Reason.NOT_TOLD, source, detail)


def _no_provider(word: str) -> str:
    return f"provider {word!r} not in the catalog" if word not in ("", OWN, UNKNOWN) else "provider not known"


def _stated(facts: StoreFacts, dataset: Dataset) -> Source:
    """The source of what the facts themselves say.

    Grouped facts keep the grade and the day of their sources; where no day is told it is that of
    the reading of the register.
    """
    read_at = dataset.health.source.read_at
    if facts.checked_on:
        read_at = midnight(date.fromisoformat(facts.checked_on))
    return Source(f"{facts.scanner}: {facts.target}", read_at, facts.grade)


def _checked_on(facts: StoreFacts, stated: Source) -> Observed[date]:
    if facts.checked_on:
        return Known(date.fromisoformat(facts.checked_on), stated)
    return _unread(stated, "day of the last check not known")


def _entity(named: NamedEntity, stated: Source) -> LegalEntity:
    seat: Observed[str] = Known(named.seat, stated) if named.seat else _unread(stated, f"seat of {named.name} not told")
    return LegalEntity(f"named:{named.name}", named.name, seat, (), (stated,))


def _controller(controller: Controller, named: NamedEntity | None, stated: Source) -> Operator:
    """The organisation itself, as operator of what it hosts on its own premises."""
    if named is not None:
        entity = _entity(named, stated)
    else:
        source = Source(f"controller kind: {controller.kind}", stated.read_at, Grade.DECLARED)
        seat: Observed[str] = _unread(source, f"seat of {controller.name} not told")
        if controller.kind in _FRENCH:
            seat = Known("FR", source)
        entity = LegalEntity(f"controller:{controller.name}", controller.name, seat, (), (source,))
    complete = named is None and controller.kind in _WITHOUT_HOLDERS
    return Operator(entity, OperatorRole.OPERATING, (entity,), (), complete)


def _sources(
    stated: Source, provider: Provider | None, spots: Iterable[Spot], qualifications: Iterable[Qualification]
) -> tuple[Source, ...]:
    found = [stated, *(spot.source for spot in spots)]
    if provider is not None:
        found.append(provider.source)
    found.extend(qualification.source for qualification in qualifications)
    return tuple(dict.fromkeys(found))
