"""The pictures of the committee edition: every store is drawn or told, and nothing unknown disappears."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from model.assessment import JudgedPlace, Location, Word
from model.changes import Point
from model.observed import Known, Reason, Unread
from model.parties import LegalEntity, Link, Operator
from model.places import PlaceKind
from reports._pictures import _map
from reports._pictures._map import EUROPE, UNKNOWN, WORLD, counts, unplaced, views
from reports._pictures._ribbons import diagram
from reports._pictures._tree import tree
from reports._pictures._trend import trend
from reports._words import language
from tests.reports.estate import AWS, CATALOG, REGION, place

ENGLISH = language("en")


def at(*countries: str, stores: int = 1, role: PlaceKind = PlaceKind.PRIMARY, dataset: str = "a") -> JudgedPlace:
    known = Known(countries, CATALOG) if countries else Unread(Reason.NOT_TOLD, REGION)
    spot = (Location("", "", known),)
    return JudgedPlace(place(0, stores, locations=spot, role=role), (dataset,), (), Word.COMPLIANT, ())


@pytest.mark.parametrize("code", sorted(_map._countries()))
def test_each_country_of_the_maps_has_a_name_and_lies_on_the_earth(code):
    one = _map._countries()[code]

    assert code in ENGLISH.countries or code == "XK"  # Kosovo, which ISO 3166 does not name
    assert -180 <= one.longitude <= 180
    assert -90 <= one.latitude <= 90
    assert all(len(ring) >= 3 for ring in (*one.world, *one.europe))
    assert all(-180 <= x <= 180 and -90 <= y <= 90 for ring in (*one.world, *one.europe) for x, y in ring)


def test_originals_and_copies_are_counted_apart_and_the_unknown_has_its_own_count():
    found = counts([at("FR", stores=3), at("FR", role=PlaceKind.BACKUP), at(), at("DE", "NL")])

    assert {code: (one.originals, one.copies) for code, one in found.items()} == {
        "FR": (3, 1), "DE": (1, 0), "NL": (1, 0), UNKNOWN: (1, 0),
    }  # fmt: skip


def test_every_country_is_marked_once_on_the_map_that_shows_it():
    europe, world = views([at("FR"), at("DE"), at("US"), at("SG"), at("AX")], ENGLISH)

    assert {mark.code for mark in europe.marks} == {"FR", "DE", "AX"}
    assert {mark.code or mark.name for mark in world.marks} == {"US", "SG", "Europe"}


def test_a_country_that_no_map_shows_is_told_in_words():
    assert unplaced(counts([at("FR"), at("ZZ"), at()])) == ("ZZ",)


def test_labels_stay_in_their_frame_and_apart_from_each_other():
    crowded = ("FR", "BE", "NL", "LU", "DE", "CH", "IT", "AT", "CZ", "GB", "IE", "MC", "AD", "LI", "PL", "DK")
    europe, _ = views([at(code, stores=12, role=kind) for code in crowded for kind in ("primary", "backup")], ENGLISH)
    boxes = [(mark.x, mark.y, mark.width) for mark in europe.marks]

    assert len(boxes) == len(crowded)
    assert all(width / 2 <= x <= EUROPE.width - width / 2 and 0 < y < EUROPE.height for x, y, width in boxes)
    for rank, (x, y, width) in enumerate(boxes):
        for other_x, other_y, other in boxes[rank + 1 :]:
            assert abs(x - other_x) >= (width + other) / 2 or abs(y - other_y) >= 24


def test_both_frames_hold_what_they_are_named_after():
    assert EUROPE.holds(2.3, 48.9)
    assert not EUROPE.holds(-74.0, 40.7)
    assert WORLD.holds(-74.0, 40.7)


def test_ribbons_keep_every_store_however_many_datasets_and_countries_there_are():
    codes = ("FR", "DE", "US", "NL", "BE", "IT", "ES", "PT", "SE", "FI", "NO", "DK", "PL", "CZ")
    places = [at(codes[n % 14], stores=n + 1, dataset=f"jeu-{n}") for n in range(30)] + [at(stores=7)]
    drawn = diagram(places, {}, ENGLISH)

    assert drawn is not None
    assert sum(stores for _, _, stores in drawn.rows) == sum(range(1, 31)) + 7
    assert len(drawn.left) <= 13
    assert len(drawn.right) <= 13
    assert [end.unknown for end in drawn.right].count(True) == 1
    assert diagram([], {}, ENGLISH) is None


def test_a_tree_draws_each_holder_once_above_what_it_holds():
    both = [AWS, replace(AWS, entity=replace(AWS.entity, id="other"), entities=(
        replace(AWS.entity, id="other"), *AWS.entities[1:]),
        links=(replace(AWS.links[0], held="other"),))]  # fmt: skip
    drawn = tree(both, ENGLISH)

    assert drawn is not None
    assert len(drawn.boxes) == 3
    assert len(drawn.edges) == 2
    top = next(box for box in drawn.boxes if box.top)
    assert all(top.y + top.height < box.y for box in drawn.boxes if box.operator)


def test_a_loop_of_holdings_and_a_hostile_name_make_a_tree_all_the_same():
    one = LegalEntity("a", "<script>" * 50, Known("FR", CATALOG), ())
    two = LegalEntity("b", "B", Unread(Reason.NOT_TOLD, CATALOG), ())
    links = (Link("b", "a", 50.0, None, True, None, None), Link("a", "b", 50.0, None, None, None, None))
    drawn = tree([Operator(one, AWS.role, (one, two), links, False)], ENGLISH)

    assert drawn is not None
    assert all(len(line) <= 24 for box in drawn.boxes for line in box.lines)
    assert not any(box.top for box in drawn.boxes)
    assert tree([replace(AWS, links=())], ENGLISH) is None


def test_a_trend_needs_two_editions_and_keeps_the_last_twelve():
    points = [
        Point(f"e{n}", datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1), n % 2 == 0, 1, 0, 1, n, n / 20, 1.0, 0)
        for n in range(15)
    ]
    drawn = trend(points, ENGLISH)

    assert trend(points[:1], ENGLISH) is None
    assert drawn is not None
    assert len(drawn.bars) == 12
    assert all(bar.y >= 0 and bar.y + bar.height <= drawn.height for bar in drawn.bars)
    assert [bar.dashed for bar in drawn.bars[:2]] == [True, False]
