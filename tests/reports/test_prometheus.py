"""Metrics: counts that are those of the JSON report, the unknown in series of its own, labels that cannot escape."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from model.assessment import Word
from reports import native, prometheus
from tests.reports.estate import HOSTILE, clean, dataset, hospital, many_findings

LINE = re.compile(
    r'lexsitus_[a-z_]+(?:\{[a-z_0-9]+="(?:[^"\\\n]|\\\\|\\")*"(?:,[a-z_0-9]+="(?:[^"\\\n]|\\\\|\\")*")*\})? -?[0-9.]+'
)


def metrics(assessment: object = None) -> dict[str, float]:
    text = b"".join(prometheus.render(assessment or hospital())).decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    found = dict(line.rsplit(" ", 1) for line in lines)
    assert len(found) == len(lines)
    return {name: float(value) for name, value in found.items()}


def test_counts_are_those_of_the_json_report():
    found = metrics()
    summary = json.loads(b"".join(native.render(hospital())))["summary"]

    for word, count in summary["verdicts"].items():
        assert found[f'lexsitus_stores{{verdict="{word}"}}'] == count
    for word, count in summary["dataset_verdicts"].items():
        assert found[f'lexsitus_datasets{{verdict="{word}"}}'] == count
    for code, count in summary["countries"].items():
        assert found[f'lexsitus_stores_by_country{{country="{code}"}}'] == count
    for law, count in summary["exposures"].items():
        assert found[f'lexsitus_exposed_stores{{law="{law}"}}'] == count
    assert found['lexsitus_compliance_ratio{bound="min"}'] == summary["rate"]["min"]
    assert found['lexsitus_compliance_ratio{bound="max"}'] == summary["rate"]["max"]


def test_what_is_unknown_has_a_series_of_its_own():
    found = metrics()

    assert found['lexsitus_stores_by_country{country="unknown"}'] == len(HOSTILE)
    assert found['lexsitus_exposures{law="US-CLOUD",grade="unknown"}'] == len(HOSTILE)
    assert found['lexsitus_dataset_verdict{dataset="unattached",verdict="undetermined"}'] == 1
    outcome = 'lexsitus_rule_outcome{dataset="edsante",rule="INV-001",outcome="undetermined",derogation=""}'
    assert found[outcome] == 1


def test_gaps_are_counted_by_reason_and_named():
    found = metrics()

    assert found['lexsitus_gaps{reason="refused"}'] == 1
    assert found['lexsitus_gaps{reason="throttled"}'] == 1
    assert found['lexsitus_gaps{reason="timeout"}'] == 0
    assert sum(name.startswith("lexsitus_gap_info") for name in found) == 2


def test_without_a_forecast_nothing_is_said_of_the_days_to_come():
    with_one, without = metrics(), metrics(clean())

    assert with_one["lexsitus_forecast_made"] == 1
    left = 'lexsitus_forecast_left_seconds{event="derogation_ends",subject="D-2026-01",on="2026-12-31"}'
    assert with_one[left] == 40 * 86_400
    assert without["lexsitus_forecast_made"] == 0
    assert not [name for name in without if name.startswith("lexsitus_forecast_left")]


def test_age_and_staleness_of_the_data_are_results_of_their_own():
    found = metrics()

    assert found['lexsitus_data_age_seconds{data="catalog"}'] == 51 * 86_400
    assert found['lexsitus_data_stale{data="legislation"}'] == 0


@pytest.mark.slow
@pytest.mark.parametrize("assessment", [hospital(), clean(), many_findings(3)], ids=["hospital", "clean", "many"])
def test_promtool_accepts_the_metrics(assessment):
    assert shutil.which("promtool"), "promtool is missing: apt-get install prometheus"
    written = b"".join(prometheus.render(assessment))
    told = subprocess.run(["promtool", "check", "metrics"], input=written, capture_output=True, check=False)

    assert (told.returncode, told.stdout, told.stderr) == (0, b"", b"")


@pytest.mark.parametrize("id", HOSTILE)
def test_a_hostile_name_stays_inside_its_label(id):
    base = clean()
    judged = replace(base.judgement.datasets[0], dataset=dataset(id, "x"))
    hostile = replace(base, judgement=replace(base.judgement, datasets=(judged,)))
    named = [name for name in metrics(hostile) if name.startswith("lexsitus_dataset_verdict")]

    assert len(named) == len(Word)
