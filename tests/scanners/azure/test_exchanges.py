"""What resources exchange with others: pairs, followers, shares, synchronised servers, linked services, logs."""

from __future__ import annotations

from typing import Any

import pytest

from model.observed import Reason, Unread, known
from model.places import PlaceKind
from scanners._table import evaluate
from scanners.azure import ids
from scanners.azure.rows import row_named
from tests.scanners.azure.conftest import Scan, Seen
from tests.scanners.azure.endpoint import Endpoint
from tests.scanners.azure.tenant import FIRST, GROUP, SECOND, SECRET, resource, tenant

AWAY = f"/subscriptions/{SECOND}/resourceGroups/rg-copies/providers"
SIEM = f"{AWAY}/Microsoft.OperationalInsights/workspaces/siem"


@pytest.fixture
def seen(scan: Scan, endpoint: Endpoint) -> Seen:
    """A scan of the hospital's tenant."""
    tenant(endpoint)
    return scan()


@pytest.mark.parametrize(
    ("of", "at", "kind"),
    [
        (
            "Microsoft.Sql/managedInstances/instance",
            f"{AWAY}/Microsoft.Sql/managedInstances/autre",
            PlaceKind.REPLICA,
        ),
        ("Microsoft.EventHub/namespaces/flux", f"{AWAY}/Microsoft.EventHub/namespaces/flux2", PlaceKind.METADATA),
        (
            "Microsoft.ServiceBus/namespaces/messages",
            f"{AWAY}/Microsoft.ServiceBus/namespaces/messages2",
            PlaceKind.METADATA,
        ),
        ("Microsoft.Storage/storageAccounts/chueds", SIEM, PlaceKind.LOG),
        (
            "Microsoft.Network/applicationGateways/passerelle",
            f"{AWAY}/Microsoft.Storage/storageAccounts/chucopies",
            PlaceKind.LOG,
        ),
        ("Microsoft.Insights/dataCollectionRules/collecte", SIEM, PlaceKind.LOG),
        (
            "Microsoft.Compute/disks/disk",
            f"{GROUP}/providers/Microsoft.Insights/dataCollectionRules/collecte",
            PlaceKind.TRANSFER_TOOL,
        ),
        (
            "Microsoft.Storage/storageAccounts/chueds/fileServices/default/shares/dossiers",
            f"{GROUP}/providers/Microsoft.StorageSync/storageSyncServices/synchro/syncGroups/dossiers",
            PlaceKind.TRANSFER_TOOL,
        ),
        (
            "Microsoft.Storage/storageAccounts/chueds",
            f"{GROUP}/providers/Microsoft.DataShare/accounts/partages/shares/cohorte",
            PlaceKind.TRANSFER_TOOL,
        ),
        (
            "Microsoft.DataShare/accounts/partages/sharesubscriptions/recue",
            f"{GROUP}/providers/Microsoft.Storage/storageAccounts/chueds",
            PlaceKind.EXTRACT,
        ),
        ("Microsoft.DataFactory/factories/fabrique", "sql.labo.example", PlaceKind.TRANSFER_TOOL),
    ],
)
def test_what_leaves_a_resource_is_named(seen: Seen, of: str, at: str, kind: PlaceKind) -> None:
    assert (ids.canonical(at), kind) in {
        (copy.at, copy.kind) for copy in seen.copies if copy.of == ids.canonical(f"{GROUP}/providers/{of}")
    }


def test_every_list_of_the_tenant_could_be_read(seen: Seen) -> None:
    assert {gap.operation for gap in seen.gaps if gap.reason is not Reason.UNSUPPORTED} == set()


def test_a_partner_is_where_the_failover_group_says(seen: Seen) -> None:
    (partner,) = [store for store in seen.stores if store.id.endswith("/managedInstances/autre")]

    assert [site.region for site in known(partner.sites) or ()] == ["germanywestcentral"]


