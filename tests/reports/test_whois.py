"""One query looked up, as a page for people and as a line for programs."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

import catalog
import legislation
import reports
from model.attribution import LookUp, inventory_of, place_facts
from model.observed import Grade, Known, Reason, Source, Unread
from model.resolution import About, Answer, Dnssec, QueryKind, Record, RecordType, Resolution

READ_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
SERVER = Source("DNS answer of 127.0.0.1:5353", READ_AT, Grade.DNS)
# The keys that callers may rely on (docs/whois.md).
KEYS = {
    "query", "records", "provider", "service", "region", "country", "countries", "asn", "role", "operators",
    "exposures", "qualifications", "evidence", "unknown_because",
}  # fmt: skip
RECORD_KEYS = {"name", "type", "target", "provider", "service", "region", "role"}


def looked_up(query: str, *records: tuple[str, str, str], unread: str = "", **of: Any) -> LookUp:
    answers = [
        Answer(name, RecordType(type), about(type), Known((Record(name, RecordType(type), target),), SERVER))
        for name, type, target in records
    ]
    if unread:
        answers.append(Answer(unread, RecordType.AAAA, About.CONTENT, Unread(Reason.TIMEOUT, SERVER, "timeout")))
    values: dict[str, Any] = {"kind": QueryKind.NAME, "name": query} | of
    resolution = Resolution(query, read_at=READ_AT, answers=tuple(answers), **values)
    facts = catalog.load()
    attribution = facts.attribute(resolution)
    places = place_facts(attribution, DAY)
    cases = facts.resolve(inventory_of(places, SERVER), DAY)
    return LookUp(resolution, attribution, legislation.load().assess(cases, (), DAY).places if places else ())


def about(type: str) -> About:
    return {"MX": About.MAIL, "NS": About.DELEGATION, "TXT": About.VALIDATION}.get(type, About.CONTENT)


def line(found: LookUp, lang: str = "en") -> dict[str, Any]:
    written = reports.whois_line(found, lang)
    assert written.count(b"\n") == 1
    return json.loads(written)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def azure() -> LookUp:
    return looked_up(
        "portail.chu.example", ("portail.chu.example", "CNAME", "x.azurewebsites.net"),
        ("x.azurewebsites.net", "A", "20.43.33.1"), ("portail.chu.example", "NS", "ns-1.awsdns-00.com"),
        ("portail.chu.example", "TXT", "MS=ms42"), unread="portail.chu.example",
    )  # fmt: skip


@pytest.fixture(scope="module")
def hidden() -> LookUp:
    return looked_up("www.chu.example", ("www.chu.example", "A", "104.16.1.1"))


def test_a_line_holds_the_keys_that_callers_rely_on(azure: LookUp, hidden: LookUp) -> None:
    for found in (azure, hidden):
        written = line(found)

        assert set(written) >= KEYS
        assert all(set(record) >= RECORD_KEYS for record in written["records"])


def test_a_line_tells_who_where_and_whose_law(azure: LookUp) -> None:
    written = line(azure)

    assert (written["provider"], written["region"], written["country"], written["countries"]) == (
        "microsoft-azure", "francecentral", "FR", ["FR"],
    )  # fmt: skip
    assert (written["asn"], written["role"], written["country_basis"]) == (8075, "hosting", "place")
    assert written["operators"][0]["parents"][-1]["country"] == "US"
    assert {one["law"] for one in written["exposures"] if one["grade"] == "established"} >= {"US-CLOUD"}
    assert {one["scheme"]: one["status"] for one in written["qualifications"]} == {
        "hds": "unknown", "secnumcloud": "none",
    }  # fmt: skip
    assert [(one["type"], one["provider"], one["role"]) for one in written["records"]] == [
        ("CNAME", "microsoft-azure", "hosting"), ("A", "microsoft-azure", "hosting"), ("NS", "aws", "dns"),
        ("TXT", None, "validation"),
    ]  # fmt: skip
    assert written["evidence"][0] == {
        "source": SERVER.what, "read_at": "2026-11-22T08:00:00Z", "grade": "dns", "confidence": "certain", "url": None,
    }  # fmt: skip
    assert written["gaps"] == [
        {"name": "portail.chu.example", "type": "AAAA", "about": "content", "reason": "timeout", "detail": "timeout"}
    ]
    assert written["unknown_because"] is None


def test_what_is_not_known_is_null_and_says_why(hidden: LookUp) -> None:
    written = line(hidden)

    unknown = ("provider", "service", "region", "country", "countries", "operators", "exposures", "qualifications")
    assert [written[key] for key in unknown] == [None] * len(unknown)
    assert written["role"] == "cdn"
    assert "Cloudflare" in written["unknown_because"]
    assert written["records"][0]["provider"] == "cloudflare"


def test_a_country_of_allocation_is_told_as_such() -> None:
    found = looked_up("a.example", ("a.example", "A", "5.135.1.1"))

    written = line(found)
    assert (written["country"], written["country_basis"], written["region"]) == ("FR", "allocation", None)
    assert "registry" in reports.whois(found, "en")
    assert "registre" in reports.whois(found, "fr")


def test_operators_of_both_are_told_when_a_platform_works_on_the_machines_of_another() -> None:
    found = looked_up("a.example", ("a.example", "CNAME", "x.herokudns.com"), ("x.herokudns.com", "A", "34.240.0.1"))

    written = line(found)
    assert (written["provider"], written["machines"], written["country"]) == ("heroku", "aws", "IE")
    assert any("Amazon" in one["entity"] for one in written["operators"])


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_page_fits_eighty_columns_and_names_what_a_line_names(azure: LookUp, hidden: LookUp, lang: str) -> None:
    page, behind = reports.whois(azure, lang), reports.whois(hidden, lang)

    assert max(len(row) for row in (page + behind).splitlines()) <= 80
    for word in ("microsoft-azure", "francecentral", "AS8075", "Microsoft Corporation", "US-CLOUD", "SecNumCloud",
                 "x.azurewebsites.net", SERVER.what, "20.43.32.0/19"):  # fmt: skip
        assert word in " ".join(page.split()), word
    assert "Cloudflare" in " ".join(behind.split())
    assert page.startswith("portail.chu.example\n")


def test_french_is_typeset(azure: LookUp) -> None:
    page = reports.whois(azure, "fr")

    assert "Hébergeur" in page
    assert not re.search(r" [;:!?%»]|« ", page)
    assert "'" not in page


def test_a_name_cannot_move_the_cursor() -> None:
    found = looked_up("x\x1b[2J\u202e", kind=QueryKind.UNUSABLE, name="", because="no part of a name")

    assert "\x1b" not in reports.whois(found, "en")
    assert "\u202e" not in reports.whois(found, "en")
    assert line(found)["query"] == "x\x1b[2J\u202e"
    assert b"\x1b" not in reports.whois_line(found, "en")


@pytest.mark.parametrize("state", Dnssec)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_state_of_signatures_and_every_doubt_has_words(state: Dnssec, lang: str) -> None:
    found = looked_up("a.example", ("a.example", "A", "5.135.1.1"), dnssec=state, wildcard=True, contradicted=True)

    assert line(found)["dnssec"] == state.value
    assert ("joker" if lang == "fr" else "wildcard") in reports.whois(found, lang)


@pytest.mark.parametrize(("lang", "says"), [("fr", "délai dépassé"), ("en", "timeout")])
def test_who_gave_no_answer_is_the_evidence_that_nothing_is_known(lang: str, says: str) -> None:
    found = looked_up("a.example", unread="a.example")

    written, page = line(found, lang), reports.whois(found, lang)
    assert says in written["unknown_because"]
    assert [one["source"] for one in written["evidence"]] == [SERVER.what]
    assert says in page


def test_a_chain_that_is_not_fully_known_says_so_in_words() -> None:
    page = reports.whois(looked_up("a.example", ("a.example", "A", "5.135.1.1")), "en")

    assert "other laws may apply" in " ".join(page.split())
    assert "unknown (unknown)" not in page
