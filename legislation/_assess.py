"""From cases to a judgement: every rule on every dataset, and on every place alone."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial

from legislation._derogations import Derogations, remarks
from legislation._law import Law, Library
from legislation._logic import ALONE
from legislation._recall import Recall
from legislation._rule import RuleModule, decide, severity_of
from legislation.exposure import content_unreadable, exposures_on, law_labels, own_public
from model.assessment import (
    Case,
    JudgedDataset,
    JudgedPlace,
    Judgement,
    Outcome,
    Place,
    RuleKind,
    Verdict,
    Word,
    Words,
)
from model.datasets import Dataset, Derogation
from model.parties import Exposure, ExposureGrade

LAWFUL = "A31-004"
"""A lawful derogation of art. 31 covers a failure of the duty that it derogates from."""
_DEROGABLE = "A31-003"
_WORST = tuple(Word)
_GRADES = tuple(ExposureGrade)


def judge(
    library: Library,
    modules: Sequence[RuleModule],
    cases: Sequence[Case],
    derogations: Sequence[Derogation],
    on: date,
    warnings: tuple[Words, ...],
) -> Judgement:
    """The judgement of ``cases`` on a day.  See ``legislation.Legislation.assess``."""
    with _uncollected():
        return _judged(library, modules, cases, derogations, on, warnings)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keeps the garbage collector from walking a growing judgement again and again, in which nothing is garbage."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _judged(
    library: Library,
    modules: Sequence[RuleModule],
    cases: Sequence[Case],
    derogations: Sequence[Derogation],
    on: date,
    warnings: tuple[Words, ...],
) -> Judgement:
    law = library.at(on)
    held = Derogations(derogations, on, law)
    datasets: list[JudgedDataset] = []
    unattached: JudgedDataset | None = None
    for case in cases:
        judged = _dataset(case, modules, law, held)
        if case.dataset.id:
            datasets.append(judged)
        else:
            unattached = judged
    places = _places(cases, modules, law, held)
    met = frozenset((e.law, e.country) for place in places for e in place.exposures)
    rules = tuple(module.RULE for module in modules)
    cited = sorted({cite.text for rule in rules for cite in rule.basis})
    decisions = held.judged({case.dataset.id for case in cases}, {rule.id for rule in rules})
    return Judgement(
        on=on,
        rules=rules,
        texts=tuple(library.texts[id].at(on) for id in cited),
        laws=law_labels(law, met),
        datasets=tuple(datasets),
        unattached=unattached,
        places=places,
        derogations=decisions,
        warnings=(*warnings, *remarks(decisions)),
    )


def datasets_of(
    library: Library,
    modules: Sequence[RuleModule],
    cases: Sequence[Case],
    derogations: Sequence[Derogation],
    on: date,
) -> tuple[JudgedDataset, ...]:
    """The datasets of a judgement without its places, at a fraction of the cost."""
    law = library.at(on)
    held = Derogations(derogations, on, law)
    return tuple(_dataset(case, modules, law, held) for case in cases if case.dataset.id)


def word(verdicts: Iterable[Verdict], kinds: dict[str, RuleKind], touched: bool) -> Word:
    """The word that a person reads, from the breach rules alone (docs/decisions/0101).

    A failure that no derogation covers decides; then failures that are all covered; then an open
    question or a gap; then at least one rule that passed; and nothing that applied.
    """
    outcomes = [verdict for verdict in verdicts if kinds[verdict.rule] is RuleKind.BREACH]
    failed = [verdict for verdict in outcomes if verdict.outcome is Outcome.FAIL]
    if any(not verdict.derogation for verdict in failed):
        return Word.NON_COMPLIANT
    if failed:
        return Word.DEROGATED
    if touched or any(verdict.outcome is Outcome.UNDETERMINED for verdict in outcomes):
        return Word.UNDETERMINED
    return Word.COMPLIANT if any(v.outcome is Outcome.PASS for v in outcomes) else Word.NOT_APPLICABLE


def _verdicts(case: Case, modules: Sequence[RuleModule], law: Law, held: Derogations) -> tuple[Verdict, ...]:
    of_case = law.for_a_case()
    return _covered(tuple(_verdict(module, case, of_case.afresh(), False) for module in modules), case.dataset.id, held)


def _verdict(module: RuleModule, case: Case, law: Law, alone: bool) -> Verdict:
    """The outcome of one rule, before a derogation is looked for; ``law`` is a view that nothing was read from."""
    decision = decide(module, case, law, alone)
    return Verdict(
        rule=module.RULE.id,
        outcome=decision.outcome,
        severity=severity_of(module, case, law),
        because=decision.because,
        missing=decision.missing,
        parameters=tuple(law.reads[id] for id in sorted(law.reads)),
        sources=decision.sources,
    )


def _covered(verdicts: tuple[Verdict, ...], dataset: str, held: Derogations) -> tuple[Verdict, ...]:
    """The verdicts on a case, each failure with the derogation in force that covers it."""
    covered = []
    for verdict in verdicts:
        by = held.covering(dataset, verdict.rule) if verdict.outcome is Outcome.FAIL else ""
        covered.append(replace(verdict, derogation=by) if by else verdict)
    return _covered_by_law(tuple(covered))


def _covered_by_law(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """A failure of art. 31 under a lawful derogation is derogated, not a breach."""
    if not any(verdict.rule == LAWFUL and verdict.outcome is Outcome.PASS for verdict in verdicts):
        return verdicts
    return tuple(
        replace(verdict, derogation=LAWFUL)
        if verdict.rule == _DEROGABLE and verdict.outcome is Outcome.FAIL and not verdict.derogation
        else verdict
        for verdict in verdicts
    )


def _dataset(case: Case, modules: Sequence[RuleModule], law: Law, held: Derogations) -> JudgedDataset:
    verdicts = _verdicts(case, modules, law, held)
    touched = bool(case.gaps) or any(place.touched for place in case.places)
    return JudgedDataset(
        dataset=case.dataset,
        word=word(verdicts, _kinds(modules), touched),
        verdicts=verdicts,
        places=tuple(sorted(place.facts_id for place in case.places)),
        stores=sum(place.stores for place in case.places),
        gaps=case.gaps,
    )


def _places(
    cases: Sequence[Case], modules: Sequence[RuleModule], law: Law, held: Derogations
) -> tuple[JudgedPlace, ...]:
    kinds = _kinds(modules)
    alone = _Alone(modules, law)
    of_places: dict[int, list[tuple[Case, Place]]] = {}
    for case in cases:
        for place in case.places:
            of_places.setdefault(place.facts_id, []).append((case, place))
    judged = []
    for _, belongs in sorted(of_places.items()):
        verdicts = []
        words = []
        for case, place in belongs:
            found = _covered(alone.verdicts(case.dataset, place), case.dataset.id, held)
            verdicts.append((case.dataset.id, found))
            words.append(word(found, kinds, place.touched))
        judged.append(
            JudgedPlace(
                place=belongs[0][1],
                datasets=tuple(case.dataset.id for case, _ in belongs if case.dataset.id),
                exposures=_firmest(alone.exposures(case.dataset, place) for case, place in belongs),
                word=min(words, key=_WORST.index),
                verdicts=tuple(verdicts),
            )
        )
    return tuple(judged)


class _Alone:
    """Places judged one at a time, each for one dataset.  What does not differ is not judged again."""

    def __init__(self, modules: Sequence[RuleModule], law: Law) -> None:
        self._law = law
        self._rules = [Recall(partial(self._verdict, module)) for module in modules if module.OF_PLACES]
        self._reaching = Recall(self._exposures)

    def verdicts(self, dataset: Dataset, place: Place) -> tuple[Verdict, ...]:
        """The outcome of every rule that judges places, derogations apart."""
        one = replace(place, stores=0)  # what holds of each of its stores needs no number of them
        return tuple([rule(dataset, one) for rule in self._rules])

    def exposures(self, dataset: Dataset, place: Place) -> tuple[Exposure, ...]:
        """The laws that reach the place, given who holds its keys for this dataset."""
        return self._reaching(dataset, place)

    def _verdict(self, module: RuleModule, dataset: Dataset, place: Place) -> Verdict:
        case = Case(dataset, (place,), ALONE if place.touched else ())
        # A view of its own: what another rule decided was not read by this one.
        return _verdict(module, case, self._law.for_a_case(), True)

    def _exposures(self, dataset: Dataset, place: Place) -> tuple[Exposure, ...]:
        case = Case(dataset, (place,), ())
        return exposures_on(self._law).of(place, own_public(case, place), content_unreadable(case, self._law))


def _firmest(found: Iterable[tuple[Exposure, ...]]) -> tuple[Exposure, ...]:
    """The union over the cases that a place belongs to, the firmest of each law."""
    several = list(found)
    if len(several) == 1:
        return several[0]
    firmest: dict[str, Exposure] = {}
    for exposure in (exposure for one in several for exposure in one):
        held = firmest.get(exposure.law)
        if held is None or _weight(exposure) < _weight(held):
            firmest[exposure.law] = exposure
    return tuple(sorted(firmest.values(), key=lambda exposure: (exposure.country, exposure.law)))


def _weight(exposure: Exposure) -> tuple[int, bool]:
    """The firmest first; readable for one dataset is readable."""
    return (_GRADES.index(exposure.grade), bool(exposure.mitigation))


def _kinds(modules: Sequence[RuleModule]) -> dict[str, RuleKind]:
    return {module.RULE.id: module.RULE.kind for module in modules}
