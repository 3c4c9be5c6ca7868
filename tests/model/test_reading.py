"""Strict reading: text stays text, a mistake is named with its line, and nothing else ever escapes."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import DocumentError
from model.reading import Node, parse_yaml, read_csv, read_text, read_toml, read_yaml


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def yaml(text: str) -> Node:
    return parse_yaml(text, "doc.yaml")


def toml(folder: Path, text: str) -> Node:
    path = folder / "doc.toml"
    path.write_text(text, encoding="utf-8")
    return read_toml(path, "doc.toml")


class TestScalars:
    @pytest.mark.parametrize("word", ["NO", "3.20", "0123456", "on", "yes", "1e3", "0x1F", "2026-11-21", "1:30"])
    def test_a_scalar_is_the_text_that_was_written(self, word: str) -> None:
        assert yaml(f"a: {word}").entries()["a"].text() == word

    @pytest.mark.parametrize("key", ["on", "NO", "y", "12", "null"])
    def test_a_key_is_the_text_that_was_written(self, key: str) -> None:
        assert list(yaml(f"{key}: 1").entries()) == [key]

    @pytest.mark.parametrize(("word", "value"), [("0", 0), ("-3", -3), ("1200000", 1_200_000)])
    def test_a_plain_number_is_a_number(self, word: str, value: int) -> None:
        assert yaml(f"a: {word}").entries()["a"].integer() == value

    @pytest.mark.parametrize("word", ["007", "'7'", "7.0", "seven", "1_000", "", "[7]"])
    def test_nothing_else_is_a_whole_number(self, word: str) -> None:
        with pytest.raises(DocumentError, match="expected a whole number"):
            yaml(f"a: {word}").entries()["a"].integer()

    @pytest.mark.parametrize("word", ["yes", "True", "on", "'true'", "1", ""])
    def test_only_true_and_false_are_booleans(self, word: str) -> None:
        assert yaml("a: true").entries()["a"].boolean() is True
        assert yaml("a: false").entries()["a"].boolean() is False
        with pytest.raises(DocumentError, match="expected true or false"):
            yaml(f"a: {word}").entries()["a"].boolean()

    @pytest.mark.parametrize(
        ("word", "answer"),
        [('"yes"', True), ("yes", True), ("true", True), ('"no"', False), ("false", False), ("unknown", None),
         ("null", None), ("", None)],
    )  # fmt: skip
    def test_an_answer_is_yes_no_or_unknown(self, word: str, answer: bool | None) -> None:
        assert yaml(f"a: {word}").entries()["a"].answer() is answer

    @pytest.mark.parametrize("word", ["oui", "maybe", "1", '""'])
    def test_no_other_word_is_an_answer(self, word: str) -> None:
        with pytest.raises(DocumentError, match='expected "yes", "no" or "unknown"'):
            yaml(f"a: {word}").entries()["a"].answer()

    @pytest.mark.parametrize("word", ["2026-02-30", "2026-1-2", "21/11/2026", "20261121", "[]"])
    def test_a_day_is_a_day_of_the_calendar(self, word: str) -> None:
        assert yaml("a: 2026-02-28").entries()["a"].date().isoformat() == "2026-02-28"
        with pytest.raises(DocumentError, match="YYYY-MM-DD"):
            yaml(f"a: {word}").entries()["a"].date()

    def test_a_choice_lists_what_can_be_chosen(self) -> None:
        assert yaml("a: red").entries()["a"].choice(Colour) is Colour.RED
        with pytest.raises(DocumentError, match=r"doc.yaml:1: a: expected one of red, blue; found 'green'"):
            yaml("a: green").entries()["a"].choice(Colour)

    @pytest.mark.parametrize("word", ["", "null", "~"])
    def test_nothing_is_null_unless_it_is_quoted(self, word: str) -> None:
        assert yaml(f"a: {word}").entries()["a"].is_null
        assert not yaml(f"a: '{word}'").entries()["a"].is_null

    def test_plain_data_for_a_schema_hold_only_what_writes_back_the_same(self) -> None:
        node = yaml("{a: 3.20, b: 3.5, c: 007, d: '7', e: true, f: null, g: [1]}")

        assert node.plain() == {"a": "3.20", "b": 3.5, "c": "007", "d": "7", "e": True, "f": None, "g": [1]}


class TestMappings:
    def test_an_unknown_key_is_an_error_with_line_and_known_keys(self) -> None:
        with pytest.raises(DocumentError) as error:
            yaml("region: FR\ncuntry: FR\n").mapping(["region"], ["country"])

        assert str(error.value) == (
            "doc.yaml:2: cuntry: unknown key 'cuntry'; did you mean 'country'? known keys: country, region"
        )

    def test_a_missing_key_is_an_error(self) -> None:
        with pytest.raises(DocumentError, match="missing key 'b'"):
            yaml("a: 1").mapping(["a", "b"])

    def test_a_repeated_key_is_an_error_with_both_lines(self) -> None:
        with pytest.raises(DocumentError, match=r"doc.yaml:3: a: repeated key \(first on line 1\)"):
            yaml("a: 1\nb: 2\na: 3\n")

    def test_a_key_deep_inside_is_named_by_its_path(self) -> None:
        node = yaml("a:\n  - b: 1\n  - b:\n      c: x\n").find(["a", 1, "b", "c"])

        assert (node.key, node.line, node.raw) == ("a[1].b.c", 4, "x")


class TestYamlDocuments:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "the file is empty"),
            ("# only a comment\n", "the file is empty"),
            ("a: [1", "not valid YAML"),
            ("a: 1\n b: 2", "not valid YAML"),
            ("a: 1\n---\nb: 2\n", "another document"),
            ("a: &x [1]\nb: *x\n", "alias"),
            ("a: &x [*x]\n", "alias"),
            ("a: !!python/object:os.system x", "a tag"),
            ("a: !secret x", "a tag"),
            ("[" * 20_000 + "]" * 20_000, "nested too deeply"),
            ("a: \x00", "not valid YAML"),
            ("? [a]\n: 1\n", "a key must be a plain text"),
        ],
    )
    def test_what_is_no_plain_document_is_refused(self, text: str, says: str) -> None:
        with pytest.raises(DocumentError, match=says):
            yaml(text)

    @given(st.text(max_size=60))
    @settings(max_examples=150, deadline=None)
    def test_any_text_is_a_document_or_a_document_error(self, text: str) -> None:
        try:
            line = parse_yaml(text, "doc.yaml").line
        except DocumentError as error:
            line = error.line or 1

        assert line >= 1

    def test_a_byte_order_mark_is_dropped(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")

        assert list(read_yaml(tmp_path / "a.yaml").entries()) == ["a"]

    def test_files_that_cannot_be_read_are_document_errors(self, tmp_path: Path) -> None:
        (tmp_path / "latin.yaml").write_bytes("a: é".encode("latin-1"))

        with pytest.raises(DocumentError, match="not UTF-8"):
            read_text(tmp_path / "latin.yaml")
        with pytest.raises(DocumentError, match="cannot be read: No such file"):
            read_text(tmp_path / "none.yaml")
        with pytest.raises(DocumentError, match="cannot be read: Is a directory"):
            read_text(tmp_path)


DOCUMENT = '''\
# a comment
title = "CHU d'Exemple" # not = a key
[organisation]
"a key" = 'x'
sub . deep = 1

[[target]]
name = "first"
regions = [
  "a", # ] not the end
  """two
