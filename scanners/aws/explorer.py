"""Resource Explorer as a cross-check: what its index lists of an account, minutes to hours old.

``ListResources`` is asked and not ``Search``, which ends at 1,000 results (Resource Explorer API reference).  The
aggregator index answers for every region that has an index; without one, each index answers for its own.
"""

from __future__ import annotations

from typing import Any

from model.observed import Reason
from scanners._jobs import Deadline, Job, Step
from scanners.aws.clients import Scope, estate_of
from scanners.aws.elsewhere import Elsewhere, begin, kinds
from scanners.aws.errors import Failure

_SERVICE = "resource-explorer-2"


def check_explorer(job: Job, deadline: Deadline) -> Step:
    """Task ``explorer``: what Resource Explorer lists; regions without index and views with a filter are gaps."""
    check = begin(job, estate_of(job.target), "Resource Explorer")
    before = len(check.gaps)
    indexes = {
        str(index.get("Region")): str(index.get("Type"))
        for index, _ in check.ask(_SERVICE, check.scope, "ListIndexes", {}, "Indexes", deadline)
    }
    if len(check.gaps) == before:
        lacking = sorted(set(check.regions) - set(indexes))
        if lacking:
            check.blind(_SERVICE, "ListIndexes", f"no index in {', '.join(lacking)}")
    whole = sorted(region for region, kind in indexes.items() if kind == "AGGREGATOR")
    for region in whole or sorted(set(indexes) & set(check.regions)):
        _read(check, check.scope.at(region), deadline)
    check.drop_left_out(deadline)
    return check.step()


def _read(check: Elsewhere, scope: Scope, deadline: Deadline) -> None:
    state = _one(check, scope, "GetIndex", {}, "State", deadline)
    view = _one(check, scope, "GetDefaultView", {}, "ViewArn", deadline)
    if state is not None and state not in ("ACTIVE", "UPDATING"):
        check.blind(_SERVICE, "GetIndex", f"the index of {scope.region} is not active")
    if view is None:
        return
    shown = _one(check, scope, "GetView", {"ViewArn": view}, "View", deadline)
    if isinstance(shown, dict) and (shown.get("Filters") or {}).get("FilterString"):
        check.blind(_SERVICE, "GetView", f"the default view of {scope.region} shows only what its filter lets through")
    asked = {"ViewArn": view, "MaxResults": 1000}
    ours = kinds("resource_explorer")
    for each, source in check.ask(_SERVICE, scope, "ListResources", asked, "Resources", deadline):
        texts = [each.get(name) for name in ("Arn", "ResourceType", "Region", "OwningAccountId")]
        if not all(isinstance(text, str) for text in texts):
            check.miss(
                _SERVICE, "ListResources", Failure(Reason.FAULT, "BrokenAnswer", 0, "a resource could not be read")
            )
            continue
        arn, kind, region, account = texts
        if kind in ours and account == check.scope.account:
            check.add(ours[kind], arn, account, region, source)


def _one(
    check: Elsewhere, scope: Scope, operation: str, parameters: dict[str, Any], member: str, deadline: Deadline
) -> Any:
    """One member of an answer; ``None``, and a gap, when it cannot be had."""
    answer = check.estate.call(_SERVICE, scope, operation, parameters, deadline)
    if not isinstance(answer, Failure):
        value = answer.data.get(member)
        if isinstance(value, dict if member == "View" else str) and value:
            return value
        missing = member == "ViewArn" and value is None
        answer = (
            Failure(Reason.DISABLED, "", 0, f"no default view in {scope.region}")
            if missing
            else Failure(Reason.FAULT, "BrokenAnswer", 0, f"the answer lacks {member}")
        )
    check.miss(_SERVICE, operation, answer, scope)
    return None
