"""Gaps in the order in which they can be lifted: by who grants, by right, by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model.observed import Reason
from model.places import Gap


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Gaps that have their place, reason, grantor and consequence in common.  ``hides`` are dataset ids."""

    target: str
    account: str
    region: str
    reason: Reason
    who_can_grant: str
    hides: tuple[str, ...]
    gaps: tuple[Gap, ...]


def grouped(gaps: Sequence[Gap], hides: Mapping[str, tuple[str, ...]]) -> list[GapGroup]:
    """The gaps in groups, the largest first, each gap in the order given; ``hides`` maps gap ids to dataset ids."""
    groups: dict[tuple[str, str, str, Reason, str, tuple[str, ...]], list[Gap]] = {}
    for gap in gaps:
        key = (gap.target, gap.account, gap.region, gap.reason, gap.who_can_grant, hides.get(gap.id, ()))
        groups.setdefault(key, []).append(gap)
    order = sorted(groups.items(), key=lambda item: -len(item[1]))
    return [GapGroup(*key, tuple(several)) for key, several in order]


def by_grantor(gaps: Sequence[Gap]) -> dict[str, list[Gap]]:
    """The gaps by who can lift them, the one who can lift most first."""
    found: dict[str, list[Gap]] = {}
    for gap in gaps:
        found.setdefault(gap.who_can_grant, []).append(gap)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def rights(gaps: Sequence[Gap]) -> dict[str, list[Gap]]:
    """The gaps by the right that would lift them, sorted."""
    found: dict[str, list[Gap]] = {}
    for gap in gaps:
        found.setdefault(gap.permission, []).append(gap)
    return dict(sorted(found.items()))
