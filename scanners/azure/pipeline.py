"""What each call passes through: a token, bounded retries, nothing that writes."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any


class EnvironmentToken:
    """A ready token in an environment variable, read at each use and kept nowhere."""

    def __init__(self, variable: str) -> None:
        self._variable = variable

    def get_token(self, *_: str, **__: Any) -> Any:
        """The token.  Raises CredentialUnavailableError when the variable is empty."""
        from azure.core.credentials import AccessToken
        from azure.identity import CredentialUnavailableError

        token = os.environ.get(self._variable, "").strip()
        if not token:
            raise CredentialUnavailableError(f"the environment variable {self._variable} is empty")
        # When it ends only its issuer knows: Azure says so when it has.
        return AccessToken(token, int(time.time()) + 3600)


def policies(credential: Any, scope: str, attempts: int) -> list[Any]:
    """The SDK's policies for a client that only reads.

    Redirects are not followed, since the token must go nowhere else, and providers are not registered.
    """
    from azure.core.pipeline.policies import HeadersPolicy, ProxyPolicy, RequestIdPolicy, UserAgentPolicy
    from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

    tries = attempts - 1
    return [
        RequestIdPolicy(),
        HeadersPolicy(),
        UserAgentPolicy(base_user_agent="lexsitus"),
        ProxyPolicy(),
        _bounded_retry(retry_total=tries, retry_connect=tries, retry_read=tries, retry_status=tries),
        ARMChallengeAuthenticationPolicy(credential, scope),
    ]


def _bounded_retry(**given: int) -> Any:
    from azure.core.pipeline import PipelineResponse
    from azure.core.pipeline.policies import RetryPolicy

    class BoundedRetry(RetryPolicy[Any, Any]):
        """Waits as long as the service asks, and not at all when the job would be over before."""

        def configure_retries(self, options: dict[str, Any]) -> dict[str, Any]:
            settings = super().configure_retries(options)
            return {**settings, "until": time.monotonic() + settings["timeout"]}

        def increment(self, settings: dict[str, Any], response: Any = None, error: Any = None) -> bool:
            again: bool = super().increment(settings, response=response, error=error)
            if not again:
                return False
            asked = self.get_retry_after(response) if isinstance(response, PipelineResponse) else None
            wait = asked or self.get_backoff_time(settings)
            until: float = settings["until"]
            return time.monotonic() + wait < until

        def get_retry_after(self, response: Any) -> float | None:
            headers = response.http_response.headers
            asked = super().get_retry_after(response)
            if asked is None and "x-ms-user-quota-resets-after" in headers:
                return quota_seconds(headers)
            return asked

    return BoundedRetry(**given)


def quota_seconds(headers: Mapping[str, str]) -> float:
    """How long the header ``x-ms-user-quota-resets-after`` (hh:mm:ss) asks to wait; 5 s when it cannot be read."""
    parts = headers.get("x-ms-user-quota-resets-after", "").split(":")
    if len(parts) != 3 or not all(part.replace(".", "", 1).isdigit() for part in parts):
        return 5.0
    hours, minutes, seconds = (float(part) for part in parts)
    return hours * 3600 + minutes * 60 + seconds
