"""Answers in the protocol of their service: empty, planted, changed, or an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from scanners._standin.requests import Call

REQUEST_ID = "5f1c0de0-0000-4000-8000-00000000c0de"

Output = Mapping[str, Any]
Planted = Output | Callable[[Call], Output]
Amendment = Callable[[Call, dict[str, Any]], Output]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, complete."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class AwsError(Exception):
    """An error that the stand-in answers with.  A planted callable may raise it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status


@cache
def operation_model(service: str, operation: str) -> Any:
    """The SDK's model of one operation."""
    from moto.core.utils import get_service_model

    return get_service_model(service).operation_model(operation)


def protocol_of(service: str, operation: str) -> str:
    """The protocol in which botocore speaks to ``service``: json, query, ec2, rest-json or rest-xml."""
    return str(operation_model(service, operation).service_model.resolved_protocol)


def empty(service: str, operation: str) -> dict[str, Any]:
    """What an account that holds nothing is told: every list and map of the answer is there, and empty."""
    shape = operation_model(service, operation).output_shape
    # What a Get tells of one thing is left out when there is none; a listing may lie one level down.
    return _hollow(shape, 1 if operation.startswith("Get") else 0) if shape is not None else {}


def _hollow(shape: Any, depth: int) -> dict[str, Any]:
    output: dict[str, Any] = {}
    for name, member in shape.members.items():
        if "location" in member.serialization:
            continue
        if member.type_name == "list":
            output[name] = []
        elif member.type_name == "map":
            output[name] = {}
        elif (
            member.type_name == "structure"
            and depth == 0
            and any(inner.type_name == "list" for inner in member.members.values())
        ):
            output[name] = _hollow(member, depth + 1)
    return output


def serialise(service: str, operation: str, output: Output) -> Answer:
    """``output`` as the service would send it."""
    from moto.core.serialize import get_serializer_class

    serializer = get_serializer_class(service, protocol_of(service, operation))
    sent = serializer(operation_model=operation_model(service, operation)).serialize(dict(output))
    body = sent["body"].encode() if isinstance(sent["body"], str) else sent["body"]
    return Answer(sent["status_code"], body, {name: str(value) for name, value in sent["headers"].items()})


def parse(service: str, operation: str, answer: Answer) -> dict[str, Any]:
    """The output that botocore reads from a successful answer, without its response metadata."""
    from botocore.parsers import create_parser

    parser = create_parser(protocol_of(service, operation))
    headers = {name.lower(): value for name, value in answer.headers.items()}
    response = {"body": answer.body, "headers": headers, "status_code": answer.status}
    output = dict(parser.parse(response, operation_model(service, operation).output_shape))
    output.pop("ResponseMetadata", None)
    return output


def error(call: Call, failure: AwsError) -> Answer:
    """The error in the shape of the call's protocol, as in the "Common errors" page of each service."""
    code, message = escape(failure.code), escape(failure.message)
    match protocol_of(call.service, call.operation):
        case "json":
            body = json.dumps({"__type": failure.code, "message": failure.message})
            headers = {"Content-Type": "application/x-amz-json-1.1"}
        case "rest-json":
            body = json.dumps({"message": failure.message})
            headers = {"Content-Type": "application/json", "x-amzn-ErrorType": failure.code}
        case "ec2":
            body = (
                f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
                f"<RequestID>{REQUEST_ID}</RequestID></Response>"
            )
            headers = {"Content-Type": "text/xml;charset=UTF-8"}
        case _ if call.service == "s3":
            body = (
                f"<Error><Code>{code}</Code><Message>{message}</Message>"
                f"<RequestId>{REQUEST_ID}</RequestId><HostId>aG9zdA==</HostId></Error>"
            )
            headers = {"Content-Type": "application/xml"}
        case _:
            body = (
                f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
                f"<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
            )
            headers = {"Content-Type": "text/xml"}
    if call.operation.startswith("Head"):
        body = ""
    return Answer(failure.status, body.encode(), {**headers, "x-amzn-RequestId": REQUEST_ID})
