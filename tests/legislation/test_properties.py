"""What holds of every situation: knowing less never looks better, and order does not matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import catalog
from legislation import load
from model.assessment import Case, Outcome, Place
from model.datasets import Controller, ControllerKind
from model.observed import Absent, Known, Reason, Unread
from tests.legislation.situations import HERE, TODAY, cases_of, inventory_of, read

SITUATIONS = [read(path) for path in sorted((HERE / "cases").rglob("*.yaml"))]
BASE = [(situation.on, case) for situation in SITUATIONS for case in cases_of(situation)]
ACCEPTABLE = (Outcome.PASS, Outcome.NOT_APPLICABLE)
# The end of a derogation is a limit that it adds to the law's own: without it the law's own limit is left.
KEPT = {"ends_on"}
Removal = tuple[str, Callable[[Case], Case]]


def outcomes(case: Case, on: date) -> dict[str, Outcome]:
    judgement = load().assess((case,), (), on)
    (judged,) = judgement.datasets or (judgement.unattached,)
    assert judged is not None
    return {verdict.rule: verdict.outcome for verdict in judged.verdicts}


def removals(case: Case) -> list[Removal]:
    """Every way to know one thing less about a case."""
    found: list[Removal] = [
        ("gap", lambda c: replace(c, gaps=(*c.gaps, "G-hypothesis"))),
        (
            "controller",
            lambda c: replace(c, dataset=replace(c.dataset, controller=Controller("", ControllerKind.UNKNOWN))),
        ),
    ]
    found += [
        (".".join(map(str, path)), lambda c, path=path: replace(c, dataset=_without(c.dataset, path)))
        for path in _observed(case.dataset, ())
    ]
    for index, place in enumerate(case.places):
        for name, change in _of_place(case, place):
            found.append((f"place {index} {name}", lambda c, index=index, change=change: _changed(c, index, change)))
    return found


def _of_place(case: Case, place: Place) -> list[tuple[str, Callable[[Place], Place]]]:
    found: list[tuple[str, Callable[[Place], Place]]] = [("touched", lambda p: replace(p, touched=True))]
    for path in _observed(place, ()):
        # Where a declaration contradicts the provider, silence on the provider leaves the declaration alone.
        contradicted = path == ("hosting_model",) and not isinstance(case.dataset.hosting.model, Unread)
        if not contradicted and path[0] not in ("qualifications", "holds_health"):
            found.append((".".join(map(str, path)), lambda p, path=path: _without(p, path)))
    if not case.dataset.claims:  # a claim may speak where the catalog is silent: that is not knowing less
        found += [
            (f"qualifications {name}", lambda p, part=part: _each_qualification(p, part))
            for name, part in (
                ("stale", {"stale": True}),
                ("version", {"version": ""}),
                ("activities", {"activities": ()}),
                ("expires", {"expires_on": None}),
            )
        ]
    if isinstance(place.operators, Known):
        found += [
            (flag, lambda p, flag=flag: _each_operator(p, {flag: False}))
            for flag in ("chain_complete", "holders_complete", "third_parties_complete")
        ]
        found.append(("establishments_complete", _entities_not_complete))
        found += [
            (f"third parties {name}", lambda p, name=name, blank=blank: _each_third_party(p, {name: blank}))
            for name, blank in (
                ("country", ""),
                ("controlled_from", ""),
                ("technical_access", None),
                ("autonomy", None),
                ("qualified", None),
                ("sources", ()),
            )
        ]
        found.append(("rights", _links_without_rights))
        found.append(("control", _links_without_control))
    return found


def _observed(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The paths of every known fact inside a value."""
    if isinstance(value, Known | Absent):
        inside = _observed(value.value, (*path, "value")) if isinstance(value, Known) else []
        return [path, *inside]
    if is_dataclass(value) and not isinstance(value, type):
        return [
            found
            for field in fields(value)
            if field.name not in KEPT
            for found in _observed(getattr(value, field.name), (*path, field.name))
        ]
    if isinstance(value, tuple):
        return [found for index, item in enumerate(value) for found in _observed(item, (*path, index))]
    return []


