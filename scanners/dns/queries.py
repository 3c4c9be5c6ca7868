"""From what a person typed to what DNS can be asked: a name in ASCII, an address, or neither."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from model.reading import shown
from model.resolution import QueryKind

_USUAL = re.compile(r"(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.){1,20}[a-z]{2,24}\Z")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_RESOURCE = re.compile(
    r"arn:|/subscriptions/|/providers/Microsoft\.|(?:s3a?|s3n|gs|gcs|oss|swift|b2)://|//[\w-]+\.googleapis\.com/|"
    r"(?:organizations|folders|projects)/",
    re.I,
)
_PORT = re.compile(r":[0-9]{1,5}\Z")
_LONGEST_NAME = 253
_LONGEST_QUERY = 4096


@dataclass(frozen=True, slots=True)
class Query:
    """One query, understood.  ``name`` is empty when no DNS question can be put; ``because`` then says why not."""

    text: str
    kind: QueryKind
    name: str
    because: str = ""


def understood(text: str) -> Query:
    """What ``text`` asks for.  Never raises: a query that makes no sense is of kind ``UNUSABLE``, and says why.

    Takes names (also internationalised, and with a port), addresses, URLs, mail addresses (their domain), and
    identifiers of cloud resources, which are not looked up.
    """
    query = text.strip()
    if len(query) <= _LONGEST_NAME and _USUAL.match(query) and not query.endswith(".onion"):
        return Query(text, QueryKind.NAME, query)  # what nearly every line of a list is
    if _RESOURCE.match(query):
        return Query(text, QueryKind.RESOURCE, "")
    kind, host = QueryKind.NAME, query
    try:
        if len(query) > _LONGEST_QUERY:
            raise ValueError(f"{len(query)} characters are no name")
        if "://" in query:
            kind, host = QueryKind.URL, urlsplit(query).hostname or ""
            if not host:
                raise ValueError("a URL without a host")
        elif "@" in query:
            host = query.rpartition("@")[2]
        address = _address(host)
        if address:
            return Query(text, QueryKind.ADDRESS if kind is QueryKind.NAME else kind, address)
        return Query(text, kind, domain(_PORT.sub("", host)))
    except ValueError as error:
        return Query(text, QueryKind.UNUSABLE, "", str(error))


def _address(host: str) -> str:
    """``host`` as an address in its usual form, empty when it is none.  Raises ValueError for half an address."""
    bare = host[1 : host.find("]")] if host.startswith("[") and "]" in host else host
    if bare.count(".") == 3:
        bare = _PORT.sub("", bare)
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    if "/" in host:
        raise ValueError(f"{shown(host)} is a path or a range, not a name or an address")
    if host.count(":") > 1:
        raise ValueError(f"{shown(host)} is no IPv6 address")
    return ""


def is_address(name: str) -> bool:
    """True when ``name`` is an address rather than a name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def domain(text: str) -> str:
    """``text`` as DNS writes it: lower case, A-labels, no final dot.

    Raises ValueError, saying what is wrong: empty, too long, a character that no host name holds, one label only.
    """
    name = text.strip().removesuffix(".")
    if not name:
        raise ValueError("expected a name, found nothing")
    if not name.isascii():
        name = _in_ascii(name)
    name = name.lower()
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"a name has at most {_LONGEST_NAME} characters, this one has {len(name)}")
    labels = name.split(".")
    for label in labels:
        if not label:
            raise ValueError(f"{shown(text)} has two dots side by side, or begins with one")
        if len(label) > 63:
            raise ValueError(f"a part between dots has at most 63 characters, {shown(label)} has {len(label)}")
        if not _LABEL.match(label):
            raise ValueError(f"{shown(label)} is no part of a name: letters, digits, - inside, and _ only")
    if len(labels) == 1:
        raise ValueError(f"{shown(text)} has one part only: write the whole name, as www.example.fr")
    if labels[-1].isdecimal():
        raise ValueError(f"{shown(text)} ends like an address and is none")
    if labels[-1] == "onion":
        raise ValueError("names under .onion are never asked of DNS (RFC 7686)")
    return name


def _in_ascii(name: str) -> str:
    import idna

    try:
        return idna.encode(name, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(f"{shown(name)} is no internationalised name: {error}") from None
