"""The tasks of a scan: the projects of the scope, the lists of asset types, and what no list can show."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from model.observed import Reason
from model.places import Observations
from scanners._jobs import Deadline, Job, Step
from scanners.gcp.clients import LIST, SEARCH, Estate, estate_of, renew
from scanners.gcp.content import Record
from scanners.gcp.errors import Failure
from scanners.gcp.gaps import gap
from scanners.gcp.inventory import read
from scanners.gcp.items import Context, Found
from scanners.gcp.names import short
from scanners.gcp.parts import first_part
from scanners.gcp.rows import around, fields_of, lists, row_of, rows, type_of
from scanners.gcp.services import services_job, unseen
from scanners.gcp.steps import context_of, projects_of, step_of, text_of_projects
from scanners.gcp.unlisted import kinds

_PROJECT = "cloudresourcemanager.googleapis.com/Project"
_SAID_ONE_BY_ONE = 20
_NOBODY = Failure(
    Reason.UNSUPPORTED,
    "NoAssetType",
    "the inventory has no such asset type, and no project is known whose services could be asked",
)
# What is left of a job's time is for making stores out of what was read.
_FOR_READING = 0.5


def list_projects(job: Job, deadline: Deadline) -> Step:
    """Task ``projects``, the first of a run: numbers and ids of the projects, a job for each list of types, and one
    for each project that asks which services it uses.

    When the projects cannot be read, the lists are asked for all the same: projects then go by what names hold.
    """
    estate = renew(job.target)
    found = read(estate, (_PROJECT,), lambda _: ("projectId", "projectNumber"), deadline)
    gaps = [gap(job.target, job.scope, operation, failure) for operation, failure in found.failures.items()]
    numbers = dict(filter(None, map(_numbered, found.records.values())))
    known = text_of_projects(numbers)
    only = job.target.setting("_rows")
    jobs = []
    for label, types in lists().items():
        asked = [type for type in types if not isinstance(only, tuple) or row_of(type).row in only]
        if asked:
            scope = f"{label} in {estate.scope} ({len(asked)} asset types)"
            jobs.append(Job(job.target, "assets", scope, (known, *asked)))
    if not isinstance(only, tuple) or estate.breadth:
        asked_for = _to_ask(estate, found.records.values())
        jobs += [services_job(job.target, known, project) for project in asked_for]
        if not asked_for and not estate.breadth:
            jobs.append(Job(job.target, "unlisted", f"kinds in {estate.scope} that the inventory does not hold"))
    return Step(Observations(gaps=tuple(gaps)), tuple(jobs))


def _to_ask(estate: Estate, records: Iterable[Record]) -> tuple[str, ...]:
    """The projects whose services can be asked, by id where that is known, else by number."""
    if not estate.asks_services:
        return ()
    named = {project for record in records if (project := (_numbered(record) or ("", _word(record)))[1])}
    if not named and estate.scope.startswith("projects/"):
        named = {estate.scope.removeprefix("projects/")}
    return tuple(sorted(named)[: estate.breadth])


def _word(record: Record) -> str:
    return str((record.content or {}).get("projectId") or "") or record.project or short(record.name)


def _numbered(record: Record) -> tuple[str, str] | None:
    """(number, id) of a project: SearchAllResources names it by its id, ListAssets by its number."""
    content = record.content or {}
    words = (record.project, short(record.name), str(content.get("projectNumber", "")))
    number = next((word for word in words if word.isdigit()), "")
    id = str(content.get("projectId") or "") or next((word for word in words if word and not word.isdigit()), "")
    return (number, id) if number and id else None


def list_assets(job: Job, deadline: Deadline) -> Step:
    """Task ``assets``: everything of some asset types, from both sources of the inventory, each read to its end.

    When the inventory of this cloud does not know one of the types, and when there is too much for one job, the types
    are asked for in halves; a single type with too much is read part by part.
    """
    known, types = job.arguments[0], job.arguments[1:]
    estate = estate_of(job.target)
    reading = Deadline.after(deadline.remaining() * _FOR_READING)
    found = read(estate, (*types, *around(types)), fields_of, reading)
    unknown = any(failure.code == "INVALID_ARGUMENT" for failure in found.failures.values())
    long = found.unfinished and reading.remaining() == 0.0
    if len(types) > 1 and (unknown or long):
        return Step(jobs=tuple(_halves(job, estate.scope, known, types)))
    if long:
        return Step(jobs=(first_part(job.target, known, types[0]),))
    told = Found()
    told.gaps += [gap(job.target, job.scope, operation, failure) for operation, failure in found.failures.items()]
    context = context_of(job, estate, projects_of(known), found, deadline)
    _compare(context, types, told)
    return step_of(context, types, told)


def _halves(job: Job, scope: str, known: str, types: tuple[str, ...]) -> Iterable[Job]:
    middle = len(types) // 2
    for half in (types[:middle], types[middle:]):
        what = half[0] if len(half) == 1 else f"{half[0]} to {half[-1]} ({len(half)} asset types)"
        yield Job(job.target, "assets", f"{what} in {scope}", (known, *half))


def _compare(context: Context, types: Collection[str], told: Found) -> None:
    """Gaps for the resources that only one of the two sources holds although both came to their end.

    Each has its own, unless they are so many that one source simply does not know the type.
    """
    if context.reading.failures:
        return
    for here, there in ((SEARCH, LIST), (LIST, SEARCH)):
        alone: dict[str, list[Record]] = {}
        for record in context.reading.records.values():
            if record.type in types and (record.listed if here == SEARCH else record.searched) is None:
                alone.setdefault(record.type, []).append(record)
        detail = f"known to {here} alone: made, changed or deleted meanwhile, or held by one index only"
        for type, records in alone.items():
            if len(records) > _SAID_ONE_BY_ONE:
                many = Failure(Reason.FAULT, "Disagreement", f"{len(records)} {detail}")
                told.gaps.append(gap(context.job.target, f"all of {type} in the answer of {there}", there, many))
                continue
            differ = Failure(Reason.FAULT, "Disagreement", detail)
            for record in records:
                what = f"{type} {short(record.name)} in the answer of {there}"
                store = record.name if row_of(type).kind else ""
                told.gaps.append(gap(context.job.target, what, there, differ, store=store))


def name_unlisted(job: Job, deadline: Deadline) -> Step:
    """Task ``unlisted``: a gap for each kind that the Cloud Asset Inventory has no type for.  Makes no call."""
    deadline.check()
    return Step(Observations(gaps=tuple(unseen(job.target, kind, _NOBODY) for kind in kinds())))


def row_names() -> frozenset[str]:
    """The names of all rows."""
    return frozenset(row.row for row in rows())


def all_types() -> frozenset[str]:
    """Every asset type that a scan asks for."""
    return frozenset({_PROJECT, *(type_of(row) for row in rows())})
