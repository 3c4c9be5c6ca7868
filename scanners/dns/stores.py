"""Resolutions as stores: the host that answers under a name, the mailboxes of a domain, and what nobody answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from model.observed import Absent, Grade, Known, Reason, Source, Unread
from model.places import Gap, Observations, PlaceKind, Store, Target
from model.resolution import About, Answer, QueryKind, RecordType, Resolution
from scanners.dns.queries import is_address

HOST, MAIL = "dns.Hostname", "dns.MailDomain"

_NOT_ASKED = "the address as it was given; nothing is asked about addresses that are not public"
_OF_HOST = (About.CONTENT, About.NAMING, About.SERVICE, About.DELEGATION)
_OF_MAIL = (About.MAIL, About.MAILBOX, About.SENDING, About.VALIDATION)
_WORDS = {
    About.CONTENT: "where {name} leads",
    About.MAIL: "who receives the mail of {name}",
    About.MAILBOX: "where the mailboxes of {name} are",
    About.SENDING: "who sends mail for {name}",
    About.SERVICE: "the services of {name}",
    About.DELEGATION: "who answers for the zone of {name}",
    About.VALIDATION: "to whom {name} was proved",
    About.NAMING: "what the addresses of {name} are called",
}


def host_id(name: str) -> str:
    """The id of the store behind a host name: the same in every run."""
    return f"dns:{name}"


def mail_id(name: str) -> str:
    """The id of the mailboxes of a domain."""
    return f"dns:mail:{name}"


def observations(target: Target, resolutions: Iterable[Resolution]) -> Observations:
    """The stores that ``resolutions`` show, and a gap for each question that nobody answered.

    A name that is proven to have no address is no host, and a domain takes mail only when its exchangers were seen;
    the gap of those that were not names the store that it may hide.
    """
    stores: list[Store] = []
    gaps: list[Gap] = []
    for resolution in resolutions:
        if resolution.kind is QueryKind.UNUSABLE:
            continue
        if _may_lead_somewhere(resolution):
            stores.append(_store(target, resolution, HOST, _OF_HOST))
        if _takes_mail(resolution):
            stores.append(_store(target, resolution, MAIL, _OF_MAIL))
        gaps += _gaps(target, resolution)
    return Observations(stores=tuple(stores), gaps=tuple(gaps))


def _may_lead_somewhere(resolution: Resolution) -> bool:
    """True unless every answer proves that nothing is there.  An address leads to itself."""
    if is_address(resolution.name):
        return True
    about = [answer.records for answer in resolution.answers if answer.about is About.CONTENT]
    return any(not isinstance(records, Absent) for records in about)


def _takes_mail(resolution: Resolution) -> bool:
    return any(answer.type is RecordType.MX and isinstance(answer.records, Known) for answer in resolution.answers)


def _store(target: Target, resolution: Resolution, kind: str, abouts: tuple[About, ...]) -> Store:
    answers = tuple(answer for answer in resolution.answers if answer.about in abouts)
    source = answers[0].records.source if answers else Source(_NOT_ASKED, resolution.read_at, Grade.DNS)
    not_told = Unread(Reason.NOT_TOLD, source, "no record names a provider; the catalog tells whose they are")
    not_asked = Unread(Reason.NOT_ASKED, source, "DNS does not tell")
    name = resolution.name
    return Store(
        id=host_id(name) if kind == HOST else mail_id(name),
        kind=kind,
        name=name,
        scanner=target.scanner,
        target=target.name,
        account="",
        role=PlaceKind.PRIMARY,
        seen=True,
        provider=not_told,
        service=not_told,
        service_id=not_told,
        sites=not_told,
        key=not_asked,
        public=not_asked,
        shared_with=not_asked,
        size_bytes=not_asked,
        created_at=not_asked,
        tags=not_asked,
        entity=not_told,
        holds_health=not_asked,
        checked_on=Known(resolution.read_at.date(), source),
        resolution=_only(resolution, answers),
    )


def _only(resolution: Resolution, answers: tuple[Answer, ...]) -> Resolution:
    """The resolution with those answers alone.  What was typed is left out: it may hold more than the name."""
    return Resolution(
        query=resolution.name,
        kind=QueryKind.ADDRESS if resolution.kind is QueryKind.ADDRESS else QueryKind.NAME,
        name=resolution.name,
        read_at=resolution.read_at,
        answers=answers,
        dnssec=resolution.dnssec,
        wildcard=resolution.wildcard,
        contradicted=resolution.contradicted,
    )


def _gaps(target: Target, resolution: Resolution) -> Iterator[Gap]:
    """One gap per subject and reason: whatever was not answered is told."""
    found: dict[tuple[About, Reason], list[tuple[Answer, Unread]]] = {}
    for answer, unread in resolution.unanswered():
        found.setdefault((answer.about, unread.reason), []).append((answer, unread))
    mail = _takes_mail(resolution)
    for (about, reason), unanswered in found.items():
        first, unread = unanswered[0]
        of_mail = about is About.MAIL or (about in _OF_MAIL and mail)
        yield Gap(
            scanner=target.scanner,
            target=target.name,
            account="",
            region="",
            scope=_WORDS[about].format(name=resolution.name),
            operation=" ".join(sorted({answer.type.value for answer, _ in unanswered})),
            reason=reason,
            seen_at=resolution.read_at,
            permission="",
            who_can_grant="whoever runs the resolver" if reason is Reason.REFUSED else "",
            detail=f"{first.name}: {unread.detail}",
            store=mail_id(resolution.name) if of_mail else host_id(resolution.name),
        )
