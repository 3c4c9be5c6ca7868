"""Whole scans: names, lists and zones become stores and gaps; nothing is lost and nothing is made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import scanners
from model.errors import DocumentError, TargetError
from model.observed import Known, Reason, Unread
from model.places import Gap, Store, Target
from model.resolution import About
from scanners.dns import jobs
from tests.scanners.dns.servers import Script, nsd, server

ANSWERS = {
    ("chu.test", "A"): ("chu.test. A 192.0.2.1",),
    ("chu.test", "MX"): ("chu.test. MX 10 mx.test.",),
    ("mx.test", "A"): ("mx.test. A 192.0.2.25",),
    ("portail.chu.test", "A"): ("portail.chu.test. A 192.0.2.2",),
    ("gone.chu.test", "*"): "nxdomain",
    ("broken.chu.test", "*"): "servfail",
    ("nomail.chu.test", "A"): ("nomail.chu.test. A 192.0.2.3",),
    ("nomail.chu.test", "MX"): "servfail",
}
ZONE = """$ORIGIN zone.test.
$TTL 300
@ SOA ns1 host 1 3600 600 86400 60
@ NS ns1
@ MX 10 mx
ns1 A 127.0.0.1
mx A 192.0.2.25
www CNAME host.elsewhere.test.
a A 192.0.2.4
*.apps A 192.0.2.5
_dmarc TXT "v=DMARC1"
sub NS ns.other.test.
below.sub A 192.0.2.6
"""


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    jobs.forget()
    yield
    jobs.forget()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server(Script(ANSWERS)) as found:
        yield found


def target(address: str, **settings: Any) -> Target:
    given = {"nameservers": (address,), "queries_per_second": 100_000, "_patience_milliseconds": 2_000, **settings}
    return Target("dns", "portals", tuple(sorted(given.items())))


def scan(target: Target) -> tuple[dict[str, Store], list[Gap]]:
    """The stores by id, and the gaps, of a whole scan."""
    done = list(
        scanners.run(scanners.load("dns").plan(target), scanners.InlineExecutor(), in_flight=1, budget_seconds=60)
    )
    stores = [store for one in done for store in one.step.observations.stores]
    assert len({store.id for store in stores}) == len(stores)
    return {store.id: store for store in stores}, [gap for one in done for gap in one.step.observations.gaps]


def test_a_host_and_a_mail_domain_are_stores_of_their_own_kinds(address: str) -> None:
    stores, gaps = scan(target(address, names=("chu.test", "portail.chu.test")))

    assert {id: store.kind for id, store in stores.items()} == {
        "dns:chu.test": "dns.Hostname",
        "dns:mail:chu.test": "dns.MailDomain",
        "dns:portail.chu.test": "dns.Hostname",
    }
    assert not gaps
    assert stores["dns:portail.chu.test"].name == "portail.chu.test"


def test_each_store_keeps_what_dns_said_of_it_and_of_nothing_else(address: str) -> None:
    stores, _ = scan(target(address, names=("chu.test",)))

    host, mail = stores["dns:chu.test"].resolution, stores["dns:mail:chu.test"].resolution
    assert host
    assert mail
    assert {record.target for record, _ in host.about()} == {"192.0.2.1"}
    assert {record.target for record, _ in mail.about(About.MAIL)} == {"mx.test", "192.0.2.25"}
    assert isinstance(stores["dns:chu.test"].provider, Unread)


def test_a_name_that_does_not_exist_is_no_store_and_no_gap(address: str) -> None:
    assert scan(target(address, names=("gone.chu.test",))) == ({}, [])


def test_a_name_that_nobody_could_read_stays_in_sight(address: str) -> None:
    stores, gaps = scan(target(address, names=("broken.chu.test",)))

    assert list(stores) == ["dns:broken.chu.test"]
    assert {(gap.store, gap.reason) for gap in gaps} >= {("dns:broken.chu.test", Reason.FAULT)}


def test_exchangers_that_nobody_could_read_are_a_gap_that_names_the_mailboxes(address: str) -> None:
    stores, gaps = scan(target(address, names=("nomail.chu.test",)))

    assert list(stores) == ["dns:nomail.chu.test"]
    assert [(gap.store, gap.operation) for gap in gaps] == [("dns:mail:nomail.chu.test", "MX")]


def test_an_address_that_is_not_public_is_a_store_that_nobody_is_asked_about(address: str) -> None:
    stores, gaps = scan(target(address, names=("10.1.2.3",)))

    assert list(stores) == ["dns:10.1.2.3"]
    assert not gaps


def test_each_bad_line_of_a_list_is_named_once_and_the_rest_is_done(address: str, tmp_path: Path) -> None:
    lines = [
        "\ufeffportail.chu.test # the portal",
        "",
        "# comment",
        "a..b",
        "CHU.test.",
        "\x00",
        "x" * 9000,
        "chu.test",
    ]
    path = tmp_path / "names.txt"
    path.write_bytes("\n".join(lines).encode() + b"\n\xff\xfe\nintranet\narn:aws:s3:::b")

    stores, gaps = scan(target(address, names_from=str(path)))

    assert set(stores) == {"dns:portail.chu.test", "dns:chu.test", "dns:mail:chu.test"}
    bad = {gap.scope.partition(": ")[0]: gap.detail for gap in gaps}
    assert sorted(bad) == [f"names.txt:{line}" for line in (10, 11, 4, 6, 7, 9)]
    assert "two dots" in bad["names.txt:4"]
    assert {gap.reason for gap in gaps} == {Reason.UNSUPPORTED}
    assert len(gaps) == 6


def test_a_long_list_is_done_slice_by_slice_and_says_that_it_was_surveyed(address: str, tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("".join(f"n{n % 50}.chu.test\n" for n in range(1_200)) + "chu.test\n")
    asked = target(address, names_from=str(path))

    done = list(
        scanners.run(scanners.load("dns").plan(asked), scanners.InlineExecutor(), in_flight=1, budget_seconds=60)
    )

    assert [one.job.scope for one in done] == [f"names.txt, from line {line}" for line in (1, 501, 1001)]
    assert [store.id for one in done for store in one.step.observations.stores] == ["dns:chu.test", "dns:mail:chu.test"]
    assert [gap.operation for one in done for gap in one.step.observations.gaps] == ["depth"]


def test_a_resumed_scan_asks_only_what_is_left(address: str, tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("".join(f"n{n % 50}.chu.test\n" for n in range(1_200)))
    asked = target(address, names_from=str(path), depth="survey")
    plan = scanners.load("dns").plan
    kept = {}
    for done in scanners.run(plan(asked), scanners.InlineExecutor(), in_flight=1, budget_seconds=60):
        kept[done.job.key] = done.step
        if len(kept) == 2:
            break

    again = list(
        scanners.run(
            plan(asked), scanners.InlineExecutor(), in_flight=1, budget_seconds=60, recall=lambda j: kept.get(j.key)
        )
    )

    assert [one.resumed for one in again] == [True, True, False]


def test_another_list_of_names_is_another_job(address: str, tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("a.chu.test\n")
    plan = scanners.load("dns").plan
    (first,) = plan(target(address, names_from=str(path)))
    path.write_text("b.chu.test\n")
    (second,) = plan(target(address, names_from=str(path)))

    assert first.key != second.key


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nsd(tmp_path_factory.mktemp("nsd"), {"zone.test": ZONE}) as found:
        yield found


@pytest.mark.slow
class TestZones:
    """A zone transferred from NSD, and one in a file."""

    def test_a_zone_that_is_handed_out_gives_all_its_names(self, zone: str) -> None:
        stores, gaps = scan(target(zone, zones=("zone.test",)))

        assert set(stores) == {f"dns:{name}.zone.test" for name in ("a", "mx", "ns1", "www")} | {"dns:mail:zone.test"}
        told = {gap.scope: gap.reason for gap in gaps}
        assert told["names under *.apps.zone.test"] is Reason.UNSUPPORTED
        assert told["names of the zone sub.zone.test"] is Reason.DISABLED
        assert told["where www.zone.test leads"] is Reason.REFUSED

    def test_a_zone_file_is_read_the_same(self, zone: str, tmp_path: Path) -> None:
        path = tmp_path / "zone.test"
        path.write_text(ZONE)

        from_file, _ = scan(target(zone, zone_path=str(path)))

        transferred, _ = scan(target(zone, zones=("zone.test",)))
        assert set(from_file) == set(transferred)
        source = from_file["dns:a.zone.test"].checked_on
        assert isinstance(source, Known)
        assert "the zone in zone.test" in source.source.what

    def test_a_refused_transfer_is_a_gap_that_says_who_can_grant_it(self, tmp_path: Path) -> None:
        with nsd(tmp_path, {"zone.test": ZONE}, transfers=False) as found:
            stores, (gap,) = scan(target(found, zones=("zone.test",)))

        assert not stores
        assert (gap.operation, gap.reason, gap.store) == ("AXFR", Reason.REFUSED, "")
        assert gap.who_can_grant == "whoever runs the name servers of zone.test"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "nothing to ask for"),
        ({"names": "a.test"}, "names: expected a list"),
        ({"names": ("a.test",), "depth": "deep"}, "depth: expected one of survey, thorough"),
        ({"names": ("a.test",), "queries_per_second": 0}, "queries_per_second: expected a whole number from 1"),
        ({"names": ("a.test",), "queries_per_second": True}, "queries_per_second: expected a whole number from 1"),
        ({"names": ("a.test",), "in_flight": 10**9}, "in_flight: expected a whole number from 1"),
        ({"names": ("a.test",), "nameservers": ("dns.example",)}, "nameservers: expected the address of a resolver"),
        ({"names": ("a.test",), "nameservers": ("127.0.0.1:99999",)}, "nameservers: expected a port"),
        ({"zones": ("a..b",)}, "zones: 'a..b' has two dots"),
        ({"names": ("a.test",), "colour": "red"}, "unknown setting 'colour'; known: depth"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(TargetError, match="portals") as error:
        list(scanners.load("dns").plan(Target("dns", "portals", tuple(sorted(settings.items())))))

    assert said in str(error.value)


def test_a_list_that_is_missing_is_named() -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        list(scanners.load("dns").plan(target("127.0.0.1", names_from="/nowhere/names.txt")))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("$ORIGIN a.test.\n@ IN A 1.2.3\n", 2),
        ("$ORIGIN a.test.\n@ IN NONSENSE x\n@ IN A 192.0.2.1\n", 2),
        ("www IN A 192.0.2.1\n", None),
        ("", 1),
        ("$ORIGIN a.test.\n$INCLUDE x\n", 2),
    ],
)
def test_a_zone_file_that_is_wrong_is_named_with_its_line(text: str, line: int | None, tmp_path: Path) -> None:
    path = tmp_path / "a.zone"
    path.write_text(text)

    with pytest.raises(DocumentError, match="zone") as error:
        list(scanners.load("dns").plan(target("127.0.0.1", zone_path=str(path))))

    assert error.value.line == line


def test_a_probe_asks_for_a_few_names_of_the_list(address: str, tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("".join(f"n{n}.chu.test\n" for n in range(2_000)))

    narrowed = scanners.load("dns").probe(target(address, names_from=str(path)))

    assert narrowed.setting("names") == ("n0.chu.test", "n1.chu.test", "n2.chu.test")
    assert narrowed.setting("names_from") is None
    assert len(list(scanners.load("dns").plan(narrowed))) == 1
