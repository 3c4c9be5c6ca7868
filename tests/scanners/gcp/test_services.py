"""The kinds that the inventory does not hold, asked of their own services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

import catalog
from model.errors import TargetError
from model.observed import Known, Reason, Unread, known
from model.places import Custody, Target
from scanners import gcp
from scanners.gcp.clients import Estate
from scanners.gcp.rows import direct_rows
from scanners.gcp.unlisted import ENABLED, kinds
from tests.scanners.gcp.conftest import Seen, scanned
from tests.scanners.gcp.estate import estate, projects
from tests.scanners.gcp.server import Inventory
from tests.scanners.gcp.services import PLACE, PROJECT, Services, enabled, hospital, refusal

KINDS = {row.kind for row in direct_rows()}
USED = f"serviceusage.googleapis.com/v1/projects/{PROJECT}/services"
"""Where the stand-in holds the services that the project uses."""
SWITCHED_OFF = "Redis API has not been used in project 4711 before or it is disabled. Enable it by visiting ..."


@pytest.fixture(scope="module")
def whole() -> Iterator[tuple[Seen, Services]]:
    """The scan of the hospital with something of every kind."""
    with Inventory(estate()) as inventory, Services(hospital()) as services:
        yield scanned(inventory, rest_endpoint=services.endpoint), services


def seen(lists: Mapping[str, Sequence[Mapping[str, Any]]], **served: Any) -> tuple[Seen, Services]:
    """The scan of a project whose inventory is empty and whose services have these lists."""
    with Inventory(projects()) as inventory, Services(lists) as services:
        for name, value in served.items():
            setattr(services, name, value)
        return scanned(inventory, rest_endpoint=services.endpoint), services


def test_every_kind_that_a_service_lists_is_seen_and_only_what_nothing_shows_stays_a_gap(
    whole: tuple[Seen, Services],
) -> None:
    found, services = whole

    assert {store.kind for store in found.stores if store.seen} >= KINDS
    assert [gap.scope for gap in found.gaps] == [
        "contactcenterinsights.googleapis.com/Conversation in organizations/42: recorded conversations"
    ]
    assert {call.verb for call in services.calls} == {"GET"}


def test_each_has_the_facts_that_its_service_tells(whole: tuple[Seen, Services]) -> None:
    found, _ = whole

    assert found.regions("/ragCorpora/1") == ["europe-west9"]
    assert found.store("/ragCorpora/1").name == "notices"
    key = known(found.store("/ragCorpora/1").key)
    assert key is not None
    assert key.custody is Custody.CUSTOMER_IN_PROVIDER
    assert found.regions("/instances/rendez-vous") == ["us-central1"]
    assert found.regions("/instances/calcul") == ["europe-west9"]
    assert found.regions("/metricDescriptors/custom") == ["global"]
    assert found.regions("/generations/17") == ["europe-west9"]
    assert known(found.store("/volumes/lun").size_bytes) == 2 * 2**30
    assert isinstance(found.store("/repos/code").sites, Unread)
    assert {store.account for store in found.stores if store.kind in KINDS} == {PROJECT}
    assert {
        ("cohorte", "cohorte", "transfer_tool"),
        ("dossier", "sql", "transfer_tool"),
        ("chu-edsante", "g", "extract"),
        ("sessions", "lundi", "backup"),
        ("sessions", "mercredi", "backup"),
        ("j1", "s1", "snapshot"),
        ("chu-edsante", "menage", "transfer_tool"),
    } <= found.led()


def test_what_the_inventory_does_not_hold_is_never_called_closed(whole: tuple[Seen, Services]) -> None:
    found, _ = whole

    public = {store.kind: store.public for store in found.stores if store.kind in KINDS}
    assert isinstance(public.pop("analyticshub.googleapis.com/Listing"), Known)
    assert all(isinstance(each, Unread) for each in public.values())


def test_every_place_has_countries_or_says_why_not(whole: tuple[Seen, Services]) -> None:
    found, _ = whole
    regions = catalog.load().find_regions("google-cloud")
    assert regions is not None
    places = {site.region for store in found.stores if store.kind in KINDS for site in known(store.sites) or ()}

    assert places == {"global", "europe-west9", "us-central1"}
    for place in places:
        row = regions.find(place)
        assert row is not None
        assert row.countries or row.unknown_because


def test_a_service_that_is_not_enabled_leaves_no_gap_and_is_not_asked() -> None:
    found, services = seen({USED: enabled("compute", "logging")})

    assert found.gaps == ()
    assert {call.operation for call in services.calls} == {ENABLED.operation}


def test_a_project_costs_one_call_when_it_has_none_of_the_kinds() -> None:
    _, services = seen({USED: enabled("compute")})

    assert len(services.calls) == 1


def test_a_probe_meets_the_rights_on_the_services_in_few_calls() -> None:
    with Inventory(estate()) as inventory, Services(hospital(), page=50) as services:
        settings = {"_attempts": 1, "endpoint": inventory.endpoint, "rest_endpoint": services.endpoint}
        whole = Target("gcp", "chu", tuple(sorted({**settings, "scope": "organizations/42"}.items())))
        scanned(inventory, **{key: value for key, value in gcp.probe(whole).settings if key != "endpoint"})

    assert {ENABLED.operation, "redis:backups.list", "aiplatform:ragCorpora.list"} <= {
        call.operation for call in services.calls
    }
    assert len(services.calls) < 30


def test_a_refusal_names_the_right_and_who_can_grant_it() -> None:
    lists = hospital() | {USED: enabled("redis")}
    found, _ = seen(lists, refusals={"redis:backups.list": refusal(403, "PERMISSION_DENIED", "IAM_PERMISSION_DENIED")})

    (gap,) = found.gaps
    assert (gap.operation, gap.reason, gap.permission) == ("redis:backups.list", Reason.REFUSED, "redis.backups.list")
    assert (gap.who_can_grant, gap.account) == ("organisation-administrator:42", PROJECT)


def test_where_the_services_of_a_project_cannot_be_read_that_is_the_gap() -> None:
    found, services = seen({}, refusals={ENABLED.operation: refusal(403, "PERMISSION_DENIED", "IAM_PERMISSION_DENIED")})

    (gap,) = found.gaps
    assert gap.permission == "serviceusage.services.list"
    assert len(services.calls) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refusal(403, "PERMISSION_DENIED", "SERVICE_DISABLED"), Reason.DISABLED),
        (refusal(403, "PERMISSION_DENIED", message=SWITCHED_OFF), Reason.DISABLED),
        (refusal(429, "RESOURCE_EXHAUSTED"), Reason.THROTTLED),
        (refusal(404, "NOT_FOUND"), Reason.REFUSED),
        (refusal(503, "UNAVAILABLE"), Reason.UNREACHABLE),
        ((500, "no error of Google's"), Reason.FAULT),
        ((403, {"error": {"details": ["x", {"metadata": 3}]}}), Reason.REFUSED),
        ((302, {}), Reason.FAULT),
    ],
)  # fmt: skip
def test_a_failure_is_called_what_it_is(answer: tuple[int, Any], reason: Reason) -> None:
    found, _ = seen(hospital() | {USED: enabled("redis")}, refusals={"redis:backupCollections.list": answer})

    assert [(gap.operation, gap.reason) for gap in found.gaps] == [("redis:backupCollections.list", reason)]


def test_a_throttled_list_is_asked_again_after_as_long_as_the_service_says() -> None:
    with Inventory(projects()) as inventory, Services({USED: enabled("compute")}) as services:
        services.refusals[ENABLED.operation] = refusal(429, "RESOURCE_EXHAUSTED")
        services.headers["Retry-After"] = "0"
        found = scanned(inventory, rest_endpoint=services.endpoint, _attempts=3)

    assert [gap.reason for gap in found.gaps] == [Reason.THROTTLED]
    assert len(services.calls) == 3


def test_places_that_the_service_could_not_ask_are_a_gap() -> None:
    operation = "parallelstore:instances.list"
    found, _ = seen(hospital() | {USED: enabled("parallelstore")}, unreachable={operation: [f"{PLACE}-b"]})

    assert [(gap.operation, gap.reason) for gap in found.gaps] == [(operation, Reason.UNREACHABLE)]
    assert found.store("/instances/calcul")


def test_an_empty_list_of_places_proves_nothing() -> None:
    found, _ = seen({USED: enabled("redis")})

    assert [(gap.operation, gap.reason) for gap in found.gaps] == [("redis:locations.list", Reason.FAULT)]


def test_an_item_without_a_name_is_a_gap_and_the_others_are_kept() -> None:
    path = f"redis.googleapis.com/v1/{PLACE}/backupCollections/c/backups"
    found, _ = seen({**hospital(), USED: enabled("redis"), path: [{"cluster": "x"}, *hospital()[path]]})

    assert [gap.reason for gap in found.gaps] == [Reason.FAULT]
    assert found.store("/backups/mercredi")


def test_beside_a_stand_in_of_the_inventory_no_service_of_google_is_asked() -> None:
    with Inventory(projects()) as inventory:
        found = scanned(inventory)

    assert len(found.gaps) == len(kinds()) == 21
    assert not Estate(Target("gcp", "chu", (("endpoint", inventory.endpoint), ("scope", "projects/p")))).asks_services


def test_a_partner_has_its_services_in_its_own_domain() -> None:
    estate = Estate(Target("gcp", "chu", (("scope", "projects/p"), ("universe_domain", "s3nsapis.fr"))))

    assert estate.asks_services
    assert estate.host_of_service("redis.googleapis.com") == "redis.s3nsapis.fr"


@pytest.mark.parametrize("beside", ["redis.googleapis.com:443", "127.0.0.1", "http://127.0.0.1:80"])
def test_a_stand_in_of_the_services_is_on_this_machine(beside: str) -> None:
    with pytest.raises(TargetError, match="rest_endpoint"):
        list(gcp.plan(Target("gcp", "chu", (("rest_endpoint", beside), ("scope", "projects/p")))))
