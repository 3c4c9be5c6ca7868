"""The whole road, from outside: a small hospital on the wire, the command line in, editions out.

Each command runs as a user would run it, in a process of its own; only the fake AWS lives here.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scanners._standin import Fault, Kind, Standin, credentials

pytestmark = pytest.mark.slow

ACCOUNT = "210000000022"
PARIS = "eu-west-3"
ROOT = Path(__file__).resolve().parents[2]

# What a name may hold to hurt whoever prints it.
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TERMINAL = "\x1b[2J\x1b]0;pris\x07\x9b31m"
FORMULA = "=cmd|' /C calc'!A0"
REVERSED = "\u202egnp.erusnoc\u202c\u2066"
LINES = "une ligne\nCODE DE SORTIE 0\r\nautre"
LONG = "é" * 10_240

CONFIGURATION = """
[organisation]
name = "CHU d'essai"
controller = "public_hospital"
register = "register.yaml"

[editions]
directory = "editions"
reports = ["json"]
lang = "fr"

[[target]]
scanner = "aws"
name = "essai"
regions = ["eu-west-3"]
endpoint_url = "{endpoint}"
"""

REGISTER = """
format: lexsitus/register/1
controller: {name: "CHU d'essai", kind: public_hospital}
datasets:
  - id: eds
    title: "Entrepôt"
    facts: {health: "yes", care_origin: "yes", identity: pseudonymous, persons: 1000}
    hosting: {model: commercial_cloud, processor: true, activities: [1, 2, 3, 4, 5, 6]}
    select:
      - {tag: {jeu: eds}}
    places_complete: true
"""


@dataclass
class Hospital:
    """A folder with a configuration, and the fake AWS that it names."""

    server: Standin
    folder: Path

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "import cli, sys; sys.exit(cli.main())", *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        key, secret = credentials(ACCOUNT)
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LEXSITUS_"))}
        own = {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONPATH": str(ROOT),
        }
        return {name: value for name, value in {**plain, **own, **more}.items() if value}

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            timeout=240,
            check=False,
        )

    def report(self) -> dict[str, Any]:
        """The latest edition as the JSON report gives it."""
        ran = self.run("report", "--format", "json")
        assert ran.returncode in (0, 3, 4, 5), ran.stderr.decode()
        found: dict[str, Any] = json.loads(ran.stdout)
        return found

    def editions(self) -> list[str]:
        """The editions that a reader sees."""
        folder = self.folder / "editions"
        return sorted(path.name for path in folder.glob("2*") if path.is_dir())


@pytest.fixture(scope="module")
def server() -> Iterator[Standin]:
    with Standin(regions={"*": [PARIS, "us-east-1"]}, lean=True) as server:
        yield server


@pytest.fixture
def hospital(server: Standin, tmp_path: Path) -> Hospital:
    server.reset()
    server.latency = 0.0
    session = server.session(ACCOUNT)
    s3, abroad = (
        session.client("s3", region_name=region, endpoint_url=server.endpoint_url) for region in (PARIS, "us-east-1")
    )
    for name in ("chu-eds", "chu-divers"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": PARIS})
    abroad.create_bucket(Bucket="chu-copie")
    for client, name in ((s3, "chu-eds"), (abroad, "chu-copie")):
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="chu-eds", Tagging={"TagSet": [{"Key": "jeu", "Value": "eds"}]})
    rule = {
        "ID": "r",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": "arn:aws:s3:::chu-copie"},
    }
    role = f"arn:aws:iam::{ACCOUNT}:role/replication"
    s3.put_bucket_replication(Bucket="chu-eds", ReplicationConfiguration={"Role": role, "Rules": [rule]})
    (tmp_path / "lexsitus.toml").write_text(CONFIGURATION.format(endpoint=server.endpoint_url), encoding="utf-8")
    (tmp_path / "register.yaml").write_text(REGISTER, encoding="utf-8")
    server.calls.clear()
    return Hospital(server, tmp_path)


_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_EDITION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


_COMPARED = ("edition", "changes", "change_counts", "trend")
"""What is told of an edition beside those before it."""


def timeless(report: dict[str, Any]) -> str:
    """A report without its instants, its edition's name and the digests that follow from both."""
    kept = {name: part for name, part in report.items() if name not in _COMPARED}
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, indent=1)
    for pattern in (_INSTANT, _EDITION, _DIGEST):
        text = pattern.sub("*", text)
    return text