def test_a_failover_group_that_names_no_instance_is_a_gap(scan: Scan, endpoint: Endpoint) -> None:
    instance = resource(
        "Microsoft.Sql/managedInstances", "instance", properties={"currentBackupStorageRedundancy": "Local"}
    )
    path = f"{GROUP}/providers/Microsoft.Sql/locations/francecentral/instanceFailoverGroups"
    endpoint.lists[path] = [{"id": f"{path}/secours", "properties": {"replicationRole": "Primary"}}]

    (gap,) = scan(instance).gaps

    assert (gap.store, gap.reason) == (instance["id"], Reason.FAULT)


def test_a_follower_holds_a_copy_of_the_cluster_that_it_follows(seen: Seen) -> None:
    leader = f"{AWAY}/Microsoft.Kusto/clusters/meneur"

    assert (leader, seen.store("suiveur").id, PlaceKind.CACHE) in {
        (copy.of, copy.at, copy.kind) for copy in seen.copies
    }


def test_a_synchronised_server_is_a_replica_of_unknown_place_and_operator(seen: Seen) -> None:
    server = seen.store("site")

    assert (server.kind.rsplit("/", 1)[-1], server.role) == ("serverEndpoints", PlaceKind.REPLICA)
    assert isinstance(server.sites, Unread)
    assert isinstance(server.provider, Unread)


def test_what_another_tenant_took_of_a_share_is_an_extract_of_unknown_place(seen: Seen) -> None:
    taken = seen.store("p")

    assert (taken.role, known(taken.shared_with)) == (PlaceKind.EXTRACT, ("Institut",))
    assert isinstance(taken.sites, Unread)


def test_of_a_linked_service_the_host_is_read_and_nothing_else(seen: Seen) -> None:
    (outside,) = {store.id: store for store in seen.stores if store.name == "sql.labo.example"}.values()

    assert isinstance(outside.provider, Unread)
    assert SECRET not in repr(seen)
    assert "lecteur" not in repr(seen)


def test_a_linked_service_that_names_no_host_is_a_gap_of_its_factory(scan: Scan, endpoint: Endpoint) -> None:
    factory = resource("Microsoft.DataFactory/factories", "fabrique")
    path = f"{factory['id']}/linkedservices"
    endpoint.lists[path] = [{"id": f"{path}/odbc", "properties": {"type": "Odbc", "typeProperties": {}}}]

    (gap,) = scan(factory).gaps

    assert (gap.store, gap.operation) == (factory["id"], "Microsoft.DataFactory/factories/linkedservices/read")
    assert "odbc" in gap.scope


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://chueds.blob.core.windows.net/?sig=secret", "chueds.blob.core.windows.net"),
        ("sftp://user:word@sftp.labo.example:22/in", "sftp.labo.example"),
        ("jdbc:snowflake://abc.snowflakecomputing.com/?user=u&password=p", "abc.snowflakecomputing.com"),
        ("DefaultEndpointsProtocol=https;AccountName=chueds;AccountKey=c2VjcmV0;EndpointSuffix=x.net", "chueds"),
        ("Data Source=sql.labo.example,1433;Password=a.secret.word", "sql.labo.example"),
        ("sftp://jean.dupont:a/b@sftp.labo.example", None),
        ("db.labo.example:5432", "db.labo.example"),
        ("Password=a.secret.word", None),
        ("a.secret=word", None),
        ({"type": "SecureString", "value": "**"}, None),
        ("@{linkedService().url}", None),
    ],
)  # fmt: skip
def test_a_host_is_found_in_an_address_and_never_in_a_secret(text: Any, host: str | None) -> None:
    assert evaluate("host([place])", {"place": text}) == ([host] if host else [])


def test_the_boundary_of_the_tenant_is_one_place_however_many_subscriptions_tell_it(seen: Seen) -> None:
    found = {store.id: store for store in seen.stores if store.kind == "Microsoft.Resources/dataBoundaries"}

    (boundary,) = found.values()
    assert (boundary.role, boundary.account) == (PlaceKind.METADATA, "")
    assert [site.region for site in known(boundary.sites) or ()] == ["eu-data-boundary"]


