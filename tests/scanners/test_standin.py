"""The embedded AWS: what every other test over the wire rests on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from scanners._standin import MANAGEMENT, Call, Fault, Kind, Standin
from scanners.aws import rights

ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=20, connect_timeout=5)
HURRIED = Config(retries={"total_max_attempts": 1}, read_timeout=0.3, connect_timeout=5)

# One operation of each protocol that botocore speaks here.
PROTOCOLS = {
    "query": ("rds", "describe_db_instances"),
    "ec2": ("ec2", "describe_volumes"),
    "json": ("dynamodb", "list_tables"),
    "rest-json": ("lambda", "list_functions"),
    "rest-xml": ("s3", "list_buckets"),
}


@pytest.fixture(scope="module")
def opened() -> Iterator[Standin]:
    with Standin() as server:
        yield server


@pytest.fixture
def server(opened: Standin) -> Standin:
    opened.reset()
    opened.page_size = 0
    return opened


_clients: dict[tuple[str, ...], Any] = {}


def client(
    server: Standin, service: str, region: str = "eu-west-3", account: str = MANAGEMENT, config: Config = ONCE
) -> Any:
    key = (server.endpoint_url, service, region, account, str(config.read_timeout))
    if key not in _clients:
        session = server.session(account)
        _clients[key] = session.client(service, region_name=region, endpoint_url=server.endpoint_url, config=config)
    return _clients[key]


def bucket(server: Standin, name: str, region: str = "eu-west-3", account: str = MANAGEMENT) -> None:
    client(server, "s3", region, account).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": region}
    )


@pytest.mark.parametrize(
    ("service", "operation", "listing"),
    [
        ("healthlake", "list_fhir_datastores", "DatastorePropertiesList"),
        ("medical-imaging", "list_datastores", "datastoreSummaries"),
        ("backup", "list_copy_jobs", "CopyJobs"),
        ("efs", "describe_replication_configurations", "Replications"),
        ("redshift-serverless", "list_workgroups", "workgroups"),
        ("keyspaces", "list_keyspaces", "keyspaces"),
        ("docdb", "describe_db_clusters", "DBClusters"),
        ("fsx", "describe_volumes", "Volumes"),
        ("timestream-write", "list_databases", "Databases"),
        ("s3tables", "list_table_buckets", "tableBuckets"),
        ("drs", "describe_source_servers", "items"),
    ],
)
def test_an_operation_that_moto_lacks_is_answered_empty_and_not_missing(
    server: Standin, service: str, operation: str, listing: str
) -> None:
    answer = getattr(client(server, service), operation)()

    assert answer[listing] == []


def test_hosts_with_a_prefix_are_reached_too(server: Standin) -> None:
    with pytest.raises(ClientError) as refused:
        client(server, "s3control").get_public_access_block(AccountId=MANAGEMENT)

    assert refused.value.response["Error"]["Code"] == "NoSuchPublicAccessBlockConfiguration"


def test_a_planted_answer_may_depend_on_the_call(server: Standin) -> None:
    def datastores(call: Call) -> dict[str, Any]:
        arn = f"arn:aws:healthlake:{call.region}:{call.account}:datastore/fhir/1"
        return {"DatastorePropertiesList": [{"DatastoreId": "1", "DatastoreArn": arn}]}

    server.plant("healthlake", "ListFHIRDatastores", datastores)

    answer = client(server, "healthlake", "eu-west-1").list_fhir_datastores()

    arn = f"arn:aws:healthlake:eu-west-1:{MANAGEMENT}:datastore/fhir/1"
    assert [item["DatastoreArn"] for item in answer["DatastorePropertiesList"]] == [arn]


def test_every_call_is_written_down_with_its_rights(server: Standin) -> None:
    bucket(server, "chu-exemple")
    server.calls.clear()

    encryption = client(server, "s3").get_bucket_encryption(Bucket="chu-exemple")
    client(server, "resourcegroupstaggingapi", "eu-central-1").get_resources()
    client(server, "docdb").describe_db_clusters()
    client(server, "sts").get_caller_identity()

    assert [(call.region, call.service, call.operation, call.actions) for call in server.calls] == [
        ("eu-west-3", "s3", "GetBucketEncryption", ("s3:GetEncryptionConfiguration",)),
        ("eu-central-1", "resourcegroupstaggingapi", "GetResources", ("tag:GetResources",)),
        ("eu-west-3", "rds", "DescribeDBClusters", ("rds:DescribeDBClusters",)),
        ("eu-west-3", "sts", "GetCallerIdentity", ()),
    ]
    assert server.calls[0].parameters == {"Bucket": "chu-exemple"}
    assert encryption["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "AES256"
    }


def test_a_policy_lets_pass_what_it_allows_and_nothing_else(server: Standin) -> None:
    allow = {"Effect": "Allow", "Action": ["rds:Describe*", "s3:ListAllMyBuckets"], "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "rds:DescribeDBSnapshots", "Resource": "*"}
    deny_some = {"Effect": "Deny", "Action": "rds:DescribeDBInstances", "NotResource": "arn:aws:rds:*:*:db:chu-*"}
    server.enforce(json.dumps({"Version": "2012-10-17", "Statement": [allow]}), {"Statement": [deny, deny_some]})

    assert client(server, "rds").describe_db_instances()["DBInstances"] == []
    assert client(server, "s3").list_buckets()["Buckets"] == []
    assert client(server, "sts").get_caller_identity()["Account"] == MANAGEMENT
    for service, operation, action in (
        ("rds", "describe_db_snapshots", "rds:DescribeDBSnapshots"),
        ("dynamodb", "list_tables", "dynamodb:ListTables"),
        ("ec2", "describe_volumes", "ec2:DescribeVolumes"),
    ):
        with pytest.raises(ClientError, match=f"not authorized to perform: {action}"):
            getattr(client(server, service), operation)()


def test_two_accounts_do_not_see_each_other(server: Standin) -> None:
    bucket(server, "chu-a", account="111111111111")
    bucket(server, "chu-b", account="222222222222")

    names = [b["Name"] for b in client(server, "s3", account="222222222222").list_buckets()["Buckets"]]

    assert names == ["chu-b"]


def test_an_assumed_role_acts_in_its_own_account(server: Standin) -> None:
    import boto3

    role = client(server, "sts").assume_role(
        RoleArn="arn:aws:iam::333333333333:role/LexsitusReadOnly", RoleSessionName="lexsitus"
    )["Credentials"]
    session = boto3.Session(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"], "eu-west-3")
    identity = session.client("sts", endpoint_url=server.endpoint_url, config=ONCE).get_caller_identity()

    assert identity["Account"] == "333333333333"
    assert server.calls[-1].account == "333333333333"


def test_the_bucket_of_another_account_is_refused_with_its_region(server: Standin) -> None:
    bucket(server, "chu-loin", "us-west-2", account="222222222222")

    with pytest.raises(ClientError) as refused:
        client(server, "s3", "us-west-2").head_bucket(Bucket="chu-loin")

    metadata = refused.value.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 403
    assert metadata["HTTPHeaders"]["x-amz-bucket-region"] == "us-west-2"


def test_a_refused_bucket_still_tells_its_region(server: Standin) -> None:
    bucket(server, "chu-refuse", "eu-central-1")
    server.enforce({"Statement": []})

    with pytest.raises(ClientError) as refused:
        client(server, "s3", "eu-central-1").head_bucket(Bucket="chu-refuse")

    assert refused.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "eu-central-1"


def test_a_directory_bucket_has_rights_of_its_own(server: Standin) -> None:
    client(server, "s3").list_directory_buckets()

    assert server.calls[-1].actions == ("s3express:ListAllMyDirectoryBuckets",)


def test_a_bucket_asked_in_the_wrong_region_is_redirected(server: Standin) -> None:
    # A name of its own: botocore remembers where it was sent for a bucket.
    bucket(server, "chu-ailleurs", "eu-central-1")
    server.calls.clear()

    client(server, "s3", "eu-west-3").get_bucket_versioning(Bucket="chu-ailleurs")

    assert [call.region for call in server.calls] == ["eu-west-3", "eu-central-1"]


def test_list_buckets_tells_regions_and_pages_as_soon_as_a_parameter_is_given(server: Standin) -> None:
    bucket(server, "chu-0", "eu-central-1")
    bucket(server, "chu-b", "eu-west-3")
    bucket(server, "chu-c", "eu-west-3")

    plain = client(server, "s3").list_buckets()["Buckets"]
    pages = list(client(server, "s3").get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 2}))

    assert "BucketRegion" not in plain[0]
    assert [[(b["Name"], b["BucketRegion"]) for b in page["Buckets"]] for page in pages] == [
        [("chu-0", "eu-central-1"), ("chu-b", "eu-west-3")],
        [("chu-c", "eu-west-3")],
    ]


def test_a_directory_bucket_listing_holds_no_ordinary_bucket(server: Standin) -> None:
    bucket(server, "chu-a")

    assert client(server, "s3").list_directory_buckets().get("Buckets", []) == []


@pytest.mark.parametrize("page_size", [1, 2, 7])
def test_listings_that_moto_never_cuts_come_in_pages(server: Standin, page_size: int) -> None:
    ec2 = client(server, "ec2")
    volume = ec2.create_volume(Size=1, AvailabilityZone="eu-west-3a")["VolumeId"]
    made = {ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in range(5)}
    server.page_size = page_size
    server.calls.clear()

    pages = list(ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"]))

    found = [snapshot["SnapshotId"] for page in pages for snapshot in page["Snapshots"]]
    assert sorted(found) == sorted(made)
    assert len(server.calls) == -(-5 // page_size)


def test_a_listing_without_paginator_pages_by_its_token(server: Standin) -> None:
    stores = [{"DatastoreId": str(n), "DatastoreArn": f"arn:aws:healthlake:::{n}"} for n in range(3)]
    server.plant("healthlake", "ListFHIRDatastores", {"DatastorePropertiesList": stores})
    server.page_size = 2

    first = client(server, "healthlake").list_fhir_datastores()
    second = client(server, "healthlake").list_fhir_datastores(NextToken=first["NextToken"])

    found = [s["DatastoreId"] for page in (first, second) for s in page["DatastorePropertiesList"]]
    assert found == ["0", "1", "2"]
    assert "NextToken" not in second


def test_only_the_regions_switched_on_are_listed() -> None:
    with Standin(regions={"*": ["eu-west-3"]}) as server:
        ec2 = client(server, "ec2")
        enabled = [region["RegionName"] for region in ec2.describe_regions()["Regions"]]
        every = {r["RegionName"]: r["OptInStatus"] for r in ec2.describe_regions(AllRegions=True)["Regions"]}

    assert enabled == ["eu-west-3"]
    assert every["us-east-1"] == "not-opted-in"


@pytest.mark.parametrize(
    ("kind", "protocol", "code", "status"),
    [
        (Kind.REFUSE, "query", "AccessDenied", 403),
        (Kind.REFUSE, "ec2", "UnauthorizedOperation", 403),
        (Kind.REFUSE, "json", "AccessDeniedException", 400),
        (Kind.REFUSE, "rest-json", "AccessDeniedException", 403),
        (Kind.REFUSE, "rest-xml", "AccessDenied", 403),
        (Kind.THROTTLE, "query", "Throttling", 400),
        (Kind.THROTTLE, "ec2", "RequestLimitExceeded", 503),
        (Kind.THROTTLE, "json", "ThrottlingException", 400),
        (Kind.THROTTLE, "rest-json", "TooManyRequestsException", 429),
        (Kind.THROTTLE, "rest-xml", "SlowDown", 503),
        (Kind.EXPIRED, "query", "ExpiredToken", 403),
        (Kind.EXPIRED, "json", "ExpiredTokenException", 400),
        (Kind.CLOCK, "query", "SignatureDoesNotMatch", 403),
        (Kind.CLOCK, "rest-xml", "RequestTimeTooSkewed", 403),
        (Kind.HTTP500, "json", "InternalFailure", 500),
        (Kind.HTTP500, "query", "InternalError", 500),
    ],
)
def test_an_error_has_the_code_and_status_of_its_protocol(
    server: Standin, kind: Kind, protocol: str, code: str, status: int
) -> None:
    service, operation = PROTOCOLS[protocol]

    with server.fault(Fault(kind, service)), pytest.raises(ClientError) as failed:
        getattr(client(server, service), operation)()

    assert failed.value.response["Error"]["Code"] == code
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("kind", "error"),
    [(Kind.HANG, ReadTimeoutError), (Kind.RESET, ConnectionClosedError), (Kind.CUT, ResponseParserError)],
)
def test_a_broken_connection_is_felt_as_one(server: Standin, kind: Kind, error: type[BotoCoreError]) -> None:
    with server.fault(Fault(kind, "rds")), pytest.raises(error):
        client(server, "rds", config=HURRIED if kind is Kind.HANG else ONCE).describe_db_instances()


def test_a_slow_answer_comes_late_and_whole(server: Standin) -> None:
    with server.fault(Fault(Kind.SLOW, "rds", seconds=1)), pytest.raises(ReadTimeoutError):
        client(server, "rds", config=HURRIED).describe_db_instances()
    with server.fault(Fault(Kind.SLOW, "rds", seconds=0.05)):
        assert client(server, "rds").describe_db_instances()["DBInstances"] == []


@pytest.mark.parametrize("protocol", ["json", "rest-json"])
@pytest.mark.parametrize("kind", [Kind.CUT, Kind.GARBLE, Kind.PORTAL])
def test_a_body_that_is_no_json_reaches_the_reader_before_botocore_calls_it_empty(
    server: Standin, kind: Kind, protocol: str
) -> None:
    service, operation = PROTOCOLS[protocol]
    asked = client(server, service)
    bodies: list[bytes] = []

    def keep(response_dict: dict[str, Any], **_: Any) -> None:
        bodies.append(response_dict["body"])

    asked.meta.events.register("before-parse", keep, unique_id="keep")
    try:
        with server.fault(Fault(kind, service)):
            answer = getattr(asked, operation)()
    finally:
        asked.meta.events.unregister("before-parse", unique_id="keep")

    answer.pop("ResponseMetadata")
    assert answer == {}
    with pytest.raises(ValueError, match=r"."):
        json.loads(bodies[0])


def test_wrong_types_reach_the_reader(server: Standin) -> None:
    with server.fault(Fault(Kind.WRONG_TYPE, "dynamodb")):
        names = client(server, "dynamodb").list_tables()["TableNames"]
    bucket(server, "chu-a")
    with server.fault(Fault(Kind.WRONG_TYPE, "s3")), pytest.raises(ValueError, match="inattendu"):
        client(server, "s3").list_buckets()

    assert names == list("inattendu")


def test_pages_never_end_and_items_come_twice_on_demand(server: Standin) -> None:
    bucket(server, "chu-a")
    with server.fault(Fault(Kind.ENDLESS_PAGES, "s3")):
        tokens = [client(server, "s3").list_buckets(MaxBuckets=10)["ContinuationToken"] for _ in range(3)]
    with server.fault(Fault(Kind.REPEAT_ITEM, "s3")):
        names = [b["Name"] for b in client(server, "s3").list_buckets()["Buckets"]]

    assert len(set(tokens)) == 3
    assert names == ["chu-a", "chu-a"]


def test_a_fault_strikes_as_often_as_it_is_told_and_where_it_is_told(server: Standin) -> None:
    bucket(server, "chu-a")
    bucket(server, "chu-b")
    s3 = client(server, "s3")

    with server.fault(Fault(Kind.REFUSE, "s3", "GetBucketVersioning", resource="chu-a", times=1)):
        s3.get_bucket_versioning(Bucket="chu-b")
        with pytest.raises(ClientError):
            s3.get_bucket_versioning(Bucket="chu-a")
        again = s3.get_bucket_versioning(Bucket="chu-a")

    assert again["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_lean_stand_in_lists_what_was_written_and_nothing_that_comes_by_itself() -> None:
    with Standin(lean=True) as server:
        athena = client(server, "athena")
        before = athena.list_work_groups()["WorkGroups"]
        athena.create_work_group(Name="chu")
        after = [group["Name"] for group in athena.list_work_groups()["WorkGroups"]]

    assert before == []
    assert after == ["primary", "chu"]


def test_identifiers_are_the_same_in_two_runs() -> None:
    """In processes of their own: moto draws from one generator, which a thread of another test may still use."""
    program = """
