"""What the tables and columns of a database give away, by their names alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from model.health import REFERENCE, Signal, identification, identifying_columns
from scanners._health import models
from scanners._health.columns import of_columns


def of_schema(tables: Iterable[tuple[str, Sequence[str]]]) -> tuple[Signal, ...]:
    """The signals of a database with these tables, each with its columns: one for each signature, with its count.

    ``count`` is the number of tables that bear it.  A table of reference data does not speak for its database.
    """
    found: dict[str, Signal] = {}
    names = []
    for name, columns in tables:
        names.append(name)
        for signal in of_columns(columns, "tables"):
            if signal.family == REFERENCE:
                continue
            known = found.get(signal.id)
            if known is None:
                found[signal.id] = signal
                continue
            found[signal.id] = replace(
                known,
                weight=max(known.weight, signal.weight),
                count=known.count + 1,
                identity=identification((known, signal)),
                columns=identifying_columns((known, signal)),
            )
    told = [*found.values(), *models.of_tables(names)]
    return tuple(sorted(told, key=lambda one: (-one.weight, one.family, one.id)))
