"""How long judging ten million stores takes, beside a plain scan of the columns that it rests on.

    python docs/benchmarks/judge.py [--stores N] [--pairs N] [--folder FOLDER]

A few thousand stores are written as any scan writes them, then multiplied with SQL into a snapshot of the
same layout.  Scan and judgement run in turn, each in a process of its own.  Exits 1 when judging takes
more than 3 times the scan, or more than 500 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import catalog
import legislation
from docs.benchmarks import scale
from history._duck import connect, literal
from history._grouping import group
from history._layout import FACTS_OF_STORES, FILES, TABLES, digest_of
from history.snapshot import Snapshot, read_manifest
from history.tables import write_snapshot
from model.codec import dumps, encode
from model.observed import Absent, Grade, Known, Source
from model.places import Observations, PlaceKind, Store, Target

STORES = 10_000_000
TEMPLATES = 12_000
LIMIT_RATIO = 3
LIMIT_MB = 500
APPLICATIONS = ("dpi", "pacs", "labo", "rh")


def make(folder: Path, count: int) -> None:
    """A snapshot of ``count`` stores in ``folder``: sorted, sealed, of the real layout, one store in ten a copy.

    Copies go four deep (the copy of a copy of a copy of a copy).
    """
    listed = Source("aws:List", scale.STARTED, Grade.API)
    asked = Source("aws:Describe", scale.STARTED, Grade.API)
    templates = [_template(n, listed, asked) for n in range(TEMPLATES)]
    datasets = tuple(scale.dataset_of(n) for n in range(scale.DATASETS))
    small = folder.with_name("templates")
    _write(small, Observations(tuple(templates), datasets=datasets))
    folder.mkdir(parents=True)
    con = connect(folder.with_name("spill"), memory="4GB")
    con.execute("SET preserve_insertion_order = true")
    _number(con, templates, count)
    _multiply(con, small, folder)
    some = con.execute("SELECT id FROM made WHERE i % ? = 7", [count // 20]).fetchall()
    gaps = (*(scale.gap_of(page, scale.STARTED) for page in range(3)), *(_gap_of(id) for (id,) in some))
    con.close()
    other = folder.with_name("gaps")
    _write(other, Observations(gaps=gaps))
    shutil.copy(other / "gaps.parquet", folder)
    for table in TABLES:
        if not (folder / table.file).exists():
            shutil.copy(small / table.file, folder)
    sealed = read_manifest(small)
    con = connect(folder.with_name("spill"), threads=1)
    began, began_cpu = time.perf_counter(), time.process_time()
    group(con, folder, datasets)
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    print(f"tied to datasets and grouped, as sealing does, in {seconds:.1f} s ({cpu:.1f} of CPU)")
    rows = {file: con.execute(f"SELECT count(*) FROM {literal(folder / file)}").fetchone()[0] for file in FILES}
    digests = {file: digest_of(folder / file) for file in FILES}
    (folder / "snapshot.json").write_bytes(dumps(encode(replace(sealed, tables=digests, rows=rows))) + b"\n")


def _write(folder: Path, observations: Observations) -> None:
    target = Target("aws", "chu-prod")
    write_snapshot(folder, (observations,), (target,), (), scale.STARTED, scale.STARTED, "benchmark")


def _template(n: int, listed: Source, asked: Source) -> Store:
    """A store whose name ends in its number; half the tagged ones of ``scale`` are told apart by name instead."""
    plain = scale.store_of(n, listed, asked)
    spread = scale.mixed(n + 1)
    jeu = scale.mixed(n - (n % 10 == 5)) // 7 % scale.DATASETS
    named = spread % 3 == 0
    tags = plain.tags
    if isinstance(tags, Known):
        environment = ("prod", "test", "recette")[spread // 8 % 3]
        pairs = (("application", "soins"), ("env", environment), ("jeu", f"d{jeu:02}"))
        tags = Absent(asked) if named else Known(pairs, asked)
    name = f"{'jeu' if named else APPLICATIONS[spread % len(APPLICATIONS)]}-d{jeu:02}-t{n:07}"
    day = scale.STARTED.date() - timedelta(days=spread // 64 % 2)  # the scan went on past midnight
    id = plain.id.removesuffix(plain.name) + name
    return replace(plain, id=id, name=name, tags=tags, checked_on=Known(day, listed))


def _gap_of(store: str) -> Any:
    return replace(scale.gap_of(0, scale.STARTED), scope=f"key of {store}", store=store)


def _number(con: Any, templates: Sequence[Store], count: int) -> None:
    """The table ``made``: which template each store follows, sorted by the id of the store.

    ``turn`` numbers the stores of a dataset, scattered over the table: whose copy each is.
    """
    blocks: dict[str, list[int]] = defaultdict(list)
    for n, store in enumerate(templates):
        blocks[store.id.removesuffix(f"t{n:07}")].append(n)
    rows = []
    for stem, members in sorted(blocks.items()):
        copies = [n for n in members if templates[n].role is PlaceKind.REPLICA] or members
        others = [n for n in members if templates[n].role is not PlaceKind.REPLICA] or members
        rows.append([stem, stem[-4:], -(-count * len(members) // len(templates)), others, copies])
    con.execute("CREATE TABLE blocks (stem VARCHAR, dataset VARCHAR, many BIGINT, others BIGINT[], copies BIGINT[])")
    con.executemany("INSERT INTO blocks VALUES (?, ?, ?, ?, ?)", rows)
    con.execute(
        f"""
        CREATE TABLE made AS
          SELECT i, dataset, turn, stem || digits AS id, digits,
                 chosen[1 + i * 2654435761 % 4294967296 % len(chosen)] AS template
          FROM (
            SELECT i, r.dataset, turn, stem, printf('%08d', i) AS digits,
                   CASE WHEN turn % 40 BETWEEN 11 AND 14 THEN copies ELSE others END AS chosen
            FROM (
              SELECT *, row_number() OVER (PARTITION BY dataset ORDER BY hash(i), i) AS turn FROM (
                SELECT stem, dataset, row_number() OVER () - 1 AS i
                FROM (SELECT stem, dataset, unnest(range(many)) FROM blocks ORDER BY stem)
              ) WHERE i < {count}
            ) AS r JOIN blocks USING (stem)
          ) ORDER BY i
        """
    )


def _multiply(con: Any, small: Path, folder: Path) -> None:
    options = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)"
    con.execute(
        f"""
        COPY (
          SELECT t.* REPLACE (
            made.id AS id,
            replace(t.name, 't' || printf('%07d', template), digits) AS name,
            replace(t.row, 't' || printf('%07d', template) || '"', digits || '"') AS row
          )
          FROM made JOIN (
            SELECT *, name[-7:]::BIGINT AS template FROM {literal(small / "stores.parquet")}
          ) AS t USING (template)
        ) TO {literal(folder / "stores.parquet")} {options}
        """
    )
    source = f'["aws:Describe","{scale.STARTED.isoformat()[:-6]}Z","api","certain",""]'
    con.execute(
        f"""
        COPY (
          SELECT held.id AS at_store, origin.id AS of_store, 'replica' AS kind,
                 printf('{{"answer":["k",true,%s],"at":"%s","kind":"replica","of":"%s"}}',
                        '{source}', held.id, origin.id) AS row
          FROM made AS held JOIN made AS origin ON origin.dataset = held.dataset AND origin.turn = held.turn - 1
          WHERE held.turn % 40 BETWEEN 11 AND 14 ORDER BY at_store
        ) TO {literal(folder / "copies.parquet")} {options}
        """
    )


READ = {
    "stores": ("id", "name", "kind", "scanner", "target", "account", "tags", "facts"),
    "copies": ("at_store", "of_store"),
    "gaps": ("store",),
}
"""The columns that a judgement rests on, whether it reads them itself or what sealing made of them."""


def scan(folder: Path) -> dict[str, Any]:
    """Reads every value of these columns once, as cheaply as DuckDB can, with the threads that judging has."""
    con = connect(None)
    told = {}
    for table, columns in READ.items():
        sums = ", ".join(f"sum(strlen({column}::VARCHAR))" for column in columns)
        told[table] = con.execute(f"SELECT {sums} FROM {literal(folder / f'{table}.parquet')}").fetchone()
    return {"values": len(told)}


def judge(folder: Path) -> dict[str, Any]:
    """Opens, resolves, judges by every rule, gives each store its verdict, and counts stores per verdict."""
    began = time.perf_counter()
    times: dict[str, float] = {}

    def lap(name: str) -> None:
        times[name] = round(time.perf_counter() - began - sum(times.values()), 2)

    facts, law = catalog.load(), legislation.load()
    lap("load catalog and law")
    with Snapshot(folder, checked=False) as snapshot:
        inventory = snapshot.inventory(scale.CONTROLLER)
        lap("read the facts")
        cases = facts.resolve(inventory, scale.ON)
        lap("resolve")
        judgement = law.assess(cases, inventory.derogations, scale.ON)
        lap("judge")
        verdicts = {judged.place.facts_id: judged.word.value for judged in judgement.places}
        con = connect(None)
        counted = con.execute(
            f"SELECT facts_id, count(*) FROM {literal(folder / FACTS_OF_STORES)} GROUP BY facts_id"
        ).fetchall()
        counts: Counter[str] = Counter()
        for facts_id, stores in counted:
            counts[verdicts[facts_id]] += stores
        lap("verdicts of the stores")
    assert sum(counts.values()) == sum(inventory.stores_per_facts)
    return {
        "times": times,
        "distinct facts": len(inventory.facts),
        "copies": snapshot.copies,
        "tied": sum(n for f, n in zip(inventory.facts, inventory.stores_per_facts, strict=True) if f.datasets),
        "rules": len(law.rules),
        "verdicts": dict(sorted(counts.items())),
    }


def peak_mb() -> float:
    """The most memory that this very process held, in MB."""
    return scale.peak_mib() * 1.048576


WORK: dict[str, Callable[[Path], dict[str, Any]]] = {"scan": scan, "judge": judge}


def alone(name: str, folder: Path) -> dict[str, Any]:
    """``name`` in a fresh process: seconds of wall and of CPU, and the peak of memory."""
    command = [sys.executable, __file__, "--alone", name, "--folder", str(folder)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return answer


def _measured(name: str, folder: Path) -> dict[str, Any]:
    import duckdb  # noqa: F401  loading the engine is no part of either

    began, began_cpu = time.perf_counter(), time.process_time()
    told = WORK[name](folder)
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    return {"seconds": round(seconds, 2), "cpu": round(cpu, 2), "mb": round(peak_mb()), **told}


def compare(folder: Path, pairs: int) -> int:
    """Runs both in turn, prints what each took, and returns 1 when judging breaks a limit."""
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in WORK}
    for pair in range(pairs + 1):
        for name in WORK:
            told = alone(name, folder)
            if pair:  # the first pair warms the cache of the disk up
                taken[name].append(told)
                print(f"{name}: {told}", flush=True)
    middle = {
        name: {key: statistics.median(told[key] for told in many) for key in ("seconds", "cpu", "mb")}
        for name, many in taken.items()
    }
    print("\n| | seconds | CPU s | peak MB |\n|---|---:|---:|---:|")
    for name, one in middle.items():
        print(f"| {name} | {one['seconds']:.2f} | {one['cpu']:.2f} | {one['mb']:.0f} |")
    wall, cpu = (middle["judge"][key] / middle["scan"][key] for key in ("seconds", "cpu"))
    peak = max(told["mb"] for told in taken["judge"])
    print(f"\njudging takes {wall:.2f} times the scan ({cpu:.2f} of CPU); peak {peak:.0f} MB")
    if wall > LIMIT_RATIO or peak > LIMIT_MB:
        print(f"over the limit of {LIMIT_RATIO} times the scan or {LIMIT_MB} MB", file=sys.stderr)
        return 1
    return 0


def main() -> int:
    """Makes the snapshot unless ``--folder`` holds one, and compares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stores", type=int, default=STORES, metavar="N")
    parser.add_argument("--pairs", type=int, default=3, metavar="N", help="pairs of runs that count")
    parser.add_argument("--folder", type=Path, help="keep the snapshot here, or use the one that lies here")
    parser.add_argument("--alone", choices=WORK, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        print(json.dumps(_measured(arguments.alone, arguments.folder)))
        return 0
    import duckdb

    print(
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {os.cpu_count()} cores, {platform.system()}"
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or Path(scratch) / "snapshot"
        if not (folder / "snapshot.json").exists():
            began = time.perf_counter()
            make(folder, arguments.stores)
            size = sum(path.stat().st_size for path in folder.iterdir())
            print(f"{arguments.stores:,} stores made in {time.perf_counter() - began:.0f} s, {size / 1e6:,.0f} MB")
        return compare(folder, arguments.pairs)


if __name__ == "__main__":
    sys.exit(main())
