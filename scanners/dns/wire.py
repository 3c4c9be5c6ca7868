"""DNS messages of the few plain record types, written and read with the standard library alone (RFC 1035).

This is the path that a hundred thousand names take.  It reads only what it fully understands: for anything else
``read`` says so, and ``scanners.dns.careful`` reads the same bytes with dnspython.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from socket import AF_INET6, inet_ntoa, inet_ntop

from model.resolution import Record, RecordType
from scanners.dns.replies import Reply, Status, chained


class Type(IntEnum):
    """Record types by their number (IANA, DNS parameters)."""

    A = 1
    NS = 2
    CNAME = 5
    SOA = 6
    PTR = 12
    MX = 15
    TXT = 16
    AAAA = 28
    SRV = 33
    CAA = 257


PLAIN = {
    Type.A: RecordType.A,
    Type.NS: RecordType.NS,
    Type.CNAME: RecordType.CNAME,
    Type.PTR: RecordType.PTR,
    Type.MX: RecordType.MX,
    Type.AAAA: RecordType.AAAA,
}
"""The types whose data this path reads."""

UDP_SIZE = 1232
"""The largest answer asked for over UDP, which no ordinary link fragments (DNS flag day 2020)."""

TRUNCATED, _RESPONSE, _OPCODE = 0x0200, 0x8000, 0x7800
_AUTHORITATIVE, _RECURSION, _VALIDATED = 0x0400, 0x0080, 0x0020
_ASK, _CHECKING_DISABLED = (
    0x0120,
    0x0010,
)  # recursion desired, and the AD bit, by which we understand it (RFC 6840, 5.7)
_OPT = b"\0" + struct.pack("!HHIH", 41, UDP_SIZE, 0, 0)
_HEADER = struct.Struct("!HHHHHH")
_FIXED = struct.Struct("!HHIH")
_SHORT = struct.Struct("!H")
_LONGEST_CHAIN = 64
_RCODES = {2: Status.SERVFAIL, 3: Status.NXDOMAIN, 5: Status.REFUSED}


class OddError(Exception):
    """Bytes that this path does not read."""


def labels(name: str) -> bytes:
    """``name`` (ASCII, without the final dot; the root is empty) as a message holds it."""
    if not name:
        return b"\0"
    return b"".join([bytes((len(label),)) + label.encode() for label in name.split(".")]) + b"\0"


def question(name: bytes, type: int) -> bytes:
    """The question section: the labels of the name, its type, class Internet."""
    return name + struct.pack("!HH", type, 1)


def message(id: int, asked: bytes, *, extended: bool = True, checking_disabled: bool = False) -> bytes:
    """A query.  ``extended`` takes answers longer than 512 bytes; ``checking_disabled`` also those that do not validate."""
    flags = _ASK | _CHECKING_DISABLED if checking_disabled else _ASK
    return _HEADER.pack(id, flags, 1, 0, 0, 1 if extended else 0) + asked + (_OPT if extended else b"")


def is_answer(wire: bytes, asked: bytes) -> bool:
    """True when ``wire`` is a response to exactly the question ``asked``, whatever the case of its letters."""
    if len(wire) < 12 + len(asked) or not wire[2] & 0x80:
        return False
    echoed = wire[12 : 12 + len(asked)]
    return (echoed == asked or echoed.lower() == asked.lower()) and wire[4:6] == b"\0\1"


def flags_of(wire: bytes) -> int:
    """The flags and the response code of a message."""
    return int(_SHORT.unpack_from(wire, 2)[0])


def read(wire: bytes, name: str, type: int, asked: bytes, server: str) -> Reply | None:
    """The reply in ``wire``, an answer to the question ``asked``; ``None`` when dnspython should read it instead."""
    _, flags, _, answers, authorities, _ = _HEADER.unpack_from(wire)
    rcode = flags & 0xF
    if flags & (TRUNCATED | _OPCODE) or rcode not in (0, 2, 3, 5):
        return None
    if rcode in (2, 5):
        return Reply(_RCODES[rcode], (), name, server)
    validated, recursive = bool(flags & _VALIDATED), bool(flags & _RECURSION)
    try:
        records, at = _records(wire, 12 + len(asked), answers, name)
        referred = not records and not rcode and not flags & _AUTHORITATIVE and _referral(wire, at, authorities)
    except (OddError, struct.error, IndexError, UnicodeDecodeError):
        return None
    if referred:
        return Reply(Status.LAME, (), name, server)
    return chained(name, type_name(type), records, rcode == 3, server, validated=validated, recursive=recursive)


def type_name(type: int) -> RecordType:
    """The record type that answers a question of this number."""
    return RecordType(Type(type).name)


def _records(wire: bytes, at: int, count: int, asked_name: str) -> tuple[list[Record], int]:
    """The plain records of a section and where it ends.  Raises OddError for any other record."""
    records = []
    for _ in range(count):
        if wire[at] == 0xC0 and wire[at + 1] == 12:
            owner, at = asked_name, at + 2
        else:
            owner, at = _name(wire, at)
        type, group, ttl, length = _FIXED.unpack_from(wire, at)
        at += 10
        kind = PLAIN.get(type)
        if kind is None or group != 1 or at + length > len(wire):
            raise OddError
        rank = 0
        if type == 1:
            if length != 4:
                raise OddError
            target = inet_ntoa(wire[at : at + 4])
        elif type == 28:
            if length != 16:
                raise OddError
            target = inet_ntop(AF_INET6, wire[at : at + 16])
        else:
            begin = at
            if type == 15:
                (rank,) = _SHORT.unpack_from(wire, at)
                begin += 2
            target, end = _name(wire, begin)
            if end != at + length:
                raise OddError
        records.append(Record(owner, kind, target, rank, ttl & 0x7FFFFFFF))
        at += length
    return records, at


def _referral(wire: bytes, at: int, count: int) -> bool:
    """True when an empty answer names other servers and no start of authority: it proves nothing (RFC 2308, 2.2)."""
    found = set()
    for _ in range(count):
        _, at = _name(wire, at)
        type, _, _, length = _FIXED.unpack_from(wire, at)
        found.add(type)
        at += 10 + length
    return Type.NS in found and Type.SOA not in found


def _name(wire: bytes, at: int) -> tuple[str, int]:
    """The name that begins at ``at``, lower case, and where what follows it begins.

    A pointer must lead backwards, so that no message can make us run in circles.
    """
    parts = []
    end = 0
    lowest = at
    for _ in range(_LONGEST_CHAIN * 2):
        length = wire[at]
        if length == 0:
            break
        if length >= 0xC0:
            target = (length & 0x3F) << 8 | wire[at + 1]
            end = end or at + 2
            if target >= lowest:
                raise OddError
            at = lowest = target
        elif length < 0x40:
            parts.append(wire[at + 1 : at + 1 + length])
            at += 1 + length
        else:
            raise OddError
    else:
        raise OddError
    joined = b".".join(parts)
    name = joined.decode("ascii").lower()
    if joined.count(b".") != max(len(parts) - 1, 0) or len(name) > 253 or not name.isprintable() or " " in name:
        raise OddError
    return name, end or at + 1
