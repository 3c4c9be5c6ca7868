"""What Resource Explorer, AWS Config and Access Analyzer know beside the lists of the services."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from history.snapshot import Snapshot
from history.tables import write_snapshot
from model.datasets import Controller, ControllerKind
from model.observed import Known, Reason
from model.places import Observations, Target
from scanners._run import InlineExecutor, run
from scanners._standin import MANAGEMENT, Fault, Kind, Standin
from scanners.aws import plan
from scanners.aws.elsewhere import kinds
from scanners.aws.recorded import expression
from scanners.aws.rights import cross_check_policy, policies
from scanners.aws.rows import rows
from tests.scanners.aws.elsewhere import Elsewhere, finding

PARIS = "eu-west-3"
BUCKET = "arn:aws:s3:::chu-partage"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def elsewhere(server: Standin) -> Elsewhere:
    return Elsewhere(server, {MANAGEMENT: (PARIS,)}, MANAGEMENT)


def observed(server: Standin, *checks: str, rows: tuple[str, ...] = ("ec2.volume",), **more: Any) -> Observations:
    """All that a scan of Paris gives."""
    settings = {"endpoint_url": server.endpoint_url, "regions": (PARIS,), "cross_check": checks, "_attempts": 1}
    target = Target("aws", "chu", tuple(sorted({**settings, "_rows": rows, **more}.items())))
    found = [done.step.observations for done in run(plan(target), InlineExecutor(), in_flight=1, budget_seconds=60)]
    gaps = [each for one in found for each in one.gaps if each.operation != "ec2:DescribeRegions"]
    return Observations(tuple(store for one in found for store in one.stores), gaps=tuple(gaps))


def merged(folder: Path, found: Observations) -> Snapshot:
    """The snapshot of these observations."""
    write_snapshot(folder, [found], [], [], NOW, NOW, "0")
    return Snapshot(folder)


def volume(server: Standin) -> str:
    """A volume that its own list names."""
    ec2 = server.session().client("ec2", region_name=PARIS, endpoint_url=server.endpoint_url)
    return str(ec2.create_volume(Size=1, AvailabilityZone=f"{PARIS}a")["VolumeId"])


@pytest.mark.parametrize("check", ["resource-explorer", "config"])
def test_what_only_another_list_names_is_a_gap_and_what_both_name_is_none(
    server: Standin, elsewhere: Elsewhere, check: str, tmp_path: Path
) -> None:
    listed = volume(server)
    elsewhere.resources.append(("ec2:volume", "AWS::EC2::Volume", "ec2", f"volume/{listed}"))
    elsewhere.plant()

    found = observed(server, check)
    snapshot = merged(tmp_path / "snapshot", found)

    prefix = f"arn:aws:ec2:{PARIS}:{MANAGEMENT}:volume/"
    stores = {store.id: store for store, _ in snapshot.stores}
    assert {name: store.seen for name, store in stores.items()} == {
        prefix + listed: True,
        prefix + "vol-unlisted": False,
    }
    (gap,) = snapshot.inventory(Controller("CHU", ControllerKind.PUBLIC_HOSPITAL)).gaps
    assert (gap.store, gap.account, gap.region) == (prefix + "vol-unlisted", MANAGEMENT, PARIS)
    assert "not by its own service" in gap.detail


def test_a_kind_that_the_scan_does_not_ask_is_not_compared(server: Standin, elsewhere: Elsewhere) -> None:
    elsewhere.plant()

    assert observed(server, "resource-explorer", "config", rows=("sqs.queue",)) == Observations()


def test_an_instance_of_a_documentdb_cluster_is_no_store_that_is_missing(server: Standin, elsewhere: Elsewhere) -> None:
    arns = {engine: f"arn:aws:rds:{PARIS}:{MANAGEMENT}:db:{engine}" for engine in ("docdb", "mysql")}
    listed = [{"DBInstanceArn": arn, "DBInstanceIdentifier": name, "Engine": name} for name, arn in arns.items()]
    server.plant("rds", "DescribeDBInstances", {"DBInstances": listed})
    elsewhere.resources = [("rds:db", "AWS::RDS::DBInstance", "rds", f"db:{name}") for name in arns]
    elsewhere.plant()

    found = observed(server, "resource-explorer", rows=("rds.db_instance",))

    assert {store.id for store in found.stores} == {arns["mysql"]}


def test_what_the_other_list_cannot_see_is_said(server: Standin, elsewhere: Elsewhere) -> None:
    elsewhere.regions = {MANAGEMENT: ("eu-central-1",)}
    elsewhere.view_filter, elsewhere.recording = "tag:env=prod", False
    elsewhere.plant()
    server.plant("accessanalyzer", "ListAnalyzers", {"analyzers": []})

    gaps = {each.operation: each for each in observed(server, "resource-explorer", "config", "access-analyzer").gaps}

    assert {each.reason for each in gaps.values()} == {Reason.DISABLED}
    assert gaps["resource-explorer-2:ListIndexes"].detail == "no index in eu-west-3"
    assert "filter" in gaps["resource-explorer-2:GetView"].detail
    assert "tag:env" not in str(gaps)
    assert PARIS in gaps["config:DescribeConfigurationRecorderStatus"].detail
    assert "no aggregator" in gaps["config:DescribeConfigurationAggregators"].detail
    assert PARIS in gaps["accessanalyzer:ListAnalyzers"].detail


def test_a_finding_fills_the_reach_that_could_not_be_read_and_adds_to_the_one_that_was(
    server: Standin, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    s3 = server.session().client("s3", region_name=PARIS, endpoint_url=server.endpoint_url)
    s3.create_bucket(Bucket="chu-partage", CreateBucketConfiguration={"LocationConstraint": PARIS})
    elsewhere.findings = [
        finding("AWS::S3::Bucket", BUCKET, isPublic=True, principal={"AWS": "*"}),
        finding("AWS::S3::Bucket", BUCKET),
    ]
    elsewhere.plant()

    read = merged(tmp_path / "read", observed(server, "access-analyzer", rows=("s3.bucket",)))
    with server.fault(Fault(Kind.REFUSE, "s3", "GetBucketPolicy")):
        refused = merged(tmp_path / "refused", observed(server, "access-analyzer", rows=("s3.bucket",)))

    for snapshot in (read, refused):
        ((store, _),) = list(snapshot.stores)
        assert isinstance(store.public, Known)
        assert isinstance(store.shared_with, Known)
        assert (store.seen, store.public.value, store.shared_with.value) == (True, True, ("210000000099",))
        assert store.public.source.what == "accessanalyzer:ListFindings"


def test_a_finding_of_one_account_does_not_prove_that_nobody_else_can_read(
    server: Standin, elsewhere: Elsewhere
) -> None:
    elsewhere.findings = [finding("AWS::S3::Bucket", BUCKET, isPublic=False)]
    elsewhere.plant()

    (store,) = observed(server, "access-analyzer", rows=("s3.bucket",)).stores

    assert not isinstance(store.public, Known)


def test_a_member_is_watched_by_the_analyzer_of_the_organisation(server: Standin, elsewhere: Elsewhere) -> None:
    elsewhere.plant()
    whole = {"name": "all", "arn": "arn:all", "type": "ORGANIZATION", "status": "ACTIVE", "createdAt": 0}
    server.plant(
        "accessanalyzer",
        "ListAnalyzers",
        lambda call: {"analyzers": [whole] if call.account == MANAGEMENT else []},
    )

    found = observed(server, "access-analyzer", accounts=("111111111111",), assume_role="Lecteur")

    assert found.gaps == ()
    (asked,) = [call for call in server.calls if call.operation == "ListFindings"]
    assert asked.parameters["filter"]["resourceOwnerAccount"] == {"eq": ["111111111111"]}


def test_nothing_is_asked_of_them_unless_the_target_says_so(server: Standin) -> None:
    observed(server)

    assert not {call.service for call in server.calls} & {"resource-explorer-2", "config", "accessanalyzer"}


def test_their_rights_are_a_document_of_their_own() -> None:
    (statement,) = json.loads(cross_check_policy())["Statement"]

    assert "access-analyzer:ListFindings" in statement["Action"]
    assert not any(action in document for action in statement["Action"] for document in policies()[:-1])


def test_the_names_of_kinds_are_ours_and_the_query_fits() -> None:
    known = {word for row in rows() for word in row.kind.split()} | {"AWS::S3::Bucket"}

    assert {*kinds("resource_explorer").values(), *kinds("config").values()} <= known
    assert len(expression()) <= 4096
