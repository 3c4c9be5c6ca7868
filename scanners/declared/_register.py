"""A whole register, from its text to observations of grade "declared"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from model.datasets import Controller, Dataset, Derogation, Flow
from model.observed import Absent, Known, Observed
from model.places import Copy, Observations, Store
from model.reading import Node, shown
from scanners.declared._answers import Reading, Table, identifier, in_order, silent, text
from scanners.declared._facts import GROUPS, controller, dataset
from scanners.declared._notices import notices
from scanners.declared._places import place, selector

T = TypeVar("T")

FORMAT = "lexsitus/register/1"


def observations(root: Node, read_at: datetime, target: str, default: Controller) -> Observations:
    """What the register at ``root`` says, in the shape of the reference form.

    Datasets without a controller get that of the register, else ``default``.  Raises DocumentError with
    line (or cell) and key for anything that a register may not hold.  The order is that of the file.
    """
    entries = root.entries()
    if "format" not in entries:
        raise root.fail(f"missing key 'format'; a register begins with: format: {FORMAT}")
    if (found := entries["format"].text()) != FORMAT:
        raise entries["format"].fail(
            f"expected {FORMAT}, found {shown(found)}; this version of lexsitus reads no other"
        )
    root.mapping(required=("format",), optional=("controller", "datasets", "flows", "derogations", "notices"))
    reading = Reading(read_at)
    responsible = controller(entries.get("controller"), default)
    datasets, stores, copies = _datasets(reading, entries.get("datasets"), target, responsible)
    ids = tuple(one.id for one in datasets)
    about = notices(reading, _distinct(entries.get("notices")), ids)
    return Observations(
        stores=tuple(stores),
        copies=tuple(copies),
        datasets=tuple(
            replace(one, notices=tuple(notice for notice in about if one.id in notice.datasets)) for one in datasets
        ),
        flows=_each(entries.get("flows"), lambda node: _flow(reading, node, ids)),
        derogations=_each(entries.get("derogations"), _derogation),
    )


def _datasets(
    reading: Reading, node: Node | None, target: str, responsible: Controller
) -> tuple[list[Dataset], list[Store], list[Copy]]:
    datasets: list[Dataset] = []
    stores: list[Store] = []
    copies: list[Copy] = []
    for item in _distinct(node):
        nodes = item.mapping(required=("id",), optional=("title", "controller", *GROUPS, "select", "places"))
        id = identifier(nodes["id"])
        title = Table(reading, item, nodes).text("title", id)
        found = dataset(reading, item, id, title, controller(nodes.get("controller"), responsible))
        places = [place(reading, one, target, id) for one in _distinct(nodes.get("places"))]
        stores += [store for store, _ in places]
        copies += [copy for _, ends in places for copy in ends]
        select = tuple(selector(line) for line in nodes["select"].items()) if "select" in nodes else ()
        datasets.append(replace(found, select=select, declared=tuple(store.id for store, _ in places)))
    return datasets, stores, copies


def _flow(reading: Reading, node: Node, datasets: tuple[str, ...]) -> Flow:
    nodes = node.mapping(required=("id", "dataset", "source", "means", "destination"), optional=("decision",))
    of = text(nodes["dataset"])
    if of not in datasets:
        raise nodes["dataset"].fail(f"no dataset {shown(of)} in this register; known: {', '.join(datasets) or 'none'}")
    ends = nodes["destination"].mapping(required=("name",), optional=("provider",))
    return Flow(
        id=identifier(nodes["id"]),
        dataset=of,
        origin=text(nodes["source"]),
        means=text(nodes["means"]),
        destination=text(ends["name"]),
        destination_provider=Table(reading, node, ends).text("provider"),
        decision=_decision(reading, node, nodes.get("decision")),
    )


def _decision(reading: Reading, flow: Node, node: Node | None) -> Observed[str]:
    """The decision that allows a flow; "none" states that there is none, null that nobody knows."""
    if node is None or silent(node):
        return reading.unsaid(node or flow, "decision: not in the register")
    source = reading.source(node)
    return Absent(source) if node.raw == "none" else Known(text(node), source)


def _derogation(node: Node) -> Derogation:
    nodes = node.mapping(required=("id", "act", "owner", "approver", "starts", "ends", "covers"))
    in_order(nodes, "starts", "ends")
    covers = [line.mapping(required=("dataset", "rule")) for line in nodes["covers"].items()]
    if not covers:
        raise nodes["covers"].fail("a derogation that covers nothing is none: name at least one {dataset, rule}")
    return Derogation(
        id=identifier(nodes["id"]),
        act=text(nodes["act"]),
        owner=text(nodes["owner"]),
        approver=text(nodes["approver"]),
        starts_on=nodes["starts"].date(),
        ends_on=nodes["ends"].date(),
        covers=tuple((text(line["dataset"]), text(line["rule"])) for line in covers),
    )


def _each(node: Node | None, read: Callable[[Node], T]) -> tuple[T, ...]:
    return tuple(read(item) for item in _distinct(node))


def _distinct(node: Node | None) -> Iterable[Node]:
    """The members of a list of things with ids.  Raises DocumentError for an id that comes twice."""
    taken: dict[str, str] = {}
    for item in node.items() if node is not None else ():
        id = item.entries().get("id")
        if id is not None and isinstance(id.raw, str):
            if id.raw in taken:
                raise id.fail(f"the id {shown(id.raw)} is taken ({taken[id.raw]}); choose another")
            taken[id.raw] = id.cell or f"line {id.line}"
        yield item
