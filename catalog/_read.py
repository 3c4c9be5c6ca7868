"""What every data file is read with: sources, countries, partial dates, confidence."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from catalog._countries import ISO_3166
from catalog._records import Day, Edition, Reference
from model.observed import Confidence
from model.reading import Node, read_yaml

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})\Z")
_YEAR = re.compile(r"[0-9]{4}\Z")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")

BACKGROUND = "background knowledge"


def read_edition(path: Path, name: str) -> Edition:
    """The head of the catalog.  Raises DocumentError when it is not what docs/catalog.md describes."""
    nodes = read_yaml(path, name).mapping(("format", "version", "checked_on", "limit_days"))
    expect_format(nodes["format"], "lexsitus/catalog/1")
    return Edition(nodes["version"].text(), nodes["checked_on"].date(), positive(nodes["limit_days"]))


def expect_format(node: Node, tag: str) -> None:
    """Raises DocumentError unless the file is written in format ``tag``."""
    if node.text() != tag:
        raise node.fail(f"expected format {tag!r}, found {node.raw!r}; this version reads no other")


def identifier(node: Node) -> str:
    """An id: lower-case letters, digits, ``-`` and ``_``."""
    word = node.text()
    if not _SLUG.match(word):
        raise node.fail(f"expected an id of lower-case letters, digits, - and _; found {word!r}")
    return word


def country(node: Node) -> str:
    """An ISO 3166-1 alpha-2 code."""
    code = node.text()
    if code not in ISO_3166:
        hint = "; the United Kingdom is GB" if code == "UK" else ""
        raise node.fail(f"{code!r} is no ISO 3166 country code{hint}")
    return code


def day(node: Node) -> Day:
    """A date, or a month (YYYY-MM) or a year where the source tells no more."""
    text = node.text()
    month = _MONTH.match(text)
    if month and 1 <= int(month[2]) <= 12:
        year, number = int(month[1]), int(month[2])
        return Day(text, date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]))
    if _YEAR.match(text):
        return Day(text, date(int(text), 1, 1), date(int(text), 12, 31))
    exact = node.date()
    return Day(text, exact, exact)


def optional_day(node: Node | None) -> Day | None:
    """The date, or ``None`` when the key is missing or null."""
    return None if node is None or node.is_null else day(node)


def optional_text(node: Node | None) -> str:
    """The text, or an empty one when the key is missing or null."""
    return "" if node is None or node.is_null else node.text()


def texts(node: Node | None) -> tuple[str, ...]:
    """The texts of a list; empty when the key is missing."""
    return () if node is None else tuple(item.text() for item in node.items())


def positive(node: Node) -> int:
    """A whole number above zero."""
    number = node.integer()
    if number <= 0:
        raise node.fail(f"expected a number above zero, found {number}")
    return number


def percent(node: Node | None) -> float | None:
    """A share from 0 to 100, or ``None`` when it is not known."""
    if node is None or node.is_null:
        return None
    share = node.number()
    if not 0 <= share <= 100:
        raise node.fail(f"expected a share from 0 to 100 %, found {share:g}")
    return share


def references(node: Node) -> dict[str, Reference]:
    """The ``sources`` of a file by key."""
    found: dict[str, Reference] = {}
    for key, entry in node.entries().items():
        fields = entry.mapping(("title", "seen"), ("url", "site_only", "locator", "published"))
        optional_day(fields.get("published"))
        fields["seen"].date()
        title = fields["title"].text()
        if "locator" in fields:
            title = f"{title} ({fields['locator'].text()})"
        found[key] = Reference(key, title, optional_text(fields.get("url")))
    return found


def cited(node: Node, known: Mapping[str, Reference]) -> tuple[Reference, ...]:
    """The references that a statement names.  Raises DocumentError when it names none or an unknown one."""
    keys = node.items()
    if not keys:
        raise node.fail("a statement needs at least one source; name a key of 'sources' at the end of the file")
    for key in keys:
        if key.text() not in known:
            raise key.fail(f"unknown source {key.text()!r}; add it under 'sources' at the end of the file")
    return tuple(known[key.text()] for key in keys)


def confidence(node: Node, rests_on: tuple[Reference, ...]) -> Confidence:
    """The confidence of a statement.

    Raises DocumentError when background knowledge alone is called anything but unverified.
    """
    level = node.choice(Confidence)
    if level is not Confidence.UNVERIFIED and all(ref.title == BACKGROUND for ref in rests_on):
        raise node.fail("a statement that rests on background knowledge alone is 'unverified'; name a source or say so")
    return level


def first_url(rests_on: tuple[Reference, ...]) -> str:
    """The first address among the references, or an empty text."""
    return next((ref.url for ref in rests_on if ref.url), "")
