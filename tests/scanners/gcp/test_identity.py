"""Who lets us in, what to do when nobody does, and settings that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from model.errors import CredentialsError, TargetError
from model.places import Target
from model.reading import read_yaml
from scanners import InlineExecutor, gcp, run
from scanners._jobs import Deadline
from scanners.gcp import clients
from scanners.gcp.clients import SEARCH, Estate
from tests.scanners.bed import Kind
from tests.scanners.gcp.bed import TOKEN
from tests.scanners.gcp.server import Asset, Inventory, free_port

VARIABLE = "LEXSITUS_TEST_GCP_TOKEN"


def target(**settings: object) -> Target:
    chosen = {"scope": "organizations/42", "_attempts": 1, "_timeout_seconds": 5, **settings}
    found = Target("gcp", "chu", tuple(sorted(chosen.items())))  # type: ignore[arg-type]
    clients.renew(found)
    return found


@pytest.fixture
def server() -> Iterator[Inventory]:
    with Inventory() as one:
        yield one


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine where nobody has signed in."""
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


def test_a_token_says_who_we_are_and_is_sent_with_each_call(server: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)

    said = gcp.identify(target(endpoint=server.endpoint, token_env=VARIABLE))

    assert said == "an access token on organizations/42"
    assert [call.metadata.get("authorization") for call in server.calls] == [f"Bearer {TOKEN}"]
    assert server.calls[0].metadata["x-goog-request-params"] == "scope=organizations/42"


def test_a_stand_in_on_this_machine_is_asked_without_credentials(server: Inventory, nobody: None) -> None:
    gcp.identify(target(endpoint=server.endpoint))

    assert "authorization" not in server.calls[0].metadata


def test_whoever_is_refused_is_known_all_the_same(server: Inventory) -> None:
    server.fail(SEARCH, grpc.StatusCode.PERMISSION_DENIED, reason="IAM_PERMISSION_DENIED")

    assert gcp.identify(target(endpoint=server.endpoint))


def test_without_credentials_the_error_says_how_to_sign_in(nobody: None) -> None:
    with pytest.raises(CredentialsError, match="gcloud auth application-default login"):
        gcp.identify(target())


def test_an_empty_variable_is_named(nobody: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)

    with pytest.raises(CredentialsError, match=VARIABLE):
        gcp.identify(target(token_env=VARIABLE))


def test_an_expired_token_is_told(server: Inventory) -> None:
    server.fail(SEARCH, grpc.StatusCode.UNAUTHENTICATED, reason="ACCESS_TOKEN_EXPIRED")

    with pytest.raises(CredentialsError, match="expired"):
        gcp.identify(target(endpoint=server.endpoint))


def test_a_wrong_clock_is_told(server: Inventory) -> None:
    with server.fault(Kind.CLOCK, SEARCH), pytest.raises(CredentialsError, match="clock of this machine is wrong"):
        gcp.identify(target(endpoint=server.endpoint))


def test_nobody_at_the_endpoint_is_said_with_its_address() -> None:
    endpoint = f"127.0.0.1:{free_port()}"

    with pytest.raises(CredentialsError, match=f"{endpoint} cannot be reached"):
        gcp.identify(target(endpoint=endpoint))


def test_the_secret_is_in_no_message(monkeypatch: pytest.MonkeyPatch, server: Inventory) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)
    server.fail(SEARCH, grpc.StatusCode.UNAUTHENTICATED)

    with pytest.raises(CredentialsError) as error:
        gcp.identify(target(endpoint=server.endpoint, token_env=VARIABLE))
    assert TOKEN not in str(error.value)


@pytest.mark.parametrize(
    ("settings", "endpoint"),
    [
        ({}, "cloudasset.googleapis.com"),
        ({"universe_domain": "s3nsapis.fr"}, "cloudasset.s3nsapis.fr"),
        ({"universe_domain": "s3nsapis.fr", "endpoint": "autre.example:443"}, "autre.example:443"),
    ],
)
def test_a_partners_cloud_has_an_endpoint_of_its_own(settings: dict[str, str], endpoint: str) -> None:
    assert Estate(target(**settings)).endpoint == endpoint


def test_the_client_of_a_partners_cloud_speaks_to_its_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)

    client = Estate(target(universe_domain="s3nsapis.fr", token_env=VARIABLE)).client()

    assert client.universe_domain == "s3nsapis.fr"
    assert client.api_endpoint == "cloudasset.s3nsapis.fr"
    assert client.transport._credentials.universe_domain == "s3nsapis.fr"


def test_a_service_account_of_a_partners_cloud_is_found_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    account = {
        "type": "service_account",
        "client_email": "releve@chu.s3ns.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.s3nsapis.fr/token",
        "private_key": pem.decode(),
        "private_key_id": "1",
        "project_id": "s3ns:chu",
        "universe_domain": "s3nsapis.fr",
    }
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))

    credentials = (
        Estate(target(universe_domain="s3nsapis.fr", scope="projects/s3ns:chu")).client().transport._credentials
    )

    assert credentials.service_account_email == "releve@chu.s3ns.iam.gserviceaccount.com"
    assert credentials.universe_domain == "s3nsapis.fr"
    assert list(credentials.scopes) == ["https://www.googleapis.com/auth/cloud-platform"]


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"scope": "chu-recherche"}, "scope"),
        ({"scope": "organizations/chu"}, "scope"),
        ({"endpoint": "https://cloudasset.googleapis.com"}, "endpoint"),
        ({"endpoint": "http://127.0.0.1:80"}, "endpoint"),
        ({"endpoint": "127.0.0.1"}, "port"),
        ({"universe_domain": "s3ns"}, "universe_domain"),
        ({"token_env": "ya29.x"}, "token_env"),
        ({"colour": "red"}, "colour"),
        ({"_rows": ("nothing",)}, "_rows"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said(settings: dict[str, object], word: str) -> None:
    chosen = {"scope": "organizations/42", **settings}
    with pytest.raises(TargetError, match=word):
        list(gcp.plan(Target("gcp", "chu", tuple(sorted(chosen.items())))))  # type: ignore[arg-type]


def test_a_target_without_scope_is_told_what_to_write() -> None:
    with pytest.raises(TargetError, match="organizations/NUMBER"):
        list(gcp.plan(Target("gcp", "chu")))


def test_the_probe_meets_every_right_in_few_calls(server: Inventory) -> None:
    server.assets.append(Asset("//storage.googleapis.com/b", "storage.googleapis.com/Bucket", {"location": "EU"}, "eu"))
    probe = gcp.probe(target(endpoint=server.endpoint))

    done = list(run(gcp.plan(probe), InlineExecutor(), in_flight=1, budget_seconds=20))

    assert {call.operation for call in server.calls} == {"SearchAllResources", "ListAssets", "SearchAllIamPolicies"}
    assert len(server.calls) == 6
    assert all(each.complete for each in done)


def test_the_printed_role_is_yaml_with_every_right_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "role.yaml"
    path.write_text(gcp.policy(), encoding="utf-8")

    fields = read_yaml(path).entries()
    assert [each.text() for each in fields["includedPermissions"].items()] == list(gcp.PERMISSIONS)
    assert fields["stage"].text() == "GA"


def test_an_overdue_deadline_is_no_call(server: Inventory) -> None:
    estate = Estate(target(endpoint=server.endpoint))

    estate.call(SEARCH, {"scope": "organizations/42"}, Deadline.after(0))

    assert server.calls == []
