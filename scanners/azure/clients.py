"""The SDK's clients, one of each per target, and a single door through which every call goes.

They are the clients of azure-mgmt-resource, azure-mgmt-resource-subscriptions and azure-mgmt-resourcegraph, with a
pipeline of our own: theirs registers a resource provider that a subscription never used, which is a write.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from model.observed import Grade, Reason, Source
from model.places import Target
from scanners._jobs import Deadline
from scanners.azure.clouds import Cloud, cloud_of
from scanners.azure.errors import Failure, answered, broken, catchable, failure_of
from scanners.azure.pipeline import EnvironmentToken, policies, quota_seconds

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

T = TypeVar("T")

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
_POOL = 64
_SAFE = "/()'!*:@,;=&$+-._~"


@dataclass(frozen=True, slots=True)
class Answer:
    """A well-formed answer, a JSON object, and the source to quote for it."""

    data: dict[str, Any]
    source: Source


@dataclass(slots=True)
class _Once:
    """A value that several threads want and one of them computes."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    value: Any = None


class Seen:
    """Which resources Resource Graph gave of each subscription, as far as this process read all of them.

    A run that was resumed, or is spread over machines, reads the pages in several processes: none of them knows, then.
    """

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, str]] = {}
        self._read: dict[str, int] = {}
        self._whole: set[str] = set()

    def begin(self, subscriptions: Sequence[str], read: int) -> None:
        """The pages of ``subscriptions`` after ``read`` resources come next."""
        if read and self._read.get(subscriptions[0]) != read:
            return
        if not read:
            self._ids.update((each, {}) for each in subscriptions)
            self._whole.difference_update(subscriptions)
        self._read[subscriptions[0]] = read

    def add(self, subscription: str, resource_id: str) -> None:
        """Resource Graph gave this resource."""
        if subscription in self._ids:
            self._ids[subscription][resource_id.lower()] = resource_id

    def end(self, subscriptions: Sequence[str], before: int, read: int, whole: bool) -> None:
        """The pages from ``before`` to ``read`` were read; ``whole``: they were the last."""
        if self._read.get(subscriptions[0]) == before:
            self._read[subscriptions[0]] = read
            if whole:
                self._whole.update(subscriptions)

    def of(self, subscription: str) -> dict[str, str] | None:
        """Identifiers by their lower-case spelling, or ``None`` when this process cannot know all of them."""
        return self._ids[subscription] if subscription in self._whole else None


