"""What files and names amount to, one by one, as they are looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from model.health import Detection, Signal
from reports import _records
from reports._text import inert_json, visible
from reports._words import Language, language


def render(found: Iterable[Detection], format: str, lang: str) -> Iterator[str]:
    """``jsonl``: an object a line; ``json``: one list; ``table``: a line each, with its evidence."""
    match format:
        case "jsonl":
            for one in found:
                yield _dumps(_record(one)) + "\n"
        case "json":
            before = "[\n"
            for one in found:
                yield before + _dumps(_record(one))
                before = ",\n"
            yield "\n]\n" if before != "[\n" else "[]\n"
        case _:
            words = language(lang)
            for one in found:
                yield _line(one, words)


def _record(one: Detection) -> dict[str, Any]:
    return {
        "path" if one.is_file else "name": one.subject,
        "status": one.status.value,
        "score": one.score,
        "identification": one.identification.value if one.identification else None,
        "signals": [_records.signal(signal) for signal in one.signals],
        "unread": one.unread or None,
    }


def _dumps(data: Any) -> str:
    return inert_json(json.dumps(data, ensure_ascii=False, sort_keys=True))


def _line(one: Detection, words: Language) -> str:
    parts = [words.name("health_status", one.status), decimal(one.score, words)]
    if one.identification:
        parts.append(words.name("identity", one.identification))
    evidence = "; ".join(evidence_of(signal, words) for signal in one.signals) or words.say("detect.nothing")
    unread = f" ({words.say('detect.unread', why=words.name('unread_object', one.unread))})" if one.unread else ""
    return f"{visible(one.subject, 200)}: {', '.join(parts)} – {evidence}{unread}\n"


def evidence_of(signal: Signal, words: Language) -> str:
    """A signal as a person reads it: family, signature, weight, and the columns that single people out."""
    columns = f" ({', '.join(signal.columns)})" if signal.columns else ""
    seen = f" × {signal.count}" if signal.count > 1 else ""
    family = words.name("health_family", signal.family)
    what = words.say("detect.evidence", family=family, id=visible(signal.id))
    return f"{what} {decimal(signal.weight, words)}{seen}{columns}"


def decimal(value: float, words: Language) -> str:
    """Two decimals, after a comma in French."""
    return f"{value:.2f}".replace(".", "," if words.code == "fr" else ".")
