"""Azure Resource Manager and Resource Graph on 127.0.0.1, as far as a scan asks them.

Bodies have the shapes that Microsoft publishes in its API specifications.  Lists come in pages, a token is asked for,
and any call can be made to fail.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from ssl import SSLContext
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from model.places import Target
from tests.scanners.bed import NOWHERE, Kind

TOKEN = "header.eyJ1cG4iOiJhdWRpdEBjaHUtZXhlbXBsZS5mciIsInRpZCI6InRlbmFudC0xIn0.signature"
GRAPH = "Microsoft.ResourceGraph/resources/read"
_CODES = {
    Kind.REFUSE: (403, "AuthorizationFailed"),
    Kind.THROTTLE: (429, "TooManyRequests"),
    Kind.EXPIRED: (401, "ExpiredAuthenticationToken"),
    Kind.CLOCK: (401, "InvalidAuthenticationToken"),
    Kind.HTTP500: (500, "InternalServerError"),
}
_PLACES = re.compile(r"location|region|Location|Region")
_numbers = count(1)


class Endpoint(ThreadingHTTPServer):
    """A tenant.  ``resources`` are ARM documents; ``lists`` hold the bodies of paths that list what no resource is.

    With a ``context`` it answers through TLS.  ``generation`` is that of the tokens of Resource Graph: those of an
    earlier one are not accepted any more, and counted in ``stale``.  ``graph_lacks`` and ``list_lacks`` are identifiers
    that the one or the other inventory leaves out.  ``calls`` are the operations that were asked, ``methods`` the HTTP
    methods.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, page: int = 100, context: SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.page = page
        self.subscriptions: dict[str, str] = {}
        self.resources: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.graph_lacks: set[str] = set()
        self.list_lacks: set[str] = set()
        self.calls: list[str] = []
        self.methods: set[tuple[str, str]] = set()
        self.queries: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, str], Any]] = []
        self.bodies: dict[str, Any] = {}
        self.truncated = False
        self.as_table = False
        self.quota = "14"
        self.generation = 0
        self.stale = 0
        self._fault: tuple[Kind, str] | None = None
        self.url = f"{'http' if context is None else 'https'}://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def add(self, *documents: dict[str, Any]) -> None:
        """Puts resources into the tenant."""
        for document in documents:
            self.resources[document["id"].lower()] = document

    @contextmanager
    def fault(self, kind: Kind, call: str) -> Iterator[None]:
        """While the block runs, ``call`` fails in this way."""
        self._fault = (kind, call)
        try:
            yield
        finally:
            self._fault = None

    def struck(self, call: str) -> Kind | None:
        """The fault that ``call`` meets now."""
        return self._fault[0] if self._fault and self._fault[1].lower() == call.lower() else None

    def of_subscription(self, subscription: str) -> list[dict[str, Any]]:
        """The resources of one subscription, in the order they were added."""
        return [each for each in self.resources.values() if each["id"].split("/")[2].lower() == subscription.lower()]

    def close(self) -> None:
        """Ends the service."""
        self.shutdown()
        self.server_close()


def operation_of(path: str) -> str:
    """The operation, which is also the right, that a path needs."""
    parts = unquote(path).strip("/").split("/")
    if parts == ["subscriptions"]:
        return "Microsoft.Resources/subscriptions/read"
    if "providers" not in parts:
        return f"Microsoft.Resources/subscriptions/{parts[-1]}/read"
    place = len(parts) - 1 - parts[::-1].index("providers")
    namespace, *rest = parts[place + 1 :]
    return "/".join((namespace, *rest[::2], "read"))


