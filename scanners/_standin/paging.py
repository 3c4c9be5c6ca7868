"""Pages: which members of an operation carry tokens and items, and answers cut into pages.

moto ignores page sizes for many services, where a real account pages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from scanners._models import loader
from scanners._standin.answers import operation_model
from scanners._standin.requests import Call

# (token asked with, token answered), for the operations that botocore has no paginator for.
_USUAL_TOKENS = (
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("next_token", "next_token"),
    ("Marker", "Marker"),
    ("Marker", "NextMarker"),
    ("marker", "nextMarker"),
    ("PaginationToken", "PaginationToken"),
    ("paginationToken", "paginationToken"),
    ("PageToken", "NextPageToken"),
    ("pageToken", "nextPageToken"),
    ("NextPageToken", "NextPageToken"),
    ("nextPageToken", "nextPageToken"),
    ("ContinuationToken", "ContinuationToken"),
    ("ContinuationToken", "NextContinuationToken"),
    ("ExclusiveStartTableName", "LastEvaluatedTableName"),
    ("ExclusiveStartBackupArn", "LastEvaluatedBackupArn"),
    ("ExclusiveStartGlobalTableName", "LastEvaluatedGlobalTableName"),
    ("StartingToken", "NextToken"),
)


@dataclass(frozen=True, slots=True)
class Paging:
    """How one operation pages.  ``items`` is the member that holds the listing."""

    token_in: str
    token_out: str
    items: str
    limit: str
    more: str


@cache
def paging_of(service: str, operation: str) -> Paging | None:
    """How ``operation`` pages, or ``None`` when it does not (or in a way that one token cannot tell)."""
    rule = _paginators(service).get(operation)
    if rule is None:
        return _guess(service, operation)
    token_in, token_out, items = (_first(rule[key]) for key in ("input_token", "output_token", "result_key"))
    if not all(word.isidentifier() for word in (token_in, token_out, items)):
        return None
    return Paging(token_in, token_out, items, str(rule.get("limit_key", "")), str(rule.get("more_results", "")))


def _first(value: Any) -> str:
    word = str(value[0] if isinstance(value, list) else value)
    return word.split(" || ", 1)[0]


@cache
def _paginators(service: str) -> Mapping[str, Mapping[str, Any]]:
    from botocore.exceptions import UnknownServiceError

    try:
        found: Mapping[str, Mapping[str, Any]] = loader("stand-in").load_service_model(service, "paginators-1")
    except UnknownServiceError:
        return {}
    return found["pagination"]


def _guess(service: str, operation: str) -> Paging | None:
    model = operation_model(service, operation)
    if model.input_shape is None or model.output_shape is None:
        return None
    asked, told = model.input_shape.members, model.output_shape.members
    lists = [name for name, member in told.items() if member.type_name == "list"]
    for token_in, token_out in _USUAL_TOKENS:
        if token_in in asked and token_out in told and lists:
            more = next((name for name in told if name.startswith("HasMore")), "")
            return Paging(token_in, token_out, lists[0], "", more)
    return None


class Pages:
    """Cuts listings into pages and keeps what remains under tokens of its own."""

    def __init__(self) -> None:
        self._rest: dict[str, dict[str, Any]] = {}
        self._numbers = count(1)

    def remembered(self, call: Call) -> dict[str, Any] | None:
        """The whole output that the token of ``call`` continues, or ``None`` for a token not of ours."""
        paging = paging_of(call.service, call.operation)
        token = call.parameters.get(paging.token_in) if paging else None
        return self._rest.get(token) if isinstance(token, str) else None

    def cut(self, call: Call, output: dict[str, Any], size: int) -> dict[str, Any]:
        """The first ``size`` items of ``output`` with the token that leads to the others."""
        paging = paging_of(call.service, call.operation)
        items = output.get(paging.items) if paging else None
        if not paging or not isinstance(items, list) or len(items) <= size or output.get(paging.token_out):
            return output
        token = f"page-{next(self._numbers)}"
        self._rest[token] = {**output, paging.items: items[size:]}
        page = {**output, paging.items: items[:size], paging.token_out: token}
        return {**page, paging.more: True} if paging.more else page

    @staticmethod
    def wanted(call: Call, size: int) -> int:
        """How many items a page of ``call`` may hold: the caller's limit, at most ``size`` when there is one."""
        paging = paging_of(call.service, call.operation)
        limit = call.parameters.get(paging.limit) if paging and paging.limit else None
        asked = int(limit) if limit is not None and json.dumps(limit).strip('"').isdigit() else 0
        return min(asked, size) if asked and size else asked or size
