"""One session per profile, few clients, and a single door through which every call goes.

Clients are built from service models that hold only the operations a scan needs (see rights.py): the code to
write or to read content is not there at all, and eighty services fit in a few megabytes.  A leaner transport
can replace :meth:`Estate.call` later without any other file noticing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import count
from typing import Any, TypeVar
from urllib.parse import urlsplit

from model.observed import Grade, Reason, Source
from model.places import Target
from scanners._jobs import Deadline
from scanners._models import file_loader
from scanners.aws import rights
from scanners.aws.bodies import check_empty
from scanners.aws.errors import Failure, catchable, failure_of

T = TypeVar("T")

# Services through which botocore finds and renews credentials: their models stay whole.
_CREDENTIAL_SERVICES = frozenset({"sts", "sso", "sso-oidc", "signin"})
_CLIENTS_KEPT = 256
_POOL = 64


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a call goes: one account seen from one region of one partition.

    ``member`` tells that the account is not the caller's own, hence asked through the configured role.
    """

    partition: str
    account: str
    region: str
    member: bool = False

    def text(self) -> str:
        """The scope as an argument of a job."""
        return ":".join((self.partition, self.account, self.region, "member" if self.member else "own"))

    @classmethod
    def parse(cls, text: str) -> Scope:
        """The scope that ``text()`` wrote."""
        partition, account, region, whose = text.split(":")
        return cls(partition, account, region, whose == "member")

    def at(self, region: str) -> Scope:
        """The same account seen from another region."""
        return Scope(self.partition, self.account, region, self.member)

    def __str__(self) -> str:
        return f"{self.region} of account {self.account}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A well-formed answer, its body as it came over the wire, and the source to quote for it."""

    data: dict[str, Any]
    body: bytes
    source: Source


