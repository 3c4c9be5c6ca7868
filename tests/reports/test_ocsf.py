"""OCSF events: valid for every published schema since 1.5, and nothing unknown that reads as a success."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

import reports
from model.assessment import Assessment, Outcome, RuleKind
from reports import native, ocsf
from tests.reports.estate import GAPS, HOSTILE, clean, dataset, hospital, many_findings

PASS, WARNING, FAIL, UNKNOWN = 1, 2, 3, 0


@cache
def schema(version: str) -> Draft202012Validator:
    whole = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
    return Draft202012Validator(whole.get_class_schema("compliance_finding", profiles=["cloud"]))


def events(assessment: Assessment | None = None, lang: str = "fr") -> list[dict[str, Any]]:
    found = json.loads(b"".join(ocsf.render(assessment or hospital(), lang)))
    wrong = [error.message for event in found for error in schema(ocsf.VERSION).iter_errors(event)]
    assert wrong == []
    return found


def report(assessment: Assessment | None = None, lang: str = "fr") -> dict[str, Any]:
    return json.loads(b"".join(native.render(assessment or hospital(), lang)))


def by_id(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {event["finding_info"]["uid"]: event for event in found}


def stale() -> Assessment:
    base = clean()
    return replace(base, header=replace(base.header, catalog=replace(base.header.catalog, stale=True)))


@pytest.mark.parametrize("version", ["1.5.0", "1.6.0", "1.7.0", "1.8.0"])
@pytest.mark.parametrize("lang", reports.LANGUAGES)
@pytest.mark.parametrize("assessment", [hospital(), clean(), stale()], ids=["hospital", "clean", "stale"])
def test_every_event_is_valid_for_the_published_schema(assessment, lang, version):
    found = json.loads(b"".join(ocsf.render(assessment, lang)))

    assert found
    assert [error.message for event in found for error in schema(version).iter_errors(event)] == []


def test_a_success_without_a_cloud_is_not_valid():
    event = events(clean())[0]
    del event["cloud"]

    assert list(schema(ocsf.VERSION).iter_errors(event))


@pytest.mark.parametrize("lang", reports.LANGUAGES)
@pytest.mark.parametrize("assessment", [hospital(), clean(), many_findings(3)], ids=["hospital", "clean", "many"])
def test_events_are_the_findings_and_gaps_of_the_json_report_and_three_more(assessment, lang):
    found, told = events(assessment, lang), report(assessment, lang)
    ids = [event["finding_info"]["uid"] for event in found]
    wanted = [one["id"] for one in told["gaps"]] + [one["id"] for one in told["findings"]]

    assert ids == ["COVERAGE", "CATALOG-AGE", "LEGISLATION-AGE", *wanted]
    assert len({event["metadata"]["uid"] for event in found}) == len(ids)
    assert found[0]["unmapped"]["summary"] == told["summary"]


def test_only_what_the_edition_says_of_itself_can_be_a_success():
    found = events()

    assert {event["finding_info"]["uid"] for event in found if event["compliance"]["status_id"] == PASS} <= {
        "CATALOG-AGE",
        "LEGISLATION-AGE",
    }


def test_each_outcome_has_the_status_that_says_the_same():
    found = by_id(events())

    for one in report()["findings"]:
        event = found[one["id"]]
        expected = UNKNOWN if one["outcome"] == Outcome.UNDETERMINED else FAIL
        if expected == FAIL and one["kind"] != RuleKind.BREACH:
            expected = WARNING
        assert event["compliance"]["status_id"] == expected
        assert event["unmapped"]["outcome"] == one["outcome"]
        assert event["compliance"]["control"] == one["rule"]
        assert event["status"] == ("Suppressed" if one["derogation"] else "New")
        assert event["compliance"].get("status_details", []) == one["because"]
        if one["subject"]["type"] == "place":
            assert event["resources"][-1]["data"] == one["subject"]
        assert [source["data"] for source in event.get("evidences", [])] == one["evidence"]


def test_the_statuses_of_findings_are_not_all_alike():
    statuses = {event["compliance"]["status_id"] for event in events()}

    assert statuses == {UNKNOWN, PASS, WARNING, FAIL}


def test_a_gap_is_unknown_and_names_the_right_that_lifts_it():
    found = by_id(events())

    for gap in GAPS:
        event = found[gap.id]
        assert event["compliance"]["status_id"] == UNKNOWN
        assert event["severity_id"] == 0
        assert event["unmapped"]["gap"]["reason"] == gap.reason
        assert event["cloud"]["account"] == {"uid": gap.account}
    assert "s3:GetReplicationConfiguration" in found[GAPS[0].id]["remediation"]["desc"]


def test_coverage_is_a_success_only_without_a_gap():
    assert by_id(events())["COVERAGE"]["compliance"]["status_id"] == UNKNOWN
    assert by_id(events(clean()))["COVERAGE"]["compliance"]["status_id"] == PASS


def test_old_data_are_a_warning():
    found = by_id(events(stale()))

    assert found["CATALOG-AGE"]["compliance"]["status_id"] == WARNING
    assert found["LEGISLATION-AGE"]["compliance"]["status_id"] == PASS


def test_a_finding_is_created_once_then_updated():
    ids = reports.finding_ids(hospital())
    later = by_id(events(hospital(previous="20261001T000000Z-aaaa", first_seen={ids[0]: "2026-10-01"})))

    assert later[ids[0]]["activity_name"] == "Update"
    assert later[ids[1]]["activity_name"] == "Create"
    assert by_id(events(hospital(previous="20261001T000000Z-aaaa")))[ids[0]]["activity_name"] == "Unknown"


def test_both_languages_have_the_same_statuses_and_event_ids():
    def bare(lang: str) -> list[tuple[Any, ...]]:
        return [
            (e["metadata"]["uid"], e["status_id"], e["compliance"]["status_id"], e["cloud"]) for e in events(lang=lang)
        ]

    assert bare("fr") == bare("en")
    assert events(lang="fr")[0]["message"] != events(lang="en")[0]["message"]


@pytest.mark.parametrize("id", HOSTILE)
def test_a_hostile_name_is_data_and_nothing_else(id):
    base = hospital()
    judged = tuple(replace(one, dataset=dataset(id, id), places=()) for one in base.judgement.datasets[:1])
    places = tuple(replace(one, datasets=(), verdicts=()) for one in base.judgement.places)
    hostile = replace(base, judgement=replace(base.judgement, datasets=judged, places=places))
    written = b"".join(ocsf.render(hostile)).decode()

    assert not [c for c in written if not c.isprintable() and c not in "\n\u00a0\u202f"]
    assert id in [resource.get("uid") for event in json.loads(written) for resource in event.get("resources", [])]


def test_a_public_edition_names_no_store():
    public = reports.public(hospital(), "ab" * 32)
    found = events(public)

    assert "arn:aws:s3:::chu" not in json.dumps(found)
    assert found[0]["unmapped"]["edition"]["public"]["full_edition_sha256"] == "ab" * 32
