"""Replies turned into answers, each with what it is evidence of and which server gave it when."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter

from model.observed import Absent, Grade, Known, Source, Unread
from model.resolution import About, Answer, Dnssec, Record, RecordType, Resolution
from scanners.dns.queries import Query
from scanners.dns.replies import REASONS, Reply, Status

# Members of an enumeration cost far more to find than a name of the module.
_A, _AAAA, _MX, _CNAME = RecordType.A, RecordType.AAAA, RecordType.MX, RecordType.CNAME
_CONTENT, _MAIL = About.CONTENT, About.MAIL
_VALIDATED, _UNSIGNED = Dnssec.VALIDATED, Dnssec.UNSIGNED

_RANKED = attrgetter("rank", "target")
_DENIED = (Status.NODATA, Status.NXDOMAIN)


@lru_cache(maxsize=256)
def source_at(server: str, second: int) -> Source:
    """The answers that a server gives within a second."""
    return Source(f"DNS answer of {server}", datetime.fromtimestamp(second, UTC), Grade.DNS)


@lru_cache(maxsize=256)
def absent_at(server: str, second: int) -> Absent:
    """What it is when a server proves within a second that there is nothing."""
    return Absent(source_at(server, second))


def source_of(reply: Reply) -> Source:
    """The server that gave ``reply``, now."""
    return source_at(reply.server, int(time.time()))


def dnssec_of(reply: Reply) -> Dnssec:
    """What a reply on the name itself says of its signatures."""
    if reply.validated:
        return Dnssec.VALIDATED
    if reply.status is Status.BOGUS:
        return Dnssec.BOGUS
    return Dnssec.UNSIGNED if reply.status is Status.FOUND or reply.status in _DENIED else Dnssec.UNKNOWN


class Evidence:
    """The answers about one query, in the order in which they were put down."""

    __slots__ = ("answers", "contradicted", "missing", "wildcard")

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.wildcard = False
        self.contradicted = False
        self.missing = False  # the name does not exist at all

    def put(self, name: str, type: RecordType, about: About, reply: Reply, records: Sequence[Record]) -> None:
        """The answer to one question: ``records`` of ``reply``, their absence, or why there is no answer."""
        source = source_of(reply)
        if records:
            self.answers.append(Answer(name, type, about, Known(tuple(records), source)))
        elif reply.status in REASONS:
            detail = f"{reply.status.value}: {reply.detail}" if reply.detail else reply.status.value
            self.answers.append(Answer(name, type, about, Unread(REASONS[reply.status], source, detail)))
        else:
            self.answers.append(Answer(name, type, about, Absent(source)))

    def chain(self, name: str, type: RecordType, about: About, replies: Sequence[Reply]) -> None:
        """The addresses of one type at the end of a chain of aliases, asked link by link.

        Aliases that another answer already holds are not repeated.  An end without address, or one that nobody could
        read, is an answer of its own.
        """
        first, last = replies[0], replies[-1]
        if last.status is Status.LOOP:
            self.put(name, type, about, last, ())
            return
        found: Sequence[Record] = first.records
        if len(replies) > 1:
            found = [record for reply in replies for record in reply.records]
        if type is RecordType.AAAA and found and found[0].type is RecordType.CNAME:
            held = self._links()
            found = [record for record in found if (record.name, record.target) not in held]
        self.put(name, type, about, first if found else last, found)
        if found and found[-1].type is RecordType.CNAME:
            self.put(found[-1].target, type, about, last, ())

    def _links(self) -> set[tuple[str, str]]:
        """The names and targets that are held already."""
        return {
            (record.name, record.target)
            for answer in self.answers
            if isinstance(answer.records, Known)
            for record in answer.records.value
        }

    def exchangers(self, name: str, reply: Reply) -> tuple[str, ...]:
        """The mail exchangers of ``name``, best first.  One that is the root says that no mail is taken (RFC 7505)."""
        own = [
            record for record in reply.records if record.type is RecordType.MX and record.name == name and record.target
        ]
        own.sort(key=lambda record: (record.rank, record.target))
        self.put(name, RecordType.MX, About.MAIL, reply, own)
        return tuple(record.target for record in own)

    def addresses(self) -> tuple[str, ...]:
        """The addresses at the end of the content's chain, each once."""
        return tuple(
            dict.fromkeys(
                record.target
                for answer in self.answers
                if answer.about is About.CONTENT and isinstance(answer.records, Known)
                for record in answer.records.value
                if record.type in (RecordType.A, RecordType.AAAA)
            )
        )

    def compare(self, others: Sequence[Evidence]) -> None:
        """Takes in what each of several servers said, equal answers once, and whether they contradict each other.

        Servers of a distribution network rightly give different addresses, so two answers contradict each other
        only when they share no target at all, or when one denies what another gives.
        """
        met: set[tuple[str, RecordType, frozenset[str] | str]] = set()
        for other in others:
            for answer in other.answers:
                said = _said(answer)
                if (answer.name, answer.type, said) not in met:
                    met.add((answer.name, answer.type, said))
                    self.answers.append(answer)
        for answer in others[0].answers:
            for twin in (one for other in others[1:] for one in other.answers):
                if (answer.name, answer.type) == (twin.name, twin.type) and _disjoint(_said(answer), _said(twin)):
                    self.contradicted = True

    def resolution(self, query: Query, dnssec: Dnssec) -> Resolution:
        """All of it."""
        return Resolution(
            query=query.text,
            kind=query.kind,
            name=query.name,
            read_at=datetime.fromtimestamp(int(time.time()), UTC),
            answers=tuple(self.answers),
            dnssec=dnssec,
            wildcard=self.wildcard,
            contradicted=self.contradicted,
            because=query.because,
        )


