"""The run: every job is answered once, in the window, in time, and no failure is lost."""

from __future__ import annotations

import json
import logging
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import pytest

import scanners
from model.codec import decode, encode
from model.errors import CredentialsError, UsageError
from model.observed import Reason
from model.places import Gap, Observations, Target
from model.snapshot import Listing
from scanners import Deadline, Done, InlineExecutor, Job, Step, executor, run

TARGET = Target("rehearsal", "essai")


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[Job, Deadline], Step]]:
    """A scanner called "rehearsal", installed as a module, whose tasks the test writes."""
    module = ModuleType("scanners.rehearsal")
    found: dict[str, Callable[[Job, Deadline], Step]] = {}
    module.TASKS = found  # type: ignore[attr-defined]
    module.LISTINGS = {}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "scanners.rehearsal", module)
    known = scanners.names()
    monkeypatch.setattr("scanners._names.names", lambda: (*known, "rehearsal"))
    return found


def job(task: str, *arguments: str) -> Job:
    return Job(TARGET, task, " ".join((task, *arguments)), arguments)


def gap_of(done: Done) -> Gap:
    (gap,) = done.step.observations.gaps
    return gap


def tree(job_: Job, _deadline: Deadline) -> Step:
    """Three followers per job, three levels deep."""
    (path,) = job_.arguments
    return Step(jobs=tuple(job("tree", path + digit) for digit in "012") if len(path) < 3 else ())


@pytest.mark.parametrize(
    "make", [InlineExecutor, lambda: executor(1), lambda: executor(8), lambda: ThreadPoolExecutor(4)]
)
def test_every_executor_gives_each_job_and_each_follower_exactly_once(tasks, make) -> None:
    tasks["tree"] = tree

    with make() as pool:
        done = list(run([job("tree", "")], pool, in_flight=5, budget_seconds=5))

    paths = sorted(one.job.arguments[0] for one in done)
    assert len(paths) == 1 + 3 + 9 + 27
    assert len(set(paths)) == 40
    assert all(one.complete and not one.resumed for one in done)


def test_an_inline_run_repeats_itself_exactly(tasks) -> None:
    tasks["tree"] = tree

    first, second = (
        [one.job.arguments for one in run([job("tree", "")], InlineExecutor(), in_flight=7, budget_seconds=5)]
        for _ in range(2)
    )

    assert first == second


def test_no_more_jobs_are_in_flight_than_the_window_allows(tasks) -> None:
    alive, most, lock = 0, 0, threading.Lock()

    def count(_job: Job, _deadline: Deadline) -> Step:
        nonlocal alive, most
        with lock:
            alive += 1
            most = max(most, alive)
        time.sleep(0.005)
        with lock:
            alive -= 1
        return Step()

    tasks["count"] = count
    with executor(16) as pool:
        done = list(run((job("count", str(i)) for i in range(60)), pool, in_flight=4, budget_seconds=5))

    assert len(done) == 60
    assert 2 <= most <= 4


def test_followers_come_before_siblings_so_that_the_queue_stays_short(tasks) -> None:
    tasks["tree"] = tree

    order = [one.job.arguments[0] for one in run([job("tree", "x"), job("tree", "y")], InlineExecutor(), in_flight=1,
                                                 budget_seconds=5)]  # fmt: skip

    assert order.index("y") == len(order) // 2


def test_a_job_that_raises_becomes_a_fault_that_names_its_scope(tasks) -> None:
    def broken(job_: Job, _deadline: Deadline) -> Step:
        raise KeyError("Buckets")

    tasks["broken"] = broken
    tasks["fine"] = lambda *_: Step()

    broken_one, fine = sorted(
        run([job("broken", "b"), job("fine")], InlineExecutor(), in_flight=2, budget_seconds=5),
        key=lambda d: d.complete,
    )

    gap = gap_of(broken_one)
    assert (gap.scanner, gap.target, gap.scope, gap.operation) == ("rehearsal", "essai", "broken b", "broken")
    assert gap.reason is Reason.FAULT
    assert gap.detail.startswith("KeyError")
    assert not broken_one.complete
    assert fine.complete


@pytest.mark.parametrize("error", [SystemExit(3), RecursionError(), MemoryError(), GeneratorExit()])
def test_nothing_that_a_task_raises_ends_the_run(tasks, error: BaseException) -> None:
    def broken(*_: object) -> Step:
        raise error

    tasks["broken"] = broken

    (done,) = run([job("broken")], InlineExecutor(), in_flight=1, budget_seconds=5)

    assert gap_of(done).reason is Reason.FAULT


