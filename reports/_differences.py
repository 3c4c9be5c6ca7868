"""What the register declares against what was seen: places that nobody sees, places nobody declares, what differs.

A difference accuses neither side.  A declaration never overwrites an observation, and what was not seen may stand
behind a gap: each difference is information, with the sources of both sides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

from model.assessment import (
    Assessment,
    Cite,
    JudgedDataset,
    JudgedPlace,
    Outcome,
    Place,
    Rule,
    RuleKind,
    Severity,
    Verdict,
    Words,
    countries_of,
)
from model.datasets import Dataset
from model.health import HealthStatus, status
from model.observed import Absent, Known, Observed, Source, known
from model.places import Custody, PlaceKind, Store
from reports._selection import designated
from reports._text import visible
from reports._words import language

_SAMPLE = 5
_LONGEST = 120
_ENDS = 5_000
_LOOKED_AT = 200
_LOOKED_AT_IN_ALL = 5_000
_ORIGINALS = (PlaceKind.PRIMARY, PlaceKind.METADATA, PlaceKind.KEY)
_LOOKING_SO = (HealthStatus.YES, HealthStatus.SUSPECTED)
_UNNAMED = ("", "own", "state_cloud", "unknown")


class DifferenceKind(StrEnum):
    """In what the two sides differ."""

    DECLARED_ONLY = "declared_only"
    OBSERVED_ONLY = "observed_only"
    COUNTRY = "country"
    PROVIDER = "provider"
    HOSTING = "hosting"
    KEY = "key"
    COPIES = "copies"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of one dataset.

    ``declared`` and ``observed`` are codes of the two sides (countries, providers, words of a vocabulary), sorted and
    empty for a side that says nothing.  ``place`` is the kind of place concerned and ``stores`` how many observed
    stores (or declared places), of which ``sample`` names some or ``facts`` are the ids of their facts.  ``name``
    tells it from others of its kind, and ``called`` is what people call it.
    """

    kind: DifferenceKind
    dataset: str
    place: str
    declared: tuple[str, ...]
    observed: tuple[str, ...]
    stores: int
    declared_by: tuple[Source, ...]
    observed_by: tuple[Source, ...]
    sample: tuple[str, ...] = ()
    facts: tuple[int, ...] = ()
    name: str = ""
    called: str = ""

    @property
    def subject(self) -> str:
        """What it is about, stable from run to run: figures that change are no part of it."""
        return f"{self.dataset}\x1f{self.place}\x1f{self.name}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Stores tied to no dataset that look like health data, and the lines of a register that would tie them."""

    target: str
    account: str
    kind: str
    stores: int
    sample: tuple[str, ...]
    yaml: str


def differences(assessment: Assessment) -> tuple[Difference, ...]:
    """Every difference, by dataset in order of their ids, then by kind."""
    if assessment.header.withheld_from:
        return ()
    places = {judged.place.facts_id: judged for judged in assessment.judgement.places}
    forgotten = _forgotten(assessment, places)
    declared = {store.id: (store, facts_id) for store, facts_id in assessment.stores.declared()}
    found: list[Difference] = []
    for judged in assessment.judgement.datasets:
        mine = [declared[id] for id in judged.dataset.declared if id in declared]
        told = [(store, places[facts_id].place) for store, facts_id in mine if facts_id in places]
        found += _of(judged, told, places, forgotten.get(judged.dataset.id, []))
    order = tuple(DifferenceKind)
    return tuple(sorted(found, key=lambda one: (one.dataset, order.index(one.kind), one.place, one.name)))


def rule_of(kind: DifferenceKind) -> Rule:
    """The question behind a kind of difference, as a rule of the information kind."""
    return _RULES[kind]


def verdict_of(one: Difference) -> Verdict:
    """The difference as the verdict of its rule: what each side says, with the sources of both."""
    rule = rule_of(one.kind)
    return Verdict(
        rule.id, Outcome.FAIL, rule.severity, (_sentence(one),), sources=(*one.declared_by, *one.observed_by)
    )


def shown(kind: DifferenceKind, codes: Sequence[str], lang: str) -> str:
    """The codes of one side in words."""
    words = language(lang)
    match kind:
        case DifferenceKind.COUNTRY:
            return words.sequence(words.country(code) for code in codes)
        case DifferenceKind.PROVIDER:
            return words.sequence(words.name("provider", code) for code in codes)
        case DifferenceKind.HOSTING:
            return words.sequence(words.name("hosting", code) for code in codes)
        case DifferenceKind.KEY:
            return words.sequence(
                words.name("key_side", code) if len(code) > 2 else words.country(code) for code in codes
            )
        case _:
            return words.sequence(words.name("difference_side", words_of) for words_of in codes)


