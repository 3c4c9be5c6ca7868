"""What the two ends of an object show: format, columns, identifiers.  Nothing of what was read is kept.

``recognise`` is total: whatever the bytes, it ends in bounded time and memory and never raises, since the message of
an exception could carry a value into a log.
"""

from __future__ import annotations

import logging
import re
import struct
import traceback
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.datasets import Identity
from model.health import REFERENCE, Signal
from model.reading import read_csv
from scanners._health import (
    archives,
    columnar,
    columns,
    dicom,
    documents,
    identifiers,
    messages,
    printed,
    prose,
    tables,
    wrapped,
)
from scanners._health.decoding import text_of

MAGIC = Path(__file__).with_name("magic.csv")
MAGIC_COLUMNS = ("id", "offset", "bytes", "weight", "identity")
HEAD_BYTES, TAIL_BYTES = 8 << 10, 64 << 10
"""What is read of an object: its beginning, and its end for formats that keep their schema or directory there."""

_MOST = 64 << 10
_DEEPEST = 2
_SLIDE = re.compile(
    rb"Aperio (?:Image Library|Leica)|Hamamatsu|NanoZoomer|PHILIPS DP|Ventana|iScan Coreo|MIRAX|3DHISTECH|Leica SCN"
)
_TIFF = (b"II\x2a\x00", b"MM\x00\x2a", b"II\x2b\x00", b"MM\x00\x2b")
_SEALED = (b"Salted__", b"-----BEGIN PGP MESSAGE", b"age-encryption.org", b"LUKS\xba\xbe", b"\x85\x02\x0c\x03")
_OFFICE_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEALED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_XDM = re.compile(r"(?:^|/)IHE_XDM/", re.I)
_TABULAR = ("columns", "format")
_FAULTS = (
    ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError, MemoryError, EOFError, OSError,
    struct.error, zlib.error,
)  # fmt: skip
_IDENTITIES = {identity.value: identity for identity in Identity}

