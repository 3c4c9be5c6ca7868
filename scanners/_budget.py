"""A call that comes back in time, whatever it does.

A job asks its deadline between calls, but nothing can interrupt a thread that hangs inside one.  It can
only be left behind.  In a thread that somebody watches, that somebody does so (:class:`Watch`).  In any
other, the call is made by a second thread, and the first one waits no longer than it may.  Threads that
are left behind are daemons: none keeps the program from ending.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Errand = tuple[Callable[[], Any], "SimpleQueue[Any]"]


class Watch:
    """One piece of work of a watched thread: whoever watches gives it up once ``overdue``."""

    __slots__ = ("until",)

    def __init__(self) -> None:
        self.until = math.inf

    @property
    def overdue(self) -> bool:
        """True when the work has taken longer than it said it would."""
        return time.monotonic() > self.until

    def begin(self) -> None:
        """The work of this thread, from now on, is this one."""
        _mine.watch = self


class _Hand:
    """One thread that does errands, one at a time, until its owner forgets it."""

    def __init__(self) -> None:
        self.errands: SimpleQueue[_Errand | None] = SimpleQueue()
        threading.Thread(target=_work, args=(self.errands,), name="lexsitus-job", daemon=True).start()

    def __del__(self) -> None:
        self.errands.put(None)


def _work(errands: SimpleQueue[_Errand | None]) -> None:
    while (errand := errands.get()) is not None:
        call, answer = errand
        answer.put(call())
        del errand, call, answer


_mine = threading.local()


def within(seconds: float, call: Callable[[], T]) -> T:
    """What ``call`` returns; ``call`` must not raise.

    When it has not come back after ``seconds``, what it returns later is dropped, and this raises
    TimeoutError, unless the thread is watched: then whoever watches has given up the work as a whole.
    """
    watch: Watch | None = getattr(_mine, "watch", None)
    if watch is not None:
        watch.until = time.monotonic() + seconds
        return call()
    hand: _Hand | None = getattr(_mine, "hand", None)
    if hand is None:
        hand = _mine.hand = _Hand()
    answer: SimpleQueue[T] = SimpleQueue()
    hand.errands.put((call, answer))
    try:
        return answer.get(timeout=seconds)
    except Empty:
        del _mine.hand
        raise TimeoutError(f"not back after {seconds:g} s") from None
