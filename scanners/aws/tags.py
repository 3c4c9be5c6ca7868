"""Tags, from the item itself or from one listing per region.

``tag:GetResources`` gives the tags of every resource that has or ever had one; a resource that is not in it
has none (Resource Groups Tagging API reference, GetResources).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.observed import Known, Observed, Reason, Unread
from model.places import Gap, Target
from scanners._jobs import Deadline
from scanners.aws.clients import Answer, Estate, Scope
from scanners.aws.errors import Failure
from scanners.aws.gaps import gap
from scanners.aws.paging import Fruitless, pages, paginator_of

if TYPE_CHECKING:
    from scanners.aws.items import Item

Tags = tuple[tuple[str, str], ...]
_SERVICE, _OPERATION = "resourcegroupstaggingapi", "GetResources"


def pairs_of(value: Any) -> Tags | None:
    """Tags as sorted pairs, from a mapping or any of the list shapes of AWS; ``None`` for something else."""
    if value is None:
        return ()
    if isinstance(value, dict):
        return tuple(sorted((str(key), str(text)) for key, text in value.items()))
    if not isinstance(value, list):
        return None
    pairs = []
    for each in value:
        if not isinstance(each, dict):
            return None
        low = {name.lower().removeprefix("tag"): text for name, text in each.items()}
        if not isinstance(low.get("key"), str):
            return None
        pairs.append((low["key"], str(low.get("value") or "")))
    return tuple(sorted(set(pairs)))


def of_item(
    estate: Estate, target: Target, item: Item, store_id: str, deadline: Deadline, gaps: list[Gap]
) -> Observed[Tags]:
    """The tags of an item by its row; a failed listing of tags is added to ``gaps``."""
    column = item.row.tags
    if not column:
        return Unread(Reason.NOT_ASKED, item.listed)
    if column.startswith("tagging:"):
        kind = column.removeprefix("tagging:")
        table = tagged(estate, item.scope, kind, deadline)
        if isinstance(table, Failure):
            gaps.append(tags_gap(target, item.scope, kind, table))
            return Unread(table.reason, item.listed, table.detail)
        return Known(table[0].get(store_id, ()), table[1].source)
    source, failure = item.origin(column)
    if failure is not None:
        return Unread(failure.reason, source, failure.detail)
    pairs = pairs_of(item.ask(column))
    if pairs is not None:
        return Known(pairs, source)
    service, _, operation = source.what.partition(":")
    broken = Failure(Reason.FAULT, "BrokenAnswer", 0, "the tags could not be read")
    gaps.append(gap(target, item.scope, f"tags of {store_id}", service, operation, broken, store=store_id))
    return Unread(broken.reason, source, broken.detail)


def tags_gap(target: Target, scope: Scope, kind: str, failure: Failure) -> Gap:
    """Unknown tags may tie any store of the kind to any dataset: the gap concerns the whole listing."""
    return gap(target, scope, f"tags of {kind} in {scope}", _SERVICE, _OPERATION, failure)


def tagged(estate: Estate, scope: Scope, kind: str, deadline: Deadline) -> tuple[dict[str, Tags], Answer] | Failure:
    """ARN to tags for one resource type of one region, asked once per run, with the answer to quote."""
    return estate.once(("tags", scope, kind), lambda: _tagged(estate, scope, kind, deadline))


def _tagged(estate: Estate, scope: Scope, kind: str, deadline: Deadline) -> tuple[dict[str, Tags], Answer] | Failure:
    table: dict[str, Tags] = {}
    last: Answer | None = None
    fruitless = Fruitless()
    parameters = {"ResourceTypeFilters": [kind], "ResourcesPerPage": 100}
    tokens = paginator_of(estate, _SERVICE, _OPERATION)
    for answer in pages(estate, _SERVICE, scope, _OPERATION, parameters, tokens, deadline):
        if isinstance(answer, Failure):
            return answer
        last, before = answer, len(table)
        listed = answer.data.get("ResourceTagMappingList")
        if not isinstance(listed, list):
            return Failure(Reason.FAULT, "BrokenAnswer", 0, "the answer lacks ResourceTagMappingList")
        for each in listed:
            pairs = pairs_of(each.get("Tags")) if isinstance(each, dict) else None
            if pairs is None or not isinstance(each.get("ResourceARN"), str):
                return Failure(Reason.FAULT, "BrokenAnswer", 0, "a resource in the list of tags could not be read")
            table[each["ResourceARN"].removesuffix(":*")] = pairs
        endless = fruitless.page(len(table) - before)
        if endless is not None:
            return endless
    if last is None:
        return Failure(Reason.FAULT, "BrokenAnswer", 0, "no answer")
    return table, last
