"""Identifiers of cloud resources: what an ARN, an ARM id, a full resource name or a bucket URL tells by its form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from catalog._records import row_source
from model.attribution import Clue, Role
from model.observed import Confidence, Source

_CHECKED_ON = date(2026, 11, 21)
_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):[0-9]*:.+", re.I)
_PARTITIONS = frozenset({"aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"})
_ARM = re.compile(
    r"(?:/subscriptions/[0-9a-f-]{36})?(?:/resourceGroups/[^/]+)?/providers/(?P<type>microsoft\.[a-z.]+/[a-z0-9]+)(?:/.*)?",
    re.I,
)
_GOOGLE = re.compile(
    r"//(?P<service>[a-z-]+)\.googleapis\.com/.+|(?:organizations|folders|projects)/[^/]+(?:/.*)?", re.I
)
_GOOGLE_PLACE = re.compile(r"/(?:locations|regions)/(?P<region>[a-z0-9-]+)|/zones/(?P<zone>[a-z]+-[a-z]+[0-9]+)-[a-z]")
_BUCKET = re.compile(r"(?P<scheme>[a-z0-9]+)://(?P<bucket>[a-z0-9][^/]*)(?:/.*)?", re.I)
_SCHEMES = {
    "s3": ("aws", "s3"), "s3a": ("aws", "s3"), "s3n": ("aws", "s3"), "gs": ("google-cloud", "cloud storage"),
    "gcs": ("google-cloud", "cloud storage"), "oss": ("alibaba-cloud", "oss"), "b2": ("backblaze", "b2"),
}  # fmt: skip
_KEEPS = frozenset({
    "s3", "rds", "dynamodb", "efs", "elasticfilesystem", "ec2", "backup", "redshift", "es", "aoss", "glacier", "ecr",
    "elasticache", "fsx", "docdb", "neptune", "kms", "secretsmanager", "sqs", "kinesis", "healthlake",
    "medical-imaging", "omics", "storage", "bigquery", "sqladmin", "spanner", "bigtable", "bigtableadmin", "firestore",
    "healthcare", "file", "storageaccounts", "servers", "databaseaccounts", "vaults", "disks", "snapshots",
})  # fmt: skip

Placed = Callable[[str, str], tuple[str, str]]


def resource(text: str, placed: Placed) -> Clue | None:
    """Whose resource ``text`` names, and in which region when it says so; ``None`` for a form that is not known.

    ``placed`` gives the provider that runs a region and the catalog's code for it.
    """
    return _arn(text, placed) or _arm(text) or _google(text, placed) or _bucket(text)


def _arn(text: str, placed: Placed) -> Clue | None:
    found = _ARN.fullmatch(text)
    if not found or found["partition"].lower() not in _PARTITIONS:
        return None
    provider, region = placed("aws", found["region"].lower())
    if found["partition"].lower() == "aws-eusc":
        provider = "aws-esc"
    service = found["service"].lower()
    return Clue(
        provider, _role(service), _source("Amazon Resource Name", Confidence.CERTAIN), service, region, by_name=True
    )


def _arm(text: str) -> Clue | None:
    """Clouds run by others on the same software write the same ids: the provider is likely, not certain."""
    found = _ARM.fullmatch(text)
    if not found:
        return None
    source = _source("Azure Resource Manager id", Confidence.LIKELY)
    return Clue("microsoft-azure", _role(found["type"].rpartition("/")[2].lower()), source, found["type"], by_name=True)


def _google(text: str, placed: Placed) -> Clue | None:
    found = _GOOGLE.fullmatch(text)
    if not found:
        return None
    place = _GOOGLE_PLACE.search(text)
    provider, region = placed("google-cloud", (place["region"] or place["zone"]) if place else "")
    service = (found["service"] or "").lower()
    source = _source("Google Cloud full resource name", Confidence.CERTAIN)
    return Clue(provider, _role(service), source, service, region, by_name=True)


def _bucket(text: str) -> Clue | None:
    """Other providers also take ``s3://`` when a tool is told their endpoint, hence likely."""
    found = _BUCKET.fullmatch(text)
    if not found or found["scheme"].lower() not in _SCHEMES:
        return None
    provider, service = _SCHEMES[found["scheme"].lower()]
    source = _source(f"{found['scheme'].lower()}:// URL of a bucket", Confidence.LIKELY)
    return Clue(provider, Role.STORAGE, source, service, by_name=True)


def _role(service: str) -> Role:
    return Role.STORAGE if service in _KEEPS else Role.HOSTING


def _source(what: str, confidence: Confidence) -> Source:
    return row_source(f"form of the identifier: {what}", _CHECKED_ON, confidence)
