"""A scan performed job by job, again while one call fails, and judged: what the conformance suite compares."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import catalog
import legislation
from history.snapshot import Snapshot
from history.tables import SnapshotWriter
from model.assessment import Exit, Header, Summary, Word, exit_of, summarise
from model.datasets import Controller, ControllerKind
from model.observed import Absent, Known, Observed, Unread
from model.places import Observations, Store, Target
from model.resolution import Resolution
from scanners import Deadline, Job, Step, load
from scanners._run import perform
from scanners._standin import hospital
from tests.scanners.bed import NOWHERE, Bed, Kind

CONTROLLER = Controller("CHU", ControllerKind.PUBLIC_HOSPITAL)
TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Trace:
    """One job of the undisturbed scan."""

    job: Job
    step: Step
    calls: frozenset[str]

    @property
    def weight(self) -> int:
        """How much there is to lose."""
        found = self.step.observations
        return len(found.stores) + len(found.copies) + len(self.step.jobs)


@dataclass(frozen=True)
class Rehearsal:
    """The undisturbed scan of a bed."""

    bed: Bed
    traces: tuple[Trace, ...]

    def operations(self) -> list[str]:
        """Every call that the scan made, once."""
        return sorted({call for trace in self.traces for call in trace.calls})

    def job_with(self, call: str) -> Trace:
        """The job that has most to lose when ``call`` fails."""
        return max((trace for trace in self.traces if call in trace.calls), key=lambda trace: trace.weight)

    def again(self, trace: Trace, kind: Kind, call: str) -> tuple[Step, bool]:
        """What the job learns, with nothing remembered, while ``call`` fails; whether it asked elsewhere."""
        job = replace(trace.job, target=self.bed.hasty) if kind is Kind.HANG else trace.job
        with self.bed.fault(kind, call):
            self.bed.forget()
            step = perform(job, 0.5 if kind is Kind.ENDLESS_PAGES else 20)[0]
        return step, not set(self.bed.calls()) <= trace.calls


def rehearse(bed: Bed) -> Rehearsal:
    """Performs the whole scan of ``bed``, one job after the other."""
    return Rehearsal(bed, tuple(walk(bed)))


def walk(bed: Bed) -> Iterator[Trace]:
    """Each job of the scan, with what it learned and called."""
    waiting = deque(load(bed.target.scanner).plan(bed.target))
    bed.forget()
    while waiting:
        job = waiting.popleft()
        before = len(bed.calls())
        step, _ = perform(job, 60)
        waiting.extend(step.jobs)
        yield Trace(job, step, frozenset(bed.calls()[before:]))


def said(found: Observations) -> set[str]:
    """Every operation and right that the gaps name."""
    return {word for gap in found.gaps for word in (gap.operation, gap.permission) if word}


def named(bed: Bed, call: str, found: Observations) -> bool:
    """Whether a gap names ``call``, or what the bed lets stand for it."""
    return bool(said(found) & {call, *bed.words(call)})


def value(answer: Observed[Any]) -> object:
    """What an answer says, whatever its source and time."""
    match answer:
        case Known(found):
            return found
        case Absent():
            return "absent"
        case _:
            return "unread"


def better(before: Store, after: Store) -> list[str]:
    """The fields of ``after`` that say something which ``before`` did not; to be in an unknown place is not better."""
    found = []
    for field in fields(Store):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if isinstance(new, Unread) or (field.name == "signals" and set(new or ()) <= set(old or ())):
            continue
        if isinstance(new, Resolution):
            found += [f"resolution: {link} is new" for link in links(new) - links(old)]
            continue
        if isinstance(new, Known | Absent):
            old, new = value(old), value(new)
        if old != new and NOWHERE not in str(new):
            found.append(f"{field.name}: {old} became {new}")
    return found


def links(resolution: Resolution | None) -> set[tuple[str, str, str]]:
    """What DNS said, whoever answered when."""
    return {(r.name, r.type.value, r.target) for r, _ in resolution.about()} if resolution else set()


def gained(trace: Trace, step: Step) -> list[str]:
    """Whatever in ``step`` is more or better than in the undisturbed step."""
    before, after = trace.step.observations, step.observations
    stores = {store.id: store for store in before.stores}
    found = [f"new store {s.id}" for s in after.stores if s.id not in stores and NOWHERE not in s.id]
    for store in after.stores:
        if store.id in stores:
            found += [f"{store.id}: {text}" for text in better(stores[store.id], store)]
    copies = {(copy.of, copy.at, copy.kind) for copy in before.copies}
    found += [
        f"new copy {copy}"
        for copy in after.copies
        if (copy.of, copy.at, copy.kind) not in copies and NOWHERE not in copy.of + copy.at
    ]
    return found


def unchanged(trace: Trace, step: Step) -> bool:
    """Whether the job learned the same, but for the time."""
    before, after = trace.step.observations, step.observations
    same = [store.id for store in before.stores] == [store.id for store in after.stores]
    lost = [b for b, a in zip(before.stores, after.stores, strict=False) if better(a, b) or better(b, a)]
    copies = [(copy.of, copy.at) for copy in before.copies] == [(copy.of, copy.at) for copy in after.copies]
    return same and not lost and copies and len(trace.step.jobs) == len(step.jobs)


@dataclass(frozen=True)
class Judged:
    """What a committee would be told."""

    compliant: frozenset[str]
    datasets: frozenset[str]
    summary: Summary
    exit: Exit
    placed: frozenset[str]
    """The unknown places to which the catalog gave a country all the same."""


def judged(rehearsal: Rehearsal, trace: Trace, step: Step) -> Judged:
    """The whole scan judged, with ``step`` in the place of what ``trace`` learned and nothing new that follows it."""
    of_scope = {other.job.key: other for other in rehearsal.traces}
    target = rehearsal.bed.target
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with SnapshotWriter(folder / "snapshot", folder / "scratch") as writer:
            writer.add(registered())
            waiting = deque(load(target.scanner).plan(target))
            while waiting:
                job = waiting.popleft()
                found = step if job.key == trace.job.key else of_scope[job.key].step
                writer.add(found.observations)
                waiting.extend(following for following in found.jobs if following.key in of_scope)
            now = datetime.now(UTC)
            writer.seal((target,), (), now, now, "0")
        with Snapshot(folder / "snapshot") as snapshot:
            return _judged(snapshot)


def _judged(snapshot: Snapshot) -> Judged:
    facts, law, began = catalog.load(), legislation.load(), snapshot.manifest.started_at
    inventory = snapshot.inventory(CONTROLLER)
    judgement = law.assess(facts.resolve(inventory, TODAY), inventory.derogations, TODAY)
    good = {place.place.facts_id for place in judgement.places if place.word is Word.COMPLIANT}
    placed = {
        location.region
        for place in judgement.places
        for location in place.place.locations
        if NOWHERE in location.region + location.zone and isinstance(location.countries, Known)
    }
    dates = (facts.version(TODAY), law.version(TODAY))
    header = Header("", "0", CONTROLLER.name, CONTROLLER.kind, began, began, TODAY, snapshot.sha256, *dates, "")
    return Judged(
        frozenset(store.id for store, facts_id in snapshot.stores if facts_id in good),
        frozenset(one.dataset.id for one in judgement.datasets if one.word is Word.COMPLIANT),
        summarise(judgement, snapshot.copies, inventory.gaps),
        exit_of(judgement, len(inventory.gaps), header),
        frozenset(placed),
    )


def registered() -> Observations:
    """What the hospital of the demonstration declares."""
    register = Path(hospital.__file__).with_name("register.yaml")
    scanner = load("declared")
    (job,) = scanner.plan(Target("declared", "register", (("path", str(register)),)))
    return scanner.TASKS[job.task](job, Deadline.after(10)).observations
