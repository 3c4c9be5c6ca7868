"""Our scanner of Google Cloud beside the SDK alone, on 50,000 resources.

    python docs/benchmarks/gcp.py [--resources 50000] [--delay 0.2]

A server in a process of its own answers over gRPC with pages rendered beforehand, after ``--delay`` seconds each:
disks, snapshots, buckets, tables, databases, secrets and topics, each with its settings, in both lists of the
inventory.  The SDK alone pages through both lists and counts; ours tells stores, places, copies and keys.  Each runs
in a process of its own, so that time and memory are its own.
Exits 1 when a resource is missing, when ours needs over 30 calls more than the SDK alone, or over 400 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.cloud import asset_v1
from google.protobuf import json_format

HERE = Path(__file__).resolve().parent
REGIONS = ("europe-west9", "europe-west1", "europe-west3", "us-east4")
SEARCHED, LISTED = 500, 1000
MOST_CALLS, MOST_MEGABYTES = 30, 400
SERVICE = "/google.cloud.asset.v1.AssetService/"


def resources(number: int) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(name, type, location, settings): a third are tables, a quarter disks, the rest of six other kinds."""
    return [_resource(each) for each in range(number)]


def _resource(each: int) -> tuple[str, str, str, dict[str, Any]]:
    project, region = f"chu-{each % 40:02}", REGIONS[each % 4]
    links = f"https://www.googleapis.com/compute/v1/projects/{project}"
    key = f"projects/{project}/locations/{region}/keyRings/chu/cryptoKeys/donnees"
    labels = {"jeu": f"jeu-{each % 12}", "equipe": "recherche"}
    match each % 12:
        case 0 | 1 | 2 | 3:
            path = f"projects/{project}/datasets/d{each % 200}/tables/t{each}"
            table = {"location": "EU", "type": "TABLE", "numBytes": str(each), "creationTime": "1736931600000"}
            return (
                f"//bigquery.googleapis.com/{path}",
                "bigquery.googleapis.com/Table",
                "eu",
                {**table, "labels": labels},
            )
        case 4 | 5 | 6:
            zone = f"{region}-b"
            disk = {"zone": f"{links}/zones/{zone}", "sizeGb": "200", "creationTimestamp": "2025-03-01T00:00:00Z"}
            name = f"//compute.googleapis.com/projects/{project}/zones/{zone}/disks/k{each}"
            return name, "compute.googleapis.com/Disk", zone, {**disk, "labels": labels}
        case 7 | 8:
            snapshot = {"storageLocations": ["eu"], "sourceDisk": f"{links}/zones/{region}-b/disks/k{each - 3}"}
            name = f"//compute.googleapis.com/projects/{project}/global/snapshots/s{each}"
            return name, "compute.googleapis.com/Snapshot", "eu", {**snapshot, "storageBytes": "99", "labels": labels}
        case 9:
            bucket = {"location": region.upper(), "timeCreated": "2025-02-01T09:00:00.1Z", "labels": labels}
            bucket["iamConfiguration"] = {"publicAccessPrevention": "enforced"}  # type: ignore[assignment]
            bucket["encryption"] = {"defaultKmsKeyName": key} if each % 24 == 9 else {}  # type: ignore[assignment]
            return f"//storage.googleapis.com/chu-{each}", "storage.googleapis.com/Bucket", region, bucket
        case 10:
            backup = {"backupConfiguration": {"enabled": True}, "dataDiskSizeGb": "50", "userLabels": labels}
            name = f"//cloudsql.googleapis.com/projects/{project}/instances/i{each}"
            return name, "sqladmin.googleapis.com/Instance", region, {"region": region, "settings": backup}
        case _:
            policy = {"messageStoragePolicy": {"allowedPersistenceRegions": [region]}, "labels": labels}
            return (
                f"//pubsub.googleapis.com/projects/{project}/topics/t{each}",
                "pubsub.googleapis.com/Topic",
                "global",
                policy,
            )


