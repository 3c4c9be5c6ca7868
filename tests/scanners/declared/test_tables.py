"""The register as a spreadsheet says what its YAML says, and each mistake is named with its cell."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import DocumentError
from model.observed import Absent, Known, Unread, known
from model.reading import Node, parse_yaml
from scanners.declared import _facts, _governance, _notices, _places, _transfers, template
from scanners.declared._form import Form
from scanners.declared._forms import read_form
from scanners.declared._register import observations
from scanners.declared._tabular import columns, sheet_names
from scanners.declared._writing import as_yaml
from tests.scanners.declared.tables import NOBODY, NOW, as_csv, as_ods, as_xlsx, read, tables, unordered

PAGE = (Path(__file__).parents[3] / "docs" / "register.md").read_text(encoding="utf-8")
(WHOLE,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)
TREE: dict[str, Any] = yaml.load(WHOLE, yaml.BaseLoader)
FILES = {"register.xlsx": as_xlsx, "register.ods": as_ods, "register.csv": as_csv}


def one(sheet: str, heads: list[str], *rows: list[Any]) -> dict[str, list[list[Any]]]:
    return {"datasets": [["id"], ["a"]], sheet: [heads, *rows]}


@pytest.mark.parametrize("name", FILES)
def test_each_form_of_the_documented_register_says_the_same(name: str) -> None:
    sheets = tables(parse_yaml(WHOLE, "r.yaml"))

    assert unordered(read(FILES[name](sheets), name)) == unordered(read(WHOLE, "r.yaml"))


def test_every_key_of_the_reference_form_has_a_column_and_no_other_has() -> None:
    names = {(column.sheet, column.name.partition(".")[0]) for column in columns()}
    dataset = {name for sheet, name in names if sheet == "datasets"}
    elsewhere = {"select", "places", "qualification_claims"}

    assert dataset == {"id", "title", "controller", *_facts.GROUPS} - elsewhere
    assert _columns("datasets", "facts.") == set(_facts.FACTS)
    assert _columns("datasets", "access.") | {"roles"} == set(_facts._ACCESS)
    assert _columns("datasets", "derogation.") == set(_facts._DEROGATION)
    for group, keys in _governance.GROUPS.items():
        assert _columns("datasets", f"{group}.") == set(keys)
    assert _columns("datasets", "transparency.") == set(_transfers.TRANSPARENCY)
    assert {name for sheet, name in names if sheet == "places"} == {"dataset", "id", "kind", *_places._PLACE}
    assert _columns("select") == {"dataset", *_places._SELECTOR}
    assert _columns("transfers") == {"dataset", "country", "recipient", "tool", *_transfers.TRANSFER}
    assert _columns("claims") == {"dataset", *_facts._CLAIM}
    assert _columns("notices") == set(_notices.NOTICE) - {"failings"}
    assert _columns("failings") == {"notice", *_notices.FAILING} - {"proofs"}
    assert _columns("proofs") == {"notice", "failing", *_notices.PROOF}


def _columns(sheet: str, prefix: str = "") -> set[str]:
    found = (column.name for column in columns() if column.sheet == sheet)
    return {name.removeprefix(prefix) for name in found if name.startswith(prefix)}


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [one for key, below in inner for one in [(*path, key), *paths(below, (*path, key))]]


NEEDED = {
    "format",
    "datasets",
    "id",
    "kind",
    "dataset",
    "recipient",
    "country",
    "tool",
    "role",
    "name",
    "provider",
    "document",
}
OPTIONAL = [
    path for path in paths(TREE) if path[0] == "datasets" and len(path) > 3 and path[-1] not in NEEDED
    and not (isinstance(path[-1], int) and path[2] in ("anonymity", "select")) and path[2] != "select"
]  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@given(
    gone=st.sets(st.sampled_from(OPTIONAL), max_size=40),
    said=st.text('aé’;"=: |#\\\n\u202f&<', min_size=1, max_size=12),
)
@settings(max_examples=15, deadline=None)
def test_any_register_is_the_same_as_tables_and_as_the_yaml_that_they_become(
    name: str, gone: set[tuple[Any, ...]], said: str
) -> None:
    root = without(parse_yaml(WHOLE, "r.yaml"), gone, said)
    wanted = unordered(observations(root, NOW, "register", NOBODY))
    content = FILES[name](tables(root))

    form = read_form(content, name)

    assert unordered(read(content, name)) == wanted
    assert unordered(read(as_yaml(form), "again.yaml")) == wanted
    assert unordered(read(as_yaml(Form(root, "yaml")), "again.yaml")) == wanted


def without(node: Node, gone: set[tuple[Any, ...]], said: str, path: tuple[Any, ...] = ()) -> Node:
    """The register less what is ``gone``, with other words in some of its texts."""
    if isinstance(node.raw, dict):
        kept = {k: without(v, gone, said, (*path, k)) for k, v in node.raw.items() if (*path, k) not in gone}
        return replace(node, raw=kept)
    if isinstance(node.raw, list):
        items = [without(v, gone, said, (*path, at)) for at, v in enumerate(node.raw) if (*path, at) not in gone]
        return replace(node, raw=items)
    return replace(node, raw=" ".join(["mot", *said.split()])) if path[-1] in ("title", "position") else node


class TestCells:
    def test_a_fact_knows_its_sheet_and_cell(self) -> None:
        found = read(as_xlsx({"datasets": [["id", "facts.health"], ["a", "oui"]]}), "registre.xlsx").datasets[0]

        assert isinstance(found.health, Known)
        assert (found.health.value, found.health.source.what) == (True, "registre.xlsx:datasets!B2")

    def test_a_file_without_sheets_names_the_cell_alone(self) -> None:
        found = read("id,facts.health\n\na,no\n", "registre.csv").datasets[0]

        assert isinstance(found.health, Known)
        assert (found.health.value, found.health.source.what) == (False, "registre.csv:B3")

    def test_a_table_in_a_sheet_that_nobody_named_is_one_of_datasets(self) -> None:
        found = read(as_xlsx({"Feuil1": [["id", "title"], ["a", "Entrepôt"]]}), "r.xlsx")

        assert [(one.id, one.title) for one in found.datasets] == [("a", "Entrepôt")]

    def test_a_csv_may_begin_with_datasets_and_go_on_with_blocks_of_which_none_comes_twice(self) -> None:
        text = "# note\nid\na\n\n[places]\ndataset,id,kind\na,p,log\n"

        assert [store.id for store in read(text, "r.csv").stores] == ["register:a/p"]
        with pytest.raises(DocumentError, match=r"r.csv:A8: a second block \[places\]; keep one"):
            read(text + "[places]\ndataset,id,kind\n", "r.csv")

    @pytest.mark.parametrize("cell", [None, "", "unknown", "inconnu", "null"])
    def test_an_empty_cell_and_unknown_are_never_no(self, cell: str | None) -> None:
        found = read(as_xlsx({"datasets": [["id", "facts.health"], ["a", cell]]}), "r.xlsx").datasets[0]

        assert isinstance(found.health, Unread)

    @pytest.mark.parametrize("cell", [date(2026, 3, 1), "2026-03-01", "01/03/2026", "1.3.2026", "2026-03-01 00:00:00"])
    def test_a_day_is_one_whether_it_is_a_date_or_a_text(self, cell: Any) -> None:
        found = read(as_xlsx({"datasets": [["id", "access_log.last_review"], ["a", cell]]}), "r.xlsx").datasets[0]

        assert known(found.access_log.last_review_on) == date(2026, 3, 1)

    def test_a_merged_dataset_stands_for_all_its_rows(self) -> None:
        sheets = one("places", ["dataset", "id", "kind"], ["a", "p", "log"], [None, "q", "log"])

        found = read(as_xlsx(sheets, {"places": "A2:A3"}), "r.xlsx")

        assert [store.id for store in found.stores] == ["register:a/p", "register:a/q"]

    def test_names_of_sheets_and_facts_are_also_taken_as_people_write_them(self) -> None:
        sheets = {"Jeux de données": [["ID", "dataset.health"], ["a", True]], "Lieux": [["dataset", "id", "kind"]]}

        assert known(read(as_xlsx(sheets), "r.xlsx").datasets[0].health) is True

    def test_an_empty_list_and_none_are_told_apart_from_silence(self) -> None:
        heads = ["id", "transfers", "exposure_note", "derogation", "facts.secret"]
        found = read(as_xlsx({"datasets": [heads, ["a", "[]", "none", "{}", "[]"]]}), "r.xlsx").datasets[0]

        assert (known(found.transfers), known(found.secret)) == ((), ())
        assert isinstance(found.exposure_note, Absent)
        assert found.derogation is not None


@pytest.mark.parametrize(
    ("sheets", "says"),
    [
        ({"datasets": [["id", "health"], ["a", "yes"]]}, r"r.xlsx:datasets!B1: unknown column 'health'; did you mean"),
        ({"datasets": [["id", "id"], ["a", "b"]]}, r"datasets!B1: id: this column stands twice"),
        ({"datasets": [["id"], ["a", "x"]]}, r"datasets!B2: 'x' stands under no heading"),
        ({"datasets": [["id", "facts.health"], ["a", "peut-être"]]}, r'B2: facts.health: expected "yes", "no"'),
        ({"datasets": [["id", "facts.persons"], ["a", 1.5]]}, r"datasets!B2: facts.persons: expected a whole number"),
        ({"datasets": [["id", "keys.country"], ["a", "France"]]}, r"datasets!B2: .*two capital letters.*mean FR"),
        ({"datasets": [["id", "access_log.last_review"], ["a", "31/02/2026"]]}, r"B2: .*expected a calendar day"),
        ({"datasets": [["id"], ["a"], ["a"]]}, r"datasets!A3: id: the id 'a' is taken \(datasets!A2\)"),
        ({"datasets": [["id", "title"], [None, "x"]]}, r"datasets!B2: missing key 'id'"),
        (one("places", ["dataset", "id", "kind"], ["b", "p", "log"]), r"places!A2: dataset: no dataset 'b'.*known: a"),
        (one("places", ["dataset", "id", "kind"], [None, "p", "log"]), r"places!B2: which dataset\?"),
        (one("places", ["dataset", "id"], ["a", "p"]), r"places!A2: missing key 'kind'"),
        (one("select", ["dataset", "tag"], ["a", "jeu"]), r"select!B2: tag: expected key=value, found 'jeu'"),
        (one("derogations", ["id", "covers"], ["d", "a A31-003"]), r"derogations!B2: covers: expected dataset/rule"),
        (one("levels", ["dataset", "level"], ["a", 2]), r"levels!A2: missing key 'objective'"),
        (one("divers", ["x"], ["y"]), r"r.xlsx:divers: unknown sheet; known sheets: register, datasets"),
        ({"datasets": [["id", "title"], ["a", "=1+1"]]}, r"datasets!B2: title: a formula whose value was not saved"),
        ({"datasets": [["id", "title"], ["a", "AKIAIOSFODNN7EXAMPLE"]]}, r"datasets!B2: this looks like an AWS access"),
        ({"Feuille 1": [["bonjour"]]}, r"neither a register of lexsitus .* nor the simplified register of the CNIL"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_sheet_and_cell(sheets: Any, says: str) -> None:
    with pytest.raises(DocumentError, match=says) as error:
        read(as_xlsx(sheets), "r.xlsx")

    assert error.value.exit_code == 2
    assert "AKIA" not in str(error.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_is_read_as_excel_writes_it_here_and_elsewhere(separator: str, encoding: str) -> None:
    content = as_csv({"datasets": [["id", "title"], ["a", "Données d’été; soins, suivi"]]}, separator, encoding)

    assert read(content, "registre.csv").datasets[0].title == "Données d’été; soins, suivi"


@pytest.mark.parametrize("format", ["xlsx", "ods", "csv"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_blank_register_reads_as_it_is_and_explains_every_column(format: str, lang: str) -> None:
    content = template(format, lang)
    form = read_form(content, f"r.{format}")

    assert (form.kind, form.root.raw["datasets"].raw) == ("table", [])
    assert content == template(format, lang)
    if format == "csv":
        text = content.decode("utf-8-sig")
        assert all(f"[{sheet}]" in text for sheet in sheet_names())
        assert all(column.name in text for column in columns())
        assert ("Une cellule vide vaut" in text) == (lang == "fr")
