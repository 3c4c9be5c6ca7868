"""Failures of calls as gaps: named, with the right that would lift them and who can grant it."""

from __future__ import annotations

from datetime import UTC, datetime

from model.observed import Reason
from model.places import Gap, Target
from scanners.gcp.errors import Failure
from scanners.gcp.rights import PERMISSIONS


def gap(target: Target, what: str, operation: str, failure: Failure, *, account: str = "", store: str = "") -> Gap:
    """The gap that ``failure`` of ``operation`` leaves.  ``what`` says in words what is missing.

    ``operation`` is one of the inventory, or that of another service with its name before a colon.
    """
    refused = failure.reason is Reason.REFUSED
    return Gap(
        scanner="gcp",
        target=target.name,
        account=account,
        region="",
        scope=what,
        operation=operation if ":" in operation else f"cloudasset:{operation}",
        reason=failure.reason,
        seen_at=datetime.now(UTC).replace(microsecond=0),
        permission=PERMISSIONS[operation] if refused else "",
        who_can_grant=grantor(str(target.setting("scope", ""))) if refused else "",
        detail=failure.detail,
        store=store,
    )


def grantor(scope: str) -> str:
    """Who can grant a right on ``scope``, in a word that reports know, and of what."""
    level, _, name = scope.partition("/")
    word = {"organizations": "organisation", "folders": "folder"}.get(level, "project")
    return f"{word}-administrator:{name}"
