"""The hospital's PostgreSQL server behind a proxy in which any question can be made to fail."""

from __future__ import annotations

import socket
import struct
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanners._sql import Query
from scanners.postgresql import queries
from tests.scanners.bed import Kind
from tests.scanners.postgresql.conftest import furnish
from tests.scanners.postgresql.servers import PASSWORD, target_at
from tests.scanners.wire import CONNECT, ClosedError, SqlBed, Wire, exactly

NAMES = {query.text: query.name for query in vars(queries).values() if isinstance(query, Query)}
CODES = {Kind.REFUSE: b"42501", Kind.THROTTLE: b"53300", Kind.HTTP500: b"XX000"}
WORDS = {Kind.REFUSE: b"password authentication failed for user", Kind.THROTTLE: b"sorry, too many clients already"}
TEXT_LIKE, TEXT, INTEGER = (18, 19, 25, 1042, 1043), 25, 23


class PostgresWire(Wire):
    """Version 3.0 of the protocol; source: PostgreSQL documentation, "Message Formats"."""

    cut = b"T\x00\x00\x40\x00\x00\x03"

    def begin(self, client: socket.socket, server: socket.socket) -> None:
        size = exactly(client, 4)
        server.sendall(size + exactly(client, struct.unpack("!I", size)[0] - 4))
        while True:
            kind, body = self._message(server)
            client.sendall(self._packed(kind, body))
            if kind == b"Z":
                return
            if kind == b"E":
                raise ClosedError
            # Passwords: every request but those that only inform is answered.
            if kind == b"R" and struct.unpack("!I", body[:4])[0] not in (0, 12):
                server.sendall(self._packed(*self._message(client)))

    def question(self, client: socket.socket, server: socket.socket) -> str | None:
        kind, body = self._message(client)
        server.sendall(self._packed(kind, body))
        return body[:-1].decode() if kind == b"Q" else None

    def answer(self, client: socket.socket, server: socket.socket, kind: Kind | None) -> None:
        values: list[bytes] = []
        while True:
            what, body = self._message(server)
            if kind is Kind.WRONG_TYPE and what == b"T":
                body, values = self._of_other_types(body)
            if kind is Kind.WRONG_TYPE and what == b"D":
                body = body[:2] + b"".join(struct.pack("!I", len(value)) + value for value in values)
            client.sendall(self._packed(what, body) * (2 if kind is Kind.REPEAT_ITEM and what == b"D" else 1))
            if what == b"Z":
                return

    def drain(self, server: socket.socket) -> None:
        while self._message(server)[0] != b"Z":
            pass

    def refuse(self, client: socket.socket, kind: Kind, beginning: bool) -> None:
        code = b"28P01" if beginning and kind is Kind.REFUSE else CODES[kind]
        words = WORDS.get(kind, b"it was not to be")
        fields = b"".join(
            (b"SFATAL\x00" if beginning else b"SERROR\x00", b"C" + code + b"\x00", b"M" + words + b"\x00")
        )
        client.sendall(self._packed(b"E", fields + b"\x00") + (b"" if beginning else self._packed(b"Z", b"I")))

    @staticmethod
    def _message(sock: socket.socket) -> tuple[bytes, bytes]:
        head = exactly(sock, 5)
        return head[:1], exactly(sock, struct.unpack("!I", head[1:])[0] - 4)

    @staticmethod
    def _packed(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("!I", len(body) + 4) + body

    @staticmethod
    def _of_other_types(body: bytes) -> tuple[bytes, list[bytes]]:
        """The description of a row where texts are numbers and all else is text, and a value for each column."""
        (count,) = struct.unpack("!H", body[:2])
        made, values, at = body[:2], [], 2
        for _ in range(count):
            end = body.index(b"\x00", at) + 1
            textual = struct.unpack("!I", body[end + 6 : end + 10])[0] in TEXT_LIKE
            oid = INTEGER if textual else TEXT
            made += body[at:end] + body[end : end + 6] + struct.pack("!IhiH", oid, -1, -1, 0)
            values.append(b"12" if textual else b"inattendu")
            at = end + 18
        return made, values


class PostgresBed(SqlBed):
    """A primary with a slot, an archive, a foreign server; no standby, which its own tests have."""

    def words(self, call: str) -> Collection[str]:
        """What stands for a call: its right, and the job that a whole server is."""
        return ("pg_monitor", "server", "database") if call == CONNECT else ("pg_monitor",)


def name_of(text: str) -> str:
    """The call that a question is; the limit that is set before each is none."""
    return "" if text.startswith("SET statement_timeout = ") else NAMES.get(text, "?")


@contextmanager
def bed() -> Iterator[PostgresBed]:
    """The bed of the PostgreSQL scanner."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        patch.setenv("LEXSITUS_PG_PASSWORD", PASSWORD)
        Path(name).chmod(0o755)
        cluster = furnish(Path(name))
        wire = PostgresWire(cluster.port, name_of)
        try:
            yield PostgresBed(wire, target_at, PASSWORD)
        finally:
            wire.close()
            cluster.stop()
