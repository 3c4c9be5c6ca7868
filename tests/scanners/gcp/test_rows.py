"""The rows of stores.csv: what the language allows, and what an inventory of health data must ask for."""

from __future__ import annotations

import re

import jmespath
import pytest

from model.places import PlaceKind
from model.reading import read_csv
from scanners._table import Row, evaluate, in_template
from scanners.gcp.listing import all_types
from scanners.gcp.rows import PATH, fields_of, lists, row_of, rows, type_of

ROWS = pytest.mark.parametrize("row", rows(), ids=lambda row: row.row)
META = {"_name", "_owner", "_location", "_parent", "_parts"}
SECRET_FIELDS = re.compile(
    r"(?:environmentVariables|envVariables|metadata|rootPassword|password|serverCaCert|connectionString|userData|env)\Z"
)


@ROWS
def test_every_expression_of_a_row_can_be_read_over_a_document_without_settings(row: Row) -> None:
    nothing = {
        "_name": "//x.googleapis.com/projects/p/y/z",
        "_owner": "p",
        "_location": "",
        "_parent": None,
        "_parts": [],
    }

    for column, expression in row.expressions():
        jmespath.compile(expression)
        evaluate(expression, nothing)
        assert set(re.findall(r"\b_\w+", expression)) <= META, column


@ROWS
def test_a_row_is_of_a_type_and_says_what_its_items_are(row: Row) -> None:
    assert re.fullmatch(r"[a-z0-9]+\.googleapis\.com/[A-Z]\w+", type_of(row))
    assert row_of(type_of(row)) is row
    roles = {part.split(" if ")[0] for part in row.role.split(" else ")}
    assert roles <= set(PlaceKind)
    if row.kind:
        assert row.kind == type_of(row)
    else:
        assert row.id or row.zone, "what is no store tells of copies or of places"
        assert bool(row.copies) == bool(row.id)


@ROWS
def test_a_part_is_asked_for_together_with_what_contains_it(row: Row) -> None:
    together = next(types for types in lists().values() if type_of(row) in types)

    if row.parent:
        assert type_of(next(each for each in rows() if each.row == row.parent)) in together
    assert row.parent or not any("_parent" in expression for _, expression in row.expressions())


@ROWS
def test_no_field_with_secrets_is_kept(row: Row) -> None:
    assert not [name for name in fields_of(type_of(row)) if SECRET_FIELDS.match(name)]
    for clause in row.copies:
        assert all(expression for expression in in_template(clause.end))


def test_the_kinds_that_hold_health_data_first_are_all_there() -> None:
    types = all_types()

    assert len(types) > 100
    for service, kinds in {
        "healthcare": ("Dataset", "DicomStore", "FhirStore", "Hl7V2Store", "ConsentStore"),
        "storage": ("Bucket",),
        "sqladmin": ("Instance", "BackupRun", "Backup"),
        "compute": ("Disk", "RegionDisk", "Snapshot", "Image", "MachineImage"),
        "bigquery": ("Dataset", "Table"),
        "spanner": ("Instance", "Database", "Backup"),
        "backupdr": ("BackupVault", "Backup"),
        "secretmanager": ("Secret",),
        "cloudkms": ("CryptoKey",),
        "logging": ("LogBucket", "LogSink"),
    }.items():
        assert {f"{service}.googleapis.com/{kind}" for kind in kinds} <= types
    assert {row.row for row in rows() if row.health} == {
        "healthcare.dataset",
        "healthcare.consent",
        "healthcare.dicom",
        "healthcare.fhir",
        "healthcare.hl7v2",
    }


def test_every_type_is_in_one_list_and_lists_are_few() -> None:
    asked = [type for types in lists().values() for type in types]

    assert sorted(asked) == sorted(type_of(row) for row in rows())
    assert len(lists()) <= 12


def test_the_kinds_that_no_list_shows_are_told_apart_from_those_that_one_does() -> None:
    unlisted = [row for _, row in read_csv(PATH.with_name("unlisted.csv"), ("kind", "operation", "what"))]

    assert len({row["kind"] for row in unlisted}) == len(unlisted) == 21
    assert not {row["kind"] for row in unlisted} & {type_of(row) for row in rows()}
    assert all(re.fullmatch(r"[a-z]+:[\w.]+\.(list|search)", row["operation"]) for row in unlisted)
    assert all(row["what"] for row in unlisted)
