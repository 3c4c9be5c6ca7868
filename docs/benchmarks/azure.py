"""Fifty thousand resources of Azure, read by our scanner and by the plain SDK.

    python docs/benchmarks/azure.py [--resources 50000] [--pairs 2]

A server in another process hands out pages rendered beforehand: 60 % disks, 20 % snapshots, 16 % virtual machines,
2 % storage accounts and 2 % SQL databases, in one subscription.  Ours reads Resource Graph and the list of resources,
compares the two, and asks the lists below accounts and servers.  The plain one is what a careful author would write
with the SDK's typed methods and 16 threads for the same calls; it keeps what they return and nothing else.  They run
in turn, each in a process of its own.  ``SDK`` is the share of our CPU time that is spent inside the SDK's clients, the
transport and the JSON parser.  Exits 1 when ours finds fewer stores than there are resources, has a gap, needs over
5 % more calls than the plain one, or more than 600 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

# This file bears the name of the package that it measures: its own folder must not be searched for that.
sys.path.pop(0)

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-banc/providers"
PAGE, THREADS = 1000, 16
MOST_CALLS, MOST_MEGABYTES = 1.05, 600
VARIABLE = "LEXSITUS_BENCH_TOKEN"


def estate(count: int) -> list[dict[str, Any]]:
    """The resources of the subscription, as Resource Manager shows them."""
    small = count // 50
    found = [_storage(n) for n in range(small)] + [_database(n) for n in range(small)]
    found += [_server(n) for n in range(small // 10)]
    found += [_machine(n) for n in range(count * 16 // 100)] + [_snapshot(n) for n in range(count // 5)]
    return found + [_disk(n) for n in range(count - len(found))]


def _resource(type_: str, name: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    tags = {"jeu": "edsante", "service": "dim", "environnement": "production"}
    place = {"location": "francecentral", "tags": tags, "subscriptionId": SUBSCRIPTION}
    return {"id": f"{GROUP}/{type_}/{name}", "name": name, "type": type_, **place, "properties": properties, **more}


def _disk(number: int) -> dict[str, Any]:
    properties = {
        "diskSizeGB": 128,
        "timeCreated": "2025-01-21T11:45:22.8082948+00:00",
        "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
        "networkAccessPolicy": "AllowAll",
        "publicNetworkAccess": "Enabled",
        "creationData": {"createOption": "Empty"},
        "provisioningState": "Succeeded",
    }
    return _resource("Microsoft.Compute/disks", f"disque-{number:06}", properties, sku={"name": "Premium_LRS"})


def _snapshot(number: int) -> dict[str, Any]:
    origin = f"{GROUP}/Microsoft.Compute/disks/disque-{number:06}"
    properties = {**_disk(number)["properties"], "creationData": {"createOption": "Copy", "sourceResourceId": origin}}
    return _resource("Microsoft.Compute/snapshots", f"instantane-{number:06}", properties)


def _machine(number: int) -> dict[str, Any]:
    disk = {"id": f"{GROUP}/Microsoft.Compute/disks/disque-{number:06}"}
    profile = {"osDisk": {"managedDisk": disk, "osType": "Linux"}, "dataDisks": []}
    return _resource("Microsoft.Compute/virtualMachines", f"vm-{number:06}", {"storageProfile": profile})


def _storage(number: int) -> dict[str, Any]:
    properties = {
        "primaryLocation": "francecentral",
        "secondaryLocation": "francesouth",
        "creationTime": "2024-01-01T00:00:00Z",
        "allowBlobPublicAccess": False,
        "encryption": {"keySource": "Microsoft.Storage"},
    }
    sku = {"name": "Standard_GRS"}
    return _resource("Microsoft.Storage/storageAccounts", f"compte{number:06}", properties, sku=sku, kind="StorageV2")


def _server(number: int) -> dict[str, Any]:
    return _resource("Microsoft.Sql/servers", f"sql-{number:05}", {})


def _database(number: int) -> dict[str, Any]:
    server = f"{GROUP}/Microsoft.Sql/servers/sql-{number // 10:05}"
    found = _resource("Microsoft.Sql/servers/databases", f"base-{number:06}", {"currentBackupStorageRedundancy": "Geo"})
    return {**found, "id": f"{server}/databases/{found['name']}"}


class Server(ThreadingHTTPServer):
    """Serves pages that were rendered once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, count: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls = 0
        self.url = f"http://127.0.0.1:{self.server_port}"
        whole = estate(count)
        general = [{key: each[key] for key in each if key not in ("properties", "subscriptionId")} for each in whole]
        listed = f"{self.url}/subscriptions/{SUBSCRIPTION}/resources?api-version=2021-04-01&page="
        self.graph, self.listed = [], []
        for start in range(0, count, PAGE):
            last, following = start + PAGE >= count, start // PAGE + 1
            rows = [{**each, "type": each["type"].lower()} for each in whole[start : start + PAGE]]
            self.graph.append(_page(rows, "data", count, {} if last else {"$skipToken": str(following)}))
            more = {} if last else {"nextLink": f"{listed}{following}"}
            self.listed.append(_page(general[start : start + PAGE], "value", count, more))


