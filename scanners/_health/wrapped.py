"""Text inside another text: an e-mail with attachments (RFC 5322, MIME), a page of HTML, a letter in RTF."""

from __future__ import annotations

import html
import re

_MAIL = re.compile(
    rb"(?:(?:From|To|Cc|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Content-Type|Delivered-To|Reply-To"
    rb"|DKIM-Signature|X-[\w-]+): ?[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3}",
    re.I,
)
_XDM = re.compile(rb"IHE_XDM\.ZIP|XDM/1\.0/DDM", re.I)
_HTML = re.compile(r"\s*<(?:!doctype html|html)\b", re.I)
_SILENT = re.compile(r"<(script|style)\b[^>]{0,200}>.{0,20000}?</\1>", re.I | re.S)
_TAG = re.compile(r"<(/?)(\w+)[^<>]{0,1000}>")
_INLINE = frozenset({"b", "i", "em", "strong", "span", "a", "u", "font", "small", "sup", "sub"})
_RTF_BYTE = re.compile(r"\\'([0-9a-fA-F]{2})")
_RTF_BREAK = re.compile(r"\\(?:par|line|cell|row|tab)\b ?")
_RTF_WORD = re.compile(r"\\[a-z]{1,32}-?\d{0,10} ?|[{}]|\\\*")
_MOST_PARTS = 20


def is_mail(data: bytes) -> bool:
    """True for bytes that begin with three headers of a message."""
    return _MAIL.match(data) is not None


def announces_xdm(data: bytes) -> bool:
    """True for a message that says to carry an XDM archive (IHE; the means of MSSanté)."""
    return _XDM.search(data) is not None


def parts_of(data: bytes) -> list[bytes]:
    """The parts of a message that are no message themselves, decoded, as far as the bytes reach."""
    from email import message_from_bytes

    parts: list[bytes] = []
    for part in message_from_bytes(data).walk():
        if len(parts) >= _MOST_PARTS:
            break
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            parts.append(payload)
    return parts


def unwrapped(text: str) -> str | None:
    """What a page of HTML or a letter in RTF says, without its marks; ``None`` for any other text."""
    if _HTML.match(text):
        said = _TAG.sub(lambda tag: "" if tag.group(2).lower() in _INLINE else "\n", _SILENT.sub(" ", text))
        return html.unescape(said)
    if text.startswith("{\\rtf"):
        said = _RTF_BYTE.sub(lambda byte: bytes([int(byte.group(1), 16)]).decode("cp1252", "replace"), text)
        return _RTF_WORD.sub("", _RTF_BREAK.sub("\n", said))
    return None
