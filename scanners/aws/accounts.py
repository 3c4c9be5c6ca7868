"""Who asks, which accounts there are, and which regions each has enabled."""

from __future__ import annotations

from dataclasses import replace

from model.errors import CredentialsError
from model.observed import Reason
from model.places import Gap, Observations, Target
from scanners._jobs import Deadline, Job, Step
from scanners._table import Row
from scanners.aws import arns
from scanners.aws.clients import Answer, Estate, Scope, estate_of, renew
from scanners.aws.elsewhere import elsewhere_jobs
from scanners.aws.errors import CLOCK, EXPIRED, Failure, catchable, failure_of
from scanners.aws.gaps import gap
from scanners.aws.listing import list_job
from scanners.aws.paging import pages, paginator_of
from scanners.aws.rows import rows

# Enabled in every account since it was opened (AWS account management guide, "Enable or disable AWS Regions"):
# asked when the list of regions itself is refused.
DEFAULT_REGIONS = {
    "aws": (
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1",
        "us-east-2", "us-west-1", "us-west-2",
    ),
    "aws-eusc": ("eusc-de-east-1",),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-east-1", "us-gov-west-1"),
}  # fmt: skip

# Where the one endpoint of a global service stands: the region in which the partition was founded.
HOMES = {
    "aws": "us-east-1",
    "aws-cn": "cn-northwest-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
}


def whoami(estate: Estate, deadline: Deadline) -> tuple[Scope, str] | Failure:
    """The caller's own account seen from the home region, and its ARN."""
    try:
        home = Scope("aws", "", estate.home_region())
    except catchable() as error:
        return failure_of(error)
    answer = estate.call("sts", home, "GetCallerIdentity", {}, deadline)
    if isinstance(answer, Failure):
        return answer
    arn = arns.parse(str(answer.data.get("Arn", "")))
    if arn is None or not arn.account.isdigit():
        return Failure(Reason.FAULT, "BrokenAnswer", 0, "the answer names no account")
    return Scope(arn.partition, arn.account, home.region), str(answer.data["Arn"])


def credentials_error(target: Target, failure: Failure, endpoint: str) -> CredentialsError:
    """What to tell a person when nobody could be identified."""
    profile = target.setting("profile")
    who = f"AWS profile {profile!r}" if profile else "the default AWS credentials"
    start = f"target {target.name!r}: {who}: "
    if failure.code == "NoCredentials":
        advice = "no credentials were found; run `aws configure`, sign in, or name a profile in the target"
    elif failure.code == "ProfileNotFound":
        advice = f"there is no such profile; known: {', '.join(_profiles()) or 'none'}; correct `profile` in the target"
    elif failure.code in EXPIRED or "expired" in failure.detail or failure.code == "CredentialRetrieval":
        advice = (
            f"{failure.detail}; sign in again (for example `aws sso login{f' --profile {profile}' if profile else ''}`)"
        )
    elif failure.code in CLOCK or failure.code == "SignatureDoesNotMatch":
        advice = f"{failure.code}: set the clock of this machine (timedatectl, ntp), then check the secret key"
    elif failure.reason in (Reason.UNREACHABLE, Reason.TIMEOUT):
        advice = f"{endpoint or 'AWS STS'} cannot be reached ({failure.detail}); check network, proxy and endpoint_url"
    elif failure.code in ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"):
        advice = f"{failure.code}: AWS does not know this key; check that it is active and of the right partition"
    else:
        advice = f"{failure.detail or failure.code}; check the profile with `aws sts get-caller-identity`"
    return CredentialsError(start + advice)


def _profiles() -> list[str]:
    import botocore.session

    return sorted(botocore.session.Session().available_profiles)


def list_accounts(job: Job, deadline: Deadline) -> Step:
    """Task ``accounts``, the first of a run: one job per account to scan.

    A caller who cannot be identified, an unreadable organisation and suspended accounts (which keep their data
    for 90 days) are gaps.
    """
    estate = renew(job.target)
    caller = whoami(estate, deadline)
    if isinstance(caller, Failure):
        nowhere = Scope("aws", "", "")
        return Step(Observations(gaps=(gap(job.target, nowhere, job.scope, "sts", "GetCallerIdentity", caller),)))
    own, _ = caller
    wanted = job.target.setting("accounts")
    gaps: list[Gap] = []
    members: list[str] = []
    if wanted == "organization":
        members, gaps = _organization(job, estate, own, deadline)
    elif isinstance(wanted, tuple):
        members = list(wanted)
    accounts = sorted({*members, own.account}) if wanted == "organization" or not members else sorted(set(members))
    jobs = [account_job(job.target, replace(own, account=each, member=each != own.account)) for each in accounts]
    return Step(Observations(gaps=tuple(gaps)), tuple(jobs))


