"""What the register says of a contested exposure that was decided on, and of a sovereignty profile asked for."""

from __future__ import annotations

from datetime import date

from model.datasets import ExposureNote, SealLevel, Sovereignty
from model.observed import Absent, Known, Observed
from model.reading import Node, shown
from scanners.declared._answers import Reading, Table, silent, text

GROUPS = ("exposure_note", "sovereignty")
OBJECTIVES = tuple(f"SOV-{number}" for number in range(1, 9))


def exposure_note(reading: Reading, dataset: Node) -> Observed[ExposureNote]:
    """The note of a dataset; "none" states that there is none."""
    node = dataset.entries().get("exposure_note")
    if node is None or silent(node):
        return reading.unsaid(node or dataset, "exposure_note: not in the register")
    if node.raw == "none":
        return Absent(reading.source(node))
    said = Table(reading, node, node.mapping(optional=("date", "position", "document")), "exposure_note")
    note = ExposureNote(said.said("date", _day), said.said("position", text), said.said("document", text))
    return Known(note, reading.source(node))


def sovereignty(reading: Reading, dataset: Node) -> Sovereignty | None:
    """The profile asked for, with one level for each objective that the register names; ``None`` when none is asked."""
    node = dataset.entries().get("sovereignty")
    if node is None or node.is_null:
        return None
    said = Table(reading, node, node.mapping(optional=("minimum", "levels")), "sovereignty")
    levels = said.nodes.get("levels")
    lines = levels.entries().items() if levels is not None and not silent(levels) else ()
    return Sovereignty(said.said("minimum", _level), tuple(_objective(reading, name, line) for name, line in lines))


def _objective(reading: Reading, name: str, node: Node) -> SealLevel:
    if name not in OBJECTIVES:
        raise node.fail(f"expected one of {', '.join(OBJECTIVES)}; found {shown(name)}")
    said = Table(reading, node, node.mapping(optional=("level", "document")), f"sovereignty.levels.{name}")
    return SealLevel(name, said.said("level", _level), said.said("document", text))


def _level(node: Node) -> int:
    """A SEAL level, 0 to 4."""
    if (number := node.integer()) not in range(5):
        raise node.fail(f"expected a SEAL level from 0 to 4, found {number}")
    return number


def _day(node: Node) -> date:
    return node.date()
