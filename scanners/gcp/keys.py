"""Who holds the key that protects a store.

Cloud KMS documentation, "Protection levels": a key of level EXTERNAL or EXTERNAL_VPC is kept by a key manager outside
Google; one of level SOFTWARE, HSM or HSM_SINGLE_TENANT is with Google, also when it was imported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Custody, Key
from scanners._jobs import Deadline
from scanners.gcp.clients import LIST, SEARCH, Estate
from scanners.gcp.content import Record
from scanners.gcp.errors import Failure, broken
from scanners.gcp.inventory import Reading, read

TYPE = "cloudkms.googleapis.com/CryptoKey"
PROVIDER, CUSTOMER = "provider", "customer-supplied"
"""What a row says instead of a name: Google's own key, and one that the customer gives with each request (CSEK)."""

_OUTSIDE = frozenset({"EXTERNAL", "EXTERNAL_VPC"})
_INSIDE = frozenset({"SOFTWARE", "HSM", "HSM_SINGLE_TENANT"})
_NAME = re.compile(r"(?:.*/)?(projects/[^/]+/locations/([^/]+)/keyRings/[^/]+/cryptoKeys/[^/]+)")
_WEAKEST = (Custody.NONE, Custody.PROVIDER, Custody.CUSTOMER_IN_PROVIDER, Custody.CUSTOMER_EXTERNAL)
FIELDS = ("primary", "versionTemplate")


def custody(
    estate: Estate, words: Sequence[str], source: Source, projects: dict[str, str], deadline: Deadline
) -> tuple[Observed[Key], tuple[str, Failure] | None]:
    """The key that ``words`` name, and the operation that failed when it could not be read.

    Of several keys the weakest is told: whoever holds it reads what it protects.
    """
    found: list[Key] = []
    origin = source
    for word in dict.fromkeys(words):
        if word == PROVIDER:
            found.append(Key(Custody.PROVIDER))
            continue
        if word == CUSTOMER:
            found.append(Key(Custody.CUSTOMER_EXTERNAL, CUSTOMER))
            continue
        named = _NAME.match(word)
        if named is None:
            return Unread(Reason.NOT_TOLD, source, "the name of the key could not be read"), None
        answer = _described(estate, named, projects, deadline)
        if isinstance(answer, tuple):
            operation, failure = answer
            detail = f"the key {named[1]} could not be read: {failure.detail}"
            return Unread(failure.reason, source, detail), (operation, failure)
        found.append(_key(answer, named))
        origin = answer.told or origin
    weakest = min(found, key=lambda key: _WEAKEST.index(key.custody))
    same = [key for key in found if key.custody is weakest.custody]
    location = weakest.location if len({key.location for key in same}) == 1 else ""
    return Known(Key(weakest.custody, weakest.id, location, weakest.account), origin), None


def _described(
    estate: Estate, named: re.Match[str], projects: dict[str, str], deadline: Deadline
) -> Record | tuple[str, Failure]:
    reading = estate.once("keys", lambda: read(estate, (TYPE,), lambda _: FIELDS, deadline))
    record = _lookup(reading, named[1], projects)
    if record is not None and _level(record) in _OUTSIDE | _INSIDE:
        return record
    if reading.failures:
        operation = LIST if LIST in reading.failures else SEARCH
        return operation, reading.failures[operation]
    if record is None:
        return SEARCH, Failure(Reason.UNSUPPORTED, "Elsewhere", "the key is not in the scope of this target")
    return LIST, broken("the inventory does not tell the protection level of the key")


def _lookup(reading: Reading, name: str, projects: dict[str, str]) -> Record | None:
    ids = {**projects, **{id: number for number, id in projects.items()}}
    project = name.split("/")[1]
    for each in (name, name.replace(f"projects/{project}/", f"projects/{ids.get(project, project)}/", 1)):
        record = reading.records.get(f"//cloudkms.googleapis.com/{each}")
        if record is not None:
            return record
    return None


def _level(record: Record) -> str:
    content = record.content or {}
    primary: Any = content.get("primary")
    template: Any = content.get("versionTemplate")
    for each in (primary, template):
        if isinstance(each, dict) and isinstance(each.get("protectionLevel"), str):
            return str(each["protectionLevel"])
    return ""


def _key(record: Record, named: re.Match[str]) -> Key:
    project = named[1].split("/")[1]
    if _level(record) in _OUTSIDE:
        # The material stands wherever the key manager is, not in the location of the entry.
        return Key(Custody.CUSTOMER_EXTERNAL, named[1], "", project)
    return Key(Custody.CUSTOMER_IN_PROVIDER, named[1], named[2], project)