def _without(value: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        assert isinstance(value, Known | Absent)
        return Unread(Reason.REFUSED, value.source, "taken away")
    head, *rest = path
    if isinstance(value, tuple):
        return tuple(_without(item, tuple(rest)) if index == head else item for index, item in enumerate(value))
    return replace(value, **{head: _without(getattr(value, head), tuple(rest))})


def _changed(case: Case, index: int, change: Callable[[Place], Place]) -> Case:
    return replace(case, places=tuple(change(p) if i == index else p for i, p in enumerate(case.places)))


def _each_qualification(place: Place, part: dict[str, Any]) -> Place:
    return replace(place, qualifications=tuple(replace(entry, **part) for entry in place.qualifications))


def _each_operator(place: Place, part: dict[str, Any]) -> Place:
    assert isinstance(place.operators, Known)
    return replace(
        place, operators=replace(place.operators, value=tuple(replace(o, **part) for o in place.operators.value))
    )


def _entities_not_complete(place: Place) -> Place:
    assert isinstance(place.operators, Known)
    changed = tuple(
        replace(
            operator,
            entity=replace(operator.entity, establishments_complete=False),
            entities=tuple(replace(entity, establishments_complete=False) for entity in operator.entities),
        )
        for operator in place.operators.value
    )
    return replace(place, operators=replace(place.operators, value=changed))


def _each_third_party(place: Place, part: dict[str, Any]) -> Place:
    assert isinstance(place.operators, Known)
    changed = tuple(
        replace(operator, third_parties=tuple(replace(party, **part) for party in operator.third_parties))
        for operator in place.operators.value
    )
    return replace(place, operators=replace(place.operators, value=changed))


def _links_without_rights(place: Place) -> Place:
    assert isinstance(place.operators, Known)
    changed = tuple(
        replace(operator, links=tuple(replace(link, veto=None, board_majority=None) for link in operator.links))
        for operator in place.operators.value
    )
    return replace(place, operators=replace(place.operators, value=changed))


def _links_without_control(place: Place) -> Place:
    assert isinstance(place.operators, Known)
    changed = tuple(
        replace(
            operator,
            links=tuple(
                replace(link, controls=None, capital_percent=None, votes_percent=None) for link in operator.links
            ),
        )
        for operator in place.operators.value
    )
    return replace(place, operators=replace(place.operators, value=changed))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_knowing_less_never_turns_an_outcome_into_a_pass_or_into_not_applicable(data: st.DataObject) -> None:
    on, case = data.draw(st.sampled_from(BASE))
    ways = removals(case)
    chosen = data.draw(st.lists(st.sampled_from(ways), min_size=1, max_size=3, unique_by=lambda way: way[0]))
    poorer = case
    for _, remove in sorted(chosen, key=lambda way: -len(way[0])):
        try:
            poorer = remove(poorer)
        except (AttributeError, AssertionError):
            continue  # an earlier removal already took the whole away

    before, after = outcomes(case, on), outcomes(poorer, on)

    improved = {rule: (before[rule], now) for rule, now in after.items() if now in ACCEPTABLE and now != before[rule]}
    assert improved == {}, [name for name, _ in chosen]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_order_of_places_operators_links_and_claims_does_not_matter(data: st.DataObject) -> None:
    on, case = data.draw(st.sampled_from(BASE))
    places = tuple(_shuffled(data, place) for place in data.draw(st.permutations(case.places)))
    claims = tuple(data.draw(st.permutations(case.dataset.claims)))
    shuffled = replace(case, places=places, dataset=replace(case.dataset, claims=claims))

    first, second = load().assess((case,), (), on), load().assess((shuffled,), (), on)

    assert outcomes(case, on) == outcomes(shuffled, on)
    assert [(j.word, j.exposures) for j in first.places] == [(j.word, j.exposures) for j in second.places]


def _shuffled(data: st.DataObject, place: Place) -> Place:
    if not isinstance(place.operators, Known):
        return place
    operators = tuple(
        replace(
            o, links=tuple(data.draw(st.permutations(o.links))), entities=tuple(data.draw(st.permutations(o.entities)))
        )
        for o in data.draw(st.permutations(place.operators.value))
    )
    qualifications = tuple(data.draw(st.permutations(place.qualifications)))
    return replace(place, operators=replace(place.operators, value=operators), qualifications=qualifications)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 5000), st.sampled_from(SITUATIONS))
def test_every_day_since_secnumcloud_3_2_can_be_asked(days: int, situation: Any) -> None:
    on = date(2022, 3, 8) + timedelta(days=days)
    cases = catalog.load(HERE / "catalog").resolve(inventory_of(situation), on)

    judgement = load().assess(cases, (), on)

    assert len(judgement.datasets) + (judgement.unattached is not None) == len(cases)


def test_the_same_cases_on_the_same_day_give_the_same_judgement() -> None:
    cases = tuple(case for on, case in BASE if on == TODAY)

    assert load().assess(cases, (), TODAY) == load().assess(cases, (), TODAY)
