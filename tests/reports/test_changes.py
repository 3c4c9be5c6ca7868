from __future__ import annotations

import json
from dataclasses import replace

import pytest

import reports
from model.changes import About, Change, ChangeKind
from tests.reports.estate import HOSTILE, hospital

MOVED = Change(
    ChangeKind.MOVED,
    About.STORE,
    "arn:aws:s3:::chu-eds",
    {"provider": "aws", "countries": ["FR"], "regions": ["eu-west-3"]},
    {"provider": "aws", "countries": ["US"], "regions": ["us-east-1"]},
)
UNREAD = Change(ChangeKind.CHANGED, About.STORE, "b", {"public": False}, {"public": None})
UNSEEN = Change(ChangeKind.NOT_SEEN_AGAIN, About.STORE, "c", {"countries": ["FR"], "verdict": "compliant"}, None)
VERDICT = Change(ChangeKind.CHANGED, About.DATASET, "eds", {"verdict": "compliant"}, {"verdict": "undetermined"})
FOUND = (VERDICT, MOVED, UNREAD, UNSEEN)


def told(format: str, *found: Change, lang: str = "fr") -> str:
    header = hospital().header
    later = replace(header, edition="20261122T081203Z-bbbb")
    return b"".join(reports.changes(iter(found), header, later, format, lang)).decode()


def test_json_and_its_lines_tell_the_same() -> None:
    whole = json.loads(told("json", *FOUND))

    assert whole["changes"] == [json.loads(line) for line in told("jsonl", *FOUND).splitlines()]
    assert whole["counts"] == {"dataset": {"changed": 1}, "store": {"moved": 1, "changed": 1, "not_seen_again": 1}}
    assert whole["until"] == "20261122T081203Z-bbbb"
    assert json.loads(told("json"))["changes"] == []


def test_a_table_says_in_french_what_moved_and_what_was_not_seen_again() -> None:
    table = " ".join(told("table", *FOUND).split())

    assert "pays : France → États-Unis" in table
    assert "accès public : non → inconnu" in table
    assert "non revu : c France, conforme" in table
    assert "verdict : conforme → indéterminé" in table


def test_a_long_list_is_cut_and_counted_in_a_table_alone() -> None:
    many = [Change(ChangeKind.NEW, About.STORE, f"s{n}", None, {"verdict": "compliant"}) for n in range(100)]

    assert "... and 60 more" in told("table", *many, lang="en")
    assert "Stores: new 100" in told("table", *many, lang="en")
    assert len(told("jsonl", *many).splitlines()) == 100


@pytest.mark.parametrize("format", ["table", "json", "jsonl"])
@pytest.mark.parametrize("hostile", [text for text in HOSTILE if "lone" not in text], ids=ascii)
def test_hostile_names_stay_inert(format: str, hostile: str) -> None:
    printed = told(format, Change(ChangeKind.CHANGED, About.STORE, hostile, {"role": hostile}, {"role": "x"}))

    assert not any(letter in printed for letter in "\x1b\x9b\x7f\u202e\u2066\u200b\t")


def test_a_partial_edition_is_marked_in_the_table_and_told_in_json() -> None:
    from history.assessments import point

    assessment = hospital()
    one = point(assessment.header, assessment.summary, assessment.exit)
    (record,) = json.loads(reports.trend([one], "json"))["editions"]

    assert f"{one.edition} *" in reports.trend([one], "table", "fr").decode()
    assert (record["complete"], record["gaps"]) == (False, assessment.summary.gaps)
    assert record["rate"] == {"min": assessment.summary.rate_min, "max": assessment.summary.rate_max}
    assert "lexsitus run" in reports.trend([], "table", "fr").decode()
