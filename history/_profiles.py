"""What selectors and rules read of a store, worked out once per distinct value, and the stores that stand apart."""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from history._duck import literal
from model.codec import dumps
from model.datasets import Dataset, Selector
from model.errors import SnapshotError

_PROFILE = ("facts", "tags", "kind", "account", "names", "ids")
KEY = f"hash({', '.join(_PROFILE)})"
"""A number for a profile.  That two profiles never share one is checked each time."""


class Profiles:
    """The tables ``profiles`` (what is read of a store, how many share it) and ``belongs`` (profile, dataset).

    ``names`` and ``ids`` of a profile tell which patterns match, as text.
    """

    def __init__(self, con: Any, folder: Path, datasets: Sequence[Dataset]) -> None:
        self._con = con
        self._stores = f"read_parquet({literal(folder / 'stores.parquet')}, file_row_number = true)"
        self._selectors = [(at, one) for at, dataset in enumerate(datasets) for one in dataset.select]
        # A place of the register is told by its id alone.
        self._declared = [(at, _plain(f"register:{one.id}/") + "%") for at, one in enumerate(datasets)]
        self._names = _Patterns(con, "names", {_like(one.name) for _, one in self._selectors if one.name})
        ids = {_like(one.id) for _, one in self._selectors if one.id}
        self._ids = _Patterns(con, "ids", ids | {pattern for _, pattern in self._declared})
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE profiles AS
              SELECT *, {KEY} AS key, row_number() OVER () AS profile
              FROM (SELECT {", ".join(_PROFILE)}, count(*) AS stores FROM ({self.keyed()}) GROUP BY ALL)
            """
        )
        (alike,) = con.execute("SELECT count(*) - count(DISTINCT key) FROM profiles").fetchone()
        if alike:
            raise SnapshotError(f"{folder}: two kinds of stores share a number; tell whoever maintains lexsitus")
        self._tie()

    def keyed(self, wanted: str = "") -> str:
        """The SQL of one row per store: its row ``n``, its ``id``, and the parts of its profile.

        Of the stores whose ``id`` is in the table ``wanted`` alone, if one is given.
        """
        stores = f"(SELECT * FROM {self._stores} SEMI JOIN {wanted} USING (id))" if wanted else self._stores
        read = {word for _, one in self._selectors for word in ("tags", "kind", "account") if getattr(one, word)}
        words = ", ".join(f"s.{word}" if word in read else f"NULL AS {word}" for word in ("tags", "kind", "account"))
        return f"""
            SELECT file_row_number AS n, s.id AS id, facts, {words},
                   {self._names.met("s.name")} AS names, {self._ids.met("s.id")} AS ids
            FROM {stores} AS s {self._names.join("s.name")} {self._ids.join("s.id")}
        """

    def _tie(self) -> None:
        self._con.execute("CREATE OR REPLACE TEMP TABLE belongs (profile BIGINT, dataset INTEGER)")
        values: list[str] = []
        tests = [f"CASE WHEN {self._condition(one, values)} THEN {at} END" for at, one in self._selectors]
        tests += [f"CASE WHEN {self._ids.holds(pattern)} THEN {at} END" for at, pattern in self._declared]
        if not tests:
            return
        self._con.execute(
            f"""
            INSERT INTO belongs
              SELECT DISTINCT profile, dataset FROM (
                SELECT profile, unnest([{", ".join(tests)}]) AS dataset FROM (
                  SELECT *, facts->>'$.scanner' AS scanner, facts->>'$.target' AS target FROM profiles
                )
              ) WHERE dataset IS NOT NULL
            """,
            values,
        )

    def _condition(self, selector: Selector, values: list[str]) -> str:
        """The SQL of one selector over a profile; its texts travel as parameters."""
        tests = [
            patterns.holds(_like(pattern))
            for patterns, pattern in ((self._names, selector.name), (self._ids, selector.id))
            if pattern
        ]
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


class _Patterns:
    """LIKE patterns on one column.  Those alike in their first letters are tried only where these are met."""

    def __init__(self, con: Any, name: str, patterns: AbstractSet[str]) -> None:
        self._column = name
        self._table = f"letters_of_{name}"
        self._length = min((len(_letters(pattern)) for pattern in patterns), default=0)
        self._groups: dict[str, list[str]] = {}
        for pattern in sorted(patterns):
            self._groups.setdefault(_letters(pattern)[: self._length], []).append(pattern)
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE {self._table} AS
              SELECT unnest(?::VARCHAR[]) AS letters, unnest(?::INTEGER[]) AS part
            """,
            [list(self._groups), list(range(len(self._groups)))],
        )
        self._digits = [
            " || ".join([f"'{part}:'", *(self._digit(con, part, letters, one) for one in group)])
            for part, (letters, group) in enumerate(self._groups.items())
        ]

    def _digit(self, con: Any, part: int, letters: str, pattern: str) -> str:
        if pattern == _plain(letters) + "%":
            return "'1'"
        variable = f"{self._column}_{part}_{self._groups[letters].index(pattern)}"
        con.execute(f"SET VARIABLE {variable} = ?", [pattern])
        return f"if(TEXT LIKE getvariable('{variable}') ESCAPE '\\', '1', '0')"

    def join(self, text: str) -> str:
        """The SQL that finds which group of patterns ``text`` may match, if there are any."""
        if not self._groups:
            return ""
        return f"LEFT JOIN {self._table} ON {self._table}.letters = left({text}, {self._length})"

    def met(self, text: str) -> str:
        """The SQL of which patterns ``text`` matches: the number of the group, and a digit for each pattern of it."""
        cases = [f"WHEN {part} THEN {digits.replace('TEXT', text)}" for part, digits in enumerate(self._digits)]
        return f"CASE {self._table}.part {' '.join(cases)} END" if cases else "NULL"

    def holds(self, pattern: str) -> str:
        """The SQL of whether a profile matches ``pattern``, one of those given."""
        letters = _letters(pattern)[: self._length]
        start = f"{list(self._groups).index(letters)}:"
        at = len(start) + self._groups[letters].index(pattern) + 1
        return f"coalesce(starts_with({self._column}, '{start}') AND {self._column}[{at}] = '1', false)"


