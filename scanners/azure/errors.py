"""What a failed call to Azure means: a reason that a report can print, never an empty list.

Sources: "Resolve common ARM errors", "Throttling Resource Manager requests" and "Guidance for throttled requests in
Azure Resource Graph".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.observed import Reason

_REFUSED = frozenset(
    {
        "AuthorizationFailed", "AuthenticationFailed", "InvalidAuthenticationToken", "InvalidAuthenticationTokenTenant",
        "InvalidAuthenticationTokenAudience", "InvalidAuthenticationTokenInvalidAlgorithm", "LinkedAuthorizationFailed",
        "AuthorizationPermissionMismatch", "Forbidden", "DisallowedOperation", "RequestDisallowedByPolicy",
    }
)  # fmt: skip
_EXPIRED = frozenset({"ExpiredAuthenticationToken", "AuthenticationFailedInvalidHeader", "TokenExpired"})
_THROTTLED = frozenset({"TooManyRequests", "RateLimiting", "SubscriptionRequestsThrottled", "Throttled", "ServerBusy"})
_HIDDEN = frozenset({"SubscriptionNotFound", "InvalidSubscriptionId"})
_UNSUPPORTED = frozenset(
    {
        "InvalidApiVersionParameter", "InvalidResourceType", "NoRegisteredProviderFound", "InvalidResourceNamespace",
        "UnsupportedApiVersion", "DisallowedTable",
    }
)  # fmt: skip

NOT_USED = frozenset({"MissingSubscriptionRegistration", "SubscriptionNotRegistered"})
"""The subscription never used the provider: a proven "none"."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One call that gave no usable answer.

    ``code`` is Azure's own, ``detail`` holds words of ours only: its messages carry correlation ids, which would
    differ from run to run.
    """

    reason: Reason
    code: str
    status: int
    detail: str


class BrokenAnswerError(Exception):
    """An answer that is not what was asked for: cut, of a wrong type, or of something else."""


def broken(detail: str) -> Failure:
    """The failure of an answer that came and cannot be read."""
    return Failure(Reason.FAULT, "BrokenAnswer", 0, detail)


def answered(status: int, body: Any) -> Failure:
    """What an answer of HTTP status ``status`` means; ``body`` is its JSON, or ``None``.

    Resource Manager wraps code and message in ``error``; some providers do not.
    """
    error = body.get("error", body) if isinstance(body, Mapping) else {}
    code = re.sub(r"[^A-Za-z0-9_.:-]", "", str(error.get("code", "")))[:80] if isinstance(error, Mapping) else ""
    reason, detail = _reason(code, status)
    return Failure(reason, code, status, detail)


def _reason(code: str, status: int) -> tuple[Reason, str]:
    said = code or str(status)
    if code in _EXPIRED:
        return Reason.REFUSED, f"{said}: the token has expired; sign in again"
    if code in _THROTTLED or status in (429, 503):
        return Reason.THROTTLED, f"{said}: too many calls, even after waiting"
    if code in _HIDDEN:
        return Reason.REFUSED, f"{said}: the subscription does not exist for this identity"
    if code in _UNSUPPORTED or status in (405, 501):
        return Reason.UNSUPPORTED, f"{said}: the endpoint does not offer this list"
    if code in _REFUSED or status in (401, 403):
        return Reason.REFUSED, said
    if status in (408, 504):
        return Reason.TIMEOUT, f"{said}: no answer in time"
    if 300 <= status < 400:
        return Reason.FAULT, f"{said}: the endpoint sends elsewhere, where the token is not taken"
    if status >= 500:
        return Reason.FAULT, f"{said}: the service failed"
    return Reason.FAULT, f"{said}: the call was not accepted"


def failure_of(error: Exception) -> Failure:
    """What ``error``, raised by a call, means."""
    from azure.core import exceptions
    from azure.identity import CredentialUnavailableError

    if isinstance(error, CredentialUnavailableError):
        return Failure(Reason.REFUSED, "NoCredentials", 0, "no credentials were found")
    if isinstance(error, exceptions.ClientAuthenticationError):
        return Failure(Reason.REFUSED, "SignIn", 0, "the sign-in was refused")
    if isinstance(error, exceptions.ServiceRequestTimeoutError | exceptions.ServiceResponseTimeoutError | TimeoutError):
        return Failure(Reason.TIMEOUT, "Timeout", 0, "no answer in time")
    if isinstance(error, exceptions.ServiceRequestError):
        return Failure(Reason.UNREACHABLE, "Connection", 0, "the endpoint cannot be reached")
    if isinstance(error, exceptions.AzureError | OSError):
        return Failure(Reason.UNREACHABLE, "Connection", 0, "the connection broke before the answer was whole")
    if isinstance(error, BrokenAnswerError):
        return broken(str(error))
    return broken("the answer could not be read")


def catchable() -> tuple[type[Exception], ...]:
    """Every exception by which the SDK reports a call without a usable answer."""
    from azure.core.exceptions import AzureError

    return (AzureError, BrokenAnswerError, OSError, ValueError)
