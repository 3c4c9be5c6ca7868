from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from model.places import Observations
from tests.history.estate import gap, snapshot, store

PAGE = (Path(__file__).parents[2] / "docs" / "editions.md").read_text("utf-8")
QUERIES = [
    query for block in re.findall(r"```sql\n(.*?)```", PAGE, re.S) for query in block.split(";") if query.strip()
]


@pytest.mark.parametrize("query", QUERIES)
def test_the_queries_of_the_page_on_editions_find_something(tmp_path: Path, query: str) -> None:
    snapshot(tmp_path / "snapshot", Observations((store("a"),), gaps=(gap("buckets"),)))

    found = duckdb.sql(query.replace("editions/20261121T081203Z-7f3a", str(tmp_path))).fetchall()

    assert len(found) == 1
    assert None not in found[0]
