"""Scans over the wire: what the stand-in holds is found once, with its place, its key and its copies."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from model.codec import dumps, encode
from model.errors import CredentialsError, TargetError
from model.observed import Known, Unread
from model.places import Custody, Site, Target
from scanners import aws
from scanners._standin import Fault, Kind, Standin
from scanners._standin.answers import AwsError
from scanners._standin.server import MANAGEMENT, credentials

PARIS = "eu-west-3"
DAY = datetime(2026, 11, 1, tzinfo=UTC)


def client(server: Standin, service: str, region: str = PARIS, account: str = MANAGEMENT) -> Any:
    return server.session(account, region).client(service, endpoint_url=server.endpoint_url)


def bucket(server: Standin, name: str, region: str = PARIS, account: str = MANAGEMENT) -> None:
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client(server, "s3", region, account).create_bucket(Bucket=name, **where)


def raising(error: AwsError) -> Any:
    def answer(call: Any) -> Any:
        raise error

    return answer


def replicate(server: Standin, origin: str, destination: str) -> None:
    s3 = client(server, "s3")
    s3.put_bucket_versioning(Bucket=origin, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_replication(
        Bucket=origin,
        ReplicationConfiguration={
            "Role": f"arn:aws:iam::{MANAGEMENT}:role/replication",
            "Rules": [
                {
                    "ID": "r",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": f"arn:aws:s3:::{destination}"},
                }
            ],
        },
    )


def test_a_bucket_has_its_region_its_tags_its_key_and_no_reach(server: Standin, scan: Any) -> None:
    bucket(server, "chu-eds")
    client(server, "s3").put_bucket_tagging(Bucket="chu-eds", Tagging={"TagSet": [{"Key": "jeu", "Value": "eds"}]})

    seen = scan("s3.bucket")

    store = seen.store("arn:aws:s3:::chu-eds")
    assert store.sites.value == (Site(PARIS),)
    assert store.tags.value == (("jeu", "eds"),)
    assert store.key.value.custody is Custody.PROVIDER
    assert store.public.value is False
    assert store.shared_with.value == ()
    assert seen.gaps == ()


def test_seven_calls_tell_a_bucket(server: Standin, scan: Any) -> None:
    for number in range(20):
        bucket(server, f"chu-{number}")
    server.calls.clear()

    seen = scan("s3.bucket")

    per_bucket = [call for call in server.calls if call.service == "s3" and call.operation != "ListBuckets"]
    assert len(seen.stores) == 20
    assert len(per_bucket) == 7 * 20
    assert not [call for call in server.calls if call.operation in ("GetBucketLocation", "GetBucketTagging")]


def test_logs_inventories_and_analyses_of_a_bucket_are_copies_elsewhere(server: Standin, scan: Any) -> None:
    for name in ("chu-eds", "chu-journaux"):
        bucket(server, name)
    bucket(server, "ailleurs", "us-east-1", "999999999999")

    def to(place: str) -> dict[str, Any]:
        return {"Destination": {"S3BucketDestination": {"Bucket": f"arn:aws:s3:::{place}", "Format": "CSV"}}}

    def only_eds(answer: dict[str, Any]) -> Any:
        return lambda call: answer if call.parameters["Bucket"] == "chu-eds" else {}

    logging = {"LoggingEnabled": {"TargetBucket": "chu-journaux", "TargetPrefix": "eds/"}}
    server.plant("s3", "GetBucketLogging", only_eds(logging))
    plain = {"Id": "i", "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"}}
    inventories = [{**plain, "IsEnabled": True, **to("ailleurs")}, {**plain, "IsEnabled": False, **to("eteint")}]
    server.plant("s3", "ListBucketInventoryConfigurations", only_eds({"InventoryConfigurationList": inventories}))
    export = {"OutputSchemaVersion": "V_1", **to("ailleurs")}
    analyses = [{"Id": "a", "StorageClassAnalysis": {"DataExport": export}}]
    server.plant("s3", "ListBucketAnalyticsConfigurations", only_eds({"AnalyticsConfigurationList": analyses}))

    seen = scan("s3.bucket")

    eds = "arn:aws:s3:::chu-eds"
    assert seen.led() == {(eds, "arn:aws:s3:::chu-journaux", "log"), (eds, "arn:aws:s3:::ailleurs", "export")}
    assert seen.ends()["arn:aws:s3:::ailleurs"].sites.value == (Site("us-east-1"),)
    assert not seen.gaps


def test_a_replica_in_a_bucket_of_another_account_is_placed_by_the_header_of_a_refusal(
    server: Standin, scan: Any
) -> None:
    bucket(server, "chu-eds")
    bucket(server, "chu-secours", "us-east-1", "999999999999")
    replicate(server, "chu-eds", "chu-secours")

    with server.fault(Fault(Kind.REFUSE, "s3", "HeadBucket")):
        seen = scan("s3.bucket")

    end = seen.ends()["arn:aws:s3:::chu-secours"]
    assert end.sites.value == (Site("us-east-1"),)
    assert isinstance(end.key, Unread)
    assert ("arn:aws:s3:::chu-eds", "arn:aws:s3:::chu-secours", "replica") in seen.led()
    assert seen.gaps == ()


@pytest.mark.parametrize(
    ("constraint", "region"), [(None, "us-east-1"), ("EU", "eu-west-1"), ("eu-central-1", "eu-central-1")]
)
def test_an_old_location_is_read_where_the_list_tells_none(
    server: Standin, scan: Any, constraint: str | None, region: str
) -> None:
    bucket(server, "chu-ancien")
    server.plant("s3", "ListBuckets", {"Buckets": [{"Name": "chu-ancien", "CreationDate": DAY}]})
    server.plant("s3", "GetBucketLocation", {"LocationConstraint": constraint} if constraint else {})

    seen = scan("s3.bucket")

    assert seen.store("arn:aws:s3:::chu-ancien").sites.value == (Site(region),)


def test_a_public_policy_opens_a_bucket_unless_it_is_blocked(server: Standin, scan: Any) -> None:
    bucket(server, "chu-site")
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::chu-site/*"}
    partner = {**everyone, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everyone, partner]})
    s3 = client(server, "s3")
    s3.put_bucket_policy(Bucket="chu-site", Policy=policy)
    server.plant("s3", "GetBucketPolicyStatus", {"PolicyStatus": {"IsPublic": True}})

    open_to_all = scan("s3.bucket").store("arn:aws:s3:::chu-site")
    s3.put_public_access_block(
        Bucket="chu-site",
        PublicAccessBlockConfiguration={"RestrictPublicBuckets": True, "IgnorePublicAcls": True},
    )
    closed = scan("s3.bucket").store("arn:aws:s3:::chu-site")

    assert open_to_all.public.value is True
    assert open_to_all.shared_with.value == ("999999999999",)
    assert closed.public.value is False


def test_refused_tags_are_read_bucket_by_bucket(server: Standin, scan: Any) -> None:
    bucket(server, "chu-eds")
    client(server, "s3").put_bucket_tagging(Bucket="chu-eds", Tagging={"TagSet": [{"Key": "jeu", "Value": "eds"}]})

    with server.fault(Fault(Kind.REFUSE, "resourcegroupstaggingapi", "GetResources")):
        seen = scan("s3.bucket")

    assert seen.store("arn:aws:s3:::chu-eds").tags.value == (("jeu", "eds"),)
    assert seen.gaps == ()


def test_a_refused_detail_keeps_the_store_and_names_the_right(server: Standin, scan: Any) -> None:
    bucket(server, "chu-exports")

    with server.fault(Fault(Kind.REFUSE, "s3", "GetBucketReplication")):
        seen = scan("s3.bucket")

    (gap,) = seen.gaps
    assert gap.store == "arn:aws:s3:::chu-exports"
    assert gap.permission == "s3:GetReplicationConfiguration"
    assert gap.who_can_grant == f"account-administrator:{MANAGEMENT}"
    assert seen.store("arn:aws:s3:::chu-exports").name == "chu-exports"


def test_a_wavelength_zone_abroad_is_named_and_an_ordinary_zone_is_not(server: Standin, scan: Any) -> None:
    disks = [("vol-1", "eu-west-3a"), ("vol-2", "eu-west-3-wl1-cmn-wlz-1")]
    server.plant("ec2", "DescribeVolumes", {"Volumes": [{"VolumeId": v, "AvailabilityZone": z} for v, z in disks]})
    zones = [("eu-west-3a", "euw3-az1"), ("eu-west-3-wl1-cmn-wlz-1", "euw3-cmn1-wlz1")]
    server.plant(
        "ec2", "DescribeAvailabilityZones", {"AvailabilityZones": [{"ZoneName": n, "ZoneId": i} for n, i in zones]}
    )

    seen = scan("ec2.volume")

    prefix = f"arn:aws:ec2:{PARIS}:{MANAGEMENT}:volume"
    assert seen.store(f"{prefix}/vol-1").sites.value == (Site(PARIS),)
    assert seen.store(f"{prefix}/vol-2").sites.value == (Site(PARIS, "euw3-cmn1-wlz1"),)


def test_a_zone_that_cannot_be_looked_up_is_no_place_in_the_region(server: Standin, scan: Any) -> None:
    volume = {"VolumeId": "vol-2", "AvailabilityZone": "eu-west-3-wl1-cmn-wlz-1"}
    server.plant("ec2", "DescribeVolumes", {"Volumes": [volume]})

    with server.fault(Fault(Kind.REFUSE, "ec2", "DescribeAvailabilityZones")):
        seen = scan("ec2.volume")

    store = seen.store(f"arn:aws:ec2:{PARIS}:{MANAGEMENT}:volume/vol-2")
    assert isinstance(store.sites, Unread)
    assert [gap.permission for gap in seen.gaps] == ["ec2:DescribeAvailabilityZones"]


def test_an_outpost_stands_where_its_site_does(server: Standin, scan: Any) -> None:
    outpost = f"arn:aws:outposts:{PARIS}:{MANAGEMENT}:outpost/op-0"
    server.plant("ec2", "DescribeVolumes", {"Volumes": [{"VolumeId": "vol-3", "OutpostArn": outpost}]})
    server.plant("outposts", "ListOutposts", {"Outposts": [{"OutpostId": "op-0", "SiteId": "os-0"}]})
    server.plant("outposts", "ListSites", {"Sites": [{"SiteId": "os-0", "OperatingAddressCountryCode": "BE"}]})

    seen = scan("ec2.volume")

    store = seen.store(f"arn:aws:ec2:{PARIS}:{MANAGEMENT}:volume/vol-3")
    assert store.sites.value == (Site(PARIS, "op-0", "BE"),)


@pytest.mark.parametrize(
    ("manager", "origin", "custody", "location"),
    [
        ("AWS", "AWS_KMS", Custody.PROVIDER, PARIS),
        ("CUSTOMER", "AWS_KMS", Custody.CUSTOMER_IN_PROVIDER, PARIS),
        ("CUSTOMER", "EXTERNAL", Custody.CUSTOMER_IN_PROVIDER, PARIS),
        ("CUSTOMER", "EXTERNAL_KEY_STORE", Custody.CUSTOMER_EXTERNAL, ""),
    ],
)
def test_the_holder_of_a_key_is_what_kms_says(
    server: Standin, scan: Any, manager: str, origin: str, custody: Custody, location: str
) -> None:
    key = f"arn:aws:kms:{PARIS}:{MANAGEMENT}:key/k1"
    disks = [{"VolumeId": f"vol-{n}", "Encrypted": True, "KmsKeyId": key} for n in range(3)]
    server.plant("ec2", "DescribeVolumes", {"Volumes": disks})
    metadata = {"KeyId": "k1", "Arn": key, "KeyManager": manager, "Origin": origin}
    server.plant("kms", "DescribeKey", {"KeyMetadata": metadata})
    server.calls.clear()

    seen = scan("ec2.volume")

    found = seen.store(f"arn:aws:ec2:{PARIS}:{MANAGEMENT}:volume/vol-0").key.value
    assert (found.custody, found.location, found.account) == (custody, location, MANAGEMENT)
    assert len([call for call in server.calls if call.operation == "DescribeKey"]) == 1


def test_a_disk_without_encryption_has_no_key(server: Standin, scan: Any) -> None:
    server.plant("ec2", "DescribeVolumes", {"Volumes": [{"VolumeId": "vol-1", "Encrypted": False}]})

    store = scan("ec2.volume").store(f"arn:aws:ec2:{PARIS}:{MANAGEMENT}:volume/vol-1")

    assert store.key.value.custody is Custody.NONE


def test_a_key_that_is_refused_is_unknown_and_not_absent(server: Standin, scan: Any) -> None:
    volume = {"VolumeId": "vol-1", "Encrypted": True, "KmsKeyId": f"arn:aws:kms:{PARIS}:999999999999:key/k1"}
    server.plant("ec2", "DescribeVolumes", {"Volumes": [volume]})

    with server.fault(Fault(Kind.REFUSE, "kms", "DescribeKey")):
        seen = scan("ec2.volume")

    store = seen.store(f"arn:aws:ec2:{PARIS}:{MANAGEMENT}:volume/vol-1")
    assert isinstance(store.key, Unread)
    assert [(gap.permission, gap.store) for gap in seen.gaps] == [("kms:DescribeKey", store.id)]


def test_a_snapshot_that_was_copied_or_shared_says_from_where_and_with_whom(server: Standin, scan: Any) -> None:
    copied = {
        "SnapshotId": "snap-0b",
        "VolumeId": "vol-ffffffff",
        "Description": "[Copied snap-0a1 from us-east-1] nightly",
        "OwnerId": MANAGEMENT,
    }
    server.plant("ec2", "DescribeSnapshots", {"Snapshots": [copied]})
    rights = [{"UserId": "999999999999"}, {"Group": "all"}]
    server.plant("ec2", "DescribeSnapshotAttribute", {"SnapshotId": "snap-0b", "CreateVolumePermissions": rights})

    seen = scan("ec2.snapshot")

    store = seen.store(f"arn:aws:ec2:{PARIS}::snapshot/snap-0b")
    assert store.shared_with.value == ("999999999999",)
    assert store.public.value is True
    assert seen.led() == {("arn:aws:ec2:us-east-1::snapshot/snap-0a1", store.id, "replica")}


def test_a_read_replica_abroad_leads_to_its_source(server: Standin, scan: Any) -> None:
    source = f"arn:aws:rds:us-east-1:{MANAGEMENT}:db:dossiers"
    replica = {
        "DBInstanceIdentifier": "dossiers-lecture",
        "DBInstanceArn": f"arn:aws:rds:{PARIS}:{MANAGEMENT}:db:dossiers-lecture",
        "Engine": "postgres",
        "AllocatedStorage": 20,
        "StorageEncrypted": True,
        "ReadReplicaSourceDBInstanceIdentifier": source,
    }
    server.plant("rds", "DescribeDBInstances", {"DBInstances": [replica, replica]})

    seen = scan("rds.db_instance")

    store = seen.store(replica["DBInstanceArn"])
    assert store.role.value == "replica"
    assert store.size_bytes.value == 20 * 2**30
    assert (source, store.id, "replica") in seen.led()
    assert seen.ends()[source].sites.value == (Site("us-east-1"),)


def test_documentdb_and_neptune_are_told_apart_in_the_one_list(server: Standin, scan: Any) -> None:
    clusters = [
        {"DBClusterArn": f"arn:aws:rds:{PARIS}:{MANAGEMENT}:cluster:{engine}", "Engine": engine}
        for engine in ("docdb", "neptune", "aurora-postgresql")
    ]
    server.plant("rds", "DescribeDBClusters", {"DBClusters": clusters})

    seen = scan("rds.db_cluster")

    assert sorted(store.kind for store in seen.stores) == [
        "AWS::DocDB::DBCluster",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
    ]


def test_a_list_with_tokens_and_no_paginator_is_read_to_the_end(server: Standin, scan: Any) -> None:
    def page(call: Any) -> dict[str, Any]:
        number = int(call.parameters.get("NextToken") or 0)
        stores = [
            {"DatastoreId": f"{number}", "DatastoreArn": f"arn:aws:healthlake:{PARIS}:{MANAGEMENT}:datastore/{number}"}
        ]
        rest = {"NextToken": str(number + 1)} if number < 4 else {}
        return {"DatastorePropertiesList": stores, **rest}

    server.plant("healthlake", "ListFHIRDatastores", page)

    seen = scan("healthlake.datastore")

    assert len(seen.stores) == 5
    assert all(store.holds_health == Known(True, store.holds_health.source) for store in seen.stores)
    assert seen.gaps == ()


def test_a_token_that_comes_back_is_a_gap_and_no_loop(server: Standin, scan: Any) -> None:
    arn = f"arn:aws:healthlake:{PARIS}:{MANAGEMENT}:datastore/1"
    page = {"DatastorePropertiesList": [{"DatastoreId": "1", "DatastoreArn": arn}], "NextToken": "again"}
    server.plant("healthlake", "ListFHIRDatastores", page)

    seen = scan("healthlake.datastore")

    assert seen.store(arn).name == "1"
    assert [gap.operation for gap in seen.gaps] == ["healthlake:ListFHIRDatastores"]


def test_delivery_streams_page_by_the_last_name(server: Standin, scan: Any) -> None:
    def page(call: Any) -> dict[str, Any]:
        names = ["a", "b", "c", "d", "e"]
        start = call.parameters.get("ExclusiveStartDeliveryStreamName")
        rest = names[names.index(start) + 1 :] if start else names
        return {"DeliveryStreamNames": rest[:2], "HasMoreDeliveryStreams": len(rest) > 2}

    server.plant("firehose", "ListDeliveryStreams", page)

    seen = scan("firehose.delivery_stream")

    assert sorted(store.name for store in seen.stores) == ["a", "b", "c", "d", "e"]


def test_a_table_replicated_abroad_shows_both_ends(server: Standin, scan: Any) -> None:
    table = f"arn:aws:dynamodb:{PARIS}:{MANAGEMENT}:table/rdv"
    server.plant("dynamodb", "ListTables", {"TableNames": ["rdv"]})
    replicas = [{"RegionName": "us-east-1"}]
    server.plant("dynamodb", "DescribeTable", {"Table": {"TableArn": table, "TableName": "rdv", "Replicas": replicas}})
    server.plant("dynamodb", "ListTagsOfResource", {"Tags": [{"Key": "jeu", "Value": "rdv"}]})
    server.plant("dynamodb", "GetResourcePolicy", raising(AwsError("PolicyNotFoundException", "none", 400)))

    seen = scan("dynamodb.table")

    assert seen.store(table).key.value.custody is Custody.PROVIDER
    assert seen.store(table).shared_with.value == ()
    assert seen.ends()[f"arn:aws:dynamodb:us-east-1:{MANAGEMENT}:table/rdv"].sites.value == (Site("us-east-1"),)
    assert seen.gaps == ()


def test_an_unused_service_is_empty_and_a_refusing_one_is_not(server: Standin, scan: Any) -> None:
    server.plant("drs", "DescribeSourceServers", raising(AwsError("UninitializedAccountException", "no", 400)))
    unused = scan("drs.source_server")
    server.plant("drs", "DescribeSourceServers", raising(AwsError("AccessDeniedException", "no", 403)))
    refused = scan("drs.source_server")

    assert unused.gaps == ()
    assert [gap.permission for gap in refused.gaps] == ["drs:DescribeSourceServers"]


def test_secrets_and_patients_never_leave_the_answer(server: Standin, scan: Any) -> None:
    sequence = {"id": "1234567890", "arn": f"arn:aws:omics:{PARIS}:{MANAGEMENT}:sequenceStore/1", "creationTime": DAY}
    server.plant("omics", "ListSequenceStores", {"sequenceStores": [sequence]})
    read_set = {
        "id": "7",
        "arn": f"arn:aws:omics:{PARIS}:{MANAGEMENT}:sequenceStore/1/readSet/7",
        "sequenceStoreId": "1234567890",
        "subjectId": "PATIENT-SUBJECT",
        "sampleId": "PATIENT-SAMPLE",
        "status": "ACTIVE",
        "name": "PATIENT-NAME",
        "fileType": "BAM",
        "creationTime": DAY,
    }
    server.plant("omics", "ListReadSets", {"readSets": [read_set]})

    seen = scan("omics.sequence_store", "omics.read_set")

    written = b"".join(dumps(encode(step.observations)) + dumps(encode(step.jobs)) for step in seen.steps)
    assert [store.name for store in seen.stores if store.kind == "AWS::Omics::ReadSet"] == ["7"], seen.gaps
    assert b"PATIENT" not in written


def test_accounts_of_the_organisation_are_asked_through_the_role_and_a_refusing_one_is_named(
    server: Standin, scan: Any
) -> None:
    accounts = [("111111111111", "ACTIVE"), ("222222222222", "ACTIVE"), ("333333333333", "SUSPENDED")]
    listed = [{"Id": account, "Status": status} for account, status in accounts]
    server.plant("organizations", "ListAccounts", {"Accounts": listed})
    bucket(server, "chu-un", account="111111111111")

    with server.fault(Fault(Kind.REFUSE, "sts", "AssumeRole", resource="arn:aws:iam::222222222222:role/Lecteur")):
        seen = scan("s3.bucket", accounts="organization", assume_role="Lecteur")

    assert seen.store("arn:aws:s3:::chu-un").account == "111111111111"
    assert [(gap.account, gap.permission) for gap in seen.gaps] == [("222222222222", "sts:AssumeRole")]
    every = [gap for step in seen.steps for gap in step.observations.gaps]
    assert "333333333333" in {gap.account for gap in every}


def test_a_delegated_administrator_lists_the_organisation_and_reads_the_management_account_through_the_role(
    server: Standin, scan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    delegated, management = "222222222222", "111111111111"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials(delegated)[0])
    listed = [{"Id": account, "Status": "ACTIVE"} for account in (management, delegated)]
    server.plant("organizations", "ListAccounts", {"Accounts": listed})

    seen = scan("ec2.volume", accounts="organization", assume_role="Lecteur")

    assert seen.gaps == ()
    assert {call.account for call in server.calls if call.operation == "DescribeVolumes"} == {delegated, management}
    assert [call.parameters["RoleArn"] for call in server.calls if call.operation == "AssumeRole"] == [
        f"arn:aws:iam::{management}:role/Lecteur"
    ]


@pytest.mark.parametrize(
    ("code", "words", "grantor"),
    [
        ("AccessDeniedException", "make account 123456789012 a delegated administrator", "organisation-administrator"),
        ("AWSOrganizationsNotInUseException", "is in no organisation; list its accounts by id", ""),
    ],
)
def test_an_account_that_may_not_list_its_organisation_is_told_what_to_do_and_read_alone(
    server: Standin, scan: Any, code: str, words: str, grantor: str
) -> None:
    def refused(_: Any) -> Any:
        raise AwsError(code, "no")

    server.plant("organizations", "ListAccounts", refused)

    seen = scan("ec2.volume", accounts="organization", assume_role="Lecteur")

    (gap,) = seen.gaps
    assert (gap.operation, gap.who_can_grant) == ("organizations:ListAccounts", grantor)
    assert words in gap.detail
    assert {call.account for call in server.calls if call.operation == "DescribeVolumes"} == {"123456789012"}


def test_regions_left_out_by_configuration_are_one_gap_that_names_them(server: Standin, scan: Any) -> None:
    seen = scan("ec2.volume")

    (gap,) = [gap for step in seen.steps for gap in step.observations.gaps]
    assert gap.reason.value == "disabled"
    assert "eu-central-1" in gap.detail
    assert PARIS not in gap.detail


@pytest.mark.parametrize(
    ("partition", "region", "provider"),
    [
        ("aws-eusc", "eusc-de-east-1", "aws-esc"),
        ("aws-cn", "cn-north-1", "aws"),
        ("aws-us-gov", "us-gov-west-1", "aws"),
    ],
)
def test_other_partitions_have_their_own_names(
    server: Standin, scan: Any, partition: str, region: str, provider: str
) -> None:
    arn = f"arn:{partition}:iam::{MANAGEMENT}:user/audit"
    server.plant("sts", "GetCallerIdentity", {"Account": MANAGEMENT, "Arn": arn, "UserId": "A"})
    server.plant("ec2", "DescribeRegions", {"Regions": [{"RegionName": region, "OptInStatus": "opt-in-not-required"}]})
    server.plant("ec2", "DescribeVolumes", {"Volumes": [{"VolumeId": "vol-1"}]})

    seen = scan("ec2.volume", regions=(region,))

    store = seen.store(f"arn:{partition}:ec2:{region}:{MANAGEMENT}:volume/vol-1")
    assert store.provider.value == provider


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"regions": ("eu-ouest-3",)}, "eu-west-3"),
        ({"accounts": ("12",), "assume_role": "R"}, "12-digit"),
        ({"accounts": "organization"}, "assume_role"),
        ({"endpoint_url": "http://example.org"}, "https"),
        ({"regin": "all"}, "known: accounts"),
        ({"assume_role": "arn:aws:iam::1:role/x"}, "name of a role"),
    ],
)
def test_a_setting_that_cannot_be_used_is_an_error_before_any_call(settings: dict[str, Any], words: str) -> None:
    target = Target("aws", "chu", tuple(sorted(settings.items())))

    with pytest.raises(TargetError, match=words):
        list(aws.plan(target))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.EXPIRED, "sign in again"),
        (Kind.CLOCK, "clock"),
        (Kind.REFUSE, "aws sts get-caller-identity"),
        (Kind.RESET, "cannot be reached"),
    ],
)
def test_an_identity_that_cannot_be_had_says_what_to_do(server: Standin, kind: Kind, words: str) -> None:
    target = Target("aws", "chu", (("_attempts", 1), ("endpoint_url", server.endpoint_url)))

    with server.fault(Fault(kind, "sts", "GetCallerIdentity")), pytest.raises(CredentialsError, match=words):
        aws.identify(target)


def test_the_identity_of_the_caller_is_its_arn(server: Standin) -> None:
    assert MANAGEMENT in aws.identify(Target("aws", "moi", (("endpoint_url", server.endpoint_url),)))


def test_an_unknown_profile_lists_the_known_ones(server: Standin) -> None:
    target = Target("aws", "chu", (("endpoint_url", server.endpoint_url), ("profile", "chu-audti")))

    with pytest.raises(CredentialsError, match="'chu-audti': there is no such profile; known: "):
        aws.identify(target)


def test_missing_credentials_say_how_to_get_some(
    server: Standin, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    target = Target("aws", "vide", (("endpoint_url", server.endpoint_url),))

    with pytest.raises(CredentialsError, match="aws configure"):
        aws.identify(target)
