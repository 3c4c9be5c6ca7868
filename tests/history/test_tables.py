from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from history import tables
from history.snapshot import Snapshot
from history.tables import SnapshotWriter
from model.codec import decode
from model.errors import DocumentError, SnapshotError
from model.observed import Known
from model.places import Observations, PlaceKind, Store
from model.snapshot import SnapshotManifest
from tests.history.estate import CALL, CONTROLLER, STARTED, TARGET, copy, dataset, gap, snapshot, store

HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "line\nbreak\r\n\x1f\x1e\x00tab\t",
    "\x1b[31mred",
    "\u202egnp.exe",
    "'; DROP TABLE stores; --",
    '"quoted", [{}]',
    "back\\slash %_*?[a]",
    "é\u0301🏥",
    "x" * 10_000,
]


def many() -> list[Observations]:
    return [
        Observations(stores=(store(f"s{n:03}"), store(f"t{n:03}")), copies=(copy(f"s{n:03}", f"t{n:03}"),))
        for n in range(60)
    ] + [
        Observations(gaps=(gap("buckets"), gap("volumes")), datasets=(dataset("b"), dataset("a"))),
        Observations(stores=(store("s001", seen=False), store("s002", public=Known(True, CALL)))),
        Observations(gaps=(gap("volumes", detail="again"),), copies=(copy("s001", "t001"), copy("s001", "nowhere"))),
    ]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def stores_of(folder: Path) -> list[Store]:
    with Snapshot(folder) as read:
        return [one for one, _ in read.stores]


@pytest.mark.parametrize("seed", range(3))
def test_equal_observations_in_any_order_give_equal_bytes(tmp_path: Path, seed: int) -> None:
    snapshot(tmp_path / "ordered", *many())
    shuffled = many()
    random.Random(seed).shuffle(shuffled)

    snapshot(tmp_path / "shuffled", *shuffled)

    assert files_of(tmp_path / "ordered") == files_of(tmp_path / "shuffled")


def test_the_order_within_a_step_does_not_matter_either(tmp_path: Path) -> None:
    stores = tuple(chain.from_iterable(one.stores for one in many()))

    snapshot(tmp_path / "a", Observations(stores=stores))
    snapshot(tmp_path / "b", Observations(stores=stores[::-1]))

    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_the_manifest_says_what_lies_beside_it(tmp_path: Path) -> None:
    manifest = snapshot(tmp_path / "s", *many())

    assert manifest.format == "lexsitus/snapshot/2"
    assert manifest.rows["stores.parquet"] == 121
    assert manifest.rows["gaps.parquet"] == 3  # one of them for the end of a copy that nobody saw
    assert manifest.targets == (TARGET,)
    assert decode(SnapshotManifest, json.loads((tmp_path / "s" / "snapshot.json").read_bytes())) == manifest
    assert sorted([*manifest.tables, "snapshot.json"]) == sorted(files_of(tmp_path / "s"))


def test_an_empty_scan_makes_an_empty_snapshot(tmp_path: Path) -> None:
    snapshot(tmp_path / "s")

    with Snapshot(tmp_path / "s") as read:
        assert len(read.stores) == 0
        assert read.inventory(CONTROLLER).facts == ()
        assert read.inventory(CONTROLLER).gaps_of_dataset == {"": ()}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_and_tags_are_kept_as_they_are(tmp_path: Path, text: str) -> None:
    hostile = store(text, name=text, account=text, tags=Known(((text, text),), CALL))

    snapshot(tmp_path / "s", Observations(stores=(hostile, store("plain")), copies=(copy("plain", text),)))

    with Snapshot(tmp_path / "s") as read:
        assert read.stores.find(text) == (hostile, read.stores.find(text)[1])
        assert read.stores.copies_at(text) == (copy("plain", text),)
        assert sorted([text, "plain"]) == [one.id for one, _ in read.stores]


def test_half_a_character_does_not_stop_a_scan(tmp_path: Path) -> None:
    snapshot(tmp_path / "s", Observations(stores=(store("s", name="bad \ud800 name"),)))

    assert [one.name for one in stores_of(tmp_path / "s")] == ["bad ? name"]


def test_a_very_long_row_is_kept(tmp_path: Path) -> None:
    accounts = tuple(f"{n:012}" for n in range(200_000))
    wide = store("s", shared_with=Known(accounts, CALL))

    snapshot(tmp_path / "s", Observations(stores=(wide,)))

    assert stores_of(tmp_path / "s") == [wide]


def test_what_several_jobs_saw_is_one_store(tmp_path: Path) -> None:
    end = store("b", seen=False, kind="unknown", role=PlaceKind.REPLICA)

    snapshot(tmp_path / "s", Observations(stores=(end,)), Observations(stores=(store("b"),)), Observations((end,)))

    assert stores_of(tmp_path / "s") == [store("b", role=PlaceKind.REPLICA)]


def test_the_end_of_a_copy_that_no_scanner_gave_is_an_unseen_store(tmp_path: Path) -> None:
    snapshot(tmp_path / "s", Observations(stores=(store("a"),), copies=(copy("a", "b", PlaceKind.BACKUP),)))

    a, b = stores_of(tmp_path / "s")
    assert a == store("a")
    assert (b.id, b.seen, b.role, b.scanner, b.target) == ("b", False, PlaceKind.BACKUP, "aws", "chu-prod")
    assert not isinstance(b.sites, Known)


