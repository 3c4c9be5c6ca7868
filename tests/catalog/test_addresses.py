"""Addresses: what ships, how it is looked up, and how it is renewed or refused."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import date
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

import catalog
from catalog import _prefixes
from catalog._addresses import Addresses, read_networks, special
from catalog._prefixes import Rows, flattened, together, without
from catalog._tables import Tables
from catalog._update import update
from model.errors import DocumentError, UsageError

HERE = Path(catalog.__file__).parent / "addresses"
DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def shipped() -> Addresses:
    return Addresses(Tables(HERE / "tables.zip"))


def aws(*prefixes: tuple[str, str, str], day: str = "2026-11-20-00-00-00") -> str:
    def of(key: str, version: int) -> list[dict[str, str]]:
        return [
            {key: net, "region": region, "service": service}
            for net, region, service in prefixes
            if ip_network(net).version == version
        ]

    return json.dumps({"createDate": day, "prefixes": of("ip_prefix", 4), "ipv6_prefixes": of("ipv6_prefix", 6)})


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Addresses]:
    """Tables made from files of these names and contents, one after the other."""

    def make(*files: tuple[str, str], provider: str = "") -> Addresses:
        into = tmp_path / "out" / "tables.zip"
        for name, text in files:
            (tmp_path / name).write_text(text, encoding="utf-8")
            before = Tables(into) if into.exists() else None
            update([tmp_path / name], before, into, provider, DAY)
        return Addresses(Tables(into))

    return make


@pytest.mark.parametrize(
    ("address", "provider", "region", "asn"),
    [
        ("52.47.64.1", "aws", "eu-west-3", 16509),
        ("2a05:d012::1", "aws", "eu-west-3", 16509),
        ("20.43.33.1", "microsoft-azure", "centralfrance", 8075),
        ("34.155.1.1", "google-cloud", "europe-west9", 396982),
        ("104.16.1.1", "cloudflare", "", 13335),
        ("::ffff:52.47.64.1", "aws", "eu-west-3", 16509),
        ("5.135.1.1", "", "", 16276),
        ("193.51.1.1", "", "", 2200),
        ("10.1.2.3", "", "", 0),
        ("192.0.2.1", "", "", 0),
        ("2001:db8::1", "", "", 0),
    ],
)
def test_what_ships_knows_ranges_regions_and_networks(
    shipped: Addresses, address: str, provider: str, region: str, asn: int
) -> None:
    found = shipped.find(address)

    assert (found.entry.provider if found.entry else "", found.entry.region if found.entry else "", found.asn) == (
        provider, region, asn,
    )  # fmt: skip
    assert next(shipped.find_all([address])) is found


def test_each_part_that_ships_says_what_it_is_and_from_when(shipped: Addresses) -> None:
    notice = (HERE / "NOTICE.md").read_text(encoding="utf-8")

    assert {part.split("-v")[0] for part in shipped.parts} == {
        "aws", "azure", "google-cloud", "oracle", "cloudflare", "geofeed-digitalocean", "networks", "countries",
    }  # fmt: skip
    for part in shipped.parts.values():
        assert date(2026, 6, 1) < part.published_on < DAY
        assert part.licence
        assert part.rows > 0
        assert part.title.partition(",")[0] in notice


def test_tables_past_their_limit_are_told_in_both_languages() -> None:
    facts = catalog.load()

    assert facts.old_addresses(DAY) == ()
    late = facts.old_addresses(date(2027, 1, 15))
    assert len(late) == 4
    assert "17 juin 2026" in late[0].fr
    assert "17 June 2026" in late[0].en


def test_networks_hold_one_row_per_number_and_known_providers() -> None:
    networks = read_networks(HERE / "networks.csv", "catalog/addresses/networks.csv")

    assert len(networks) > 400
    assert {one.provider for one in networks.values() if catalog.load().find_provider(one.provider) is None} == set()


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("10.255.255.255", "private"),
        ("172.31.0.1", "private"),
        ("100.64.0.1", "carrier"),
        ("203.0.113.9", "documentation"),
        ("2001:db8:1::1", "documentation"),
        ("fe80::1", "link-local"),
        ("::1", "reserved"),
        ("240.0.0.1", "reserved"),
    ],
)
def test_an_address_of_nobody_says_what_it_is_for(address: str, word: str) -> None:
    found = special(address)

    assert found is not None
    assert word in found.en
    assert special("52.47.64.1") is None
    assert special("172.32.0.1") is None


def test_the_region_is_looked_for_in_every_covering_prefix(made: Callable[..., Addresses]) -> None:
    tags = {
        "changeNumber": 1, "cloud": "Public",
        "values": [
            {"name": name, "properties": {"region": region, "addressPrefixes": [prefix]}}
            for name, region, prefix in (
                ("AzureCloud.centralfrance", "centralfrance", "20.0.0.0/16"), ("Storage", "", "20.0.1.0/24"),
                ("AzureFrontDoor.Frontend", "", "20.0.2.0/24"), ("LogicApps", "", "20.0.3.0/24"),
            )
        ],
    }  # fmt: skip

    found = made(("ServiceTags_Public_20261116.json", json.dumps(tags)))

    said = [(one.entry.region, one.entry.service, one.entry.role) for last in "1234"
            if (one := found.find(f"20.0.{last}.9")).entry]  # fmt: skip
    assert said == [
        ("centralfrance", "storage", "storage"), ("centralfrance", "front door", "cdn"),
        ("centralfrance", "", "hosting"), ("centralfrance", "", "hosting"),
    ]  # fmt: skip
    assert found.prefix("20.0.1.9") == "20.0.1.0/24"
    assert found.find("20.1.0.0").entry is None


def test_equal_prefixes_that_contradict_each_other_tell_no_region(made: Callable[..., Addresses]) -> None:
    found = made(("ip-ranges.json", aws(("20.0.0.0/24", "eu-west-3", "EC2"), ("20.0.0.0/24", "eu-west-1", "AMAZON"))))

    entry = found.find("20.0.0.1").entry
    assert entry is not None
    assert (entry.provider, entry.region) == ("aws", "")


def test_keys_of_ipv6_keep_all_their_bits(made: Callable[..., Addresses]) -> None:
    lines = [f"2a00::{n}0,2a00::{n}f,{100 + n},Holder {n}" for n in range(1, 6)]

    found = made(("asn-ipv6.csv", "\n".join(lines)))

    assert [found.find(f"2a00::{n}5").asn for n in range(1, 6)] == [101, 102, 103, 104, 105]
    assert [found.find(address).asn for address in ("2a00::f", "2a00::1f", "2a00::20", "2a00::60")] == [0, 101, 102, 0]
    assert found.holder(103) == "Holder 3"


def test_numbers_and_dotted_addresses_are_read_alike(made: Callable[..., Addresses]) -> None:
    numbers = made(("asn-ipv4-num.csv", "16777216,16777471,13335,Cloudflare"))

    assert numbers.find("1.0.0.7").asn == 13335


def test_a_new_list_replaces_the_old_one_of_its_provider_and_no_other(made: Callable[..., Addresses]) -> None:
    google = json.dumps({"syncToken": "1", "creationTime": "2026-11-01T00:00:00",
                         "prefixes": [{"ipv4Prefix": "30.0.0.0/24", "scope": "europe-west9"}]})  # fmt: skip

    found = made(
        ("a.json", aws(("20.0.0.0/24", "eu-west-3", "EC2"), ("21.0.0.0/24", "eu-west-3", "EC2"))),
        ("cloud.json", google),
        ("b.json", aws(("20.0.0.0/24", "eu-west-1", "EC2"), ("22.0.0.0/24", "eu-west-3", "S3"), day="2026-11-21")),
    )

    regions = [entry.region if (entry := found.find(f"{n}.0.0.1").entry) else "" for n in (20, 21, 22, 30)]
    assert regions == ["eu-west-1", "", "eu-west-3", "europe-west9"]
    assert found.parts["aws"].published_on == date(2026, 11, 21)


def test_a_geofeed_gives_countries_and_needs_an_owner(made: Callable[..., Addresses], tmp_path: Path) -> None:
    feed = "# geofeed\n51.15.0.0/16,FR,FR-IDF,Paris,\n2001:bc8::/32,NL,,Amsterdam,\n"

    found = made(("feed.csv", feed), provider="scaleway")

    assert [(e.provider, e.country) for ip in ("51.15.1.1", "2001:bc8::1") if (e := found.find(ip).entry)] == [
        ("scaleway", "FR"), ("scaleway", "NL"),
    ]  # fmt: skip
    with pytest.raises(DocumentError, match="--provider"):
        update([tmp_path / "feed.csv"], None, tmp_path / "x.zip", "", DAY)


def test_equal_files_make_equal_bytes(tmp_path: Path) -> None:
    (tmp_path / "ip-ranges.json").write_text(aws(("20.0.0.0/24", "eu-west-3", "EC2")), encoding="utf-8")

    for name in ("one.zip", "two.zip"):
        update([tmp_path / "ip-ranges.json"], None, tmp_path / name, "", DAY)

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", "{", "not valid JSON"),
        ("a.json", "{}", "not a list of ranges that is known"),
        ("a.json", '{"createDate": "2026-11-20", "prefixes": [{}], "ipv6_prefixes": []}', "is missing"),
        ("a.json", aws(("20.0.0.0/24", "r", "S")).replace("20.0.0.0/24", "20.0.0.0/99"), "no address range"),
        ("a.json", aws(), "holds no address range"),
        ("a.csv", "", "is empty"),
        ("a.csv", "1.0.0.0,1.0.0.255,x,Y", "expected first,last,AS number,holder"),
        ("a.csv", "1.0.0.255,1.0.0.0,13335,Y", "no range of addresses"),
        ("a.csv", "1.0.0.0,2a00::,13335,Y", "no range of addresses"),
        ("a.csv", "1.0.0.0,1.0.0.255,FRA", "ISO 3166"),
        ("list", "192.0.2.0/24\n", "whose prefixes"),
        ("scaleway.csv", "51.15.0.0/16,XX,,,", "ISO 3166"),
        ("a.csv", "only,two", "not a form that is known"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_changes_nothing(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    into = tmp_path / "tables.zip"
    (tmp_path / "good.json").write_text(aws(("20.0.0.0/24", "eu-west-3", "EC2")), encoding="utf-8")
    update([tmp_path / "good.json"], None, into, "", DAY)
    before = into.read_bytes()
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError, match=says) as caught:
        update([tmp_path / name], Tables(into), into, "", DAY)

    assert caught.value.path == str(tmp_path / name)
    assert into.read_bytes() == before
    assert sorted(path.name for path in tmp_path.glob("*.new")) == []


@pytest.mark.parametrize(
    ("newer", "says"),
    [
        (aws(*((f"20.0.{n}.0/24", "eu-west-3", "EC2") for n in range(10)), day="2026-10-01-00-00-00"), "older"),
        (aws(*((f"20.0.{n}.0/24", "eu-west-3", "EC2") for n in range(7))), "cut short"),
    ],
)
def test_an_older_or_shorter_list_is_refused(tmp_path: Path, newer: str, says: str) -> None:
    into = tmp_path / "tables.zip"
    (tmp_path / "a.json").write_text(aws(*((f"20.0.{n}.0/24", "eu-west-3", "EC2") for n in range(10))), "utf-8")
    update([tmp_path / "a.json"], None, into, "", DAY)
    before = into.read_bytes()
    (tmp_path / "a.json").write_text(newer, encoding="utf-8")

    with pytest.raises(DocumentError, match=says):
        update([tmp_path / "a.json"], Tables(into), into, "", DAY)
    assert into.read_bytes() == before


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    into = tmp_path / "tables.zip"
    (tmp_path / "a.json").write_text(aws(("20.0.0.0/24", "eu-west-3", "EC2")), encoding="utf-8")
    update([tmp_path / "a.json"], None, into, "", DAY)
    at = into.stat().st_mtime_ns

    (again,) = update([tmp_path / "a.json"], Tables(into), into, "", DAY)

    assert again.before == again.after
    assert into.stat().st_mtime_ns == at


def test_a_geofeed_of_nobody_known_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nobody-known"):
        catalog.update([], tmp_path, "nobody-known", DAY)


def test_damaged_tables_say_so(tmp_path: Path) -> None:
    (tmp_path / "tables.zip").write_bytes((HERE / "tables.zip").read_bytes()[:1000])

    with pytest.raises(DocumentError, match="no address tables"):
        Tables(tmp_path / "tables.zip")


def test_many_addresses_are_answered_as_each_alone(shipped: Addresses) -> None:
    chance = random.Random(11)
    texts = [str(ip_address(chance.getrandbits(32))) for _ in range(500)]
    texts += [str(ip_address(0x2A << 120 | chance.getrandbits(112))) for _ in range(500)]
    texts += ["::", "::1", "2A00:1450::", "2a00:1450:0:0:0:0:0:1", "::ffff:52.47.64.1", "::ffff:342f:4001"]

    assert list(shipped.find_all(texts)) == [shipped.find(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    ["", "1.2.3", "1.2.3.256", "1.2.3.04", "1.2.3.4 ", ":::", "2a00:", "2a00::1::2", "2a00::12345", "2a00::1_0",
     "2a00:1:2:3:4:5:6:7:8", "2a00::+1", "2a00::g", "chu.example"],
)  # fmt: skip
def test_a_text_that_is_no_address_is_refused_alone_and_among_many(shipped: Addresses, text: str) -> None:
    for look_up in (shipped.find, lambda one: list(shipped.find_all([one]))):
        with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
            look_up(text)


def test_flattened_prefixes_answer_as_a_search_through_all_of_them_would() -> None:
    chance = random.Random(7)
    nets: list[tuple[Any, str]] = []
    for n in range(300):
        length = chance.choice((8, 12, 16, 20, 24, 28))
        nets.append((ip_network((chance.getrandbits(32), length), strict=False), f"n{n}"))
    stretches = list(flattened(nets))
    starts = Rows.of(((one.start, at, 0) for at, one in enumerate(stretches)), 32)

    for _ in range(2_000):
        address = ip_address(chance.getrandbits(32))
        here = stretches[starts.values[starts.index(int(address))]]
        expected = sorted(((net.prefixlen, said) for net, said in nets if address in net), key=lambda one: -one[0])
        assert sorted(here.said) == sorted(expected)
        assert [length for length, _ in here.said] == [length for length, _ in expected]


def test_tables_put_together_answer_each_as_alone() -> None:
    one: Sequence[_prefixes.Row] = [(0, 0, 0), (10, 5, 24), (20, 0, 0)]
    other: Sequence[_prefixes.Row] = [(0, 7, 0), (15, 8, 0), (30, 0, 0)]

    assert list(together([one, other])) == [
        (0, (0, 7), 0), (10, (5, 7), 24), (15, (5, 8), 24), (20, (0, 8), 0), (30, (0, 0), 0),
    ]  # fmt: skip


def test_reserved_ranges_are_cut_out_of_what_a_registry_says() -> None:
    holes = [(10, 19), (30, 39)]

    assert list(without([(0, 50, 1), (60, 70, 2)], holes)) == [(0, 9, 1), (20, 29, 1), (40, 50, 1), (60, 70, 2)]
    assert list(without([(12, 15, 1)], holes)) == []
