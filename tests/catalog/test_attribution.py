"""Attribution: from what DNS said to who hosts the content, or to nobody and why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import catalog
from model.attribution import Attribution, Role, place_facts
from model.observed import Absent, Grade, Known, Reason, Source, Unread
from model.places import Site
from model.resolution import About, Answer, QueryKind, Record, RecordType, Resolution

READ_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SERVER = Source("DNS answer of 127.0.0.1:5353", READ_AT, Grade.DNS)
ABOUT = {
    RecordType.MX: About.MAIL, RecordType.NS: About.DELEGATION, RecordType.SPF: About.SENDING,
    RecordType.PTR: About.NAMING, RecordType.TXT: About.VALIDATION,
}  # fmt: skip
AZURE_FRANCE, AWS_PARIS, AWS_DUBLIN = "20.43.33.1", "52.47.64.1", "34.240.0.1"
OVH, ORANGE, RENATER, CLOUDFLARE, SCALEWAY = "5.135.1.1", "80.12.1.1", "193.51.1.1", "104.16.1.1", "51.15.0.1"
CLOUDFRONT = "13.32.1.1"
GROUP = "/subscriptions/0c0a9b4e-1f2d-4d0c-9a57-9d9d5b1f0a11/resourceGroups/rg"


def resolved(query: str, *records: tuple[str, str, str], kind: QueryKind = QueryKind.NAME, **of: object) -> Resolution:
    """What DNS said: records as (name, type, target); those of another name than the query's mail host are content."""
    answers = []
    hosts = {target for _, type, target in records if type == "MX"}
    for name, type, target in records:
        about = About.MAIL if name in hosts else ABOUT.get(RecordType(type), About.CONTENT)
        answers.append(Answer(name, RecordType(type), about, Known((Record(name, RecordType(type), target),), SERVER)))
    values: dict[str, object] = {"name": query, "answers": tuple(answers)}
    return Resolution(query, kind, read_at=READ_AT, **(values | of))  # type: ignore[arg-type]


def whois(query: str, *records: tuple[str, str, str], **of: object) -> Attribution:
    return catalog.load().attribute(resolved(query, *records, **of))  # type: ignore[arg-type]


def an_address(text: str, *pointers: str) -> Attribution:
    return whois(text, *((text, "PTR", name) for name in pointers), kind=QueryKind.ADDRESS)


def chain(*links: str) -> list[tuple[str, str, str]]:
    """``a → b → c → address`` as records."""
    kinds = ["CNAME"] * (len(links) - 2) + ["A"]
    return [(name, kind, target) for name, kind, target in zip(links, kinds, links[1:], strict=False)]


def said(found: Attribution) -> tuple[str, str, tuple[str, ...], str]:
    return found.provider, found.region, found.countries, found.role.value


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ((OVH,), ("ovhcloud", "", (), "hosting")),
        ((RENATER,), ("renater", "", (), "hosting")),
        ((AWS_PARIS,), ("aws", "eu-west-3", ("FR",), "hosting")),
        (("x.azurewebsites.net", AZURE_FRANCE), ("microsoft-azure", "francecentral", ("FR",), "hosting")),
        (("b.s3.eu-west-3.amazonaws.com", AWS_PARIS), ("aws", "eu-west-3", ("FR",), "storage")),
        (("b.s3.eu-west-3.amazonaws.com", "10.0.0.1"), ("aws", "eu-west-3", ("FR",), "storage")),
        (("x.trafficmanager.net", "x.azurewebsites.net", AZURE_FRANCE),
         ("microsoft-azure", "francecentral", ("FR",), "hosting")),
        (("x.herokudns.com", AWS_DUBLIN), ("heroku", "", ("IE",), "hosting")),
        (("cluster029.hosting.ovh.net", OVH), ("ovhcloud", "", (), "hosting")),
        (("shops.myshopify.com", CLOUDFLARE), ("shopify", "", (), "hosting")),
        (("x.aphp.fr", RENATER), ("aphp", "", (), "hosting")),
        (("x.osc-fr1.scalingo.io", "192.0.2.4"), ("scalingo", "osc-fr1", ("FR",), "hosting")),
    ],
)  # fmt: skip
def test_who_hosts_a_name(links: tuple[str, ...], expected: tuple[str, str, tuple[str, ...], str]) -> None:
    found = whois("portail.chu.example", *chain("portail.chu.example", *links))

    assert said(found) == expected
    assert found.unknown_because is None
    assert found.evidence[0] == SERVER
    assert any(source.grade is Grade.CATALOG for source in found.evidence)