def test_a_tenant_without_a_boundary_has_none(scan: Scan, endpoint: Endpoint) -> None:
    endpoint.bodies[f"/subscriptions/{FIRST}/providers/Microsoft.Resources/dataBoundaries/default"] = {"value": []}

    seen = scan()

    assert (seen.stores, seen.gaps) == ((), ())


@pytest.mark.parametrize(
    ("said", "place"), [("EU", "eu-data-boundary"), ("Global", "global"), ("NotDefined", "global"), ("UK", "UK")]
)
def test_a_boundary_that_is_not_set_may_be_anywhere(said: str, place: str) -> None:
    row = row_named("Microsoft.Resources/dataBoundaries")

    assert evaluate(row.place, {"properties": {"dataBoundary": said}}) == place


def test_sentinel_is_laid_over_a_workspace_and_where_that_is(seen: Seen) -> None:
    workspace = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/journaux"
    sentinel = f"{workspace}/providers/Microsoft.SecurityInsights/onboardingStates/default"

    assert seen.regions(sentinel) == ("francecentral",)
    assert (workspace, sentinel, PlaceKind.LOG) in {(copy.of, copy.at, copy.kind) for copy in seen.copies}


class TestOneResourceIsOneStore:
    def test_whatever_the_case_of_its_identifier(self, scan: Scan, endpoint: Endpoint) -> None:
        group = f"/subscriptions/{FIRST}/resourceGroups/RG-Prod"
        account = resource(
            "Microsoft.Storage/storageAccounts", "ChuEds", group=group, sku={"name": "Standard_LRS"}, properties={}
        )
        disk = resource("Microsoft.Compute/disks", "Disque", group=group, properties={"diskSizeGB": 1})
        copy = resource(
            "Microsoft.Compute/snapshots",
            "copie",
            properties={"creationData": {"sourceResourceId": disk["id"].replace("RG-Prod", "rg-PROD").lower()}},
        )
        policy = f"{account['id']}/objectReplicationPolicies"
        endpoint.lists[policy] = [
            {
                "id": f"{policy}/1",
                "properties": {"sourceAccount": account["id"].upper(), "destinationAccount": f"{AWAY}/X.Y/zS/Nom"},
            }
        ]

        seen = scan(account, disk, copy)

        assert len({store.id for store in seen.stores if "disks" in store.id}) == 1
        assert len({store.id.lower() for store in seen.stores}) == len({store.id for store in seen.stores})
        assert (seen.store("Disque").id, seen.store("copie").id) in {(each.of, each.at) for each in seen.copies}
        # Azure is asked in the spelling that it gave.
        assert "Microsoft.Storage/storageAccounts/objectReplicationPolicies/read" in endpoint.calls

    @pytest.mark.parametrize(
        ("text", "identity"),
        [
            (
                "/SUBSCRIPTIONS/AbC/RESOURCEGROUPS/Rg/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/Nom",
                "/subscriptions/abc/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/nom",
            ),
            (
                "/subscriptions/a/resourceGroups/g/providers/Contoso.Imagerie/Archives/X",
                "/subscriptions/a/resourceGroups/g/providers/contoso.imagerie/archives/x",
            ),
            (
                "/providers/microsoft.resources/databoundaries/T",
                "/providers/Microsoft.Resources/dataBoundaries/t",
            ),
            ("NomSeul", "NomSeul"),
        ],
    )
    def test_its_identity_has_one_spelling(self, text: str, identity: str) -> None:
        assert ids.canonical(text) == identity

    def test_its_address_keeps_the_spelling_that_came(self) -> None:
        text = "/subscriptions/a/resourceGroups/Rg/providers/Microsoft.Storage/storageAccounts/Nom"
        inside = f"{text}/providers/Microsoft.Insights/diagnosticSettings/D"

        found = ids.parse(inside)

        assert found is not None
        assert (found.path, found.parent) == (inside, ids.canonical(text))
