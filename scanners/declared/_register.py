"""A whole register, from its text to observations of grade "declared"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from model.datasets import Controller, Dataset, Derogation, Flow, Notice
from model.places import Copy, Observations, Store
from model.reading import Node, shown
from scanners.declared._answers import Reading, Table, identifier, in_order, text
from scanners.declared._facts import GROUPS, controller, dataset
from scanners.declared._flows import flow, passages
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
    datasets, places, ends = _datasets(reading, entries.get("datasets"), target, responsible)
    ids = tuple(one.id for one in datasets)
    about = notices(reading, _distinct(entries.get("notices")), ids)
    selected = tuple(line for one in datasets for line in one.select)
    copies = {(copy.of, copy.at): copy for copy in ends}
    flows: list[Flow] = []
    for node in _distinct(entries.get("flows")):
        moved = flow(reading, node, ids)
        passed, made = passages(reading, node, moved, target, places[moved.dataset], selected)
        flows.append(moved)
        places[moved.dataset] += passed
        copies |= {(copy.of, copy.at): copy for copy in made if (copy.of, copy.at) not in copies}
    return Observations(
        stores=tuple(store for mine in places.values() for store in mine),
        copies=tuple(copies.values()),
        datasets=tuple(_completed(one, places[one.id], about) for one in datasets),
        flows=tuple(flows),
        derogations=_each(entries.get("derogations"), _derogation),
    )


def _completed(dataset: Dataset, places: Iterable[Store], about: Iterable[Notice]) -> Dataset:
    """The dataset with its declared places, those that its flows pass through among them, and the notices about it."""
    return replace(
        dataset,
        declared=tuple(store.id for store in places),
        notices=tuple(notice for notice in about if dataset.id in notice.datasets),
    )


def _datasets(
    reading: Reading, node: Node | None, target: str, responsible: Controller
) -> tuple[list[Dataset], dict[str, list[Store]], list[Copy]]:
    """The datasets, the places that each declares by its id, and the copies between places."""
    datasets: list[Dataset] = []
    places: dict[str, list[Store]] = {}
    copies: list[Copy] = []
    for item in _distinct(node):
        nodes = item.mapping(required=("id",), optional=("title", "controller", *GROUPS, "select", "places"))
        id = identifier(nodes["id"])
        title = Table(reading, item, nodes).text("title", id)
        found = dataset(reading, item, id, title, controller(nodes.get("controller"), responsible))
        declared = [place(reading, one, target, id) for one in _distinct(nodes.get("places"))]
        places[id] = [store for store, _ in declared]
        copies += [copy for _, ends in declared for copy in ends]
        select = tuple(selector(line) for line in nodes["select"].items()) if "select" in nodes else ()
        datasets.append(replace(found, select=select))
    return datasets, places, copies


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
