"""The clouds built on Azure, each with its own sign-in and its own Resource Manager."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from model.places import Target
from model.reading import read_csv

PATH = Path(__file__).with_name("clouds.csv")
COLUMNS = ("cloud", "provider", "authority", "endpoint", "audience", "source")
PUBLIC = "AzureCloud"


@dataclass(frozen=True, slots=True)
class Cloud:
    """``authority`` is the host that signs in, ``endpoint`` that of Resource Manager and Resource Graph.

    ``provider`` is the operator as the catalog calls it; ``audience`` is what a token is asked for.
    """

    name: str
    provider: str
    authority: str
    endpoint: str
    audience: str

    @property
    def scope(self) -> str:
        """The scope of the token."""
        return f"{self.audience.rstrip('/')}/.default"


@cache
def clouds() -> dict[str, Cloud]:
    """Every known cloud by the name that ``az cloud list`` shows."""
    rows = (cells for _, cells in read_csv(PATH, COLUMNS))
    return {
        cells["cloud"]: Cloud(
            cells["cloud"], cells["provider"], cells["authority"], cells["endpoint"], cells["audience"]
        )
        for cells in rows
    }


def cloud_of(target: Target) -> Cloud:
    """The cloud of a target that was checked, with what its settings replace.

    A configured endpoint is used for everything.
    """
    found = clouds()[str(target.setting("cloud", PUBLIC))]
    given = {key: str(target.setting(key)) for key in ("authority", "endpoint", "audience") if target.setting(key)}
    if "endpoint" in given:
        given["endpoint"] = given["endpoint"].rstrip("/")
    return replace(found, **given)
