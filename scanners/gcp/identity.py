"""Who we are for Google, and what to do when nobody lets us in."""

from __future__ import annotations

from model.errors import CredentialsError
from model.observed import Reason
from model.places import Target
from scanners._jobs import Deadline
from scanners.gcp.clients import SEARCH, Estate, estate_of
from scanners.gcp.errors import Failure, catchable, failure_of

# Answers that only somebody who is known gets.
_LETS_US_IN = (Reason.DISABLED, Reason.THROTTLED, Reason.UNSUPPORTED)
_REFUSALS = frozenset({"PERMISSION_DENIED", "NOT_FOUND"})


def who_am_i(target: Target, deadline: Deadline) -> str:
    """The identity and the scope in words, after one call that was answered, be it by a refusal.

    Raises CredentialsError when there are no credentials, when they are not accepted, or when nobody answers.
    """
    estate = estate_of(target)
    request = {"scope": estate.scope, "asset_types": ["cloudresourcemanager.googleapis.com/Project"], "page_size": 1}
    answer = estate.call(SEARCH, request, deadline)
    if isinstance(answer, Failure) and answer.reason not in _LETS_US_IN and answer.code not in _REFUSALS:
        raise CredentialsError(f"target {target.name!r}: {_advice(estate, answer)}")
    return f"{_identity(estate)} on {estate.scope}"


def _identity(estate: Estate) -> str:
    try:
        credentials = estate.client().transport._credentials  # noqa: SLF001  (the SDK has no public way to ask)
    except catchable() as error:
        return failure_of(error).detail
    for name in ("service_account_email", "account", "signer_email"):
        word = getattr(credentials, name, None)
        if isinstance(word, str) and word and word != "default":
            return word
    return "an access token" if estate.text("token_env") else "an identity that the credentials do not name"


def _advice(estate: Estate, failure: Failure) -> str:
    if failure.code == "NoCredentials" and estate.text("token_env"):
        variable = estate.text("token_env")
        return f"the variable {variable} is empty; put an access token into it (gcloud auth print-access-token)"
    if failure.code == "NoCredentials":
        return "no credentials; sign in with `gcloud auth application-default login`, or name a token with token_env"
    if "clock" in failure.detail:
        return f"{failure.detail}: set it (timedatectl, ntp)"
    if failure.reason in (Reason.UNREACHABLE, Reason.TIMEOUT):
        where = f"{estate.endpoint} cannot be reached ({failure.detail})"
        return f"{where}; check network, proxy, endpoint and universe_domain"
    if failure.reason is Reason.REFUSED:
        return f"{failure.detail}; sign in again with `gcloud auth application-default login`"
    return f"{estate.endpoint}: {failure.detail}"