class Estate:
    """Everything kept in this process for one target: credential, clients, shared answers, the quota of the graph."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.cloud: Cloud = cloud_of(target)
        self.seen_by_graph = Seen()
        self._lock = threading.RLock()
        self._clients: dict[str, Any] = {}
        self._shared: dict[Hashable, _Once] = {}
        self._quota_until = 0.0

    def forget(self) -> None:
        """Nothing that was answered is kept; clients and credential are."""
        with self._lock:
            self._shared = {key: slot for key, slot in self._shared.items() if key in ("credential", "transport")}
        self.seen_by_graph = Seen()
        self._quota_until = 0.0

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What ``compute`` gave the first time it was asked for ``key`` in this run and process.

        A failure that may pass (no time left, too many calls) is not kept.
        """
        with self._lock:
            slot = self._shared.setdefault(key, _Once())
        with slot.lock:
            if not slot.done:
                slot.value = compute()
                passing = isinstance(slot.value, Failure) and slot.value.reason in (Reason.TIMEOUT, Reason.THROTTLED)
                slot.done = not passing
            value: T = slot.value
            return value

    def get(self, path: str, version: str, operation: str, deadline: Deadline) -> Answer | Failure:
        """The answer to ``GET path`` in the api-version ``version``; ``operation`` is the right that it needs."""
        glue = "&" if "?" in path else "?"
        given = path if "api-version=" in path else f"{path}{glue}{urlencode({'api-version': version})}"
        kind = "subscriptions" if path.partition("?")[0].rstrip("/") == "/subscriptions" else "resources"
        return self._send(kind, "GET", given, None, operation, deadline)

    def query(self, body: Mapping[str, Any], deadline: Deadline) -> Answer | Failure:
        """The answer of Resource Graph to a query, which it takes as a POST; waits while its quota is used up."""
        wait = self._quota_until - time.monotonic()
        if wait > deadline.remaining():
            return Failure(
                Reason.THROTTLED, "Quota", 429, "the quota of Resource Graph is used up for longer than this job has"
            )
        if wait > 0:
            time.sleep(wait)
        path = f"{GRAPH}?{urlencode({'api-version': '2022-10-01'})}"
        return self._send("graph", "POST", path, body, "Microsoft.ResourceGraph/resources/read", deadline)

    def source(self, operation: str) -> Source:
        """A source to quote for an operation called just now."""
        return _source(operation, datetime.now(UTC).replace(microsecond=0))

    def _send(
        self, kind: str, method: str, path: str, body: Mapping[str, Any] | None, operation: str, deadline: Deadline
    ) -> Answer | Failure:
        import orjson
        from azure.core.rest import HttpRequest

        if deadline.remaining() <= 0.0:
            return Failure(Reason.TIMEOUT, "Deadline", 0, "the time for this job was over before the call")
        read_at = datetime.now(UTC).replace(microsecond=0)
        bare, mark, query = path.partition("?")
        address = f"{self.cloud.endpoint}{quote(bare, safe=_SAFE)}{mark}{quote(query, safe=_SAFE + '%?')}"
        request = HttpRequest(method, address, json=body)
        try:
            client = self._client(kind)
            send = client.send_request if hasattr(client, "send_request") else client._send_request  # noqa: SLF001
            response = send(
                request,
                stream=True,
                timeout=deadline.remaining(),
                read_timeout=min(self._number("_timeout_seconds", 60), deadline.remaining()),
                enforce_https=urlsplit(self.cloud.endpoint).scheme == "https",
                retry_on_methods=("GET", "POST"),
            )
            with response:
                content = response.read()
            self._heed_quota(response.headers)
        except catchable() as error:
            return failure_of(error)
        try:
            data = orjson.loads(content)
        except ValueError:
            data = None
        if response.status_code != 200:
            return answered(response.status_code, data)
        if not isinstance(data, dict):
            return broken("the answer is no JSON object")
        return Answer(data, _source(operation, read_at))

    def _heed_quota(self, headers: Mapping[str, str]) -> None:
        """Remembers until when Resource Graph wants no further query, for every thread."""
        if headers.get("x-ms-user-quota-remaining") == "0":
            self._quota_until = time.monotonic() + quota_seconds(headers)

    def _number(self, key: str, default: int) -> int:
        value = self.target.setting(key)
        return value if isinstance(value, int) else default

    def _client(self, kind: str) -> Any:
        client = self._clients.get(kind)
        if client is None:
            with self._lock:
                client = self._clients.get(kind)
                if client is None:
                    client = self._clients[kind] = self._new_client(kind)
        return client

    def credential(self) -> TokenCredential:
        """The token of the configured variable, else what the SDK's own chain finds.

        Importing the chain takes a second, hence only when it is used.
        """
        name = self.target.setting("token_env")
        if isinstance(name, str):
            return EnvironmentToken(name)
        from azure.identity import DefaultAzureCredential

        return DefaultAzureCredential(authority=self.cloud.authority)

    def _new_client(self, kind: str) -> Any:
        chain = policies(self.once("credential", self.credential), self.cloud.scope, self._number("_attempts", 4))
        common = {
            "credential": self.once("credential", self.credential),
            "base_url": self.cloud.endpoint,
            "credential_scopes": [self.cloud.scope],
            "policies": chain,
            "transport": self.once("transport", _transport),
        }
        if kind == "graph":
            from azure.mgmt.resourcegraph import ResourceGraphClient

            return ResourceGraphClient(**common)
        if kind == "subscriptions":
            from azure.mgmt.resource.subscriptions import SubscriptionClient

            return SubscriptionClient(**common)
        from azure.mgmt.resource.resources import ResourceManagementClient

        return ResourceManagementClient(subscription_id="-", **common)


def _transport() -> Any:
    """One pool of connections for all clients of a target."""
    import requests
    from azure.core.pipeline.transport import RequestsTransport
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.mount("https://", HTTPAdapter(pool_maxsize=_POOL))
    session.mount("http://", HTTPAdapter(pool_maxsize=_POOL))
    return RequestsTransport(session=session, session_owner=False, connection_timeout=5)


_estates: dict[Target, Estate] = {}
_estates_lock = threading.Lock()


def estate_of(target: Target) -> Estate:
    """The estate of ``target`` in this process, made when first asked for."""
    with _estates_lock:
        if target not in _estates:
            _estates[target] = Estate(target)
        return _estates[target]


def renew(target: Target) -> Estate:
    """A fresh estate for ``target``: nothing that an earlier run of this process was told is kept."""
    with _estates_lock:
        _estates[target] = Estate(target)
        return _estates[target]


@lru_cache(maxsize=4096)
def _source(what: str, read_at: datetime) -> Source:
    return Source(what, read_at, Grade.API)
