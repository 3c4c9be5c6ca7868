"""DICOM part 10 files, datasets without preamble, directories, and what in them says patient (PS3.3, PS3.5, PS3.10)."""

from __future__ import annotations

import re

from model.datasets import Identity
from model.health import REFERENCE, Signal

_PART10 = 0.97
_BARE = 0.88
_DIRECTORY_UID = b"1.2.840.10008.1.3.10"
# Colour palettes, hanging protocols, implant templates: the same file format, no patient (PS3.6, annex A).
_NO_PATIENT = re.compile(rb"1\.2\.840\.10008\.5\.1\.4\.(?:39\.[1-9]|38\.1|4[345]\.1|1\.1\.20[01]\.[1-6])\0?$")
_VR = b"AE|AS|AT|CS|DA|DS|DT|FL|FD|IS|LO|LT|OB|OW|PN|SH|SL|SQ|SS|ST|TM|UI|UL|UN|US|UT"
_LITTLE = re.compile(
    rb"(?:\x08\x00[\x00-\x20]\x00(?:(?:" + _VR + rb")[\s\S]{2}|[\s\S]{2}\x00\x00)|"
    rb"\x02\x00[\x00-\x03]\x00(?:UL\x04\x00|\x04\x00\x00\x00|OB\x00\x00|UI))[\s\S]{0,480}?1\.2\.840\.10008\."
)
_BIG = re.compile(rb"\x00\x08\x00[\x00-\x20](?:" + _VR + rb")[\s\S]{2}[\s\S]{0,480}?1\.2\.840\.10008\.")
_SAID_PHANTOM = re.compile(rb"phantom|fantome|calibration|qa[ _^-]test", re.I)
_EMPTY_NAME = re.compile(rb"(?:anon[a-z]*|xxx+|deid[a-z]*|removed|none)?[\^ \0]*$", re.I)
_LONGEST_VALUE = 256


def of_bytes(head: bytes) -> tuple[Signal, ...]:
    """The signals of a DICOM head; none when it is not one."""
    if head[128:132] == b"DICM":
        if _DIRECTORY_UID in head[:2048]:
            return (Signal("format", "dicomdir", 0.98, "content", identity=Identity.NOMINATIVE),)
        return _object(head, "dicom", _PART10)
    if _LITTLE.match(head) or _BIG.match(head):
        return _object(head, "dicom without preamble", _BARE)
    return ()


def _object(head: bytes, id: str, weight: float) -> tuple[Signal, ...]:
    kind = _value(head, b"\x02\x00\x02\x00") or _value(head, b"\x08\x00\x16\x00") or b""
    if _NO_PATIENT.match(kind):
        return (Signal(REFERENCE, "dicom without patient", 0.0, "content"),)
    name = _value(head, b"\x10\x00\x10\x00")
    species = _value(head, b"\x10\x00\x01\x22")
    number = _value(head, b"\x10\x00\x20\x00") or b""
    if _SAID_PHANTOM.search(name or b"") or _SAID_PHANTOM.search(number) or (species or b"").strip(b" \0"):
        return (Signal(REFERENCE, "dicom phantom or animal", 0.0, "content"),)
    removed = (_value(head, b"\x12\x00\x62\x00") or b"").strip(b" \0") == b"YES"
    named = name is not None and not _EMPTY_NAME.fullmatch(name)
    identity = Identity.NOMINATIVE if named and not removed else Identity.PSEUDONYMOUS
    return (Signal("format", id, weight, "content", identity=identity),)


def _value(head: bytes, tag: bytes) -> bytes | None:
    """The value of the first element of ``tag`` (group and element as written), explicit or implicit; little endian."""
    at = -1
    while (at := head.find(tag, at + 1)) >= 0:
        rest = head[at + 4 : at + 12]
        if len(rest) < 8:
            return None
        if rest[:2].isalpha() and rest[:2].isupper():
            length, start = int.from_bytes(rest[2:4], "little"), at + 8
        else:
            length, start = int.from_bytes(rest[:4], "little"), at + 8
        if length <= _LONGEST_VALUE and start + length <= len(head):
            return head[start : start + length]
    return None
