"""A hospital's zone behind a server in which questions of any type can be made to fail."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
import dns.zone

from model.places import Target
from scanners.dns import jobs
from tests.scanners.bed import Kind
from tests.scanners.dns.servers import replied, server

ZONE = """$ORIGIN chu.test.
$TTL 300
@ SOA ns1 host 1 3600 600 86400 60
@ NS ns1
@ A 1.1.1.1
@ AAAA 2606:4700:4700::1111
@ MX 10 mx1
@ TXT "v=spf1 include:spf.chu.test -all"
@ TXT "google-site-verification=abcdefgh"
@ CAA 0 issue "letsencrypt.org"
spf TXT "v=spf1 ip4:192.0.2.0/24 -all"
ns1 A 127.0.0.1
mx1 A 192.0.2.25
mx1 AAAA 2001:db8::25
autodiscover CNAME mx1
_imaps._tcp SRV 0 0 993 mx1
portail CNAME hote
hote A 192.0.2.1
hote AAAA 2001:db8::1
1.1.1.1.in-addr.arpa. PTR one.one.test.
"""


class DnsBed:
    """The zone, transferred and asked; every type of question is a call."""

    impossible: Mapping[Kind, str] = {
        Kind.THROTTLE: "no answer says so: a server that limits its rate refuses, truncates or stays silent",
        Kind.ENDLESS_PAGES: "an answer has no pages; a transfer ends with its second start of authority",
        Kind.UNKNOWN_PLACE: "DNS names no region and no zone of a provider",
        Kind.RESET: "a datagram has no connection to reset; a port where nobody listens has a test of its own",
        Kind.EXPIRED: "nothing is signed by us, and nobody is asked who we are",
        Kind.CLOCK: "nothing is signed by us with the time",
    }
    alike = ("A",)
    secrets = ()
    harmless = ()

    def __init__(self) -> None:
        self._zone = dns.zone.from_text("".join(ZONE.splitlines(True)[:-1]), relativize=False)
        self._asked: list[str] = []
        self._fault: tuple[Kind, str] | None = None
        self.target = self.hasty = Target("dns", "bed")

    def at(self, address: str) -> DnsBed:
        """The bed with its targets, served at ``address``."""
        settings: dict[str, Any] = {
            "names": ("chu.test", "portail.chu.test", "1.1.1.1"),
            "zones": ("chu.test",),
            "depth": "thorough",
            "nameservers": (address,),
            "queries_per_second": 100_000,
            "_patience_milliseconds": 1_000,
        }
        self.target = self.hasty = Target("dns", "bed", tuple(sorted(settings.items())))
        return self

    def calls(self) -> list[str]:
        """The types asked for since ``forget``."""
        return self._asked

    def forget(self) -> None:
        """Nothing was asked, nothing is remembered."""
        self._asked.clear()
        jobs.forget()

    @contextmanager
    def fault(self, kind: Kind, call: str) -> Iterator[None]:
        """While the block runs, questions of type ``call`` fail so."""
        self._fault = (kind, call)
        try:
            yield
        finally:
            self._fault = None

    def writes(self, call: str) -> bool:
        """An update would; a query cannot."""
        return call == "UPDATE"

    def words(self, call: str) -> tuple[str, ...]:
        """Sender policies and signing keys are asked for as TXT, services of mail by their own name."""
        return {"TXT": ("DKIM", "SPF", "DKIM SPF"), "SRV": ("A SRV",)}.get(call, ())

    def answer(self, query: dns.message.Message, tcp: bool) -> bytes | None:
        """The zone's answer, spoilt when it is to be."""
        call = dns.rdatatype.to_text(query.question[0].rdtype)
        if query.opcode():
            call = "UPDATE"
        self._asked.append(call)
        kind = self._fault[0] if self._fault and self._fault[1] == call else None
        match kind:
            case Kind.REFUSE:
                return replied(query, rcode="REFUSED").to_wire()
            case Kind.HTTP500:
                return replied(query, rcode="SERVFAIL").to_wire()
            case Kind.HANG:
                return None
            case Kind.PORTAL:
                return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Identifiez-vous</html>"
            case Kind.GARBLE:
                return query.to_wire()[:2] + bytes(range(256))
        wire = self._true(query, call)
        head = 12 + len(query.question[0].name.to_wire() or b"") + 4
        match kind:
            case Kind.CUT:
                return wire[: max(head - 3, (head + len(wire)) // 2)]
            case Kind.REPEAT_ITEM if call != "AXFR":
                (count,) = struct.unpack_from("!H", wire, 6)
                return wire[:6] + struct.pack("!H", 2 * count) + wire[8:] + wire[head:]
            case Kind.WRONG_TYPE:
                # One more record of the type asked for, whose data are no data of that type.
                (count,) = struct.unpack_from("!H", wire, 6)
                number = int(dns.rdatatype.from_text(call)) if call != "AXFR" else 1
                odd = b"\xc0\x0c" + struct.pack("!HHIH", number, 1, 60, 1) + b"\xff"
                return wire[:6] + struct.pack("!H", count + 1) + wire[8:] + odd
        return wire

    def _true(self, query: dns.message.Message, call: str) -> bytes:
        """The answer of the zone itself."""
        query.use_edns(-1)
        if call == "AXFR":
            return self._transfer(query)
        response = replied(query)
        name = query.question[0].name
        if call == "PTR":
            response.answer.append(dns.rrset.from_text(name, 300, "IN", "PTR", "one.one.test."))
            return response.to_wire(max_size=65_535)
        for _ in range(8):
            found = self._zone.get_rrset(name, call)
            if found is not None:
                response.answer.append(found)
                break
            alias = self._zone.get_rrset(name, "CNAME")
            if alias is None:
                break
            response.answer.append(alias)
            name = alias[0].target
        return response.to_wire(max_size=65_535)

    def _transfer(self, query: dns.message.Message) -> bytes:
        response = replied(query)
        origin = self._zone.origin
        assert origin is not None
        start = self._zone.get_rrset(origin, "SOA")
        assert start is not None
        response.answer.append(start)
        for owner, rdataset in self._zone.iterate_rdatasets():
            if rdataset.rdtype != dns.rdatatype.SOA:
                response.answer.append(dns.rrset.from_rdata_list(owner, rdataset.ttl, list(rdataset)))
        response.answer.append(dns.rrset.from_rdata_list(origin, start.ttl, list(start)))
        return response.to_wire(max_size=65_535)


@contextmanager
def bed() -> Iterator[DnsBed]:
    """The bed of the dns scanner."""
    made = DnsBed()
    with server(made.answer) as address:
        yield made.at(address)
