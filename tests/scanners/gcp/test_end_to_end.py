"""The command line against an inventory with a certificate: from the hospital's projects to the edition."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.scanners.gcp.bed import TOKEN
from tests.scanners.gcp.estate import PUBLIC, estate
from tests.scanners.gcp.server import Inventory

pytestmark = pytest.mark.slow
CLI = Path(__file__).parents[3] / "cli.py"
CONFIGURATION = """\
[organisation]
name = "CHU d'Exemple"
controller = "public_hospital"
register = "register.yaml"

[[target]]
scanner = "gcp"
name = "chu-gcp"
scope = "organizations/42"
endpoint = "localhost:{port}"
token_env = "LEXSITUS_TEST_GCP_TOKEN"
"""
REGISTER = """\
format: lexsitus/register/1
controller: {name: "CHU d'Exemple", kind: public_hospital}
datasets:
  - id: edsante
    title: "Entrepôt de données de santé"
    facts: {health: "yes", care_origin: "yes", identity: pseudonymous}
    hosting: {model: commercial_cloud, processor: true}
    select: [{tag: {jeu: edsante}}, {tag: {jeu: dossiers}}]
"""


def certificate() -> tuple[bytes, bytes]:
    """A key and its self-signed certificate for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, signed.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Inventory]]:
    folder = tmp_path_factory.mktemp("gcp")
    pair = certificate()
    folder.joinpath("roots.pem").write_bytes(pair[1])
    with Inventory(estate(), PUBLIC, page=7, certificate=pair) as server:
        folder.joinpath("lexsitus.toml").write_text(CONFIGURATION.format(port=server.port), encoding="utf-8")
        folder.joinpath("register.yaml").write_text(REGISTER, encoding="utf-8")
        yield folder, server


def lexsitus(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(folder / "roots.pem"),
        "LEXSITUS_TEST_GCP_TOKEN": TOKEN,
    }
    return subprocess.run(
        [sys.executable, str(CLI), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def report(home: tuple[Path, Inventory]) -> dict[str, Any]:
    folder, _ = home
    scan = lexsitus(folder, "scan")
    assert scan.returncode == 4, scan.stderr
    told = lexsitus(folder, "report", "--format", "json")
    document: dict[str, Any] = json.loads(told.stdout)
    return document


def test_the_edition_tells_every_country_and_what_no_list_shows(report: dict[str, Any]) -> None:
    countries = {store["id"].rsplit("/", 1)[-1]: store["countries"] for store in report["stores"]}

    assert countries["chu-edsante"] == ["FR"]
    assert countries["chu-londres"] == ["BE", "GB"]
    assert countries["chu-deux"] == ["FR", "GB"]
    assert countries["registre"] == ["DE", "IT"]
    assert countries["partout"] is None, "anywhere is no country, and not none either"
    assert "FR" in countries["automated"]
    assert len(countries["automated"]) == 9
    assert {store["provider"] for store in report["stores"] if store["seen"]} == {"google-cloud"}
    assert len([gap for gap in report["gaps"] if gap["reason"] == "unsupported"]) == 21


def test_no_dataset_is_called_compliant_while_kinds_are_hidden(report: dict[str, Any]) -> None:
    (dataset,) = [one for one in report["datasets"] if one["id"] == "edsante"]

    assert {"//storage.googleapis.com/chu-edsante"} <= set(dataset["stores"])
    assert dataset["verdict"] in ("undetermined", "non_compliant")


def test_nothing_that_is_kept_holds_the_token(home: tuple[Path, Inventory], report: dict[str, Any]) -> None:
    folder, server = home

    assert {call.metadata.get("authorization") for call in server.calls} == {f"Bearer {TOKEN}"}
    for path in folder.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_the_doctor_names_the_identity(home: tuple[Path, Inventory]) -> None:
    told = lexsitus(home[0], "doctor")

    assert "an access token on organizations/42; no right refused" in told.stdout + told.stderr
