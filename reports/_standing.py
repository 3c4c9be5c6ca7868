"""What an edition says of itself: what could be seen, and how old the data are that its verdicts rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from model.assessment import Assessment, DataVersion, Outcome
from model.places import Gap
from reports._naming import grantor
from reports._text import visible
from reports._words import Language


@dataclass(frozen=True, slots=True)
class Standing:
    """One such statement.  Gaps leave it undetermined, data past their limit make it fail."""

    id: str
    title: str
    sentences: tuple[str, ...]
    outcome: Outcome


def standings(assessment: Assessment, words: Language) -> Iterator[Standing]:
    """Coverage, then the age of the catalog, then that of the legislation."""
    gaps = len(assessment.gaps)
    told = (words.count("n.gaps", gaps), words.say("coverage.intro")) if gaps else (words.say("standing.all_seen"),)
    outcome = Outcome.UNDETERMINED if gaps else Outcome.PASS
    yield Standing("COVERAGE", words.say("coverage.heading"), told, outcome)
    yield _age("CATALOG-AGE", words.say("standing.catalog"), assessment.header.catalog, words)
    yield _age("LEGISLATION-AGE", words.say("standing.legislation"), assessment.header.legislation, words)


def lifting(gap: Gap, words: Language) -> str:
    """The right that would lift a gap and who grants it, each said to be unknown when it is."""
    unknown = words.say("table.grant_unknown")
    who = grantor(gap.who_can_grant, words) if gap.who_can_grant else unknown
    return words.say("table.grant", permission=visible(gap.permission) or unknown, who=who)


def _age(id: str, title: str, data: DataVersion, words: Language) -> Standing:
    told = (
        words.say("standing.checked", day=words.day(data.checked_on), version=visible(data.version)),
        words.say("standing.stale" if data.stale else "standing.fresh"),
        *(words.pick(one) for one in data.warnings),
    )
    return Standing(id, title, told, Outcome.FAIL if data.stale else Outcome.PASS)
