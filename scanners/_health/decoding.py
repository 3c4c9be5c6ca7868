"""From bytes of unknown encoding to text, or the answer that they are none."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(byte for byte in range(32) if byte not in (9, 10, 11, 12, 13, 26, 27, 28, 29, 30, 31))
_FEW = 0.02
_ZEROS_OF_UTF16 = 0.3
_SEEN = 2048


def text_of(data: bytes) -> str | None:
    """``data`` as text, its end possibly lost; ``None`` when these bytes are no text of any usual encoding."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "ignore")
    sample = data[:_SEEN]
    if b"\0" in sample:
        if encoding := _wide(sample):
            return data.decode(encoding, "ignore")
        return None
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > _FEW * len(sample):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:  # the window ends inside a letter
            return data[: error.start].decode("utf-8")
    return data.decode("cp1252", "replace")


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: about every second byte is zero, always on the same side."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if odd > _ZEROS_OF_UTF16 * half and even < _FEW * half:
        return "utf-16-le"
    if even > _ZEROS_OF_UTF16 * half and odd < _FEW * half:
        return "utf-16-be"
    return ""
