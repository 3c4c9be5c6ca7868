"""Which parameters a rule can read, found by following its functions, so that nobody has to list them by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from inspect import isclass, isfunction, ismodule
from types import CodeType, FunctionType, ModuleType

from legislation._law import Parameter
from model.assessment import ParameterValue


def parameters_of(module: ModuleType, ids: frozenset[str]) -> tuple[str, ...]:
    """The ids among ``ids`` that the functions of a rule name, or that any function of ours they use names.  Sorted."""
    found: set[str] = set()
    seen: set[FunctionType] = set()
    waiting = list(_functions_in(module))
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        for code in _codes(function.__code__):
            found.update(ids.intersection(const for const in code.co_consts if isinstance(const, str)))
            for name in code.co_names:
                waiting.extend(_functions_of(function.__globals__.get(name)))
    return tuple(sorted(found))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _codes(const)


def _functions_in(module: ModuleType) -> Iterator[FunctionType]:
    return (value for value in vars(module).values() if isfunction(value) and value.__module__ == module.__name__)


def _functions_of(value: object) -> Iterator[FunctionType]:
    """The functions behind a name: of ours only."""
    if isfunction(value) and value.__module__.startswith("legislation."):
        yield value
    elif isclass(value) and value.__module__.startswith("legislation."):
        yield from (member for member in vars(value).values() if isfunction(member))
    elif ismodule(value) and value.__name__.startswith("legislation.rules."):
        yield from _functions_in(value)


def valued(parameter: Parameter, on: date) -> ParameterValue:
    """A parameter with its value on a day, or none and its first reference when that is still to come."""
    held = [dated for dated in parameter.values if dated.since <= on]
    dated = held[-1] if held else parameter.values[0]
    value = ", ".join(dated.value) if isinstance(dated.value, tuple) else str(dated.value)
    return ParameterValue(
        id=parameter.id,
        titles=parameter.titles,
        unit=parameter.unit,
        value=value if held else None,
        since=dated.since,
        reference=str(dated.reference),
        confidence=dated.reference.confidence.value,
        checked_on=parameter.checked_on,
    )
