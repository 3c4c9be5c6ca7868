"""The estate of "CHU de Val-Clair": a hospital that does not exist, with what real ones have.

Three accounts of one organisation and one outside, three regions.  Two refusals are planted, and nothing
else may be missing from a scan: the replication of one bucket, and one region of one account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from scanners._standin.faults import Fault, Kind
from scanners._standin.requests import Call
from scanners._standin.server import Standin, credentials

MANAGEMENT = "210000000011"
PRODUCTION = "210000000022"
RESEARCH = "210000000033"
PARTNER = "210000000099"
"""An account outside the organisation, which nobody lets us read."""

PARIS = "eu-west-3"
FRANKFURT = "eu-central-1"
VIRGINIA = "us-east-1"
REGIONS = {
    MANAGEMENT: (PARIS,),
    PRODUCTION: (PARIS, FRANKFURT),
    RESEARCH: (FRANKFURT, VIRGINIA),
    PARTNER: (VIRGINIA,),
}

REFUSALS = (
    Fault(Kind.REFUSE, "s3", "GetBucketReplication", resource="chu-valclair-exports"),
    Fault(
        Kind.REFUSE,
        region=FRANKFURT,
        account=RESEARCH,
        reason="with an explicit deny in a service control policy: "
        f"arn:aws:organizations::{MANAGEMENT}:policy/o-valclair/service_control_policy/p-regions",
    ),
)

_NIGHT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
_COPIES = (PARIS, FRANKFURT)


@contextmanager
def hospital(*, latency: float = 0.0) -> Iterator[Standin]:
    """A stand-in that holds the hospital, until the block ends."""
    with Standin(regions=REGIONS, latency=latency, lean=True) as server:
        seed(server)
        yield server


def seed(server: Standin) -> None:
    """Builds the estate on an empty stand-in, orders its refusals, and forgets the calls that it took."""
    _organisation()
    production = _Account(server, PRODUCTION)
    _warehouse(production, _Account(server, PARTNER))
    _imaging(production)
    _admissions(production)
    _appointments(server, production)
    _backups(server)
    _exchanges(production)
    _research(server, _Account(server, RESEARCH))
    _Account(server, MANAGEMENT).bucket("chu-valclair-facturation-aws")
    server.faults.extend(REFUSALS)
    server.calls.clear()


def demo_files(folder: Path, endpoint_url: str) -> Path:
    """Writes the configuration and the register of the hospital into ``folder``; the path of the former."""
    here = Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    register = (here / "register.yaml").read_text(encoding="utf-8")
    (folder / "register.yaml").write_text(register, encoding="utf-8")
    template = (here / "lexsitus.toml").read_text(encoding="utf-8")
    path = folder / "lexsitus.toml"
    path.write_text(template.replace("http://127.0.0.1:5000", endpoint_url), encoding="utf-8")
    return path


def demo_environment() -> Mapping[str, str]:
    """The environment variables with which the hospital's scan finds its dummy credentials, and no others.

    To be set in the process of the demonstration only: they hide whatever real profile the user has.
    """
    key, secret = credentials(MANAGEMENT)
    nowhere = "/nonexistent"
    return {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_SESSION_TOKEN": "",
        "AWS_DEFAULT_REGION": PARIS,
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


@dataclass
class _Account:
    """One account as its own administrator sees it."""

    server: Standin
    id: str

    @cached_property
    def _session(self) -> Any:
        return self.server.session(self.id)

    def client(self, service: str, region: str = PARIS) -> Any:
        return self._session.client(service, region_name=region, endpoint_url=self.server.endpoint_url)

    def bucket(self, name: str, region: str = PARIS, **tags: str) -> Any:
        """Creates a bucket and gives the client that knows its region."""
        s3 = self.client("s3", region)
        elsewhere = {} if region == VIRGINIA else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **elsewhere)
        s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        if tags:
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": _tags(tags)})
        return s3

    def key(self, region: str, description: str) -> str:
        return str(self.client("kms", region).create_key(Description=description)["KeyMetadata"]["Arn"])


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _organisation() -> None:
    """Written into moto itself: its API draws the numbers of accounts at random."""
    from moto.organizations.models import organizations_backends

    backend = organizations_backends[MANAGEMENT]["aws"]
    backend.create_organization(region=VIRGINIA, FeatureSet="ALL")
    backend.accounts[0].name = "gestion"
    for id, name in ((PRODUCTION, "production"), (RESEARCH, "recherche")):
        backend.create_account(AccountName=name, Email=f"{name}@chu-val-clair.example")
        account = backend.accounts[-1]
        organizations_backends.master_accounts[id] = organizations_backends.master_accounts.pop(account.id)
        account.id = id


def _replicate(s3: Any, origin: str, destination: str, account: str) -> None:
    s3.put_bucket_versioning(Bucket=origin, VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "secours",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{destination}", "Account": account},
    }
    role = f"arn:aws:iam::{PRODUCTION}:role/replication"
    s3.put_bucket_replication(Bucket=origin, ReplicationConfiguration={"Role": role, "Rules": [rule]})


def _warehouse(production: _Account, partner: _Account) -> None:
    s3 = production.bucket("chu-valclair-eds", jeu="eds-val-clair")
    key = production.key(PARIS, "Entrepôt de données de santé")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket="chu-valclair-eds", ServerSideEncryptionConfiguration={"Rules": [rule]})
    partner_s3 = partner.bucket("chu-valclair-eds-secours", VIRGINIA)
    partner_s3.put_bucket_versioning(Bucket="chu-valclair-eds-secours", VersioningConfiguration={"Status": "Enabled"})
    _replicate(s3, "chu-valclair-eds", "chu-valclair-eds-secours", PARTNER)
    production.bucket("chu-valclair-exports", jeu="eds-val-clair", usage="exports")
    production.bucket("chu-valclair-journaux", usage="journaux")
    logs = production.client("logs")
    logs.create_log_group(logGroupName="/chu-val-clair/eds/acces")


def _imaging(production: _Account) -> None:
    copy = production.bucket("chu-valclair-imagerie-copie", FRANKFURT, jeu="imagerie")
    copy.put_bucket_versioning(Bucket="chu-valclair-imagerie-copie", VersioningConfiguration={"Status": "Enabled"})
    s3 = production.bucket("chu-valclair-imagerie", jeu="imagerie")
    _replicate(s3, "chu-valclair-imagerie", "chu-valclair-imagerie-copie", PRODUCTION)
    ec2 = production.client("ec2")
    labels = [{"ResourceType": "volume", "Tags": _tags({"jeu": "imagerie", "Name": "pacs"})}]
    for zone in ("eu-west-3a", "eu-west-3b"):
        volume = ec2.create_volume(Size=2000, AvailabilityZone=zone, Encrypted=True, TagSpecifications=labels)
        snapshot = ec2.create_snapshot(VolumeId=volume["VolumeId"], Description="PACS, sauvegarde de nuit")
        production.client("ec2", FRANKFURT).copy_snapshot(
            SourceRegion=PARIS,
            SourceSnapshotId=snapshot["SnapshotId"],
            Description=f"[Copied {snapshot['SnapshotId']} from {PARIS}] PACS, sauvegarde de nuit",
        )


def _admissions(production: _Account) -> None:
    """The patient administration: a database, its snapshot, and the copy of that snapshot abroad."""
    rds = production.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="admissions",
        DBInstanceClass="db.r6g.large",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=400,
        MasterUsername="lexsitus",
        MasterUserPassword="never-used-anywhere",
        StorageEncrypted=True,
        KmsKeyId=production.key(PARIS, "Gestion administrative des patients"),
        PubliclyAccessible=False,
        Tags=_tags({"jeu": "admissions"}),
    )
    rds.create_db_snapshot(DBInstanceIdentifier="admissions", DBSnapshotIdentifier="admissions-avant-migration")
    production.client("rds", FRANKFURT).copy_db_snapshot(
        SourceDBSnapshotIdentifier=f"arn:aws:rds:{PARIS}:{PRODUCTION}:snapshot:admissions-avant-migration",
        TargetDBSnapshotIdentifier="admissions-avant-migration-copie",
        SourceRegion=PARIS,
        KmsKeyId=production.key(FRANKFURT, "Copies de secours"),
    )


def _appointments(server: Standin, production: _Account) -> None:
    for region in _COPIES:
        production.client("dynamodb", region).create_table(
            TableName="rendez-vous",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=_tags({"jeu": "rendez-vous"}),
        )

    def replicated(_: Call, output: dict[str, Any]) -> dict[str, Any]:
        """moto does not show the replicas of a table."""
        replicas = [{"RegionName": region, "ReplicaStatus": "ACTIVE"} for region in _COPIES]
        return {"Table": {**output["Table"], "GlobalTableVersion": "2019.11.21", "Replicas": replicas}}

    server.amend("dynamodb", "DescribeTable", replicated)


def _backups(server: Standin) -> None:
    """Recovery points and their copies, which moto does not keep."""
    _Account(server, PRODUCTION).client("backup").create_backup_vault(BackupVaultName="coffre-val-clair")
    vault = f"arn:aws:backup:{PARIS}:{PRODUCTION}:backup-vault:coffre-val-clair"
    table = f"arn:aws:dynamodb:{PARIS}:{PRODUCTION}:table/rendez-vous"
    point = f"arn:aws:backup:{PARIS}:{PRODUCTION}:recovery-point:1c6e9f2a-0000-4000-8000-000000000001"
    copy = f"arn:aws:backup:{FRANKFURT}:{RESEARCH}:recovery-point:1c6e9f2a-0000-4000-8000-000000000002"

    def points(call: Call) -> dict[str, Any]:
        if (call.account, call.region) != (PRODUCTION, PARIS):
            return {"RecoveryPoints": []}
        found = {
            "RecoveryPointArn": point,
            "BackupVaultName": "coffre-val-clair",
            "BackupVaultArn": vault,
            "ResourceArn": table,
            "ResourceType": "DynamoDB",
            "ResourceName": "rendez-vous",
            "CreationDate": _NIGHT,
            "CompletionDate": _NIGHT,
            "Status": "COMPLETED",
            "BackupSizeInBytes": 734003200,
            "IsEncrypted": True,
        }
        return {"RecoveryPoints": [found]}

    def copies(call: Call) -> dict[str, Any]:
        if (call.account, call.region) != (PRODUCTION, PARIS):
            return {"CopyJobs": []}
        done = {
            "AccountId": PRODUCTION,
            "CopyJobId": "1c6e9f2a-0000-4000-8000-000000000003",
            "SourceBackupVaultArn": vault,
            "SourceRecoveryPointArn": point,
            "DestinationBackupVaultArn": f"arn:aws:backup:{FRANKFURT}:{RESEARCH}:backup-vault:coffre-secours",
            "DestinationRecoveryPointArn": copy,
            "ResourceArn": table,
            "ResourceType": "DynamoDB",
            "CreationDate": _NIGHT,
            "CompletionDate": _NIGHT,
            "State": "COMPLETED",
            "BackupSizeInBytes": 734003200,
        }
        return {"CopyJobs": [done]}

    server.plant("backup", "ListRecoveryPointsByBackupVault", points)
    server.plant("backup", "ListCopyJobs", copies)


def _exchanges(production: _Account) -> None:
    production.client("transfer").create_server(
        Protocols=["SFTP"], EndpointType="PUBLIC", Tags=_tags({"usage": "échanges avec les laboratoires"})
    )


def _research(server: Standin, research: _Account) -> None:
    research.client("efs", VIRGINIA).create_file_system(
        CreationToken="cohorte", Encrypted=True, Tags=_tags({"jeu": "cohorte-respire", "Name": "cohorte-respire"})
    )
    research.bucket("chu-valclair-bac-a-sable")
    store = f"arn:aws:healthlake:{VIRGINIA}:{RESEARCH}:datastore/fhir/0f1e2d3c4b5a69788796a5b4c3d2e1f0"

    def datastores(call: Call) -> dict[str, Any]:
        if (call.account, call.region) != (RESEARCH, VIRGINIA):
            return {"DatastorePropertiesList": []}
        found = {
            "DatastoreId": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "DatastoreArn": store,
            "DatastoreName": "essai-fhir",
            "DatastoreStatus": "ACTIVE",
            "CreatedAt": _NIGHT,
            "DatastoreTypeVersion": "R4",
            "DatastoreEndpoint": f"https://healthlake.{VIRGINIA}.amazonaws.com/datastore/essai-fhir/r4/",
            "SseConfiguration": {"KmsEncryptionConfig": {"CmkType": "AWS_OWNED_KMS_KEY"}},
        }
        return {"DatastorePropertiesList": [found]}

    server.plant("healthlake", "ListFHIRDatastores", datastores)
