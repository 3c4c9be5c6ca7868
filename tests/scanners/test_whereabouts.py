"""A database stands where its server does: what DNS says of the host travels with it, and the catalog reads it."""

from __future__ import annotations

from datetime import UTC, datetime

import catalog
from model.observed import Grade, Known, Source, Unread, known
from model.places import PlaceKind, Target
from model.resolution import About, Answer, QueryKind, Record, RecordType, Resolution
from scanners import Deadline
from scanners._sql import Reading, server_of, whereabouts

HOST = "dpi.c1a2b3c4d5e6.eu-west-3.rds.amazonaws.com"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
DNS = Source("DNS A of the host", NOW, Grade.DNS)


def test_a_database_of_a_cloud_has_the_place_that_its_host_name_tells() -> None:
    reading = Reading(server_of(Target("postgresql", "bases", (("host", HOST),)), 5432))
    records = (Record(HOST, RecordType.A, "192.0.2.7"),)
    answer = Answer(HOST, RecordType.A, About.CONTENT, Known(records, DNS))
    resolution = Resolution(HOST, QueryKind.NAME, HOST, NOW, (answer,))
    reading.database("postgresql.Database", "dpi", DNS, role=PlaceKind.PRIMARY, size=None, resolution=resolution)

    (store,) = catalog.load().attributed(reading.observations()).stores

    assert known(store.provider) == "aws"
    assert [site.region for site in known(store.sites) or ()] == ["eu-west-3"]


def test_a_server_of_this_machine_is_asked_of_nobody() -> None:
    server = server_of(Target("postgresql", "bases", (("host", "127.0.0.1"),)), 5432)

    assert whereabouts(server, Deadline.after(5)) is None


def test_a_resolver_that_does_not_answer_leaves_the_place_unknown() -> None:
    settings = (("host", "bdd.chu.example"), ("nameservers", ("127.0.0.1:9",)))
    reading = Reading(server_of(Target("postgresql", "bases", settings), 5432))
    reading.database(
        "postgresql.Database", "dpi", DNS, role=PlaceKind.PRIMARY, size=None,
        resolution=whereabouts(reading.server, Deadline.after(4)),
    )  # fmt: skip

    (store,) = catalog.load().attributed(reading.observations()).stores

    assert isinstance(store.provider, Unread)
    assert isinstance(store.sites, Unread)
