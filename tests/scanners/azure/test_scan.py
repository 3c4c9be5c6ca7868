"""Scans of small tenants over the wire: places, copies, keys, reach, and what could not be seen."""

from __future__ import annotations

import time

import pytest
from azure.core import AzureClouds
from azure.mgmt.core.tools import get_arm_endpoints

from model.errors import CredentialsError, TargetError
from model.observed import Known, Reason, Unread, known
from model.places import Custody, Key, PlaceKind, Target
from scanners import Deadline, azure
from scanners.azure import clients
from scanners.azure.clouds import cloud_of
from scanners.azure.errors import Failure
from tests.scanners.azure.conftest import Scan
from tests.scanners.azure.endpoint import GRAPH, Endpoint, target_of
from tests.scanners.azure.tenant import FIRST, GROUP, SECOND, resource
from tests.scanners.bed import Kind

KEY = "https://kv-chu.vault.azure.net/keys/eds"
VAULT = resource("Microsoft.KeyVault/vaults", "kv-chu", properties={"vaultUri": "https://kv-chu.vault.azure.net/"})


class TestCopiesArePlaces:
    @pytest.mark.parametrize(
        ("sku", "location", "secondary", "end"),
        [
            ("Standard_GRS", "westeurope", "northeurope", "northeurope"),
            ("Standard_RAGRS", "West Europe", None, "northeurope"),
            ("Standard_GZRS", "francecentral", None, "francesouth"),
            ("Standard_RAGZRS", "brazilsouth", "southcentralus", "southcentralus"),
            ("Standard_GRS", "belgiumcentral", None, "pair-of-belgiumcentral"),
        ],
    )
    def test_a_geo_redundant_account_is_in_its_secondary_region_too(
        self, scan: Scan, sku: str, location: str, secondary: str | None, end: str
    ) -> None:
        properties = {"secondaryLocation": secondary} if secondary else {}
        seen = scan(
            resource("Microsoft.Storage/storageAccounts", "chueds", location, sku={"name": sku}, properties=properties)
        )

        assert list(seen.ends("chueds").values()) == [(end,)]
        (copy,) = [store for store in seen.stores if "#" in store.id]
        assert copy.role is PlaceKind.REPLICA

    @pytest.mark.parametrize("sku", ["Standard_LRS", "Standard_ZRS", "Premium_LRS"])
    def test_a_local_account_has_no_copy(self, scan: Scan, sku: str) -> None:
        seen = scan(resource("Microsoft.Storage/storageAccounts", "chueds", sku={"name": sku}, properties={}))

        assert seen.copies == ()
        assert seen.gaps == ()

    def test_an_account_of_cosmos_db_is_where_it_writes_and_everywhere_it_reads(self, scan: Scan) -> None:
        seen = scan(
            resource(
                "Microsoft.DocumentDB/databaseAccounts",
                "cosmos",
                "westus",
                properties={
                    "writeLocations": [{"locationName": "France Central"}],
                    "locations": [{"locationName": "France Central"}, {"locationName": "East US"}],
                    "backupPolicy": {"type": "Continuous"},
                },
            )
        )

        assert seen.regions("cosmos") == ("francecentral",)
        assert set(seen.ends("cosmos").values()) == {("eastus",)}

    @pytest.mark.parametrize(
        ("kind", "name", "properties"),
        [
            (
                "Microsoft.RecoveryServices/vaults",
                "coffre",
                {"redundancySettings": {"standardTierStorageRedundancy": "GeoRedundant"}},
            ),
            ("Microsoft.DataProtection/backupVaults", "coffre", {"storageSettings": [{"type": "GeoRedundant"}]}),
            ("Microsoft.Sql/servers/databases", "sql/coffre", {"currentBackupStorageRedundancy": "GeoZone"}),
            ("Microsoft.Sql/managedInstances", "coffre", {"requestedBackupStorageRedundancy": "Geo"}),
            ("Microsoft.DBforPostgreSQL/flexibleServers", "coffre", {"backup": {"geoRedundantBackup": "Enabled"}}),
            ("Microsoft.Synapse/workspaces/sqlPools", "syn/coffre", {"storageAccountType": "GRS"}),
        ],
    )
    def test_backups_that_azure_copies_are_in_the_paired_region(
        self, scan: Scan, kind: str, name: str, properties: dict[str, object]
    ) -> None:
        seen = scan(resource(kind, name, "westeurope", properties=properties))

        assert list(seen.ends("coffre").values()) == [("northeurope",)]

    def test_a_redundancy_that_the_answer_leaves_out_is_a_gap_and_not_none(self, scan: Scan) -> None:
        seen = scan(resource("Microsoft.Sql/servers/databases", "sql/patients", properties={"maxSizeBytes": 1}))

        (gap,) = seen.gaps
        assert gap.store == seen.store("patients").id
        assert "elsewhere" in gap.detail

    def test_the_redundancy_of_an_old_vault_is_asked_of_its_configuration(self, scan: Scan, endpoint: Endpoint) -> None:
        vault = resource("Microsoft.RecoveryServices/vaults", "ancien", "westeurope")
        path = f"{vault['id']}/backupstorageconfig/vaultstorageconfig"
        endpoint.bodies[path] = {"id": path, "properties": {"storageModelType": "GeoRedundant"}}

        seen = scan(vault)

        assert seen.ends("ancien") == {"ancien#backup-northeurope": ("northeurope",)}
        assert seen.gaps == ()

    def test_versions_of_images_registries_and_hsms_are_in_every_region_that_they_name(self, scan: Scan) -> None:
        seen = scan(
            resource(
                "Microsoft.Compute/galleries/images/versions",
                "g/i/1.0.0",
                properties={
                    "publishingProfile": {"targetRegions": [{"name": "France Central"}, {"name": "West US 2"}]}
                },
            ),
            resource("Microsoft.ContainerRegistry/registries", "acr"),
            resource("Microsoft.ContainerRegistry/registries/replications", "acr/eastus", "eastus"),
            resource(
                "Microsoft.KeyVault/managedHSMs",
                "hsm",
                properties={"regions": [{"name": "francecentral"}, {"name": "uksouth"}]},
            ),
        )

        assert set(seen.ends("1.0.0").values()) == {("westus2",)}
        assert seen.ends("acr") == {"eastus": ("eastus",)}
        assert set(seen.ends("hsm").values()) == {("uksouth",)}

    def test_a_failover_group_leads_to_its_partner_and_a_link_to_its_database(
        self, scan: Scan, endpoint: Endpoint
    ) -> None:
        server = f"{GROUP}/providers/Microsoft.Sql/servers/sql"
        away = f"/subscriptions/{SECOND}/resourceGroups/rg/providers/Microsoft.Sql/servers/sql2"
        endpoint.lists[f"{server}/failoverGroups"] = [
            {
                "id": f"{server}/failoverGroups/fog",
                "properties": {
                    "replicationRole": "Primary",
                    "partnerServers": [{"id": away, "location": "North Europe"}],
                },
            }
        ]
        endpoint.lists[f"{server}/replicationLinks"] = [
            {
                "id": f"{server}/databases/patients/replicationLinks/1",
                "properties": {
                    "role": "Primary",
                    "partnerLocation": "UK South",
                    "partnerDatabaseId": f"{away}/databases/patients",
                },
            }
        ]

        seen = scan(
            resource("Microsoft.Sql/servers", "sql"),
            resource(
                "Microsoft.Sql/servers/databases",
                "sql/patients",
                properties={"currentBackupStorageRedundancy": "Local"},
            ),
        )

        assert seen.ends("sql") == {"sql2": ("northeurope",)}
        assert seen.ends("patients") == {"patients": ("uksouth",)}
        assert {store.id for store in seen.stores if not store.seen} == {away, f"{away}/databases/patients"}

    def test_object_replication_leads_to_the_other_account_also_in_another_tenant(
        self, scan: Scan, endpoint: Endpoint
    ) -> None:
        account = resource("Microsoft.Storage/storageAccounts", "chueds", sku={"name": "Standard_LRS"})
        endpoint.lists[f"{account['id']}/objectReplicationPolicies"] = [
            {
                "id": f"{account['id']}/objectReplicationPolicies/1",
                "properties": {"sourceAccount": "chueds", "destinationAccount": "ailleurs"},
            }
        ]

        seen = scan(account)

        assert [(copy.of, copy.at) for copy in seen.copies] == [(account["id"], "ailleurs")]

    def test_logs_lead_to_where_they_are_sent(self, scan: Scan, endpoint: Endpoint) -> None:
        vault = resource("Microsoft.KeyVault/vaults", "kv")
        siem = f"/subscriptions/{SECOND}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/siem"
        endpoint.lists[f"{vault['id']}/providers/Microsoft.Insights/diagnosticSettings"] = [
            {
                "id": f"{vault['id']}/providers/microsoft.insights/diagnosticSettings/d",
                "properties": {"workspaceId": siem},
            }
        ]

        seen = scan(vault, resource("Microsoft.Compute/disks", "disk", properties={"diskSizeGB": 1}))

        assert (vault["id"], siem) in {(copy.of, copy.at) for copy in seen.copies}
        # Disks have no such settings: they are not asked.
        assert endpoint.calls.count("Microsoft.Insights/diagnosticSettings/read") == 1

    def test_a_list_of_copies_that_is_refused_hides_those_of_one_store(self, scan: Scan, endpoint: Endpoint) -> None:
        with endpoint.fault(Kind.REFUSE, "Microsoft.Sql/servers/failoverGroups/read"):
            seen = scan(resource("Microsoft.Sql/servers", "sql"))

        (gap,) = seen.gaps
        assert (gap.store, gap.permission) == (seen.store("sql").id, "Microsoft.Sql/servers/failoverGroups/read")

    def test_identifiers_are_compared_without_regard_to_case(self, scan: Scan, endpoint: Endpoint) -> None:
        disk = resource("Microsoft.Compute/disks", "disk", properties={"diskSizeGB": 4})
        snapshot = resource(
            "Microsoft.Compute/snapshots",
            "copie",
            properties={"creationData": {"sourceResourceId": disk["id"].replace("resourceGroups", "RESOURCEGROUPS")}},
        )

        seen = scan(disk, snapshot)

        assert [(copy.of, copy.at) for copy in seen.copies] == [(seen.store("disk").id, seen.store("copie").id)]


