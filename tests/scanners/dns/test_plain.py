"""A name of a survey that needs no strand ends with what the strand would have found, and what dnspython finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from model.observed import Known, Unread
from model.resolution import About, RecordType, Resolution
from scanners.dns.exchange import Exchange, Strand
from scanners.dns.memory import Memory
from scanners.dns.pace import Pace
from scanners.dns.plain import Name
from scanners.dns.queries import understood
from scanners.dns.servers import server as named
from scanners.dns.strands import survey
from tests.scanners.dns.servers import Script, replied, server

ADDRESSES = [f"192.0.2.{n}" for n in range(1, 30)]
EXCHANGERS = ["mx.mail.test", "a.mx.test", "MX2.Mail.Test", ""]


def chain(chosen: random.Random, name: str, type: str) -> list[str]:
    """What a server may say to a question: a chain in order or not, with what does not belong to it."""
    records, owner = [], name
    for _ in range(chosen.choice([0, 0, 0, 1, 2, 3])):
        target = chosen.choice([f"x{chosen.randrange(9)}.cdn.test", f"y.{name}", name])
        records.append(f"{owner}. CNAME {target}.")
        owner = target
    for _ in range(chosen.choice([0, 1, 1, 2, 3])):
        match type:
            case "A":
                records.append(f"{owner}. A {chosen.choice(ADDRESSES)}")
            case "AAAA":
                records.append(f"{owner}. AAAA 2001:db8::{chosen.randrange(9)}")
            case _:
                records.append(f"{owner}. MX {chosen.randrange(3)} {chosen.choice(EXCHANGERS)}.")
    if chosen.random() < 0.1:
        chosen.shuffle(records)
    if chosen.random() < 0.1:
        records.append(f"beside.test. A {ADDRESSES[0]}")
    if chosen.random() < 0.05:
        records.append(f'{owner}. TXT "v=spf1 -all"')
    return records


def answer(chosen: random.Random, name: str, type: str) -> Any:
    """One answer of a script: usually plain, sometimes a failure, a referral or flags of a resolver."""
    fate = chosen.random()
    if fate < 0.12:
        return chosen.choice(["servfail", "refused", "nxdomain", ("truncated", f"{name}. A {ADDRESSES[3]}")])
    records = chain(chosen, name, type)
    flags = chosen.choice([dns.flags.AA, dns.flags.RA, dns.flags.RA | dns.flags.AD, 0])
    denied, referring, shouting = fate > 0.95, 0.9 < fate < 0.95, 0.85 < fate < 0.9

    def said(query: dns.message.Message, _tcp: bool) -> bytes:
        response = replied(query, *records, rcode="NXDOMAIN" if denied else "NOERROR", aa=False)
        response.flags |= flags
        if referring:
            response.authority += replied(query, "test. NS ns.other.test.").answer
        wire = response.to_wire()
        end = 12 + len(name) + 2
        return wire[:12] + wire[12:end].upper() + wire[end:] if shouting else wire

    return said


def found(script: Script, names: list[str], plain: bool) -> dict[int, Resolution]:
    """The surveys of ``names``, by the plain path where it goes, or by strands alone."""

    def wanted(name: str) -> Strand[Resolution] | Name:
        return Name(understood(name), survey) if plain else survey(understood(name))

    with server(script) as address, Exchange([named(address)], Pace(1e6, 1e6), in_flight=20) as exchange:
        surveys: Iterator[tuple[int, Resolution]] = exchange.run(
            ((n, wanted(name)) for n, name in enumerate(names)), 30
        )
        return dict(surveys)


def told(resolution: Resolution) -> list[object]:
    """All that a resolution says but when, and by which server."""
    answers: list[object] = []
    for each in resolution.answers:
        match each.records:
            case Known(records):
                answers.append((each.name, each.type, each.about, records))
            case Unread(reason, _, detail):
                answers.append((each.name, each.type, each.about, reason, detail))
            case absent:
                answers.append((each.name, each.type, each.about, type(absent)))
    said = (resolution.query, resolution.kind, resolution.name, resolution.dnssec, resolution.because)
    return [said, resolution.wildcard, resolution.contradicted, *answers]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_survey_finds_what_its_strand_finds(seed: int) -> None:
    chosen = random.Random(seed)
    names = [f"n{n}.{chosen.choice(['a', 'bb', 'c.d'])}.test" for n in range(120)]
    others = [f"x{n}.cdn.test" for n in range(9)] + [f"y.{name}" for name in names]
    script = {(name, type): answer(chosen, name, type) for name in names + others for type in ("A", "AAAA", "MX")}
    asked = names + chosen.sample(names, 20)

    plain, strands = found(Script(script), asked, True), found(Script(script), asked, False)

    assert [told(plain[n]) for n in range(len(asked))] == [told(strands[n]) for n in range(len(asked))]
    assert len({type(each.records) for one in plain.values() for each in one.answers}) == 3


def test_a_survey_finds_what_dnspython_finds() -> None:
    chosen = random.Random(7)
    names = [f"n{n}.test" for n in range(60)]
    script = Script(
        {
            (name, "A"): (f"{name}. CNAME x{n % 5}.test.", f"x{n % 5}.test. A {chosen.choice(ADDRESSES)}")
            if n % 3
            else (f"{name}. A {chosen.choice(ADDRESSES)}", f"{name}. A 198.51.100.1")
            for n, name in enumerate(names)
        }
    )

    surveyed = found(script, names, True)

    with server(script) as address:
        oracle = dns.resolver.Resolver(configure=False)
        oracle.nameservers, oracle.port = ["127.0.0.1"], int(address.rpartition(":")[2])
        for n, name in enumerate(names):
            addresses = {str(each) for each in oracle.resolve(name, "A")}
            assert addresses == {one.target for one, _ in surveyed[n].about(About.CONTENT) if one.type is RecordType.A}


def test_no_question_is_put_twice_when_a_strand_takes_over() -> None:
    script = Script(
        {
            ("a.test", "A"): ("a.test. A 192.0.2.1",),
            ("a.test", "AAAA"): ("truncated", "a.test. AAAA 2001:db8::1"),
            ("a.test", "MX"): ("a.test. MX 10 mx.test.",),
        }
    )

    told_of = found(script, ["a.test"], True)[0]

    assert sorted(script.asked) == sorted([("a.test", "A"), *[("a.test", "AAAA")] * 2, ("a.test", "MX")])
    assert [each.type for each in told_of.answers] == [RecordType.A, RecordType.AAAA, RecordType.MX]


def test_a_lost_question_is_put_again() -> None:
    lost: list[str] = []

    def once(query: dns.message.Message, _tcp: bool) -> dns.message.Message | None:
        name = query.question[0].name.to_text(True)
        if name not in lost:
            lost.append(name)
            return None
        return replied(query, f"{name}. A 192.0.2.1")

    surveyed = found(Script({("a.test", "A"): once, ("b.test", "A"): once}), ["a.test", "b.test"], True)

    assert [[record.target for record, _ in one.about()] for one in surveyed.values()] == [["192.0.2.1"]] * 2


def test_a_survey_holds_until_the_time_of_its_first_record_is_over() -> None:
    memory, resolution = Memory(), found(Script({}), ["a.test"], True)[0]

    memory.keep_survey("a.test", resolution, 10.0)

    assert memory.surveyed("a.test", 9.0) == resolution
    assert memory.surveyed("a.test", 10.0) is None
