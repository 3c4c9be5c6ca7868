"""What to keep when several jobs saw the same thing, and what to say of an end of a copy that none saw.

The same choice is made in whatever order the jobs ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from history._rows import ANSWERS
from model.codec import dumps, encode
from model.health import Signal
from model.observed import Absent, Grade, Known, Observed, Reason, Unread
from model.places import Copy, Gap, PlaceKind, Store

_GRADES = list(Grade)
_END = "known only as the end of a copy"


def merge_stores(stores: Iterable[Store]) -> Store:
    """One store out of several with the same id.

    One that was seen beats the end of a copy.  Then, answer by answer: a value beats a
    proven absence, which beats silence; a stronger grade beats a weaker one, so that a declaration
    never overwrites an observation.  Where two answers of equal rank contradict each other, the last in
    canonical order is kept (``yes`` rather than ``no``, the later day), except for the location: a store
    said to be in two places is in both.  Listed as an original but told to be the end of a copy, it is that
    copy: a bucket does not know that another one replicates into it.  What anyone proves to be open is open, and all
    who are named can reach it: two readings of a policy add up.  The signals of all are kept.
    """
    several = sorted(stores, key=lambda store: (not store.seen, _identity(store)))
    best = several[0]
    answers: dict[str, Any] = {
        name: _best([(store.seen, getattr(store, name)) for store in several]) for name in ANSWERS
    }
    answers["public"], answers["shared_with"] = _reach(several, answers)
    sites = answers["sites"]
    if isinstance(sites, Known):
        top = max(_rank(store.seen, store.sites) for store in several)
        every = [store.sites.value for store in several if _rank(store.seen, store.sites) == top]  # type: ignore[union-attr]
        if len(set(every)) > 1:
            union = {site for one in every for site in one}
            places = tuple(sorted(union, key=lambda site: (site.region, site.zone, site.country)))
            answers["sites"] = Known(places, sites.source)
    copied = sorted({store.role.value for store in several if store.role is not PlaceKind.PRIMARY})
    role = PlaceKind(copied[0]) if best.role is PlaceKind.PRIMARY and copied else best.role
    return replace(best, role=role, signals=_signals(several), **answers)


def _reach(stores: list[Store], best: dict[str, Any]) -> tuple[Observed[bool], Observed[tuple[str, ...]]]:
    """Who can reach a store, by all that say so; the source is that of whoever says most."""
    public, shared = best["public"], best["shared_with"]
    for store in stores:
        if store.public != public and isinstance(store.public, Known) and isinstance(public, Known):
            public = store.public if store.public.value and not public.value else public
        if isinstance(store.shared_with, Known) and isinstance(shared, Known):
            every = tuple(sorted({*shared.value, *store.shared_with.value}))
            shared = shared if every == shared.value else Known(every, store.shared_with.source)
    return public, shared


def _signals(stores: list[Store]) -> tuple[Signal, ...] | None:
    """What any of them showed, each once; ``None`` when nobody looked at any."""
    looked = [store.signals for store in stores if store.signals is not None]
    every = {dumps(encode(signal)): signal for signals in looked for signal in signals}
    return tuple(every[text] for text in sorted(every)) if looked else None


def merge_copies(copies: Iterable[Copy]) -> Copy:
    """One relation out of several with the same ends and kind: the best answer."""
    several = list(copies)
    return replace(several[0], answer=_best([(True, copy.answer) for copy in several]))


def merge_gaps(gaps: Iterable[Gap]) -> Gap:
    """One gap out of several with the same id: the first in canonical order."""
    return min(gaps, key=lambda gap: dumps(encode(replace(gap, detail=""))) + dumps(gap.detail))


def unseen_end(copy: Copy, scanner: str, target: str) -> Store:
    """The store at the end of ``copy``, of which nothing else is known than that it exists.

    ``scanner`` and ``target`` are those of its origin: where somebody heard of it.
    """
    nothing = Unread(Reason.NOT_TOLD, copy.answer.source, _END)
    answers: dict[str, Any] = dict.fromkeys(ANSWERS, nothing)
    return Store(
        id=copy.at,
        kind="unknown",
        name=copy.at,
        scanner=scanner,
        target=target,
        account="",
        role=copy.kind,
        seen=False,
        **answers,
    )


def gap_of(end: Store) -> Gap:
    """The gap that a store leaves which is known only as the end of a copy.

    Its reason is that of its answers where they give one; otherwise it lies outside what the configuration asks
    for (``disabled``), or nothing tells what it is (``unsupported``).
    """
    # Asked of the place itself, and told by nothing else; the reach may have been proved from outside.
    answer = end.public if isinstance(end.public, Unread) else end.size_bytes
    reason = answer.reason if isinstance(answer, Unread) else Reason.NOT_ASKED
    match reason:
        case Reason.NOT_ASKED | Reason.NOT_DECLARED:
            reason = Reason.DISABLED
        case Reason.NOT_TOLD:
            reason = Reason.UNSUPPORTED
    why = answer.detail if isinstance(answer, Unread) and answer.detail.startswith("listed by ") else _END
    sites = end.sites.value if isinstance(end.sites, Known) else ()
    return Gap(
        scanner=end.scanner,
        target=end.target,
        account=end.account,
        region=sites[0].region if len(sites) == 1 else "",
        scope=f"contents, key and further copies of {end.id}",
        operation="scan",
        reason=reason,
        seen_at=answer.source.read_at,
        detail=f"{why}: add what holds it as a target, or declare the place in the register",
        store=end.id,
    )


def _identity(store: Store) -> bytes:
    return dumps([store.scanner, store.target, store.account, store.kind, store.name, store.role.value])


def _best(answers: list[tuple[bool, Observed[Any]]]) -> Observed[Any]:
    return max(answers, key=lambda pair: (_rank(*pair), _content(pair[1]), dumps(encode(pair[1]))))[1]


def _rank(seen: bool, answer: Observed[Any]) -> tuple[int, bool, int]:
    certainty = 2 if isinstance(answer, Known) else 1 if isinstance(answer, Absent) else 0
    return certainty, seen, -_GRADES.index(answer.source.grade)


def _content(answer: Observed[Any]) -> bytes:
    return dumps(encode(answer.value)) if isinstance(answer, Known) else b""
