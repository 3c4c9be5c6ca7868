"""Places that no API lists, what they are copies of, and the selectors of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from model.datasets import Selector
from model.observed import Known, Observed
from model.places import Copy, NamedEntity, PlaceKind, Site, Store
from model.reading import Node
from scanners.declared._answers import UNKNOWN, Reading, Table, country, identifier, silent, text, word

KIND = "declared.Store"

_PLACE = (
    "name", "provider", "service", "service_id", "entity", "country", "region", "zone", "copy_of", "evidence",
    "document", "checked_at",
)  # fmt: skip

_SELECTOR = ("id", "name", "scanner", "target", "kind", "account", "tag")


def place_id(dataset: str, place: str) -> str:
    """The store id of a declared place."""
    return f"register:{dataset}/{place}"


def place(reading: Reading, node: Node, target: str, dataset: str) -> tuple[Store, tuple[Copy, ...]]:
    """The store that the register declares at ``node``, and what it is a copy of."""
    nodes = node.mapping(required=("id", "kind"), optional=_PLACE)
    said = Table(reading, node, nodes, document=_document(nodes))
    id, name = place_id(dataset, identifier(nodes["id"])), said.text("name", nodes["id"].text())
    store = replace(
        blank_place(reading, node, target, id, name, nodes["kind"].choice(PlaceKind)),
        provider=said.said("provider", text),
        service=said.said("service", text),
        service_id=said.said("service_id", text),
        sites=_sites(said),
        entity=said.said("entity", _entity),
        checked_on=said.said("checked_at", _day),
    )
    return store, _copies(said, dataset, store)


def blank_place(
    reading: Reading, node: Node, target: str, id: str, name: str, kind: PlaceKind, provider: str = ""
) -> Store:
    """A declared place of which nothing more is known; a ``provider`` that is empty or ``unknown`` is not told."""
    unsaid = reading.unsaid(node, "not in the register")
    unasked = reading.unsaid(node, "a register does not tell it")
    return Store(
        id=id,
        kind=KIND,
        name=name,
        scanner="declared",
        target=target,
        account="",
        role=kind,
        seen=True,
        provider=unsaid if provider in ("", UNKNOWN) else Known(provider, reading.source(node)),
        service=unsaid,
        service_id=unsaid,
        sites=reading.unsaid(node, "country and region: not in the register"),
        key=unasked,
        public=unasked,
        shared_with=unasked,
        size_bytes=unasked,
        created_at=unasked,
        tags=unasked,
        entity=unsaid,
        holds_health=unasked,
        checked_on=unsaid,
    )


def selector(node: Node) -> Selector:
    """One line of ``select``: all its parts must match; at least one is demanded, or it would match everything."""
    nodes = node.mapping(optional=_SELECTOR)
    if not nodes:
        raise node.fail(f"an empty line would select every store; give at least one of {', '.join(_SELECTOR)}")
    parts = {key: text(part) for key, part in nodes.items() if key != "tag"}
    tags: list[tuple[str, str]] = []
    if "tag" in nodes:
        if not nodes["tag"].entries():
            raise nodes["tag"].fail("expected tags as {key: value}")
        for key, value in nodes["tag"].entries().items():
            if not isinstance(value.raw, str):
                raise value.fail("expected the value of a tag, as a text")
            tags.append((key, value.raw))
    return Selector(**parts, tags=tuple(sorted(tags)))


def _document(nodes: Mapping[str, Node]) -> str:
    """The document that proves the place, or nothing when it is only declared."""
    evidence = nodes.get("evidence")
    if evidence is None or silent(evidence) or word("declared", "contract")(evidence) == "declared":
        return ""
    document = nodes.get("document")
    if document is None or silent(document):
        raise evidence.fail("evidence: contract needs document: which contract says so, and where")
    return text(document)


def _sites(said: Table) -> Observed[tuple[Site, ...]]:
    where = said.nodes.get("country")
    state = country(where) if where is not None and not silent(where) else ""
    site = Site(region=said.text("region"), zone=said.text("zone"), country=state)
    if site == Site():
        return said.reading.unsaid(said.node, "country and region: not in the register")
    line = next(said.nodes[key] for key in ("country", "region", "zone") if key in said.nodes)
    return Known((site,), said.reading.source(line, said.document))


def _copies(said: Table, dataset: str, store: Store) -> tuple[Copy, ...]:
    node = said.nodes.get("copy_of")
    if node is None or silent(node):
        return ()
    if store.role is PlaceKind.PRIMARY:
        raise node.fail("a primary place is no copy: remove copy_of, or say what kind of copy it is")
    origins = node.items() if isinstance(node.raw, list) else [node]
    copies = []
    for origin in origins:
        of = _origin(text(origin), dataset)
        if of == store.id:
            raise origin.fail("a place is no copy of itself")
        copies.append(Copy(of, store.id, store.role, Known(True, said.reading.source(origin, said.document))))
    return tuple(copies)


def _origin(word_: str, dataset: str) -> str:
    """A store id holds a colon, a place of another dataset a slash; else it is a place of this dataset."""
    if ":" in word_:
        return word_
    other, slash, name = word_.partition("/")
    return place_id(other, name) if slash else place_id(dataset, word_)


def _entity(node: Node) -> NamedEntity:
    nodes = node.mapping(required=("name",), optional=("seat",))
    seat = nodes.get("seat")
    return NamedEntity(text(nodes["name"]), country(seat) if seat is not None and not silent(seat) else "")


def _day(node: Node) -> date:
    return node.date()
