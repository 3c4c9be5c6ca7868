"""Names resolved against servers that answer well, and against servers that do not."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import dns.message
import pytest

from model.observed import Absent, Grade, Reason, Unread
from model.resolution import About, Answer, Dnssec, QueryKind, RecordType, Resolution
from scanners.dns import Depth, resolve
from tests.scanners.dns.servers import Script, free_port, nsd, replied, server

CHU = """$ORIGIN chu.test.
$TTL 300
@ SOA ns1 host 1 3600 600 86400 60
@ NS ns1
@ NS ns.elsewhere.test.
@ A 192.0.2.10
@ MX 20 mx2
@ MX 10 mx1
@ TXT "v=spf1 include:_spf.chu.test -all"
@ TXT "google-site-verification=abcdefgh"
@ TXT "MS=ms12345678"
@ CAA 0 issue "letsencrypt.org"
_spf TXT "v=spf1 include:_spf2.chu.test ip4:192.0.2.0/24 -all"
_spf2 TXT "v=spf1 -all"
ns1 A 127.0.0.1
mx1 A 192.0.2.25
mx2 CNAME mx1
autodiscover CNAME autodiscover.outlook.test.
_imaps._tcp SRV 0 0 993 mail
mail A 192.0.2.26
selector1._domainkey CNAME selector1-chu._domainkey.tenant.test.
google._domainkey TXT "v=DKIM1; k=rsa; p=AAAA"
portail CNAME one
one CNAME two
two CNAME three
three A 192.0.2.1
three AAAA 2001:db8::1
alone A 192.0.2.2
dangling CNAME nowhere
loop1 CNAME loop2
loop2 CNAME loop1
*.apps A 192.0.2.9
nullmx A 192.0.2.3
nullmx MX 0 .
long CNAME c1
""" + "".join(f"c{n} CNAME c{n + 1}\n" for n in range(1, 12)) + "c12 A 192.0.2.12\n"  # fmt: skip


@pytest.fixture(scope="module")
def chu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nsd(tmp_path_factory.mktemp("nsd"), {"chu.test": CHU}) as address:
        yield address


def one(name: str, *servers: str, depth: Depth = Depth.THOROUGH, patience: float = 5.0) -> Resolution:
    """The resolution of one name."""
    (found,) = resolve([name], servers, depth=depth, patience_seconds=patience)
    return found


def links(found: Resolution, *abouts: About) -> list[tuple[str, str, str]]:
    """What was found, as (name, type, target)."""
    return [(record.name, record.type.value, record.target) for record, _ in found.about(*abouts)]


def unread(found: Resolution, about: About = About.CONTENT) -> list[tuple[str, Reason]]:
    """What nobody answered."""
    return [(answer.name, silence.reason) for answer, silence in found.unanswered(about)]


def answer(found: Resolution, type: RecordType) -> Answer:
    """The first answer of a type."""
    return next(one for one in found.answers if one.type is type)


@pytest.mark.slow
class TestARealServer:
    """NSD, with a zone that holds all that a thorough resolution looks for."""

    def test_a_chain_is_followed_to_its_end(self, chu: str) -> None:
        found = one("portail.chu.test", chu)

        assert links(found, About.CONTENT) == [
            ("portail.chu.test", "CNAME", "one.chu.test"),
            ("one.chu.test", "CNAME", "two.chu.test"),
            ("two.chu.test", "CNAME", "three.chu.test"),
            ("three.chu.test", "A", "192.0.2.1"),
            ("three.chu.test", "AAAA", "2001:db8::1"),
        ]
        assert not unread(found)

    def test_a_chain_of_a_dozen_links_too(self, chu: str) -> None:
        assert links(one("long.chu.test", chu), About.CONTENT)[-1] == ("c12.chu.test", "A", "192.0.2.12")

    def test_every_answer_has_its_source_and_its_day(self, chu: str) -> None:
        found = one("chu.test", chu)

        assert found.answers
        for each in found.answers:
            assert each.records.source.grade is Grade.DNS
            assert chu in each.records.source.what
            assert each.records.source.read_at.tzinfo is not None

    def test_what_each_record_proves_is_kept_apart(self, chu: str) -> None:
        found = one("chu.test", chu)

        assert links(found, About.CONTENT) == [("chu.test", "A", "192.0.2.10")]
        assert links(found, About.MAIL) == [
            ("chu.test", "MX", "mx1.chu.test"),
            ("chu.test", "MX", "mx2.chu.test"),
            ("mx1.chu.test", "A", "192.0.2.25"),
            ("mx2.chu.test", "CNAME", "mx1.chu.test"),
            ("mx1.chu.test", "A", "192.0.2.25"),
        ]
        assert set(links(found, About.SENDING)) == {
            ("chu.test", "SPF", "_spf.chu.test"),
            ("_spf.chu.test", "SPF", "_spf2.chu.test"),
            ("selector1._domainkey.chu.test", "DKIM", "selector1-chu._domainkey.tenant.test"),
            ("google._domainkey.chu.test", "DKIM", ""),
        }
        assert set(links(found, About.MAILBOX)) == {
            ("autodiscover.chu.test", "AUTODISCOVER", "autodiscover.outlook.test"),
            ("_imaps._tcp.chu.test", "SRV", "mail.chu.test"),
        }
        assert set(links(found, About.DELEGATION)) == {
            ("chu.test", "NS", "ns1.chu.test"),
            ("chu.test", "NS", "ns.elsewhere.test"),
        }
        assert set(links(found, About.VALIDATION)) == {
            ("chu.test", "TXT", "google-site-verification"),
            ("chu.test", "TXT", "ms"),
            ("chu.test", "CAA", "issue letsencrypt.org"),
        }

    def test_an_absence_is_proven(self, chu: str) -> None:
        gone, alone = one("gone.chu.test", chu), one("alone.chu.test", chu)

        assert {type(each.records) for each in gone.answers} == {Absent}
        assert isinstance(answer(alone, RecordType.AAAA).records, Absent)
        assert isinstance(answer(alone, RecordType.MX).records, Absent)

    def test_an_alias_that_leads_nowhere_is_no_address(self, chu: str) -> None:
        found = one("dangling.chu.test", chu)

        assert links(found, About.CONTENT) == [("dangling.chu.test", "CNAME", "nowhere.chu.test")]
        assert not unread(found)

    def test_a_domain_that_takes_no_mail_has_no_exchanger(self, chu: str) -> None:
        assert isinstance(answer(one("nullmx.chu.test", chu), RecordType.MX).records, Absent)

    def test_a_loop_is_a_gap(self, chu: str) -> None:
        found = one("loop1.chu.test", chu)

        assert (found.name, Reason.FAULT) in unread(found)
        assert "loop" in next(found.unanswered(About.CONTENT))[1].detail

    def test_a_wildcard_is_told(self, chu: str) -> None:
        assert one("rdv.apps.chu.test", chu).wildcard
        assert not one("portail.chu.test", chu).wildcard

    def test_a_zone_of_others_is_refused(self, chu: str) -> None:
        assert unread(one("www.other.test", chu)) == [("www.other.test", Reason.REFUSED)] * 2

    def test_a_survey_asks_little(self, chu: str) -> None:
        found = one("portail.chu.test", chu, depth=Depth.SURVEY)

        assert links(found)[-2:] == [("three.chu.test", "A", "192.0.2.1"), ("three.chu.test", "AAAA", "2001:db8::1")]
        assert {each.type for each in found.answers} == {RecordType.A, RecordType.AAAA}
        mail = one("chu.test", chu, depth=Depth.SURVEY)
        assert links(mail, About.MAIL) == [("chu.test", "MX", "mx1.chu.test"), ("chu.test", "MX", "mx2.chu.test")]

    def test_many_names_come_back_in_the_order_asked(self, chu: str) -> None:
        asked = [f"n{n}.chu.test" if n % 3 else "portail.chu.test" for n in range(900)]

        found = list(resolve(asked, [chu], depth=Depth.SURVEY, rate=100_000))

        assert [each.query for each in found] == asked


def test_what_is_no_name_is_answered_in_its_turn_without_a_question() -> None:
    script = Script({("a.test", "A"): ("a.test. A 192.0.2.1",)})
    with server(script) as address:
        found = list(resolve(["a..b", "a.test", "arn:aws:s3:::b"], [address], depth=Depth.SURVEY))

    assert [each.kind for each in found] == [QueryKind.UNUSABLE, QueryKind.NAME, QueryKind.RESOURCE]
    assert "two dots" in found[0].because
    assert {name for name, _ in script.asked} == {"a.test"}


def cut_short(query: dns.message.Message) -> bytes:
    """A response that promises two records and holds none."""
    asked = query.to_wire()
    return asked[:2] + b"\x81\x80\0\1\0\2\0\0\0\0" + asked[12:]


@pytest.mark.parametrize(
    ("said", "reason", "detail"),
    [
        ("drop", Reason.TIMEOUT, "no answer in time"),
        ("servfail", Reason.FAULT, "SERVFAIL"),
        ("refused", Reason.REFUSED, "REFUSED"),
        (lambda query, tcp: replied(query, rcode="NOTIMP"), Reason.UNSUPPORTED, "NOTIMP"),
        (lambda query, tcp: cut_short(query), Reason.FAULT, "read"),
        (lambda query, tcp: b"<html>" * 10, Reason.TIMEOUT, ""),
        (("self.test. CNAME self.test.",), Reason.FAULT, "loop"),
    ],
    ids=["silence", "servfail", "refused", "not implemented", "cut", "a portal", "an alias to itself"],
)
def test_each_failure_is_a_gap_of_its_own(said: object, reason: Reason, detail: str) -> None:
    name = "self.test" if isinstance(said, tuple) else "a.test"
    with server(Script({(name, "*"): said})) as address:
        found = one(name, address, depth=Depth.SURVEY, patience=1.0)

    assert {each for _, each in unread(found)} == {reason}
    assert detail in next(found.unanswered())[1].detail


def test_a_server_that_sends_elsewhere_is_a_gap() -> None:
    def referral(query: dns.message.Message, _tcp: bool) -> dns.message.Message:
        response = replied(query, aa=False)
        response.authority += replied(query, "test. NS ns.other.test.").answer
        return response

    with server(Script({("a.test", "*"): referral})) as address:
        found = one("a.test", address, depth=Depth.SURVEY)

    assert "lame" in next(found.unanswered())[1].detail


def test_nobody_listening_is_unreachable() -> None:
    found = one("a.test", f"127.0.0.1:{free_port()}", depth=Depth.SURVEY)

    assert {reason for _, reason in unread(found)} == {Reason.UNREACHABLE}


def test_a_truncated_answer_is_taken_over_tcp() -> None:
    many = [f"big.test. A 192.0.2.{n}" for n in range(1, 200)]
    script = Script({("big.test", "A"): ("truncated", *many)})
    with server(script) as address:
        found = one("big.test", address, depth=Depth.SURVEY)

    assert len(links(found, About.CONTENT)) == 199
    assert script.over_tcp == [("big.test", "A")]


def test_a_truncated_answer_without_tcp_is_a_gap() -> None:
    def cut(query: dns.message.Message, tcp: bool) -> bytes | None:
        response = replied(query)
        response.flags |= dns.flags.TC
        return None if tcp else response.to_wire()

    with server(Script({("big.test", "A"): cut})) as address:
        found = one("big.test", address, depth=Depth.SURVEY, patience=1.0)

    assert ("big.test", Reason.FAULT) in unread(found)


def test_a_server_without_extensions_is_asked_plainly() -> None:
    def old(query: dns.message.Message, _tcp: bool) -> dns.message.Message:
        return replied(query, rcode="FORMERR") if query.edns >= 0 else replied(query, "a.test. A 192.0.2.1")

    with server(Script({("a.test", "A"): old})) as address:
        found = one("a.test", address, depth=Depth.SURVEY)

    assert links(found, About.CONTENT) == [("a.test", "A", "192.0.2.1")]


def test_what_does_not_validate_is_told_from_what_fails() -> None:
    def bogus(query: dns.message.Message, _tcp: bool) -> dns.message.Message:
        checked = not query.flags & dns.flags.CD
        return replied(query, rcode="SERVFAIL") if checked else replied(query, "a.test. A 192.0.2.1")

    with server(Script({("a.test", "*"): bogus})) as address:
        found = one("a.test", address, depth=Depth.SURVEY)

    assert found.dnssec is Dnssec.BOGUS
    assert "validate" in next(found.unanswered())[1].detail
    assert not links(found)


def test_a_validated_answer_says_so() -> None:
    def validated(query: dns.message.Message, _tcp: bool) -> dns.message.Message:
        response = replied(query, "a.test. A 192.0.2.1")
        response.flags |= dns.flags.AD
        return response

    with server(Script({("a.test", "A"): validated})) as address:
        assert one("a.test", address, depth=Depth.SURVEY).dnssec is Dnssec.VALIDATED


@pytest.mark.parametrize("first", ["drop", "servfail", "refused"])
def test_another_server_takes_over(first: str) -> None:
    good = Script({("a.test", "A"): ("a.test. A 192.0.2.1",)})
    with server(Script({("a.test", "*"): first})) as one_address, server(good) as other:
        found = one("a.test", one_address, other, depth=Depth.SURVEY)

    assert links(found, About.CONTENT) == [("a.test", "A", "192.0.2.1")]
    assert other in answer(found, RecordType.A).records.source.what


def test_servers_that_contradict_each_other_are_both_shown() -> None:
    one_script = Script({("a.test", "A"): ("a.test. A 192.0.2.1",)})
    other_script = Script({("a.test", "A"): ("a.test. A 198.51.100.1",)})
    with server(one_script) as first, server(other_script) as second:
        found = one("a.test", first, second)

    assert found.contradicted
    assert {target for _, _, target in links(found, About.CONTENT)} == {"192.0.2.1", "198.51.100.1"}


def test_servers_that_agree_are_told_once() -> None:
    script = Script({("a.test", "A"): ("a.test. A 192.0.2.1", "a.test. A 192.0.2.2")})
    with server(script) as first, server(script) as second:
        found = one("a.test", first, second)

    assert not found.contradicted
    assert len(links(found, About.CONTENT)) == 2


def test_forged_records_beside_the_chain_do_not_count() -> None:
    script = Script({("a.test", "A"): ("b.test. A 198.51.100.66", "a.test. A 192.0.2.1", "evil.test. CNAME a.test.")})
    with server(script) as address:
        found = one("a.test", address, depth=Depth.SURVEY)

    assert links(found, About.CONTENT) == [("a.test", "A", "192.0.2.1")]


def test_a_chain_that_a_server_leaves_unfinished_is_asked_link_by_link() -> None:
    script = Script(
        {
            ("a.test", "A"): ("a.test. CNAME b.test.",),
            ("a.test", "AAAA"): ("a.test. CNAME b.test.",),
            ("b.test", "A"): ("b.test. CNAME c.test.",),
            ("b.test", "AAAA"): ("b.test. CNAME c.test.",),
            ("c.test", "A"): ("c.test. A 192.0.2.1",),
        }
    )
    with server(script) as address:
        found = one("a.test", address, depth=Depth.SURVEY)

    assert links(found) == [
        ("a.test", "CNAME", "b.test"),
        ("b.test", "CNAME", "c.test"),
        ("c.test", "A", "192.0.2.1"),
    ]
    assert ("a.test", "MX") not in script.asked


def test_a_loop_over_several_answers_comes_to_an_end() -> None:
    script = Script({("a.test", "*"): ("a.test. CNAME b.test.",), ("b.test", "*"): ("b.test. CNAME a.test.",)})
    with server(script) as address:
        found = one("a.test", address, depth=Depth.SURVEY)

    assert Reason.FAULT in {reason for _, reason in unread(found)}
    assert len(script.asked) < 8


def test_an_endless_chain_comes_to_an_end() -> None:
    asked = []

    def onwards(query: dns.message.Message, _tcp: bool) -> bytes:
        name = query.question[0].name.to_text(True)
        asked.append(name)
        return replied(query, f"{name}. CNAME x{name}.").to_wire()

    with server(onwards) as address:
        found = one("a.test", address, depth=Depth.SURVEY)

    assert Reason.FAULT in {reason for _, reason in unread(found)}
    assert len(asked) < 50


def test_a_sender_policy_past_the_limit_of_lookups_is_a_gap() -> None:
    chain = {(f"s{n}.test", "TXT"): (f's{n}.test. TXT "v=spf1 include:s{n + 1}.test -all"',) for n in range(30)}
    with server(Script(chain)) as address:
        found = one("s0.test", address)

    assert len(links(found, About.SENDING)) <= 11
    assert "7208" in next(found.unanswered(About.SENDING))[1].detail


def test_an_address_is_asked_for_what_its_holder_calls_it() -> None:
    with server(Script({("8.8.8.8.in-addr.arpa", "PTR"): ("8.8.8.8.in-addr.arpa. PTR dns.google.",)})) as address:
        found = one("8.8.8.8", address)

    assert links(found) == [("8.8.8.8", "PTR", "dns.google")]
    assert found.answers[0].about is About.NAMING


@pytest.mark.parametrize("text", ["10.0.0.1", "127.0.0.1", "192.168.1.1", "169.254.1.1", "fd00::1", "::1"])
def test_nothing_is_asked_about_addresses_that_are_not_public(text: str) -> None:
    script = Script({})
    with server(script) as address:
        found = one(text, address)

    assert (found.kind, found.answers, script.asked) == (QueryKind.ADDRESS, (), [])


def test_ten_names_take_no_longer_than_the_slowest_answer() -> None:
    def tarries(query: dns.message.Message, _tcp: bool) -> dns.message.Message:
        time.sleep(1.5)
        return replied(query, "n0.test. A 192.0.2.1")

    answers: dict[tuple[str, str], object] = {(f"n{n}.test", "A"): (f"n{n}.test. A 192.0.2.1",) for n in range(10)}
    answers["n0.test", "A"] = tarries
    with server(Script(answers)) as address:
        list(resolve(["warm.test"], [address]))
        began = time.monotonic()
        found: Sequence[Resolution] = list(resolve([f"n{n}.test" for n in range(10)], [address]))
        took = time.monotonic() - began

    assert [bool(links(each, About.CONTENT)) for each in found] == [True] * 10
    assert took < 2.0


def test_a_budget_ends_everything_in_time() -> None:
    with server(Script({(f"n{n}.test", "*"): "drop" for n in range(50)})) as address:
        began = time.monotonic()
        found = list(resolve([f"n{n}.test" for n in range(50)], [address], depth=Depth.SURVEY, budget_seconds=0.5))
        took = time.monotonic() - began

    assert len(found) == 50
    assert took < 2.0
    assert {type(each.records) for one in found for each in one.answers} == {Unread}


def test_equal_questions_are_put_once() -> None:
    script = Script({("a.test", "A"): ("a.test. A 192.0.2.1",)})
    with server(script) as address:
        found = list(resolve(["a.test"] * 50, [address], depth=Depth.SURVEY))

    assert len(found) == 50
    assert sorted(script.asked) == [("a.test", "A"), ("a.test", "AAAA"), ("a.test", "MX")]


def test_the_pace_is_kept() -> None:
    script = Script({})
    with server(script) as address:
        began = time.monotonic()
        list(resolve([f"n{n}.test" for n in range(120)], [address], depth=Depth.SURVEY, rate=60))
        took = time.monotonic() - began

    assert len(script.asked) == 360
    assert took > (360 - 240) / 60 - 0.1
