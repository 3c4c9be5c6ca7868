"""The names of a survey for as long as everything about them is ordinary: no object per question, no strand per name.

Nearly every name is one of these.  As soon as an answer is out of the ordinary (cut short, a failure, a record that
the plain path does not read, silence), the name is handed over to the exchange, which goes on with its strand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from model.observed import Absent
from model.resolution import RecordType, Resolution
from scanners.dns import wire
from scanners.dns.channels import Channels, Datagrams
from scanners.dns.evidence import surveyed
from scanners.dns.memory import Memory
from scanners.dns.queries import Query
from scanners.dns.replies import ANSWERED, Reply, Status
from scanners.dns.wire import Type

if TYPE_CHECKING:
    from scanners.dns.exchange import Strand

_A, _AAAA, _MX = int(Type.A), int(Type.AAAA), int(Type.MX)
_CNAME, _NXDOMAIN = RecordType.CNAME, Status.NXDOMAIN
_IN_A_ROW = 32
"""Questions that go through the same socket before it is the next one's turn."""

ABSENT_SECONDS = 60
"""How long an absence is remembered."""


class Name:
    """A name to survey; ``otherwise`` gives the strand that goes on when something about it is out of the ordinary."""

    __slots__ = (
        "also", "first", "key", "labels", "mail", "nothing_then", "otherwise", "query", "second", "sent_at",
        "waits_for",
    )  # fmt: skip

    def __init__(self, query: Query, otherwise: Callable[[Query], Strand[Resolution]]) -> None:
        self.query = query
        self.otherwise = otherwise
        self.key: Any = None
        self.also: list[tuple[Any, Query]] = []
        self.labels = b""
        self.sent_at = 0.0
        self.waits_for = 1
        self.first: Reply | None = None
        self.second: Reply | None = None
        self.mail: Reply | None = None
        self.nothing_then: Absent | None = None

    def replies(self) -> Iterator[tuple[int, Reply]]:
        """What has been answered so far, by the number of the type."""
        for type, reply in ((_A, self.first), (_AAAA, self.second), (_MX, self.mail)):
            if reply is not None:
                yield type, reply


Entry: TypeAlias = "tuple[Name, int, bytes]"
"""One question about a name: the number of its type, and the question section."""


class Lane:
    """The ordinary questions to the first server, unsent and in flight.

    ``ended`` are the resolutions that are complete, with the key of their name; ``nothing`` is what an absence
    is, told by the server within the second that is counted now.
    """

    def __init__(self, channels: Channels, memory: Memory) -> None:
        self.unsent: deque[Entry] = deque()
        self.flying = 0
        self.ended: list[tuple[Any, Resolution]] = []
        self.nothing: Absent | None = None
        self._channels = channels
        self._memory = memory
        self._under_way: dict[str, Name] = {}

    def begin(self, key: Any, name: Name, now: float) -> bool:
        """Takes a name in.  False when part of it is known already, so that it takes a strand to ask for the rest."""
        query = name.query
        text = query.name
        held = self._memory.surveyed(text, now)
        if held is not None:
            self.ended.append((key, replace(held, query=query.text, kind=query.kind)))
            return True
        under_way = self._under_way.get(text)
        if under_way is not None:
            under_way.also.append((key, query))
            return True
        if self._memory.recall((text, _A), now) is not None:
            return False
        name.key = key
        name.labels = labels = wire.labels(text)
        self._under_way[text] = name
        self.unsent.append((name, _A, labels + wire.ASKED_A))
        return True

    def send(self, wanted: int, now: float) -> tuple[int, tuple[Datagrams, OSError] | None]:
        """Sends so many questions, fewer when no id is free.  How many, and the socket that failed, if one did."""
        unsent, sent = self.unsent, 0
        while sent < wanted:
            channel = self._channels.next(0)
            if channel is None:
                break
            put, take = channel.socket.send, channel.take
            for _ in range(min(wanted - sent, _IN_A_ROW, channel.room)):
                entry = unsent.popleft()
                entry[0].sent_at = now
                id = take(entry)
                sent += 1
                self.flying += 1
                try:
                    put(wire.plain_message(id, entry[2]))
                except BlockingIOError:
                    pass  # the system's buffer is full: silence, as if the network had lost it
                except OSError as error:
                    return sent, (channel, error)
        return sent, None

    def answered(self, channel: Datagrams, id: int, entry: Entry, data: bytes, server: str, now: float) -> bool:
        """Takes an answer to ``entry``, if it is an ordinary one: whole, in time, of the plain kinds."""
        name, type, asked = entry
        if data[2] & 0xFA != 0x80 or data[4:6] != b"\0\1" or data[12 : 12 + len(asked)] != asked:
            return False
        reply = wire.read(data, name.query.name, type, asked, server)
        if reply is None or reply.status not in ANSWERED or not reply.complete:
            return False
        channel.release(id)
        self.flying -= 1
        if type == _A:
            name.first, name.nothing_then = reply, self.nothing
            if reply.status is not _NXDOMAIN:
                labels, unsent = name.labels, self.unsent
                unsent.append((name, _AAAA, labels + wire.ASKED_AAAA))
                if not reply.records or reply.records[0].type is not _CNAME:
                    unsent.append((name, _MX, labels + wire.ASKED_MX))
                    name.waits_for = 2
                return True
        else:
            if type == _AAAA:
                name.second = reply
            else:
                name.mail = reply
            name.waits_for -= 1
            if name.waits_for:
                return True
        self._end(name, now)
        return True

    def _end(self, name: Name, now: float) -> None:
        query, first, second, mail = name.query, name.first, name.second, name.mail
        assert first is not None
        assert name.nothing_then is not None
        assert self.nothing is not None
        resolution = surveyed(query, first, name.nothing_then, second, mail, self.nothing)
        seconds = first.ttl if first.records else ABSENT_SECONDS
        for reply in (second, mail):
            if reply is not None:
                seconds = min(seconds, reply.ttl if reply.records else ABSENT_SECONDS)
        if seconds:
            self._memory.keep_survey(query.name, resolution, now + seconds)
        del self._under_way[query.name]
        self.ended.append((name.key, resolution))
        for key, other in name.also:
            self.ended.append((key, replace(resolution, query=other.text, kind=other.kind)))

    def silent(self, before: float) -> list[Name]:
        """The names with a question in flight since before that monotonic instant."""
        found = {entry[0]: None for channel in self._channels.of(0) for entry in _entries(channel).values()}
        return [name for name in found if name.sent_at <= before]

    def all(self) -> list[Name]:
        """Every name that is under way."""
        return list(self._under_way.values())

    def on(self, channel: Datagrams) -> list[Name]:
        """The names with a question in flight on a socket."""
        return list({entry[0]: None for entry in _entries(channel).values()})

    def release(self, name: Name) -> list[tuple[Datagrams, int, Entry]]:
        """Lets go of a name: its questions in flight, each with its socket and id, are somebody else's from now on."""
        del self._under_way[name.query.name]
        if any(entry[0] is name for entry in self.unsent):
            self.unsent = deque(entry for entry in self.unsent if entry[0] is not name)
        found = [
            (channel, id, entry)
            for channel in self._channels.of(0)
            for id, entry in _entries(channel).items()
            if entry[0] is name
        ]
        self.flying -= len(found)
        return found


def _entries(channel: Datagrams) -> dict[int, Entry]:
    return {id: asked for id, asked in channel.pending.items() if asked.__class__ is tuple}
