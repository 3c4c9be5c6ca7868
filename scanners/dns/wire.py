"""DNS messages of the few plain record types, written and read with the standard library alone (RFC 1035).

This is the path that a hundred thousand names take.  It reads only what it fully understands: for anything else
``read`` says so, and ``scanners.dns.careful`` reads the same bytes with dnspython.
"""

from __future__ import annotations

import re
import struct
from enum import IntEnum
from functools import lru_cache
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

_NAMES = {int(type): RecordType(type.name) for type in Type if type is not Type.SOA}

UDP_SIZE = 1232
"""The largest answer asked for over UDP, which no ordinary link fragments (DNS flag day 2020)."""

TRUNCATED = 0x02
"""The bit of the third byte of a message that tells of an answer cut short."""

_CUT_SHORT, _OPCODE = 0x0200, 0x7800
_AUTHORITATIVE, _RECURSION, _VALIDATED = 0x0400, 0x0080, 0x0020
_ASK, _CHECKING_DISABLED = (
    0x0120,
    0x0010,
)  # recursion desired, and the AD bit, by which we understand it (RFC 6840, 5.7)
_OPT = b"\0" + struct.pack("!HHIH", 41, UDP_SIZE, 0, 0)
_HEADER = struct.Struct("!HHHHHH")
_FIXED = struct.Struct("!HHIH")
_SHORT = struct.Struct("!H")
_MOST_POINTERS, _LONGEST_NAME = 16, 253
_END = re.compile(rb"[\0\xc0-\xff]")  # of the labels of a name: the root, or a pointer to the rest
_ORDINARY = re.compile(rb"[!-~]*")
_RCODES = {2: Status.SERVFAIL, 3: Status.NXDOMAIN, 5: Status.REFUSED}


ASKED_A, ASKED_AAAA, ASKED_MX = (struct.pack("!HH", type, 1) for type in (Type.A, Type.AAAA, Type.MX))
"""What follows the labels of a name in the question section."""

_PLAIN = struct.pack("!HHHHH", _ASK, 1, 0, 0, 1)
_RECORD = struct.Struct("!HHHIH")
# Members of an enumeration cost far more to find, and to hash, than a name of the module.
_A, _AAAA, _MX, _CNAME = RecordType.A, RecordType.AAAA, RecordType.MX, RecordType.CNAME
_FOUND = Status.FOUND
_FARTHEST = 0x3FFF  # that a pointer leads


_LENGTHS = tuple(bytes((length,)) for length in range(64))


class OddError(Exception):
    """Bytes that this path does not read."""


def labels(name: str) -> bytes:
    """``name`` (ASCII, without the final dot; the root is empty) as a message holds it."""
    if not name:
        return b"\0"
    return b"".join([_LENGTHS[len(label)] + label for label in name.encode().split(b".")]) + b"\0"


def question(name: bytes, type: int) -> bytes:
    """The question section: the labels of the name, its type, class Internet."""
    return name + struct.pack("!HH", type, 1)


def message(id: int, asked: bytes, *, extended: bool = True, checking_disabled: bool = False) -> bytes:
    """A query.  ``extended`` takes answers over 512 bytes, ``checking_disabled`` also those that do not validate."""
    flags = _ASK | _CHECKING_DISABLED if checking_disabled else _ASK
    return _HEADER.pack(id, flags, 1, 0, 0, 1 if extended else 0) + asked + (_OPT if extended else b"")


def plain_message(id: int, asked: bytes) -> bytes:
    """The usual query: what ``message`` makes of the same id and question."""
    return _SHORT.pack(id) + _PLAIN + asked + _OPT


def is_answer(wire: bytes, asked: bytes) -> bool:
    """True when ``wire`` is a response to exactly the question ``asked``, whatever the case of its letters."""
    if len(wire) < 12 + len(asked) or not wire[2] & 0x80:
        return False
    echoed = wire[12 : 12 + len(asked)]
    return (echoed == asked or echoed.lower() == asked.lower()) and wire[4:6] == b"\0\1"


def read(wire: bytes, name: str, type: int, asked: bytes, server: str) -> Reply | None:
    """The reply in ``wire``, an answer to the question ``asked``; ``None`` when dnspython should read it instead."""
    _, flags, _, answers, authorities, _ = _HEADER.unpack_from(wire)
    rcode = flags & 0xF
    if flags & (_CUT_SHORT | _OPCODE) or rcode not in (0, 2, 3, 5):
        return None
    if rcode in (2, 5):
        return Reply(_RCODES[rcode], (), name, server)
    validated, recursive = bool(flags & _VALIDATED), bool(flags & _RECURSION)
    try:
        if answers:
            straight = _straight(wire, 12 + len(asked), answers, name, type)
            if straight is not None:
                found, end, ttl = straight
                complete = recursive or rcode == 3 or found[-1].type is not _CNAME
                return Reply(_FOUND, found, end, server, validated, complete, ttl)
        records, at = _records(wire, 12 + len(asked), answers, name)
        referred = not records and not rcode and not flags & _AUTHORITATIVE and _referral(wire, at, authorities, name)
    except (OddError, struct.error, IndexError, UnicodeDecodeError):
        return None
    if referred:
        return Reply(Status.LAME, (), name, server)
    return chained(name, type_name(type), records, rcode == 3, server, validated=validated, recursive=recursive)


def type_name(type: int) -> RecordType:
    """The record type that answers a question of this number."""
    return _NAMES[type]