def sample_of(assessment: Assessment, one: Difference, limit: int = _SAMPLE) -> tuple[str, ...]:
    """The ids of the first stores that a difference is about."""
    if one.sample:
        return one.sample[:limit]
    found = (store.id for facts_id in one.facts[:limit] for store in assessment.stores.sample(facts_id, limit))
    return tuple(sorted(found)[:limit])


def suggestions(assessment: Assessment) -> tuple[Suggestion, ...]:
    """One suggested dataset for the stores of each target, account and kind that are tied to none and hold health data.

    Whether a store looks so is what its kind proves, or what its signals add up to; the first stores of each set of
    facts are looked at, those of sets that hold health data before the others.
    """
    if assessment.header.withheld_from:
        return ()
    groups: dict[tuple[str, str, str], list[Store]] = {}
    loose = [judged.place for judged in assessment.judgement.places if not judged.datasets]
    loose.sort(key=lambda place: known(place.holds_health) is not True)
    candidates = (store for place in loose for store in assessment.stores.sample(place.facts_id, _LOOKED_AT))
    for store in islice(candidates, _LOOKED_AT_IN_ALL):
        if known(store.holds_health) is True or status(store.signals or ()) in _LOOKING_SO:
            groups.setdefault((store.target, store.account, store.kind), []).append(store)
    return tuple(
        _suggested(rank, key, sorted(stores, key=lambda store: store.id))
        for rank, (key, stores) in enumerate(sorted(groups.items()), 1)
    )


def _suggested(rank: int, key: tuple[str, str, str], stores: Sequence[Store]) -> Suggestion:
    target, account, kind = key
    lines = [f"- id: a-nommer-{rank}", '  title: ""', '  facts: {health: "yes"}', "  select:"]
    lines += [f"    - {{id: {json.dumps(_literal(store.id), ensure_ascii=False)}}}" for store in stores]
    ids = tuple(store.id for store in stores[:_SAMPLE])
    return Suggestion(target, account, kind, len(stores), ids, "\n".join(lines) + "\n")


def _literal(id: str) -> str:
    """``id`` as a pattern that matches itself: the only wildcard that an id may hold stands for any letter there."""
    return id.replace("*", "?")


# One dataset


def _of(
    judged: JudgedDataset,
    declared: Sequence[tuple[Store, Place]],
    places: dict[int, JudgedPlace],
    forgotten: Sequence[Store],
) -> Iterator[Difference]:
    dataset = judged.dataset
    observed = [places[id].place for id in judged.places if places[id].place.scanner != "declared"]
    yield from _declared_only(dataset, declared, observed)
    if forgotten:
        yield _observed_only(dataset, forgotten)
    yield from _countries(dataset, declared, observed)
    yield from _providers(dataset, declared, observed)
    yield from _hosting(dataset, observed)
    yield from _keys(dataset, observed)
    yield from _copies(dataset, observed)
    yield from _health(dataset, observed)


def _declared_only(
    dataset: Dataset, declared: Sequence[tuple[Store, Place]], observed: Sequence[Place]
) -> Iterator[Difference]:
    """Declared places to which nothing seen corresponds: no store of the same role at the same provider."""
    seen = {(place.role, known(place.provider)) for place in observed if place.seen}
    for store, place in declared:
        provider = known(place.provider) or ""
        if provider in _UNNAMED or (place.role, provider) not in seen:
            yield Difference(
                kind=DifferenceKind.DECLARED_ONLY,
                dataset=dataset.id,
                place=store.role.value,
                declared=(store.role.value,),
                observed=(),
                stores=1,
                sample=(store.id,),
                declared_by=tuple(dict.fromkeys((store.provider.source, store.sites.source))),
                observed_by=(),
                name=store.id,
                called=store.name,
            )


def _observed_only(dataset: Dataset, stores: Sequence[Store]) -> Difference:
    return Difference(
        kind=DifferenceKind.OBSERVED_ONLY,
        dataset=dataset.id,
        place="",
        declared=(),
        observed=tuple(sorted({store.role.value for store in stores})),
        stores=len(stores),
        sample=tuple(store.id for store in stores[:_SAMPLE]),
        declared_by=(dataset.places_complete.source,) if known(dataset.places_complete) else (),
        observed_by=tuple(dict.fromkeys(store.sites.source for store in stores[:_SAMPLE])),
    )


