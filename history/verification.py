"""``lexsitus verify``: whether editions are still what they were when published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from history._layout import digest_of
from history._manifest import MANIFEST, files_in, read_manifest
from history.editions import Edition, Editions
from model.errors import SnapshotError


class Damage(StrEnum):
    """What can be wrong with an edition."""

    MISSING = "missing"
    ALTERED = "altered"
    ADDED = "added"
    UNREADABLE = "unreadable"
    CHAIN = "chain"
    POINTER = "pointer"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which edition (or pointer), which file, and what, in words."""

    edition: str
    file: str
    damage: Damage
    message: str


def verify(editions: Editions, name: str = "") -> tuple[Problem, ...]:
    """Everything wrong with one edition, or with all of them, their order and their pointers.

    An edition's own manifest is held by the edition after it; nothing here holds the last one,
    hence note its digest elsewhere.  Raises UsageError when ``name`` is no edition.
    """
    if name:
        return tuple(_problems_of(editions, editions.find(name).id))
    found = [problem for id in editions.ids() for problem in _problems_of(editions, id)]
    return (*found, *_forks(editions), *_pointers(editions))


def _problems_of(editions: Editions, id: str) -> Iterator[Problem]:
    folder = editions.directory / id
    try:
        manifest = read_manifest(folder)
    except SnapshotError as error:
        yield Problem(id, MANIFEST, Damage.UNREADABLE, str(error))
        return
    if manifest.id != id:
        yield Problem(id, MANIFEST, Damage.ALTERED, f"{folder}: its manifest is that of edition {manifest.id}")
    present = {name: path for name, path in files_in(folder) if name != MANIFEST}
    for name, expected in sorted(manifest.files.items()):
        path = folder / name
        if name not in present:
            yield Problem(id, name, Damage.MISSING, f"{path}: missing")
            continue
        try:
            found = digest_of(path)
        except OSError as error:
            yield Problem(id, name, Damage.UNREADABLE, f"{path}: cannot be read: {error.strerror}")
            continue
        if found != expected.sha256:
            message = f"{path}: altered: expected SHA-256 {expected.sha256}, found {found}"
            yield Problem(id, name, Damage.ALTERED, message)
    for name in sorted(present.keys() - manifest.files.keys()):
        yield Problem(id, name, Damage.ADDED, f"{folder / name}: added after publication")
    if manifest.previous is not None:
        yield from _chain(editions, id, manifest.previous.id, manifest.previous.sha256)


def _chain(editions: Editions, id: str, previous: str, expected: str) -> Iterator[Problem]:
    path = editions.directory / previous / MANIFEST
    try:
        found = digest_of(path)
    except OSError:
        yield Problem(id, MANIFEST, Damage.CHAIN, f"{path}: the edition before {id} is missing")
        return
    if found != expected:
        message = f"{path}: altered since edition {id} followed it: expected SHA-256 {expected}, found {found}"
        yield Problem(id, MANIFEST, Damage.CHAIN, message)


def _forks(editions: Editions) -> Iterator[Problem]:
    """Editions that do not follow the one just before them: one was put between, or the order was broken."""
    before: Edition | None = None
    for id in editions.ids():
        try:
            manifest = read_manifest(editions.directory / id)
        except SnapshotError:
            before = None  # said already
            continue
        named = "" if manifest.previous is None else manifest.previous.id
        if before is not None and named != before.id:
            message = f"{editions.directory / id}: follows {named or 'nothing'}, but {before.id} lies before it"
            yield Problem(id, MANIFEST, Damage.CHAIN, message)
        before = Edition(id, editions.directory / id, manifest, "")


def _pointers(editions: Editions) -> Iterator[Problem]:
    for name, complete in (("current", True), ("partial", False)):
        expected = ""
        for id in editions.ids():
            try:
                manifest = read_manifest(editions.directory / id)
            except SnapshotError:
                continue
            if manifest.complete == complete:
                expected = id
        pointer = editions.directory / name
        found = pointer.read_text("utf-8", "replace").strip() if pointer.is_file() else ""
        if found != expected:
            message = f"{pointer}: names {found or 'nothing'}, but the last such edition is {expected or 'none'}"
            yield Problem("", name, Damage.POINTER, message)