from scanners._standin import Standin
with Standin(seed=7) as server:
    ec2 = server.session().client("ec2", region_name="eu-west-3", endpoint_url=server.endpoint_url)
    print(ec2.create_volume(Size=1, AvailabilityZone="eu-west-3a")["VolumeId"])
"""

    def volume() -> str:
        root = {"PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, "-c", program]
        return subprocess.run(command, env={**os.environ, **root}, capture_output=True, text=True, check=True).stdout

    first = volume()

    assert first.startswith("vol-")
    assert volume() == first


def test_leaving_it_ends_every_thread_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    before = set(threading.enumerate())

    with Standin() as server:
        asked = client(server, "healthlake", config=HURRIED)
        asked.list_fhir_datastores()
        with server.fault(Fault(Kind.HANG, "healthlake")), pytest.raises(ReadTimeoutError):
            asked.list_fhir_datastores()
        asked.list_fhir_datastores()
    with pytest.raises(EndpointConnectionError):
        asked.list_fhir_datastores()

    assert set(threading.enumerate()) == before
    assert capfd.readouterr() == ("", "")


def sample(shape: Any) -> Any:
    """Some value that fits ``shape``, with what it requires and no more."""
    match shape.type_name:
        case "structure":
            return {name: sample(shape.members[name]) for name in shape.required_members}
        case "list":
            return [sample(shape.member)]
        case "map":
            return {}
        case "string":
            return shape.enum[0] if shape.enum else "a" * max(3, min(int(shape.metadata.get("min", 8)), 60))
        case "integer" | "long":
            return int(shape.metadata.get("min", 1))
        case "boolean":
            return True
        case "timestamp":
            return "2026-01-01T00:00:00Z"
        case other:
            raise AssertionError(f"no sample of {other}")


def said_no(error: ClientError) -> bool:
    """Whether an error is a proper answer to made-up parameters: nothing of that name."""
    response = error.response
    return 400 <= response["ResponseMetadata"]["HTTPStatusCode"] < 500 and not response["Error"]["Code"].isdigit()


# Services that only their host names tell apart, and a stand-in has one.
TWINS = {
    ("docdb", "*"): "rds",
    ("neptune", "*"): "rds",
    ("chime-sdk-voice", "ListTagsForResource"): "chime-sdk-identity",
    ("timestream-query", "ListTagsForResource"): "timestream-write",
}


@pytest.mark.slow
def test_every_operation_that_the_aws_scanner_may_call_is_understood_and_answered(server: Standin) -> None:
    unclear = []
    clients: dict[str, Any] = {}
    for service, operation in sorted(rights.called() | rights.opted(sampling=False, cross_checks=True)):
        if service not in clients:
            clients = {service: client(server, service, "us-east-1")}
        asked = clients[service]
        shape = asked.meta.service_model.operation_model(operation).input_shape
        server.calls.clear()
        try:
            getattr(asked, xform_name(operation))(**(sample(shape) if shape else {}))
        except ClientError as error:
            # HeadBucket has no body, hence no code but the status.
            if not said_no(error) and operation != "HeadBucket":
                unclear.append((service, operation, str(error)))
        understood = [(call.service, call.operation) for call in server.calls]
        if understood != [(TWINS.get((service, operation), TWINS.get((service, "*"), service)), operation)]:
            unclear.append((service, operation, str(understood)))

    assert unclear == []