def _page(rows: list[dict[str, Any]], name: str, count: int, more: dict[str, str]) -> bytes:
    counts = {"totalRecords": count, "count": len(rows), "resultTruncated": "false"} if name == "data" else {}
    return json.dumps({name: rows, **counts, **more}).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Server

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "microsoft.compute/disks" not in asked["query"]:
            return self._send(_page([], "data", 0, {}))
        return self._send(self.server.graph[int(asked["options"].get("$skipToken") or 0)])

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/_calls":
            calls, self.server.calls = self.server.calls, -1
            return self._send(json.dumps(calls).encode())
        if address.path == "/subscriptions":
            one = {"subscriptionId": SUBSCRIPTION, "id": f"/subscriptions/{SUBSCRIPTION}", "state": "Enabled"}
            return self._send(json.dumps({"value": [one]}).encode())
        if address.path.endswith("/resources"):
            return self._send(self.server.listed[int(parse_qs(address.query).get("page", ["0"])[0])])
        return self._send(b'{"value": []}')

    def _send(self, body: bytes) -> None:
        self.server.calls += 1
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def lexsitus(url: str) -> dict[str, float]:
    """Scans with our scanner."""
    import scanners
    from model.places import Target
    from scanners.azure.clients import Estate

    lock, inside = threading.Lock(), [0.0]
    plain_send = Estate._send  # noqa: SLF001  (measured, not changed)

    def send(*given: Any) -> Any:
        began = time.thread_time()
        answer = plain_send(*given)
        with lock:
            inside[0] += time.thread_time() - began
        return answer

    setattr(Estate, "_send", send)  # noqa: B010
    target = Target("azure", "banc", (("endpoint", url), ("token_env", VARIABLE)))
    stores = gaps = 0
    with scanners.executor(THREADS) as executor:
        jobs = scanners.load("azure").plan(target)
        for done in scanners.run(jobs, executor, in_flight=2 * THREADS, budget_seconds=120):
            stores += sum(store.seen and "#" not in store.id for store in done.step.observations.stores)
            gaps += len(done.step.observations.gaps)
    return {"stores": stores, "gaps": gaps, "sdk": inside[0]}


