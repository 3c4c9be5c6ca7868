"""Assets that the vendor's own tools recorded, read where they lie and served by an inventory that pages."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import catalog
from model.observed import Known, Reason, Unread
from model.places import Store
from scanners.gcp.rows import rows, type_of
from tests.scanners.gcp.conftest import Seen, scanned
from tests.scanners.gcp.estate import projects
from tests.scanners.gcp.server import Asset, Inventory
from tests.scanners.gcp.services import PROJECT, Services, enabled
from tests.scanners.gcp.services import places as places_of_service

FOLDER = Path(os.environ["LEXSITUS_RECORDINGS"], "gcp")
TYPES = {type_of(row): row for row in rows()}
# The services of the recorded REST answers: where the list is, the type, and how the inventory names an item.
LISTS = {
    "bucket-query": ("items", "storage.googleapis.com/Bucket", "//storage.googleapis.com/{name}"),
    "snapshot-query": ("items", "compute.googleapis.com/Snapshot", "{selfLink}"),
    "image-query": ("items", "compute.googleapis.com/Image", "{selfLink}"),
    "sqlinstance-query": ("items", "sqladmin.googleapis.com/Instance", "{selfLink}"),
    "spanner-instance-query": ("instances", "spanner.googleapis.com/Instance", "//spanner.googleapis.com/{name}"),
    "firestore-database-query": ("databases", "firestore.googleapis.com/Database", "//firestore.googleapis.com/{name}"),
    "gcp-secret-query": ("secrets", "secretmanager.googleapis.com/Secret", "//secretmanager.googleapis.com/{name}"),
    "artifactregistry-repositories-query": (
        "repositories",
        "artifactregistry.googleapis.com/Repository",
        "//artifactregistry.googleapis.com/{name}",
    ),
}


def inventory() -> list[Asset]:
    """The recorded assets of the types that are asked for, each in both sources."""
    recorded = json.loads(FOLDER.joinpath("cai-assets.json").read_text(encoding="utf-8"))
    found = []
    for one in (each["asset"] for each in recorded):
        if one["asset_type"] in TYPES:
            above = [each for each in one.get("ancestors", ()) if each.startswith("projects/")]
            data = (one.get("resource") or {}).get("data")
            found.append(Asset(one["name"], one["asset_type"], data, project=above[0] if above else ""))
    return found


def answers() -> Iterator[Asset]:
    """The recorded answers of the services themselves, as the inventory would hold them."""
    for file, (items, type, template) in LISTS.items():
        for answer in json.loads(FOLDER.joinpath("rest-recorded", f"{file}.json").read_text(encoding="utf-8")):
            for item in answer["response"]["body"].get(items, ()):
                link = re.sub(r"https://www\.googleapis\.com/(\w+)/v\w+/", r"//\1.googleapis.com/", template)
                name = link.format(**{**item, "selfLink": hosted(item.get("selfLink", ""))})
                yield Asset(name, type, item)
    for answer in json.loads(FOLDER.joinpath("rest-recorded", "disk-query.json").read_text(encoding="utf-8")):
        for zone in answer["response"]["body"]["items"].values():
            for item in zone.get("disks", ()):
                yield Asset(hosted(item["selfLink"]), "compute.googleapis.com/Disk", item)


def hosted(link: str) -> str:
    """The full name of what a link names."""
    name = re.sub(r"https://www\.googleapis\.com/(\w+)/v\w+/", r"//\1.googleapis.com/", link)
    return name.replace("//sql.", "//cloudsql.")


@pytest.fixture(scope="module")
def recorded() -> Iterator[Seen]:
    with Inventory([*inventory(), *answers()], page=10) as server:
        yield scanned(server)


def test_every_recorded_asset_that_is_asked_for_is_a_store(recorded: Seen) -> None:
    kept = {one.name for one in inventory() if TYPES[one.type].kind and not view(one)}
    stores = {store.id for store in recorded.stores if store.seen}

    assert len(stores) > 40
    assert kept <= stores


def view(one: Asset) -> bool:
    return "view" in (one.data or {})


def test_every_location_resolves_to_countries_or_is_a_named_unknown(recorded: Seen) -> None:
    regions = catalog.load().find_regions("google-cloud")
    assert regions is not None
    words = {}
    for store in recorded.stores:
        match store.sites:
            case Known(sites):
                words.update({site.region: store.id for site in sites})
            case Unread(detail=detail):
                assert detail, store.id

    assert len(words) > 10
    unknown = {word for word in words if regions.find(word) is None}
    assert unknown <= {"test-zone", "test-node_locations"}, "a word that the catalog does not hold is shown as it is"
    for word in words.keys() - unknown:
        row = regions.find(word)
        assert row is not None
        assert row.countries or row.unknown_because


def test_the_places_are_those_that_the_settings_state(recorded: Seen) -> None:
    stated = {one.name: (one.data or {}).get("location") for one in inventory() if one.type.endswith("/Bucket")}
    told = {store.id: store for store in recorded.stores}

    assert len(stated) > 4
    for name, location in stated.items():
        if location:
            assert places(told[name]) == [str(location).lower()]


def places(store: Store) -> list[str]:
    return [site.region.lower() for site in store.sites.value] if isinstance(store.sites, Known) else []


def test_every_copy_target_appears(recorded: Seen) -> None:
    ends = {copy.at for copy in recorded.copies} | {copy.of for copy in recorded.copies}
    told = [(one.name, end) for one in [*inventory(), *answers()] for end in targets(one)]

    assert len(told) > 8
    for name, end in told:
        assert end in ends, name


def targets(one: Asset) -> Iterator[str]:
    """The other ends of copies in the settings of a recorded asset, wherever they are written."""
    data = one.data or {}
    for field in ("sourceDisk", "sourceSnapshot"):
        if link := data.get(field):
            yield hosted(link) if link.startswith("https:") else f"//compute.googleapis.com/{link}"
    for group, field in (("logging", "logBucket"), ("config", "configBucket")):
        settings = data.get(group)
        if isinstance(settings, dict) and field in settings:
            yield f"//storage.googleapis.com/{settings[field]}"
    if endpoint := (data.get("pushConfig") or {}).get("pushEndpoint"):
        yield re.sub(r"(?<=[a-z])/.*", "", endpoint)


def test_backups_without_a_place_go_to_the_nearest_multi_region(recorded: Seen) -> None:
    instances = [*inventory(), *answers()]
    enabled = [one for one in instances if one.type == "sqladmin.googleapis.com/Instance" and backed(one.data or {})]

    assert enabled
    for one in enabled:
        assert any(copy.of == one.name and "/backupRuns/" in copy.at for copy in recorded.copies), one.name


def backed(data: dict[str, Any]) -> bool:
    backup = data.get("settings", {}).get("backupConfiguration", {})
    return bool(backup.get("enabled"))


@pytest.mark.parametrize("service", ["dataflow", "spanner", "sql"])
def test_a_service_that_is_switched_off_says_so_as_recorded(service: str) -> None:
    text = FOLDER.joinpath("rest-recorded", f"{service}-api-disabled.json").read_text(encoding="utf-8")
    answer = next(each["response"] for each in json.loads(text) if "error" in each["response"]["body"])
    operation = "redis:backupCollections.list"
    lists = {
        f"serviceusage.googleapis.com/v1/projects/{PROJECT}/services": enabled("redis"),
        f"redis.googleapis.com/v1/projects/{PROJECT}/locations": places_of_service("europe-west9"),
    }
    with Inventory(projects()) as inventory, Services(lists) as services:
        services.refusals[operation] = (int(answer["headers"]["status"]), answer["body"])
        seen = scanned(inventory, rest_endpoint=services.endpoint)

    assert [(gap.operation, gap.reason) for gap in seen.gaps] == [(operation, Reason.DISABLED)]
