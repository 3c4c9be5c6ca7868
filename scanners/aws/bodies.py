"""Bodies of answers: telling nothing from an answer that could not be understood.

botocore reads a JSON body that is none, and an XML body of another operation, as an answer without members.
An empty result must therefore be earned: the body itself has to be an answer of the operation.
"""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

from scanners.aws.errors import BrokenAnswerError


def check_empty(model: Any, body: bytes) -> None:
    """Raises BrokenAnswerError unless ``body``, in which no member was found, is a whole answer of the operation."""
    protocol = model.service_model.resolved_protocol
    if protocol in ("json", "rest-json") and body.strip():
        try:
            value = json.loads(body)
        except ValueError:
            raise BrokenAnswerError("the answer is no JSON") from None
        if not isinstance(value, dict):
            raise BrokenAnswerError("the answer is no JSON object")
    elif protocol in ("query", "ec2"):
        _root(body, model.name)


def check_body(model: Any, items: str, optional: bool, body: bytes) -> None:
    """Raises BrokenAnswerError unless ``body`` is a well-formed answer of the operation whose list may be empty."""
    protocol = model.service_model.resolved_protocol
    names = _wire_names(model.output_shape, items.split("."))
    if protocol in ("json", "rest-json"):
        _check_json(body, names, optional)
    elif protocol in ("query", "ec2", "rest-xml"):
        _check_xml(body, names, optional, model.name, protocol)


def _wire_names(shape: Any, path: list[str]) -> list[str]:
    names = []
    for part in path:
        shape = shape.member if shape.type_name == "list" else shape
        member = shape.members[part.removesuffix("[]")]
        names.append(member.serialization.get("name", part))
        shape = member
    return names


def _check_json(body: bytes, names: list[str], optional: bool) -> None:
    try:
        value = json.loads(body)
    except ValueError:
        raise BrokenAnswerError("the answer is no JSON") from None
    if not isinstance(value, dict):
        raise BrokenAnswerError("the answer is no JSON object")
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None and optional:
        return
    if value is None:
        raise BrokenAnswerError(f"the answer lacks {names[-1]}")
    if not isinstance(value, list | dict):
        raise BrokenAnswerError(f"{names[-1]} is no list")


def check_root(body: bytes, word: str) -> None:
    """Raises BrokenAnswerError unless ``body`` is XML whose root has ``word`` in its name.

    For the answers of S3 that may hold nothing at all, and whose roots are not named after the operation.
    """
    if word not in _local(_root(body, "").tag):
        raise BrokenAnswerError(f"the answer is not about {word}")


def _root(body: bytes, operation: str) -> Any:
    try:
        root = ET.fromstring(body)  # noqa: S314  (botocore has parsed the same bytes before)
    except ET.ParseError:
        raise BrokenAnswerError("the answer is no XML") from None
    if operation and _local(root.tag) != f"{operation}Response":
        raise BrokenAnswerError(f"the answer is not one to {operation}")
    return root


def _check_xml(body: bytes, names: list[str], optional: bool, operation: str, protocol: str) -> None:
    root = _root(body, "" if protocol == "rest-xml" else operation)
    found = [element for element in root.iter() if _local(element.tag) == names[-1]]
    # A flattened list leaves nothing behind when it is empty; the roots of S3 Control are not named alike.
    same = optional and _local(root.tag)[:4] == operation[:4]
    if protocol == "rest-xml" and not found and not same:
        raise BrokenAnswerError(f"the answer lacks {names[-1]}")
    if any((element.text or "").strip() for element in found):
        raise BrokenAnswerError(f"{names[-1]} is no list")


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]
