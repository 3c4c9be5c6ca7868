"""The clock of a formal notice: days left, and for each failing what shows on the edition's day that it was mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from model.assessment import Assessment, Outcome
from model.datasets import Failing, Notice, Proof
from model.observed import Known


class NoticeState(StrEnum):
    """Where a notice stands on the day asked."""

    RUNNING = "running"
    OVERDUE = "overdue"
    CLOSED = "closed"


class FailingState(StrEnum):
    """What shows that a failing was mended.

    ``confirmed``: a dated document, and every rule that follows it passes; ``documented``: a document, and no rule
    that settles it; ``contradicted``: a document, and a rule that fails; ``uncounted``: documents of no day or of a
    day outside the time of the notice; ``missing``: nothing.
    """

    CONFIRMED = "confirmed"
    DOCUMENTED = "documented"
    CONTRADICTED = "contradicted"
    UNCOUNTED = "uncounted"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class FailingView:
    """A failing on the day asked; ``outcomes`` are (dataset, rule, outcome), ``None`` for a rule that was not asked."""

    failing: Failing
    state: FailingState
    outcomes: tuple[tuple[str, str, Outcome | None], ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice on the day asked.  ``days_left`` is negative once the deadline is past."""

    notice: Notice
    state: NoticeState
    days_left: int
    failings: tuple[FailingView, ...]


def notices(assessment: Assessment) -> tuple[NoticeView, ...]:
    """Every notice that the register holds, those with the nearest deadline first."""
    on = assessment.header.on
    datasets = assessment.judgement.datasets
    outcomes = {judged.dataset.id: {one.rule: one.outcome for one in judged.verdicts} for judged in datasets}
    found = {notice.id: notice for judged in datasets for notice in judged.dataset.notices if notice.served_on <= on}
    order = sorted(found.values(), key=lambda one: (one.deadline_on, one.id))
    return tuple(
        NoticeView(
            notice,
            _state(notice, on),
            (notice.deadline_on - on).days,
            tuple(_view(notice, failing, outcomes, on) for failing in notice.failings),
        )
        for notice in order
    )


def _state(notice: Notice, on: date) -> NoticeState:
    match notice.closed_on:
        case Known(day) if day <= on:
            return NoticeState.CLOSED
        case _:
            return NoticeState.OVERDUE if on > notice.deadline_on else NoticeState.RUNNING


def _view(notice: Notice, failing: Failing, outcomes: Mapping[str, Mapping[str, Outcome]], on: date) -> FailingView:
    told = tuple(
        (dataset, rule, outcomes.get(dataset, {}).get(rule)) for dataset in notice.datasets for rule in failing.rules
    )
    counted = [proof for proof in failing.proofs if _counts(proof, notice, on)]
    if not failing.proofs:
        return FailingView(failing, FailingState.MISSING, told)
    if not counted:
        return FailingView(failing, FailingState.UNCOUNTED, told)
    if any(outcome is Outcome.FAIL for _, _, outcome in told):
        return FailingView(failing, FailingState.CONTRADICTED, told)
    settled = told and all(outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE) for _, _, outcome in told)
    return FailingView(failing, FailingState.CONFIRMED if settled else FailingState.DOCUMENTED, told)


def _counts(proof: Proof, notice: Notice, on: date) -> bool:
    match proof.dated:
        case Known(day):
            return notice.served_on <= day <= on
        case _:
            return False
