"""A judged snapshot kept beside it, so that any report can be made again without judging anew.

``assessment.json`` holds all but the places, ``places.jsonl`` one judged place a line (there may be
thousands), in the order of the facts of the snapshot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from history._duck import disk
from history._layout import FACTS_OF_STORES, MANIFEST, digest_of
from history._stores import StoredStores
from history.snapshot import check, read_manifest
from model.assessment import Assessment, Exit, Forecast, Header, JudgedPlace, Judgement, Summary
from model.changes import Changes, Point
from model.codec import decode, dumps, encode
from model.datasets import Flow
from model.errors import SnapshotError
from model.places import Gap

FORMAT = "lexsitus/assessment/2"
ASSESSMENT = "assessment.json"
PLACES = "places.jsonl"
SNAPSHOT = "snapshot"
"""The folder of the snapshot inside an edition."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """What ``assessment.json`` holds.  The judgement's places lie in ``places.jsonl``."""

    format: str
    header: Header
    judgement: Judgement
    gaps: tuple[Gap, ...]
    flows: tuple[Flow, ...]
    summary: Summary
    exit: Exit
    forecast: tuple[Forecast, ...] | None = None
    changes: Changes | None = None
    trend: tuple[Point, ...] = ()


def write(folder: Path, assessment: Assessment) -> None:
    """Puts the assessment into ``folder``, an edition in the making.  Equal assessments give equal bytes.

    Its stores must be those of a snapshot on disk.  Raises SnapshotError when the disk is full.
    """
    if not isinstance(assessment.stores, StoredStores):
        raise TypeError("only the assessment of a snapshot on disk can be kept")
    stored = _Stored(
        format=FORMAT,
        header=assessment.header,
        judgement=replace(assessment.judgement, places=()),
        gaps=assessment.gaps,
        flows=assessment.flows,
        summary=assessment.summary,
        exit=assessment.exit,
        forecast=assessment.forecast,
        changes=assessment.changes,
        trend=assessment.trend,
    )
    with disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ASSESSMENT).write_bytes(dumps(encode(stored)) + b"\n")
        with (folder / PLACES).open("wb") as file:
            for place in assessment.judgement.places:
                file.write(dumps(encode(place)) + b"\n")


def read(folder: Path) -> Assessment:
    """The assessment of the edition in ``folder``, its stores read as a report walks them.

    Raises SnapshotError naming the file when one is missing, damaged, of another version, or when
    the assessment is not of the snapshot that lies there.
    """
    stored: _Stored = _decoded(_Stored, _data(folder), folder)
    snapshot = folder / SNAPSHOT
    found = _digest(snapshot / MANIFEST)
    expected = stored.header.snapshot_sha256
    if found != expected:
        raise SnapshotError(
            f"{snapshot / MANIFEST}: not the snapshot that was assessed: expected SHA-256 {expected}, found {found}; "
            "restore this edition from a backup"
        )
    # Places are told apart by the number of their facts alone.
    check(snapshot, read_manifest(snapshot), (FACTS_OF_STORES,))
    return Assessment(
        header=stored.header,
        judgement=replace(stored.judgement, places=_places(folder)),
        gaps=stored.gaps,
        flows=stored.flows,
        summary=stored.summary,
        exit=stored.exit,
        stores=StoredStores(snapshot),
        forecast=stored.forecast,
        changes=stored.changes,
        trend=stored.trend,
    )


def read_header(folder: Path) -> Header:
    """Who, when and with what the edition in ``folder`` was made.  Raises SnapshotError as ``read``."""
    header: Header = _decoded(Header, _data(folder).get("header"), folder)
    return header


def read_point(folder: Path) -> Point:
    """The figures of the edition in ``folder``.  Raises SnapshotError as ``read``."""
    data = _data(folder)
    header, summary, exit = (
        _decoded(kind, data.get(name), folder)
        for kind, name in ((Header, "header"), (Summary, "summary"), (Exit, "exit"))
    )
    return point(header, summary, exit)


def point(header: Header, summary: Summary, exit: Exit) -> Point:
    """The figures of one edition."""
    return Point(
        edition=header.edition,
        started_at=header.started_at,
        on=header.on,
        complete=not summary.gaps,
        stores=summary.stores,
        copies=summary.copies,
        datasets=summary.datasets,
        gaps=summary.gaps,
        rate_min=summary.rate_min,
        rate_max=summary.rate_max,
        exit=exit.code,
        verdicts=summary.verdicts,
        dataset_verdicts=summary.dataset_verdicts,
    )


def first_seen(findings: Iterable[str], previous: Header | None, on: date) -> Mapping[str, str]:
    """Since when each finding stands: the day that the previous edition gives, else ``on``.

    ``findings`` are the ids of every finding of the new edition.  One that had gone and came back is new.
    """
    before = {} if previous is None else previous.first_seen
    return {id: before.get(id, on.isoformat()) for id in sorted(set(findings))}


def _data(folder: Path) -> dict[str, Any]:
    path = folder / ASSESSMENT
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise SnapshotError(f"{path}: missing: this snapshot was not judged; run lexsitus assess") from None
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{path}: damaged: {error}; restore this edition from a backup") from error
    found = data.get("format") if isinstance(data, dict) else None
    if found != FORMAT:
        raise SnapshotError(
            f"{path}: expected format {FORMAT!r}, found {found!r}; judge it again with lexsitus assess, "
            "or read it with the version of lexsitus that wrote it"
        )
    return dict(data)


def _places(folder: Path) -> tuple[JudgedPlace, ...]:
    path = folder / PLACES
    try:
        with path.open("rb") as file:
            return tuple(decode(JudgedPlace, json.loads(line)) for line in file)
    except FileNotFoundError:
        raise SnapshotError(f"{path}: missing; restore this edition from a backup") from None
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise SnapshotError(f"{path}: damaged: {error}; restore this edition from a backup") from error


def _decoded(kind: Any, data: Any, folder: Path) -> Any:
    try:
        return decode(kind, data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        path = folder / ASSESSMENT
        raise SnapshotError(f"{path}: damaged: {error}; restore this edition from a backup") from error


def _digest(path: Path) -> str:
    try:
        return digest_of(path)
    except OSError as error:
        raise SnapshotError(f"{path}: cannot be read: {error.strerror}; restore this edition from a backup") from error
