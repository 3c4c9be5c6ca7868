"""Reading a list of the inventory to its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model.observed import Reason
from scanners._jobs import Deadline
from scanners.gcp.clients import Answer, Estate
from scanners.gcp.errors import Failure

# So many pages in a row that bring nothing new, or so many pages at all, are no list any more.
FRUITLESS_PAGES = 30
_PAGES = 50_000
ENDLESS = Failure(Reason.FAULT, "EndlessList", "page after page brought nothing new: the list has no end")


def pages(estate: Estate, operation: str, request: Mapping[str, Any], deadline: Deadline) -> Iterator[Answer | Failure]:
    """The pages of an operation; a failure is the last thing that comes.

    A token that comes back a second time, and pages that never bring anything new, are failures and not loops.
    """
    given = dict(request)
    tokens: set[str] = set()
    names: set[str] = set()
    fruitless = 0
    for _ in range(_PAGES):
        answer = estate.call(operation, given, deadline)
        yield answer
        if isinstance(answer, Failure):
            return
        token = answer.page.next_page_token
        if not token:
            return
        before = len(names)
        names.update(_name(each) for each in items(answer.page))
        fruitless = 0 if len(names) > before else fruitless + 1
        if token in tokens or fruitless >= FRUITLESS_PAGES:
            break
        tokens.add(token)
        given["page_token"] = token
    yield ENDLESS


def items(page: Any) -> Any:
    """The items of a page of either operation."""
    return page.assets if page.DESCRIPTOR.name == "ListAssetsResponse" else page.results


def _name(item: Any) -> str:
    name: str = item.resource if item.DESCRIPTOR.name == "IamPolicySearchResult" else item.name
    return name
