"""Queries to Azure Resource Graph, page by page.

One projection serves every type: the fields of a resource as Resource Manager gives them, so that a row of the table
reads both.  "Azure Resource Graph query: paging and truncation", "Guidance for throttled requests".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
        yield page
        if isinstance(page, Failure):
            return
        assert isinstance(answer, Answer)
        announced, cut = answer.data.get("totalRecords"), str(answer.data.get("resultTruncated")).lower() == "true"
        read, token = page.read, page.token
        if not token:
            if cut:
                yield Failure(Reason.FAULT, "Truncated", 0, "the answer was cut and announces no further page")
            elif isinstance(announced, int) and announced > read:
                yield Failure(Reason.FAULT, "Truncated", 0, f"{announced} resources were announced and {read} came")
            return
        if token in tokens or not page.rows or (isinstance(announced, int) and read >= announced):
            yield Failure(Reason.FAULT, "EndlessList", 0, "more pages are announced than there are resources")
            return
        tokens.add(token)


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
