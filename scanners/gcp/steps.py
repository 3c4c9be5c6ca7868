"""From records to the step of a job."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from model.places import Gap, Observations, Store
from scanners._jobs import Deadline, Job, Step
from scanners.gcp.clients import Estate
from scanners.gcp.content import Record
from scanners.gcp.errors import BrokenAnswerError, broken
from scanners.gcp.gaps import gap
from scanners.gcp.inventory import Reading
from scanners.gcp.items import Context, Found
from scanners.gcp.names import parent_of, short
from scanners.gcp.stores import read_record


def text_of_projects(numbers: Mapping[str, str]) -> str:
    """Numbers of projects and their ids as an argument of a job."""
    return json.dumps(numbers, sort_keys=True, separators=(",", ":"))


def projects_of(text: str) -> dict[str, str]:
    """What ``text_of_projects`` wrote."""
    value: dict[str, str] = json.loads(text)
    return value


def context_of(job: Job, estate: Estate, projects: dict[str, str], reading: Reading, deadline: Deadline) -> Context:
    """What the records of ``reading`` have in common, with the parts of each at hand."""
    parts: dict[str, list[Record]] = {}
    for record in reading.records.values():
        parts.setdefault(parent_of(record.name), []).append(record)
    return Context(job, estate, projects, reading, parts, deadline)


def _read(context: Context, record: Record, told: Found) -> None:
    try:
        read_record(context, record, told)
    except (BrokenAnswerError, ValueError):
        damaged = broken("the settings of a resource could not be read")
        whose = record.name if record.name.startswith("//") else ""
        told.gaps.append(
            gap(context.job.target, f"{record.type} {short(record.name)}", record.source.what, damaged, store=whose)
        )
        if whose and record.content is not None:
            record.content, record.told, record.others = None, None, []
            read_record(context, record, told)


def step_of(context: Context, types: Collection[str], told: Found) -> Step:
    """Everything that the records of ``types`` are, added to ``told``.

    Each thing is said once, and no copy leads into something that turned out to hold nothing.
    """
    for record in context.reading.records.values():
        if record.type in types:
            _read(context, record, told)
    gaps: dict[str, Gap] = {}
    for each in told.gaps:
        gaps.setdefault(each.id, each)
    stores = [store for store in told.stores if store.id not in told.dropped]
    copies = dict.fromkeys(copy for copy in told.copies if copy.at not in told.dropped)
    return Step(Observations(_once(stores), tuple(copies), tuple(gaps.values())))


def _once(stores: Iterable[Store]) -> tuple[Store, ...]:
    """The stores, an end of a copy only when it is not listed here, and only once."""
    several = list(stores)
    seen = {store.id for store in several if store.seen}
    return tuple(dict.fromkeys(store for store in several if store.seen or store.id not in seen))
