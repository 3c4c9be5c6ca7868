"""Stores tied to datasets and grouped by what rules may read, inside DuckDB.

A million stores have a few thousand distinct facts; rules run once for each of these.
"""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from history._duck import literal
from history._profiles import KEY, Profiles, except_in
from history._rows import facts_of
from model.codec import dumps, encode
from model.datasets import Dataset, Selector
from model.places import Gap, StoreFacts

FACTS_FILE = "facts.parquet"
"""Which facts each store has: one row per row of the stores table, in the same order."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Distinct facts, sorted; how many stores have each; the datasets present per (scanner, target).

    ``touching`` maps a store named by a gap to its datasets; a name that no store bears is absent.
    """

    facts: tuple[StoreFacts, ...]
    counts: tuple[int, ...]
    present: tuple[tuple[str, str, str], ...]
    touching: dict[str, tuple[str, ...]]


def group(con: Any, folder: Path, datasets: Sequence[Dataset], out: Path, sha256: str) -> Grouping:
    """Groups the stores of the snapshot in ``folder`` and writes which facts each has to ``out``.

    A store belongs to a dataset when one of its selectors matches, when the register declares it there,
    or when it is, through any number of copies, a copy of a store that does.  ``sha256``, that of the
    snapshot, is written into ``out``.

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
    _tell_each(con, profiles.keyed(), out, sha256)
    present = {(one.scanner, one.target, dataset) for one, _, _ in groups for dataset in one.datasets}
    touching = con.execute("SELECT id, datasets FROM exceptions WHERE touched ORDER BY id").fetchall()
    return Grouping(
        facts=tuple(facts for facts, _, _ in groups),
        counts=tuple(stores for _, stores, _ in groups),
        present=tuple(sorted(present)),
        touching={id: tuple(ids[at] for at in belongs) for id, belongs in touching},
    )


def _tell_each(con: Any, keyed: str, out: Path, sha256: str) -> None:
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
        ) TO {literal(out)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{snapshot: '{sha256}'}})
        """
    )


def gaps_of_datasets(
    gaps: Sequence[Gap], datasets: Sequence[Dataset], grouping: Grouping
) -> dict[str, tuple[str, ...]]:
    """Per dataset, the gaps that may hide one of its places; the key ``""`` is for stores tied to none.

    A gap that names a store touches the datasets of that store.  One that names none, or a store that
    nobody knows, stands for a listing: it may hide a store of every dataset that has a selector which
    could match there or a store in that target, and stores tied to no dataset.
    """
    touched: dict[str, set[str]] = {dataset.id: set() for dataset in datasets}
    touched[""] = set()
    present: dict[tuple[str, str], set[str]] = {}
    for scanner, target, dataset in grouping.present:
        present.setdefault((scanner, target), set()).add(dataset)
    for gap in gaps:
        if gap.store and gap.store in grouping.touching:
            hidden = set(grouping.touching[gap.store]) or {""}
        else:
            hidden = {""} | present.get((gap.scanner, gap.target), set())
            hidden |= {dataset.id for dataset in datasets if any(_could_match(one, gap) for one in dataset.select)}
        for dataset in hidden:
            touched[dataset].add(gap.id)
    return {dataset: tuple(sorted(ids)) for dataset, ids in sorted(touched.items())}


def _could_match(selector: Selector, gap: Gap) -> bool:
    return all(
        not mine or not theirs or mine == theirs
        for mine, theirs in (
            (selector.scanner, gap.scanner),
            (selector.target, gap.target),
            (selector.account, gap.account),
        )
    )
