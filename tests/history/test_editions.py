from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from history.editions import Edition, Editions
from history.verification import Damage, verify
from model.assessment import DataVersion
from model.errors import SnapshotError, UsageError
from tests.history.estate import STARTED

ROOT = Path(__file__).parents[2]
CATALOG = DataVersion("2026.11", "c" * 64, date(2026, 11, 1), stale=False)
LAW = DataVersion("2026-11-20", "d" * 64, date(2026, 11, 20), stale=False)
DAY = timedelta(days=1)


def publish(editions: Editions, started_at: datetime = STARTED, complete: bool = True, **files: str) -> Edition:
    draft = editions.draft(started_at, "run")
    (draft.folder / "snapshot").mkdir()
    for name, text in {"snapshot/stores": "s", "assessment": "{}", **files}.items():
        (draft.folder / name).write_text(text)
    draft.journal.write_text("a journal")
    return editions.publish(draft, complete, "0.1.0", CATALOG, LAW)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_edition_is_named_by_its_instant_and_holds_what_was_put_there(tmp_path: Path) -> None:
    edition = publish(Editions(tmp_path))

    assert re.fullmatch(r"20261121T081203Z-[0-9a-f]{4}", edition.id)
    assert names_in(edition.folder) == ["assessment", "manifest.json", "snapshot"]
    assert names_in(tmp_path) == [edition.id, "current"]


def test_its_manifest_says_what_it_holds_made_with_what_and_after_which(tmp_path: Path) -> None:
    first = publish(Editions(tmp_path))
    second = publish(Editions(tmp_path), STARTED + DAY, complete=False)

    told = json.loads((second.folder / "manifest.json").read_bytes())

    assert told["format"] == "lexsitus/edition/1"
    assert told["tool_version"] == "0.1.0"
    assert told["complete"] is False
    assert told["catalog"] == {"version": "2026.11", "sha256": "c" * 64, "checked_on": "2026-11-01"}
    assert told["legislation"] == {"version": "2026-11-20", "sha256": "d" * 64, "checked_on": "2026-11-20"}
    assert told["previous"] == {"id": first.id, "sha256": first.sha256}
    assert sorted(told["files"]) == ["assessment", "snapshot/stores"]
    assert first.manifest.previous is None


def test_current_is_the_last_complete_edition_and_partial_the_last_with_gaps(tmp_path: Path) -> None:
    editions = Editions(tmp_path)

    ids = [
        publish(editions, STARTED + n * DAY, complete).id
        for n, complete in enumerate([True, False, True, False, False])
    ]

    assert (tmp_path / "current").read_text() == f"{ids[2]}\n"
    assert (tmp_path / "partial").read_text() == f"{ids[4]}\n"
    assert [editions.find(name).id for name in ("current", "partial")] == [ids[2], ids[4]]
    assert [edition.id for edition in editions.list()] == ids
    assert editions.latest() == editions.find(ids[4])


def test_a_folder_that_is_not_there_holds_no_edition(tmp_path: Path) -> None:
    editions = Editions(tmp_path / "none")

    assert editions.list() == ()
    assert editions.latest() is None
    assert editions.open_draft("run") is None
    assert verify(editions) == ()


def test_an_edition_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    first, second = publish(editions), publish(editions, STARTED + DAY)

    assert editions.find("20261122") == second
    assert editions.find(first.id) == first
    with pytest.raises(UsageError, match=f"ambiguous: {first.id}, {second.id}"):
        editions.find("2026")
    for wrong in ("2025", "", "..", "/"):
        with pytest.raises(UsageError, match=f"the last ones: {first.id}, {second.id}"):
            editions.find(wrong)


def test_asking_for_an_edition_before_the_first_says_what_to_run(tmp_path: Path) -> None:
    for name in ("current", "partial", "2026"):
        with pytest.raises(UsageError, match="run lexsitus run"):
            Editions(tmp_path).find(name)


def test_editions_of_the_same_second_stay_in_order(tmp_path: Path) -> None:
    editions = Editions(tmp_path)

    ids = [publish(editions).id for _ in range(5)]

    assert ids == sorted(set(ids))
    assert verify(editions) == ()


def test_a_clock_that_runs_behind_the_last_edition_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    last = publish(editions)

    with pytest.raises(SnapshotError, match=f"{last.id} is later than now .* set the clock right"):
        editions.draft(STARTED - DAY, "run")

    assert names_in(tmp_path) == [last.id, "current"]


