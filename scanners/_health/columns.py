"""What the names of columns give away, whatever the file or the database: groups of ``columns.csv``.

Groups that speak of care (diagnosis, drug, stay...) count once each; columns that speak of a person tell whether rows
are persons, and how identifying they are.  The names that leave this module are made of the words of the table alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod
from pathlib import Path

from model.datasets import Identity
from model.health import REFERENCE, Signal
from model.reading import read_csv
from scanners._health import models
from scanners._health.names import folded, in_vocabulary

PATH = Path(__file__).with_name("columns.csv")
COLUMNS = ("group", "role", "weight", "pattern")

_MOST_COLUMNS = 2_000
_LONGEST = 80
_VITALS, _BODY = 3, 2
_QUASI_IDENTIFIERS = 5
"""How many columns of the kind that CNIL SAN-2024-013 describes make rows single people out (our threshold)."""
_QUASI = frozenset(
    {"birth", "age", "sex", "social", "history", "body", "diagnosis", "drug", "insurance", "lab", "residence"}
)
_PERSON = frozenset({"identifier", "pseudonym", "contact", "birth", "age", "sex"})
_CERTAIN, _LIKELY, _FAINT = 0.9, 0.6, 0.3
_FIRM = 0.5
_GROUPS_ALONE = 4
"""How many clinical groups side by side need no column of a person."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = re.compile(r"[^a-z0-9]+")
_LETTERS = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the table."""

    group: str
    role: str
    weight: float
    pattern: re.Pattern[str]


@dataclass(slots=True)
class _Found:
    """The columns of each role, and the clinical groups met with their weights."""

    by_role: dict[str, set[str]]
    by_group: dict[str, set[str]]
    clinical: dict[str, float]

    def has(self, *roles: str) -> bool:
        """True when a column of one of these roles is there."""
        return any(self.by_role.get(role) for role in roles)


def normalised(name: str) -> str:
    """Lower case, accents off, words joined by an underscore: ``StudyInstanceUID`` is ``study_instance_uid``."""
    return _normalised(name[:_LONGEST])


@lru_cache(maxsize=1 << 14)
def _normalised(name: str) -> str:
    return _OTHER.sub("_", folded(_CAMEL.sub("_", name))).strip("_")


def of_columns(
    names: Iterable[str], where: str = "columns", more: dict[str, float] | None = None
) -> tuple[Signal, ...]:
    """What the columns of one table tell.  ``more`` are clinical groups that their contents showed, with weights."""
    columns = list(dict.fromkeys(normalised(name) for _, name in zip(range(_MOST_COLUMNS), names, strict=False)))
    if not columns:
        return ()
    if known := models.of_columns(columns, where):
        return known
    found = _found(columns)
    found.clinical |= more or {}
    weight = _weight(found, len(columns))
    singling = _singling(found)
    identity = _identity(found, singling, weight)
    if weight:
        what = "quasi-identifiers" if len(_quasi(found)) >= _QUASI_IDENTIFIERS else "clinical columns"
        return (Signal("columns", what, weight, where, identity=identity, columns=singling),)
    if _is_reference(found, columns):
        return (Signal(REFERENCE, "nomenclature", 0.0, where),)
    if found.has("identifier"):
        # Personal data that nothing says to be of health: told, and without weight.
        return (Signal("columns", "personal columns", 0.0, where, identity=identity, columns=singling),)
    return ()


def recognised(names: Iterable[str]) -> int:
    """How many of these names are columns that the table knows: what tells a header from a line of data."""
    return sum(1 for name in names if _groups(normalised(name)))


def _found(columns: list[str]) -> _Found:
    found = _Found({}, {}, {})
    for column in columns:
        for group, role, weight in _groups(column):
            found.by_role.setdefault(role, set()).add(column)
            found.by_group.setdefault(group, set()).add(column)
            if role == "clinical":
                found.clinical[group] = weight
    for group, least, weight in (("vitals", _VITALS, 0.7), ("body", _BODY, 0.15)):
        if len(found.by_group.get(group, ())) >= least:
            found.clinical[group] = weight
    return found


def _weight(found: _Found, columns: int) -> float:
    clinical = found.clinical
    # A directory of professionals names doctors and specialities, and no patient.
    if found.has("professional") and set(clinical) <= {"consultation"} and not found.has("birth", "age", "sex"):
        return 0.0
    if not clinical or found.has("blocker"):
        return 0.0
    direct = found.has("identifier", "pseudonym")
    if found.has("machine") and not found.has("identifier"):
        return 0.0
    groups = len([group for group in clinical if group != "body"])
    if found.has("payroll") and groups < 2:
        return 0.0
    aggregated = len(found.by_role.get("aggregate", ()))
    if (
        aggregated
        and not direct
        and not found.has("birth")
        and ("class" in found.by_group or 3 * aggregated >= columns)
    ):
        return _FAINT
    person = found.has(*_PERSON)
    strongest = max(clinical.values())
    if (groups > 1 and person) or groups >= _GROUPS_ALONE or (groups and strongest >= _FIRM and direct):
        doubt = prod(1.0 - weight for weight in clinical.values())
        return round(max(_CERTAIN, 1.0 - doubt * doubt), 2)
    return _LIKELY if groups > 1 or (groups and person) else 0.0


def _quasi(found: _Found) -> set[str]:
    """The columns of the kind that singles people out when several stand together."""
    return {column for group in _QUASI for column in found.by_group.get(group, ())}


def _singling(found: _Found) -> tuple[str, ...]:
    columns = {column for role in ("identifier", "pseudonym") for column in found.by_role.get(role, ())}
    quasi = _quasi(found)
    if len(quasi) >= _QUASI_IDENTIFIERS:
        columns |= quasi
    return tuple(sorted({word for word in map(_in_our_words, columns) if word}))


def _identity(found: _Found, singling: tuple[str, ...], weight: float) -> Identity | None:
    if found.has("identifier"):
        return Identity.NOMINATIVE
    if singling or (weight >= _FIRM and found.has(*_PERSON)):
        return Identity.PSEUDONYMOUS
    return None


def _is_reference(found: _Found, columns: list[str]) -> bool:
    coded = any(column.startswith("code") or column.endswith(("code", "_cod")) for column in columns)
    return found.has("label") and (coded or bool(found.clinical)) and not found.has(*_PERSON)


@lru_cache(maxsize=1 << 15)
def _groups(column: str) -> tuple[tuple[str, str, float], ...]:
    if not _LETTERS.search(column) and len(column) > 3:
        return ()
    return tuple((row.group, row.role, row.weight) for row in _rows() if row.pattern.fullmatch(column))


def _in_our_words(column: str) -> str:
    """``column`` without any word that the table does not hold: a value taken for a name must not leave."""
    return "_".join(word for word in column.split("_") if word in _words() or in_vocabulary(word))


@cache
def _words() -> frozenset[str]:
    found = {word for row in _rows() for word in _LETTERS.findall(re.sub(r"\\.", "", row.pattern.pattern))}
    joined = {"diagnosis", "diagnostic", "person", "patient", "subject", "value", "source", "naissance", "num", "psa"}
    return frozenset(found | joined)


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(
        _Row(row["group"], row["role"], float(row["weight"]), re.compile(row["pattern"]))
        for _, row in read_csv(PATH, COLUMNS)
    )
