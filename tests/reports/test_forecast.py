"""What people and programs read of the days to come."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import reports
from model.assessment import DerogationState, Effect, Forecast, ForecastKind
from reports import committee, native
from tests.reports.estate import REGION, hospital

ON, UNTIL = date(2026, 11, 21), date(2027, 11, 21)


def forecast() -> tuple[Forecast, ...]:
    """The end of a derogation, with what it changes, and a list that grows old."""
    last, after = date(2026, 12, 31), date(2027, 1, 1)
    lost = (
        Effect("edsante", "verdict", "derogated", "non_compliant"),
        Effect("edsante", "A31-003", "derogated", "fail"),
    )
    return (
        Forecast(last, ForecastKind.DEROGATION_ENDS, "D-2026-01", after, lost, (REGION,)),
        Forecast(last, ForecastKind.DATA_STALE, "HDS", after, (), (REGION,)),
    )


def shown(lang: str = "en") -> str:
    return reports.forecast(forecast(), ON, UNTIL, lang)


def test_an_end_names_its_day_its_source_and_each_outcome_it_changes():
    text = shown()

    assert "31\u00a0December 2026\n  end of a derogation: D-2026-01\n" in text
    assert "[s3:GetBucketEncryption" in text
    assert "effects from 1\u00a0January 2027" in text
    assert "edsante: covered by a derogation → non-compliant" in text
    assert "edsante, A31-003: covered by a derogation → not met" in text


def test_a_list_past_its_limit_is_announced_with_the_exit_code_it_brings():
    assert "every report will warn of it (exit code 5)" in shown()


def test_lines_fit_the_terminal_and_french_is_printed_as_french():
    assert max(len(line) for line in shown("fr").splitlines()) <= 80
    assert "edsante, A31-003\u202f: couvert par dérogation → non satisfaite" in shown("fr")


def test_an_empty_forecast_says_that_nothing_dated_is_known():
    assert "Nothing dated is known to change" in reports.forecast((), ON, UNTIL, "en")


def test_a_hostile_subject_stays_on_its_line():
    entry = Forecast(UNTIL, ForecastKind.OUTCOME_CHANGES, "a\x1b[2J\nb", UNTIL, (Effect("a\nb", "verdict", "", "x"),))

    text = reports.forecast((entry,), ON, UNTIL, "en")

    assert "\x1b" not in text
    assert "a\\x1b[2J\\nb" in text


def test_json_is_the_same_in_the_command_and_in_the_report():
    own = json.loads(reports.forecast_json(forecast(), ON, UNTIL))
    report = json.loads(b"".join(native.render(replace(hospital(), forecast=forecast()))))

    assert own["forecast"] == report["forecast"]
    assert own["forecast"][0]["effect"] == [
        "edsante: derogated → non_compliant",
        "edsante · A31-003: derogated → fail",
    ]
    assert own["forecast"][0]["datasets"] == ["edsante"]


def test_an_edition_without_a_forecast_says_so_and_never_that_nothing_will_change():
    unmade = replace(hospital(), forecast=None)

    page = b"".join(committee.render(unmade, "en")).decode()

    assert json.loads(b"".join(native.render(unmade)))["forecast"] is None
    assert "No forecast was made with this edition" in page


def test_a_committee_reads_only_what_changes_something_for_it():
    idle = Forecast(UNTIL, ForecastKind.QUALIFICATION_EXPIRES, "service-of-nobody-here", UNTIL, (), (REGION,))

    page = b"".join(committee.render(replace(hospital(), forecast=(*forecast(), idle)), "fr")).decode()

    assert "service-of-nobody-here" not in page
    assert "fin de dérogation" in page


def test_the_decision_on_a_capped_derogation_bears_the_day_on_which_it_stops_counting():
    assessment = hospital()
    (judged, *others) = assessment.judgement.derogations
    act = replace(judged.derogation, ends_on=date(2029, 12, 31))
    capped = replace(judged, derogation=act, state=DerogationState.LAPSED, last_on=date(2026, 10, 1))
    changed = replace(assessment, judgement=replace(assessment.judgement, derogations=(capped, *others)))

    page = b"".join(committee.render(changed, "en")).decode().replace("\u00a0", " ")

    assert "lapsed on 1 October 2026" in page
    assert "counts until 1 October 2026 only: legal cap" in page
