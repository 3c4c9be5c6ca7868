"""``lexsitus/lines/1``: the records of the JSON report, one a line, and an end that shows a file is whole."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reports import jsonl, native
from tests.reports.estate import HOSTILE, clean, hospital, large, many_findings

LISTS = {
    "store": "stores",
    "dataset": "datasets",
    "finding": "findings",
    "gap": "gaps",
    "flow": "flows",
    "derogation": "derogations",
    "forecast": "forecast",
    "change": "changes",
    "difference": "differences",
    "suggestion": "suggestions",
    "notice": "notices",
    "law": "laws",
    "text": "texts",
    "unmatched_copy": "unmatched_copies",
}
ESTATES = {"hospital": hospital(), "clean": clean(), "large": large(30), "many": many_findings(3)}


def lines(assessment: object = None, lang: str = "fr") -> list[dict[str, Any]]:
    written = b"".join(jsonl.render(assessment or hospital(), lang)).decode()
    assert written.endswith("\n")
    return [json.loads(line) for line in written.removesuffix("\n").split("\n")]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("estate", ESTATES)
def test_the_records_are_those_of_the_json_report(estate, lang):
    document = json.loads(b"".join(native.render(ESTATES[estate], lang)))
    found: dict[str, list[Any]] = {}
    for line in lines(ESTATES[estate], lang):
        found.setdefault(line.pop("type"), []).append(line)

    for type, name in LISTS.items():
        assert found.get(type, []) == (document[name] or [])
    assert found.get("unattached", [None])[0] == document["unattached"]
    header = found["header"][0]
    for name in set(header) - {"not_made", "schema"}:
        assert header[name] == document[name]


@pytest.mark.parametrize("estate", ESTATES)
def test_every_line_is_valid_under_the_schema_that_is_printed(estate):
    schema = json.loads(jsonl.schema())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    assert [line for line in lines(ESTATES[estate]) if not validator.is_valid(line)] == []


def test_the_schema_refuses_a_line_of_an_unknown_type_and_a_verdict_that_does_not_exist():
    validator = Draft202012Validator(json.loads(jsonl.schema()))
    store = next(line for line in lines() if line["type"] == "store")

    assert not validator.is_valid(store | {"type": "shop"})
    assert not validator.is_valid(store | {"verdict": "green"})


def test_the_header_comes_first_then_stores_and_the_end_counts_the_lines_before_it():
    found = lines()
    order = list(dict.fromkeys(line["type"] for line in found))

    assert order[:4] == ["header", "store", "dataset", "finding"]
    assert order[-1] == "end"
    assert found[-1]["lines"] == Counter(line["type"] for line in found[:-1])


def test_a_list_that_was_not_made_is_named_rather_than_empty():
    first, second = lines(clean())[0], lines(hospital(previous="20261001T000000Z-aaaa"))[0]

    assert first["not_made"] == ["forecast"]
    assert second["not_made"] == ["changes"]


def test_each_line_begins_with_its_type_and_hostile_names_come_back_exactly():
    written = b"".join(jsonl.render(hospital())).decode().splitlines()
    names = {line["name"] for line in lines() if line["type"] == "store"}

    assert all(line.startswith('{"type":"') for line in written)
    assert set(HOSTILE) - {"\ud800 lone"} <= names


def test_memory_does_not_grow_with_the_estate():
    def peak(size: int) -> int:
        assessment = large(size)
        tracemalloc.start()
        try:
            for _ in jsonl.render(assessment):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    small, big = peak(1_000), peak(6_000)

    assert big - small < 200_000
