"""The same sampling against a real S3 server that is not Amazon's."""

from __future__ import annotations

import logging
from pathlib import Path

import boto3
import pytest

from model.codec import dumps, encode
from model.datasets import Identity
from model.health import HealthStatus, identification, status
from model.places import Target
from scanners._jobs import Deadline
from scanners.aws import content
from scanners.aws.clients import Estate, Scope
from scanners.aws.errors import Failure
from tests.scanners.health.ceph import gateway
from tests.scanners.health.test_sampling import CANARY, PLANTED

pytestmark = pytest.mark.slow
SCOPE = Scope("aws", "000000000000", "default")


def test_a_bucket_of_ceph_is_sampled_by_ranges_and_leaves_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with gateway(tmp_path) as (address, key, secret):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        client = boto3.client("s3", endpoint_url=address, region_name="default")
        client.create_bucket(Bucket="stock")
        for name, body in PLANTED.items():
            client.put_object(Bucket="stock", Key=name, Body=body)
        for n in range(1200):
            client.put_object(Bucket="stock", Key=f"logs/{n:05}.log", Body=b"x")
        settings = {"endpoint_url": address, "sample_content": True, "regions": ("default",), "_attempts": 1}
        estate = Estate(Target("aws", "ceph", tuple(sorted(settings.items()))))
        missed: list[tuple[str, Failure]] = []

        with caplog.at_level(logging.DEBUG, logger="lexsitus"):
            signals = content.sample(
                estate, SCOPE, "stock", lambda call, why: missed.append((call, why)), Deadline.after(60)
            )

    assert not missed
    assert status(signals) is HealthStatus.YES
    assert identification(signals) is Identity.NOMINATIVE
    assert {"cda", "fhir", "hl7v2", "ihe-xdm"} <= {signal.id for signal in signals}
    assert "1 of 1211 keys" in {signal.where for signal in signals}
    assert CANARY.lower() not in (dumps(encode(signals)).decode() + caplog.text).lower()
