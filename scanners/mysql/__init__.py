"""MySQL and MariaDB servers: each database, its replicas in both directions, and federated servers.

docs/scanners/databases.md says what is asked, what cannot be seen, and which rights that needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from model.errors import CredentialsError
from model.places import Target
from scanners import _sql
from scanners._jobs import Deadline, Job, Task
from scanners._sql import Failure, server_of
from scanners.mysql import queries
from scanners.mysql.reading import read_server
from scanners.mysql.rights import RIGHTS
from scanners.mysql.sessions import USUAL_PORT, connect

SETTINGS: Mapping[str, str] = _sql.SETTINGS
EXAMPLE: Mapping[str, str] = {"host": "127.0.0.1:3306", "user": "lexsitus", "password_env": "LEXSITUS_MYSQL_PASSWORD"}
PERMISSIONS: tuple[str, ...] = RIGHTS
TASKS: Mapping[str, Task] = {"server": read_server}
LISTINGS: Mapping[str, str] = {"server": "server"}


def plan(target: Target) -> Iterable[Job]:
    """The first job of a scan.  Raises TargetError for a setting that cannot be used; makes no call."""
    server = server_of(target, USUAL_PORT)
    yield Job(target, "server", f"the server {server.address}")


def identify(target: Target) -> str:
    """The account and the version of the server.

    Raises CredentialsError, which says what to do, when the server does not let us in.
    """
    server, deadline = server_of(target, USUAL_PORT), Deadline.after(30)
    session = connect(server, deadline)
    if not isinstance(session, Failure):
        try:
            rows, version = session.ask(queries.ACCOUNT, deadline), session.version
        finally:
            session.close()
        if not isinstance(rows, Failure):
            return f"{rows[0]['account']} on {version} at {server.address}"
        session = rows
    raise CredentialsError(
        f"target {target.name!r}: {server.address}: {session.reason}: {session.detail}; check host, user, password_env "
        "and tls"
    )


def probe(target: Target) -> Target:
    """The same target: its rights show in a few questions."""
    return target


def policy() -> str:
    """The statements that make an account which can read no row of a table, for MariaDB and for MySQL."""
    return """\
-- Run by an administrator of the server.  The account sees names, sizes and replicas, and no row of a table.
CREATE USER lexsitus@'%' IDENTIFIED BY '...' WITH MAX_USER_CONNECTIONS 8;  -- choose the password, then remove this line
GRANT SELECT (server_name, host, db, wrapper) ON mysql.servers TO lexsitus@'%';
-- MariaDB 10.5 and later:
GRANT SHOW DATABASES, PROCESS, SLAVE MONITOR ON *.* TO lexsitus@'%';
-- MySQL 8:
GRANT SHOW DATABASES, PROCESS, REPLICATION CLIENT ON *.* TO lexsitus@'%';
"""
