"""Providers of which the catalog knows a name and perhaps a country, and which provider is of which house."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from catalog import _read
from catalog._countries import ISO_3166
from catalog._records import Assignment, Provider, row_source
from model.observed import Confidence, Known, Observed, Reason, Unread
from model.parties import LegalEntity, OperatorRole
from model.reading import Node, read_csv

_PROVIDERS = ("id", "name", "country", "confidence", "checked_on", "source")
CATEGORY = "named"
"""The category of a provider that has no file of its own."""


def read_named(path: Path, name: str) -> dict[str, Provider]:
    """One provider per row, with one entity whose holders nobody read.

    Raises DocumentError for an id given twice, an unknown country, or a row from memory that is not ``unverified``.
    """
    found: dict[str, Provider] = {}
    for line, row in read_csv(path, _PROVIDERS, name):
        nodes = {column: Node(name, line, column, value, quoted=True) for column, value in row.items()}
        id = nodes["id"].text()
        if id in found:
            raise nodes["id"].fail(f"provider {id!r} is named twice; keep one")
        level = nodes["confidence"].choice(Confidence)
        if row["source"] == _read.BACKGROUND and level is not Confidence.UNVERIFIED:
            raise nodes["confidence"].fail("what rests on background knowledge alone is 'unverified'")
        checked_on = nodes["checked_on"].date()
        source = row_source(f"{name} {id}: {row['source']}", checked_on, level)
        country = row["country"]
        if country and country not in ISO_3166:
            raise nodes["country"].fail(f"{country!r} is no ISO 3166 country code")
        seat: Observed[str] = Unread(Reason.NOT_TOLD, source, f"the seat of {row['name']} was not found")
        if country:
            seat = Known(country, source)
        entity = LegalEntity(id, row["name"], seat, (), (source,))
        found[id] = Provider(
            id=id,
            name=row["name"],
            category=CATEGORY,
            hosting_model=None,
            confidence=level,
            checked_on=checked_on,
            source=source,
            assignments=(Assignment(id, OperatorRole.CONTRACTING, chain_complete=False),),
            entities={id: entity},
            links=(),
        )
    return found


def read_families(path: Path, name: str) -> Mapping[str, str]:
    """The house of each provider that has kin.  Raises DocumentError for a provider of two houses."""
    found: dict[str, str] = {}
    for line, row in read_csv(path, ("family", "provider"), name):
        if found.setdefault(row["provider"], row["family"]) != row["family"]:
            node = Node(name, line, "provider", row["provider"], quoted=True)
            raise node.fail(f"{row['provider']!r} is of two houses; keep one")
    return found
