from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import catalog
import legislation
from history import assessments
from history._layout import FACTS_OF_STORES
from history.snapshot import Snapshot
from model.assessment import Assessment, Header, exit_of, summarise
from model.datasets import Selector
from model.errors import SnapshotError
from model.observed import Known
from model.places import Observations, Site
from tests.history.estate import CALL, CONTROLLER, REGISTER, STARTED, copy, dataset, gap, snapshot, store, tagged

ON = date(2026, 11, 21)


def assess(folder: Path) -> Assessment:
    """The assessment of a small estate, by the catalog and the legislation that ship."""
    abroad = store("abroad", sites=Known((Site("us-east-1"),), CALL))
    health = replace(dataset("eds", Selector(tags=(("jeu", "eds"),))), health=Known(True, REGISTER))
    snapshot(
        folder / "snapshot",
        Observations((tagged("a", jeu="eds"), tagged("b", jeu="eds"), abroad), (copy("a", "abroad"),)),
        Observations(gaps=(gap("tags of b", store="b"),), datasets=(health, dataset("paper"))),
    )
    read = Snapshot(folder / "snapshot")
    inventory = read.inventory(CONTROLLER)
    world, law = catalog.load(), legislation.load()
    judgement = law.assess(world.resolve(inventory, ON), inventory.derogations, ON)
    header = Header(
        edition="20261121T081203Z-0000",
        tool_version="0.1.0",
        organisation=CONTROLLER.name,
        controller=CONTROLLER.kind.value,
        started_at=STARTED,
        finished_at=STARTED,
        on=ON,
        snapshot_sha256=read.sha256,
        catalog=world.version(ON),
        legislation=law.version(ON),
        previous="",
        first_seen={"F-1": "2026-11-21"},
    )
    return Assessment(
        header=header,
        judgement=judgement,
        gaps=inventory.gaps,
        flows=inventory.flows,
        summary=summarise(judgement, read.copies, inventory.gaps),
        exit=exit_of(judgement, len(inventory.gaps), header),
        stores=read.stores,
    )


@pytest.fixture
def judged(tmp_path: Path) -> Assessment:
    assessment = assess(tmp_path)
    assessments.write(tmp_path, assessment)
    return assessment


def test_an_assessment_is_read_back_as_it_was(tmp_path: Path, judged: Assessment) -> None:
    read = assessments.read(tmp_path)

    assert len(judged.judgement.places) == 3
    assert replace(read, stores=judged.stores) == judged
    assert list(read.stores) == list(judged.stores)


def test_every_store_still_points_to_its_place(tmp_path: Path, judged: Assessment) -> None:
    read = assessments.read(tmp_path)
    places = {place.place.facts_id: place.place for place in read.judgement.places}

    found = {one.id: (places[at].touched, places[at].locations[0].region) for one, at in read.stores}

    assert found == {"a": (False, "eu-west-3"), "b": (True, "eu-west-3"), "abroad": (False, "us-east-1")}


def test_equal_assessments_give_equal_bytes(tmp_path: Path, judged: Assessment) -> None:
    again = tmp_path / "again"

    assessments.write(again, assess(again))

    for name in ("assessment.json", "places.jsonl"):
        assert (tmp_path / name).read_bytes() == (again / name).read_bytes()


def test_the_header_can_be_read_alone(tmp_path: Path, judged: Assessment) -> None:
    assert assessments.read_header(tmp_path) == judged.header


def test_the_assessment_of_another_snapshot_is_refused(tmp_path: Path, judged: Assessment) -> None:
    snapshot(tmp_path / "snapshot", Observations((store("other"),)))

    with pytest.raises(SnapshotError, match=r"snapshot\.json: not the snapshot that was assessed"):
        assessments.read(tmp_path)


def test_facts_of_other_stores_are_refused(tmp_path: Path, judged: Assessment) -> None:
    snapshot(tmp_path / "other", Observations((store("x"), store("y"), store("z"))))
    (tmp_path / "other" / FACTS_OF_STORES).replace(tmp_path / "snapshot" / FACTS_OF_STORES)

    with pytest.raises(SnapshotError, match=r"facts_of_stores\.parquet: altered"):
        assessments.read(tmp_path)


@pytest.mark.parametrize(
    "name", ["assessment.json", "places.jsonl", "snapshot/snapshot.json", f"snapshot/{FACTS_OF_STORES}"]
)
def test_a_missing_file_is_named(tmp_path: Path, judged: Assessment, name: str) -> None:
    (tmp_path / name).unlink()

    with pytest.raises(SnapshotError, match=name):
        assessments.read(tmp_path)


@pytest.mark.parametrize("name", ["assessment.json", "places.jsonl"])
@pytest.mark.parametrize("content", ["{", '{"format": "lexsitus/assessment/2"}', "[3]\n", "\xff"])
def test_a_damaged_file_is_named(tmp_path: Path, judged: Assessment, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "latin-1")

    with pytest.raises(SnapshotError, match=name):
        assessments.read(tmp_path)


def test_another_version_is_refused_and_named(tmp_path: Path, judged: Assessment) -> None:
    path = tmp_path / "assessment.json"
    path.write_text(path.read_text("utf-8").replace("lexsitus/assessment/2", "lexsitus/assessment/9"), "utf-8")

    with pytest.raises(SnapshotError, match="expected format 'lexsitus/assessment/2', found 'lexsitus/assessment/9'"):
        assessments.read(tmp_path)


def test_a_finding_keeps_the_day_it_was_first_seen(judged: Assessment) -> None:
    before = replace(judged.header, first_seen={"F-old": "2025-01-01", "F-gone": "2024-01-01"})

    assert assessments.first_seen(["F-old", "F-new"], before, ON) == {"F-new": "2026-11-21", "F-old": "2025-01-01"}
    assert assessments.first_seen(["F-new"], None, ON) == {"F-new": "2026-11-21"}
