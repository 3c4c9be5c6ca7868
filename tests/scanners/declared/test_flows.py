"""Flows: the tool and the destination are places, the copies lead to them, and nothing seen is made twice."""

from __future__ import annotations

import pytest

from model.observed import Known, Unread
from model.places import Copy, Observations, PlaceKind
from tests.scanners.declared.tables import read

HEAD = """\
format: lexsitus/register/1
datasets:
  - id: a
    select: [{name: "chu-*"}]
    places:
      - {id: base, name: "Base décisionnelle", kind: primary, provider: own, country: FR}
      - {id: outil, name: "Outil", kind: transfer_tool, provider: forecomm, copy_of: base}
flows:
"""


def flows(*lines: str) -> Observations:
    return read(HEAD + "".join(f"  - {{id: f{at}, dataset: a, {line}}}\n" for at, line in enumerate(lines)), "r.yaml")


def ids(found: Observations) -> list[str]:
    return [store.id.removeprefix("register:a/") for store in found.stores]


def ends(found: Observations) -> set[tuple[str, str, PlaceKind]]:
    return {(copy.of, copy.at, copy.kind) for copy in found.copies}


def test_a_tool_and_a_destination_that_nobody_lists_are_places_of_which_little_is_known() -> None:
    found = flows("source: base, means: BlueMind, destination: {name: serveur CPAM, provider: unknown}")

    assert ids(found) == ["base", "outil", "f0/means", "f0/destination"]
    tool, end = found.stores[2:]
    assert (tool.role, tool.name, end.role, end.name) == (
        PlaceKind.TRANSFER_TOOL, "BlueMind", PlaceKind.EXTRACT, "serveur CPAM"
    )  # fmt: skip
    assert isinstance(end.provider, Unread)
    assert isinstance(end.sites, Unread)
    assert found.datasets[0].declared == tuple(store.id for store in found.stores)
    assert ends(found) >= {
        ("register:a/base", "register:a/f0/means", PlaceKind.TRANSFER_TOOL),
        ("register:a/f0/means", "register:a/f0/destination", PlaceKind.EXTRACT),
    }


@pytest.mark.parametrize("means", ["outil", "Outil", "forecomm", "sftp", "HTTPS", "register:a/outil"])
def test_a_tool_that_is_listed_or_that_keeps_nothing_is_no_second_place(means: str) -> None:
    found = flows(f'source: "Base décisionnelle", means: "{means}", destination: {{name: labo, provider: ovhcloud}}')

    assert ids(found) == ["base", "outil", "f0/destination"]
    assert isinstance(found.stores[2].provider, Known)
    assert found.stores[2].provider.value == "ovhcloud"


@pytest.mark.parametrize("end", ["chu-copie", "arn:aws:s3:::elsewhere"])
def test_a_store_that_a_scanner_sees_is_no_declared_place(end: str) -> None:
    found = flows(f'source: base, means: sftp, destination: {{name: "{end}"}}')

    assert ids(found) == ["base", "outil"]


def test_the_same_words_lead_to_the_same_place_and_a_copy_is_told_once() -> None:
    found = flows(
        "source: base, means: outil, destination: {name: labo}", "source: base, means: outil, destination: {name: Labo}"
    )

    assert ids(found) == ["base", "outil", "f0/destination"]
    assert len(found.copies) == len({(copy.of, copy.at) for copy in found.copies}) == 2


def test_a_line_that_selects_everything_hides_no_destination() -> None:
    text = HEAD.replace("chu-*", "*") + "  - {id: f, dataset: a, source: s, means: sftp, destination: {name: labo}}\n"

    assert ids(read(text, "r.yaml"))[-1] == "f/destination"


def test_copies_bear_the_line_of_the_flow() -> None:
    found = flows("source: base, means: sftp, destination: {name: labo}")
    (copy,) = [one for one in found.copies if one.at.endswith("destination")]

    assert copy == Copy("register:a/base", "register:a/f0/destination", PlaceKind.EXTRACT, copy.answer)
    assert copy.answer.source.what == "r.yaml:9"
