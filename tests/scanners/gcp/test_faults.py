"""Each call of each job fails in turn: the conformance suite takes the job that has most to lose, here all do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scanners.bed import Kind
from tests.scanners.gcp.bed import bed
from tests.scanners.rehearsal import Rehearsal, gained, named, rehearse, unchanged

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    with bed() as one:
        yield rehearse(one)


@pytest.mark.parametrize("kind", [Kind.REFUSE, Kind.CUT, Kind.WRONG_TYPE])
def test_no_job_hides_a_failed_call_or_gains_from_it(rehearsal: Rehearsal, kind: Kind) -> None:
    wrong = []
    for trace in rehearsal.traces:
        for call in sorted(trace.calls):
            step, _ = rehearsal.again(trace, kind, call)
            wrong += [f"{trace.job.scope}: {call}: {text}" for text in gained(trace, step)]
            if not named(rehearsal.bed, call, step.observations):
                wrong.append(f"{trace.job.scope}: {call} is not named")

    assert not wrong, "\n" + "\n".join(wrong)


def test_items_that_come_twice_are_told_once_in_every_job(rehearsal: Rehearsal) -> None:
    for trace in rehearsal.traces:
        for call in sorted(trace.calls):
            step, _ = rehearsal.again(trace, Kind.REPEAT_ITEM, call)
            assert unchanged(trace, step), (trace.job.scope, call)