def _plain(text: str) -> str:
    """The LIKE pattern of ``text`` itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _like(pattern: str) -> str:
    """The LIKE pattern of a selector's one, where ``*`` stands for any text and ``?`` for any character."""
    return _plain(pattern).replace("*", "%").replace("?", "_")


def _letters(pattern: str) -> str:
    """What every text that a LIKE pattern matches begins with."""
    found = re.match(r"(?:[^%_\\]|\\.)*", pattern, re.DOTALL)
    return re.sub(r"\\(.)", r"\1", found[0], flags=re.DOTALL) if found else ""


def except_in(con: Any, folder: Path, profiles: Profiles, datasets: Sequence[Dataset]) -> None:
    """Fills the table ``exceptions``: the stores whose datasets, or gaps, their profile does not tell.

    Those are the stores that inherit a dataset through copies, the ones that a register names, and the ones
    named by a gap (``touched``).
    """
    copies = literal(folder / "copies.parquet")
    declared = [(id, at) for at, dataset in enumerate(datasets) for id in dataset.declared]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE declared AS SELECT unnest(?::VARCHAR[]) AS id, unnest(?::INTEGER[]) AS dataset",
        [[id for id, _ in declared], [at for _, at in declared]],
    )
    # UNION drops the pairs already met, so that copies in a loop come to an end.
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE named AS SELECT DISTINCT store AS id FROM {literal(folder / "gaps.parquet")};
        CREATE OR REPLACE TEMP TABLE wanted AS
          SELECT at_store AS id FROM {copies} UNION SELECT of_store FROM {copies}
          UNION SELECT id FROM named UNION SELECT id FROM declared;
        CREATE OR REPLACE TEMP TABLE met AS
          SELECT n, s.id AS id, profile, s.id IN (SELECT id FROM named) AS touched
          FROM (
            SELECT n, id, {KEY} AS key FROM ({profiles.keyed("wanted")})
          ) AS s JOIN profiles USING (key);
        CREATE OR REPLACE TEMP TABLE links AS
          SELECT DISTINCT origin.n AS origin, held.n AS held
          FROM {copies} JOIN met AS origin ON of_store = origin.id JOIN met AS held ON at_store = held.id;
        CREATE OR REPLACE TEMP TABLE direct AS
          SELECT n, dataset FROM met JOIN belongs USING (profile)
          UNION SELECT n, dataset FROM met JOIN declared USING (id);
        CREATE OR REPLACE TEMP TABLE inherited AS
          WITH RECURSIVE reached(n, dataset) AS (
            SELECT held, dataset FROM direct JOIN links ON links.origin = n
            UNION
            SELECT links.held, reached.dataset FROM reached JOIN links ON links.origin = reached.n
          )
          SELECT n, dataset FROM reached;
        CREATE OR REPLACE TEMP TABLE exceptions AS
          WITH apart AS (
            SELECT n FROM met WHERE touched
            UNION SELECT n FROM met JOIN declared USING (id)
            UNION SELECT n FROM inherited ANTI JOIN direct USING (n, dataset)
          ),
          pairs AS (SELECT n, dataset FROM direct SEMI JOIN apart USING (n) UNION SELECT n, dataset FROM inherited),
          held AS (SELECT n, list_sort(list(dataset)) AS datasets FROM pairs GROUP BY n)
          SELECT n, met.id AS id, profile, coalesce(held.datasets, []) AS datasets, touched
          FROM met SEMI JOIN apart USING (n) LEFT JOIN held USING (n);
        """
    )