def _forgotten(assessment: Assessment, places: dict[int, JudgedPlace]) -> dict[str, list[Store]]:
    """Per dataset, the stores in it that no line of the register designates: they are there as the end of a copy."""
    datasets = {judged.dataset.id: judged.dataset for judged in assessment.judgement.datasets}
    found: dict[str, list[Store]] = {}
    for store, facts_id in islice(assessment.stores.ends(), _ENDS):
        if store.scanner != "declared" and facts_id in places:
            for id in places[facts_id].datasets:
                if not designated(store, datasets[id]):
                    found.setdefault(id, []).append(store)
    return found


def _countries(
    dataset: Dataset, declared: Sequence[tuple[Store, Place]], observed: Sequence[Place]
) -> Iterator[Difference]:
    """Stores seen at a declared provider in another country than the register says."""
    for (role, provider), told in _by_role(declared).items():
        countries = {code for _, place in told for code in countries_of(place)}
        if provider in _UNNAMED or not all(countries_of(place) for _, place in told):
            continue
        elsewhere = [
            place for place in observed
            if place.role is role and known(place.provider) == provider and countries_of(place) - countries
        ]  # fmt: skip
        if elsewhere:
            yield Difference(
                kind=DifferenceKind.COUNTRY,
                dataset=dataset.id,
                place=role.value,
                declared=tuple(sorted(countries)),
                observed=tuple(sorted({code for place in elsewhere for code in countries_of(place)})),
                stores=sum(place.stores for place in elsewhere),
                facts=tuple(place.facts_id for place in elsewhere),
                declared_by=_sources(store.sites for store, _ in told),
                observed_by=_sources(spot.countries for place in elsewhere for spot in place.locations),
                name=provider,
            )


def _providers(
    dataset: Dataset, declared: Sequence[tuple[Store, Place]], observed: Sequence[Place]
) -> Iterator[Difference]:
    """Roles for which the register names providers, and stores of that role are seen at another."""
    for role in dict.fromkeys(place.role for _, place in declared):
        told = [(store, known(place.provider) or "") for store, place in declared if place.role is role]
        names = {provider for _, provider in told}
        other = [
            place for place in observed
            if place.role is role and (at := known(place.provider)) is not None and at not in names
        ]  # fmt: skip
        if other and not names & {"", "unknown"}:
            yield Difference(
                kind=DifferenceKind.PROVIDER,
                dataset=dataset.id,
                place=role.value,
                declared=tuple(sorted(names)),
                observed=tuple(sorted({known(place.provider) or "" for place in other})),
                stores=sum(place.stores for place in other),
                facts=tuple(place.facts_id for place in other),
                declared_by=_sources(store.provider for store, _ in told),
                observed_by=_sources(place.provider for place in other),
            )


def _hosting(dataset: Dataset, observed: Sequence[Place]) -> Iterator[Difference]:
    """Stores seen under another arrangement than the one declared."""
    match dataset.hosting.model:
        case Known(model, source):
            other = [place for place in observed if known(place.hosting_model) not in (None, model)]
            if other:
                yield Difference(
                    kind=DifferenceKind.HOSTING,
                    dataset=dataset.id,
                    place="",
                    declared=(model.value,),
                    observed=tuple(sorted({found.value for place in other if (found := known(place.hosting_model))})),
                    stores=sum(place.stores for place in other),
                    facts=tuple(place.facts_id for place in other),
                    declared_by=(source,),
                    observed_by=_sources(place.provider for place in other),
                )
        case _:
            return


def _keys(dataset: Dataset, observed: Sequence[Place]) -> Iterator[Difference]:
    """Keys seen in another country than declared, or held by the provider of a service said never to see clear text."""
    match dataset.keys.country:
        case Known(country, source):
            other = [place for place in observed if set(known(place.key_countries) or ()) - {country}]
            if other:
                codes = {code for place in other for code in known(place.key_countries) or ()}
                yield _key(dataset, "country", (country,), sorted(codes), other, source)
        case _:
            pass
    match dataset.keys.plaintext_in_service:
        case Known(False, source):
            held = [place for place in observed if _custody(place.key) in (Custody.PROVIDER, Custody.NONE)]
            if held:
                custody = sorted({found.value for place in held if (found := _custody(place.key))})
                yield _key(dataset, "plaintext", ("never_in_clear",), custody, held, source)
        case _:
            return


def _key(
    dataset: Dataset,
    name: str,
    declared: tuple[str, ...],
    observed: Sequence[str],
    at: Sequence[Place],
    source: Source,
) -> Difference:
    return Difference(
        kind=DifferenceKind.KEY,
        dataset=dataset.id,
        place="",
        declared=declared,
        observed=tuple(observed),
        stores=sum(place.stores for place in at),
        facts=tuple(place.facts_id for place in at),
        declared_by=(source,),
        observed_by=_sources(place.key for place in at),
        name=name,
    )


