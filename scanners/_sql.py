"""What the scanners of SQL servers share: how a server is named, and how its answers become observations.

A database is a store; so is the end of each copy that its server tells of.  The rights that these scanners
ask for show names, sizes and settings, never a row of a table.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import UnionType
from typing import Any, Protocol

from model.errors import CredentialsError, TargetError
from model.health import Signal
from model.observed import Absent, Grade, Known, Observed, Reason, Source, Unread
from model.places import Copy, Gap, Observations, PlaceKind, Store, Target
from model.resolution import Resolution
from scanners._jobs import Deadline
from scanners._redact import redact

SETTINGS: Mapping[str, str] = {
    "host": "Name or address of the server, with its port when that is not the usual one.",
    "user": "The account to connect with: one of its own, with the rights that `lexsitus permissions` prints.",
    "password_env": "Name of the environment variable that holds the password; without it, none is sent.",
    "databases": '"all" (the default), or a list of names.',
    "tls": '"verify" (the default away from this machine), "require" (encrypted, whoever answers), or "off".',
    "nameservers": "Resolvers to ask where the server stands, as 192.0.2.1:53; those of this machine otherwise.",
    "ca_path": "File of the authorities that sign the server's certificate; those of the system without it.",
}
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?))(?::([0-9]{1,5}))?")
# For tests only: how long an answer is waited for.
_INTERNAL = frozenset({"_timeout_seconds"})
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ANSWER_SECONDS = 20
_DETAIL_CHARACTERS = 300

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is and how it is entered: the name of the variable of the password, never its value."""

    scanner: str
    target: str
    host: str
    port: int
    user: str
    password_env: str
    databases: tuple[str, ...]
    tls: str
    ca_path: str
    nameservers: tuple[str, ...]
    seconds: int

    @property
    def address(self) -> str:
        """``host:port``, in small letters."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}".lower()

    def id_of(self, database: str) -> str:
        """The id of one of its databases: ``postgresql://host:port/name``, the same from run to run."""
        return f"{self.scanner}://{self.address}/{database}"

    def password(self) -> str:
        """The password.  Raises CredentialsError when the variable that should hold it is not set."""
        value = os.environ.get(self.password_env) if self.password_env else ""
        if value is None:
            raise CredentialsError(
                f"target {self.target!r}: the environment variable {self.password_env} is not set; put the password of "
                f"{self.user or 'the account'} in it"
            )
        return value


def server_of(target: Target, usual_port: int) -> Server:
    """The server that ``target`` names.  Raises TargetError, naming the setting, for one that cannot be used."""
    settings = dict(target.settings)
    where = f"target {target.name!r}"
    for key in settings:
        if key not in SETTINGS and key not in _INTERNAL:
            raise TargetError(f"{where}: unknown setting {key!r}; known: {', '.join(sorted(SETTINGS))}")
    texts = {}
    for key in ("host", "user", "password_env", "tls", "ca_path"):
        value = settings.get(key, "")
        if not isinstance(value, str):
            raise TargetError(f"{where}: {key}: expected a text, found {value!r}")
        texts[key] = value
    place = _HOST.fullmatch(texts["host"])
    if not place or not 0 < int(place[3] or usual_port) < 65536:
        raise TargetError(f"{where}: host: expected a name or an address, host[:port], found {texts['host']!r}")
    host = place[1] or place[2]
    databases = settings.get("databases", "all")
    if databases != "all" and not (isinstance(databases, tuple) and databases):
        raise TargetError(f'{where}: databases: expected "all" or a list of names, found {databases!r}')
    nameservers = settings.get("nameservers", ())
    if not isinstance(nameservers, tuple):
        raise TargetError(f"{where}: nameservers: expected a list of addresses, found {nameservers!r}")
    tls = texts["tls"] or ("off" if host in _LOOPBACK else "verify")
    if tls not in ("verify", "require", "off"):
        raise TargetError(f"{where}: tls: expected verify, require or off, found {tls!r}")
    if tls == "off" and host not in _LOOPBACK:
        raise TargetError(f"{where}: tls: off is accepted on this machine only; use verify or require")
    return Server(
        scanner=target.scanner,
        target=target.name,
        host=host,
        port=int(place[3] or usual_port),
        user=texts["user"],
        password_env=texts["password_env"],
        databases=databases if isinstance(databases, tuple) else (),
        tls=tls,
        ca_path=texts["ca_path"],
        nameservers=nameservers,
        seconds=int(str(settings.get("_timeout_seconds", _ANSWER_SECONDS))),
    )


def answer_seconds(server: Server, deadline: Deadline) -> float:
    """How long to wait for an answer: never all the time that is left, which the other questions need.

    Raises TimeoutError when no time is left.
    """
    deadline.check()
    return min(server.seconds, deadline.remaining() / 2)


def whereabouts(server: Server, deadline: Deadline) -> Resolution | None:
    """What DNS says of the server's host, from which the catalog tells who runs it; ``None`` on this machine."""
    from scanners.dns.resolving import Depth, resolve

    if server.host in _LOOPBACK:
        return None
    seconds = answer_seconds(server, deadline)
    (found,) = resolve([server.host], server.nameservers, depth=Depth.SURVEY, budget_seconds=seconds)
    return found


@dataclass(frozen=True, slots=True)
class Failure:
    """A question without an answer; ``detail`` is one short line without a secret."""

    reason: Reason
    detail: str


