"""The bodies that Resource Manager really gave, served where they lie: each location resolved, each copy found.

Resource Graph is served from the same resources; once more it is refused, so that every list is read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

import catalog
from history.snapshot import Snapshot
from history.tables import SnapshotWriter
from model.datasets import Controller, ControllerKind
from model.observed import Absent, Known, known
from model.places import Observations, Store
from scanners import InlineExecutor, azure, run
from scanners.azure.regions import region_code
from scanners.azure.rows import row_of
from tests.scanners.azure.endpoint import GRAPH, TOKEN, Endpoint, target_of
from tests.scanners.bed import Kind

RECORDED = Path(os.environ["LEXSITUS_RECORDINGS"], "azure")
ON = date(2026, 11, 22)


def bodies() -> Iterator[tuple[str, Any]]:
    """(path, body) of every answer that was recorded or is an example of the specification."""
    for file in sorted(RECORDED.joinpath("arm-recorded").glob("*.json")):
        if not file.name.startswith(("_errors", "_nextlink", "_subscriptions")):
            for record in json.loads(file.read_bytes()):
                yield unquote(urlsplit(record["request"]["uri"]).path), record["response"]["body"]
    for file in sorted(RECORDED.joinpath("rest-api-specs").glob("*.json")):
        yield "", json.loads(file.read_bytes())["responses"]["200"]["body"]


def items(body: Any) -> list[dict[str, Any]]:
    """The resources of a body: a list, the table of an older Resource Graph, or one resource."""
    if not isinstance(body, dict):
        return []
    data = body.get("data")
    if isinstance(data, dict):
        names = [column["name"] for column in data["columns"]]
        return [dict(zip(names, row, strict=True)) for row in data["rows"]]
    listed = body.get("value", [body])
    return [each for each in listed if isinstance(each, dict) and isinstance(each.get("id"), str)]


@pytest.fixture(scope="module", params=["with the graph", "without the graph"])
def scanned(request: pytest.FixtureRequest) -> Iterator[tuple[Endpoint, Observations]]:
    """The stand-in that serves the recordings, and what a scan of it gave."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEXSITUS_AZURE_TOKEN", TOKEN)
        server = Endpoint()
        for path, body in bodies():
            serve(server, path, body)
        with server.fault(Kind.REFUSE, GRAPH if request.param == "without the graph" else "nothing"):
            done = run(azure.plan(target_of(server)), InlineExecutor(), in_flight=1, budget_seconds=60)
            steps = [each.step.observations for each in done]
        yield (
            server,
            Observations(
                tuple(store for step in steps for store in step.stores),
                tuple(copy for step in steps for copy in step.copies),
                tuple(gap for step in steps for gap in step.gaps),
            ),
        )
        server.close()


def serve(server: Endpoint, path: str, body: Any) -> None:
    """Puts a recorded body where a scan asks for it."""
    for item in items(body):
        parts = item["id"].split("/")
        if len(parts) < 3 or parts[1] != "subscriptions":
            continue
        server.subscriptions.setdefault(parts[2], "Enabled")
        kind = row_of(str(item.get("type", "")))
        if kind is None:
            continue
        # A general list tells less than the type's own: that one counts.
        if kind.list:
            server.lists.setdefault(path, []).append(item)
            # The list was recorded without what it lies below.
            above = item["id"].rsplit("/", 2)[0]
            if kind.parent and kind.parent.count("/") == above.partition("/providers/")[2].count("/") / 2:
                server.resources.setdefault(above.lower(), {"id": above, "type": kind.parent, "properties": {}})
        elif "properties" in item or item["id"].lower() not in server.resources:
            server.add(item)


def stores_of(found: Observations) -> dict[str, list[Store]]:
    """Every store under its identifier in lower case: a place may be told several times."""
    stores: dict[str, list[Store]] = {}
    for store in found.stores:
        stores.setdefault(store.id.lower(), []).append(store)
    return stores


def test_every_resource_that_can_hold_data_is_a_store(scanned: tuple[Endpoint, Observations]) -> None:
    server, found = scanned
    seen = stores_of(found)

    assert len(server.resources) > 100
    assert [key for key in server.resources if key not in seen] == []


def test_every_location_resolves_to_countries_or_to_a_named_unknown(
    scanned: tuple[Endpoint, Observations], tmp_path: Path
) -> None:
    server, found = scanned
    now = datetime.now(UTC)
    with SnapshotWriter(tmp_path / "snapshot", tmp_path / "scratch") as writer:
        writer.add(found)
        writer.seal((target_of(server),), (), now, now, "0")
    with Snapshot(tmp_path / "snapshot") as snapshot:
        cases = catalog.load().resolve(snapshot.inventory(Controller("CHU", ControllerKind.PUBLIC_HOSPITAL)), ON)

    places = {place.facts_id: place for case in cases for place in case.places}.values()
    unnamed = []
    for location in [location for place in places for location in place.locations]:
        match location.countries:
            case Known(countries, _):
                assert countries
            case Absent():
                unnamed.append(location)
            case unread:
                if not unread.detail:
                    unnamed.append(location)
    resolved = {location.region for place in places for location in place.locations}
    told = {region_code(each["location"]) for each in server.resources.values() if each.get("location")}

    assert unnamed == []
    assert {"eastus", "francecentral", "westeurope"} & told
    assert told - resolved <= {"global"}


def ends_in(document: dict[str, Any]) -> Iterator[str]:
    """The regions in which a recorded resource says that it has copies, told without our table."""
    properties = document.get("properties") or {}
    if isinstance(properties.get("secondaryLocation"), str):
        yield properties["secondaryLocation"]
    for name in ("locations", "readLocations"):
        for each in properties.get(name) or () if isinstance(properties.get(name), list) else ():
            if isinstance(each, dict) and isinstance(each.get("locationName"), str):
                yield each["locationName"]
    replication = (properties.get("dataProtection") or {}).get("replication") or {}
    if isinstance(replication.get("remoteVolumeRegion"), str):
        yield replication["remoteVolumeRegion"]


def test_every_copy_target_appears(scanned: tuple[Endpoint, Observations]) -> None:
    server, found = scanned
    seen = stores_of(found)
    regions_of: dict[str, set[str]] = {}
    for copy in found.copies:
        for one, other in ((copy.of, copy.at), (copy.at, copy.of)):
            sites = {site.region for store in seen.get(other.lower(), ()) for site in known(store.sites) or ()}
            regions_of.setdefault(one.lower(), set()).update(sites)
    lost = []
    for key, document in server.resources.items():
        own = {site.region for store in seen[key] for site in known(store.sites) or ()}
        lost += [
            f"{key}: {end}" for end in ends_in(document) if region_code(end) not in own | regions_of.get(key, set())
        ]

    assert lost == []


def test_the_partners_of_failover_groups_appear(scanned: tuple[Endpoint, Observations]) -> None:
    server, found = scanned
    partners = {
        partner["id"].lower()
        for path, listed in server.lists.items()
        if path.endswith("failoverGroups")
        for group in listed
        for partner in group["properties"]["partnerServers"]
    }

    assert partners
    assert partners <= {copy.at.lower() for copy in found.copies} | {copy.of.lower() for copy in found.copies}


def test_nothing_but_reading_was_asked(scanned: tuple[Endpoint, Observations]) -> None:
    server, _ = scanned

    assert {call for method, call in server.methods if method != "GET"} == {GRAPH}
