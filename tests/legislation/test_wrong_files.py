"""A file of the law that cannot be right is refused with its line and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from legislation import _law
from model.errors import DocumentError

TEXT = """id: T
kind: law
titles: {fr: Texte, en: Text}
in_force_from: "2024-01-01"
in_force_to: "2025-01-01"
versions:
  - {label: "1", from: "2024-01-01"}
articles: ["1"]
url: null
confidence: likely
checked_on: "2026-11-21"
"""
PARAMETER = """id: P
titles: {fr: Seuil, en: Threshold}
unit: months
checked_on: "2026-11-21"
values:
  - {from: "2024-01-01", value: 18, reference: {text: L2024-449, article: "31", confidence: likely}}
"""
LAWS = """laws:
  - id: X
    country: US
    titles: {fr: Loi, en: Law}
    reaches: all
    reaches_content: true
    confidence: likely
    checked_on: "2026-11-21"
    states:
      - {from: "2018-03-23", effect: in_force, fr: "en vigueur", en: in force}
    sources: [page]
"""
VALUE = '  - {from: "2024-01-01", value: 24, reference: {text: L2024-449, article: "31", confidence: likely}}\n'


@pytest.mark.parametrize(
    ("name", "read", "text", "line", "message"),
    [
        ("T", _law._text, TEXT.replace("2025-01-01", "2023-01-01"), 5, "ends before it starts"),
        (
            "T",
            _law._text,
            TEXT.replace("articles", '  - {label: "1", from: "2025-01-01"}\narticles'),
            8,
            "listed twice",
        ),
        ("T", _law._text, TEXT.replace('label: "1", ', ""), 7, "label"),
        ("P", _law._parameter, PARAMETER + VALUE, 7, "another value begins on that day"),
        ("P", _law._parameter, PARAMETER.replace(", confidence: likely", ""), 6, "confidence"),
        ("P", _law._parameter, PARAMETER + "unit: days\n", 7, "unit"),
        ("laws", _law._foreign_laws, LAWS.replace("US", "us"), 3, "two capital letters"),
        ("laws", _law._foreign_laws, LAWS.replace("[page]", "[]"), 11, "needs a source"),
        ("laws", _law._foreign_laws, LAWS + LAWS.removeprefix("laws:\n"), 12, "described twice"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, name: str, read: Callable[[Path], object], text: str, line: int, message: str
) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError, match=message) as error:
        read(path)

    assert (error.value.path, error.value.line) == (str(path), line)


@pytest.mark.parametrize(
    ("name", "read", "text"),
    [("T", _law._text, TEXT), ("P", _law._parameter, PARAMETER), ("laws", _law._foreign_laws, LAWS)],
)
def test_the_same_files_are_read_when_they_are_right(
    tmp_path: Path, name: str, read: Callable[[Path], object], text: str
) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")

    assert read(path)
