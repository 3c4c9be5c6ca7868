"""The rows of stores.csv: what the language allows, and what an inventory of health data must ask for."""

from __future__ import annotations

import re

import jmespath
import pytest

from model.places import PlaceKind
from scanners._table import Row, evaluate, in_template
from scanners.gcp.errors import BrokenAnswerError
from scanners.gcp.listing import all_types
from scanners.gcp.rows import direct_rows, fields_of, lists, row_of, rows, type_of
from scanners.gcp.unlisted import Listing, Unlisted, kinds

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
    for service, names in {
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
        assert {f"{service}.googleapis.com/{kind}" for kind in names} <= types
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


def test_the_kinds_that_the_inventory_does_not_hold_are_told_apart_from_those_that_it_does() -> None:
    unlisted = kinds()

    assert len({kind.kind for kind in unlisted}) == len(unlisted) == 21
    assert not {kind.kind for kind in unlisted} & {type_of(row) for row in rows()}
    assert {kind.kind for kind in unlisted if kind.lists} == {row.kind for row in direct_rows()}
    assert all(re.fullmatch(r"[a-z]+:[\w.]+\.(list|search)", kind.operation) for kind in unlisted)
    assert all(kind.what and kind.services for kind in unlisted)


@pytest.mark.parametrize("row", direct_rows(), ids=lambda row: row.row)
def test_every_expression_of_a_kind_that_its_service_lists_can_be_read_over_nothing(row: Row) -> None:
    nothing = {"_name": "//x.googleapis.com/projects/p/y/z", "_owner": "p"}

    for column, expression in row.expressions():
        jmespath.compile(expression)
        evaluate(expression, nothing)
        assert set(re.findall(r"\b_\w+", expression)) <= META, column
    assert not [name for name in fields_of(row.kind) if SECRET_FIELDS.match(name)]
    assert ("unsure", "_name") in row.sharing, "no policy of the inventory tells who reads what it does not hold"


LISTS = [(kind, one) for kind in kinds() for one in kind.lists]


@pytest.mark.parametrize(("kind", "one"), LISTS, ids=lambda each: getattr(each, "path", None))
def test_a_list_is_asked_of_a_service_of_google_with_a_right_to_read(kind: Unlisted, one: Listing) -> None:
    question = one.question("p", "projects/p/locations/europe-west9")

    assert re.fullmatch(r"[a-z0-9.-]+\.googleapis\.com", question.host)
    assert re.match(r"(?:[a-z]+/)?v[0-9]\w*/", question.path)
    assert "{" not in question.path
    assert re.fullmatch(r"\w+\.\w+\.(list|get)", one.permission)
    assert kind.lists[0].question("p", ""), "the first list needs no name"


@pytest.mark.parametrize("name", ["projects/p/locations/evil.example:80@x", "../../v1/other", "a b", "x?y=1", "//h/p"])
def test_a_name_in_an_answer_leads_to_no_other_host_or_path(name: str) -> None:
    _, regional = next(each for each in LISTS if each[1].host.startswith("{location}"))

    with pytest.raises(BrokenAnswerError):
        regional.question("p", name)