@pytest.mark.parametrize(
    ("links", "role", "says"),
    [
        ((CLOUDFLARE,), "cdn", "Behind a CDN (Cloudflare)"),
        ((CLOUDFRONT,), "cdn", "Behind a CDN (Amazon Web Services)"),
        (("d1.cloudfront.net", CLOUDFRONT), "cdn", "Behind a CDN"),
        (("x.incapdns.net", "192.0.2.1"), "waf", "Behind a web firewall"),
        (("b.s3.eu-west-3.amazonaws.com", OVH), "unknown", "says Amazon Web Services, the address says OVHcloud"),
        (("b.s3.eu-west-3.amazonaws.com", CLOUDFLARE), "unknown", "Contradicting evidence"),
        (("b.s3.eu-west-3.amazonaws.com", "185.199.108.153"), "unknown", "Contradicting evidence"),
        ((ORANGE,), "unknown", "in the network of Orange"),
        (("10.1.2.3",), "unknown", "A private address (RFC 1918)"),
        (("203.0.113.7",), "unknown", "documentation"),
        (("x.u1.wl1.sendgrid.net", AWS_DUBLIN), "mail-sender", "only sends mail"),
        (("x.mx.example", "1.1.128.1"), "unknown", "Network AS"),
    ],
)  # fmt: skip
def test_a_name_that_nobody_can_be_named_for_says_why(links: tuple[str, ...], role: str, says: str) -> None:
    found = whois("portail.chu.example", *chain("portail.chu.example", *links))

    assert (found.provider, found.region, found.countries, found.sites, found.role.value) == ("", "", (), (), role)
    assert found.unknown_because is not None
    assert says in found.unknown_because.en
    assert found.unknown_because.fr != found.unknown_because.en
    assert place_facts(found, READ_AT.date()) == ()


def test_addresses_at_two_providers_name_nobody() -> None:
    found = whois("a.example", ("a.example", "A", OVH), ("a.example", "A", SCALEWAY))

    assert found.provider == ""
    assert found.unknown_because is not None
    assert "OVHcloud and Scaleway" in found.unknown_because.en


def test_an_address_at_a_stranger_beside_one_at_a_host_names_nobody() -> None:
    found = whois("a.example", ("a.example", "A", OVH), ("a.example", "A", "1.1.128.1"))

    assert found.provider == ""
    assert found.unknown_because is not None
    assert "OVHcloud and" in found.unknown_because.en


def test_addresses_in_two_regions_name_the_provider_and_both_places() -> None:
    found = whois("a.example", ("a.example", "A", AWS_PARIS), ("a.example", "A", AWS_DUBLIN))

    assert (found.provider, found.region, found.countries) == ("aws", "", ("FR", "IE"))
    assert found.sites == (Site(region="eu-west-3"), Site(region="eu-west-1"))
    assert found.place_unknown is not None


def test_a_region_in_the_name_and_another_of_the_address_are_both_kept() -> None:
    found = whois("a.example", *chain("a.example", "b.s3.eu-west-3.amazonaws.com", AWS_DUBLIN))

    assert (found.provider, found.region, found.countries) == ("aws", "", ("FR", "IE"))


def test_a_country_of_allocation_is_no_place() -> None:
    found = whois("a.example", ("a.example", "A", OVH))

    assert (found.allocated, found.countries, found.sites) == ("FR", (), ())
    (facts,) = place_facts(found, READ_AT.date())
    assert facts.sites == ()