def surveyed(
    query: Query, first: Reply, then: Absent, second: Reply | None, mail: Reply | None, now: Absent
) -> Resolution:
    """What :func:`scanners.dns.strands.survey` makes of complete answers, in a fraction of the time.

    ``first`` is the answer on A, ``second`` on AAAA, ``mail`` on MX, each ``None`` when nobody asked.  ``then`` is
    what an absence was when the first one came, ``now`` what it is for the others.
    """
    name = query.name
    answers: list[Answer] = []
    records = first.records
    _content(answers, name, _A, records, then)
    if second is not None:
        found = second.records
        if found and found[0].type is _CNAME:
            held = {(record.name, record.target) for record in records}
            found = tuple([record for record in found if (record.name, record.target) not in held])
        _content(answers, name, _AAAA, found, now)
    if mail is not None:
        own = [one for one in mail.records if one.type is _MX and one.name == name and one.target]
        if len(own) > 1:
            own.sort(key=_RANKED)
        answers.append(Answer(name, _MX, _MAIL, Known(tuple(own), now.source) if own else now))
    dnssec = _VALIDATED if first.validated else _UNSIGNED
    return Resolution(query.text, query.kind, name, now.source.read_at, tuple(answers), dnssec, because=query.because)


def _content(answers: list[Answer], name: str, type: RecordType, records: tuple[Record, ...], absent: Absent) -> None:
    if not records:
        answers.append(Answer(name, type, _CONTENT, absent))
        return
    answers.append(Answer(name, type, _CONTENT, Known(records, absent.source)))
    if records[-1].type is _CNAME:
        answers.append(Answer(records[-1].target, type, _CONTENT, absent))


def _said(answer: Answer) -> frozenset[str] | str:
    """The targets of an answer, or ``absent`` or ``unread``."""
    match answer.records:
        case Known(records):
            return frozenset(record.target for record in records)
        case Absent():
            return "absent"
        case Unread():
            return "unread"


def _disjoint(one: frozenset[str] | str, other: frozenset[str] | str) -> bool:
    if "unread" in (one, other):
        return False
    if isinstance(one, str) or isinstance(other, str):
        return one != other
    return not one & other
