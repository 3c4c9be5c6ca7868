"""Which operation, of which service, in which account and region, an HTTP request asks for."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from scanners._models import loader
from scanners._standin.rights import actions_of

_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]+)/([^/]+)/")
_VERSION_2 = re.compile(r"(?:^|&)AWSAccessKeyId=(\w+)")
# Of services that no request can tell apart, the one to name.
_PREFERRED = frozenset({"bedrock", "rds", "timestream-write"})
READS = ("Get", "List", "Describe", "Head", "Search", "Select", "BatchGet", "BatchDescribe", "Lookup", "Query", "Scan")
"""How the names of reading operations begin."""

# Services that moto has under another name.
_RENAMED = frozenset({"docdb", "lambda", "neptune"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the stand-in understood it.

    ``parameters`` are those of the API, by its own names; ``signed_for`` is the service named by the
    signature, which decides the prefix of the IAM action.
    """

    account: str
    region: str
    service: str
    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    signed_for: str = ""

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions that AWS checks for this call, any of which it may need; empty when none is needed."""
        return actions_of(self.service, self.operation, self.signed_for or signing_name(self.service))


@dataclass(frozen=True, slots=True)
class Credential:
    """What the signature says: the access key, the region and the service it was made for."""

    access_key: str
    region: str
    signing_name: str


def credential_of(authorization: str, body: bytes = b"") -> Credential | None:
    """The credential scope of a SigV4 ``Authorization`` header, or ``None`` for an unsigned request.

    SimpleDB alone still signs in version 2, with fields of the body that name neither region nor service.
    """
    if found := _SCOPE.search(authorization):
        return Credential(*found.groups())
    old = _VERSION_2.search(body[:8192].decode("latin-1"))
    return Credential(old[1], "us-east-1", "sdb") if old else None


def identify(environ: dict[str, Any], body: bytes, scope: Credential) -> tuple[str, str, dict[str, Any]] | None:
    """The (service, operation, parameters) that a request asks for, or ``None`` when no service model knows it.

    Services that share a signature and an interface (rds, docdb and neptune) are all told as one: ``rds``.
    """
    from werkzeug.exceptions import HTTPException

    request = _request(environ, body)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    for service in _candidates(scope.signing_name, target, body):
        try:
            operation, path_parameters = _router(service).match(request)
        except (HTTPException, NotImplementedError):
            continue
        if scope.signing_name == "s3express" and operation.name == "ListBuckets":
            # The two listings differ in nothing but the endpoint.
            operation = operation.service_model.operation_model("ListDirectoryBuckets")
        return service, operation.name, _parameters(request, operation, path_parameters)
    return None


def signing_name(service: str) -> str:
    """The name under which calls to ``service`` are signed."""
    return _metadata()[service].get("signingName") or _metadata()[service]["endpointPrefix"]


def _request(environ: dict[str, Any], body: bytes) -> Any:
    from moto.core.request import Request

    return Request({**environ, "wsgi.input": io.BytesIO(body)})


def _candidates(name: str, target: str, body: bytes) -> list[str]:
    services = _metadata()
    if name == "s3express":
        return ["s3"]
    if target:
        prefix = target.rpartition(".")[0]
        twins = [s for s, meta in services.items() if meta.get("targetPrefix") == prefix]
        return sorted(twins, key=lambda s: (s not in _PREFERRED, s))
    named = [s for s, meta in services.items() if name in (meta.get("signingName"), meta["endpointPrefix"])]
    version = parse_qs(body.decode("utf-8", "replace")).get("Version", [""])[0] if body[:1] != b"{" else ""
    dated = [s for s in named if version and services[s]["apiVersion"] == version]
    # The service called as its signature is the widest (s3 takes any path), hence tried last.
    return sorted(dated or named, key=lambda s: (s not in _PREFERRED, s == name, s))


@cache
def _metadata() -> dict[str, dict[str, str]]:
    """The metadata of every service of the SDK, read from the head of each file: whole models take seconds."""
    decoder = json.JSONDecoder()
    found: dict[str, dict[str, str]] = {}
    for service in loader("stand-in").list_available_services("service-2"):
        version = loader("stand-in").determine_latest_version(service, "service-2")
        for root in loader("stand-in").search_paths:
            path = Path(root) / service / version / "service-2.json.gz"
            if path.exists():
                with gzip.open(path, "rt", encoding="utf-8") as file:
                    head = file.read(8192)
                start = head.index('"metadata":') + len('"metadata":')
                found[service] = decoder.raw_decode(head[start:].lstrip())[0]
                break
    return found


@cache
def _router(service: str) -> Any:
    """What tells the operation of a request.  Of a service that moto lacks, only reads are ever answered."""
    from moto.backends import list_of_moto_modules
    from moto.core.routing import ServiceOperationRouter, get_service_router
    from moto.core.utils import get_service_model

    if service in _RENAMED or service.replace("-", "") in set(list_of_moto_modules()):
        return get_service_router(service)
    model = get_service_model(service)
    whole = model._service_description  # noqa: SLF001
    reads = {name: each for name, each in whole["operations"].items() if name.startswith(READS)}
    return ServiceOperationRouter(type(model)({**whole, "operations": reads}, service))


def _parameters(request: Any, operation: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    from moto.core.parse import PROTOCOL_PARSERS

    protocol = str(operation.service_model.resolved_protocol)
    parser = PROTOCOL_PARSERS[protocol](operation)
    return dict(
        parser.parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.data,
                "url_path": request.path,
                "url_params": path_parameters,
            }
        )
    )
