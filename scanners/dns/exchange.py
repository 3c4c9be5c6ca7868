"""Many questions at once to a few servers, over batched sockets that never block.

Whoever wants answers writes a *strand*: a generator that yields the questions it needs next, all at once, and is sent
their replies.  The exchange keeps many strands going in one thread, puts equal questions once, remembers answers
until their time is over, repeats what was lost, goes to the next server when one fails, and takes truncated answers
over TCP.  A question always ends: with an answer, or with the reason why there is none.

A name of a survey needs no strand for as long as all its answers are ordinary: ``scanners.dns.plain`` asks for it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple, Self, TypeAlias, TypeVar

from scanners.dns import careful, wire
from scanners.dns.channels import Channels, Datagrams, Stream
from scanners.dns.evidence import absent_at
from scanners.dns.memory import Memory
from scanners.dns.pace import Pace
from scanners.dns.plain import ABSENT_SECONDS, Lane, Name
from scanners.dns.replies import ANSWERED, Reply, Status
from scanners.dns.servers import Server

T = TypeVar("T")

ANY = -1


class Question(NamedTuple):
    """What is asked: a name, the number of a record type, and the one server to ask, if it must be that one."""

    name: str
    type: int
    server: int = ANY


Strand: TypeAlias = "Generator[Sequence[Question], Sequence[Reply], T]"

PATIENCE_SECONDS = 5.0
"""How long a question may stay without an answer, repetitions included."""

IN_FLIGHT = 400
"""Questions in flight, at most: no server has more of ours at a time."""

_REPEAT_SECONDS = (1.0, 2.0)
"""How long after each sending a question is sent again; an answer to any of them counts."""

_SWEEP_SECONDS = 0.2
_HOPELESS = 64
"""Questions in a row that a server may leave without an answer before it is asked no more than once a second."""


class _Running:
    """A strand at work: the replies that it still waits for, and those known before it began."""

    __slots__ = ("key", "known", "labels", "missing", "replies", "strand")

    def __init__(self, key: Any, strand: Strand[Any], known: Mapping[Question, Reply] = MappingProxyType({})) -> None:
        self.key = key
        self.strand = strand
        self.known = known
        self.missing = 0
        self.replies: list[Any] = []
        self.labels = ("", b"\0")


class _Asked:
    """A question on its way, and who waits for it."""

    __slots__ = (
        "asked", "checking_disabled", "due_at", "extended", "failure", "first_at", "name", "only", "question",
        "sendings", "server", "slots", "stream", "tried", "type", "waiters",
    )  # fmt: skip

    def __init__(self, question: Question, asked: bytes) -> None:
        self.question = question
        self.name, self.type, self.only = question
        self.asked = asked
        self.waiters: list[tuple[_Running, int]] = []
        self.server = max(self.only, 0)
        self.tried = 0
        self.sendings = 0
        self.first_at = self.due_at = 0.0
        self.slots: list[tuple[Datagrams, int]] = []
        self.stream: Stream | None = None
        self.extended = True
        self.checking_disabled = False
        self.failure: Reply | None = None


class Exchange:
    """The exchange with ``servers``, in the order of preference.  To be closed.

    ``pace`` bounds the rate, ``in_flight`` the questions on their way; every question that is left at the monotonic
    instant ``stop_at`` ends as timed out.  ``sent`` counts the messages sent.
    """

    def __init__(
        self,
        servers: Sequence[Server],
        pace: Pace,
        *,
        memory: Memory | None = None,
        in_flight: int = IN_FLIGHT,
        patience_seconds: float = PATIENCE_SECONDS,
        stop_at: float = float("inf"),
    ) -> None:
        self.servers = tuple(servers)
        self.sent = 0
        self._names = tuple(str(one) for one in servers)
        self._pace = pace
        self._memory = Memory() if memory is None else memory
        self._in_flight = in_flight
        self._patience = patience_seconds
        self._stop_at = stop_at
        self._channels = Channels(self.servers)
        self._lane = Lane(self._channels, self._memory)
        self._unanswered = [0] * len(self.servers)
        self._tried_at = [0.0] * len(self.servers)
        self._unsent: deque[_Asked] = deque()
        self._flying: dict[_Asked, None] = {}
        self._waiting: dict[Question, _Asked] = {}
        self._ready: deque[tuple[_Running, Sequence[Reply] | None]] = deque()
        self._now = self._swept_at = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes every socket."""
        self._channels.close()

    def run(self, strands: Iterable[tuple[Any, Strand[T] | Name]], window: int) -> Iterator[tuple[Any, T]]:
        """The value of each strand with its key, as they end; at most ``window`` of them are under way at a time.

        The value of a name is its survey.
        """
        coming = iter(strands)
        under_way, more = 0, True
        while more or under_way:
            while more and under_way < window:
                begun = next(coming, None)
                if begun is None:
                    more = False
                else:
                    under_way += 1
                    self._begin(*begun)
            for ended in self._advance():
                under_way -= 1
                yield ended
            if under_way:
                self._turn()

    def _begin(self, key: Any, wanted: Strand[Any] | Name) -> None:
        if isinstance(wanted, Name):
            healthy = self._channels.of(0) and self._unanswered[0] < _HOPELESS
            if healthy and self._lane.begin(key, wanted, self._now):
                return
            wanted = wanted.otherwise(wanted.query)
        self._ready.append((_Running(key, wanted), None))

    def _advance(self) -> list[tuple[Any, Any]]:
        """Lets every strand that has its replies ask further; the values of those that ended."""
        ended, self._lane.ended = self._lane.ended, []
        while self._ready:
            running, replies = self._ready.popleft()
            try:
                questions = running.strand.send(replies)  # type: ignore[arg-type]  # None begins a generator
            except StopIteration as stop:
                ended.append((running.key, stop.value))
                continue
            running.replies = [None] * len(questions)
            running.missing = len(questions)
            if not questions:
                self._ready.append((running, ()))
            for index, question in enumerate(questions):
                self._ask(running, index, question)
        return ended

    def _ask(self, running: _Running, index: int, question: Question) -> None:
        name, type, server = question
        if server == ANY:
            reply = running.known.get(question) or self._memory.recall((name, type), self._now)
            if reply is not None:
                running.replies[index] = reply
                running.missing -= 1
                if not running.missing:
                    self._ready.append((running, running.replies))
                return
        asked = self._waiting.get(question)
        if asked is None:
            if running.labels[0] != name:
                running.labels = (name, wire.labels(name))  # most strands ask several things of one name
            asked = self._waiting[question] = _Asked(question, wire.question(running.labels[1], type))
            self._unsent.append(asked)
        asked.waiters.append((running, index))

    def _turn(self) -> None:
        """Sends what may be sent, takes what has come, and repeats what is overdue."""
        now = self._now = time.monotonic()
        self._lane.nothing = absent_at(self._names[0], int(time.time()))
        if now >= self._stop_at:
            self._take_over(self._lane.all())
            for asked in (*self._unsent, *self._flying):
                self._settle(asked, asked.failure or self._silence(asked))
            self._unsent.clear()
            return
        wait = min(self._send_some(now), max(0.0, self._stop_at - now), _SWEEP_SECONDS)
        for owner, writable in self._channels.wait(0.0 if self._ready or self._lane.ended else wait):
            if isinstance(owner, Stream):
                self._serve(owner, writable)
            else:
                self._receive(owner)
        now = time.monotonic()
        if now - self._swept_at >= _SWEEP_SECONDS:
            self._swept_at = now
            self._sweep(now)

    # Sending

    def _send_some(self, now: float) -> float:
        """Sends questions as room and pace allow.  Returns the seconds after which more may be sent."""
        ordinary = len(self._lane.unsent)
        wanted = min(len(self._unsent) + ordinary, self._in_flight - len(self._flying) - self._lane.flying)
        if wanted <= 0:
            return _SWEEP_SECONDS
        given = self._pace.take(wanted)
        careful = min(given, len(self._unsent))
        for _ in range(careful):
            asked = self._unsent.popleft()
            self._flying[asked] = None
            asked.first_at = asked.first_at or now
            self._send(asked, now)
        if given > careful:
            sent, failed = self._lane.send(given - careful, now)
            self.sent += sent
            if failed:
                self._cut_off(*failed)
        return self._pace.wait() if given < wanted else _SWEEP_SECONDS

    def _send(self, asked: _Asked, now: float) -> None:
        at = asked.server
        if self._unanswered[at] >= _HOPELESS:
            if now - self._tried_at[at] < 1.0:
                self._fail(asked, self._silence(asked, "not asked: the server has stayed silent all along"))
                return
            self._tried_at[at] = now
        asked.tried |= 1 << at
        asked.due_at = now + (_REPEAT_SECONDS[-1] if asked.sendings else _REPEAT_SECONDS[0])
        asked.sendings += 1
        slot = next((slot for slot in asked.slots if slot[0].at == at), None) if asked.slots else None
        if slot is None:
            channel = self._channels.next(at)
            if channel is None:
                self._fail(asked, Reply(Status.UNREACHABLE, (), asked.name, self._names[at]))
                return
            slot = (channel, channel.take(asked))
            asked.slots.append(slot)
        channel, id = slot
        self.sent += 1
        try:
            channel.socket.send(self._message(asked, id))
        except BlockingIOError:
            pass  # the system's buffer is full: the question will be repeated as if the network had lost it
        except OSError as error:
            self._unreachable(asked, channel.at, error)

    @staticmethod
    def _message(asked: _Asked, id: int) -> bytes:
        return wire.message(id, asked.asked, extended=asked.extended, checking_disabled=asked.checking_disabled)

    def _unreachable(self, asked: _Asked, at: int, error: OSError) -> None:
        """Nobody listens there, for now: the question is repeated soon, and elsewhere if there is an elsewhere."""
        asked.failure = Reply(Status.UNREACHABLE, (), asked.name, self._names[at], detail=error.strerror or "")
        asked.due_at = 0.0

    # Receiving

    def _receive(self, channel: Datagrams) -> None:
        """Takes all that has come on a socket."""
        pending, server, answered, now = channel.pending, self._names[channel.at], self._lane.answered, self._now
        try:
            for data in channel.received():
                if len(data) < 12:
                    continue
                id = data[0] << 8 | data[1]
                asked = pending.get(id)
                if asked.__class__ is tuple:
                    if answered(channel, id, asked, data, server, now):
                        self._unanswered[channel.at] = 0
                        continue
                    if not wire.is_answer(data, asked[2]):
                        continue
                    self._take_over([asked[0]])
                    asked = pending.get(id)
                if asked is None or not wire.is_answer(data, asked.asked):
                    continue  # late, forged, or an answer to something else
                self._unanswered[channel.at] = 0
                if data[2] & wire.TRUNCATED:
                    self._over_tcp(asked, channel.at)
                    continue
                reply = wire.read(data, asked.name, asked.type, asked.asked, server)
                if reply is None:
                    reply = careful.read(data, asked.name, asked.type, server)
                elif reply.status in ANSWERED and not asked.checking_disabled:
                    self._settle(asked, reply)  # nearly every answer
                    continue
                self._replied(asked, reply, channel.at)
        except OSError as error:
            self._cut_off(channel, error)

    def _cut_off(self, channel: Datagrams, error: OSError) -> None:
        """Nobody listens at the other end of a socket."""
        self._take_over(self._lane.on(channel))
        for asked in channel.pending.values():
            self._unreachable(asked, channel.at, error)

    def _take_over(self, names: Sequence[Name]) -> None:
        """Something about these names is out of the ordinary: strands go on where the lane stopped."""
        for name in names:
            for channel, id, (_, type, section) in self._lane.release(name):
                question = Question(name.query.name, type)
                if question in self._waiting:
                    channel.release(id)  # a strand asked the same: its answer serves both
                else:
                    self._waiting[question] = channel.pending[id] = asked = _Asked(question, section)
                    self._flying[asked] = None
                    asked.tried = asked.sendings = 1
                    asked.first_at, asked.due_at = name.sent_at, name.sent_at + _REPEAT_SECONDS[0]
                    asked.slots.append((channel, id))
            known = {Question(name.query.name, type): reply for type, reply in name.replies()}
            for key, query in ((name.key, name.query), *name.also):
                self._ready.append((_Running(key, name.otherwise(query), known), None))
        if names:
            self._lane.ended = self._advance()

    def _over_tcp(self, asked: _Asked, at: int) -> None:
        """Asks again over TCP for an answer that did not fit in a datagram."""
        if asked.stream is not None:
            return
        try:
            self.sent += 1
            asked.stream = self._channels.stream(at, asked, self._message(asked, 0))
        except OSError as error:
            self._fail(asked, Reply(Status.TRUNCATED, (), asked.name, self._names[at], detail=error.strerror or ""))

    def _serve(self, stream: Stream, writable: bool) -> None:
        """Goes on with a stream."""
        asked: _Asked = stream.asked
        server = self._names[stream.at]
        try:
            if writable:
                if stream.send():
                    self._channels.listen(stream)
                return
            data = stream.received()
        except BlockingIOError:
            return
        except OSError as error:
            self._hang_up(asked)
            self._fail(asked, Reply(Status.TRUNCATED, (), asked.name, server, detail=error.strerror or ""))
            return
        if data is None:
            return
        self._hang_up(asked)
        if wire.is_answer(data, asked.asked):
            self._replied(asked, careful.read(data, asked.name, asked.type, server), stream.at)
        else:
            self._fail(asked, Reply(Status.MALFORMED, (), asked.name, server, detail="another answer than that asked"))

    def _hang_up(self, asked: _Asked) -> None:
        if asked.stream is not None:
            self._channels.drop(asked.stream)
            asked.stream = None

    # Ending

    def _replied(self, asked: _Asked, reply: Reply, at: int) -> None:
        if asked.checking_disabled:
            # Without the check of signatures there is an answer, with it there is none: they do not validate.
            bogus = reply.status in ANSWERED or reply.status is Status.BOGUS
            told = reply.detail or (asked.failure.detail if asked.failure else "")
            status = Status.BOGUS if bogus else Status.SERVFAIL
            self._settle(asked, Reply(status, (), asked.name, self._names[at], detail=told))
        elif reply.status in ANSWERED:
            self._settle(asked, reply)
        elif asked.extended and reply.status is Status.NOT_UNDERSTOOD:
            asked.extended = False
            self._send(asked, time.monotonic())
        else:
            self._fail(asked, reply)

    def _fail(self, asked: _Asked, failure: Reply) -> None:
        """Goes to the next server; with none left, ends the question with what is known of the failure."""
        asked.failure = _worse(asked.failure, failure)
        following = self._following(asked)
        if following is not None:
            asked.server = following
            self._requeue(asked)
        elif asked.failure.status is Status.SERVFAIL and not asked.checking_disabled:
            asked.checking_disabled = True
            asked.server = self._names.index(asked.failure.server)
            self._requeue(asked)
        else:
            self._settle(asked, asked.failure)

    def _following(self, asked: _Asked) -> int | None:
        """The next server that was not asked yet, if the question may go there."""
        if asked.only != ANY:
            return None
        return next((at for at in range(len(self.servers)) if not asked.tried >> at & 1), None)

    def _requeue(self, asked: _Asked) -> None:
        """The question is put again, before those that were never put."""
        self._release(asked)
        self._flying.pop(asked, None)
        self._unsent.appendleft(asked)

    def _release(self, asked: _Asked) -> None:
        slots = asked.slots
        while slots:
            channel, id = slots.pop()
            channel.release(id)
        if asked.stream is not None:
            self._hang_up(asked)

    def _settle(self, asked: _Asked, reply: Reply) -> None:
        """The question ends with ``reply``: everybody who waits for it has it."""
        self._release(asked)
        self._flying.pop(asked, None)
        del self._waiting[asked.question]
        if asked.only == ANY:
            seconds = reply.ttl if reply.records else ABSENT_SECONDS
            if seconds:
                self._memory.keep((asked.name, asked.type), reply, self._now + seconds)
        for running, index in asked.waiters:
            running.replies[index] = reply
            running.missing -= 1
            if not running.missing:
                self._ready.append((running, running.replies))

    def _sweep(self, now: float) -> None:
        """Repeats the questions that are overdue and ends those whose time is over."""
        self._take_over(self._lane.silent(now - min(_REPEAT_SECONDS[0], self._patience)))
        for asked in list(self._flying):
            if now - asked.first_at >= self._patience:
                if asked.failure is None:
                    self._unanswered[asked.server] += 1
                self._settle(asked, asked.failure or self._silence(asked))
            elif asked.due_at <= now and asked.stream is None:
                if asked.failure and asked.sendings > len(_REPEAT_SECONDS):
                    self._settle(asked, asked.failure)
                    continue
                following = self._following(asked)
                asked.server = asked.server if following is None else following
                if self._pace.take(1):
                    self._send(asked, now)

    def _silence(self, asked: _Asked, detail: str = "") -> Reply:
        return Reply(Status.TIMEOUT, (), asked.name, self._names[asked.server], detail=detail)


def _worse(before: Reply | None, now: Reply) -> Reply:
    """Which of two failures is told: the one that says more of the name itself, the first when they say as much."""
    if before is None or before.status in (Status.TIMEOUT, Status.UNREACHABLE, Status.REFUSED):
        return now if now.status not in (Status.TIMEOUT, Status.UNREACHABLE) or before is None else before
    return before
