"""What a subscription itself lists, against what Resource Graph gave: neither may lose what the other has.

The list of resources ("Resources - List") holds identifier, kind, location and tags, never properties: what only it has
is asked of its own service.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from model.observed import Reason, Source
from model.places import Target
from scanners._jobs import Deadline, Job, Step
from scanners.azure import ids
from scanners.azure.clients import Answer, Estate, estate_of
from scanners.azure.documents import Found, item_of
from scanners.azure.errors import BrokenAnswerError, Failure, broken, failure_of
from scanners.azure.gaps import gap
from scanners.azure.graph_pages import pages as graph_pages
from scanners.azure.graph_pages import query_of
from scanners.azure.items import read_item
from scanners.azure.keys import Surroundings, surroundings
from scanners.azure.listing import children_jobs, step_of
from scanners.azure.paging import Fruitless, items_of, pages
from scanners.azure.rows import Row, is_unknown, listed, row_named, row_of

_OPERATION = "Microsoft.Resources/subscriptions/resources/read"
_VERSION = "2021-04-01"
_GRAPH = "Microsoft.ResourceGraph/resources/read"
_BATCH = 50
# Fewer than that are asked one by one, more by the list of their type.
_FEW = 3
_KEPT = ("id", "name", "type", "kind", "location", "sku", "tags", "zones", "extendedLocation", "createdTime")
_TOO_LATE = "Resource Graph lists it and its subscription does not: it may be gone since, or not be listed"


def inventory_job(target: Target, subscription: str, in_graph: bool) -> Job:
    """The job that lists a subscription; ``in_graph`` tells that Resource Graph was read to its end."""
    scope = f"resources of subscription {subscription}"
    return Job(target, "inventory", scope, (subscription, "graph" if in_graph else "no graph"))


def compare(job: Job, deadline: Deadline) -> Step:
    """Task ``inventory``: what a subscription lists; jobs for what Resource Graph lacks, gaps for what only it has."""
    subscription, read = job.arguments
    estate = estate_of(job.target)
    found = Found()
    seen = _seen_by_graph(estate, subscription, deadline) if read == "graph" else None
    if isinstance(seen, Failure):
        found.gaps.append(gap(job.target, subscription, f"{job.scope} in Resource Graph", _GRAPH, seen))
        seen = None
    lacking: dict[str, list[dict[str, Any]]] = {}
    named: set[str] = set()
    strange: set[str] = set()
    fruitless, whole = Fruitless(), True
    path = f"/subscriptions/{subscription}/resources?$expand=createdTime&$top=1000"
    for answer in pages(estate, path, _VERSION, _OPERATION, deadline):
        items = answer if isinstance(answer, Failure) else items_of(answer)
        before = len(named)
        failure = items if isinstance(items, Failure) else None
        for raw in items if isinstance(items, list) else ():
            arm_id = ids.parse(raw["id"]) if isinstance(raw, dict) and isinstance(raw.get("id"), str) else None
            if arm_id is None:
                failure = broken("an item of the list has no identifier")
                continue
            known_as = str(arm_id).lower()
            row = row_of(arm_id.type)
            if known_as not in named and row is not None and not row.list and known_as not in (seen or ()):
                lacking.setdefault(row.type, []).append({name: raw[name] for name in _KEPT if name in raw})
            if is_unknown(arm_id.type):
                strange.add(arm_id.type)
            named.add(known_as)
        failure = failure or fruitless.page(len(named) - before)
        if failure is not None:
            found.gaps.append(gap(job.target, subscription, job.scope, _OPERATION, failure))
            whole = False
            break
    if strange:
        unread = Failure(
            Reason.UNSUPPORTED, "UnknownType", 0, f"no table knows how to read {', '.join(sorted(strange))}"
        )
        what = f"resources of other kinds in subscription {subscription}"
        found.gaps.append(gap(job.target, subscription, what, _OPERATION, unread))
    if whole and seen:
        _only_in_graph(job, subscription, [seen[each] for each in sorted(seen.keys() - named)], found)
    following = _properties_jobs(job.target, subscription, lacking, seen is not None)
    return step_of(job, found, Surroundings(), following)


def _seen_by_graph(estate: Estate, subscription: str, deadline: Deadline) -> dict[str, str] | Failure:
    """What Resource Graph gave for a subscription, asked again where another process read it."""
    known = estate.seen_by_graph.of(subscription)
    if known is not None:
        return known
    seen: dict[str, str] = {}
    query = query_of("resources", (row.type for row in listed()))
    for page in graph_pages(estate, query, (subscription,), "", 0, deadline):
        if isinstance(page, Failure):
            return page
        for row in page.rows:
            arm_id = ids.parse(row["id"]) if isinstance(row.get("id"), str) else None
            if arm_id is not None and row_of(arm_id.type) is not None:
                seen[str(arm_id).lower()] = str(arm_id)
    return seen


def _only_in_graph(job: Job, subscription: str, only: list[str], found: Found) -> None:
    """Gaps for the resources that the subscription does not list; parts of others are in its list only at times."""
    for known_as in only:
        arm_id = ids.parse(known_as)
        row = row_of(arm_id.type) if arm_id is not None else None
        if arm_id is None or row is None or len(arm_id.names) > 1 or row.graph != "resources":
            continue
        failure = Failure(Reason.FAULT, "Disagreement", 0, _TOO_LATE)
        what = f"{row.type} {arm_id.name} in the list of its subscription"
        found.gaps.append(gap(job.target, subscription, what, _OPERATION, failure, store=str(arm_id)))


def _properties_jobs(
    target: Target, subscription: str, lacking: dict[str, list[dict[str, Any]]], in_graph: bool
) -> list[Job]:
    jobs = []
    for kind in sorted(lacking):
        documents = lacking[kind]
        size = len(documents) if _has_list(row_named(kind)) else _BATCH
        for start in range(0, len(documents), size):
            part = documents[start : start + size]
            scope = f"properties of {len(part)} {kind} in subscription {subscription}, after {start}"
            arguments = (kind, subscription, "graph" if in_graph else "no graph", json.dumps(part, ensure_ascii=False))
            jobs.append(Job(target, "properties", scope, arguments))
    return jobs


def _has_list(row: Row) -> bool:
    """Whether the type can be listed for a whole subscription: those that lie below others cannot."""
    return row.type.count("/") == 1


def read_properties(job: Job, deadline: Deadline) -> Step:
    """Task ``properties``: resources of one type, from their own service.

    Of those that it does not give, what the general list told is kept, and a gap names the rest.
    """
    kind, subscription, read, packed = job.arguments
    row, documents = row_named(kind), json.loads(packed)
    estate = estate_of(job.target)
    reader = _Properties(estate, job, row, subscription, surroundings(estate, deadline), read == "graph")
    if _has_list(row) and len(documents) > _FEW:
        reader.read_list(deadline)
    for document in documents:
        reader.read(document, deadline)
    return step_of(job, reader.found, reader.around, reader.jobs)


@dataclass(slots=True)
class _Properties:
    """Reads the properties of resources that only the general list named; ``in_graph``: Resource Graph lacks them.

    ``by_id`` is what the list of the type gave, by identifier in lower case; ``withheld`` why the rest cannot be had.
    """

    estate: Estate
    job: Job
    row: Row
    subscription: str
    around: Surroundings
    in_graph: bool
    found: Found = field(default_factory=Found)
    jobs: list[Job] = field(default_factory=list)
    by_id: dict[str, tuple[Any, Source]] = field(default_factory=dict)
    withheld: Failure | None = None

    def read_list(self, deadline: Deadline) -> None:
        """Reads the list of the type, to its last page."""
        row, by_id = self.row, self.by_id
        fruitless = Fruitless()
        path = f"/subscriptions/{self.subscription}/providers/{row.type}"
        for answer in pages(self.estate, path, row.version, row.operation, deadline):
            items = answer if isinstance(answer, Failure) else items_of(answer)
            if isinstance(items, Failure) or not isinstance(answer, Answer):
                assert isinstance(items, Failure)
                self._gap(items)
                # A list that is not offered can be had one by one; of one that is withheld, no part would come.
                self.withheld = None if items.reason in (Reason.FAULT, Reason.UNSUPPORTED) else items
                return
            before = len(by_id)
            for raw in items:
                if isinstance(raw, dict) and isinstance(raw.get("id"), str):
                    by_id[ids.canonical(raw["id"]).lower()] = (raw, answer.source)
                else:
                    self._gap(broken("an item of the list has no identifier"))
            endless = fruitless.page(len(by_id) - before)
            if endless is not None:
                self._gap(endless)
                break

    def read(self, document: dict[str, Any], deadline: Deadline) -> None:
        """Adds one resource, with as much as its service tells of it."""
        arm_id = ids.parse(document["id"])
        known_as, path = (str(arm_id).lower(), arm_id.path) if arm_id else (document["id"].lower(), document["id"])
        if known_as in self.by_id:
            return self._add(*self.by_id[known_as])
        if self.withheld is not None:
            return self._add(document, self.estate.source(_OPERATION), self.withheld, reported=True)
        answer = self.estate.get(path, self.row.version, self.row.operation, deadline)
        if isinstance(answer, Answer) and answer.data.get("id") is not None:
            return self._add({**document, **answer.data}, answer.source)
        failure = answer if isinstance(answer, Failure) else broken("the answer is no resource")
        return self._add(document, self.estate.source(_OPERATION), failure)

    def _add(self, raw: Any, source: Source, failure: Failure | None = None, *, reported: bool = False) -> None:
        note = replace(source, what=f"{source.what} (not in Resource Graph)") if self.in_graph else source
        try:
            item = item_of(self.row, raw, self.job.target, self.estate.cloud, note, self.around, failure=failure)
            read_item(replace(item, reported=reported), self.found)
            self.jobs += children_jobs(self.job.target, self.row, item.arm_id, raw)
        except (BrokenAnswerError, ValueError) as error:
            self._gap(failure_of(error))

    def _gap(self, failure: Failure) -> None:
        self.found.gaps.append(gap(self.job.target, self.subscription, self.job.scope, self.row.operation, failure))
