"""Column names of files that keep their schema at one end: Parquet, ORC, Feather, SAS transport, SQLite, dumps.

Only names of columns are taken out, never a value or a statistic.  Sources: parquet-format (FileMetaData in Thrift's
compact protocol), ORC specification v1, Arrow columnar format (FlatBuffers footer), SAS TS-140.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_MOST_FIELDS = 5_000
_DEEPEST = 32
_INFLATED = 1 << 18
_ARROW_NAME = re.compile(rb"(?s)(?=(.)\x00\x00\x00([A-Za-z_\xc3][\w .\x80-\xff-]{0,80})\x00)")
_NAMESTR = b"HEADER RECORD*******NAMESTR HEADER RECORD"
_NAMESTR_SIZES = (140, 136)


class TornError(ValueError):
    """The window does not hold what it should; the message is the one word that :class:`Reading` gives for it."""


def parquet_columns(tail: bytes) -> list[str]:
    """The column names in the footer of a Parquet file, of which ``tail`` is the end."""
    if tail[-4:] == b"PARE":
        raise TornError("encrypted")
    if tail[-4:] != b"PAR1" or len(tail) < 12:
        raise TornError("cut")
    length = int.from_bytes(tail[-8:-4], "little")
    if length > len(tail) - 8:
        raise TornError("cut")
    return [name for name in _Thrift(tail[-8 - length : -8]).schema() if name]


class _Thrift:
    """As much of the compact protocol as it takes to reach the schema."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def schema(self) -> Iterator[str]:
        """The names of the schema elements that have a type: columns, not groups."""
        for id, kind in self._fields():
            if id == 2 and kind == 9:
                for _ in range(self._list_size()):
                    yield self._element()
                return
            self._skip(kind, 0)

    def _element(self) -> str:
        name = ""
        for id, kind in self._fields():
            if id == 4 and kind == 8:
                name = self._bytes().decode("utf-8", "replace")
            else:
                self._skip(kind, 0)
        return name

    def _fields(self) -> Iterator[tuple[int, int]]:
        id = 0
        for _ in range(_MOST_FIELDS):
            head = self._byte()
            if head == 0:
                return
            id = id + (head >> 4) if head >> 4 else self._zigzag()
            yield id, head & 0x0F

    def _list_size(self) -> int:
        head = self._byte()
        size = head >> 4
        return min(self._varint() if size == 15 else size, _MOST_FIELDS)

    def _skip(self, kind: int, depth: int) -> None:
        if depth > _DEEPEST:
            raise TornError("damaged")
        match kind:
            case 1 | 2:
                return
            case 3:
                self._at += 1
            case 4 | 5 | 6:
                self._varint()
            case 7:
                self._at += 8
            case 8:
                self._bytes()
            case 9 | 10:
                inner = self._data[self._at] & 0x0F if self._at < len(self._data) else 0
                for _ in range(self._list_size()):
                    if inner in (1, 2):
                        self._at += 1
                    else:
                        self._skip(inner, depth + 1)
            case 12:
                for _, inner in self._fields():
                    self._skip(inner, depth + 1)
            case _:
                raise TornError("damaged")

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise TornError("cut")
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
            if shift > 63:
                raise TornError("damaged")

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _bytes(self) -> bytes:
        size = self._varint()
        if size > len(self._data) - self._at:
            raise TornError("cut")
        self._at += size
        return self._data[self._at - size : self._at]


def orc_columns(tail: bytes) -> list[str]:
    """The column names in the footer of an ORC file, of which ``tail`` is the end."""
    size = tail[-1]
    postscript = dict(_protobuf(tail[-1 - size : -1]))
    length, compression = postscript.get(1, 0), postscript.get(2, 0)
    if not isinstance(length, int) or length > len(tail) - 1 - size:
        raise TornError("cut")
    footer = tail[-1 - size - length : -1 - size]
    if compression == 1:
        footer = _orc_inflated(footer)
    elif compression:
        raise TornError("unsupported")
    names = []
    for id, value in _protobuf(footer):
        if id == 4 and isinstance(value, bytes):
            names += [
                one.decode("utf-8", "replace") for at, one in _protobuf(value) if at == 3 and isinstance(one, bytes)
            ]
    return names


def _orc_inflated(data: bytes) -> bytes:
    """The blocks of an ORC stream; each has a three-byte head: twice its length, plus one when it is stored."""
    found = b""
    while len(data) > 3 and len(found) < _INFLATED:
        head = int.from_bytes(data[:3], "little")
        block = data[3 : 3 + (head >> 1)]
        found += block if head & 1 else zlib.decompressobj(-15).decompress(block, _INFLATED)
        data = data[3 + (head >> 1) :]
    return found


def _protobuf(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while at < len(data) and shift < 70:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
        raise TornError("cut")

    while at < len(data):
        key = varint()
        match key & 7:
            case 0:
                yield key >> 3, varint()
            case 1:
                at += 8
            case 2:
                size = varint()
                yield key >> 3, data[at : at + size]
                at += size
            case 5:
                at += 4
            case _:
                raise TornError("damaged")


def arrow_columns(data: bytes) -> list[str]:
    """The names in an Arrow schema: texts of FlatBuffers, each behind its length and before a zero."""
    found = [name for size, name in _ARROW_NAME.findall(data) if size[0] == len(name)]
    return [name.decode("utf-8", "replace") for name in dict.fromkeys(found)]


def transport_columns(head: bytes) -> list[str]:
    """The variable names of a SAS transport file (version 5), as far as the head holds them."""
    at = head.find(_NAMESTR)
    if at < 0:
        return []
    start = at + 80
    names = []
    for size in _NAMESTR_SIZES[:1]:
        while start + size <= len(head):
            name = head[start + 8 : start + 16]
            if name.startswith(b"HEADER"):
                break
            names.append(name.decode("ascii", "replace").strip())
            start += size
    return names
