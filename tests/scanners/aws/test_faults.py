"""Each call of a scan fails in turn, in every way: something is missing by name, and nothing looks better.

The hospital of the demonstration is scanned once, job by job, with the calls of each written down.  Then,
for every operation that was called, a job that called it runs again alone while that operation fails.  A
new row of the table is under test as soon as the hospital's scan calls it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import catalog
import legislation
from history.snapshot import Snapshot
from history.tables import SnapshotWriter
from model.assessment import Summary, Word, summarise
from model.datasets import Controller, ControllerKind
from model.observed import Absent, Known, Observed, Reason, Unread
from model.places import Observations, Store, Target
from scanners import Deadline, Job, Step, load
from scanners._run import perform
from scanners._standin import Fault, Kind, Standin
from scanners._standin import hospital as hospital_module
from scanners._standin.hospital import demo_environment, hospital
from scanners.aws import clients, rights
from scanners.aws.rights import policies

pytestmark = pytest.mark.slow

ANSWERS = Known | Absent | Unread

EVERYWHERE = (
    Kind.REFUSE,
    Kind.THROTTLE,
    Kind.CUT,
    Kind.GARBLE,
    Kind.PORTAL,
    Kind.WRONG_TYPE,
    Kind.ENDLESS_PAGES,
    Kind.REPEAT_ITEM,
)
# What happens below the protocol is the same for every operation: one of each protocol is enough.
SOMEWHERE = (Kind.HANG, Kind.RESET, Kind.EXPIRED, Kind.CLOCK, Kind.HTTP500)
OF_EACH_PROTOCOL = (
    ("rds", "DescribeDBInstances"),
    ("ec2", "DescribeVolumes"),
    ("dynamodb", "ListTables"),
    ("efs", "DescribeFileSystems"),
    ("s3", "GetBucketReplication"),
    ("s3", "ListBuckets"),
)
REASONS = {
    Kind.REFUSE: {Reason.REFUSED},
    Kind.THROTTLE: {Reason.THROTTLED},
    Kind.HANG: {Reason.TIMEOUT},
    Kind.RESET: {Reason.UNREACHABLE},
    Kind.EXPIRED: {Reason.REFUSED},
    Kind.CLOCK: {Reason.REFUSED},
}
SESSION = {("sts", "AssumeRole")}
# AWS never refuses it: when it fails in a member account, the role is what is missing.
ALSO_CALLED = {("sts", "GetCallerIdentity"): "sts:AssumeRole"}
# These leave the answer as it is when it holds nothing that they could spoil.
MAY_CHANGE_NOTHING = (Kind.WRONG_TYPE, Kind.ENDLESS_PAGES)


@dataclass(frozen=True)
class Trace:
    """One job of the undisturbed scan."""

    job: Job
    step: Step
    calls: frozenset[tuple[str, str]]

    @property
    def weight(self) -> int:
        """How much there is to lose."""
        found = self.step.observations
        return len(found.stores) + len(found.copies) + len(self.step.jobs)


@dataclass(frozen=True)
class Scan:
    """The undisturbed scan."""

    server: Standin
    target: Target
    hasty: Target
    traces: tuple[Trace, ...]

    def operations(self) -> list[tuple[str, str]]:
        return sorted({call for trace in self.traces for call in trace.calls})

    def job_with(self, call: tuple[str, str]) -> Trace:
        """The job that has most to lose when ``call`` fails."""
        return max((trace for trace in self.traces if call in trace.calls), key=lambda trace: trace.weight)

    def again(self, trace: Trace, fault: Fault) -> tuple[Step, bool]:
        """What the job learns, with nothing remembered, while ``fault`` strikes; whether it asked elsewhere."""
        job = replace(trace.job, target=self.hasty) if fault.kind is Kind.HANG else trace.job
        clients.renew(job.target)
        self.server.calls.clear()
        with self.server.fault(fault):
            step = perform(job, 0.5 if fault.kind is Kind.ENDLESS_PAGES else 20)[0]
        asked = {(call.service, call.operation) for call in self.server.calls}
        return step, not asked <= trace.calls | SESSION


@pytest.fixture(scope="module")
def scan() -> Iterator[Scan]:
    with pytest.MonkeyPatch.context() as patch, hospital() as server:
        for name, value in demo_environment().items():
            patch.setenv(name, value)
        settings = {
            "endpoint_url": server.endpoint_url,
            "accounts": "organization",
            "assume_role": "LexsitusReadOnly",
            "regions": "all",
            "_attempts": 1,
        }
        target, hasty = (
            Target("aws", "chu", tuple(sorted({**settings, "_timeout_seconds": seconds}.items())))
            for seconds in (10, 1)
        )
        yield Scan(server, target, hasty, tuple(walk(server, target)))


def walk(server: Standin, target: Target) -> Iterator[Trace]:
    waiting = deque(load("aws").plan(target))
    while waiting:
        job = waiting.popleft()
        server.calls.clear()
        step, _ = perform(job, 60)
        waiting.extend(step.jobs)
        yield Trace(job, step, frozenset((call.service, call.operation) for call in server.calls))


def said(found: Observations) -> set[str]:
    """Every operation and right that the gaps name."""
    return {word for gap in found.gaps for word in (gap.operation, gap.permission) if word}


def named(call: tuple[str, str], found: Observations) -> bool:
    service, operation = call
    if ALSO_CALLED.get(call) in said(found):
        return True
    return any(word.partition(":")[2] == operation or word == f"{service}:{operation}" for word in said(found))


def better(before: Store, after: Store) -> list[str]:
    """The fields of ``after`` that say something which ``before`` did not."""
    found = []
    for field in fields(Store):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if isinstance(new, Unread):
            continue
        if isinstance(new, Known | Absent):
            if value(old) != value(new):
                found.append(f"{field.name}: {value(old)} became {value(new)}")
        elif old != new:
            found.append(f"{field.name}: {old} became {new}")
    return found


def value(answer: Observed[Any]) -> object:
    match answer:
        case Known(found):
            return found
        case Absent():
            return "absent"
        case _:
            return "unread"


def worse_only(trace: Trace, step: Step) -> list[str]:
    """Whatever in ``step`` is more or better than in the undisturbed step."""
    before, after = trace.step.observations, step.observations
    stores = {store.id: store for store in before.stores}
    found = [f"new store {store.id}" for store in after.stores if store.id not in stores]
    for store in after.stores:
        if store.id in stores:
            found += [f"{store.id}: {text}" for text in better(stores[store.id], store)]
    copies = {(copy.of, copy.at, copy.kind) for copy in before.copies}
    found += [f"new copy {copy}" for copy in after.copies if (copy.of, copy.at, copy.kind) not in copies]
    return found


def unnoticed(call: tuple[str, str], kind: Kind, trace: Trace, step: Step, elsewhere: bool) -> bool:
    """Whether the failure of ``call`` left no trace where it should have.

    It may leave none when the same was learned by asking something else, when the answer held nothing to
    spoil, and for HeadBucket, whose refusal tells the region just as well.
    """
    if kind is Kind.REPEAT_ITEM:
        return not unchanged(trace, step)
    if named(call, step.observations):
        return False
    harmless = elsewhere or kind in MAY_CHANGE_NOTHING or call == ("s3", "HeadBucket")
    return not (harmless and unchanged(trace, step))


def faults(scan: Scan, kind: Kind, calls: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What is wrong with the scan when each of ``calls`` fails in turn."""
    for call in calls:
        trace = scan.job_with(call)
        step, elsewhere = scan.again(trace, Fault(kind, *call))
        yield from (f"{call}: {text}" for text in worse_only(trace, step))
        gaps = step.observations.gaps
        if unnoticed(call, kind, trace, step, elsewhere):
            yield f"{call}: not named; gaps name {sorted(said(step.observations))}"
        elif kind in REASONS and named(call, step.observations) and not {gap.reason for gap in gaps} & REASONS[kind]:
            yield f"{call}: reasons {[gap.reason.value for gap in gaps]}"


