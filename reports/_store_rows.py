"""One row per store for the tables that people open: the record of the JSON report, flat and in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from model.reading import read_csv
from reports._contents import Contents
from reports._words import Language

Cell: TypeAlias = str | int | float | date | datetime | None
"""``None`` where there is nothing to say, which is never where nothing is known."""

COLUMNS = (
    "id", "name", "kind", "scanner", "target", "account", "seen", "place", "copies_of", "provider", "service",
    "region", "countries", "countries_complete", "operators", "parents", "exposures", "hds", "secnumcloud", "key",
    "key_countries", "public", "shared_with", "size_bytes", "created_at", "tags", "health", "score", "datasets",
    "verdict", "unread", "evidence", "read_at",
)  # fmt: skip
"""The columns of a store, by the keys of ``words/columns.csv``."""


def store_rows(contents: Contents, words: Language) -> Iterator[list[Cell]]:
    """A row per store in the order of their ids, a cell per column; every store of the snapshot."""
    for line in contents.stores():
        yield _row(json.loads(line), words)


@cache
def headings(lang: str) -> Mapping[str, str]:
    """The heading of each column and sheet in one language."""
    path = Path(__file__).parent / "words" / "columns.csv"
    return {row["key"]: row[lang] for _, row in read_csv(path, ("key", "fr", "en"), "reports/words/columns.csv")}


def yes_no(value: bool | None, words: Language) -> str:
    """Yes, no, or unknown."""
    return words.say("unknown" if value is None else "yes" if value else "no")


def joined(values: list[str] | None, words: Language) -> str:
    """The values in one cell; a word when there are none, another when they are unknown."""
    return words.say("unknown") if values is None else " | ".join(values) or words.say("none")


def told(value: str | bool | None, words: Language) -> str:
    """A text, or the words for an absence (``false``) and for what is unknown."""
    return words.say("none") if value is False else str(value) if value else words.say("unknown")


def moment(text: str | None) -> datetime | None:
    """An instant of the JSON report without its zone, which is UTC: spreadsheets know none."""
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None


def _row(store: Mapping[str, Any], words: Language) -> list[Cell]:
    operators = store["operators"]
    health = store["health"]
    created = store["created_at"]
    size = store["size_bytes"]
    tags = store["tags"]
    evidence = store["evidence"]
    names = headings(words.code)
    return [
        store["id"],
        store["name"],
        store["kind"],
        store["scanner"],
        store["target"],
        told(store["account"], words),
        yes_no(store["seen"], words),
        words.name("place", store["place"]),
        " | ".join(copy["id"] for copy in store["copies_of"]),
        told(store["provider"], words),
        told(store["service"], words),
        told(store["region"], words),
        joined(store["countries"], words),
        yes_no(store["countries_complete"], words),
        joined(None if operators is None else [one["entity"] for one in operators], words),
        joined(_parents(operators), words),
        joined(_exposures(store, words), words),
        _scheme(store, "hds", words),
        _scheme(store, "secnumcloud", words),
        words.name("custody", store["key"]["custody"]),
        joined(store["key"]["countries"], words),
        yes_no(store["public"], words),
        joined(store["shared_with"], words),
        words.say("unknown") if size is None else words.say("none") if size is False else size,
        words.say("unknown") if created is None else words.say("none") if created is False else moment(created),
        joined(None if tags is None else [f"{key}={value}" for key, value in tags.items()], words),
        words.name("health_status", health["status"]),
        words.say("unknown") if health["score"] is None else health["score"],
        " | ".join(store["datasets"]),
        words.name("verdict", store["verdict"]),
        " | ".join(
            words.say("colon", label=names.get(one["fact"], one["fact"]), value=words.name("reason", one["reason"]))
            for one in store["unread"]
        ),
        " | ".join(dict.fromkeys(one["source"] for one in evidence)),
        moment(max((one["read_at"] for one in evidence if one["facts"]), default=None)),
    ]


def _parents(operators: list[Any] | None) -> list[str] | None:
    if operators is None:
        return None
    return list(dict.fromkeys(parent["entity"] for one in operators for parent in one["parents"]))


def _exposures(store: Mapping[str, Any], words: Language) -> list[str] | None:
    """The laws that reach a place; unknown, rather than none, while nobody knows who operates it."""
    if not store["exposures"] and store["operators"] is None:
        return None
    return [f"{one['law']} {words.name('exposure', one['grade'])}" for one in store["exposures"]]


def _scheme(store: Mapping[str, Any], scheme: str, words: Language) -> str:
    """The states of one scheme; unknown when the catalog has no row on it, which is not the same as none."""
    found = dict.fromkeys(
        words.name("status", one["status"]) for one in store["qualifications"] if one["scheme"] == scheme
    )
    return ", ".join(found) or words.say("unknown")
