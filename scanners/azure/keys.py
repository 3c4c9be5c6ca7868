"""Who holds the key that protects a store, and where the vault of that key is.

Microsoft: "Azure data encryption at rest" and "About keys".  A key in a vault or in a managed HSM is the customer's,
inside premises that Microsoft operates; nothing in Resource Manager shows a key that is held outside of Azure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Custody, Key
from scanners._jobs import Deadline
from scanners.azure import graph_pages, ids
from scanners.azure.clients import Estate
from scanners.azure.errors import BrokenAnswerError, Failure, failure_of
from scanners.azure.regions import region_code

# The words by which services say that Microsoft holds the key, or that the customer does, in place of its address.
_PROVIDER_WORDS = frozenset(
    {
        "microsoft.storage", "servicemanaged", "systemmanaged", "systemassigned", "microsoft.cognitiveservices",
        "encryptionatrestwithplatformkey", "microsoft.netapp", "microsoft.batch", "microsoft.automation", "disabled",
        "default",
    }
)  # fmt: skip
_CUSTOMER_WORDS = frozenset(
    {
        "microsoft.keyvault", "azurekeyvault", "customermanaged", "encryptionatrestwithcustomerkey", "enabled",
        "encryptionatrestwithplatformandcustomerkeys", "confidentialvmencryptedwithcustomerkey",
    }
)  # fmt: skip
_DEPTH = 4
# What holds keys, names keys for others, or gives what lies below it a place.
TYPES = (
    "Microsoft.KeyVault/vaults",
    "Microsoft.KeyVault/managedHSMs",
    "Microsoft.Compute/diskEncryptionSets",
    "Microsoft.OperationalInsights/clusters",
    "Microsoft.RecoveryServices/vaults",
    "Microsoft.DataProtection/backupVaults",
    "Microsoft.Sql/servers",
    "Microsoft.Sql/managedInstances",
    "Microsoft.Synapse/workspaces",
    "Microsoft.ElasticSan/elasticSans",
)
_TYPES = frozenset(kind.lower() for kind in TYPES)
_NAMES_A_KEY = {
    "microsoft.compute/diskencryptionsets": ("activeKey", "keyUrl"),
    "microsoft.operationalinsights/clusters": ("keyVaultProperties", "keyVaultUri"),
}


@dataclass(slots=True)
class Surroundings:
    """The resources of the whole tenant that others refer to.

    ``by_id`` holds their documents by identifier in lower case, ``by_host`` those of vaults and HSMs by host name.
    ``failure`` is why some may be missing.
    """

    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_host: dict[str, dict[str, Any]] = field(default_factory=dict)
    failure: Failure | None = None

    def add(self, document: dict[str, Any]) -> None:
        """Keeps one resource, if it is of a kind that others refer to."""
        kind = str(document.get("type", "")).lower()
        if kind not in _TYPES or not isinstance(document.get("id"), str):
            return
        properties = document.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        kept = {"id": document["id"], "type": document["type"], "location": document.get("location")}
        names = ("activeKey", "encryption", "securitySettings", "keyVaultProperties", "keyId", "encryptionType")
        kept["properties"] = {name: properties[name] for name in names if name in properties}
        self.by_id[ids.canonical(document["id"]).lower()] = kept
        for name in ("vaultUri", "hsmUri"):
            host = urlsplit(properties[name]).hostname if isinstance(properties.get(name), str) else None
            if host:
                self.by_host[host] = kept

    def parent_of(self, store_id: str) -> dict[str, Any]:
        """The document of the resource that ``store_id`` lies below, empty when it is not known."""
        above = ids.parse(store_id)
        while above is not None and above.parent:
            if above.parent.lower() in self.by_id:
                return self.by_id[above.parent.lower()]
            above = ids.parse(above.parent)
        return {}


def surroundings(estate: Estate, deadline: Deadline) -> Surroundings:
    """What Resource Graph tells of vaults, encryption sets and servers, asked once per run and process."""
    found = estate.once("surroundings", lambda: _surroundings(estate, deadline))
    return found if isinstance(found, Surroundings) else Surroundings(failure=found)


def _surroundings(estate: Estate, deadline: Deadline) -> Surroundings | Failure:
    found = Surroundings()
    query = graph_pages.query_of("resources", TYPES)
    for page in graph_pages.pages(estate, query, (), "", 0, deadline):
        if isinstance(page, Failure):
            found.failure = page
            # What was read stays; with nothing read, a failure that may pass is asked again by the next job.
            return found if found.by_id else page
        for document in page.rows:
            try:
                found.add(document)
            except (BrokenAnswerError, ValueError) as error:
                found.failure = failure_of(error)
    return found


def custody(reference: Any, around: Surroundings, source: Source) -> Observed[Key]:
    """The key that ``reference`` names: its address, the resource that names it, or a word for who holds it."""
    for _ in range(_DEPTH):
        if not isinstance(reference, str) or not reference:
            return Unread(Reason.NOT_TOLD, source, "the answer does not tell which key")
        word = reference.lower()
        if word in _PROVIDER_WORDS:
            return Known(Key(Custody.PROVIDER), source)
        if word in _CUSTOMER_WORDS:
            return Known(Key(Custody.CUSTOMER_IN_PROVIDER), source)
        if word.startswith("https://"):
            return _in_vault(reference, around, source)
        named = ids.parse(reference)
        if named is None:
            return Unread(Reason.NOT_TOLD, source, "a word for the key that is not known")
        if named.type.lower().startswith("microsoft.keyvault/"):
            return _of_resource(str(named), around, source)
        document = around.by_id.get(str(named).lower())
        path = _NAMES_A_KEY.get(named.type.lower())
        if document is None or path is None:
            # An encryption set exists for nothing but a key of the customer.
            if named.type.lower() == "microsoft.compute/diskencryptionsets":
                return Known(Key(Custody.CUSTOMER_IN_PROVIDER, str(named), account=named.subscription), source)
            return Unread(Reason.NOT_TOLD, source, f"the key is named by {named}, which could not be read")
        below: Any = document["properties"]
        for name in path:
            below = below.get(name) if isinstance(below, Mapping) else None
        reference = below or document["properties"].get("encryptionType")
    return Unread(Reason.NOT_TOLD, source, "the key is named by way of too many resources")


def _in_vault(address: str, around: Surroundings, source: Source) -> Observed[Key]:
    host = urlsplit(address).hostname or ""
    document = around.by_host.get(host)
    if document is None:
        return Known(Key(Custody.CUSTOMER_IN_PROVIDER, address), source)
    return Known(_placed(address, document), source)


def _of_resource(vault: str, around: Surroundings, source: Source) -> Observed[Key]:
    document = around.by_id.get(vault.lower())
    if document is None:
        named = ids.parse(vault)
        account = named.subscription if named else ""
        return Known(Key(Custody.CUSTOMER_IN_PROVIDER, vault, account=account), source)
    return Known(_placed(vault, document), source)


def _placed(key_id: str, document: Mapping[str, Any]) -> Key:
    named = ids.parse(document["id"])
    location = document.get("location")
    return Key(
        Custody.CUSTOMER_IN_PROVIDER,
        key_id,
        region_code(location) if isinstance(location, str) else "",
        named.subscription if named else "",
    )