@dataclass(slots=True)
class _Once:
    """A value that several threads want and one of them computes."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    value: Any = None


class Estate:
    """Everything kept in this process for one target: session, credentials, clients, shared answers."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lock = threading.RLock()
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._used: dict[tuple[str, str, str], int] = {}
        self._uses = count()
        self._shared: dict[Hashable, _Once] = {}
        self._sessions: dict[str, Any] = {}
        self._bodies = threading.local()

    def text(self, key: str) -> str:
        """A setting as text, empty when it is not given."""
        value = self.target.setting(key)
        return value if isinstance(value, str) else ""

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

    def forget(self) -> None:
        """What was told so far will be asked again.  Clients and credentials stay."""
        with self._lock:
            self._shared.clear()

    def close(self) -> None:
        """Ends the connections that the clients keep open.  A client that is used again opens new ones."""
        with self._lock:
            for client in self._clients.values():
                client.close()

    def home_region(self) -> str:
        """The region asked when a question has none: the profile's own, else the first configured, else Paris.

        Paris, not Virginia, since service control policies of French organisations often refuse the latter.
        """
        regions = self.target.setting("regions")
        first = regions[0] if isinstance(regions, tuple) and regions else ""
        return self.session("").get_config_variable("region") or first or "eu-west-3"

    def session(self, role_arn: str) -> Any:
        """The botocore session of the profile, or of the role ``role_arn`` assumed from it."""
        with self._lock:
            if role_arn not in self._sessions:
                self._sessions[role_arn] = self._new_session(role_arn)
            return self._sessions[role_arn]

    def call(
        self, service: str, scope: Scope, operation: str, parameters: Mapping[str, Any], deadline: Deadline
    ) -> Answer | Failure:
        """One call to AWS, or why there is no answer; a deadline that has passed is such a reason."""
        from botocore import xform_name

        if deadline.remaining() <= 0.0:
            return Failure(Reason.TIMEOUT, "Deadline", 0, "the time for this job was over before the call")
        read_at = datetime.now(UTC).replace(microsecond=0)
        try:
            client = self._client(service, scope)
            self._bodies.last = b""
            data = getattr(client, xform_name(operation))(**parameters)
            if not isinstance(data, dict):
                return failure_of(TypeError("no structure"))
            if data.keys() <= {"ResponseMetadata"}:
                check_empty(client.meta.service_model.operation_model(operation), self._bodies.last)
        except catchable() as error:
            return failure_of(error)
        return Answer(data, self._bodies.last, _source(f"{service}:{operation}", read_at))

    def sign_in(self, scope: Scope) -> Failure | None:
        """Obtains the credentials for an account now, or says why there are none."""
        try:
            role = self.role_arn(scope.partition, scope.account)
            self.session(role).get_credentials().get_frozen_credentials()
        except catchable() as error:
            return failure_of(error)
        return None

    def source(self, what: str) -> Source:
        """A source to quote for a call made just now."""
        return _source(what, datetime.now(UTC).replace(microsecond=0))

    def model(self, service: str, scope: Scope, operation: str) -> Any:
        """The SDK's model of ``operation``."""
        return self._client(service, scope).meta.service_model.operation_model(operation)

    def role_arn(self, partition: str, account: str) -> str:
        """The role to assume in ``account``, empty when none is configured."""
        role = self.text("assume_role")
        return f"arn:{partition}:iam::{account}:role/{role}" if role else ""

    def _client(self, service: str, scope: Scope) -> Any:
        key = (service, scope.account, scope.region)
        client = self._clients.get(key)
        if client is None:
            with self._lock:
                client = self._clients.get(key)
                if client is None:
                    client = self._new_client(service, scope)
                    if len(self._clients) >= _CLIENTS_KEPT:
                        oldest = min(self._clients, key=lambda one: self._used.get(one, 0))
                        del self._clients[oldest]
                    self._clients[key] = client
        # Without the lock, which thirty threads would queue for at each call: a lost update only ages a client.
        self._used[key] = next(self._uses)
        return client

    def _new_client(self, service: str, scope: Scope) -> Any:
        role = self.role_arn(scope.partition, scope.account) if scope.member else ""
        client = self.session(role).create_client(
            service, region_name=scope.region, endpoint_url=self.endpoint() or None, config=self._config()
        )
        client.meta.events.register("before-parse", self._keep_body)
        if self.endpoint():
            client.meta.events.register("before-sign", self._to_endpoint)
        return client

    def _to_endpoint(self, request: Any, **_: Any) -> None:
        """Takes off what S3 Control and HealthOmics write before the host of any endpoint, even a given one."""
        here, there = urlsplit(self.endpoint()), urlsplit(request.url)
        if there.netloc.endswith(f".{here.netloc}"):
            request.url = there._replace(netloc=here.netloc).geturl()

    def _keep_body(self, response_dict: Mapping[str, Any], **_: Any) -> None:
        body = response_dict.get("body")
        self._bodies.last = body if isinstance(body, bytes) else b""

    def endpoint(self) -> str:
        """The one endpoint for every service, when a test bed or a proxy is configured."""
        return self.text("endpoint_url") or os.environ.get("AWS_ENDPOINT_URL", "")

    def _config(self) -> Any:
        from botocore.config import Config

        attempts = self.target.setting("_attempts", 4)
        timeout = self.target.setting("_timeout_seconds", 30)
        local: dict[str, Any] = {}
        if self.endpoint():
            local = {"inject_host_prefix": False, "s3": {"addressing_style": "path"}}
        return Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=min(int(str(timeout)), 5),
            read_timeout=int(str(timeout)),
            max_pool_connections=_POOL,
            # What CloudTrail shows of us; the SDK's own text would be built anew for each call.
            user_agent="lexsitus",
            # A test checks the parameters of every row against the SDK's models: once is enough.
            parameter_validation=False,
            ignore_configured_endpoint_urls=False,
            **local,
        )

    def _new_session(self, role_arn: str) -> Any:
        import botocore.session

        session = botocore.session.Session(profile=self.text("profile") or None)
        session.register_component("data_loader", _loader(self._opted()))
        if role_arn:
            session._credentials = self._assumed(role_arn)  # noqa: SLF001  (what aws-cli and boto3 users do, too)
        return session

    def _opted(self) -> frozenset[tuple[str, str]]:
        return rights.opted(self.target.setting("sample_content") is True, bool(self.target.setting("cross_check")))

    def _assumed(self, role_arn: str) -> Any:
        from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

        base = self.session("")

        def create_client(service: str, **kwargs: Any) -> Any:
            kwargs.setdefault("region_name", self.home_region())
            return base.create_client(
                service, endpoint_url=self.endpoint() or None, **{**kwargs, "config": self._config()}
            )

        extra = {"RoleSessionName": "lexsitus"}
        if self.text("external_id"):
            extra["ExternalId"] = self.text("external_id")
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=create_client,
            source_credentials=base.get_credentials(),
            role_arn=role_arn,
            extra_args=extra,
        )
        return DeferredRefreshableCredentials(method="assume-role", refresh_using=fetcher.fetch_credentials)


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


