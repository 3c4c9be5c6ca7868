"""Failures of calls as gaps: named, with the right that would lift them and who can grant it."""

from __future__ import annotations

from datetime import UTC, datetime

from model.observed import Reason
from model.places import Gap, Target
from scanners.aws.clients import Scope
from scanners.aws.errors import Failure
from scanners.aws.rights import action_of


def gap(
    target: Target,
    scope: Scope,
    what: str,
    service: str,
    operation: str,
    failure: Failure,
    *,
    store: str = "",
) -> Gap:
    """The gap that ``failure`` of ``service:operation`` leaves.  ``what`` says in words what is missing."""
    refused = failure.reason is Reason.REFUSED
    return Gap(
        scanner="aws",
        target=target.name,
        account=scope.account,
        region=scope.region,
        scope=what,
        operation=f"{service}:{operation}",
        reason=failure.reason,
        seen_at=datetime.now(UTC).replace(microsecond=0),
        permission=action_of(service, operation) if refused else "",
        who_can_grant=grantor(scope, failure) if refused else "",
        detail=failure.detail,
        store=store,
    )


def grantor(scope: Scope, failure: Failure) -> str:
    """Who can lift a refusal: the account's administrator, or the organisation's when its policy refuses."""
    if "service control policy" in failure.detail:
        return "organisation-administrator"
    return f"account-administrator:{scope.account}" if scope.account else "account-administrator"
