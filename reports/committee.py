"""The committee edition: one HTML page that a board reads and prints, needing nothing but itself.

Decisions come first, then the situation, what could not be seen, breaches, exposures apart from them, one sheet
per dataset, and the annexes that let anyone check.  Long lists are grouped or cut with their count; the JSON
edition holds everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model.assessment import Assessment, JudgedDataset, JudgedPlace, Outcome, RuleKind, Word
from model.changes import ChangeKind
from model.datasets import Flow
from model.observed import Absent, Unread, known
from model.parties import ExposureGrade
from model.places import Gap
from reports import _forecast
from reports._changed import changed
from reports._decisions import decisions
from reports._differences import RULES as DIFFERENCES
from reports._evidence import Evidence
from reports._extract import extract
from reports._findings import Finding, findings
from reports._flows import observed
from reports._gaps import by_grantor, grouped, rights
from reports._horizons import horizons
from reports._hosts import hosts, surveyed
from reports._naming import detail, grantor, scope, told_by
from reports._pictures._map import UNKNOWN, counts, unplaced, views
from reports._pictures._ribbons import diagram
from reports._pictures._trend import MOST, trend
from reports._public import WITHHELD
from reports._register_rows import notice_rows, register_rows
from reports._rows import RuleRow
from reports._sheets import Writer, provider_words
from reports._text import visible
from reports._words import Language, language

NAME = "html"
SUFFIX = ".html"
MEDIA_TYPE = "text/html; charset=utf-8"

_CHUNK = 1 << 16
_DECISIONS = 20
_DIGEST = 8
_RIGHTS = 8
_TITLES = 4
_EXAMPLES = 60
_LOOSE = 60
_REACHING = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the lists of a page may be; what is left out is counted where it would stand."""

    sheets: int
    rows: int
    gaps: int


SCREEN = Limits(sheets=150, rows=2_000, gaps=1_000)


@dataclass(frozen=True, slots=True)
class Case:
    """A finding beside the dataset it is about."""

    subject: str
    row: RuleRow
    severity: str
    since: str


@dataclass(frozen=True, slots=True)
class RuleCases:
    """A rule, told once, and the findings that it gave."""

    row: RuleRow
    cases: list[Case]


