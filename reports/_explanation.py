"""The chain from an observation to a verdict, for one store, dataset, finding or gap, as plain text.

Every line names its source and its day; the end says which facts would change the verdict.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from model.assessment import Assessment, Cite, JudgedDataset, JudgedPlace, Outcome, Rule, RuleKind, Verdict
from model.codec import encode
from model.datasets import Dataset
from model.errors import UsageError
from model.health import score
from model.observed import Absent, Confidence, Known, Observed, Source, Unread, known
from model.parties import ExposureGrade, Operator
from model.places import Copy, Gap, PlaceKind, Store
from reports._chain import entity_names, parents
from reports._detections import decimal, evidence_of
from reports._differences import RULES as DIFFERENCES
from reports._findings import Finding, findings
from reports._naming import graded, grantor, scope
from reports._text import visible
from reports._words import Language, language

_WIDTH = 80
_MOST_STORES = 10
_ARTICLE = re.compile(r"(?:[LRD]\.? ?)?[0-9]")
_STORE_FACTS = (
    "provider", "service", "sites", "checked_on", "key", "public", "shared_with", "size_bytes", "created_at", "tags",
    "entity", "holds_health",
)  # fmt: skip


def explain(assessment: Assessment, id: str, lang: str = "fr") -> str:
    """Everything that led to the verdict on ``id``: a store, a dataset, a finding (``F-``) or a gap (``G-``).

    Raises UsageError, with the nearest ids, when the edition holds nothing of that id.
    """
    words = language(lang)
    found = findings(assessment)
    for finding in found:
        if finding.id == id:
            return _text(_finding(assessment, finding, words))
    for gap in assessment.gaps:
        if gap.id == id:
            return _text(_gap(assessment, gap, words))
    for judged in assessment.judgement.datasets:
        if judged.dataset.id == id:
            return _text(_dataset(assessment, judged, words))
    unattached = assessment.judgement.unattached
    if unattached and id == "unattached":
        return _text(_dataset(assessment, unattached, words))
    store = assessment.stores.find(id)
    if store:
        return _text(_store(assessment, *store, words))
    ids = [one.id for one in found] + [one.id for one in assessment.gaps]
    ids += [judged.dataset.id for judged in assessment.judgement.datasets]
    close = get_close_matches(id, ids, 3, 0.5)
    hint = f"; did you mean {', '.join(close)}?" if close else ""
    raise UsageError(
        f"edition {assessment.header.edition} holds no store, dataset, finding or gap "
        f"called {visible(id, 200)!r}{hint} (ids are those of `lexsitus report --format json`)"
    )


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _line(text: str, indent: int = 2) -> Iterator[str]:
    """``text`` wrapped to the terminal; what cannot be cut (an ARN) stays whole."""
    start = " " * indent
    yield from textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=start + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    ) or [start]


def _source(source: Source, words: Language) -> str:
    marks = [words.name("grade", source.grade), words.moment(source.read_at)]
    if source.confidence is not Confidence.CERTAIN:
        marks.append(words.name("confidence", source.confidence))
    if source.url:
        marks.append(source.url)
    return f"[{visible(source.what)} · {' · '.join(marks)}]"


def _observed(answer: Observed[object], words: Language) -> str:
    match answer:
        case Known(value, source):
            return f"{visible(_plain(encode(value)), 400)} {_source(source, words)}"
        case Absent(source):
            return f"{words.say('none')} {_source(source, words)}"
        case Unread(reason, source, detail):
            why = f"{words.say('unknown')} ({words.name('reason', reason)}{f', {visible(detail)}' if detail else ''})"
            return f"{why} {_source(source, words)}"


def _plain(data: object) -> str:
    if isinstance(data, dict):
        return ", ".join(f"{key}={_plain(value)}" for key, value in data.items() if value not in ("", [], None))
    if isinstance(data, list):
        return "; ".join(_plain(item) for item in data) or "–"
    return {True: "true", False: "false"}.get(data, str(data)) if isinstance(data, bool) else str(data)


def _store(assessment: Assessment, store: Store, facts_id: int, words: Language) -> Iterator[str]:
    judged = assessment.judgement.places[facts_id]
    yield from _line(f"{visible(store.name, 200)} – {words.name('verdict', judged.word)}", 0)
    yield from _line(f"{visible(store.id)} ({store.kind})", 0)
    yield from ("", words.say("explain.observation"))
    if not store.seen:
        yield from _line(words.say("page.not_seen"))
    for name in _STORE_FACTS:
        yield from _line(f"{words.name('explain.fact', name)}: {_observed(getattr(store, name), words)}")
    yield from _signals(store, words)
    yield from _copies(assessment, store, words)
    yield from _gaps_of(assessment, words, store=store.id)
    yield from _place(judged, words)
    for dataset, verdicts in judged.verdicts:
        name = dataset or words.say("unattached")
        yield from ("", words.say("explain.rules_for", dataset=visible(name)))
        yield from _verdicts(assessment, verdicts, words)
    yield from _change(assessment, [v for _, verdicts in judged.verdicts for v in verdicts], words)


def _signals(store: Store, words: Language) -> Iterator[str]:
    if store.signals:
        yield from _line(f"{words.say('detect.store', score=decimal(score(store.signals), words))}:")
    for signal in store.signals or ():
        yield from _line(f"– {evidence_of(signal, words)}", 4)


def _copies(assessment: Assessment, store: Store, words: Language) -> Iterator[str]:
    def one(copy: Copy, key: str, other: str) -> Iterator[str]:
        kind = words.name("place", copy.kind)
        yield from _line(f"{words.say(key, kind=kind, id=visible(other))} {_source(copy.answer.source, words)}")

    for copy in assessment.stores.copies_at(store.id):
        yield from one(copy, "explain.copy_of", copy.of)
    for copy in assessment.stores.copies_of(store.id):
        yield from one(copy, "explain.copied_to", copy.at)


def _place(judged: JudgedPlace, words: Language) -> Iterator[str]:
    place = judged.place
    yield from ("", words.say("explain.place"))
    for location in place.locations:
        where = " / ".join(part for part in (location.region, location.zone) if part) or "–"
        match location.countries:
            case Known(countries, source):
                names = words.sequence(words.country(code) for code in countries)
                yield from _line(f"{visible(where)}: {names} {_source(source, words)}")
            case answer:
                yield from _line(f"{visible(where)}: {_observed(answer, words)}")
    yield from ("", words.say("explain.entities"))
    match place.operators:
        case Known(operators):
            for operator in operators:
                yield from _operator(operator, words)
        case answer:
            yield from _line(_observed(answer, words))
    entities = entity_names(known(place.operators) or ())
    yield from ("", words.say("explain.exposures"))
    if not judged.exposures:
        yield from _line(words.name("exposure", ExposureGrade.NOT_ESTABLISHED))
    for exposure in judged.exposures:
        path = " → ".join(visible(entities.get(step, step)) for step in exposure.path)
        country = f" ({words.country(exposure.country)})" if exposure.country else ""
        grade = graded(exposure, words)
        yield from _line(f"{exposure.law}{country}: {grade}, {exposure.reason}{f' – {path}' if path else ''}")
    yield from ("", words.say("explain.qualifications"))
    for qualification in place.qualifications:
        why = qualification.why_fr if words.code == "fr" else qualification.why_en
        status = words.name("status", qualification.status)
        head = f"{words.name('scheme', qualification.scheme)}: {status}"
        yield from _line(f"{head} – {why} {_source(qualification.source, words)}")


def _operator(operator: Operator, words: Language) -> Iterator[str]:
    entity = operator.entity
    seat = entity.seat.value if isinstance(entity.seat, Known) else "?"
    sources = " ".join(_source(source, words) for source in entity.sources[:1])
    yield from _line(f"{visible(entity.name)} ({seat}), {words.name('role', operator.role)} {sources}")
    for parent in parents(operator):
        above = parent.entity
        seat = above.seat.value if isinstance(above.seat, Known) else "?"
        share = parent.link.capital_percent
        held = f", {words.share(share)}" if share is not None else ""
        sources = " ".join(_source(source, words) for source in parent.link.sources[:1])
        yield from _line(f"↑ {visible(above.name)} ({seat}){held} {sources}", 2 + 2 * parent.depth)
    if not operator.chain_complete:
        yield from _line(words.say("explain.chain_open"), 4)


def _dataset(assessment: Assessment, judged: JudgedDataset, words: Language) -> Iterator[str]:
    dataset = judged.dataset
    title = visible(dataset.title, 200) if dataset.id else words.say("unattached")
    yield from _line(f"{title} – {words.name('verdict', judged.word)}", 0)
    if dataset.id:
        yield from ("", words.say("explain.declared"))
        yield from _line(f"{visible(dataset.controller.name)}: {words.name('controller', dataset.controller.kind)}")
        yield from _declared(dataset, words)
    yield from ("", f"{words.say('explain.places')} ({words.count('n.stores', judged.stores)})")
    for facts_id in judged.places[:_MOST_STORES]:
        at = assessment.judgement.places[facts_id]
        for store in assessment.stores.sample(facts_id, 2):
            word = words.name("verdict", at.word)
            role = words.name("place", PlaceKind(at.place.role))
            yield from _line(f"{visible(store.id)} ({role}): {word}")
    if len(judged.places) > _MOST_STORES:
        yield from _line(words.say("more", n=words.number(len(judged.places) - _MOST_STORES)))
    yield from _gaps_of(assessment, words, ids=judged.gaps)
    yield from ("", words.say("explain.rules"))
    yield from _verdicts(assessment, judged.verdicts, words)
    yield from _change(assessment, judged.verdicts, words)


def _declared(dataset: Dataset, words: Language) -> Iterator[str]:
    for name in ("health", "care_origin", "identity", "snds", "eds", "secret", "breach_harm", "persons"):
        answer: Observed[object] = getattr(dataset, name)
        if not isinstance(answer, Unread):
            yield from _line(f"dataset.{name}: {_observed(answer, words)}")
    for name in ("model", "processor", "activities"):
        answer = getattr(dataset.hosting, name)
        if not isinstance(answer, Unread):
            yield from _line(f"hosting.{name}: {_observed(answer, words)}")


def _finding(assessment: Assessment, finding: Finding, words: Language) -> Iterator[str]:
    yield from _line(f"{finding.id} – {finding.rule.id} {words.pick(finding.rule.titles)}", 0)
    yield from _verdicts(assessment, (finding.verdict,), words)
    if finding.group:
        yield from ("", f"{words.say('explain.places')} ({words.count('n.stores', finding.group.stores)})")
        for facts_id in finding.group.facts[:_MOST_STORES]:
            for store in assessment.stores.sample(facts_id, 2):
                yield from _line(visible(store.id))
    yield from _change(assessment, (finding.verdict,), words)


def _gap(assessment: Assessment, gap: Gap, words: Language) -> Iterator[str]:
    yield from _line(f"{gap.id} – {scope(gap, words)}", 0)
    yield from _gaps_of(assessment, words, ids=(gap.id,))
    touched = [j.dataset.id or words.say("unattached") for j in _cases(assessment) if gap.id in j.gaps]
    if touched:
        yield from ("", words.say("explain.gap_touches"))
        for name in touched:
            yield from _line(visible(name))


def _cases(assessment: Assessment) -> Iterator[JudgedDataset]:
    yield from assessment.judgement.datasets
    if assessment.judgement.unattached:
        yield assessment.judgement.unattached


def _gaps_of(assessment: Assessment, words: Language, store: str = "", ids: tuple[str, ...] = ()) -> Iterator[str]:
    gaps = [gap for gap in assessment.gaps if (store and gap.store == store) or gap.id in ids]
    if not gaps:
        return
    yield from ("", words.say("explain.gaps"))
    for gap in gaps[:_MOST_STORES]:
        where = " / ".join(visible(part) for part in (gap.target, gap.account, gap.region) if part)
        why = words.name("reason", gap.reason)
        yield from _line(
            f"{gap.id}: {scope(gap, words)} – {why}, {gap.operation} ({where}), {words.moment(gap.seen_at)}"
        )
        if gap.permission:
            who = grantor(gap.who_can_grant, words) or words.say("table.grant_unknown")
            yield from _line(words.say("table.grant", permission=visible(gap.permission), who=who), 4)
    if len(gaps) > _MOST_STORES:
        yield from _line(words.say("more", n=words.number(len(gaps) - _MOST_STORES)))


def _verdicts(assessment: Assessment, verdicts: Iterable[Verdict], words: Language) -> Iterator[str]:
    rules = {rule.id: rule for rule in (*assessment.judgement.rules, *DIFFERENCES)}
    for verdict in verdicts:
        rule = rules[verdict.rule]
        yield from _line(f"{rule.id} {words.pick(rule.titles)}: {_outcome(rule, verdict, words)}")
        for cite in rule.basis:
            yield from _line(_cite(assessment, cite, words), 4)
        for because in verdict.because:
            yield from _line(f"– {visible(words.pick(because))}", 4)
        for id, value, reference in verdict.parameters:
            yield from _line(f"{id} = {value} ({reference})", 4)
        for source in verdict.sources[:3]:
            yield from _line(_source(source, words), 4)


def _outcome(rule: Rule, verdict: Verdict, words: Language) -> str:
    group = "exposed" if rule.kind is RuleKind.EXPOSURE else "outcome"
    word = words.name(group, verdict.outcome)
    return f"{word} ({words.name('verdict', 'derogated')}, {verdict.derogation})" if verdict.derogation else word


def _cite(assessment: Assessment, cite: Cite, words: Language) -> str:
    texts = {text.id: text for text in assessment.judgement.texts}
    text = texts.get(cite.text)
    title = words.pick(text.titles) if text else cite.text
    version = f", {cite.version}" if cite.version else ""
    checked = f" [{words.say('col.checked')} {words.day(text.checked_on)}]" if text else ""
    article = f"art. {cite.article}" if _ARTICLE.match(cite.article) else cite.article
    return f"{title}, {article}{version}{checked}"


def _change(assessment: Assessment, verdicts: Iterable[Verdict], words: Language) -> Iterator[str]:
    """What would settle what is open, and what would mend what failed."""
    rules = {rule.id: rule for rule in (*assessment.judgement.rules, *DIFFERENCES)}
    open_facts = sorted({fact for v in verdicts if v.outcome is Outcome.UNDETERMINED for fact in v.missing})
    failed = sorted({v.rule for v in verdicts if v.outcome is Outcome.FAIL})
    yield from ("", words.say("explain.change"))
    if not open_facts and not failed:
        yield from _line(words.say("explain.change_any"))
    for fact in open_facts:
        yield from _line(f"{words.name('fact', fact)} ({fact})")
    for id in failed:
        yield from _line(f"{id}: {words.pick(rules[id].remedy)}")