def test_the_end_of_a_copy_whose_origin_is_unknown_too_is_kept(tmp_path: Path) -> None:
    snapshot(tmp_path / "s", Observations(copies=(copy("gone", "b"),)))

    assert [(one.id, one.target) for one in stores_of(tmp_path / "s")] == [("b", "")]


def test_a_dataset_declared_twice_the_same_way_is_one(tmp_path: Path) -> None:
    snapshot(tmp_path / "s", Observations(datasets=(dataset("a"),)), Observations(datasets=(dataset("a"),)))

    with Snapshot(tmp_path / "s") as read:
        assert read.datasets == (dataset("a"),)


def test_a_dataset_declared_twice_in_different_ways_is_an_error(tmp_path: Path) -> None:
    other = replace(dataset("a"), title="Autre")

    with pytest.raises(DocumentError, match="'a' is declared several times"):
        snapshot(tmp_path / "s", Observations(datasets=(dataset("a"),)), Observations(datasets=(other,)))

    assert not (tmp_path / "s" / "snapshot.json").exists()


def test_nothing_temporary_is_left(tmp_path: Path) -> None:
    snapshot(tmp_path / "s", *many())

    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_a_folder_name_that_reads_as_a_pattern_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="choose another directory"):
        snapshot(tmp_path / "a[1]", *many())


def test_an_altered_table_is_named(tmp_path: Path) -> None:
    snapshot(tmp_path / "s", *many())
    table = tmp_path / "s" / "stores.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"?")

    with pytest.raises(SnapshotError, match=r"stores\.parquet: altered: expected SHA-256 [0-9a-f]{64}, found"):
        Snapshot(tmp_path / "s")


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    snapshot(tmp_path / "s", *many())
    (tmp_path / "s" / "gaps.parquet").unlink()

    with pytest.raises(SnapshotError, match=r"gaps\.parquet: cannot be read"):
        Snapshot(tmp_path / "s")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"format": "lexsitus/snapshot/1"}', "read it with the version of lexsitus that wrote it"),
        ('{"format": "lexsitus/snapshot/9"}', "expected format 'lexsitus/snapshot/2', found 'lexsitus/snapshot/9'"),
        ('{"format": "lexsitus/snapshot/2"}', "damaged"),
        ("[]", "found None"),
        ("{", "damaged"),
    ],
)
def test_a_manifest_of_another_version_or_damaged_is_named(tmp_path: Path, content: str, expected: str) -> None:
    snapshot(tmp_path / "s", *many())
    (tmp_path / "s" / "snapshot.json").write_text(content)

    with pytest.raises(SnapshotError, match=rf"snapshot\.json: .*{expected}"):
        Snapshot(tmp_path / "s")


def test_a_folder_without_a_snapshot_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="run lexsitus scan"):
        Snapshot(tmp_path)


FULL = """
import resource, sys
from pathlib import Path
from history.tables import SnapshotWriter
from model.errors import SnapshotError
from model.places import Observations
from tests.history.estate import STARTED, store

limit = int(sys.argv[2])
if sys.argv[3] == "adding":
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    with SnapshotWriter(Path(sys.argv[1])) as writer:
        for n in range(2000):
            writer.add(Observations(stores=(store(f"s{n}"),)))
        for staging in writer._staging.values():
            staging.file.flush()
        if sys.argv[3] == "sealing":
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        writer.seal((), (), STARTED, STARTED, "0")
except SnapshotError as error:
    print(error)
    sys.exit(7)
"""


@pytest.mark.parametrize(
    ("limit", "when", "expected"),
    [(4_096, "adding", 7), (200_000, "adding", 7), (4_096, "sealing", 7), (50_000_000, "adding", 0)],
)
def test_a_disk_that_takes_no_more_is_named_and_leaves_no_snapshot(
    tmp_path: Path, limit: int, when: str, expected: int
) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path / "s"), str(limit), when]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    sealed = (tmp_path / "s" / "snapshot.json").exists()
    assert (done.returncode, sealed) == (expected, expected == 0), done.stderr
    assert expected == 0 or f"{tmp_path / 's'}: cannot write here: " in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_more_memory_is_taken_only_when_the_first_share_was_not_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot(tmp_path / "plain", *many())
    monkeypatch.setattr(tables, "ROOM", ("1MB", "400MB"))

    snapshot(tmp_path / "s", *many())

    assert files_of(tmp_path / "plain") == files_of(tmp_path / "s")
    assert len(stores_of(tmp_path / "s")) == 121


def test_too_little_memory_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROOM", ("1MB",))

    with pytest.raises(SnapshotError, match="more than 1MB of memory needed to sort"):
        snapshot(tmp_path / "t", *many())


def test_a_writer_that_is_left_early_leaves_no_snapshot(tmp_path: Path) -> None:
    with SnapshotWriter(tmp_path / "s") as writer:
        writer.add(Observations(stores=(store("a"),)))

    assert list((tmp_path / "s").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_complete_scopes_are_sorted_and_told_once(tmp_path: Path) -> None:
    scopes = [("chu-prod", "b"), ("chu-prod", "a"), ("chu-prod", "b")]

    with SnapshotWriter(tmp_path / "s") as writer:
        manifest = writer.seal([TARGET, TARGET], scopes, STARTED, STARTED, "0")

    assert manifest.complete_scopes == (("chu-prod", "a"), ("chu-prod", "b"))
    assert manifest.targets == (TARGET,)
