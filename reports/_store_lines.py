"""One line of JSON per store, fast: what depends on shared facts is written once and reused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from model.assessment import JudgedPlace
from model.codec import instant
from model.datasets import Dataset
from model.health import Signal
from model.observed import Absent, Known, Observed, Source, Unread
from model.places import Copy, Store
from reports import _records
from reports._text import inert_json
from reports._words import Language

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_quote = json.encoder.encode_basestring
_KEPT = 20_000


def dumps(data: Any) -> str:
    """``data`` as one line of JSON: keys sorted, UTF-8, nothing in it that a terminal would obey."""
    return inert_json(_encode(data))


@dataclass(frozen=True, slots=True)
class _Shared:
    """The members of a store that come from its facts, cut where a member of its own stands between them."""

    after_copies: str
    datasets: str
    exposures: str
    key: str
    locations: str
    operators_to_provider: str
    qualifications_to_service: str
    target: str
    verdict: str
    evidence: tuple[Source, ...]
    unread: tuple[tuple[str, Unread], ...]


class StoreLines:
    """Writes stores as JSON objects with sorted keys.  Keep one for a whole report."""

    def __init__(self, places: Mapping[int, JudgedPlace], datasets: dict[str, Dataset], words: Language) -> None:
        self._places = places
        self._datasets = datasets
        self._words = words
        self._shared: dict[int, _Shared] = {}
        self._evidence: dict[tuple[Source, tuple[str, ...]], str] = {}
        self._unread: dict[tuple[str, str, str], str] = {}
        self._said_of_health: dict[tuple[int, tuple[Signal, ...] | None], str] = {}

    def line(self, store: Store, facts_id: int, copies: list[Copy]) -> str:
        """The object of one store; ``copies`` are those that rest in it."""
        shared = self._shared.get(facts_id) or self._share(facts_id)
        copied = ",".join([f'{{"id":{_own(c.of)},"kind":"{c.kind.value}"}}' for c in copies])
        evidence, unread = self._observations(store, shared, copies)
        created = _scalar(store.created_at, lambda at: f'"{instant(at)}"')
        size = _scalar(store.size_bytes, str)
        public = _scalar(store.public, lambda yes: "true" if yes else "false")
        with_whom = _several(store.shared_with, lambda whom: f"[{','.join(map(_own, whom))}]", "[]")
        tags = _several(store.tags, lambda pairs: dumps(dict(pairs)), "{}")
        account = _own(store.account) if store.account else "null"
        # Only what the estate named is looked at here: the shared members were made harmless once.
        return (
            f'{{"account":{account},"copies_of":[{copied}],{shared.after_copies},"created_at":{created},'
            f'{shared.datasets},"evidence":[{evidence}],{shared.exposures},'
            f'"health":{self._health(store, facts_id)},"id":{_own(store.id)},'
            f'{shared.key},"kind":{_own(store.kind)},{shared.locations},"name":{_own(store.name)},'
            f'{shared.operators_to_provider},"public":{public},{shared.qualifications_to_service},'
            f'"shared_with":{with_whom},"size_bytes":{size},"tags":{tags},{shared.target},'
            f'"unread":[{unread}],{shared.verdict}}}'
        )

    def _share(self, facts_id: int) -> _Shared:
        judged = self._places[facts_id]
        record = _records.place(judged, self._words)

        def part(*names: str) -> str:
            return dumps({name: record[name] for name in names})[1:-1]

        place = judged.place
        resolved = (("operators", place.operators), ("provider", place.provider), ("service", place.service))
        gone = [(name, told) for name, told in resolved if isinstance(told, Unread)]
        countries = (location.countries for location in place.locations)
        gone.extend([("countries", told) for told in countries if isinstance(told, Unread)][:1])
        shared = _Shared(
            after_copies=part("countries", "countries_complete"),
            datasets=part("datasets"),
            exposures=part("exposures"),
            key=part("key"),
            locations=part("locations"),
            operators_to_provider=part("operators", "place", "provider"),
            qualifications_to_service=part("qualifications", "region", "role", "scanner", "seen", "service"),
            target=part("target"),
            verdict=part("verdict"),
            evidence=tuple(dict.fromkeys(place.sources)),
            unread=tuple(gone),
        )
        self._shared[facts_id] = shared
        return shared

    def _health(self, store: Store, facts_id: int) -> str:
        which = (facts_id, store.signals)
        kept = self._said_of_health.get(which)
        if kept is None:
            if len(self._said_of_health) >= _KEPT:
                self._said_of_health.clear()
            kept = dumps(_records.health(self._places[facts_id], self._datasets, store.signals))
            self._said_of_health[which] = kept
        return kept

    def _observations(self, store: Store, shared: _Shared, copies: list[Copy]) -> tuple[str, str]:
        backed: dict[int, list[str]] = {}
        sources: dict[int, Source] = {}
        unread: list[str] = []
        for name, told in _told(store, copies):
            # Stores of one listing share the very same source: comparing identities first spares the hashing.
            at = id(told.source)
            if at not in backed:
                backed[at] = []
                sources[at] = told.source
            if type(told) is Unread:
                unread.append(self._missing(name, told))
            else:
                backed[at].append(name)
        unread.extend([self._missing(name, told) for name, told in shared.unread])
        merged: dict[Source, list[str]] = {}
        for at, facts in backed.items():
            merged.setdefault(sources[at], []).extend(facts)
        for source in shared.evidence:
            merged.setdefault(source, [])
        lines = [self._source(source, tuple(dict.fromkeys(facts))) for source, facts in merged.items()]
        return ",".join(lines), ",".join(dict.fromkeys(unread))

    def _source(self, source: Source, facts: tuple[str, ...]) -> str:
        kept = self._evidence.get((source, facts))
        if kept is None:
            if len(self._evidence) >= _KEPT:
                self._evidence.clear()
            kept = dumps(_records.evidence(source) | {"facts": list(facts)})
            self._evidence[source, facts] = kept
        return kept

    def _missing(self, fact: str, told: Unread) -> str:
        which = (fact, told.reason.value, told.detail)
        kept = self._unread.get(which)
        if kept is None:
            if len(self._unread) >= _KEPT:
                self._unread.clear()
            kept = dumps({"fact": fact, "reason": told.reason.value, "detail": told.detail})
            self._unread[which] = kept
        return kept


def _own(text: str) -> str:
    return inert_json(_quote(text))


def _told(store: Store, copies: list[Copy]) -> Iterator[tuple[str, Observed[Any]]]:
    yield "locations", store.sites
    yield "key", store.key
    yield "public", store.public
    yield "shared_with", store.shared_with
    yield "size_bytes", store.size_bytes
    yield "created_at", store.created_at
    yield "tags", store.tags
    yield "provider", store.provider
    yield "service", store.service
    for copy in copies:
        yield "copies_of", copy.answer


def _scalar(told: Observed[Any], write: Any) -> str:
    if isinstance(told, Known):
        return str(write(told.value))
    return "false" if isinstance(told, Absent) else "null"


def _several(told: Observed[Any], write: Any, absent: str) -> str:
    if isinstance(told, Known):
        return str(write(told.value))
    return absent if isinstance(told, Absent) else "null"