def target_of(endpoint: Endpoint, **settings: Any) -> Target:
    """A target that asks ``endpoint``, with few attempts unless ``settings`` say otherwise."""
    chosen = {
        "endpoint": endpoint.url,
        "token_env": "LEXSITUS_AZURE_TOKEN",
        "_attempts": 1,
        "_timeout_seconds": 10,
        **settings,
    }
    return Target("azure", "chu-azure", tuple(sorted(chosen.items())))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Endpoint

    def log_message(self, *_: object) -> None:
        """Nothing: the calls are counted."""

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        self._answer(json.loads(self.rfile.read(size) or b"{}"))

    def _answer(self, body: dict[str, Any]) -> None:
        server, address = self.server, urlsplit(self.path)
        call = operation_of(address.path)
        server.calls.append(call)
        server.methods.add((self.command, call))
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._error(401, "AuthenticationFailed")
        if "api-version" not in query:
            return self._error(400, "MissingApiVersionParameter")
        if server.answers:
            status, headers, data = server.answers.pop(0)
            return self._send(status, json.dumps(data).encode(), headers)
        kind = server.struck(call)
        if kind in _CODES:
            return self._error(*_CODES[kind], {"Retry-After": "1"} if kind is Kind.THROTTLE else {})
        if kind is Kind.HANG:
            time.sleep(2.5)
        if kind in (Kind.HANG, Kind.RESET):
            self.close_connection = True
            return None
        token = body.get("options", {}).get("$skipToken", f"{server.generation}/")
        if not token.startswith(f"{server.generation}/"):
            server.stale += 1
            return self._error(400, "BadRequest")
        found = self._find(unquote(address.path), query, body)
        if found is None:
            return self._error(404, "ResourceNotFound")
        return self._spoil(kind, call, found)

    def _find(self, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        server = self.server
        if path in server.bodies:
            return server.bodies[path]
        if path == "/subscriptions":
            listed = [
                {"id": f"/subscriptions/{each}", "subscriptionId": each, "displayName": each, "state": state}
                for each, state in server.subscriptions.items()
            ]
            return self._paged(path, query, listed)
        if path.startswith("/providers/Microsoft.ResourceGraph/"):
            server.queries.append(body)
            return self._graph(body)
        subscription = path.split("/")[2]
        if subscription.lower() not in {each.lower() for each in server.subscriptions}:
            return None
        if path in server.lists:
            return self._paged(path, query, server.lists[path])
        if path.endswith("/resources"):
            tracked: list[dict[str, Any]] = [
                {name: each[name] for name in ("id", "name", "type", "kind", "location", "sku", "tags") if name in each}
                for each in server.of_subscription(subscription)
                if each["id"].lower() not in server.list_lacks
            ]
            return self._paged(path, query, tracked)
        if path.lower() in server.resources:
            return server.resources[path.lower()]
        if path.rpartition("/providers/")[2].count("/") % 2 == 0:
            return None  # the address of one resource, which there is not
        kind = operation_of(path).removesuffix("/read").lower()
        same = [each for each in server.of_subscription(subscription) if each["type"].lower() == kind]
        return self._paged(path, query, same)

    def _paged(self, path: str, query: dict[str, str], items: list[dict[str, Any]]) -> dict[str, Any]:
        start, page = int(query.get("$skiptoken", 0)), self.server.page
        answer: dict[str, Any] = {"value": items[start : start + page]}
        if start + page < len(items):
            following = {**query, "$skiptoken": str(start + page)}
            answer["nextLink"] = f"https://management.azure.com{path}?{urlencode(following)}"
        return answer

    def _graph(self, body: dict[str, Any]) -> dict[str, Any]:
        types = set(re.findall(r"'([^']+)'", body["query"]))
        wanted = {each.lower() for each in body.get("subscriptions") or self.server.subscriptions}
        rows = [
            {**each, "type": each["type"].lower()}
            for key, each in sorted(self.server.resources.items())
            if each["type"].lower() in types and key not in self.server.graph_lacks and key.split("/")[2] in wanted
        ]
        options = body.get("options", {})
        start, page = (
            int(options.get("$skipToken", "/0").partition("/")[2]),
            min(int(options.get("$top", 100)), self.server.page),
        )
        answer: dict[str, Any] = {
            "totalRecords": len(rows),
            "count": len(rows[start : start + page]),
            "resultTruncated": "true" if self.server.truncated else "false",
            "data": rows[start : start + page],
            "facets": [],
        }
        if start + page < len(rows) and not self.server.truncated:
            answer["$skipToken"] = f"{self.server.generation}/{start + page}"
        if self.server.as_table:
            names = sorted({name for row in answer["data"] for name in row})
            cells = [[row.get(name) for name in names] for row in answer["data"]]
            answer["data"] = {"columns": [{"name": name, "type": "object"} for name in names], "rows": cells}
        return answer

    def _spoil(self, kind: Kind | None, call: str, found: Any) -> None:
        if kind is Kind.WRONG_TYPE:
            found = {name: "inattendu" if isinstance(each, list) else [each] for name, each in found.items()}
        if kind is Kind.ENDLESS_PAGES:
            token = f"endless-{next(_numbers)}"
            found = {**found, "$skipToken": token} if call == GRAPH else {**found, "nextLink": f"{self.path}&{token}=1"}
        if kind is Kind.REPEAT_ITEM:
            found = {
                name: [item for item in each for _ in range(2)] if name in ("value", "data") else each
                for name, each in found.items()
            }
        if kind is Kind.UNKNOWN_PLACE:
            found = _elsewhere(found)
        body = json.dumps(found).encode()
        headers = {"x-ms-user-quota-remaining": self.server.quota, "x-ms-user-quota-resets-after": "00:00:01"}
        if kind is Kind.CUT:
            return self._send(200, body[: len(body) // 2], headers, length=len(body))
        if kind is Kind.GARBLE:
            return self._send(200, b'\x00{"<' + body[: len(body) // 2], headers)
        if kind is Kind.PORTAL:
            return self._send(200, b"<html><body>Identifiez-vous</body></html>", {"Content-Type": "text/html"})
        return self._send(200, body, headers if call == GRAPH else {})

    def _error(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        text = f"The client 'audit' does not have authorization (correlation id {next(_numbers)})."
        self._send(status, json.dumps({"error": {"code": code, "message": text}}).encode(), headers or {})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str], length: int | None = None) -> None:
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            for name, text in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        self.close_connection = length is not None


def _elsewhere(value: Any, name: str = "") -> Any:
    """The same document, every place in it nowhere."""
    if isinstance(value, dict):
        return {key: _elsewhere(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_elsewhere(each, name) for each in value]
    return NOWHERE if isinstance(value, str) and _PLACES.search(name) else value
