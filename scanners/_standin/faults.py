"""Faults on order: the ways in which a real provider fails, one rule each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

from scanners._standin.answers import Answer, AwsError, error, parse, protocol_of, serialise
from scanners._standin.paging import paging_of
from scanners._standin.requests import Call

NOWHERE = "nowhere-9"
"""A region and a zone that no catalog holds."""


class Kind(StrEnum):
    """What goes wrong."""

    REFUSE = "refuse"
    THROTTLE = "throttle"
    SLOW = "slow"
    HANG = "hang"
    RESET = "reset"
    CUT = "cut"
    GARBLE = "garble"
    PORTAL = "portal"
    WRONG_TYPE = "wrong_type"
    ENDLESS_PAGES = "endless_pages"
    REPEAT_ITEM = "repeat_item"
    UNKNOWN_PLACE = "unknown_place"
    EXPIRED = "expired"
    CLOCK = "clock"
    HTTP500 = "http500"


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule.  Names are globs; ``resource`` is looked for among the texts of the call's parameters.

    ``times`` is how often it strikes (``None``: always) and ``seconds`` how long a slow answer waits.
    ``reason`` is added to the message of a refusal.
    """

    kind: Kind
    service: str = "*"
    operation: str = "*"
    region: str = "*"
    account: str = "*"
    resource: str = "*"
    times: int | None = None
    seconds: float = 0.2
    reason: str = "because no identity-based policy allows the action"

    def matches(self, call: Call) -> bool:
        """Whether this rule concerns ``call``."""
        pairs = (
            (call.service, self.service),
            (call.operation, self.operation),
            (call.region, self.region),
            (call.account, self.account),
        )
        if not all(fnmatchcase(word, pattern) for word, pattern in pairs):
            return False
        return self.resource == "*" or any(fnmatchcase(text, self.resource) for text in _texts(call.parameters))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return []


_CODES: Mapping[Kind, Mapping[str, tuple[str, int]]] = {
    Kind.REFUSE: {
        "json": ("AccessDeniedException", 400),
        "rest-json": ("AccessDeniedException", 403),
        "ec2": ("UnauthorizedOperation", 403),
        "*": ("AccessDenied", 403),
    },
    Kind.THROTTLE: {
        "json": ("ThrottlingException", 400),
        "rest-json": ("TooManyRequestsException", 429),
        "ec2": ("RequestLimitExceeded", 503),
        "query": ("Throttling", 400),
        "*": ("SlowDown", 503),
    },
    Kind.EXPIRED: {
        "json": ("ExpiredTokenException", 400),
        "rest-json": ("ExpiredTokenException", 403),
        "ec2": ("RequestExpired", 400),
        "query": ("ExpiredToken", 403),
        "*": ("ExpiredToken", 400),
    },
    Kind.CLOCK: {
        "json": ("InvalidSignatureException", 400),
        "rest-json": ("InvalidSignatureException", 403),
        "ec2": ("AuthFailure", 401),
        "query": ("SignatureDoesNotMatch", 403),
        "*": ("RequestTimeTooSkewed", 403),
    },
    Kind.HTTP500: {"json": ("InternalFailure", 500), "*": ("InternalError", 500)},
}

_MESSAGES = {
    Kind.THROTTLE: "Rate exceeded",
    Kind.EXPIRED: "The security token included in the request is expired",
    Kind.CLOCK: "Signature expired: 20260101T000000Z is now earlier than 20261121T080000Z (20261121T081500Z - 15 min.)",
    Kind.HTTP500: "We encountered an internal error. Please try again.",
}


def refusal(call: Call, actions: tuple[str, ...], reason: str) -> Answer:
    """The refusal of ``actions`` in the words of AWS."""
    wanted = ", ".join(actions) or f"{call.service}:{call.operation}"
    who = f"arn:aws:sts::{call.account}:assumed-role/LexsitusReadOnly/lexsitus"
    return _coded(call, Kind.REFUSE, f"User: {who} is not authorized to perform: {wanted} {reason}")


def failed(call: Call, fault: Fault) -> Answer | None:
    """The answer of a fault that needs no true answer to spoil, else ``None``."""
    if fault.kind is Kind.REFUSE:
        return refusal(call, call.actions, fault.reason)
    if fault.kind in _CODES:
        return _coded(call, fault.kind, _MESSAGES[fault.kind])
    return None


def _coded(call: Call, kind: Kind, message: str) -> Answer:
    codes = _CODES[kind]
    code, status = codes.get(protocol_of(call.service, call.operation), codes["*"])
    return error(call, AwsError(code, message, status))


_TYPED_LEAF = re.compile(rb">(?:\d[\d.:TZ+-]*|true|false)<")
_PLACE = re.compile(r"(?i)(?:region|zone)(?:name|s)?\Z|\Alocationconstraint\Z")
_PORTAL = b"<html><head><title>Portail</title></head><body><p>Identifiez-vous</p></body></html>"
_numbers = count(1)


def spoiled(call: Call, fault: Fault, answer: Answer) -> Answer:
    """A true answer, spoiled as ``fault`` says.  Length and connection faults are left to the server."""
    # An error that a header names would be understood without its body.
    headers = {name: text for name, text in answer.headers.items() if name.lower() != "x-amzn-errortype"}
    match fault.kind:
        case Kind.CUT:
            return Answer(answer.status, answer.body, headers)
        case Kind.GARBLE:
            return Answer(answer.status, b'\x00{"<' + answer.body[: len(answer.body) // 2], headers)
        case Kind.PORTAL:
            return Answer(200, _PORTAL, {"Content-Type": "text/html"})
        case Kind.WRONG_TYPE:
            return Answer(answer.status, _other_types(answer.body), answer.headers)
        case Kind.UNKNOWN_PLACE:
            if answer.status >= 300:
                return answer
            output = parse(call.service, call.operation, answer)
            moved = serialise(call.service, call.operation, _moved(output))
            region = {name: NOWHERE for name in answer.headers if name.lower() == "x-amz-bucket-region"}
            return Answer(moved.status, moved.body, {**moved.headers, **region})
        case Kind.ENDLESS_PAGES | Kind.REPEAT_ITEM:
            paging = paging_of(call.service, call.operation)
            if paging is None or answer.status >= 300:
                return answer
            output = parse(call.service, call.operation, answer)
            if fault.kind is Kind.REPEAT_ITEM:
                output[paging.items] = [item for item in output.get(paging.items) or [] for _ in range(2)]
            else:
                output[paging.token_out] = f"endless-{next(_numbers)}"
                if paging.more:
                    output[paging.more] = True
            return serialise(call.service, call.operation, output)
        case _:
            return answer


def _other_types(body: bytes) -> bytes:
    """The same document where every list is a text (JSON) or every number, instant and boolean is a word (XML)."""
    try:
        data = json.loads(body)
    except ValueError:
        return _TYPED_LEAF.sub(b">inattendu<", body)
    if not isinstance(data, dict):
        return b'"inattendu"'
    return json.dumps({name: "inattendu" if isinstance(item, list) else [item] for name, item in data.items()}).encode()


def _moved(value: Any, name: str = "") -> Any:
    """The same value where every region and zone is one that nobody knows."""
    if isinstance(value, Mapping):
        return {key: _moved(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, name) for item in value]
    return NOWHERE if isinstance(value, str) and value and _PLACE.search(name) else value
