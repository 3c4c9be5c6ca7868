"""Who holds the key that protects a store.

AWS KMS developer guide: "KMS keys" (owned, managed, customer managed), "Key material origins", "Custom key stores".
A key that AWS holds, also with imported material, is with the provider; only an external key store is outside.
"""

from __future__ import annotations

import re

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Custody, Key
from scanners._jobs import Deadline
from scanners.aws import arns
from scanners.aws.clients import Answer, Estate, Scope
from scanners.aws.errors import Failure

# Words that services write where the id of a key would stand.
_PROVIDER_WORDS = frozenset({"AWS_OWNED_KMS_KEY", "AWS_OWNED_KEY", "AWS_OWNED_CMK", "AES256", "AWS_MANAGED_KEY"})
_REGIONAL = re.compile(r"arn:[\w-]+:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/.+\Z")


def describe(estate: Estate, scope: Scope, key_id: str, deadline: Deadline) -> Answer | Failure:
    """``kms:DescribeKey``, asked once per distinct key of a run, in the key's own region."""
    region = key_id.split(":")[3] if _REGIONAL.match(key_id) else scope.region
    there = scope.at(region)
    return estate.once(
        ("key", there, key_id), lambda: estate.call("kms", there, "DescribeKey", {"KeyId": key_id}, deadline)
    )


def custody(
    estate: Estate, scope: Scope, key_id: str, source: Source, deadline: Deadline
) -> tuple[Observed[Key], Failure | None]:
    """The key ``key_id`` (id, ARN or alias) as its own service describes it, and the failure when it was not read."""
    if key_id.upper() in _PROVIDER_WORDS:
        return Known(Key(Custody.PROVIDER), source), None
    answer = describe(estate, scope, key_id, deadline)
    if isinstance(answer, Failure):
        return Unread(answer.reason, source, f"the key {key_id} could not be read"), answer
    metadata = answer.data.get("KeyMetadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    arn, holder = arns.parse(str(metadata.get("Arn", ""))), _custody(metadata)
    if arn is None or holder is None:
        failure = Failure(Reason.FAULT, "BrokenAnswer", 0, "the description of the key could not be read")
        return Unread(failure.reason, source, failure.detail), failure
    # Behind an external key store the material stands wherever its holder put it, not in the region of the entry.
    location = "" if holder is Custody.CUSTOMER_EXTERNAL else arn.region
    return Known(Key(holder, str(metadata["Arn"]), location, arn.account), answer.source), None


def _custody(metadata: dict[str, object]) -> Custody | None:
    manager, origin = metadata.get("KeyManager"), metadata.get("Origin")
    if manager == "AWS":
        return Custody.PROVIDER
    if manager != "CUSTOMER":
        return None
    if origin == "EXTERNAL_KEY_STORE":
        return Custody.CUSTOMER_EXTERNAL
    return Custody.CUSTOMER_IN_PROVIDER if origin in ("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM") else None


def without_key(encrypted: object, source: Source) -> Observed[Key]:
    """What it means that a store names no key: ``encrypted`` is "always", true, false or unknown.

    Encrypted without a key of KMS is encrypted under a key that AWS owns and shows to nobody.
    """
    if encrypted == "always" or encrypted is True:
        return Known(Key(Custody.PROVIDER), source)
    if encrypted is False:
        return Known(Key(Custody.NONE), source)
    return Unread(Reason.NOT_TOLD, source, "the answer names no key and does not say whether data are encrypted")
