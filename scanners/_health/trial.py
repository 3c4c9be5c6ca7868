"""The same detection, tried on files and names of one's own: no store, no network.

A file is read as an object of a store is: its two ends, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from model.errors import UsageError
from model.health import REFERENCE, Detection, HealthStatus, Signal, identification, score, status
from scanners._health.contents import HEAD_BYTES, TAIL_BYTES, Reading, recognise, wants_tail
from scanners._health.keys import of_key


def of_names(names: Iterable[str]) -> Iterator[Detection]:
    """Each name of a store, a database, a table or an object, in the order given."""
    for name in names:
        yield _detection(name, False, Reading(of_key(name, "name")), whole=False)


def of_files(paths: Iterable[str]) -> Iterator[Detection]:
    """Each file by its contents alone, a folder by its files in order of path; links are not followed.

    The name of a file never counts: extensions lie.  Raises UsageError for a path that is not there.
    """
    for path in paths:
        if not Path(path).exists():
            raise UsageError(f"{path}: there is no such file or folder")
        yield from map(_of_file, _files(Path(path)))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for below in sorted(path.iterdir()):
        if not below.is_symlink() and (below.is_dir() or below.is_file()):
            yield from _files(below)


def _of_file(path: Path) -> Detection:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            tail = b""
            if wants_tail(head):
                file.seek(max(0, size - TAIL_BYTES))
                tail = file.read(TAIL_BYTES)
    except OSError as error:
        return _detection(
            str(path), True, Reading(unread="refused" if isinstance(error, PermissionError) else "damaged"), whole=False
        )
    return _detection(str(path), True, recognise(head, tail, size), whole=size <= HEAD_BYTES)


def _detection(subject: str, is_file: bool, reading: Reading, *, whole: bool) -> Detection:
    signals, said = reading.signals, status(reading.signals)
    if said is HealthStatus.NO_EVIDENCE and whole and not reading.unread and _only_reference(signals):
        said = HealthStatus.NO
    told = identification(signals) if said in (HealthStatus.YES, HealthStatus.SUSPECTED) else None
    return Detection(subject, is_file, said, score(signals), told, signals, reading.unread)


def _only_reference(signals: tuple[Signal, ...]) -> bool:
    return any(one.family == REFERENCE for one in signals) and all(not one.weight for one in signals)
