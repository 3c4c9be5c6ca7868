"""Answers that still hold, so that nobody is asked twice."""

from __future__ import annotations

from collections.abc import Callable

from scanners.dns.replies import Reply

_REMEMBERED = 5_000


class Memory:
    """Answers by question until their time is over; of the others, the oldest are forgotten first.

    ``prior`` gives those that are known beforehand and need no question, as a transferred zone does.
    """

    def __init__(self, prior: Callable[[str, int], Reply | None] | None = None, limit: int = _REMEMBERED) -> None:
        self._prior = prior
        self._limit = limit
        # Two generations: the older one is forgotten as a whole, which costs nothing per answer.
        self._young: dict[tuple[str, int], tuple[float, Reply]] = {}
        self._old: dict[tuple[str, int], tuple[float, Reply]] = {}

    def recall(self, key: tuple[str, int], now: float) -> Reply | None:
        """The answer given earlier, if it still holds."""
        held = self._young.get(key) or self._old.get(key)
        if held is not None and held[0] > now:
            return held[1]
        return self._prior(*key) if self._prior else None

    def keep(self, key: tuple[str, int], reply: Reply, until: float) -> None:
        """Remembers an answer until the monotonic instant ``until``."""
        if len(self._young) >= self._limit:
            self._old, self._young = self._young, {}
        self._young[key] = (until, reply)
