"""Movements of data: from where, by what means, to where, under which act; and the places that they pass through.

A transfer tool holds what it transfers and a destination keeps it: both are places, whether or not the register lists
them among those of the dataset.  A protocol alone (SFTP, HTTPS...) keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise

from model.datasets import Flow, Selector
from model.observed import Absent, Known, Observed
from model.places import Copy, PlaceKind, Store
from model.reading import Node, shown
from scanners.declared._answers import Reading, Table, identifier, silent, text
from scanners.declared._places import blank_place, place_id

_PROTOCOLS = frozenset({
    "api", "ftp", "ftps", "hl7", "http", "https", "mllp", "dicom", "rsync", "s3", "scp", "sftp", "ssh", "tls", "vpn",
})  # fmt: skip


def flow(reading: Reading, node: Node, datasets: tuple[str, ...]) -> Flow:
    """One line of ``flows``; its dataset must be one of ``datasets``."""
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


def passages(
    reading: Reading, node: Node, one: Flow, target: str, declared: Sequence[Store], selected: Iterable[Selector]
) -> tuple[tuple[Store, ...], tuple[Copy, ...]]:
    """The places that a flow passes through and ``declared`` does not hold, and the copies that it makes.

    ``declared`` are the places of its dataset.  A place is the same when its id or name is the word of the flow; a
    transfer tool, when its provider or service is.  A word that is the id of a store, or that one of the ``selected``
    lines designates by name, is a store that a scanner sees: no place is made of it.
    """
    places = list(declared)
    found: list[Store] = []

    def at(word: str, part: str, kind: PlaceKind, provider: str) -> str:
        known = _place(word, places)
        if known or _is_id(word):
            return known or word
        if any(_designates(line, word) for line in selected):
            return ""
        store = blank_place(reading, node, target, place_id(one.dataset, f"{one.id}/{part}"), word, kind, provider)
        places.append(store)
        found.append(store)
        return store.id

    steps = [_place(one.origin, declared) or (one.origin if _is_id(one.origin) else "")]
    if one.means.casefold() not in _PROTOCOLS:
        steps.append(at(one.means, "means", PlaceKind.TRANSFER_TOOL, ""))
    steps.append(at(one.destination, "destination", PlaceKind.EXTRACT, one.destination_provider))
    steps = [step for step in steps if step]
    kinds = {store.id: store.role for store in places if store.role is not PlaceKind.PRIMARY}
    told = Known(True, reading.source(node))
    copies = tuple(Copy(of, to, kinds.get(to, PlaceKind.EXTRACT), told) for of, to in pairwise(steps) if of != to)
    return tuple(found), copies


def _place(word: str, places: Iterable[Store]) -> str:
    """The id of the place that people call ``word``, or nothing."""
    wanted = word.casefold()
    for store in places:
        called = [store.id, store.id.rpartition("/")[2], store.id.partition(":")[2], store.name]
        if store.role is PlaceKind.TRANSFER_TOOL:
            called += [answer.value for answer in (store.provider, store.service) if isinstance(answer, Known)]
        if wanted in (name.casefold() for name in called):
            return store.id
    return ""


def _is_id(word: str) -> bool:
    """The id of a store holds a colon and, unlike a sentence, no space."""
    return ":" in word and not any(letter.isspace() for letter in word)


def _designates(line: Selector, word: str) -> bool:
    """Whether a line of ``select`` names this very store; one that takes any name designates none."""
    return bool(line.name.strip("*?")) and fnmatchcase(word, line.name)


def _decision(reading: Reading, flow: Node, node: Node | None) -> Observed[str]:
    """The decision that allows a flow; "none" states that there is none, null that nobody knows."""
    if node is None or silent(node):
        return reading.unsaid(node or flow, "decision: not in the register")
    source = reading.source(node)
    return Absent(source) if node.raw == "none" else Known(text(node), source)
