"""The task that reads resources from Resource Graph, a few pages per job."""

from __future__ import annotations

import json
from collections.abc import Sequence

from model.places import Target
from scanners._jobs import Deadline, Job, Step
from scanners.azure.clients import Estate, estate_of
from scanners.azure.documents import Found, item_of
from scanners.azure.errors import BrokenAnswerError, Failure, failure_of
from scanners.azure.gaps import gap
from scanners.azure.graph_pages import Page, pages, query_of
from scanners.azure.inventory import inventory_job
from scanners.azure.items import read_item
from scanners.azure.keys import Surroundings, surroundings
from scanners.azure.listing import children_jobs, step_of
from scanners.azure.rows import narrowed, of_table, row_of

OPERATION = "Microsoft.ResourceGraph/resources/read"
# So many pages, then the next job: what was read is on disk, and memory does not grow with the estate.
_PAGES_PER_JOB = 10
_TIME_FOR_A_PAGE = 30.0
_NOT_ACCEPTED = 400


def graph_job(
    target: Target, table: str, subscriptions: Sequence[str], token: str = "", read: int = 0, again: bool = False
) -> Job:
    """The job that reads a table of Resource Graph for some subscriptions, from a page on.

    ``again`` tells that an earlier token was not accepted any more, so that all was begun anew.
    """
    first = f"{subscriptions[0]} and {len(subscriptions) - 1} more" if len(subscriptions) > 1 else subscriptions[0]
    scope = f"{table} of subscription {first} in Resource Graph, after {read}{', read again' if again else ''}"
    return Job(
        target, "graph", scope, (table, json.dumps(list(subscriptions)), token, str(read), "again" if again else "")
    )


def read_graph(job: Job, deadline: Deadline) -> Step:
    """Task ``graph``: the stores of some pages, the lists below them, and the job for the pages that follow.

    Whatever becomes of Resource Graph, each subscription is then asked itself what it holds.
    """
    table, packed, token, read, again = job.arguments
    subscriptions: list[str] = json.loads(packed)
    estate = estate_of(job.target)
    around = surroundings(estate, deadline)
    found, jobs, known = Found(), list[Job](), set[str]()
    before = last = int(read)
    # Backup items are in no list of resources: they are not compared.
    compared = table == "resources"
    seen, ended = estate.seen_by_graph, True
    if compared:
        seen.begin(subscriptions, before)
    query = query_of(table, (row.type for row in of_table(table)))
    for number, page in enumerate(pages(estate, query, subscriptions, token, before, deadline), 1):
        if isinstance(page, Failure) and page.status == _NOT_ACCEPTED and token and number == 1 and not again:
            # A token does not live long: a run that was resumed late starts again, once.
            return step_of(job, found, around, [graph_job(job.target, table, subscriptions, again=True)])
        if isinstance(page, Failure):
            found.gaps.append(gap(job.target, "", job.scope, OPERATION, page))
            ended = False
            break
        jobs += _read_page(estate, job, table, page, around, found, known)
        last = page.read
        if page.token and (number == _PAGES_PER_JOB or deadline.remaining() < _TIME_FOR_A_PAGE):
            if compared:
                seen.end(subscriptions, before, last, False)
            jobs.append(graph_job(job.target, table, subscriptions, page.token, last, bool(again)))
            return step_of(job, found, around, jobs)
    if compared:
        seen.end(subscriptions, before, last, ended)
        jobs += [inventory_job(job.target, each, ended) for each in subscriptions]
    return step_of(job, found, around, jobs)


def _read_page(
    estate: Estate, job: Job, table: str, page: Page, around: Surroundings, found: Found, known: set[str]
) -> list[Job]:
    jobs: list[Job] = []
    for raw in page.rows:
        row = row_of(raw["type"]) if isinstance(raw.get("type"), str) else None
        try:
            if row is None and not isinstance(raw.get("type"), str):
                raise BrokenAnswerError("a resource has no type")
            if row is None or row.graph != table:
                continue
            item = item_of(row, narrowed(row, raw), job.target, estate.cloud, page.source, around)
            if item.id.lower() in known:
                continue
            known.add(item.id.lower())
            read_item(item, found)
            jobs += children_jobs(job.target, row, item.arm_id, raw)
        except (BrokenAnswerError, ValueError) as error:
            found.gaps.append(gap(job.target, "", job.scope, OPERATION, failure_of(error)))
            continue
        estate.seen_by_graph.add(item.arm_id.subscription, item.id)
    return jobs
