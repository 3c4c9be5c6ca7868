"""What DNS says of a name, question by question, before anybody concludes from it.

A resolution is evidence and nothing else: it names no provider.  What each answer can prove is kept apart
(:class:`About`), since a gateway that receives mail, a sender that may write in our name and the servers that
answer for a zone tell nothing of where the content of a site rests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from model.observed import Known, Observed, Unread


class RecordType(StrEnum):
    """The kinds of records that are followed.

    ``SPF`` is one domain that a sender policy includes (RFC 7208), ``DKIM`` a selector that exists,
    ``AUTODISCOVER`` the name where mail programs look for their settings, ``TXT`` the mark by which an owner
    proved a domain to a service.  ``NAME`` stands for the name that was asked for itself.
    """

    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    MX = "MX"
    NS = "NS"
    SPF = "SPF"
    SRV = "SRV"
    PTR = "PTR"
    CAA = "CAA"
    TXT = "TXT"
    DKIM = "DKIM"
    AUTODISCOVER = "AUTODISCOVER"
    NAME = "NAME"


class About(StrEnum):
    """What an answer is evidence of, and of nothing else."""

    CONTENT = "content"
    """Where connections to the name go: its chain of aliases and its addresses."""

    MAIL = "mail"
    """Who receives the mail of the domain: its exchangers, their aliases and addresses."""

    MAILBOX = "mailbox"
    """Where mail programs and their settings point: autodiscover and the services of mail."""

    SENDING = "sending"
    """Who may send mail in the name of the domain: sender policy, signing keys."""

    SERVICE = "service"
    """Other services that the domain announces."""

    DELEGATION = "delegation"
    """Who answers for the zone."""

    VALIDATION = "validation"
    """To whom the domain was proved, and who may certify it."""

    NAMING = "naming"
    """What the holder of an address calls it."""


class QueryKind(StrEnum):
    """What was asked.  No DNS question is put for a ``RESOURCE`` (an ARN, an ARM id, ``s3://bucket``...)."""

    NAME = "name"
    ADDRESS = "address"
    URL = "url"
    RESOURCE = "resource"
    UNUSABLE = "unusable"


class Dnssec(StrEnum):
    """What the resolver says of the signatures of the name itself.

    ``UNSIGNED`` also stands for a resolver that validates nothing: the two look alike from here.
    """

    VALIDATED = "validated"
    UNSIGNED = "unsigned"
    BOGUS = "bogus"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Record:
    """One link: ``name`` has ``target`` (a name, an address, a mark).

    Names are lower case, in ASCII (A-labels), without the final dot.  ``rank`` is the preference of an MX and the
    priority of an SRV; ``ttl`` is in seconds.
    """

    name: str
    type: RecordType
    target: str
    rank: int = 0
    ttl: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One question and its answer; the source of ``records`` is the server that gave it, and when.

    ``Known`` holds the records in the order of the chain (aliases first), never none.  ``Absent`` is a proven
    absence: the name does not exist, or has no record of that type.  ``Unread`` is no answer: refused, failed,
    timed out, a loop of aliases, servers that contradict each other.
    """

    name: str
    type: RecordType
    about: About
    records: Observed[tuple[Record, ...]]


@dataclass(frozen=True, slots=True)
class Resolution:
    """All that DNS said of one query.

    ``query`` is the text that was asked, ``name`` the name or address in it as DNS writes it (empty when there is
    none).  ``answers`` begin with those on the name itself.  ``wildcard`` tells that every name under the same
    parent gets these answers, so that they are no evidence that somebody set this one up; ``contradicted`` that
    servers which should agree gave different answers (each is among ``answers``).  ``because`` says, for an
    ``UNUSABLE`` query, what is wrong with it.
    """

    query: str
    kind: QueryKind
    name: str
    read_at: datetime
    answers: tuple[Answer, ...] = ()
    dnssec: Dnssec = Dnssec.UNKNOWN
    wildcard: bool = False
    contradicted: bool = False
    because: str = ""

    def about(self, *subjects: About) -> Iterator[tuple[Record, Answer]]:
        """The records that are evidence of one of ``subjects`` (of any, when none is named), each with its answer."""
        for answer in self.answers:
            if (not subjects or answer.about in subjects) and isinstance(answer.records, Known):
                for record in answer.records.value:
                    yield record, answer

    def unanswered(self, *subjects: About) -> Iterator[tuple[Answer, Unread]]:
        """The questions on one of ``subjects`` (on any, when none is named) that nobody answered."""
        for answer in self.answers:
            if (not subjects or answer.about in subjects) and isinstance(answer.records, Unread):
                yield answer, answer.records
