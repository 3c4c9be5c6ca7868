"""One client per target and process, and a single door through which every call goes.

Three operations of the Cloud Asset API, and GET requests to the services that it does not cover, are all that is ever
called; each only reads.
"""

from __future__ import annotations

import os
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from model.observed import Grade, Reason, Source
from model.places import Target
from scanners._jobs import Deadline
from scanners.gcp.errors import BrokenAnswerError, Failure, catchable, failure_of
from scanners.gcp.rest import Page, Question, fetch, page_of

T = TypeVar("T")

SEARCH, LIST, POLICIES = "SearchAllResources", "ListAssets", "SearchAllIamPolicies"
UNIVERSE = "googleapis.com"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ATTEMPTS = 5
_CALL_SECONDS = 60
_LONGEST_WAIT = 60.0
# Answers that may be better the next time (https://cloud.google.com/asset-inventory/docs/quota and AIP-194).
_PASSING = frozenset({Reason.THROTTLED, Reason.UNREACHABLE})
# The only scope that the API accepts: what may be done is for the role to say.
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


@dataclass(frozen=True, slots=True)
class Answer:
    """One page, as the protocol buffer that came over the wire, and the source to quote for it."""

    page: Any
    source: Source


@dataclass(slots=True)
class _Once:
    """A value that several threads want and one of them computes."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    value: Any = None


class Estate:
    """Everything kept in this process for one target: the client, and what several jobs want to know."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lock = threading.RLock()
        self._client: Any = None
        self._shared: dict[Hashable, _Once] = {}
        self._not_before = 0.0
        self._mine = threading.local()

    @property
    def scope(self) -> str:
        """``organizations/N``, ``folders/N`` or ``projects/P``."""
        return self.text("scope")

    @property
    def universe(self) -> str:
        """The domain of the cloud: Google's own, or that of a partner who runs it."""
        return self.text("universe_domain") or UNIVERSE

    @property
    def endpoint(self) -> str:
        """Where the calls go, as ``host`` or ``host:port``."""
        return self.text("endpoint") or f"cloudasset.{self.universe}"

    @property
    def rest_endpoint(self) -> str:
        """Where a stand-in answers for every service that is asked over HTTP, as ``host:port``; else empty."""
        return self.text("rest_endpoint")

    @property
    def asks_services(self) -> bool:
        """Whether services may be asked over HTTP: beside a stand-in of the inventory only another stand-in is."""
        return bool(self.rest_endpoint) or self.endpoint.rpartition(":")[0].strip("[]") not in LOOPBACK

    @property
    def breadth(self) -> int | None:
        """How many projects are asked for their services, and in how many places each; ``None`` for all."""
        return self._number("_breadth", 0) or None

    def host_of_service(self, name: str) -> str:
        """The host that Google calls ``name``, in this universe."""
        return f"{name.removesuffix(UNIVERSE)}{self.universe}" if name.endswith(f".{UNIVERSE}") else name

    def text(self, key: str) -> str:
        """A setting as text, empty when it is not given."""
        value = self.target.setting(key)
        return value if isinstance(value, str) else ""

    def _number(self, key: str, default: int) -> int:
        value = self.target.setting(key, default)
        return value if isinstance(value, int) else default

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What ``compute`` gave the first time it was asked for ``key`` in this run and process.

        What is ``passing`` (no time left, too many calls) is not kept.
        """
        with self._lock:
            slot = self._shared.setdefault(key, _Once())
        with slot.lock:
            if not slot.done:
                slot.value = compute()
                slot.done = not getattr(slot.value, "passing", False)
            value: T = slot.value
            return value

    def call(self, operation: str, request: Mapping[str, Any], deadline: Deadline) -> Answer | Failure:
        """One page of an operation, or why there is none; a deadline that has passed is such a reason.

        What may pass is asked again, a few times, after as long as the service asks for, while the deadline allows.
        """
        return self._patiently(lambda: self._once_asked(operation, request, deadline), deadline)

    def get(self, question: Question, token: str, deadline: Deadline) -> Page | Failure:
        """One page of a list that a service gives over HTTP, or why there is none, as ``call`` does."""
        return self._patiently(lambda: self._once_got(question, token, deadline), deadline)

    def _patiently(self, ask: Callable[[], T | Failure], deadline: Deadline) -> T | Failure:
        attempts = self._number("_attempts", _ATTEMPTS)
        for attempt in range(attempts):
            self._keep_away(deadline)
            if deadline.remaining() <= 0.0:
                return Failure(Reason.TIMEOUT, "Deadline", "the time for this job was over before the call")
            answer = ask()
            if not isinstance(answer, Failure) or answer.reason not in _PASSING:
                return answer
            pause = answer.wait if answer.wait is not None else min(2.0**attempt, 30.0) * random.uniform(0.5, 1.0)  # noqa: S311
            if attempt + 1 == attempts or pause > min(_LONGEST_WAIT, deadline.remaining()):
                return answer
            # The quota is the caller's: every call of this process stays away for as long.
            self._not_before = max(self._not_before, time.monotonic() + pause)
        return answer

    def _keep_away(self, deadline: Deadline) -> None:
        pause = self._not_before - time.monotonic()
        if pause > 0:
            time.sleep(min(pause, deadline.remaining()))

    def _once_asked(self, operation: str, request: Mapping[str, Any], deadline: Deadline) -> Answer | Failure:
        read_at = datetime.now(UTC).replace(microsecond=0)
        most = float(self._number("_timeout_seconds", _CALL_SECONDS))
        try:
            method, message = _OPERATIONS[operation]
            pager = getattr(self.client(), method)(
                request=_request(message, request), retry=None, timeout=min(most, max(0.1, deadline.remaining()))
            )
            page = next(iter(pager.pages))
            page = type(page).pb(page)
            _check(page)
        except catchable() as error:
            return failure_of(error)
        return Answer(page, _source(f"cloudasset:{operation}", read_at))

    def _once_got(self, question: Question, token: str, deadline: Deadline) -> Page | Failure:
        read_at = datetime.now(UTC).replace(microsecond=0)
        most = float(self._number("_timeout_seconds", _CALL_SECONDS))
        base = f"http://{self.rest_endpoint}/" if self.rest_endpoint else "https://"
        try:
            seconds = min(most, max(0.1, deadline.remaining()))
            answer = fetch(self._session(), f"{base}{self.host_of_service(question.host)}", question, token, seconds)
            if isinstance(answer, Failure):
                return answer
            return page_of(answer, question, _source(question.operation, read_at))
        except catchable() as error:
            return failure_of(error)

    def _session(self) -> Any:
        """The HTTP session of this thread: Google's own, which renews tokens; a plain one without credentials."""
        if not hasattr(self._mine, "session"):
            self._mine.session = self._new_session()
        return self._mine.session

    def _new_session(self) -> Any:
        if self.rest_endpoint and not self.text("token_env"):
            import requests

            session = requests.Session()
        else:
            from google.auth.transport.requests import AuthorizedSession

            session = AuthorizedSession(self._credentials(), max_refresh_attempts=1)  # type: ignore[no-untyped-call]
        # What stands on this machine is not asked through a proxy.
        session.trust_env = not self.rest_endpoint
        return session

    def client(self) -> Any:
        """The SDK's client; gRPC shares its connection between threads.  Raises what the SDK raises."""
        with self._lock:
            if self._client is None:
                self._client = self._new_client()
            return self._client

    def _new_client(self) -> Any:
        from google.api_core.client_options import ClientOptions
        from google.auth.credentials import AnonymousCredentials
        from google.cloud.asset_v1 import AssetServiceClient

        host, _, port = self.endpoint.rpartition(":") if ":" in self.endpoint else (self.endpoint, "", "443")
        if host.strip("[]") in LOOPBACK and not _speaks_tls(host.strip("[]"), int(port)):
            return AssetServiceClient(transport=_plain(self.endpoint, self._token()))
        options = ClientOptions(
            api_endpoint=self.endpoint,
            universe_domain=self.universe,
            quota_project_id=self.text("quota_project") or None,
        )
        if host.strip("[]") in LOOPBACK and not self._token():
            credentials: Any = AnonymousCredentials()  # type: ignore[no-untyped-call]
        else:
            credentials = self._credentials()
        return AssetServiceClient(credentials=credentials, client_options=options)

    def _token(self) -> str:
        return os.environ.get(self.text("token_env"), "") if self.text("token_env") else ""

    def _credentials(self) -> Any:
        """A ready token where one is configured, else the SDK's own chain (environment, gcloud, metadata server)."""
        import google.auth
        from google.auth.exceptions import DefaultCredentialsError
        from google.oauth2.credentials import Credentials

        if self.text("token_env"):
            if not self._token():
                raise DefaultCredentialsError("the variable of token_env is empty")  # type: ignore[no-untyped-call]
            return Credentials(token=self._token(), universe_domain=self.universe)  # type: ignore[no-untyped-call]
        credentials, _ = google.auth.default(scopes=list(_SCOPES), quota_project_id=self.text("quota_project") or None)
        return credentials


