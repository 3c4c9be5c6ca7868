"""Each row of each table of signatures can be met, and none weighs more than certainty."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from model.reading import read_csv
from scanners._health import columns, contents, documents, keys, messages, names, stores

TABLES = {
    names.PATH: names.COLUMNS,
    columns.PATH: columns.COLUMNS,
    keys.PATH: keys.COLUMNS,
    contents.MAGIC: contents.MAGIC_COLUMNS,
    messages.TEXTS: messages.TEXT_COLUMNS,
    messages.PMSI: messages.PMSI_COLUMNS,
    documents.ROOTS: documents.ROOT_COLUMNS,
    documents.FHIR: documents.FHIR_COLUMNS,
    stores.KINDS: stores.KIND_COLUMNS,
    stores.TAGS: stores.TAG_COLUMNS,
}
WEIGHED = ("word", "object", "beginning", "ending")
PATTERNS = {"pattern", "root", "namespace", "holds", "key", "value"}


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_rows_are_distinct_patterns_compile_and_weights_are_shares(path: Path) -> None:
    rows = [row for _, row in read_csv(path, TABLES[path])]

    assert len({tuple(row.values()) for row in rows}) == len(rows) > 0
    for row in rows:
        for column in PATTERNS & row.keys():
            re.compile(row[column])
        for column in ("weight", "with_context"):
            assert 0.0 <= float(row.get(column) or 0.0) < 1.0, row
        assert row.get("identity", "") in ("", "nominative", "pseudonymous", "anonymous", "reference")


def test_every_csv_beside_the_detector_is_one_of_these() -> None:
    assert set(names.PATH.parent.glob("*.csv")) == set(TABLES)


def test_terms_are_written_as_names_are_read() -> None:
    for _, row in read_csv(names.PATH, names.COLUMNS):
        words = row["term"].split("-")
        if row["role"] not in ("beginning", "ending", "affix"):
            assert row["term"] == "-".join(names.singular(names.folded(word)) for word in words), row
        assert row["role"] in (*WEIGHED, "stop", "reference", "artefact", "context", "affix")
        assert (row["role"] in WEIGHED) == bool(row["weight"])
