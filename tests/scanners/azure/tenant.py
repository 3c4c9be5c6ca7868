"""A hospital's tenant: one resource of each kind that has lists below it, with a copy, a key and a place in each.

Shapes after the API specifications that Microsoft publishes; names, places and keys are made up.
"""

from __future__ import annotations

from typing import Any

from tests.scanners.azure.endpoint import Endpoint

FIRST, SECOND = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{FIRST}/resourceGroups/rg-eds"
SECRET = "NeJamaisImprimer42"
"""Stands in a connection string of the tenant."""

_AWAY = f"/subscriptions/{SECOND}/resourceGroups/rg-copies/providers"
_WORKSPACE = "Microsoft.OperationalInsights/workspaces"
_KEY = "https://kv-chu.vault.azure.net/keys/eds"


def resource(type_: str, name: str, location: str = "francecentral", group: str = GROUP, **more: Any) -> dict[str, Any]:
    """The document of a resource; ``properties`` and others as given.  ``name`` holds those of its parents."""
    namespace, *types = type_.split("/")
    pairs = "/".join(f"{word}/{part}" for word, part in zip(types, name.split("/"), strict=True))
    return {
        "id": f"{group}/providers/{namespace}/{pairs}",
        "name": name.rsplit("/", 1)[-1],
        "type": type_,
        "location": location,
        "tags": {"jeu": "edsante"},
        "properties": {},
        **more,
    }


def _encrypted(**more: Any) -> dict[str, Any]:
    return {"encryption": {"keySource": "Microsoft.Keyvault", "keyVaultProperties": {"keyVaultUri": _KEY}}, **more}


