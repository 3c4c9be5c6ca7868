"""Numbers of persons, professionals and establishments: recognised by shape and key, counted, never kept.

NIR: INSEE, key 97 − (number mod 97), with 2A read as 19 and 2B as 18.  INS: ANS, the object identifiers
1.2.250.1.213.1.4.8 (NIR), .9 (NIA), .2 (old INS-C), .10 and .11 (test, demonstration).  RPPS and FINESS: Luhn.
"""

from __future__ import annotations

import re

from model.datasets import Identity
from model.health import Signal

_NIR = re.compile(
    r"(?<![0-9A-Za-z.])[1-478] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ABab])"
    r" ?\d{3} ?\d{3} ?\d{2}(?![0-9A-Za-z.])"
)
_NIR_WORD = re.compile(r"\bnir\b|insee|s[ée]curit[ée] sociale|num[_ ]?secu|vitale|\bassur[ée]|matricule ?ins\b", re.I)
_INS_REAL = re.compile(r"(?<![0-9.])1\.2\.250\.1\.213\.1\.4\.(?:8|9|2)(?![0-9.])|ASIP-SANTE-INS-(?:NIR|NIA|C)\b")
_INS_TEST = re.compile(r"(?<![0-9.])1\.2\.250\.1\.213\.1\.4\.1[01](?![0-9.])")
_RPPS = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_FINESS = re.compile(r"(?<![0-9A-Z])(?:\d{2}|2[AB])\d{7}(?!\d)")
_CHANCE = 3
"""A number passes shape and key by chance: fewer hits than this prove nothing without a word beside them."""


def of_text(text: str, where: str = "content") -> tuple[Signal, ...]:
    """The identifiers that ``text`` holds, with how many of each."""
    found = []
    if real := len(_INS_REAL.findall(text)):
        found.append(Signal("identifier", "ins", 0.97, where, real, Identity.NOMINATIVE))
    elif test := len(_INS_TEST.findall(text)):
        found.append(Signal("identifier", "ins-test", 0.6, where, test, Identity.NOMINATIVE))
    nir = sum(1 for match in _NIR.finditer(text) if nir_key(match.group()))
    if nir >= _CHANCE or (nir and _NIR_WORD.search(text)):
        found.append(Signal("identifier", "nir", 0.0, where, nir, Identity.NOMINATIVE))
    for id, shape, weight in (("rpps", _RPPS, 0.1), ("finess", _FINESS, 0.1)):
        count = sum(1 for match in shape.finditer(text) if luhn(match.group()))
        if count >= _CHANCE:
            found.append(Signal("identifier", id, weight, where, count))
    return tuple(found)


def nir_key(number: str) -> bool:
    """True when the last two digits are the key of the thirteen before; spaces do not count."""
    compact = number.replace(" ", "").upper()
    digits = compact[:13]
    if digits[5:7] in ("2A", "2B"):
        digits = digits[:5] + {"2A": "19", "2B": "18"}[digits[5:7]] + digits[7:]
    if len(compact) != 15 or not digits.isdecimal() or not compact[13:].isdecimal():
        return False
    return int(compact[13:]) == 97 - int(digits) % 97


def luhn(number: str) -> bool:
    """True when the digits of ``number`` pass Luhn's test; a Corsican letter is not tested and passes."""
    if not number.isdecimal():
        return number[:2] in ("2A", "2B") and number[2:].isdecimal()
    digits = [int(digit) for digit in reversed(number)]
    doubled = (2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0 and any(digits)
