"""From cases to a judgement: every rule on every dataset, and on every place alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from legislation._derogations import Derogations, remarks
from legislation._law import Law, Library
from legislation._logic import ALONE
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
from model.datasets import Derogation
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


def _verdicts(
    case: Case, modules: Sequence[RuleModule], law: Law, held: Derogations, alone: bool
) -> tuple[Verdict, ...]:
    verdicts = []
    of_case = law.for_a_case()
    for module in modules:
        view = of_case.afresh()
        decision = decide(module, case, view, alone)
        covered = held.covering(case.dataset.id, module.RULE.id) if decision.outcome is Outcome.FAIL else ""
        verdict = Verdict(
            rule=module.RULE.id,
            outcome=decision.outcome,
            severity=severity_of(module, case, view),
            because=decision.because,
            missing=decision.missing,
            parameters=tuple(view.reads[id] for id in sorted(view.reads)),
            sources=decision.sources,
            derogation=covered,
        )
        verdicts.append(verdict)
    return _covered_by_law(tuple(verdicts))


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
    verdicts = _verdicts(case, modules, law, held, alone=False)
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
    judging = [module for module in modules if module.OF_PLACES]
    of_places: dict[int, list[tuple[Case, Place]]] = {}
    for case in cases:
        for place in case.places:
            of_places.setdefault(place.facts_id, []).append((case, place))
    judged = []
    for _, belongs in sorted(of_places.items()):
        verdicts = []
        words = []
        for case, place in belongs:
            alone = replace(case, places=(place,), gaps=ALONE if place.touched else (), flows=())
            found = _verdicts(alone, judging, law, held, alone=True)
            verdicts.append((case.dataset.id, found))
            words.append(word(found, kinds, place.touched))
        judged.append(
            JudgedPlace(
                place=belongs[0][1],
                datasets=tuple(case.dataset.id for case, _ in belongs if case.dataset.id),
                exposures=_exposures(law, belongs),
                word=min(words, key=_WORST.index),
                verdicts=tuple(verdicts),
            )
        )
    return tuple(judged)


def _exposures(law: Law, belongs: list[tuple[Case, Place]]) -> tuple[Exposure, ...]:
    """The union over the cases that the place belongs to, the firmest of each law."""
    firmest: dict[str, Exposure] = {}
    for case, place in belongs:
        hidden = content_unreadable(case, law)
        for exposure in exposures_on(law).of(place, own_public(case, place), hidden):
            held = firmest.get(exposure.law)
            if held is None or _weight(exposure) < _weight(held):
                firmest[exposure.law] = exposure
    return tuple(sorted(firmest.values(), key=lambda exposure: (exposure.country, exposure.law)))


def _weight(exposure: Exposure) -> tuple[int, bool]:
    """The firmest first; readable for one dataset is readable."""
    return (_GRADES.index(exposure.grade), bool(exposure.mitigation))


def _kinds(modules: Sequence[RuleModule]) -> dict[str, RuleKind]:
    return {module.RULE.id: module.RULE.kind for module in modules}
