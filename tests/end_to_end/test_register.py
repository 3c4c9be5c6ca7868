"""``lexsitus register``, and an edition made from a register that is no YAML."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import cli
from tests.scanners.declared.tables import as_ods, as_xlsx

SHEETS = {
    "datasets": [["id", "title", "facts.health"], ["eds", "Entrepôt", "oui"]],
    "places": [["dataset", "id", "kind", "provider", "country"], ["eds", "salle", "primary", "own", "FR"]],
    "flows": [["id", "dataset", "source", "means", "destination.name"], ["f", "eds", "salle", "BlueMind", "labo"]],
}
CNIL = [["Nom / sigle", "Paie"], ["Finalité principale", "Salaires"], ["Catégorie de personnes 1", "Agents"],
        ["Date de mise à jour", date(2020, 1, 1)], ["Données de santé", "Non"]]  # fmt: skip


@pytest.mark.parametrize("format", ["yaml", "xlsx", "ods", "csv"])
def test_a_blank_register_checks_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str) -> None:
    path = tmp_path / f"register.{format}"

    assert cli.main(["register", "template", "--format", format, "--output", str(path)]) == 0
    assert cli.main(["register", "check", str(path)]) == 0

    assert "0 datasets, 0 places" in capsys.readouterr().out


def test_a_mistake_is_told_with_its_cell_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.xlsx"
    path.write_bytes(as_xlsx({"datasets": [["id", "facts.health"], ["a", "peut-être"]]}))

    assert cli.main(["register", "check", str(path)]) == 2
    assert "r.xlsx:datasets!B2: facts.health: expected" in capsys.readouterr().err


def test_a_register_of_the_cnil_becomes_yaml_that_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, made = tmp_path / "registre.ods", tmp_path / "register.yaml"
    path.write_bytes(as_ods({"Paie": CNIL}))

    assert cli.main(["register", "check", str(path)]) == 0
    told = capsys.readouterr().out
    assert "a register (cnil): 1 datasets" in told
    assert "warning: Paie: last brought up to date on 2020-01-01" in told
    assert f"not mapped: {path}:Paie!B2: Finalité principale: Salaires" in told
    assert cli.main(["register", "import", str(path), "--output", str(made)]) == 0
    assert cli.main(["register", "check", str(made)]) == 0
    assert "# Imported from" in made.read_text(encoding="utf-8")


def test_a_register_is_not_written_over_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("format: lexsitus/register/1\n", encoding="utf-8")

    assert cli.main(["register", "import", str(path), "--output", str(path)]) == 2
    assert "is the register itself" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["register.xlsx", "register.ods"])
def test_an_edition_is_made_from_a_spreadsheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / name).write_bytes((as_xlsx if name.endswith("xlsx") else as_ods)(SHEETS))
    (tmp_path / "lexsitus.toml").write_text(f'[organisation]\nname = "CHU"\nregister = "{name}"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert cli.main(["scan"]) in (0, 3, 4)
    capsys.readouterr()
    assert cli.main(["report", "--format", "json"]) == 0

    report = json.loads(capsys.readouterr().out)
    places = {store["id"]: store["place"] for store in report["stores"]}
    assert places == {
        "register:eds/salle": "primary",
        "register:eds/f/means": "transfer_tool",
        "register:eds/f/destination": "extract",
    }
    (dataset,) = report["datasets"]
    assert (dataset["health"], dataset["verdict"]) == (True, "undetermined")
    sources = {one["source"] for store in report["stores"] for one in store["evidence"]}
    assert f"{name}:places!D2" in sources
    assert {one["kind"] for one in report["differences"]} == {"declared_only"}
