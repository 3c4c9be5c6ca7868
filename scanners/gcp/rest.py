"""Single pages of lists that a service gives over HTTP: GET requests, and nothing else.

A stand-in on this machine (setting ``rest_endpoint``) answers for all services: what a service serves at
``https://HOST/PATH`` it serves at ``/HOST/PATH``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from model.observed import Source
from scanners.gcp.errors import BrokenAnswerError, Failure, failure_of

_LARGEST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it came: the items of the list, the token of the next page, and the source to quote.

    ``unreachable`` are the places that the service could not ask, and whose items are missing (AIP-217).
    """

    items: tuple[dict[str, Any], ...]
    token: str
    unreachable: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Question:
    """One list of one service: where it is, and which member of the answer holds the items.

    ``operation`` is what a gap calls it: ``redis:backups.list``.
    """

    operation: str
    host: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    items: str


def fetch(session: Any, base: str, question: Question, token: str, seconds: float) -> dict[str, Any] | Failure:
    """The answer to one GET below ``base``, as a document, or why there is none.

    Raises BrokenAnswerError, and what ``requests`` and google-auth raise.
    """
    url = f"{base}/{question.path}"
    query = {**dict(question.parameters), **({"pageToken": token} if token else {})}
    with session.get(url, params=query, timeout=seconds, allow_redirects=False, stream=True) as response:
        body = _body(response)
        if response.status_code != 200:
            return _refusal(response, body, question.host)
    document = json.loads(body)
    if not isinstance(document, dict):
        raise BrokenAnswerError("the answer is no object")
    return document


def page_of(document: Mapping[str, Any], question: Question, source: Source) -> Page:
    """The page in an answer.  Raises BrokenAnswerError when one of its members is of a wrong type."""
    items, token = document.get(question.items, []), document.get("nextPageToken", "")
    unreachable = document.get("unreachable", [])
    if not _all(items, dict) or not isinstance(token, str) or not _all(unreachable, str):
        raise BrokenAnswerError("a field of the answer has a wrong type")
    return Page(tuple(items), token, tuple(unreachable), source)


def _all(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)


def _body(response: Any) -> bytes:
    body = bytearray()
    for piece in response.iter_content(2**16):
        body += piece
        if len(body) > _LARGEST:
            raise BrokenAnswerError("the answer is larger than a page can be")
    return bytes(body)


def _refusal(response: Any, body: bytes, host: str) -> Failure:
    from google.api_core.exceptions import format_http_response_error

    payload = {"error": _error(body)}
    error = format_http_response_error(response, "GET", "", payload)
    wait = response.headers.get("Retry-After", "")
    failure = failure_of(error, host)
    return replace(failure, wait=float(wait)) if wait.isdigit() else failure


def _error(body: bytes) -> dict[str, Any]:
    """What of an error in Google's form is in its form: the message and the details."""
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    error = told.get("error") if isinstance(told, dict) else None
    if not isinstance(error, dict):
        return {}
    details = error.get("details")
    whole = [each for each in details if _is_detail(each)] if isinstance(details, list) else []
    return {"message": str(error.get("message", "")), "details": whole}


def _is_detail(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("metadata", {}), dict)
