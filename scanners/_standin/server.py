"""The embedded server: moto behind, faults and rights in front, every call written down."""

from __future__ import annotations

import io
import os
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote_to_bytes

from model.errors import UsageError
from scanners._models import loader
from scanners._standin import corrections
from scanners._standin.answers import Amendment, Answer, AwsError, Planted, empty, error, parse, protocol_of, serialise
from scanners._standin.faults import Fault, Kind, failed, refusal, spoiled
from scanners._standin.names import loopback_names
from scanners._standin.paging import Pages
from scanners._standin.requests import READS, Call, credential_of, identify
from scanners._standin.rights import Policy

MANAGEMENT = "123456789012"
"""The account of every access key that this server did not give out."""

# Public images of AWS would show as the account's own, and each RDS instance makes a snapshot that counts.
_SETTINGS = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false", "MOTO_RDS_SNAPSHOT_LIMIT": "1000000"}
_OWN_KEY = re.compile(r"AKIA(\d{12})DEMO")
# What an account holds before anything was written to it.
_FILLED = frozenset({"ec2", "organizations", "s3"})
_LISTS = ("List", "Describe")


class Standin:
    """A fake AWS at ``endpoint_url``, from entering the ``with`` block to leaving it.

    moto keeps one state per process: only one stand-in may be open at a time, and it starts empty.
    ``seed`` fixes the identifiers that AWS would draw at random.  ``regions`` are those switched on in
    each account (all where none is named, ``*`` for any account); ``page_size`` cuts every listing that can
    page; ``latency`` is slept before each answer, in seconds.  A ``lean`` stand-in is quicker: it lists as
    empty, without asking moto, whatever nothing was written to through it.  ``calls`` is the record, in
    order of arrival.
    """

    def __init__(
        self,
        *,
        regions: Mapping[str, Iterable[str]] | None = None,
        page_size: int = 0,
        latency: float = 0.0,
        seed: int = 1,
        lean: bool = False,
    ) -> None:
        self.regions = {account: frozenset(names) for account, names in (regions or {}).items()}
        self.page_size = page_size
        self.latency = latency
        self.lean = lean
        self._written: set[tuple[str, str, str]] = set()
        self.calls: list[Call] = []
        self.planted: dict[tuple[str, str], Planted] = {}
        self.amended: dict[tuple[str, str], Amendment] = {}
        self.faults: list[Fault] = []
        self.stopping = threading.Event()
        self._policy: Policy | None = None
        self._pages = Pages()
        self._seed = seed
        self._lock = threading.Lock()
        self._lacking: set[tuple[str, str]] = set()
        self._before: dict[str, str | None] = {}

    @property
    def endpoint_url(self) -> str:
        """Where clients must be sent.  Raises AttributeError outside the ``with`` block."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._before = {name: os.environ.get(name) for name in _SETTINGS}
        os.environ.update(_SETTINGS)
        self._moto = _moto()
        self.reset()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self._names = loopback_names()
        self._names.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._names.__exit__(None, None, None)
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
        self._server.server_close()
        for name, before in self._before.items():
            if before is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = before

    def reset(self) -> None:
        """Forgets every resource, plant, fault, policy and recorded call."""
        from moto.moto_api._internal import mock_random
        from moto.moto_api._internal.models import moto_api_backend

        moto_api_backend.reset()
        mock_random.seed(self._seed)
        self.calls.clear()
        self.planted.clear()
        self.amended.clear()
        self.amend("s3", "ListBuckets", corrections.listed_buckets)
        self.amend("s3", "ListDirectoryBuckets", corrections.directory_buckets)
        self.amend("ec2", "DescribeSnapshots", corrections.snapshots)
        self.amend("rds", "DescribeDBInstanceAutomatedBackups", corrections.automated_backups)
        self.amend("ec2", "DescribeRegions", partial(corrections.listed_regions, enabled=self.regions))
        self._written.clear()
        self.faults.clear()
        self._policy = None

    def session(self, account: str = MANAGEMENT, region: str = "eu-west-3") -> Any:
        """A boto3 session of the root of ``account``, of use on this server alone.  Pass it ``endpoint_url``."""
        import boto3
        from botocore.session import Session

        session = Session()
        session.register_component("data_loader", loader("clients"))
        key, secret = credentials(account)
        return boto3.Session(
            aws_access_key_id=key, aws_secret_access_key=secret, region_name=region, botocore_session=session
        )

    def plant(self, service: str, operation: str, answer: Planted) -> None:
        """From now on ``operation`` answers this output, or what this function of the call returns or raises."""
        self.planted[service, operation] = answer

    def amend(self, service: str, operation: str, change: Amendment) -> None:
        """From now on what moto answers to ``operation`` is sent as ``change`` of the call and that output."""
        self.amended[service, operation] = change

    def enforce(self, *documents: str | Mapping[str, Any]) -> None:
        """From now on whatever these IAM policy documents do not allow is refused.  None at all: no check."""
        self._policy = Policy(documents) if documents else None

    @contextmanager
    def fault(self, fault: Fault) -> Iterator[None]:
        """While the block runs, ``fault`` strikes; a rule set earlier goes first."""
        self.faults.append(fault)
        try:
            yield
        finally:
            self.faults[:] = [rule for rule in self.faults if rule is not fault and rule.times != 0]

    def answer(self, environ: dict[str, Any], body: bytes) -> tuple[Answer, Fault | None]:
        """The answer to one request, and the fault that still has to strike it on its way."""
        scope = credential_of(environ.get("HTTP_AUTHORIZATION", ""), body)
        with self._lock:
            found = identify(environ, body, scope) if scope else None
            if scope is None or found is None:
                return self._from_moto(environ, body), None
            service, operation, parameters = found
            account = _account_of(scope.access_key)
            call = Call(account, scope.region, service, operation, parameters, scope.signing_name)
            self.calls.append(call)
            fault = self._strike(call)
        if self.latency:
            time.sleep(self.latency)
        if fault and (answer := failed(call, fault)):
            return (corrections.with_region(call, answer) if fault.kind is Kind.REFUSE else answer), fault
        if self._policy and (missing := self._policy.refused(call.actions)):
            refused = refusal(call, missing, "because no identity-based policy allows the action")
            return corrections.with_region(call, refused), fault
        with self._lock:
            answer = self._true_answer(call, environ, body)
        return (spoiled(call, fault, answer) if fault else answer), fault

    def _strike(self, call: Call) -> Fault | None:
        for index, rule in enumerate(self.faults):
            if rule.times != 0 and rule.matches(call):
                if rule.times is not None:
                    self.faults[index] = replace(rule, times=rule.times - 1)
                return rule
        return None

    def _true_answer(self, call: Call, environ: dict[str, Any], body: bytes) -> Answer:
        service, operation = call.service, call.operation
        if (whole := self._pages.remembered(call)) is not None:
            return serialise(service, operation, self._cut(call, whole))
        planted = self.planted.get((service, operation))
        if planted is not None:
            try:
                output = planted(call) if callable(planted) else planted
            except AwsError as failure:
                return error(call, failure)
            return serialise(service, operation, self._cut(call, dict(output)))
        if (answer := corrections.bucket_answer(call)) is not None:
            return answer
        reads = operation.startswith(READS)
        place = (service, call.account, call.region)
        if not reads:
            self._written.add(place)
        elif self.lean and operation.startswith(_LISTS) and service not in _FILLED and place not in self._written:
            return serialise(service, operation, empty(service, operation))
        if (service, operation) in self._lacking:
            return serialise(service, operation, empty(service, operation))
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = call.account
        if (service, operation) == ("s3", "ListBuckets"):
            # moto cuts this listing without saying that there is more.
            environ.update(QUERY_STRING="", RAW_URI="/", REQUEST_URI="/")
        answer = self._from_moto(environ, body)
        if reads and _is_lacking(call, answer):
            if answer.status != 500 or b"NotImplementedError" in answer.body:
                self._lacking.add((service, operation))
            return serialise(service, operation, empty(service, operation))
        if answer.status >= 300:
            return answer
        return self._corrected(call, answer)

    def _corrected(self, call: Call, answer: Answer) -> Answer:
        amend = self.amended.get((call.service, call.operation))
        size = Pages.wanted(call, self.page_size)
        if not amend and not (size and call.operation.startswith(READS)):
            return answer
        output = parse(call.service, call.operation, answer)
        if amend:
            output = dict(amend(call, output))
        return serialise(call.service, call.operation, self._cut(call, output))

    def _cut(self, call: Call, output: dict[str, Any]) -> dict[str, Any]:
        size = Pages.wanted(call, self.page_size)
        return self._pages.cut(call, output, size) if size else output

    def _from_moto(self, environ: dict[str, Any], body: bytes) -> Answer:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            started[:] = [int(status.split(" ", 1)[0]), dict(headers)]

        try:
            chunks = self._moto({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
            return Answer(started[0], b"".join(chunks), started[1])
        except Exception as failure:  # noqa: BLE001  (moto raises whatever its gaps raise; the answer says which)
            page = f"<!doctype html><title>{type(failure).__name__}</title>"
            return Answer(500, page.encode(), {"Content-Type": "text/html"})


def credentials(account: str) -> tuple[str, str]:
    """An access key and a secret that the stand-in takes for the root of ``account``; no other server does."""
    return f"AKIA{account}DEMO", "no-secret-of-anything"


def _is_lacking(call: Call, answer: Answer) -> bool:
    """Whether moto says, in one of its ways, that it does not know the operation."""
    if answer.status not in (404, 500, 501):
        return False
    start = answer.body.lstrip()[:9].lower()
    foreign = start.startswith(b"<") and "json" in protocol_of(call.service, call.operation)
    return not start or start == b"<!doctype" or foreign


def _account_of(access_key: str) -> str:
    from moto.iam.models import get_account_id_from

    if own := _OWN_KEY.fullmatch(access_key):
        return own[1]
    return str(get_account_id_from(access_key))


def _moto() -> Any:
    try:
        from moto.backends import list_of_moto_modules
        from moto.core import utils
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    except ImportError as failure:
        raise UsageError("the demonstration needs moto: pip install 'lexsitus[demo]'") from failure

    # moto looks for all services there are before it reads the model of one.
    utils._load_service_model = loader("stand-in").load_service_model  # noqa: SLF001

    def quiet(service: Any) -> Any:
        app = create_backend_app(service)
        # Flask would print the trace of what moto lacks.
        app.debug = False
        app.config["PROPAGATE_EXCEPTIONS"] = True
        return app

    class Dispatcher(DomainDispatcherApplication):
        def get_backend_for_host(self, host: str | None) -> Any:
            """As moto's own, except that a service which it lacks raises instead of printing."""
            known = host is None or host in ("moto_api", "instance_metadata") or host in list_of_moto_modules()
            if not known and not any(pattern.match(f"http://{host}") for _, pattern in self.backend_url_patterns):
                raise NotImplementedError(host)
            return super().get_backend_for_host(host)

    return Dispatcher(quiet)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, standin: Standin) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.standin = standin
        self._open: set[socket.socket] = set()
        self.resetting: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        if request in self.resetting:
            # With a zero linger, close() alone sends RST; an orderly shutdown would send FIN first.
            self.resetting.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def close_connections(self) -> None:
        """Ends the connections that clients keep alive, so that their threads end."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no event; anything else is our mistake and must be seen."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Buffered: otherwise each answer waits 40 ms for a delayed acknowledgement.
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""

    def do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer, fault = self.server.standin.answer(self._environ(), body)
        kind = fault.kind if fault else None
        if kind is Kind.HANG:
            self.server.standin.stopping.wait(300)
            self.close_connection = True
            return
        if kind is Kind.RESET:
            self.server.resetting.add(self.connection)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        if kind is Kind.SLOW and fault:
            self.server.standin.stopping.wait(fault.seconds)
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        promised = len(answer.body) + 64 if kind is Kind.CUT else len(answer.body)
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[: len(answer.body) // 2] if kind is Kind.CUT else answer.body)
        self.wfile.flush()
        if kind is Kind.CUT:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do  # noqa: N815

    def _environ(self) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.headers.get("Host", "127.0.0.1:80").rpartition(":")[::2]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": self.path,
            "REQUEST_URI": self.path,
            "SERVER_NAME": host,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": self.headers.get("Content-Length", "0"),
        }
        for name, value in self.headers.items():
            key = "HTTP_" + name.upper().replace("-", "_")
            if key not in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
                environ[key] = f"{environ[key]},{value}" if key in environ else value
        return environ
