"""What a snapshot on disk says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from model.places import Target

FORMAT = "lexsitus/snapshot/2"


@dataclass(frozen=True, slots=True)
class Listing:
    """A question whose whole answer names every store of a kind somewhere.

    ``target`` and ``scope`` are those of the job that began it and name it from run to run; ``task`` is that job's.
    ``above`` is the listing that told where to ask this one, or ``None``.
    """

    target: str
    scope: str
    task: str
    above: Listing | None = None


@dataclass(frozen=True, slots=True)
class SnapshotManifest:
    """The small file beside the tables: what was asked, with what, when, and which scopes are complete.

    ``tables`` maps a table's file name to its SHA-256 and ``rows`` to its number of rows.
    ``complete_scopes`` are the (target, scope) pairs that were read to the end, sorted.
    """

    format: str
    tool_version: str
    started_at: datetime
    finished_at: datetime
    targets: tuple[Target, ...]
    complete_scopes: tuple[tuple[str, str], ...]
    tables: Mapping[str, str]
    rows: Mapping[str, int]
