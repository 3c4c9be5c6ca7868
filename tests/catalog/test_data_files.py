"""The data that ship: each file is what its schema and the strict reader say, and they hold together."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import catalog
from model.reading import read_yaml

CATALOG = Path(catalog.__file__).parent
REGIONS = sorted((CATALOG / "regions").glob("*.csv"))
FILES = [
    *[(path, "operator") for path in sorted((CATALOG / "operators").glob("*.yaml"))],
    *[(path, "qualifications") for path in sorted((CATALOG / "qualifications").glob("*.yaml"))],
    (CATALOG / "edition.yaml", "edition"),
]


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def validator(name: str) -> Any:
    schema = json.loads((CATALOG / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", ["operator", "qualifications", "edition"])
def test_every_file_follows_its_schema(name: str) -> None:
    check = validator(name)
    files = [path for path, schema in FILES if schema == name]

    found = [f"{path.name}: {error.message}" for path in files for error in check.iter_errors(read_yaml(path).plain())]

    assert files
    assert found == []


def test_every_region_row_follows_the_schema() -> None:
    check = validator("region")
    rows = [(path.name, row) for path in REGIONS for row in rows_of(path)]

    found = [f"{name} {row['code']}: {error.message}" for name, row in rows for error in check.iter_errors(row)]

    assert len(rows) > 700
    assert found == []


def test_the_strict_reader_and_the_cross_checks_find_nothing_wrong() -> None:
    assert catalog.load().check(date(2026, 11, 21)) == ()


def test_a_list_past_its_limit_is_a_problem_of_the_data() -> None:
    found = catalog.load().check(date(2026, 12, 15))

    assert [(problem.path, problem.key) for problem in found] == [
        *(("catalog/addresses/tables.zip", f"{table}-v{n}") for table in ("countries", "networks") for n in (4, 6)),
        ("catalog/qualifications/secnumcloud.yaml", "list.edition"),
    ]
    assert all(problem.stale for problem in found)


def test_every_region_has_a_country_or_says_why_not() -> None:
    silent = [
        (provider, region.code)
        for provider in catalog.load().providers()
        for region in catalog.load().regions(provider)
        if not region.countries and not region.unknown_because
    ]

    assert silent == []


def test_rows_and_files_are_sorted_so_that_a_correction_is_one_small_diff() -> None:
    for path in REGIONS:
        codes = [row["code"] for row in rows_of(path)]
        assert codes == sorted(codes), path.name


@pytest.mark.parametrize(
    "id",
    ["aws", "aws-esc", "microsoft-azure", "microsoft-365", "google-cloud", "google-workspace", "ovhcloud", "ovh-us",
     "outscale", "scaleway", "s3ns", "bleu", "numspot", "cloud-temple", "cegedim-cloud", "orange-business",
     "state_cloud"],
)  # fmt: skip
def test_the_providers_people_name_first_are_there(id: str) -> None:
    provider = catalog.load().provider(id)

    assert provider is not None
    assert provider.assignments[0].entity in provider.entities
    assert provider.checked_on == date(2026, 11, 21)


def test_no_statement_from_memory_is_called_more_than_unverified() -> None:
    loud = [
        (provider, entity.id, source.what)
        for provider in catalog.load().providers()
        if (found := catalog.load().provider(provider)) is not None
        for entity in found.entities.values()
        for source in entity.sources
        if all("background knowledge" in other.what for other in entity.sources) and source.confidence != "unverified"
    ]

    assert loud == []


def test_data_hold_no_trace_of_how_they_were_gathered() -> None:
    forbidden = re.compile(r"/work|/tmp|providers\.yaml|cases\.yaml|seed file", re.IGNORECASE)
    found = [path.name for path in CATALOG.rglob("*.*") if path.suffix in (".yaml", ".csv") and
             forbidden.search(path.read_text(encoding="utf-8"))]  # fmt: skip

    assert found == []
