"""How the stores and copies of two snapshots differ: one join of their tables, whose rows are never decoded."""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from history._changed_verdicts import differing
from history._duck import connect, engine, literal, stream
from history._layout import COMPARED, FACTS_OF_STORES, LISTED, LISTINGS
from history.snapshot import check
from model.assessment import JudgedPlace, Judgement, countries_of
from model.changes import About, Change, ChangeKind
from model.codec import dumps
from model.datasets import Dataset
from model.observed import Known, known
from model.places import Gap
from model.snapshot import SnapshotManifest

SnapshotSide = tuple[Path, Judgement, SnapshotManifest]
_WHERE = ("provider", "countries", "regions")
_ANSWERS = ("public", "shared_with", "key")
_ABSENT: dict[str, Any] = {"public": False, "shared_with": [], "key": {"custody": "none"}}
"""What a proven absence means."""
_COPY = "at_store, of_store, kind"


class StoreChanges:
    """Two snapshots side by side, until closed; ``gaps`` are those of the later one."""

    def __init__(self, before: SnapshotSide, after: SnapshotSide, gaps: Sequence[Gap]) -> None:
        self._folder = after[0]
        self._spill = TemporaryDirectory(prefix="lexsitus-changes-")
        self._con = connect(Path(self._spill.name))
        self._descriptions: list[dict[str, Any]] = []
        numbers: dict[bytes, int] = {}
        with engine(self._folder):
            for name, (folder, judgement, manifest) in (("before", before), ("after", after)):
                check(folder, manifest, ("stores.parquet", "copies.parquet", FACTS_OF_STORES))
                self._describe(name, judgement, numbers)
                self._open(name, folder, manifest)
            self._vouch(before[2], after[2])
            self._hide(gaps, [judged.dataset for judged in after[1].datasets])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._con.close()
        self._spill.cleanup()

    def seen(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of ``ids`` that are stores of the later snapshot."""
        with engine(self._folder):
            found = self._con.execute(
                "SELECT id FROM stores_after SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS id) USING (id)", [list(ids)]
            )
            return frozenset(id for (id,) in found.fetchall())

    def stores(self) -> Iterator[Change]:
        """Stores that came, went, moved or changed, sorted by id."""
        with engine(self._folder):
            rows = self._con.cursor().execute(
                f"""
                WITH differing AS MATERIALIZED (
                  SELECT coalesce(a.id, b.id) AS id, a.scanner, {_renamed(("kind", "description", *_ANSWERS))}
                  FROM stores_before AS a FULL JOIN stores_after AS b ON a.id = b.id
                  WHERE a.id IS NULL OR b.id IS NULL OR a.description <> b.description OR a.kind <> b.kind
                    OR {" OR ".join(map(_differ, _ANSWERS))}
                ),
                gone AS (
                  SELECT id FROM differing
                  JOIN listed_before AS listed ON listed.store = id AND listed.of = ''
                  LEFT JOIN vouched ON vouched.target = listed.target AND vouched.scope = listed.scope
                  WHERE kind_b IS NULL
                  GROUP BY id HAVING bool_and(vouched.scope IS NOT NULL)
                  UNION
                  SELECT id FROM differing
                  JOIN complete_registers ON starts_with(id, prefix) WHERE kind_b IS NULL AND scanner = 'declared'
                )
                SELECT differing.* EXCLUDE (scanner), gone.id IS NOT NULL AND hidden.id IS NULL
                FROM differing LEFT JOIN gone USING (id) LEFT JOIN hidden USING (id) ORDER BY id
                """
            )
            for id, kind_a, kind_b, old, new, *answers, gone in stream(rows):
                before = None if kind_a is None else self._whole(kind_a, old, answers[0::2])
                after = None if kind_b is None else self._whole(kind_b, new, answers[1::2])
                yield from _changes_of(id, before, after, gone)

    def copies(self) -> Iterator[Change]:
        """Copies that came or went, sorted by where they rest."""
        with engine(self._folder):
            rows = self._con.cursor().execute(
                f"""
                SELECT {_COPY}, false AS later, count(listed.scope) > 0 AND bool_and(vouched.scope IS NOT NULL)
                  AND NOT bool_or(at_store IN (FROM hidden) OR of_store IN (FROM hidden)) AS gone
                FROM (SELECT * FROM copies_before ANTI JOIN copies_after USING ({_COPY})) AS c
                LEFT JOIN (SELECT store, of, kind AS role, target, scope FROM listed_before WHERE of <> '') AS listed
                  ON listed.store = at_store AND listed.of = of_store AND listed.role = kind
                LEFT JOIN vouched ON vouched.target = listed.target AND vouched.scope = listed.scope
                GROUP BY {_COPY}
                UNION ALL
                SELECT {_COPY}, true, false FROM copies_after ANTI JOIN copies_before USING ({_COPY})
                ORDER BY {_COPY}
                """
            )
            for at, of, role, later, gone in stream(rows):
                told = {"of": of, "at": at, "kind": role}
                kind = ChangeKind.NEW if later else ChangeKind.GONE if gone else ChangeKind.NOT_SEEN_AGAIN
                yield Change(kind, About.COPY, f"{of} → {at} ({role})", *((None, told) if later else (told, None)))

    def _describe(self, name: str, judgement: Judgement, numbers: dict[bytes, int]) -> None:
        """The table of what is judged of each set of facts; equal descriptions have one number on both sides."""
        rows = []
        for judged in judgement.places:
            description = _description(judged)
            number = numbers.setdefault(dumps(description), len(numbers))
            if number == len(self._descriptions):
                self._descriptions.append(description)
            rows.append((judged.place.facts_id, number))
        self._con.execute(
            f"""
            CREATE TABLE described_{name} AS
              SELECT unnest(?::INTEGER[]) AS facts_id, unnest(?::INTEGER[]) AS description
            """,
            [[facts for facts, _ in rows], [number for _, number in rows]],
        )

    def _open(self, name: str, folder: Path, manifest: SnapshotManifest) -> None:
        stores, copies = literal(folder / "stores.parquet"), literal(folder / "copies.parquet")
        columns = {column for column, *_ in self._con.execute(f"DESCRIBE FROM {stores}").fetchall()}
        # Snapshots of the first versions hold these answers in the row alone, and did not keep who listed what.
        answers = ", ".join(one if one in columns else f"row->'$.{one}' AS {one}" for one in _ANSWERS)
        listings = "(SELECT '' AS target, '' AS scope, '' AS above, false AS whole WHERE false)"
        listed = "(SELECT '' AS store, '' AS of, '' AS kind, '' AS target, '' AS scope WHERE false)"
        if manifest.tables.keys() >= set(COMPARED):
            check(folder, manifest, COMPARED)
            listings, listed = literal(folder / LISTINGS), literal(folder / LISTED)
        self._con.execute(
            f"""
            CREATE VIEW stores_{name} AS
              SELECT id, kind, scanner, {answers}, description
              FROM {stores} POSITIONAL JOIN {literal(folder / FACTS_OF_STORES)} JOIN described_{name} USING (facts_id);
            CREATE VIEW copies_{name} AS SELECT {_COPY} FROM {copies};
            CREATE VIEW listings_{name} AS FROM {listings};
            CREATE VIEW listed_{name} AS FROM {listed};
            """
        )

    def _vouch(self, before: SnapshotManifest, after: SnapshotManifest) -> None:
        """The table of the earlier listings for which the later snapshot vouches.

        These are the ones that were asked again and read to the end.  One that was not asked again counts as well
        when the listing above it was, and thus no longer told to ask there.
        """
        same = {(one.scanner, one.name) for one in before.targets} & {(one.scanner, one.name) for one in after.targets}
        self._con.execute(
            """
            CREATE TABLE vouched AS
              WITH RECURSIVE asked AS (
                SELECT * FROM listings_after SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS target) USING (target)
              ),
              nearest AS (
                SELECT target, scope, scope AS at, above FROM listings_before
                UNION
                SELECT one.target, one.scope, up.scope, up.above
                FROM nearest AS one JOIN listings_before AS up ON up.target = one.target AND up.scope = one.above
                ANTI JOIN asked ON asked.target = one.target AND asked.scope = one.at
              )
              SELECT one.target, one.scope FROM nearest AS one
              JOIN asked ON asked.target = one.target AND asked.scope = one.at WHERE asked.whole
            """,
            [sorted(name for _, name in same)],
        )

    def _hide(self, gaps: Sequence[Gap], datasets: Sequence[Dataset]) -> None:
        """The tables of what a gap names, and of the datasets whose places the register says it declares all."""
        whole = [f"register:{one.id}/" for one in datasets if known(one.places_complete) is True]
        self._con.execute(
            "CREATE TABLE hidden AS SELECT unnest(?::VARCHAR[]) AS id",
            [sorted({gap.store for gap in gaps if gap.store})],
        )
        self._con.execute("CREATE TABLE complete_registers AS SELECT unnest(?::VARCHAR[]) AS prefix", [whole])

    def _whole(self, kind: str, number: int, answers: Sequence[str]) -> dict[str, Any]:
        """All that is compared of a store."""
        given = {name: _value(name, json.loads(text)) for name, text in zip(_ANSWERS, answers, strict=True)}
        return {"kind": kind} | self._descriptions[number] | given


def _renamed(names: Sequence[str]) -> str:
    return ", ".join(f"a.{name} AS {name}_a, b.{name} AS {name}_b" for name in names)


def _differ(name: str) -> str:
    """Whether two answers differ in what they say: the text also holds where it was read."""
    a, b = (f"(CASE {side}.{name}->>0 WHEN 'k' THEN {side}.{name}->>1 ELSE {side}.{name}->>0 END)" for side in "ab")
    return f"(a.{name} <> b.{name} AND {a} <> {b})"


def _value(name: str, answer: list[Any]) -> Any:
    return answer[1] if answer[0] == "k" else _ABSENT[name] if answer[0] == "a" else None


def _description(judged: JudgedPlace) -> dict[str, Any]:
    """What a change of a store may be about, of all that its facts decide."""
    place = judged.place
    whole = all(isinstance(location.countries, Known) for location in place.locations)
    return {
        "provider": known(place.provider),
        "countries": sorted(countries_of(place)) if whole else None,
        "regions": sorted({location.region for location in place.locations if location.region}) or None,
        "role": place.role.value,
        "seen": place.seen,
        "datasets": sorted(judged.datasets),
        "verdict": judged.word.value,
    }


def _changes_of(id: str, before: dict[str, Any] | None, after: dict[str, Any] | None, gone: bool) -> Iterator[Change]:
    """What became of one store.  It moved only when both places are known; what else differs is told apart."""
    if before is None or after is None:
        kind = ChangeKind.NEW if before is None else ChangeKind.GONE if gone else ChangeKind.NOT_SEEN_AGAIN
        yield Change(kind, About.STORE, id, before, after)
        return
    was, now = differing(before, after)
    moved = [name for name in _WHERE if was.get(name) is not None and now.get(name) is not None]
    if moved:
        where = [{name: side.get(name) for name in _WHERE} for side in (before, after)]
        yield Change(ChangeKind.MOVED, About.STORE, id, *where)
        was, now = ({name: side[name] for name in side if name not in _WHERE} for side in (was, now))
    if was:
        yield Change(ChangeKind.CHANGED, About.STORE, id, was, now)
