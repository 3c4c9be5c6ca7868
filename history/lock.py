"""One run at a time in a folder of editions."""

from __future__ import annotations

import json
import logging
import os
import platform
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from history._duck import disk
from model.codec import instant
from model.errors import LockedError

_log = logging.getLogger("lexsitus.history.lock")
_FILE = ".lock"


class Lock:
    """Holds the folder ``directory`` for this process from ``acquire`` to ``release``, or in a ``with``.

    The file ``.lock`` names the holder: host, process, since when.  A lock whose holder
    died on this host is taken over, with a line in the log; one of another host never is, for
    nobody here can tell whether that run still lives.  ``since`` is the instant that others will read.
    """

    def __init__(self, directory: Path, since: datetime) -> None:
        self.path = directory / _FILE
        self._mine: dict[str, Any] = {"host": platform.node(), "process": os.getpid(), "since": instant(since)}
        self._file: int | None = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def acquire(self) -> None:
        """Takes the lock.  Raises LockedError saying who holds it and what to do."""
        with disk(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        with ExitStack() as on_refusal:
            on_refusal.callback(os.close, file)
            # The kernel drops this lock with its process; only the words in the file can be stale.
            alone = _lock_file(file)
            holder = _holder(file)
            if alone is False or (holder is not None and not self._is_over(holder, alone is True)):
                raise LockedError(self._refusal(holder))
            if holder is not None:
                _log.warning("%s: taken over from %s, which is dead", self.path, _words(holder))
            with disk(self.path.parent):
                os.ftruncate(file, 0)
                os.lseek(file, 0, os.SEEK_SET)
                os.write(file, json.dumps(self._mine).encode())
                os.fsync(file)
            on_refusal.pop_all()
        self._file = file

    def release(self) -> None:
        """Gives the lock back.  The file stays, empty: removing it would race with the next holder."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def _is_over(self, holder: Mapping[str, Any], alone: bool) -> bool:
        if holder.get("host") != self._mine["host"]:
            return False
        return alone or not _is_alive(holder.get("process"))

    def _refusal(self, holder: Mapping[str, Any] | None) -> str:
        if holder is None:
            return f"{self.path}: another run holds this folder; wait until it ends"
        message = f"{self.path}: another run holds this folder: {_words(holder)}; wait until it ends"
        if holder.get("host") != self._mine["host"]:
            message += f", or, if that run is over, delete {self.path}"
        return message


def _lock_file(file: int) -> bool | None:
    """Whether this process alone holds the file; ``None`` where the system cannot tell."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    return True


def _holder(file: int) -> Mapping[str, Any] | None:
    try:
        os.lseek(file, 0, os.SEEK_SET)
        data = json.loads(os.read(file, 4096))
    except ValueError:  # empty: given back, or cut short while it was taken
        return None
    return data if isinstance(data, dict) else None


def _is_alive(process: Any) -> bool:
    if os.name != "posix":  # elsewhere signal 0 is no question but a blow
        return True
    if not isinstance(process, int):
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it lives, and is somebody else's
        return True
    return True


def _words(holder: Mapping[str, Any]) -> str:
    return f"host {holder.get('host')}, process {holder.get('process')}, since {holder.get('since')}"
