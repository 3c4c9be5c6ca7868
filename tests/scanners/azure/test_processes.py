"""A scan of a process of its own, killed and resumed; and an endpoint whose certificate a private authority signed."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.errors import CredentialsError
from scanners import azure
from scanners.azure import clients
from tests.scanners.azure.endpoint import TOKEN, Endpoint, target_of
from tests.scanners.azure.tenant import FIRST, resource

ROOT = Path(__file__).parents[3]
CONFIGURATION = """
[organisation]
name = "CHU d'essai"
controller = "public_hospital"

[editions]
directory = "editions"
reports = ["json"]

[[target]]
scanner = "azure"
name = "essai"
endpoint = "{endpoint}"
token_env = "LEXSITUS_AZURE_TOKEN"
"""


class Folder:
    """A folder with a configuration that names ``endpoint``."""

    def __init__(self, path: Path, endpoint: Endpoint) -> None:
        self.path = path
        path.mkdir()
        path.joinpath("lexsitus.toml").write_text(CONFIGURATION.format(endpoint=endpoint.url), encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The command line in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", "import cli, sys; sys.exit(cli.main())", *arguments],
            cwd=self.path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "LEXSITUS_AZURE_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def found(self) -> dict[str, tuple[str, ...]]:
        """What a scan to its end found: its stores with their countries, and its gaps with their operations."""
        with self.start("scan", "--quiet") as scan:
            _, said = scan.communicate(timeout=120)
        assert scan.returncode in (0, 3, 4, 5), said.decode()
        with self.start("report", "--format", "json") as report:
            text, _ = report.communicate(timeout=60)
        told = json.loads(text)
        stores = {store["id"]: tuple(store["countries"]) for store in told["stores"]}
        return {**stores, **{gap["scope"]: (gap["operation"],) for gap in told["gaps"]}}


@pytest.mark.slow
def test_a_scan_killed_between_pages_whose_token_went_stale_finds_the_same(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.page = 2
    endpoint.add(*(resource("Microsoft.Compute/disks", f"d{n:02}", properties={"diskSizeGB": 1}) for n in range(60)))
    endpoint.add(*(resource("Microsoft.KeyVault/vaults", f"kv{n:02}") for n in range(8)))
    undisturbed = Folder(tmp_path / "undisturbed", endpoint).found()
    folder = Folder(tmp_path / "killed", endpoint)
    endpoint.queries.clear()

    with folder.start("scan", "--quiet") as scan:
        ends = time.monotonic() + 60
        while len(endpoint.queries) < 20 and time.monotonic() < ends:
            time.sleep(0.001)
        scan.send_signal(signal.SIGKILL)
    endpoint.generation += 1

    assert scan.returncode == -signal.SIGKILL
    assert len(undisturbed) > 68
    assert folder.found() == undisturbed
    assert endpoint.stale > 0


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Endpoint, Path]]:
    """An endpoint behind TLS, and the certificate of the authority that nobody else trusts."""
    certificate, key = tmp_path / "ca.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lexsitus test"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-addext", "keyUsage=digitalSignature,keyCertSign"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setenv("LEXSITUS_AZURE_TOKEN", TOKEN)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    server = Endpoint(context=context)
    server.subscriptions[FIRST] = "Enabled"
    yield server, certificate
    server.close()


def test_a_private_authority_is_trusted_when_the_environment_names_it(
    private: tuple[Endpoint, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, certificate = private
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    clients.renew(target_of(server))

    assert azure.identify(target_of(server)).endswith("1 subscription(s)")


def test_an_authority_that_nobody_named_is_not_trusted(private: tuple[Endpoint, Path]) -> None:
    server, _ = private
    clients.renew(target_of(server))

    with pytest.raises(CredentialsError, match="cannot be reached"):
        azure.identify(target_of(server))
    assert server.calls == []