lines""",
  {x = 1, y = {z = 2}},
]
checked = 2026-01-02
[target.more]
yes = true

[[target]]
name = "second"
share = 1.50
'''


class TestToml:
    def test_every_value_knows_its_line_and_key(self, tmp_path: Path) -> None:
        root = toml(tmp_path, DOCUMENT)

        lines = {node.key: node.line for node in every(root)}
        assert lines == {
            "": 1,
            "title": 2,
            "organisation": 3,
            "organisation.a key": 4,
            "organisation.sub": 5,
            "organisation.sub.deep": 5,
            "target": 7,
            "target[0]": 7,
            "target[0].name": 8,
            "target[0].regions": 9,
            "target[0].regions[0]": 10,
            "target[0].regions[1]": 11,
            "target[0].regions[2]": 13,
            "target[0].regions[2].x": 13,
            "target[0].regions[2].y": 13,
            "target[0].regions[2].y.z": 13,
            "target[0].checked": 15,
            "target[0].more": 16,
            "target[0].more.yes": 17,
            "target[1]": 19,
            "target[1].name": 20,
            "target[1].share": 21,
        }

    def test_values_have_the_types_of_a_document(self, tmp_path: Path) -> None:
        first = toml(tmp_path, DOCUMENT).find(["target", 0])

        assert first.find(["name"]).text() == "first"
        assert first.find(["regions", 1]).text() == "two\nlines"
        assert first.find(["regions", 2, "x"]).integer() == 1
        assert first.find(["checked"]).date().isoformat() == "2026-01-02"
        assert first.find(["more", "yes"]).boolean() is True
        with pytest.raises(DocumentError, match=r"doc.toml:8: target\[0\].name: expected a whole number"):
            first.find(["name"]).integer()

    @pytest.mark.parametrize(
        ("text", "line"), [("a = 1\na = 2\n", 2), ("a = \n", 1), ("[a]\n\nb\n", 3), ('a = """x\n', 2), ("\n[a\n", 2)]
    )
    def test_a_syntax_error_has_its_line(self, tmp_path: Path, text: str, line: int) -> None:
        with pytest.raises(DocumentError) as error:
            toml(tmp_path, text)

        assert error.value.line == line
        assert "not valid TOML" in str(error.value)

    def test_a_document_nested_without_end_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DocumentError, match="nested too deeply"):
            toml(tmp_path, "a = " + "[" * 5_000 + "]" * 5_000)

    def test_windows_line_ends_count_as_lines(self, tmp_path: Path) -> None:
        assert toml(tmp_path, "a = 1\r\n\r\nb = 2\r\n").find(["b"]).line == 3

    @given(
        st.recursive(
            st.one_of(st.text(max_size=8), st.integers(-9, 99), st.booleans(), st.dates()),
            lambda below: st.one_of(
                st.lists(below, max_size=3), st.dictionaries(st.text(max_size=5), below, min_size=1, max_size=3)
            ),
            max_leaves=8,
        ).filter(lambda value: isinstance(value, dict)),
        st.integers(0, 4),
    )
    @settings(max_examples=150, deadline=None)
    def test_each_key_stands_on_the_line_that_the_writer_chose(self, value: dict[str, Any], blank: int) -> None:
        from model._toml import parse_toml

        text, lines = "", {}
        for name, inner in value.items():
            text += "# [x] = ]\n" * blank
            lines[name] = text.count("\n") + 1
            text += f"{quoted(name)} = {written(inner)}\n"

        root = parse_toml(text, "doc.toml")

        assert {name: node.line for name, node in root.entries().items()} == lines
        assert tomllib.loads(text) == value


