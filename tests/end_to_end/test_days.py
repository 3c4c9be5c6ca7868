"""The same snapshot on other days and in other places: a register, the command line, no network."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import cli

OVERLAY = Path(__file__).parents[1] / "legislation" / "catalog"
DAYS = ("2019-12-01", "2024-05-22", "2024-11-16", "2026-05-15", "2026-05-16", "2026-08-14", "2026-08-15", "2026-12-01")

CONFIGURATION = """
[organisation]
name = "Administration d'essai"
controller = "state_admin"
register = "register.yaml"

[editions]
directory = "editions"
reports = []
lang = "en"
"""

REGISTER = """
format: lexsitus/register/1
controller: {name: "Administration d’essai", kind: state_admin}
datasets:
  - id: entrepot
    title: "Entrepôt de données de santé"
    facts: {health: "yes", care_origin: "yes", identity: pseudonymous, secret: [secret_medical],
            breach_harm: [sante_vie]}
    hosting: {model: commercial_cloud, processor: true, activities: [1, 2, 3, 4, 5, 6]}
    places:
      - {id: base, provider: outscale, service_id: snc-outscale-cloud-on-demand, region: cloudgouv-eu-west-1,
         country: FR, kind: primary, evidence: contract, document: "Marché", checked_at: 2026-11-01}
      - {id: replique, provider: aws, region: us-east-1, kind: replica, copy_of: base, evidence: contract,
         document: "Marché", checked_at: 2026-11-01}
    places_complete: true
    formality: {regime: authorisation, reference: "2023-146", date: 2023-12-21, expires: 2027-03-01}
  - id: dossiers
    controller: {name: "Clinique d’essai", kind: private_hospital}
    facts: {health: "yes", care_origin: "yes", identity: nominative}
    hosting: {model: commercial_cloud, processor: true, activities: [1, 2, 3, 4, 5, 6]}
    places:
      - {id: fr, provider: nuage-en-cours, region: fr-1, country: FR, kind: primary, checked_at: 2026-11-01}
    places_complete: true
flows:
  - {id: envoi, dataset: entrepot, source: "Base", means: bluefiles, destination: {name: "Serveur"}, decision: none}
