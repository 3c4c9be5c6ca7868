"""Model values to JSON data and back, driven by their type hints.

The written form holds no class name and no import path: a dataclass is an object of its
fields, an enum its value, an instant ISO 8601 in UTC, and an observation a short list whose first
member tells which of the three answers it is: ``["k", value, source]``, ``["a", source]``,
``["u", reason, source, detail]``.  ``dumps`` is canonical: equal values give equal bytes.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from model.observed import Absent, Known, Reason, Source, Unread

T = TypeVar("T")
_Decoder = Callable[[Any], Any]


def dumps(data: Any) -> bytes:
    """Canonical JSON: UTF-8, keys sorted, no spaces.  Equal data give equal bytes."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def instant(moment: datetime) -> str:
    """``2026-11-21T08:12:03Z``: UTC, with microseconds only when there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def encode(value: Any) -> Any:
    """``value`` as JSON data."""
    kind = type(value)
    if kind in (str, int, bool, float) or value is None:
        return value
    if kind is Known:
        return ["k", encode(value.value), encode(value.source)]
    if kind is Unread:
        return ["u", value.reason.value, encode(value.source), value.detail]
    if kind is Absent:
        return ["a", encode(value.source)]
    if kind is Source:
        return [value.what, instant(value.read_at), value.grade.value, value.confidence.value, value.url]
    if kind is tuple or kind is list:
        return [encode(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if kind is datetime:
        return instant(value)
    if kind is date:
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if is_dataclass(value):
        return {name: encode(getattr(value, name)) for name in _names(cast("Hashable", kind))}
    raise TypeError(f"{kind.__name__} is no model value")


def decode(kind: type[T], data: Any) -> T:
    """The value of type ``kind`` that ``encode`` wrote as ``data``.

    Raises ValueError, KeyError or TypeError when the data are not of that type; a field that is
    missing and has a default takes it, so that an older writer can still be read.
    """
    result: T = _decoder(cast("Hashable", kind))(data)
    return result


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@lru_cache(maxsize=4096)
def _source(what: str, read_at: str, grade: str, confidence: str, url: str) -> Source:
    from model.observed import Confidence, Grade

    return Source(what, datetime.fromisoformat(read_at), Grade(grade), Confidence(confidence), url)


def _decode_source(data: Any) -> Source:
    return _source(*data)


@cache
def _decoder(kind: Any) -> _Decoder:
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if kind is Source:
        return _decode_source
    if kind in (str, int, bool, Any):
        return lambda data: data
    if kind is float:
        return float
    if kind is datetime:
        return lambda data: datetime.fromisoformat(data)
    if kind is date:
        return lambda data: date.fromisoformat(data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if origin in (typing.Union, types.UnionType):
        return _union_decoder(arguments)
    if origin is tuple:
        return _tuple_decoder(arguments)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        of_value = _decoder(arguments[1])
        return lambda data: {key: of_value(item) for key, item in data.items()}
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    raise TypeError(f"no decoder for {kind!r}")


def _union_decoder(arguments: tuple[Any, ...]) -> _Decoder:
    known = next((a for a in arguments if typing.get_origin(a) is Known), None)
    if known is not None:
        of_value = _decoder(typing.get_args(known)[0])

        def observed(data: Any) -> Any:
            if data[0] == "k":
                return Known(of_value(data[1]), _decode_source(data[2]))
            if data[0] == "u":
                return Unread(Reason(data[1]), _decode_source(data[2]), data[3])
            if data[0] == "a":
                return Absent(_decode_source(data[1]))
            raise ValueError(f"unknown answer {data[0]!r}")

        return observed
    others = [a for a in arguments if a is not type(None)]
    if len(others) < len(arguments) and len(others) == 1:
        of_other = _decoder(others[0])
        return lambda data: None if data is None else of_other(data)
    if type(None) not in arguments and all(a in (str, int, bool) or typing.get_origin(a) is tuple for a in arguments):
        return lambda data: tuple(data) if isinstance(data, list) else data
    raise TypeError(f"no decoder for the union of {arguments!r}")


def _tuple_decoder(arguments: tuple[Any, ...]) -> _Decoder:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        of_item = _decoder(arguments[0])
        return lambda data: tuple([of_item(item) for item in data])
    each = [_decoder(argument) for argument in arguments]
    return lambda data: tuple([one(item) for one, item in zip(each, data, strict=True)])


def _dataclass_decoder(kind: Any) -> _Decoder:
    hints = typing.get_type_hints(kind)
    each = {field.name: _decoder(hints[field.name]) for field in fields(kind)}

    def build(data: Any) -> Any:
        unknown = data.keys() - each.keys()
        if unknown:
            raise ValueError(f"unknown fields {sorted(unknown)}")
        return kind(**{name: each[name](item) for name, item in data.items()})

    return build