def unchanged(trace: Trace, step: Step) -> bool:
    """Whether the job learned the same, but for the time."""
    before, after = trace.step.observations, step.observations
    same = [store.id for store in before.stores] == [store.id for store in after.stores]
    lost = [b for b, a in zip(before.stores, after.stores, strict=False) if better(a, b) or better(b, a)]
    copies = [(copy.of, copy.at) for copy in before.copies] == [(copy.of, copy.at) for copy in after.copies]
    return same and not lost and copies and len(trace.step.jobs) == len(step.jobs)


def test_the_undisturbed_scan_misses_only_what_the_hospital_refuses(scan: Scan) -> None:
    gaps = [gap for trace in scan.traces for gap in trace.step.observations.gaps]

    unexpected = [
        gap
        for gap in gaps
        if (gap.account, gap.region) != ("210000000033", "eu-central-1")
        and gap.store != "arn:aws:s3:::chu-valclair-exports"
    ]

    assert not unexpected, "\n" + "\n".join(map(str, unexpected))
    assert "s3:GetReplicationConfiguration" in {gap.permission for gap in gaps}


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_no_operation_can_fail_unnoticed_or_to_our_advantage(scan: Scan, kind: Kind) -> None:
    wrong = list(faults(scan, kind, scan.operations()))

    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("kind", SOMEWHERE)
