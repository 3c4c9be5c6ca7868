"""Compressed files and archives, opened as little as it takes and never beyond a fixed size.

ZIP: APPNOTE 6.3.10 (the directory stands at the end).  A member is inflated from whichever window holds its start,
so that a ZIP of any size costs the same; a bomb stops at the limit like everything else.
"""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

INFLATED = 1 << 16
_MOST_ENTRIES = 2_000
_MOST_READ = 24
_LZMA_MEMORY = 64 << 20
_CELL = re.compile(r"<(?:\w+:)?t(?:\s[^<>]*)?>([^<>]*)</")
_OPEN_CELL = re.compile(r"<text:p[^<>]*>([^<>]*)</text:p>")
_SHEET_ROW = re.compile(r"<table:table-row\b[\s\S]*?</table:table-row>")
_MARKUP = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Entry:
    """A member as the directory of the archive tells it."""

    name: str
    offset: int
    packed: int
    method: int
    encrypted: bool


def gunzip(data: bytes) -> bytes:
    """The first bytes of a gzip or BGZF stream, at most INFLATED; what stands before a fault is kept."""
    found = b""
    while data[:2] == b"\x1f\x8b" and len(found) < INFLATED:
        stream = zlib.decompressobj(31)
        try:
            found += stream.decompress(data, INFLATED - len(found))
        except zlib.error:
            break
        if not stream.eof:
            break
        data = stream.unused_data
    return found


def expand(data: bytes) -> bytes:
    """The first bytes of a bzip2 or xz stream, at most INFLATED; empty when it cannot be read."""
    try:
        if data[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(data, INFLATED)
        return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY).decompress(data, INFLATED)
    except (OSError, ValueError, EOFError, lzma.LZMAError):
        return b""


class Zip:
    """A ZIP of which only the windows ``head`` and ``tail`` are known; ``size`` is that of the whole file."""

    def __init__(self, head: bytes, tail: bytes, size: int) -> None:
        self._windows = ((0, head), (max(0, size - len(tail)), tail))
        self.entries = tuple(self._directory(tail or head)) or tuple(self._locals(head))

    @property
    def encrypted(self) -> bool:
        """True when a member asks for a password."""
        return any(entry.encrypted for entry in self.entries)

    def read(self, name: str) -> bytes:
        """The beginning of the member ``name``, at most INFLATED; empty when no window holds it."""
        entry = next((one for one in self.entries if one.name == name), None)
        return self._member(entry) if entry else b""

    def members(self) -> Iterator[bytes]:
        """The beginnings of the first members that a window holds."""
        for entry in self.entries[:_MOST_READ]:
            if not entry.name.endswith("/") and (data := self._member(entry)):
                yield data

    def _member(self, entry: Entry) -> bytes:
        if entry.encrypted or entry.method not in (0, 8):
            return b""
        for start, window in self._windows:
            at = entry.offset - start
            if at < 0 or window[at : at + 4] != b"PK\x03\x04" or len(window) < at + 30:
                continue
            skipped = int.from_bytes(window[at + 26 : at + 28], "little")
            skipped += int.from_bytes(window[at + 28 : at + 30], "little")
            data = window[at + 30 + skipped :][: entry.packed or None]
            if entry.method == 0:
                return data[:INFLATED]
            try:
                return zlib.decompressobj(-15).decompress(data, INFLATED)
            except zlib.error:
                return b""
        return b""

    def _directory(self, tail: bytes) -> Iterator[Entry]:
        at, count = tail.find(b"PK\x01\x02"), 0
        while at >= 0 and tail[at : at + 4] == b"PK\x01\x02" and len(tail) >= at + 46 and count < _MOST_ENTRIES:
            number = [int.from_bytes(tail[at + a : at + a + n], "little") for a, n in _DIRECTORY_FIELDS]
            flags, method, packed, named, extra, comment, offset = number
            name = tail[at + 46 : at + 46 + named].decode("utf-8", "replace")
            yield Entry(name, offset, packed, method, bool(flags & 1))
            at += 46 + named + extra + comment
            count += 1

    def _locals(self, head: bytes) -> Iterator[Entry]:
        """Members by their own headers, for an archive whose directory is lost."""
        at = 0
        for _ in range(_MOST_READ):
            at = head.find(b"PK\x03\x04", at)
            if at < 0 or len(head) < at + 30:
                return
            flags, method = (int.from_bytes(head[at + a : at + a + 2], "little") for a in (6, 8))
            named = int.from_bytes(head[at + 26 : at + 28], "little")
            packed = int.from_bytes(head[at + 18 : at + 22], "little")
            yield Entry(head[at + 30 : at + 30 + named].decode("utf-8", "replace"), at, packed, method, bool(flags & 1))
            at += 30


_DIRECTORY_FIELDS = ((8, 2), (10, 2), (20, 4), (28, 2), (30, 2), (32, 2), (42, 4))


def workbook_rows(archive: Zip) -> list[list[str]]:
    """The texts of an XLSX workbook, as one row: its shared strings begin with the headers of the first sheet."""
    text = archive.read("xl/sharedStrings.xml").decode("utf-8", "replace")
    if not text:
        text = archive.read("xl/worksheets/sheet1.xml").decode("utf-8", "replace")
    found = [cell.strip() for cell in _CELL.findall(text)[:400]]
    return [found] if found else []


def open_rows(archive: Zip) -> list[list[str]]:
    """The first rows of an OpenDocument spreadsheet."""
    text = archive.read("content.xml").decode("utf-8", "replace")
    rows = [_OPEN_CELL.findall(row) for row in _SHEET_ROW.findall(text)[:20]]
    return [row for row in rows if row] or ([_OPEN_CELL.findall(text)[:400]] if text else [])


def prose(archive: Zip) -> str:
    """The text of a word-processor document, as far as the windows hold it."""
    data = archive.read("word/document.xml") or archive.read("content.xml")
    return _MARKUP.sub(" ", data.decode("utf-8", "replace"))


def tar_members(data: bytes) -> Iterator[bytes]:
    """The members of a tar that the window holds (POSIX.1-1988 ustar), by their beginnings."""
    at = 0
    while at + 512 <= len(data) and data[at + 257 : at + 262] == b"ustar":
        digits = data[at + 124 : at + 136].strip(b" \0")
        size = int(digits, 8) if digits and not digits.translate(None, b"01234567") else 0
        yield data[at + 512 : at + 512 + size]
        at += 512 + (size + 511) // 512 * 512
