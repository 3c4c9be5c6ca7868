"""A PostgreSQL server read: its databases, and every copy that it tells of."""

from __future__ import annotations

import json
from collections.abc import Sequence

from model.health import Signal
from model.observed import Absent, Known, Observed, Reason, Unread
from model.places import PlaceKind
from scanners._health.schemas import of_schema
from scanners._jobs import Deadline, Job, Step
from scanners._sql import Failure, Reading, Row, Server, Session, server_of, whereabouts
from scanners.postgresql import queries
from scanners.postgresql.archives import archive_of
from scanners.postgresql.sessions import USUAL_PORT, connect

DATABASE, END = "postgresql.Database", "postgresql.Server"
MONITOR = "pg_monitor"
ENTRY = "postgres"
"""The database that every server has, in which what concerns them all is asked."""


def read_server(job: Job, deadline: Deadline) -> Step:
    """The databases of a server as jobs that follow, and the copies that concern all of them."""
    server = server_of(job.target, USUAL_PORT)
    reading = Reading(server)
    session = _entered(server, deadline)
    if isinstance(session, Failure):
        what = f"the PostgreSQL server {server.address}"
        reading.miss(what, "connect", session.reason, session.detail, permission="CONNECT")
        return Step(reading.observations())
    try:
        return _read_server(job, reading, session, deadline)
    finally:
        session.close()


def _entered(server: Server, deadline: Deadline) -> Session | Failure:
    """A session in the usual first database, else in the first one that the configuration names."""
    session = connect(server, ENTRY, deadline)
    if isinstance(session, Failure) and session.reason is Reason.REFUSED and server.databases:
        return connect(server, server.databases[0], deadline)
    return session


def _read_server(job: Job, reading: Reading, session: Session, deadline: Deadline) -> Step:
    server = reading.server
    rights = reading.rows(session, queries.RIGHTS, "rights of the account", deadline, permission=MONITOR)
    if not rights or not rights[0]:
        return Step(reading.observations())
    may = rights[0][0]
    listed = reading.rows(session, queries.DATABASES, "the list of databases", deadline, permission=MONITOR)
    if not listed:
        return Step(reading.observations())
    wanted = [row for row in listed[0] if not server.databases or row["name"] in server.databases]
    _missing_databases(reading, listed[0])
    names = [str(row["name"]) for row in wanted]
    role = PlaceKind.REPLICA if may["standby"] else PlaceKind.PRIMARY
    if may["stats"]:
        _receivers(reading, session, names, deadline)
        _upstream(reading, session, names, bool(may["standby"]), deadline)
    else:
        detail = "the account may not see who receives what"
        reading.miss("replicas of the server", "pg_stat_replication", Reason.REFUSED, detail, permission=MONITOR)
    _slots(reading, session, names, deadline)
    _subscriptions(reading, session, names, deadline)
    _archive(reading, session, names, bool(may["settings"]), deadline)
    followers = tuple(
        Job(job.target, "database", f"database {row['name']}", (json.dumps(_kept(row), sort_keys=True), role.value))
        for row in wanted
    )
    return Step(reading.observations(), followers)


def _missing_databases(reading: Reading, listed: Sequence[Row]) -> None:
    """A database that the configuration leaves out, or names in vain, is not seen."""
    found = {row["name"] for row in listed}
    for name in reading.server.databases:
        if name not in found:
            reading.miss(f"database {name}", "pg_database", Reason.UNREACHABLE, "the server has no such database")
    for name in sorted(found - set(reading.server.databases)) if reading.server.databases else ():
        reading.miss(f"database {name}, left out by databases", "databases", Reason.DISABLED, "")


def _kept(row: Row) -> dict[str, object]:
    """What the job of one database needs of its row: a job holds texts."""
    return {key: row[key] for key in ("name", "tablespace", "location", "open", "bytes")}


def _receivers(reading: Reading, session: Session, names: Sequence[str], deadline: Deadline) -> None:
    what = "replicas of the server"
    answer = reading.rows(session, queries.RECEIVERS, what, deadline, permission=MONITOR)
    rows, source = answer or ((), None)
    for row in rows:
        if source is None or row["state"] is None:
            reading.miss(what, "pg_stat_replication", Reason.REFUSED, "one is hidden", permission=MONITOR)
            continue
        if row["state"] == "backup":
            end, kind, name = f"postgresql:backup/{row['address'] or 'local'}", PlaceKind.BACKUP, "base backup"
        else:
            end, kind = f"postgresql:host/{row['address'] or 'local'}", PlaceKind.REPLICA
            name = row["host"] or row["address"] or row["name"] or "local receiver"
        reading.end(END, end, f"{name}", kind, source)
        # A logical stream carries one database, a physical one all of them.
        for database in [row["database"]] if row["database"] else names:
            reading.copy(reading.server.id_of(database), end, kind, source)


def _slots(reading: Reading, session: Session, names: Sequence[str], deadline: Deadline) -> None:
    """A slot without a connection keeps data for a reader who is away: who that is, nobody tells."""
    what = "replication slots"
    answer = reading.rows(session, queries.SLOTS, what, deadline, permission=MONITOR)
    rows, source = answer or ((), None)
    for row in rows:
        if source is None:
            continue
        end = f"postgresql://{reading.server.address}/?slot={row['slot']}"
        reading.end(END, end, f"reader of the slot {row['slot']}", PlaceKind.REPLICA, source)
        for database in [row["database"]] if row["database"] else names:
            reading.copy(reading.server.id_of(database), end, PlaceKind.REPLICA, source)