def test_an_unknown_task_is_a_fault_and_not_an_empty_answer(tasks) -> None:
    (done,) = run([job("nothing-of-that-name")], InlineExecutor(), in_flight=1, budget_seconds=5)

    assert gap_of(done).reason is Reason.FAULT


def test_a_gap_in_a_step_makes_it_incomplete(tasks) -> None:
    gap = Gap("rehearsal", "essai", "", "", "s", "o", Reason.REFUSED, datetime(2026, 11, 21, tzinfo=UTC))
    tasks["refused"] = lambda *_: Step(Observations(gaps=(gap,)))

    (done,) = run([job("refused")], InlineExecutor(), in_flight=1, budget_seconds=5)

    assert done.step.observations.gaps == (gap,)
    assert not done.complete


@pytest.mark.parametrize("error", [CredentialsError("nobody"), UsageError("no such thing")])
@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_of_ours_stops_the_run_instead_of_becoming_a_gap(tasks, error: Exception, workers: int) -> None:
    def stop(*_: object) -> Step:
        raise error

    tasks["stop"] = stop

    with executor(workers) as pool, pytest.raises(type(error)):
        list(run([job("stop")], pool, in_flight=3, budget_seconds=5))


def test_the_log_names_the_place_of_a_fault_and_no_secret(tasks, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: object) -> Step:
        raise ValueError("AKIAIOSFODNN7EXAMPLE refused,\n\x1b[31m password=hunter2 in request" + "x" * 100_000)

    tasks["broken"] = broken
    with caplog.at_level(logging.INFO, "lexsitus.scanners.run"):
        (done,) = run([job("broken")], InlineExecutor(), in_flight=1, budget_seconds=5)

    assert "ValueError" in caplog.text
    assert caplog.records[0].getMessage().isprintable()
    assert len(caplog.text) < 2_000
    assert "test_run.py" in caplog.text
    assert "AKIAIOSFODNN7EXAMPLE" not in caplog.text
    assert "hunter2" not in caplog.text
    assert "hunter2" not in gap_of(done).detail


@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_that_hangs_is_given_up_and_the_others_go_on(tasks, monkeypatch, workers: int) -> None:
    monkeypatch.setattr("scanners._run._GRACE_SECONDS", 0.05)
    release = threading.Event()
    tasks["hang"] = lambda *_: Step() if release.wait(30) else Step(jobs=(job("fine"),))
    tasks["fine"] = lambda *_: Step()
    jobs = [job("hang", str(i)) for i in range(3)] + [job("fine", str(i)) for i in range(5)]

    began = time.monotonic()
    with executor(workers) as pool:
        done = list(run(jobs, pool, in_flight=4, budget_seconds=0.1))
    took = time.monotonic() - began
    release.set()

    gaps = {one.job.scope: gap_of(one).reason for one in done if not one.complete}
    assert gaps == {"hang 0": Reason.TIMEOUT, "hang 1": Reason.TIMEOUT, "hang 2": Reason.TIMEOUT}
    assert len(done) == 8
    assert took < 10


def test_a_job_that_heeds_its_deadline_is_a_timeout_too(tasks) -> None:
    def patient(_job: Job, deadline: Deadline) -> Step:
        while True:
            deadline.check()
            time.sleep(0.01)

    tasks["patient"] = patient

    (done,) = run([job("patient")], InlineExecutor(), in_flight=1, budget_seconds=0.05)

    assert gap_of(done).reason is Reason.TIMEOUT


def test_jobs_that_follow_jobs_without_end_are_cut_with_a_gap(tasks, monkeypatch) -> None:
    monkeypatch.setattr("scanners._run._LONGEST_CHAIN", 20)
    tasks["page"] = lambda job_, _: Step(jobs=(job_,))

    done = list(run([job("page", "token")], InlineExecutor(), in_flight=2, budget_seconds=5))

    assert len(done) == 22
    assert [one.complete for one in done] == [True] * 21 + [False]
    assert gap_of(done[-1]).reason is Reason.FAULT


