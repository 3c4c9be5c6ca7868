"""What looks like a secret, so that a configuration may refuse it and a log may leave it out."""

from __future__ import annotations

import re

_BLANK = "[redacted]"

# Shapes that credentials announce by themselves.  Each is anchored on a prefix or a structure that its
# issuer documents, so that an ARN, a digest or a bucket name is not taken for one.
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a private key or certificate (PEM block)",
        re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.S),
    ),
    ("a signed token (JWT)", re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){1,3}")),
    ("an AWS access key id", re.compile(r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b")),
    ("a Google credential", re.compile(r"\b(?:AIza[\w-]{35}|ya29\.[\w.-]{10,}|GOCSPX-[\w-]{20,})")),
    ("a GitHub token", re.compile(r"\b(?:gh[opsur]_[A-Za-z0-9]{30,}|github_pat_\w{30,})")),
    ("a GitLab token", re.compile(r"\bglpat-[\w-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[abeprs]-[\w-]{10,}")),
    ("a Scaleway access key", re.compile(r"\bSCW[A-Z0-9]{17}\b")),
    ("a password in an address", re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")),
    ("an Azure account key", re.compile(r"\b[A-Za-z0-9+/]{86}==")),
    ("an AWS secret access key", re.compile(
        r"(?<![A-Za-z0-9+/=])(?=[A-Za-z+/]{0,39}[0-9])(?=[A-Z0-9+/]{0,39}[a-z])(?=[a-z0-9+/]{0,39}[A-Z])"
        r"[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])")),
)  # fmt: skip

_NAMED = re.compile(
    r"(?i)((?:[\w-]*(?:secret|passw(?:or)?d|passphrase|token|credential|signature|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|sas)[\w-]*|authorization|\bsig)['\"]?\s*[=:]\s*(?:bearer\s+|basic\s+)?)"
    r"(\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)"
)
_SECRET_WORD = re.compile(
    r"(?i)(secret|passw(or)?d|passphrase|pwd|token|credential|api_?key|access_?key|private_?key|sas_?key|\bsas\b)"
)


def secret_in(text: str) -> str:
    """What kind of secret ``text`` seems to hold, in words, or the empty string."""
    return next((what for what, shape in _SHAPES if shape.search(text)), "")


def secret_name(key: str) -> bool:
    """True when a setting called ``key`` would hold a secret; ``*_env`` only names a variable that does."""
    return bool(_SECRET_WORD.search(key.replace("-", "_"))) and not key.endswith("_env")


def redact(text: str) -> str:
    """``text`` without what looks like a secret.  Ordinary text comes back unchanged.

    For messages, not for documents: the time grows with the square of the longest word.
    """
    for _what, shape in _SHAPES:
        text = shape.sub(_BLANK, text)
    return _NAMED.sub(rf"\1{_BLANK}", text)
