"""Resolutions as stores: the host that answers under a name, the mailboxes of a domain, and what nobody answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from model.observed import Absent, Known, Reason, Unread
from model.places import Gap, Observations, PlaceKind, Store, Target
from model.resolution import About, Answer, QueryKind, Resolution

HOST, MAIL = "dns.Hostname", "dns.MailDomain"

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

    A name that has no address, or takes no mail, by an answer that says so, is no store.
    """
    stores: list[Store] = []
    gaps: list[Gap] = []
    for resolution in resolutions:
        if resolution.kind is QueryKind.UNUSABLE:
            continue
        host = _store(target, resolution, HOST, _OF_HOST) if _may_hold(resolution, About.CONTENT) else None
        mail = _store(target, resolution, MAIL, _OF_MAIL) if _may_hold(resolution, About.MAIL) else None
        if host and mail and not _seen(resolution, About.CONTENT) and not _seen(resolution, About.MAIL):
            mail = None  # nothing at all was seen of the name: one store stands for it
        stores += [store for store in (host, mail) if store]
        gaps += _gaps(target, resolution, host or mail, mail or host)
    return Observations(stores=tuple(stores), gaps=tuple(gaps))


def _may_hold(resolution: Resolution, about: About) -> bool:
    """True unless every answer on ``about`` proves an absence."""
    return any(answer.about is about and not isinstance(answer.records, Absent) for answer in resolution.answers)


def _seen(resolution: Resolution, about: About) -> bool:
    return any(answer.about is about and isinstance(answer.records, Known) for answer in resolution.answers)


def _store(target: Target, resolution: Resolution, kind: str, abouts: tuple[About, ...]) -> Store:
    answers = tuple(answer for answer in resolution.answers if answer.about in abouts)
    source = answers[0].records.source
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


def _gaps(target: Target, resolution: Resolution, host: Store | None, mail: Store | None) -> Iterator[Gap]:
    """One gap per subject and reason: whatever was not answered is told."""
    found: dict[tuple[About, Reason], list[tuple[Answer, Unread]]] = {}
    for answer, unread in resolution.unanswered():
        found.setdefault((answer.about, unread.reason), []).append((answer, unread))
    for (about, reason), unanswered in found.items():
        first, unread = unanswered[0]
        store = mail if about in _OF_MAIL else host
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
            store=store.id if store else "",
        )