def test_no_protocol_hides_a_broken_transport(scan: Scan, kind: Kind) -> None:
    wrong = list(faults(scan, kind, OF_EACH_PROTOCOL))

    assert not wrong, "\n" + "\n".join(wrong)


CONTROLLER = Controller("CHU", ControllerKind.PUBLIC_HOSPITAL)
TODAY = date(2026, 11, 21)


def registered() -> Observations:
    """What the hospital declares."""
    register = Path(hospital_module.__file__).with_name("register.yaml")
    scanner = load("declared")
    (job,) = scanner.plan(Target("declared", "register", (("path", str(register)),)))
    return scanner.TASKS[job.task](job, Deadline.after(10)).observations


def judged(scan: Scan, trace: Trace, step: Step, folder: Path) -> Judged:
    """The whole scan judged, with ``step`` in the place of what ``trace`` learned and nothing that followed it."""
    of_scope = {other.job.scope: other for other in scan.traces}
    with SnapshotWriter(folder / "snapshot", folder / "scratch") as writer:
        writer.add(registered())
        waiting = deque(load("aws").plan(scan.target))
        while waiting:
            job = waiting.popleft()
            found = step if job.scope == trace.job.scope else of_scope[job.scope].step
            writer.add(found.observations)
            waiting.extend(following for following in found.jobs if following.scope in of_scope)
        writer.seal((scan.target,), (), datetime.now(UTC), datetime.now(UTC), "0")
    with Snapshot(folder / "snapshot") as snapshot:
        inventory = snapshot.inventory(CONTROLLER)
        judgement = legislation.load().assess(catalog.load().resolve(inventory, TODAY), inventory.derogations, TODAY)
        summary = summarise(judgement, snapshot.copies, inventory.gaps)
        good = {place.place.facts_id for place in judgement.places if place.word is Word.COMPLIANT}
        compliant = {store.id for store, facts_id in snapshot.stores if facts_id in good}
        datasets = {judged.dataset.id for judged in judgement.datasets if judged.word is Word.COMPLIANT}
        return Judged(compliant, datasets, summary)


@dataclass(frozen=True)
class Judged:
    """What a committee would be told."""

    stores: set[str]
    datasets: set[str]
    summary: Summary


def test_no_verdict_gains_from_a_refusal(scan: Scan, tmp_path: Path) -> None:
    first = scan.traces[0]
    before = judged(scan, first, first.step, tmp_path / "before")
    wrong = []
    for number, call in enumerate(scan.operations()):
        trace = scan.job_with(call)
        if not trace.weight:
            continue
        step, _ = scan.again(trace, Fault(Kind.REFUSE, *call))
        after = judged(scan, trace, step, tmp_path / str(number))
        wrong += [f"{call}: {name} became compliant" for name in after.stores - before.stores]
        wrong += [f"{call}: dataset {name} became compliant" for name in after.datasets - before.datasets]
        if after.summary.verdicts["compliant"] > before.summary.verdicts["compliant"]:
            wrong.append(f"{call}: more stores count as compliant")
        if after.summary.rate_min > before.summary.rate_min:
            wrong.append(f"{call}: the lower end of the rate rose to {after.summary.rate_min}")
        if not after.summary.gaps:
            wrong.append(f"{call}: no gap is left")

    assert not wrong, "\n" + "\n".join(wrong)


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


def test_exactly_the_printed_policy_is_enough_and_is_all_that_is_used(scan: Scan) -> None:
    role = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/LexsitusReadOnly"}
    scan.server.enforce(*policies(), {"Statement": role})
    try:
        traces = tuple(walk(scan.server, scan.target))
    finally:
        scan.server.enforce()

    before = {gap.id for trace in scan.traces for gap in trace.step.observations.gaps}
    added = [gap for trace in traces for gap in trace.step.observations.gaps if gap.id not in before]
    assert not added, "\n" + "\n".join(map(str, added))
    assert facts(traces) == facts(scan.traces)


def test_every_operation_called_is_a_read_and_stands_in_the_printed_rights(scan: Scan) -> None:
    reads = ("Get", "List", "Describe", "Head", "BatchGet")
    called = set(scan.operations()) - {("sts", "AssumeRole")}

    assert [call for call in called if not call[1].startswith(reads)] == []
    assert called <= rights.called()
