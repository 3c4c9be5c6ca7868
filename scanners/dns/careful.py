"""The careful path: dnspython reads what the plain one does not, and speaks where a plain question fails.

Truncated answers that came over TCP, rarer record types, response codes, extended errors (RFC 8914), and whatever is
malformed.  Tests hold the plain path to what is read here.
"""

from __future__ import annotations

from typing import Any

from model.resolution import Record, RecordType
from scanners.dns.replies import Reply, Status, chained
from scanners.dns.wire import type_name

_BOGUS = frozenset({1, 2, 5, 6, 7, 8, 9, 10, 11, 12})  # extended errors on signatures (RFC 8914, section 4)


def read(wire: bytes, name: str, type: int, server: str) -> Reply:
    """The reply in ``wire``; ``MALFORMED`` when it is none."""
    import dns.exception
    import dns.flags
    import dns.message
    import dns.rcode

    try:
        answer = dns.message.from_wire(wire, ignore_trailing=True)
        records = [record for rrset in answer.answer for record in records_of(name_text(rrset.name), rrset)]
    except (dns.exception.DNSException, ValueError, IndexError) as error:
        return Reply(Status.MALFORMED, (), name, server, detail=error.__class__.__name__)
    rcode = answer.rcode()
    if rcode in (dns.rcode.SERVFAIL, dns.rcode.REFUSED) or rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return _failure(answer, name, server)
    flags = answer.flags
    if not records and rcode == dns.rcode.NOERROR and not flags & dns.flags.AA and _referral(answer):
        return Reply(Status.LAME, (), name, server)
    return chained(
        name,
        type_name(type),
        records,
        rcode == dns.rcode.NXDOMAIN,
        server,
        validated=bool(flags & dns.flags.AD),
        recursive=bool(flags & dns.flags.RA),
    )


def _failure(answer: Any, name: str, server: str) -> Reply:
    import dns.edns
    import dns.rcode

    errors = [option for option in answer.options if isinstance(option, dns.edns.EDEOption)]
    told = "; ".join(f"extended error {int(one.code)} {one.text or ''}".strip() for one in errors)
    match answer.rcode():
        case dns.rcode.REFUSED:
            return Reply(Status.REFUSED, (), name, server, detail=told)
        case dns.rcode.SERVFAIL:
            bogus = any(int(one.code) in _BOGUS for one in errors)
            return Reply(Status.BOGUS if bogus else Status.SERVFAIL, (), name, server, detail=told)
        case other:
            return Reply(Status.NOT_UNDERSTOOD, (), name, server, detail=f"response code {dns.rcode.to_text(other)}")


def _referral(answer: Any) -> bool:
    import dns.rdatatype

    found = {rrset.rdtype for rrset in answer.authority}
    return dns.rdatatype.NS in found and dns.rdatatype.SOA not in found


def records_of(owner: str, several: Any) -> list[Record]:
    """The records of one set of dnspython's, none when nobody follows records of its type."""
    import dns.rdataclass
    import dns.rdatatype

    text = dns.rdatatype.to_text(several.rdtype)
    if several.rdclass != dns.rdataclass.IN or text not in RecordType.__members__:
        return []
    kind, ttl = RecordType(text), min(several.ttl, 0x7FFFFFFF)
    return [Record(owner, kind, *_target(kind, one), ttl=ttl) for one in several]


def _target(kind: RecordType, rdata: Any) -> tuple[str, int]:
    match kind:
        case RecordType.A | RecordType.AAAA:
            return rdata.address, 0
        case RecordType.MX:
            return name_text(rdata.exchange), rdata.preference
        case RecordType.SRV:
            return name_text(rdata.target), rdata.priority
        case RecordType.TXT:
            return b"".join(rdata.strings).decode("ascii", "replace"), 0
        case RecordType.CAA:
            return f"{rdata.tag.decode('ascii', 'replace')} {rdata.value.decode('ascii', 'replace')}", rdata.flags
        case _:
            return name_text(rdata.target), 0


def name_text(name: Any) -> str:
    """A name of dnspython as ours: lower case, without the final dot."""
    return str(name.to_text(omit_final_dot=True)).lower() if name.labels != (b"",) else ""
