"""Reads ``catalog/operators/<provider>.yaml``: entities, control links, who operates which region."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from catalog import _read
from catalog._presence import optional_flag, read_establishments, read_third_parties
from catalog._records import Assignment, DatedLink, Host, Provider, Reference, row_source
from model.datasets import HostingModel
from model.observed import Confidence, Known, Observed, Reason, Source, Unread
from model.parties import LegalEntity, Link, OperatorRole
from model.reading import Node, read_yaml

FORMAT = "lexsitus/operator/1"
CATEGORIES = (
    "hyperscaler", "iaas", "paas", "saas", "object_storage", "cdn", "email", "file_transfer", "data_platform",
    "telco", "colocation", "state", "health_public", "research", "consumer_genetics",
)  # fmt: skip


def read_provider(path: Path, name: str) -> Provider:
    """The provider that a file describes.

    Raises DocumentError, naming file, line and key, for anything that cannot be true: a cycle of
    control, shares above 100 %, an end before its start, an unknown country, entity or source.
    """
    nodes = read_yaml(path, name).mapping(
        ("format", "provider", "name", "category", "hosting_model", "confidence", "checked_on", "operators", "entities",
         "links", "sources"),
        ("notes", "services", "hosted_on", "third_parties", "others", "endpoints", "redirects"),
    )  # fmt: skip
    _read.expect_format(nodes["format"], FORMAT)
    id = _read.identifier(nodes["provider"])
    if id != path.stem:
        raise nodes["provider"].fail(f"the file of provider {id!r} must be called {id}.yaml")
    category = nodes["category"].text()
    if category not in CATEGORIES:
        raise nodes["category"].fail(f"expected one of {', '.join(CATEGORIES)}; found {category!r}")
    checked_on = nodes["checked_on"].date()
    level = nodes["confidence"].choice(Confidence)
    known = _read.references(nodes["sources"])
    entities = _entities(nodes["entities"], name, checked_on, known)
    links = _links(nodes["links"], name, checked_on, known, entities)
    _endpoints(nodes.get("endpoints"), known)
    _others(nodes.get("others"))
    model = nodes["hosting_model"]
    return Provider(
        id=id,
        name=nodes["name"].text(),
        category=category,
        hosting_model=None if model.is_null else model.choice(HostingModel),
        confidence=level,
        checked_on=checked_on,
        source=row_source(name, checked_on, level, _read.first_url(tuple(known.values()))),
        assignments=_assignments(nodes["operators"], entities),
        entities=entities,
        links=links,
        hosts=_hosts(nodes.get("hosted_on"), name, checked_on, known),
        redirects=_redirects(nodes.get("redirects")),
        services=_read.texts(nodes.get("services")),
        notes=_read.texts(nodes.get("notes")),
        third_parties=read_third_parties(nodes.get("third_parties"), name, checked_on, known),
    )


def _sources(name: str, about: str, level: Confidence, on: date, refs: tuple[Reference, ...]) -> tuple[Source, ...]:
    return tuple(row_source(f"{name} {about}: {ref.title}", on, level, ref.url) for ref in refs)


def _entities(node: Node, name: str, checked_on: date, known: Mapping[str, Reference]) -> dict[str, LegalEntity]:
    found: dict[str, LegalEntity] = {}
    for item in node.items():
        fields = item.mapping(
            ("id", "name", "seat", "confidence", "sources"),
            ("registrations", "establishments", "establishments_complete"),
        )
        id = _read.identifier(fields["id"])
        if id in found:
            raise fields["id"].fail(f"entity {id!r} is described twice; keep one")
        refs = _read.cited(fields["sources"], known)
        level = _read.confidence(fields["confidence"], refs)
        sources = _sources(name, id, level, checked_on, refs)
        seat: Observed[str] = Unread(Reason.NOT_TOLD, sources[0], f"the seat of {fields['name'].text()} was not found")
        if not fields["seat"].is_null:
            seat = Known(_read.country(fields["seat"]), sources[0])
        found[id] = LegalEntity(
            id,
            fields["name"].text(),
            seat,
            _registrations(fields.get("registrations")),
            sources,
            read_establishments(fields.get("establishments"), name, checked_on, known),
            _flag(fields.get("establishments_complete")),
        )
    return found


def _registrations(node: Node | None) -> tuple[tuple[str, str], ...]:
    found = []
    for item in node.items() if node else ():
        fields = item.mapping(("register", "number", "confidence"))
        number = fields["number"].text()
        # A number from memory is printed as such wherever registrations are.
        suffix = "" if fields["confidence"].choice(Confidence) is not Confidence.UNVERIFIED else " (unverified)"
        found.append((fields["register"].text() + suffix, number))
    return tuple(found)


def _links(
    node: Node, name: str, checked_on: date, known: Mapping[str, Reference], entities: Mapping[str, LegalEntity]
) -> tuple[DatedLink, ...]:
    found: list[DatedLink] = []
    for item in node.items():
        fields = item.mapping(
            (
                "holder",
                "held",
                "capital_percent",
                "votes_percent",
                "controls",
                "since",
                "until",
                "confidence",
                "sources",
            ),
            ("veto", "board_majority"),
        )
        holder, held = _entity(fields["holder"], entities), _entity(fields["held"], entities)
        refs = _read.cited(fields["sources"], known)
        level = _read.confidence(fields["confidence"], refs)
        since, until = _read.optional_day(fields["since"]), _read.optional_day(fields["until"])
        if since and until and until.last < since.first:
            raise fields["until"].fail(f"the link ends ({until.text}) before it starts ({since.text})")
        controls = fields["controls"]
        link = Link(
            holder=holder,
            held=held,
            capital_percent=_read.percent(fields["capital_percent"]),
            votes_percent=_read.percent(fields["votes_percent"]),
            controls=None if controls.is_null else controls.boolean(),
            since=since.exact if since else None,
            until=until.exact if until else None,
            sources=_sources(name, f"{holder} > {held}", level, checked_on, refs),
            veto=optional_flag(fields.get("veto")),
            board_majority=optional_flag(fields.get("board_majority")),
        )
        found.append(DatedLink(link, since, until))
        _refuse_too_much(item, found)
        _refuse_cycle(item, found)
    return tuple(found)


def _entity(node: Node, entities: Mapping[str, LegalEntity]) -> str:
    id = _read.identifier(node)
    if id not in entities:
        raise node.fail(f"unknown entity {id!r}; describe it under 'entities'")
    return id


def _refuse_too_much(item: Node, found: list[DatedLink]) -> None:
    last = found[-1]
    same_time = [
        dated.link
        for dated in found
        if dated.link.held == last.link.held
        and not (dated.until and last.since and dated.until.last <= last.since.first)
        and not (last.until and dated.since and last.until.last <= dated.since.first)
    ]
    for word, shares in (
        ("capital", [link.capital_percent for link in same_time]),
        ("votes", [link.votes_percent for link in same_time]),
    ):
        total = sum(share for share in shares if share is not None)
        if total > 100:
            raise item.fail(f"more than 100 % of the {word} of {last.link.held!r} is held ({total:g} %)")


def _refuse_cycle(item: Node, found: list[DatedLink]) -> None:
    above: dict[str, list[str]] = {}
    for dated in found:
        if dated.link.controls:
            above.setdefault(dated.link.held, []).append(dated.link.holder)
    start = found[-1].link.held
    waiting, seen = list(above.get(start, ())), set[str]()
    while waiting:
        entity = waiting.pop()
        if entity == start:
            raise item.fail(f"{start!r} controls itself through this link; remove or date one of the links")
        if entity not in seen:
            seen.add(entity)
            waiting.extend(above.get(entity, ()))


def _assignments(node: Node, entities: Mapping[str, LegalEntity]) -> tuple[Assignment, ...]:
    found = []
    for item in node.items():
        fields = item.mapping(
            (), ("entity", "role", "chain_complete", "regions", "unknown", "holders_complete", "third_parties_complete")
        )
        regions = _read.texts(fields.get("regions"))
        if "unknown" in fields:
            if "entity" in fields:
                raise fields["unknown"].fail("an operator is either an entity or unknown; remove one of the two keys")
            found.append(Assignment("", OperatorRole.OPERATING, False, regions, fields["unknown"].text()))
            continue
        fields = item.mapping(
            ("entity", "role", "chain_complete"), ("regions", "holders_complete", "third_parties_complete")
        )
        role = fields["role"].choice(OperatorRole)
        complete = fields["chain_complete"].boolean()
        assignment = Assignment(
            _entity(fields["entity"], entities),
            role,
            complete,
            regions,
            holders_complete=_flag(fields.get("holders_complete")),
            third_parties_complete=_flag(fields.get("third_parties_complete")),
        )
        found.append(assignment)
    if not found:
        raise node.fail("a provider needs an operator; write 'unknown: why' when none was found")
    return tuple(found)


def _flag(node: Node | None) -> bool:
    """True only when the file says so."""
    return node is not None and node.boolean()


def _hosts(node: Node | None, name: str, checked_on: date, known: Mapping[str, Reference]) -> tuple[Host, ...]:
    found = []
    for item in node.items() if node else ():
        fields = item.mapping(("provider", "confidence", "sources"), ("regions",))
        refs = _read.cited(fields["sources"], known)
        level = _read.confidence(fields["confidence"], refs)
        provider = _read.identifier(fields["provider"])
        source = _sources(name, f"hosted on {provider}", level, checked_on, refs)[0]
        found.append(Host(provider, _read.texts(fields.get("regions")), level, source))
    return tuple(found)


def _redirects(node: Node | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in node.items() if node else ():
        fields = item.mapping(("regions", "provider"))
        provider = _read.identifier(fields["provider"])
        for region in fields["regions"].items():
            if found.setdefault(region.text(), provider) != provider:
                raise region.fail(f"region {region.text()!r} is redirected twice; keep one")
    return found


def _endpoints(node: Node | None, known: Mapping[str, Reference]) -> None:
    for item in node.items() if node else ():
        fields = item.mapping(("kind", "pattern", "confidence", "sources"))
        fields["kind"].text()
        fields["pattern"].text()
        _read.confidence(fields["confidence"], _read.cited(fields["sources"], known))


def _others(node: Node | None) -> None:
    for item in node.items() if node else ():
        fields = item.mapping(("name", "country", "role", "confidence"))
        fields["name"].text()
        fields["role"].text()
        _read.country(fields["country"])
        fields["confidence"].choice(Confidence)
