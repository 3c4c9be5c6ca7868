"""Our AWS scanner beside plain boto3, on 2,000 buckets and 300 other stores at 50 ms a call.

    python docs/benchmarks/estate.py [--pairs 3] [--delay 0.05] [--buckets 2000] [--volumes 25]

Both gather the same facts: every listing of scanners/aws/stores.csv in four regions, the backup plans, the
tags, per bucket its replication, encryption, policy and ACL, and per other store what tells who shares it.
The plain one is what a careful author would write for this estate and nothing more: 32 threads, clients
built once, the fewest calls, no gap, no journal, no check of the answers.
They run in turn (A B A B), each in a process of its own, after one pair that is thrown away; medians count.
Exits 1 when ours needs over 5 % more calls, or more wall time (10 % of noise allowed), or over 200 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from scanners._standin.names import loopback_names

HERE = Path(__file__).resolve().parent
REGIONS = ("eu-west-3", "eu-central-1", "eu-west-1", "us-east-1")
THREADS = 32
IN_FLIGHT = 64
MOST_CALLS, MOST_TIME, MOST_MEGABYTES = 1.05, 1.10, 200


def lexsitus(url: str) -> int:
    """Scans with our scanner; the number of stores found."""
    import scanners
    from model.places import Target

    target = Target("aws", "banc", (("endpoint_url", url), ("regions", REGIONS)))
    stores = gaps = 0
    with scanners.executor(THREADS) as executor:
        jobs = scanners.load("aws").plan(target)
        for done in scanners.run(jobs, executor, in_flight=IN_FLIGHT, budget_seconds=300):
            stores += sum(store.seen for store in done.step.observations.stores)
            gaps += len(done.step.observations.gaps)
    if gaps:
        print(f"{gaps} gaps: the two did not do the same work", file=sys.stderr)
    return stores


def plain(url: str) -> int:
    """Gathers the same facts with boto3 and threads; the number of stores found."""
    return Plain(url).gather()


class Plain:
    """The careful author's script."""

    def __init__(self, url: str) -> None:
        import boto3
        from botocore.config import Config

        session = boto3.Session()
        config = Config(
            max_pool_connections=THREADS,
            retries={"mode": "standard"},
            inject_host_prefix=False,
            s3={"addressing_style": "path"},
        )
        every = {client for region in REGIONS for client, _, _ in self.listings(region)}
        services = sorted(every | {"account", "s3", "resourcegroupstaggingapi"})
        self.clients = {
            (service, region): session.client(service, region_name=region, endpoint_url=url, config=config)
            for service in services
            for region in REGIONS
        }
        self.account = session.client("sts", region_name=REGIONS[0], endpoint_url=url).get_caller_identity()["Account"]

    @staticmethod
    def listings(region: str) -> list[tuple[str, str, dict[str, Any]]]:
        """(service, operation, parameters) of every listing of a region that depends on no other, once each."""
        from scanners.aws.accounts import is_asked
        from scanners.aws.clients import Scope
        from scanners.aws.rows import rows

        scope = Scope("aws", "", region)
        asked = [row for row in rows() if not row.parent and is_asked(row, scope)]
        plain = [(row.client, row.operation, dict(row.params)) for row in asked]
        unique = {(client, operation, json.dumps(params)) for client, operation, params in plain}
        return [(client, operation, json.loads(params)) for client, operation, params in sorted(unique)]

    def gather(self) -> int:
        """Everything, 32 calls at a time."""
        with ThreadPoolExecutor(THREADS) as pool:
            self.clients["ec2", REGIONS[0]].describe_regions(AllRegions=True)
            self.clients["account", REGIONS[0]].list_regions(RegionOptStatusContains=["ENABLING", "DISABLING"])
            buckets = self.buckets()
            work = [pool.submit(self.bucket, name, region) for name, region in buckets]
            for region in REGIONS:
                for service, operation, asked in self.listings(region):
                    filled = {name: self.account if value == "$_account" else value for name, value in asked.items()}
                    work.append(pool.submit(self.listing, service, operation, filled, region))
            work += [pool.submit(self.tags, region) for region in REGIONS]
            work += [pool.submit(self.listing, "backup", "ListBackupPlans", {}, region) for region in REGIONS]
            found = sum(future.result() for future in work)
            while self.following:
                later, self.following = self.following, []
                for future in [pool.submit(*each) for each in later]:
                    future.result()
        return found

    following: list[tuple[Any, ...]] = []  # noqa: RUF012  (one gathering per process)

    def buckets(self) -> list[tuple[str, str]]:
        pages = (
            self.clients["s3", REGIONS[0]].get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 1000})
        )
        return [(bucket["Name"], bucket["BucketRegion"]) for page in pages for bucket in page["Buckets"]]

    def bucket(self, name: str, region: str) -> int:
        s3 = self.clients["s3", region]
        for call in (
            s3.get_bucket_replication,
            s3.get_bucket_encryption,
            s3.get_bucket_policy,
            s3.get_bucket_acl,
            s3.get_bucket_logging,
            s3.list_bucket_inventory_configurations,
            s3.list_bucket_analytics_configurations,
        ):
            self.one(call, {"Bucket": name})
        return 1

    def tags(self, region: str) -> int:
        for _ in self.clients["resourcegroupstaggingapi", region].get_paginator("get_resources").paginate():
            pass
        return 0

    def listing(self, service: str, operation: str, parameters: dict[str, Any], region: str) -> int:
        from botocore import xform_name

        client = self.clients[service, region]
        name = xform_name(operation)
        if client.can_paginate(name):
            pages = list(client.get_paginator(name).paginate(**parameters))
        else:
            pages = [getattr(client, name)(**parameters)]
        items = [item for page in pages for member in page.values() if isinstance(member, list) for item in member]
        for item in items:
            match service, operation:
                case "ec2", "DescribeSnapshots":
                    ask = {"SnapshotId": item["SnapshotId"], "Attribute": "createVolumePermission"}
                    self.following.append((self.one, client.describe_snapshot_attribute, ask))
                case "dynamodb", "ListTables":
                    arn = f"arn:aws:dynamodb:{region}:{self.account}:table/{item}"
                    self.following.append((self.one, client.describe_table, {"TableName": item}))
                    self.following.append((self.one, client.get_resource_policy, {"ResourceArn": arn}))
                case "efs", "DescribeFileSystems":
                    ask = {"FileSystemId": item["FileSystemId"]}
                    self.following.append((self.one, client.describe_file_system_policy, ask))
        return len(items) if operation in _HOLDING else 0

    def one(self, call: Any, parameters: dict[str, Any]) -> None:
        from botocore.exceptions import ClientError

        try:
            call(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NONE:
                raise


_NONE = ("NoSuchBucketPolicy", "PolicyNotFound", "PolicyNotFoundException", "ReplicationConfigurationNotFoundError")
_HOLDING = ("DescribeVolumes", "DescribeSnapshots", "DescribeDBInstances", "ListTables", "DescribeFileSystems")


def alone(name: str, url: str) -> None:
    """One contender in this process: prints what it found and what it took."""
    began = time.monotonic()
    with loopback_names():
        stores = {"lexsitus": lexsitus, "boto3": plain}[name](url)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    taken = {"wall": time.monotonic() - began, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}
    print(json.dumps({"stores": stores, **taken}))


def measure(name: str, url: str) -> dict[str, float]:
    """One run of a contender in a new process, with the calls that the server counted."""
    _ask(url, "/_reset")
    dummies = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "no-secret-of-anything",
        "AWS_DEFAULT_REGION": REGIONS[0],
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONPATH": str(HERE.parent.parent),
    }
    command = [sys.executable, __file__, "--alone", name, url]
    ran = subprocess.run(command, env={**os.environ, **dummies}, stdout=subprocess.PIPE, check=True, text=True)
    return {**json.loads(ran.stdout), "calls": sum(_ask(url, "/_calls").values())}


