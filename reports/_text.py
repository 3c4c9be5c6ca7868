"""Texts from an estate made safe to show: nobody trusts a bucket's name."""

from __future__ import annotations

import re

# Control characters (C0, DEL, C1), invisible and direction-changing marks, line separators,
# tag characters, lone surrogates: all that can move a cursor, hide or reorder what a person reads.
_UNSAFE = (
    "\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff"
)
_VISIBLE = re.compile(f"[{_UNSAFE}]")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str, limit: int = 0) -> str:
    """``text`` on one line, with every control, direction or invisible character written out as an escape.

    With a ``limit``, a longer text is cut there and says how long it was.
    """
    whole = len(text)
    shown = _VISIBLE.sub(_escape, text[:limit] if limit and whole > limit else text)
    return f"{shown}… ({whole})" if limit and whole > limit else shown


def inert_json(encoded: str) -> str:
    """JSON text in which the same characters stand as ``\\uXXXX``: equal data, harmless on a terminal."""
    if encoded.isascii() and "\x7f" not in encoded:
        return encoded
    return _VISIBLE.sub(_json_escape, encoded)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in _NAMED:
        return _NAMED[character]
    point = ord(character)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _json_escape(match: re.Match[str]) -> str:
    character = match.group()
    # What stands between tokens (a newline after each store) is ours and stays.
    if character == "\n":
        return character
    point = ord(character)
    if point < 0x10000:
        return f"\\u{point:04x}"
    high, low = divmod(point - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
