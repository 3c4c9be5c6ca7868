"""Each call of each scanner fails in turn, in every way: something is missing by name, and nothing looks better.

A scanner offers a bed (tests/scanners/bed.py).  Its estate is scanned once, job by job, with the calls of each written
down.  Then, for every call that was made, a job that made it runs again alone while that call fails.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

import scanners
from model.observed import Reason
from model.places import Observations
from scanners import Step
from scanners._redact import secret_in
from tests.scanners.bed import EXEMPT, Bed, Kind, has_bed, load_bed
from tests.scanners.rehearsal import Rehearsal, Trace, gained, judged, named, rehearse, said, unchanged

TESTED = [name for name in scanners.names() if has_bed(name)]
FAULTS = (
    Kind.REFUSE,
    Kind.THROTTLE,
    Kind.CUT,
    Kind.GARBLE,
    Kind.PORTAL,
    Kind.WRONG_TYPE,
    Kind.ENDLESS_PAGES,
    Kind.REPEAT_ITEM,
    Kind.UNKNOWN_PLACE,
    Kind.HANG,
    Kind.RESET,
    Kind.EXPIRED,
    Kind.CLOCK,
    Kind.HTTP500,
)
OF_TRANSPORT = {Kind.HANG, Kind.RESET, Kind.EXPIRED, Kind.CLOCK, Kind.HTTP500}
REASONS = {
    Kind.REFUSE: {Reason.REFUSED},
    Kind.THROTTLE: {Reason.THROTTLED},
    Kind.HANG: {Reason.TIMEOUT},
    Kind.RESET: {Reason.UNREACHABLE},
    Kind.EXPIRED: {Reason.REFUSED},
    Kind.CLOCK: {Reason.REFUSED},
}
# These leave the answer as it is when it holds nothing that they could spoil.
MAY_CHANGE_NOTHING = {Kind.WRONG_TYPE, Kind.ENDLESS_PAGES}


@pytest.mark.parametrize("name", scanners.names())
def test_every_scanner_has_a_bed(name: str) -> None:
    assert has_bed(name) or name in EXEMPT, (
        f"the scanner {name!r} has no bed: write tests/scanners/{name}/bed.py as tests/scanners/bed.py tells"
    )


@pytest.fixture(scope="module", params=TESTED)
def rehearsal(request: pytest.FixtureRequest) -> Iterator[Rehearsal]:
    """The undisturbed scan of one scanner's bed."""
    with ExitStack() as stack:
        yield rehearse(stack.enter_context(load_bed(request.param)))


def unnoticed(bed: Bed, call: str, kind: Kind, trace: Trace, step: Step, elsewhere: bool) -> bool:
    """Whether the failure of ``call`` left no trace where it should have.

    It may leave none when the same was learned by asking something else, and when the answer held nothing to spoil.
    An unknown place is no failure of the call: it is the catalog that does not know it.
    """
    if kind is Kind.REPEAT_ITEM:
        return not unchanged(trace, step)
    if kind is Kind.UNKNOWN_PLACE or named(bed, call, step.observations):
        return False
    harmless = elsewhere or kind in MAY_CHANGE_NOTHING or call in bed.harmless
    return not (harmless and unchanged(trace, step))


def wrongs(rehearsal: Rehearsal, kind: Kind) -> Iterator[str]:
    """What is wrong with the scan when each call fails in turn."""
    bed = rehearsal.bed
    calls = rehearsal.operations()
    for call in [each for each in calls if each in bed.alike] if kind in OF_TRANSPORT and bed.alike else calls:
        trace = rehearsal.job_with(call)
        step, elsewhere = rehearsal.again(trace, kind, call)
        yield from (f"{call}: {text}" for text in gained(trace, step))
        yield from (f"{call}: {text}" for text in leaked(bed, step.observations))
        gaps = step.observations.gaps
        if unnoticed(bed, call, kind, trace, step, elsewhere):
            yield f"{call}: not named; gaps name {sorted(said(step.observations))}"
        elif kind in REASONS and named(bed, call, step.observations):
            reasons = {gap.reason for gap in gaps}
            if not reasons & REASONS[kind]:
                yield f"{call}: reasons {sorted(reasons)}"


def leaked(bed: Bed, found: Observations) -> Iterator[str]:
    """What of a secret stands in an observation."""
    text = repr(found)
    yield from (
        f"a secret of the bed is in an observation: {secret[:3]}..." for secret in bed.secrets if secret in text
    )
    for gap in found.gaps:
        if kind := secret_in(f"{gap.scope} {gap.detail} {gap.operation}"):
            yield f"a gap holds {kind}"


@pytest.mark.slow
@pytest.mark.parametrize("kind", FAULTS)
def test_no_call_can_fail_unnoticed_or_to_our_advantage(
    rehearsal: Rehearsal, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    bed = rehearsal.bed
    if reason := bed.impossible.get(kind):
        assert len(reason) > 20, f"say why {kind} cannot happen to {bed.target.scanner}"
        return
    with caplog.at_level(logging.DEBUG, "lexsitus"):
        wrong = list(wrongs(rehearsal, kind))

    assert not wrong, "\n" + "\n".join(wrong)
    assert [line for line in caplog.messages if secret_in(line) or any(each in line for each in bed.secrets)] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Kind.REFUSE, Kind.UNKNOWN_PLACE])
def test_no_verdict_gains_from_what_is_missing(rehearsal: Rehearsal, kind: Kind) -> None:
    judge = partial(judged, rehearsal)
    first = rehearsal.traces[0]
    before = judge(first, first.step)
    wrong = []
    for call in rehearsal.operations():
        trace = rehearsal.job_with(call)
        step, _ = rehearsal.again(trace, kind, call) if trace.weight else (trace.step, False)
        if unchanged(trace, step):
            continue
        after = judge(trace, step)
        wrong += [f"{call}: {name} became compliant" for name in after.compliant - before.compliant]
        wrong += [f"{call}: dataset {name} became compliant" for name in after.datasets - before.datasets]
        wrong += [f"{call}: the catalog gave a country to {name}" for name in after.placed]
        if kind is Kind.UNKNOWN_PLACE:
            continue
        if after.summary.verdicts["compliant"] > before.summary.verdicts["compliant"]:
            wrong.append(f"{call}: more stores count as compliant")
        if after.summary.rate_min > before.summary.rate_min:
            wrong.append(f"{call}: the lower end of the rate rose to {after.summary.rate_min}")
        if not after.summary.gaps or 4 not in after.exit.all:
            wrong.append(f"{call}: no gap is left, or no exit code says so")

    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.slow
def test_every_call_only_reads(rehearsal: Rehearsal) -> None:
    assert rehearsal.operations()
    assert [call for call in rehearsal.operations() if rehearsal.bed.writes(call)] == []


@pytest.mark.slow
def test_a_scan_holds_no_secret(rehearsal: Rehearsal) -> None:
    for trace in rehearsal.traces:
        assert list(leaked(rehearsal.bed, trace.step.observations)) == []
        texts = " ".join((trace.job.scope, *trace.job.arguments))
        assert not any(secret in texts for secret in rehearsal.bed.secrets)