class TestPlaces:
    def test_models_that_may_run_anywhere_are_never_in_france(self, scan: Scan, endpoint: Endpoint) -> None:
        account = resource("Microsoft.CognitiveServices/accounts", "ia")
        endpoint.lists[f"{account['id']}/deployments"] = [
            {"id": f"{account['id']}/deployments/{sku}", "name": sku, "sku": {"name": sku}, "properties": {}}
            for sku in ("GlobalStandard", "DataZoneStandard", "Standard")
        ]

        seen = scan(account)

        assert seen.regions("GlobalStandard") == ("global",)
        assert seen.regions("DataZoneStandard") == ("datazone-eu",)
        assert seen.regions("Standard") == ("francecentral",)
        assert len(seen.ends("ia")) == 3

    @pytest.mark.parametrize(
        ("kind", "location", "properties", "regions"),
        [
            ("Microsoft.Communication/communicationServices", "global", {"dataLocation": "France"}, ("france",)),
            ("Microsoft.Communication/communicationServices", "global", {}, ()),
            ("Microsoft.BotService/botServices", "global", {}, ("global",)),
            ("Microsoft.Cdn/profiles", "francecentral", {}, ("global",)),
            ("Microsoft.HybridCompute/machines", "francecentral", {}, ()),
            ("Microsoft.HealthcareApis/services", "France Central", {}, ("francecentral",)),
        ],
    )
    def test_the_location_of_a_record_is_not_always_where_data_are(
        self, scan: Scan, kind: str, location: str, properties: dict[str, object], regions: tuple[str, ...]
    ) -> None:
        assert scan(resource(kind, "chose", location, properties=properties)).regions("chose") == regions

    def test_an_edge_zone_is_named_since_it_may_stand_elsewhere(self, scan: Scan) -> None:
        seen = scan(
            resource(
                "Microsoft.Compute/disks", "disk", "westus", extendedLocation={"name": "losangeles", "type": "EdgeZone"}
            )
        )

        (site,) = known(seen.store("disk").sites) or ()
        assert (site.region, site.zone) == ("westus", "losangeles")

    def test_health_services_hold_health_data_by_their_kind(self, scan: Scan) -> None:
        seen = scan(
            resource("Microsoft.HealthcareApis/workspaces", "ws"),
            resource("Microsoft.HealthcareApis/workspaces/fhirservices", "ws/fhir"),
            resource("Microsoft.HealthcareApis/workspaces/dicomservices", "ws/dicom"),
            resource("Microsoft.Storage/storageAccounts", "fichiers", sku={"name": "Standard_LRS"}),
        )

        assert {name: known(seen.store(name).holds_health) for name in ("ws", "fhir", "dicom", "fichiers")} == {
            "ws": True,
            "fhir": True,
            "dicom": True,
            "fichiers": None,
        }


