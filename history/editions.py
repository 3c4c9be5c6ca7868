"""Editions: a dated folder that appears at once, complete, and never changes afterwards.

    editions/
      20261121T081203Z-7f3a/     snapshot/, assessment.json, the reports, manifest.json
      current                    the id of the last complete edition
      partial                    the id of the last one with gaps
      .draft-<id>/               a run under way, or one that was killed and can go on

Each manifest holds the digest of every file and that of the previous edition's manifest, so that a change
anywhere breaks the chain (docs/editions.md).
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from history._duck import disk
from history._layout import digest_of
from history._manifest import FORMAT, MANIFEST, DataUsed, EditionManifest, File, Previous, files_in, read_manifest
from history.lock import Lock
from model.assessment import DataVersion
from model.codec import dumps, encode, instant
from model.errors import SnapshotError, UsageError

_log = logging.getLogger("lexsitus.history.editions")
_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}\Z")
_DRAFT = ".draft-"
_ABANDONED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Edition:
    """A published edition.  ``sha256`` is the digest of its manifest."""

    id: str
    folder: Path
    manifest: EditionManifest
    sha256: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition in the making.

    What is put into ``folder`` will be published; ``journal`` and ``scratch`` stay behind.
    """

    id: str
    home: Path
    started_at: datetime

    @property
    def folder(self) -> Path:
        """What becomes the edition."""
        return self.home / "edition"

    @property
    def journal(self) -> Path:
        """Where the journal of the scan lies."""
        return self.home / "journal.jsonl"

    @property
    def scratch(self) -> Path:
        """A place for temporary files on the same disk."""
        return self.home / "scratch"