def keys() -> list[tuple[str, str, str, dict[str, Any]]]:
    """The keys that protect the buckets."""
    return [
        (
            f"//cloudkms.googleapis.com/projects/chu-{project:02}/locations/{region}/keyRings/chu/cryptoKeys/donnees",
            "cloudkms.googleapis.com/CryptoKey",
            region,
            {"versionTemplate": {"protectionLevel": "HSM"}},
        )
        for project in range(40)
        for region in REGIONS
    ]


class Server(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Answers each list of types from memory; the pages of a type are rendered once."""

    def __init__(self, number: int, delay: float) -> None:
        self.delay, self.calls = delay, 0
        self._lock = threading.Lock()
        self._items: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for name, type, location, data in [*resources(number), *keys()]:
            found = asset_v1.ResourceSearchResult.pb(
                asset_v1.ResourceSearchResult(
                    name=name,
                    asset_type=type,
                    location=location,
                    project="projects/4711",
                    labels=data.get("labels", {}),
                )
            )
            json_format.ParseDict(data, found.versioned_resources.add(version="v1").resource)
            asset = asset_v1.Asset.pb(asset_v1.Asset(name=name, asset_type=type, ancestors=["projects/4711"]))
            json_format.ParseDict(data, asset.resource.data)
            asset.resource.location = location
            self._items["SearchAllResources", type].append(found.SerializeToString())
            self._items["ListAssets", type].append(asset.SerializeToString())
        self._pages: dict[tuple[str, tuple[str, ...]], list[bytes]] = {}

    def service(self, details: Any) -> Any:
        operation = details.method.removeprefix(SERVICE)
        asked = {
            "SearchAllResources": asset_v1.SearchAllResourcesRequest,
            "ListAssets": asset_v1.ListAssetsRequest,
            "SearchAllIamPolicies": asset_v1.SearchAllIamPoliciesRequest,
        }.get(operation)
        if asked is None:
            return None

        def answer(request: Any, _: Any) -> bytes:
            with self._lock:
                self.calls += 1
            time.sleep(self.delay)
            if operation == "SearchAllIamPolicies":
                return b""
            pages = self._rendered(operation, tuple(request.asset_types))
            return pages[int(request.page_token or 0)]

        return grpc.unary_unary_rpc_method_handler(answer, request_deserializer=asked.deserialize)

    def _rendered(self, operation: str, types: tuple[str, ...]) -> list[bytes]:
        with self._lock:
            if (operation, types) not in self._pages:
                items = [each for type in types for each in self._items.get((operation, type), ())]
                # results = 1 and next_page_token = 2 in one answer, assets = 2 and next_page_token = 3 in the other.
                size, first = (SEARCHED, 1) if operation == "SearchAllResources" else (LISTED, 2)
                starts = range(0, len(items), size) or range(1)
                self._pages[operation, types] = [
                    b"".join(_field(first, each) for each in items[start : start + size])
                    + (_field(first + 1, str(number + 1).encode()) if start + size < len(items) else b"")
                    for number, start in enumerate(starts)
                ]
            return self._pages[operation, types]


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field of a message."""
    size, length = len(content), b""
    while True:
        size, low = size >> 7, size & 0x7F
        length += bytes([low | 0x80 if size else low])
        if not size:
            return bytes([number << 3 | 2]) + length + content


def serve(number: int, delay: float) -> None:
    """Serves until standard input ends, and tells its address and then its calls."""
    handler = Server(number, delay)
    server = grpc.server(ThreadPoolExecutor(32), options=[("grpc.max_send_message_length", -1)])
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    for _ in sys.stdin:
        print(handler.calls, flush=True)
        handler.calls = 0
    server.stop(0)


def sdk(endpoint: str) -> int:
    """Pages through both lists with the SDK alone, one list of types at a time in each of ten threads."""
    from google.cloud.asset_v1.services.asset_service.transports import AssetServiceGrpcTransport

    from scanners.gcp.rows import lists

    channel = grpc.insecure_channel(endpoint, options=[("grpc.max_receive_message_length", -1)])
    client = asset_v1.AssetServiceClient(transport=AssetServiceGrpcTransport(channel=channel))
    mask = {"paths": ["name", "asset_type", "project", "location", "labels", "kms_keys", "versioned_resources"]}

    def both(types: tuple[str, ...]) -> int:
        search = {"scope": "organizations/42", "asset_types": types, "page_size": SEARCHED, "read_mask": mask}
        listing = {"parent": "organizations/42", "asset_types": types, "page_size": LISTED, "content_type": "RESOURCE"}
        found = sum(len(page.results) for page in client.search_all_resources(request=search).pages)
        assert found == sum(len(page.assets) for page in client.list_assets(request=listing).pages)
        return found

    with ThreadPoolExecutor(10) as pool:
        return sum(pool.map(both, lists().values()))


def lexsitus(endpoint: str) -> int:
    """Scans with our scanner; the number of stores seen."""
    import scanners
    from model.places import Target

    target = Target("gcp", "banc", (("endpoint", endpoint), ("scope", "organizations/42")))
    stores, gaps = 0, 0
    with scanners.executor(10) as executor:
        jobs = scanners.load("gcp").plan(target)
        for done in scanners.run(jobs, executor, in_flight=20, budget_seconds=300):
            stores += sum(store.seen for store in done.step.observations.stores)
            gaps += sum(gap.reason.value != "unsupported" for gap in done.step.observations.gaps)
    if gaps:
        print(f"{gaps} gaps: the two did not do the same work", file=sys.stderr)
    return stores


def measured(who: str, endpoint: str) -> dict[str, float]:
    """What one run in a process of its own took."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    told = subprocess.run(
        [sys.executable, __file__, "--as", who, endpoint], env=environment, capture_output=True, text=True, check=True
    )
    print(told.stderr, end="", file=sys.stderr)
    figures: dict[str, float] = json.loads(told.stdout)
    return figures


def perform(who: str, endpoint: str) -> None:
    """Runs one of the two and prints its figures."""
    import google.cloud.asset_v1  # noqa: F401  (its import is the SDK's own in both)

    began, spent = time.monotonic(), time.process_time()
    found = {"sdk": sdk, "lexsitus": lexsitus}[who](endpoint)
    figures = {
        "found": found,
        "wall": time.monotonic() - began,
        "cpu": time.process_time() - spent,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, default=50_000)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--as", dest="who", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.resources, args.delay)
        return 0
    if args.who:
        perform(*args.who)
        return 0
    command = [sys.executable, __file__, "--serve", "--resources", str(args.resources), "--delay", str(args.delay)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        endpoint = f"127.0.0.1:{server.stdout.readline().strip()}"
        measured("sdk", endpoint)  # renders the pages
        calls, figures = {}, {}
        for who in ("sdk", "lexsitus"):
            _count(server)
            figures[who] = measured(who, endpoint)
            calls[who] = _count(server)
        server.stdin.close()
    return judge(args.resources, figures, calls)


def _count(server: Any) -> int:
    server.stdin.write("\n")
    server.stdin.flush()
    return int(server.stdout.readline())


def judge(number: int, figures: dict[str, dict[str, float]], calls: dict[str, int]) -> int:
    """Prints the table; 1 when a bound is passed."""
    for who, found in figures.items():
        print(
            f"{who:10} {found['found']:>8,.0f} resources  {calls[who]:>5} calls  {found['wall']:6.1f} s  "
            f"{found['cpu']:6.1f} s CPU  {found['megabytes']:6.0f} MB  {found['found'] / found['wall']:>8,.0f} a second"
        )
    ours, alone = figures["lexsitus"], figures["sdk"]
    print(f"share of the SDK in our CPU time: {alone['cpu'] / ours['cpu']:.0%}")
    missing = ours["found"] < number or ours["found"] != alone["found"]
    return int(missing or calls["lexsitus"] > calls["sdk"] + MOST_CALLS or ours["megabytes"] > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