class TestKeys:
    def key(self, scan: Scan, kind: str, properties: dict[str, object], *others: dict[str, object]) -> Key | None:
        return known(scan(resource(kind, "chose", properties=properties), VAULT, *others).store("chose").key)

    @pytest.mark.parametrize(
        ("kind", "properties"),
        [
            ("Microsoft.Storage/storageAccounts", {"encryption": {"keySource": "Microsoft.Storage"}}),
            ("Microsoft.Compute/disks", {"encryption": {"type": "EncryptionAtRestWithPlatformKey"}}),
            ("Microsoft.DBforPostgreSQL/flexibleServers", {"dataEncryption": {"type": "SystemManaged"}}),
            ("Microsoft.DocumentDB/databaseAccounts", {}),
        ],
    )
    def test_a_key_of_the_platform_is_the_providers(self, scan: Scan, kind: str, properties: dict[str, object]) -> None:
        assert self.key(scan, kind, properties) == Key(Custody.PROVIDER)

    @pytest.mark.parametrize(
        ("kind", "properties"),
        [
            (
                "Microsoft.Storage/storageAccounts",
                {"encryption": {"keySource": "Microsoft.Keyvault", "keyvaultproperties": {"keyvaulturi": KEY}}},
            ),
            ("Microsoft.DocumentDB/databaseAccounts", {"keyVaultKeyUri": KEY}),
            (
                "Microsoft.DBforMySQL/flexibleServers",
                {"dataEncryption": {"type": "AzureKeyVault", "primaryKeyURI": KEY}},
            ),
            ("Microsoft.ServiceBus/namespaces", {"encryption": {"keyVaultProperties": [{"keyVaultUri": KEY}]}}),
        ],
    )
    def test_a_key_in_a_vault_is_the_customers_and_where_the_vault_is(
        self, scan: Scan, kind: str, properties: dict[str, object]
    ) -> None:
        assert self.key(scan, kind, properties) == Key(Custody.CUSTOMER_IN_PROVIDER, KEY, "francecentral", FIRST)

    def test_a_disk_names_its_key_by_way_of_an_encryption_set(self, scan: Scan) -> None:
        des = resource("Microsoft.Compute/diskEncryptionSets", "des", properties={"activeKey": {"keyUrl": KEY}})

        found = self.key(
            scan, "Microsoft.Compute/disks", {"encryption": {"diskEncryptionSetId": des["id"].upper()}}, des
        )

        assert found == Key(Custody.CUSTOMER_IN_PROVIDER, KEY, "francecentral", FIRST)

    def test_a_database_has_the_key_of_its_server(self, scan: Scan) -> None:
        seen = scan(
            VAULT,
            resource("Microsoft.Sql/servers", "sql", properties={"keyId": KEY}),
            resource(
                "Microsoft.Sql/servers/databases",
                "sql/patients",
                properties={"currentBackupStorageRedundancy": "Local"},
            ),
        )

        assert known(seen.store("patients").key) == Key(Custody.CUSTOMER_IN_PROVIDER, KEY, "francecentral", FIRST)

    def test_a_key_in_a_managed_hsm_is_where_the_hsm_is_and_the_place_of_a_foreign_vault_is_not_known(
        self, scan: Scan
    ) -> None:
        hsm = resource(
            "Microsoft.KeyVault/managedHSMs",
            "hsm",
            "germanywestcentral",
            properties={"hsmUri": "https://hsm.managedhsm.azure.net"},
        )
        address, foreign = "https://hsm.managedhsm.azure.net/keys/k", "https://ailleurs.vault.azure.net/keys/k"

        first = self.key(scan, "Microsoft.DocumentDB/databaseAccounts", {"keyVaultKeyUri": address}, hsm)
        second = self.key(scan, "Microsoft.DocumentDB/databaseAccounts", {"keyVaultKeyUri": foreign})

        assert first == Key(Custody.CUSTOMER_IN_PROVIDER, address, "germanywestcentral", FIRST)
        assert second == Key(Custody.CUSTOMER_IN_PROVIDER, foreign)

    def test_keys_that_no_answer_shows_are_not_known(self, scan: Scan) -> None:
        assert self.key(scan, "Microsoft.Search/searchServices", {}) is None


