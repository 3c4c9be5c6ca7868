"""Single calls that fail as the real ones do: what is asked again, for how long, and what each failure is called."""

from __future__ import annotations

import time
from collections.abc import Iterator

import grpc
import pytest

from model.observed import Reason, Unread
from model.places import Observations, Target
from scanners._jobs import Deadline, Job
from scanners.gcp import TASKS
from scanners.gcp.clients import LIST, POLICIES, SEARCH, Answer, Estate
from scanners.gcp.errors import Failure
from scanners.gcp.gaps import grantor
from tests.scanners.bed import Kind
from tests.scanners.gcp.conftest import scanned
from tests.scanners.gcp.estate import estate, of
from tests.scanners.gcp.server import Inventory, free_port

Code = grpc.StatusCode


@pytest.fixture
def server() -> Iterator[Inventory]:
    with Inventory([of("storage/Bucket", "b", {"location": "EU"}, "eu")]) as one:
        yield one


def ask(server: Inventory, seconds: float = 20, **settings: object) -> Answer | Failure:
    chosen = {"scope": "organizations/42", "endpoint": server.endpoint, "_timeout_seconds": 5, **settings}
    return asked(Estate(Target("gcp", "chu", tuple(sorted(chosen.items())))), seconds)  # type: ignore[arg-type]


def asked(estate: Estate, seconds: float = 20) -> Answer | Failure:
    return estate.call(SEARCH, {"scope": estate.scope, "page_size": 10}, Deadline.after(seconds))


def test_the_wait_that_the_service_asks_for_is_obeyed(server: Inventory) -> None:
    server.fail(SEARCH, Code.RESOURCE_EXHAUSTED, wait=0.6, reason="RATE_LIMIT_EXCEEDED")
    began = time.monotonic()

    answer = ask(server)

    assert isinstance(answer, Answer)
    assert 0.6 <= time.monotonic() - began < 3
    assert len(server.calls) == 2


def test_attempts_are_bounded(server: Inventory) -> None:
    for _ in range(9):
        server.fail(SEARCH, Code.RESOURCE_EXHAUSTED, wait=0.01)

    answer = ask(server)

    assert isinstance(answer, Failure)
    assert answer.reason is Reason.THROTTLED
    assert len(server.calls) == 5


def test_a_wait_beyond_the_deadline_is_not_begun(server: Inventory) -> None:
    server.fail(SEARCH, Code.RESOURCE_EXHAUSTED, wait=30)
    began = time.monotonic()

    answer = ask(server, seconds=5)

    assert isinstance(answer, Failure)
    assert answer.reason is Reason.THROTTLED
    assert time.monotonic() - began < 2


def test_every_call_of_the_target_stays_away_as_long(server: Inventory) -> None:
    server.fail(SEARCH, Code.RESOURCE_EXHAUSTED, wait=0.5)
    estate = Estate(Target("gcp", "chu", (("_attempts", 2), ("endpoint", server.endpoint), ("scope", "projects/p"))))
    began = time.monotonic()

    assert isinstance(asked(estate), Answer)
    assert isinstance(estate.call(POLICIES, {"scope": "projects/p"}, Deadline.after(9)), Answer)
    assert time.monotonic() - began >= 0.5


def test_an_endpoint_that_was_away_for_a_moment_is_asked_again(server: Inventory) -> None:
    server.fail(SEARCH, Code.UNAVAILABLE)

    assert isinstance(ask(server), Answer)