def _copies(dataset: Dataset, observed: Sequence[Place]) -> Iterator[Difference]:
    """Copies seen without encryption though the register says that copies are encrypted."""
    match dataset.copies.encrypted:
        case Known(True, source):
            clear = [
                place for place in observed if place.role not in _ORIGINALS and _custody(place.key) is Custody.NONE
            ]
            if clear:
                yield Difference(
                    kind=DifferenceKind.COPIES,
                    dataset=dataset.id,
                    place="",
                    declared=("encrypted",),
                    observed=("not_encrypted",),
                    stores=sum(place.stores for place in clear),
                    facts=tuple(place.facts_id for place in clear),
                    declared_by=(source,),
                    observed_by=_sources(place.key for place in clear),
                )
        case _:
            return


def _health(dataset: Dataset, observed: Sequence[Place]) -> Iterator[Difference]:
    """Stores that hold health data though the register says that the dataset holds none."""
    match dataset.health:
        case Known(False, source):
            found = [place for place in observed if known(place.holds_health) is True]
            if found:
                yield Difference(
                    kind=DifferenceKind.HEALTH,
                    dataset=dataset.id,
                    place="",
                    declared=("no_health",),
                    observed=("health",),
                    stores=sum(place.stores for place in found),
                    facts=tuple(place.facts_id for place in found),
                    declared_by=(source,),
                    observed_by=_sources(place.holds_health for place in found),
                )
        case _:
            return


def _by_role(declared: Iterable[tuple[Store, Place]]) -> dict[tuple[PlaceKind, str], list[tuple[Store, Place]]]:
    groups: dict[tuple[PlaceKind, str], list[tuple[Store, Place]]] = {}
    for store, place in declared:
        groups.setdefault((place.role, known(place.provider) or ""), []).append((store, place))
    return groups


def _custody(key: Observed[object]) -> Custody | None:
    """Who can use the key; ``NONE`` for a proven absence, nothing when it was not read."""
    match key:
        case Known(value):
            return getattr(value, "custody", None)
        case Absent():
            return Custody.NONE
        case _:
            return None


def _sources(answers: Iterable[Observed[object]]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(answer.source for answer in answers))[:_SAMPLE]


# Words


def _sentence(one: Difference) -> Words:
    return Words(_said(one, "fr"), _said(one, "en"))


def _said(one: Difference, lang: str) -> str:
    words = language(lang)
    return words.say(
        f"difference.{one.kind}",
        declared=shown(one.kind, one.declared, lang),
        observed=shown(one.kind, one.observed, lang),
        place=words.name("place", one.place) if one.place else "",
        stores=words.count("n.stores", one.stores),
        name=visible(one.called or one.name, _LONGEST),
    )


def _rule(number: int, fr: str, en: str, severity: Severity = Severity.LOW) -> Rule:
    return Rule(
        id=f"REG-{number:03}",
        titles=Words(fr, en),
        kind=RuleKind.INFORMATION,
        severity=severity,
        basis=(Cite("GDPR", "30", "2018-05-25"),),
        in_force_from=date(2018, 5, 25),
        checked_on=date(2026, 11, 21),
        remedy=Words(
            "Corriger le registre, ou ce qui a été constaté, et dire lequel des deux était juste.",
            "Correct the register, or what was seen, and say which of the two was right.",
        ),
    )


_RULES = {
    DifferenceKind.DECLARED_ONLY: _rule(
        1, "Lieu déclaré que rien ne montre", "Declared place that nothing shows", Severity.INFORMATION
    ),
    DifferenceKind.OBSERVED_ONLY: _rule(
        2, "Emplacement constaté que le registre ignore", "Store seen that the register does not name"
    ),
    DifferenceKind.COUNTRY: _rule(
        3, "Pays déclaré et pays constaté différents", "Declared and observed countries differ"
    ),
    DifferenceKind.PROVIDER: _rule(
        4, "Prestataire déclaré et prestataire constaté différents", "Declared and observed providers differ"
    ),
    DifferenceKind.HOSTING: _rule(
        5, "Mode d’hébergement déclaré et constaté différents", "Declared and observed hosting models differ"
    ),
    DifferenceKind.KEY: _rule(6, "Clés déclarées et clés constatées différentes", "Declared and observed keys differ"),
    DifferenceKind.COPIES: _rule(
        7, "Copies dites chiffrées et constatées en clair", "Copies said to be encrypted and seen in clear"
    ),
    DifferenceKind.HEALTH: _rule(
        8, "Données de santé là où le registre dit qu’il n’y en a pas", "Health data where the register says none"
    ),
}
RULES = tuple(_RULES.values())