def test_a_recalled_job_is_not_asked_again_and_its_followers_are(tasks) -> None:
    asked: list[str] = []

    def leaf(job_: Job, _deadline: Deadline) -> Step:
        asked.append(job_.arguments[0])
        return Step()

    tasks["leaf"] = leaf
    kept = {job("root").key: Step(jobs=(job("leaf", "1"), job("leaf", "2"))), job("leaf", "1").key: Step()}

    done = list(
        run([job("root")], InlineExecutor(), in_flight=2, budget_seconds=5, recall=lambda job_: kept.get(job_.key))
    )

    assert asked == ["2"]
    assert [(one.job.scope, one.resumed) for one in done] == [("root", True), ("leaf 1", True), ("leaf 2", False)]


def test_closing_the_run_cancels_what_is_queued(tasks) -> None:
    started: list[str] = []

    def note(job_: Job, _deadline: Deadline) -> Step:
        started.append(job_.scope)
        time.sleep(0.02)
        return Step()

    tasks["note"] = note
    with executor(2) as pool:
        results: Iterator[Done] = run([job("note", str(i)) for i in range(50)], pool, in_flight=20, budget_seconds=5)
        next(results)
        results.close()  # type: ignore[attr-defined]
        before = len(started)
        time.sleep(0.1)

    assert before <= 6
    assert len(started) <= before + 2


def test_jobs_and_steps_travel_between_processes_and_through_the_codec() -> None:
    step = Step(
        Observations(gaps=(Gap("a", "b", "", "", "s", "o", Reason.TIMEOUT, datetime(2026, 1, 2, tzinfo=UTC)),)),
        (job("leaf", "1"),),
    )

    assert pickle.loads(pickle.dumps(step)) == step
    assert decode(Step, json.loads(json.dumps(encode(step)))) == step
    assert len(pickle.dumps(job("leaf", "1"))) < 1_000


def test_a_job_has_the_same_key_in_every_process() -> None:
    program = (
        "from scanners import Job; from model.places import Target; print(Job(Target('a','b'),'t','s',('x',)).key)"
    )

    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()

    assert there == Job(Target("a", "b"), "t", "another scope", ("x",)).key
    assert there != Job(Target("a", "b"), "t", "s", ("y",)).key


def test_a_hanging_thread_does_not_keep_the_program_alive() -> None:
    program = """
import sys, time, types, scanners
from model.places import Target
module = types.ModuleType("scanners.rehearsal")
module.TASKS = {"hang": lambda job, deadline: time.sleep(600)}
module.LISTINGS = {}
sys.modules["scanners.rehearsal"] = module
import scanners._names, scanners._run
scanners._names.names = lambda: ("rehearsal",)
scanners._run._GRACE_SECONDS = 0.1
jobs = [scanners.Job(Target("rehearsal", "x"), "hang", f"hang {i}") for i in range(3)]
with scanners.executor(2) as pool:
    print(sum(len(d.step.observations.gaps) for d in scanners.run(jobs, pool, in_flight=3, budget_seconds=0.1)))
"""
    began = time.monotonic()

    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert (out.returncode, out.stdout.strip()) == (0, "3")
    assert time.monotonic() - began < 30


def test_the_threads_end_when_their_work_is_over(tasks) -> None:
    tasks["fine"] = lambda *_: Step()
    before = threading.active_count()

    with executor(6) as pool:
        assert len(list(run([job("fine", str(i)) for i in range(30)], pool, in_flight=12, budget_seconds=5))) == 30
    for _ in range(200):
        if threading.active_count() <= before:
            break
        time.sleep(0.01)

    assert threading.active_count() <= before
    with pytest.raises(RuntimeError, match="no more jobs"):
        pool.submit(print)


def test_jobs_are_done_in_other_processes_as_well(tmp_path: Path) -> None:
    """As under dask, whose executor is a true one: only data travel, tasks are found by name over there."""
    register = tmp_path / "register.yaml"
    register.write_text("format: lexsitus/register/1\ndatasets:\n  - {id: eds}\n")
    target = Target("declared", "register", (("path", str(register)),))
    foreign = Job(Target("nobody", "x"), "list", "a list")

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        (done,) = run(scanners.load("declared").plan(target), pool, in_flight=1, budget_seconds=30)
        with pytest.raises(UsageError, match="unknown scanner 'nobody'"):
            list(run([foreign], pool, in_flight=1, budget_seconds=30))

    assert [dataset.id for dataset in done.step.observations.datasets] == ["eds"]