class TestReach:
    def test_a_container_open_to_everyone_is_public_and_its_account_says_only_that_it_may_be(
        self, scan: Scan, endpoint: Endpoint
    ) -> None:
        account = resource(
            "Microsoft.Storage/storageAccounts",
            "ouvert",
            sku={"name": "Standard_LRS"},
            properties={"allowBlobPublicAccess": True},
        )
        containers = f"{account['id']}/blobServices/default/containers"
        endpoint.lists[containers] = [
            {"id": f"{containers}/{name}", "name": name, "properties": {"publicAccess": level}}
            for name, level in (("a", "Blob"), ("b", "None"))
        ]

        seen = scan(account)

        assert isinstance(seen.store("ouvert").public, Unread)
        assert known(seen.store("a").public) is True
        assert known(seen.store("b").public) is False
        assert seen.regions("a") == ("francecentral",)

    def test_an_account_that_forbids_anonymous_access_is_not_public(self, scan: Scan) -> None:
        seen = scan(
            resource(
                "Microsoft.Storage/storageAccounts",
                "clos",
                sku={"name": "Standard_LRS"},
                properties={"allowBlobPublicAccess": False},
            )
        )

        assert known(seen.store("clos").public) is False


class TestTheTwoInventories:
    def test_what_resource_graph_lacks_is_read_from_its_service(self, scan: Scan, endpoint: Endpoint) -> None:
        account = resource(
            "Microsoft.Storage/storageAccounts",
            "oublie",
            sku={"name": "Standard_GRS"},
            properties={"secondaryLocation": "francesouth"},
        )
        endpoint.graph_lacks.add(account["id"].lower())

        seen = scan(account)

        assert seen.ends("oublie") == {"oublie#replica-francesouth": ("francesouth",)}
        assert "not in Resource Graph" in seen.store("oublie").sites.source.what
        assert seen.gaps == ()

    def test_what_the_subscription_lacks_is_a_store_with_a_gap(self, scan: Scan, endpoint: Endpoint) -> None:
        vault = resource("Microsoft.KeyVault/vaults", "fantome")
        endpoint.list_lacks.add(vault["id"].lower())

        seen = scan(vault)

        (gap,) = seen.gaps
        assert (gap.store, gap.reason) == (vault["id"], Reason.FAULT)
        assert seen.regions("fantome") == ("francecentral",)

    def test_without_resource_graph_every_store_is_found_all_the_same(self, scan: Scan, endpoint: Endpoint) -> None:
        documents = [
            resource("Microsoft.Storage/storageAccounts", f"compte{n}", sku={"name": "Standard_LRS"}) for n in range(5)
        ]
        documents.append(
            resource(
                "Microsoft.Sql/servers/databases", "sql/base", properties={"currentBackupStorageRedundancy": "Geo"}
            )
        )

        with endpoint.fault(Kind.REFUSE, GRAPH):
            seen = scan(*documents)

        assert {store.name for store in seen.stores if "#" not in store.id} == {
            *(f"compte{n}" for n in range(5)),
            "base",
        }
        assert seen.ends("base") == {"base#backup-francesouth": ("francesouth",)}
        assert {(gap.operation, gap.reason, gap.permission) for gap in seen.gaps} == {(GRAPH, Reason.REFUSED, GRAPH)}
        # Five accounts are one list, not five calls.
        assert endpoint.calls.count("Microsoft.Storage/storageAccounts/read") == 1

    def test_a_resource_whose_service_refuses_stays_a_store_with_a_place_and_a_gap(
        self, scan: Scan, endpoint: Endpoint
    ) -> None:
        account = resource("Microsoft.Storage/storageAccounts", "refuse", sku={"name": "Standard_GRS"})
        endpoint.graph_lacks.add(account["id"].lower())

        with endpoint.fault(Kind.REFUSE, "Microsoft.Storage/storageAccounts/read"):
            seen = scan(account)

        store = seen.store("refuse")
        assert seen.regions("refuse") == ("francecentral",)
        assert isinstance(store.key, Unread)
        assert "Microsoft.Storage/storageAccounts/read" in {
            gap.permission for gap in seen.gaps if gap.store == store.id
        }

    def test_a_kind_that_no_table_knows_is_a_gap_that_names_it(self, scan: Scan) -> None:
        seen = scan(
            resource("Microsoft.Network/networkInterfaces", "carte"),
            resource("Contoso.Imagerie/archives", "clichés"),
        )

        (gap,) = seen.gaps
        assert (gap.reason, "Contoso.Imagerie/archives" in gap.detail) == (Reason.UNSUPPORTED, True)
        assert "Microsoft.Network" not in gap.detail

    def test_an_answer_without_properties_settles_neither_key_nor_copies(self, scan: Scan) -> None:
        bare = resource("Microsoft.Compute/galleries/images/versions", "g/i/1.0.0", properties=None)

        seen = scan(
            bare, resource("Microsoft.Storage/storageAccounts", "nu", sku={"name": "Standard_LRS"}, properties=None)
        )

        assert {gap.store for gap in seen.gaps} == {seen.store("1.0.0").id, seen.store("nu").id}
        assert isinstance(seen.store("nu").key, Unread)

    def test_few_queries_read_a_whole_tenant(self, scan: Scan, endpoint: Endpoint) -> None:
        for number in range(30):
            endpoint.subscriptions[f"33333333-0000-0000-0000-{number:012}"] = "Enabled"

        scan(*(resource("Microsoft.Compute/disks", f"d{n}", properties={"diskSizeGB": 1}) for n in range(250)))

        # Three pages of resources, one of backups, one of what rules collect from, one of what others refer to.
        assert len(endpoint.queries) == 6
        assert len(endpoint.queries[0].get("subscriptions", ())) in (0, 31)


