"""One resource of an answer: its document, checked, with what the rows read beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from model.observed import Source
from model.places import Copy, Gap, Store, Target
from scanners._table import Document, evaluate, names_used
from scanners.azure import ids
from scanners.azure.clouds import Cloud
from scanners.azure.errors import BrokenAnswerError, Failure, broken
from scanners.azure.keys import Surroundings
from scanners.azure.regions import has_pair, pair_of, processing_place, region_code
from scanners.azure.rows import Row


@dataclass(slots=True)
class Found:
    """What reading some resources gave."""

    stores: list[Store] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Item:
    """One resource: its row, its document, and where that comes from.

    ``failure`` is why its properties could not be read, when only the general list of resources told of it;
    ``reported`` tells that a gap of a whole list says so already.
    """

    row: Row
    target: Target
    cloud: Cloud
    arm_id: ids.ArmId
    document: Document
    source: Source
    around: Surroundings
    failure: Failure | None = None
    reported: bool = False

    def ask(self, expression: str) -> Any:
        """The value of an expression over this resource."""
        return evaluate(expression, self.document)

    def hidden(self, expression: str) -> Failure | None:
        """Why the value of an expression is not known, when it reads the properties."""
        return self.failure if self.failure is not None and "properties" in names_used(expression) else None

    @property
    def id(self) -> str:
        """The identifier of the resource."""
        return str(self.arm_id)


def item_of(
    row: Row,
    raw: Any,
    target: Target,
    cloud: Cloud,
    source: Source,
    around: Surroundings,
    parent: Mapping[str, Any] | None = None,
    failure: Failure | None = None,
) -> Item:
    """The resource ``raw`` of a list.  Raises BrokenAnswerError for what is none, or is of another kind."""
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise BrokenAnswerError("an item of the list has no identifier")
    arm_id = ids.parse(raw["id"])
    if arm_id is None:
        raise BrokenAnswerError("the identifier of an item could not be read")
    for name, kind in (("location", str), ("name", str), ("properties", dict), ("tags", dict), ("sku", dict)):
        if raw.get(name) is not None and not isinstance(raw[name], kind):
            raise BrokenAnswerError(f"the {name} of an item could not be read")
    if failure is None and raw.get("properties") is None and row.graph:
        failure = broken("the answer lacks the properties")
    above = dict(parent) if parent is not None else around.parent_of(str(arm_id))
    code = region_code(text_of(raw.get("location")) or text_of(above.get("location")))
    document = {
        **raw,
        "_region": code or None,
        "_pair": pair_of(code) if code else None,
        "_own_pair": pair_of(code) if code and has_pair(code) else None,
        "_own_parent": arm_id.parent or None,
        "_parent": {**above, "_pair": pair_of(region_code(text_of(above.get("location"))))} if above else {},
        "_processing": processing_place(text_of((raw.get("sku") or {}).get("name")), code),
    }
    return Item(row, target, cloud, arm_id, document, source, around, failure)


def text_of(value: Any) -> str:
    """``value`` when it is a text, else an empty one."""
    return value if isinstance(value, str) else ""
