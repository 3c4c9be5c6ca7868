"""Stores that DNS alone shows: what attribution makes of them, and who else sees or keeps their data."""

from __future__ import annotations

from datetime import UTC, date, datetime

import catalog
from model.observed import Absent, Grade, Known, Reason, Source, Unread, known
from model.places import Observations, PlaceKind, Site, Store
from model.resolution import About, Answer, QueryKind, Record, RecordType, Resolution

READ_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SERVER = Source("DNS answer of 127.0.0.1:5353", READ_AT, Grade.DNS)


def observed(*links: str) -> Observations:
    """One host whose chain of aliases ends at an address."""
    kinds = [RecordType.CNAME] * (len(links) - 2) + [RecordType.A]
    records = tuple(Record(name, kind, target) for name, kind, target in zip(links, kinds, links[1:], strict=False))
    answer = Answer(links[0], RecordType.A, About.CONTENT, Known(records, SERVER))
    silent = Unread(Reason.NOT_TOLD, SERVER)
    store = Store(
        id=f"dns:{links[0]}", kind="dns.Hostname", name=links[0], scanner="dns", target="portals", account="",
        role=PlaceKind.PRIMARY, seen=True, provider=silent, service=silent, service_id=silent, sites=silent, key=silent,
        public=silent, shared_with=silent, size_bytes=silent, created_at=silent, tags=Absent(SERVER), entity=silent,
        holds_health=silent, checked_on=Known(date(2026, 11, 22), SERVER),
        resolution=Resolution(links[0], QueryKind.NAME, links[0], READ_AT, (answer,)),
    )  # fmt: skip
    return catalog.load().attributed(Observations(stores=(store,)))


def told(found: Observations) -> list[tuple[str, str | None, PlaceKind]]:
    return [(store.id, known(store.provider), store.role) for store in found.stores]


def test_a_platform_on_the_machines_of_another_is_kept_at_both() -> None:
    found = observed("app.chu.example", "x.herokudns.com", "34.240.0.1")

    assert told(found) == [
        ("dns:app.chu.example", "heroku", PlaceKind.PRIMARY), ("dns:app.chu.example/aws", "aws", PlaceKind.REPLICA),
    ]  # fmt: skip
    assert [(one.of, one.at, one.kind) for one in found.copies] == [
        ("dns:app.chu.example", "dns:app.chu.example/aws", PlaceKind.REPLICA)
    ]
    assert [known(store.sites) for store in found.stores] == [(Site(country="IE"),)] * 2


def test_what_stands_in_front_sees_the_data_and_the_place_behind_stays_unknown() -> None:
    found = observed("www.chu.example", "104.16.1.1")

    assert told(found) == [
        ("dns:www.chu.example", None, PlaceKind.PRIMARY),
        ("dns:www.chu.example/cloudflare", "cloudflare", PlaceKind.TRANSFER_TOOL),
    ]
    assert isinstance(found.stores[0].sites, Unread)


def test_a_country_of_allocation_is_not_the_place_of_a_store() -> None:
    found = observed("www.chu.example", "5.135.1.1")

    (store,) = found.stores
    assert known(store.provider) == "ovhcloud"
    assert isinstance(store.sites, Unread)
