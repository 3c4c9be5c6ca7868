"""A whole scan over the wire: places as sets, default destinations, keys, copies, reach, and what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import grpc
import pytest

import catalog
from model.observed import Known, Reason, Unread, known
from model.places import Custody, PlaceKind
from tests.scanners.gcp.conftest import Scan, Seen, scanned
from tests.scanners.gcp.estate import EXTERNAL, KEY, PROJECT, inside, keys, of, projects
from tests.scanners.gcp.server import Inventory


def countries(code: str, provider: str = "google-cloud") -> tuple[str, ...]:
    """The countries of a code, by the catalog."""
    regions = catalog.load().find_regions(provider)
    row = regions.find(code) if regions else None
    assert row is not None, code
    return row.countries


BUCKET = {"location": "EUROPE-WEST9", "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}}}


@pytest.mark.parametrize(
    ("name", "regions"),
    [
        ("/chu-edsante", ["europe-west9"]),
        ("/chu-journaux", ["EU"]),
        ("/chu-londres", ["EUR5"]),
        ("/chu-deux", ["europe-west9", "europe-west2"]),
        ("/instances/dossiers", ["europe-west9"]),
        ("/backupRuns/1700000000000", ["eu"]),
        ("/instances/registre", ["spanner:eur7"]),
        ("/databases/patients", ["spanner:eur7"]),
        ("/instances/monde", ["europe-west9", "us-east4"]),
        ("/instances/mesures", ["europe-west9", "europe-west6"]),
        ("/databases/(default)", ["eur3"]),
        ("/datasets/cohorte", ["EU"]),
        ("/disks/travail", ["europe-west9"]),
        ("/snapshots/travail-1", ["eu"]),
        ("/dicomStores/scanners", ["europe-west4"]),
        ("/secrets/choisi", ["europe-west9", "europe-west1"]),
        ("/topics/france", ["europe-west9"]),
    ],
)
def test_a_place_is_every_region_that_the_settings_name(hospital: Seen, name: str, regions: list[str]) -> None:
    assert hospital.regions(name) == regions


@pytest.mark.parametrize("name", ["/secrets/partout", "/topics/arrivees", "/buckets/_Default", "/dataStores/textes"])
def test_what_google_keeps_anywhere_is_in_no_country(hospital: Seen, name: str) -> None:
    assert hospital.regions(name) == ["global"]


def test_london_and_zurich_are_told_apart_from_the_union() -> None:
    assert "GB" in countries("EUR5")
    assert "GB" in countries("EUR7")
    assert "CH" in countries("EUR8")
    assert not {"GB", "CH"} & set(countries("EU"))
    assert countries("spanner:eur7") == ("IT", "DE")
    assert set(countries("spanner:eur3")) == {"BE", "NL", "FI"}
    assert countries("global") == ()


def test_a_backup_without_a_place_of_its_own_goes_to_the_nearest_multi_region(hospital: Seen) -> None:
    end = hospital.end("/instances/dossiers/backupRuns/automated")

    assert [site.region for site in known(end.sites) or ()] == ["eu"]
    assert (end.role, end.kind) == (PlaceKind.BACKUP, "sqladmin.googleapis.com/BackupRun")
    assert ("dossiers", "automated", "backup") in hospital.led()
    assert not [copy for copy in hospital.copies if "dossiers-lecture/backupRuns" in copy.at]


def test_the_snapshots_that_a_schedule_makes_go_there_too(hospital: Seen) -> None:
    assert hospital.regions("/resourcePolicies/nuit") == ["eu"]
    assert ("travail", "nuit", "snapshot") in hospital.led()
    assert not [copy for copy in hospital.copies if copy.at.endswith("/arret")]
    assert not [store for store in hospital.stores if store.id.endswith("/arret")]


def test_far_from_every_multi_region_the_nearest_is_not_told(scan: Scan) -> None:
    instance = {"region": "southamerica-east1", "settings": {"backupConfiguration": {"enabled": True}}}

    seen = scan([inside("sqladmin/Instance", "instances/a", instance, "southamerica-east1")], "cloudsql.instance")

    assert isinstance(seen.end("/backupRuns/automated").sites, Unread)


def test_copies_lead_from_their_origin_to_every_end(hospital: Seen) -> None:
    assert {
        ("dossiers", "dossiers-lecture", "replica"),
        ("dossiers", "1700000000000", "backup"),
        ("travail", "travail-1", "snapshot"),
        ("travail", "miroir", "replica"),
        ("imagerie", "secours", "replica"),
        ("mesures", "b", "replica"),
        ("chu-edsante", "chu-journaux", "log"),
        ("chu-edsante", "nuit", "transfer_tool"),
        ("nuit", "partenaire-recherche", "replica"),
        ("cohorte", "copie", "transfer_tool"),
        ("copie", "cohorte_us", "replica"),
        ("scanners", "dicom", "extract"),
        ("scanners", "arrivees", "extract"),
        (PROJECT, "chu-journaux", "log"),
        ("arrivees", "collecte.example", "extract"),
    } <= hospital.led()
    assert not [copy for copy in hospital.copies if "debian-cloud" in copy.of], "a public image holds nobody's data"


def test_an_end_that_nobody_listed_is_a_place_as_far_as_its_name_tells(hospital: Seen) -> None:
    mirror, bucket = hospital.end("/disks/miroir"), hospital.end("/partenaire-recherche")

    assert [site.region for site in known(mirror.sites) or ()] == ["europe-west2"]
    assert (mirror.kind, mirror.account) == ("compute.googleapis.com/Disk", PROJECT)
    assert isinstance(bucket.sites, Unread)
    assert bucket.kind == "storage.googleapis.com/Bucket"


def test_an_address_outside_keeps_no_more_than_its_host(hospital: Seen) -> None:
    assert "https://collecte.example" in {copy.at for copy in hospital.copies}
    assert not [copy for copy in hospital.copies if "token" in copy.at or "mot" in copy.at]


def test_the_key_tells_who_can_use_it(hospital: Seen) -> None:
    def key(name: str) -> tuple[Custody, str, str]:
        found = known(hospital.store(name).key)
        assert found is not None
        return found.custody, found.id, found.location

    assert key("/chu-edsante") == (Custody.CUSTOMER_IN_PROVIDER, KEY, "europe-west9")
    assert key("/databases/patients") == (Custody.CUSTOMER_EXTERNAL, EXTERNAL, "")
    assert key("/chu-journaux")[0] is Custody.PROVIDER
    assert key("/disks/csek")[0] is Custody.CUSTOMER_EXTERNAL
    assert key("/dicomStores/scanners")[1] == KEY, "a store of a health dataset has the key of the dataset"


def test_a_key_outside_the_scope_leaves_the_custody_open_and_a_gap(scan: Scan) -> None:
    elsewhere = "projects/ailleurs/locations/europe/keyRings/r/cryptoKeys/k"
    seen = scan([of("storage/Bucket", "b", {**BUCKET, "encryption": {"defaultKmsKeyName": elsewhere}})], "gcs.bucket")

    assert isinstance(seen.store("/b").key, Unread)
    assert [gap.store for gap in seen.gaps] == ["//storage.googleapis.com/b"]


def test_the_weakest_of_several_keys_is_told(scan: Scan) -> None:
    disks = [{"diskEncryptionKey": {"kmsKeyName": EXTERNAL}}, {"type": "PERSISTENT"}]

    machine = inside("compute/Instance", "zones/europe-west9-a/instances/i", {"disks": disks})

    seen = scan([*keys(), machine], "compute.instance")

    key = known(seen.store("/instances/i").key)
    assert key is not None
    assert key.custody is Custody.PROVIDER


def test_health_services_prove_health_data(hospital: Seen) -> None:
    for name in ("/datasets/imagerie", "/dicomStores/scanners", "/fhirStores/dossiers"):
        assert known(hospital.store(name).holds_health) is True


def test_a_bucket_is_public_by_its_policy_and_never_when_that_is_prevented(hospital: Seen, scan: Scan) -> None:
    prevented = {**BUCKET, "iamConfiguration": {"publicAccessPrevention": "enforced"}}
    closed = scan(
        [of("storage/Bucket", "b", prevented)], "gcs.bucket", policies=[("//storage.googleapis.com/b", "allUsers")]
    )

    assert known(hospital.store("/chu-ouvert").public) is True
    assert known(hospital.store("/chu-journaux").public) is False
    assert known(closed.store("/b").public) is False
    assert isinstance(hospital.store("/chu-listes").public, Unread), "access lists of objects are not visible"


def test_what_a_public_container_holds_is_public(scan: Scan) -> None:
    assets = [inside("bigquery/Table", "datasets/d/tables/t", {"location": "EU", "type": "TABLE"})]
    opened = [(f"//bigquery.googleapis.com/projects/{PROJECT}/datasets/d", "allAuthenticatedUsers")]

    assert known(scan(assets, "bigquery.table", policies=opened).store("/tables/t").public) is True


def test_an_access_list_tells_projects_and_domains_and_no_person(hospital: Seen) -> None:
    shared = hospital.store("/datasets/cohorte").shared_with

    assert known(shared) == ("chercheurs-associes.example", "partenaire-eu")


def test_size_creation_and_labels_come_with_their_source(hospital: Seen) -> None:
    disk, dataset, instance = (
        hospital.store(n) for n in ("/disks/travail", "/datasets/cohorte", "/instances/dossiers")
    )

    assert known(disk.size_bytes) == 500 * 2**30
    assert known(disk.created_at) == datetime(2025, 3, 1, 7, tzinfo=UTC)
    assert known(dataset.created_at) == datetime(2025, 1, 15, 9, tzinfo=UTC)
    assert known(instance.tags) == (("jeu", "dossiers"),)
    assert isinstance(instance.tags, Known)
    assert instance.tags.source.what == "cloudasset:ListAssets"


def test_the_project_is_told_by_its_id_even_where_the_name_holds_a_number_or_nothing(hospital: Seen) -> None:
    assert {hospital.store(name).account for name in ("/chu-edsante", "/secrets/choisi", "/disks/csek")} == {PROJECT}


def test_a_part_has_the_labels_of_what_contains_it(hospital: Seen) -> None:
    assert known(hospital.store("/databases/patients").tags) == (("jeu", "registre"),)
    assert known(hospital.store("/clusters/a").tags) == (("jeu", "mesures"),)
    assert known(hospital.store("/tables/sejours").tags) == (("jeu", "cohorte"),)


def test_a_view_holds_nothing(hospital: Seen) -> None:
    assert not [store for store in hospital.stores if store.id.endswith("/tables/vue")]


def test_the_hospital_is_read_without_a_gap_but_for_what_no_list_shows(hospital: Seen) -> None:
    unlisted = [gap for gap in hospital.gaps if gap.reason is Reason.UNSUPPORTED]

    assert len({gap.id for gap in unlisted}) == 21
    assert all(gap.scope and gap.operation and not gap.store for gap in unlisted)
    assert len(hospital.gaps) == len(unlisted)


@pytest.mark.parametrize(
    ("source", "other"), [("SearchAllResources", "ListAssets"), ("ListAssets", "SearchAllResources")]
)
def test_what_only_one_source_holds_is_kept_and_the_difference_said(scan: Scan, source: str, other: str) -> None:
    seen = scan([of("storage/Bucket", "b", BUCKET, "europe-west9", sources=(source,))], "gcs.bucket")

    (gap,) = seen.gaps
    assert seen.regions("/b") == ["europe-west9"]
    assert (gap.operation, gap.store) == (f"cloudasset:{other}", "//storage.googleapis.com/b")


def test_a_type_that_only_one_source_knows_is_one_gap(scan: Scan) -> None:
    seen = scan([of("storage/Bucket", f"b{n}", BUCKET, sources=("ListAssets",)) for n in range(30)], "gcs.bucket")

    (gap,) = seen.gaps
    assert len(seen.stores) == 30
    assert (gap.operation, gap.store) == ("cloudasset:SearchAllResources", "")
    assert gap.detail.startswith("30 known to ListAssets alone")


def test_without_settings_only_what_the_search_tells_is_told(scan: Scan) -> None:
    seen = scan([*projects(), of("storage/Bucket", "b", None, "eur4", labels={"a": "b"}, keys=(KEY,))], "gcs.bucket")

    store = seen.store("/b")
    assert seen.regions("/b") == ["EUR4"]
    assert known(store.tags) == (("a", "b"),)
    assert isinstance(store.public, Unread)
    assert {gap.store for gap in seen.gaps} == {store.id}
    assert any(gap.scope.startswith("settings of") for gap in seen.gaps)


def test_a_topic_without_settings_is_not_called_global(scan: Scan) -> None:
    seen = scan([inside("pubsub/Topic", "topics/t", None)], "pubsub.topic")

    assert isinstance(seen.store("/topics/t").sites, Unread)


def test_settings_of_a_wrong_shape_leave_the_store_and_a_gap(scan: Scan) -> None:
    seen = scan([inside("compute/Image", "global/images/i", {"sourceImage": "x", "sourceDisk": 3, "diskSizeGb": "x"})])
    damaged = scan([inside("spanner/Backup", "instances/i/backups/b", {"encryptionInformation": 4, "labels": "x"})])

    assert seen.store("/images/i")
    assert damaged.store("/backups/b")


def test_the_same_name_twice_with_other_settings_is_in_both_places(scan: Scan) -> None:
    twice = [of("storage/Bucket", "b", {**BUCKET, "location": code}) for code in ("EUROPE-WEST9", "US")]

    seen = scan(twice, "gcs.bucket")

    regions = {site.region for store in seen.stores for site in known(store.sites) or ()}
    assert regions == {"europe-west9", "US"}


def test_a_partners_cloud_is_its_operators(scan: Scan) -> None:
    bucket = of("storage/Bucket", "b", {**BUCKET, "location": "U-FRANCE-EAST1"}, "u-france-east1")

    partner = scan([bucket], "gcs.bucket", universe_domain="s3nsapis.fr").store("/b")
    unknown = scan([bucket], "gcs.bucket", universe_domain="apis.example").store("/b")

    assert known(partner.provider) == "s3ns"
    assert [site.region for site in known(partner.sites) or ()] == ["u-france-east1"]
    assert countries("u-france-east1", "s3ns") == ("FR",)
    assert isinstance(unknown.provider, Unread)


def test_only_three_reading_calls_are_made_with_the_largest_pages(hospital: Seen) -> None:
    calls = hospital.server.calls

    assert {call.operation for call in calls} == {"SearchAllResources", "ListAssets", "SearchAllIamPolicies"}
    searches = [call.request for call in calls if call.operation == "SearchAllResources"]
    lists = [call.request for call in calls if call.operation == "ListAssets"]
    assert {(request.scope, request.page_size) for request in searches} == {("organizations/42", 500)}
    assert all("versioned_resources" in request.read_mask.paths for request in searches)
    assert {(request.parent, request.page_size, request.content_type.name) for request in lists} == {
        ("organizations/42", 1000, "RESOURCE")
    }
    assert all(request.asset_types for request in searches + lists)
    assert [call.request.query for call in calls if call.operation == "SearchAllIamPolicies"] == [
        "policy:(allAuthenticatedUsers OR allUsers)",
        "memberTypes:(user OR group OR domain OR serviceAccount)",
    ]


def test_no_person_and_no_setting_that_no_row_names_is_kept(hospital: Seen) -> None:
    text = repr(hospital.steps)

    assert "etude@" not in text
    assert "lecteur@" not in text


def test_a_refused_list_of_projects_leaves_numbers_and_a_gap() -> None:
    with Inventory([*projects(), of("storage/Bucket", "b", BUCKET)]) as server:
        server.fail("SearchAllResources", grpc.StatusCode.PERMISSION_DENIED, reason="IAM_PERMISSION_DENIED")
        server.fail("ListAssets", grpc.StatusCode.PERMISSION_DENIED, reason="IAM_PERMISSION_DENIED")
        seen = scanned(server, "gcs.bucket", scope="folders/9")

    assert seen.store("/b").account == "4711"
    assert {gap.permission for gap in seen.gaps} == {
        "cloudasset.assets.searchAllResources",
        "cloudasset.assets.listResource",
    }
    assert {gap.who_can_grant for gap in seen.gaps} == {"folder-administrator:9"}
    assert {gap.scope for gap in seen.gaps} == {"projects of folders/9"}


def test_an_instant_with_nanoseconds_is_read(scan: Scan) -> None:
    secret = {"createTime": "2022-01-10T11:08:09.983109123Z", "replication": {"automatic": {}}}

    store = scan([inside("secretmanager/Secret", "secrets/s", secret)], "secretmanager.secret").store("/secrets/s")

    assert known(store.created_at) == datetime(2022, 1, 10, 11, 8, 9, 983109, UTC)


def test_a_store_is_dated_by_the_call_that_saw_it(hospital: Seen) -> None:
    assert known(hospital.store("/chu-edsante").checked_on) == date.today()  # noqa: DTZ011
