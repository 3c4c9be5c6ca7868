"""``lexsitus/report/1``: every member of the contract, unknown never told as absent, memory that does not grow."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from model.observed import Known, Reason, Unread
from model.places import Copy, PlaceKind, Site
from reports import native
from tests.reports.estate import (
    HOSTILE,
    LISTED,
    PRIMARY,
    REGION,
    REPLICA,
    TAPE,
    Kept,
    clean,
    hospital,
    large,
    many_findings,
    store,
)

# As the contract lists them; additions are allowed, none of these may go.
CONTRACT = {
    "": (
        "schema tool edition organisation exit summary stores datasets findings gaps flows derogations forecast changes"
    ),
    "tool": "name version",
    "edition": "id started_at finished_at on snapshot_sha256 catalog legislation previous",
    "edition.catalog": "version sha256 checked_on",
    "edition.legislation": "version sha256 checked_on",
    "organisation": "name controller",
    "exit": "code all",
    "summary": "stores copies datasets gaps verdicts rate countries exposures",
    "summary.rate": "min max",
    "stores[]": (
        "id kind name scanner target account region seen provider service countries locations role copies_of operators "
        "exposures qualifications key public shared_with size_bytes created_at tags health datasets verdict evidence"
    ),
    "stores[].locations[]": "region country kind",
    "stores[].copies_of[]": "id kind",
    "stores[].operators[]": "entity role country parents",
    "stores[].operators[].parents[]": "entity country share_percent",
    "stores[].exposures[]": "law country grade reason path",
    "stores[].qualifications[]": "scheme version service status issued expires source",
    "stores[].key": "custody location countries",
    "stores[].health": "status score identification signals",
    "stores[].health.signals[]": "family id weight where",
    "stores[].evidence[]": "source read_at grade confidence url",
    "datasets[]": (
        "id title controller health identification persons stores declared_only observed_only verdict rules"
    ),
    "datasets[].controller": "kind name",
    "findings[]": (
        "id rule title outcome kind severity subject because missing_facts basis remediation derogation evidence "
        "first_seen"
    ),
    "findings[].subject": "type id",
    "findings[].basis[]": "text article version",
    "gaps[]": "id scanner target account region scope operation reason permission who_can_grant detail",
    "flows[]": "id source means destination decision observed",
    "derogations[]": "id act owner approver starts ends covers state",
    "forecast[]": "on what subject effect",
}


def report(assessment: object = None, lang: str = "fr") -> Any:
    return json.loads(b"".join(native.render(assessment or hospital(), lang)))


def found_at(document: Any, path: str) -> Iterator[dict[str, Any]]:
    values = [document]
    for step in filter(None, path.split(".")):
        name = step.removesuffix("[]")
        values = [value[name] for value in values if value[name] is not None]
        if step.endswith("[]"):
            values = [item for value in values for item in value]
    return iter(values)


def store_of(document: Any, id: str) -> Any:
    return next(one for one in document["stores"] if one["id"] == id)


@pytest.mark.parametrize("path", CONTRACT)
def test_every_member_of_the_contract_is_there(path):
    objects = list(found_at(report(), path))

    assert objects
    for one in objects:
        assert set(CONTRACT[path].split()) <= set(one)


@pytest.mark.parametrize(
    "assessment",
    [hospital(), hospital(previous="20261001T000000Z-aaaa"), clean(), large(30), many_findings(3)],
    ids=["hospital", "second edition", "clean", "large", "many findings"],
)
def test_a_report_is_valid_under_its_own_schema(assessment):
    schema = json.loads(native.schema())
    Draft202012Validator.check_schema(schema)

    errors = list(
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(report(assessment))
    )

    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


def test_the_schema_refuses_a_verdict_that_does_not_exist():
    document = report()
    document["stores"][0]["verdict"] = "green"

    assert not Draft202012Validator(json.loads(native.schema())).is_valid(document)


def test_keys_are_sorted_everywhere_and_the_text_is_utf_8():
    written = b"".join(native.render(hospital())).decode()
    document = json.loads(written)

    def compact(text: str) -> str:
        return text.replace("\n", "")

    again = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert json.loads(again) == document
    assert list(json.loads(written)) == sorted(document)
    assert all(list(one) == sorted(one) for one in document["stores"] + document["datasets"] + document["findings"])
    assert "Entrepôt de données de santé" in compact(written)


def test_each_store_stands_on_its_own_line():
    lines = b"".join(native.render(hospital())).decode().splitlines()

    assert sum(line.startswith('{"account":') and '"copies_of":' in line for line in lines) == 14


def test_what_was_refused_is_null_and_says_why():
    replica = store_of(report(), REPLICA)

    assert replica["seen"] is False
    assert replica["key"]["custody"] == "unknown"
    for member in ("public", "shared_with", "created_at", "tags"):
        assert replica[member] is None
        assert {"fact": member, "reason": "refused", "detail": "403"} in replica["unread"]


def test_what_is_proven_absent_is_false_or_empty():
    tape = store_of(report(), TAPE)

    assert tape["public"] is False
    assert tape["service"] is False
    assert tape["tags"] == {}
    assert tape["key"]["custody"] == "none"
    assert tape["key"]["countries"] == []


def test_an_unknown_place_has_no_country_rather_than_an_empty_list():
    stray = store_of(report(), "arn:aws:s3:::stray-00")

    assert stray["countries"] is None
    assert stray["countries_complete"] is False
    assert stray["operators"] is None
    assert stray["locations"] == [{"country": None, "kind": "unknown", "region": None, "zone": None}]


def test_health_is_never_said_absent_because_nobody_looked():
    document = report()

    assert store_of(document, PRIMARY)["health"]["status"] == "yes"
    assert store_of(document, "arn:aws:s3:::stray-00")["health"]["status"] == "no_evidence"
    assert store_of(document, "arn:aws:s3:::stray-00")["health"]["signals"] is None


def test_a_copy_names_its_origin_and_what_kind_of_copy_it_is():
    replica = store_of(report(), REPLICA)

    assert replica["role"] == "copy"
    assert replica["copies_of"] == [{"id": PRIMARY, "kind": "replica"}]


def test_the_chain_of_control_leads_to_the_parent_with_its_share():
    operator = store_of(report(), PRIMARY)["operators"][0]

    assert operator["entity"] == "Amazon Web Services EMEA SARL"
    assert operator["parents"][0]["entity"] == "Amazon.com, Inc."
    assert operator["parents"][0]["share_percent"] == 100.0
    assert store_of(report(), PRIMARY)["exposures"][0]["path"] == ["Amazon Web Services EMEA SARL", "Amazon.com, Inc."]


def test_each_fact_of_a_store_names_the_call_that_told_it():
    evidence = {one["source"]: one for one in store_of(report(), PRIMARY)["evidence"]}

    assert evidence["s3:GetBucketEncryption"]["facts"] == ["key", "public", "shared_with", "tags"]
    assert evidence["s3:GetBucketEncryption"]["read_at"] == "2026-11-21T08:12:04Z"
    assert evidence["catalog: Amazon Web Services EMEA SARL"]["confidence"] == "likely"


def test_the_difference_between_register_and_observation_is_reported():
    edsante = next(one for one in report()["datasets"] if one["id"] == "edsante")

    assert edsante["stores"] == [PRIMARY, REPLICA, TAPE]
    assert edsante["declared_only"] == [TAPE]
    assert edsante["observed_only"] == [REPLICA]


def test_stores_tied_to_no_dataset_never_vanish():
    unattached = report()["unattached"]

    assert len(HOSTILE) == len(unattached["stores"])
    assert unattached["verdict"] == "undetermined"
    assert unattached["rules"] == {"INV-001": "undetermined"}


def test_a_breach_of_single_places_is_one_finding_with_its_stores():
    findings = [one for one in report()["findings"] if one["subject"]["type"] == "place"]

    assert len(findings) == 1
    assert findings[0]["subject"]["sample"] == [REPLICA]
    assert findings[0]["subject"]["stores"] == 1
    assert findings[0]["subject"]["countries"] == ["US"]


def test_finding_ids_do_not_depend_on_the_day_or_the_language():
    first = [one["id"] for one in report()["findings"]]
    other = [one["id"] for one in report(hospital(edition="20270101T000000Z-bbbb"), "en")["findings"]]

    assert first == other
    assert len(first) == len(set(first))


def test_a_finding_known_before_keeps_the_day_it_was_first_seen():
    ids = [one["id"] for one in report()["findings"]]
    later = report(hospital(previous="20261001T000000Z-aaaa", first_seen={ids[0]: "2026-10-01"}))
    lost = report(hospital(previous="20261001T000000Z-aaaa"))

    assert later["findings"][0]["first_seen"] == "2026-10-01"
    assert later["findings"][1]["first_seen"] == "2026-11-21"
    assert lost["findings"][0]["first_seen"] is None


def test_changes_are_unknown_when_no_comparison_was_made():
    assert report()["changes"] == []
    assert report(hospital(previous="20261001T000000Z-aaaa"))["changes"] is None


def test_hostile_names_and_tags_come_back_exactly():
    names = {one["name"] for one in report()["stores"]}
    tags = {one["tags"]["owner"] for one in report()["stores"] if one["tags"] and "owner" in one["tags"]}

    assert set(HOSTILE) <= names
    assert set(HOSTILE) == tags


def test_a_copy_whose_end_is_no_store_is_told_apart():
    base = clean()
    known = Known(True, REGION)
    copies = [
        Copy(PRIMARY, "arn:aws:s3:::a-lost", PlaceKind.BACKUP, known),
        Copy(PRIMARY, "zzz", PlaceKind.EXPORT, known),
    ]
    document = report(replace(base, stores=Kept([(store(PRIMARY), 0)], copies)))

    assert document["unmatched_copies"] == [
        {"at": "arn:aws:s3:::a-lost", "kind": "backup", "of": PRIMARY},
        {"at": "zzz", "kind": "export", "of": PRIMARY},
    ]


def test_ids_outside_ascii_survive_the_lists_of_a_dataset():
    ids = [f"arn:aws:s3:::é\u202e😀-{n:05}" for n in range(5_000)]
    base = clean()
    document = report(
        replace(base, stores=Kept([(store(id, sites=Known((Site("eu-west-3"),), LISTED)), 0) for id in ids]))
    )

    assert ids == document["datasets"][0]["stores"]


def test_an_unread_size_is_null_and_named():
    primary = store_of(report(), PRIMARY)

    assert primary["size_bytes"] is None
    assert {"fact": "size_bytes", "reason": "not_asked", "detail": "no single call gives the size"} in primary["unread"]


def test_the_reason_is_in_the_language_asked_for():
    assert report()["findings"][0]["title"] == "Service conforme aux critères"
    assert report(lang="en")["findings"][0]["title"] == "Service meets criteria"


def test_a_refused_tag_list_is_not_an_empty_one():
    refused = Unread(Reason.REFUSED, REGION)
    document = report(replace(clean(), stores=Kept([(store(PRIMARY, tags=refused), 0)])))

    assert document["stores"][0]["tags"] is None


def peak(size: int) -> int:
    assessment = large(size)
    tracemalloc.start()
    try:
        for _ in native.render(assessment):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_estate():
    peak(100)
    small, big = peak(1_000), peak(6_000)

    assert big - small < 200_000
