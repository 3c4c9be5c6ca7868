"""The rows of stores.csv, each against the models that the SDK ships: no network, no account."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import jmespath
import pytest
from botocore.exceptions import DataNotFoundError

from model.places import PlaceKind
from scanners._table import Row, choose, in_template, names_used
from scanners.aws import rights
from scanners.aws.paging import FIRST, plain_token
from scanners.aws.rows import children_of, row_named, rows

SESSION = botocore.session.get_session()
PLACE = ("_partition", "_region", "_account")
READ_VERBS = ("Get", "List", "Describe", "BatchGet", "Select", "Head", "SearchJobs")
SECRET_FIELDS = re.compile(
    r"(?:[Ee]nvironment(?:Variables)?|Variables|UserData|DefaultArguments|TranscriptFileUri|subjectId|sampleId|\w*Password|SecretString"
    r"|QueryString|ConnectionProperties|connectionString)\Z"
)


class Structure:
    """A shape made of named shapes: the document of an item."""

    type_name = "structure"

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members


class Text:
    """A text."""

    type_name = "string"


def operation(client: str, name: str) -> Any:
    return SESSION.get_service_model(client).operation_model(name)


def list_shape(row: Row) -> Any:
    shape = operation(row.client, row.operation).output_shape
    for part in row.items.split(".") if row.items != "@" else ():
        shape = shape.member if shape.type_name == "list" else shape
        shape = shape.members[part.removesuffix("[]")]
    return shape


def item_shape(row: Row) -> Any:
    shape = list_shape(row)
    return shape.member if shape.type_name == "list" else shape


def document_shape(row: Row) -> Structure:
    item = item_shape(row)
    members: dict[str, Any] = {"Item": Text()} if item.type_name == "string" else dict(item.members)
    for detail in row.details:
        members[detail.operation] = operation(row.client, detail.operation).output_shape
    members.update(dict.fromkeys(PLACE, Text()))
    parent = row_named(row.parent) if row.parent else None
    members["_parent"] = document_shape(parent) if parent else Structure({})
    return Structure(members)


def resolve(node: Any, shape: Any) -> Any:
    """The shape that a JMESPath node gives over ``shape``; ``None`` stands for anything."""
    kind, children = node["type"], node["children"]
    if shape is None:
        return None
    if kind == "field":
        if shape.type_name == "map":
            return shape.value
        assert shape.type_name == "structure", f"{node['value']} is asked of a {shape.type_name}"
        assert node["value"] in shape.members, f"no field {node['value']} among {sorted(shape.members)}"
        return shape.members[node["value"]]
    if kind in ("subexpression", "index_expression"):
        for child in children:
            shape = resolve(child, shape)
        return shape
    if kind == "current":
        return shape
    if kind in ("index", "slice"):
        return None if shape is None else getattr(shape, "member", None)
    if kind == "pipe":
        return resolve(children[1], resolve(children[0], shape))
    if kind in ("projection", "filter_projection", "flatten", "value_projection"):
        base = resolve(children[0], shape)
        if kind == "flatten":
            return base
        inner = _element(base)
        if kind == "filter_projection":
            resolve(children[2], inner)
        return resolve(children[1], inner)
    if kind in ("or_expression", "and_expression"):
        first = resolve(children[0], shape)
        second = resolve(children[1], shape)
        return first if first is not None else second
    if kind in ("multi_select_list", "not_expression", "comparator"):
        given = [resolve(child, shape) for child in children]
        return ListOf(given[0]) if kind == "multi_select_list" else None
    if kind == "function_expression":
        for child in children:
            resolve(child, shape)
        return None
    assert kind in ("literal", "identity"), f"no rule for {kind}"
    return shape if kind == "identity" else None


class ListOf:
    """A list made in an expression."""

    type_name = "list"

    def __init__(self, member: Any) -> None:
        self.member = member


def _element(shape: Any) -> Any:
    if shape is None or shape.type_name == "structure":
        return shape
    inner = shape.member if shape.type_name == "list" else shape.value
    return inner.member if inner is not None and inner.type_name == "list" else inner


ROWS = pytest.mark.parametrize("row", rows(), ids=lambda row: row.row)


@ROWS
def test_every_call_and_parameter_of_a_row_exists_in_the_sdk(row: Row) -> None:
    asked = [(row.operation, set(row.params))]
    asked += [(detail.operation, {name for name, _ in detail.parameters}) for detail in row.details]

    for name, given in asked:
        shape = operation(row.client, name).input_shape
        members = set(shape.members) if shape else set()
        required = set(shape.required_members) if shape else set()
        assert given <= members, f"{name} takes no {given - members}"
        assert required <= given, f"{name} needs {required - given}"


@ROWS
def test_every_expression_of_a_row_names_fields_of_the_answer(row: Row) -> None:
    document = document_shape(row)

    for column, expression in row.expressions():
        try:
            resolve(jmespath.compile(expression).parsed, document)
        except AssertionError as error:
            raise AssertionError(f"{row.row}: {column}: {expression}: {error}") from None
    assert row.items


@ROWS
def test_the_list_of_a_row_is_a_list_or_a_single_setting(row: Row) -> None:
    shape = list_shape(row)

    assert shape.type_name == "list" or (shape.type_name == "structure" and row.optional)


@ROWS
def test_paging_is_what_the_service_offers(row: Row) -> None:
    """A token in the answer that no paging follows would lose the rest of the list."""
    model = operation(row.client, row.operation)
    try:
        known = SESSION.get_component("data_loader").load_service_model(row.client, "paginators-1")["pagination"]
    except DataNotFoundError:
        known = {}
    outputs, inputs = set(model.output_shape.members), set(model.input_shape.members if model.input_shape else ())

    if row.paging.startswith("last "):
        _, parameter, flag = row.paging.split()
        assert parameter in inputs
        assert flag in outputs
    elif row.paging == FIRST:
        assert "{" not in row.name
        assert row.created == row.size == row.tags == ""
    elif row.paging:
        parameter, _, out = row.paging.partition("=")
        assert parameter in inputs
        assert names_used(out or parameter) <= outputs
    elif row.operation in known:
        assert isinstance(known[row.operation]["input_token"], str)
        assert isinstance(known[row.operation]["output_token"], str)
    else:
        tokens = {name for name in outputs if re.search("token|marker", name, re.IGNORECASE) and name != "ClientToken"}
        assert not tokens, f"{row.row}: {tokens} would be lost"


@ROWS
def test_no_page_of_a_detail_is_lost(row: Row) -> None:
    try:
        known = SESSION.get_component("data_loader").load_service_model(row.client, "paginators-1")["pagination"]
    except DataNotFoundError:
        known = {}
    for detail in row.details:
        model = operation(row.client, detail.operation)
        told = set(model.output_shape.members) if model.output_shape else set()
        if detail.operation not in known and {"NextToken", "nextToken", "Marker", "NextMarker"} & told:
            assert plain_token(model), f"{row.row}: {detail.operation}: the rest of its answer would be lost"


@ROWS
def test_a_store_is_identified_by_its_listing_alone(row: Row) -> None:
    """A refused detail call must not make a store vanish."""
    details = {detail.operation for detail in row.details}

    for template in (row.id, row.name):
        for expression in in_template(template):
            assert not names_used(expression) & details
    assert row.id


@ROWS
def test_roles_are_kinds_of_places(row: Row) -> None:
    document = dict.fromkeys(("PrimaryRegion", "ReadReplicaSourceDBInstanceIdentifier", "ReplicationSourceIdentifier"))

    assert choose(row.role, document) in set(PlaceKind)


@ROWS
def test_no_field_with_secrets_or_content_is_read(row: Row) -> None:
    read = {name for _, expression in row.expressions() for name in re.findall(r"\b\w+\b(?!\.)", expression)}

    assert not [name for name in read if SECRET_FIELDS.match(name)]


def test_row_operations_and_actions_only_read() -> None:
    for service, name in rights.called():
        assert name.startswith(READ_VERBS), f"{service}:{name}"
    for action in rights.actions():
        verb = action.partition(":")[2]
        assert verb.startswith((*READ_VERBS, "GET")), action
    assert "s3:ListBucket" not in rights.actions()
    assert "s3:GetObject" not in rights.actions()


def test_every_called_operation_exists() -> None:
    for service, name in rights.called():
        assert name in SESSION.get_service_model(service).operation_names


def test_a_parent_gives_its_children_what_they_ask_for() -> None:
    parents = [row for row in rows() if children_of(row.row)]

    assert len(parents) > 5
    for parent in parents:
        shape = document_shape(parent)
        for child in children_of(parent.row):
            wanted = {value[1:] for value in child.params.values() if isinstance(value, str) and value.startswith("$")}
            assert wanted - {"_account"} <= set(shape.members)


def test_the_priority_kinds_that_hold_data_are_all_there() -> None:
    kinds = {row.kind for row in rows()}

    assert len([kind for kind in kinds if kind]) >= 120
    for kind in (
        "AWS::EC2::Snapshot",
        "AWS::HealthLake::FHIRDatastore",
        "AWS::Backup::RecoveryPoint",
        "AWS::S3Vectors::VectorBucket",
    ):
        assert kind in kinds