def test_a_platform_on_the_machines_of_another_makes_two_places() -> None:
    found = whois("a.example", *chain("a.example", "x.herokudns.com", AWS_DUBLIN))

    assert (found.provider, found.machines) == ("heroku", "aws")
    assert [(one.provider, one.sites) for one in place_facts(found, READ_AT.date())] == [
        ("heroku", (Site(country="IE"),)), ("aws", (Site(country="IE"),)),
    ]  # fmt: skip


def test_each_record_is_attributed_on_its_own() -> None:
    found = whois(
        "chu.example", ("chu.example", "A", OVH), ("chu.example", "MX", "mx07-1.pphosted.com"),
        ("chu.example", "NS", "ns-1.awsdns-00.com"), ("chu.example", "SPF", "spf.protection.outlook.com"),
        ("chu.example", "TXT", "MS=ms123"), ("chu.example", "NS", "ns.chu.example"),
    )  # fmt: skip

    told = [(one.record.type.value, one.clue.provider if one.clue else "", one.role.value) for one in found.records]
    assert told == [
        ("A", "ovhcloud", "hosting"), ("MX", "proofpoint", "mail-gateway"), ("NS", "aws", "dns"),
        ("SPF", "microsoft-365", "mail-hosting"), ("TXT", "", "validation"), ("NS", "", "dns"),
    ]  # fmt: skip
    assert found.provider == "ovhcloud"


@pytest.mark.parametrize(
    ("records", "provider", "role"),
    [
        ([("c.example", "MX", "c-example.mail.protection.outlook.com")], "microsoft-365", "mail-hosting"),
        (
            [
                ("c.example", "MX", name)
                for name in ("aspmx.l.google.com", "alt1.aspmx.l.google.com", "alt2.aspmx.l.google.com")
            ],
            "google-workspace",
            "mail-hosting",
        ),
        ([("c.example", "MX", "mx07-1.pphosted.com")], "", "mail-gateway"),
        ([("c.example", "MX", "mail.c.example"), ("mail.c.example", "A", SCALEWAY)], "", "unknown"),
        ([("c.example", "MX", "mx1.mail.ovh.net"), ("c.example", "MX", "aspmx.l.google.com")], "", "unknown"),
        ([("c.example", "MX", "mx.nobody.example")], "", "unknown"),
        ([("c.example", "NS", "ns-1.awsdns-00.com"), ("c.example", "SPF", "_spf.google.com")], "", "unknown"),
    ],
)
def test_a_domain_without_a_site_is_hosted_where_its_mailboxes_are(
    records: list[tuple[str, str, str]], provider: str, role: str
) -> None:
    found = whois("c.example", *records)

    assert (found.provider, found.role.value) == (provider, role)
    assert (found.unknown_because is None) == bool(provider)


def test_a_mail_exchanger_without_a_telling_name_is_at_whoever_has_its_address() -> None:
    found = whois("c.example", ("c.example", "MX", "mail.c.example"), ("mail.c.example", "A", SCALEWAY))

    clue = found.records[0].clue
    assert clue is not None
    assert (clue.provider, clue.role) == ("scaleway", Role.UNKNOWN)


@pytest.mark.parametrize(
    ("name", "provider", "region"),
    [
        ("chu.s3.eu-west-3.amazonaws.com", "aws", "eu-west-3"),
        ("s3.amazonaws.com", "aws", ""),
        ("chu.s3.fr-par.scw.cloud", "scaleway", "fr-par"),
        ("chu.blob.core.windows.net", "microsoft-azure", ""),
        ("www.outscale.com", "", ""),
        ("portail.aphp.fr", "", ""),
        ("portail.chu-inconnu.example", "", ""),
    ],
)
def test_a_name_that_its_provider_gives_tells_by_itself(name: str, provider: str, region: str) -> None:
    absent = Answer(name, RecordType.A, About.CONTENT, Absent(SERVER))
    found = whois(name, answers=(absent,))

    assert (found.provider, found.region) == (provider, region)
    assert [one.record.type for one in found.records] == [RecordType.NAME] * bool(provider)


