"""IAM Access Analyzer as a cross-check: who outside the account can reach what, as it proves from the policies.

``ListFindings`` tells public access and the principal of each finding in the list itself, under the same right as
``ListFindingsV2``, which takes one more call for each (Access Analyzer API reference).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from model.observed import Known, Reason
from scanners._jobs import Deadline, Job, Step
from scanners.aws import sharing
from scanners.aws.clients import Scope, estate_of
from scanners.aws.elsewhere import BUCKET, Elsewhere, begin, row_of
from scanners.aws.errors import Failure

_SERVICE = "accessanalyzer"


def check_analyzed(job: Job, deadline: Deadline) -> Step:
    """Task ``analyzed``: what the active findings open; a region that no analyzer watches is part of a gap."""
    check = begin(job, estate_of(job.target), "Access Analyzer")
    unwatched: list[str] = []
    for region in check.regions:
        scope = check.scope.at(region)
        before = len(check.gaps)
        watching = _analyzers(check, scope, ("ACCOUNT", "ORGANIZATION"), deadline)
        if not watching and check.scope.member:
            # The caller's own account may hold the analyzer of the whole organisation.
            scope = Scope(scope.partition, "", region)
            watching = _analyzers(check, scope, ("ORGANIZATION",), deadline)
        if not watching and len(check.gaps) == before:
            unwatched.append(region)
        for arn in watching:
            _findings(check, scope, arn, region, deadline)
    if unwatched:
        check.blind(_SERVICE, "ListAnalyzers", f"no analyzer of external access watches {', '.join(unwatched)}")
    return check.step()


def _analyzers(check: Elsewhere, scope: Scope, types: tuple[str, ...], deadline: Deadline) -> list[str]:
    """The ARNs of the analyzers of external access that are at work in a region."""
    listed = check.ask(_SERVICE, scope, "ListAnalyzers", {}, "analyzers", deadline)
    return [str(each.get("arn")) for each, _ in listed if each.get("type") in types and each.get("status") == "ACTIVE"]


def _findings(check: Elsewhere, scope: Scope, analyzer: str, region: str, deadline: Deadline) -> None:
    asked = {
        "analyzerArn": analyzer,
        "filter": {"status": {"eq": ["ACTIVE"]}, "resourceOwnerAccount": {"eq": [check.scope.account]}},
    }
    for each, source in check.ask(_SERVICE, scope, "ListFindings", asked, "findings", deadline):
        kind, arn = each.get("resourceType"), each.get("resource")
        if not isinstance(kind, str) or not isinstance(arn, str):
            broken = Failure(Reason.FAULT, "BrokenAnswer", 0, "a finding could not be read")
            check.miss(_SERVICE, "ListFindings", broken, scope)
            continue
        if each.get("status") != "ACTIVE" or (kind != BUCKET and row_of(kind) is None):
            continue
        store = check.add(kind, arn, check.scope.account, region, source)
        if store is None:
            continue
        reach = _reach(each, check.scope.account)
        others = store.shared_with.value if isinstance(store.shared_with, Known) else ()
        # One finding proves what it opens, and nothing of what it does not speak of.
        check.stores[store.id] = replace(
            store,
            public=Known(True, source) if reach.public else store.public,
            shared_with=Known(tuple(sorted({*others, *reach.others})), source),
        )


def _reach(finding: dict[str, Any], own: str) -> sharing.Reach:
    named = finding.get("principal")
    values = list(named.values()) if isinstance(named, dict) else []
    reach = sharing.of_accounts(values, own)
    # A principal "*" under a condition is a wide one that the analyzer itself does not call public.
    return sharing.Reach(finding.get("isPublic") is True, reach.others)
