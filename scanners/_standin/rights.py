"""Which IAM actions a call needs, and whether a policy allows them.

The rule is the service's prefix and the operation's name; the exceptions are those of the AWS Service
Authorization Reference (https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

_PREFIXES = {
    "email": "ses",
    "monitoring": "cloudwatch",
    "mturk-requester": "mechanicalturk",
    "tagging": "tag",
}

_ACTIONS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("accessanalyzer", "GetFindingV2"): ("access-analyzer:GetFinding",),
    ("accessanalyzer", "ListFindingsV2"): ("access-analyzer:ListFindings",),
    ("dms", "DescribeDataProviders"): ("dms:ListDataProviders",),
    ("s3", "GetBucketEncryption"): ("s3:GetEncryptionConfiguration",),
    ("s3", "GetBucketLifecycleConfiguration"): ("s3:GetLifecycleConfiguration",),
    ("s3", "GetBucketMetadataConfiguration"): ("s3:GetBucketMetadataTableConfiguration",),
    ("s3", "GetBucketMetadataTableConfiguration"): ("s3:GetBucketMetadataTableConfiguration",),
    ("s3", "GetBucketNotificationConfiguration"): ("s3:GetBucketNotification",),
    ("s3", "GetBucketReplication"): ("s3:GetReplicationConfiguration",),
    ("s3", "GetObjectLockConfiguration"): ("s3:GetBucketObjectLockConfiguration",),
    ("s3", "GetPublicAccessBlock"): ("s3:GetBucketPublicAccessBlock",),
    ("s3", "HeadBucket"): ("s3:ListBucket",),
    ("s3", "ListBucketAnalyticsConfigurations"): ("s3:GetAnalyticsConfiguration",),
    ("s3", "ListBucketInventoryConfigurations"): ("s3:GetInventoryConfiguration",),
    ("s3", "ListBuckets"): ("s3:ListAllMyBuckets",),
    ("s3", "ListDirectoryBuckets"): ("s3express:ListAllMyDirectoryBuckets",),
    ("s3", "ListMultipartUploads"): ("s3:ListBucketMultipartUploads",),
    ("s3", "ListObjectsV2"): ("s3:ListBucket",),
    ("s3", "ListParts"): ("s3:ListMultipartUploadParts",),
    ("s3control", "GetPublicAccessBlock"): ("s3:GetAccountPublicAccessBlock",),
    ("s3control", "GetBucket"): ("s3-outposts:GetBucket",),
    ("s3control", "GetBucketPolicy"): ("s3-outposts:GetBucketPolicy",),
    ("s3control", "GetBucketReplication"): ("s3-outposts:GetReplicationConfiguration",),
    ("s3control", "GetBucketTagging"): ("s3-outposts:GetBucketTagging",),
    ("s3control", "ListRegionalBuckets"): ("s3-outposts:ListRegionalBuckets",),
    # Never refused: the caller may always ask who it is.
    ("sts", "GetCallerIdentity"): (),
}

_ANY_OPERATION: Mapping[str, tuple[str, ...]] = {
    "apigateway": ("apigateway:GET",),
    "apigatewayv2": ("apigateway:GET",),
    "keyspaces": ("cassandra:Select",),
}


def actions_of(service: str, operation: str, signing_name: str) -> tuple[str, ...]:
    """The IAM actions that AWS checks when ``operation`` of ``service`` is called."""
    if (service, operation) in _ACTIONS:
        actions = _ACTIONS[service, operation]
        if signing_name == "s3express":
            return tuple(action.replace("s3:", "s3express:") for action in actions)
        return actions
    if service in _ANY_OPERATION:
        return _ANY_OPERATION[service]
    return (f"{_PREFIXES.get(signing_name, signing_name)}:{operation}",)


class Policy:
    """Identity policies joined as AWS joins them: an explicit deny wins, what nobody allows is refused.

    Resources and conditions are not weighed: an action counts as allowed as soon as some statement
    allows it on anything, and as denied only when a statement denies it on everything.
    """

    def __init__(self, documents: Iterable[str | Mapping[str, Any]]) -> None:
        self._allowed: list[str] = []
        self._denied: list[str] = []
        for document in documents:
            statements = (json.loads(document) if isinstance(document, str) else document)["Statement"]
            for statement in [statements] if isinstance(statements, Mapping) else statements:
                actions = statement["Action"]
                patterns = [actions] if isinstance(actions, str) else list(actions)
                if statement["Effect"] == "Allow":
                    self._allowed.extend(pattern.lower() for pattern in patterns)
                elif statement.get("Resource") == "*" and "Condition" not in statement:
                    self._denied.extend(pattern.lower() for pattern in patterns)

    def refused(self, actions: Iterable[str]) -> tuple[str, ...]:
        """Those of ``actions`` that these policies do not allow."""
        return tuple(action for action in actions if not self._allows(action.lower()))

    def _allows(self, action: str) -> bool:
        if any(fnmatchcase(action, pattern) for pattern in self._denied):
            return False
        return any(fnmatchcase(action, pattern) for pattern in self._allowed)
