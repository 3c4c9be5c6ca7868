"""Identifiers of Azure Resource Manager, in one spelling.

Azure compares them without regard to letter case, and its services do not agree on one: the fixed words and the
resource type are written here as Microsoft documents them, names stay as they came ("Naming rules and restrictions
for Azure resources").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from scanners.azure.rows import type_named

_SCOPED = re.compile(r"/subscriptions/([^/]+)(?:/resourcegroups/([^/]+))?/providers/([^/]+)/(.+?)/?\Z", re.I)
_PROVIDERS = "/providers/"
_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class ArmId:
    """An identifier taken apart.  ``type`` is the whole resource type, ``names`` the names along its segments.

    ``extends`` is the identifier of the resource that an extension belongs to, empty for a resource of its own.
    """

    subscription: str
    group: str
    type: str
    names: tuple[str, ...]
    extends: str = ""

    @property
    def name(self) -> str:
        """The last name: what people call the resource."""
        return self.names[-1]

    @property
    def parent(self) -> str:
        """The identifier of the resource that this one lies below or extends, empty at the top."""
        if len(self.names) < 2:
            return self.extends
        return str(replace(self, type=self.type.rpartition("/")[0], names=self.names[:-1]))

    def __str__(self) -> str:
        group = f"/resourceGroups/{self.group}" if self.group else ""
        namespace, *words = self.type.split("/")
        pairs = "/".join(f"{word}/{name}" for word, name in zip(words, self.names, strict=True))
        scope = self.extends or f"/subscriptions/{self.subscription}{group}"
        return f"{scope}/providers/{namespace}/{pairs}"


@lru_cache(maxsize=65_536)
def parse(text: str) -> ArmId | None:
    """The parts of a resource identifier, or ``None`` when ``text`` is none."""
    if len(text) > _LONGEST or not text.startswith("/"):
        return None
    found = _SCOPED.match(text)
    if found is None:
        return None
    last = text.lower().rindex(_PROVIDERS)
    namespace, *parts = text[last + len(_PROVIDERS) :].rstrip("/").split("/")
    if len(parts) < 2 or len(parts) % 2 or not all(parts):
        return None
    kind = "/".join((namespace, *parts[::2]))
    extended = parse(text[:last]) if _PROVIDERS in text[:last].lower() else None
    return ArmId(
        found[1].lower(), found[2] or "", type_named(kind), tuple(parts[1::2]), str(extended) if extended else ""
    )


def canonical(text: str) -> str:
    """``text`` in the one spelling; what is no resource identifier comes back as it is."""
    found = parse(text)
    return text if found is None else str(found)