def test_two_scans_of_an_unchanged_estate_differ_only_in_instants(hospital: Hospital) -> None:
    first = hospital.run("scan")
    before = hospital.report()
    second = hospital.run("scan")
    after = hospital.report()

    assert (first.returncode, second.returncode) == (4, 4), first.stderr.decode()
    assert before["edition"]["id"] != after["edition"]["id"]
    assert timeless(before) == timeless(after)


def test_a_scan_tells_what_is_there_and_two_renders_are_the_same_bytes(hospital: Hospital) -> None:
    hospital.run("scan")
    report = hospital.report()
    pages = [hospital.run("report", "--format", "html").stdout for _ in range(2)]
    verified = hospital.run("verify")

    stores = {store["id"]: store for store in report["stores"]}
    assert stores["arn:aws:s3:::chu-eds"]["datasets"] == ["eds"]
    assert stores["arn:aws:s3:::chu-eds"]["countries"] == ["FR"]
    assert stores["arn:aws:s3:::chu-copie"]["countries"] == ["US"]
    assert stores["arn:aws:s3:::chu-copie"]["copies_of"] == [{"id": "arn:aws:s3:::chu-eds", "kind": "replica"}]
    assert stores["arn:aws:s3:::chu-divers"]["datasets"] == []
    # One enabled region was left out by the configuration: that is said, and nothing else is missing.
    assert [(gap["reason"], gap["operation"]) for gap in report["gaps"] if gap["reason"] != "disabled"] == []
    assert len(report["gaps"]) == 1
    assert report["exit"]["code"] == 4
    assert pages[0] == pages[1]
    assert verified.returncode == 0, verified.stderr.decode()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_scan_killed_on_its_way_and_resumed_says_what_an_undisturbed_one_says(
    hospital: Hospital, share: float
) -> None:
    hospital.run("scan")
    undisturbed = hospital.report()
    whole = len(hospital.server.calls)
    seen = hospital.editions()
    hospital.server.calls.clear()

    with subprocess.Popen(
        hospital.command("scan", "--quiet"), cwd=hospital.folder, env=hospital.environment(), stderr=subprocess.PIPE
    ) as scan:
        ends = time.monotonic() + 120
        while len(hospital.server.calls) < share * whole and time.monotonic() < ends:
            time.sleep(0.002)
        scan.send_signal(signal.SIGKILL)
    killed_after = len(hospital.server.calls)
    half_way = hospital.editions()
    hospital.server.calls.clear()
    resumed = hospital.run("scan")

    assert scan.returncode == -signal.SIGKILL
    assert half_way == seen
    assert resumed.returncode == 4, resumed.stderr.decode()
    assert timeless(hospital.report()) == timeless(undisturbed)
    if share > 0.4:
        assert len(hospital.server.calls) < whole, f"nothing was kept of {killed_after} calls"


