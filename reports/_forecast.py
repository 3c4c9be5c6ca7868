"""What is known to change on the days to come: as text for a terminal, as data for JSON, as rows for a page."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from model.assessment import Assessment, Effect, Forecast, ForecastKind
from model.codec import instant
from model.observed import Confidence, Source
from reports._text import inert_json, visible
from reports._words import Language, language

_WIDTH = 80
_MOST_EFFECTS = 12
_LONG = 160


def render(forecast: Sequence[Forecast], on: date, until: date, lang: str) -> str:
    """The forecast by day, at most 80 columns but for what cannot be cut."""
    words = language(lang)
    lines = [*_wrap(words.say("coming.heading", on=words.day(on), until=words.day(until)), 0)]
    lines += _wrap(words.say("coming.method"), 0)
    if not forecast:
        lines += ["", *_wrap(words.say("coming.nothing"), 0)]
    day: date | None = None
    for one in forecast:
        if one.on != day:
            day = one.on
            lines += ["", words.day(day)]
        lines += _entry(one, words)
    return "\n".join([*lines, "", *_wrap(words.say("notice"), 0)]) + "\n"


def as_json(forecast: Sequence[Forecast], on: date, until: date) -> bytes:
    """The forecast as the ``forecast`` key of the JSON report has it, with the days asked."""
    data = {"forecast": records(forecast), "on": on.isoformat(), "until": until.isoformat()}
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return (inert_json(text) + "\n").encode()


def records(forecast: Sequence[Forecast]) -> list[dict[str, Any]]:
    """One object per entry.  ``effect`` holds ``dataset: before → after`` and ``dataset · rule: before → after``."""
    return [
        {
            "on": one.on.isoformat(),
            "what": one.what.value,
            "subject": one.subject,
            "since": one.since.isoformat(),
            "effect": [_plain(effect) for effect in one.effects],
            "datasets": sorted({effect.dataset for effect in one.effects}),
            "sources": [_record(source) for source in one.sources],
        }
        for one in forecast
    ]


def rows(assessment: Assessment, words: Language) -> list[dict[str, Any]] | None:
    """What a committee reads: the entries that change something for it, in its words; ``None`` when none was made."""
    if assessment.forecast is None:
        return None
    titles = {judged.dataset.id: judged.dataset.title for judged in assessment.judgement.datasets}
    return [
        {
            "on": one.on.isoformat(),
            "what": one.what.value,
            "subject": titles.get(one.subject) or one.subject,
            "effect": [effect_words(effect, titles.get(effect.dataset, ""), words) for effect in one.effects],
        }
        for one in assessment.forecast
        if one.effects or one.what is ForecastKind.DATA_STALE
    ]


def effect_words(effect: Effect, title: str, words: Language) -> str:
    """``Entrepôt, A31-003 : satisfaite → non satisfaite``."""
    name = visible(title or effect.dataset, 60)
    before, after = _state(effect.about, effect.before, words), _state(effect.about, effect.after, words)
    if effect.about != "verdict":
        name = f"{name}, {visible(_about(effect.about, words), 60)}"
    return words.say("colon", label=name, value=f"{before} → {after}")


def _entry(one: Forecast, words: Language) -> Iterator[str]:
    label = words.name("forecast", one.what)
    yield from _wrap(words.say("colon", label=label, value=visible(one.subject, _LONG)), 2)
    for source in one.sources[:1]:
        yield from _wrap(_source(source, words), 6)
    if not one.effects:
        yield from _wrap(words.say(_without(one)), 6)
    elif one.since != one.on:
        yield from _wrap(words.say("coming.since", day=words.day(one.since)), 6)
    for effect in one.effects[:_MOST_EFFECTS]:
        yield from _wrap(effect_words(effect, "", words), 6)
    if len(one.effects) > _MOST_EFFECTS:
        yield from _wrap(words.say("more", n=words.number(len(one.effects) - _MOST_EFFECTS)), 6)


def _without(one: Forecast) -> str:
    return "coming.warned" if one.what is ForecastKind.DATA_STALE else "coming.no_effect"


def _about(about: str, words: Language) -> str:
    scheme, dot, service = about.partition(" · ")
    return f"{words.name('scheme', scheme)} {service}" if dot else about


def _state(about: str, state: str, words: Language) -> str:
    if not state:
        return words.say("none")
    if about == "verdict" or state == "derogated":
        return words.name("verdict", state)
    if " · " in about:
        return ", ".join(words.name("status", part) for part in state.split("+"))
    return words.name("outcome", state)


def _plain(effect: Effect) -> str:
    about = "" if effect.about == "verdict" else f" · {effect.about}"
    return f"{effect.dataset}{about}: {effect.before or 'none'} → {effect.after or 'none'}"


def _source(source: Source, words: Language) -> str:
    marks = [visible(source.what, _LONG), words.day(source.read_at.date())]
    if source.confidence is not Confidence.CERTAIN:
        marks.append(words.name("confidence", source.confidence))
    return f"[{' · '.join(marks)}]"


def _record(source: Source) -> dict[str, Any]:
    return {
        "source": source.what,
        "read_at": instant(source.read_at),
        "grade": source.grade.value,
        "confidence": source.confidence.value,
        "url": source.url or None,
    }


def _wrap(text: str, indent: int) -> list[str]:
    start = " " * indent
    return textwrap.wrap(
        text, _WIDTH, initial_indent=start, subsequent_indent=f"{start}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
