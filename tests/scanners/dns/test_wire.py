"""The plain path reads what dnspython reads, and leaves to dnspython what it does not understand."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.dns import careful, wire
from scanners.dns.replies import Reply, Status
from scanners.dns.wire import Type

labels = st.from_regex(r"[a-z0-9_]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
names = st.lists(labels, min_size=1, max_size=4).map(".".join)
NAMES = [names, st.sampled_from(["a.test", "b.a.test", "c.b.a.test", "www.example.test"])]
owners = st.one_of(*NAMES)
records = st.one_of(
    st.tuples(owners, st.just("A"), st.ip_addresses(v=4).map(str)),
    st.tuples(owners, st.just("AAAA"), st.ip_addresses(v=6).map(str)),
    st.tuples(owners, st.just("CNAME"), owners.map(lambda name: name + ".")),
    st.tuples(owners, st.just("MX"), st.tuples(st.integers(0, 65535), owners).map(lambda mx: f"{mx[0]} {mx[1]}.")),
    st.tuples(owners, st.just("TXT"), st.just('"v=spf1 -all"')),
)
flags = st.integers(0, 7)
types = st.sampled_from(["A", "AAAA", "MX"])


def response(name: str, type: str, found: list[tuple[str, str, str]], rcode: int, bits: int) -> tuple[bytes, bytes]:
    """The bytes of a response and of its question."""
    query = dns.message.make_query(name, type)
    made = dns.message.make_response(query)
    made.set_rcode(dns.rcode.Rcode(rcode))
    for bit, flag in enumerate((dns.flags.AA, dns.flags.RA, dns.flags.AD)):
        if bits >> bit & 1:
            made.flags |= flag
    for owner, kind, value in found:
        made.answer.append(dns.rrset.from_text(owner + ".", 300, "IN", kind, value))
    return made.to_wire(), wire.question(wire.labels(name), int(dns.rdatatype.from_text(type)))


@given(
    owners, st.sampled_from(["A", "AAAA", "MX"]), st.lists(records, max_size=6), st.sampled_from([0, 2, 3, 5]), flags
)
@settings(max_examples=300, deadline=None)
def test_what_it_reads_is_what_dnspython_reads(
    name: str, type: str, found: list[tuple[str, str, str]], rcode: int, bits: int
) -> None:
    data, asked = response(name, type, found, rcode, bits)
    number = Type[type]

    plain = wire.read(data, name, number, asked, "x")

    oracle = careful.read(data, name, number, "x")
    assert plain is None or (plain.status, plain.records, plain.end) == (oracle.status, oracle.records, oracle.end)
    assert plain is None or (plain.validated, plain.complete, plain.ttl) == (
        oracle.validated, oracle.complete, oracle.ttl,
    )  # fmt: skip
    if rcode in (0, 3) and not any(kind == "TXT" for _, kind, _ in found):
        assert plain is not None


@given(st.binary(max_size=80), st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_it_fail(noise: bytes, count: int) -> None:
    asked = wire.question(wire.labels("a.test"), Type.A)
    data = b"\0\1\x81\x80\0\1" + bytes((0, count)) + b"\0\0\0\0" + asked + noise

    plain = wire.read(data, "a.test", Type.A, asked, "x")

    assert plain is None or isinstance(plain, Reply)
    assert isinstance(careful.read(data, "a.test", Type.A, "x"), Reply)


@pytest.mark.parametrize(
    "rdata",
    [
        b"\xc0\x0c\0\1\0\1\0\0\0\1\0\3\1\2\3",  # an address of three bytes
        b"\xc0\x0c\0\1\0\3\0\0\0\1\0\4\1\2\3\4",  # of another class
        b"\xc0\x0c\0\1\0\1\0\0\0\1\0\x09\1\2\3\4",  # longer than the message
        b"\xc0\xff\0\1\0\1\0\0\0\1\0\4\1\2\3\4",  # a pointer forwards
        b"\xc0\x18\0\1\0\1\0\0\0\1\0\4\1\2\3\4",  # a pointer to itself
        b"\x40a\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4",  # a label of no known form
    ],
)
def test_what_is_malformed_is_left_to_dnspython(rdata: bytes) -> None:
    asked = wire.question(wire.labels("a.test"), Type.A)
    data = b"\0\1\x81\x80\0\1\0\1\0\0\0\0" + asked + rdata

    assert wire.read(data, "a.test", Type.A, asked, "x") is None


def test_an_answer_to_something_else_is_none() -> None:
    data, asked = response("a.test", "A", [("a.test", "A", "192.0.2.1")], 0, 0)
    _, other = response("b.test", "A", [], 0, 0)

    assert wire.is_answer(data, asked)
    assert wire.is_answer(data.replace(b"\1a\4test", b"\1A\4tEst", 1), asked)
    assert not wire.is_answer(data, other)
    assert not wire.is_answer(data[:2] + b"\0" + data[3:], asked)


def test_a_referral_proves_nothing() -> None:
    query = dns.message.make_query("a.sub.test", "A")
    made = dns.message.make_response(query)
    made.authority.append(dns.rrset.from_text("sub.test.", 60, "IN", "NS", "ns.elsewhere.test."))
    asked = wire.question(wire.labels("a.sub.test"), Type.A)

    reply = wire.read(made.to_wire(), "a.sub.test", Type.A, asked, "x")

    assert reply is not None
    assert reply.status is Status.LAME
