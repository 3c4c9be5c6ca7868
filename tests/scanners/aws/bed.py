"""The hospital of the demonstration, in which any call to AWS can be made to fail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import pytest

from model.places import Setting, Target
from scanners._standin import Fault, Kind, Standin
from scanners._standin.hospital import MANAGEMENT, REGIONS, demo_environment, hospital
from scanners.aws import clients, rights
from tests.scanners.aws.elsewhere import Elsewhere, finding
from tests.scanners.bed import Bed

QUEUE = f"arn:aws:sqs:eu-west-3:{MANAGEMENT}:rendez-vous"
READS = ("Get", "List", "Describe", "Head", "BatchGet", "SearchJobs", "SelectAggregateResourceConfig")


class AwsBed(Bed):
    """The stand-in of AWS, and three accounts of one organisation on it."""

    # One of each protocol: what happens below it is the same for every operation.
    alike = (
        "dynamodb:ListTables",
        "ec2:DescribeVolumes",
        "efs:DescribeFileSystems",
        "rds:DescribeDBInstances",
        "s3:GetBucketReplication",
        "s3:ListBuckets",
    )
    # The region of a bucket stands in the refusal as well.
    harmless = ("s3:HeadBucket",)

    def __init__(self, server: Standin) -> None:
        self.server = server
        settings: dict[str, Setting] = {
            "endpoint_url": server.endpoint_url,
            "accounts": "organization",
            "assume_role": "LexsitusReadOnly",
            "regions": "all",
            "cross_check": ("access-analyzer", "config", "resource-explorer"),
            "_attempts": 1,
        }
        self.target, self.hasty = (
            Target("aws", "chu", tuple(sorted({**settings, "_timeout_seconds": seconds}.items())))
            for seconds in (10, 1)
        )
        self.secrets = (demo_environment()["AWS_SECRET_ACCESS_KEY"],)

    def calls(self) -> Sequence[str]:
        return [f"{call.service}:{call.operation}" for call in self.server.calls]

    def forget(self) -> None:
        self.server.calls.clear()
        for target in (self.target, self.hasty):
            clients.estate_of(target).forget()

    @contextmanager
    def fault(self, kind: Kind, call: str) -> Iterator[None]:
        service, _, operation = call.partition(":")
        if service == "sts":
            # Who we are is asked once for each client: these must be new.
            clients.renew(self.target)
        with self.server.fault(Fault(kind, service, operation)):
            yield

    def writes(self, call: str) -> bool:
        return call != "sts:AssumeRole" and not call.partition(":")[2].startswith(READS)

    def words(self, call: str) -> Collection[str]:
        if call == "sts:GetCallerIdentity":
            # AWS never refuses it: when it fails in a member account, the role is what is missing.
            return ("sts:AssumeRole",)
        operation = call.partition(":")[2]
        # Services that share an interface (rds, docdb and neptune) answer to each other's names.
        every = rights.called() | rights.opted(sampling=False, cross_checks=True)
        twins = {service for service, name in every if name == operation}
        return [f"{service}:{operation}" for service in twins]


@contextmanager
def bed() -> Iterator[AwsBed]:
    """The bed of the AWS scanner; the environment holds its credentials and no others until the block ends."""
    with pytest.MonkeyPatch.context() as patch, hospital() as server:
        for name, value in demo_environment().items():
            patch.setenv(name, value)
        Elsewhere(server, REGIONS, MANAGEMENT, findings=[finding("AWS::SQS::Queue", QUEUE)]).plant()
        yield AwsBed(server)
        clients.close_all()