class TestResourceGraph:
    def test_many_pages_are_read_by_several_jobs_and_none_is_lost(self, scan: Scan, endpoint: Endpoint) -> None:
        endpoint.page = 2

        seen = scan(*(resource("Microsoft.Compute/disks", f"d{n:02}", properties={"diskSizeGB": 1}) for n in range(45)))

        assert sorted(store.name for store in seen.stores) == [f"d{n:02}" for n in range(45)]
        assert seen.gaps == ()
        # Resource Graph was read once: what it gave was remembered from job to job.
        assert sum("'microsoft.compute/disks'" in query["query"] for query in endpoint.queries) == 23

    def test_the_older_form_of_an_answer_is_read_as_well(self, scan: Scan, endpoint: Endpoint) -> None:
        endpoint.as_table = True

        seen = scan(resource("Microsoft.Compute/disks", "disk", properties={"diskSizeGB": 4}))

        assert known(seen.store("disk").size_bytes) == 4 * 2**30

    @pytest.mark.parametrize("address", ["string", "http://[", 12, ["/subscriptions"]])
    def test_a_placeholder_is_no_address_of_a_next_page(self, scan: Scan, endpoint: Endpoint, address: object) -> None:
        endpoint.bodies[f"/subscriptions/{FIRST}/providers/Microsoft.KeyVault/deletedVaults"] = {
            "value": [],
            "nextLink": address,
        }

        (gap,) = scan().gaps

        assert (gap.operation, gap.reason) == ("Microsoft.KeyVault/deletedVaults/read", Reason.FAULT)

    def test_an_answer_that_was_cut_without_a_token_is_a_gap(self, scan: Scan, endpoint: Endpoint) -> None:
        endpoint.truncated = True

        seen = scan(*(resource("Microsoft.Compute/disks", f"d{n}", properties={"diskSizeGB": 1}) for n in range(150)))

        assert any(gap.operation == GRAPH and "cut" in gap.detail for gap in seen.gaps)
        # Nothing is lost: what the answer lacked is asked of its service.
        assert len({store.id for store in seen.stores}) == 150

    def test_a_used_up_quota_is_waited_for_and_not_asked_against(self, scan: Scan, endpoint: Endpoint) -> None:
        endpoint.quota = "0"
        began = time.monotonic()

        seen = scan(resource("Microsoft.Compute/disks", "disk", properties={"diskSizeGB": 1}))

        assert time.monotonic() - began > 1.5
        assert seen.gaps == ()

    def test_a_wait_longer_than_the_job_is_a_gap_at_once(self, endpoint: Endpoint) -> None:
        estate = clients.renew(target_of(endpoint))
        endpoint.answers.append((429, {"Retry-After": "3600"}, {"error": {"code": "TooManyRequests"}}))
        began = time.monotonic()

        answer = estate.get("/subscriptions", "2022-12-01", "x", Deadline.after(5))

        assert isinstance(answer, Failure)
        assert answer.reason is Reason.THROTTLED
        assert time.monotonic() - began < 2

    def test_a_short_wait_is_obeyed_and_then_answered(self, endpoint: Endpoint) -> None:
        estate = clients.renew(target_of(endpoint, _attempts=3))
        endpoint.answers.append((429, {"Retry-After": "1"}, {"error": {"code": "TooManyRequests"}}))
        began = time.monotonic()

        answer = estate.get("/subscriptions", "2022-12-01", "x", Deadline.after(10))

        assert not isinstance(answer, Failure)
        assert 1 <= time.monotonic() - began < 4

    def test_retries_are_bounded(self, endpoint: Endpoint) -> None:
        estate = clients.renew(target_of(endpoint, _attempts=3))
        endpoint.answers += [(429, {"Retry-After": "0"}, {"error": {"code": "TooManyRequests"}})] * 20

        answer = estate.get("/subscriptions", "2022-12-01", "x", Deadline.after(20))

        assert isinstance(answer, Failure)
        assert len(endpoint.calls) == 3


