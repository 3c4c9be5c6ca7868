"""The services of Google Cloud that are asked over HTTP, on this machine: pages, and the failures of the real ones.

What ``https://HOST/PATH`` serves is at ``/HOST/PATH``.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.scanners.bed import NOWHERE, Kind

PROJECT = "chu-recherche"
PLACE = f"projects/{PROJECT}/locations/europe-west9"
_PLACES = ("location", "locations", "region", "locationId")
_PACE = 0.02
Lists = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Get:
    """One request as it arrived."""

    operation: str
    verb: str
    path: str
    headers: Mapping[str, str]


def enabled(*services: str) -> list[dict[str, Any]]:
    """The services of a project, as ``services.list`` gives them."""
    return [
        {"name": f"projects/4711/services/{each}.googleapis.com", "state": "ENABLED", "config": {}} for each in services
    ]


def places(*codes: str) -> list[dict[str, Any]]:
    """The places of a service, as ``locations.list`` gives them."""
    return [{"name": f"projects/{PROJECT}/locations/{each}", "locationId": each} for each in codes]


def hospital() -> dict[str, Sequence[Mapping[str, Any]]]:
    """Something in every list that is asked for."""
    key = f"projects/{PROJECT}/locations/europe-west9/keyRings/chu/cryptoKeys/donnees"
    own = f"projects/{PROJECT}"
    return {
        f"serviceusage.googleapis.com/v1/{own}/services": enabled(
            "aiplatform", "analyticshub", "baremetalsolution", "bigqueryconnection", "translate", "dataflow", "redis",
            "firebasedatabase", "monitoring", "parallelstore", "parametermanager", "sourcerepo", "storage",
            "storagebatchoperations", "contactcenterinsights", "compute",
        ),
        f"aiplatform.googleapis.com/v1/{own}/locations": places("europe-west9", "europe-west1"),
        f"europe-west9-aiplatform.googleapis.com/v1/{PLACE}/ragCorpora": [
            {"name": f"{PLACE}/ragCorpora/1", "displayName": "notices", "encryptionSpec": {"kmsKeyName": key}}
        ],
        f"europe-west9-aiplatform.googleapis.com/v1/{PLACE}/reasoningEngines": [
            {"name": f"{PLACE}/reasoningEngines/2"}
        ],
        f"bigquerydatatransfer.googleapis.com/v1/{own}/locations": places("eu", "europe-west9"),
        f"analyticshub.googleapis.com/v1/{PLACE}/dataExchanges": [{"name": f"{PLACE}/dataExchanges/offres"}],
        f"analyticshub.googleapis.com/v1/{PLACE}/dataExchanges/offres/listings": [
            {
                "name": f"{PLACE}/dataExchanges/offres/listings/cohorte",
                "bigqueryDataset": {"dataset": f"{own}/datasets/cohorte"},
                "discoveryType": "DISCOVERY_TYPE_PUBLIC",
            }
        ],
        f"baremetalsolution.googleapis.com/v2/{own}/locations": places("europe-west9"),
        f"baremetalsolution.googleapis.com/v2/{PLACE}/volumes": [
            {"name": f"{PLACE}/volumes/lun", "currentSizeGib": "2"}
        ],
        f"bigqueryconnection.googleapis.com/v1/{PLACE}/connections": [
            {"name": f"{PLACE}/connections/sql", "cloudSql": {"instanceId": f"{PROJECT}:europe-west9:dossier"}}
        ],
        f"translate.googleapis.com/v3/{own}/locations": places("europe-west9"),
        f"translate.googleapis.com/v3/{PLACE}/glossaries": [
            {"name": f"{PLACE}/glossaries/g", "inputConfig": {"gcsSource": {"inputUri": "gs://chu-edsante/g.csv"}}}
        ],
        f"compute.googleapis.com/compute/v1/{own}/regions": [{"name": "europe-west9"}],
        f"dataflow.googleapis.com/v1b3/{PLACE}/snapshots": [
            {"id": "s1", "projectId": PROJECT, "region": "europe-west9", "sourceJobId": "j1", "diskSizeBytes": "7"}
        ],
        f"firebasedatabase.googleapis.com/v1beta/{own}/locations/-/instances": [
            {"name": "projects/4711/locations/us-central1/instances/rendez-vous"}
        ],
        f"monitoring.googleapis.com/v3/{own}/metricDescriptors": [
            {"name": f"{own}/metricDescriptors/custom.googleapis.com/{each}", "labels": [{"key": each}]}
            for each in ("lits", "urgences")
        ],
        f"parallelstore.googleapis.com/v1/{own}/locations/-/instances": [
            {"name": f"{own}/locations/europe-west9-a/instances/calcul", "capacityGib": "12"}
        ],
        f"parametermanager.googleapis.com/v1/{own}/locations": places("global", "europe-west9"),
        f"parametermanager.googleapis.com/v1/{own}/locations/global/parameters": [],
        f"parametermanager.europe-west9.rep.googleapis.com/v1/{PLACE}/parameters": [
            {"name": f"{PLACE}/parameters/reglage", "kmsKey": key}
        ],
        f"redis.googleapis.com/v1/{own}/locations": places("europe-west9"),
        f"redis.googleapis.com/v1/{PLACE}/backupCollections": [{"name": f"{PLACE}/backupCollections/c"}],
        f"redis.googleapis.com/v1/{PLACE}/backupCollections/c/backups": [
            {"name": f"{PLACE}/backupCollections/c/backups/{each}", "cluster": f"{PLACE}/clusters/sessions"}
            for each in ("lundi", "mardi", "mercredi")
        ],
        f"sourcerepo.googleapis.com/v1/{own}/repos": [{"name": f"{own}/repos/code", "size": "9"}],
        "storage.googleapis.com/storage/v1/b": [
            {"name": "chu-efface", "generation": "17", "location": "EUROPE-WEST9", "timeCreated": "2024-01-01"}
        ],
        f"storagebatchoperations.googleapis.com/v1/{own}/locations/global/jobs": [
            {"name": f"{own}/locations/global/jobs/menage", "bucketList": {"buckets": [{"bucket": "chu-edsante"}]}}
        ],
    }  # fmt: skip


class Services:
    """The server.  ``lists`` are items by host and path; a path that is not there has an empty list.

    ``refusals`` are (status, body) by operation, for every request; ``unreachable`` are places that lists leave out.
    """

    def __init__(self, lists: Lists, page: int = 2) -> None:
        self.lists, self.page = dict(lists), page
        self.calls: list[Get] = []
        self.refusals: dict[str, tuple[int, Any]] = {}
        self.unreachable: dict[str, list[str]] = {}
        self.headers: dict[str, str] = {}
        self._fault: tuple[Kind, str] | None = None
        self._endless = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def do_GET(self) -> None:
                outer._answer(self)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self.do_GET
                raise AttributeError(name)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def fault(self, kind: Kind, operation: str) -> Iterator[None]:
        """While the block runs, ``operation`` fails so."""
        self._fault = (kind, operation)
        try:
            yield
        finally:
            self._fault = None

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        where = unquote(parts.path).lstrip("/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        operation = operation_of(where)
        self.calls.append(Get(operation, handler.command, where, dict(handler.headers)))
        kind = self._fault[0] if self._fault and self._fault[1] == operation else None
        if kind is Kind.HANG:
            threading.Event().wait(2)
        if kind is Kind.RESET:
            # Closed with what was sent still unread by anyone: the peer gets a reset.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
            return
        status, body = _STATUSES.get(kind) or self.refusals.get(operation) or (200, None)
        document = json.dumps(body if body is not None else self._page(where, operation, query, kind)).encode()
        _send(handler, status, _spoilt(kind, document), self.headers, cut=kind is Kind.CUT)

    def _page(self, where: str, operation: str, query: Mapping[str, str], kind: Kind | None) -> dict[str, Any]:
        items = [dict(each) for each in self.lists.get(where, ())]
        start = int(query.get("pageToken", "0").partition(":")[0])
        end = start + self.page
        page = items[start:end]
        if kind is Kind.REPEAT_ITEM:
            page = [each for each in page for _ in range(2)]
        if kind is Kind.UNKNOWN_PLACE:
            page = [_moved(each) for each in page]
        member = _member(where)
        found: dict[str, Any] = {member: page} if items else {}
        if operation in self.unreachable:
            found["unreachable"] = self.unreachable[operation]
        if kind is Kind.WRONG_TYPE:
            found[member] = "3"
        if kind is Kind.ENDLESS_PAGES:
            self._endless += 1
            threading.Event().wait(_PACE)
            found["nextPageToken"] = f"{start}:{self._endless}"
        elif end < len(items):
            found["nextPageToken"] = str(end)
        return found


def operation_of(where: str) -> str:
    """What a gap calls a list: the service and the collection."""
    host, _, path = where.partition("/")
    service = host.partition(".")[0].removeprefix("europe-west9-").removeprefix("europe-west1-")
    return f"{service}:{path.rpartition('/')[2]}.list"


def _member(where: str) -> str:
    last = where.rpartition("/")[2]
    return "items" if last in ("b", "regions") else last


def refusal(code: int, status: str, reason: str = "", message: str = "no") -> tuple[int, dict[str, Any]]:
    """An error as Google's services write it."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"consumer": "projects/4711"},
    }
    error: dict[str, Any] = {"code": code, "message": message, "status": status}
    return code, {"error": {**error, "details": [detail]} if reason else error}


