"""Reads ``catalog/qualifications/<scheme>.yaml``: which service or host, where, from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from catalog import _read
from catalog._records import (
    Perimeter,
    QualificationRow,
    Reference,
    RowStatus,
    Scheme,
    Territory,
    midnight,
    row_source,
)
from model.observed import Confidence
from model.reading import Node, read_yaml

FORMAT = "lexsitus/qualifications/1"
_ORDER = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.UNVERIFIED)


def weakest(*levels: Confidence) -> Confidence:
    """The least of several confidences."""
    return max(levels, key=_ORDER.index)


def read_scheme(path: Path, name: str) -> Scheme:
    """The qualifications of one scheme.

    Raises DocumentError, naming file, line and key, for a repeated id, an end before its start, an
    unknown country or source, a missing source.
    """
    nodes = read_yaml(path, name).mapping(
        ("format", "scheme", "name", "matched_by", "limit_days", "validity_years", "checked_on", "list", "references",
         "rows", "sources"),
        ("territory",),
    )  # fmt: skip
    _read.expect_format(nodes["format"], FORMAT)
    id = _read.identifier(nodes["scheme"])
    if id != path.stem:
        raise nodes["scheme"].fail(f"the file of scheme {id!r} must be called {id}.yaml")
    matched_by = nodes["matched_by"].text()
    if matched_by not in ("service", "host"):
        raise nodes["matched_by"].fail(f"expected service or host, found {matched_by!r}")
    known = _read.references(nodes["sources"])
    checked_on = nodes["checked_on"].date()
    listing = nodes["list"].mapping(("edition", "complete", "title", "sources"), ("notes",))
    edition = None if listing["edition"].is_null else listing["edition"].date()
    complete = listing["complete"].boolean()
    if complete and edition is None:
        raise listing["edition"].fail("a list that was read whole has an edition; give its day or say complete: false")
    refs = _read.cited(listing["sources"], known) if complete else ()
    _read.texts(listing.get("notes"))
    for item in nodes["references"].items():
        _reference(item, known)
    rows: dict[str, QualificationRow] = {}
    for item in nodes["rows"].items():
        row = _row(item, name, checked_on, known)
        if row.id in rows:
            raise item.find(["id"]).fail(f"{row.id!r} is described twice; keep one")
        rows[row.id] = row
    title = listing["title"].text()
    shown = f"{name}: {title}" + (f" ({edition.isoformat()})" if edition else "")
    return Scheme(
        id=id,
        name=nodes["name"].text(),
        by_host=matched_by == "host",
        limit_days=_read.positive(nodes["limit_days"]),
        validity_years=_read.positive(nodes["validity_years"]),
        checked_on=checked_on,
        edition=edition,
        complete=complete,
        source=row_source(shown, edition or checked_on, Confidence.LIKELY, _read.first_url(refs)),
        rows=tuple(rows.values()),
        territory=_territory(nodes.get("territory"), known),
    )


def merged(base: Scheme, overlay: Scheme) -> Scheme:
    """``overlay`` with what it does not replace of ``base``; rows in the order of ids."""
    rows = {row.id: row for row in (*base.rows, *overlay.rows)}
    merged_rows = tuple(rows[id] for id in sorted(rows))
    return replace(overlay, rows=merged_rows, territory=overlay.territory or base.territory)


def _territory(node: Node | None, known: Mapping[str, Reference]) -> Territory | None:
    if node is None:
        return None
    fields = node.mapping(("countries", "since", "rule", "sources"))
    _read.cited(fields["sources"], known)
    countries = tuple(_read.country(item) for item in fields["countries"].items())
    return Territory(countries, fields["since"].date(), fields["rule"].text())


def _reference(item: Node, known: Mapping[str, Reference]) -> None:
    fields = item.mapping(("version", "title", "published", "validity_years", "confidence", "sources"))
    fields["version"].text()
    fields["title"].text()
    fields["published"].date()
    _read.positive(fields["validity_years"])
    _read.confidence(fields["confidence"], _read.cited(fields["sources"], known))


def _row(item: Node, name: str, checked_on: date, known: Mapping[str, Reference]) -> QualificationRow:
    fields = item.mapping(
        ("id", "providers", "service", "status", "confidence", "sources"),
        ("holder", "types", "services", "excluded_services", "version", "decision", "body", "issued", "expires",
         "seen_on", "milestone", "activities", "option_required", "perimeter", "hosted_on", "field_confidence",
         "notes"),
    )  # fmt: skip
    id = _read.identifier(fields["id"])
    refs = _read.cited(fields["sources"], known)
    level = _read.confidence(fields["confidence"], refs)
    issued = _read.optional_day(fields.get("issued"))
    expires = fields["expires"].date() if "expires" in fields else None
    if issued and expires and expires <= issued.first:
        raise fields["expires"].fail(f"ends ({expires}) before it starts ({issued.text})")
    for key in ("holder", "decision", "body", "milestone"):
        _read.optional_text(fields.get(key))
    for key in ("types", "hosted_on"):
        _read.texts(fields.get(key))
    finer = {key: node.choice(Confidence) for key, node in _entries(fields.get("field_confidence")).items()}
    seen = _read.optional_day(fields.get("seen_on"))
    service = fields["service"].text()
    source = row_source(f"{name} {id}: {refs[0].title}", checked_on, level, _read.first_url(refs))
    if seen:
        source = replace(source, read_at=midnight(seen.first))
    return QualificationRow(
        id=id,
        providers=tuple(_read.identifier(node) for node in fields["providers"].items()),
        service=service,
        services=_read.texts(fields.get("services")),
        excluded_services=_read.texts(fields.get("excluded_services")),
        status=fields["status"].choice(RowStatus),
        version=_read.optional_text(fields.get("version")),
        issued=issued,
        expires=expires,
        seen=seen,
        activities=_activities(fields.get("activities")),
        option_required=fields["option_required"].boolean() if "option_required" in fields else False,
        perimeter=_perimeter(fields.get("perimeter")),
        perimeter_confidence=weakest(level, finer.get("perimeter", level)),
        confidence=level,
        source=source,
        notes=_read.texts(fields.get("notes")),
    )


def _entries(node: Node | None) -> dict[str, Node]:
    return node.entries() if node else {}


def _activities(node: Node | None) -> tuple[int, ...]:
    found = tuple(item.integer() for item in node.items()) if node else ()
    for item in node.items() if node else ():
        if not 1 <= item.integer() <= 6:
            raise item.fail("expected an HDS activity, 1 to 6 (public health code, art. R. 1111-9)")
    return found


def _perimeter(node: Node | None) -> Perimeter | None:
    if node is None:
        return None
    fields = node.mapping((), ("regions", "countries", "sites", "included", "excluded"))
    return Perimeter(
        regions=_read.texts(fields.get("regions")),
        countries=tuple(_read.country(item) for item in fields["countries"].items()) if "countries" in fields else (),
        sites=_read.texts(fields.get("sites")),
        included=_read.texts(fields.get("included")),
        excluded=_read.texts(fields.get("excluded")),
    )
