"""One line of JSON per store, fast: what depends on shared facts is written once and reused.

Stores come as data (``model.assessment.Stores.encoded``): making them values of the model would cost five times
more than writing them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from model.assessment import JudgedPlace
from model.codec import decode, encode
from model.datasets import Dataset
from model.health import Signal
from model.observed import Unread
from model.places import Copy
from reports import _records
from reports._text import inert_json
from reports._words import Language

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_quote = json.encoder.encode_basestring
_KEPT = 20_000
_SIGNALS: Any = tuple[Signal, ...] | None

_Told: TypeAlias = tuple[str, ...]
"""A source as data: what, instant, grade, confidence, address."""

_ANSWERS = (
    ("sites", "locations"),
    ("key", "key"),
    ("public", "public"),
    ("shared_with", "shared_with"),
    ("size_bytes", "size_bytes"),
    ("created_at", "created_at"),
    ("tags", "tags"),
    ("provider", "provider"),
    ("service", "service"),
)
"""The answers of a store that its line tells, in the order in which their sources are cited, and their members."""


def dumps(data: Any) -> str:
    """``data`` as one line of JSON: keys sorted, UTF-8, nothing in it that a terminal would obey."""
    return inert_json(_encode(data))


@dataclass(frozen=True, slots=True)
class _Shared:
    """The members of a store that come from its facts, cut where a member of its own stands between them."""

    countries: bytes
    datasets: bytes
    exposures: bytes
    key: bytes
    locations: bytes
    operators_to_provider: bytes
    qualifications_to_service: bytes
    target: bytes
    verdict: bytes
    sources: Mapping[_Told, None]
    evidence: str
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Which answer rests on which source: the indices of sources with the facts each told, and what was not read."""

    backed: tuple[tuple[int, tuple[str, ...], str], ...]
    unread: tuple[tuple[str, str], ...]


