"""Stores tied to datasets and grouped by what rules may read, inside DuckDB.

A million stores have a few thousand distinct facts; rules run once for each of these.
"""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from history._duck import literal
from history._layout import FACTS, FACTS_OF_STORES, TOUCHED
from history._profiles import KEY, Profiles, except_in
from history._rows import facts_of
from model.codec import dumps, encode
from model.datasets import Dataset
from model.places import StoreFacts

_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"


def group(con: Any, folder: Path, datasets: Sequence[Dataset]) -> dict[str, int]:
    """Groups the stores of ``folder``, whose tables are written: the number of rows of each file it adds.

    These files (``FACTS``, ``FACTS_OF_STORES``, ``TOUCHED``) depend on the other tables alone, neither on a
    catalog nor on the law: a judgement reads them instead of the stores.

    A store belongs to a dataset when one of its selectors matches, when the register declares it there,
    or when it is, through any number of copies, a copy of a store that does.

    Stores are never compared one by one with the selectors: what selectors and rules read of a store (its
    profile) takes few values, and is worked out once for each.  Stores reached by copies, declared by id or
    named by a gap are the exceptions, held in a table of their own.
    """
    profiles = Profiles(con, folder, datasets)
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE sets AS
          SELECT profile, list(dataset ORDER BY dataset) AS datasets FROM belongs GROUP BY profile
        """
    )
    except_in(con, folder, profiles, datasets)
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE judged AS
          WITH usual AS (
            SELECT profile, stores - coalesce(apart.left_out, 0) AS stores
            FROM profiles LEFT JOIN (SELECT profile, count(*) AS left_out FROM exceptions GROUP BY profile) AS apart
            USING (profile)
          ),
          several AS (
            SELECT facts, coalesce(sets.datasets, []) AS datasets, false AS touched, usual.stores AS stores
            FROM usual JOIN profiles USING (profile) LEFT JOIN sets USING (profile) WHERE usual.stores > 0
            UNION ALL
            SELECT facts, e.datasets, touched, e.stores
            FROM (SELECT profile, datasets, touched, count(*) AS stores FROM exceptions GROUP BY ALL) AS e
            JOIN profiles USING (profile)
          )
          SELECT facts, datasets, touched, sum(stores)::BIGINT AS stores, row_number() OVER () AS g
          FROM several GROUP BY facts, datasets, touched
        """
    )
    ids = tuple(dataset.id for dataset in datasets)
    found = con.execute("SELECT g, facts, datasets, touched, stores FROM judged").fetchall()
    groups = [
        (replace(facts_of(facts), touched=touched, datasets=tuple(sorted(ids[at] for at in belongs))), int(stores), g)
        for g, facts, belongs, touched, stores in found
    ]
    groups.sort(key=lambda one: dumps(encode(one[0])))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE numbered AS SELECT unnest(?::BIGINT[]) AS g, unnest(?::INTEGER[]) AS facts_id",
        [[g for _, _, g in groups], list(range(len(groups)))],
    )
    _write_facts(con, [(facts, stores) for facts, stores, _ in groups], folder / FACTS)
    _tell_each(con, profiles.keyed(), folder / FACTS_OF_STORES)
    touched = con.execute(
        f"""
        COPY (
          SELECT id AS store, facts_id FROM exceptions JOIN other_facts USING (n) WHERE touched ORDER BY id
        ) TO {literal(folder / TOUCHED)} {_PARQUET}
        """
    ).fetchone()
    return {FACTS: len(groups), FACTS_OF_STORES: sum(stores for _, stores, _ in groups), TOUCHED: int(touched[0])}


def _write_facts(con: Any, facts: Sequence[tuple[StoreFacts, int]], out: Path) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE facts AS SELECT unnest(?::VARCHAR[]) AS row, unnest(?::BIGINT[]) AS stores",
        [[dumps(encode(one)).decode() for one, _ in facts], [stores for _, stores in facts]],
    )
    con.execute(f"COPY (FROM facts) TO {literal(out)} {_PARQUET}")


def _tell_each(con: Any, keyed: str, out: Path) -> None:
    """Writes the index of the facts of each store, in the order of the stores."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE usual_facts AS
          SELECT key, facts_id FROM profiles LEFT JOIN sets USING (profile)
          JOIN judged ON judged.facts = profiles.facts AND judged.datasets = coalesce(sets.datasets, [])
            AND NOT judged.touched
          JOIN numbered USING (g);
        CREATE OR REPLACE TEMP TABLE other_facts AS
          SELECT n, facts_id FROM exceptions JOIN profiles USING (profile)
          JOIN judged ON judged.facts = profiles.facts AND judged.datasets = exceptions.datasets
            AND judged.touched = exceptions.touched
          JOIN numbered USING (g);
        """
    )
    con.execute(
        f"""
        COPY (
          SELECT coalesce(other_facts.facts_id, usual_facts.facts_id) AS facts_id
          FROM (SELECT n, {KEY} AS key FROM ({keyed})) AS s
          LEFT JOIN usual_facts USING (key) LEFT JOIN other_facts ON other_facts.n = s.n ORDER BY s.n
        ) TO {literal(out)} {_PARQUET}
        """
    )
