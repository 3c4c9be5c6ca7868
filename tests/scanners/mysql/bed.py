"""The hospital's MariaDB server behind a proxy in which any question can be made to fail."""

from __future__ import annotations

import socket
import struct
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanners._sql import Query
from scanners.mysql import queries
from tests.scanners.bed import Kind
from tests.scanners.mysql.conftest import furnish
from tests.scanners.mysql.servers import PASSWORD, target
from tests.scanners.wire import CONNECT, ClosedError, SqlBed, Wire, exactly

_ALL = [*vars(queries).values(), *queries.SIZES.values(), *queries.COLUMNS.values(), *queries.UPSTREAM.values()]
NAMES = {query.text: query.name for query in _ALL if isinstance(query, Query)}
CODES = {Kind.REFUSE: 1142, Kind.THROTTLE: 1040, Kind.HTTP500: 1815}
QUERY, QUIT = 3, 1
VAR_STRING, LONGLONG, UTF8 = 253, 8, 45
NUMBERS = (0, 1, 2, 3, 4, 5, 8, 9, 246)


class MysqlWire(Wire):
    """The client/server protocol; source: MariaDB Knowledge Base, "Clients & Servers Protocol"."""

    cut = b"\x40\x00\x00\x01\x05def"

    def begin(self, client: socket.socket, server: socket.socket) -> None:
        number, body = self._packet(server)
        client.sendall(self._packed(number, body))
        server.sendall(self._packed(*self._packet(client)))
        while True:
            number, body = self._packet(server)
            client.sendall(self._packed(number, body))
            if body[0] == 0:
                return
            if body[0] == 0xFF:
                raise ClosedError
            server.sendall(self._packed(*self._packet(client)))

    def question(self, client: socket.socket, server: socket.socket) -> str | None:
        number, body = self._packet(client)
        server.sendall(self._packed(number, body))
        return body[1:].decode() if body[0] == QUERY else None if body[0] == QUIT else ""

    def answer(self, client: socket.socket, server: socket.socket, kind: Kind | None) -> None:
        packets = self._answered(server)
        columns = packets[0][0] if len(packets) > 1 else 0
        made: list[bytes] = []
        values = b""
        for at, body in enumerate(packets):
            row = columns and at > columns + 1 and at < len(packets) - 1
            if kind is Kind.WRONG_TYPE and columns and 0 < at <= columns:
                # A definition ends with: charset (2), length (4), type (1), flags (2), decimals (1), filler (2).
                numeric = body[-6] in NUMBERS
                body = body[:-12] + struct.pack("<HIB", UTF8, 64, VAR_STRING if numeric else LONGLONG) + body[-5:]
                values += b"\x09inattendu" if numeric else b"\x0212"
            if kind is Kind.WRONG_TYPE and row:
                body = values
            made += [body] * (2 if kind is Kind.REPEAT_ITEM and row else 1)
        client.sendall(b"".join(self._packed((at + 1) % 256, body) for at, body in enumerate(made)))

    def drain(self, server: socket.socket) -> None:
        self._answered(server)

    def _answered(self, server: socket.socket) -> list[bytes]:
        """The packets of one answer: OK or an error, or columns, their end, rows, their end."""
        packets = [self._packet(server)[1]]
        if packets[0][0] in (0, 0xFF):
            return packets
        ends = 0
        while ends < 2:
            packets.append(self._packet(server)[1])
            ends += packets[-1][0] == 0xFE and len(packets[-1]) < 9
            if packets[-1][0] == 0xFF:
                break
        return packets

    def refuse(self, client: socket.socket, kind: Kind, beginning: bool) -> None:
        code = 1045 if beginning and kind is Kind.REFUSE else CODES[kind]
        state = b"" if beginning and kind is Kind.THROTTLE else b"#42000"
        client.sendall(self._packed(0 if beginning else 1, b"\xff" + struct.pack("<H", code) + state + b"not to be"))

    @staticmethod
    def _packet(sock: socket.socket) -> tuple[int, bytes]:
        head = exactly(sock, 4)
        return head[3], exactly(sock, int.from_bytes(head[:3], "little"))

    @staticmethod
    def _packed(number: int, body: bytes) -> bytes:
        return len(body).to_bytes(3, "little") + bytes([number]) + body


class MysqlBed(SqlBed):
    """A primary with two databases and a federated server."""

    def words(self, call: str) -> Collection[str]:
        """What stands for a call: the rights that nobody then knows, and the job that a whole server is."""
        rights = {"SHOW GRANTS": ("SHOW DATABASES", "PROCESS")}
        return ("server",) if call == CONNECT else rights.get(call, ())


def name_of(text: str) -> str:
    """The call that a question is; what makes the session read-only is none."""
    return "" if not text or text.startswith("SET ") else NAMES.get(text, "?")


@contextmanager
def bed() -> Iterator[MysqlBed]:
    """The bed of the MySQL scanner."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        patch.setenv("LEXSITUS_MYSQL_PASSWORD", PASSWORD)
        server = furnish(Path(name))
        wire = MysqlWire(server.port, name_of)
        try:
            yield MysqlBed(wire, target, PASSWORD)
        finally:
            wire.close()
            server.stop()
