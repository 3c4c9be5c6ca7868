"""What the register says of approvals, purchases, copies, exports, and of who reads the data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from model.datasets import AccessRole, CopyRules, Exports, Homologation, Purchase
from model.observed import Observed
from model.reading import Node
from scanners.declared._answers import Reading, Table, in_order, listed, text, word, yes

GROUPS = {
    "homologation": ("date", "expires"),
    "purchase": ("new", "opinion_required", "opinion", "criteria"),
    "copies": ("encrypted", "same_rules", "extracts_end"),
    "exports": ("leave", "approval", "monitored"),
}
CRITERIA = ("immunity", "substitutability", "key_technologies")
GROUNDS = ("care_team", "consent", "legal_basis", "none")

Of = Callable[[str, tuple[str, ...]], Table]


def roles(reading: Reading, access: Table) -> Observed[tuple[AccessRole, ...]]:
    """Who reads the data, as ``access.roles`` lists them."""
    return access.said("roles", listed(partial(_role, reading)))


def _role(reading: Reading, node: Node) -> AccessRole:
    nodes = node.mapping(required=("role",), optional=("authority", "ground"))
    said = Table(reading, node, nodes, "access.roles")
    return AccessRole(text(nodes["role"]), said.denied("authority", text), said.said("ground", word(*GROUNDS)))


def homologation(of: Of) -> Homologation:
    """The group ``homologation``."""
    said = of("homologation", GROUPS["homologation"])
    in_order(said.nodes, "date", "expires")
    return Homologation(said.said("date", _day), said.said("expires", _day))


def purchase(of: Of) -> Purchase:
    """The group ``purchase``."""
    said = of("purchase", GROUPS["purchase"])
    return Purchase(
        new=said.said("new", yes),
        opinion_required=said.said("opinion_required", yes),
        opinion=said.denied("opinion", text),
        criteria=said.said("criteria", listed(word(*CRITERIA))),
    )


def copies(of: Of) -> CopyRules:
    """The group ``copies``."""
    said = of("copies", GROUPS["copies"])
    return CopyRules(said.said("encrypted", yes), said.said("same_rules", yes), said.said("extracts_end", yes))


def exports(of: Of) -> Exports:
    """The group ``exports``."""
    said = of("exports", GROUPS["exports"])
    return Exports(said.said("leave", yes), said.denied("approval", text), said.said("monitored", yes))


def _day(node: Node) -> date:
    return node.date()
