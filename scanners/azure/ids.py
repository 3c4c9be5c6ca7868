"""Identifiers of Azure Resource Manager, in one spelling.

Azure compares them without regard to letter case, and its services do not agree on one ("Naming rules and restrictions
for Azure resources").  As an identity the fixed words and the resource type are written as Microsoft documents them,
and names in lower case; names stay as they came where Azure is asked for them, and where people read them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from scanners.azure.rows import is_named, type_named

_SCOPED = re.compile(r"(?:/subscriptions/([^/]+)(?:/resourcegroups/([^/]+))?)?/providers/([^/]+)/(.+?)/?\Z", re.I)
_PROVIDERS = "/providers/"
_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class ArmId:
    """An identifier taken apart.  ``type`` is the whole resource type, ``names`` the names along its segments.

    ``subscription`` and ``group`` are empty for a resource of the whole tenant.  ``extends`` is the resource that an
    extension belongs to.  ``str()`` gives the identity: equal for every spelling of one resource.
    """

    subscription: str
    group: str
    type: str
    names: tuple[str, ...]
    extends: ArmId | None = None

    @property
    def name(self) -> str:
        """The last name: what people call the resource."""
        return self.names[-1]

    @property
    def parent(self) -> str:
        """The identity of the resource that this one lies below or extends, empty at the top."""
        if len(self.names) < 2:
            return str(self.extends) if self.extends else ""
        return str(replace(self, type=self.type.rpartition("/")[0], names=self.names[:-1]))

    @property
    def path(self) -> str:
        """The address of the resource, with names as they came."""
        return self._below(self.extends.path if self.extends else self.group_path, self.type, self.names)

    @property
    def group_path(self) -> str:
        """The address of its resource group, or of its subscription where it is in no group."""
        subscription = f"/subscriptions/{self.subscription}" if self.subscription else ""
        return f"{subscription}/resourceGroups/{self.group}" if self.group else subscription

    def __str__(self) -> str:
        kind = self.type if is_named(self.type) else self.type.lower()
        scope = str(self.extends) if self.extends else replace(self, group=self.group.lower()).group_path
        return self._below(scope, kind, tuple(name.lower() for name in self.names))

    @staticmethod
    def _below(scope: str, kind: str, names: tuple[str, ...]) -> str:
        namespace, *words = kind.split("/")
        pairs = "/".join(f"{word}/{name}" for word, name in zip(words, names, strict=True))
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
    return ArmId((found[1] or "").lower(), found[2] or "", type_named(kind), tuple(parts[1::2]), extended)


def canonical(text: str) -> str:
    """The identity of the resource that ``text`` names; what is no resource identifier comes back as it is."""
    found = parse(text)
    return text if found is None else str(found)