def _resources() -> list[dict[str, Any]]:
    des = f"{GROUP}/providers/Microsoft.Compute/diskEncryptionSets/des"
    account = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
    cmk = {"customerManagedKeyEncryption": {"keyEncryptionKeyUrl": _KEY}}
    return [
        resource("Microsoft.KeyVault/vaults", "kv-chu", properties={"vaultUri": "https://kv-chu.vault.azure.net/"}),
        resource(
            "Microsoft.Compute/diskEncryptionSets",
            "des",
            properties={"activeKey": {"keyUrl": f"{_KEY}/1"}, "encryptionType": "EncryptionAtRestWithCustomerKey"},
        ),
        resource(
            "Microsoft.Compute/disks",
            "disk",
            sku={"name": "Premium_LRS"},
            properties={
                "diskSizeGB": 4,
                "encryption": {"type": "EncryptionAtRestWithCustomerKey", "diskEncryptionSetId": des},
                "timeCreated": "2025-01-21T11:45:22.8082948+00:00",
            },
        ),
        resource(
            "Microsoft.Storage/storageAccounts",
            "chueds",
            "westeurope",
            sku={"name": "Standard_GRS"},
            properties={
                "primaryLocation": "westeurope",
                "secondaryLocation": "northeurope",
                "allowBlobPublicAccess": True,
                "encryption": {"keySource": "Microsoft.Keyvault", "keyvaultproperties": {"keyvaulturi": _KEY}},
            },
        ),
        resource("Microsoft.Sql/servers", "sql", properties={"keyId": _KEY}),
        resource(
            "Microsoft.Sql/servers/databases",
            "sql/patients",
            properties={"currentBackupStorageRedundancy": "Geo", "maxSizeBytes": 1024},
        ),
        resource(
            "Microsoft.DocumentDB/databaseAccounts",
            "cosmos",
            properties={
                "writeLocations": [{"locationName": "France Central"}],
                "locations": [{"locationName": "France Central"}, {"locationName": "East US"}],
                "backupPolicy": {"type": "Periodic", "periodicModeProperties": {"backupStorageRedundancy": "Geo"}},
            },
        ),
        resource("Microsoft.CognitiveServices/accounts", "ia", "swedencentral", kind="OpenAI", properties=_encrypted()),
        resource(
            "Microsoft.EventHub/namespaces",
            "flux",
            properties={
                "encryption": {"keySource": "Microsoft.KeyVault", "keyVaultProperties": [{"keyVaultUri": _KEY}]}
            },
        ),
        resource(
            "Microsoft.RecoveryServices/vaults",
            "sauvegardes",
            properties={
                "redundancySettings": {"standardTierStorageRedundancy": "GeoRedundant"},
                "encryption": {"keyVaultProperties": {"keyUri": _KEY}},
            },
        ),
        resource("Microsoft.RecoveryServices/vaults", "ancien"),
        resource(
            "Microsoft.DataProtection/backupVaults",
            "coffre",
            properties={"storageSettings": [{"type": "GeoRedundant"}], "replicatedRegions": ["germanywestcentral"]},
        ),
        resource(
            "Microsoft.NetApp/netAppAccounts/capacityPools/volumes", "na/pool/vol", properties={"usageThreshold": 100}
        ),
        resource("Microsoft.NetApp/netAppAccounts/backupVaults", "na/bv"),
        resource("Microsoft.OperationalInsights/workspaces", "journaux", properties={"features": {}}),
        resource("Microsoft.AppConfiguration/configurationStores", "reglages", properties=_encrypted()),
        resource("Microsoft.Cache/redis", "memoire", properties={}),
        resource("Microsoft.DocumentDB/cassandraClusters", "cassandra"),
        resource("Microsoft.Cache/redisEnterprise", "memoire2", properties={"encryption": cmk}),
        resource("Microsoft.HealthcareApis/workspaces", "sante"),
        resource("Microsoft.ServiceBus/namespaces", "messages"),
        resource(
            "Microsoft.Sql/managedInstances",
            "instance",
            properties={"keyId": _KEY, "currentBackupStorageRedundancy": "Geo"},
        ),
        resource("Microsoft.Kusto/clusters", "suiveur", "westeurope"),
        resource("Microsoft.StorageSync/storageSyncServices", "synchro"),
        resource("Microsoft.DataShare/accounts", "partages"),
        resource("Microsoft.DataFactory/factories", "fabrique"),
        resource("Microsoft.Network/applicationGateways", "passerelle"),
        resource(
            "Microsoft.Insights/dataCollectionRules",
            "collecte",
            properties={"destinations": {"logAnalytics": [{"workspaceResourceId": f"{_AWAY}/{_WORKSPACE}/siem"}]}},
        ),
        resource(
            "Microsoft.Insights/dataCollectionRuleAssociations",
            "lien",
            group=f"{GROUP}/providers/Microsoft.Compute/disks/disk",
            properties={"dataCollectionRuleId": f"{GROUP}/providers/Microsoft.Insights/dataCollectionRules/collecte"},
        ),
        resource("Microsoft.MachineLearningServices/workspaces", "etudes", properties=_encrypted()),
        resource("Microsoft.HealthcareApis/workspaces/dicomservices", "sante/images", properties={"encryption": cmk}),
        # Resource Graph lacks these two.
        resource(
            "Microsoft.Communication/communicationServices", "sms", "global", properties={"dataLocation": "France"}
        ),
        resource(
            "Microsoft.Compute/snapshots",
            "instantane",
            group=f"/subscriptions/{SECOND}/resourceGroups/rg-copies",
            properties={
                "creationData": {"sourceResourceId": f"{GROUP}/providers/Microsoft.Compute/disks/disk"},
                "encryption": {"diskEncryptionSetId": des},
            },
        ),
        resource(
            "Microsoft.Storage/storageAccounts",
            "chucopies",
            "northeurope",
            group=f"/subscriptions/{SECOND}/resourceGroups/rg-copies",
            sku={"name": "Standard_LRS"},
            properties={"primaryLocation": "northeurope", "allowBlobPublicAccess": False, "origin": account},
        ),
    ]