_STATUSES: dict[Kind | None, tuple[int, dict[str, Any]]] = {
    Kind.REFUSE: refusal(403, "PERMISSION_DENIED", "IAM_PERMISSION_DENIED"),
    Kind.THROTTLE: refusal(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"),
    Kind.EXPIRED: refusal(401, "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED"),
    Kind.CLOCK: refusal(401, "UNAUTHENTICATED", message="Token must be a short-lived token in a reasonable timeframe"),
    Kind.HTTP500: refusal(500, "INTERNAL"),
}


def _spoilt(kind: Kind | None, body: bytes) -> bytes:
    if kind is Kind.GARBLE:
        return b'\x00{"<' + body[: len(body) // 2]
    if kind is Kind.PORTAL:
        return b"<html><head><title>Portail</title></head><body>Identifiez-vous</body></html>"
    return body


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str], cut: bool) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2] if cut else body)
    handler.close_connection = handler.close_connection or cut


def _moved(item: dict[str, Any]) -> dict[str, Any]:
    """``item`` with every place in it unknown, also in its name."""
    moved = {name: NOWHERE if name in _PLACES else value for name, value in item.items()}
    name = moved.get("name")
    if isinstance(name, str) and "/locations/" in name:
        parts = name.split("/")
        parts[3] = NOWHERE
        moved["name"] = "/".join(parts)
    return moved
