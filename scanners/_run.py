"""The run: a window of jobs in flight, and every failure turned into a gap.

Besides the command line this is the only file that knows about futures, and it holds the only
``except`` that catches everything.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, InvalidStateError, wait
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, TypeVar

from model.errors import LexsitusError, TargetError
from model.observed import Reason
from model.snapshot import Listing
from scanners._budget import Watch, within
from scanners._failures import failed, missing
from scanners._health import with_health
from scanners._jobs import Deadline, Job, Step
from scanners._names import load

T = TypeVar("T")

_GRACE_SECONDS = 2.0
"""How long after its deadline a job may still hand in what it has: it asks the deadline between calls."""

_WATCH_SECONDS = 0.2
"""How often threads are looked at; a job is given up that much late, at most."""

_CLUSTER_SECONDS = 15
_LOST_WORKERS = 3

_LONGEST_CHAIN = 10_000
"""Jobs that follow from jobs, at most: a provider that hands out pages without end must not hold a run for ever."""


@dataclass(frozen=True, slots=True)
class Done:
    """A job with what it learned.

    ``complete`` is true when the step has no gap; ``resumed`` when it was recalled, not asked again;
    ``seconds`` is the time in the worker, 0 for a recalled one.  ``listing`` is what the job belongs to, if anything.
    """

    job: Job
    step: Step
    complete: bool
    resumed: bool
    seconds: float
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class _Queued:
    """A job to be done: how many jobs led to it, and the listing that it begins or goes on with."""

    job: Job
    depth: int
    listing: Listing | None

    def followers(self, step: Step) -> Iterator[_Queued]:
        """The jobs that follow from this one."""
        return (_Queued(job, self.depth + 1, _listing(job, self.listing)) for job in step.jobs)


def _listing(job: Job, above: Listing | None) -> Listing | None:
    begins = load(job.target.scanner).LISTINGS.get(job.task)
    if begins is None:
        return None
    return above if above and above.task == begins else Listing(job.target.name, job.scope, begins, above)


def run(
    jobs: Iterable[Job],
    executor: Executor,
    *,
    in_flight: int,
    budget_seconds: float,
    recall: Callable[[Job], Step | None] | None = None,
) -> Iterator[Done]:
    """Performs ``jobs`` and all that follow from them; each is handed out once, as soon as it is done.

    At most ``in_flight`` jobs are given to ``executor`` at a time, those that follow from a job before
    those beside it, so that memory does not grow with the estate.  ``recall`` gives the step of a job
    that an earlier run finished: it is handed out without being asked again, and so are its followers.
    A job that raises, or has no answer after ``budget_seconds``, becomes a step with one gap.

    Closing the iterator (or Ctrl-C) takes back what is queued; what was handed out stays true.
    Raises only LexsitusError: no identity, a register that changed under us, a scanner that the worker
    does not have.
    """
    waiting: list[Iterator[_Queued]] = [(_Queued(job, 0, _listing(job, None)) for job in jobs)]
    pending: dict[Future[tuple[Step, float]], _Queued] = {}
    try:
        while waiting or pending:
            while waiting and len(pending) < in_flight:
                queued = next(waiting[-1], None)
                if queued is None:
                    waiting.pop()
                    continue
                job = queued.job
                step = recall(job) if recall else None
                if step is not None:
                    waiting.append(queued.followers(step))
                    yield Done(job, step, not step.observations.gaps, True, 0.0, queued.listing)
                elif queued.depth > _LONGEST_CHAIN:
                    step = missing(job, Reason.FAULT, "jobs follow jobs without end")
                    yield Done(job, step, False, False, 0.0, queued.listing)
                else:
                    pending[executor.submit(perform, job, budget_seconds)] = queued
            if not pending:
                continue
            finished, _ = wait(pending, return_when=FIRST_COMPLETED)
            # In the order of submission: `wait` gives a set, and an inline run must repeat itself exactly.
            for future in [one for one in pending if one in finished]:
                queued = pending.pop(future)
                step, seconds = _result(future, queued.job)
                waiting.append(queued.followers(step))
                yield Done(queued.job, step, not step.observations.gaps, False, seconds, queued.listing)
    finally:
        for future in pending:
            future.cancel()


def perform(job: Job, budget_seconds: float) -> tuple[Step, float]:
    """The step of ``job`` and the seconds it took, in whatever thread, process or machine this runs.

    The task is looked up by the names of scanner and task, so a job travels as data alone.
    """
    began = time.monotonic()
    try:
        step = within(budget_seconds + _GRACE_SECONDS, lambda: _attempt(job, budget_seconds))
    except TimeoutError as error:
        step = failed(job, error)
    if isinstance(step, LexsitusError):
        raise step
    return step, time.monotonic() - began


def _attempt(job: Job, budget_seconds: float) -> Step | LexsitusError:
    """The step of ``job``; never raises.  An error of ours is returned, to stop the run elsewhere."""
    try:
        task = load(job.target.scanner).TASKS[job.task]
        step = task(job, Deadline.after(budget_seconds))
        return replace(step, observations=with_health(step.observations))
    except LexsitusError as error:
        return error
    except BaseException as error:  # noqa: BLE001  the one place: whatever happened, the reader is told what is missing
        return failed(job, error)


def _result(future: Future[tuple[Step, float]], job: Job) -> tuple[Step, float]:
    try:
        return future.result()
    except LexsitusError:
        raise
    except Exception as error:  # noqa: BLE001  a worker that died or hangs, an answer that does not travel
        return failed(job, error), 0.0


def executor(workers: int) -> Executor:
    """An executor for ``workers`` jobs at a time, of this process.  One worker works inline, in order.

    Leaving its ``with`` block takes back what is queued and never waits for a job that hangs.
    """
    return InlineExecutor() if workers == 1 else _Threads(workers)


@contextlib.contextmanager
def cluster(address: str, version: str) -> Iterator[Executor]:
    """An executor on the Dask cluster whose scheduler listens at ``address``; jobs travel as data.

    Each worker must have this very version of lexsitus and its own credentials.  A job whose worker dies is given to
    another one.  Raises TargetError when nobody answers there, when there is no worker, and for a worker that has
    not this version.
    """
    try:
        from distributed import Client
    except ImportError:
        raise TargetError("--dask: install lexsitus[dask] first") from None
    try:
        client = Client(address, timeout=_CLUSTER_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise TargetError(f"--dask: no scheduler answers at {address} ({type(error).__name__})") from None
    with client:
        workers = client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise TargetError(f"--dask: the scheduler at {address} has no worker; start some, then run this again")
        for worker, told in client.run(_installed, on_error="return").items():
            if told != version:
                what = f"has lexsitus {told}" if isinstance(told, str) else "has no lexsitus"
                raise TargetError(f"--dask: the worker {worker} {what}, and needs {version}, installed beside its Dask")
        with client.get_executor(pure=False, retries=_LOST_WORKERS) as workers_of_cluster:  # type: ignore[no-untyped-call]
            yield workers_of_cluster


def _installed() -> str:
    """The version of lexsitus where this runs."""
    from importlib.metadata import version

    return version("lexsitus")


class _Prompt(Executor):
    """An executor that is left at once."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown(wait=False, cancel_futures=True)


