"""Patterns of names: each row reads, and the most specific one wins."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import catalog
from catalog._names import ANYWHERE, Kind, Names, read_names
from model.attribution import Role
from model.errors import DocumentError
from model.resolution import QueryKind, RecordType, Resolution

HERE = Path(catalog.__file__).parent / "names"
HEADER = "kind,pattern,records,provider,service,role,region,confidence,checked_on,source\n"
TOKENS = "provider,pattern,token,region,confidence,checked_on,source\n"


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((HERE / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def names() -> Names:
    places = [(HERE / "patterns.csv", "catalog/names/patterns.csv")]
    return read_names(places, (HERE / "tokens.csv", "catalog/names/tokens.csv"))


def written(folder: Path, *lines: str, tokens: str = "") -> Names:
    patterns, meant = folder / "patterns.csv", folder / "tokens.csv"
    patterns.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    meant.write_text(TOKENS + tokens, encoding="utf-8")
    return read_names([(patterns, "patterns.csv")], (meant, "tokens.csv"))


@pytest.mark.parametrize(
    ("name", "type", "provider", "role", "region"),
    [
        ("chu-eds.s3.eu-west-3.amazonaws.com", "NAME", "aws", "storage", "eu-west-3"),
        ("d111111abcdef8.cloudfront.net", "CNAME", "aws", "cdn", ""),
        ("portail.azurewebsites.net", "CNAME", "microsoft-azure", "hosting", ""),
        ("portail.francecentral-01.azurewebsites.net", "CNAME", "microsoft-azure", "hosting", "francecentral"),
        ("waws-prod-par-017.sip.azurewebsites.windows.net", "CNAME", "microsoft-azure", "hosting", "francecentral"),
        ("chu-exemple-fr.mail.protection.outlook.com", "MX", "microsoft-365", "mail-hosting", ANYWHERE),
        ("mx1.mail.ovh.net", "MX", "ovhcloud", "mail-hosting", ""),
        ("mx07-0001.pphosted.com", "MX", "proofpoint", "mail-gateway", ""),
        ("_spf.google.com", "SPF", "google-workspace", "mail-hosting", ANYWHERE),
        ("x.objectstorage.eu-paris-1.oraclecloud.com", "NAME", "oracle-oci", "storage", "eu-paris-1"),
        ("ns-17.awsdns-02.com", "NS", "aws", "dns", ""),
        ("ns-17.awsdns-02.co.uk", "NS", "aws", "dns", ""),
        ("app-ew.a.run.app", "NAME", "google-cloud", "hosting", "europe-west1"),
        ("ec2-203-0-113-7.eu-west-3.compute.amazonaws.com", "PTR", "aws", "hosting", "eu-west-3"),
    ],
)
def test_a_name_tells_its_provider_role_and_region(
    names: Names, name: str, type: str, provider: str, role: str, region: str
) -> None:
    found = names.match(name, RecordType(type))

    assert found is not None
    assert (found.pattern.provider, found.pattern.role, found.region) == (provider, Role(role), region)


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("www.chu-exemple.fr", "NAME"),
        ("www.outscale.com", "NAME"),  # a provider's own site may be anywhere
        ("portail.aphp.fr", "NAME"),
        ("www.hornetsecurity.com", "NAME"),
        ("amazonaws.com.example.fr", "CNAME"),
        ("fauxcloudfront.net", "CNAME"),
        ("cloudfront.net", "CNAME"),
        ("mx1.mail.ovh.net", "NS"),
        ("ovh.net", "CNAME"),
    ],
)
def test_a_name_that_only_resembles_one_tells_nothing(names: Names, name: str, type: str) -> None:
    assert names.match(name, RecordType(type)) is None


def test_the_whole_name_wins_over_an_expression_with_a_region_over_one_without_over_the_longest_ending(
    tmp_path: Path,
) -> None:
    end = "certain,2026-11-21,test"
    found = written(
        tmp_path,
        f"suffix,.test.example,CNAME,last,,hosting,,{end}",
        f"suffix,.a.test.example,CNAME,longer,,hosting,,{end}",
        rf"regex,[a-z0-9]+\.b\.test\.example,CNAME,plain,,hosting,,{end}",
        rf"regex,(?P<region>[a-z]+)\.b\.test\.example,CNAME,placed,,hosting,,{end}",
        f"exact,x.b.test.example,CNAME,exact,,hosting,,{end}",
    )

    def of(name: str) -> str:
        match = found.match(name, RecordType.CNAME)
        return match.pattern.provider if match else ""

    assert [of(f"{name}.test.example") for name in ("x.b", "y.b", "9.b", "y.a", "y")] == [
        "exact", "placed", "plain", "longer", "last",
    ]  # fmt: skip
    assert of("test.example") == ""


def test_a_token_that_nobody_explained_is_no_region(tmp_path: Path) -> None:
    row = r"regex,app-(?P<geo>[a-z]{2})\.test\.example,CNAME,p,,hosting,,certain,2026-11-21,test"
    token = r"p,app-(?P<geo>[a-z]{2})\.test\.example,ew,europe-west1,likely,2026-11-21,test" + "\n"
    found = written(tmp_path, row, tokens=token)

    regions = [found.match(f"app-{geo}.test.example", RecordType.CNAME) for geo in ("ew", "zz")]

    assert [one.region if one else None for one in regions] == ["europe-west1", ""]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("glob,.a.example,CNAME,p,,hosting,,certain,2026-11-21,t", "exact, regex, suffix"),
        ("suffix,.a.example,CNAME;TLSA,p,,hosting,,certain,2026-11-21,t", "expected one of"),
        ("suffix,.a.example,CNAME,p,,magic,,certain,2026-11-21,t", "expected one of"),
        ("suffix,.a.example,CNAME,p,,hosting,,sure,2026-11-21,t", "expected one of"),
    ],
)
def test_a_row_that_cannot_be_read_names_file_and_line(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says) as caught:
        written(tmp_path, row)

    assert (caught.value.path, caught.value.line) == ("patterns.csv", 2)


@pytest.mark.parametrize("row", rows("patterns"), ids=lambda row: row["pattern"])
def test_every_row_names_a_known_provider_and_compiles(row: dict[str, str]) -> None:
    provider = catalog.load().find_provider(row["provider"])
    groups = set(re.compile(row["pattern"]).groupindex) if row["kind"] == Kind.REGEX else set()

    assert provider is not None
    assert groups <= {"region", "zone", "geo"}
    assert not (row["region"] and "region" in groups)
    assert row["pattern"] == row["pattern"].lower() or row["kind"] == Kind.REGEX


def test_no_row_is_written_twice() -> None:
    marks = [(row["kind"], row["pattern"], record) for row in rows("patterns") for record in row["records"].split(";")]

    assert len(marks) == len(set(marks))


def test_every_region_that_a_row_or_a_token_states_is_in_the_catalog() -> None:
    stated = [(row["provider"], row["region"]) for row in rows("patterns") if row["region"] not in ("", ANYWHERE)]
    stated += [(row["provider"], row["region"]) for row in rows("tokens")]

    lost = [(id, code) for id, code in stated if not (table := catalog.load().find_regions(id)) or not table.find(code)]

    assert stated
    assert lost == []


def test_no_word_for_a_product_is_taken_for_a_qualified_service() -> None:
    """What a name tells of a product must not pass for the very service that a scheme lists."""
    listed = {
        word.casefold()
        for scheme in catalog.load().schemes
        for row in scheme.rows
        for word in (row.service, *row.services, *row.excluded_services)
    }

    assert not listed & {row["service"].casefold() for row in rows("patterns")}


def test_every_provider_of_a_family_is_known() -> None:
    assert [row for row in rows("families") if catalog.load().find_provider(row["provider"]) is None] == []


def test_a_provider_known_by_name_only_has_an_operator_whose_holders_nobody_read() -> None:
    found = catalog.load().find_provider("aphp")

    assert found is not None
    assert [(one.entity, one.chain_complete) for one in found.assignments] == [("aphp", False)]
    assert "aphp" not in catalog.load().providers()


def test_a_pattern_of_ones_own_comes_before_those_shipped_and_its_faults_are_told(tmp_path: Path) -> None:
    (tmp_path / "names").mkdir()
    own = tmp_path / "names" / "patterns.csv"
    row = "suffix,.chu.example,CNAME;NAME,aphp,own hosting,hosting,,certain,2026-11-21,our own network"
    own.write_text(f"{HEADER}{row}\n", encoding="utf-8")
    asked = Resolution("www.chu.example", QueryKind.NAME, "www.chu.example", datetime(2026, 11, 22, tzinfo=UTC))

    assert catalog.load(tmp_path).attribute(asked).provider == "aphp"
    assert catalog.check(tmp_path, date(2026, 11, 21)) == ()

    wrong = r"regex,(,CNAME,aphp,,hosting,,certain,2026-11-21,t"
    own.write_text(f"{HEADER}{row}\n{wrong}\n", encoding="utf-8")
    (problem,) = catalog.check(tmp_path, date(2026, 11, 21))
    assert "no regular expression" in str(problem)

    own.write_text(f"{HEADER}{row.replace('aphp', 'nobody-known')}\n", encoding="utf-8")
    (problem,) = catalog.check(tmp_path, date(2026, 11, 21))
    assert "'nobody-known' has no file" in str(problem)
