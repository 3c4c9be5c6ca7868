"""A dataset before and after a move that nobody made yet: what it settles, what it leaves, what it depends on."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from model.assessment import JudgedDataset, JudgedPlace, Judgement, Outcome, Verdict, countries_of
from model.datasets import Dataset, Flow
from model.observed import Confidence, known
from model.parties import ExposureGrade, Qualification
from model.places import Offer
from reports import _records
from reports._naming import fact
from reports._text import inert_json, visible
from reports._words import Language, language

_WIDTH = 80
_SETTLED = (Outcome.PASS, Outcome.NOT_APPLICABLE)
_REACHING = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED, ExposureGrade.UNKNOWN)
_NEW = "simulation"
_ALWAYS_OPEN = ("keys", "support", "contract", "dns")


def render(before: Judgement, after: Judgement, offer: Offer, flows: tuple[Flow, ...], lang: str) -> str:
    """The comparison as text of 80 columns.  Each judgement holds the one dataset that moves."""
    words = language(lang)
    was, will = before.datasets[0], after.datasets[0]
    new, stay = _split(after)
    lines = [
        *_wrap(
            words.say(
                "simulation.heading",
                dataset=visible(was.dataset.title or was.dataset.id, 80),
                offer=visible(offer.name, 120),
                day=words.day(after.on),
            )
        ),
        *_wrap(words.say("simulation.nature")),
        *_wrap(
            words.say(
                "colon",
                label=words.say("simulation.verdict"),
                value=f"{words.name('verdict', was.word)} → {words.name('verdict', will.word)}",
            )
        ),
    ]
    pairs = [(_of(was, verdict.rule), verdict) for verdict in will.verdicts]
    settled = [(old, v) for old, v in pairs if v.outcome in _SETTLED and old and old.outcome not in _SETTLED]
    failing = [(old, v) for old, v in pairs if v.outcome is Outcome.FAIL]
    still_open = [(old, v) for old, v in pairs if v.outcome is Outcome.UNDETERMINED]
    lines += ["", words.say("simulation.settled"), *_rules(settled, after, words, because=False)]
    lines += ["", words.say("simulation.failing"), *_rules(failing, after, words)]
    lines += ["", words.say("simulation.open"), *_rules(still_open, after, words)]
    lines += ["", words.say("simulation.offer"), *_offered(new, after, words)]
    lines += ["", words.say("simulation.stays"), *_staying(stay, flows, after, words)]
    return "\n".join([*lines, "", *_wrap(words.say("notice"))]) + "\n"


def as_json(before: Judgement, after: Judgement, offer: Offer, flows: tuple[Flow, ...], lang: str) -> bytes:
    """The comparison as data: outcomes of every rule on both sides, the new place, and what stays."""
    words = language(lang)
    was, will = before.datasets[0], after.datasets[0]
    new, stay = _split(after)
    data: dict[str, Any] = {
        "dataset": was.dataset.id,
        "offer": {
            "asked": offer.word,
            "name": offer.name,
            "provider": offer.provider,
            "service_id": offer.service_id or None,
            "regions": [site.region for site in offer.sites if site.region],
        },
        "on": after.on.isoformat(),
        "verdict": {"before": was.word.value, "after": will.word.value},
        "rules": [_rule(_of(was, verdict.rule), verdict, words) for verdict in will.verdicts],
        "new_place": [_place(one, will.dataset, words) for one in new],
        "stays": [_place(one, will.dataset, words) | {"stores": one.place.stores} for one in stay],
        "flows": [_records.flow(one) for one in flows],
        "gaps": list(will.gaps),
    }
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return (inert_json(text) + "\n").encode()


def _split(after: Judgement) -> tuple[list[JudgedPlace], list[JudgedPlace]]:
    new = [one for one in after.places if one.place.scanner == _NEW]
    return new, [one for one in after.places if one.place.scanner != _NEW]


def _of(judged: JudgedDataset, rule: str) -> Verdict | None:
    return next((verdict for verdict in judged.verdicts if verdict.rule == rule), None)


def _rules(
    pairs: Sequence[tuple[Verdict | None, Verdict]], judgement: Judgement, words: Language, because: bool = True
) -> Iterator[str]:
    titles = {rule.id: words.pick(rule.titles) for rule in judgement.rules}
    kinds = {rule.id: words.name("kind", rule.kind) for rule in judgement.rules}
    if not pairs:
        yield f"  {words.say('none')}"
    for old, verdict in pairs:
        was = words.name("outcome", old.outcome) if old else words.say("none")
        change = f"{was} → {words.name('outcome', verdict.outcome)}"
        if old and old.outcome is verdict.outcome:
            change = words.say("simulation.as_before", outcome=words.name("outcome", verdict.outcome))
        yield from _wrap(f"{verdict.rule} {titles[verdict.rule]} ({kinds[verdict.rule]}) – {change}", 2)
        if because:
            for reason in verdict.because[:4]:
                yield from _wrap(f"– {visible(words.pick(reason), 300)}", 4)
        if verdict.missing:
            names = words.sequence(fact(name, words) for name in verdict.missing)
            yield from _wrap(words.say("colon", label=words.say("simulation.depends"), value=names), 4)


def _rule(old: Verdict | None, new: Verdict, words: Language) -> dict[str, Any]:
    return {
        "id": new.rule,
        "before": old.outcome.value if old else None,
        "after": new.outcome.value,
        "because": [words.pick(reason) for reason in new.because],
        "missing_facts": list(new.missing),
        "evidence": _records.sources_of(new.sources),
    }


def _offered(new: list[JudgedPlace], after: Judgement, words: Language) -> Iterator[str]:
    for one in new:
        countries = words.sequence(words.country(code) for code in sorted(countries_of(one.place)))
        where = countries or words.say("situation.country_unknown")
        provider = known(one.place.provider) or words.say("unknown")
        yield from _wrap(f"{visible(provider, 80)}, {where}", 2)
        for qualification in one.place.qualifications:
            yield from _qualification(qualification, words)
        yield from _exposures(one, after, words)


def _qualification(one: Qualification, words: Language) -> Iterator[str]:
    why = one.why_fr if words.code == "fr" else one.why_en
    yield from _wrap(f"{words.name('scheme', one.scheme)}, {words.name('status', one.status)} – {visible(why, 400)}", 4)
    marks = [visible(one.source.what, 160), words.day(one.source.read_at.date())]
    if one.confidence is not Confidence.CERTAIN:
        marks.append(words.name("confidence", one.confidence))
    yield from _wrap(f"[{' · '.join(marks)}]", 6)


def _exposures(one: JudgedPlace, after: Judgement, words: Language) -> Iterator[str]:
    reaching = [exposure for exposure in one.exposures if exposure.grade in _REACHING]
    if not reaching:
        yield from _wrap(words.say("simulation.no_exposure"), 4)
    names = {law.id: words.pick(law.titles) for law in after.laws if not law.country}
    for exposure in reaching:
        grade = words.name("exposure", exposure.grade)
        path = " → ".join(visible(step, 60) for step in exposure.path)
        law, reason = names.get(exposure.law, exposure.law), words.name("reach", exposure.reason)
        yield from _wrap(f"{law}, {grade} ({reason}){f' – {path}' if path else ''}", 4)


def _staying(stay: list[JudgedPlace], flows: tuple[Flow, ...], after: Judgement, words: Language) -> Iterator[str]:
    gaps = after.datasets[0].gaps
    for one in stay:
        place = one.place
        countries = words.sequence(words.country(code) for code in sorted(countries_of(place)))
        provider = visible(known(place.provider) or words.say("unknown"), 60)
        where = countries or words.say("situation.country_unknown")
        label = f"{words.name('place', place.role)}, {provider}, {where}, {words.count('n.stores', place.stores)}"
        yield from _wrap(words.say("colon", label=label, value=words.name("verdict", one.word)), 2)
        yield from _exposures(one, after, words)
    for flow in flows:
        means, end = visible(flow.means, 60), visible(flow.destination, 60)
        yield from _wrap(words.say("simulation.flow", id=visible(flow.id, 60), means=means, destination=end), 2)
    if gaps:
        yield from _wrap(words.say("simulation.gaps", gaps=words.count("n.gaps", len(gaps))), 2)
    for item in _ALWAYS_OPEN:
        yield from _wrap(words.say(f"simulation.{item}"), 2)


def _wrap(text: str, indent: int = 0) -> list[str]:
    start = " " * indent
    return textwrap.wrap(
        text, _WIDTH, initial_indent=start, subsequent_indent=f"{start}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _place(judged: JudgedPlace, dataset: Dataset, words: Language) -> dict[str, Any]:
    """A place with what the dataset says of health there: nobody has looked at stores of tomorrow."""
    return _records.place(judged, words) | {"health": _records.health(judged, {dataset.id: dataset}, None)}