@dataclass(frozen=True, slots=True)
class Cut:
    """The rows that are shown of a list, and how many are not."""

    rows: Sequence[Any]
    more: int


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The page in chunks of some 64 KiB, UTF-8."""
    held: list[str] = []
    size = 0
    for piece in pieces(assessment, language(lang), SCREEN):
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield "".join(held).encode()
            held.clear()
            size = 0
    yield "".join(held).encode()


def pieces(assessment: Assessment, words: Language, limits: Limits, *, printed: bool = False) -> Iterator[str]:
    """The page as text, piece by piece; ``printed`` for a program that lays out pages rather than a browser."""
    context = _context(assessment, words, limits) | {"printed": printed}
    yield from _environment().get_template("committee.html.j2").generate(context)


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Whatever a template prints, and wherever it came from, holds no control or direction character.
        finalize=lambda value: visible(value) if type(value) is str else value,
    )


def _context(assessment: Assessment, words: Language, limits: Limits) -> dict[str, Any]:
    """All that the template prints, in the order in which evidence is to be numbered."""
    judgement, header = assessment.judgement, assessment.header
    evidence = Evidence()
    places = {judged.place.facts_id: judged for judged in judgement.places}
    rules = {rule.id: rule for rule in (*judgement.rules, *DIFFERENCES)}
    writer = Writer(assessment, places, rules, evidence, words)
    found = findings(assessment)
    order = {word: rank for rank, word in enumerate(Word)}
    cases = sorted(judgement.datasets, key=lambda judged: (order[judged.word], judged.dataset.id))
    acts = decisions(assessment, found, evidence, lambda finding: writer.basis(finding.rule), words)
    titles = {judged.dataset.id: visible(judged.dataset.title or judged.dataset.id, 120) for judged in cases}
    titles[""] = words.say("unattached")
    anchors = {judged.dataset.id: f"jeu-{rank}" for rank, judged in enumerate(cases[: limits.sheets], 1)}
    whole = [one for one in found if one.group is None]

    def listed(kind: RuleKind, outcome: Outcome) -> Cut:
        chosen = [one for one in whole if one.rule.kind is kind and one.verdict.outcome is outcome]
        return _by_rule(chosen, writer, titles, limits, words)

    return {
        "w": words,
        "lang": words.code,
        "header": header,
        "exit": assessment.exit,
        "withheld": words.sequence(words.say(f"withheld.{key}") for key in WITHHELD),
        "summary": assessment.summary,
        "acts": acts[:_DECISIONS],
        "acts_more": max(0, len(acts) - _DECISIONS),
        "complete": not assessment.gaps,
        "rate": _rate(assessment, words),
        "persons": _persons(judgement.datasets, places, words),
        "verdicts": _verdicts(assessment),
        "digest_rows": _DIGEST,
        "changed": changed(assessment, titles, words),
        "change_kinds": tuple(ChangeKind),
        "trend": trend(assessment.trend, words),
        "points": [(point, _bracket(point.rate_min, point.rate_max, words)) for point in assessment.trend[-MOST:]],
        "countries": _countries(judgement.places, words),
        "maps": views(judgement.places, words),
        "unplaced": words.sequence(words.country(code) for code in unplaced(counts(judgement.places))),
        "diagram": diagram(judgement.places, titles, words),
        "hosts": _hosts(assessment, limits, words),
        "datasets": _cut([_line(judged, places, anchors, words) for judged in cases[: limits.rows]], len(cases)),
        "rights": _rights(assessment.gaps, words),
        "gap_groups": _gap_groups(assessment.gaps[: limits.gaps], judgement.datasets, titles, words),
        "linked": frozenset(gap.id for gap in assessment.gaps[: limits.gaps]),
        "gaps_more": max(0, len(assessment.gaps) - limits.gaps),
        "breaches": listed(RuleKind.BREACH, Outcome.FAIL),
        "at_fault": _at_fault(found, assessment, titles, limits, words),
        "open": listed(RuleKind.BREACH, Outcome.UNDETERMINED),
        "indicative": _indicative(whole, writer, titles, limits, words),
        "exposures": _exposures(judgement.places, writer, titles, limits),
        "not_established": _not_established(judgement.places),
        "laws": judgement.laws,
        "derogations": judgement.derogations,
        "titles": titles,
        "notices": notice_rows(assessment, titles, evidence, words),
        "seen_flows": observed(assessment),
        "forecast": _forecast.rows(assessment, words),
        "horizons": horizons(assessment),
        "sheets": [writer.sheet(judged, anchors[judged.dataset.id]) for judged in cases[: limits.sheets]],
        "sheets_all": len(cases),
        "loose": _loose(judgement.unattached, places, writer),
        "register": register_rows(assessment, titles, evidence, words),
        "texts": judgement.texts,
        "warnings": [
            words.pick(one) for one in (*judgement.warnings, *header.catalog.warnings, *header.legislation.warnings)
        ],
        "has_hds": any(
            one.scheme == "hds" and one.status == "valid"
            for judged in judgement.places
            for one in judged.place.qualifications
        ),
        "extract": extract(judgement.places, evidence, words),
        # Read last: by then everything that is cited has its number.
        "evidence": evidence.entries(),
        "told_by": lambda source: told_by(source, words),
        "decided": lambda flow: _decided(flow, words),
        "v": visible,
    }


def _decided(flow: Flow, words: Language) -> str:
    return known(flow.decision) or words.say("sheets.no_decision" if isinstance(flow.decision, Absent) else "unknown")


def _cut(rows: Sequence[Any], whole: int) -> Cut:
    return Cut(rows, whole - len(rows))


def _by_rule(
    found: Sequence[Finding], writer: Writer, titles: Mapping[str, str], limits: Limits, words: Language
) -> Cut:
    rules: dict[str, RuleCases] = {}
    for one in found[: limits.rows]:
        case = _case(one, writer, titles, words)
        rules.setdefault(one.rule.id, RuleCases(case.row, [])).cases.append(case)
    return Cut(list(rules.values()), max(0, len(found) - limits.rows))


def _case(finding: Finding, writer: Writer, titles: Mapping[str, str], words: Language) -> Case:
    since = finding.first_seen
    return Case(
        titles[finding.dataset],
        writer.rule_row(finding.verdict),
        words.name("severity", finding.verdict.severity),
        since,
    )


def _rate(assessment: Assessment, words: Language) -> dict[str, Any]:
    counts = assessment.summary
    judged = sum(counts.verdicts.values()) - counts.verdicts.get(Word.NOT_APPLICABLE, 0)
    return {
        "text": _bracket(counts.rate_min, counts.rate_max, words),
        "min": counts.rate_min,
        "max": counts.rate_max,
        "known": judged > 0,
    }


def _bracket(least: float, most: float, words: Language) -> str:
    low, high = words.percent(least), words.percent(most)
    return words.say("exactly" if low == high else "between", low=low, high=high)


def _persons(cases: Sequence[JudgedDataset], places: Mapping[int, JudgedPlace], words: Language) -> dict[str, str]:
    """How many persons a foreign law may reach: never zero while a dataset may still prove to be exposed."""
    reached: list[JudgedDataset] = []
    open_: list[JudgedDataset] = []
    for judged in cases:
        if _grades(judged, places) & set(_REACHING):
            reached.append(judged)
        elif _may_be_exposed(judged, places):
            open_.append(judged)
    counted = [known(judged.dataset.persons) for judged in reached]
    total = sum(count for count in counted if count is not None)
    silent = sum(count is None for count in counted)
    number = words.say("situation.persons_value", n=words.number(total))
    unsettled = words.say("unknown") if silent or open_ else words.number(0)
    return {
        "value": number if total else unsettled,
        "unknown": words.count("n.datasets_unknown", silent) if silent else "",
        "open": words.count("n.datasets", len(open_)) if open_ else "",
    }


def _grades(judged: JudgedDataset, places: Mapping[int, JudgedPlace]) -> set[ExposureGrade]:
    return {one.grade for id in judged.places for one in places[id].exposures}


def _may_be_exposed(judged: JudgedDataset, places: Mapping[int, JudgedPlace]) -> bool:
    silent = any(isinstance(places[id].place.operators, Unread) for id in judged.places)
    return not judged.places or bool(judged.gaps) or silent or ExposureGrade.UNKNOWN in _grades(judged, places)


def _verdicts(assessment: Assessment) -> list[dict[str, Any]]:
    counts = assessment.summary
    return [
        {
            "word": word.value,
            "datasets": counts.dataset_verdicts.get(word, 0),
            "stores": counts.verdicts.get(word, 0),
        }
        for word in Word
    ]


def _countries(places: Sequence[JudgedPlace], words: Language) -> list[dict[str, Any]]:
    found = counts(places)
    top = max((count.stores for count in found.values()), default=1)
    return [
        {
            "name": words.say("situation.country_unknown") if code == UNKNOWN else words.country(code),
            "code": "?" if code == UNKNOWN else code,
            "stores": count.stores,
            "originals": count.originals,
            "copies": count.copies,
            "width": max(1, round(100 * count.stores / top)) if count.stores else 0,
        }
        for code, count in found.items()
    ]


def _hosts(assessment: Assessment, limits: Limits, words: Language) -> Cut:
    """Who hosts, where, under whose law; empty for an edition without names resolved."""
    found = hosts(assessment.judgement.places) if surveyed(assessment) else ()
    rows = [
        {
            "name": one.provider or words.say("situation.host_unknown"),
            "countries": words.sequence(words.country(code) for code in one.countries) or "?",
            "laws": ", ".join(one.laws) or "–",
            "stores": one.stores,
        }
        for one in found[: limits.rows]
    ]
    return _cut(rows, len(found))


def _line(
    judged: JudgedDataset, places: Mapping[int, JudgedPlace], anchors: Mapping[str, str], words: Language
) -> dict[str, Any]:
    held = [places[id].place for id in judged.places]
    codes = sorted({code for place in held for spot in place.locations for code in known(spot.countries) or ()})
    lost = any(known(spot.countries) is None for place in held for spot in place.locations)
    names = [words.country(code) for code in codes] + ([words.say("situation.country_unknown")] if lost else [])
    counted = [verdict.outcome for verdict in judged.verdicts]
    return {
        "title": visible(judged.dataset.title or judged.dataset.id, 120),
        "anchor": anchors.get(judged.dataset.id, ""),
        "word": judged.word.value,
        "stores": judged.stores,
        "countries": ", ".join(names) or "–",
        "gaps": len(judged.gaps),
        "fail": counted.count(Outcome.FAIL),
        "open": counted.count(Outcome.UNDETERMINED),
    }


def _rights(gaps: Sequence[Gap], words: Language) -> list[dict[str, Any]]:
    """Per person who can grant: the rights to ask for, and how many gaps they lift."""
    asked = [gap for gap in gaps if gap.permission or gap.who_can_grant]
    return [
        {
            "who": grantor(who, words) or words.say("page.unspecified"),
            "rights": _cut(
                [visible(right, 120) for right in list(rights(several))[:_RIGHTS] if right], len(rights(several))
            ),
            "count": len(several),
        }
        for who, several in by_grantor(asked).items()
    ]


def _gap_groups(
    gaps: Sequence[Gap], cases: Sequence[JudgedDataset], titles: Mapping[str, str], words: Language
) -> list[dict[str, Any]]:
    """Gaps that have place, reason, grantor and consequence in common, told once, with each reading that is missing."""
    hides: dict[str, tuple[str, ...]] = {}
    for judged in cases:
        for id in judged.gaps:
            hides[id] = (*hides.get(id, ()), judged.dataset.id)
    return [
        {
            "where": " · ".join(visible(part, 60) for part in (group.target, group.account, group.region) if part),
            "reason": words.name("reason", group.reason),
            "who": grantor(group.who_can_grant, words) or words.say("page.unspecified"),
            "hides": _hidden([titles[id] for id in group.hides or ("",)], len(cases), words),
            "seen_at": words.moment(min(gap.seen_at for gap in group.gaps)),
            "details": [one for one in dict.fromkeys(detail(gap, words) for gap in group.gaps) if one][:3],
            "gaps": [
                {"id": gap.id, "scope": scope(gap, words), "call": visible(gap.permission or gap.operation, 100)}
                for gap in group.gaps
            ],
        }
        for group in grouped(gaps, hides)
    ]


def _hidden(titles: Sequence[str], datasets: int, words: Language) -> Cut:
    if len(titles) == datasets > 1:
        return _cut([words.say("coverage.all_datasets")], 1)
    return _cut(titles[:_TITLES], len(titles))


def _at_fault(
    found: Sequence[Finding], assessment: Assessment, titles: Mapping[str, str], limits: Limits, words: Language
) -> Cut:
    groups = [(one, one.group) for one in found if one.group]
    rows = []
    for rank, (one, group) in enumerate(groups[: limits.rows]):
        # Each example is a question to the snapshot: the first rows show some, the JSON edition has them all.
        facts_of = group.facts[:3] if rank < _EXAMPLES else ()
        sample = [store for facts in facts_of for store in assessment.stores.sample(facts, 3)][:3]
        rows.append(
            {
                "rule": one.rule.id,
                "subject": titles[one.dataset],
                "nature": words.name("place", group.role),
                "where": words.sequence(words.country(code) for code in group.countries)
                or words.say("situation.country_unknown"),
                "region": " ".join(visible(region, 40) for region in group.regions),
                "provider": provider_words(group, words),
                "stores": group.stores,
                "examples": [visible(store.id, 120) for store in sample],
            }
        )
    return _cut(rows, len(groups))


def _indicative(
    found: Sequence[Finding], writer: Writer, titles: Mapping[str, str], limits: Limits, words: Language
) -> Cut:
    of_rules = (one for one in found if one.rule not in DIFFERENCES)  # which have an annex of their own
    chosen = [one for one in of_rules if one.rule.kind in (RuleKind.INDICATIVE, RuleKind.INFORMATION)]
    return _by_rule(chosen, writer, titles, limits, words)


def _exposures(places: Sequence[JudgedPlace], writer: Writer, titles: Mapping[str, str], limits: Limits) -> Cut:
    """One row per law, grade, reason and path, with the datasets that it reaches."""
    rows = [row for row in writer.exposure_rows(places) if row.grade != ExposureGrade.NOT_ESTABLISHED]
    shown = [(row, [titles[id] for id in row.datasets]) for row in rows[: limits.rows]]
    return _cut(shown, len(rows))


def _not_established(places: Sequence[JudgedPlace]) -> int:
    return sum(
        judged.place.stores
        for judged in places
        if judged.exposures and all(one.grade is ExposureGrade.NOT_ESTABLISHED for one in judged.exposures)
    )


def _loose(loose: JudgedDataset | None, places: Mapping[int, JudgedPlace], writer: Writer) -> dict[str, Any] | None:
    if loose is None or not loose.stores:
        return None
    rows, hidden = writer.place_rows([places[id] for id in loose.places], "")
    return {"rows": rows[:_LOOSE], "hidden": hidden, "stores": loose.stores, "word": loose.word.value}
