"""The assessment on a terminal: plain text, at most 80 columns, worst first, long lists cut with their count."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from model.assessment import Assessment, JudgedDataset, JudgedPlace, Outcome, Word, countries_of
from model.observed import Known
from model.parties import ExposureGrade
from model.places import Gap
from reports._findings import Finding, findings
from reports._gaps import grouped
from reports._hosts import hosts, surveyed
from reports._naming import grantor, scope
from reports._notices import NoticeView, notices
from reports._register_rows import left
from reports._text import visible
from reports._words import Language, language

NAME = "table"
SUFFIX = ".txt"
MEDIA_TYPE = "text/plain; charset=utf-8"

_WIDTH = 80
_ROWS = 40
_GROUPS, _OF_GROUP = 15, 6
_CELL = 60
_SHOWN_GRADES = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED, ExposureGrade.UNKNOWN)


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The report as UTF-8 text, section by section."""
    words = language(lang)
    for section in _sections(assessment, words):
        yield ("\n".join(line.rstrip() for line in section) + "\n\n").encode()


def _sections(assessment: Assessment, words: Language) -> Iterator[Iterable[str]]:
    found = findings(assessment)
    yield _heading(assessment, words)
    yield _situation(assessment, words)
    yield _datasets(assessment, words)
    yield _findings(found, words)
    yield _exposures(assessment, words)
    if surveyed(assessment):
        yield _hosts(assessment, words)
    yield _gaps(assessment.gaps, words)
    if assessment.judgement.derogations:
        yield _derogations(assessment, words)
    if running := notices(assessment):
        yield _notices(running, words)
    warnings = (
        *assessment.judgement.warnings,
        *assessment.header.catalog.warnings,
        *assessment.header.legislation.warnings,
    )
    if warnings:
        yield [
            words.say("table.warnings"),
            *(line for one in warnings for line in _wrap(visible(words.pick(one)), "- ")),
        ]
    yield _exit(assessment, words)


def _heading(assessment: Assessment, words: Language) -> Iterator[str]:
    header = assessment.header
    organisation = visible(header.organisation, _CELL)
    yield from _wrap(words.say("table.heading", organisation=organisation, day=words.day(header.on)))
    read = {"start": words.moment(header.started_at), "end": words.moment(header.finished_at)}
    yield from _wrap(words.say("table.edition", id=visible(header.edition), **read))


def _situation(assessment: Assessment, words: Language) -> Iterator[str]:
    counts = assessment.summary
    yield words.say("table.situation")
    for number, noun, verdicts in (
        (counts.datasets, "n.datasets", counts.dataset_verdicts),
        (counts.stores, "n.stores", counts.verdicts),
    ):
        yield from _wrap(f"{words.count(noun, number)} ({_tally(verdicts, words)})", "  ")
    yield f"  {words.count('n.copies', counts.copies)} · {words.count('n.gaps', counts.gaps)}"
    yield "  " + words.say("colon", label=words.say("table.rate"), value=bracket(assessment, words))


def bracket(assessment: Assessment, words: Language) -> str:
    """The rate as a bracket in words: unknowns resolved against and for the organisation."""
    low, high = words.percent(assessment.summary.rate_min), words.percent(assessment.summary.rate_max)
    return words.say("exactly" if low == high else "between", low=low, high=high)


def _tally(verdicts: Mapping[str, int], words: Language) -> str:
    parts = [
        words.say("colon", label=words.name("verdict", word), value=words.number(verdicts[word]))
        for word in Word
        if verdicts.get(word)
    ]
    return " · ".join(parts) or "–"


def _datasets(assessment: Assessment, words: Language) -> Iterator[str]:
    yield words.say("table.datasets")
    judgement = assessment.judgement
    places = {judged.place.facts_id: judged for judged in judgement.places}
    order = {word: rank for rank, word in enumerate(Word)}
    cases = sorted(judgement.datasets, key=lambda judged: (order[judged.word], judged.dataset.id))
    if judgement.unattached:
        cases.append(judgement.unattached)
    if not cases:
        yield f"  {words.say('table.no_datasets')}"
        return
    heads = ("dataset", "verdict", "stores", "countries")
    rows = [_dataset(judged, places, words) for judged in cases[:_ROWS]]
    yield from _table(heads, rows, (28, 16, 12, 14), len(cases), words, right=(2,))


def _dataset(judged: JudgedDataset, places: dict[int, JudgedPlace], words: Language) -> list[str]:
    held = [places[facts_id].place for facts_id in judged.places]
    countries = sorted({country for place in held for country in countries_of(place)})
    if not all(isinstance(spot.countries, Known) for place in held for spot in place.locations):
        countries.append("?")
    name = visible(judged.dataset.title or judged.dataset.id, _CELL) if judged.dataset.id else words.say("unattached")
    return [name, words.name("verdict", judged.word), words.number(judged.stores), " ".join(countries)]