def test_a_draft_is_seen_by_nobody(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    draft = editions.draft(STARTED, "run")
    (draft.folder / "half").write_text("half")

    assert editions.ids() == ()
    assert verify(editions) == ()


def test_an_unfinished_draft_of_the_same_run_goes_on_with_its_journal_only(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    draft = editions.draft(STARTED, "run")
    draft.journal.write_text("done so far")
    (draft.folder / "half").write_text("half")

    again = editions.open_draft("run")

    assert again == draft
    assert again.journal.read_text() == "done so far"
    assert list(again.folder.iterdir()) == []
    assert editions.open_draft("another run") is None


def test_a_new_draft_replaces_the_unfinished_one_of_the_same_run_only(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    old, other = editions.draft(STARTED, "run"), editions.draft(STARTED, "another run")

    new = editions.draft(STARTED + DAY, "run")

    assert not old.home.exists()
    assert editions.open_draft("run") == new
    assert editions.open_draft("another run") == other


def test_a_draft_left_for_a_month_is_removed(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    old = editions.draft(STARTED, "another run")

    editions.draft(STARTED + 31 * DAY, "run")

    assert not old.home.exists()


def test_a_run_killed_between_publishing_and_tidying_is_not_published_twice(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    edition = publish(editions)
    left = tmp_path / f".draft-{edition.id}"
    left.mkdir()
    (left / "run").write_text("run\n2026-11-21T08:12:03Z\n")

    assert editions.open_draft("run") is None
    assert not left.exists()


def test_two_equal_runs_make_equal_editions(tmp_path: Path) -> None:
    one, two = publish(Editions(tmp_path / "one")), publish(Editions(tmp_path / "two"))

    assert one.id == two.id
    assert one.sha256 == two.sha256


def test_an_edition_already_there_is_never_replaced(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    draft = editions.draft(STARTED, "run")
    (tmp_path / draft.id).mkdir()
    (tmp_path / draft.id / "mine").write_text("mine")

    with pytest.raises(SnapshotError):
        editions.publish(draft, True, "0", CATALOG, LAW)

    assert (tmp_path / draft.id / "mine").read_text() == "mine"


def test_whole_editions_have_no_problem(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    for n in range(3):
        publish(editions, STARTED + n * DAY, complete=n != 1)

    assert verify(editions) == ()
    assert verify(editions, "current") == ()


def test_every_kind_of_damage_to_a_file_is_named(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    edition = publish(editions, report="<html>")
    (edition.folder / "assessment").unlink()
    (edition.folder / "snapshot" / "stores").write_text("S")
    (edition.folder / "snapshot" / "more").write_text("added")
    (edition.folder / "report").unlink()
    (edition.folder / "report").mkdir()

    found = {(problem.file, problem.damage) for problem in verify(editions, edition.id)}

    assert found == {
        ("assessment", Damage.MISSING),
        ("report", Damage.MISSING),
        ("snapshot/stores", Damage.ALTERED),
        ("snapshot/more", Damage.ADDED),
    }
    assert all(str(edition.folder / problem.file) in problem.message for problem in verify(editions))


def test_a_manifest_rewritten_to_hide_a_change_breaks_the_chain(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    first, second = publish(editions), publish(editions, STARTED + DAY)
    manifest = first.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"complete":true', '"complete":false'))

    problems = verify(editions)

    assert (second.id, Damage.CHAIN) in {(problem.edition, problem.damage) for problem in problems}
    assert f"altered since edition {second.id} followed it" in problems[0].message


def test_a_missing_edition_breaks_the_chain(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    ids = [publish(editions, STARTED + n * DAY).id for n in range(3)]
    shutil.rmtree(tmp_path / ids[1])

    problems = verify(editions)

    assert {(ids[2], Damage.CHAIN)} == {(problem.edition, problem.damage) for problem in problems}
    assert ids[1] in problems[0].message


def test_an_edition_put_between_two_breaks_the_chain(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    publish(editions)
    last = publish(editions, STARTED + 2 * DAY)
    forged = publish(Editions(tmp_path / "elsewhere"), STARTED + DAY)
    forged.folder.rename(tmp_path / forged.id)
    shutil.rmtree(tmp_path / "elsewhere")

    problems = verify(editions)

    assert {forged.id, last.id} == {problem.edition for problem in problems if problem.damage is Damage.CHAIN}


@pytest.mark.parametrize(
    ("content", "expected"),
    [("{", "damaged"), ('{"format": "lexsitus/edition/7"}', "found 'lexsitus/edition/7'"), (None, "missing")],
)
def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path, content: str | None, expected: str) -> None:
    editions = Editions(tmp_path)
    edition = publish(editions)
    manifest = edition.folder / "manifest.json"
    manifest.unlink()
    if content is not None:
        manifest.write_text(content)

    problems = verify(editions)

    assert problems[0].damage is Damage.UNREADABLE
    assert expected in problems[0].message
    with pytest.raises(SnapshotError, match=expected):
        editions.latest()


def test_a_folder_renamed_is_named(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    edition = publish(editions)
    renamed = tmp_path / "20301121T081203Z-0000"
    edition.folder.rename(renamed)

    assert f"{renamed}: its manifest is that of edition {edition.id}" in [
        problem.message for problem in verify(editions)
    ]


def test_a_pointer_that_is_wrong_is_named_and_put_right_by_the_next_edition(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    edition = publish(editions)
    (tmp_path / "current").write_text("20200101T000000Z-0000\n")

    assert [(problem.file, problem.damage) for problem in verify(editions)] == [("current", Damage.POINTER)]
    assert editions.find("current") == edition

    publish(editions, STARTED + DAY, complete=False)

    assert verify(editions) == ()


def test_a_damaged_last_edition_stops_a_run_before_it_asks_anything(tmp_path: Path) -> None:
    editions = Editions(tmp_path)
    (publish(editions).folder / "manifest.json").write_text("{")

    with pytest.raises(SnapshotError, match=r"manifest\.json: damaged"):
        editions.draft(STARTED + DAY, "run")
    with pytest.raises(SnapshotError, match=r"manifest\.json: damaged"):
        editions.open_draft("run")


def test_a_damaged_old_edition_does_not_undo_the_publication_of_a_new_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    editions = Editions(tmp_path)
    old, last = publish(editions, complete=False), publish(editions, STARTED + DAY)
    (old.folder / "manifest.json").write_text("{")

    new = publish(editions, STARTED + 2 * DAY)

    assert new.manifest.previous is not None
    assert new.manifest.previous.id == last.id
    assert (tmp_path / "current").read_text() == f"{new.id}\n"
    assert str(old.folder) in caplog.text


PUBLISHING = """
import sys
from datetime import timedelta
from pathlib import Path
from history.editions import Editions
from tests.history.test_editions import STARTED, publish

editions = Editions(Path(sys.argv[1]))
print("started", flush=True)
n = 0
while True:
    with editions.lock(STARTED):
        publish(editions, STARTED + timedelta(seconds=n), complete=n % 3 != 0, report="x" * 100_000)
    n += 1
"""


def test_a_reader_never_sees_half_an_edition_whenever_the_writer_is_killed(tmp_path: Path) -> None:
    moments = random.Random(11)
    for attempt in range(6):
        folder = tmp_path / str(attempt)
        child = subprocess.Popen(
            [sys.executable, "-c", PUBLISHING, str(folder)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert child.stdout is not None
        with child.stdout:
            child.stdout.readline()
        time.sleep(moments.uniform(0.005, 0.15))
        child.send_signal(signal.SIGKILL)
        child.wait()
        editions = Editions(folder)

        broken = [problem for problem in verify(editions) if problem.damage is not Damage.POINTER]
        with editions.lock(STARTED):
            publish(editions, STARTED + DAY)

        assert broken == []
        assert verify(editions) == ()


FULL = """
import resource, sys
from pathlib import Path
from history.editions import Editions
from model.errors import SnapshotError
from tests.history.test_editions import CATALOG, LAW, STARTED

editions = Editions(Path(sys.argv[1]))
draft = editions.draft(STARTED, "run")
for n in range(50):
    (draft.folder / f"file{n}").write_text("x")
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    editions.publish(draft, True, "0", CATALOG, LAW)
except SnapshotError as error:
    print(error)
    sys.exit(7)
"""


def test_a_full_disk_publishes_nothing_and_names_the_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path)]

    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )

    editions = Editions(tmp_path)
    assert (done.returncode, done.stderr) == (7, "")
    assert str(tmp_path) in done.stdout
    assert editions.ids() == ()
    assert editions.open_draft("run") is not None
    assert not (tmp_path / "current").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(SnapshotError, match="file/editions: cannot be read: Not a directory; choose"):
        Editions(tmp_path / "file" / "editions").draft(STARTED, "run")
