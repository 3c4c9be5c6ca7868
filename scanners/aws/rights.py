"""What the AWS scanner may call, which IAM actions that needs, and the policy that grants exactly these.

Action names: AWS Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/); policy sizes: "IAM and AWS STS quotas".
"""

from __future__ import annotations

import json
from functools import cache

from scanners.aws.rows import rows

# A managed policy holds 6,144 characters, white space not counted.
_POLICY_LIMIT = 6144

# What the readers call beside the rows.
_READERS: tuple[tuple[str, str], ...] = (
    ("account", "ListRegions"),
    ("backup", "GetBackupPlan"),
    ("backup", "ListBackupPlans"),
    ("ec2", "DescribeAvailabilityZones"),
    ("ec2", "DescribeRegions"),
    ("kms", "DescribeKey"),
    ("organizations", "ListAccounts"),
    ("outposts", "ListOutposts"),
    ("outposts", "ListSites"),
    ("resourcegroupstaggingapi", "GetResources"),
    ("s3", "GetBucketAcl"),
    ("s3", "GetBucketEncryption"),
    ("s3", "GetBucketLocation"),
    ("s3", "GetBucketLogging"),
    ("s3", "GetBucketPolicy"),
    ("s3", "GetBucketPolicyStatus"),
    ("s3", "GetBucketReplication"),
    ("s3", "GetBucketTagging"),
    ("s3", "GetPublicAccessBlock"),
    ("s3", "HeadBucket"),
    ("s3", "ListBucketAnalyticsConfigurations"),
    ("s3", "ListBucketInventoryConfigurations"),
    ("s3", "ListBuckets"),
    ("s3control", "GetPublicAccessBlock"),
)

_PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "amp": "aps",
    "backupsearch": "backup-search",
    "bedrock-agent": "bedrock",
    "bedrock-agent-runtime": "bedrock",
    "bedrock-agentcore-control": "bedrock-agentcore",
    "bedrock-runtime": "bedrock",
    "chime-sdk-identity": "chime",
    "chime-sdk-media-pipelines": "chime",
    "chime-sdk-voice": "chime",
    "cleanroomsml": "cleanrooms-ml",
    "cloudhsmv2": "cloudhsm",
    "connectcampaignsv2": "connect-campaigns",
    "connectcases": "cases",
    "connecthealth": "health-agent",
    "customer-profiles": "profile",
    "devops-agent": "aidevops",
    "dynamodbstreams": "dynamodb",
    "efs": "elasticfilesystem",
    "emr": "elasticmapreduce",
    "ivs-realtime": "ivs",
    "kinesisanalyticsv2": "kinesisanalytics",
    "lambda-microvms": "lambda",
    "lexv2-models": "lex",
    "location": "geo",
    "mailmanager": "ses",
    "mturk": "mechanicalturk",
    "mwaa": "airflow",
    "mwaa-serverless": "airflow-serverless",
    "opensearch": "es",
    "opensearchmemory": "osm",
    "opensearchserverless": "aoss",
    "pinpoint": "mobiletargeting",
    "pinpoint-sms-voice-v2": "sms-voice",
    "qconnect": "wisdom",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "sagemaker-a2i-runtime": "sagemaker",
    "sesv2": "ses",
    "simpledbv2": "sdb",
    "socialmessaging": "social-messaging",
    "sso-admin": "sso",
    "stepfunctions": "states",
    "supplychain": "scn",
    "timestream-query": "timestream",
    "timestream-write": "timestream",
    "voice-id": "voiceid",
}

_ACTIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("s3", "GetBucketEncryption"): ("s3:GetEncryptionConfiguration", "s3express:GetEncryptionConfiguration"),
    ("s3", "GetBucketPolicy"): ("s3:GetBucketPolicy", "s3express:GetBucketPolicy"),
    ("s3", "GetBucketReplication"): ("s3:GetReplicationConfiguration",),
    ("s3", "GetPublicAccessBlock"): ("s3:GetBucketPublicAccessBlock",),
    # The region of a foreign bucket stands in the header of the refusal as well: the right itself,
    # s3:ListBucket, would open the names of objects and is never asked for.
    ("s3", "HeadBucket"): (),
    ("s3", "ListBucketAnalyticsConfigurations"): ("s3:GetAnalyticsConfiguration",),
    ("s3", "ListBucketInventoryConfigurations"): ("s3:GetInventoryConfiguration",),
    ("s3", "ListBuckets"): ("s3:ListAllMyBuckets",),
    ("s3", "ListObjectsV2"): ("s3:ListBucket",),
    ("s3", "ListDirectoryBuckets"): ("s3express:ListAllMyDirectoryBuckets",),
    ("s3control", "GetPublicAccessBlock"): ("s3:GetAccountPublicAccessBlock",),
    ("s3control", "GetBucketPolicy"): ("s3-outposts:GetBucketPolicy",),
    ("s3control", "GetBucketReplication"): ("s3-outposts:GetReplicationConfiguration",),
    ("s3control", "GetBucketTagging"): ("s3-outposts:GetBucketTagging",),
    ("s3control", "ListRegionalBuckets"): ("s3-outposts:ListRegionalBuckets",),
    ("sts", "GetCallerIdentity"): (),
}

# Services whose one read action covers more than lists: granted on the resources that are lists, and on no other.
# Keyspaces lists are reads of system tables; API Gateway knows no action but the HTTP method.
_WHOLE_SERVICES: dict[str, tuple[str, ...]] = {
    "apigateway": ("apigateway:GET",),
    "keyspaces": ("cassandra:Select", "cassandra:SelectMultiRegionResource"),
}
_RESOURCES: dict[str, tuple[str, ...]] = {
    "apigateway": ("arn:*:apigateway:*::/restapis", "arn:*:apigateway:*::/restapis/*/stages"),
    "keyspaces": ("arn:*:cassandra:*:*:/keyspace/system*",),
}

# Denied by the guard whatever other policies grant: content, secrets, names of patients.
_CONTENT = (
    "aoss:APIAccessAll", "athena:GetQueryResults*", "athena:StartQueryExecution", "backup:StartRestoreJob",
    "cognito-idp:AdminGetUser", "cognito-idp:ListUsers", "dsql:DbConnect*", "dynamodb:BatchGetItem", "dynamodb:GetItem",
    "dynamodb:GetRecords", "dynamodb:PartiQL*", "dynamodb:Query", "dynamodb:Scan", "ebs:GetSnapshotBlock",
    "ebs:ListSnapshotBlocks", "ec2:GetConsole*", "ec2:GetPasswordData", "elasticfilesystem:ClientMount", "es:ESHttp*",
    "glacier:GetJobOutput", "healthlake:ReadResource", "healthlake:Search*", "kinesis:GetRecords",
    "kinesis:SubscribeToShard", "kinesisvideo:GetClip", "kinesisvideo:GetImages", "kinesisvideo:GetMedia*",
    "kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "lambda:InvokeFunction*", "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogRecord", "logs:StartQuery", "logs:Unmask", "medical-imaging:GetDICOMInstance*",
    "medical-imaging:GetImageFrame", "medical-imaging:GetImageSetMetadata", "medical-imaging:SearchImageSets",
    "omics:GetReadSet", "omics:GetReference", "rds-data:*", "rds-db:connect", "redshift-data:*",
    "redshift:GetClusterCredentials*", "s3-object-lambda:GetObject*",
    "s3express:CreateSession", "s3tables:GetTableData", "s3vectors:GetVectors", "s3vectors:QueryVectors",
    "secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue", "sqs:ReceiveMessage", "ssm:GetParameter*",
    "ssm:StartSession",
)  # fmt: skip


# What a target with ``sample_content = true`` calls as well, and no other.
_SAMPLING: tuple[tuple[str, str], ...] = (("s3", "GetObject"), ("s3", "ListObjectsV2"))
_OBJECTS = ("s3:GetObject*", "s3:ListBucket*")
# What a target with ``cross_check`` calls as well, and no other.
_CROSS_CHECKS: tuple[tuple[str, str], ...] = (
    ("accessanalyzer", "ListAnalyzers"),
    ("accessanalyzer", "ListFindings"),
    ("config", "DescribeConfigurationAggregators"),
    ("config", "DescribeConfigurationRecorderStatus"),
    ("config", "DescribeConfigurationRecorders"),
    ("config", "SelectAggregateResourceConfig"),
    ("resource-explorer-2", "GetDefaultView"),
    ("resource-explorer-2", "GetIndex"),
    ("resource-explorer-2", "GetView"),
    ("resource-explorer-2", "ListIndexes"),
    ("resource-explorer-2", "ListResources"),
)


