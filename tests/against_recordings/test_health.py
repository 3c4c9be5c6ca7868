"""Files about patients and files that look like them, gathered elsewhere, read where they lie."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

import cli

FOLDER = Path(os.environ["LEXSITUS_RECORDINGS"], "health")


def rows() -> list[dict[str, str]]:
    """The labels, one a file."""
    with (FOLDER / "labels.csv").open(encoding="utf-8") as labels:
        return list(csv.DictReader(labels))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"])
def test_each_file_is_what_its_label_says(row: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["detect", str(FOLDER / row["file"]), "--format", "jsonl"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["status"] == "yes") == (row["health"] == "yes"), told
    if row["health"] == "yes":
        assert told["identification"] == row["identification"]
