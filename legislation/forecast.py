"""What will change on the days to come, found by judging the same snapshot on those days and comparing.

Nothing is guessed: dates come from the catalog, the legislation and the register; effects are the difference
between two judgements.  Since a person re-reads lists and rules meanwhile, effects are worked out as if every
list were re-read without change; what its ageing would do is an entry of its own (``data_stale``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from legislation._assess import datasets_of
from legislation._days import day_after, months_after
from legislation._law import Library
from legislation._rule import RuleModule
from model.assessment import Case, Effect, Forecast, ForecastKind, Outcome, Place, RuleKind
from model.datasets import Art31Derogation, Dataset, Derogation
from model.observed import Grade, Known, Observed, Source, known
from model.parties import QualificationStatus
from model.places import Inventory, StoreFacts

VERDICT = "verdict"
DEROGATED = "derogated"

Resolve = Callable[[Inventory, date], Sequence[Case]]
Outcomes = Mapping[tuple[str, str], str]

_DAY = timedelta(days=1)
_ONLY_WARNED = ("catalog", "legislation")
_COVER = (QualificationStatus.VALID.value,)


@dataclass(frozen=True, slots=True)
class _Event:
    """A dated thing and the effects that it can be held to have: those on these datasets and abouts.

    An empty set means any.  ``row`` is the qualification whose change shows which datasets it concerns.  An
    event that could concern anything is held only to what no other event of its day explains.
    """

    forecast: Forecast
    datasets: frozenset[str] = frozenset()
    abouts: frozenset[str] = frozenset()
    row: str = ""

    @property
    def vague(self) -> bool:
        return not (self.datasets or self.abouts or self.row)


def forecast(
    library: Library,
    modules: Sequence[RuleModule],
    limit: timedelta,
    inventory: Inventory,
    resolve: Resolve,
    dated: Iterable[Forecast],
    on: date,
    until: date,
) -> tuple[Forecast, ...]:
    """See ``legislation.Legislation.forecast``; ``limit`` is the age at which a rule counts as not refreshed."""
    days = _Days(library, modules, _grouped(inventory), resolve)
    events = [
        *(_of_catalog(one) for one in dated),
        *_of_law(library, modules, limit),
        *_of_register(library, inventory, on),
    ]
    events = [event for event in events if on < event.forecast.since <= until]
    marks = {day for event in events for day in (event.forecast.on, event.forecast.since) if on < day <= until}
    changes = days.changes(on, until, marks)
    claimed: set[tuple[date, Effect]] = set()
    found: list[Forecast] = []
    for event in sorted(events, key=lambda event: event.vague):
        if event.forecast.what is ForecastKind.DATA_STALE:
            # Only a list past its limit settles nothing any more; the rest is a warning and an exit code.
            aged = () if event.forecast.subject in _ONLY_WARNED else days.ageing(event.forecast.since)
            found.append(replace(event.forecast, effects=aged))
            continue
        left_over = _without(changes, claimed) if event.vague else changes
        since, effects = _held_to(event, left_over)
        if not event.vague:
            claimed.update((since, effect) for effect in effects)
        found.append(replace(event.forecast, since=since, effects=effects))
    claimed.update((one.since, effect) for one in found for effect in one.effects)
    for day, effects in changes.items():
        left: dict[str, list[Effect]] = {}
        for effect in effects:
            if (day, effect) not in claimed:
                left.setdefault(effect.dataset, []).append(effect)
        found.extend(
            Forecast(day, ForecastKind.OUTCOME_CHANGES, dataset, day, tuple(of)) for dataset, of in left.items()
        )
    return tuple(sorted(found, key=lambda one: (one.on, one.what, one.subject, one.since)))


class _Days:
    """The outcomes of one inventory on any day, each day judged once."""

    def __init__(self, library: Library, modules: Sequence[RuleModule], inventory: Inventory, resolve: Resolve) -> None:
        self._library, self._modules, self._inventory, self._resolve = library, modules, inventory, resolve
        self._judged: dict[tuple[date, bool], Outcomes] = {}

    def at(self, day: date, refreshed: bool = True) -> Outcomes:
        """(dataset, about) to its word.  ``refreshed``: as if every list had just been re-read."""
        found = self._judged.get((day, refreshed))
        if found is None:
            found = self._judged[day, refreshed] = self._outcomes(day, refreshed)
        return found

    def _outcomes(self, day: date, refreshed: bool) -> Outcomes:
        cases = [_refreshed(case) if refreshed else case for case in self._resolve(self._inventory, day)]
        found: dict[tuple[str, str], str] = {}
        for judged in datasets_of(self._library, self._modules, cases, self._inventory.derogations, day):
            id = judged.dataset.id
            found[id, VERDICT] = judged.word.value
            for verdict in judged.verdicts:
                covered = verdict.outcome is Outcome.FAIL and verdict.derogation
                found[id, verdict.rule] = DEROGATED if covered else verdict.outcome.value
        for case in cases:
            for about, states in _qualifications(case).items():
                found[case.dataset.id, about] = "+".join(sorted(states))
        return found

    def changes(self, on: date, until: date, marks: set[date]) -> dict[date, tuple[Effect, ...]]:
        """The effects by the first day on which they show, from the day after ``on`` to ``until``.

        Looked for on every day of ``marks``; between two of them by halving, wherever their outcomes differ.
        """
        found: dict[date, tuple[Effect, ...]] = {}
        for first, last in pairwise(sorted({on, *marks, until})):
            eve = last - _DAY
            if first < eve and self.at(first) != self.at(last):
                self._halve(first, eve, found)
            if eve == first or self.at(first) != self.at(last):
                self._note(eve, last, found)
        return dict(sorted(found.items()))

    def ageing(self, day: date) -> tuple[Effect, ...]:
        """What becomes different on a day for the only reason that nobody re-read a list until then."""
        eve = day - _DAY
        anyhow = set(_differences(self.at(eve), self.at(day)))
        aged = _differences(self.at(eve, refreshed=False), self.at(day, refreshed=False))
        return tuple(effect for effect in aged if effect not in anyhow)

    def _halve(self, first: date, last: date, found: dict[date, tuple[Effect, ...]]) -> None:
        if self.at(first) == self.at(last):
            return
        if last - first == _DAY:
            self._note(first, last, found)
            return
        middle = first + (last - first) // 2
        self._halve(first, middle, found)
        self._halve(middle, last, found)

    def _note(self, eve: date, day: date, found: dict[date, tuple[Effect, ...]]) -> None:
        effects = _differences(self.at(eve), self.at(day))
        if effects:
            found[day] = effects


def _differences(before: Outcomes, after: Outcomes) -> tuple[Effect, ...]:
    """What differs, the verdict of a dataset before its rules.  A qualification counts when cover comes or goes."""
    found = []
    for dataset, about in sorted({*before, *after}, key=lambda pair: (pair[0], pair[1] != VERDICT, pair[1])):
        was, will = before.get((dataset, about), ""), after.get((dataset, about), "")
        if was != will and (" · " not in about or was in _COVER or will in _COVER):
            found.append(Effect(dataset, about, was, will))
    return tuple(found)


def _qualifications(case: Case) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in case.places:
        for one in place.qualifications:
            if one.service_id and case.dataset.id:
                found.setdefault(f"{one.scheme} · {one.service_id}", set()).add(one.status.value)
    return found


def _refreshed(case: Case) -> Case:
    """The case as if every list had just been re-read."""
    return replace(case, places=tuple(map(_read_anew, case.places)))


def _read_anew(place: Place) -> Place:
    if not any(one.stale for one in place.qualifications):
        return place
    return replace(place, qualifications=tuple(replace(one, stale=False) for one in place.qualifications))


def _grouped(inventory: Inventory) -> Inventory:
    """The same facts without what only tells two scans apart: fewer to judge, the same outcomes."""
    counts: dict[StoreFacts, int] = {}
    for facts, stores in zip(inventory.facts, inventory.stores_per_facts, strict=True):
        if facts.datasets:
            one = replace(facts, target="")
            counts[one] = counts.get(one, 0) + stores
    return replace(inventory, facts=tuple(counts), stores_per_facts=tuple(counts.values()))


def _without(
    changes: Mapping[date, tuple[Effect, ...]], claimed: set[tuple[date, Effect]]
) -> dict[date, tuple[Effect, ...]]:
    return {day: tuple(one for one in effects if (day, one) not in claimed) for day, effects in changes.items()}


def _held_to(event: _Event, changes: Mapping[date, tuple[Effect, ...]]) -> tuple[date, tuple[Effect, ...]]:
    """The first day of its effects and these: looked for on its day and, for an end that is included, the day after."""
    for day in sorted({event.forecast.on, day_after(event.forecast.on), event.forecast.since}):
        effects = changes.get(day, ())
        datasets = event.datasets
        if event.row:
            datasets = frozenset(effect.dataset for effect in effects if effect.about.endswith(f" · {event.row}"))
            if not datasets:
                continue
        ours = [effect for effect in effects if not datasets or effect.dataset in datasets]
        touched = {effect.dataset for effect in ours if not event.abouts or effect.about in event.abouts}
        # A verdict follows from the rules: it is this event's when one of them is.
        held = tuple(
            effect
            for effect in ours
            if effect.dataset in touched
            and (not event.abouts or effect.about in event.abouts or effect.about == VERDICT)
        )
        if held:
            return day, held
    return event.forecast.since, ()


def _of_catalog(one: Forecast) -> _Event:
    if one.what in (ForecastKind.QUALIFICATION_EXPIRES, ForecastKind.QUALIFICATION_STARTS):
        return _Event(one, row=one.subject.rpartition(" · ")[2])
    return _Event(one)


def _of_law(library: Library, modules: Sequence[RuleModule], limit: timedelta) -> Iterator[_Event]:
    for module in modules:
        rule = module.RULE
        source = _source(f"legislation/rules: {rule.id}", rule.checked_on)
        starts = Forecast(rule.in_force_from, ForecastKind.RULE_STARTS, rule.id, rule.in_force_from, (), (source,))
        own = frozenset({rule.id})
        yield _Event(starts, abouts=own)
        if rule.in_force_to:
            after = day_after(rule.in_force_to)
            yield _Event(Forecast(rule.in_force_to, ForecastKind.RULE_ENDS, rule.id, after, (), (source,)), abouts=own)
    for parameter in library.parameters.values():
        kind = ForecastKind.PARAMETER_CHANGES
        if "adequa" in parameter.id:
            kind = ForecastKind.ADEQUACY_CHANGES
        for value in parameter.values:
            source = _source(str(value.reference), parameter.checked_on)
            yield _Event(Forecast(value.since, kind, parameter.id, value.since, (), (source,)))
    exposures = frozenset(module.RULE.id for module in modules if module.RULE.kind is not RuleKind.BREACH)
    for law in library.foreign_laws:
        for since, _, _ in law.states:
            source = _source(f"legislation/foreign_laws.yaml: {law.id}", law.checked_on)
            yield _Event(
                Forecast(since, ForecastKind.FOREIGN_LAW_CHANGES, law.id, since, (), (source,)), abouts=exposures
            )
    for day in sorted({module.RULE.checked_on for module in modules}):
        last = day + limit
        source = _source("legislation/rules", day)
        yield _Event(Forecast(last, ForecastKind.DATA_STALE, "legislation", day_after(last), (), (source,)))


def _of_register(library: Library, inventory: Inventory, on: date) -> Iterator[_Event]:
    cap = library.parameters["derogation_cap"]
    months = next((value.value for value in reversed(cap.values) if value.since <= on), cap.values[0].value)
    assert isinstance(months, int)
    read_at = inventory.unattached.health.source.read_at
    for one in inventory.derogations:
        source = Source(f"register: {one.id}, {one.act}", read_at, Grade.DECLARED)
        yield from _of_derogation(one, months, source)
    for dataset in inventory.datasets:
        yield from _of_dataset(dataset, months)


def _of_derogation(one: Derogation, months: int, source: Source) -> Iterator[_Event]:
    datasets = frozenset(dataset for dataset, _ in one.covers)
    abouts = frozenset(rule for _, rule in one.covers)
    last = min(one.ends_on, months_after(one.starts_on, months))
    starts, ends = ForecastKind.DEROGATION_STARTS, ForecastKind.DEROGATION_ENDS
    yield _Event(Forecast(one.starts_on, starts, one.id, one.starts_on, (), (source,)), datasets, abouts)
    yield _Event(Forecast(last, ends, one.id, day_after(last), (), (source,)), datasets, abouts)


def _of_dataset(dataset: Dataset, months: int) -> Iterator[_Event]:
    own = frozenset({dataset.id})
    expires = dataset.formality.expires_on
    if isinstance(expires, Known):
        reference = known(dataset.formality.reference) or known(dataset.formality.regime) or ""
        subject = " · ".join(part for part in ("CNIL", reference, dataset.id) if part)
        yield _Event(_ending(ForecastKind.AUTHORISATION_ENDS, subject, expires), own)
    approved = dataset.homologation.expires_on
    if isinstance(approved, Known):
        yield _Event(_ending(ForecastKind.AUTHORISATION_ENDS, f"homologation · {dataset.id}", approved), own)
    for claim in dataset.claims:
        names = (known(claim.scheme), known(claim.version), known(claim.service_id), dataset.id)
        subject = " · ".join(part for part in names if part)
        for kind, day in (
            (ForecastKind.QUALIFICATION_STARTS, claim.issued_on),
            (ForecastKind.QUALIFICATION_EXPIRES, claim.expires_on),
        ):
            if isinstance(day, Known):
                yield _Event(Forecast(day.value, kind, subject, day.value, (), (day.source,)), own)
    if dataset.derogation is not None:
        for day in _ends_of(dataset.derogation, months):
            yield _Event(_ending(ForecastKind.DEROGATION_ENDS, f"article 31 · {dataset.id}", day), own)


def _ends_of(claim: Art31Derogation, months: int) -> Iterator[Known[date]]:
    """The last days of a derogation to article 31: its own end, and 18 months after an acceptable offer."""
    ends: Observed[date] = claim.ends_on
    offer: Observed[date] = claim.acceptable_offer_on
    if isinstance(ends, Known):
        yield ends
    if isinstance(offer, Known):
        yield Known(months_after(offer.value, months), offer.source)


def _ending(kind: ForecastKind, subject: str, last: Known[date]) -> Forecast:
    return Forecast(last.value, kind, subject, day_after(last.value), (), (last.source,))


def _source(what: str, checked_on: date) -> Source:
    return Source(what, datetime.combine(checked_on, time.min, UTC), Grade.CATALOG)