class TestSubscriptions:
    def test_only_those_that_were_chosen_are_read(self, scan: Scan, endpoint: Endpoint) -> None:
        endpoint.subscriptions[SECOND] = "Enabled"
        group = f"/subscriptions/{SECOND}/resourceGroups/rg"

        seen = scan(
            resource("Microsoft.Compute/disks", "ici", properties={"diskSizeGB": 1}),
            resource("Microsoft.Compute/disks", "ailleurs", group=group, properties={"diskSizeGB": 1}),
            subscriptions=(SECOND,),
        )

        assert {store.name for store in seen.stores} == {"ailleurs"}

    @pytest.mark.parametrize("state", ["Disabled", "Deleted"])
    def test_one_that_is_closed_keeps_its_data_and_is_a_gap(self, scan: Scan, endpoint: Endpoint, state: str) -> None:
        endpoint.subscriptions[SECOND] = state

        seen = scan()

        (gap,) = seen.gaps
        assert (gap.account, gap.reason) == (SECOND, Reason.DISABLED)

    def test_to_see_no_subscription_at_all_is_a_gap_and_not_an_empty_estate(
        self, scan: Scan, endpoint: Endpoint
    ) -> None:
        endpoint.subscriptions.clear()

        (gap,) = scan().gaps

        assert (gap.reason, gap.permission) == (Reason.REFUSED, "Microsoft.Resources/subscriptions/read")

    def test_one_of_another_tenant_is_a_gap_that_names_it(self, scan: Scan) -> None:
        seen = scan(subscriptions=(SECOND,))

        gap = next(gap for gap in seen.gaps if gap.scope == f"everything in subscription {SECOND}")
        assert (gap.account, gap.reason) == (SECOND, Reason.REFUSED)
        assert gap.who_can_grant


