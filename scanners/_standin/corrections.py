"""Where moto is more lenient, or says less, than AWS in a way that would hide a mistake of ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from scanners._standin.answers import Answer, AwsError, error
from scanners._standin.requests import Call

_ANYWHERE = frozenset({"ListBuckets", "CreateBucket", "GetBucketLocation", "ListDirectoryBuckets", "CreateSession"})


def bucket_answer(call: Call) -> Answer | None:
    """What S3 says before it looks at a bucket: elsewhere (301), or not yours (403); else ``None``.

    Both carry ``x-amz-bucket-region``, as S3 does for HeadBucket.
    """
    name = call.parameters.get("Bucket")
    bucket = _buckets().get(name) if call.service == "s3" and isinstance(name, str) else None
    if bucket is None or call.operation == "CreateBucket":
        return None
    header = {"x-amz-bucket-region": str(bucket.region_name)}
    if bucket.region_name != call.region and call.operation not in _ANYWHERE:
        moved = AwsError("PermanentRedirect", "The bucket must be addressed at its own endpoint.", 301)
        return _with(error(call, moved), header)
    if bucket.account_id != call.account:
        return _with(error(call, AwsError("AccessDenied", "Access Denied", 403)), header)
    return None


def _with(answer: Answer, headers: dict[str, str]) -> Answer:
    return replace(answer, headers={**answer.headers, **headers})


def _buckets() -> dict[str, Any]:
    from moto.s3.models import s3_backends

    return {
        name: bucket
        for account in list(s3_backends.values())
        for backend in list(account.values())
        for name, bucket in list(backend.buckets.items())
    }


def listed_buckets(call: Call, output: dict[str, Any]) -> dict[str, Any]:
    """ListBuckets with what AWS adds as soon as one parameter is given: the region of each bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
    """
    wanted = {name: call.parameters.get(name) for name in ("MaxBuckets", "BucketRegion", "Prefix", "ContinuationToken")}
    if not any(wanted.values()):
        return output
    buckets = _buckets()
    listed = [{**item, "BucketRegion": buckets[item["Name"]].region_name} for item in output.get("Buckets", [])]
    if wanted["BucketRegion"]:
        listed = [item for item in listed if item["BucketRegion"] == wanted["BucketRegion"]]
    if wanted["Prefix"]:
        listed = [item for item in listed if item["Name"].startswith(wanted["Prefix"])]
    return {**output, "Buckets": listed}


def listed_regions(call: Call, output: dict[str, Any], enabled: Iterable[str]) -> dict[str, Any]:
    """DescribeRegions of an account in which only the regions ``enabled`` are switched on."""
    on = set(enabled)
    regions = [
        {**region, "OptInStatus": region["OptInStatus"] if region["RegionName"] in on else "not-opted-in"}
        for region in output["Regions"]
    ]
    if not call.parameters.get("AllRegions"):
        regions = [region for region in regions if region["RegionName"] in on]
    return {**output, "Regions": regions}
