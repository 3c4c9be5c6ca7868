"""How what was judged differs: datasets, outcomes of rules, derogations, qualifications in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from model.assessment import JudgedDataset, Judgement
from model.changes import About, Change, ChangeKind

_UNATTACHED = "unattached"


def dataset_changes(before: Judgement, after: Judgement, declared: bool) -> Iterator[Change]:
    """Datasets that came, went or bear another verdict; ``declared`` tells that a register was read again."""
    was = {id: {"title": one.dataset.title, "verdict": one.word.value} for id, one in _datasets(before).items()}
    now = {id: {"title": one.dataset.title, "verdict": one.word.value} for id, one in _datasets(after).items()}
    yield from _compared(About.DATASET, was, now, declared)


def rule_changes(before: Judgement, after: Judgement) -> Iterator[Change]:
    """Other outcomes for the datasets of both editions; a rule that only one of them knows has none in the other."""
    was, now = _datasets(before), _datasets(after)
    for id in sorted(was.keys() & now.keys()):
        old, new = _outcomes(was[id]), _outcomes(now[id])
        for rule in sorted(old.keys() | new.keys()):
            if old.get(rule) != new.get(rule):
                values = ({"outcome": old.get(rule)}, {"outcome": new.get(rule)})
                yield Change(ChangeKind.CHANGED, About.RULE, f"{id} · {rule}", *values)


def derogation_changes(before: Judgement, after: Judgement, declared: bool) -> Iterator[Change]:
    """Derogations that came, went or stand otherwise."""
    was = {one.derogation.id: {"state": one.state.value} for one in before.derogations}
    now = {one.derogation.id: {"state": one.state.value} for one in after.derogations}
    yield from _compared(About.DEROGATION, was, now, declared)


def qualification_changes(before: Judgement, after: Judgement, whole: bool) -> Iterator[Change]:
    """Qualifications of the services in use; ``whole`` tells that no listing was missed, so that disuse is proven."""
    yield from _compared(About.QUALIFICATION, _qualifications(before), _qualifications(after), whole)


def _datasets(judgement: Judgement) -> dict[str, JudgedDataset]:
    found = {one.dataset.id: one for one in judgement.datasets}
    return found | ({_UNATTACHED: judgement.unattached} if judgement.unattached else {})


def _outcomes(judged: JudgedDataset) -> dict[str, str]:
    return {one.rule: "derogated" if one.derogation else one.outcome.value for one in judged.verdicts}


def _qualifications(judgement: Judgement) -> dict[str, dict[str, list[str]]]:
    found: dict[str, set[str]] = {}
    for judged in judgement.places:
        for one in judged.place.qualifications:
            if service := one.service_id or one.service:
                found.setdefault(f"{one.scheme} · {service}", set()).add(one.status.value)
    return {subject: {"status": sorted(statuses)} for subject, statuses in found.items()}


def _compared(
    about: About, was: Mapping[str, dict[str, Any]], now: Mapping[str, dict[str, Any]], proven: bool
) -> Iterator[Change]:
    """The changes between two sets of things; what is missing from the second is gone when that is ``proven``."""
    for id in sorted(was.keys() | now.keys()):
        if id not in was:
            yield Change(ChangeKind.NEW, about, id, None, now[id])
        elif id not in now:
            yield Change(ChangeKind.GONE if proven else ChangeKind.NOT_SEEN_AGAIN, about, id, was[id], None)
        elif was[id] != now[id]:
            yield Change(ChangeKind.CHANGED, about, id, *differing(was[id], now[id]))


def differing(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two descriptions of a thing, what is not the same in both."""
    names = [name for name in was if was[name] != now[name]]
    return {name: was[name] for name in names}, {name: now[name] for name in names}