def test_the_addresses_of_a_front_door_tell_no_place() -> None:
    found = whois("a.example", ("a.example", "CNAME", "s3.amazonaws.com"), ("s3.amazonaws.com", "A", AWS_DUBLIN))

    assert (found.provider, found.region, found.countries) == ("aws", "", ())
    assert found.place_unknown is not None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (AWS_PARIS, ("aws", "eu-west-3", ("FR",), "hosting")),
        (CLOUDFLARE, ("cloudflare", "", (), "cdn")),
        (ORANGE, ("orange", "", (), "unknown")),
        (OVH, ("ovhcloud", "", (), "hosting")),
        ("2a05:d012::1", ("aws", "eu-west-3", ("FR",), "hosting")),
        ("192.168.1.1", ("", "", (), "unknown")),
        ("192.0.2.1", ("", "", (), "unknown")),
        ("fe80::1", ("", "", (), "unknown")),
    ],
)
def test_an_address_is_at_whoever_publishes_or_announces_it(
    address: str, expected: tuple[str, str, tuple[str, ...], str]
) -> None:
    found = an_address(address)

    assert said(found) == expected
    assert (found.unknown_because is None) == bool(expected[0])


def test_what_a_holder_calls_an_address_must_agree_with_who_announces_it() -> None:
    agreeing = an_address(OVH, "vps-1234abcd.vps.ovh.net")
    lying = an_address(OVH, "ec2-5-135-1-1.eu-west-3.compute.amazonaws.com")

    assert (agreeing.provider, agreeing.service) == ("ovhcloud", "vps")
    assert lying.provider == ""
    assert lying.unknown_because is not None
    assert "Contradicting" in lying.unknown_because.en


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:s3:::chu-eds", ("aws", "", (), "storage")),
        ("arn:aws:rds:eu-west-3:123456789012:db:dossier", ("aws", "eu-west-3", ("FR",), "storage")),
        ("arn:aws-eusc:rds:eusc-de-east-1:123456789012:db:x", ("aws-esc", "eusc-de-east-1", ("DE",), "storage")),
        ("arn:aws:lambda:zz-moon-1:123456789012:function:f", ("aws", "", (), "hosting")),
        ("arn:exemple:s3:::chu", ("", "", (), "unknown")),
        (f"{GROUP}/providers/Microsoft.Storage/storageAccounts/eds", ("microsoft-azure", "", (), "storage")),
        ("//storage.googleapis.com/projects/_/buckets/eds", ("google-cloud", "", (), "storage")),
        ("projects/p/locations/europe-west9/datasets/d", ("google-cloud", "europe-west9", ("FR",), "hosting")),
        ("s3://chu-eds/brut/", ("aws", "", (), "storage")),
        ("gs://chu-eds", ("google-cloud", "", (), "storage")),
        ("swift://chu-eds", ("", "", (), "unknown")),
    ],
)  # fmt: skip
def test_a_resource_tells_by_the_form_of_its_identifier(
    resource: str, expected: tuple[str, str, tuple[str, ...], str]
) -> None:
    assert said(whois(resource, kind=QueryKind.RESOURCE, name="")) == expected


def test_a_name_that_dns_did_not_answer_for_is_at_nobody_known() -> None:
    silent = Answer("a.example", RecordType.A, About.CONTENT, Unread(Reason.TIMEOUT, SERVER, "timeout"))
    gone = Answer("a.example", RecordType.A, About.CONTENT, Absent(SERVER))

    reasons = [whois("a.example", answers=(answer,)).unknown_because for answer in (silent, gone)]

    assert [reason.en if reason else "" for reason in reasons] == [
        "DNS did not answer: timeout.", "DNS gives no address for this name.",
    ]  # fmt: skip


def test_a_query_that_makes_no_sense_is_at_nobody() -> None:
    found = whois("a..b", kind=QueryKind.UNUSABLE, name="", because="two dots")

    assert found.unknown_because is not None
    assert "two dots" in found.unknown_because.en
