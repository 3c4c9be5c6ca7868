"""One line of text per observed value, written fast, and read back.

A store's line is its canonical JSON with the sources set apart: each answer holds the index of its
source in the row's own list, since the thirteen answers of a store rest on three or four calls.
The lines are written by hand, because a snapshot may hold a million of them; a test holds
them to what ``model.codec`` says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from json.encoder import encode_basestring
from typing import Any

import orjson

from model.codec import decode, encode, instant
from model.health import Signal, identifying_columns
from model.observed import Absent, Known, Observed, Reason, Source, Unread
from model.places import Copy, Custody, Key, NamedEntity, PlaceKind, Site, Store, StoreFacts
from model.resolution import Resolution

ANSWERS = (
    "checked_on",
    "created_at",
    "entity",
    "holds_health",
    "key",
    "provider",
    "public",
    "service",
    "service_id",
    "shared_with",
    "sites",
    "size_bytes",
    "tags",
)
"""The fields of a store that are observations, in alphabetical order."""

SEPARATOR = "\x1f"
"""Between the parts of a line.  JSON text never holds it: a control character is escaped there."""

_READERS: dict[str, Callable[[Any], Any]] = {
    "checked_on": date.fromisoformat,
    "created_at": datetime.fromisoformat,
    "entity": partial(decode, NamedEntity),
    "key": partial(decode, Key),
    "shared_with": tuple,
    "sites": lambda sites: tuple([Site(**site) for site in sites]),
    "tags": lambda tags: tuple([(key, value) for key, value in tags]),
}
"""How the values that are not a text, a number or a boolean are read back."""

_REMEMBERED_SOURCES = 20_000
_SIGNALS: Any = tuple[Signal, ...] | None


def quote(text: str) -> str:
    """``text`` as a JSON string."""
    return encode_basestring(text)


class RowWriter:
    """Turns values into lines.  It remembers the text of the sources it met last."""

    def __init__(self) -> None:
        # By identity: hashing a source costs ten times more.  The source is kept so that its id stays its own.
        self._sources: dict[int, tuple[Source, str]] = {}

    def store(self, store: Store) -> str:
        """``id``, the facts that rules read, and the whole store, as three JSON texts."""
        sources: dict[str, int] = {}
        values: dict[str, str] = {}
        parts: dict[str, str] = {}
        for name in ANSWERS:
            answer: Observed[Any] = getattr(store, name)
            index = sources.setdefault(self._source(answer.source), len(sources))
            if isinstance(answer, Known):
                values[name] = value = _value_text(answer.value)
                parts[name] = f'["k",{value},{index}]'
            elif isinstance(answer, Absent):
                parts[name] = f'["a",{index}]'
            else:
                parts[name] = f'["u","{answer.reason.value}",{index},{quote(answer.detail)}]'
        id = quote(store.id)
        scanner, target = quote(store.scanner), quote(store.target)
        seen = "true" if store.seen else "false"
        row = (
            f'{{"account":{quote(store.account)},"checked_on":{parts["checked_on"]},'
            f'"created_at":{parts["created_at"]},"entity":{parts["entity"]},"holds_health":{parts["holds_health"]},'
            f'"id":{id},"key":{parts["key"]},"kind":{quote(store.kind)},"name":{quote(store.name)},'
            f'"provider":{parts["provider"]},"public":{parts["public"]},"resolution":{_resolution_text(store)},'
            f'"role":"{store.role.value}","scanner":{scanner},"seen":{seen},"service":{parts["service"]},"service_id":{parts["service_id"]},'
            f'"shared_with":{parts["shared_with"]},"signals":{_signals_text(store.signals)},'
            f'"sites":{parts["sites"]},"size_bytes":{parts["size_bytes"]},"sources":[{",".join(sources)}],"tags":{parts["tags"]},"target":{target}}}'
        )
        match store.key:
            case Known(held):
                key = _key_text(held, "")  # thousands of keys in one custody are one fact
            case Absent():
                key = _key_text(Key(Custody.NONE), "")
            case Unread():
                key = "null"
        facts = (
            f'{{"checked_on":{values.get("checked_on", _EMPTY)},"datasets":[],"entity":{values.get("entity", "null")},'
            f'"grade":"{store.sites.source.grade.value}","holds_health":{values.get("holds_health", "null")},'
            f'"identifying":{_identifying_text(store.signals)},"key":{key},'
            f'"provider":{values.get("provider", _EMPTY)},"role":"{store.role.value}",'
            f'"scanner":{scanner},"seen":{seen},"service":{values.get("service", _EMPTY)},'
            f'"service_id":{values.get("service_id", _EMPTY)},"sites":{values.get("sites", "[]")},'
            f'"target":{target},"touched":false}}'
        )
        return f"{id}{SEPARATOR}{facts}{SEPARATOR}{row}"

    def copy(self, copy: Copy) -> str:
        """The key of the relation and the whole of it."""
        source = self._source(copy.answer.source)
        match copy.answer:
            case Known(value):
                answer = f'["k",{_value_text(value)},{source}]'
            case Absent():
                answer = f'["a",{source}]'
            case Unread(reason, _, detail):
                answer = f'["u","{reason.value}",{source},{quote(detail)}]'
        at, of = quote(copy.at), quote(copy.of)
        row = f'{{"answer":{answer},"at":{at},"kind":"{copy.kind.value}","of":{of}}}'
        return f'[{at},{of},"{copy.kind.value}"]{SEPARATOR}{row}'

    def _source(self, source: Source) -> str:
        remembered = self._sources.get(id(source))
        if remembered is not None:
            return remembered[1]
        if len(self._sources) >= _REMEMBERED_SOURCES:
            self._sources.clear()
        text = (
            f'[{quote(source.what)},"{_instant(source.read_at)}","{source.grade.value}",'
            f'"{source.confidence.value}",{quote(source.url)}]'
        )
        self._sources[id(source)] = (source, text)
        return text


_EMPTY = '""'


def _instant(moment: datetime) -> str:
    return moment.isoformat()[:-6] + "Z" if moment.tzinfo is UTC else instant(moment)


def _value_text(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is datetime:
        return f'"{_instant(value)}"'
    if kind is date:
        return f'"{value.isoformat()}"'
    if kind is tuple:
        return f"[{','.join(map(_value_text, value))}]"
    if kind is Key:
        return _key_text(value, value.id)
    return _remembered_text(value)


def _key_text(key: Key, id: str) -> str:
    countries = ",".join(map(quote, key.countries))
    return (
        f'{{"account":{quote(key.account)},"countries":[{countries}],"custody":"{key.custody.value}",'
        f'"id":{quote(id)},"location":{quote(key.location)}}}'
    )


def _resolution_text(store: Store) -> str:
    return "null" if store.resolution is None else _text(encode(store.resolution))


@lru_cache(maxsize=16_384)
def _signals_text(signals: tuple[Signal, ...] | None) -> str:
    return _text(encode(signals))


@lru_cache(maxsize=16_384)
def _identifying_text(signals: tuple[Signal, ...] | None) -> str:
    return _text(encode(identifying_columns(signals or ())))


@lru_cache(maxsize=16_384)
def _remembered_text(value: Site | NamedEntity) -> str:
    return _text(encode(value))


def value_line(key: str, value: Any) -> str:
    """The line of a value of a small table: its key and the whole of it."""
    return f"{quote(key)}{SEPARATOR}{_text(encode(value))}"


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def data_of(row: str) -> dict[str, Any]:
    """The data of the store that ``RowWriter.store`` wrote as its third text."""
    data: dict[str, Any] = orjson.loads(row)
    data.setdefault("signals", None)
    return data


def store_of(row: str) -> Store:
    """The store that ``RowWriter.store`` wrote as its third text."""
    data = data_of(row)
    sources = [decode(Source, source) for source in data.pop("sources")]
    for name in ANSWERS:
        data[name] = _answer(name, data[name], sources)
    data["role"] = PlaceKind(data["role"])
    if data["signals"] is not None:
        data["signals"] = decode(_SIGNALS, data["signals"])
    resolution = data.get("resolution")
    data["resolution"] = None if resolution is None else decode(Resolution, resolution)
    return Store(**data)


def _answer(name: str, data: list[Any], sources: list[Source]) -> Observed[Any]:
    match data[0]:
        case "k":
            read = _READERS.get(name)
            return Known(read(data[1]) if read else data[1], sources[data[2]])
        case "a":
            return Absent(sources[data[1]])
        case "u":
            return Unread(Reason(data[1]), sources[data[2]], data[3])
        case _:
            raise ValueError(f"unknown answer {data[0]!r}")


def copy_of(row: str) -> Copy:
    """The copy that ``RowWriter.copy`` wrote as its second text."""
    return decode(Copy, json.loads(row))


def facts_of(row: str) -> StoreFacts:
    """The facts of a row, not yet tied to any dataset and not yet touched by any gap."""
    return decode(StoreFacts, json.loads(row))
