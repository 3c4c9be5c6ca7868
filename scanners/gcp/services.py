"""The tasks that ask services themselves for the kinds that the inventory does not hold.

Per project: which services are enabled, then the lists of the kinds of these services.  A project where a service is
not enabled has nothing of it, and no gap.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from model.observed import Reason
from model.places import Gap, Observations, Target
from scanners._jobs import Deadline, Job, Step
from scanners._table import Row, expand
from scanners.gcp.clients import Estate, estate_of
from scanners.gcp.content import Record, join
from scanners.gcp.errors import BrokenAnswerError, Failure, broken
from scanners.gcp.gaps import gap
from scanners.gcp.inventory import Reading
from scanners.gcp.items import Found
from scanners.gcp.names import with_project
from scanners.gcp.paging import ENDLESS, FRUITLESS_PAGES
from scanners.gcp.rest import Page
from scanners.gcp.rows import fields_of, row_of
from scanners.gcp.steps import context_of, projects_of, step_of
from scanners.gcp.unlisted import ENABLED, Listing, Unlisted, kinds

_NO_CALL = Failure(Reason.UNSUPPORTED, "NoCall", "the inventory has no such asset type, and no call lists it safely")
_log = logging.getLogger("lexsitus.scanners.gcp")


@dataclass(slots=True)
class _Walk:
    """What following the lists of one kind in one project gave: records by name, and failures by operation."""

    records: dict[str, Record] = field(default_factory=dict)
    failures: dict[str, list[Failure]] = field(default_factory=dict)

    def failed(self, operation: str, failure: Failure) -> None:
        """Notes that one answer of ``operation`` is missing or not whole."""
        self.failures.setdefault(operation, []).append(failure)


def services_job(target: Target, known: str, project: str) -> Job:
    """The job that asks which services ``project`` uses; ``known`` are the projects, as the jobs of lists hold them."""
    return Job(target, "services", f"kinds in {project} that the inventory does not hold", (known, project))


def list_services(job: Job, deadline: Deadline) -> Step:
    """Task ``services``: a job for each kind that the project can have, a gap for each of these that no call shows."""
    known, project = job.arguments
    estate = estate_of(job.target)
    enabled: set[str] = set()
    for page in _pages(estate, ENABLED, project, "", deadline):
        if isinstance(page, Failure):
            return Step(Observations(gaps=(gap(job.target, job.scope, ENABLED.operation, page, account=project),)))
        names = [each.get("name") for each in page.items]
        if not all(isinstance(name, str) and name for name in names) or page.unreachable:
            damaged = broken("a service of the list has no name")
            return Step(Observations(gaps=(gap(job.target, job.scope, ENABLED.operation, damaged, account=project),)))
        enabled.update(_label(str(name)) for name in names)
    used = [kind for kind in kinds() if enabled.intersection(map(_label, kind.services))]
    _log.info("%s: %s: %d kinds by %s", job.target.name, job.scope, len(used), ENABLED.operation)
    gaps = tuple(unseen(job.target, kind, _NO_CALL) for kind in used if not kind.lists)
    jobs = tuple(
        Job(job.target, "direct", f"{kind.kind} in {project}: {kind.what}", (known, project, kind.kind))
        for kind in used
        if kind.lists
    )
    return Step(Observations(gaps=gaps), jobs)


def unseen(target: Target, kind: Unlisted, why: Failure) -> Gap:
    """The gap of a kind that nothing shows, the same for all projects of the target."""
    return gap(target, f"{kind.kind} in {target.setting('scope')}: {kind.what}", kind.operation, why)


def list_direct(job: Job, deadline: Deadline) -> Step:
    """Task ``direct``: everything of one kind in one project, as its own service lists it."""
    known, project, name = job.arguments
    estate, projects = estate_of(job.target), projects_of(known)
    kind = next(each for each in kinds() if each.kind == name)
    walk = _Walk()
    _follow(estate, kind, project, projects, deadline, walk)
    told = Found()
    for operation, failures in walk.failures.items():
        first = failures[0]
        detail = first.detail if len(failures) == 1 else f"{first.detail} ({len(failures)} lists)"
        why = Failure(first.reason, first.code, detail)
        told.gaps.append(gap(job.target, job.scope, operation, why, account=project))
    context = context_of(job, estate, projects, Reading(records=walk.records), deadline)
    return step_of(context, (kind.kind,), told)


def _follow(
    estate: Estate, kind: Unlisted, project: str, projects: dict[str, str], deadline: Deadline, walk: _Walk
) -> None:
    """Reads each list below every item of the one before; the items of the last are those of the kind."""
    row = row_of(kind.kind)
    above = [""]
    for listing in kind.lists:
        below: list[str] = []
        for name in above:
            for page in _pages(estate, listing, project, name, deadline):
                if isinstance(page, Failure):
                    walk.failed(listing.operation, page)
                    if page.passing:
                        # What follows would be met by the same; the gap covers the whole of the kind.
                        return
                    continue
                if page.unreachable:
                    detail = f"{len(page.unreachable)} places could not be asked by the service"
                    walk.failed(listing.operation, Failure(Reason.UNREACHABLE, "Unreachable", detail))
                if listing is kind.lists[-1]:
                    _keep(page, row, listing, project, projects, walk)
                else:
                    below += _names(page, listing, walk)
        above = list(dict.fromkeys(below))[: estate.breadth]
        if listing is kind.lists[0] is not kind.lists[-1] and not above and not walk.failures:
            # No service is nowhere: an empty list of places proves nothing.
            walk.failed(listing.operation, broken("the list of places is empty"))


def _names(page: Page, listing: Listing, walk: _Walk) -> Iterator[str]:
    for item in page.items:
        name = item.get("name")
        if isinstance(name, str) and name:
            yield name
        else:
            walk.failed(listing.operation, broken("an item of the list has no name"))


def _keep(page: Page, row: Row, listing: Listing, project: str, projects: dict[str, str], walk: _Walk) -> None:
    """Adds the items of a page, only with the settings that the row reads."""
    for item in page.items:
        name = _full_name(row, item, project)
        if not name:
            walk.failed(listing.operation, broken("an item of the list has no name"))
            continue
        content = {key: item[key] for key in fields_of(row.kind) if key in item}
        if not isinstance(content.get("labels", {}), dict):
            # Of a metric, the names of its dimensions.
            del content["labels"]
        record = Record(with_project(name, projects), row.kind, project=project, content=content)
        record.told = record.listed = page.source
        if record.name in walk.records:
            join(walk.records[record.name], record)
        else:
            walk.records[record.name] = record


def _full_name(row: Row, item: dict[str, object], project: str) -> str:
    template = row.id or f"//{row.client}/{{name}}"
    names = expand(template, {**item, "_owner": project})
    return names[0] if len(names) == 1 else ""


def _label(service: str) -> str:
    """The name of a service without path and domain: the domain is another in another universe."""
    return service.rpartition("/")[2].partition(".")[0]


def _pages(estate: Estate, listing: Listing, project: str, name: str, deadline: Deadline) -> Iterator[Page | Failure]:
    """The pages of one list below ``name``; a failure is the last thing that comes."""
    try:
        question = listing.question(project, name)
    except BrokenAnswerError as error:
        yield broken(str(error))
        return
    token, fruitless = "", 0
    tokens: set[str] = set()
    seen: set[str] = set()
    while True:
        answer = estate.get(question, token, deadline)
        yield answer
        if isinstance(answer, Failure) or not answer.token:
            return
        before = len(seen)
        seen.update(str(each.get("name") or each.get("id")) for each in answer.items)
        fruitless = 0 if len(seen) > before else fruitless + 1
        if answer.token in tokens or fruitless >= FRUITLESS_PAGES:
            yield ENDLESS
            return
        token = answer.token
        tokens.add(token)
