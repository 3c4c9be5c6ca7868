"""The figures of editions, oldest first: as a table for a terminal, as data for JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from model.assessment import Word
from model.changes import Point
from model.codec import instant
from reports._text import inert_json
from reports._words import Language, language


def render(points: Sequence[Point], format: str, lang: str) -> bytes:
    """The figures in ``format``: ``table`` or ``json``."""
    if format == "json":
        text = json.dumps({"editions": records(points)}, ensure_ascii=False, indent=1, sort_keys=True)
        return (inert_json(text) + "\n").encode()
    return _table(points, language(lang)).encode()


def records(points: Sequence[Point]) -> list[dict[str, Any]]:
    """One object per edition, as in the ``trend`` of the JSON report."""
    return [
        {
            "edition": one.edition,
            "started_at": instant(one.started_at),
            "on": one.on.isoformat(),
            "complete": one.complete,
            "stores": one.stores,
            "copies": one.copies,
            "datasets": one.datasets,
            "gaps": one.gaps,
            "rate": {"min": one.rate_min, "max": one.rate_max},
            "verdicts": dict(one.verdicts),
            "dataset_verdicts": dict(one.dataset_verdicts),
            "exit": one.exit,
        }
        for one in points
    ]


def _table(points: Sequence[Point], words: Language) -> str:
    from tabulate import tabulate

    if not points:
        return words.say("past.nothing") + "\n"
    heads = ("edition", "on", "stores", *Word, "rate", "gaps", "exit")
    text = tabulate(
        [_row(one, words) for one in points],
        headers=[words.name("past", head) for head in heads],
        tablefmt="simple",
        disable_numparse=True,
        colalign=["left", "left", *["right"] * (len(heads) - 2)],
    )
    notes = [words.say("past.partial_note")] if any(not one.complete for one in points) else []
    return "\n".join([text, "", *notes, words.say("past.rate_note")]) + "\n"


def _row(one: Point, words: Language) -> list[str]:
    low, high = words.percent(one.rate_min), words.percent(one.rate_max)
    rate = low if low == high else f"{low}–{high}"
    gaps = words.number(one.gaps)
    return [
        one.edition if one.complete else f"{one.edition} *",
        one.on.isoformat(),
        words.number(one.stores),
        *(words.number(one.verdicts.get(word, 0)) for word in Word),
        rate,
        gaps,
        str(one.exit),
    ]