_OPERATIONS = {
    SEARCH: ("search_all_resources", "SearchAllResourcesRequest"),
    LIST: ("list_assets", "ListAssetsRequest"),
    POLICIES: ("search_all_iam_policies", "SearchAllIamPoliciesRequest"),
}


def _request(message: str, fields: Mapping[str, Any]) -> Any:
    from google.cloud import asset_v1

    return getattr(asset_v1, message)(dict(fields))


def _check(page: Any) -> None:
    """Raises BrokenAnswerError when a field came in another type than its own: it would look like an empty one."""
    from google.protobuf.unknown_fields import UnknownFieldSet  # type: ignore[import-untyped]

    known = page.DESCRIPTOR.fields_by_number
    if any(each.field_number in known for each in UnknownFieldSet(page)):
        raise BrokenAnswerError("a field of the answer has a wrong type")


def _plain(endpoint: str, token: str) -> Any:
    """A connection without TLS, for a stand-in on this machine."""
    import grpc  # type: ignore[import-untyped]
    from google.cloud.asset_v1.services.asset_service.transports import AssetServiceGrpcTransport

    channel = grpc.insecure_channel(endpoint, options=[("grpc.max_receive_message_length", -1)])
    if token:
        channel = grpc.intercept_channel(channel, _bearer(token))
    return AssetServiceGrpcTransport(channel=channel)


def _bearer(token: str) -> Any:
    """What adds the token to each call: gRPC itself refuses to send credentials without TLS."""
    import grpc

    class Bearer(grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc]
        def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
            metadata = [*(details.metadata or ()), ("authorization", f"Bearer {token}")]
            return continuation(details._replace(metadata=metadata), request)

    return Bearer()


def _speaks_tls(host: str, port: int) -> bool:
    """Whether a server of this machine answers in TLS; one that does not is spoken to in plain text."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    try:
        with socket.create_connection((host, port), timeout=2) as raw, context.wrap_socket(raw, server_hostname=host):
            return True
    except OSError:
        return False


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


@lru_cache(maxsize=1024)
def _source(what: str, read_at: datetime) -> Source:
    return Source(what, read_at, Grade.API)
