"""Which questions are put about a name, and in what order.

Two depths.  A *survey* asks for the addresses and the mail exchangers, with as few questions as can be: it is made for
a hundred thousand names.  A *thorough* resolution asks for all that may tell who is at work behind one name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Generator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from model.reading import read_csv
from model.resolution import About, Dnssec, Record, RecordType, Resolution
from scanners.dns.evidence import Evidence, dnssec_of
from scanners.dns.exchange import ANY, Question, Strand
from scanners.dns.policies import LOOKUPS, is_signing_key, marks, sender_policies
from scanners.dns.queries import Query, domain, is_address
from scanners.dns.replies import Reply, Status
from scanners.dns.wire import Type

_LONGEST_CHASE = 16
_PROBE = "lexsitus-no-such-name"
"""Asked beside a name: when it has the same answer, that answer is a wildcard's."""

_POINTERS = 4
_EXCHANGERS = 8
_SERVICES = (
    "_autodiscover._tcp", "_imaps._tcp", "_submission._tcp", "_sip._tls", "_sipfederationtls._tcp", "_ldap._tcp",
)  # fmt: skip
_MAIL_SERVICES = _SERVICES[:3]

_Asking = Generator[Sequence[Question], Sequence[Reply], Any]


def survey(query: Query) -> Strand[Resolution]:
    """Addresses with their chain, and mail exchangers: at most three questions where the server finishes its chains."""
    evidence, name = Evidence(), query.name
    (first,) = yield (Question(name, Type.A),)
    if not first.complete:
        yield from _chase(evidence, name, Type.A, About.CONTENT, first)
    else:
        evidence.chain(name, RecordType.A, About.CONTENT, (first,))
    if first.status is Status.NXDOMAIN:
        return evidence.resolution(query, dnssec_of(first))
    asked = [Question(name, Type.AAAA)]
    if not _aliased(first):
        asked.append(Question(name, Type.MX))  # no record stands beside an alias (RFC 1034, 3.6.2)
    second, *mail = yield asked
    if not second.complete:
        yield from _chase(evidence, name, Type.AAAA, About.CONTENT, second)
    else:
        evidence.chain(name, RecordType.AAAA, About.CONTENT, (second,))
    for exchangers in mail:
        evidence.exchangers(name, exchangers)
    return evidence.resolution(query, dnssec_of(first))


def thorough(query: Query, compared: int = 1) -> Strand[Resolution]:
    """All that tells who is at work behind a name or an address.

    The first ``compared`` servers are asked for the addresses, each on its own, so that one that lies is seen.
    """
    evidence, name = Evidence(), query.name
    if not name:
        return evidence.resolution(query, Dnssec.UNKNOWN)
    if is_address(name):
        yield from _pointers(evidence, (name,))
        return evidence.resolution(query, Dnssec.UNKNOWN)
    parts = [Evidence() for _ in range(4)]
    dnssec, *_ = yield from _together(
        _content(parts[0], name, compared),
        _mail(parts[1], name),
        _delegation(parts[2], name),
        _authorities(parts[3], name),
    )
    if parts[0].missing:
        parts = parts[:1]  # there is no such name: what its parents have tells nothing of it
    for part in parts:
        evidence.answers += part.answers
    evidence.wildcard, evidence.contradicted = parts[0].wildcard, parts[0].contradicted
    return evidence.resolution(query, dnssec)


def _together(*strands: _Asking) -> Generator[Sequence[Question], Sequence[Reply], list[Any]]:
    """Several strands as one: their questions are put at the same time.  Their values, in order."""
    values: list[Any] = [None] * len(strands)
    wanted: dict[int, Sequence[Question]] = {}

    def advance(at: int, replies: Sequence[Reply] | None) -> None:
        try:
            wanted[at] = strands[at].send(replies)  # type: ignore[arg-type]  # None begins a generator
        except StopIteration as stop:
            wanted.pop(at, None)
            values[at] = stop.value

    for at in range(len(strands)):
        advance(at, None)
    while wanted:
        asked = dict(wanted)
        replies = yield [question for questions in asked.values() for question in questions]
        taken = 0
        for at, questions in asked.items():
            advance(at, replies[taken : taken + len(questions)])
            taken += len(questions)
    return values


def _aliased(reply: Reply) -> bool:
    return bool(reply.records) and reply.records[0].type is RecordType.CNAME


