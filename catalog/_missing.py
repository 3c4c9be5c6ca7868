"""The words of an inventory that the catalog does not hold, with something to paste."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from catalog._places import spots_of
from catalog._records import Provider, Scheme, midnight
from catalog._regions import Regions
from model.observed import Grade, Source
from model.places import Inventory


@dataclass(frozen=True, slots=True)
class Missing:
    """One word met and not found.  ``kind`` is provider, region, zone or service; ``stub`` what to paste.

    ``path`` is the file, inside the catalog or an overlay, that the stub belongs to.
    """

    kind: str
    provider: str
    word: str
    stores: int
    stub: str

    @property
    def path(self) -> str:
        match self.kind:
            case "provider":
                return f"operators/{self.word}.yaml"
            case "service":
                return "qualifications/SCHEME.yaml (rows:)"
            case _:
                return f"regions/{self.provider}.csv"


def missing(
    inventory: Inventory,
    find_provider: Callable[[str], Provider | None],
    find_regions: Callable[[str], Regions | None],
    schemes: Iterable[Scheme],
    on: date | None = None,
) -> tuple[Missing, ...]:
    """Each missing word once, sorted, with the number of stores that met it."""
    ids = {row.id for scheme in schemes for row in scheme.rows}
    counts: dict[tuple[str, str, str], int] = {}
    nowhere = Source("", midnight(date(1, 1, 1)), Grade.CATALOG)
    for facts, stores in zip(inventory.facts, inventory.stores_per_facts, strict=True):
        words: set[tuple[str, str, str]] = set()
        if facts.service_id and facts.service_id not in ids:
            words.add(("service", facts.provider, facts.service_id))
        if facts.provider not in ("", "own", "unknown"):
            provider = find_provider(facts.provider)
            if provider is None:
                words.add(("provider", facts.provider, facts.provider))
            else:
                for site in facts.sites:
                    owner = provider.redirects.get(site.region, provider.id)
                    for spot in spots_of(site, find_regions(owner), owner, nowhere):
                        if not spot.known and site.region:
                            words.add(("region", owner, site.region))
                        elif not spot.found and site.zone:
                            words.add(("zone", owner, site.zone))
        for word in words:
            counts[word] = counts.get(word, 0) + stores
    day = on.isoformat() if on else "YYYY-MM-DD"
    return tuple(Missing(*word, stores, _stub(*word, day)) for word, stores in sorted(counts.items()))


def _stub(kind: str, provider: str, word: str, day: str) -> str:
    if kind == "region":
        return f"{word},region,,,,country not read,,,,,unverified,{day},where this was read"
    if kind == "zone":
        return f"{word},local_zone,REGION,,,country not read,,,,,unverified,{day},where this was read"
    if kind == "service":
        return (
            f"  - {{id: {word}, providers: [{provider}], service: {word}, status: claimed, confidence: unverified, "
            "sources: [background]}"
        )
    return _PROVIDER.format(word=word, day=day)


_PROVIDER = """format: lexsitus/operator/1
provider: {word}
name: {word}
category: iaas
hosting_model: null
confidence: unverified
checked_on: {day}
operators:
  - unknown: the company that operates it was not read
entities: []
links: []
sources:
  background: {{title: background knowledge, seen: {day}}}"""
