"""Reading asset types from both sources of the inventory, and joining what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from model.observed import Reason
from scanners._jobs import Deadline
from scanners.gcp.clients import LIST, SEARCH, Answer, Estate
from scanners.gcp.content import Record, from_asset, from_search, join
from scanners.gcp.errors import Failure, broken
from scanners.gcp.paging import items, pages

# The largest pages that the API gives (reference of searchAllResources and assets.list).
_SEARCHED, _LISTED = 500, 1000
_MASK = (
    "name", "asset_type", "project", "location", "labels", "kms_key", "kms_keys", "create_time", "versioned_resources",
)  # fmt: skip
_NAMELESS = "an item of the list has no name or no type"
Fields = Callable[[str], Collection[str]]


@dataclass(slots=True)
class Reading:
    """Records by name, in the order of reading, and the failure of each operation that did not come to its end.

    ``pages`` counts those of each operation, and ``repeated`` the items that one source gave again.
    """

    records: dict[str, Record] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    pages: Counter[str] = field(default_factory=Counter)
    repeated: int = 0

    @property
    def turning(self) -> bool:
        """True when much of what came had come before: a list that turns in a circle, however long."""
        return 4 * self.repeated > len(self.records)

    @property
    def unfinished(self) -> bool:
        """True when a list was getting on, and only time was missing to read on."""
        late = [operation for operation, failure in self.failures.items() if failure.reason is Reason.TIMEOUT]
        getting_on = any(self.pages[operation] > 1 for operation in late) and bool(self.records)
        return getting_on and not self.turning

    @property
    def passing(self) -> bool:
        """True when the same question may be answered later in this run."""
        return any(failure.passing for failure in self.failures.values())


def read(estate: Estate, types: Collection[str], fields: Fields, deadline: Deadline) -> Reading:
    """Everything of ``types`` in the scope of the target; ``fields`` says which settings of a type to keep.

    What one source gave before it failed is kept beside the failure.
    """
    found = Reading()
    wanted = frozenset(types)
    _gather(estate, SEARCH, _search(estate, types), wanted, fields, deadline, found)
    _gather(estate, LIST, _list(estate, types), wanted, fields, deadline, found)
    return found


def read_part(
    estate: Estate, operation: str, type: str, fields: Fields, token: str, most: int, deadline: Deadline
) -> tuple[Reading, str]:
    """At most ``most`` pages of one type from one source, from the page ``token`` on, and the token of the next page.

    That token is empty when the list has come to its end, and when a failure has ended it.
    """
    found = Reading()
    request = {**(_search if operation == SEARCH else _list)(estate, (type,)), "page_token": token}
    record_of = from_search if operation == SEARCH else from_asset
    following = pages(estate, operation, request, deadline)
    for answer in islice(following, most):
        if isinstance(answer, Failure):
            found.failures[operation] = answer
            return found, ""
        if not _add(answer, record_of, frozenset({type}), fields, found):
            found.failures[operation] = broken(_NAMELESS)
        token = answer.page.next_page_token
    return found, token


def _search(estate: Estate, types: Collection[str]) -> dict[str, Any]:
    mask = {"paths": list(_MASK)}
    return {"scope": estate.scope, "asset_types": list(types), "page_size": _SEARCHED, "read_mask": mask}


def _list(estate: Estate, types: Collection[str]) -> dict[str, Any]:
    from google.cloud.asset_v1 import ContentType

    asked = {"parent": estate.scope, "asset_types": list(types), "page_size": _LISTED}
    return {**asked, "content_type": ContentType.RESOURCE}


def _gather(
    estate: Estate,
    operation: str,
    request: dict[str, Any],
    types: frozenset[str],
    fields: Fields,
    deadline: Deadline,
    found: Reading,
) -> None:
    record_of = from_search if operation == SEARCH else from_asset
    for answer in pages(estate, operation, request, deadline):
        if isinstance(answer, Failure):
            found.failures[operation] = answer
            return
        found.pages[operation] += 1
        if not _add(answer, record_of, types, fields, found):
            found.failures[operation] = broken(_NAMELESS)


def _add(
    answer: Answer, record_of: Callable[..., Record], types: frozenset[str], fields: Fields, found: Reading
) -> bool:
    """Adds the items of a page; false when one of them cannot be told."""
    whole = True
    for item in items(answer.page):
        if item.asset_type not in types:
            whole = whole and bool(item.asset_type)
            continue
        record = record_of(item, fields(item.asset_type), answer.source)
        known = found.records.get(record.name)
        if known is not None:
            found.repeated += (known.listed if record.listed else known.searched) is not None
            join(known, record)
        else:
            found.records[record.name] = record
            whole = whole and bool(record.name)
    return whole