def _ask(url: str, path: str) -> dict[str, int]:
    with urllib.request.urlopen(url + path) as answer:
        counted: dict[str, int] = json.loads(answer.read())
    return counted


def compare(pairs: int, url: str) -> int:
    """Runs both in turn and prints the medians; 1 when a limit is passed."""
    runs: dict[str, list[dict[str, float]]] = {"boto3": [], "lexsitus": []}
    for turn in range(pairs + 1):
        for name, kept in runs.items():
            run = measure(name, url)
            if turn:
                kept.append(run)
    middle = {
        name: {key: statistics.median(run[key] for run in kept) for key in kept[0]} for name, kept in runs.items()
    }
    print(f"{'':10} {'stores':>7} {'calls':>7} {'wall s':>7} {'CPU s':>7} {'MB':>6}")
    for name, run in middle.items():
        print(
            f"{name:10} {run['stores']:7.0f} {run['calls']:7.0f} {run['wall']:7.2f} {run['cpu']:7.2f} {run['mb']:6.0f}"
        )
    ours, theirs = middle["lexsitus"], middle["boto3"]
    failures = [
        text
        for failed, text in (
            (ours["stores"] != theirs["stores"], "not the same stores"),
            (ours["calls"] > theirs["calls"] * MOST_CALLS, "more than 5 % over the calls that the facts need"),
            (ours["wall"] > theirs["wall"] * MOST_TIME, "slower than plain boto3"),
            (ours["mb"] > MOST_MEGABYTES, f"over {MOST_MEGABYTES} MB"),
        )
        if failed
    ]
    print("\n".join(failures) or "within the limits")
    return 1 if failures else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=3, help="pairs of runs that count")
    parser.add_argument("--delay", type=float, default=0.05, help="seconds before each answer")
    parser.add_argument("--buckets", type=int, default=2000)
    parser.add_argument("--volumes", type=int, default=25, help="disks in each of the four regions")
    parser.add_argument("--alone", nargs=2, metavar=("NAME", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        alone(*options.alone)
        return 0
    command = [sys.executable, str(HERE / "fake_aws.py"), f"--delay={options.delay}", f"--buckets={options.buckets}"]
    command.append(f"--volumes={options.volumes}")
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        try:
            return compare(options.pairs, server.stdout.readline().strip())
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
