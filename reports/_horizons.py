"""What the situation of the datasets will be in 30, 90, 180 and 365 days if nobody does anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from model.assessment import Assessment, Word

DAYS = (30, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class Horizon:
    """A day to come: the datasets per verdict on that day, and how many dated events lead there."""

    days: int
    on: date
    events: int
    verdicts: tuple[tuple[Word, int], ...]


def horizons(assessment: Assessment) -> tuple[Horizon, ...]:
    """Today first (0 days), then each horizon; empty when no forecast was made."""
    if assessment.forecast is None:
        return ()
    today = assessment.header.on
    words = {judged.dataset.id: judged.word for judged in assessment.judgement.datasets}
    found = [Horizon(0, today, 0, _counted(words))]
    for days in DAYS:
        limit = today + timedelta(days=days)
        events = [one for one in assessment.forecast if one.since <= limit]
        then = dict(words)
        for one in sorted(events, key=lambda one: one.since):
            for effect in one.effects:
                if effect.about == "verdict" and effect.dataset in then:
                    then[effect.dataset] = Word(effect.after)
        found.append(Horizon(days, limit, len(events), _counted(then)))
    return tuple(found)


def _counted(words: dict[str, Word]) -> tuple[tuple[Word, int], ...]:
    held = list(words.values())
    return tuple((word, held.count(word)) for word in Word)