def _upstream(reading: Reading, session: Session, names: Sequence[str], standby: bool, deadline: Deadline) -> None:
    if not standby:
        return
    what = "origin of this standby"
    answer = reading.rows(session, queries.UPSTREAM, what, deadline, permission=MONITOR)
    if answer is None:
        return
    rows, source = answer
    if not rows or not rows[0]["host"]:
        reading.miss(what, "pg_stat_wal_receiver", Reason.UNREACHABLE, "it receives from no server at this moment")
        return
    address = f"{rows[0]['host']}:{rows[0]['port']}".lower()
    for name in names:
        origin = f"postgresql://{address}/{name}"
        reading.end(DATABASE, origin, name, PlaceKind.PRIMARY, source)
        reading.copy(origin, reading.server.id_of(name), PlaceKind.REPLICA, source)


def _subscriptions(reading: Reading, session: Session, names: Sequence[str], deadline: Deadline) -> None:
    """What a database subscribes to comes from elsewhere; from where, only a password-bearing text tells."""
    what = "subscriptions"
    answer = reading.rows(session, queries.SUBSCRIPTIONS, what, deadline, permission=MONITOR)
    for row in answer[0] if answer else ():
        if row["database"] in names:
            reading.miss(
                f"origin of the subscription {row['name']} of {row['database']}",
                "pg_subscription",
                Reason.UNSUPPORTED,
                "the server tells it only together with a password, which is not asked; declare it in the register",
                store=reading.server.id_of(row["database"]),
            )


def _archive(reading: Reading, session: Session, names: Sequence[str], may: bool, deadline: Deadline) -> None:
    what = "archive of the write-ahead log"
    if not may:
        reading.miss(what, "pg_settings", Reason.REFUSED, "the account may not see every setting", permission=MONITOR)
        return
    answer = reading.rows(session, queries.SETTINGS, what, deadline, permission=MONITOR)
    if answer is None:
        return
    rows, source = answer
    settings = {str(row["name"]): str(row["setting"] or "") for row in rows}
    if "archive_mode" not in settings:
        reading.miss(what, "pg_settings", Reason.FAULT, "the answer holds no archive_mode")
        return
    archive = archive_of(settings)
    if archive is None:
        return
    place, words = archive
    end = place or f"postgresql://{reading.server.address}/?archive"
    reading.end("postgresql.Archive", end, words, PlaceKind.BACKUP, source)
    for name in names:
        reading.copy(reading.server.id_of(name), end, PlaceKind.BACKUP, source)


def read_database(job: Job, deadline: Deadline) -> Step:
    """One database: what it offers to subscribers, and the servers that it is opened to."""
    server = server_of(job.target, USUAL_PORT)
    reading = Reading(server)
    row, role = json.loads(job.arguments[0]), PlaceKind(job.arguments[1])
    name = row["name"]
    source = reading.source("pg_database")
    shared: Observed[tuple[str, ...]] = Unread(Reason.REFUSED, source, "the database could not be entered")
    offered: Sequence[str] | None = None
    signals: tuple[Signal, ...] = ()
    session = connect(server, name, deadline) if row["open"] else Failure(Reason.REFUSED, "CONNECT is not granted")
    if isinstance(session, Failure):
        scope, right = f"tables, publications and foreign servers of {name}", f"CONNECT ON DATABASE {name}"
        reading.miss(scope, "connect", session.reason, session.detail, permission=right, store=server.id_of(name))
    else:
        try:
            shared = _foreign(reading, session, name, deadline)
            offered = _publications(reading, session, name, deadline)
            signals = _signals(reading, session, name, deadline)
        finally:
            session.close()
    tags: Observed[tuple[tuple[str, str], ...]] = Unread(Reason.NOT_TOLD, source, "publications could not be read")
    if offered is not None:
        pairs = [("tablespace", row["tablespace"]), ("tablespace_location", row["location"])]
        pairs += [("publication", publication) for publication in offered]
        tags = Known(tuple(sorted(pair for pair in pairs if pair[1])), source)
    reading.database(
        DATABASE,
        name,
        source,
        role=role,
        size=row["bytes"],
        tags=tags,
        shared_with=shared,
        resolution=whereabouts(server, deadline),
        signals=signals,
    )
    return Step(reading.observations())


def _foreign(reading: Reading, session: Session, name: str, deadline: Deadline) -> Observed[tuple[str, ...]]:
    store = reading.server.id_of(name)
    what = f"foreign servers of {name}"
    answer = reading.rows(session, queries.FOREIGN_SERVERS, what, deadline, permission="CONNECT", store=store)
    if answer is None:
        return Unread(Reason.FAULT, reading.source("pg_foreign_server"), "see the gap of this database")
    rows, source = answer
    if not rows:
        return Absent(source)
    return Known(tuple(sorted({f"{row['wrapper']}:{row['host'] or row['name']}" for row in rows})), source)


def _publications(reading: Reading, session: Session, name: str, deadline: Deadline) -> Sequence[str] | None:
    """What the database offers to whoever may subscribe (those who do show among the receivers)."""
    what, store = f"publications of {name}", reading.server.id_of(name)
    answer = reading.rows(session, queries.PUBLICATIONS, what, deadline, permission="CONNECT", store=store)
    return [row["name"] for row in answer[0]] if answer else None


def _signals(reading: Reading, session: Session, name: str, deadline: Deadline) -> tuple[Signal, ...]:
    """What the names of tables and columns give away."""
    what, store = f"tables and columns of {name}", reading.server.id_of(name)
    answer = reading.rows(session, queries.COLUMNS, what, deadline, permission="CONNECT", store=store)
    return of_schema((row["table"], row["columns"]) for row in answer[0]) if answer else ()