def _chase(evidence: Evidence, name: str, type: Type, about: About, first: Reply, server: int = ANY) -> _Asking:
    """Follows a chain that servers leave unfinished to its end, and puts it down."""
    replies, met = [first], {name, *(record.target for record in first.records)}
    while (not replies[-1].complete or _bare(replies[-1], type)) and len(replies) <= _LONGEST_CHASE:
        end = replies[-1].end
        (reply,) = yield (Question(end, type, server),)
        again = next((record.target for record in reply.records if record.target in met), None)
        if again is not None and _aliased(reply):
            path = " → ".join([name, *(record.target for one in (*replies, reply) for record in one.records)])
            reply = Reply(Status.LOOP, (), end, reply.server, detail=path)
        met.update(record.target for record in reply.records)
        replies.append(reply)
    if not replies[-1].complete:
        replies.append(
            Reply(Status.LOOP, (), replies[-1].end, first.server, detail=f"more than {_LONGEST_CHASE} servers")
        )
    evidence.chain(name, RecordType(type.name), about, replies)


def _bare(reply: Reply, type: Type) -> bool:
    """True for aliases that lead to no address: some servers that call themselves resolvers answer the name alone."""
    return type is Type.A and bool(reply.records) and reply.records[-1].type is RecordType.CNAME


def _content(evidence: Evidence, name: str, compared: int) -> _Asking:
    """Where connections go: chain and addresses, what their holders call them, whether any other name gets the same."""
    parent = name.partition(".")[2]
    servers = [ANY] if compared < 2 else list(range(compared))
    asked = [Question(name, type, server) for server in servers for type in (Type.A, Type.AAAA)]
    if parent.count("."):
        asked.append(Question(f"{_PROBE}.{parent}", Type.A))
    replies = yield asked
    evidence.missing = all(reply.status is Status.NXDOMAIN for reply in replies[: 2 * len(servers)])
    per_server = []
    for at, server in enumerate(servers):
        own = Evidence()
        for type, reply in zip((Type.A, Type.AAAA), replies[2 * at : 2 * at + 2], strict=True):
            yield from _chase(own, name, type, About.CONTENT, reply, server)
        per_server.append(own)
    evidence.compare(per_server)
    if parent.count("."):
        probe = replies[-1]
        evidence.wildcard = probe.status is Status.FOUND and _targets(probe) == _targets(replies[0])
    yield from _pointers(evidence, evidence.addresses())
    return dnssec_of(replies[0])


def _targets(reply: Reply) -> frozenset[str]:
    return frozenset(record.target for record in reply.records)


def _pointers(evidence: Evidence, addresses: Sequence[str]) -> _Asking:
    """What the holders of the addresses call them.  Addresses that are not public are not asked about."""
    public = [one for one in addresses if ipaddress.ip_address(one).is_global][:_POINTERS]
    if not public:
        return
    replies = yield [Question(ipaddress.ip_address(one).reverse_pointer, Type.PTR) for one in public]
    for address, reply in zip(public, replies, strict=True):
        found = [
            Record(address, RecordType.PTR, record.target, ttl=record.ttl)
            for record in reply.records
            if record.type is RecordType.PTR
        ]
        evidence.put(address, RecordType.PTR, About.NAMING, reply, found)


def _mail(evidence: Evidence, name: str) -> _Asking:
    """Who receives mail, who may send it, where mailboxes are, and to whom the domain was proved."""
    exchangers, texts = yield (Question(name, Type.MX), Question(name, Type.TXT))
    hosts = evidence.exchangers(name, exchangers)
    said = _texts(name, texts)
    found = [Record(name, RecordType.TXT, mark) for mark in marks(said)]
    policies = sender_policies(said)
    parts = [Evidence() for _ in range(4)]
    strands = [_hosts(parts[0], hosts[:_EXCHANGERS]), _senders(parts[1], name, texts)]
    if hosts or policies:
        strands += [_keys(parts[2], name), _mailboxes(parts[3], name)]
    yield from _together(*strands)
    for part in parts:
        evidence.answers += part.answers
    evidence.put(name, RecordType.TXT, About.VALIDATION, texts, found)


def _texts(name: str, reply: Reply) -> list[str]:
    return [record.target for record in reply.records if record.type is RecordType.TXT and record.name == name]


def _hosts(evidence: Evidence, hosts: Sequence[str]) -> _Asking:
    """The addresses of the mail exchangers."""
    asked = [(host, type) for host in hosts for type in (Type.A, Type.AAAA)]
    if not asked:
        return
    replies = yield [Question(host, type) for host, type in asked]
    for (host, type), reply in zip(asked, replies, strict=True):
        yield from _chase(evidence, host, type, About.MAIL, reply)