def _records(wire: bytes, at: int, count: int, asked_name: str) -> tuple[list[Record], int]:
    """The plain records of a section and where it ends.  Raises OddError for any other record."""
    records: list[Record] = []
    if not count:
        return records, at
    names = _Names(wire, asked_name)
    unpack, kinds, size = _FIXED.unpack_from, PLAIN, len(wire)
    for _ in range(count):
        if wire[at] == 0xC0 and wire[at + 1] == 12:
            owner, at = asked_name, at + 2
        else:
            owner, at = names.at(at)
        type, group, ttl, length = unpack(wire, at)
        at += 10
        kind = kinds.get(type)
        following = at + length
        if kind is None or group != 1 or following > size:
            raise OddError
        rank = 0
        if type == 1:
            if length != 4:
                raise OddError
            target = inet_ntoa(wire[at:following])
        elif type == 28:
            if length != 16:
                raise OddError
            target = inet_ntop(AF_INET6, wire[at:following])
        else:
            if type == 15:
                (rank,) = _SHORT.unpack_from(wire, at)
                at += 2
            target, end = names.at(at)
            if end != following:
                raise OddError
        records.append(Record(owner, kind, target, rank, ttl & 0x7FFFFFFF))
        at = following
    return records, at


def _straight(wire: bytes, at: int, count: int, name: str, type: int) -> tuple[tuple[Record, ...], str, int] | None:
    """A chain written as nearly every server does: each link where the one before leads, nothing else, nothing twice.

    Its records, the name at its end and the least time to live; ``None`` for what is written in any other way.
    """
    unpack, size = _RECORD.unpack_from, len(wire)
    owner, pointer, names = name, 0xC00C, None
    if size > _FARTHEST:
        return None
    records: list[Record] = []
    least = 0x7FFFFFFF
    for _ in range(count):
        led_from, found, group, ttl, length = unpack(wire, at)
        at += 12
        following = at + length
        if led_from != pointer or group != 1 or following > size:
            return None
        ttl &= 0x7FFFFFFF
        if ttl < least:
            least = ttl
        if found == 1 == type and length == 4:
            target = inet_ntoa(wire[at:following])
            records.append(Record(owner, _A, target, 0, ttl))
        elif found == 28 == type and length == 16:
            target = inet_ntop(AF_INET6, wire[at:following])
            records.append(Record(owner, _AAAA, target, 0, ttl))
        elif found == 15 == type:
            names = names or _Names(wire, name)
            target, end = names.at(at + 2)
            if end != following:
                return None
            records.append(Record(owner, _MX, target, wire[at] << 8 | wire[at + 1], ttl))
        elif found == 5 and (not records or records[-1].type is _CNAME):
            names = names or _Names(wire, name)
            target, end = names.at(at)
            if end != following or target == name:
                return None
            records.append(Record(owner, _CNAME, target, 0, ttl))
            owner, pointer = target, 0xC000 | at
        else:
            return None
        at = following
    if count > 1 and len({record.target for record in records}) != count:
        return None
    return tuple(records), owner, least


def _referral(wire: bytes, at: int, count: int, asked_name: str) -> bool:
    """True when an empty answer names other servers and no start of authority: it proves nothing (RFC 2308, 2.2)."""
    found = set()
    names = _Names(wire, asked_name)
    for _ in range(count):
        _, at = names.at(at)
        type, _, _, length = _FIXED.unpack_from(wire, at)
        found.add(type)
        at += 10 + length
    return Type.NS in found and Type.SOA not in found


class _Names:
    """The names of one message.  Those already read are not read again where a pointer leads to them."""

    __slots__ = ("_asked", "_known", "_wire")

    def __init__(self, wire: bytes, asked: str) -> None:
        self._wire = wire
        self._asked = asked
        self._known = {12: asked}

    def at(self, begin: int) -> tuple[str, int]:
        """The name that begins there, lower case, and where what follows it begins.

        Raises OddError for what no host name holds.  A pointer must lead backwards, and few may follow each other,
        so that no message can make us run in circles.
        """
        wire = self._wire
        name, at, end = "", begin, 0
        for _ in range(_MOST_POINTERS):
            found = _END.search(wire, at)
            if found is None:
                raise OddError
            stop = found.start()
            if stop > at:
                part = _joined(wire[at:stop])
                name = f"{name}.{part}" if name else part
            end = end or stop + 1
            if not wire[stop]:
                break
            end = stop + 2 if end == stop + 1 else end
            pointed = (wire[stop] & 0x3F) << 8 | wire[stop + 1]
            if pointed >= at:
                raise OddError
            at = pointed
            rest = self._known.get(at) or self._of_question(at)
            if rest:
                name = f"{name}.{rest}" if name else rest
                break
        else:
            raise OddError
        if len(name) > _LONGEST_NAME:
            raise OddError
        self._known[begin] = name
        return name, end

    def _of_question(self, at: int) -> str:
        """The end of the name asked for that begins there: a letter of it stands 12 bytes further in the message."""
        start = at - 12
        if not 0 <= start < len(self._asked):
            return ""
        if start and self._asked[start - 1] != ".":
            raise OddError
        return self._asked[start:]


@lru_cache(maxsize=16_384)
def _joined(parts: bytes) -> str:
    """Labels, each after its length, as the text of a name.  Raises OddError for what no host name holds."""
    texts, at = [], 0
    while at < len(parts):
        following = at + 1 + parts[at]
        texts.append(parts[at + 1 : following])
        at = following
    name = b".".join(texts)
    if at != len(parts) or not _ORDINARY.fullmatch(name) or name.count(b".") != len(texts) - 1 or b"" in texts:
        raise OddError
    return name.decode("ascii").lower()
