"""Which listing named each store and each copy, and which listings were read to their end.

From these two tables another day can tell what is gone from what was merely not seen again.
"""

# ruff: noqa: S608  only names of ours and quoted paths enter the SQL; every text of others is a parameter

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from history._duck import literal
from history._layout import LISTED, LISTINGS, staged_lines
from history._rows import SEPARATOR, quote
from model.places import Observations
from model.snapshot import Listing

LISTING_LINES = "listings"
LISTED_LINES = "listed"


def listing_line(listing: Listing, observations: Observations) -> str:
    """What one job tells of the listing that it belongs to: not whole with a gap that names no store."""
    whole = "false" if any(not gap.store for gap in observations.gaps) else "true"
    above = quote(listing.above.scope) if listing.above else '""'
    return SEPARATOR.join((quote(listing.target), quote(listing.scope), above, whole))


def listed_lines(listing: Listing, observations: Observations) -> Iterator[str]:
    """A line for each store and copy that a listing named: (store, of, kind); ``of`` and ``kind`` tell a copy."""
    end = SEPARATOR.join((quote(listing.target), quote(listing.scope)))
    for store in observations.stores:
        if store.seen:
            yield SEPARATOR.join((quote(store.id), '""', '""', end))
    for copy in observations.copies:
        yield SEPARATOR.join((quote(copy.at), quote(copy.of), quote(copy.kind.value), end))


def write_listings(con: Any, folder: Path, listings: tuple[Path, int], listed: tuple[Path, int]) -> dict[str, int]:
    """Writes both tables from staged lines (path, longest line in bytes): the number of rows of each."""
    texts = ("target", "scope", "above")
    lines = staged_lines((*texts, "whole"), [listings[0]], listings[1])
    first = con.execute(
        f"""
        COPY (
          SELECT target, scope, min(above) AS above, bool_and(whole) AS whole
          FROM (SELECT {_plain(texts)}, whole = 'true' AS whole FROM {lines}) GROUP BY target, scope ORDER BY ALL
        ) TO {literal(folder / LISTINGS)} (FORMAT parquet, COMPRESSION zstd)
        """
    ).fetchone()
    parts = ("store", "of", "kind", "target", "scope")
    lines = staged_lines(parts, [listed[0]], listed[1])
    second = con.execute(
        f"""
        COPY (SELECT DISTINCT {_plain(parts)} FROM {lines} ORDER BY ALL)
        TO {literal(folder / LISTED)} (FORMAT parquet, COMPRESSION zstd)
        """
    ).fetchone()
    return {LISTINGS: int(first[0]), LISTED: int(second[0])}


def _plain(names: tuple[str, ...]) -> str:
    return ", ".join(f"""json_extract_string("{name}", '$') AS "{name}" """ for name in names)
