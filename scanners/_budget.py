"""A call that comes back in time, whatever it does.

A job asks its deadline between calls, but nothing can interrupt a thread that hangs inside one.  So
each job is done by a second thread, and the first one only waits: when the time is over it goes on with
the next job, and the one that hangs is left behind.  Those threads are daemons: none keeps the program
from ending.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Errand = tuple[Callable[[], Any], "SimpleQueue[Any]"]


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

    Raises TimeoutError when it has not come back after ``seconds``; what it returns later is dropped.
    """
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