@cache
def operations(service: str, opted: frozenset[tuple[str, str]] = frozenset()) -> frozenset[str]:
    """Every operation of ``service`` that a scan may call, with those ``opted`` for; no other is even loaded."""
    return frozenset(operation for client, operation in called() | opted if client == service)


def opted(sampling: bool, cross_checks: bool) -> frozenset[tuple[str, str]]:
    """(service, operation) for what a scan may call only because its target asks for it."""
    return frozenset((*(_SAMPLING if sampling else ()), *(_CROSS_CHECKS if cross_checks else ())))


@cache
def called() -> frozenset[tuple[str, str]]:
    """(service, operation) for everything that a scan may call."""
    by_rows = {(row.client, operation) for row in rows() for operation in row.operations()}
    return frozenset(by_rows | set(_READERS) | {("sts", "GetCallerIdentity")})


def actions_of(service: str, operation: str) -> tuple[str, ...]:
    """The IAM actions that a call needs; none for the calls that AWS never refuses."""
    if service in _WHOLE_SERVICES:
        return _WHOLE_SERVICES[service]
    default = (f"{_PREFIXES.get(service, service)}:{operation}",)
    return _ACTIONS.get((service, operation), default)


def action_of(service: str, operation: str) -> str:
    """The right to ask for when a call was refused."""
    return next(iter(actions_of(service, operation)), "")


@cache
def actions() -> tuple[str, ...]:
    """Every IAM action that a scan needs, sorted."""
    return tuple(sorted({action for service, operation in called() for action in actions_of(service, operation)}))


def policies() -> tuple[str, ...]:
    """IAM policy documents, each under the limit of a managed policy; attach all of them.

    The last one, a guard, denies the reading of content whatever else the role is granted.
    """
    narrow = {action for names in _WHOLE_SERVICES.values() for action in names}
    plain = [action for action in actions() if action not in narrow]
    lists: list[dict[str, object]] = [
        {
            "Sid": f"Lexsitus{service.capitalize()}Lists",
            "Effect": "Allow",
            "Action": list(names),
            "Resource": list(_RESOURCES[service]),
        }
        for service, names in _WHOLE_SERVICES.items()
    ]
    groups: list[list[str]] = [[]]
    size = _size(_document([*lists, _allow([])]))
    for action in plain:
        if size + len(action) + 3 > _POLICY_LIMIT:
            groups.append([])
            size = _size(_document([_allow([])]))
        groups[-1].append(action)
        size += len(action) + 3
    documents = [_document([*lists, _allow(groups[0])]), *(_document([_allow(group)]) for group in groups[1:])]
    guard: list[dict[str, object]] = [
        {"Sid": "LexsitusNeverReadsContent", "Effect": "Deny", "Action": list(_CONTENT), "Resource": "*"},
        {
            "Sid": "LexsitusNeverReadsTables",
            "Effect": "Deny",
            "Action": ["cassandra:Select"],
            "NotResource": "arn:*:cassandra:*:*:/keyspace/system*",
        },
    ]
    objects: dict[str, object] = {
        "Sid": "LexsitusNeverReadsObjects",
        "Effect": "Deny",
        "Action": list(_OBJECTS),
        "Resource": "*",
    }
    return (*documents, _document([*guard, objects]))


def sampling_policy() -> str:
    """The document that ``sample_content`` needs, and nothing else does.

    It is of no effect beside the statement LexsitusNeverReadsObjects of the guard: who opts in leaves that one out.
    """
    granted = sorted(action for call in _SAMPLING for action in actions_of(*call))
    return _document([_allow(granted) | {"Sid": "LexsitusOptInSamplesContent"}])


def cross_check_policy() -> str:
    """The document that ``cross_check`` needs beside the others, and nothing else does."""
    granted = sorted({action for call in _CROSS_CHECKS for action in actions_of(*call)} - set(actions()))
    return _document([_allow(granted) | {"Sid": "LexsitusOptInCrossChecks"}])


def _allow(names: list[str]) -> dict[str, object]:
    return {"Sid": "LexsitusReadsConfiguration", "Effect": "Allow", "Action": names, "Resource": "*"}


def _document(statements: list[dict[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def _size(document: str) -> int:
    return len("".join(document.split()))
