"""A lean fake AWS for timing: pre-rendered answers, a fixed delay before each, a count of the calls.

    python docs/benchmarks/fake_aws.py [--delay 0.05] [--buckets 2000] [--volumes 25]

Prints its address, then serves until its standard input is closed.  2,000 buckets and 300 other stores in
four regions of one account; every other listing is empty.  ``GET /_calls`` gives the calls since the last
``POST /_reset``.  An answer is rendered once, from the SDK's models, and then kept under the bytes of its
request: after a first run the server spends next to nothing per call.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from scanners._standin.answers import Answer, AwsError, empty, error, serialise
from scanners._standin.paging import Pages
from scanners._standin.requests import Call, credential_of, identify

ACCOUNT = "210000000022"
REGIONS = ("eu-west-3", "eu-central-1", "eu-west-1", "us-east-1")
VOLUMES, SNAPSHOTS, DATABASES, TABLES, FILE_SYSTEMS = 25, 25, 10, 10, 5
CREATED = datetime(2026, 1, 1, tzinfo=UTC)


class Estate:
    """What the account holds, as outputs of operations."""

    def __init__(self, buckets: int, volumes: int) -> None:
        self.volumes = volumes
        self.buckets = {f"chu-banc-{n:05}": REGIONS[n % len(REGIONS)] for n in range(buckets)}
        self.pages = Pages()

    def output(self, call: Call) -> dict[str, Any]:
        """The output of ``call``.  Raises AwsError where AWS answers with one."""
        whole = self.pages.remembered(call) or self._whole(call)
        size = Pages.wanted(call, 1000 if call.operation == "ListBuckets" else 100)
        return self.pages.cut(call, whole, size)

    def _whole(self, call: Call) -> dict[str, Any]:
        match call.service, call.operation:
            case "sts", "GetCallerIdentity":
                return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/banc", "UserId": "AIDABANC"}
            case "ec2", "DescribeRegions":
                return {"Regions": [{"RegionName": r, "OptInStatus": "opt-in-not-required"} for r in REGIONS]}
            case "ec2", "DescribeAvailabilityZones":
                zone = {"RegionName": call.region, "ZoneName": f"{call.region}a", "ZoneType": "availability-zone"}
                return {"AvailabilityZones": [{**zone, "ZoneId": f"{call.region}-az1", "State": "available"}]}
            case "s3", "ListBuckets":
                listed = [
                    {"Name": name, "BucketRegion": region, "CreationDate": CREATED}
                    for name, region in self.buckets.items()
                ]
                return {"Buckets": listed}
            case "s3", _:
                return self._of_bucket(call)
            case "s3control", "GetPublicAccessBlock":
                return {"PublicAccessBlockConfiguration": dict.fromkeys(_BLOCKS, True)}
            case "resourcegroupstaggingapi", "GetResources":
                return {"ResourceTagMappingList": self._tagged(call.region)}
            case "ec2", "DescribeVolumes":
                return {"Volumes": [_volume(call.region, n) for n in range(self.volumes)]}
            case "ec2", "DescribeSnapshots":
                return {"Snapshots": [_snapshot(call.region, n) for n in range(SNAPSHOTS)]}
            case "rds", "DescribeDBInstances":
                return {"DBInstances": [_database(call.region, n) for n in range(DATABASES)]}
            case "dynamodb", "ListTables":
                return {"TableNames": [f"table-{n:03}" for n in range(TABLES)]}
            case "dynamodb", "DescribeTable":
                return {"Table": _table(call.region, call.parameters["TableName"].rpartition("/")[2])}
            case "efs", "DescribeFileSystems":
                return {"FileSystems": [_file_system(call.region, n) for n in range(FILE_SYSTEMS)]}
            case "dynamodb", "GetResourcePolicy":
                raise AwsError("PolicyNotFoundException", "Resource-based policy not found.")
            case "efs", "DescribeFileSystemPolicy":
                raise AwsError("PolicyNotFound", "This file system has no policy.", 404)
            case "organizations", _:
                raise AwsError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
            case _:
                return empty(call.service, call.operation)

    def _of_bucket(self, call: Call) -> dict[str, Any]:
        number = int(call.parameters.get("Bucket", "0").rpartition("-")[2])
        match call.operation:
            case "GetBucketReplication" if number % 4 == 0:
                destination = {"Bucket": f"arn:aws:s3:::chu-banc-{(number + 1) % len(self.buckets):05}"}
                rule = {"ID": "r", "Status": "Enabled", "Prefix": "", "Destination": destination}
                role = f"arn:aws:iam::{ACCOUNT}:role/replication"
                return {"ReplicationConfiguration": {"Role": role, "Rules": [rule]}}
            case "GetBucketReplication":
                raise AwsError("ReplicationConfigurationNotFoundError", "There is no replication configuration.", 404)
            case "GetBucketEncryption":
                rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}
            case "GetPublicAccessBlock":
                return {"PublicAccessBlockConfiguration": dict.fromkeys(_BLOCKS, True)}
            case "GetBucketPolicyStatus" | "GetBucketPolicy":
                raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
            case "GetBucketAcl":
                grantee = {"Type": "CanonicalUser", "ID": "c" * 64}
                return {"Owner": {"ID": "c" * 64}, "Grants": [{"Grantee": grantee, "Permission": "FULL_CONTROL"}]}
            case "GetBucketTagging":
                return {"TagSet": [{"Key": "jeu", "Value": "banc"}]}
            case _:
                return empty("s3", call.operation)

    def _tagged(self, region: str) -> list[dict[str, Any]]:
        arns = [f"arn:aws:s3:::{name}" for name, at in self.buckets.items() if at == region]
        arns += [f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/table-{n:03}" for n in range(TABLES)]
        return [{"ResourceARN": arn, "Tags": [{"Key": "jeu", "Value": "banc"}]} for arn in arns]


_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_TAGS = [{"Key": "jeu", "Value": "banc"}]


def _volume(region: str, n: int) -> dict[str, Any]:
    facts = {"Size": 100, "State": "in-use", "Encrypted": False, "CreateTime": CREATED, "Tags": _TAGS}
    return {"VolumeId": f"vol-{n:017x}", "AvailabilityZone": f"{region}a", "VolumeType": "gp3", **facts}


def _snapshot(region: str, n: int) -> dict[str, Any]:
    facts = {"State": "completed", "Encrypted": False, "StartTime": CREATED, "OwnerId": ACCOUNT, "VolumeSize": 100}
    return {"SnapshotId": f"snap-{n:017x}", "VolumeId": f"vol-{n:017x}", "Description": region, "Tags": _TAGS, **facts}


def _database(region: str, n: int) -> dict[str, Any]:
    arn = f"arn:aws:rds:{region}:{ACCOUNT}:db:base-{n:03}"
    facts = {"Engine": "postgres", "AllocatedStorage": 100, "StorageEncrypted": False, "PubliclyAccessible": False}
    return {"DBInstanceIdentifier": f"base-{n:03}", "DBInstanceArn": arn, "TagList": _TAGS, **facts}


def _table(region: str, name: str) -> dict[str, Any]:
    arn = f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}"
    return {"TableName": name, "TableArn": arn, "TableStatus": "ACTIVE", "TableSizeBytes": 1, "ItemCount": 1}


def _file_system(region: str, n: int) -> dict[str, Any]:
    arn = f"arn:aws:elasticfilesystem:{region}:{ACCOUNT}:file-system/fs-{n:08x}"
    facts = {"OwnerId": ACCOUNT, "LifeCycleState": "available", "Encrypted": False, "CreationTime": CREATED}
    sizes = {"SizeInBytes": {"Value": 1}, "NumberOfMountTargets": 0, "PerformanceMode": "generalPurpose"}
    ids = {"FileSystemId": f"fs-{n:08x}", "FileSystemArn": arn, "CreationToken": str(n)}
    return {**ids, **facts, **sizes, "Tags": _TAGS}


class Server(asyncio.Protocol):
    """One connection.  A client sends its next request only after the answer, so one buffer is enough."""

    estate: Estate
    delay: float
    rendered: dict[tuple[Any, ...], tuple[bytes, str]]
    calls: Counter[str]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, rest = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        method, path, _ = lines[0].split(" ", 2)
        answer, delay = self.answer(method, path, headers, rest[:length])
        asyncio.get_running_loop().call_later(delay, self._write, answer)

    def _write(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)  # type: ignore[attr-defined]

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, float]:
        if path == "/_calls":
            return _http(Answer(200, json.dumps(self.calls).encode())), 0.0
        if path == "/_reset":
            self.calls.clear()
            return _http(Answer(200, b"{}")), 0.0
        scope = credential_of(headers.get("authorization", ""), body)
        key = (method, path, headers.get("x-amz-target"), headers.get("x-amz-account-id"), body, scope)
        if key not in self.rendered:
            self.rendered[key] = self.render(method, path, headers, body)
        answer, operation = self.rendered[key]
        self.calls[operation] += 1
        return answer, self.delay

    def render(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, str]:
        where, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": where, "QUERY_STRING": query, "RAW_URI": path,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
            "CONTENT_TYPE": headers.get("content-type", ""), "CONTENT_LENGTH": str(len(body)),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        }  # fmt: skip
        scope = credential_of(headers.get("authorization", ""), body)
        found = identify(environ, body, scope) if scope else None
        if scope is None or found is None:
            return _http(Answer(501, b"")), f"unknown {method} {where}"
        service, operation, parameters = found
        call = Call(ACCOUNT, scope.region, service, operation, parameters)
        try:
            answer = serialise(service, operation, self.estate.output(call))
        except AwsError as failure:
            answer = error(call, failure)
        return _http(answer), f"{service}:{operation}"


def _http(answer: Answer) -> bytes:
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    lines = [f"HTTP/1.1 {answer.status} -", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + answer.body


async def serve(delay: float, buckets: int, volumes: int) -> None:
    """Serves until standard input is closed."""
    Server.estate, Server.delay, Server.rendered, Server.calls = Estate(buckets, volumes), delay, {}, Counter()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Server, "127.0.0.1", 0, backlog=512)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delay", type=float, default=0.05, help="seconds before each answer")
    parser.add_argument("--buckets", type=int, default=2000)
    parser.add_argument("--volumes", type=int, default=VOLUMES, help="disks in each region")
    options = parser.parse_args()
    asyncio.run(serve(options.delay, options.buckets, options.volumes))
