"""lexsitus.toml: what it says, what replaces it, and what it may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.configuration import check_language, configuration_path, read_configuration
from model.datasets import ControllerKind
from model.errors import DocumentError, UsageError

REPORTS = ("html", "json", "table")

WHOLE = """\
[organisation]
name = "CHU d'Exemple"
controller = "public_hospital"
register = "donnees/register.yaml"

[editions]
directory = "sorties"
reports = ["html", "json"]
lang = "en"

[[target]]
scanner = "aws"
name = "chu-prod"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lexsitus.toml"


def test_everything_that_the_file_says_is_read_and_paths_start_from_its_folder(file: Path) -> None:
    file.write_text(WHOLE)

    found = read_configuration(file, REPORTS, {})

    assert (found.organisation, found.controller) == ("CHU d'Exemple", ControllerKind.PUBLIC_HOSPITAL)
    assert found.register == file.parent / "donnees" / "register.yaml"
    assert found.editions == file.parent / "sorties"
    assert (found.reports, found.lang) == (("html", "json"), "en")
    assert [table.entries()["name"].text() for table in found.targets] == ["chu-prod"]


def test_an_empty_file_takes_the_defaults(file: Path) -> None:
    file.write_text("")

    found = read_configuration(file, REPORTS, {})

    assert (found.organisation, found.controller, found.register) == ("", ControllerKind.UNKNOWN, None)
    assert (found.editions, found.reports, found.lang) == (file.parent / "editions", ("html",), "fr")
    assert found.targets == ()


def test_the_environment_replaces_the_file_field_by_field(file: Path) -> None:
    file.write_text(WHOLE)

    lang = read_configuration(file, REPORTS, {"LEXSITUS_LANG": "fr"})
    editions = read_configuration(file, REPORTS, {"LEXSITUS_EDITIONS": "/srv/editions"})

    assert (lang.lang, lang.editions) == ("fr", file.parent / "sorties")
    assert (editions.lang, editions.editions) == ("en", Path("/srv/editions"))


def test_the_file_is_the_flag_then_the_environment_then_the_one_beside() -> None:
    environment = {"LEXSITUS_CONFIG": "there.toml"}

    assert configuration_path("here.toml", environment) == Path("here.toml")
    assert configuration_path(None, environment) == Path("there.toml")
    assert configuration_path(None, {}) == Path("lexsitus.toml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[organization]\n", r"lexsitus.toml:1: organization: unknown key .*did you mean 'organisation'"),
        ("[organisation]\nnmae = 'x'\n", r":2: organisation.nmae: unknown key 'nmae'; .*known keys: controller, name"),
        ("[organisation]\ncontroller = 'hospital'\n", r":2: organisation.controller: expected one of state_admin"),
        ("[organisation]\nname = 3\n", r":2: organisation.name: expected a text in quotes"),
        ("[organisation]\nregister = ''\n", r":2: organisation.register: expected a text in quotes"),
        ("[editions]\nreports = ['htlm']\n", r":2: .*unknown value 'htlm'; did you mean 'html'\? known: html, json"),
        ("[editions]\nreports = ['html', 'html']\n", r"named twice"),
        ("[editions]\nreports = 'html'\n", r"expected a list"),
        ("[editions]\nlang = 'de'\n", r":2: editions.lang: unknown value 'de'; known: fr, en"),
        ("editions = 3\n", r":1: editions: expected a mapping"),
        ("[target]\nname = 'x'\n", r":1: target: expected a list, found a mapping"),
        ("[organisation\n", r":1: not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_named_with_file_line_key_and_what_is_known(file: Path, text: str, says: str) -> None:
    file.write_text(text)

    with pytest.raises(DocumentError, match=says):
        read_configuration(file, REPORTS, {})


def test_a_missing_file_says_how_to_begin(file: Path) -> None:
    with pytest.raises(DocumentError, match=r"lexsitus.toml: there is no such file; `lexsitus init`"):
        read_configuration(file, REPORTS, {})


def test_a_language_nobody_writes_is_a_usage_error_that_names_who_asked(file: Path) -> None:
    file.write_text("")

    with pytest.raises(UsageError, match="LEXSITUS_LANG: no language 'de'; known: fr, en"):
        read_configuration(file, REPORTS, {"LEXSITUS_LANG": "de"})
    with pytest.raises(UsageError, match="--lang"):
        check_language("FR", "--lang")