def _senders(evidence: Evidence, name: str, texts: Reply) -> _Asking:
    """The sender policy and those it includes, level by level, within the limits of RFC 7208."""
    level, met, lookups = {name: texts}, {name}, 0
    while level:
        following: list[str] = []
        for owner, reply in level.items():
            policies = sender_policies(_texts(owner, reply))
            if len(policies) > 1:
                reply = Reply(
                    Status.MALFORMED, (), owner, reply.server, detail="several sender policies (RFC 7208, 4.5)"
                )
            included = policies[0].included if len(policies) == 1 else ()
            lookups += sum(policy.lookups for policy in policies)
            records = [Record(owner, RecordType.SPF, target.lower().removesuffix(".")) for target in included]
            evidence.put(owner, RecordType.SPF, About.SENDING, reply, records)
            following += [record.target for record in records if record.target not in met and _is_name(record.target)]
            met.update(following)
        if following and lookups > LOOKUPS:
            detail = f"more than {LOOKUPS} look-ups make it an error (RFC 7208, 4.6.4)"
            over = Reply(Status.MALFORMED, (), following[0], texts.server, detail=detail)
            evidence.put(following[0], RecordType.SPF, About.SENDING, over, ())
            return
        replies = yield [Question(one, Type.TXT) for one in following]
        level = dict(zip(following, replies, strict=True))


def _keys(evidence: Evidence, name: str) -> _Asking:
    """The selectors of known mail hosts that exist, and where they lead."""
    owners = [f"{selector}._domainkey.{name}" for selector in _selectors()]
    replies = yield [Question(owner, Type.TXT) for owner in owners if _is_name(owner)]
    for owner, reply in zip(owners, replies, strict=False):
        own = [record for record in reply.records if record.type is RecordType.TXT]
        if _aliased(reply):
            found = [Record(owner, RecordType.DKIM, reply.records[0].target, ttl=reply.ttl)]
        elif any(is_signing_key(record.target) for record in own):
            found = [Record(owner, RecordType.DKIM, "", ttl=reply.ttl)]
        else:
            found = []
        if found or reply.status not in (Status.FOUND, Status.NODATA, Status.NXDOMAIN):
            evidence.put(owner, RecordType.DKIM, About.SENDING, reply, found)


@cache
def _selectors() -> tuple[str, ...]:
    rows = read_csv(Path(__file__).with_name("selectors.csv"), ("selector", "used_by"))
    return tuple(row["selector"] for _, row in rows)


def _mailboxes(evidence: Evidence, name: str) -> _Asking:
    """Where mail programs find their settings and their servers, and the other services that the domain announces."""
    pointer = f"autodiscover.{name}"
    owners = [f"{service}.{name}" for service in _SERVICES]
    if not _is_name(f"_sipfederationtls._tcp.{name}"):
        return
    where, *services = yield [Question(pointer, Type.A), *(Question(owner, Type.SRV) for owner in owners)]
    if _aliased(where):
        alias = where.records[0]
        evidence.put(
            pointer, RecordType.AUTODISCOVER, About.MAILBOX, where,
            [Record(pointer, RecordType.AUTODISCOVER, alias.target, ttl=alias.ttl)],
        )  # fmt: skip
    else:
        evidence.chain(pointer, RecordType.A, About.MAILBOX, (where,))
    for service, owner, reply in zip(_SERVICES, owners, services, strict=True):
        found = [record for record in reply.records if record.type is RecordType.SRV and record.target]
        about = About.MAILBOX if service in _MAIL_SERVICES else About.SERVICE
        if found or reply.status not in (Status.FOUND, Status.NODATA, Status.NXDOMAIN):
            evidence.put(owner, RecordType.SRV, about, reply, found)


def _delegation(evidence: Evidence, name: str) -> _Asking:
    """The servers that answer for the zone of the name."""
    yield from _nearest(evidence, name, Type.NS, About.DELEGATION)


def _authorities(evidence: Evidence, name: str) -> _Asking:
    """Who may certify the name (RFC 8659): the nearest set of CAA records upwards."""
    yield from _nearest(evidence, name, Type.CAA, About.VALIDATION)


def _nearest(evidence: Evidence, name: str, type: Type, about: About) -> _Asking:
    """The records of a type at the name or at the nearest name above it that has some."""
    labels = name.split(".")
    owners = [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]
    replies = yield [Question(owner, type) for owner in owners]
    kind = RecordType(type.name)
    for owner, reply in zip(owners, replies, strict=True):
        own = [record for record in reply.records if record.type is kind and record.name == owner]
        failed = reply.status not in (Status.FOUND, Status.NODATA, Status.NXDOMAIN)
        if own or failed or owner == owners[-1]:
            evidence.put(owner, kind, about, reply, own)
            return


def _is_name(text: str) -> bool:
    try:
        return domain(text) == text
    except ValueError:
        return False