def account_job(target: Target, scope: Scope) -> Job:
    """The job that finds the regions of an account."""
    return Job(target, "account", f"regions of account {scope.account}", (scope.text(),))


def _organization(job: Job, estate: Estate, own: Scope, deadline: Deadline) -> tuple[list[str], list[Gap]]:
    members: list[str] = []
    suspended: list[str] = []
    scope = own.at(HOMES.get(own.partition, own.region))
    tokens = paginator_of(estate, "organizations", "ListAccounts")
    for answer in pages(estate, "organizations", scope, "ListAccounts", {}, tokens, deadline):
        listed = None if isinstance(answer, Failure) else answer.data.get("Accounts")
        failure = answer if isinstance(answer, Failure) else None
        if failure is None and not (isinstance(listed, list) and all(_is_account(each) for each in listed)):
            failure = Failure(Reason.FAULT, "BrokenAnswer", 0, "the list of accounts could not be read")
        if failure is not None:
            return members, [*_suspended(job, suspended), _unlisted(job, scope, failure)]
        for each in listed or ():
            state = each.get("State") or each.get("Status") or ""
            (members if state in ("ACTIVE", "PENDING_CLOSURE", "") else suspended).append(each["Id"])
    return members, _suspended(job, suspended)


def _unlisted(job: Job, scope: Scope, failure: Failure) -> Gap:
    """The gap of an organisation that could not be listed, which only some accounts may do.

    Organizations API reference, ListAccounts: the management account or a delegated administrator.
    """
    granted_by = ""
    if failure.reason is Reason.REFUSED:
        granted_by = "organisation-administrator"
        advice = f"ask from the management account, or make account {scope.account} a delegated administrator"
        failure = replace(failure, detail=f"{failure.detail}; {advice}")
    elif failure.code == "AWSOrganizationsNotInUseException":
        failure = replace(failure, detail=f"account {scope.account} is in no organisation; list its accounts by id")
    found = gap(job.target, scope, "accounts of the organisation", "organizations", "ListAccounts", failure)
    return replace(found, who_can_grant=granted_by)


def _is_account(each: object) -> bool:
    return isinstance(each, dict) and isinstance(each.get("Id"), str) and len(each["Id"]) == 12


def _suspended(job: Job, accounts: list[str]) -> list[Gap]:
    detail = "the account is suspended: its data are kept up to 90 days, unseen"
    closed = Failure(Reason.DISABLED, "", 0, detail)
    return [
        gap(
            job.target, Scope("aws", each, ""), f"everything in account {each}", "organizations", "ListAccounts", closed
        )
        for each in sorted(accounts)
    ]


def list_regions(job: Job, deadline: Deadline) -> Step:
    """Task ``account``: one job per region to scan, and the lists that answer for a whole account.

    Regions that are enabled but left out by configuration make one gap that names them; so do those that the
    configuration names and that are not switched on, and those being switched on or off.  Other regions never opted
    into cannot be told from regions switched off long ago: docs/scanners/aws.md says so, no gap does.
    """
    estate = estate_of(job.target)
    scope = Scope.parse(job.arguments[0])
    if scope.member:
        closed = estate.sign_in(scope)
        if closed is not None:
            return Step(Observations(gaps=(_closed(job, scope, closed),)))
    answer = estate.call("ec2", scope, "DescribeRegions", {"AllRegions": True}, deadline)
    enabled = _enabled(answer)
    wanted = job.target.setting("regions", "all")
    gaps: list[Gap] = []
    if isinstance(enabled, Failure):
        gaps.append(gap(job.target, scope, job.scope, "ec2", "DescribeRegions", enabled))
        chosen = (
            list(wanted) if isinstance(wanted, tuple) else list(DEFAULT_REGIONS.get(scope.partition, (scope.region,)))
        )
    elif isinstance(wanted, tuple):
        chosen = [region for region in wanted if region in enabled]
        off = ", ".join(sorted(set(wanted) - set(enabled)))
        if off:
            gaps.append(_off(job, scope, off, "ec2", "DescribeRegions", "not switched on in this account"))
        left_out = sorted(set(enabled) - set(wanted))
        if left_out:
            detail = f"left out by the configuration: {', '.join(left_out)}"
            unasked = Failure(Reason.DISABLED, "", 0, detail)
            what = f"other enabled regions of account {scope.account}"
            gaps.append(gap(job.target, replace(scope, region=""), what, "ec2", "DescribeRegions", unasked))
    else:
        chosen = enabled
    gaps += _changing(job, estate, scope, deadline)
    only = job.target.setting("_rows")
    regions = tuple(sorted(set(chosen)))
    jobs = [region_job(job.target, scope.at(region)) for region in regions]
    jobs += elsewhere_jobs(job.target, scope, regions)
    if only is None or (isinstance(only, tuple) and "s3.bucket" in only):
        jobs.insert(0, Job(job.target, "buckets", f"AWS::S3::Bucket of account {scope.account}", (scope.text(),)))
    return Step(Observations(gaps=tuple(gaps)), tuple(jobs))


