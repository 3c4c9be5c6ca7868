from __future__ import annotations

import gzip
import io
import json
import logging
import zipfile
from pathlib import Path

import pytest

from model.codec import dumps, encode
from model.datasets import Identity
from model.health import HealthStatus, identification, identifying_columns, status
from model.observed import Known
from scanners._health.contents import HEAD_BYTES, TAIL_BYTES
from scanners._health.sampling import OBJECTS, Listed, chosen, of_keys
from scanners._standin import Standin
from scanners._standin.faults import Fault, Kind
from scanners._standin.requests import Call
from tests.scanners.aws.conftest import Scan

CANARY = "CANARIVALUE7391"
BUCKET = "arn:aws:s3:::stock"


def zipped(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return file.getvalue()


PLANTED: dict[str, bytes] = {
    "a/visits.csv": f"ipp;nom_naissance;ddn;cim10\n{CANARY};{CANARY};1980-01-01;E11.9\n".encode(),
    "b/feed.hl7": f"MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5\rPID|||{CANARY}||{CANARY}^X\r".encode(),
    "c/patient.json": json.dumps({"resourceType": "Patient", "name": [{"family": CANARY}]}).encode(),
    "d/letter.xml": f'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>{CANARY}</title></ClinicalDocument>'.encode(),
    "e/dump.csv.gz": gzip.compress(f"patient_id,diagnosis\n{CANARY},{CANARY}\n".encode() * 9),
    "f/pack.zip": zipped(x__IHE_XDM__SUBSET01__METADATA=CANARY, **{f"{CANARY}.txt": CANARY}),
    f"g/{CANARY}/1987654.dat": CANARY.encode() * 100,
    "h/broken.json": ('{"resourceType": "Patient", "name": [{"family": "' + CANARY).encode(),
    "i/torn.parquet": b"PAR1" + CANARY.encode() * 50,
    "j/torn.gz": b"\x1f\x8b\x08" + CANARY.encode(),
    "k/header.csv": f"{CANARY},rue_{CANARY},nom_{CANARY},diagnosis_{CANARY},ipp\n".encode(),
}


def put(server: Standin, objects: dict[str, bytes]) -> None:
    s3 = server.session().client("s3", endpoint_url=server.endpoint_url)
    s3.create_bucket(Bucket="stock", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    for key, body in objects.items():
        s3.put_object(Bucket="stock", Key=key, Body=body)
    server.calls.clear()


def calls(server: Standin, operation: str) -> list[Call]:
    return [call for call in server.calls if call.operation == operation]


def test_contents_are_read_only_where_the_target_says_so(server: Standin, scan: Scan) -> None:
    put(server, PLANTED)

    quiet = scan("s3.bucket").store(BUCKET)

    assert not calls(server, "GetObject")
    assert not calls(server, "ListObjectsV2")
    assert quiet.signals == ()


def test_what_the_two_ends_of_the_objects_show_becomes_signals_of_the_store(server: Standin, scan: Scan) -> None:
    put(server, PLANTED)

    seen = scan("s3.bucket", sample_content=True)

    store = seen.store(BUCKET)
    assert store.signals is not None
    assert {"cda", "fhir", "hl7v2", "ihe-xdm"} <= {signal.id for signal in store.signals}
    assert status(store.signals) is HealthStatus.YES
    assert identification(store.signals) is Identity.NOMINATIVE
    assert {"ipp", "nom_naissance", "patient_id"} <= set(identifying_columns(store.signals))
    assert {signal.where for signal in store.signals if signal.id == "fhir"} == {"2 of 11 objects"}
    assert {signal.id for signal in store.signals if signal.family == "unread"} == {"cut", "damaged"}
    assert isinstance(store.holds_health, Known)


def test_no_planted_value_is_in_what_is_kept_or_logged(
    server: Standin, scan: Scan, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    put(server, PLANTED)

    with caplog.at_level(logging.DEBUG, logger="lexsitus"):
        steps = scan("s3.bucket", sample_content=True).steps

    kept = dumps([encode(step) for step in steps]).decode() + caplog.text
    assert CANARY.lower() not in kept.lower()
    assert list(tmp_path.iterdir()) == []


def test_an_object_costs_two_requests_at_most_and_reads_only_its_ends(server: Standin, scan: Scan) -> None:
    filling = {f"logs/{n:04}.log": b"x" * 20_000 for n in range(60)}
    put(server, {**filling, "big.zip": zipped(a="x") + b"\0" * 100_000})

    scan("s3.bucket", sample_content=True)

    asked = calls(server, "GetObject")
    ranges = {call.parameters["Range"] for call in asked}
    assert len(asked) <= OBJECTS + 1
    assert ranges == {f"bytes=0-{HEAD_BYTES - 1}", f"bytes=-{TAIL_BYTES}"}


def test_a_refused_sample_is_a_gap_that_names_the_right(server: Standin, scan: Scan) -> None:
    put(server, PLANTED)

    with server.fault(Fault(Kind.REFUSE, "s3", "GetObject")):
        seen = scan("s3.bucket", sample_content=True)

    (gap,) = [gap for gap in seen.gaps if gap.operation == "s3:GetObject"]
    assert (gap.permission, gap.store) == ("s3:GetObject", BUCKET)
    assert CANARY not in str(gap)


def test_one_object_of_each_extension_then_of_each_folder_is_chosen() -> None:
    logs = [Listed(f"logs/{n}.log", 10) for n in range(10_000)]
    apart = [Listed("x/vidhosp2024.txt", 10), Listed("y/notes.txt", 10), Listed("z/empty.csv", 0)]

    found = [one.key for one in chosen([*logs, *apart])]

    assert len(found) == OBJECTS
    assert set(found[:3]) == {"x/vidhosp2024.txt", "logs/0.log", "y/notes.txt"}


def test_keys_are_counted_and_never_quoted() -> None:
    keys = [Listed("irm/123456/CANARY/IM0001.nii.gz", 10), Listed("irm/123457/IM0002.nii.gz", 10), Listed("a.txt", 1)]

    (signal,) = of_keys(keys)

    assert (signal.id, signal.where, signal.count) == ("key volume", "2 of 3 keys", 2)
