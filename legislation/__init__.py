"""What the texts demand at a date, and whether a dataset, with all its places, meets it.

``load().assess(cases, derogations, on)`` is pure: same cases, same day, same judgement.  It reads no
clock, opens no connection and no file but its own data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from importlib import import_module

from legislation import forecast as _forecast
from legislation._assess import judge
from legislation._days import written
from legislation._law import Library, NotInForce, library
from legislation._parameters import parameters_of, valued
from legislation._rule import modules
from model.assessment import Case, DataVersion, Forecast, Judgement, ParameterValue, Rule, TextVersion, Words
from model.datasets import Derogation
from model.errors import UsageError
from model.places import Inventory

__all__ = ["CHECK_LIMIT", "Legislation", "NotInForce", "load"]

CHECK_LIMIT = timedelta(days=90)
"""A rule last checked longer ago than this is reported as not refreshed."""


@dataclass(frozen=True, slots=True)
class Legislation:
    """The texts, parameters and rules that ship with this version."""

    library: Library

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, sorted by id."""
        return tuple(module.RULE for module in modules())

    def rule(self, id: str) -> Rule:
        """The rule of that id, whatever the case of its letters.  Raises UsageError, with the nearest ids."""
        ids = {rule.id: rule for rule in self.rules}
        if id.upper() in ids:
            return ids[id.upper()]
        close = get_close_matches(id.upper(), ids, 3, 0.5)
        hint = f"did you mean {', '.join(close)}? " if close else ""
        raise UsageError(f"no rule {id!r}; {hint}see: lexsitus rules list")

    def before(self, rule: str) -> Words:
        """What held before a rule came into force."""
        return next(module.BEFORE for module in modules() if rule == module.RULE.id)

    def texts(self, on: date) -> tuple[TextVersion, ...]:
        """Every text at its version of a day (its first one when it was still to come), sorted by id."""
        return tuple(text.at(on) for _, text in sorted(self.library.texts.items()))

    def parameters(self, rule: str, on: date) -> tuple[ParameterValue, ...]:
        """The parameters that a rule can read, with their values on a day, sorted by id."""
        known = self.library.parameters
        found = next(module for module in modules() if rule == module.RULE.id)
        module = import_module(found.applies.__module__)
        return tuple(valued(known[id], on) for id in parameters_of(module, frozenset(known)))

    def assess(self, cases: Sequence[Case], derogations: Sequence[Derogation], on: date) -> Judgement:
        """What the law in force on ``on`` says of the cases.

        One judged dataset per case, in their order; the case whose dataset id is empty becomes
        ``unattached``.  Places are sorted by facts id.  Raises NotInForce for a day before the
        first value of a parameter that a rule in force reads.
        """
        return judge(self.library, modules(), cases, derogations, on, self._warnings(on))

    def forecast(
        self, inventory: Inventory, resolve: _forecast.Resolve, dated: Iterable[Forecast], on: date, until: date
    ) -> tuple[Forecast, ...]:
        """What changes after ``on`` and up to ``until`` included, with what it changes for which dataset.

        ``resolve`` gives the cases of an inventory on a day, ``dated`` what the catalog knows to come.  Every
        effect comes from judging the same inventory on both days, as if lists were re-read without change.
        Sorted by day.
        """
        return _forecast.forecast(self.library, modules(), CHECK_LIMIT, inventory, resolve, dated, on, until)

    def version(self, on: date) -> DataVersion:
        """Which state of the legislation this is, and whether anybody checked it lately on ``on``."""
        days = [rule.checked_on for rule in self.rules]
        days += [text.checked_on for text in self.library.texts.values()]
        days += [parameter.checked_on for parameter in self.library.parameters.values()]
        days += [foreign.checked_on for foreign in self.library.foreign_laws]
        oldest = min(days)
        return DataVersion(
            version=max(days).isoformat(),
            sha256=self.library.sha256,
            checked_on=oldest,
            stale=on - oldest > CHECK_LIMIT,
            warnings=self._warnings(on),
        )

    def _warnings(self, on: date) -> tuple[Words, ...]:
        return tuple(_stale(rule) for rule in self.rules if on - rule.checked_on > CHECK_LIMIT)


@cache
def load() -> Legislation:
    """The legislation, read once.  Raises DocumentError when a data file is not as it should be."""
    return Legislation(library())


def _stale(rule: Rule) -> Words:
    day = written(rule.checked_on)
    return Words(
        f"Règle non réactualisée\u202f: {rule.id}, vérifiée pour la dernière fois le {day.fr}.",
        f"Rule not refreshed: {rule.id}, last checked on {day.en}.",
    )
