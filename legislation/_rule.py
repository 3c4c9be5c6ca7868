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
    for a case on a day, the law of which may have changed since: they branch on ``law.on``.  A file may also
    offer ``holds_alone`` (for a place alone) and ``severity(case, law)`` when it depends on the data.
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


@dataclass(frozen=True, slots=True)
class _Told:
    """A decision and the parameters that were read for it."""

    decision: Decision
    reads: dict[str, tuple[str, str, str]]


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
    undetermined.  Known not to apply: not applicable.  Otherwise its own answer.  ``law`` is a view for this
    case: what another rule already decided of it is not worked out again.
    """
    key = (module.RULE.id, alone and hasattr(module, "holds_alone"))
    told = law.decided.get(key)
    if not isinstance(told, _Told):
        view = law.afresh()
        told = _Told(_decide(module, case, view, alone), view.reads)
        law.decided[key] = told
    law.reads.update(told.reads)
    return told.decision


def _decide(module: RuleModule, case: Case, law: Law, alone: bool) -> Decision:
    rule = module.RULE
    if law.on < rule.in_force_from:
        return _decision(Outcome.NOT_APPLICABLE, (_not_yet(rule.in_force_from), module.BEFORE), (), ())
    if rule.in_force_to is not None and law.on > rule.in_force_to:
        return _decision(Outcome.NOT_APPLICABLE, (_no_longer(rule.in_force_to),), (), ())
    applies = module.applies(case, law)
    match applies:
        case Unknown():
            return _decision(Outcome.UNDETERMINED, applies.because, applies.missing, applies.sources)
        case No():
            return _decision(Outcome.NOT_APPLICABLE, _marked(applies), (), applies.sources)
        case Yes():
            holds = getattr(module, "holds_alone", module.holds) if alone else module.holds
            return _held(holds(case, law), applies.sources)


def _held(holds: Answer, sources: tuple[Source, ...]) -> Decision:
    rests_on = (*sources, *holds.sources)
    match holds:
        case Unknown():
            return _decision(Outcome.UNDETERMINED, holds.because, holds.missing, rests_on)
        case No():
            return _decision(Outcome.FAIL, holds.because, (), rests_on)
        case Yes():
            return _decision(Outcome.PASS, _marked(holds), (), rests_on)


def _decision(
    outcome: Outcome, because: tuple[Words, ...], missing: tuple[str, ...], sources: tuple[Source, ...]
) -> Decision:
    """Reasons as sentences, missing facts sorted, each source once."""
    sentences = tuple(dict.fromkeys(Words(_sentence(words.fr), _sentence(words.en)) for words in because))
    return Decision(outcome, sentences, tuple(sorted(set(missing))), tuple(dict.fromkeys(sources)))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "…")) else ".")


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
