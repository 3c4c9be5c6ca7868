"""What holds for the hospital of the demonstration beside the conformance suite: its gaps, and the printed rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

import pytest

from model.observed import Absent, Known, Unread
from model.places import Store
from scanners.aws import rights
from scanners.aws.rights import cross_check_policy, policies
from tests.scanners.aws.bed import AwsBed, bed
from tests.scanners.rehearsal import Rehearsal, Trace, rehearse, value, walk

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    with bed() as aws:
        yield rehearse(aws)


def test_the_undisturbed_scan_misses_only_what_the_hospital_refuses(rehearsal: Rehearsal) -> None:
    gaps = [gap for trace in rehearsal.traces for gap in trace.step.observations.gaps]

    unexpected = [
        gap
        for gap in gaps
        if (gap.account, gap.region) != ("210000000033", "eu-central-1")
        and gap.store != "arn:aws:s3:::chu-valclair-exports"
    ]

    assert not unexpected, "\n" + "\n".join(map(str, unexpected))
    assert "s3:GetReplicationConfiguration" in {gap.permission for gap in gaps}


def facts(traces: Iterable[Trace]) -> dict[str, dict[str, object]]:
    """Every store with what is known of it, whatever the time."""
    return {
        store.id: {
            field.name: value(answer) if isinstance(answer := getattr(store, field.name), ANSWERS) else answer
            for field in fields(Store)
        }
        for trace in traces
        for store in trace.step.observations.stores
    }


ANSWERS = Known | Absent | Unread


def test_exactly_the_printed_policy_is_enough_and_is_all_that_is_used(rehearsal: Rehearsal) -> None:
    role = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/LexsitusReadOnly"}
    assert isinstance(rehearsal.bed, AwsBed)
    rehearsal.bed.server.enforce(*policies(), cross_check_policy(), {"Statement": role})
    try:
        traces = tuple(walk(rehearsal.bed))
    finally:
        rehearsal.bed.server.enforce()

    before = {gap.id for trace in rehearsal.traces for gap in trace.step.observations.gaps}
    added = [gap for trace in traces for gap in trace.step.observations.gaps if gap.id not in before]
    assert not added, "\n" + "\n".join(map(str, added))
    assert facts(traces) == facts(rehearsal.traces)


def test_every_operation_called_stands_in_the_printed_rights(rehearsal: Rehearsal) -> None:
    every = rights.called() | rights.opted(sampling=False, cross_checks=True)
    known = {f"{service}:{operation}" for service, operation in every}

    assert set(rehearsal.operations()) - {"sts:AssumeRole"} <= known
