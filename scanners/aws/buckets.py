"""S3 buckets: one list per account, then seven calls per bucket (docs/scanners/aws.md counts them).

``ListBuckets`` with ``MaxBuckets`` tells the region of each bucket (S3 API reference, ListBuckets); replication,
encryption, and the destinations of logs, inventories and analyses are one call each; the policy and the access list
tell who else can reach it.  Only when one of these two opens the bucket to anyone are the blocks of public access asked
for, since only then can they change the answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from model.health import Signal
from model.observed import Grade, Known, Observed, Reason, Source, Unread
from model.places import Copy, Key, PlaceKind, Site, Store, Target
from scanners._jobs import Deadline, Job, Step
from scanners._table import evaluate
from scanners.aws import arns, content, keys, sharing, tags
from scanners.aws.bodies import check_body
from scanners.aws.clients import Answer, Estate, Scope, estate_of
from scanners.aws.destinations import Destination, destinations
from scanners.aws.errors import BrokenAnswerError, Failure, failure_of
from scanners.aws.gaps import gap
from scanners.aws.items import Found, instant, unseen
from scanners.aws.listing import step_of
from scanners.aws.paging import Fruitless, Tokens, pages

_KIND = "AWS::S3::Bucket"
_BATCH = 8
_LEGACY = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}
_EVERYONE = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")


@dataclass(frozen=True, slots=True)
class Listed:
    """A bucket as its listing tells it; ``region`` is empty when the server leaves it out."""

    name: str
    region: str
    created: str


@dataclass(slots=True)
class _Bucket:
    """What is being read of one bucket."""

    target: Target
    scope: Scope
    listed: Listed
    source: Source
    found: Found
    arn: str = ""
    region: Observed[str] = field(init=False)

    def call(self, estate: Estate, operation: str, deadline: Deadline, *none: str) -> Answer | Failure | None:
        """One call about this bucket: ``None`` when a code of ``none`` proves a void; a failure is a gap."""
        answer = estate.call("s3", self.scope, operation, {"Bucket": self.listed.name}, deadline)
        if not isinstance(answer, Failure):
            return answer
        if answer.code in none:
            return None
        self.miss(operation, answer)
        return answer

    def miss(self, operation: str, failure: Failure, service: str = "s3") -> None:
        """Records that a call about this bucket gave no answer."""
        what = f"{operation} of {_KIND} {self.listed.name}"
        self.found.gaps.append(gap(self.target, self.scope, what, service, operation, failure, store=self.arn))


def own_buckets(estate: Estate, scope: Scope, deadline: Deadline) -> tuple[list[Listed], Source | None, Failure | None]:
    """Every bucket of the account, asked once per run; what was read before a failure stands beside it."""
    return estate.once(("buckets", scope.account), lambda: _list(estate, scope, deadline))


def _list(estate: Estate, scope: Scope, deadline: Deadline) -> tuple[list[Listed], Source | None, Failure | None]:
    buckets: dict[str, Listed] = {}
    source: Source | None = None
    fruitless = Fruitless()
    tokens = Tokens("ContinuationToken", "ContinuationToken")
    for answer in pages(estate, "s3", scope, "ListBuckets", {"MaxBuckets": 1000}, tokens, deadline):
        if isinstance(answer, Failure):
            return list(buckets.values()), source, answer
        before = len(buckets)
        try:
            if not answer.data.get("Buckets"):
                check_body(estate.model("s3", scope, "ListBuckets"), "Buckets", False, answer.body)
            for each in answer.data.get("Buckets", ()):
                bucket = _listed(each)
                buckets.setdefault(bucket.name, bucket)
        except (BrokenAnswerError, AttributeError, TypeError) as error:
            return list(buckets.values()), source, failure_of(error)
        source = answer.source
        endless = fruitless.page(len(buckets) - before)
        if endless is not None:
            return list(buckets.values()), source, endless
    return list(buckets.values()), source, None


def _listed(each: Any) -> Listed:
    name = each.get("Name")
    if not isinstance(name, str) or not name:
        raise BrokenAnswerError("a bucket without a name")
    created = instant(each.get("CreationDate"))
    return Listed(name, str(each.get("BucketRegion") or ""), created.isoformat() if created else "")


def list_buckets(job: Job, deadline: Deadline) -> Step:
    """Task ``buckets``: the buckets of an account, a few per job."""
    estate = estate_of(job.target)
    scope = Scope.parse(job.arguments[0])
    buckets, source, failure = own_buckets(estate, scope, deadline)
    found = Found()
    if failure is not None:
        found.gaps.append(gap(job.target, scope, job.scope, "s3", "ListBuckets", failure))
    jobs = []
    batched = 1 if content.allowed(estate) else _BATCH  # a sample takes some sixty calls
    for start in range(0, len(buckets), batched):
        batch = buckets[start : start + batched]
        names = ", ".join(bucket.name for bucket in batch)
        packed = json.dumps([[bucket.name, bucket.region, bucket.created] for bucket in batch], ensure_ascii=False)
        at = source.read_at.isoformat() if source is not None else ""
        jobs.append(
            Job(job.target, "bucket", f"{_KIND} {names} of account {scope.account}", (scope.text(), at, packed))
        )
    return step_of(job.target, scope, found, jobs)


def read_buckets(job: Job, deadline: Deadline) -> Step:
    """Task ``bucket``: region, replication, encryption, sharing and tags of a few buckets."""
    estate = estate_of(job.target)
    scope = Scope.parse(job.arguments[0])
    source = Source("s3:ListBuckets", datetime.fromisoformat(job.arguments[1]), Grade.API)
    found = Found()
    for name, region, created in json.loads(job.arguments[2]):
        arn = f"arn:{scope.partition}:s3:::{name}"
        bucket = _Bucket(job.target, scope, Listed(name, region, created), source, found, arn)
        _read(estate, bucket, deadline)
    return step_of(job.target, scope, found, [])


def _read(estate: Estate, bucket: _Bucket, deadline: Deadline) -> None:
    source, unread = bucket.source, Unread(Reason.NOT_TOLD, bucket.source)
    region = _region(estate, bucket, deadline)
    if isinstance(region, Known):
        bucket.scope = bucket.scope.at(region.value)
    place: Observed[tuple[Site, ...]] = (
        Known((Site(region.value),), region.source) if isinstance(region, Known) else region
    )
    _replication(estate, bucket, deadline)
    _destinations(estate, bucket, deadline)
    key = _key(estate, bucket, deadline)
    public, shared = _reach(estate, bucket, deadline)
    signals = _signals(estate, bucket, deadline)
    created = instant(bucket.listed.created) if bucket.listed.created else None
    store = Store(
        id=bucket.arn,
        kind=_KIND,
        name=bucket.listed.name,
        scanner="aws",
        target=bucket.target.name,
        account=bucket.scope.account,
        role=PlaceKind.PRIMARY,
        seen=True,
        provider=Known(arns.provider_of(bucket.scope.partition), source),
        service=Known("s3", source),
        service_id=unread,
        sites=place,
        key=key,
        public=public,
        shared_with=shared,
        size_bytes=Unread(Reason.NOT_ASKED, source),
        created_at=Known(created, source) if created is not None else unread,
        tags=_tags(estate, bucket, deadline),
        entity=unread,
        holds_health=unread,
        checked_on=Known(source.read_at.date(), source),
        signals=signals,
    )
    bucket.found.stores.append(store)


def _signals(estate: Estate, bucket: _Bucket, deadline: Deadline) -> tuple[Signal, ...] | None:
    """What the objects show, where the target lets them be looked at."""
    if not content.allowed(estate):
        return None
    return content.sample(estate, bucket.scope, bucket.listed.name, bucket.miss, deadline)


def _region(estate: Estate, bucket: _Bucket, deadline: Deadline) -> Observed[str]:
    """The region, from the list, else from GetBucketLocation, else from the header that even a refusal carries."""
    if bucket.listed.region:
        return Known(bucket.listed.region, bucket.source)
    parameters = {"Bucket": bucket.listed.name}
    answer = estate.call("s3", bucket.scope, "GetBucketLocation", parameters, deadline)
    if isinstance(answer, Answer) and "LocationConstraint" in answer.data:
        constraint = answer.data["LocationConstraint"]
        if constraint in _LEGACY or isinstance(constraint, str):
            return Known(_LEGACY.get(constraint, constraint), answer.source)
    failure = answer if isinstance(answer, Failure) else Failure(Reason.FAULT, "", 0, "the answer names no region")
    region, source, _ = head(estate, bucket.scope, bucket.listed.name, deadline)
    if region:
        return Known(region, source)
    bucket.miss("GetBucketLocation", failure)
    return Unread(failure.reason, bucket.source, failure.detail)


def head(estate: Estate, scope: Scope, name: str, deadline: Deadline) -> tuple[str, Source, Failure | None]:
    """The region in the header ``x-amz-bucket-region``, which S3 sends also when it refuses (HeadBucket)."""
    answer = estate.call("s3", scope, "HeadBucket", {"Bucket": name}, deadline)
    if isinstance(answer, Failure):
        source = estate.source("s3:HeadBucket")
        return answer.region, source, answer
    headers = answer.data.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(answer.data.get("BucketRegion") or headers.get("x-amz-bucket-region", "")), answer.source, None


def _replication(estate: Estate, bucket: _Bucket, deadline: Deadline) -> None:
    answer = bucket.call(estate, "GetBucketReplication", deadline, "ReplicationConfigurationNotFoundError")
    if answer is None or isinstance(answer, Failure):
        return
    rules = evaluate("ReplicationConfiguration.Rules", answer.data)
    if not isinstance(rules, list) or not rules:
        bucket.miss("GetBucketReplication", Failure(Reason.FAULT, "BrokenAnswer", 0, "the answer holds no rule"))
        return
    for rule in rules:
        if not isinstance(rule, dict) or rule.get("Status") == "Disabled":
            continue
        end = evaluate("Destination.Bucket", rule)
        arn = arns.parse(end) if isinstance(end, str) else None
        if arn is None:
            bucket.miss("GetBucketReplication", Failure(Reason.FAULT, "BrokenAnswer", 0, "a rule without destination"))
            continue
        bucket.found.copies.append(Copy(bucket.arn, str(end), PlaceKind.REPLICA, Known(True, answer.source)))
        bucket.found.buckets.add(arn.resource)


def _destinations(estate: Estate, bucket: _Bucket, deadline: Deadline) -> None:
    for each in destinations(estate, bucket.scope, bucket.listed.name, deadline):
        if not isinstance(each, Destination):
            bucket.miss(*each)
        elif each.bucket != bucket.listed.name:
            end = f"arn:{bucket.scope.partition}:s3:::{each.bucket}"
            bucket.found.copies.append(Copy(bucket.arn, end, each.kind, Known(True, each.source)))
            bucket.found.buckets.add(each.bucket)


def _key(estate: Estate, bucket: _Bucket, deadline: Deadline) -> Observed[Key]:
    missing = "ServerSideEncryptionConfigurationNotFoundError"
    answer = bucket.call(estate, "GetBucketEncryption", deadline, missing)
    if answer is None:
        return keys.without_key(False, bucket.source)
    if isinstance(answer, Failure):
        return Unread(answer.reason, bucket.source, answer.detail)
    default = "ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault | [0]"
    rule = evaluate(default, answer.data)
    if not isinstance(rule, dict) or not isinstance(rule.get("SSEAlgorithm"), str):
        # Some compatible servers answer with an empty configuration: that is no answer.
        failure = Failure(Reason.FAULT, "BrokenAnswer", 0, "the answer holds no rule")
        bucket.miss("GetBucketEncryption", failure)
        return Unread(failure.reason, answer.source, failure.detail)
    key_id = rule.get("KMSMasterKeyID")
    if not isinstance(key_id, str) or not key_id:
        return keys.without_key(True, answer.source)
    key, key_failure = keys.custody(estate, bucket.scope, key_id, answer.source, deadline)
    if key_failure is not None:
        bucket.miss("DescribeKey", key_failure, service="kms")
    return key


def _reach(estate: Estate, bucket: _Bucket, deadline: Deadline) -> tuple[Observed[bool], Observed[tuple[str, ...]]]:
    policy = bucket.call(estate, "GetBucketPolicy", deadline, "NoSuchBucketPolicy")
    grants = bucket.call(estate, "GetBucketAcl", deadline)
    for answer in (policy, grants):
        if isinstance(answer, Failure):
            unread = Unread(answer.reason, bucket.source, answer.detail)
            return unread, unread
    assert isinstance(grants, Answer)
    source = grants.source
    operation = "GetBucketPolicy"
    try:
        text = policy.data["Policy"] if isinstance(policy, Answer) else None
        by_policy = sharing.of_policy(text, bucket.scope.account)
        operation = "GetBucketAcl"
        by_list = _granted(grants.data)
    except (KeyError, ValueError, AttributeError, TypeError):
        failure = Failure(Reason.FAULT, "BrokenAnswer", 0, "who can reach the bucket could not be read")
        bucket.miss(operation, failure)
        unread = Unread(failure.reason, source, failure.detail)
        return unread, unread
    shared: Observed[tuple[str, ...]] = Known(by_policy.joined(by_list).others, source)
    return _public(estate, bucket, isinstance(policy, Answer), by_list.public, source, deadline), shared


def _public(
    estate: Estate, bucket: _Bucket, has_policy: bool, by_list: bool, source: Source, deadline: Deadline
) -> Observed[bool]:
    by_policy = False
    if has_policy:
        status = bucket.call(estate, "GetBucketPolicyStatus", deadline, "NoSuchBucketPolicy")
        if isinstance(status, Failure):
            return Unread(status.reason, source, status.detail)
        told = evaluate("PolicyStatus.IsPublic", status.data) if status is not None else False
        if not isinstance(told, bool):
            bucket.miss("GetBucketPolicyStatus", Failure(Reason.FAULT, "BrokenAnswer", 0, "the answer does not say"))
            return Unread(Reason.FAULT, source)
        by_policy = told
    if not by_policy and not by_list:
        return Known(False, source)
    whole = _blocks(estate, bucket, True, deadline)
    single = _blocks(estate, bucket, False, deadline)
    for blocks in (whole, single):
        if isinstance(blocks, Failure):
            return Unread(blocks.reason, source, blocks.detail)
    assert not isinstance(whole, Failure)
    assert not isinstance(single, Failure)
    blocked = whole | single
    open_by_policy = by_policy and "RestrictPublicBuckets" not in blocked
    open_by_list = by_list and "IgnorePublicAcls" not in blocked
    return Known(open_by_policy or open_by_list, source)


def _blocks(estate: Estate, bucket: _Bucket, account: bool, deadline: Deadline) -> frozenset[str] | Failure:
    """The blocks of public access that are on, of the account (asked once) or of the bucket."""
    if account:
        parameters = {"AccountId": bucket.scope.account}
        answer = estate.once(
            ("account blocks", bucket.scope.account),
            lambda: estate.call("s3control", bucket.scope, "GetPublicAccessBlock", parameters, deadline),
        )
    else:
        answer = estate.call("s3", bucket.scope, "GetPublicAccessBlock", {"Bucket": bucket.listed.name}, deadline)
    if isinstance(answer, Failure):
        if answer.code == "NoSuchPublicAccessBlockConfiguration":
            return frozenset()
        bucket.miss("GetPublicAccessBlock", answer, "s3control" if account else "s3")
        return answer
    flags = answer.data.get("PublicAccessBlockConfiguration")
    if not isinstance(flags, dict):
        failure = Failure(Reason.FAULT, "BrokenAnswer", 0, "the answer holds no configuration")
        bucket.miss("GetPublicAccessBlock", failure, "s3control" if account else "s3")
        return failure
    return frozenset(name for name, on in flags.items() if on is True)


def _granted(data: dict[str, Any]) -> sharing.Reach:
    owner = data["Owner"].get("ID")
    public, others = False, set()
    for grant in data["Grants"]:
        grantee = grant["Grantee"]
        if str(grantee.get("URI", "")).endswith(_EVERYONE):
            public = True
        elif grantee.get("ID") and grantee["ID"] != owner:
            others.add(f"canonical-user:{grantee['ID']}")
    return sharing.Reach(public, tuple(sorted(others)))


def _tags(estate: Estate, bucket: _Bucket, deadline: Deadline) -> Observed[tuple[tuple[str, str], ...]]:
    """From the listing of tags of the region; bucket by bucket when that is refused."""
    table = tags.tagged(estate, bucket.scope, "s3", deadline)
    if not isinstance(table, Failure):
        return Known(table[0].get(bucket.arn, ()), table[1].source)
    answer = bucket.call(estate, "GetBucketTagging", deadline, "NoSuchTagSet")
    if answer is None:
        return Known((), bucket.source)
    if isinstance(answer, Failure):
        bucket.found.gaps.append(tags.tags_gap(bucket.target, bucket.scope, "s3", table))
        return Unread(answer.reason, bucket.source, answer.detail)
    pairs = tags.pairs_of(answer.data.get("TagSet"))
    if pairs is None or "TagSet" not in answer.data:
        failure = Failure(Reason.FAULT, "BrokenAnswer", 0, "the tags could not be read")
        bucket.miss("GetBucketTagging", failure)
        return Unread(failure.reason, answer.source, failure.detail)
    return Known(pairs, answer.source)


def read_end(job: Job, deadline: Deadline) -> Step:
    """Task ``bucket_end``: a bucket that a copy leads to and that this account does not list.

    Its region stands in the answer to HeadBucket, also in a refusal; a bucket that does not exist holds nothing.
    """
    estate = estate_of(job.target)
    scope, name = Scope.parse(job.arguments[0]), job.arguments[1]
    found = Found()
    own, _, _ = own_buckets(estate, scope, deadline)
    if any(bucket.name == name for bucket in own):
        return Step()
    region, source, failure = head(estate, scope, name, deadline)
    if failure is not None and failure.status == 404 and not region:
        return Step()
    arn = arns.Arn(scope.partition, "s3", region, "", name)
    end = f"arn:{scope.partition}:s3:::{name}"
    if not region:
        lost = failure or Failure(Reason.FAULT, "BrokenAnswer", 0, "the answer names no region")
        found.gaps.append(gap(job.target, scope, job.scope, "s3", "HeadBucket", lost, store=end))
    found.stores.append(unseen("s3", end, arn, PlaceKind.REPLICA, scope, source, job.target.name))
    return step_of(job.target, scope, found, [])
