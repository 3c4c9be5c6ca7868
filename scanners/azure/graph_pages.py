"""Queries to Azure Resource Graph, page by page.

One projection serves every type: the fields of a resource as Resource Manager gives them, so that a row of the table
reads both.  "Azure Resource Graph query: paging and truncation", "Guidance for throttled requests".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from model.observed import Reason, Source
from scanners._jobs import Deadline
from scanners.azure.clients import Answer, Estate
from scanners.azure.errors import Failure, broken

_PAGE = 1000
_PROJECTION = (
    "id, name, type, kind, tenantId, subscriptionId, resourceGroup, location, zones, extendedLocation, sku, managedBy, "
    "tags, properties"
)


@dataclass(frozen=True, slots=True)
class Page:
    """Resources of one answer, the token of the next page (empty at the end), and how many were read so far."""

    rows: list[dict[str, Any]]
    token: str
    read: int
    source: Source


def query_of(table: str, types: Iterable[str]) -> str:
    """The query for every resource of ``types`` in ``table``; ``id`` stays in it, without which there are no pages."""
    names = ",".join(f"'{kind.lower()}'" for kind in types)
    return f"{table} | where type in~ ({names}) | project {_PROJECTION} | order by id asc"


def pages(
    estate: Estate, query: str, subscriptions: Sequence[str], token: str, read: int, deadline: Deadline
) -> Iterator[Page | Failure]:
    """The pages of ``query`` from ``token`` on, ``read`` resources having been read before; a failure comes last.

    Without ``subscriptions`` the whole tenant is asked.  An answer that was cut without a token, pages without end and
    fewer resources than announced are failures.
    """
    tokens = {token}
    while True:
        answer = estate.query(_body(query, subscriptions, token), deadline)
        page = answer if isinstance(answer, Failure) else _page(answer, read)
        if isinstance(page, Failure):
            yield page
            return
        assert isinstance(answer, Answer)
        wrong = _end(answer, page, tokens)
        # After a page that is said to be followed without end, nobody should ask for the next.
        yield replace(page, token="") if wrong else page
        if wrong is not None:
            yield wrong
        if wrong is not None or not page.token:
            return
        read, token = page.read, page.token
        tokens.add(token)


def _end(answer: Answer, page: Page, tokens: set[str]) -> Failure | None:
    """What is wrong with how a page ends: it has to announce the next one, or to be the last of what was announced."""
    announced = answer.data.get("totalRecords")
    total = announced if isinstance(announced, int) else None
    if page.token:
        if page.token in tokens or not page.rows or (total is not None and page.read >= total):
            return Failure(Reason.FAULT, "EndlessList", 0, "more pages are announced than there are resources")
        return None
    if str(answer.data.get("resultTruncated")).lower() == "true":
        return Failure(Reason.FAULT, "Truncated", 0, "the answer was cut and announces no further page")
    if total is not None and total > page.read:
        return Failure(Reason.FAULT, "Truncated", 0, f"{total} resources were announced and {page.read} came")
    return None


def _body(query: str, subscriptions: Sequence[str], token: str) -> dict[str, Any]:
    options: dict[str, Any] = {"resultFormat": "objectArray", "$top": _PAGE}
    if token:
        options["$skipToken"] = token
    body: dict[str, Any] = {"query": query, "options": options}
    return {**body, "subscriptions": list(subscriptions)} if subscriptions else body


def _page(answer: Answer, read: int) -> Page | Failure:
    data, token = answer.data.get("data"), answer.data.get("$skipToken", "")
    rows = _of_table(data) if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return broken("the answer holds no list")
    if not isinstance(token, str):
        return broken("the token of the next page could not be read")
    return Page(rows, token, read + len(rows), answer.source)


def _of_table(data: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The rows of the older form of an answer: names of columns, and lists of values."""
    columns, rows = data.get("columns"), data.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return None
    names = [column["name"] for column in columns if isinstance(column, dict) and isinstance(column.get("name"), str)]
    if len(names) != len(columns) or not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [dict(zip(names, row, strict=True)) for row in rows]