def _lists() -> dict[str, list[dict[str, Any]]]:
    at = f"{GROUP}/providers"
    elsewhere = _AWAY
    storage, sql = f"{at}/Microsoft.Storage/storageAccounts/chueds", f"{at}/Microsoft.Sql/servers/sql"
    vault, coffre = (
        f"{at}/Microsoft.RecoveryServices/vaults/sauvegardes",
        f"{at}/Microsoft.DataProtection/backupVaults/coffre",
    )
    volume = f"{at}/Microsoft.NetApp/netAppAccounts/na/capacityPools/pool/volumes/vol"
    ai = f"{at}/Microsoft.CognitiveServices/accounts/ia"
    redis = f"{at}/Microsoft.Cache/redis/memoire"
    return {
        f"{storage}/blobServices/default/containers": [
            {"id": f"{storage}/blobServices/default/containers/images", "properties": {"publicAccess": "None"}}
        ],
        f"{storage}/fileServices/default/shares": [
            {"id": f"{storage}/fileServices/default/shares/dossiers", "properties": {}}
        ],
        f"{storage}/objectReplicationPolicies": [
            {
                "id": f"{storage}/objectReplicationPolicies/1",
                "properties": {
                    "sourceAccount": storage,
                    "destinationAccount": f"{elsewhere}/Microsoft.Storage/storageAccounts/chucopies",
                },
            }
        ],
        f"{sql}/replicationLinks": [
            {
                "id": f"{sql}/databases/patients/replicationLinks/1",
                "properties": {
                    "role": "Primary",
                    "partnerLocation": "Germany West Central",
                    "partnerDatabaseId": f"{elsewhere}/Microsoft.Sql/servers/sql2/databases/patients",
                },
            }
        ],
        f"{sql}/failoverGroups": [
            {
                "id": f"{sql}/failoverGroups/secours",
                "location": "France Central",
                "properties": {
                    "replicationRole": "Primary",
                    "partnerServers": [
                        {"id": f"{elsewhere}/Microsoft.Sql/servers/sql2", "location": "Germany West Central"}
                    ],
                },
            }
        ],
        f"{sql}/restorableDroppedDatabases": [
            {
                "id": f"{sql}/restorableDroppedDatabases/ancienne,1",
                "location": "France Central",
                "properties": {"backupStorageRedundancy": "Geo"},
            }
        ],
        f"{ai}/deployments": [{"id": f"{ai}/deployments/gpt", "sku": {"name": "GlobalStandard"}, "properties": {}}],
        f"{at}/Microsoft.EventHub/namespaces/flux/eventhubs": [
            {
                "id": f"{at}/Microsoft.EventHub/namespaces/flux/eventhubs/hl7",
                "location": "francecentral",
                "properties": {
                    "captureDescription": {
                        "enabled": True,
                        "destination": {"properties": {"storageAccountResourceId": storage}},
                    }
                },
            }
        ],
        f"{vault}/backupProtectedItems": [
            {
                "id": f"{vault}/backupFabrics/Azure/protectionContainers/c/protectedItems/vm",
                "properties": {"sourceResourceId": f"{at}/Microsoft.Compute/virtualMachines/vm"},
            }
        ],
        f"{vault}/replicationProtectedItems": [
            {
                "id": f"{vault}/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems/vm",
                "properties": {
                    "providerSpecificDetails": {
                        "fabricObjectId": f"{at}/Microsoft.Compute/virtualMachines/vm",
                        "recoveryFabricLocation": "germanywestcentral",
                    }
                },
            }
        ],
        f"{coffre}/backupInstances": [
            {"id": f"{coffre}/backupInstances/b", "properties": {"dataSourceInfo": {"resourceID": storage}}}
        ],
        f"{vault}/providers/Microsoft.Insights/diagnosticSettings": [
            {
                "id": f"{vault}/providers/microsoft.insights/diagnosticSettings/journal",
                "properties": {"workspaceId": f"{elsewhere}/Microsoft.OperationalInsights/workspaces/siem"},
            }
        ],
        f"{at}/Microsoft.MachineLearningServices/workspaces/etudes/datastores": [
            {
                "id": f"{at}/Microsoft.MachineLearningServices/workspaces/etudes/datastores/brut",
                "properties": {"accountName": "chueds", "resourceGroup": "rg-eds", "subscriptionId": FIRST},
            }
        ],
        f"{volume}/snapshots": [{"id": f"{volume}/snapshots/s", "location": "francecentral", "properties": {}}],
        f"{at}/Microsoft.NetApp/netAppAccounts/na/backupVaults/bv/backups": [
            {
                "id": f"{at}/Microsoft.NetApp/netAppAccounts/na/backupVaults/bv/backups/b",
                "properties": {"volumeResourceId": volume, "size": 12},
            }
        ],
        f"{at}/Microsoft.OperationalInsights/workspaces/journaux/dataExports": [
            {
                "id": f"{at}/Microsoft.OperationalInsights/workspaces/journaux/dataExports/e",
                "properties": {"enable": True, "destination": {"resourceId": storage}},
            }
        ],
        f"{at}/Microsoft.AppConfiguration/configurationStores/reglages/replicas": [
            {
                "id": f"{at}/Microsoft.AppConfiguration/configurationStores/reglages/replicas/ie",
                "location": "northeurope",
                "properties": {},
            }
        ],
        f"{redis}/linkedServers": [
            {
                "id": f"{redis}/linkedServers/autre",
                "properties": {
                    "linkedRedisCacheId": f"{elsewhere}/Microsoft.Cache/redis/autre",
                    "linkedRedisCacheLocation": "West Europe",
                    "serverRole": "Secondary",
                },
            }
        ],
        f"{at}/Microsoft.DocumentDB/cassandraClusters/cassandra/dataCenters": [
            {
                "id": f"{at}/Microsoft.DocumentDB/cassandraClusters/cassandra/dataCenters/dc",
                "properties": {"dataCenterLocation": "West Europe", "managedDiskCustomerKeyUri": _KEY},
            }
        ],
        f"{at}/Microsoft.Cache/redisEnterprise/memoire2/databases": [
            {"id": f"{at}/Microsoft.Cache/redisEnterprise/memoire2/databases/default", "properties": {}}
        ],
        f"/subscriptions/{FIRST}/locations": [
            {"name": "francecentral", "metadata": {"regionType": "Physical"}},
            {"name": "france", "metadata": {"regionType": "Logical"}},
        ],
        f"/subscriptions/{SECOND}/locations": [],
        f"/subscriptions/{FIRST}/providers/Microsoft.Sql/locations/francecentral/longTermRetentionBackups": [
            {
                "id": f"/subscriptions/{FIRST}/resourceGroups/rg-eds/providers/Microsoft.Sql/locations/francecentral"
                "/longTermRetentionServers/perdu/longTermRetentionDatabases/patients/longTermRetentionBackups/2020",
                "properties": {"backupStorageRedundancy": "Geo", "backupTime": "2020-01-01T00:00:00Z"},
            }
        ],
        f"/subscriptions/{FIRST}/providers/Microsoft.KeyVault/deletedVaults": [
            {
                "id": f"/subscriptions/{FIRST}/providers/Microsoft.KeyVault/locations/francecentral"
                "/deletedVaults/kv-vieux",
                "properties": {"location": "francecentral", "deletionDate": "2026-01-01T00:00:00Z"},
            }
        ],
        f"/subscriptions/{FIRST}/providers/Microsoft.CognitiveServices/deletedAccounts": [
            {
                "id": f"/subscriptions/{FIRST}/providers/Microsoft.CognitiveServices/locations/eastus/resourceGroups/rg"
                "/deletedAccounts/vieux",
                "location": "eastus",
                "properties": {},
            }
        ],
        f"/subscriptions/{FIRST}/providers/Microsoft.DocumentDB/restorableDatabaseAccounts": [
            {
                "id": f"/subscriptions/{FIRST}/providers/Microsoft.DocumentDB/locations/eastus"
                "/restorableDatabaseAccounts/1",
                "location": "East US",
                "properties": {
                    "deletionTime": "2026-01-01T00:00:00Z",
                    "restorableLocations": [{"locationName": "East US"}],
                },
            }
        ],
    }