class TestSignIn:
    def test_whom_the_token_names_is_told_and_the_token_is_not(self, target: Target) -> None:
        said = azure.identify(target)

        assert said == "audit@chu-exemple.fr of tenant tenant-1; 1 subscription(s)"

    def test_an_empty_variable_says_what_to_do(self, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("LEXSITUS_AZURE_TOKEN")
        clients.renew(target)

        with pytest.raises(CredentialsError, match="LEXSITUS_AZURE_TOKEN is empty"):
            azure.identify(target)

    def test_a_token_that_is_not_accepted_says_so(self, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LEXSITUS_AZURE_TOKEN", "a-token-of-somebody-else")
        clients.renew(target)

        with pytest.raises(CredentialsError, match="AuthenticationFailed") as error:
            azure.identify(target)
        assert "somebody" not in str(error.value)

    def test_the_token_goes_nowhere_but_to_the_endpoint(self, scan: Scan, endpoint: Endpoint) -> None:
        endpoint.page = 2

        # The addresses of further pages name Azure itself: were they followed, this test would not end well.
        seen = scan(*(resource("Microsoft.Network/networkWatchers/flowLogs", f"w/f{n}") for n in range(7)))

        assert len(seen.stores) == 7
        assert seen.gaps == ()

    def test_a_probe_asks_one_subscription(self, target: Target, endpoint: Endpoint) -> None:
        endpoint.subscriptions[SECOND] = "Enabled"

        assert azure.probe(target).setting("subscriptions") == (FIRST,)


class TestClouds:
    @pytest.mark.parametrize(
        ("cloud", "endpoint", "authority", "provider"),
        [
            ("AzureCloud", "https://management.azure.com", "login.microsoftonline.com", "microsoft-azure"),
            ("AzureChinaCloud", "https://management.chinacloudapi.cn", "login.chinacloudapi.cn", "microsoft-azure"),
            (
                "AzureUSGovernment",
                "https://management.usgovcloudapi.net",
                "login.microsoftonline.us",
                "microsoft-azure",
            ),
            ("AzureBleuCloud", "https://management.sovcloud-api.fr", "login.sovcloud-identity.fr", "bleu"),
        ],
    )
    def test_each_has_its_own_endpoint_and_sign_in(
        self, cloud: str, endpoint: str, authority: str, provider: str
    ) -> None:
        found = cloud_of(Target("azure", "x", (("cloud", cloud),)))
        estate = clients.Estate(Target("azure", "x", (("cloud", cloud),)))

        assert (found.endpoint, found.authority, found.provider) == (endpoint, authority, provider)
        assert found.scope.startswith("https://management.")
        assert found.scope.endswith("/.default")
        assert type(estate.credential()).__name__ == "DefaultAzureCredential"

    @pytest.mark.parametrize(
        ("cloud", "named"),
        [
            ("AzureCloud", AzureClouds.AZURE_PUBLIC_CLOUD),
            ("AzureChinaCloud", AzureClouds.AZURE_CHINA_CLOUD),
            ("AzureUSGovernment", AzureClouds.AZURE_US_GOVERNMENT),
        ],
    )
    def test_what_the_sdk_knows_of_a_cloud_is_what_the_table_says(self, cloud: str, named: AzureClouds) -> None:
        known_to_sdk = get_arm_endpoints(named)
        found = cloud_of(Target("azure", "x", (("cloud", cloud),)))

        assert found.endpoint == known_to_sdk["resource_manager"].rstrip("/")
        assert [found.scope] == known_to_sdk["credential_scopes"]

    def test_the_stores_of_bleu_are_with_bleu(self, scan: Scan) -> None:
        seen = scan(
            resource("Microsoft.Compute/disks", "disk", "franceouest", properties={"diskSizeGB": 1}),
            cloud="AzureBleuCloud",
        )

        store = seen.store("disk")
        assert isinstance(store.provider, Known)
        assert (store.provider.value, seen.regions("disk")) == ("bleu", ("franceouest",))

    def test_what_is_bought_through_azure_is_not_with_microsoft(self, scan: Scan) -> None:
        store = scan(resource("MongoDB.Atlas/organizations", "atlas")).store("atlas")

        assert isinstance(store.provider, Unread)
        assert isinstance(store.sites, Unread)

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"cloud": "AzurCloud"}, "unknown cloud"),
            ({"endpoint": "http://example.org"}, "https"),
            ({"endpoint": "https://user:word@example.org"}, "without user"),
            ({"endpoint": "ftp://example.org"}, "https"),
            ({"subscriptions": ()}, "subscriptions"),
            ({"subscriptions": ("a b",)}, "subscriptions"),
            ({"authority": "https://login"}, "authority"),
            ({"region": "francecentral"}, "unknown setting"),
        ],
    )
    def test_settings_that_cannot_be_used_are_refused_before_any_call(
        self, settings: dict[str, object], said: str
    ) -> None:
        with pytest.raises(TargetError, match=said):
            list(azure.plan(Target("azure", "x", tuple(settings.items()))))  # type: ignore[arg-type]