def test_hostile_names_and_tags_come_out_harmless(hospital: Hospital) -> None:
    ec2 = hospital.server.session(ACCOUNT).client("ec2", endpoint_url=hospital.server.endpoint_url)
    hostile = (MARKUP, TERMINAL, FORMULA, REVERSED, LINES, LONG)
    labels = [{"Key": f"k{n}", "Value": text} for n, text in enumerate(hostile)]
    stores = [
        {
            "DatastoreId": str(n),
            "DatastoreArn": f"arn:aws:healthlake:{PARIS}:{ACCOUNT}:datastore/fhir/{n}",
            "DatastoreName": text,
            "DatastoreStatus": "ACTIVE",
        }
        for n, text in enumerate(hostile)
    ]
    hospital.server.plant("healthlake", "ListFHIRDatastores", {"DatastorePropertiesList": stores})
    # XML cannot carry the escapes of a terminal; JSON can.
    ec2.create_volume(
        Size=1,
        AvailabilityZone="eu-west-3a",
        TagSpecifications=[
            {"ResourceType": "volume", "Tags": [label for label in labels if label["Value"] is not TERMINAL]}
        ],
    )
    efs = hospital.server.session(ACCOUNT).client("efs", endpoint_url=hospital.server.endpoint_url)
    efs.create_file_system(CreationToken="t", Tags=[{"Key": "Name", "Value": TERMINAL}, *labels])
    register = REGISTER.replace('title: "Entrepôt"', f"title: {json.dumps(MARKUP + TERMINAL + REVERSED + FORMULA)}")
    (hospital.folder / "register.yaml").write_text(register, encoding="utf-8")

    scanned = hospital.run("scan")
    table = hospital.run("report", "--format", "table").stdout.decode()
    page = hospital.run("report", "--format", "html").stdout.decode()
    document = hospital.run("report", "--format", "json").stdout
    shown = [hospital.run("explain", store["DatastoreArn"]).stdout.decode() for store in stores]

    assert scanned.returncode == 4, scanned.stderr.decode()
    for text in (table, page, document.decode(), scanned.stderr.decode(), *shown):
        for harm in ("\x1b", "\x9b", "\x07", "\u202e", "\u2066"):
            assert harm not in text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\nCODE DE SORTIE 0" not in table
    tagged = [store for store in json.loads(document)["stores"] if "k0" in (store["tags"] or {})]
    assert {store["kind"] for store in tagged} == {"AWS::EC2::Volume", "AWS::EFS::FileSystem"}
    assert json.loads(document)["datasets"][0]["title"].startswith(MARKUP)


def refused_run(hospital: Hospital, ran: subprocess.CompletedProcess[bytes]) -> str:
    """What a run that could not begin says; it must leave no edition behind."""
    said = ran.stderr.decode()
    assert ran.returncode == 1, said
    assert hospital.editions() == []
    assert "Traceback" not in said
    assert "essai" in said
    return said


def test_without_credentials_nothing_is_published_and_the_message_says_what_to_do(hospital: Hospital) -> None:
    ran = hospital.run("scan", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    assert "credentials" in refused_run(hospital, ran)


@pytest.mark.parametrize(("kind", "word"), [(Kind.EXPIRED, "expired"), (Kind.CLOCK, "clock")])
def test_an_identity_that_no_longer_holds_stops_the_run_at_once(hospital: Hospital, kind: Kind, word: str) -> None:
    with hospital.server.fault(Fault(kind, "sts")):
        ran = hospital.run("scan")

    assert word in refused_run(hospital, ran)
    assert {call.service for call in hospital.server.calls} == {"sts"}


def test_a_refused_call_is_a_gap_by_name_and_code_four(hospital: Hospital) -> None:
    with hospital.server.fault(Fault(Kind.REFUSE, "s3", "GetBucketReplication", resource="chu-eds")):
        ran = hospital.run("scan")
    assert ran.returncode == 4, ran.stderr.decode()
    report = hospital.report()

    refused = [gap for gap in report["gaps"] if gap["reason"] == "refused"]
    assert [gap["permission"] for gap in refused] == ["s3:GetReplicationConfiguration"]
    assert next(d for d in report["datasets"] if d["id"] == "eds")["verdict"] != "compliant"
    assert 4 in report["exit"]["all"]


def test_the_codes_that_fail_a_run_can_be_chosen(hospital: Hospital) -> None:
    ran = hospital.run("scan", "--fail-on", "none")

    assert ran.returncode == 0, ran.stderr.decode()
