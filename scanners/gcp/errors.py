"""What a failed call to Google means: a reason that a report can print, never an empty list.

Sources: google.rpc.Code, "Error model" (https://cloud.google.com/apis/design/errors) and the reasons of
google.rpc.ErrorInfo (https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from model.observed import Reason

_SILENT = re.compile(r"(?i)deadline|timed? ?out")
_CLOCK = re.compile(r"(?i)reasonable timeframe|clock|iat and exp|used too (?:early|late)")
# Older services name no reason: "... API has not been used in project N before or it is disabled."
_SWITCHED_OFF = re.compile(r"has not been used in project .{1,100} or it is disabled")
_OFF = frozenset({"SERVICE_DISABLED", "API_DISABLED"})
_EXPIRED = frozenset({"ACCESS_TOKEN_EXPIRED", "CREDENTIALS_EXPIRED", "ACCOUNT_STATE_INVALID"})
_BY_CODE = {
    "CANCELLED": (Reason.UNREACHABLE, "the call was cut off"),
    "DEADLINE_EXCEEDED": (Reason.TIMEOUT, "no answer in time"),
    "INVALID_ARGUMENT": (Reason.UNSUPPORTED, "what was asked is not accepted"),
    "NOT_FOUND": (Reason.REFUSED, "the scope does not exist, or is not shown to this identity"),
    "PERMISSION_DENIED": (Reason.REFUSED, "refused"),
    "RESOURCE_EXHAUSTED": (Reason.THROTTLED, "too many calls, even after waiting"),
    "UNAUTHENTICATED": (Reason.REFUSED, "the credentials were not accepted"),
    "UNAVAILABLE": (Reason.UNREACHABLE, "the endpoint cannot be reached"),
    "UNIMPLEMENTED": (Reason.UNSUPPORTED, "the endpoint does not offer this operation"),
}
_TWIN = {
    429: "RESOURCE_EXHAUSTED", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    400: "INVALID_ARGUMENT", 499: "CANCELLED", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """One call that gave no usable answer.

    ``code`` is the provider's own, ``detail`` holds words of ours only: messages of a provider carry request ids
    and addresses that would differ from run to run.  ``wait`` is how long the provider asks us to stay away, in
    seconds, ``None`` when it does not say.
    """

    reason: Reason
    code: str
    detail: str
    wait: float | None = None

    @property
    def passing(self) -> bool:
        """True when the same call may be answered later in this run."""
        return self.reason in (Reason.TIMEOUT, Reason.THROTTLED)


class BrokenAnswerError(Exception):
    """An answer that is not what the operation gives: cut, of a wrong type, or of another operation."""


def broken(detail: str) -> Failure:
    """The failure of an answer that could not be read."""
    return Failure(Reason.FAULT, "BrokenAnswer", detail)


def catchable() -> tuple[type[Exception], ...]:
    """Every exception by which the SDK reports a call without a usable answer."""
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from grpc import RpcError  # type: ignore[import-untyped]

    return (GoogleAPIError, GoogleAuthError, RpcError, DecodeError, BrokenAnswerError, OSError, ValueError, TypeError)


def failure_of(error: Exception, service: str = "the Cloud Asset API") -> Failure:
    """What ``error``, raised by a call of ``service``, means: the reason that Google names first, then the code."""
    from google.api_core.exceptions import GoogleAPICallError
    from google.auth import exceptions

    if isinstance(error, BrokenAnswerError):
        return broken(str(error))
    if isinstance(error, GoogleAPICallError):
        return _answered(error, service)
    if isinstance(error, exceptions.DefaultCredentialsError):
        return Failure(Reason.REFUSED, "NoCredentials", "no credentials were found")
    if isinstance(error, exceptions.RefreshError):
        detail = "the clock of this machine is wrong" if _CLOCK.search(str(error)) else "sign in again"
        return Failure(Reason.REFUSED, "RefreshError", f"the credentials could not be renewed: {detail}")
    if isinstance(error, exceptions.TransportError | OSError):
        silent = isinstance(error, TimeoutError) or _SILENT.search(str(error))
        reason = Reason.TIMEOUT if silent else Reason.UNREACHABLE
        return Failure(
            reason, type(error).__name__, "no answer in time" if silent else "the endpoint cannot be reached"
        )
    if isinstance(error, exceptions.GoogleAuthError):
        return Failure(Reason.REFUSED, type(error).__name__, "the credentials cannot be used")
    return broken("the answer could not be read")


def _answered(error: Any, service: str) -> Failure:
    named = str(error.reason or "")
    reason_word = re.sub(r"[^A-Z0-9_]", "", named)[:80]
    status = error.grpc_status_code
    code = status.name if status is not None else _TWIN.get(int(error.code or 0), "UNKNOWN")
    wait = _wait(error.details)
    shown = f"{code} {reason_word}".strip()
    if reason_word in _OFF or (code == "PERMISSION_DENIED" and _SWITCHED_OFF.search(str(error.message))):
        consumer = re.sub(r"[^\w/.:-]", "", str((error.metadata or {}).get("consumer", "")))[:80]
        where = f" in {consumer}" if consumer else ""
        return Failure(Reason.DISABLED, reason_word or code, f"{shown}: {service} is not enabled{where}", wait)
    if reason_word in _EXPIRED:
        return Failure(Reason.REFUSED, reason_word, f"{shown}: the token has expired; sign in again", wait)
    if code == "UNAUTHENTICATED" and _CLOCK.search(str(error.message)):
        return Failure(Reason.REFUSED, code, f"{shown}: the clock of this machine is wrong", wait)
    reason, words = _BY_CODE.get(code, (Reason.FAULT, "the service failed"))
    return Failure(reason, code, f"{shown}: {words}", wait)


def _wait(details: Any) -> float | None:
    """The delay of a google.rpc.RetryInfo among the details of an error."""
    for each in details:
        delay = getattr(each, "retry_delay", None)
        if delay is not None:
            return max(0.0, float(delay.seconds) + float(delay.nanos) / 1e9)
    return None
