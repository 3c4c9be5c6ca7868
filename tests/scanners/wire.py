"""A proxy before a SQL server, in which any question can be made to fail.

A subclass knows one protocol: how a session begins, how a question and its answer are cut into messages.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.scanners.bed import Kind

CONNECT = "connect"


class ClosedError(Exception):
    """One side has gone."""


def exactly(sock: socket.socket, size: int) -> bytes:
    """``size`` bytes of ``sock``.  Raises ClosedError when it ends before."""
    found = b""
    while len(found) < size:
        piece = sock.recv(size - len(found))
        if not piece:
            raise ClosedError
        found += piece
    return found


class Wire(ABC):
    """Listens on ``port`` and stands for the server on ``behind``; ``names`` tells the call of a question's text."""

    def __init__(self, behind: int, names: Callable[[str], str]) -> None:
        self.seen: list[str] = []
        self._behind, self._names = behind, names
        self._fault: tuple[Kind, str] | None = None
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def fault(self, kind: Kind, call: str) -> Iterator[None]:
        """While the block runs, ``call`` fails in this way."""
        self._fault = (kind, call)
        try:
            yield
        finally:
            self._fault = None

    def close(self) -> None:
        """Ends every session."""
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._behind))
        self._open += [client, server]
        try:
            self._note(CONNECT)
            kind = self._struck(CONNECT)
            if kind is None or not self._ruin(client, kind, beginning=True):
                self.begin(client, server)
                while (text := self.question(client, server)) is not None:
                    call = self._names(text)
                    if call:
                        self._note(call)
                    kind = self._struck(call)
                    if kind is None or not self._ruin(client, kind, beginning=False):
                        self.answer(client, server, kind)
                    else:
                        self.drain(server)
        except (ClosedError, OSError):
            pass
        finally:
            client.close()
            server.close()

    def _note(self, call: str) -> None:
        self.seen.append(call)

    def _struck(self, call: str) -> Kind | None:
        return self._fault[0] if self._fault and self._fault[1] == call else None

    def _ruin(self, client: socket.socket, kind: Kind, *, beginning: bool) -> bool:
        """Fails the call on the client's side; False when a true answer is to be spoilt instead."""
        match kind:
            case Kind.REFUSE | Kind.THROTTLE | Kind.HTTP500:
                self.refuse(client, kind, beginning)
                if beginning:
                    raise ClosedError
            case Kind.HANG:
                threading.Event().wait(4)
                raise ClosedError
            case Kind.RESET:
                raise ClosedError
            case Kind.CUT:
                client.sendall(self.cut)
                raise ClosedError
            case Kind.GARBLE:
                client.sendall(b'\x00{"<' + bytes(range(256)))
                raise ClosedError
            case Kind.PORTAL:
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Identifiez-vous</html>")
                raise ClosedError
            case _:
                return False
        return True

    cut: bytes
    """The beginning of an answer that promises more."""

    @abstractmethod
    def begin(self, client: socket.socket, server: socket.socket) -> None:
        """Passes on all that comes before the first question."""

    @abstractmethod
    def question(self, client: socket.socket, server: socket.socket) -> str | None:
        """Passes the next question on to the server and gives its text; ``None`` at the end of the session."""

    @abstractmethod
    def answer(self, client: socket.socket, server: socket.socket, kind: Kind | None) -> None:
        """Passes the server's answer on, with other types or every row twice where ``kind`` says so."""

    @abstractmethod
    def drain(self, server: socket.socket) -> None:
        """Takes the server's answer, which nobody gets."""

    @abstractmethod
    def refuse(self, client: socket.socket, kind: Kind, beginning: bool) -> None:
        """An error in the words of the server."""


IMPOSSIBLE: Mapping[Kind, str] = {
    Kind.ENDLESS_PAGES: "an answer has no pages: its rows come until the server says that it is over",
    Kind.UNKNOWN_PLACE: "a SQL server names no region and no zone, only hosts",
    Kind.EXPIRED: "a session has no token; an account that has expired is refused like a wrong password",
    Kind.CLOCK: "nothing that is signed with the time is sent",
}


class SqlBed:
    """What the beds of the SQL scanners have in common."""

    impossible = IMPOSSIBLE
    alike = (CONNECT,)
    secrets: tuple[str, ...]
    harmless: tuple[str, ...] = ()

    def __init__(self, wire: Wire, target: Callable[..., Any], secret: str) -> None:
        self._wire = wire
        self.target, self.hasty = (target(wire.port, _timeout_seconds=seconds) for seconds in (10, 1))
        self.secrets = (secret,)

    def calls(self) -> list[str]:
        """The calls since ``forget``."""
        return self._wire.seen

    def forget(self) -> None:
        """Nothing was called; the scanners of SQL servers keep no answer."""
        self._wire.seen.clear()

    def fault(self, kind: Kind, call: str) -> Any:
        """While the block runs, ``call`` fails so."""
        return self._wire.fault(kind, call)

    def writes(self, call: str) -> bool:
        """Whatever is no question of ours."""
        return call == "?"