def _off(job: Job, scope: Scope, regions: str, service: str, operation: str, why: str) -> Gap:
    """The gap of regions that cannot be asked: what was ever put there stays there."""
    failure = Failure(Reason.DISABLED, "", 0, f"{why}: {regions}; data once put there stay, unseen")
    what = f"regions {why} of account {scope.account}"
    return gap(job.target, replace(scope, region=""), what, service, operation, failure)


def _changing(job: Job, estate: Estate, scope: Scope, deadline: Deadline) -> list[Gap]:
    """The regions that are being switched on or off (AWS Account Management API, ListRegions), else the failure."""
    home = scope.at(HOMES.get(scope.partition, scope.region))
    asked = {"RegionOptStatusContains": ["ENABLING", "DISABLING"]}
    tokens = paginator_of(estate, "account", "ListRegions")
    names: list[str] = []
    for answer in pages(estate, "account", home, "ListRegions", asked, tokens, deadline):
        listed = None if isinstance(answer, Failure) else answer.data.get("Regions")
        failure = answer if isinstance(answer, Failure) else None
        if failure is None and not (isinstance(listed, list) and all(isinstance(each, dict) for each in listed)):
            failure = Failure(Reason.FAULT, "BrokenAnswer", 0, "the list of regions could not be read")
        if failure is not None:
            what = f"regions being switched on or off in account {scope.account}"
            return [gap(job.target, replace(scope, region=""), what, "account", "ListRegions", failure)]
        names += [str(each.get("RegionName", "")) for each in listed or ()]
    changing = ", ".join(sorted(set(names)))
    return [_off(job, scope, changing, "account", "ListRegions", "being switched on or off")] if changing else []


def _closed(job: Job, scope: Scope, failure: Failure) -> Gap:
    """The gap of an account whose role could not be assumed; nothing of it can be seen."""
    what = f"everything in account {scope.account}"
    whole = gap(job.target, replace(scope, region=""), what, "sts", "AssumeRole", failure)
    return replace(whole, permission="sts:AssumeRole" if failure.reason is Reason.REFUSED else "")


def _enabled(answer: Answer | Failure) -> list[str] | Failure:
    if isinstance(answer, Failure):
        return answer
    listed = answer.data.get("Regions")
    if not isinstance(listed, list) or not listed:
        return Failure(Reason.FAULT, "BrokenAnswer", 0, "the list of regions could not be read")
    names = []
    for each in listed:
        if not isinstance(each, dict) or not isinstance(each.get("RegionName"), str):
            return Failure(Reason.FAULT, "BrokenAnswer", 0, "the list of regions could not be read")
        if each.get("OptInStatus") != "not-opted-in":
            names.append(each["RegionName"])
    return names


def region_job(target: Target, scope: Scope) -> Job:
    """The job that fans out over the rows in one region."""
    return Job(target, "region", f"everything in {scope}", (scope.text(),))


def is_asked(row: Row, scope: Scope) -> bool:
    """Whether a row is asked for in this account and region.

    Its ``asked`` is empty (everywhere), ``own`` (only with the caller's own account, which alone may ask), or the
    region of the standard partition where a global service answers; elsewhere such a service answers at home.
    """
    if row.asked in ("", "own"):
        return not (row.asked and scope.member)
    home = row.asked if scope.partition == "aws" else HOMES.get(scope.partition)
    return scope.region == home


def fan_out(job: Job, deadline: Deadline) -> Step:  # noqa: ARG001  (a task like the others; it makes no call)
    """Task ``region``: one listing job per row."""
    scope = Scope.parse(job.arguments[0])
    only = job.target.setting("_rows")
    wanted = [row for row in rows() if not row.parent and (not isinstance(only, tuple) or row.row in only)]
    asked = [row for row in wanted if is_asked(row, scope)]
    jobs = [list_job(job.target, scope, row) for row in asked]
    if not isinstance(only, tuple) or "backup.plan" in only:
        jobs.append(Job(job.target, "backup_plans", f"AWS::Backup::BackupPlan in {scope}", (scope.text(),)))
    return Step(jobs=tuple(jobs))
