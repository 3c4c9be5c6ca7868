"""What is left of a job that failed: a gap that names what is missing, and a log line that gives nothing away."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path

from model.observed import Reason
from model.places import Gap, Observations
from scanners._jobs import Job, Step
from scanners._redact import redact

_CONSIDERED, _WRITTEN = 2_000, 500

_log = logging.getLogger("lexsitus.scanners.run")


def failed(job: Job, error: BaseException) -> Step:
    """A step whose gap says that ``error`` hid the scope of ``job``; the log gets where, and no secret."""
    if isinstance(error, TimeoutError):
        _log.warning("%s: %s: given up: %s", job.target.name, job.scope, _message(error))
        return missing(job, Reason.TIMEOUT, "no answer within the time budget of the job")
    places = traceback.extract_tb(error.__traceback__)
    trail = " < ".join(f"{Path(place.filename).name}:{place.lineno} {place.name}" for place in reversed(places))
    what = type(error).__name__
    _log.error("%s: %s: %s: %s (%s)", job.target.name, job.scope, what, _message(error), trail)
    return missing(job, Reason.FAULT, f"{what}; the log tells where")


def _message(error: BaseException) -> str:
    """One short line, whatever a server wrote into it."""
    line = redact(str(error)[:_CONSIDERED])[:_WRITTEN]
    return "".join(letter if letter.isprintable() else " " for letter in line)


def missing(job: Job, reason: Reason, detail: str) -> Step:
    """A step that learned nothing but that the scope of ``job`` could not be seen."""
    target = job.target
    gap = Gap(target.scanner, target.name, "", "", job.scope, job.task, reason, datetime.now(UTC), detail=detail)
    return Step(Observations(gaps=(gap,)))
