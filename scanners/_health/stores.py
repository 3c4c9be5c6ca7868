"""What a store gives away before anything in it is read: its kind, its name, its tags.

A kind of service made for health data decides alone; a tag is what somebody declares of the store; a name is weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from model.health import HealthStatus, Signal, status
from model.observed import Confidence, Grade, Known, Source
from model.places import Observations, Store
from model.reading import read_csv
from scanners._health import models
from scanners._health.names import folded, of_name, weigh

KINDS, TAGS = Path(__file__).with_name("kinds.csv"), Path(__file__).with_name("tags.csv")
KIND_COLUMNS, TAG_COLUMNS = ("kind", "weight"), ("id", "key", "value", "weight")

_NAMING_TAGS = frozenset({"name", "project", "projet", "application", "app", "jeu", "dataset", "service", "workload"})
_LONGEST_TAG = 256
_SERVICE = 0.93


@dataclass(frozen=True, slots=True)
class _TagShape:
    """One row: both key and value must match from end to end."""

    id: str
    key: re.Pattern[str]
    value: re.Pattern[str]
    weight: float


def with_health(observations: Observations) -> Observations:
    """The same observations, each store with the signals of its kind, name and tags beside those it had.

    ``holds_health`` becomes known where the signals amount to ``yes``, on a store that was seen and is no declaration.
    """
    if not observations.stores:
        return observations
    return replace(observations, stores=tuple(_with_signals(store) for store in observations.stores))


def of_store(store: Store) -> tuple[Signal, ...]:
    """The signals of the kind, the name and the tags of a store."""
    return (*_of_kind(store), *_of_names(store.name), *_of_tags(store))


def _with_signals(store: Store) -> Store:
    signals = (*of_store(store), *(store.signals or ()))
    health = store.holds_health
    observed = store.seen and store.scanner != "declared"
    if observed and not isinstance(health, Known) and status(signals) is HealthStatus.YES:
        health = Known(True, _source(signals, health.source.read_at))
    return replace(store, signals=signals, holds_health=health)


@lru_cache(maxsize=4096)
def _source(signals: tuple[Signal, ...], read_at: datetime) -> Source:
    """Says which signals told it: an inference, hence never certain."""
    told = ", ".join(f"{one.family} {one.id} {one.weight:g}" for one in signals if one.weight)
    return Source(f"health signatures: {told}", read_at, Grade.API, Confidence.LIKELY)


def _of_kind(store: Store) -> tuple[Signal, ...]:
    weight = _weight_of_kind(store.kind)
    if not weight and isinstance(store.holds_health, Known) and store.holds_health.value:
        weight = _SERVICE
    return (Signal("cloud_service", store.kind, weight, "kind"),) if weight else ()


@lru_cache(maxsize=4096)
def _weight_of_kind(kind: str) -> float:
    return next((weight for shape, weight in _kinds() if shape.fullmatch(kind)), 0.0)


def _of_names(name: str) -> tuple[Signal, ...]:
    found = [*models.of_table(name, "name"), *of_name(name)]
    return tuple(sorted((one for one in found if one.weight), key=lambda one: (-one.weight, one.id))[:1])


def _of_tags(store: Store) -> Iterator[Signal]:
    if not isinstance(store.tags, Known):
        return
    best: Signal | None = None
    for key, value in store.tags.value:
        signal = _of_tag(key[:_LONGEST_TAG], value[:_LONGEST_TAG])
        if signal and (best is None or signal.weight > best.weight):
            best = signal
    if best:
        yield best


@lru_cache(maxsize=1 << 14)
def _of_tag(key: str, value: str) -> Signal | None:
    plain_key, plain_value = folded(key.strip()), folded(value.strip())
    for shape in _tags():
        if shape.key.fullmatch(plain_key) and shape.value.fullmatch(plain_value):
            return Signal("tag", shape.id, shape.weight, "tag")
    if plain_key in _NAMING_TAGS:
        term, weight = weigh(value)
        return Signal("tag", term, weight, "tag") if weight else None
    return None


@cache
def _kinds() -> tuple[tuple[re.Pattern[str], float], ...]:
    return tuple((re.compile(row["kind"], re.I), float(row["weight"])) for _, row in read_csv(KINDS, KIND_COLUMNS))


@cache
def _tags() -> tuple[_TagShape, ...]:
    return tuple(
        _TagShape(row["id"], re.compile(row["key"]), re.compile(row["value"]), float(row["weight"]))
        for _, row in read_csv(TAGS, TAG_COLUMNS)
    )