@pytest.mark.parametrize("workers", [1, 3])
def test_an_interrupt_ends_the_run_at_once_and_keeps_what_was_handed_out(workers: int) -> None:
    program = f"""
import signal, sys, time, types, scanners, scanners._names
# A shell that runs the tests in the background has its children ignore interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
from model.places import Target
module = types.ModuleType("scanners.rehearsal")
def work(job, deadline):
    if job.arguments[0] != "0":
        time.sleep(600)
    return scanners.Step()
module.TASKS = {{"work": work}}
module.LISTINGS = {{}}
sys.modules["scanners.rehearsal"] = module
scanners._names.names = lambda: ("rehearsal",)
jobs = (scanners.Job(Target("rehearsal", "x"), "work", f"work {{i}}", (str(i),)) for i in range(50))
try:
    with scanners.executor({workers}) as pool:
        for done in scanners.run(jobs, pool, in_flight={workers}, budget_seconds=300):
            print(done.job.scope, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            first = process.stdout.readline().strip()
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=30)
        finally:
            process.kill()

    assert first == "work 0"
    assert rest.split() == ["interrupted"]
    assert process.returncode == 0


def test_an_executor_that_dies_leaves_gaps_and_no_exception(tasks) -> None:
    class Broken(InlineExecutor):
        def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
            future = super().submit(lambda: None)
            future._exception = OSError("worker gone")
            return future

    (done,) = run([job("any")], Broken(), in_flight=1, budget_seconds=1)

    assert gap_of(done).detail.startswith("OSError")


@pytest.mark.slow
def test_a_hundred_thousand_jobs_stay_under_sixty_megabytes() -> None:
    program = """
import pathlib, re, sys, types, scanners
from model.places import Target
module = types.ModuleType("scanners.rehearsal")
target = Target("rehearsal", "x")
def many(job, deadline):
    return scanners.Step(jobs=tuple(scanners.Job(target, "leaf", f"leaf {i}", (str(i),)) for i in range(100_000)))
module.TASKS = {"many": many, "leaf": lambda job, deadline: scanners.Step()}
module.LISTINGS = {}
sys.modules["scanners.rehearsal"] = module
import scanners._names
scanners._names.names = lambda: ("rehearsal",)
count = 0
with scanners.executor(16) as pool:
    for done in scanners.run([scanners.Job(target, "many", "many")], pool, in_flight=64, budget_seconds=60):
        count += 1
# Not ru_maxrss: a child begins with that of the process it was forked from.
print(count, int(re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]) // 1024)
"""
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    count, megabytes = map(int, out.stdout.split())
    assert count == 100_001
    assert megabytes < 60


class TestNames:
    def test_a_name_that_nobody_bears_is_an_error_with_the_nearest_and_the_known_ones(self) -> None:
        with pytest.raises(
            UsageError, match=r"unknown scanner 'declarde'; did you mean 'declared'\? known: .*declared"
        ):
            scanners.load("declarde")

    def test_listing_the_scanners_imports_no_sdk(self) -> None:
        program = (
            "import sys, scanners; scanners.names(); "
            "print([m for m in ('boto3', 'botocore', 'duckdb') if m in sys.modules])"
        )

        out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

        assert out.strip() == "[]"

    @pytest.mark.parametrize("name", ["_run", "_standin", "", "..", "os", "declared.register"])
    def test_only_public_names_load(self, name: str) -> None:
        with pytest.raises(UsageError):
            scanners.load(name)


def test_settings_are_part_of_what_makes_two_jobs_different() -> None:
    settings: Mapping[str, str] = {"path": "a.yaml"}

    assert Job(Target("a", "b", tuple(settings.items())), "t", "s").key != Job(Target("a", "b"), "t", "s").key


def test_a_job_goes_on_with_its_listing_or_begins_one_below_it(
    tasks: dict[str, Callable[[Job, Deadline], Step]],
) -> None:
    follow = {"place": "vaults", "vaults": "details", "details": "points", "points": "elsewhere"}

    def step(one: Job, _deadline: Deadline) -> Step:
        return Step(jobs=(job(follow[one.task]),) if one.task in follow else ())

    tasks.update(dict.fromkeys([*follow, "elsewhere"], step))
    listings = {"vaults": "vaults", "details": "vaults", "points": "points"}
    sys.modules["scanners.rehearsal"].LISTINGS.update(listings)
    vaults = Listing("essai", "vaults", "vaults")

    with executor(1) as pool:
        found = {done.job.task: done.listing for done in run([job("place")], pool, in_flight=1, budget_seconds=5)}

    assert found == {
        "place": None,
        "vaults": vaults,
        "details": vaults,
        "points": Listing("essai", "points", "points", vaults),
        "elsewhere": None,
    }