class StoreLines:
    """Writes stores as JSON objects with sorted keys.  Keep one for a whole report.

    With a ``type``, each object begins with that member.
    """

    def __init__(
        self, places: Mapping[int, JudgedPlace], datasets: dict[str, Dataset], words: Language, type: str = ""
    ) -> None:
        self._places = places
        self._datasets = datasets
        self._words = words
        self._opening = f'{{"type":{dumps(type)},"account":' if type else '{"account":'
        self._shared: dict[int, _Shared] = {}
        self._patterns: dict[tuple[Any, ...], _Pattern] = {}
        self._unread: dict[tuple[str, str, str], str] = {}
        self._health: dict[tuple[int, bytes], bytes] = {}

    def line(self, store: Mapping[str, Any], facts_id: int, copies: Sequence[Copy]) -> bytes:
        """The object of one store; ``copies`` are those that rest in it."""
        shared = self._shared.get(facts_id) or self._share(facts_id)
        copied = ",".join([f'{{"id":{_own(c.of)},"kind":"{c.kind.value}"}}' for c in copies]) if copies else ""
        account = _known(store["account"]) if store["account"] else "null"
        # Only what the estate named is looked at here: the shared members were made harmless once.
        head = f'{self._opening}{account},"copies_of":[{copied}],'
        created = store["created_at"]
        moment = f'"{created[1]}"' if created[0] == "k" else _NOTHING[created[0]]
        pattern = self._pattern(store)
        own = (
            f',"shared_with":{_several(store["shared_with"], _list, "[]")},"size_bytes":{_scalar(store["size_bytes"])},'
            f'"tags":{_several(store["tags"], _tags, "{}")},'
        )
        return b"".join(
            (
                head.encode(),
                shared.countries,
                f',"created_at":{moment},'.encode(),
                shared.datasets,
                self._evidence(store["sources"], pattern, shared, copies).encode(),
                shared.exposures,
                self._said_of_health(store["signals"], facts_id),
                f',"id":{_own(store["id"])},'.encode(),
                shared.key,
                f',"kind":{_known(store["kind"])},'.encode(),
                shared.locations,
                f',"name":{_own(store["name"])},'.encode(),
                shared.operators_to_provider,
                f',"public":{_flag(store["public"])},'.encode(),
                shared.qualifications_to_service,
                own.encode(),
                shared.target,
                self._missing(store, pattern, shared, copies).encode(),
                shared.verdict,
            )
        )

    def _share(self, facts_id: int) -> _Shared:
        judged = self._places[facts_id]
        record = _records.place(judged, self._words)

        def part(*names: str) -> bytes:
            return dumps({name: record[name] for name in names})[1:-1].encode()

        place = judged.place
        resolved = (("operators", place.operators), ("provider", place.provider), ("service", place.service))
        gone = [(name, told) for name, told in resolved if isinstance(told, Unread)]
        countries = (location.countries for location in place.locations)
        gone.extend([("countries", told) for told in countries if isinstance(told, Unread)][:1])
        sources = dict.fromkeys(tuple(encode(source)) for source in place.sources)
        shared = _Shared(
            countries=part("countries", "countries_complete"),
            datasets=part("datasets") + b',"evidence":[',
            exposures=b"]," + part("exposures") + b',"health":',
            key=part("key"),
            locations=part("locations"),
            operators_to_provider=part("operators", "place", "provider"),
            qualifications_to_service=part("qualifications", "region", "role", "scanner", "seen", "service"),
            target=part("target") + b',"unread":[',
            verdict=b"]," + part("verdict") + b"}",
            sources=sources,
            evidence=",".join(_source(source, "") for source in sources),
            unread=tuple(self._not_read(name, told.reason.value, told.detail) for name, told in gone),
        )
        self._shared[facts_id] = shared
        return shared

    def _said_of_health(self, signals: list[Any] | None, facts_id: int) -> bytes:
        which = (facts_id, _encode(signals).encode(errors="surrogatepass") if signals is not None else b"")
        kept = self._health.get(which)
        if kept is None:
            if len(self._health) >= _KEPT:
                self._health.clear()
            found = decode(_SIGNALS, signals)
            kept = dumps(_records.health(self._places[facts_id], self._datasets, found)).encode()
            self._health[which] = kept
        return kept

    def _pattern(self, store: Mapping[str, Any]) -> _Pattern:
        which = tuple([(told[0], told[1] if told[0] == "a" else told[2]) for told in map(store.__getitem__, _FIELDS)])
        kept = self._patterns.get(which)
        if kept is None:
            if len(self._patterns) >= _KEPT:
                self._patterns.clear()
            backed: dict[int, list[str]] = {}
            unread = []
            for (answer, source), (field, member) in zip(which, _ANSWERS, strict=True):
                facts = backed.setdefault(source, [])
                if answer == "u":
                    unread.append((field, member))
                else:
                    facts.append(member)
            cited = tuple((at, tuple(facts), _list(facts)[1:-1]) for at, facts in backed.items())
            kept = self._patterns[which] = _Pattern(cited, tuple(unread))
        return kept

    def _evidence(self, sources: list[Any], pattern: _Pattern, shared: _Shared, copies: Sequence[Copy]) -> str:
        own = {tuple(sources[at]): facts for at, _, facts in pattern.backed}
        rest = shared.evidence
        if copies or not shared.sources.keys().isdisjoint(own):
            merged = {tuple(sources[at]): list(facts) for at, facts, _ in pattern.backed}
            for copy in copies:
                facts = merged.setdefault(tuple(encode(copy.answer.source)), [])
                if not isinstance(copy.answer, Unread):
                    facts.append("copies_of")
            own = {source: _list(dict.fromkeys(facts))[1:-1] for source, facts in merged.items()}
            rest = ",".join([_source(source, "") for source in shared.sources if source not in own])
        cited = ",".join([_source(source, facts) for source, facts in own.items()])
        return f"{cited},{rest}" if rest else cited

    def _missing(self, store: Mapping[str, Any], pattern: _Pattern, shared: _Shared, copies: Sequence[Copy]) -> str:
        told = [self._not_read(member, store[field][1], store[field][3]) for field, member in pattern.unread]
        told.extend(
            [
                self._not_read("copies_of", copy.answer.reason.value, copy.answer.detail)
                for copy in copies
                if isinstance(copy.answer, Unread)
            ]
        )
        return ",".join(dict.fromkeys((*told, *shared.unread)))

    def _not_read(self, fact: str, reason: str, detail: str) -> str:
        which = (fact, reason, detail)
        kept = self._unread.get(which)
        if kept is None:
            if len(self._unread) >= _KEPT:
                self._unread.clear()
            kept = self._unread[which] = dumps({"fact": fact, "reason": reason, "detail": detail})
        return kept


_FIELDS = tuple(field for field, _ in _ANSWERS)
_NOTHING = {"a": "false", "u": "null"}


def _own(text: str) -> str:
    return inert_json(_quote(text))


_known = lru_cache(maxsize=4096)(_own)
"""As ``_own``, for a text that many stores have in common."""


def _source(told: _Told, facts: str) -> str:
    what, read_at, grade, confidence, url = told
    address = _known(url) if url else "null"
    return (
        f'{{"confidence":"{confidence}","facts":[{facts}],"grade":"{grade}","read_at":"{read_at}",'
        f'"source":{_known(what)},"url":{address}}}'
    )


def _scalar(told: list[Any]) -> str:
    return str(told[1]) if told[0] == "k" else _NOTHING[told[0]]


def _flag(told: list[Any]) -> str:
    return ("true" if told[1] else "false") if told[0] == "k" else _NOTHING[told[0]]


def _several(told: list[Any], write: Any, absent: str) -> str:
    if told[0] == "k":
        return str(write(told[1]))
    return absent if told[0] == "a" else "null"


def _list(texts: Iterable[str]) -> str:
    return f"[{','.join(map(_own, texts))}]"


def _tags(pairs: list[tuple[str, str]]) -> str:
    return _named_tags(tuple(map(tuple, pairs)))


@lru_cache(maxsize=4096)
def _named_tags(pairs: tuple[tuple[str, str], ...]) -> str:
    return dumps(dict(pairs))
