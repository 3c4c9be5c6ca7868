"""Sockets that never block: datagrams to each server, and a stream for an answer that does not fit in one."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import struct
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from scanners.dns.servers import Server

_SOCKETS = 4
"""Sockets per server: as many source ports, which makes answers harder to forge."""

_BUFFER_BYTES = 4 << 20
_IDS = 2_048
_BATCH = 256
_LARGEST = 65_535


def _socket(server: Server, kind: socket.SocketKind) -> socket.socket:
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    made = socket.socket(family, kind)
    made.setblocking(False)
    return made


def _ids() -> list[int]:
    """Distinct ids that nobody can foresee."""
    found: dict[int, None] = {}
    while len(found) < _IDS:
        found |= dict.fromkeys(struct.unpack(f"!{_IDS}H", os.urandom(2 * _IDS)))
    return list(found)[:_IDS]


class Datagrams:
    """One connected UDP socket and the questions in flight on it, by message id."""

    __slots__ = ("_free", "at", "pending", "socket")

    def __init__(self, at: int, server: Server) -> None:
        self.at = at
        self.socket = _socket(server, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self.pending: dict[int, Any] = {}
        # An id rests as long as it can before it is used again, and no order can be guessed.
        self._free = deque(_ids())
        self.socket.connect((server.host, server.port))

    def take(self, asked: Any) -> int:
        """An id under which ``asked`` is in flight from now on."""
        id = self._free.popleft()
        self.pending[id] = asked
        return id

    def release(self, id: int) -> None:
        """Nothing is in flight under this id any more."""
        del self.pending[id]
        self._free.append(id)

    def received(self) -> Iterator[bytes]:
        """What has come, without waiting; ConnectionError when the server's machine refuses us."""
        read = self.socket.recv
        try:
            for _ in range(_BATCH):
                yield read(_LARGEST)
        except BlockingIOError:
            return

    @property
    def room(self) -> int:
        """How many ids are free."""
        return len(self._free)


class Stream:
    """One question over TCP: connected, sent and answered without ever blocking."""

    __slots__ = ("_received", "_to_send", "asked", "at", "socket")

    def __init__(self, at: int, server: Server, asked: Any, message: bytes) -> None:
        self.at = at
        self.asked = asked
        self.socket = _socket(server, socket.SOCK_STREAM)
        self._to_send = struct.pack("!H", len(message)) + message
        self._received = b""
        begun = self.socket.connect_ex((server.host, server.port))
        if begun not in (0, errno.EINPROGRESS):
            self.socket.close()
            raise OSError(begun, "cannot be connected")

    def send(self) -> bool:
        """Sends what it can.  True once everything is sent; OSError when the connection failed."""
        failure = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failure:
            raise OSError(failure, "cannot be connected")
        self._to_send = self._to_send[self.socket.send(self._to_send) :]
        return not self._to_send

    def received(self) -> bytes | None:
        """The whole answer once it is there, else ``None``; OSError when the server hangs up before."""
        read = self.socket.recv(_LARGEST)
        if not read:
            raise OSError(errno.ECONNRESET, "closed before the answer")
        self._received += read
        if len(self._received) < 2:
            return None
        (length,) = struct.unpack_from("!H", self._received)
        return self._received[2 : 2 + length] if len(self._received) >= 2 + length else None


class Channels:
    """Every socket of an exchange, and the wait for any of them."""

    def __init__(self, servers: tuple[Server, ...]) -> None:
        self._servers = servers
        self._selector = selectors.DefaultSelector()
        self._datagrams: list[list[Datagrams]] = []
        self._turn = 0
        for at, server in enumerate(servers):
            group = []
            for _ in range(_SOCKETS):
                try:
                    made = Datagrams(at, server)
                except OSError:  # no road to that address from here: every question to it will say so
                    break
                self._selector.register(made.socket, selectors.EVENT_READ, made)
                group.append(made)
            self._datagrams.append(group)

    def next(self, at: int) -> Datagrams | None:
        """The socket of server ``at`` whose turn it is; ``None`` when that server cannot be reached at all."""
        group = self._datagrams[at]
        if not group:
            return None
        self._turn += 1
        found = group[self._turn % len(group)]
        return found if found.room else None

    def of(self, at: int) -> Sequence[Datagrams]:
        """Every socket of server ``at``; none when that server cannot be reached at all."""
        return self._datagrams[at]

    def stream(self, at: int, asked: Any, message: bytes) -> Stream:
        """A stream on which ``message`` is about to be sent.  Raises OSError."""
        made = Stream(at, self._servers[at], asked, message)
        self._selector.register(made.socket, selectors.EVENT_WRITE, made)
        return made

    def listen(self, stream: Stream) -> None:
        """The stream is done with sending."""
        self._selector.modify(stream.socket, selectors.EVENT_READ, stream)

    def drop(self, stream: Stream) -> None:
        """Closes the stream."""
        self._selector.unregister(stream.socket)
        stream.socket.close()

    def wait(self, seconds: float) -> Iterator[tuple[Datagrams | Stream, bool]]:
        """The sockets that can be used, after at most ``seconds``; true for those that can be written to."""
        for key, events in self._selector.select(seconds):
            yield key.data, bool(events & selectors.EVENT_WRITE)

    def close(self) -> None:
        """Closes every socket."""
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            key.data.socket.close()
        self._selector.close()
