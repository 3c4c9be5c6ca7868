"""How fast servers are asked: one budget per process, so that several jobs together stay within it."""

from __future__ import annotations

import threading
import time


class Pace:
    """A bucket of tokens: ``rate`` questions a second, of which ``burst`` may come at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate = rate
        self.burst = burst
        self._tokens = burst
        self._filled_at = time.monotonic()
        self._lock = threading.Lock()

    def take(self, wanted: int) -> int:
        """How many of ``wanted`` questions may be put now; they count as put."""
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self.burst, self._tokens + (now - self._filled_at) * self.rate)
            self._filled_at = now
            given = max(0, min(wanted, int(self._tokens)))
            self._tokens -= given
            return given

    def wait(self) -> float:
        """Seconds until the next question may be put."""
        with self._lock:
            return max(0.0, (1.0 - self._tokens) / self.rate)


_paces: dict[tuple[tuple[str, ...], float], Pace] = {}


def pace_of(servers: tuple[str, ...], rate: float) -> Pace:
    """The pace at which these servers are asked in this process, whoever asks.

    A few names are asked without delay: after a rest, what four seconds allow may come at once.
    """
    return _paces.setdefault((servers, rate), Pace(rate, max(50.0, rate * 4)))