def _exchanges() -> dict[str, list[dict[str, Any]]]:
    """What pairs, follows, shares and synchronises resources of the tenant, with others and with the world outside."""
    at = f"{GROUP}/providers"
    account = f"{at}/Microsoft.Storage/storageAccounts/chueds"
    instance = f"{at}/Microsoft.Sql/managedInstances/instance"
    regional = "providers/Microsoft.Sql/locations/francecentral"
    group = f"{at}/Microsoft.StorageSync/storageSyncServices/synchro/syncGroups/dossiers"
    share = f"{at}/Microsoft.DataShare/accounts/partages/shares/cohorte"
    received = f"{at}/Microsoft.DataShare/accounts/partages/shareSubscriptions/recue"
    named = {"subscriptionId": FIRST, "resourceGroup": "rg-eds", "storageAccountName": "chueds"}
    lists: dict[str, list[dict[str, Any]]] = {
        f"{GROUP}/{regional}/instanceFailoverGroups": [
            {
                "id": f"{GROUP}/{regional}/instanceFailoverGroups/secours",
                "properties": {
                    "replicationRole": "Primary",
                    "partnerRegions": [{"location": "Germany West Central", "replicationRole": "Secondary"}],
                    "managedInstancePairs": [
                        {
                            "primaryManagedInstanceId": instance,
                            "partnerManagedInstanceId": f"{_AWAY}/Microsoft.Sql/managedInstances/autre",
                        }
                    ],
                },
            }
        ],
        f"{instance}/restorableDroppedDatabases": [
            {"id": f"{instance}/restorableDroppedDatabases/base,1", "location": "francecentral", "properties": {}}
        ],
        f"/subscriptions/{FIRST}/{regional}/longTermRetentionManagedInstanceBackups": [
            {
                "id": f"/subscriptions/{FIRST}/{regional}/longTermRetentionManagedInstances/perdue"
                "/longTermRetentionDatabases/patients/longTermRetentionManagedInstanceBackups/2021",
                "properties": {"backupStorageRedundancy": "Geo", "backupTime": "2021-01-01T00:00:00Z"},
            }
        ],
        f"{at}/Microsoft.Kusto/clusters/suiveur/attachedDatabaseConfigurations": [
            {
                "id": f"{at}/Microsoft.Kusto/Clusters/suiveur/AttachedDatabaseConfigurations/c",
                "properties": {"clusterResourceId": f"{_AWAY}/Microsoft.Kusto/Clusters/meneur", "databaseName": "*"},
            }
        ],
        f"{group.rpartition('/')[0]}": [{"id": group, "properties": {}}],
        f"{group}/cloudEndpoints": [
            {
                "id": f"{group}/cloudEndpoints/c",
                "properties": {"storageAccountResourceId": account, "azureFileShareName": "dossiers"},
            }
        ],
        f"{group}/serverEndpoints": [
            {"id": f"{group}/serverEndpoints/site", "name": "site", "properties": {"cloudTiering": "off"}}
        ],
        f"{share.rpartition('/')[0]}": [{"id": share, "name": "cohorte", "properties": {"shareKind": "CopyBased"}}],
        f"{share}/dataSets": [{"id": f"{share}/dataSets/d", "kind": "Container", "properties": named}],
        f"{share}/providerShareSubscriptions": [
            {
                "id": f"{share}/providerShareSubscriptions/p",
                "name": "p",
                "properties": {"consumerTenantName": "Institut", "shareSubscriptionStatus": "Active"},
            }
        ],
        f"{received.rpartition('/')[0]}": [{"id": received, "name": "recue", "properties": {}}],
        f"{received}/dataSetMappings": [
            {"id": f"{received}/dataSetMappings/m", "kind": "Container", "properties": named}
        ],
        f"{at}/{_WORKSPACE}/journaux/providers/Microsoft.SecurityInsights/onboardingStates": [
            {
                "id": f"{at}/{_WORKSPACE}/journaux/providers/Microsoft.SecurityInsights/onboardingStates/default",
                "properties": {"customerManagedKey": False},
            }
        ],
        f"{at}/Microsoft.Network/applicationGateways/passerelle/providers/Microsoft.Insights/diagnosticSettings": [
            {
                "id": f"{at}/Microsoft.Network/applicationGateways/passerelle/providers/microsoft.insights"
                "/diagnosticSettings/acces",
                "properties": {"storageAccountId": f"{_AWAY}/Microsoft.Storage/storageAccounts/chucopies"},
            }
        ],
    }
    factory = f"{at}/Microsoft.DataFactory/factories/fabrique/linkedservices"
    lists[factory] = [
        {
            "id": f"{factory}/entrepot",
            "name": "entrepot",
            "properties": {
                "type": "SqlServer",
                "typeProperties": {
                    "connectionString": f"Server=tcp:sql.labo.example,1433;User ID=lecteur;Password={SECRET}",
                    "encryptedCredential": SECRET,
                },
            },
        }
    ]
    for kind, name in (("EventHub", "flux"), ("ServiceBus", "messages")):
        namespaces = f"Microsoft.{kind}/namespaces"
        lists[f"{at}/{namespaces}/{name}/disasterRecoveryConfigs"] = [
            {
                "id": f"{at}/{namespaces}/{name}/disasterRecoveryConfigs/alias",
                "properties": {"role": "Primary", "partnerNamespace": f"{_AWAY}/{namespaces}/{name}2"},
            }
        ]
    for service in ("blob", "file", "queue", "table"):
        base = f"{account}/{service}Services/default/providers"
        lists[f"{base}/Microsoft.Insights/diagnosticSettings"] = [
            {
                "id": f"{base}/microsoft.insights/diagnosticSettings/acces",
                "properties": {"workspaceId": f"{_AWAY}/{_WORKSPACE}/siem"},
            }
        ]
    return lists


def tenant(server: Endpoint) -> None:
    """Fills ``server`` with the tenant."""
    server.subscriptions.update({FIRST: "Enabled", SECOND: "Enabled"})
    server.add(*_resources())
    server.lists.update({**_lists(), **_exchanges()})
    server.graph_lacks |= {
        key for key in server.resources if "communicationservices" in key or key.endswith("/storageaccounts/chucopies")
    }
    server.list_lacks |= {key for key in server.resources if "datacollectionruleassociations" in key}
    boundary = f"/providers/Microsoft.Resources/dataBoundaries/{SECOND}"
    for subscription in (FIRST, SECOND):
        server.bodies[f"/subscriptions/{subscription}/providers/Microsoft.Resources/dataBoundaries/default"] = {
            "id": boundary,
            "name": SECOND,
            "properties": {"dataBoundary": "EU", "provisioningState": "Created"},
        }
    vault = f"{GROUP}/providers/Microsoft.RecoveryServices/vaults/ancien/backupstorageconfig/vaultstorageconfig"
    server.bodies[vault] = {"id": vault, "properties": {"storageModelType": "GeoRedundant"}}
