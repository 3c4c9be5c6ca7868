"""The rows and sheets that the committee edition prints: words and numbers ready to show, no judgement."""

from __future__ import annotations

from dataclasses import dataclass

from model.datasets import Flow
from reports._evidence import Citation
from reports._hds import HdsTable
from reports._pictures._tree import Tree


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Places that a reader would call the same; ``notes`` say what weakens the row."""

    nature: str
    where: str
    region: str
    mark: str
    provider: str
    operator: str
    key: str
    schemes: tuple[tuple[str, str, str], ...]
    exposure: str
    exposure_text: str
    stores: int
    examples: tuple[str, ...]
    notes: tuple[str, ...]
    when: str
    evidence: Citation


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a chain of control, from the operator upward."""

    name: str
    country: str
    share: str
    control: str
    mark: str


@dataclass(frozen=True, slots=True)
class Chain:
    """An operator and its holders; ``top`` is the ultimate parent, empty when the chain is not fully known."""

    name: str
    country: str
    role: str
    registrations: str
    mark: str
    steps: tuple[Step, ...]
    top: str
    evidence: Citation


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """The state of one scheme for one service."""

    scheme: str
    version: str
    service: str
    status: str
    status_text: str
    expires: str
    activities: str
    why: str
    mark: str
    stale: bool
    evidence: Citation


@dataclass(frozen=True, slots=True)
class ExposureRow:
    """One law that reaches places, through one path; ``datasets`` are ids, ``""`` for stores tied to none."""

    law: str
    state: str
    country: str
    grade: str
    grade_text: str
    reason: str
    path: str
    stores: int
    mark: str
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule asked of the dataset, with its outcome in words."""

    rule: str
    title: str
    basis: str
    outcome: str
    outcome_text: str
    reasons: tuple[str, ...]
    missing: str
    covered: str
    kind: str
    kind_text: str
    evidence: Citation


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything printed of one dataset."""

    id: str
    anchor: str
    title: str
    verdict: str
    facts: tuple[tuple[str, str], ...]
    gaps: tuple[str, ...]
    gap_count: int
    places: tuple[PlaceRow, ...]
    hidden_places: int
    chains: tuple[Chain, ...]
    unknown_operators: tuple[str, ...]
    tree: Tree | None
    hds: HdsTable | None
    schemes: tuple[SchemeRow, ...]
    exposures: tuple[ExposureRow, ...]
    rules: tuple[RuleRow, ...]
    flows: tuple[Flow, ...]
    has_hds: bool
