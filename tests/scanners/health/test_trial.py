from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

import cli
from tests.scanners.health.samples import dicom


def detected(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    """What the command prints, one object a line."""
    assert cli.main(["detect", *arguments, "--format", "jsonl"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_files_and_folders_are_told_by_their_contents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.bin").write_bytes(b"ipp;nom;cim10\n1;X;E11\n")
    (tmp_path / "b.hl7").write_bytes(b"hello")
    (tmp_path / "c.dcm").write_bytes(dicom(b"1.2.840.10008.5.1.4.39.1", b""))
    (tmp_path / "d.csv").touch()

    found = {Path(str(one["path"])).name: one for one in detected(capsys, str(tmp_path))}

    assert [(name, one["status"], one["unread"]) for name, one in sorted(found.items())] == [
        ("a.bin", "yes", None),
        ("b.hl7", "no_evidence", None),
        ("c.dcm", "no", None),
        ("d.csv", "no_evidence", "empty"),
    ]
    assert (found["a.bin"]["identification"], found["c.dcm"]["identification"]) == ("nominative", None)


def test_names_come_from_a_file_or_from_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "names.txt").write_text("chu-dossiers-patients\n\nlogs\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("ER_PRS_F\n"))

    from_file = detected(capsys, "--names-from", str(tmp_path / "names.txt"))
    from_input = detected(capsys, "--names-from", "-")

    assert [(one["name"], one["status"]) for one in from_file] == [
        ("chu-dossiers-patients", "yes"),
        ("logs", "no_evidence"),
    ]
    assert [one["identification"] for one in from_input] == ["pseudonymous"]


@pytest.mark.parametrize(("lang", "line"), [("fr", "ER_PRS_F: données de santé, 0,97"), ("en", "health data, 0.97")])
def test_a_person_reads_the_same_in_two_languages(
    lang: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "names.txt").write_text("ER_PRS_F\n", encoding="utf-8")

    assert cli.main(["detect", "--names-from", str(tmp_path / "names.txt"), "--lang", lang]) == 0

    assert line in capsys.readouterr().out


def test_json_is_one_list_also_when_it_is_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["detect", str(tmp_path), "--format", "json"]) == 0

    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("arguments", [[], ["no-such-file"]])
def test_nothing_to_look_at_is_an_error_of_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["detect", *arguments]) == 2

    assert capsys.readouterr().err.startswith("lexsitus: ")
