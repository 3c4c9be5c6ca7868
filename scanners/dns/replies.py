"""What one question brought, however it was read: records in the order of the chain, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from model.observed import Reason
from model.resolution import Record, RecordType


class Status(StrEnum):
    """How a question ended.  The first three are answers; nobody learns anything from the others."""

    FOUND = "found"
    NODATA = "no record of this type"
    NXDOMAIN = "no such name"
    SERVFAIL = "the server could not find out (SERVFAIL)"
    REFUSED = "the server refuses to answer (REFUSED)"
    LAME = "the server sends elsewhere instead of answering (lame delegation, or no resolver)"
    LOOP = "aliases in a loop"
    BOGUS = "the signatures of the zone do not validate (DNSSEC)"
    MALFORMED = "an answer that cannot be read"
    TRUNCATED = "an answer cut short, and none over TCP"
    NOT_UNDERSTOOD = "the server does not understand the question"
    TIMEOUT = "no answer in time"
    UNREACHABLE = "the server cannot be reached"


ANSWERED = _FOUND, _NODATA, _NXDOMAIN = Status.FOUND, Status.NODATA, Status.NXDOMAIN

REASONS = {
    Status.SERVFAIL: Reason.FAULT,
    Status.REFUSED: Reason.REFUSED,
    Status.LAME: Reason.FAULT,
    Status.LOOP: Reason.FAULT,
    Status.BOGUS: Reason.FAULT,
    Status.MALFORMED: Reason.FAULT,
    Status.TRUNCATED: Reason.FAULT,
    Status.NOT_UNDERSTOOD: Reason.UNSUPPORTED,
    Status.TIMEOUT: Reason.TIMEOUT,
    Status.UNREACHABLE: Reason.UNREACHABLE,
}


class Reply(NamedTuple):
    """One question's end.

    ``records`` are aliases first, then what they lead to; ``end`` the last name of the chain.  ``complete`` is false
    when the server left the chain at ``end`` for the asker to follow.  ``ttl`` is the least of the records, in seconds.
    """

    status: Status
    records: tuple[Record, ...]
    end: str
    server: str
    validated: bool = False
    complete: bool = True
    ttl: int = 0
    detail: str = ""


def chained(
    name: str,
    type: RecordType,
    records: Sequence[Record],
    denied: bool,
    server: str,
    *,
    validated: bool,
    recursive: bool,
) -> Reply:
    """The reply that ``records`` make to a question on ``name``: only those on its chain count.

    ``denied`` says that the end of the chain does not exist.  A server that is no resolver (``recursive`` false) may
    leave a chain unfinished.
    """
    if not records:
        return Reply(_NXDOMAIN if denied else _NODATA, (), name, server, validated)
    for record in records:
        if record.type is not type or record.name != name:
            break
    else:
        # Nearly every answer: no alias, nothing beside what was asked for.
        return Reply(_FOUND, _each_once(records), name, server, validated, True, min([one.ttl for one in records]))
    aliases: dict[str, Record] = {}
    ends: dict[str, list[Record]] = {}
    for record in records:
        if record.type is type:
            ends.setdefault(record.name, []).append(record)
        elif record.type is RecordType.CNAME:
            aliases[record.name] = record
    followed: list[Record] = []
    met = set()
    end = name
    while end in aliases and end not in ends:
        met.add(end)
        followed.append(aliases[end])
        end = aliases[end].target
        if end in met:
            path = " → ".join([record.name for record in followed] + [end])
            return Reply(Status.LOOP, tuple(followed), end, server, detail=path)
    if end in ends:
        followed += _each_once(ends[end])
    if not followed:
        return Reply(_NXDOMAIN if denied else _NODATA, (), name, server, validated)
    # A chain whose end does not exist is a chain, and ended.
    complete = end in ends or denied or recursive
    return Reply(_FOUND, tuple(followed), end, server, validated, complete, min([one.ttl for one in followed]))


def _each_once(records: Sequence[Record]) -> tuple[Record, ...]:
    return tuple(records) if len(records) == 1 else tuple(dict.fromkeys(records))
