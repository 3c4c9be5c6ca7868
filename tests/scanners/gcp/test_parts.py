"""A list too long for one job is read part by part, to the same stores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import grpc
import pytest

from model.observed import Reason, known
from model.places import Target
from scanners import Step
from scanners._jobs import Deadline, Job
from scanners._run import InlineExecutor, run
from scanners.gcp import TASKS
from scanners.gcp.clients import LIST, SEARCH, renew
from scanners.gcp.parts import first_part
from tests.scanners.bed import Kind
from tests.scanners.gcp.estate import inside
from tests.scanners.gcp.server import Asset, Inventory

TYPE = "spanner.googleapis.com/Database"


def databases(number: int, **more: object) -> list[Asset]:
    return [
        inside("spanner/Database", f"instances/registre/databases/d{each}", {"state": "READY"}, **more)
        for each in range(number)
    ]


@pytest.fixture
def server() -> Iterator[Inventory]:
    config = {"config": "projects/chu-recherche/instanceConfigs/regional-europe-west9"}
    with Inventory([inside("spanner/Instance", "instances/registre", config), *databases(23)], page=3) as one:
        yield one


def parts(server: Inventory, pages: int = 2) -> list[tuple[Job, Step]]:
    """Every part of the list, in order."""
    settings = {"scope": "organizations/42", "endpoint": server.endpoint, "_attempts": 1, "_pages": pages}
    target = Target("gcp", "chu", tuple(sorted(settings.items())))
    renew(target)
    jobs = [first_part(target, "{}", TYPE)]
    return [(done.job, done.step) for done in run(jobs, InlineExecutor(), in_flight=1, budget_seconds=20)]


def names(steps: Sequence[tuple[Job, Step]]) -> list[str]:
    return [store.name for _, step in steps for store in step.observations.stores]


def test_every_part_of_both_sources_is_read_once(server: Inventory) -> None:
    steps = parts(server)

    assert sorted(names(steps)) == sorted(2 * [f"d{each}" for each in range(23)])
    assert [gap for _, step in steps for gap in step.observations.gaps] == []
    assert [job.scope for job, _ in steps][:2] == [
        f"{TYPE} in organizations/42: part 1 of {SEARCH}",
        f"{TYPE} in organizations/42: part 2 of {SEARCH}",
    ]
    assert len(steps) == 8


def test_a_part_knows_what_contains_its_resources(server: Inventory) -> None:
    for _, step in parts(server):
        for store in step.observations.stores:
            assert [site.region for site in known(store.sites) or ()] == ["europe-west9"]


def test_sources_that_differ_leave_a_gap(server: Inventory) -> None:
    server.assets += databases(24, sources=(SEARCH,))[23:]

    gaps = [gap for _, step in parts(server) for gap in step.observations.gaps]

    assert [(gap.scope, gap.operation) for gap in gaps] == [(f"all of {TYPE}", f"cloudasset:{LIST}")]
    assert "24" in gaps[0].detail
    assert "23" in gaps[0].detail


def test_a_part_that_is_refused_ends_its_source_and_not_the_other(server: Inventory) -> None:
    server.fail(SEARCH, grpc.StatusCode.PERMISSION_DENIED)

    steps = parts(server)

    assert sorted(names(steps)) == sorted(f"d{each}" for each in range(23))
    assert [gap.reason for _, step in steps for gap in step.observations.gaps] == [Reason.REFUSED]


@pytest.mark.slow
def test_a_job_that_runs_out_of_time_while_reading_hands_on_and_loses_nothing(server: Inventory) -> None:
    server.pause = 0.3
    settings = {"scope": "organizations/42", "endpoint": server.endpoint, "_attempts": 1, "_pages": 2}
    target = Target("gcp", "chu", tuple(sorted(settings.items())))
    job = Job(target, "assets", "databases", ("{}", TYPE, "spanner.googleapis.com/Instance"))

    halves = TASKS["assets"](job, Deadline.after(3)).jobs
    (alone,) = [half for half in halves if half.arguments[1:] == (TYPE,)]
    (begun,) = TASKS["assets"](alone, Deadline.after(3)).jobs

    assert len(halves) == 2
    assert begun == first_part(target, "{}", TYPE)


def test_a_list_that_turns_in_a_circle_ends(server: Inventory) -> None:
    server.page = 40

    with server.fault(Kind.ENDLESS_PAGES, SEARCH):
        steps = parts(server, 4)

    gaps = [gap for _, step in steps for gap in step.observations.gaps]
    assert {(gap.operation, gap.detail.partition(":")[0]) for gap in gaps} == {
        (f"cloudasset:{SEARCH}", "page after page brought nothing new")
    }
    assert len(steps) < 8
