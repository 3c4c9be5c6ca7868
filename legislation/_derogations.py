"""Derogations that the organisation granted itself, on one day: which covers what, and where each stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from legislation._days import months_after, written
from legislation._facts import SREN
from legislation._law import Law
from model.assessment import DerogationState, JudgedDerogation, Words
from model.datasets import Derogation


class Derogations:
    """Both end days are included; none outlives its start by more than the legal cap, 18 months."""

    def __init__(self, derogations: Sequence[Derogation], on: date, law: Law) -> None:
        self._on = on
        self._all = tuple(sorted(derogations, key=lambda derogation: derogation.id))
        # Before the law there was neither a cap nor anything to derogate from.
        self._months = law.number("derogation_cap") if on >= SREN else None

    def covering(self, dataset: str, rule: str) -> str:
        """The id of the first derogation in force for this finding, or the empty text."""
        for derogation in self._all:
            if (dataset, rule) in derogation.covers and self._clock(derogation) is DerogationState.IN_FORCE:
                return derogation.id
        return ""

    def judged(self, datasets: AbstractSet[str], rules: AbstractSet[str]) -> tuple[JudgedDerogation, ...]:
        """Every derogation with its state, sorted by id.

        ``never_matching``: it names no dataset and rule that exist together in this judgement.
        """
        found = []
        for one in self._all:
            unmatched = tuple(pair for pair in one.covers if pair[0] not in datasets or pair[1] not in rules)
            nothing = len(unmatched) == len(one.covers)
            state = DerogationState.NEVER_MATCHING if nothing else self._clock(one)
            found.append(JudgedDerogation(one, state, self._last(one), unmatched))
        return tuple(found)

    def _clock(self, derogation: Derogation) -> DerogationState:
        if self._on < derogation.starts_on:
            return DerogationState.PENDING
        return DerogationState.IN_FORCE if self._on <= self._last(derogation) else DerogationState.LAPSED

    def _last(self, derogation: Derogation) -> date:
        if self._months is None:
            return derogation.ends_on
        return min(derogation.ends_on, months_after(derogation.starts_on, self._months))


def remarks(judged: Iterable[JudgedDerogation]) -> tuple[Words, ...]:
    """What a reader has to know of the derogations that do not count as they were meant to."""
    found: list[Words] = []
    for one in judged:
        id = one.derogation.id
        match one.state:
            case DerogationState.LAPSED:
                last = written(one.last_on or one.derogation.ends_on)
                found.append(
                    Words(
                        f"Dérogation {id}\u202f: échue depuis le {last.fr}, elle ne couvre plus rien.",
                        f"Derogation {id}: lapsed after {last.en}, it covers nothing any more.",
                    )
                )
            case DerogationState.PENDING:
                first = written(one.derogation.starts_on)
                found.append(
                    Words(
                        f"Dérogation {id}\u202f: elle ne commence que le {first.fr} et ne couvre encore rien.",
                        f"Derogation {id}: it starts on {first.en} only and covers nothing yet.",
                    )
                )
            case DerogationState.NEVER_MATCHING | DerogationState.IN_FORCE:
                pass
        if one.capped and one.last_on:
            last, end = written(one.last_on), written(one.derogation.ends_on)
            found.append(
                Words(
                    f"Dérogation {id}\u202f: prévue jusqu’au {end.fr}, elle dépasse le plafond légal "
                    f"et cesse de compter après le {last.fr}.",
                    f"Derogation {id}: meant to run until {end.en}, it exceeds the legal cap "
                    f"and stops counting after {last.en}.",
                )
            )
        for dataset, rule in one.unmatched:
            found.append(
                Words(
                    f"Dérogation {id}\u202f: {rule} sur «\u202f{dataset}\u202f» ne désigne aucune règle appliquée "
                    "à un jeu de données connu\u202f; corrigez le registre.",
                    f"Derogation {id}: {rule} on “{dataset}” names no rule applied to a known dataset; "
                    "correct the register.",
                )
            )
    return tuple(found)
