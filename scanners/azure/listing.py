"""The tasks for lists that Resource Graph lacks: below a resource, or of a subscription."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from model.places import Gap, Observations, Target
from scanners._jobs import Deadline, Job, Step
from scanners._table import evaluate
from scanners.azure import ids
from scanners.azure.clients import Answer, Estate, estate_of
from scanners.azure.documents import Found, item_of, text_of
from scanners.azure.errors import NOT_USED, BrokenAnswerError, Failure, broken, failure_of
from scanners.azure.gaps import gap
from scanners.azure.items import read_item
from scanners.azure.keys import Surroundings, surroundings
from scanners.azure.paging import Fruitless, items_of, pages
from scanners.azure.regions import region_code
from scanners.azure.rows import Row, children_of, for_child, of_subscription, row_named

_LOCATIONS = "Microsoft.Resources/subscriptions/locations/read"
_GRAPH = "Microsoft.ResourceGraph/resources/read"
_AROUND = "vaults, encryption sets and servers that other resources refer to"
_LOCATIONS_VERSION = "2022-12-01"


def step_of(job: Job, found: Found, around: Surroundings, jobs: Iterable[Job]) -> Step:
    """What was found, gaps said once, and the jobs that follow."""
    gaps: dict[str, Gap] = {}
    for each in found.gaps:
        gaps.setdefault(each.id, each)
    if around.failure is not None:
        hidden = gap(job.target, "", _AROUND, _GRAPH, around.failure)
        gaps.setdefault(hidden.id, hidden)
    observations = Observations(tuple(found.stores), tuple(dict.fromkeys(found.copies)), tuple(gaps.values()))
    return Step(observations, tuple(jobs))


def children_jobs(target: Target, row: Row, arm_id: ids.ArmId, document: Mapping[str, Any]) -> list[Job]:
    """The jobs for the lists below one resource."""
    jobs = []
    for child in children_of(row.type):
        if child.when and not evaluate(child.when, dict(document)):
            continue
        parent = {**for_child(child, document), "id": str(arm_id)}
        if isinstance(document.get("location"), str):
            parent["location"] = document["location"]
        base = arm_id.group_path if child.beside else arm_id.path
        arguments = (child.type, arm_id.subscription, json.dumps(parent, sort_keys=True, ensure_ascii=False), base)
        jobs.append(Job(target, "list", f"{child.type} of {arm_id}", arguments))
    return jobs


def subscription_jobs(target: Target, subscription: str) -> list[Job]:
    """The jobs for the lists of their own that a subscription has."""
    return [
        Job(target, "list", f"{row.type} of subscription {subscription}", (row.type, subscription))
        for row in of_subscription()
    ]


def list_row(job: Job, deadline: Deadline) -> Step:
    """Task ``list``: the items of one row below one resource or in one subscription, to the last page."""
    row, subscription = row_named(job.arguments[0]), job.arguments[1]
    parent: dict[str, Any] | None = json.loads(job.arguments[2]) if len(job.arguments) > 2 else None
    estate = estate_of(job.target)
    reader = _Reader(estate, job, row, subscription, parent, surroundings(estate, deadline))
    base = job.arguments[3] if parent is not None else f"/subscriptions/{subscription}"
    for location, path in _paths(reader, base, deadline):
        reader.location = location
        if not reader.read(path, deadline):
            break
    return step_of(job, reader.found, reader.around, reader.jobs)


def _paths(reader: _Reader, base: str, deadline: Deadline) -> list[tuple[str, str]]:
    """The addresses of a row's lists, each with the location it is of (or none)."""
    row, job, subscription, found = reader.row, reader.job, reader.subscription, reader.found
    if not row.by_location:
        location = region_code(text_of((reader.parent or {}).get("location")))
        return [("", base + row.list.replace("{location}", location))]
    answer = reader.estate.get(f"{base}/locations", _LOCATIONS_VERSION, _LOCATIONS, deadline)
    listed = answer if isinstance(answer, Failure) else items_of(answer)
    if isinstance(listed, Failure):
        found.gaps.append(gap(job.target, subscription, job.scope, _LOCATIONS, listed))
        return []
    if not all(isinstance(each, dict) and isinstance(each.get("name"), str) for each in listed):
        found.gaps.append(gap(job.target, subscription, job.scope, _LOCATIONS, broken("a location could not be read")))
        return []
    names = dict.fromkeys(each["name"] for each in listed if _is_physical(each))
    return [(name, base + row.list.replace("{location}", name)) for name in names]


def _is_physical(location: Mapping[str, Any]) -> bool:
    """Whether data can be there: geographies and stages are names without a data centre of their own."""
    metadata = location.get("metadata")
    kind = metadata.get("regionType") if isinstance(metadata, Mapping) else None
    return kind in (None, "Physical")


@dataclass(slots=True)
class _Reader:
    """Reads the lists of one row into ``found`` and ``jobs``; ``location`` is that of the list, where it has one."""

    estate: Estate
    job: Job
    row: Row
    subscription: str
    parent: dict[str, Any] | None
    around: Surroundings
    found: Found = field(default_factory=Found)
    jobs: list[Job] = field(default_factory=list)
    location: str = ""

    def read(self, path: str, deadline: Deadline) -> bool:
        """Reads to the last page.  False when the next location need not be asked either."""
        seen: set[str] = set()
        fruitless = Fruitless()
        for answer in pages(self.estate, path, self.row.version, self.row.operation, deadline):
            items = answer if isinstance(answer, Failure) else self._items(answer)
            if isinstance(items, Failure):
                if items.code in NOT_USED:
                    return False
                if items.code not in self.row.none:
                    self._gap(items)
                return not self.row.by_location or items.code in self.row.none
            assert isinstance(answer, Answer)
            before = len(seen)
            for raw in items:
                self._item(raw, answer, seen)
            endless = fruitless.page(len(seen) - before)
            if endless is not None:
                self._gap(endless)
                break
        return True

    def _items(self, answer: Answer) -> list[Any] | Failure:
        # Where there is no such store, an empty list says so as well; of a lone fact about copies it would say nothing.
        none = self.row.role and answer.data.get("value") == []
        return [answer.data] if self.row.single and not none else items_of(answer)

    def _item(self, raw: Any, answer: Answer, seen: set[str]) -> None:
        row = self.row
        given = {**raw, "location": raw.get("location") or self.location or None} if isinstance(raw, dict) else raw
        try:
            item = item_of(row, given, self.job.target, self.estate.cloud, answer.source, self.around, self.parent)
            if item.id.lower() in seen:
                return
            seen.add(item.id.lower())
            read_item(item, self.found)
            self.jobs += children_jobs(self.job.target, row, item.arm_id, given)
        except (BrokenAnswerError, ValueError) as error:
            self._gap(failure_of(error))

    def _gap(self, failure: Failure) -> None:
        # A list of stores may hide one of any dataset; a list of copies hides those of one store.
        store = self.parent["id"] if self.parent is not None and not self.row.role else ""
        target, subscription, operation = self.job.target, self.subscription, self.row.operation
        self.found.gaps.append(
            gap(target, subscription, self.job.scope, operation, failure, store=store, region=self.location)
        )