def every(node: Node) -> list[Node]:
    below = node.raw.values() if isinstance(node.raw, dict) else node.raw if isinstance(node.raw, list) else ()
    return [node, *(one for child in below for one in every(child))]


def quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08X}" if c in '"\\' or not c.isprintable() else c for c in text) + '"'


def written(value: Any) -> str:
    """``value`` as TOML on one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{quoted(key)} = {written(item)}" for key, item in value.items()) + "}"
        case _:
            return str(value)


class TestCsv:
    def test_rows_come_with_their_lines(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text('b,a\n1,"x\ny"\n2,z\n')

        assert list(read_csv(tmp_path / "a.csv", ["a", "b"])) == [
            (3, {"b": "1", "a": "x\ny"}),
            (4, {"b": "2", "a": "z"}),
        ]

    @pytest.mark.parametrize(
        ("text", "says"),
        [("", "empty"), ("a\n", "missing"), ("a,b,c\n", "unknown"), ("a,a\n", "columns differ"),
         ("a,b\n1\n", "2 values expected"), ('a,b\n"1\n', "not valid CSV")],
    )  # fmt: skip
    def test_other_columns_and_other_lengths_are_refused(self, tmp_path: Path, text: str, says: str) -> None:
        (tmp_path / "a.csv").write_text(text)

        with pytest.raises(DocumentError, match=says):
            list(read_csv(tmp_path / "a.csv", ["a", "b"], "a.csv"))