@pytest.mark.parametrize(
    ("code", "reason", "expected", "word"),
    [
        (Code.PERMISSION_DENIED, "IAM_PERMISSION_DENIED", Reason.REFUSED, "refused"),
        (Code.PERMISSION_DENIED, "SERVICE_DISABLED", Reason.DISABLED, "not enabled in projects/4711"),
        (Code.UNAUTHENTICATED, "ACCESS_TOKEN_EXPIRED", Reason.REFUSED, "expired"),
        (Code.UNAUTHENTICATED, "", Reason.REFUSED, "credentials"),
        (Code.NOT_FOUND, "", Reason.REFUSED, "scope"),
        (Code.INVALID_ARGUMENT, "", Reason.UNSUPPORTED, "not accepted"),
        (Code.UNIMPLEMENTED, "", Reason.UNSUPPORTED, "does not offer"),
        (Code.DEADLINE_EXCEEDED, "", Reason.TIMEOUT, "in time"),
        (Code.INTERNAL, "", Reason.FAULT, "failed"),
        (Code.DATA_LOSS, "", Reason.FAULT, "failed"),
    ],
)
def test_a_failure_is_called_what_it_is_and_not_asked_again(
    server: Inventory, code: grpc.StatusCode, reason: str, expected: Reason, word: str
) -> None:
    server.fail(SEARCH, code, reason=reason)

    answer = ask(server)

    assert isinstance(answer, Failure)
    assert answer.reason is expected
    assert word in answer.detail
    assert len(server.calls) == 1


def test_nobody_at_the_endpoint_is_unreachable() -> None:
    target = Target("gcp", "chu", (("_attempts", 1), ("endpoint", f"127.0.0.1:{free_port()}"), ("scope", "projects/p")))

    answer = asked(Estate(target), 5)

    assert isinstance(answer, Failure)
    assert answer.reason is Reason.UNREACHABLE


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.GARBLE, Kind.PORTAL, Kind.WRONG_TYPE])
def test_an_answer_that_is_none_is_no_empty_list(server: Inventory, kind: Kind) -> None:
    with server.fault(kind, SEARCH):
        answer = ask(server)

    assert isinstance(answer, Failure)
    assert answer.reason is Reason.FAULT


def test_a_type_that_this_cloud_does_not_know_is_alone_in_its_gap() -> None:
    unknown = "netapp.googleapis.com/Volume"
    with Inventory(estate()) as server:
        server.unknown_types.add(unknown)
        seen = scanned(server, "gcs.bucket", "netapp.volume", "filestore.instance", "netapp.backup")

    assert {gap.scope for gap in seen.gaps} == {f"{unknown} in organizations/42"}
    assert {gap.reason for gap in seen.gaps} == {Reason.UNSUPPORTED}
    assert {gap.operation for gap in seen.gaps} == {f"cloudasset:{SEARCH}", f"cloudasset:{LIST}"}
    assert seen.store("/chu-edsante")
    assert seen.store("/instances/imagerie")


def test_what_was_read_before_a_failure_is_kept() -> None:
    buckets = [of("storage/Bucket", f"b{number}", {"location": "EU"}, "eu") for number in range(10)]
    with Inventory(buckets, page=4) as server:
        job = Job(
            Target("gcp", "chu", (("_attempts", 1), ("endpoint", server.endpoint), ("scope", "projects/p"))),
            "assets",
            "files",
            ("{}", "storage.googleapis.com/Bucket"),
        )
        server.fail(LIST, Code.PERMISSION_DENIED)
        server.calls.clear()
        found: Observations = TASKS["assets"](job, Deadline.after(20)).observations

    assert len(found.stores) == 10
    (gap,) = found.gaps
    assert (gap.operation, gap.permission, gap.who_can_grant) == (
        "cloudasset:ListAssets",
        "cloudasset.assets.listResource",
        "project-administrator:p",
    )


@pytest.mark.parametrize(
    ("scope", "word"),
    [
        ("organizations/42", "organisation-administrator:42"),
        ("folders/9", "folder-administrator:9"),
        ("projects/s3ns:chu", "project-administrator:s3ns:chu"),
    ],
)
def test_who_can_grant_a_right_is_named(scope: str, word: str) -> None:
    assert grantor(scope) == word


def test_a_policy_that_grants_nothing_is_no_proof_that_nothing_is_public() -> None:
    with Inventory(
        [of("storage/Bucket", "b", {"location": "EU"}, "eu")], [("//storage.googleapis.com/b", "")]
    ) as server:
        seen = scanned(server, "gcs.bucket")

    assert isinstance(seen.store("/b").public, Unread)
    assert [(gap.operation, gap.reason) for gap in seen.gaps] == [(f"cloudasset:{POLICIES}", Reason.FAULT)]