class Editions:
    """The editions in ``directory``, which need not exist yet."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def lock(self, since: datetime) -> Lock:
        """The lock that a run holds while it writes here; ``since`` is when it began."""
        return Lock(self.directory, since)

    # Reading

    def ids(self) -> tuple[str, ...]:
        """The ids of every edition, oldest first.  A draft is none."""
        try:
            names = sorted(path.name for path in self.directory.iterdir() if _ID.match(path.name) and path.is_dir())
        except FileNotFoundError:
            return ()
        except OSError as error:
            message = f"{self.directory}: cannot be read: {error.strerror}; choose another directory"
            raise SnapshotError(message) from error
        return tuple(names)

    def list(self) -> tuple[Edition, ...]:
        """Every edition, oldest first.  Raises SnapshotError when a manifest cannot be read."""
        return tuple(self._edition(id) for id in self.ids())

    def latest(self) -> Edition | None:
        """The newest edition, complete or not, or ``None``."""
        ids = self.ids()
        return self._edition(ids[-1]) if ids else None

    def current(self) -> Edition | None:
        """The newest complete edition, or ``None``."""
        return self._newest(complete=True)

    def partial(self) -> Edition | None:
        """The newest edition with gaps, or ``None``."""
        return self._newest(complete=False)

    def find(self, name: str) -> Edition:
        """The edition of that id, of the only id that begins so, or that ``current`` or ``partial`` names.

        Raises UsageError listing what there is.
        """
        if name in ("current", "partial"):
            found = self.current() if name == "current" else self.partial()
            if found is None:
                raise UsageError(f"{self.directory}: no edition is {name} yet; run lexsitus run")
            return found
        ids = self.ids()
        matching = [id for id in ids if id.startswith(name)] if name else []
        if len(matching) == 1 or name in matching:
            return self._edition(name if name in matching else matching[0])
        if matching:
            raise UsageError(f"edition {name!r} is ambiguous: {', '.join(matching)}; give more of the id")
        known = ", ".join(ids[-5:]) if ids else "none yet; run lexsitus run"
        raise UsageError(f"{self.directory}: no edition {name!r}; the last ones: {known}")

    # Writing, under the lock

    def draft(self, started_at: datetime, digest: str) -> Draft:
        """A new draft for the run with that digest; an unfinished one of the same run is dropped.

        Raises SnapshotError when the last edition is damaged, so that nothing could follow it, or later than
        ``started_at``: the clock is wrong now or was then.
        """
        last = self.latest()
        newest = "" if last is None else last.id
        stamp = started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        if stamp < newest[: len(stamp)]:
            raise SnapshotError(
                f"{self.directory}: edition {newest} is later than now ({instant(started_at)}); "
                "set the clock right, or move that edition away if it was wrong then"
            )
        for other in tuple(self._drafts()):
            if _digest_in(other.home) == digest or started_at - other.started_at > _ABANDONED:
                self.discard(other)
        id = next((id for id in _ids_of(stamp, digest) if id > newest), "")
        if not id:
            raise SnapshotError(f"{self.directory}: too many editions in the same second; run again")
        draft = Draft(id, self.directory / f"{_DRAFT}{id}", started_at)
        with disk(self.directory):
            draft.folder.mkdir(parents=True)
            draft.scratch.mkdir()
            (draft.home / "run").write_text(f"{digest}\n{instant(started_at)}\n", "utf-8")
        return draft

    def open_draft(self, digest: str) -> Draft | None:
        """The newest unfinished draft of the run with that digest, or ``None``.

        Its ``folder`` is empty again: only the journal counts.  Raises SnapshotError when the last edition
        is damaged.
        """
        last = self.latest()
        newest = "" if last is None else last.id
        mine = [draft for draft in self._drafts() if _digest_in(draft.home) == digest]
        for draft in mine:
            if draft.id in self.ids():  # killed between the renaming and the tidying
                self.discard(draft)
        left = [draft for draft in mine if draft.home.exists() and draft.id > newest]
        if not left:
            return None
        draft = left[-1]
        with disk(self.directory):
            for folder in (draft.folder, draft.scratch):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
        return draft

    def discard(self, draft: Draft) -> None:
        """Removes a draft with its journal."""
        shutil.rmtree(draft.home, ignore_errors=True)

    def publish(
        self, draft: Draft, complete: bool, tool_version: str, catalog: DataVersion, legislation: DataVersion
    ) -> Edition:
        """Turns the draft into an edition in one step and points ``current`` or ``partial`` to it.

        ``complete`` tells that there is no gap.  Raises SnapshotError when the disk is full: nothing is
        published then, and the draft stays.
        """
        newest = self.latest()
        previous = None if newest is None else Previous(newest.id, newest.sha256)
        manifest = EditionManifest(
            format=FORMAT,
            id=draft.id,
            complete=complete,
            tool_version=tool_version,
            started_at=draft.started_at,
            catalog=DataUsed(catalog.version, catalog.sha256, catalog.checked_on),
            legislation=DataUsed(legislation.version, legislation.sha256, legislation.checked_on),
            previous=previous,
            files={
                name: File(digest_of(path), path.stat().st_size)
                for name, path in files_in(draft.folder)
                if name != MANIFEST
            },
        )
        place = self.directory / draft.id
        with disk(self.directory):
            (draft.folder / MANIFEST).write_bytes(dumps(encode(manifest)) + b"\n")
            for path in (draft.folder, *draft.folder.rglob("*")):
                _sync(path)
            if place.exists():
                raise SnapshotError(f"{place}: already published; editions never change")
            draft.folder.rename(place)
            _sync(self.directory)
        self.discard(draft)
        self.repair_pointers()
        return self._edition(draft.id)

    def repair_pointers(self) -> None:
        """Writes ``current`` and ``partial`` anew from the editions, each in one step."""
        newest: dict[bool, str] = {}
        for id in self.ids():
            try:
                newest[read_manifest(self.directory / id).complete] = id
            except SnapshotError as error:
                # An old edition that is damaged must not undo the publication of a new one.
                _log.warning("%s", error)
        for name, complete in (("current", True), ("partial", False)):
            pointer = self.directory / name
            text = f"{newest.get(complete, '')}\n"
            if complete not in newest or (pointer.is_file() and pointer.read_text("utf-8", "replace") == text):
                continue
            beside = self.directory / f".{name}.new"
            with disk(self.directory):
                beside.write_text(text, "utf-8")
                _sync(beside)
                beside.replace(pointer)

    def _newest(self, complete: bool) -> Edition | None:
        for id in reversed(self.ids()):
            edition = self._edition(id)
            if edition.manifest.complete == complete:
                return edition
        return None

    def _edition(self, id: str) -> Edition:
        folder = self.directory / id
        return Edition(id, folder, read_manifest(folder), digest_of(folder / MANIFEST))

    def _drafts(self) -> Iterator[Draft]:
        """Drafts whose beginnings can be read, oldest first."""
        for home in sorted(self.directory.glob(f"{_DRAFT}*")):
            try:
                _, started_at = (home / "run").read_text("utf-8").splitlines()
                yield Draft(home.name.removeprefix(_DRAFT), home, datetime.fromisoformat(started_at))
            except (OSError, ValueError):
                _log.warning("%s: left by a run killed at its very beginning; removed", home)
                shutil.rmtree(home, ignore_errors=True)


def _ids_of(stamp: str, digest: str) -> Iterator[str]:
    """Ids for a run begun at ``stamp``: always the same ones, the next when one is taken."""
    for n in range(100_000):
        mixed = hashlib.sha256(f"{digest} {n}".encode()).hexdigest()
        yield f"{stamp}-{mixed[:4]}"


def _digest_in(home: Path) -> str:
    return (home / "run").read_text("utf-8").splitlines()[0]


def _sync(path: Path) -> None:
    """Hands a file, or the names in a folder, to the disk."""
    if path.is_dir() and os.name != "posix":
        return
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
