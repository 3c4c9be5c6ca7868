"""The one seam to PostgreSQL: a read-only session, and what its errors mean.

Error classes: PostgreSQL documentation, appendix A "PostgreSQL Error Codes".
"""

from __future__ import annotations

from functools import cache
from typing import Any

from model.observed import Reason
from scanners._jobs import Deadline
from scanners._sql import Failure, Query, Row, Server, answer_seconds, failure

USUAL_PORT = 5432
_TLS = {"verify": "verify-full", "require": "require", "off": "disable"}
# SQLSTATE, or its first two characters, by reason.
_REASONS = {
    "42501": Reason.REFUSED,
    "28": Reason.REFUSED,
    "55P03": Reason.TIMEOUT,
    "57014": Reason.TIMEOUT,
    "53": Reason.THROTTLED,
    "57P03": Reason.THROTTLED,
    "08": Reason.UNREACHABLE,
    "57": Reason.UNREACHABLE,
    "42": Reason.UNSUPPORTED,
    "0A": Reason.UNSUPPORTED,
    "55": Reason.UNSUPPORTED,
    "3D": Reason.UNSUPPORTED,
}
_MOST_ROWS = 100_000


class Session:
    """One connection in which nothing can be written."""

    def __init__(self, connection: Any, server: Server) -> None:
        self._connection = connection
        self._server = server

    def ask(self, query: Query, deadline: Deadline) -> list[Row] | Failure:
        """The rows of ``query``, each once and of the right types; more than 100,000 are a failure."""
        import psycopg
        from psycopg.rows import dict_row

        seconds = answer_seconds(self._server, deadline)
        # The server's own limit comes first: it leaves a session in which the next question can be put.
        self._connection.seconds = seconds + 1
        try:
            with self._connection.cursor(row_factory=dict_row) as cursor:
                cursor.execute(f"SET statement_timeout = {max(1, int(1000 * seconds))}")
                cursor.execute(query.text)
                rows: list[Row] = cursor.fetchmany(_MOST_ROWS + 1)
        except (psycopg.Error, UnicodeError, ValueError) as error:
            return _failure(error)
        if len(rows) > _MOST_ROWS:
            return Failure(Reason.UNSUPPORTED, f"more than {_MOST_ROWS} rows")
        return query.checked(rows)

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


@cache
def _bounded() -> Any:
    """A connection that never waits longer than its ``seconds``."""
    import psycopg

    class Bounded(psycopg.Connection[Any]):
        seconds: float | None = None

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            return super().wait(gen, interval, self.seconds if timeout is None else timeout)

    return Bounded


def connect(server: Server, database: str, deadline: Deadline) -> Session | Failure:
    """A session in ``database``, whose transactions are read-only, or why there is none.

    Raises CredentialsError when the password's variable is not set.
    """
    import psycopg

    options = "-c default_transaction_read_only=on -c lock_timeout=3000"
    try:
        connection = _bounded().connect(
            host=server.host,
            port=server.port,
            user=server.user or None,
            password=server.password() or None,
            dbname=database,
            sslmode=_TLS[server.tls],
            sslrootcert=server.ca_path or ("system" if server.tls == "verify" else None),
            connect_timeout=max(1, int(answer_seconds(server, deadline))),
            application_name="lexsitus",
            options=options,
            client_encoding="UTF8",
            tcp_user_timeout=30_000,
            autocommit=True,
            prepare_threshold=None,
        )
    except psycopg.Error as error:
        return _failure(error)
    return Session(connection, server)


def _failure(error: BaseException) -> Failure:
    import psycopg

    if not isinstance(error, psycopg.Error):
        return failure(Reason.FAULT, error)
    state = getattr(error, "sqlstate", None) or ""
    reason = _REASONS.get(state) or _REASONS.get(state[:2])
    if reason is None and (isinstance(error, psycopg.errors.ConnectionTimeout) or "timeout expired" in str(error)):
        reason = Reason.TIMEOUT
    if reason is None and not state and isinstance(error, psycopg.OperationalError):
        # libpq gives no code for what happens before a session begins; the server's own words are all there is.
        text = str(error)
        refused = "authentication failed" in text or "no pg_hba.conf entry" in text or "no password supplied" in text
        reason = Reason.REFUSED if refused else Reason.UNREACHABLE
        if "does not exist" in text or "permission denied for database" in text:
            reason = Reason.REFUSED
        if "too many clients" in text or "remaining connection slots" in text or "starting up" in text:
            reason = Reason.THROTTLED
    return failure(reason or Reason.FAULT, error)