def failure(reason: Reason, error: BaseException) -> Failure:
    """What the server said, on one line, without what looks like a secret."""
    return Failure(reason, " ".join(redact(str(error)[:2000]).split())[:_DETAIL_CHARACTERS])


@dataclass(frozen=True, slots=True)
class Query:
    """A question that only reads.  ``name`` is what gaps call it; ``columns`` are those read, with their types."""

    name: str
    text: str
    columns: Mapping[str, type | UnionType]

    def checked(self, rows: Sequence[Row]) -> list[Row] | Failure:
        """The rows, each once, or a failure when one has not the columns and types that it should."""
        kept: list[Row] = []
        for row in rows:
            for column, wanted in self.columns.items():
                if column not in row or not isinstance(row[column], wanted):
                    return Failure(Reason.FAULT, f"{column}: not what {self.name} should answer")
            narrow = {column: row[column] for column in self.columns}
            if narrow not in kept:
                kept.append(narrow)
        return kept


class Session(Protocol):
    """One read-only connection to one database."""

    def ask(self, query: Query, deadline: Deadline) -> list[Row] | Failure:
        """The rows of a query, each once and of the right types, or why there are none."""

    def close(self) -> None:
        """Ends it."""


@dataclass(slots=True)
class Reading:
    """What is learned of one server, as it is learned."""

    server: Server
    stores: list[Store] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def source(self, what: str) -> Source:
        """The source of an answer to ``what``, now."""
        return Source(f"{what} ({self.server.address})", _now(), Grade.API)

    def miss(
        self, scope: str, operation: str, reason: Reason, detail: str, *, permission: str = "", store: str = ""
    ) -> None:
        """Notes that ``scope`` could not be seen, and which right would show it."""
        refused = reason is Reason.REFUSED
        self.gaps.append(
            Gap(
                scanner=self.server.scanner,
                target=self.server.target,
                account=self.server.address,
                region="",
                scope=scope,
                operation=operation,
                reason=reason,
                seen_at=_now(),
                permission=permission if refused else "",
                who_can_grant=f"administrator of {self.server.address}" if refused else "",
                detail=detail,
                store=store,
            )
        )

    def rows(
        self,
        session: Session,
        query: Query,
        scope: str,
        deadline: Deadline,
        *,
        permission: str,
        store: str = "",
    ) -> tuple[list[Row], Source] | None:
        """The rows of ``query`` with their source, or ``None`` after noting that ``scope`` could not be seen."""
        answer = session.ask(query, deadline)
        if isinstance(answer, Failure):
            self.miss(scope, query.name, answer.reason, answer.detail, permission=permission, store=store)
            return None
        return answer, self.source(query.name)

    def database(
        self,
        kind: str,
        name: str,
        source: Source,
        *,
        role: PlaceKind,
        size: int | None,
        tags: Observed[tuple[tuple[str, str], ...]] | None = None,
        shared_with: Observed[tuple[str, ...]] | None = None,
        resolution: Resolution | None = None,
        signals: tuple[Signal, ...] = (),
    ) -> None:
        """Adds a database of this server.

        ``size`` is in bytes, ``shared_with`` the servers it is opened to, ``resolution`` what DNS says of its host and
        ``signals`` what its tables and columns give away.
        """
        untold = _untold(source)
        self.stores.append(
            _store(
                self.server,
                id=self.server.id_of(name),
                kind=kind,
                name=name,
                role=role,
                seen=True,
                source=source,
                size_bytes=Known(size, source) if size is not None else untold,
                tags=tags or Absent(source),
                shared_with=shared_with or untold,
                resolution=resolution,
                signals=signals,
            )
        )

    def end(self, kind: str, id: str, name: str, role: PlaceKind, source: Source) -> None:
        """Adds a place that is known only as the end of a copy."""
        untold = _untold(source)
        self.stores.append(
            _store(
                self.server,
                id=id,
                kind=kind,
                name=name,
                role=role,
                seen=False,
                source=source,
                size_bytes=untold,
                tags=untold,
                shared_with=untold,
            )
        )

    def copy(self, of: str, at: str, kind: PlaceKind, source: Source) -> None:
        """Notes that data of ``of`` also rest in ``at``."""
        self.copies.append(Copy(of, at, kind, Known(True, source)))

    def observations(self) -> Observations:
        """All of it, in the order of reading."""
        return Observations(tuple(self.stores), tuple(self.copies), tuple(self.gaps))


def _store(
    server: Server,
    *,
    id: str,
    kind: str,
    name: str,
    role: PlaceKind,
    seen: bool,
    source: Source,
    size_bytes: Observed[int],
    tags: Observed[tuple[tuple[str, str], ...]],
    shared_with: Observed[tuple[str, ...]],
    resolution: Resolution | None = None,
    signals: tuple[Signal, ...] = (),
) -> Store:
    untold = _untold(source)
    return Store(
        id=id,
        kind=kind,
        name=name,
        scanner=server.scanner,
        target=server.target,
        account=server.address if seen else "",
        role=role,
        seen=seen,
        provider=untold,
        service=untold,
        service_id=untold,
        sites=untold,
        key=untold,
        public=untold,
        shared_with=shared_with,
        size_bytes=size_bytes,
        created_at=untold,
        tags=tags,
        entity=untold,
        holds_health=untold,
        checked_on=Known(source.read_at.date(), source) if seen else untold,
        resolution=resolution,
        signals=signals or None,
    )


def _untold(source: Source) -> Unread:
    return Unread(Reason.NOT_TOLD, source, "the server does not tell it")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
