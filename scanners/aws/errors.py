"""What a failed AWS call means: a reason that a report can print, never an empty list.

Sources: "Common Errors" of the AWS API references, the S3 "Error responses" page, and botocore's exceptions.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from model.observed import Reason

THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_CLOCK_WORDS = re.compile("Signature expired|Signature not yet current|earlier than|later than")
CLOCK = frozenset({"RequestTimeTooSkewed", "RequestInTheFuture"})
REFUSED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthFailure",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "ForbiddenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "KMSAccessDeniedException",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
    }
)
UNSUPPORTED = frozenset(
    {"NotImplemented", "InvalidAction", "UnknownOperationException", "UnsupportedOperation", "MethodNotAllowed"}
)
# The service answers that the account has never used it: a proven "none".
NOT_USED = frozenset(
    {
        "AWSOrganizationsNotInUseException",
        "OptInNotActive",
        "SubscriptionRequiredException",
        "UninitializedAccountException",
    }
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One call that gave no usable answer.

    ``code`` is the provider's own, ``detail`` holds words of ours only: messages of a provider carry request
    ids and encoded blobs that would differ from run to run.  ``nowhere`` tells that the host name of the
    endpoint does not exist.
    """

    reason: Reason
    code: str
    status: int
    detail: str
    region: str = ""
    nowhere: bool = False


class BrokenAnswerError(Exception):
    """An answer that is not what the operation gives: cut, of a wrong type, or of another operation."""


def catchable() -> tuple[type[Exception], ...]:
    """Every exception by which botocore reports a call without a usable answer.

    Besides its own it lets through what its parsers meet in a damaged body: a missing element, a text where
    a list is due, a number or a date that is none.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    return (
        BotoCoreError,
        ClientError,
        ResponseParserError,
        BrokenAnswerError,
        ParseError,
        OSError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
    )


def failure_of(error: Exception) -> Failure:
    """What ``error``, raised by a call, means.  Codes come first, then the HTTP status, then the transport."""
    from botocore import exceptions

    if isinstance(error, exceptions.ClientError):
        return _answered(error.response)
    if isinstance(error, exceptions.ProfileNotFound | exceptions.ConfigParseError):
        return Failure(Reason.REFUSED, type(error).__name__, 0, "the profile cannot be read from ~/.aws/config")
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return Failure(Reason.REFUSED, "NoCredentials", 0, "no credentials were found")
    if isinstance(error, exceptions.CredentialRetrievalError | exceptions.SSOError):
        return Failure(Reason.REFUSED, "CredentialRetrieval", 0, "the credentials could not be renewed")
    if isinstance(error, exceptions.ReadTimeoutError | exceptions.ConnectTimeoutError | TimeoutError):
        return Failure(Reason.TIMEOUT, "Timeout", 0, "no answer in time")
    if isinstance(error, exceptions.EndpointConnectionError | exceptions.ProxyConnectionError):
        nowhere = _name_does_not_exist(error)
        detail = "the host name of the endpoint does not exist" if nowhere else "the endpoint cannot be reached"
        return Failure(Reason.UNREACHABLE, "EndpointConnection", 0, detail, nowhere=nowhere)
    if isinstance(error, exceptions.SSLError):
        return Failure(Reason.UNREACHABLE, "SSL", 0, "the certificate of the endpoint was not accepted")
    if isinstance(error, exceptions.HTTPClientError | OSError):
        return Failure(Reason.UNREACHABLE, type(error).__name__, 0, "the connection broke before the answer was whole")
    if isinstance(error, exceptions.EndpointProviderError | exceptions.UnknownEndpointError | exceptions.NoRegionError):
        return Failure(Reason.UNREACHABLE, type(error).__name__, 0, "the SDK knows no endpoint for this region")
    if isinstance(error, exceptions.ParamValidationError):
        return Failure(Reason.FAULT, "ParamValidation", 0, "the SDK refused the parameters")
    if isinstance(error, BrokenAnswerError):
        return Failure(Reason.FAULT, "BrokenAnswer", 0, str(error))
    return Failure(Reason.FAULT, type(error).__name__, 0, "the answer could not be read")


def _answered(response: Any) -> Failure:
    error = response.get("Error", {}) if isinstance(response, dict) else {}
    metadata = response.get("ResponseMetadata", {}) if isinstance(response, dict) else {}
    status = metadata.get("HTTPStatusCode", 0)
    code = re.sub(r"[^A-Za-z0-9_.:-]", "", str(error.get("Code", "")).rsplit("#", 1)[-1])[:80]
    bare = code.removeprefix("Client.").removeprefix("Server.")
    region = str(metadata.get("HTTPHeaders", {}).get("x-amz-bucket-region", ""))
    reason, detail = _reason(bare, status, str(error.get("Message", "")))
    return Failure(reason, bare, status, detail, region if re.fullmatch(r"[a-z0-9-]{1,32}", region) else "")


def _reason(code: str, status: int, message: str) -> tuple[Reason, str]:
    if code in EXPIRED:
        return Reason.REFUSED, f"{code}: the session token has expired; sign in again"
    if code in CLOCK or (code == "InvalidSignatureException" and _CLOCK_WORDS.search(message)):
        return Reason.REFUSED, f"{code}: the clock of this machine is wrong"
    if code in THROTTLED or status in (429, 503):
        return Reason.THROTTLED, f"{code or status}: too many calls, even after waiting"
    if code in REFUSED or status in (401, 403):
        policy = "service control policy" in message
        return Reason.REFUSED, f"{code or status}" + (": denied by a service control policy" if policy else "")
    if code in UNSUPPORTED or status in (405, 501):
        return Reason.UNSUPPORTED, f"{code or status}: the endpoint does not offer this operation"
    if status in (408, 504):
        return Reason.TIMEOUT, f"{code or status}: no answer in time"
    if status >= 500:
        return Reason.FAULT, f"{code or status}: the service failed"
    return Reason.FAULT, f"{code or status}: the call was not accepted"


def _name_does_not_exist(error: BaseException) -> bool:
    """True when a resolver answered that there is no such name; a resolver that is silent proves nothing."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error, getattr(error, "kwargs", {}).get("error")]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, socket.gaierror) and each.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
            return True
        waiting += [each.__cause__, each.__context__]
    return False