def close_all() -> None:
    """Ends the connections of every target of this process and keeps nothing of them."""
    with _estates_lock:
        for estate in _estates.values():
            estate.close()
        _estates.clear()


@lru_cache(maxsize=4096)
def _source(what: str, read_at: datetime) -> Source:
    return Source(what, read_at, Grade.API)


@cache
def _loader(opted: frozenset[tuple[str, str]] = frozenset()) -> Any:
    from botocore.loaders import Loader

    class ForgetfulLoader(Loader):  # type: ignore[misc]
        """Reads whole models and keeps none of them, only which services and versions there are."""

        def read(self, service_name: str, type_name: str, api_version: str | None) -> Any:
            found = self.load_service_model(service_name, type_name, api_version)
            for key in [key for key in self._cache if key[0].startswith("load_")]:
                del self._cache[key]
            return found

    whole = ForgetfulLoader(file_loader=file_loader())
    one_at_a_time = threading.Lock()

    class ReadingLoader(Loader):  # type: ignore[misc]
        """Loads service models cut down to the operations of rights.py, without documentation."""

        def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
            key = (service_name, type_name)
            with one_at_a_time:
                if key not in self._cache:
                    model = whole.read(service_name, type_name, api_version)
                    if type_name == "service-2" and service_name not in _CREDENTIAL_SERVICES:
                        model = only_reading(model, rights.operations(service_name, opted))
                    self._cache[key] = model
                return self._cache[key]

    return ReadingLoader()


def only_reading(model: Mapping[str, Any], operations: frozenset[str]) -> dict[str, Any]:
    """``model`` with these operations and the shapes they need, and no documentation."""
    kept: dict[str, Any] = {}
    shapes: dict[str, Any] = {}
    waiting: list[str] = []
    for name, operation in model["operations"].items():
        if name in operations:
            kept[name] = {key: value for key, value in operation.items() if key != "documentation"}
            ends = [operation.get("input"), operation.get("output"), *operation.get("errors", ())]
            waiting += [end["shape"] for end in ends if end]
    while waiting:
        name = waiting.pop()
        if name in shapes:
            continue
        shape = {key: value for key, value in model["shapes"][name].items() if key not in ("documentation", "enum")}
        members = {
            member: {key: value for key, value in reference.items() if key != "documentation"}
            for member, reference in shape.get("members", {}).items()
        }
        if members:
            shape["members"] = members
        shapes[name] = shape
        references = [*members.values(), shape.get("member"), shape.get("key"), shape.get("value")]
        waiting += [reference["shape"] for reference in references if reference]
    rest = {key: value for key, value in model.items() if key not in ("operations", "shapes", "documentation")}
    return {**rest, "operations": kept, "shapes": shapes}


@cache
def region_codes() -> frozenset[str]:
    """Every region that the SDK knows, of all partitions."""
    partitions = _loader().load_data("partitions")["partitions"]
    return frozenset(region for each in partitions for region in each["regions"] if not region.endswith("-global"))
