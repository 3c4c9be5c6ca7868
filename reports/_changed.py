"""What changed since the previous edition, as a committee reads it: counts first, then the verdicts that moved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.assessment import Assessment
from model.changes import About, Change, ChangeKind
from reports._text import visible
from reports._words import Language

_TOLD = 4
_ROWS = 60
_LONG = 160


@dataclass(frozen=True, slots=True)
class Changed:
    """``counts`` has a row per kind of thing and a column per kind of change; ``rows`` go to the annex."""

    since: str
    counts: tuple[tuple[str, tuple[int, ...]], ...]
    told: tuple[str, ...]
    rows: tuple[tuple[str, str, str, str, str], ...]
    more: int


def changed(assessment: Assessment, titles: Mapping[str, str], words: Language) -> Changed | None:
    """``None`` when no comparison was made."""
    found = assessment.changes
    if found is None:
        return None
    counts = tuple(
        (words.name("about", about), tuple(found.counts.get(about, {}).get(kind, 0) for kind in ChangeKind))
        for about in About
        if any(found.counts.get(about, {}).values())
    )
    total = sum(sum(row) for _, row in counts)
    moved = [one for one in found.first if one.about is About.DATASET]
    return Changed(
        since=visible(found.since, 60),
        counts=counts,
        told=tuple(_line(one, titles, words) for one in moved[:_TOLD]),
        rows=tuple(_row(one, titles, words) for one in found.first[:_ROWS]),
        more=max(0, total - len(found.first[:_ROWS])),
    )


def _line(one: Change, titles: Mapping[str, str], words: Language) -> str:
    name = visible(titles.get(one.subject, one.subject), 120)
    before, after = _verdict(one.before, words), _verdict(one.after, words)
    if before and after:
        return words.say("colon", label=name, value=f"{before} → {after}")
    return words.say("colon", label=name, value=words.name("change", one.kind))


def _verdict(data: Mapping[str, Any] | None, words: Language) -> str:
    verdict = (data or {}).get("verdict")
    return words.name("verdict", verdict) if isinstance(verdict, str) else ""


def _row(one: Change, titles: Mapping[str, str], words: Language) -> tuple[str, str, str, str, str]:
    return (
        words.name("about", one.about),
        visible(titles.get(one.subject, one.subject), _LONG),
        words.name("change", one.kind),
        _data(one.before, words),
        _data(one.after, words),
    )


def _data(data: Mapping[str, Any] | None, words: Language) -> str:
    """JSON data as they are compared: names of members are those of the JSON edition."""
    if data is None:
        return "–"
    parts = []
    for name, value in sorted(data.items()):
        shown = words.say("unknown") if value is None else value
        text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
        parts.append(f"{name} = {words.name('verdict', words.name('outcome', text))}")
    return visible(", ".join(parts), _LONG)
