"""The settings of a dns target, each checked before anything is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from model.errors import TargetError
from model.places import Target
from scanners.dns.exchange import IN_FLIGHT, PATIENCE_SECONDS
from scanners.dns.queries import domain
from scanners.dns.resolving import Depth, default_rate
from scanners.dns.servers import Server, server, system_servers

KEYS = (
    "names", "names_from", "zones", "zone_path", "nameservers", "transfer_servers", "depth", "queries_per_second",
    "in_flight",
)  # fmt: skip
# For tests only: how long an answer is waited for.
_INTERNAL = "_patience_milliseconds"
_FASTEST, _MOST_IN_FLIGHT = 1_000_000, 4_000


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one target.  ``depth`` is ``None`` when the number of names decides."""

    names: tuple[str, ...]
    names_from: Path | None
    zones: tuple[str, ...]
    zone_path: Path | None
    nameservers: tuple[str, ...]
    transfer_servers: tuple[Server, ...]
    depth: Depth | None
    rate: int
    in_flight: int
    patience_seconds: float


@lru_cache(maxsize=64)
def settings_of(target: Target) -> Settings:
    """The settings of ``target``.  Raises TargetError, naming the setting, for one that cannot be used."""
    given = dict(target.settings)
    for key in given:
        if key not in (*KEYS, _INTERNAL):
            _fail(target, f"unknown setting {key!r}; known: {', '.join(sorted(KEYS))}")
    nameservers = _texts(target, "nameservers")
    servers = _servers(target, "nameservers") or system_servers()
    depth = _text(target, "depth")
    if depth and depth not in list(Depth):
        _fail(target, f"depth: expected one of {', '.join(Depth)}; found {depth!r}")
    names_from, zone_path = _text(target, "names_from"), _text(target, "zone_path")
    found = Settings(
        names=tuple(dict.fromkeys(_texts(target, "names"))),
        names_from=Path(names_from) if names_from else None,
        zones=_zones(target),
        zone_path=Path(zone_path) if zone_path else None,
        nameservers=nameservers,
        transfer_servers=_servers(target, "transfer_servers") or servers,
        depth=Depth(depth) if depth else None,
        rate=_number(target, "queries_per_second", default_rate(servers, named=bool(nameservers)), _FASTEST),
        in_flight=_number(target, "in_flight", IN_FLIGHT, _MOST_IN_FLIGHT),
        patience_seconds=_number(target, _INTERNAL, int(PATIENCE_SECONDS * 1000), 60_000) / 1000,
    )
    if not (found.names or found.names_from or found.zones or found.zone_path):
        _fail(target, "nothing to ask for: give names, names_from, zones or zone_path")
    return found


def _fail(target: Target, message: str) -> NoReturn:
    raise TargetError(f"target {target.name!r}: {message}")


def _text(target: Target, key: str) -> str:
    value = target.setting(key, "")
    if not isinstance(value, str):
        _fail(target, f"{key}: expected a text, found {value!r}")
    return value


def _texts(target: Target, key: str) -> tuple[str, ...]:
    value = target.setting(key, ())
    if not isinstance(value, tuple):
        _fail(target, f"{key}: expected a list of texts, found {value!r}")
    return value


def _number(target: Target, key: str, default: int, most: int) -> int:
    value = target.setting(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        _fail(target, f"{key}: expected a whole number from 1 to {most}, found {value!r}")
    return value


def _servers(target: Target, key: str) -> tuple[Server, ...]:
    try:
        return tuple(server(text) for text in _texts(target, key))
    except ValueError as error:
        _fail(target, f"{key}: {error}")


def _zones(target: Target) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(domain(zone) for zone in _texts(target, "zones")))
    except ValueError as error:
        _fail(target, f"zones: {error}")
