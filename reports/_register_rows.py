"""The rows that the committee edition prints of the register: differences, suggested lines, formal notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.assessment import Assessment
from model.observed import Known, known
from reports._differences import differences, rule_of, sample_of, suggestions, verdict_of
from reports._evidence import Evidence
from reports._notices import FailingView, NoticeState, NoticeView, notices
from reports._text import visible
from reports._words import Language

_ROWS = 300
_SUGGESTIONS = 20
_LINES = 30
_RULES = 12


def register_rows(
    assessment: Assessment, titles: Mapping[str, str], evidence: Evidence, words: Language
) -> dict[str, Any]:
    """The annex on the register: differences by dataset, then lines suggested for it."""
    found, proposed = differences(assessment), suggestions(assessment)
    return {
        "rows": [
            {
                "title": titles.get(one.dataset, visible(one.dataset, 120)),
                "kind": words.name("difference_name", one.kind),
                "rule": rule_of(one.kind).id,
                "sentence": visible(words.pick(verdict_of(one).because[0]), 400),
                "sample": [visible(id, 120) for id in sample_of(assessment, one, 3)],
                "evidence": evidence.cite((*one.declared_by, *one.observed_by)),
            }
            for one in found[:_ROWS]
        ],
        "more": max(0, len(found) - _ROWS),
        "suggestions": [
            {
                "group": words.say(
                    "annex_register.group",
                    kind=visible(one.kind, 60),
                    target=visible(one.target, 60),
                    account=visible(one.account, 60) or "–",
                ),
                "stores": words.count("n.stores", one.stores),
                "lines": [visible(line, 200) for line in one.yaml.splitlines()[:_LINES]],
            }
            for one in proposed[:_SUGGESTIONS]
        ],
        "suggestions_more": max(0, len(proposed) - _SUGGESTIONS),
    }


def notice_rows(
    assessment: Assessment, titles: Mapping[str, str], evidence: Evidence, words: Language
) -> list[dict[str, Any]]:
    """One block per formal notice, that with the nearest deadline first."""
    return [_notice(rank, one, titles, evidence, words) for rank, one in enumerate(notices(assessment), 1)]


def left(one: NoticeView, words: Language) -> str:
    """``12 days left.``, ``Past its deadline by 3 days.`` or ``Closed.``"""
    if one.state is NoticeState.CLOSED:
        return words.say("notices.closed")
    return words.say(f"notices.{one.state}", days=words.count("n_days", abs(one.days_left)))


def _notice(
    rank: int, one: NoticeView, titles: Mapping[str, str], evidence: Evidence, words: Language
) -> dict[str, Any]:
    notice = one.notice
    id = visible(notice.id, 60)
    return {
        "anchor": f"t-demeure-{rank}",
        "title": words.say("notices.one", id=id, authority=visible(notice.authority, 80)),
        "dates": words.say("notices.dates", served=words.day(notice.served_on), deadline=words.day(notice.deadline_on)),
        "left": left(one, words),
        "state": one.state.value,
        "caption": words.say("notices.table", id=id),
        "evidence": evidence.cite([notice.source]),
        "rows": [_failing(failing, titles, evidence, words) for failing in one.failings],
    }


def _failing(one: FailingView, titles: Mapping[str, str], evidence: Evidence, words: Language) -> dict[str, Any]:
    failing = one.failing
    return {
        "title": visible(failing.title, 200),
        "articles": ", ".join(visible(article, 60) for article in failing.articles) or "–",
        "state": words.name("failing_state", one.state),
        "rules": [
            words.say(
                "colon", label=f"{rule}, {titles.get(dataset, visible(dataset, 60))}", value=_outcome(outcome, words)
            )
            for dataset, rule, outcome in one.outcomes[:_RULES]
        ],
        "proofs": [f"{visible(proof.document, 160)} ({_day(proof.dated, words)})" for proof in failing.proofs],
        "evidence": evidence.cite([failing.source, *(proof.dated.source for proof in failing.proofs)]),
    }


def _outcome(outcome: Any, words: Language) -> str:
    return words.name("outcome", outcome) if outcome else words.say("unknown")


def _day(dated: Any, words: Language) -> str:
    day = known(dated)
    return words.day(day) if isinstance(dated, Known) and day else words.say("notices.undated")
