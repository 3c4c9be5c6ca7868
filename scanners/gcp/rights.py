"""What the scanner of Google Cloud may call, which permissions that needs, and the role that grants exactly these.

Permission names: "Cloud Asset API access control" (https://cloud.google.com/asset-inventory/docs/access-control) and
"IAM permissions reference" (https://cloud.google.com/iam/docs/permissions-reference).
"""

from __future__ import annotations

from scanners.gcp.clients import LIST, POLICIES, SEARCH
from scanners.gcp.unlisted import permissions

PERMISSIONS = {
    LIST: "cloudasset.assets.listResource",
    POLICIES: "cloudasset.assets.searchAllIamPolicies",
    SEARCH: "cloudasset.assets.searchAllResources",
    **permissions(),
}
"""The permission of each operation; no other operation is ever called."""


def role() -> str:
    """The definition of a custom role, as ``gcloud iam roles create --file`` takes it."""
    granted = "".join(f"- {permission}\n" for permission in sorted(set(PERMISSIONS.values())))
    return (
        "# A custom role that reads the inventory and lists what it does not hold: no content of a store, no secret.\n"
        "# Grant it on the organisation, the folder or the project that the target names as its scope:\n"
        "#   gcloud iam roles create lexsitusInventory --organization=ORGANISATION --file=role.yaml\n"
        "# The Cloud Asset API must be enabled in the project that calls are charged to, and there the identity\n"
        "# also needs the predefined role roles/serviceusage.serviceUsageConsumer.\n"
        "title: lexsitus inventory reader\n"
        "description: Reads what the Cloud Asset Inventory holds, and lists what it does not\n"
        "stage: GA\n"
        "includedPermissions:\n"
        f"{granted}"
    ).rstrip("\n")