class InlineExecutor(_Prompt):
    """Does each job when it is submitted: same order, same answers, every time."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """A future that is done."""
        work: _Work = _Work(Future(), lambda: fn(*args, **kwargs))
        work.settle()
        return work.future


class _Work(Watch):
    """One submitted call."""

    __slots__ = ("_call", "future")

    def __init__(self, future: Future[Any], call: Callable[[], Any]) -> None:
        super().__init__()
        self.future = future
        self._call = call

    def settle(self) -> bool:
        """Makes the call and gives its answer to the future.  False when the future no longer waits for it."""
        if not self.future.set_running_or_notify_cancel():
            return True
        try:
            answer = self._call()
        except Exception as error:  # noqa: BLE001  the future carries it to whoever asks
            return self._give(self.future.set_exception, error)
        return self._give(self.future.set_result, answer)

    def give_up(self) -> bool:
        """Answers in place of the call.  False when it has answered in the meantime."""
        return self._give(self.future.set_exception, TimeoutError("the thread hangs and was left behind"))

    def _give(self, to: Callable[[Any], None], answer: Any) -> bool:
        try:
            to(answer)
        except InvalidStateError:
            return False
        return True


class _Threads(_Prompt):
    """Daemon threads, watched: one that hangs is left behind, and another takes its place.

    Those of the standard library would be waited for at exit, even when one hangs.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._at_work: dict[int, _Work] = {}
        self._closed = threading.Event()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """A future of ``fn`` in one of the threads."""
        if self._closed.is_set():
            raise RuntimeError("this executor takes no more jobs")
        work: _Work = _Work(Future(), lambda: fn(*args, **kwargs))
        self._queue.put(work)
        if not self._threads:
            threading.Thread(target=self._watch, name="lexsitus-watch", daemon=True).start()
        if len(self._threads) < self._workers:
            self._start()
        return work.future

    def _start(self) -> None:
        thread = threading.Thread(target=self._work, name="lexsitus-worker", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        me = threading.get_ident()
        while (work := self._queue.get()) is not None:
            self._at_work[me] = work
            work.begin()
            wanted = work.settle()
            if not wanted:
                return  # given up, and replaced
            del self._at_work[me], work

    def _watch(self) -> None:
        while not self._closed.wait(_WATCH_SECONDS):
            for thread, work in self._at_work.copy().items():
                if work.overdue and work.give_up():
                    self._at_work.pop(thread, None)
                    self._start()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """No thread takes another job; with ``cancel_futures`` those that are queued are cancelled."""
        self._closed.set()
        with contextlib.suppress(Empty):
            while cancel_futures:
                if (work := self._queue.get_nowait()) is not None:
                    work.future.cancel()
        for _ in self._threads:
            self._queue.put(None)
        if wait:
            for thread in self._threads:
                thread.join()
