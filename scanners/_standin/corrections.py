"""Where moto is more lenient, or says less, than AWS in a way that would hide a mistake of ours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from scanners._standin.answers import Answer, AwsError, error, serialise
from scanners._standin.requests import Call

_ANYWHERE = frozenset({"ListBuckets", "CreateBucket", "GetBucketLocation", "ListDirectoryBuckets", "CreateSession"})


def with_region(call: Call, answer: Answer) -> Answer:
    """``answer`` with the region of the bucket concerned: S3 tells it in a header even when it refuses.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    """
    bucket = _bucket(call)
    if bucket is None:
        return answer
    return replace(answer, headers={**answer.headers, "x-amz-bucket-region": str(bucket.region_name)})


def bucket_answer(call: Call) -> Answer | None:
    """What S3 says of a bucket where moto would not: elsewhere (301), not yours (403), encrypted; else ``None``."""
    bucket = _bucket(call)
    if bucket is None or call.operation == "CreateBucket":
        return None
    if bucket.region_name != call.region and call.operation not in _ANYWHERE:
        moved = AwsError("PermanentRedirect", "The bucket must be addressed at its own endpoint.", 301)
        return with_region(call, error(call, moved))
    if bucket.account_id != call.account:
        return with_region(call, error(call, AwsError("AccessDenied", "Access Denied", 403)))
    if call.operation == "GetBucketEncryption" and not bucket.encryption:
        # Every bucket is encrypted by S3 itself since January 2023, and says so.
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
        return serialise("s3", "GetBucketEncryption", {"ServerSideEncryptionConfiguration": {"Rules": [rule]}})
    if call.operation == "ListBucketAnalyticsConfigurations":
        # moto takes the request for a listing of objects.
        return serialise("s3", call.operation, {"IsTruncated": False})
    return None


def _bucket(call: Call) -> Any:
    name = call.parameters.get("Bucket")
    return _buckets().get(name) if call.service == "s3" and isinstance(name, str) else None


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
    general = [item for item in output.get("Buckets", []) if not _is_directory(item)]
    if not any(wanted.values()):
        return {**output, "Buckets": general}
    buckets = _buckets()
    listed = [{**item, "BucketRegion": buckets[item["Name"]].region_name} for item in general]
    if wanted["BucketRegion"]:
        listed = [item for item in listed if item["BucketRegion"] == wanted["BucketRegion"]]
    if wanted["Prefix"]:
        listed = [item for item in listed if item["Name"].startswith(wanted["Prefix"])]
    return {**output, "Buckets": listed}


def directory_buckets(_: Call, output: dict[str, Any]) -> dict[str, Any]:
    """ListDirectoryBuckets: moto answers every bucket."""
    return {**output, "Buckets": [item for item in output.get("Buckets", []) if _is_directory(item)]}


def _is_directory(item: dict[str, Any]) -> bool:
    return str(item["Name"]).endswith("--x-s3")


def snapshots(_: Call, output: dict[str, Any]) -> dict[str, Any]:
    """DescribeSnapshots: the volume of a copied snapshot is arbitrary in AWS, where moto names the true one.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html
    """
    listed = [
        {**item, "VolumeId": "vol-ffffffff"} if item.get("Description", "").startswith("[Copied ") else item
        for item in output.get("Snapshots", [])
    ]
    return {**output, "Snapshots": listed}


def listed_regions(call: Call, output: dict[str, Any], enabled: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """DescribeRegions of an account in which only the regions that ``enabled`` gives it are switched on."""
    on = enabled.get(call.account) or enabled.get("*")
    if not on:
        return output
    regions = [
        {**region, "OptInStatus": region["OptInStatus"] if region["RegionName"] in on else "not-opted-in"}
        for region in output["Regions"]
    ]
    if not call.parameters.get("AllRegions"):
        regions = [region for region in regions if region["RegionName"] in on]
    return {**output, "Regions": regions}


def automated_backups(call: Call, output: dict[str, Any]) -> dict[str, Any]:
    """DescribeDBInstanceAutomatedBackups: moto leaves out the identifiers of a backup.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstanceAutomatedBackup.html
    """
    arn = f"arn:aws:rds:{call.region}:{call.account}"
    listed = [
        {
            "DBInstanceArn": f"{arn}:db:{item['DBInstanceIdentifier']}",
            "DBInstanceAutomatedBackupsArn": f"{arn}:auto-backup:ab-{item['DBInstanceIdentifier']}",
            "Region": call.region,
            **item,
        }
        for item in output.get("DBInstanceAutomatedBackups", [])
    ]
    return {**output, "DBInstanceAutomatedBackups": listed}
