"""Answers that still hold, so that nobody is asked twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from model.resolution import Resolution
from scanners.dns.replies import Reply

_REMEMBERED, _SURVEYS = 5_000, 2_000


K = TypeVar("K")
V = TypeVar("V")


class _Generations(Generic[K, V]):
    """Values until their time is over, or until twice ``limit`` others came."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # Two generations: the older one is forgotten as a whole, which costs nothing per value.
        self._young: dict[K, tuple[float, V]] = {}
        self._old: dict[K, tuple[float, V]] = {}

    def get(self, key: K, now: float) -> V | None:
        held = self._young.get(key) or self._old.get(key)
        return held[1] if held is not None and held[0] > now else None

    def keep(self, key: K, value: V, until: float) -> None:
        if len(self._young) >= self._limit:
            self._old, self._young = self._young, {}
        self._young[key] = (until, value)


class Memory:
    """Answers by question, and surveys by name, until their time is over; the oldest are forgotten first.

    ``prior`` gives those that are known beforehand and need no question, as a transferred zone does.
    """

    def __init__(self, prior: Callable[[str, int], Reply | None] | None = None, limit: int = _REMEMBERED) -> None:
        self._prior = prior
        self._replies: _Generations[tuple[str, int], Reply] = _Generations(limit)
        self._surveys: _Generations[str, Resolution] = _Generations(_SURVEYS)

    def recall(self, key: tuple[str, int], now: float) -> Reply | None:
        """The answer given earlier, if it still holds."""
        held = self._replies.get(key, now)
        if held is not None:
            return held
        return self._prior(*key) if self._prior else None

    def keep(self, key: tuple[str, int], reply: Reply, until: float) -> None:
        """Remembers an answer until the monotonic instant ``until``."""
        self._replies.keep(key, reply, until)

    def surveyed(self, name: str, now: float) -> Resolution | None:
        """What a survey found out about a name earlier, if all of it still holds."""
        return self._surveys.get(name, now)

    def keep_survey(self, name: str, resolution: Resolution, until: float) -> None:
        """Remembers what a survey found out until the monotonic instant ``until``."""
        self._surveys.keep(name, resolution, until)
