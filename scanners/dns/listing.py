"""The lists of names: in the configuration, in files, and in zones; read a slice at a time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from model.errors import DocumentError
from model.resolution import QueryKind
from scanners.dns.queries import Query, understood

_CHUNK = 1 << 20
_LONGEST_LINE = 8_192


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a list that names nothing: where, and what is wrong with it."""

    place: str
    because: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Some names of a list, each once; the lines among them that name nothing; where the next slice begins.

    ``following`` is the byte and the number of the line that come next, ``None`` at the end of the list.
    """

    names: tuple[str, ...]
    bad: tuple[BadLine, ...]
    following: tuple[int, int] | None


def digest_of(path: Path) -> str:
    """The SHA-256 of a list.  Raises DocumentError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DocumentError(str(path), None, "", f"cannot be read: {error.strerror or error}") from error


def lines_in(path: Path, most: int) -> int:
    """How many lines a list has, counted up to ``most``.  Raises DocumentError when it cannot be read."""
    try:
        with path.open("rb") as file:
            count = 0
            while count < most and (read := file.read(_CHUNK)):
                count += read.count(b"\n")
            return count
    except OSError as error:
        raise DocumentError(str(path), None, "", f"cannot be read: {error.strerror or error}") from error


def bad_name(text: str) -> str:
    """What keeps ``text`` from being a name or an address to ask for; empty when nothing does."""
    return _unfit(understood(text))


def slice_of(path: Path, offset: int, line: int, wanted: int) -> Slice:
    """The next ``wanted`` names of the list in ``path``, from byte ``offset``, which begins line number ``line``.

    One name a line; what follows a ``#`` is a comment, an empty line nothing.  Memory does not grow with the file.
    """
    names: dict[str, None] = {}
    bad: list[BadLine] = []
    seen = 0
    with path.open("rb") as file:
        file.seek(offset)
        while seen < wanted:
            raw = file.readline(_LONGEST_LINE)
            if not raw:
                return Slice(tuple(names), tuple(bad), None)
            size = len(raw)
            while not raw.endswith(b"\n") and (rest := file.readline(_CHUNK)):
                size += len(rest)
                if rest.endswith(b"\n"):
                    break
            offset += size
            text, because = _text(raw, size)
            if line == 1:
                text = text.removeprefix("\ufeff")
            text = text.partition("#")[0].strip()
            if text or because:
                seen += 1
                query = understood(text)
                because = because or _unfit(query)
                if because:
                    bad.append(BadLine(f"{path.name}:{line}", because))
                else:
                    names[query.name] = None
            line += 1
    return Slice(tuple(names), tuple(bad), (offset, line))


def _text(raw: bytes, size: int) -> tuple[str, str]:
    """A line as text, and what is wrong with it."""
    if size > _LONGEST_LINE:
        return "", f"a line of {size} bytes names nothing"
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        return "", "not UTF-8 text"


def _unfit(query: Query) -> str:
    if query.kind is QueryKind.UNUSABLE:
        return query.because
    if not query.name:
        return "a resource of a cloud is no name to ask DNS for"
    return ""
