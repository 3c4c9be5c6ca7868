"""The tasks that turn rows into stores: list a kind in a region, read the details of some items."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from model.observed import Grade, Source
from model.places import Gap, Observations, Target
from scanners._jobs import Deadline, Job, Step
from scanners._table import Row, evaluate, narrowed
from scanners.aws.availability import is_absent
from scanners.aws.clients import Answer, Estate, Scope, estate_of
from scanners.aws.errors import BrokenAnswerError, Failure, failure_of
from scanners.aws.gaps import gap
from scanners.aws.items import Found, Item, document_of, id_of, read_details, read_item
from scanners.aws.paging import FIRST, Fruitless, items_of, pages, tokens_of
from scanners.aws.rows import children_of, row_named

# Items per detail job: enough to keep jobs few, few enough that one is over in seconds.
_BATCH = 10


def list_job(target: Target, scope: Scope, row: Row, parent: Mapping[str, Any] | None = None) -> Job:
    """The job that lists ``row`` in ``scope``, below ``parent`` when the row has one."""
    arguments = (row.row, scope.text(), *((_packed(parent),) if parent is not None else ()))
    below = f" of {_label(row, parent)}" if parent is not None else ""
    return Job(target, "list", f"{row.label}{below} in {scope}", arguments)


def list_kind(job: Job, deadline: Deadline) -> Step:
    """Task ``list``: the items of one row in one account and region, to the last page.

    Rows without detail calls give their stores at once, others give jobs for them.  What was read before a
    failure is kept beside the gap.
    """
    estate = estate_of(job.target)
    row, scope = row_named(job.arguments[0]), Scope.parse(job.arguments[1])
    parent = _unpacked(job.arguments[2]) if len(job.arguments) > 2 else {}
    found, waiting, children = Found(), list[dict[str, Any]](), list[Job]()
    seen: set[str] = set()
    fruitless = Fruitless()
    source: Source | None = None
    tokens = tokens_of(row, estate)
    parameters = {name: _parameter(value, scope, parent) for name, value in row.params.items()}
    for answer in pages(estate, row.client, scope, row.operation, parameters, tokens, deadline):
        items = answer if isinstance(answer, Failure) else items_of(row, estate, scope, answer)
        if isinstance(items, Failure):
            if not _is_none(row, items, estate, scope):
                found.gaps.append(gap(job.target, scope, job.scope, row.client, row.operation, items))
            break
        assert isinstance(answer, Answer)
        source = answer.source
        before = len(seen)
        for raw in items:
            try:
                item = Item(row, job.target.name, scope, document_of(scope, raw, parent), answer.source)
                known_as = id_of(row, item.document) if row.kind else json.dumps(raw, sort_keys=True, default=str)
            except (BrokenAnswerError, ValueError) as error:
                found.gaps.append(gap(job.target, scope, job.scope, row.client, row.operation, failure_of(error)))
                continue
            if known_as in seen:
                continue
            seen.add(known_as)
            small = narrowed(row, item.document)
            children += [
                list_job(job.target, scope, child, _for_child(child, item.document)) for child in children_of(row.row)
            ]
            if row.details:
                waiting.append(small)
            else:
                _read(estate, job, item, deadline, found)
        if row.paging == FIRST and seen:
            break
        endless = fruitless.page(len(seen) - before)
        if endless is not None:
            found.gaps.append(gap(job.target, scope, job.scope, row.client, row.operation, endless))
            break
    details = _detail_jobs(job, row, scope, source, waiting) if source is not None else []
    return step_of(job.target, scope, found, [*details, *children])


def read_batch(job: Job, deadline: Deadline) -> Step:
    """Task ``details``: the detail calls of a few listed items, and the stores these are."""
    estate = estate_of(job.target)
    row, scope = row_named(job.arguments[0]), Scope.parse(job.arguments[1])
    listed = Source(f"{row.client}:{row.operation}", datetime.fromisoformat(job.arguments[2]), Grade.API)
    found = Found()
    for document in json.loads(job.arguments[3]):
        place = {"_partition": scope.partition, "_region": scope.region, "_account": scope.account}
        item = Item(row, job.target.name, scope, {"_parent": {}, **document, **place}, listed)
        read_details(estate, item, deadline)
        _read(estate, job, item, deadline, found)
    return step_of(job.target, scope, found, [])


def _read(estate: Estate, job: Job, item: Item, deadline: Deadline, found: Found) -> None:
    try:
        read_item(estate, job.target, item, deadline, found)
    except (BrokenAnswerError, ValueError) as error:
        row = item.row
        broken = Failure(failure_of(error).reason, "BrokenAnswer", 0, "an item of the list could not be read")
        found.gaps.append(gap(job.target, item.scope, job.scope, row.client, row.operation, broken))


def _detail_jobs(job: Job, row: Row, scope: Scope, source: Source, documents: list[dict[str, Any]]) -> list[Job]:
    jobs = []
    for start in range(0, len(documents), _BATCH):
        batch = documents[start : start + _BATCH]
        ids = ", ".join(_label(row, document) for document in batch[:3])
        scope_text = f"details of {len(batch)} {row.label} ({ids}) in {scope}"
        arguments = (row.row, scope.text(), source.read_at.isoformat(), _packed(batch))
        jobs.append(Job(job.target, "details", scope_text, arguments))
    return jobs


def step_of(target: Target, scope: Scope, found: Found, jobs: Iterable[Job]) -> Step:
    """What was found, gaps said once, and the jobs that follow: foreign buckets at the end of copies are looked at."""
    gaps: dict[str, Gap] = {}
    for each in found.gaps:
        gaps.setdefault(each.id, each)
    ends = []
    for name in sorted(found.buckets):
        what = f"bucket {name} at the end of a copy from account {scope.account}"
        ends.append(Job(target, "bucket_end", what, (scope.text(), name)))
    observations = Observations(tuple(found.stores), tuple(dict.fromkeys(found.copies)), tuple(gaps.values()))
    return Step(observations, (*jobs, *ends))


def _is_none(row: Row, failure: Failure, estate: Estate, scope: Scope) -> bool:
    """True when a failure proves that there is nothing to list."""
    from scanners.aws.errors import NOT_USED

    if failure.code in NOT_USED or failure.code in row.none:
        return True
    return failure.nowhere and is_absent(estate, row.client, scope)


def _parameter(value: Any, scope: Scope, parent: Mapping[str, Any]) -> Any:
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    if value == "$_account":
        return scope.account
    return evaluate(value[1:], dict(parent))


def _for_child(child: Row, document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a parent that a child row names."""
    used = {value[1:] for value in child.params.values() if isinstance(value, str) and value.startswith("$")}
    for _, expression in child.expressions():
        used |= _below_parent(expression)
    return {name: document[name] for name in sorted(used) if name in document}


def _below_parent(expression: str) -> set[str]:
    import re

    return set(re.findall(r"_parent\.(\w+)", expression))


def _label(row: Row, document: Mapping[str, Any] | None) -> str:
    values = [value for name, value in sorted((document or {}).items()) if isinstance(value, str) and name[:1] != "_"]
    named = next((value for value in values if value.startswith("arn:")), values[0] if values else row.row)
    return named[:200]


def _packed(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in an answer")


def _unpacked(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value
