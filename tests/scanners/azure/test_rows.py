"""The rows of stores.csv and regions.csv, without a network: each in the language, each a read, each place known."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from model.places import PlaceKind
from model.reading import read_csv
from scanners._table import evaluate, names_used
from scanners.azure import PERMISSIONS, policy, rights
from scanners.azure.keys import TYPES
from scanners.azure.regions import pair_of, processing_place, region_code, regions
from scanners.azure.rows import WITHOUT_DATA, Row, children_of, is_unknown, of_subscription, row_named, rows

# What a document holds: the fields of Resource Manager, and those that the scanner adds.
FIELDS = {
    "id", "name", "type", "kind", "location", "sku", "tags", "properties", "zones", "extendedLocation", "managedBy",
    "systemData", "createdTime", "_region", "_pair", "_own_pair", "_own_parent", "_parent", "_processing",
}  # fmt: skip
# Fields that hold content or secrets must not even be read.
SECRET = re.compile(
    r"(?i)(connectionString|accessKey|primaryKey\b|password|definition\b|administratorLogin|customData|siteConfig)"
)
CATALOG = Path(__file__).parents[3] / "catalog" / "regions" / "microsoft-azure.csv"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.type)
class TestEachRow:
    def test_its_expressions_read_what_a_document_has(self, row: Row) -> None:
        for column, expression in row.expressions():
            assert names_used(expression) <= FIELDS, (column, expression)
            # Of a connection string, host() gives the host and nothing else.
            assert not SECRET.search(re.sub(r"host\([^()]*\)", "", expression)), (column, expression)
        if row.when:
            assert names_used(row.when) <= FIELDS

    def test_its_type_is_one_and_its_operation_only_reads(self, row: Row) -> None:
        assert re.fullmatch(r"[A-Za-z]+\.[A-Za-z.]+(/[A-Za-z0-9]+)+", row.type)
        assert row.operation.endswith("/read")
        assert row.operation in PERMISSIONS

    def test_its_items_are_stores_or_tell_of_copies(self, row: Row) -> None:
        leads = [each for each in children_of(row.type) if each.when and evaluate(each.when, {"type": row.type})]
        assert row.role or row.copies or leads
        for clause in row.copies:
            assert clause.end or clause.place
        for branch in filter(None, row.role.split(" else ")):
            assert PlaceKind(branch.split(" if ")[0])

    def test_what_reads_its_parent_has_one_that_can_be_looked_up(self, row: Row) -> None:
        if any("_parent" in names_used(expression) for _, expression in row.expressions()):
            above = [row.type.rsplit("/", number)[0] for number in range(1, row.type.count("/"))]
            assert row.parent or set(above) & set(TYPES)


def test_a_type_that_is_in_no_general_list_has_a_list_of_its_own() -> None:
    assert [row.type for row in rows() if not row.graph and not row.list] == []


def test_every_way_of_asking_leads_to_its_rows() -> None:
    assert {"Microsoft.KeyVault/deletedVaults", "Microsoft.Sql/locations/longTermRetentionBackups"} <= {
        row.type for row in of_subscription()
    }
    assert [row.type for row in children_of("microsoft.sql/SERVERS")] == [
        "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Sql/servers/failoverGroups",
        "Microsoft.Sql/servers/replicationLinks",
        "Microsoft.Sql/servers/restorableDroppedDatabases",
    ]


def test_the_health_services_say_so() -> None:
    assert {row.type.partition("/")[0] for row in rows() if row.health} >= {
        "Microsoft.HealthBot",
        "Microsoft.HealthDataAIServices",
        "Microsoft.HealthcareApis",
    }
    assert row_named("Microsoft.HealthcareApis/services").health


def test_the_role_grants_reading_and_nothing_else() -> None:
    definition = json.loads(policy())

    assert definition["Actions"] == list(rights.actions())
    assert all(action.endswith("/read") and "*" not in action for action in definition["Actions"])
    assert (definition["NotActions"], definition["DataActions"]) == ([], [])


def test_no_type_is_said_to_hold_data_and_to_hold_none() -> None:
    exact = {cells["type"].lower() for _, cells in read_csv(WITHOUT_DATA, ("type", "why")) if "*" not in cells["type"]}

    assert exact & {row.type.lower() for row in rows()} == set()
    assert not is_unknown("microsoft.network/VIRTUALNETWORKS")
    assert not is_unknown("Microsoft.Storage/storageAccounts")
    assert is_unknown("Microsoft.Storage/somethingNew")


def test_every_region_of_the_table_is_in_the_catalog_and_pairs_are_of_the_table() -> None:
    columns = CATALOG.read_text(encoding="utf-8").splitlines()[0].split(",")
    known = {cells["code"]: cells["partition"] for _, cells in read_csv(CATALOG, columns)}

    assert set(regions()) <= set(known)
    for code, region in regions().items():
        if region.paired not in ("", "-"):
            assert region.paired in regions()
            # No copy leaves a cloud: its regions pair among themselves.
            assert known[code] == known[region.paired]
        if region.data_zone:
            assert f"datazone-{region.data_zone}" in known


@pytest.mark.parametrize(
    ("word", "code"), [("France Central", "francecentral"), ("eastus2", "eastus2"), ("West US 2", "westus2")]
)
def test_a_region_has_one_spelling(word: str, code: str) -> None:
    assert region_code(word) == code


def test_a_pair_that_nobody_documents_is_never_guessed() -> None:
    assert pair_of("francecentral") == "francesouth"
    assert pair_of("westeurope") == "northeurope"
    assert pair_of("belgiumcentral") == "pair-of-belgiumcentral"
    assert pair_of("atlantis") == "pair-of-atlantis"


@pytest.mark.parametrize(
    ("sku", "code", "place"),
    [
        ("GlobalStandard", "francecentral", "global"),
        ("GlobalProvisionedManaged", "francecentral", "global"),
        ("GlobalBatch", "francecentral", "global"),
        ("DataZoneStandard", "francecentral", "datazone-eu"),
        ("DataZoneBatch", "eastus2", "datazone-us"),
        ("DataZoneStandard", "japaneast", "data-zone-of-japaneast"),
        ("Standard", "francecentral", "francecentral"),
        ("ProvisionedManaged", "swedencentral", "swedencentral"),
        ("DeveloperTier", "francecentral", "global"),
        ("", "francecentral", "global"),
    ],
)
def test_where_a_model_deployment_may_process(sku: str, code: str, place: str) -> None:
    assert processing_place(sku, code) == place


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.type)
def test_a_negation_stands_before_a_whole_path(row: Row) -> None:
    """In JMESPath ``!a.b`` reads ``b`` of "not a"."""
    text = " ".join((row.when, *(expression for _, expression in row.expressions())))

    assert not re.search(r"!\w+\.", text)
