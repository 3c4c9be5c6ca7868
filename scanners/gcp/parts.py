"""A list of one type that is too long for one job: a few pages at a time, each job handing on to the next.

First all parts of the one source, then all of the other; what both hold is joined when the snapshot is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from model.observed import Reason
from model.places import Target
from scanners._jobs import Deadline, Job, Step
from scanners.gcp.clients import LIST, SEARCH, estate_of
from scanners.gcp.errors import Failure
from scanners.gcp.gaps import gap
from scanners.gcp.inventory import read, read_part
from scanners.gcp.items import Found
from scanners.gcp.paging import ENDLESS
from scanners.gcp.rows import around, fields_of
from scanners.gcp.steps import context_of, projects_of, step_of

# As many as are read and understood in well under the time of a job.
_PAGES = 20


def first_part(target: Target, known: str, type: str) -> Job:
    """The job that begins to read ``type``; ``known`` are the projects, as the jobs of lists hold them."""
    return _part(target, known, type, SEARCH, 0, "", _tally("0:0", ()), "")


def _part(target: Target, known: str, type: str, operation: str, number: int, token: str, seen: str, all: str) -> Job:
    scope = f"{type} in {target.setting('scope')}: part {number + 1} of {operation}"
    return Job(target, "part", scope, (known, type, operation, str(number), token, seen, all))


def list_part(job: Job, deadline: Deadline) -> Step:
    """Task ``part``: a few pages of one source.  The last part says whether both sources held the same names.

    Their names are not kept for that, only how many they were and the sum of their digests.
    """
    known, type, operation, number, token, seen, all = job.arguments
    estate = estate_of(job.target)
    most = job.target.setting("_pages", _PAGES)
    found, following = read_part(
        estate, operation, type, fields_of, token, most if isinstance(most, int) else _PAGES, deadline
    )
    if following and (found.turning or not found.records):
        found.failures[operation], following = ENDLESS, ""
    seen = _tally(seen, found.records)
    told = Found()
    told.gaps += [gap(job.target, job.scope, operation, failure) for operation, failure in found.failures.items()]
    if types := around((type,)):
        besides = estate.once(("around", types), lambda: read(estate, types, fields_of, deadline))
        told.gaps += [gap(job.target, job.scope, operation, failure) for operation, failure in besides.failures.items()]
        found.records = {**besides.records, **found.records}
    jobs: list[Job] = []
    if following:
        jobs.append(_part(job.target, known, type, operation, int(number) + 1, following, seen, all))
    elif operation == SEARCH:
        whole = "" if found.failures else seen
        jobs.append(_part(job.target, known, type, LIST, 0, "", _tally("0:0", ()), whole))
    elif all and not found.failures and all != seen:
        there, here = all.partition(":")[0], seen.partition(":")[0]
        detail = f"{SEARCH} holds {there} resources, {LIST} {here}, and not the same"
        told.gaps.append(gap(job.target, f"all of {type}", LIST, Failure(Reason.FAULT, "Disagreement", detail)))
    step = step_of(context_of(job, estate, projects_of(known), found, deadline), (type,), told)
    return Step(step.observations, tuple(jobs))


def _tally(so_far: str, names: Iterable[str]) -> str:
    """How many names there were, and the sum of their digests: equal for equal sets in any order."""
    count, total = map(int, so_far.split(":"))
    for name in names:
        count += 1
        total += int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return f"{count}:{total % 2**64}"
