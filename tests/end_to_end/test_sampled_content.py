"""A whole run that looks into objects: what was planted in them is in nothing that the run leaves or says."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pyarrow.parquet
import pytest

import cli
from scanners._standin import Standin
from tests.scanners.aws.conftest import server
from tests.scanners.health.test_sampling import BUCKET, CANARY, PLANTED, put

pytestmark = pytest.mark.slow
__all__ = ["server"]

CONFIGURATION = """\
[organisation]
name = "CHU fictif"
controller = "public_hospital"
[editions]
reports = ["html", "json"]
[[target]]
scanner = "aws"
name = "chu"
endpoint_url = "{address}"
regions = ["eu-west-3"]
sample_content = true
"""


def text_of(path: Path) -> str:
    """All that a file holds, also in the columns of a table."""
    if path.suffix == ".parquet":
        return str(pyarrow.parquet.read_table(path).to_pylist())
    return path.read_bytes().decode("utf-8", "replace")


def test_no_planted_value_is_in_any_file_output_or_log_of_a_run(
    server: Standin, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(server, PLANTED)
    for folder in ("editions", "temporary"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    configuration = tmp_path / "lexsitus.toml"
    configuration.write_text(CONFIGURATION.format(address=server.endpoint_url), encoding="utf-8")

    code = cli.main(["run", "--config", str(configuration), "--verbose"])
    cli.main(["explain", BUCKET, "--config", str(configuration), "--lang", "en"])

    said = capfd.readouterr()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert code in (0, 3, 4, 5), said.err
    assert "format: hl7v2 0.97" in said.out
    assert [path.name for path in files if CANARY.lower() in text_of(path).lower()] == []
    assert CANARY.lower() not in (said.out + said.err).lower()
    (report,) = (path for path in files if path.suffix == ".json" and path.parent.name == "reports")
    (store,) = (one for one in json.loads(report.read_text(encoding="utf-8"))["stores"] if one["id"] == BUCKET)
    assert store["health"]["status"] == "yes"
    assert store["health"]["identification"] == "nominative"
