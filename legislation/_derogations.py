"""Derogations that the organisation granted itself, on one day: which covers what, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from legislation._days import months_after
from legislation._facts import SREN
from legislation._law import Law
from model.assessment import DerogationState, JudgedDerogation
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
        return tuple(
            JudgedDerogation(
                derogation,
                self._clock(derogation)
                if any(dataset in datasets and rule in rules for dataset, rule in derogation.covers)
                else DerogationState.NEVER_MATCHING,
            )
            for derogation in self._all
        )

    def _clock(self, derogation: Derogation) -> DerogationState:
        last = derogation.ends_on
        if self._months is not None:
            last = min(last, months_after(derogation.starts_on, self._months))
        if self._on < derogation.starts_on:
            return DerogationState.PENDING
        return DerogationState.IN_FORCE if self._on <= last else DerogationState.LAPSED
