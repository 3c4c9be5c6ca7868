"""The rules as a lawyer looks them up: a list, and one rule with its texts, dates, parameters and remedy."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date

from model.assessment import Cite, ParameterValue, Rule, TextVersion, Words
from reports._naming import article
from reports._words import Language, language

_WIDTH = 80


def listing(rules: Sequence[Rule], stale: frozenset[str], on: date, lang: str) -> str:
    """One line per rule: id, kind, severity, first day, title; ``stale`` ids are marked."""
    words = language(lang)
    lines = _wrap(words.say("rules.heading", n=words.number(len(rules)), day=words.day(on)))
    for rule in rules:
        state = _state(rule, on, words)
        mark = f" – {words.say('rules.stale')}" if rule.id in stale else ""
        kind, severity = words.name("kind", rule.kind), words.name("severity", rule.severity)
        lines += _wrap(f"{rule.id:<8} {words.pick(rule.titles)}")
        lines += _wrap(f"{kind}, {severity}, {state}{mark}", 9)
    return "\n".join([*lines, "", *_wrap(words.say("rules.see"))]) + "\n"


def page(
    rule: Rule,
    texts: Sequence[TextVersion],
    parameters: Sequence[ParameterValue],
    before: Words,
    stale: bool,
    on: date,
    lang: str,
) -> str:
    """One rule on a day: every date and reference that a verdict of it rests on."""
    words = language(lang)
    by_id = {text.id: text for text in texts}
    lines = _wrap(f"{rule.id} – {words.pick(rule.titles)}")
    lines += _pair("rules.kind", words.name("kind", rule.kind), words)
    lines += _pair("rules.severity", words.name("severity", rule.severity), words)
    lines += _pair("rules.force", _state(rule, on, words), words)
    if on < rule.in_force_from:
        lines += _wrap(words.pick(before), 4)
    checked = words.day(rule.checked_on) + (f" – {words.say('rules.stale')}" if stale else "")
    lines += _pair("rules.checked", checked, words)
    lines += ["", words.say("rules.basis"), *(line for cite in rule.basis for line in _cite(cite, by_id, on, words))]
    lines += ["", words.say("rules.parameters"), *_parameters(parameters, words)]
    lines += ["", words.say("rules.remedy"), *_wrap(words.pick(rule.remedy), 2)]
    lines += ["", *_wrap(words.say("rules.page", id=rule.id))]
    return "\n".join(lines) + "\n"


def _state(rule: Rule, on: date, words: Language) -> str:
    if on < rule.in_force_from:
        return words.say("rules.not_yet", day=words.day(rule.in_force_from))
    if rule.in_force_to and on > rule.in_force_to:
        return words.say("rules.ended", day=words.day(rule.in_force_to))
    since = words.say("rules.since", day=words.day(rule.in_force_from))
    if rule.in_force_to:
        return f"{since} {words.say('rules.until', day=words.day(rule.in_force_to))}"
    return since


def _cite(cite: Cite, texts: dict[str, TextVersion], on: date, words: Language) -> Iterator[str]:
    text = texts.get(cite.text)
    name = words.pick(text.titles) if text else cite.text
    version = f" ({words.say('rules.version', version=cite.version)})" if cite.version else ""
    yield from _wrap(", ".join(part for part in (name, article(cite, words)) if part) + version, 2)
    if text is None:
        return
    if text.in_force_from and on < text.in_force_from:
        yield from _wrap(words.say("rules.text_not_yet", day=words.day(text.in_force_from)), 4)
    elif text.version and text.version != cite.version:
        yield from _wrap(words.say("rules.text_version", version=text.version, day=words.day(on)), 4)
    marks = [words.say("rules.text_checked", day=words.day(text.checked_on)), words.name("confidence", text.confidence)]
    yield from _wrap(f"[{text.id} · {' · '.join([*marks, *([text.url] if text.url else [])])}]", 4)


def _parameters(parameters: Sequence[ParameterValue], words: Language) -> Iterator[str]:
    if not parameters:
        yield f"  {words.say('none')}"
    for one in parameters:
        title = words.pick(one.titles)
        yield from _wrap(words.say("colon", label=f"{title} ({one.id})", value=_value(one, words)), 2)
        since = words.say("rules.since", day=words.day(one.since))
        checked = words.say("rules.text_checked", day=words.day(one.checked_on))
        yield from _wrap(f"[{one.reference} · {since} · {checked} · {words.name('confidence', one.confidence)}]", 4)


def _value(one: ParameterValue, words: Language) -> str:
    if one.value is None:
        return words.say("rules.no_value", day=words.day(one.since))
    match one.unit:
        case "percent":
            return words.share(float(one.value))
        case "months" | "days":
            return f"{one.value}\u00a0{words.name('unit', one.unit)}"
        case "day":
            return words.day(date.fromisoformat(one.value))
        case _:
            return one.value or words.say("none")


def _pair(key: str, value: str, words: Language) -> list[str]:
    return _wrap(words.say("colon", label=words.say(key), value=value), 2)


def _wrap(text: str, indent: int = 0) -> list[str]:
    start = " " * indent
    return textwrap.wrap(
        text, _WIDTH, initial_indent=start, subsequent_indent=f"{start}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
