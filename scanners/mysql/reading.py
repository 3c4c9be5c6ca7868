"""A MySQL or MariaDB server read: its databases, and every copy that it tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from model.health import Signal
from model.observed import Absent, Known, Observed, Reason, Unread
from model.places import PlaceKind
from scanners._health.schemas import of_schema
from scanners._jobs import Deadline, Job, Step
from scanners._sql import Failure, Reading, Row, server_of, whereabouts
from scanners.mysql import queries
from scanners.mysql.rights import granted
from scanners.mysql.sessions import USUAL_PORT, Session, connect

DATABASE, END = "mysql.Database", "mysql.Server"


def read_server(job: Job, deadline: Deadline) -> Step:
    """The databases of a server, and the copies that concern all of them."""
    server = server_of(job.target, USUAL_PORT)
    reading = Reading(server)
    session = connect(server, deadline)
    if isinstance(session, Failure):
        reading.miss(f"the server {server.address}", "connect", session.reason, session.detail, permission="USAGE")
        return Step(reading.observations())
    try:
        _read(reading, session, deadline)
    finally:
        session.close()
    return Step(reading.observations())


def _read(reading: Reading, session: Session, deadline: Deadline) -> None:
    server = reading.server
    rights = _rights(reading, session, deadline)
    what = "the list of databases"
    listed = reading.rows(session, queries.DATABASES, what, deadline, permission="SHOW DATABASES")
    if listed is None:
        return
    rows, source = listed
    if "SHOW DATABASES" not in rights:
        detail = "the server shows only those on which the account has a right"
        reading.miss(what, "information_schema.schemata", Reason.REFUSED, detail, permission="SHOW DATABASES")
    found = [str(row["name"]) for row in rows]
    names = [name for name in found if not server.databases or name in server.databases]
    for name in server.databases:
        if name not in found:
            reading.miss(f"database {name}", "SHOW DATABASES", Reason.UNREACHABLE, "the server shows no such database")
    for name in found:
        if name not in names:
            reading.miss(f"database {name}, left out by databases", "databases", Reason.DISABLED, "")
    sizes = _sizes(reading, session, deadline)
    shared = _federated(reading, session, deadline)
    upstream = _upstream(reading, session, names, deadline)
    role = PlaceKind.REPLICA if upstream else PlaceKind.PRIMARY
    signals, resolution = _signals(reading, session, deadline), whereabouts(server, deadline)
    for name in names:
        reading.database(
            DATABASE,
            name,
            source,
            role=role,
            size=sizes.get(name),
            shared_with=shared,
            resolution=resolution,
            signals=signals.get(name, ()),
        )
    _receivers(reading, session, names, "PROCESS" in rights, deadline)


def _rights(reading: Reading, session: Session, deadline: Deadline) -> frozenset[str]:
    answer = reading.rows(session, queries.GRANTS, "rights of the account", deadline, permission="USAGE")
    return granted([str(value) for row in answer[0] for value in row.values()]) if answer else frozenset()


def _sizes(reading: Reading, session: Session, deadline: Deadline) -> Mapping[str, int]:
    """Bytes on disk by database; one whose name is not plain ASCII is written otherwise there, and has none."""
    query = queries.SIZES[session.mariadb]
    answer = reading.rows(session, query, "sizes of the databases", deadline, permission="PROCESS")
    return {row["name"]: row["bytes"] for row in answer[0] if row["bytes"] is not None} if answer else {}


def _signals(reading: Reading, session: Session, deadline: Deadline) -> Mapping[str, tuple[Signal, ...]]:
    """What the names of the tables and columns of each database give away."""
    query = queries.COLUMNS[session.mariadb]
    answer = reading.rows(session, query, "tables and columns", deadline, permission="PROCESS")
    tables: dict[str, dict[str, list[str]]] = {}
    for row in answer[0] if answer else ():
        database, _, table = row["path"].partition("/")
        tables.setdefault(database, {}).setdefault(table, []).append(row["col"])
    return {database: of_schema(found.items()) for database, found in tables.items()}


def _receivers(reading: Reading, session: Session, names: Sequence[str], may: bool, deadline: Deadline) -> None:
    """Every connection that is being sent the binary log: a replica, or a tool of change capture."""
    what = "replicas of the server"
    if not may:
        detail = "the account sees no connection but its own"
        reading.miss(what, "information_schema.processlist", Reason.REFUSED, detail, permission="PROCESS")
    answer = reading.rows(session, queries.RECEIVERS, what, deadline, permission="PROCESS")
    hosts = {_host(str(row["host"])): answer[1] for row in answer[0]} if answer else {}
    for host, source in sorted(hosts.items()):
        end = f"mysql:host/{host}"
        reading.end(END, end, host, PlaceKind.REPLICA, source)
        for name in names:
            reading.copy(reading.server.id_of(name), end, PlaceKind.REPLICA, source)


def _upstream(reading: Reading, session: Session, names: Sequence[str], deadline: Deadline) -> bool:
    """True when the server is a replica; notes what each of its databases comes from."""
    query = queries.UPSTREAM[session.mariadb]
    right = "SLAVE MONITOR" if session.mariadb else "REPLICATION CLIENT"
    answer = reading.rows(session, query, "origin of a replica", deadline, permission=right)
    origins = [_origin(row) for row in answer[0]] if answer else []
    for address in sorted({origin for origin in origins if origin}):
        for name in names:
            if answer:
                origin = f"mysql://{address}/{name}"
                reading.end(DATABASE, origin, name, PlaceKind.PRIMARY, answer[1])
                reading.copy(origin, reading.server.id_of(name), PlaceKind.REPLICA, answer[1])
    return bool(origins)


def _origin(row: Row) -> str:
    host = row.get("master_host") or row.get("source_host") or ""
    port = row.get("master_port") or row.get("source_port") or USUAL_PORT
    return f"{host}:{port}".lower() if host else ""


def _federated(reading: Reading, session: Session, deadline: Deadline) -> Observed[tuple[str, ...]]:
    """The servers that tables of this one may reach into or be reached from."""
    right = "SELECT (server_name, host, db, wrapper) ON mysql.servers"
    answer = session.ask(queries.SERVERS, deadline)
    source = reading.source("mysql.servers")
    if isinstance(answer, Failure):
        reading.miss("federated servers", "mysql.servers", answer.reason, answer.detail, permission=right)
        return Unread(answer.reason, source, "see the gap of this server")
    hosts = {f"{row['wrapper']}:{row['host'] or row['name']}" for row in answer}
    return Known(tuple(sorted(hosts)), source) if hosts else Absent(source)


def _host(text: str) -> str:
    """The host of ``host:port``; the port is that of one connection."""
    host, colon, port = text.rpartition(":")
    return (host if colon and port.isdecimal() else text).strip("[]").lower() or "local"