derogations:
  - {id: D-1, act: "Décision", owner: "DSI", approver: "DG", starts: 2026-06-01, ends: 2026-12-31,
     covers: [{dataset: dossiers, rule: HDS-002}]}
  - {id: D-2, act: "Décision", owner: "DSI", approver: "DG", starts: 2026-01-01, ends: 2029-12-31,
     covers: [{dataset: dossiers, rule: HDS-001}, {dataset: disparu, rule: HDS-001}]}
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command line in a folder with one edition of the register: exit code, standard output, errors."""
    (tmp_path / "lexsitus.toml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "register.yaml").write_text(REGISTER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEXSITUS_CONFIG", raising=False)

    def command(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = cli.main(arguments)
        return (code, *capfd.readouterr())

    assert command("scan", "--quiet", "--fail-on", "none")[0] == 0
    return command


def report(run: Run, on: str) -> Any:
    code, _, errors = run("assess", "--on", on, "--catalog", str(OVERLAY), "--quiet", "--fail-on", "none")
    assert (code, errors) == (0, "")
    return json.loads(run("report", "--format", "json", "--lang", "en", "--fail-on", "none")[1])


def test_the_same_snapshot_has_another_explained_outcome_on_each_of_the_days_of_the_law(run: Run) -> None:
    reports = {on: report(run, on) for on in DAYS}

    outcomes = [{one["id"]: (one["verdict"], one["rules"]) for one in reports[on]["datasets"]} for on in DAYS]
    assert len({document["edition"]["snapshot_sha256"] for document in reports.values()}) == 1
    assert [before != after for before, after in pairwise(outcomes)] == [True] * 7
    for document in reports.values():
        assert all(finding["because"] for finding in document["findings"])
    words = {on: {one["id"]: one["verdict"] for one in reports[on]["datasets"]} for on in DAYS}
    assert (words["2026-05-16"]["dossiers"], words["2026-08-14"]["dossiers"]) == ("non_compliant", "derogated")


def test_before_its_text_a_rule_is_not_applicable_and_before_all_data_the_tool_says_so(run: Run) -> None:
    rules = {one["id"]: one["rules"] for one in report(run, "2024-05-22")["datasets"]}
    assert {rules["entrepot"][rule] for rule in rules["entrepot"] if rule.startswith("A31")} == {"not_applicable"}

    code, output, errors = run("assess", "--on", "1990-01-01", "--quiet")

    assert (code, output) == (2, "")
    assert "has no value on 1990-01-01: its first one is of 2013-07-01" in errors


def test_a_day_far_ahead_warns_that_the_data_are_stale(run: Run) -> None:
    code, output, _ = run("assess", "--on", "2030-01-01", "--quiet", "--lang", "en")

    assert code == 5
    assert "past the limit of 90 days" in " ".join(output.split())
    assert "Rule not refreshed: A31-003" in " ".join(output.split())


def test_derogations_over_the_cap_or_aimed_at_nothing_are_said_in_every_report(run: Run) -> None:
    document = report(run, "2026-08-14")

    state = {one["id"]: one for one in document["derogations"]}
    assert (state["D-2"]["capped"], state["D-2"]["last_on"]) == (True, "2027-07-01")
    assert state["D-2"]["unmatched"] == [{"dataset": "disparu", "rule": "HDS-001"}]
    for name in ("table", "html"):
        text = " ".join(run("report", "--format", name, "--lang", "en", "--fail-on", "none")[1].split())
        assert "exceeds the legal cap" in text.replace("\u00a0", " ")
        assert "names no rule applied to a known dataset" in text


def test_the_forecast_names_the_end_of_a_qualification_in_use_and_the_dataset_that_loses_cover(run: Run) -> None:
    code, output, _ = run("forecast", "--on", "2026-11-21", "--format", "json", "--catalog", str(OVERLAY))

    entries = {(one["on"], one["what"]): one for one in json.loads(output)["forecast"]}
    ended = entries["2026-11-30", "qualification_expires"]
    assert code == 0
    assert ended["subject"].endswith("snc-outscale-cloud-on-demand")
    assert "entrepot · secnumcloud · snc-outscale-cloud-on-demand: valid → expired" in ended["effect"]
    assert ended["sources"][0]["read_at"].startswith("2026-09-15")
    assert entries["2026-12-31", "derogation_ends"]["effect"] == [
        "dossiers: derogated → non_compliant",
        "dossiers · HDS-002: derogated → fail",
    ]
    assert entries["2026-12-31", "derogation_ends"]["since"] == "2027-01-01"
    assert "CNIL · 2023-146 · entrepot" in {one["subject"] for one in entries.values()}


def test_an_edition_holds_the_forecast_of_its_day(run: Run) -> None:
    kept = report(run, "2026-11-21")["forecast"]
    asked = json.loads(run("forecast", "--on", "2026-11-21", "--format", "json", "--catalog", str(OVERLAY))[1])

    assert kept == asked["forecast"]
    assert kept != []


def test_a_simulated_move_leaves_copies_and_flows_behind_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    before = sorted(path.name for path in (tmp_path / "editions").iterdir())

    code, output, _ = run("simulate", "--dataset", "entrepot", "--to", "snc-ovh-hpc-vmware", "--on", "2026-11-21")
    text = " ".join(output.split())

    assert code == 0
    assert "replica, aws, United States, 1 store: non-compliant" in text
    assert "transfer envoi: by bluefiles to Serveur, unchanged" in text
    assert "HDS-003 Storage in the European Economic Area (obligation) – not met, as before" in text
    assert "from which countries the new provider acts is not known" in text
    assert sorted(path.name for path in (tmp_path / "editions").iterdir()) == before
    assert max(map(len, output.splitlines())) <= 80


@pytest.mark.parametrize(
    ("dataset", "offer", "hint"),
    [
        ("entrepots", "outscale", "did you mean entrepot?"),
        ("entrepot", "snc-ovh-hpc-vmwar", "did you mean snc-ovh-hpc-vmware"),
        ("entrepot", "scaleway/fr-pa", "did you mean fr-par?"),
    ],
)
def test_an_unknown_dataset_or_offer_names_the_nearest_ones(run: Run, dataset: str, offer: str, hint: str) -> None:
    code, output, errors = run("simulate", "--dataset", dataset, "--to", offer)

    assert (code, output) == (2, "")
    assert hint in errors


def test_what_the_catalog_lacks_is_told_with_a_stub_that_loads_once_pasted(run: Run, tmp_path: Path) -> None:
    code, output, _ = run("catalog", "missing")

    head, _, stub = output.partition("format: ")
    overlay = tmp_path / "overlay" / "operators"
    overlay.mkdir(parents=True)
    (overlay / "nuage-en-cours.yaml").write_text(f"format: {stub}", encoding="utf-8")
    assert code == 0
    assert "operators/nuage-en-cours.yaml" in head
    assert run("catalog", "check", "--catalog", str(overlay.parent), "--on", "2026-11-21")[0] == 0
    assert run("catalog", "missing", "--catalog", str(overlay.parent), "--lang", "en")[1].startswith(
        "# region fr-1 of nuage-en-cours"
    )


def test_every_command_is_documented_with_what_is_true_afterwards() -> None:
    page = (Path(__file__).parents[2] / "docs" / "interface.md").read_text(encoding="utf-8")
    (commands,) = (action for action in cli._parser()._actions if isinstance(action.choices, dict))

    assert [name for name in commands.choices or () if f"| `lexsitus {name}" not in page] == []


def test_a_public_report_names_the_digest_of_the_full_edition_and_no_line_of_the_register(run: Run) -> None:
    run("assess", "--on", "2026-08-14", "--quiet")
    full = json.loads(run("report", "--format", "json", "--fail-on", "none")[1])
    public = json.loads(run("report", "--format", "json", "--public", "--fail-on", "none")[1])

    assert len(public["edition"]["public"]["full_edition_sha256"]) == 64
    assert public["summary"] == full["summary"]
    assert {one["owner"] for one in public["derogations"]} == {"[…]"}
    assert {one["id"] for one in full["stores"]}.isdisjoint(one["id"] for one in public["stores"])
