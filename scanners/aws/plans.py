"""AWS Backup plans: rules that copy what lands in one vault to vaults elsewhere."""

from __future__ import annotations

from typing import Any

from model.observed import Known, Reason
from model.places import Copy, PlaceKind
from scanners._jobs import Deadline, Job, Step
from scanners.aws import arns
from scanners.aws.bodies import check_body
from scanners.aws.clients import Answer, Estate, Scope, estate_of
from scanners.aws.errors import BrokenAnswerError, Failure, failure_of
from scanners.aws.gaps import gap
from scanners.aws.items import Found, unseen
from scanners.aws.listing import step_of
from scanners.aws.paging import pages, paginator_of


def list_plans(job: Job, deadline: Deadline) -> Step:
    """Task ``backup_plans``: the vaults that the plans of a region copy to (AWS Backup API, GetBackupPlan)."""
    estate = estate_of(job.target)
    scope = Scope.parse(job.arguments[0])
    found = Found()
    tokens = paginator_of(estate, "backup", "ListBackupPlans")
    for answer in pages(estate, "backup", scope, "ListBackupPlans", {"MaxResults": 1000}, tokens, deadline):
        plans = _plans(estate, scope, answer)
        if isinstance(plans, Failure):
            found.gaps.append(gap(job.target, scope, job.scope, "backup", "ListBackupPlans", plans))
            break
        for plan in plans:
            _read(estate, job, scope, plan, deadline, found)
    return step_of(job.target, scope, found, [])


def _plans(estate: Estate, scope: Scope, answer: Answer | Failure) -> list[str] | Failure:
    if isinstance(answer, Failure):
        return answer
    try:
        listed = answer.data.get("BackupPlansList")
        if not listed:
            check_body(estate.model("backup", scope, "ListBackupPlans"), "BackupPlansList", False, answer.body)
        return [each["BackupPlanId"] for each in listed or ()]
    except (BrokenAnswerError, AttributeError, KeyError, TypeError) as error:
        return failure_of(error)


def _read(estate: Estate, job: Job, scope: Scope, plan: str, deadline: Deadline, found: Found) -> None:
    answer = estate.call("backup", scope, "GetBackupPlan", {"BackupPlanId": plan}, deadline)
    rules = None if isinstance(answer, Failure) else (answer.data.get("BackupPlan") or {}).get("Rules")
    failure = answer if isinstance(answer, Failure) else None
    if failure is None and not isinstance(rules, list):
        failure = Failure(Reason.FAULT, "BrokenAnswer", 0, "the plan could not be read")
    if failure is not None:
        what = f"copies of AWS::Backup::BackupPlan {plan} in {scope}"
        found.gaps.append(gap(job.target, scope, what, "backup", "GetBackupPlan", failure))
        return
    assert isinstance(answer, Answer)
    for rule in rules or ():
        name = rule.get("TargetBackupVaultName")
        vault = f"arn:{scope.partition}:backup:{scope.region}:{scope.account}:backup-vault:{name}"
        for end in _ends(rule):
            arn = arns.parse(end)
            if arn is None or end == vault:
                continue
            found.copies.append(Copy(vault, end, PlaceKind.BACKUP, Known(True, answer.source)))
            if (arn.region, arn.account) != (scope.region, scope.account):
                found.stores.append(unseen("backup", end, arn, PlaceKind.BACKUP, scope, answer.source, job.target.name))


def _ends(rule: dict[str, Any]) -> list[str]:
    ends = [action.get("DestinationBackupVaultArn") for action in rule.get("CopyActions") or ()]
    ends.append(rule.get("TargetLogicallyAirGappedBackupVaultArn"))
    return [end for end in ends if isinstance(end, str)]
