"""The one seam to MySQL and MariaDB: a read-only session, and what its errors mean.

Error numbers: MariaDB "Error Codes", MySQL "Server Error Message Reference".
"""

from __future__ import annotations

import contextlib
import ssl
from typing import Any

from model.observed import Reason
from scanners._jobs import Deadline
from scanners._sql import Failure, Query, Row, Server, answer_seconds, failure

USUAL_PORT = 3306
_REASONS = {
    1044: Reason.REFUSED,
    1045: Reason.REFUSED,
    1142: Reason.REFUSED,
    1143: Reason.REFUSED,
    1227: Reason.REFUSED,
    1698: Reason.REFUSED,
    1862: Reason.REFUSED,
    1040: Reason.THROTTLED,
    1129: Reason.THROTTLED,
    1203: Reason.THROTTLED,
    1226: Reason.THROTTLED,
    1205: Reason.TIMEOUT,
    1317: Reason.TIMEOUT,
    1969: Reason.TIMEOUT,
    3024: Reason.TIMEOUT,
    1064: Reason.UNSUPPORTED,
    1109: Reason.UNSUPPORTED,
    1146: Reason.UNSUPPORTED,
    1193: Reason.UNSUPPORTED,
    1054: Reason.UNSUPPORTED,
    1235: Reason.UNSUPPORTED,
    2003: Reason.UNREACHABLE,
    2006: Reason.UNREACHABLE,
    2013: Reason.UNREACHABLE,
}
_MOST_ROWS = 100_000


class Session:
    """One connection in which nothing can be written."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @property
    def version(self) -> str:
        """As the server greets: ``10.11.19-MariaDB``."""
        return str(self._connection.get_server_info())

    @property
    def mariadb(self) -> bool:
        """True for MariaDB, whose words for replication and tablespaces differ from MySQL's."""
        return "mariadb" in self.version.lower()

    def ask(self, query: Query, deadline: Deadline) -> list[Row] | Failure:
        """The rows of ``query``, each once and of the right types; more than 100,000 are a failure.

        Columns are named in small letters; a query without columns gives them all, as texts.
        """
        import pymysql

        deadline.check()
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(query.text)
                rows = cursor.fetchmany(_MOST_ROWS + 1)
        except (pymysql.Error, OSError, UnicodeError, ValueError) as error:
            return _failure(error)
        if len(rows) > _MOST_ROWS:
            return Failure(Reason.UNSUPPORTED, f"more than {_MOST_ROWS} rows")
        if not query.columns:
            return [{str(name): str(value) for name, value in row.items()} for row in rows]
        return query.checked([{str(name).lower(): value for name, value in row.items()} for row in rows])

    def close(self) -> None:
        """Ends the connection, whatever state it is in."""
        import pymysql

        with contextlib.suppress(pymysql.Error):
            self._connection.close()


def connect(server: Server, deadline: Deadline) -> Session | Failure:
    """A session whose transactions are read-only, or why there is none.

    Raises CredentialsError when the password's variable is not set.
    """
    import pymysql
    from pymysql.cursors import DictCursor

    seconds = max(1, int(answer_seconds(server, deadline)))
    try:
        connection = pymysql.connect(
            host=server.host,
            port=server.port,
            user=server.user or None,
            password=server.password(),
            charset="utf8mb4",
            cursorclass=DictCursor,
            connect_timeout=seconds,
            read_timeout=seconds,
            write_timeout=seconds,
            autocommit=True,
            local_infile=False,
            init_command="SET SESSION TRANSACTION READ ONLY",
            program_name="lexsitus",
            ssl=_tls(server),
            ssl_disabled=server.tls == "off",
        )
    except (pymysql.Error, OSError, ValueError, RuntimeError) as error:
        return _failure(error)
    return Session(connection)


def _tls(server: Server) -> ssl.SSLContext | None:
    if server.tls == "off":
        return None
    context = ssl.create_default_context(cafile=server.ca_path or None)
    if server.tls == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _failure(error: BaseException) -> Failure:
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return failure(Reason.TIMEOUT, error)
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    return failure(_REASONS.get(code, Reason.UNREACHABLE if isinstance(error, OSError) else Reason.FAULT), error)
