"""AWS Config as a cross-check: what its recorders wrote down, minutes after a change.

A recorder that is stopped, or that leaves kinds out, looks like an empty region: its status is read first.  The
aggregators are those of the caller's own account, the one that a delegated administrator of AWS Config works from.
"""

from __future__ import annotations

import json
from typing import Any

from model.observed import Reason
from scanners._jobs import Deadline, Job, Step
from scanners.aws.clients import Scope, estate_of
from scanners.aws.elsewhere import Elsewhere, begin, kinds
from scanners.aws.errors import Failure

_SERVICE = "config"


def expression() -> str:
    """The query of every kind that both we and AWS Config know (at most 4,096 characters)."""
    names = ",".join(f"'{name}'" for name in sorted(kinds("config")))
    return f"SELECT resourceType, arn, accountId, awsRegion WHERE resourceType IN ({names})"


def check_recorded(job: Job, deadline: Deadline) -> Step:
    """Task ``recorded``: where AWS Config records, and with the caller's own account what its aggregators hold."""
    check = begin(job, estate_of(job.target), "AWS Config")
    idle: list[str] = []
    aggregators = 0
    failed = len(check.gaps)
    for region in check.regions:
        scope = check.scope.at(region)
        if _records(check, scope, deadline) is False:
            idle.append(region)
        if not check.scope.member:
            aggregators += _aggregated(check, scope, deadline)
    if not check.scope.member and not aggregators and len(check.gaps) == failed:
        check.blind(_SERVICE, "DescribeConfigurationAggregators", "this account has no aggregator in these regions")
    if idle:
        check.blind(_SERVICE, "DescribeConfigurationRecorderStatus", f"not every kind is recorded in {', '.join(idle)}")
    check.drop_left_out(deadline)
    return check.step()


def _records(check: Elsewhere, scope: Scope, deadline: Deadline) -> bool | None:
    """Whether everything is recorded in a region; ``None``, and a gap, when that could not be read."""
    before = len(check.gaps)
    groups = [
        each.get("recordingGroup") or {}
        for each, _ in check.ask(
            _SERVICE, scope, "DescribeConfigurationRecorders", {}, "ConfigurationRecorders", deadline
        )
    ]
    states = [
        each.get("recording")
        for each, _ in check.ask(
            _SERVICE, scope, "DescribeConfigurationRecorderStatus", {}, "ConfigurationRecordersStatus", deadline
        )
    ]
    if len(check.gaps) > before:
        return None
    return any(group.get("allSupported") is True for group in groups) and any(state is True for state in states)


def _aggregated(check: Elsewhere, scope: Scope, deadline: Deadline) -> int:
    """Reads what the aggregators of a region hold: how many there are."""
    listed = check.ask(_SERVICE, scope, "DescribeConfigurationAggregators", {}, "ConfigurationAggregators", deadline)
    names = [each.get("ConfigurationAggregatorName") for each, _ in listed]
    for name in names:
        asked = {"ConfigurationAggregatorName": name, "Expression": expression(), "Limit": 100}
        for text, source in check.ask(
            _SERVICE, scope, "SelectAggregateResourceConfig", asked, "Results", deadline, str
        ):
            texts = _texts(text)
            if texts is None:
                broken = Failure(Reason.FAULT, "BrokenAnswer", 0, "a resource could not be read")
                check.miss(_SERVICE, "SelectAggregateResourceConfig", broken, scope)
                continue
            kind, arn, account, region = texts
            if kind in kinds("config") and _is_scanned(check, account):
                check.add(kinds("config")[kind], arn, account, region, source)
    return len(names)


def _texts(text: Any) -> list[str] | None:
    try:
        found = json.loads(text)
        texts = [found.get(name) for name in ("resourceType", "arn", "accountId", "awsRegion")]
    except (TypeError, ValueError, AttributeError):
        return None
    return texts if all(isinstance(each, str) for each in texts) else None


def _is_scanned(check: Elsewhere, account: str) -> bool:
    wanted = check.target.setting("accounts")
    return wanted == "organization" or account in (wanted if isinstance(wanted, tuple) else (check.scope.account,))
