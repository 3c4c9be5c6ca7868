"""Amazon Web Services: every account, every enabled region, every kind of store in stores.csv.

docs/scanners/aws.md says what is asked, what cannot be seen, and which rights that needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from model.errors import TargetError
from model.places import Target
from scanners._jobs import Deadline, Job, Task
from scanners.aws.accounts import credentials_error, fan_out, list_accounts, list_regions, whoami
from scanners.aws.analyzed import check_analyzed
from scanners.aws.buckets import list_buckets, read_buckets, read_end
from scanners.aws.clients import estate_of
from scanners.aws.elsewhere import CHECKS
from scanners.aws.errors import Failure
from scanners.aws.explorer import check_explorer
from scanners.aws.listing import list_kind, read_batch
from scanners.aws.plans import list_plans
from scanners.aws.recorded import check_recorded
from scanners.aws.rights import actions, cross_check_policy, policies, sampling_policy
from scanners.aws.rows import rows

SETTINGS: Mapping[str, str] = {
    "profile": "Profile of ~/.aws/config to use; without it the SDK's own chain (environment, SSO, instance role).",
    "assume_role": "Name of the role to assume in each account other than the caller's own.",
    "external_id": "External id that the role's trust policy asks for.",
    "accounts": '"organization" for every account of the organisation, or a list of ids; without it the caller\'s own.',
    "regions": '"all" for every region that an account has enabled (the default), or a list of region codes.',
    "sample_content": "true to read the two ends of at most 20 objects a bucket; false, the default, reads none.",
    "cross_check": "What to compare the lists with: resource-explorer, config, access-analyzer; nothing by default.",
    "endpoint_url": "One address for every service, for a test bed; plain http only on this machine.",
}
EXAMPLE: Mapping[str, str] = {"endpoint_url": "http://127.0.0.1:5000"}
PERMISSIONS: tuple[str, ...] = actions()
TASKS: Mapping[str, Task] = {
    "accounts": list_accounts,
    "account": list_regions,
    "region": fan_out,
    "list": list_kind,
    "details": read_batch,
    "buckets": list_buckets,
    "bucket": read_buckets,
    "bucket_end": read_end,
    "backup_plans": list_plans,
    "explorer": check_explorer,
    "recorded": check_recorded,
    "analyzed": check_analyzed,
}
LISTINGS: Mapping[str, str] = {"list": "list", "details": "list", "buckets": "buckets", "bucket": "buckets"}

# For tests and benchmarks only: how often a call is tried, how long an answer is waited for, which rows are asked.
_INTERNAL = frozenset({"_attempts", "_timeout_seconds", "_rows"})


def plan(target: Target) -> Iterable[Job]:
    """The first job of a scan.  Raises TargetError for a setting that cannot be used; makes no call."""
    _check(target)
    yield Job(target, "accounts", "accounts to scan")


def identify(target: Target) -> str:
    """The ARN of the identity that the target's credentials are.

    Raises CredentialsError, which says what to do, when there is none: no credentials, an unknown profile,
    an expired session, a wrong clock, an endpoint that cannot be reached.
    """
    _check(target)
    estate = estate_of(target)
    caller = whoami(estate, Deadline.after(60))
    if isinstance(caller, Failure):
        raise credentials_error(target, caller, estate.endpoint())
    return caller[1]


def probe(target: Target) -> Target:
    """The same target in one region: few questions, and each right that is missing shows.

    Makes one call where the target takes every region.  Raises what ``identify`` raises.
    """
    wanted = target.setting("regions")
    region = wanted[0] if isinstance(wanted, tuple) else ""
    if not region:
        caller = whoami(estate_of(target), Deadline.after(60))
        region = "" if isinstance(caller, Failure) else caller[0].region
    settings = {**dict(target.settings), "regions": (region,)} if region else dict(target.settings)
    return replace(target, settings=tuple(sorted(settings.items())))


def policy() -> str:
    """The IAM policy documents to attach, one after the other, each valid on its own and under the size limit.

    A guard that denies the reading of content comes after the rights themselves; then the two opt-ins, to
    cross-checks and to samples of content.
    """
    return "\n".join([*policies(), cross_check_policy(), sampling_policy()])


def _check(target: Target) -> None:
    settings = dict(target.settings)
    where = f"target {target.name!r}"
    known = sorted(SETTINGS)
    for key in settings:
        if key not in SETTINGS and key not in _INTERNAL:
            raise TargetError(f"{where}: unknown setting {key!r}; known: {', '.join(known)}")
    for key in ("profile", "assume_role", "external_id", "endpoint_url"):
        if key in settings and (not isinstance(settings[key], str) or not settings[key]):
            raise TargetError(f"{where}: {key}: expected a text")
    if not isinstance(settings.get("sample_content", False), bool):
        raise TargetError(f"{where}: sample_content: expected true or false")
    checks = settings.get("cross_check", ())
    if not isinstance(checks, tuple) or set(checks) - CHECKS.keys():
        raise TargetError(f"{where}: cross_check: expected a list of {', '.join(CHECKS)}")
    _check_accounts(where, settings.get("accounts"), "assume_role" in settings)
    _check_regions(where, settings.get("regions", "all"))
    role = settings.get("assume_role", "LexsitusReadOnly")
    if not re.fullmatch(r"[\w+=,.@/-]{1,512}", str(role)) or str(role).startswith("arn"):
        raise TargetError(f"{where}: assume_role: expected the name of a role (with its path), not {role!r}")
    _check_endpoint(where, str(settings.get("endpoint_url", "")))
    only = settings.get("_rows", ())
    names = {row.row for row in rows()} | {"s3.bucket", "backup.plan"}
    if not isinstance(only, tuple) or set(only) - names:
        raise TargetError(f"{where}: _rows: expected names of rows of stores.csv")


def _check_accounts(where: str, accounts: object, has_role: bool) -> None:
    if accounts is None:
        return
    if accounts != "organization" and not (
        isinstance(accounts, tuple) and accounts and all(re.fullmatch("[0-9]{12}", each) for each in accounts)
    ):
        raise TargetError(f'{where}: accounts: expected "organization" or a list of 12-digit account ids in quotes')
    if not has_role:
        raise TargetError(
            f"{where}: assume_role: name the role to assume in the accounts, for example LexsitusReadOnly"
        )


def _check_regions(where: str, regions: object) -> None:
    if regions == "all":
        return
    if not isinstance(regions, tuple) or not regions:
        raise TargetError(f'{where}: regions: expected "all" or a list of region codes')
    known = _known_regions()
    for region in regions:
        if region not in known:
            raise TargetError(f"{where}: regions: unknown region {region!r}; known: {', '.join(sorted(known))}")


def _known_regions() -> frozenset[str]:
    from scanners.aws.clients import region_codes

    return region_codes()


def _check_endpoint(where: str, endpoint: str) -> None:
    if not endpoint:
        return
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise TargetError(f"{where}: endpoint_url: expected https://host[:port] without user or password")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise TargetError(f"{where}: endpoint_url: plain http is accepted on this machine only; use https")
