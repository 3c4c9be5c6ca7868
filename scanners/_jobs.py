"""The unit of asking: a job is data, so it can be counted, journalled, resumed and sent elsewhere."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from model.codec import dumps, encode
from model.places import Observations, Target


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to ask of a target.

    ``task`` names a function of the target's scanner by word (never an import path), ``arguments`` are
    its inputs as texts, and ``scope`` says in plain words what is missing when the job fails: it must
    be the same from run to run and hold no secret.
    """

    target: Target
    task: str
    scope: str
    arguments: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Equal for equal targets, tasks and arguments, in every run and process."""
        return hashlib.sha256(dumps([encode(self.target), self.task, list(self.arguments)])).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Step:
    """What a job learned, and the jobs that follow from it."""

    observations: Observations = field(default_factory=Observations)
    jobs: tuple[Job, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a job must have ended; a job that pages or retries asks it between calls."""

    monotonic_at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline that many seconds from now."""
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.monotonic_at - time.monotonic())

    def check(self) -> None:
        """Raises TimeoutError once the time is over."""
        if self.remaining() <= 0.0:
            raise TimeoutError("the job's time budget is spent")


Task = Callable[[Job, Deadline], Step]


class Scanner(Protocol):
    """What a module of ``scanners/`` whose name has no underscore offers.

    ``SETTINGS`` names the settings it takes beside ``scanner`` and ``name``, each with one sentence of
    help; ``EXAMPLE`` are settings of a harmless target; ``PERMISSIONS`` every right it may use, read
    verbs only; ``plan`` makes the first jobs without any call and raises TargetError on bad settings.
    ``LISTINGS`` maps the tasks that list stores, or read what was listed, to the task that begins such a listing:
    a store that a listing named and, read to its end, names no more is gone; of any other nobody can say so.
    ``identify`` says in words who we are there, and raises CredentialsError when nobody lets us in, saying
    what to do.  ``probe`` is the same target narrowed to few questions that show which rights are missing.
    ``policy`` is the text of the read-only policy to paste, empty when no right is needed.
    """

    SETTINGS: Mapping[str, str]
    EXAMPLE: Mapping[str, str]
    PERMISSIONS: tuple[str, ...]
    TASKS: Mapping[str, Task]
    LISTINGS: Mapping[str, str]

    def plan(self, target: Target) -> Iterable[Job]: ...

    def identify(self, target: Target) -> str: ...

    def probe(self, target: Target) -> Target: ...

    def policy(self) -> str: ...
