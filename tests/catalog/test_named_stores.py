"""What DNS shows becomes stores with a provider and a place, or with the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import catalog
from model.observed import Grade, Known, Reason, Source, Unread
from model.places import Observations, PlaceKind, Site, Store
from model.resolution import About, Answer, QueryKind, Record, RecordType, Resolution

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOURCE = Source("DNS answer of 127.0.0.1:53", NOW, Grade.DNS)
NOTHING = Unread(Reason.NOT_TOLD, SOURCE)


def store(kind: str, about: About, records: Sequence[Record]) -> Store:
    """A store as the dns scanner gives it."""
    name = records[0].name
    answer = Answer(name, records[0].type, about, Known(tuple(records), SOURCE))
    return Store(
        id=f"dns:{name}", kind=kind, name=name, scanner="dns", target="portals", account="", role=PlaceKind.PRIMARY,
        seen=True, provider=NOTHING, service=NOTHING, service_id=NOTHING, sites=NOTHING, key=NOTHING, public=NOTHING,
        shared_with=NOTHING, size_bytes=NOTHING, created_at=NOTHING, tags=NOTHING, entity=NOTHING,
        holds_health=NOTHING, checked_on=Known(NOW.date(), SOURCE),
        resolution=Resolution(name, QueryKind.NAME, name, NOW, (answer,)),
    )  # fmt: skip


def host(target: str) -> Store:
    """A host name that is an alias of ``target``."""
    return store("dns.Hostname", About.CONTENT, [Record("portail.chu.fr", RecordType.CNAME, target)])


def attributed(*stores: Store) -> Observations:
    """What the shipped catalog makes of them."""
    return catalog.load().attributed(Observations(stores=stores))


def test_a_bucket_behind_a_name_has_its_provider_and_its_region() -> None:
    (found,) = attributed(host("portail.s3-website.eu-west-3.amazonaws.com")).stores

    assert isinstance(found.provider, Known)
    assert isinstance(found.sites, Known)
    assert (found.provider.value, found.sites.value) == ("aws", (Site("eu-west-3"),))
    assert found.provider.source.grade is Grade.DNS
    assert "DNS answer of 127.0.0.1:53" in found.provider.source.what
    assert found.provider.source.read_at == NOW
    assert found.resolution == host("portail.s3-website.eu-west-3.amazonaws.com").resolution


def test_a_name_that_tells_nothing_says_why() -> None:
    (found,) = attributed(host("something.example.org")).stores

    assert isinstance(found.provider, Unread)
    assert found.provider.detail
    assert isinstance(found.sites, Unread)


def test_who_stands_in_front_is_a_place_of_its_own_and_the_content_stays_unknown() -> None:
    found = attributed(host("d1234.cloudfront.net"))

    own, relay = found.stores
    assert isinstance(own.provider, Unread)
    assert (relay.id, relay.role) == ("dns:portail.chu.fr/aws", PlaceKind.TRANSFER_TOOL)
    assert isinstance(relay.provider, Known)
    assert isinstance(relay.sites, Unread)
    assert [(copy.of, copy.at, copy.kind) for copy in found.copies] == [(own.id, relay.id, PlaceKind.TRANSFER_TOOL)]


def test_a_gateway_sees_mail_and_stores_none() -> None:
    mail = store("dns.MailDomain", About.MAIL, [Record("chu.fr", RecordType.MX, "eu-smtp-inbound-1.mimecast.com", 10)])

    own, relay = attributed(mail).stores

    assert isinstance(own.provider, Unread)
    assert isinstance(relay.provider, Known)
    assert (relay.provider.value, relay.role) == ("mimecast", PlaceKind.TRANSFER_TOOL)


def test_mailboxes_are_at_the_host_that_keeps_them() -> None:
    exchanger = Record("chu.fr", RecordType.MX, "chu-fr.mail.protection.outlook.com", 10)

    (found,) = attributed(store("dns.MailDomain", About.MAIL, [exchanger])).stores

    assert isinstance(found.provider, Known)
    assert found.provider.value == "microsoft-365"


def test_stores_that_others_showed_pass_unchanged() -> None:
    observed = Observations(stores=(Store(**{name: getattr(host("x.example.org"), name) for name in _FIELDS}),))

    assert catalog.load().attributed(observed) == observed


_FIELDS = [name for name in Store.__slots__ if name not in ("resolution", "signals")]
