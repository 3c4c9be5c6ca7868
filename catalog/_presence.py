"""Reads what ownership does not tell of a provider: where its companies are present, and whom it uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from catalog import _read
from catalog._records import Reference, row_source
from model.observed import Source
from model.parties import Establishment, EstablishmentKind, ThirdParty, ThirdPartyRole
from model.reading import Node


def read_establishments(
    node: Node | None, name: str, checked_on: date, known: Mapping[str, Reference]
) -> tuple[Establishment, ...]:
    """The presences of an entity, in the order of the file ``name``."""
    found = []
    for item in node.items() if node else ():
        fields = item.mapping(("kind", "country", "confidence", "sources"))
        country = _read.country(fields["country"])
        kind = fields["kind"].choice(EstablishmentKind)
        found.append(Establishment(kind, country, _sources(fields, name, f"{kind} {country}", checked_on, known)))
    return tuple(found)


def read_third_parties(
    node: Node | None, name: str, checked_on: date, known: Mapping[str, Reference]
) -> tuple[ThirdParty, ...]:
    """The companies that a provider uses, in the order of the file ``name``."""
    found = []
    for item in node.items() if node else ():
        fields = item.mapping(
            ("name", "role", "country", "confidence", "sources"),
            ("controlled_from", "technical_access", "autonomy", "qualified"),
        )
        title = fields["name"].text()
        found.append(
            ThirdParty(
                name=title,
                role=fields["role"].choice(ThirdPartyRole),
                country=_country(fields["country"]),
                controlled_from=_country(fields.get("controlled_from")),
                technical_access=optional_flag(fields.get("technical_access")),
                autonomy=optional_flag(fields.get("autonomy")),
                qualified=optional_flag(fields.get("qualified")),
                sources=_sources(fields, name, title, checked_on, known),
            )
        )
    return tuple(found)


def optional_flag(node: Node | None) -> bool | None:
    """True, false, or ``None`` when the file leaves it out or says null."""
    return None if node is None or node.is_null else node.boolean()


def _country(node: Node | None) -> str:
    return "" if node is None or node.is_null else _read.country(node)


def _sources(
    fields: Mapping[str, Node], name: str, about: str, checked_on: date, known: Mapping[str, Reference]
) -> tuple[Source, ...]:
    refs = _read.cited(fields["sources"], known)
    level = _read.confidence(fields["confidence"], refs)
    return tuple(row_source(f"{name} {about}: {ref.title}", checked_on, level, ref.url) for ref in refs)
