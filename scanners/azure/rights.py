"""What the Azure scanner may call, and the role that grants exactly that.

"Azure permissions" in the Azure documentation: the read action of each resource type.
"""

from __future__ import annotations

import json
from functools import cache

from scanners.azure.rows import rows

# What is asked beside the rows.
_ELSEWHERE = (
    "Microsoft.ResourceGraph/resources/read",
    "Microsoft.Resources/subscriptions/locations/read",
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Resources/subscriptions/resources/read",
)


@cache
def actions() -> tuple[str, ...]:
    """Every action that a scan needs, sorted: all of them read."""
    listed = {row.operation for row in rows()}
    # Resource Graph shows only what its reader may read himself.
    shown = {f"{row.type}/read" for row in rows() if row.graph}
    return tuple(sorted(listed | shown | set(_ELSEWHERE), key=str.lower))


def role() -> str:
    """A custom role to create at the root management group, as ``az role definition create`` takes it."""
    definition = {
        "Name": "lexsitus reader",
        "IsCustom": True,
        "Description": "Reads where data are kept. Grants no key, no content, no change.",
        "Actions": list(actions()),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": ["/providers/Microsoft.Management/managementGroups/REPLACE-WITH-YOUR-GROUP"],
    }
    return json.dumps(definition, indent=2)
