"""What a scan has already done, kept so that a killed one goes on where it stopped.

One line per finished job: a checksum, then the job's key, what it learned, and the jobs that
follow from it.  A line is handed to the operating system as soon as the job ends, which survives a kill,
and to the disk several times a second, which survives a power cut.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from history._duck import disk
from model.codec import decode, dumps, encode
from model.places import Observations, Target

FORMAT = "lexsitus/journal/1"

_log = logging.getLogger("lexsitus.history.journal")
_SYNC_SECONDS = 0.2
_SYNC_LINES = 1_000
_CHECK = 16  # hexadecimal digits of the checksum of a line


@dataclass(frozen=True, slots=True)
class Request:
    """A job as data: enough to ask again, whoever runs it."""

    target: Target
    task: str
    scope: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one finished job left: what it learned, the jobs that follow, whether it read its scope to the end."""

    observations: Observations
    requests: tuple[Request, ...] = ()
    complete: bool = True


def digest_of_run(tool_version: str, targets: Iterable[Target], *others: str) -> str:
    """Equal for two runs of which one may go on with the other's journal.

    ``others`` are whatever else the observations depend on, such as the digest of a register.
    """
    return hashlib.sha256(dumps([tool_version, [encode(target) for target in targets], list(others)])).hexdigest()


class Journal:
    """The journal in the file ``path`` of the run with that digest, opened to be read and continued.

    A file of another run or version is replaced by an empty one.  A last line cut short by a kill is
    dropped; at a damaged line the journal ends, since nothing after it can be trusted.  Either is logged, and the
    jobs concerned are simply asked again.  Raises SnapshotError when the disk is full or cannot be
    written.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self._path = path
        self._places: dict[str, tuple[int, int]] = {}
        self._unsynced = 0
        self._synced_at = time.monotonic()
        with disk(path):
            self._file = path.open("a+b")
            self._file.seek(0)
            end = self._index(digest)
            self._file.truncate(end)
            self._file.seek(end)
            if end == 0:
                self._append({"format": FORMAT, "digest": digest})
                self._sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._places)

    def recall(self, key: str) -> Entry | None:
        """What the job of that key left in an earlier run or in this one, or ``None``."""
        place = self._places.get(key)
        if place is None:
            return None
        offset, length = place
        self._file.seek(offset)  # what is written goes to the end all the same: the file is open to append
        data = json.loads(self._file.read(length)[_CHECK + 1 :])
        return Entry(
            decode(Observations, data["observations"]),
            tuple(decode(Request, request) for request in data["requests"]),
            data["complete"],
        )

    def record(self, key: str, entry: Entry) -> None:
        """Keeps what the job of that key left.  On return it survives a kill of this process."""
        with disk(self._path):
            self._places[key] = self._append({"key": key, **encode(entry)})
            self._unsynced += 1
            if self._unsynced >= _SYNC_LINES or time.monotonic() - self._synced_at >= _SYNC_SECONDS:
                self._sync()

    def close(self) -> None:
        """Hands everything to the disk and closes the file.  Raises SnapshotError when the disk is full."""
        if not self._file.closed:
            with disk(self._path):
                self._sync()
                self._file.close()

    def _append(self, data: Any) -> tuple[int, int]:
        # ASCII, so that a lone surrogate in a hostile name is kept as it came.
        text = json.dumps(data, sort_keys=True, separators=(",", ":")).encode("ascii")
        line = _check(text) + b" " + text + b"\n"
        offset = self._file.seek(0, os.SEEK_END)
        self._file.write(line)
        self._file.flush()
        return offset, len(line)

    def _sync(self) -> None:
        os.fsync(self._file.fileno())
        self._unsynced = 0
        self._synced_at = time.monotonic()

    def _index(self, digest: str) -> int:
        """Fills the index and returns where the trusted lines end: 0 when the journal is not of this run."""
        end = 0
        for number, line in enumerate(self._file, 1):
            text = line[_CHECK + 1 : -1]
            if not line.endswith(b"\n") or line[: _CHECK + 1] != _check(text) + b" ":
                what = "cut short" if not line.endswith(b"\n") else "damaged"
                _log.warning("%s:%d: %s; what follows is asked again", self._path, number, what)
                break
            data = json.loads(text)
            if number == 1:
                if data != {"format": FORMAT, "digest": digest}:
                    _log.info("%s: of another configuration or version; starting anew", self._path)
                    return 0
            else:
                self._places[data["key"]] = (end, len(line))
            end += len(line)
        return end


def _check(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_CHECK].encode("ascii")
