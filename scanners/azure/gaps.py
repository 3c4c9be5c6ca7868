"""Failures of calls as gaps: named, with the right that would lift them and who can grant it."""

from __future__ import annotations

from datetime import UTC, datetime

from model.observed import Reason
from model.places import Gap, Target
from scanners.azure.errors import Failure


def gap(
    target: Target, subscription: str, what: str, operation: str, failure: Failure, *, store: str = "", region: str = ""
) -> Gap:
    """The gap that ``failure`` of ``operation`` leaves.  ``what`` says in words what is missing.

    Operations bear the name of the right that they need, as Azure writes both.
    """
    refused = failure.reason is Reason.REFUSED
    whose = f":{subscription}" if subscription else ""
    return Gap(
        scanner="azure",
        target=target.name,
        account=subscription,
        region=region,
        scope=what,
        operation=operation,
        reason=failure.reason,
        seen_at=datetime.now(UTC).replace(microsecond=0),
        permission=operation if refused else "",
        who_can_grant=f"account-administrator{whose}" if refused else "",
        detail=failure.detail,
        store=store,
    )
