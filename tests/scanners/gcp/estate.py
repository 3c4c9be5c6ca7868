"""The research projects of a fictitious hospital on Google Cloud."""

from __future__ import annotations

from typing import Any

from tests.scanners.gcp.server import Asset

PROJECT = "chu-recherche"
KEY = f"projects/{PROJECT}/locations/europe-west9/keyRings/chu/cryptoKeys/donnees"
EXTERNAL = f"projects/{PROJECT}/locations/europe-west9/keyRings/chu/cryptoKeys/externe"
COMPUTE = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}"
HEALTH = f"//healthcare.googleapis.com/projects/{PROJECT}/locations/europe-west4/datasets/imagerie"


def of(type: str, path: str, data: dict[str, Any] | None, location: str = "", **more: Any) -> Asset:
    """An asset of the project; ``type`` without its domain."""
    service, _, kind = type.partition("/")
    host = {"sqladmin": "cloudsql", "bigtableadmin": "bigtable"}.get(service, service)
    domain = "googleapis.com"
    return Asset(f"//{host}.{domain}/{path}", f"{service}.{domain}/{kind}", data, location, **more)


def inside(type: str, path: str, data: dict[str, Any] | None, location: str = "", **more: Any) -> Asset:
    """An asset whose name begins with the project."""
    return of(type, f"projects/{PROJECT}/{path}", data, location, **more)


def estate() -> list[Asset]:
    """Every asset, those of each subject together."""
    return [*projects(), *files(), *databases(), *analytics(), *compute(), *health(), *keys(), *messages()]


def projects() -> list[Asset]:
    return [
        of(
            "cloudresourcemanager/Project",
            f"projects/{PROJECT}",
            {"projectId": PROJECT, "projectNumber": "4711"},
            "global",
        )
    ]


