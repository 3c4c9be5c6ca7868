"""A Cloud Asset Inventory on this machine: gRPC, pages, permissions, and the failures of the real one on order."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import grpc
from google.cloud import asset_v1
from google.protobuf import any_pb2, duration_pb2, json_format, timestamp_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from tests.scanners.bed import NOWHERE, Kind

SERVICE = "google.cloud.asset.v1.AssetService"
_MESSAGES = {
    "SearchAllResources": (asset_v1.SearchAllResourcesRequest, asset_v1.SearchAllResourcesResponse),
    "ListAssets": (asset_v1.ListAssetsRequest, asset_v1.ListAssetsResponse),
    "SearchAllIamPolicies": (asset_v1.SearchAllIamPoliciesRequest, asset_v1.SearchAllIamPoliciesResponse),
}
_PLACES = frozenset(
    {"location", "locations", "locationId", "region", "zone", "storageLocations", "allowedPersistenceRegions", "config"}
)
_PACE = 0.02


@dataclass(frozen=True)
class Asset:
    """One resource.  ``sources`` are the operations that hold it; ``data`` its settings, ``None`` for none."""

    name: str
    type: str
    data: dict[str, Any] | None
    location: str = ""
    project: str = "projects/4711"
    labels: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    created: str = "2025-03-01T08:00:00Z"
    sources: tuple[str, ...] = ("SearchAllResources", "ListAssets")


@dataclass(frozen=True)
class Call:
    """One call as it arrived."""

    operation: str
    request: Any
    metadata: dict[str, str]


class Inventory(grpc.GenericRpcHandler):  # type: ignore[misc]
    """The server, in plain text unless it has a ``certificate`` (key and chain in PEM).

    ``failures`` are (operation, status) for the next calls, each used once; ``pause`` is how long each answer takes.
    """

    def __init__(
        self,
        assets: Sequence[Asset] = (),
        policies: Sequence[tuple[str, str]] = (),
        page: int = 500,
        certificate: tuple[bytes, bytes] | None = None,
    ) -> None:
        self.assets, self.policies, self.page = list(assets), list(policies), page
        self.calls: list[Call] = []
        self.failures: list[tuple[str, status_pb2.Status]] = []
        self.unknown_types: set[str] = set()
        self.pause = 0.0
        self._fault: tuple[Kind, str] | None = None
        self._endless = 0
        self._server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((self,))
        if certificate is None:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        else:
            self.port = self._server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([certificate]))
        self._server.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(0).wait()

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    @contextmanager
    def fault(self, kind: Kind, operation: str) -> Iterator[None]:
        """While the block runs, ``operation`` fails so."""
        self._fault = (kind, operation)
        try:
            yield
        finally:
            self._fault = None

    def fail(self, operation: str, code: grpc.StatusCode, *, wait: float | None = None, reason: str = "") -> None:
        """The next call of ``operation`` fails; ``wait`` is sent as RetryInfo, ``reason`` as ErrorInfo."""
        self.failures.append((operation, status(code, wait, reason)))

    def service(self, details: Any) -> Any:
        """gRPC's handler of one call."""
        operation = details.method.rpartition("/")[2]
        if operation not in _MESSAGES or not details.method.startswith(f"/{SERVICE}/"):
            return None
        asked, _ = _MESSAGES[operation]

        def answer(request: Any, context: Any) -> bytes:
            self.calls.append(Call(operation, request, dict(context.invocation_metadata())))
            threading.Event().wait(self.pause)
            return self._answer(operation, request, context)

        return grpc.unary_unary_rpc_method_handler(answer, request_deserializer=asked.deserialize)

    def _answer(self, operation: str, request: Any, context: Any) -> bytes:
        for each in self.failures:
            if each[0] == operation:
                self.failures.remove(each)
                context.abort_with_status(rpc_status.to_status(each[1]))
        kind = self._fault[0] if self._fault and self._fault[1] == operation else None
        if kind in _STATUSES:
            context.abort_with_status(rpc_status.to_status(_STATUSES[kind]))
        if kind is Kind.HANG:
            threading.Event().wait(3)
        if kind is Kind.RESET:
            context.abort(grpc.StatusCode.UNAVAILABLE, "recvmsg:Connection reset by peer")
        if self.unknown_types.intersection(getattr(request, "asset_types", ())):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "asset type is not supported")
        return self._spoilt(kind, self._page(operation, request, kind), _MESSAGES[operation][1])

    def _page(self, operation: str, request: Any, kind: Kind | None) -> Any:
        rows = self._rows(operation, request, kind)
        start = int(request.page_token.partition(":")[0] or 0)
        end = start + min(request.page_size or 100, self.page)
        token = str(end) if end < len(rows) else ""
        if kind is Kind.ENDLESS_PAGES:
            self._endless += 1
            threading.Event().wait(_PACE)
            token = f"{start}:{self._endless}"
        _, message = _MESSAGES[operation]
        name = "assets" if operation == "ListAssets" else "results"
        page = rows[start:end]
        if kind is Kind.REPEAT_ITEM:
            page = [row for row in page for _ in range(2)]
        return message({name: page, "next_page_token": token})

    def _rows(self, operation: str, request: Any, kind: Kind | None) -> list[Any]:
        if operation == "SearchAllIamPolicies":
            return [policy(*each) for each in self.policies]
        wanted = set(request.asset_types)
        chosen = [one for one in self.assets if operation in one.sources and (not wanted or one.type in wanted)]
        lost = kind is Kind.UNKNOWN_PLACE
        return [result(each, lost) if operation == "SearchAllResources" else asset(each, lost) for each in chosen]

    def _spoilt(self, kind: Kind | None, page: Any, message: Any) -> bytes:
        body: bytes = message.serialize(page)
        match kind:
            case Kind.CUT:
                # Ends within a field: gRPC's own frame around it is whole.
                return body[: len(body) - 3] if len(body) > 8 else b"\x0a\x7f"
            case Kind.GARBLE:
                return b'\x00{"<' + body[: len(body) // 2]
            case Kind.PORTAL:
                return b"<html><head><title>Portail</title></head><body>Identifiez-vous</body></html>"
            case Kind.WRONG_TYPE:
                # The list as a number: another wire type for the same field.
                return b"\x08\x01"
        return body


def status(
    code: grpc.StatusCode, wait: float | None = None, reason: str = "", message: str = "no"
) -> status_pb2.Status:
    """A status with the details that Google sends."""
    details = []
    if wait is not None:
        whole = int(wait)
        delay = duration_pb2.Duration(seconds=whole, nanos=int((wait - whole) * 1e9))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    if reason:
        metadata = {"service": "cloudasset.googleapis.com", "consumer": "projects/4711"}
        details.append(error_details_pb2.ErrorInfo(reason=reason, domain="googleapis.com", metadata=metadata))
    packed = []
    for each in details:
        one = any_pb2.Any()
        one.Pack(each)
        packed.append(one)
    return status_pb2.Status(code=code.value[0], message=message, details=packed)


_STATUSES = {
    Kind.REFUSE: status(grpc.StatusCode.PERMISSION_DENIED, reason="IAM_PERMISSION_DENIED"),
    Kind.THROTTLE: status(grpc.StatusCode.RESOURCE_EXHAUSTED, 30, "RATE_LIMIT_EXCEEDED"),
    Kind.EXPIRED: status(grpc.StatusCode.UNAUTHENTICATED, reason="ACCESS_TOKEN_EXPIRED"),
    Kind.CLOCK: status(
        grpc.StatusCode.UNAUTHENTICATED, message="Token must be a short-lived token and in a reasonable timeframe"
    ),
    Kind.HTTP500: status(grpc.StatusCode.INTERNAL),
}


def result(one: Asset, lost: bool = False) -> Any:
    """``one`` as SearchAllResources gives it."""
    created = timestamp_pb2.Timestamp()
    created.FromJsonString(one.created)
    found = asset_v1.ResourceSearchResult.pb(
        asset_v1.ResourceSearchResult(
            name=one.name,
            asset_type=one.type,
            project=one.project,
            location=NOWHERE if lost and one.location else one.location,
            labels=one.labels,
            kms_keys=one.keys,
        )
    )
    found.create_time.CopyFrom(created)
    if one.data is not None:
        version = found.versioned_resources.add(version="v1")
        json_format.ParseDict(_moved(one.data) if lost else one.data, version.resource)
    return asset_v1.ResourceSearchResult.wrap(found)


def asset(one: Asset, lost: bool = False) -> Any:
    """``one`` as ListAssets gives it."""
    found = asset_v1.Asset.pb(
        asset_v1.Asset(name=one.name, asset_type=one.type, ancestors=[one.project, "organizations/42"])
    )
    found.resource.version = "v1"
    found.resource.location = NOWHERE if lost and one.location else one.location
    found.resource.parent = f"//cloudresourcemanager.googleapis.com/{one.project}"
    if one.data is not None:
        json_format.ParseDict(_moved(one.data) if lost else one.data, found.resource.data)
    return asset_v1.Asset.wrap(found)


def _moved(value: Any, place: bool = False) -> Any:
    """``value`` with every place in it unknown."""
    if isinstance(value, dict):
        return {name: _moved(each, name in _PLACES) for name, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, place) for each in value]
    return NOWHERE if place and isinstance(value, str) else value


def policy(resource: str, member: str) -> Any:
    """A policy that lets ``member`` read ``resource``; without a member it grants nothing."""
    bindings = [{"role": "roles/storage.objectViewer", "members": [member]}] if member else []
    return asset_v1.IamPolicySearchResult(resource=resource, project="projects/4711", policy={"bindings": bindings})


def free_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
