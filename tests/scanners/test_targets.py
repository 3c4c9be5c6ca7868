"""From the configuration to targets: every key known, no secret taken, none repeated in a message."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

import scanners
from model.configuration import read_configuration
from model.errors import DocumentError
from model.places import Target
from scanners import targets
from scanners._redact import redact, secret_in

AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PEM = "-----BEGIN RSA PRIVATE KEY-----\\nMIIEow\\n-----END RSA PRIVATE KEY-----"


def read(folder: Path, text: str) -> tuple[Target, ...]:
    path = folder / "lexsitus.toml"
    path.write_text(text, encoding="utf-8")
    return targets(read_configuration(path, ("html", "json"), {}))


def table(*lines: str) -> str:
    return "\n".join(["[[target]]", 'scanner = "declared"', 'name = "other"', *lines, ""])


def test_the_register_of_the_organisation_is_the_first_target(tmp_path: Path) -> None:
    head = '[organisation]\nname = "CHU"\ncontroller = "public_hospital"\nregister = "register.yaml"\n'

    register, other = read(tmp_path, head + table('path = "b/other.yaml"'))

    assert register == Target(
        "declared",
        "register",
        (("controller", "public_hospital"), ("organisation", "CHU"), ("path", str(tmp_path / "register.yaml"))),
    )
    assert other == Target("declared", "other", (("path", str(tmp_path / "b" / "other.yaml")),))
    assert len({register, other}) == 2


def test_no_target_at_all_is_no_error(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (table("pth = 'x'"), r"toml:4: .*unknown key 'pth'; did you mean 'path'\? known keys: .*path"),
        ("[[target]]\nname = 'x'\n", r"toml:1: target\[0\]: missing key 'scanner'"),
        ("[[target]]\nscanner = 'declared'\n", r"toml:1: target\[0\]: missing key 'name'"),
        ("[[target]]\nscanner = 'declard'\nname = 'x'\n", r"toml:2: .*unknown scanner 'declard'; did you mean"),
        ("[[target]]\nscanner = '_run'\nname = 'x'\n", r"unknown scanner '_run'"),
        (table() + table(), r"toml:6: target\[1\].name: the name 'other' is taken: first used on line 3"),
        ("[organisation]\nregister = 'r.yaml'\n[[target]]\nscanner = 'declared'\nname = 'register'\n",
         r"toml:5: .*'register' is taken: it is that of the register"),
        (table("path = 1.5"), r"toml:4: .*expected a whole number"),
        (table("path = {a = 1}"), r"toml:4: .*found a table"),
        (table("path = [1]"), r"toml:4: target\[0\].path\[0\]: expected a text"),
        (table("path = ''"), r"toml:4: .*leave the key out"),
        (table("path = 2026-01-01"), r"toml:4: .*expected a whole number"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "key", ["secret_access_key", "password", "aws_session_token", "Token", "api-key", "client_secret"]
)
def test_a_key_that_would_hold_a_secret_is_refused_whatever_it_holds(tmp_path: Path, key: str) -> None:
    with pytest.raises(DocumentError, match=r"toml:4: .*no secret is accepted") as error:
        read(tmp_path, table(f'{key} = "hunter2"'))

    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    "value",
    ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", AWS_SECRET, JWT, PEM, "https://user:hunter2@proxy.example:8080",
     "ghp_" + "a1B2" * 9],
)  # fmt: skip
def test_a_value_that_looks_like_a_secret_is_refused_and_never_repeated(tmp_path: Path, value: str) -> None:
    for line in (f'path = "{value}"', f'path = ["fine", "{value}"]'):
        with pytest.raises(DocumentError, match=r"toml:4: .*this looks like") as error:
            read(tmp_path, table(line))
        assert value[:16] not in str(error.value)
        assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    "value",
    ["arn:aws:iam::123456789012:role/LexsitusReadOnly", "https://management.azure.com", "eu-west-3", "chu-eds-brut",
     "da39a3ee5e6b4b0d3255bfef95601890afd80709", "organizations/123", "/home/lexsitus/chu-exemple/register.yaml",
     "LEXSITUS_AZURE_TOKEN", "o-exampleorgid/r-abcd", "http://127.0.0.1:5000"],
)  # fmt: skip
def test_ordinary_values_are_no_secrets(value: str) -> None:
    assert secret_in(value) == ""
    assert redact(value) == value


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def-123",
        "GET /?X-Amz-Signature=0123456789abcdef&X-Amz-Date=2026",
        "{'SecretAccessKey': 'hunter2', 'User': 'x'}",
        'sessionToken: "hunter2"',
        "password = hunter2",
        f"signed with {AWS_SECRET} today",
        f"token {JWT}",
        PEM.replace("\\n", "\n"),
    ],
)
def test_a_log_line_loses_its_secrets(text: str) -> None:
    cleaned = redact(text)

    assert "[redacted]" in cleaned
    for secret in ("hunter2", "abc.def", "0123456789abcdef", AWS_SECRET, JWT, "MIIEow"):
        assert secret not in cleaned


class TestTemplates:
    @pytest.mark.parametrize("lang", ["fr", "en"])
    def test_the_files_of_init_load_as_they_are(self, tmp_path: Path, lang: str) -> None:
        (tmp_path / "register.yaml").write_text(scanners.register_template(lang), encoding="utf-8")

        (register,) = read(tmp_path, scanners.configuration_template(lang))
        (job,) = scanners.load("declared").plan(register)
        (done,) = scanners.run([job], scanners.InlineExecutor(), in_flight=1, budget_seconds=5)

        assert done.complete
        assert done.step.observations.datasets == ()

    @pytest.mark.parametrize("lang", ["fr", "en"])
    def test_the_register_loads_with_its_comments_taken_away(self, tmp_path: Path, lang: str) -> None:
        text = re.sub(r"^# (?=  )|^# (?=controller:)", "", scanners.register_template(lang), flags=re.M)
        (tmp_path / "register.yaml").write_text(text, encoding="utf-8")

        (job,) = scanners.load("declared").plan(Target("declared", "r", (("path", str(tmp_path / "register.yaml")),)))
        (done,) = scanners.run([job], scanners.InlineExecutor(), in_flight=1, budget_seconds=5)

        (dataset,) = done.step.observations.datasets
        assert len(done.step.observations.stores) == 1
        assert dataset.controller.kind == "public_hospital"

    @pytest.mark.parametrize("lang", ["fr", "en"])
    def test_the_configuration_loads_with_its_comments_taken_away(self, tmp_path: Path, lang: str) -> None:
        text = re.sub(r"^# (?=\[\[|name = |\w+ = )", "", scanners.configuration_template(lang), flags=re.M)

        found = read(tmp_path, text)

        assert {target.scanner for target in found} == set(scanners.names())

    def test_every_setting_of_every_scanner_is_explained(self) -> None:
        text = scanners.configuration_template("fr")

        for name in scanners.names():
            if name != "declared":
                assert f'scanner = "{name}"' in text
                for setting, help in scanners.load(name).SETTINGS.items():
                    assert setting in text
                    assert help in text


def test_looking_for_secrets_takes_no_time_on_long_lines() -> None:
    began = time.monotonic()

    for line in ("a1B-" * 25_000, "a" * 100_000, "-----BEGIN " * 9_000, "eyJ" * 30_000, "://" * 30_000):
        assert secret_in(line) == ""

    assert time.monotonic() - began < 5
