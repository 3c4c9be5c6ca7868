"""The text of a PDF or of an old Office file, as far as the head of the file holds it.

PDF: ISO 32000-1, 7.3.4 (strings) and 9.4 (text).  OLE2 files keep their texts as plain runs of CP1252 or UTF-16LE
letters ([MS-DOC], [MS-XLS]); their directory is not followed.
"""

from __future__ import annotations

import re
import zlib

_INFLATED = 1 << 16
_MOST_STREAMS = 20
_STREAM = re.compile(rb"stream\r?\n")
_SHOWN = re.compile(rb"\(((?:[^()\\]|\\[\s\S])*+)\)|(\bT[dDm*]\b|\bET\b|['\"])")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|([\s\S]))")
_NARROW = re.compile(rb"[\x20-\x7e\x80-\xff\t]{2,2000}")
_WIDE = re.compile(rb"(?:[\x20-\x7e\xa0-\xff\x19\x92]\x00){2,2000}")
_MOST_RUNS = 2_000


def pdf_text(head: bytes) -> str:
    """The text of the streams that begin in ``head``: plain or deflated, of fonts of one byte a letter."""
    lines: list[str] = []
    left = _INFLATED
    for count, start in enumerate(_STREAM.finditer(head)):
        if count >= _MOST_STREAMS or left <= 0:
            break
        told = head[max(0, start.start() - 300) : start.start()].rpartition(b"obj")[2]
        data = head[start.end() :].partition(b"endstream")[0]
        if b"/FlateDecode" in told or b"/Fl " in told:
            try:
                data = zlib.decompressobj().decompress(head[start.end() :], left)
            except zlib.error:
                continue
        elif b"/Filter" in told:
            continue
        left -= len(data)
        if b"BT" in data:
            lines.append(_shown(data))
    return "\n".join(lines)


def _shown(data: bytes) -> str:
    """What the operators of a page show, a line for each new position."""
    parts = []
    for text, moved in _SHOWN.findall(data):
        parts.append("\n" if moved else _ESCAPE.sub(_unescaped, text).decode("cp1252", "replace"))
    return "".join(parts)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if escape.group(1):
        return bytes([int(escape.group(1), 8) & 0xFF])
    return {b"n": b"\n", b"r": b"\n", b"t": b" "}.get(escape.group(2), escape.group(2))


def office_runs(head: bytes) -> list[str]:
    """The runs of letters in the head of an OLE2 file, in the order of their encoding, then of their place."""
    narrow = [run.decode("cp1252", "replace") for run in _NARROW.findall(head)[:_MOST_RUNS]]
    wide = [run.decode("utf-16-le", "replace") for run in _WIDE.findall(head)[:_MOST_RUNS]]
    return [*narrow, *wide]
