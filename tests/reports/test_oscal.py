"""OSCAL assessment results: accepted by trestle's models, and nothing unknown that reads as satisfied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import reports
from model.assessment import Assessment
from reports import native, oscal
from tests.reports.estate import GAPS, HOSTILE, clean, dataset, hospital, many_findings


def results(assessment: Assessment | None = None, lang: str = "fr") -> dict[str, Any]:
    written = b"".join(oscal.render(assessment or hospital(), lang))
    accepted(written)
    return json.loads(written)["assessment-results"]


def accepted(written: bytes) -> None:
    from trestle.oscal.assessment_results import Model

    Model.model_validate_json(written)


def report(assessment: Assessment | None = None, lang: str = "fr") -> dict[str, Any]:
    return json.loads(b"".join(native.render(assessment or hospital(), lang)))


def prop(record: dict[str, Any], name: str) -> str:
    return next((one["value"] for one in record.get("props", []) if one["name"] == name), "")


def by_id(records: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {prop(record, "id"): record for record in records}


def members(data: Any, name: str) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == name:
                yield value
            yield from members(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from members(value, name)


def stale() -> Assessment:
    base = clean()
    return replace(base, header=replace(base.header, catalog=replace(base.header.catalog, stale=True)))


@pytest.mark.parametrize("lang", reports.LANGUAGES)
@pytest.mark.parametrize("assessment", [hospital(), clean(), stale(), many_findings(3)])
def test_the_document_is_accepted(assessment, lang):
    assert results(assessment, lang)["metadata"]["oscal-version"] == oscal.VERSION


def test_a_document_with_a_bad_id_is_not_accepted():
    written = json.loads(b"".join(oscal.render(clean())))
    written["assessment-results"]["uuid"] = "F-1"

    with pytest.raises(ValueError, match="uuid"):
        accepted(json.dumps(written).encode())


@pytest.mark.parametrize("lang", reports.LANGUAGES)
@pytest.mark.parametrize("assessment", [hospital(), clean(), many_findings(3)], ids=["hospital", "clean", "many"])
def test_findings_are_those_of_the_json_report_and_three_more(assessment, lang):
    found, told = results(assessment, lang)["results"][0], report(assessment, lang)
    ids = [prop(one, "id") for one in found["findings"]]

    assert ids == ["COVERAGE", "CATALOG-AGE", "LEGISLATION-AGE", *(one["id"] for one in told["findings"])]
    assert prop(found, "stores") == str(told["summary"]["stores"])
    assert prop(found, "rate-max") == str(told["summary"]["rate"]["max"])


def test_only_what_is_established_is_satisfied():
    found = by_id(results()["results"][0]["findings"])
    satisfied = {id for id, one in found.items() if one["target"]["status"]["state"] == "satisfied"}

    assert satisfied == {"CATALOG-AGE", "LEGISLATION-AGE"}


def test_each_outcome_keeps_its_word_and_reason():
    result = results()["results"][0]
    found = by_id(result["findings"])
    items = {item["uuid"]: item for item in result["local-definitions"]["inventory-items"]}
    observations = {one["uuid"]: one for one in result["observations"]}
    finding_subjects = {
        id: [
            subject["subject-uuid"]
            for subject in observations[one["related-observations"][0]["observation-uuid"]].get("subjects", [])
        ]
        for id, one in found.items()
    }
    reasons = set()

    for one in report()["findings"]:
        finding = found[one["id"]]
        failed_breach = one["outcome"] == "fail" and one["kind"] == "breach"
        reason = finding["target"]["status"]["reason"]
        reasons.add(reason)
        assert reason == ("fail" if failed_breach else "other")
        assert prop(finding, "outcome") == one["outcome"]
        assert finding["target"]["target-id"] == f"{one['rule']}_obj"
        if one["subject"]["type"] == "place":
            place = items[finding_subjects[one["id"]][-1]]
            assert prop(place, "stores") == str(one["subject"]["stores"])
            assert [p["value"] for p in place["props"] if p["name"] == "sample"] == one["subject"]["sample"]
    assert reasons == {"fail", "other"}


def test_each_gap_is_an_open_risk_of_coverage_with_the_right_that_lifts_it():
    found = results()["results"][0]
    risks = by_id(found["risks"])
    coverage = by_id(found["findings"])["COVERAGE"]

    assert [one["risk-uuid"] for one in coverage["related-risks"]] == [risks[gap.id]["uuid"] for gap in GAPS]
    assert {risks[gap.id]["status"] for gap in GAPS} == {"open"}
    assert "s3:GetReplicationConfiguration" in risks[GAPS[0].id]["remediations"][0]["description"]


def test_coverage_is_satisfied_only_without_a_gap_and_old_data_never_are():
    found = by_id(results(stale())["results"][0]["findings"])

    assert found["COVERAGE"]["target"]["status"]["state"] == "satisfied"
    assert found["CATALOG-AGE"]["target"]["status"]["state"] == "not-satisfied"


def test_a_derogation_makes_a_deviation_and_not_a_success():
    found = results()["results"][0]
    risks, findings = by_id(found["risks"]), by_id(found["findings"])
    covered = [one["id"] for one in report()["findings"] if one["derogation"]]

    assert covered
    for id in covered:
        assert risks[id]["status"] == "deviation-approved"
        assert findings[id]["target"]["status"]["state"] == "not-satisfied"


@pytest.mark.parametrize("assessment", [hospital(), clean()], ids=["hospital", "clean"])
def test_whatever_is_referred_to_is_in_the_document(assessment):
    document = results(assessment)
    ids = list(members(document, "uuid"))
    referred = {id for name in ("subject-uuid", "observation-uuid", "risk-uuid") for id in members(document, name)}
    objectives = {
        part["id"] for one in document["local-definitions"]["objectives-and-methods"] for part in one["parts"]
    }
    selected = document["results"][0]["reviewed-controls"]["control-selections"][0]["include-controls"]

    assert len(ids) == len(set(ids))
    assert referred <= set(ids)
    assert document["import-ap"]["href"].removeprefix("#") in ids
    assert set(members(document, "target-id")) <= objectives
    assert {f"{one['control-id']}_obj" for one in selected} == objectives


def test_a_rule_that_was_asked_of_nothing_is_not_among_the_reviewed():
    reviewed = results(clean())["results"][0]["reviewed-controls"]["control-selections"][0]["include-controls"]

    assert [one["control-id"] for one in reviewed] == [
        "HDS-003",
        "JUR-001",
        "COVERAGE",
        "CATALOG-AGE",
        "LEGISLATION-AGE",
    ]


def test_ids_are_the_same_in_both_languages_and_others_in_another_edition():
    french, english, other = results(lang="fr"), results(lang="en"), results(hospital(edition="20261122T081203Z-aaaa"))

    assert list(members(french, "uuid")) == list(members(english, "uuid"))
    assert not set(members(french, "uuid")) & set(members(other, "uuid"))


@pytest.mark.parametrize("id", HOSTILE)
def test_a_hostile_name_is_data_and_nothing_else(id):
    base = hospital()
    judged = tuple(replace(one, dataset=dataset(id, id), places=()) for one in base.judgement.datasets[:1])
    places = tuple(replace(one, datasets=(), verdicts=()) for one in base.judgement.places)
    hostile = replace(base, judgement=replace(base.judgement, datasets=judged, places=places))
    components = results(hostile)["results"][0]["local-definitions"]["components"]

    assert prop(components[0], "id").isprintable()
    assert prop(components[0], "verdict") == judged[0].word


def test_a_public_edition_names_no_store_and_says_of_which_it_is():
    found = results(reports.public(hospital(), "ab" * 32))

    assert "arn:aws:s3:::chu" not in json.dumps(found)
    assert prop(found["results"][0], "full-edition-sha256") == "ab" * 32