def files() -> list[Asset]:
    open_bucket = {"location": "EUROPE-WEST1", "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}}}
    return [
        of(
            "storage/Bucket",
            "chu-edsante",
            {
                "name": "chu-edsante",
                "location": "EUROPE-WEST9",
                "timeCreated": "2025-02-01T09:00:00.123Z",
                "encryption": {"defaultKmsKeyName": KEY},
                "labels": {"jeu": "edsante"},
                "iamConfiguration": {"publicAccessPrevention": "enforced"},
                "logging": {"logBucket": "chu-journaux"},
            },
            "europe-west9",
            labels={"jeu": "edsante"},
            keys=(KEY,),
        ),
        of("storage/Bucket", "chu-journaux", {**open_bucket, "location": "EU"}, "eu"),
        of("storage/Bucket", "chu-londres", {**open_bucket, "location": "EUR5", "locationType": "dual-region"}, "eur5"),
        of(
            "storage/Bucket",
            "chu-deux",
            {
                **open_bucket,
                "location": "EU",
                "customPlacementConfig": {"dataLocations": ["EUROPE-WEST9", "EUROPE-WEST2"]},
            },
            "eu",
        ),
        of("storage/Bucket", "chu-ouvert", open_bucket, "europe-west1"),
        of("storage/Bucket", "chu-listes", {"location": "EUROPE-WEST1"}, "europe-west1"),
        inside(
            "file/Instance",
            "locations/europe-west9-b/instances/imagerie",
            {
                "fileShares": [{"name": "s", "capacityGb": "1024"}],
                "replication": {
                    "role": "ACTIVE",
                    "replicas": [{"peerInstance": f"projects/{PROJECT}/locations/europe-west2-a/instances/secours"}],
                },
            },
            "europe-west9-b",
        ),
        inside(
            "storagetransfer/TransferJob",
            "transferJobs/nuit",
            {
                "transferSpec": {
                    "gcsDataSource": {"bucketName": "chu-edsante"},
                    "gcsDataSink": {"bucketName": "partenaire-recherche"},
                }
            },
            "global",
        ),
    ]


def databases() -> list[Asset]:
    return [
        inside(
            "sqladmin/Instance",
            "instances/dossiers",
            {
                "name": "dossiers",
                "region": "europe-west9",
                "gceZone": "europe-west9-a",
                "settings": {
                    "dataDiskSizeGb": "100",
                    "backupConfiguration": {"enabled": True},
                    "userLabels": {"jeu": "dossiers"},
                },
                "replicaNames": ["dossiers-lecture"],
                "createTime": "2025-01-15T10:00:00Z",
            },
            "europe-west9",
        ),
        inside(
            "sqladmin/Instance",
            "instances/dossiers-lecture",
            {
                "region": "us-central1",
                "masterInstanceName": f"{PROJECT}:dossiers",
                "settings": {"backupConfiguration": {"enabled": False}},
            },
            "us-central1",
        ),
        inside(
            "sqladmin/BackupRun",
            "instances/dossiers/backupRuns/1700000000000",
            {"instance": "dossiers", "location": "eu", "maxChargeableBytes": "2048"},
            "eu",
        ),
        inside(
            "spanner/Instance",
            "instances/registre",
            {"config": f"projects/{PROJECT}/instanceConfigs/eur7", "labels": {"jeu": "registre"}},
            "eur7",
        ),
        inside(
            "spanner/Database",
            "instances/registre/databases/patients",
            {"encryptionConfig": {"kmsKeyName": EXTERNAL}},
        ),
        inside("spanner/Instance", "instances/monde", {"config": f"projects/{PROJECT}/instanceConfigs/custom-monde"}),
        inside(
            "spanner/InstanceConfig",
            "instanceConfigs/custom-monde",
            {"replicas": [{"location": "europe-west9"}, {"location": "us-east4"}]},
        ),
        inside("bigtableadmin/Instance", "instances/mesures", {"labels": {"jeu": "mesures"}}, "global"),
        inside(
            "bigtableadmin/Cluster",
            "instances/mesures/clusters/a",
            {"location": f"projects/{PROJECT}/locations/europe-west9-b"},
            "europe-west9-b",
        ),
        inside(
            "bigtableadmin/Cluster",
            "instances/mesures/clusters/b",
            {"location": f"projects/{PROJECT}/locations/europe-west6-a"},
            "europe-west6-a",
        ),
        inside("firestore/Database", "databases/(default)", {"name": "x", "locationId": "eur3"}, "eur3"),
    ]


def analytics() -> list[Asset]:
    access = [
        {"role": "OWNER", "specialGroup": "projectOwners"},
        {"role": "READER", "userByEmail": "etude@chercheurs-associes.example"},
        {"role": "READER", "userByEmail": f"lecteur@{PROJECT}.iam.gserviceaccount.com"},
        {"role": "READER", "userByEmail": "collecte@partenaire-eu.iam.gserviceaccount.com"},
    ]
    return [
        inside(
            "bigquery/Dataset",
            "datasets/cohorte",
            {"location": "EU", "creationTime": "1736931600000", "labels": {"jeu": "cohorte"}, "access": access},
            "eu",
        ),
        inside(
            "bigquery/Table", "datasets/cohorte/tables/sejours", {"location": "EU", "numBytes": "4096", "type": "TABLE"}
        ),
        inside(
            "bigquery/Table", "datasets/cohorte/tables/vue", {"location": "EU", "type": "VIEW", "view": {"query": "q"}}
        ),
        inside(
            "bigquerydatatransfer/TransferConfig",
            "locations/us/transferConfigs/copie",
            {
                "displayName": "copie vers les États-Unis",
                "dataSourceId": "cross_region_copy",
                "datasetRegion": "us",
                "destinationDatasetId": "cohorte_us",
                "params": {"source_project_id": PROJECT, "source_dataset_id": "cohorte"},
            },
            "us",
        ),
        inside(
            "discoveryengine/DataStore",
            "locations/global/collections/c/dataStores/textes",
            {"displayName": "cr"},
        ),
    ]


def compute() -> list[Asset]:
    disk = f"{COMPUTE}/zones/europe-west9-b/disks/travail"
    return [
        inside(
            "compute/Disk",
            "zones/europe-west9-b/disks/travail",
            {
                "zone": f"{COMPUTE}/zones/europe-west9-b",
                "sizeGb": "500",
                "creationTimestamp": "2025-03-01T00:00:00.000-07:00",
                "resourcePolicies": [
                    f"{COMPUTE}/regions/europe-west9/resourcePolicies/nuit",
                    f"{COMPUTE}/regions/europe-west9/resourcePolicies/arret",
                ],
                "sourceImage": "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12",
                "asyncSecondaryDisks": {
                    "x": {"asyncReplicationDisk": {"disk": f"{COMPUTE}/zones/europe-west2-b/disks/miroir"}}
                },
            },
            "europe-west9-b",
        ),
        inside(
            "compute/Disk",
            "zones/europe-west9-b/disks/csek",
            {"zone": f"{COMPUTE}/zones/europe-west9-b", "sizeGb": "10", "diskEncryptionKey": {"sha256": "abc="}},
            "europe-west9-b",
        ),
        inside(
            "compute/Snapshot",
            "global/snapshots/travail-1",
            {"storageLocations": ["eu"], "sourceDisk": disk, "storageBytes": "1000"},
            "eu",
        ),
        inside(
            "compute/ResourcePolicy",
            "regions/europe-west9/resourcePolicies/nuit",
            {"snapshotSchedulePolicy": {"schedule": {"dailySchedule": {}}}},
            "europe-west9",
        ),
        inside(
            "compute/ResourcePolicy",
            "regions/europe-west9/resourcePolicies/arret",
            {"instanceSchedulePolicy": {"timeZone": "UTC"}},
            "europe-west9",
        ),
    ]


def health() -> list[Asset]:
    dataset = HEALTH.removeprefix("//healthcare.googleapis.com/")
    return [
        of("healthcare/Dataset", dataset, {"encryptionSpec": {"kmsKeyName": KEY}}, "europe-west4", keys=(KEY,)),
        of(
            "healthcare/DicomStore",
            f"{dataset}/dicomStores/scanners",
            {
                "streamConfigs": [{"bigqueryDestination": {"tableUri": f"bq://{PROJECT}.cohorte.dicom"}}],
                "notificationConfig": {"pubsubTopic": f"projects/{PROJECT}/topics/arrivees"},
            },
            "europe-west4",
        ),
        of("healthcare/FhirStore", f"{dataset}/fhirStores/dossiers", {"version": "R4"}, "europe-west4"),
    ]


def keys() -> list[Asset]:
    chosen = [{"location": "europe-west9"}, {"location": "europe-west1"}]
    return [
        of("cloudkms/CryptoKey", KEY, {"versionTemplate": {"protectionLevel": "HSM"}}, "europe-west9"),
        of("cloudkms/CryptoKey", EXTERNAL, {"primary": {"protectionLevel": "EXTERNAL_VPC"}}, "europe-west9"),
        of(
            "secretmanager/Secret",
            "projects/4711/secrets/partout",
            {"replication": {"automatic": {}}},
            "global",
        ),
        of(
            "secretmanager/Secret",
            "projects/4711/secrets/choisi",
            {"replication": {"userManaged": {"replicas": chosen}}},
            "global",
        ),
    ]


def messages() -> list[Asset]:
    return [
        inside("pubsub/Topic", "topics/arrivees", {"name": f"projects/{PROJECT}/topics/arrivees"}, "global"),
        inside(
            "pubsub/Topic",
            "topics/france",
            {"messageStoragePolicy": {"allowedPersistenceRegions": ["europe-west9"]}, "kmsKeyName": KEY},
            "global",
        ),
        inside(
            "pubsub/Subscription",
            "subscriptions/vers-partenaire",
            {
                "topic": f"projects/{PROJECT}/topics/arrivees",
                "pushConfig": {"pushEndpoint": "https://user:mot@collecte.example/push?token=secret"},
            },
        ),
        inside("logging/LogBucket", "locations/global/buckets/_Default", {"name": "x", "retentionDays": 30}, "global"),
        inside(
            "logging/LogSink",
            "sinks/archive",
            {"destination": "storage.googleapis.com/chu-journaux"},
        ),
    ]


PUBLIC = [("//storage.googleapis.com/chu-ouvert", "allUsers")]
