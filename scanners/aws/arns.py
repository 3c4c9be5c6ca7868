"""Amazon Resource Names: what they say of a place that nobody listed."""

from __future__ import annotations

import re
from dataclasses import dataclass

PROVIDERS = {"aws-eusc": "aws-esc"}

_KINDS = (
    ("s3", "", "AWS::S3::Bucket"),
    ("s3tables", "bucket", "AWS::S3Tables::TableBucket"),
    ("s3vectors", "bucket", "AWS::S3Vectors::VectorBucket"),
    ("ec2", "volume", "AWS::EC2::Volume"),
    ("ec2", "snapshot", "AWS::EC2::Snapshot"),
    ("ec2", "image", "AWS::EC2::Image"),
    ("rds", "db", "AWS::RDS::DBInstance"),
    ("rds", "cluster", "AWS::RDS::DBCluster"),
    ("rds", "snapshot", "AWS::RDS::DBSnapshot"),
    ("rds", "cluster-snapshot", "AWS::RDS::DBClusterSnapshot"),
    ("rds", "auto-backup", "AWS::RDS::DBInstanceAutomatedBackup"),
    ("rds", "cluster-auto-backup", "AWS::RDS::DBClusterAutomatedBackup"),
    ("dynamodb", "table", "AWS::DynamoDB::Table"),
    ("elasticfilesystem", "file-system", "AWS::EFS::FileSystem"),
    ("fsx", "backup", "AWS::FSx::Backup"),
    ("fsx", "file-system", "AWS::FSx::FileSystem"),
    ("backup", "backup-vault", "AWS::Backup::BackupVault"),
    ("backup", "recovery-point", "AWS::Backup::RecoveryPoint"),
    ("redshift", "cluster", "AWS::Redshift::Cluster"),
    ("secretsmanager", "secret", "AWS::SecretsManager::Secret"),
    ("kms", "key", "AWS::KMS::Key"),
    ("logs", "log-group", "AWS::Logs::LogGroup"),
    ("kinesis", "stream", "AWS::Kinesis::Stream"),
    ("firehose", "deliverystream", "AWS::KinesisFirehose::DeliveryStream"),
    ("dsql", "cluster", "AWS::DSQL::Cluster"),
    ("es", "domain", "AWS::OpenSearchService::Domain"),
    ("memorydb", "cluster", "AWS::MemoryDB::Cluster"),
    ("cassandra", "", "AWS::Cassandra::Keyspace"),
)


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ARN; region and account are empty where the service leaves them out."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @property
    def kind(self) -> str:
        """The CloudFormation name of the kind, or a label in the same style for one not known here."""
        head = re.split(r"[:/]", self.resource)[0]
        for service, resource, kind in _KINDS:
            if service == self.service and resource in ("", head):
                return kind
        return f"AWS::{self.service.upper()}::{''.join(part.capitalize() for part in head.split('-'))}"

    @property
    def name(self) -> str:
        """The last part of the resource."""
        return re.split(r"[:/]", self.resource.rstrip("/"))[-1]


def parse(text: str) -> Arn | None:
    """The ARN that ``text`` is, or ``None`` when it is none."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
        return None
    return Arn(*parts[1:])


def provider_of(partition: str) -> str:
    """The id by which the catalog knows who operates a partition."""
    return PROVIDERS.get(partition, "aws")
