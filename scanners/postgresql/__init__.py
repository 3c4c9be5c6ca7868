"""PostgreSQL servers: each database, its replicas, change capture, archives and foreign servers.

docs/scanners/databases.md says what is asked, what cannot be seen, and which rights that needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from model.errors import CredentialsError
from model.places import Target
from scanners import _sql
from scanners._jobs import Deadline, Job, Task
from scanners._sql import Failure, server_of
from scanners.postgresql import queries
from scanners.postgresql.reading import MONITOR, read_database, read_server
from scanners.postgresql.sessions import USUAL_PORT, connect

SETTINGS: Mapping[str, str] = _sql.SETTINGS
EXAMPLE: Mapping[str, str] = {"host": "127.0.0.1:5432", "user": "lexsitus", "password_env": "LEXSITUS_PG_PASSWORD"}
PERMISSIONS: tuple[str, ...] = (MONITOR, "CONNECT")
TASKS: Mapping[str, Task] = {"server": read_server, "database": read_database}
LISTINGS: Mapping[str, str] = {"server": "server", "database": "server"}


def plan(target: Target) -> Iterable[Job]:
    """The first job of a scan.  Raises TargetError for a setting that cannot be used; makes no call."""
    server = server_of(target, USUAL_PORT)
    yield Job(target, "server", f"the PostgreSQL server {server.address}")


def identify(target: Target) -> str:
    """The account and the version of the server.

    Raises CredentialsError, which says what to do, when the server does not let us in.
    """
    server, deadline = server_of(target, USUAL_PORT), Deadline.after(30)
    session = connect(server, server.databases[0] if server.databases else "postgres", deadline)
    if not isinstance(session, Failure):
        try:
            rows = session.ask(queries.RIGHTS, deadline)
        finally:
            session.close()
        if not isinstance(rows, Failure):
            return f"{rows[0]['account']} on PostgreSQL {rows[0]['version']} at {server.address}"
        session = rows
    raise CredentialsError(
        f"target {target.name!r}: {server.address}: {session.reason}: {session.detail}; check host, user, password_env "
        "and tls, and pg_hba.conf on the server"
    )


def probe(target: Target) -> Target:
    """The same target: its rights show in a few questions."""
    return target


def policy() -> str:
    """The statements that make an account which can read no row of a table."""
    return """\
-- Run by an administrator of the server.  The account sees names, sizes, settings and replicas, and no row of a table.
CREATE ROLE lexsitus LOGIN PASSWORD NULL CONNECTION LIMIT 8;  -- then: \\password lexsitus
ALTER ROLE lexsitus SET default_transaction_read_only = on;
GRANT pg_monitor TO lexsitus;
-- For each database from which CONNECT was taken away from PUBLIC:
-- GRANT CONNECT ON DATABASE name TO lexsitus;
"""
