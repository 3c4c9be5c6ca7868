"""Decision rules JR-1 to JR-14 on small chains of control, written as (holder, held, percent, controls)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from legislation._law import library
from legislation.exposure import Exposures, law_labels
from model.assessment import Location, Place
from model.observed import Confidence, Grade, Known, Reason, Source, Unread
from model.parties import (
    Establishment,
    EstablishmentKind,
    Exposure,
    LegalEntity,
    Link,
    Operator,
    OperatorRole,
    ThirdParty,
    ThirdPartyRole,
)
from tests.legislation.situations import HERE, READ_AT, TODAY, cases_of, read

SOURCE = Source("fictif", READ_AT, Grade.CATALOG)
NOBODY = Unread(Reason.NOT_TOLD, SOURCE)
PLACE = cases_of(read(HERE / "cases" / "golden-03-hopital-public.yaml"))[0].places[0]
Edge = tuple[str, str, float | None, bool | None]


def entity(name: str, seat: str) -> LegalEntity:
    return LegalEntity(name, name, Known(seat, SOURCE) if seat else NOBODY, (), establishments_complete=True)


def place(seats: dict[str, str], edges: list[Edge], complete: bool = True, since: date | None = None) -> Place:
    """A place in France operated by the first entity of ``seats``."""
    entities = tuple(entity(name, seat) for name, seat in seats.items())
    links = tuple(
        Link(holder, held, percent, None, control, since, None, veto=False, board_majority=False)
        for holder, held, percent, control in edges
    )
    return operated(Operator(entities[0], OperatorRole.OPERATING, entities, links, complete, True, (), True))


def operated(operator: Operator) -> Place:
    return replace(PLACE, operators=Known((operator,), SOURCE), locations=at("FR"))


def present(kind: EstablishmentKind, country: str) -> Place:
    """A place of an operator of the Union that is present in a country."""
    abroad = replace(entity("Op", "FR"), establishments=(Establishment(kind, country, (SOURCE,)),))
    return operated(replace(CLEAN, entity=abroad, entities=(abroad,)))


def using(role: ThirdPartyRole, country: str, access: bool | None, **more: Any) -> Place:
    """A place of an operator of the Union that uses a company."""
    party = ThirdParty("Tiers", role, country, technical_access=access, **{"sources": (SOURCE,), **more})
    return operated(replace(CLEAN, third_parties=(party,)))


def at(*countries: str) -> tuple[Location, ...]:
    return (Location("r", "", Known(countries, SOURCE) if countries else NOBODY),)


CLEAN = Operator(entity("Op", "FR"), OperatorRole.OPERATING, (entity("Op", "FR"),), (), True, True, (), True)


def found(place: Place, on: date = TODAY) -> dict[str, tuple[str, str, str]]:
    exposures = Exposures(library().at(on)).of(place)
    return {e.law: (e.grade.value, e.reason, " → ".join(e.path)) for e in exposures}


@pytest.mark.parametrize(
    ("title", "seats", "edges", "expected"),
    [
        ("JR-1: seated there", {"Op": "GB"}, [], {"UK-IPA": ("established", "JR-1", "Op")}),
        (
            "JR-2: a US parent is established",
            {"Op": "FR", "Inc": "US"},
            [("Inc", "Op", 100, None)],
            {"US-CLOUD": ("established", "JR-2", "Op → Inc"), "US-702": ("established", "JR-2", "Op → Inc")},
        ),
        (
            "JR-2: at any depth",
            {"Op": "FR", "Hold": "LU", "Top": "IE", "Inc": "US"},
            [("Hold", "Op", None, True), ("Top", "Hold", 51, None), ("Inc", "Top", 100, None)],
            {
                "US-CLOUD": ("established", "JR-2", "Op → Hold → Top → Inc"),
                "US-702": ("established", "JR-2", "Op → Hold → Top → Inc"),
            },
        ),
        (
            "JR-2: elsewhere it is likely",
            {"Op": "FR", "Ltd": "GB"},
            [("Ltd", "Op", 100, True)],
            {"UK-IPA": ("likely", "JR-2", "Op → Ltd")},
        ),
        (
            "JR-2: a country without an entry of its own",
            {"Op": "FR", "KK": "JP"},
            [("KK", "Op", 100, True)],
            {"JP-LAW": ("likely", "JR-2", "Op → KK")},
        ),
        ("a parent in the Union reaches nothing", {"Op": "FR", "AG": "DE"}, [("AG", "Op", 100, True)], {}),
        (
            "half of the capital is no majority, yet above the threshold (JR-3)",
            {"Op": "FR", "Inc": "US", "SA": "FR"},
            [("Inc", "Op", 50, None), ("SA", "Op", 50, None)],
            {"US-CLOUD": ("contested", "JR-3", "Op → Inc"), "US-702": ("contested", "JR-3", "Op → Inc")},
        ),
        ("JR-4: exactly 24 % is nothing", {"Op": "FR", "Inc": "US"}, [("Inc", "Op", 24, False)], {}),
        (
            "JR-3: 24.01 % is contested",
            {"Op": "FR", "Ltd": "GB"},
            [("Ltd", "Op", 24.01, False)],
            {"UK-IPA": ("contested", "JR-3", "Op → Ltd")},
        ),
        (
            "JR-4: 24 % and 15 % together are 39 %, which is nothing",
            {"Op": "FR", "A": "GB", "B": "GB"},
            [("A", "Op", 24, False), ("B", "Op", 15, False)],
            {},
        ),
        (
            "JR-3: 24 % and 16 % together are contested",
            {"Op": "FR", "A": "GB", "B": "GB"},
            [("A", "Op", 24, False), ("B", "Op", 16, False)],
            {"UK-IPA": ("contested", "JR-3", "Op → A")},
        ),
        (
            "a minority holder whose share nobody knows leaves the question open",
            {"Op": "FR", "A": "GB"},
            [("A", "Op", None, False)],
            {"unknown": ("unknown", "JR-3", "Op → A")},
        ),
        (
            "JR-5: the subsidiary itself holds the data",
            {"Sub": "CA", "Group": "FR"},
            [("Group", "Sub", 100, True)],
            {"CA-PRODUCTION": ("established", "JR-5", "Sub")},
        ),
        (
            "JR-6: the parent in the Union holds the data",
            {"Op": "FR", "Sub": "CA"},
            [("Op", "Sub", 100, True)],
            {"CA-PRODUCTION": ("contested", "JR-6", "Op → Sub")},
        ),
        (
            "JR-6: through a parent in the Union",
            {"Op": "FR", "Group": "FR", "Sub": "CA"},
            [("Group", "Op", 100, True), ("Group", "Sub", 100, True)],
            {"CA-PRODUCTION": ("contested", "JR-6", "Op → Group → Sub")},
        ),
        (
            "sisters under a parent outside the Union are not subsidiaries of the operator",
            {"Op": "FR", "Inc": "US", "Sub": "CA"},
            [("Inc", "Op", 100, True), ("Inc", "Sub", 100, True)],
            {"US-CLOUD": ("established", "JR-2", "Op → Inc"), "US-702": ("established", "JR-2", "Op → Inc")},
        ),
        (
            "whether a holder controls is not known",
            {"Op": "FR", "Inc": "US"},
            [("Inc", "Op", None, None)],
            {"unknown": ("unknown", "JR-2", "Op → Inc")},
        ),
        ("the seat is not known", {"Op": ""}, [], {"unknown": ("unknown", "JR-1", "Op")}),
        ("a circle of holders ends", {"Op": "FR", "A": "FR"}, [("A", "Op", 60, True), ("Op", "A", 60, True)], {}),
        (
            "a link to an entity that nobody describes leaves the question open",
            {"Op": "FR"},
            [("Ghost", "Op", 100, True)],
            {"unknown": ("unknown", "JR-2", "Op")},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_chain_of_control_gives_the_exposures_of_its_decision_rule(
    title: str, seats: dict[str, str], edges: list[Edge], expected: dict[str, tuple[str, str, str]]
) -> None:
    assert found(place(seats, edges)) == expected, title


def test_an_incomplete_chain_is_never_a_clean_one() -> None:
    assert found(place({"Op": "FR"}, [], complete=False)) == {"unknown": ("unknown", "JR-2", "Op")}


def test_a_place_whose_operator_is_not_known_is_open() -> None:
    assert found(replace(place({"Op": "FR"}, []), operators=NOBODY)) == {"unknown": ("unknown", "JR-1", "")}


def test_the_law_of_the_territory_applies_where_the_server_stands() -> None:
    abroad = replace(place({"Op": "FR"}, []), locations=(*at("FR"), *at("US")))

    assert found(abroad) == {"US-TERRITORY": ("established", "territory", "US")}


def test_a_place_nobody_can_locate_has_an_open_territory() -> None:
    assert found(replace(place({"Op": "FR"}, []), locations=at())) == {"unknown": ("unknown", "territory", "")}


def test_a_link_counts_from_its_first_day() -> None:
    bought = place({"Op": "FR", "Inc": "US"}, [("Inc", "Op", 100, True)], since=date(2026, 1, 1))

    assert found(bought, date(2025, 12, 31)) == {}
    assert set(found(bought, date(2026, 1, 1))) == {"US-CLOUD", "US-702"}


def test_a_lapsed_law_reaches_nobody_and_an_unsettled_one_is_open() -> None:
    american = place({"Op": "US"}, [])

    assert set(found(american, TODAY)) == {"US-CLOUD", "US-702"}
    assert found(american, date(2027, 4, 1))["US-702"] == ("unknown", "JR-1", "Op")


def test_a_law_that_reaches_no_content_makes_no_exposure() -> None:
    assert not {"US-NSL", "US-12333", "US-215"} & set(found(place({"Op": "US"}, [])))


def test_own_rooms_of_a_public_body_are_under_the_law_of_the_territory_alone() -> None:
    law = library().at(TODAY)
    here = replace(place({"Op": ""}, [], complete=False), locations=at("US"))

    exposures = Exposures(law).of(here, own_public=True)

    assert [e.law for e in exposures] == ["US-TERRITORY"]


def test_every_law_met_has_a_label_in_both_languages() -> None:
    met = frozenset({("JP-LAW", "JP"), ("unknown", ""), ("US-TERRITORY", "US"), ("US-CLOUD", "US")})
    labels = {label.id: label for label in law_labels(library().at(TODAY), met)}

    assert {law for law, _ in met} <= set(labels)
    assert len(labels) == len(library().foreign_laws) + 3
    assert all(label.titles.fr and label.titles.en and label.state.fr for label in labels.values())
    assert labels["US-215"].state.en == "lapsed (2020)"


def test_an_exposure_keeps_the_confidence_of_its_law() -> None:
    (exposure,) = Exposures(library().at(TODAY)).of(place({"Op": "GB"}, []))

    assert isinstance(exposure, Exposure)
    assert exposure.confidence is Confidence.UNVERIFIED


@pytest.mark.parametrize(
    ("kind", "country", "expected"),
    [
        (EstablishmentKind.BRANCH, "GB", ("likely", "JR-7", "Op")),
        (EstablishmentKind.OFFICE, "GB", ("contested", "JR-7", "Op")),
        (EstablishmentKind.SERVERS, "GB", ("contested", "JR-7", "Op")),
        (EstablishmentKind.CUSTOMERS, "GB", ("contested", "JR-8", "Op")),
        (EstablishmentKind.STAFF, "GB", ("contested", "JR-12", "Op")),
        (EstablishmentKind.STAFF, "CN", ("likely", "JR-12", "Op")),
        (EstablishmentKind.NATIONALS, "CN", ("contested", "JR-12", "Op")),
    ],
)
def test_a_presence_in_a_third_country_reaches_an_operator_of_the_union(
    kind: EstablishmentKind, country: str, expected: tuple[str, str, str]
) -> None:
    assert list(found(present(kind, country)).values()) == [expected]


def test_a_presence_in_the_union_reaches_nothing() -> None:
    assert found(present(EstablishmentKind.BRANCH, "DE")) == {}


TECHNOLOGY, SUBCONTRACTOR = ThirdPartyRole.TECHNOLOGY, ThirdPartyRole.SUBCONTRACTOR


@pytest.mark.parametrize(
    ("title", "place", "expected"),
    [
        ("JR-9: a licensor shown to have no access", using(TECHNOLOGY, "US", False), {}),
        (
            "JR-9: a licensor of whom nobody knows",
            using(TECHNOLOGY, "US", None),
            {"unknown": ("unknown", "JR-9", "Op → Tiers")},
        ),
        (
            "JR-9: no access, but from memory alone",
            using(TECHNOLOGY, "US", False, sources=(replace(SOURCE, confidence=Confidence.UNVERIFIED),)),
            {"unknown": ("unknown", "JR-9", "Op → Tiers")},
        ),
        (
            "JR-10: a subcontractor with access",
            using(SUBCONTRACTOR, "GB", True),
            {"UK-IPA": ("established", "JR-10", "Op → Tiers")},
        ),
        (
            "JR-10: seated in the Union, controlled from outside",
            using(SUBCONTRACTOR, "IE", True, controlled_from="GB"),
            {"UK-IPA": ("likely", "JR-10", "Op → Tiers")},
        ),
        (
            "JR-10: seated in the Union, nobody knows who controls it",
            using(SUBCONTRACTOR, "IE", None),
            {"unknown": ("unknown", "JR-10", "Op → Tiers")},
        ),
        ("a subcontractor of the Union", using(SUBCONTRACTOR, "IE", True, controlled_from="IE"), {}),
        (
            "JR-11: without access, one law of the United States looks at the equipment",
            using(SUBCONTRACTOR, "US", False),
            {"US-702": ("contested", "JR-11", "Op → Tiers")},
        ),
        ("JR-11: elsewhere nothing", using(SUBCONTRACTOR, "GB", False), {}),
        (
            "JR-13: names and mail",
            using(ThirdPartyRole.NAMES_AND_MAIL, "GB", None),
            {"UK-IPA": ("established", "JR-13", "Op → Tiers")},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_company_that_the_operator_uses_gives_the_exposures_of_its_decision_rule(
    title: str, place: Place, expected: dict[str, tuple[str, str, str]]
) -> None:
    assert found(place) == expected, title


def test_a_landlord_reaches_the_equipment_alone() -> None:
    inc = entity("Inc", "US")
    rooms = Operator(inc, OperatorRole.LANDLORD, (inc,), (), True)

    assert found(operated(rooms)) == {"US-702": ("contested", "JR-11", "Inc")}


def test_names_and_mail_reach_metadata_and_give_way_to_content() -> None:
    mail = using(ThirdPartyRole.NAMES_AND_MAIL, "GB", None)
    (of_mail,) = Exposures(library().at(TODAY)).of(mail)
    (operator,) = mail.operators.value if isinstance(mail.operators, Known) else ()
    branch = replace(operator.entity, establishments=(Establishment(EstablishmentKind.CUSTOMERS, "GB"),))
    (of_both,) = Exposures(library().at(TODAY)).of(operated(replace(operator, entity=branch)))

    assert (of_mail.data, of_both.data, of_both.reason) == ("metadata", "content", "JR-8")


def test_encryption_changes_no_grade_and_is_said() -> None:
    american = place({"Op": "US"}, [])
    exposures = Exposures(library().at(TODAY))

    plain, hidden = exposures.of(american), exposures.of(american, unreadable=True)

    assert [(e.law, e.grade) for e in plain] == [(e.law, e.grade) for e in hidden]
    assert ({e.mitigation for e in plain}, {e.mitigation for e in hidden}) == ({""}, {"content_unreadable"})


@pytest.mark.parametrize(
    ("unsaid", "reason"),
    [
        ({"holders_complete": False}, "JR-3"),
        ({"third_parties_complete": False}, "JR-10"),
        ({"entity": replace(entity("Op", "FR"), establishments_complete=False)}, "JR-7"),
    ],
)
def test_a_clean_answer_needs_that_everything_was_looked_for(unsaid: dict[str, Any], reason: str) -> None:
    assert found(operated(CLEAN)) == {}
    assert found(operated(replace(CLEAN, **unsaid))) == {"unknown": ("unknown", reason, "Op")}


def test_a_small_holder_with_a_veto_is_contested() -> None:
    links = (Link("Ltd", "Op", 5, 5, False, None, None, veto=True),)
    held = replace(CLEAN, entities=(entity("Op", "FR"), entity("Ltd", "GB")), links=links)

    assert found(operated(held)) == {"UK-IPA": ("contested", "JR-3", "Op → Ltd")}


def test_a_small_holder_whose_rights_nobody_read_leaves_the_question_open() -> None:
    links = (Link("Ltd", "Op", 5, 5, False, None, None),)
    held = replace(CLEAN, entities=(entity("Op", "FR"), entity("Ltd", "GB")), links=links)

    assert found(operated(held)) == {"unknown": ("unknown", "JR-4", "Op → Ltd")}