def _findings(found: Sequence[Finding], words: Language) -> Iterator[str]:
    yield words.say("table.findings")
    shown = [one for one in found if one.rule.kind in ("breach", "indicative") and one.subject_type != "place"]
    if not shown:
        yield f"  {words.say('table.no_findings')}"
        return
    rows = []
    for one in shown[:_ROWS]:
        subject = visible(one.subject_id, _CELL) if one.dataset else words.say("unattached")
        outcome = words.name("outcome", one.verdict.outcome)
        if one.verdict.outcome is Outcome.FAIL and one.verdict.derogation:
            outcome = f"{words.name('verdict', 'derogated')} ({visible(one.verdict.derogation, _CELL)})"
        severity = words.name("severity", one.verdict.severity)
        rows.append([one.rule.id, subject, outcome, severity, visible(words.pick(one.rule.titles), _CELL)])
    yield from _table(("rule", "subject", "outcome", "severity", "title"), rows, (8, 16, 14, 9, 22), len(shown), words)


def _exposures(assessment: Assessment, words: Language) -> Iterator[str]:
    yield words.say("table.exposures")
    stores: dict[tuple[int, str, str, str], int] = {}
    for judged in assessment.judgement.places:
        for one in {(e.grade, e.law, e.country): e for e in judged.exposures if e.grade in _SHOWN_GRADES}.values():
            key = (_SHOWN_GRADES.index(one.grade), one.law, one.country, one.grade.value)
            stores[key] = stores.get(key, 0) + judged.place.stores
    if not stores:
        yield f"  {words.say('table.no_exposures')}"
        return
    rows = [
        [law or "–", words.country(country) if country else "–", words.name("exposure", grade), words.number(count)]
        for (_, law, country, grade), count in sorted(stores.items())
    ]
    yield from _table(("law", "country", "grade", "stores"), rows[:_ROWS], (20, 24, 14, 12), len(rows), words, (3,))


def _hosts(assessment: Assessment, words: Language) -> Iterator[str]:
    yield words.say("table.hosts")
    found = hosts(assessment.judgement.places)
    rows = [
        [
            one.provider or words.say("situation.host_unknown"),
            " ".join(one.countries) or "?",
            " ".join(one.laws) or "–",
            words.number(one.stores),
        ]
        for one in found[:_ROWS]
    ]
    yield from _table(("host", "countries", "laws", "stores"), rows, (22, 14, 26, 12), len(found), words, (3,))


def _gaps(gaps: Sequence[Gap], words: Language) -> Iterator[str]:
    yield words.say("table.gaps")
    if not gaps:
        yield f"  {words.say('table.no_gaps')}"
    groups = grouped(gaps, {})
    for group in groups[:_GROUPS]:
        where = " · ".join(visible(part, _CELL) for part in (group.target, group.account, group.region) if part)
        yield from _wrap(words.say("colon", label=where, value=words.name("reason", group.reason)), "  ")
        if group.who_can_grant:
            yield from _wrap(words.say("table.granted_by", who=grantor(group.who_can_grant, words)), "    ")
        for gap in group.gaps[:_OF_GROUP]:
            what = f"{gap.id}  {scope(gap, words)} · {visible(gap.permission or gap.operation, _CELL)}"
            yield from _wrap(what, "      ")
        if len(group.gaps) > _OF_GROUP:
            yield "      " + words.say("more", n=words.number(len(group.gaps) - _OF_GROUP))
    if left := sum(len(group.gaps) for group in groups[_GROUPS:]):
        yield "  " + words.say("more", n=words.number(left))


def _derogations(assessment: Assessment, words: Language) -> Iterator[str]:
    yield words.say("table.derogations")
    rows = [
        [
            visible(judged.derogation.id, _CELL),
            words.name("derogation", judged.state),
            f"{judged.derogation.starts_on} – {judged.derogation.ends_on}",
            ", ".join(f"{rule} {visible(dataset, _CELL)}" for dataset, rule in judged.derogation.covers),
        ]
        for judged in assessment.judgement.derogations
    ]
    yield from _table(("id", "state", "period", "covers"), rows[:_ROWS], (14, 14, 24, 20), len(rows), words)


def _notices(views: Sequence[NoticeView], words: Language) -> Iterator[str]:
    yield words.say("notices.heading")
    for one in views[:_ROWS]:
        title = words.say(
            "notices.one", id=visible(one.notice.id, _CELL), authority=visible(one.notice.authority, _CELL)
        )
        yield from _wrap(words.say("colon", label=title, value=left(one, words)), "  ")
        for view in one.failings:
            state = words.name("failing_state", view.state)
            yield from _wrap(words.say("notices.line", id=visible(view.failing.title, _CELL), state=state), "    ")


def _exit(assessment: Assessment, words: Language) -> Iterator[str]:
    yield words.say("table.exit", code=assessment.exit.code)
    for code in assessment.exit.all or (0,):
        yield from _wrap(words.say(f"exit.{code}"), f"  {code}  ")
    yield from _wrap(words.say("notice"))


def _table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    whole: int,
    words: Language,
    right: Sequence[int] = (),
) -> Iterator[str]:
    from tabulate import tabulate

    text = tabulate(
        [[_broken(cell, width) for cell, width in zip(row, widths, strict=True)] for row in rows],
        headers=[_broken(words.say(f"col.{head}"), width) for head, width in zip(heads, widths, strict=True)],
        tablefmt="simple",
        disable_numparse=True,
        colalign=["right" if column in right else "left" for column in range(len(heads))],
    )
    yield from (f"  {line}" for line in text.splitlines())
    if whole > len(rows):
        yield "  " + words.say("more", n=words.number(whole - len(rows)))


def _broken(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=False)) or "–"


def _wrap(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent), break_on_hyphens=False
    )
