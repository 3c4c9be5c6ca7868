"""Stores tied to datasets and grouped by what rules may read, inside DuckDB.

A million stores have a few thousand distinct facts; rules run once for each of these.
"""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from history._duck import literal
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


def group(con: Any, folder: Path, datasets: Sequence[Dataset], out: Path) -> Grouping:
    """Groups the stores of the snapshot in ``folder`` and writes which facts each has to ``out``.

    A store belongs to a dataset when one of its selectors matches, when the register declares it there,
    or when it is, through any number of copies, a copy of a store that does.
    """
    stores = f"read_parquet({literal(folder / 'stores.parquet')}, file_row_number = true)"
    copies = literal(folder / "copies.parquet")
    gaps = literal(folder / "gaps.parquet")
    _attach(con, stores, copies, datasets)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE touched AS
          SELECT DISTINCT file_row_number AS n, id FROM {stores}
          SEMI JOIN (SELECT store FROM {gaps} WHERE store <> '') AS named ON id = named.store;
        CREATE OR REPLACE TEMP TABLE sets AS
          SELECT n, list(dataset ORDER BY dataset) AS datasets FROM belongs GROUP BY n;
        CREATE OR REPLACE TEMP VIEW judged AS
          SELECT s.file_row_number AS n, s.id AS id, s.facts AS facts, coalesce(sets.datasets, []) AS datasets,
                 touched.n IS NOT NULL AS touched
          FROM {stores} AS s
          LEFT JOIN sets ON sets.n = s.file_row_number
          LEFT JOIN touched ON touched.n = s.file_row_number;
        CREATE OR REPLACE TEMP TABLE distinct_facts AS
          SELECT facts, datasets, touched, count(*) AS stores, row_number() OVER () AS g
          FROM judged GROUP BY facts, datasets, touched;
        """
    )
    ids = tuple(dataset.id for dataset in datasets)
    found = con.execute("SELECT g, facts, datasets, touched, stores FROM distinct_facts").fetchall()
    groups = [
        (replace(facts_of(facts), touched=touched, datasets=tuple(sorted(ids[at] for at in belongs))), int(stores), g)
        for g, facts, belongs, touched, stores in found
    ]
    groups.sort(key=lambda one: dumps(encode(one[0])))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE numbered AS SELECT unnest(?::BIGINT[]) AS g, unnest(?::INTEGER[]) AS facts_id",
        [[g for _, _, g in groups], list(range(len(groups)))],
    )
    con.execute(
        f"""
        COPY (
          SELECT judged.id AS id, facts_id FROM judged
          JOIN distinct_facts USING (facts, datasets, touched) JOIN numbered USING (g) ORDER BY judged.n
        ) TO {literal(out)} (FORMAT parquet, COMPRESSION zstd)
        """
    )
    present = con.execute(
        f"""
        SELECT DISTINCT s.scanner, s.target, belongs.dataset
        FROM {stores} AS s JOIN belongs ON belongs.n = s.file_row_number ORDER BY ALL
        """
    ).fetchall()
    touching = con.execute("SELECT id, sets.datasets FROM touched LEFT JOIN sets USING (n) ORDER BY id").fetchall()
    return Grouping(
        facts=tuple(facts for facts, _, _ in groups),
        counts=tuple(stores for _, stores, _ in groups),
        present=tuple((scanner, target, ids[at]) for scanner, target, at in present),
        touching={id: tuple(ids[at] for at in belongs or ()) for id, belongs in touching},
    )


def _attach(con: Any, stores: str, copies: str, datasets: Sequence[Dataset]) -> None:
    """Fills the table ``belongs``: (row of a store, index of a dataset), each pair once."""
    tests: list[str] = []
    values: list[str] = []
    for at, dataset in enumerate(datasets):
        lines = [_condition(selector, values) for selector in dataset.select]
        values.append(f"register:{dataset.id}/")
        lines.append(f"starts_with(id, ${len(values)})")
        if dataset.declared:
            values.append(json.dumps(sorted(dataset.declared)))
            lines.append(f"id IN (SELECT unnest(from_json(${len(values)}, '[\"VARCHAR\"]')))")
        tests.append(f"CASE WHEN {' OR '.join(lines)} THEN {at} END")
    con.execute("CREATE OR REPLACE TEMP TABLE direct (n BIGINT, dataset INTEGER)")
    if tests:
        con.execute(
            f"""
            INSERT INTO direct SELECT * FROM (
              SELECT file_row_number AS n, unnest([{", ".join(tests)}]) AS dataset FROM {stores}
            ) WHERE dataset IS NOT NULL
            """,
            values,
        )
    # UNION drops the pairs already met, so that copies in a loop come to an end.
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE links AS
          SELECT origin.file_row_number AS origin, held.file_row_number AS held
          FROM {copies} JOIN {stores} AS origin ON of_store = origin.id
          JOIN {stores} AS held ON at_store = held.id;
        CREATE OR REPLACE TEMP TABLE belongs AS
          WITH RECURSIVE inherited(n, dataset) AS (
            SELECT n, dataset FROM direct SEMI JOIN links ON links.origin = n
            UNION
            SELECT links.held, inherited.dataset FROM inherited JOIN links ON links.origin = inherited.n
          )
          SELECT n, dataset FROM direct UNION SELECT n, dataset FROM inherited;
        """
    )


def _condition(selector: Selector, values: list[str]) -> str:
    """The SQL of one selector; its texts travel as parameters."""
    tests: list[str] = []
    for column, pattern in (("id", selector.id), ("name", selector.name)):
        if pattern:
            values.append(_like(pattern))
            tests.append(f"{column} LIKE ${len(values)} ESCAPE '\\'")
    for column, word in (
        ("scanner", selector.scanner),
        ("target", selector.target),
        ("kind", selector.kind),
        ("account", selector.account),
    ):
        if word:
            values.append(word)
            tests.append(f"{column} = ${len(values)}")
    for pair in selector.tags:
        # The canonical text of the pair cannot occur inside a string, where its quotes would be escaped.
        values.append(dumps(list(pair)).decode())
        tests.append(f"contains(coalesce(tags, ''), ${len(values)})")
    # A selector without a word would take every store in: it takes none.
    return " AND ".join(tests) or "false"


def _like(pattern: str) -> str:
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")


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
