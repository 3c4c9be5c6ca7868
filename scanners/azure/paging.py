"""Reading a list to its end, and telling an empty list from an answer that merely looks empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from model.observed import Reason
from scanners._jobs import Deadline
from scanners.azure.clients import Answer, Estate
from scanners.azure.errors import Failure, broken

_PAGES = 50_000
_FRUITLESS_PAGES = 30


def pages(estate: Estate, path: str, version: str, operation: str, deadline: Deadline) -> Iterator[Answer | Failure]:
    """The answers to a list, page by page; a failure is the last thing that comes.

    Of the address of the next page only path and query are taken: the token goes to the configured endpoint and
    nowhere else.  A page that is announced twice, and pages that never end, are failures and not loops.
    """
    seen = {path}
    for _ in range(_PAGES):
        answer = estate.get(path, version, operation, deadline)
        yield answer
        if isinstance(answer, Failure):
            return
        following = answer.data.get("nextLink")
        if following is None or following == "":
            return
        path = _path_of(following)
        if not path:
            yield broken("the address of the next page could not be read")
            return
        if path in seen:
            yield Failure(Reason.FAULT, "RepeatedPage", 0, "the same page was announced again: the list has no end")
            return
        seen.add(path)
    yield Failure(Reason.FAULT, "EndlessList", 0, "the list has no end")


def _path_of(address: Any) -> str:
    """Path and query of the address of a next page, empty when it is none."""
    try:
        parts = urlsplit(address) if isinstance(address, str) else None
    except ValueError:
        return ""
    if parts is None or not parts.path.startswith("/"):
        return ""
    path = unquote(parts.path)
    return f"{path}?{parts.query}" if parts.query else path


def items_of(answer: Answer) -> list[Any] | Failure:
    """The items of one page.  Only a list is one: an answer without ``value`` is no empty list."""
    value = answer.data.get("value")
    return value if isinstance(value, list) else broken("the answer holds no list")


class Fruitless:
    """Counts the pages in a row that brought nothing new, and calls many of them an endless list."""

    def __init__(self) -> None:
        self._count = 0

    def page(self, new_items: int) -> Failure | None:
        """A failure once too many pages have brought nothing new."""
        self._count = 0 if new_items else self._count + 1
        if self._count < _FRUITLESS_PAGES:
            return None
        return Failure(Reason.FAULT, "EndlessList", 0, "page after page brought nothing new: the list has no end")
