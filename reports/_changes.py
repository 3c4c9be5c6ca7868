"""The changes between two editions: as text for a terminal, as data; as they come."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from model.assessment import Header
from model.changes import About, Change, ChangeKind
from model.codec import dumps
from reports._text import inert_json, visible
from reports._words import Language, language

_WIDTH = 80
_SHOWN = 40
_LONG = 120
_BRIEF = ("title", "provider", "countries", "verdict", "scope", "reason", "state", "status")
"""What is told of a thing that only one of the editions has."""
_VOCABULARY = {"role": "place", "verdict": "verdict", "outcome": "outcome", "state": "derogation", "reason": "reason"}


def render(found: Iterable[Change], since: Header, until: Header, format: str, lang: str) -> Iterator[str]:
    """The changes in ``format`` (``table``, ``json`` or ``jsonl``), piece by piece."""
    match format:
        case "jsonl":
            return (f"{record_line(change)}\n" for change in found)
        case "json":
            return _json(found, since, until)
        case _:
            return (f"{line}\n" for line in _lines(found, since, until, language(lang)))


def record(change: Change) -> dict[str, Any]:
    """One change as the JSON report holds it."""
    return {
        "kind": change.kind.value,
        "about": change.about.value,
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
    }


def record_line(change: Change) -> str:
    """The same as one line of JSON, without its end."""
    return inert_json(dumps(record(change)).decode())


def tally(counts: Mapping[str, Mapping[str, int]], words: Language) -> list[str]:
    """``Emplacements : apparition 2, non revu 1``, one line for each kind of thing that has changes."""
    return [
        words.say(
            "colon",
            label=words.name("about", about),
            value=", ".join(
                f"{words.name('change', kind)} {words.number(counts[about][kind])}"
                for kind in ChangeKind
                if counts[about].get(kind)
            ),
        )
        for about in About
        if counts.get(about)
    ]


def _json(found: Iterable[Change], since: Header, until: Header) -> Iterator[str]:
    counts: dict[str, Counter[str]] = {}
    yield '{"changes":['
    comma = "\n"
    for change in found:
        counts.setdefault(change.about.value, Counter())[change.kind.value] += 1
        yield comma + record_line(change)
        comma = ",\n"
    ends = (f',\n"{name}":{dumps(value).decode()}' for name, value in (("counts", counts), ("since", since.edition)))
    yield "]" + "".join(ends) + f',\n"until":{dumps(until.edition).decode()}}}\n'


def _lines(found: Iterable[Change], since: Header, until: Header, words: Language) -> Iterator[str]:
    sides = {"old": words.moment(since.started_at), "new": words.moment(until.started_at)}
    yield from _wrap(words.say("compared.between", **sides), 0)
    yield from _wrap(words.say("compared.method"), 0)
    counts: dict[str, Counter[str]] = {}
    for about, several in groupby(found, key=lambda change: change.about):
        counted = counts.setdefault(about.value, Counter())
        yield ""
        yield words.name("about", about)
        for change in several:
            counted[change.kind.value] += 1
            if counted.total() <= _SHOWN:
                yield from _entry(change, words)
        if counted.total() > _SHOWN:
            yield from _wrap(words.say("compared.more", n=words.number(counted.total() - _SHOWN)), 2)
    yield ""
    for line in tally(counts, words) or [words.say("compared.nothing")]:
        yield from _wrap(line, 0)


def _entry(change: Change, words: Language) -> Iterator[str]:
    label = words.name("change", change.kind)
    yield from _wrap(words.say("colon", label=label, value=visible(change.subject, _LONG)), 2)
    if what := _what(change, words):
        yield from _wrap(what, 6)


def _what(change: Change, words: Language) -> str:
    before, after = change.before, change.after
    if before is not None and after is not None:
        changed = [
            words.say(
                "colon",
                label=words.name("changed_field", name),
                value=f"{_value(name, before[name], words)} → {_value(name, after[name], words)}",
            )
            for name in before
            if before[name] != after[name]
        ]
        return "; ".join(changed) if words.code == "en" else "\u202f; ".join(changed)
    whole = after or before or {}
    return ", ".join(_value(name, whole[name], words) for name in _BRIEF if whole.get(name) not in (None, ""))


def _value(name: str, value: Any, words: Language) -> str:
    if value is None:
        return words.say("unknown")
    if isinstance(value, bool):
        return words.say("yes" if value else "no")
    if isinstance(value, Mapping):
        custody = words.name("custody", str(value.get("custody", "")))
        return ", ".join(filter(None, (custody, visible(str(value.get("id") or ""), _LONG))))
    if isinstance(value, list):
        each = (words.country(one) if name == "countries" else words.name(name, str(one)) for one in value)
        return words.sequence(visible(one, _LONG) for one in each) or words.say("none")
    if name == "outcome" and value == "derogated":
        return words.name("verdict", value)
    return visible(words.name(_VOCABULARY.get(name, ""), str(value)), _LONG)


def _wrap(text: str, indent: int) -> list[str]:
    start = " " * indent
    return textwrap.wrap(
        text, _WIDTH, initial_indent=start, subsequent_indent=f"{start}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
