"""Reading a list to its end, and telling an empty list from an answer that merely looks empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from model.observed import Reason
from scanners._jobs import Deadline
from scanners._table import Row, evaluate
from scanners.aws.bodies import check_body
from scanners.aws.clients import Answer, Estate, Scope
from scanners.aws.errors import BrokenAnswerError, Failure, failure_of

# A service may send empty pages with a token; so many in a row, or so many pages at all, is no list any more.
_FRUITLESS_PAGES = 30
_PAGES = 50_000
# The word of a row all of whose items are one store: people, numbers and texts are neither counted nor kept.
FIRST = "first"


@dataclass(frozen=True, slots=True)
class Tokens:
    """How an operation hands out its pages: parameter, expression for the next token, and for "there is more"."""

    parameter: str
    expression: str
    more: str = ""


def tokens_of(row: Row, estate: Estate) -> Tokens | None:
    """The paging of a row: what its ``paging`` column says, else botocore's paginator, else a single answer.

    ``Token`` names one word for both directions, ``in=out`` two, and ``last PARAMETER FLAG`` pages by the last item
    for as long as the flag is true; ``first`` means that the first item tells all there is to tell.
    """
    if row.paging.startswith("last "):
        _, parameter, flag = row.paging.split()
        return Tokens(parameter, f"{row.items}[-1]", flag)
    if row.paging and row.paging != FIRST:
        parameter, _, out = row.paging.partition("=")
        return Tokens(parameter, out or parameter)
    return paginator_of(estate, row.client, row.operation)


def paginator_of(estate: Estate, service: str, operation: str) -> Tokens | None:
    """The paging that botocore knows of an operation."""
    return estate.once(("paginator", service, operation), lambda: _paginator(estate, service, operation))


def _paginator(estate: Estate, service: str, operation: str) -> Tokens | None:
    from botocore.exceptions import DataNotFoundError

    loader = estate.session("").get_component("data_loader")
    try:
        known = loader.load_service_model(service, "paginators-1")["pagination"].get(operation)
    except DataNotFoundError:
        return None
    if not known or not isinstance(known["input_token"], str):
        return None
    return Tokens(known["input_token"], known["output_token"], known.get("more_results", ""))


def plain_token(model: Any) -> Tokens | None:
    """The paging of an operation that botocore does not know: a token of the same name in question and answer."""
    asked = set(model.input_shape.members) if model.input_shape is not None else set()
    told = set(model.output_shape.members) if model.output_shape is not None else set()
    return next((Tokens(name, name) for name in ("NextToken", "nextToken") if name in asked & told), None)


def pages(
    estate: Estate,
    service: str,
    scope: Scope,
    operation: str,
    parameters: Mapping[str, Any],
    tokens: Tokens | None,
    deadline: Deadline,
) -> Iterator[Answer | Failure]:
    """The answers of an operation, page by page; a failure is the last thing that comes.

    A token that comes back a second time, and pages that never end, are failures and not loops.
    """
    given = dict(parameters)
    seen: set[str] = set()
    for _ in range(_PAGES):
        answer = estate.call(service, scope, operation, given, deadline)
        yield answer
        if isinstance(answer, Failure) or tokens is None:
            return
        try:
            token = _next(tokens, answer.data)
        except ValueError:
            yield Failure(Reason.FAULT, "BrokenAnswer", 0, "the token of the next page could not be read")
            return
        if token is None:
            return
        if not isinstance(token, str) or token in seen:
            yield Failure(Reason.FAULT, "RepeatedToken", 0, "the same page was announced again: the list has no end")
            return
        seen.add(token)
        given[tokens.parameter] = token
    yield Failure(Reason.FAULT, "EndlessList", 0, "the list has no end")


def _next(tokens: Tokens, data: dict[str, Any]) -> Any:
    if tokens.more and not evaluate(tokens.more, data):
        return None
    return evaluate(tokens.expression, data) or None


def items_of(row: Row, estate: Estate, scope: Scope, answer: Answer) -> list[Any] | Failure:
    """The items of one page.

    An empty page must be earned: the body itself has to be an answer of this operation with an empty list
    (query protocols and rows marked ``?`` leave an empty list out).
    """
    try:
        found = evaluate(row.items, answer.data)
        single = isinstance(found, dict)
        if found is None or found == [] or (isinstance(found, list) and isinstance(found[0], str)):
            check_body(estate.model(row.client, scope, row.operation), row.items, row.optional, answer.body)
        if found is None:
            return []
        if not single and not isinstance(found, list):
            raise BrokenAnswerError(f"{row.items} is no list")
        return [found] if single else found
    except (BrokenAnswerError, ValueError, AttributeError) as error:
        return failure_of(error)


class Fruitless:
    """Counts the pages in a row that brought nothing new, and calls ``limit`` of them an endless list."""

    def __init__(self, limit: int = _FRUITLESS_PAGES) -> None:
        self._limit = limit
        self._count = 0

    def page(self, new_items: int) -> Failure | None:
        """A failure once too many pages have brought nothing new."""
        self._count = 0 if new_items else self._count + 1
        if self._count < self._limit:
            return None
        return Failure(Reason.FAULT, "EndlessList", 0, "page after page brought nothing new: the list has no end")
