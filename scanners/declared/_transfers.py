"""What the register says of transfers outside the EEA, and of what the host makes public of them."""

from __future__ import annotations

from datetime import date

from model.datasets import Transfer, Transparency
from model.reading import Node
from scanners.declared._answers import Reading, Table, country, listed, text, word, yes

TRANSPARENCY = ("hds_page_url", "hds_statement", "hds_checked_at", "sren33_url", "sren33_in_contract")
_TOOLS = ("art45", "art45_dpf", "art46_scc", "art46_bcr", "art49", "none", "unknown")
TRANSFER = (
    "dpf_entry", "tia_date", "dpf_scope", "dpf_checked_at", "scc_fallback", "measures", "occasional", "in_contract",
    "client_informed",
)  # fmt: skip


def transfer(reading: Reading, node: Node) -> Transfer:
    """One line of ``transfers``."""
    nodes = node.mapping(required=("country", "recipient", "tool"), optional=TRANSFER)
    said = Table(reading, node, nodes, "transfers")
    return Transfer(
        country=country(nodes["country"]),
        recipient=text(nodes["recipient"]),
        tool=word(*_TOOLS)(nodes["tool"]),
        dpf_entry=said.said("dpf_entry", text),
        tia_date=said.said("tia_date", _day),
        dpf_scope=said.said("dpf_scope", word("hr", "non_hr", "both")),
        dpf_checked_on=said.said("dpf_checked_at", _day),
        scc_fallback=said.said("scc_fallback", yes),
        measures=said.said("measures", listed(text)),
        occasional=said.said("occasional", yes),
        in_contract=said.said("in_contract", yes),
        client_informed=said.said("client_informed", yes),
    )


def transparency(said: Table) -> Transparency:
    """What the host publishes; "none" for an address states that there is no such page."""
    return Transparency(
        hds_page_url=said.denied("hds_page_url", text),
        hds_statement=said.said("hds_statement", word("secnumcloud", "no_transfer", "table")),
        hds_checked_on=said.said("hds_checked_at", _day),
        sren33_url=said.denied("sren33_url", text),
        sren33_in_contract=said.said("sren33_in_contract", yes),
    )


def _day(node: Node) -> date:
    return node.date()