_log = logging.getLogger("lexsitus.scanners.health")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one object showed.  ``unread`` says why it showed nothing: ``empty``, ``encrypted``, ``cut``, ``damaged``
    or ``unsupported``."""

    signals: tuple[Signal, ...] = ()
    unread: str = ""


def wants_tail(head: bytes) -> bool:
    """True for the formats whose end has to be read as well: Parquet, ORC, Feather, ZIP and what is made of it."""
    return head.startswith((b"PAR1", b"PARE", b"ORC", b"ARROW1", b"PK\x03\x04", b"PK\x05\x06"))


def recognise(head: bytes, tail: bytes = b"", size: int | None = None) -> Reading:
    """What the beginning and the end of an object of ``size`` bytes show.

    Its name does not count: extensions lie.  Never raises.  Reads at most 64 KiB of either end, and inflates no more.
    """
    try:
        return _recognised(head[:_MOST], tail[-_MOST:], len(head) if size is None else size, 0)
    except _FAULTS as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        # Where and what kind, never the message: it may quote what was read.
        _log.warning("an object could not be recognised: %s (%s:%s)", type(error).__name__, place.name, place.lineno)
        return Reading(unread="damaged")


def _recognised(head: bytes, tail: bytes, size: int, depth: int) -> Reading:
    if not head:
        return Reading(unread="empty")
    if head.startswith(_SEALED):
        return Reading(unread="encrypted")
    if head[:2] == b"\x1f\x8b" or head[:3] == b"BZh" or head[:6] == b"\xfd7zXZ\x00":
        return _inflated(head, depth)
    if wants_tail(head):
        return _by_tail(head, tail or head, max(size, len(head)), depth)
    if found := _binary(head):
        return Reading(found)
    if head[257:262] == b"ustar" and depth < _DEEPEST:
        return _together([_inner(data, depth) for data in archives.tar_members(head)])
    if head.startswith(_OFFICE_OLD):
        if _SEALED_OFFICE in head + tail:
            return Reading(unread="encrypted")
        return _printed(printed.office_runs(head))
    if head.startswith(b"%PDF-"):
        return _printed(printed.pdf_text(head).splitlines())
    if head.startswith((b"SQLite format 3\0", b"PGDMP")):
        return Reading(tables.of_sql("-- Dumping data\n" + head.decode("latin-1"), "schema"))
    if wrapped.is_mail(head) and depth < _DEEPEST:
        return _mail(head, depth)
    text = text_of(head)
    if text is None:
        return Reading(unread="unsupported")
    return Reading(_text(text, whole=size <= len(head)))


def _binary(head: bytes) -> tuple[Signal, ...]:
    if found := dicom.of_bytes(head):
        return found
    for id, offset, mark, weight, identity in _magic():
        if head[offset : offset + len(mark)] == mark:
            if id == "nifti" and offset == 344 and 348 not in (
                int.from_bytes(head[:4], "little"), int.from_bytes(head[:4], "big")
            ):  # fmt: skip
                continue
            signal = Signal("format", id, weight, "content", identity=identity)
            return (signal, *columns.of_columns(columnar.transport_columns(head)))
    if found := messages.of_edf(head[:256].decode("latin-1")):
        return found
    if head.startswith(_TIFF) and _SLIDE.search(head):
        return (Signal("format", "slide", 0.9, "content", identity=Identity.PSEUDONYMOUS),)
    return ()


def _inflated(head: bytes, depth: int) -> Reading:
    inner = archives.gunzip(head) if head[:1] == b"\x1f" else archives.expand(head)
    if not inner:
        return Reading(unread="damaged")
    if depth >= _DEEPEST:
        return Reading(unread="unsupported")
    # Larger than any window, so that nobody takes the window for the whole.
    return _recognised(inner, b"", 1 << 62, depth + 1)


def _by_tail(head: bytes, tail: bytes, size: int, depth: int) -> Reading:
    try:
        if head.startswith(b"PAR"):
            return Reading(columns.of_columns(columnar.parquet_columns(tail), "schema"))
        if head.startswith(b"ORC"):
            return Reading(columns.of_columns(columnar.orc_columns(tail), "schema"))
        if head.startswith(b"ARROW1"):
            return Reading(columns.of_columns(columnar.arrow_columns(tail + head), "schema"))
    except columnar.TornError as error:
        return Reading(unread=str(error))
    return _zipped(archives.Zip(head, tail, size), depth)


def _zipped(archive: archives.Zip, depth: int) -> Reading:
    entries = [entry.name for entry in archive.entries]
    if any(_XDM.search(entry) for entry in entries):
        return Reading((Signal("format", "ihe-xdm", 0.98, "directory", identity=Identity.NOMINATIVE),))
    if "xl/workbook.xml" in entries:
        return Reading(_cells(archives.workbook_rows(archive)))
    if "word/document.xml" in entries:
        return Reading(prose.of_text(archives.prose(archive)))
    if "content.xml" in entries:
        return Reading(_cells(archives.open_rows(archive)) or prose.of_text(archives.prose(archive)))
    if depth >= _DEEPEST:
        return Reading(unread="unsupported")
    from scanners._health import keys

    named = [signal for entry in entries for signal in keys.of_key(entry, "directory")]
    inner = _together([_inner(data, depth) for data in archive.members()])
    strongest = sorted((one for one in named), key=lambda one: (-one.weight, one.id))[:1]
    if archive.encrypted and not inner.signals:
        return Reading(tuple(strongest), "encrypted")
    if not entries:
        return Reading(unread="damaged")
    return Reading((*inner.signals, *strongest), inner.unread)


def _printed(lines: list[str]) -> Reading:
    """A letter, or the titles of a table; a page that shows nothing stays unread, for most of it was not seen."""
    text = "\n".join(lines)
    if found := prose.of_text(text):
        return Reading((*found, *identifiers.of_text(text)))
    titles = columns.of_columns(lines, "cells") if columns.recognised(lines) > 2 else ()
    return Reading(titles) if any(one.weight for one in titles) else Reading(unread="unsupported")


def _mail(head: bytes, depth: int) -> Reading:
    if wrapped.announces_xdm(head):
        return Reading((Signal("format", "ihe-xdm", 0.97, "content", identity=Identity.NOMINATIVE),))
    return _together([_inner(data, depth) for data in wrapped.parts_of(head)])


def _inner(data: bytes, depth: int) -> Reading:
    return _recognised(data[:_MOST], b"", 1 << 62, depth + 1) if data else Reading()


def _together(readings: list[Reading]) -> Reading:
    """The strongest signal of each family over the members of an archive."""
    best: dict[tuple[str, Identity | None], Signal] = {}
    for reading in readings:
        for signal in reading.signals:
            key = (signal.family, signal.identity)
            if key not in best or signal.weight > best[key].weight:
                best[key] = signal
    return Reading(tuple(best.values()))


def _cells(rows: list[list[str]]) -> tuple[Signal, ...]:
    for row in rows:
        if columns.recognised(row) > 1:
            return columns.of_columns(row, "cells")
    return ()


def _text(text: str, *, whole: bool) -> tuple[Signal, ...]:
    start = text.lstrip("\ufeff \t\r\n")
    if (said := wrapped.unwrapped(start)) is not None:
        return (*prose.of_text(said), *identifiers.of_text(said))
    if found := messages.of_text(text.lstrip("\ufeff")):
        return (*found, *(() if found[0].family == REFERENCE else identifiers.of_text(text)))
    if start.startswith("<"):
        found = documents.of_xml(start)
    elif start.startswith(("{", "[")):
        found = documents.of_json(start)
    else:
        found = tables.of_sql(text) or tables.of_delimited(text if whole else _lines(text)) or prose.of_text(text)
    if any(signal.family == REFERENCE for signal in found):
        return found
    held = {signal.id for signal in found}
    return (*found, *(one for one in identifiers.of_text(text) if one.id not in held))


def _lines(text: str) -> str:
    """``text`` without its last line, which the window cuts, unless it has but one."""
    kept = text.rpartition("\n")[0]
    return kept or text


@cache
def _magic() -> tuple[tuple[str, int, bytes, float, Identity | None], ...]:
    return tuple(
        (
            row["id"],
            int(row["offset"]),
            bytes.fromhex(row["bytes"]),
            float(row["weight"]),
            _IDENTITIES.get(row["identity"]),
        )
        for _, row in read_csv(MAGIC, MAGIC_COLUMNS)
    )
