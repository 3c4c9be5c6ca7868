"""Names of Azure regions in one spelling, and where Azure itself copies to.

Pairs: "Azure cross-region replication" in the Azure reliability documentation, January 2025; ``-`` stands where that
page says that there is none.  Data zones: "Deployment types" of Azure AI models.  The table says nothing of countries:
the catalog knows these.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.reading import read_csv

PATH = Path(__file__).with_name("regions.csv")
COLUMNS = ("region", "paired", "data_zone", "source")

ANYWHERE = "global"
"""The location of what Azure may keep or process in any of its regions."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region, the one that Azure replicates it to (empty: not documented), and its data zone for AI (or empty)."""

    code: str
    paired: str
    data_zone: str


@cache
def regions() -> dict[str, Region]:
    """Every region of the table by its code."""
    rows = (cells for _, cells in read_csv(PATH, COLUMNS))
    return {cells["region"]: Region(cells["region"], cells["paired"], cells["data_zone"]) for cells in rows}


def region_code(word: str) -> str:
    """``France Central`` and ``francecentral`` are one region: the second spelling."""
    return word.replace(" ", "").lower()


def pair_of(code: str) -> str:
    """The region that Azure copies ``code`` to; a word that no catalog holds when none is documented."""
    region = regions().get(code)
    return region.paired if region and region.paired not in ("", "-") else f"pair-of-{code}"


def has_pair(code: str) -> bool:
    """False only where it is documented that there is none."""
    region = regions().get(code)
    return region is None or region.paired != "-"


def processing_place(sku: str, code: str) -> str:
    """Where a model deployment of tier ``sku`` in region ``code`` may process: there, in its data zone, or anywhere."""
    if sku.startswith("Global") or not sku:
        return ANYWHERE
    if sku.startswith("DataZone"):
        region = regions().get(code)
        return f"datazone-{region.data_zone}" if region and region.data_zone else f"data-zone-of-{code}"
    # Developer deployments (fine-tuned models) promise no residency.
    return ANYWHERE if sku.startswith("Developer") else code
