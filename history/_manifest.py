"""``manifest.json``: what an edition holds, made with what, after which other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from model.codec import decode
from model.errors import SnapshotError

FORMAT = "lexsitus/edition/1"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class File:
    """One file of an edition: its SHA-256 and its size in bytes."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class DataUsed:
    """Which state of the catalog or of the legislation judged this edition."""

    version: str
    sha256: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class Previous:
    """The edition before: its id and the SHA-256 of its manifest."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EditionManifest:
    """All that an edition says of itself.

    ``files`` maps every other file (a path with ``/``) to its digest; ``complete`` tells that there
    was no gap; ``previous`` is ``None`` for the first edition of a folder.
    """

    format: str
    id: str
    complete: bool
    tool_version: str
    started_at: datetime
    catalog: DataUsed
    legislation: DataUsed
    previous: Previous | None
    files: Mapping[str, File]


def read_manifest(folder: Path) -> EditionManifest:
    """The manifest of the edition in ``folder``.

    Raises SnapshotError naming the file when it is missing, damaged or of another version.
    """
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise SnapshotError(f"{path}: missing; restore this edition from a backup") from None
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{path}: damaged: {error}; restore this edition from a backup") from error
    found = data.get("format") if isinstance(data, dict) else None
    if found != FORMAT:
        raise SnapshotError(
            f"{path}: expected format {FORMAT!r}, found {found!r}; read it with the version of lexsitus that wrote it"
        )
    try:
        return decode(EditionManifest, data)
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotError(f"{path}: damaged: {error}; restore this edition from a backup") from error


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file below ``folder`` with its path in the manifest, sorted; a link counts as a file."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix(), path
