"""What a rule file offers, and how its two answers become one of four outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol

from legislation._days import written
from legislation._law import Law
from legislation._logic import Answer, No, Unknown, Yes
from model.assessment import Case, Outcome, Rule, Severity, Words
from model.observed import Source


class RuleModule(Protocol):
    """A file of ``legislation/rules``.

    ``OF_PLACES`` tells that the rule also judges a place alone; false for a rule on the records of a
    dataset.  ``BEFORE`` says what held before the rule came into force.  ``applies`` and ``holds`` answer
    for a case on a day.  A file may also offer ``holds_alone`` (for a place alone),
    ``severity(case, law)`` when it depends on the data, and ``VERSIONS`` when the law changed.
    """

    RULE: Rule
    OF_PLACES: bool
    BEFORE: Words

    def applies(self, case: Case, law: Law) -> Answer: ...

    def holds(self, case: Case, law: Law) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a rule with its reasons, before a derogation is looked for."""

    outcome: Outcome
    because: tuple[Words, ...]
    missing: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


_DECLARED = Words(
    "Résultat fondé sur une déclaration, sans preuve technique ni documentaire.",
    "This result rests on a declaration, without technical or documentary evidence.",
)


@cache
def modules() -> tuple[RuleModule, ...]:
    """Every rule of the folder, sorted by id.  The folder is the list."""
    names = sorted(path.stem for path in (Path(__file__).parent / "rules").glob("[a-z]*.py"))
    found: list[RuleModule] = []
    for name in names:
        module: object = import_module(f"legislation.rules.{name}")
        found.append(module)  # type: ignore[arg-type]  # tests hold every file to the protocol
    return tuple(sorted(found, key=lambda module: module.RULE.id))


def decide(module: RuleModule, case: Case, law: Law, alone: bool = False) -> Decision:
    """The outcome of a rule on a case; ``alone`` when the case is a single place.

    Not in force: not applicable, and the reasons say since or until when.  Whether it applies unknown:
    undetermined.  Known not to apply: not applicable.  Otherwise its own answer.
    """
    rule = module.RULE
    if law.on < rule.in_force_from:
        return Decision(Outcome.NOT_APPLICABLE, (_not_yet(rule.in_force_from), module.BEFORE))
    if rule.in_force_to is not None and law.on > rule.in_force_to:
        return Decision(Outcome.NOT_APPLICABLE, (_no_longer(rule.in_force_to),))
    applies = module.applies(case, law)
    match applies:
        case Unknown():
            return Decision(Outcome.UNDETERMINED, applies.because, _sorted(applies.missing), _distinct(applies.sources))
        case No():
            return Decision(Outcome.NOT_APPLICABLE, _marked(applies), (), _distinct(applies.sources))
        case Yes():
            holds = getattr(module, "holds_alone", module.holds) if alone else module.holds
            return _held(holds(case, law), applies.sources)


def _held(holds: Answer, sources: tuple[Source, ...]) -> Decision:
    rests_on = _distinct((*sources, *holds.sources))
    match holds:
        case Unknown():
            return Decision(Outcome.UNDETERMINED, holds.because, _sorted(holds.missing), rests_on)
        case No():
            return Decision(Outcome.FAIL, holds.because, (), rests_on)
        case Yes():
            return Decision(Outcome.PASS, _marked(holds), (), rests_on)


def _sorted(missing: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(missing)))


def _distinct(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(sources))


def severity_of(module: RuleModule, case: Case, law: Law) -> Severity:
    """How grave a failure would be here."""
    weigh = getattr(module, "severity", None)
    return module.RULE.severity if weigh is None else weigh(case, law)


def _marked(answer: Yes | No) -> tuple[Words, ...]:
    return (*answer.because, _DECLARED) if answer.declared else answer.because


def _not_yet(day: date) -> Words:
    since = written(day)
    return Words(f"Règle en vigueur à compter du {since.fr} seulement.", f"Rule in force from {since.en} only.")


def _no_longer(day: date) -> Words:
    last = written(day)
    return Words(f"Règle en vigueur jusqu’au {last.fr}.", f"Rule in force until {last.en}.")