def plain(url: str) -> dict[str, float]:
    """Makes the same calls with the SDK's typed methods."""
    from azure.core.credentials import AccessToken
    from azure.core.rest import HttpRequest
    from azure.mgmt.resource.resources import ResourceManagementClient
    from azure.mgmt.resource.subscriptions import SubscriptionClient
    from azure.mgmt.resourcegraph import ResourceGraphClient
    from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

    class Token:
        def get_token(self, *_: str, **__: Any) -> AccessToken:
            return AccessToken("banc", int(time.time()) + 3600)

    given: dict[str, Any] = {"base_url": url, "credential_scopes": [f"{url}/.default"]}
    loopback: dict[str, Any] = {"enforce_https": False}
    graph = ResourceGraphClient(Token(), **given)
    manager = ResourceManagementClient(Token(), SUBSCRIPTION, **given)
    (one,) = SubscriptionClient(Token(), **given).subscriptions.list(**loopback)
    found: list[Any] = []
    token, query = None, "resources | where type in~ ('microsoft.compute/disks') | project id, properties"
    while True:
        options = QueryRequestOptions(skip_token=token, top=PAGE, result_format="objectArray")
        answer = graph.resources(
            QueryRequest(subscriptions=[str(one.subscription_id)], query=query, options=options), **loopback
        )
        found += answer.data
        token = answer.skip_token
        if not token:
            break
    listed = list(manager.resources.list(expand="createdTime", **loopback))
    below = {"microsoft.storage/storageaccounts": 8, "microsoft.sql/servers": 3, "microsoft.sql/servers/databases": 1}
    paths = [row["id"] for row in found for _ in range(below.get(row["type"], 0))]

    def ask(path: str) -> Any:
        request = HttpRequest("GET", f"{url}{path}/below?api-version=2024-01-01")
        return manager.send_request(request, **loopback).json()

    with ThreadPoolExecutor(THREADS) as pool:
        kept = list(pool.map(ask, paths))
    return {"stores": len(found), "gaps": len(found) - len(listed) + len(kept) - len(paths), "sdk": 0.0}


def alone(name: str, url: str) -> None:
    """One run in this process, measured."""
    os.environ[VARIABLE] = "banc"
    began = time.perf_counter()
    found = lexsitus(url) if name == "lexsitus" else plain(url)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    run = {**found, "wall": time.perf_counter() - began, "cpu": cpu, "mb": used.ru_maxrss / 1024}
    print(json.dumps(run))


def measure(name: str, url: str) -> dict[str, float]:
    """One run in a process of its own, with the calls that the server saw."""
    urllib.request.urlopen(f"{url}/_calls").read()
    command = [sys.executable, __file__, "--alone", name, url]
    run: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    with urllib.request.urlopen(f"{url}/_calls") as answer:
        return {**run, "calls": json.loads(answer.read())}


def compare(pairs: int, count: int, url: str) -> int:
    """The table of medians, and 1 when a limit is passed."""
    runs: dict[str, list[dict[str, float]]] = {"lexsitus": [], "SDK": []}
    for _ in range(pairs):
        for name, kept in runs.items():
            kept.append(measure(name, url))
    middle = {
        name: {key: statistics.median(run[key] for run in kept) for key in kept[0]} for name, kept in runs.items()
    }
    print(f"{'':10} {'stores':>7} {'calls':>7} {'wall s':>7} {'CPU s':>7} {'SDK':>5} {'per s':>7} {'MB':>6}")
    for name, run in middle.items():
        share = f"{run['sdk'] / run['cpu']:.0%}" if run["sdk"] else "-"
        rate = run["stores"] / run["wall"]
        print(
            f"{name:10} {run['stores']:7.0f} {run['calls']:7.0f} {run['wall']:7.2f} {run['cpu']:7.2f} {share:>5} "
            f"{rate:7.0f} {run['mb']:6.0f}"
        )
    ours, theirs = middle["lexsitus"], middle["SDK"]
    failures = [
        text
        for failed, text in (
            (ours["stores"] < count or ours["gaps"], "not every resource became a store, or there is a gap"),
            (ours["calls"] > theirs["calls"] * MOST_CALLS, "more than 5 % over the calls that the facts need"),
            (ours["mb"] > MOST_MEGABYTES, f"over {MOST_MEGABYTES} MB"),
        )
        if failed
    ]
    print("\n".join(failures) or "within the limits")
    return 1 if failures else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, default=50_000)
    parser.add_argument("--pairs", type=int, default=2, help="pairs of runs")
    parser.add_argument("--alone", nargs=2, metavar=("NAME", "URL"), help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        alone(*options.alone)
        return 0
    if options.serve:
        server = Server(options.resources)
        print(server.url, flush=True)
        server.serve_forever()
    command = [sys.executable, __file__, "--serve", f"--resources={options.resources}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        try:
            return compare(options.pairs, options.resources, served.stdout.readline().strip())
        finally:
            served.terminate()


if __name__ == "__main__":
    sys.exit(main())
