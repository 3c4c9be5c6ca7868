"""The table of hosts, which a survey of names is made for: in the terminal, the page and the JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from model.assessment import Assessment
from reports import committee, native, terminal
from reports._hosts import hosts
from tests.reports.estate import clean, hospital


def surveyed() -> Assessment:
    """The hospital, its first place seen by name."""
    found = hospital()
    first, *others = found.judgement.places
    seen = replace(first, place=replace(first.place, scanner="dns"))
    return replace(found, judgement=replace(found.judgement, places=(seen, *others)))


def test_every_store_is_counted_once_and_the_most_come_first() -> None:
    places = hospital().judgement.places

    counted = hosts(places)

    assert sum(one.stores for one in counted) == sum(judged.place.stores for judged in places)
    assert [one.stores for one in counted] == sorted((one.stores for one in counted), reverse=True)
    assert len({(one.provider, one.countries, one.laws) for one in counted}) == len(counted)


def test_the_json_report_tells_hosts_and_knows_that_it_does_not_know() -> None:
    summary = json.loads(b"".join(native.render(surveyed(), "en")))["summary"]

    assert sum(one["stores"] for one in summary["hosts"]) == summary["stores"]
    assert all(one["provider"] != "" and one["countries"] != [] for one in summary["hosts"])


@pytest.mark.parametrize(
    ("lang", "title", "caption"),
    [
        ("fr", "QUI HÉBERGE", "Emplacements par hébergeur, pays et droit étranger"),
        ("en", "WHO HOSTS", "Stores by provider, country and foreign law"),
    ],
)
def test_a_survey_shows_the_table_and_other_editions_do_not(lang: str, title: str, caption: str) -> None:
    table, page = (
        b"".join(terminal.render(surveyed(), lang)).decode(),
        b"".join(committee.render(surveyed(), lang)).decode(),
    )

    assert title in table
    assert max(map(len, table.splitlines())) <= 80
    assert caption in page
    assert title not in b"".join(terminal.render(clean(), lang)).decode()
    assert caption not in b"".join(committee.render(clean(), lang)).decode()
