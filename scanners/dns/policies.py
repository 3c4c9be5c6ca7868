"""What the TXT records of a domain say: who may send mail for it (RFC 7208), and to whom it was proved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LOOKUPS = 10
"""How many terms of a sender policy may need a DNS question; one more makes the policy an error (RFC 7208, 4.6.4)."""

_TERM = re.compile(r"[+?~-]?([a-z][a-z0-9_-]*)(?:[:=]([^\s/]*))?", re.I)
_ASKING = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
_MACRO = re.compile(r".*[%}][^.]*\.?")
_MARK = re.compile(r"([A-Za-z0-9][A-Za-z0-9 ._-]{1,60}?)\s*[=:]\s*\S")
_VERIFYING = re.compile(
    r"verif|validation|site-|domain-|^ms$|docusign|amazonses|_globalsign|^_?dnsauth|^zoom|^stripe", re.I
)


@dataclass(frozen=True, slots=True)
class SenderPolicy:
    """One sender policy: the domains whose own policies count too, and how many of its terms need a question."""

    included: tuple[str, ...]
    lookups: int


def sender_policies(texts: Iterable[str]) -> list[SenderPolicy]:
    """The sender policies among the TXT records of a domain; more than one is an error (RFC 7208, 4.5)."""
    return [_policy(text) for text in texts if re.match(r"v=spf1(?: |\Z)", text, re.I)]


def _policy(text: str) -> SenderPolicy:
    included, lookups = [], 0
    for word in text.split()[1:]:
        term = _TERM.match(word)
        if not term:
            continue
        mechanism, domain = term[1].lower(), term[2] or ""
        lookups += mechanism in _ASKING
        if mechanism in ("include", "redirect") and domain:
            # What stands before a macro differs from sender to sender; what follows is who answers.
            included.append(_MACRO.sub("", domain) if "%" in domain else domain)
    return SenderPolicy(tuple(dict.fromkeys(filter(None, included))), lookups)


def marks(texts: Iterable[str]) -> list[str]:
    """The names of the marks by which the domain was proved to a service, without their values, sorted."""
    found = set()
    for text in texts:
        mark = _MARK.match(text)
        if mark and _VERIFYING.search(mark[1]):
            found.add(mark[1].strip().lower())
    return sorted(found)


def is_signing_key(text: str) -> bool:
    """True for the TXT record of a DKIM selector (RFC 6376, 3.6.1), revoked or not."""
    return bool(re.search(r"(?:^|;)\s*(?:v=DKIM1\b|p=|k=)", text, re.I))
