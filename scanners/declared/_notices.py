"""Formal notices of an authority: what it found failing, until when to mend it, and what shows that it was mended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from model.datasets import Failing, Notice, Proof
from model.reading import Node, shown
from scanners.declared._answers import Reading, Table, identifier, in_order, listed, text

NOTICE = ("id", "authority", "date", "deadline", "datasets", "failings", "document", "closed")
FAILING = ("id", "title", "articles", "rules", "proofs")
PROOF = ("document", "date")


def notices(reading: Reading, items: Iterable[Node], datasets: tuple[str, ...]) -> tuple[Notice, ...]:
    """The notices of the register, which are about some of its ``datasets``."""
    return tuple(_notice(reading, item, datasets) for item in items)


def _notice(reading: Reading, node: Node, datasets: tuple[str, ...]) -> Notice:
    nodes = node.mapping(required=NOTICE[:6], optional=NOTICE[6:])
    in_order(nodes, "date", "deadline")
    if "closed" in nodes and nodes["closed"].raw != "none":
        in_order(nodes, "date", "closed")
    about = nodes["datasets"].items()
    for one in about:
        if one.raw not in datasets:
            raise one.fail(f"no dataset {shown(text(one))} in this register; known: {', '.join(datasets) or 'none'}")
    if not about:
        raise nodes["datasets"].fail("a notice is about data: name at least one dataset")
    said = Table(reading, node, nodes)
    return Notice(
        id=identifier(nodes["id"]),
        authority=text(nodes["authority"]),
        served_on=nodes["date"].date(),
        deadline_on=nodes["deadline"].date(),
        datasets=listed(text)(nodes["datasets"]),
        failings=_failings(reading, nodes["failings"]),
        document=said.said("document", text),
        closed_on=said.denied("closed", _day),
        source=reading.source(node),
    )


def _failings(reading: Reading, node: Node) -> tuple[Failing, ...]:
    items = node.items()
    if not items:
        raise node.fail("a notice names at least one failing")
    found: dict[str, Failing] = {}
    for item in items:
        failing = _failing(reading, item)
        if failing.id in found:
            raise item.entries()["id"].fail(f"the id {shown(failing.id)} is taken; choose another")
        found[failing.id] = failing
    return tuple(found.values())


def _failing(reading: Reading, node: Node) -> Failing:
    nodes = node.mapping(required=FAILING[:3], optional=FAILING[3:])
    return Failing(
        id=identifier(nodes["id"]),
        title=text(nodes["title"]),
        articles=listed(text)(nodes["articles"]),
        rules=listed(_rule)(nodes["rules"]) if "rules" in nodes else (),
        proofs=tuple(_proof(reading, item) for item in nodes["proofs"].items()) if "proofs" in nodes else (),
        source=reading.source(node),
    )


def _proof(reading: Reading, node: Node) -> Proof:
    nodes = node.mapping(required=PROOF[:1], optional=PROOF[1:])
    return Proof(text(nodes["document"]), Table(reading, node, nodes, "proofs").said("date", _day))


def _rule(node: Node) -> str:
    """The id of a rule, such as ACC-004; whether there is such a rule is told when it is judged."""
    rule = node.text()
    family, hyphen, number = rule.partition("-")
    if not (hyphen and family.isalnum() and family.isupper() and number.isdecimal()):
        raise node.fail(f"expected the id of a rule, such as ACC-004; found {shown(rule)}")
    return rule


def _day(node: Node) -> date:
    return node.date()
