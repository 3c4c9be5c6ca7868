"""The law at a date: texts, dated parameters, foreign laws, each value with its reference."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeAlias

from legislation._days import written
from model.assessment import TextVersion, Words
from model.errors import DocumentError, LexsitusError
from model.observed import Confidence
from model.reading import Node, read_yaml

FOLDER = Path(__file__).parent
_COUNTRY = re.compile("[A-Z]{2}\\Z")
Value: TypeAlias = str | int | date | tuple[str, ...]


class NotInForce(LexsitusError):  # noqa: N818 - the law's own words say more than "error"
    """A parameter asked before its first value: the message names the first date."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a value stands in a text."""

    text: str
    article: str
    confidence: Confidence

    def __str__(self) -> str:
        return f"{self.text}, {self.article}"


@dataclass(frozen=True, slots=True)
class Dated:
    """A value and the first day on which it holds; it holds until the next one."""

    since: date
    value: Value
    reference: Reference


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure, list or date that the law sets, with its history, oldest first."""

    id: str
    titles: Words
    unit: str
    checked_on: date
    values: tuple[Dated, ...]

    def at(self, on: date) -> Dated:
        """The value on a day.  Raises NotInForce before the first one."""
        for dated in reversed(self.values):
            if dated.since <= on:
                return dated
        first = self.values[0].since.isoformat()
        message = (
            f"{self.titles.en}: parameter {self.id} has no value on {on.isoformat()}: its first one is of {first}; "
            "the law of earlier days is not in the data, ask for a later day"
        )
        raise NotInForce(message)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of law or of doctrine.  ``versions`` are (label, in force from), oldest first."""

    id: str
    kind: str
    titles: Words
    published_on: date | None
    in_force_from: date
    in_force_to: date | None
    versions: tuple[tuple[str, date], ...]
    articles: tuple[str, ...]
    url: str
    confidence: Confidence
    checked_on: date

    def at(self, on: date) -> TextVersion:
        """The version in force on a day, or the first one when it was still to come."""
        label = next((label for label, since in reversed(self.versions) if since <= on), self.versions[0][0])
        return TextVersion(
            self.id, self.titles, label, self.in_force_from, self.checked_on, self.confidence.value, self.url
        )


@dataclass(frozen=True, slots=True)
class ForeignLaw:
    """A law of a third country that may compel a provider.

    ``reaches_content`` tells whether it reaches what is stored and not only who subscribed.
    ``states`` are (since, effect, words), oldest first; effect is ``in_force``, ``lapsed`` or ``unknown``.
    """

    id: str
    country: str
    titles: Words
    reaches_content: bool
    confidence: Confidence
    checked_on: date
    states: tuple[tuple[date, str, Words], ...]

    def at(self, on: date) -> tuple[str, Words]:
        """Effect and words on a day; ``not_yet`` before the first state."""
        for since, effect, words in reversed(self.states):
            if since <= on:
                return effect, words
        first = written(self.states[0][0])
        return "not_yet", Words(
            f"pas encore en vigueur (à partir du {first.fr})", f"not yet in force (from {first.en})"
        )


@dataclass(frozen=True, slots=True)
class Library:
    """All the data of the legislation, read once."""

    texts: Mapping[str, Text]
    parameters: Mapping[str, Parameter]
    foreign_laws: tuple[ForeignLaw, ...]
    sha256: str

    def at(self, on: date) -> Law:
        """The law on a day, with an empty record of what was read."""
        return Law(self, on)


class Law:
    """The law on one day.  Every parameter read is recorded, so that a verdict can list it.

    ``reads`` maps a parameter to (id, value, reference).  ``shared`` holds what was worked out on that
    day, and ``decided`` what was decided of one case; both serve every view taken by ``afresh``.
    """

    def __init__(self, library: Library, on: date) -> None:
        self.library = library
        self.on = on
        self.reads: dict[str, tuple[str, str, str]] = {}
        self.shared: dict[str, object] = {}
        self.decided: dict[tuple[str, bool], object] = {}

    def afresh(self) -> Law:
        """The same day and the same case, with an empty record of reads."""
        view = self.for_a_case()
        view.decided = self.decided
        return view

    def for_a_case(self) -> Law:
        """The same day, with nothing decided yet."""
        view = Law(self.library, self.on)
        view.shared = self.shared
        return view

    def number(self, id: str) -> int:
        """The value of a parameter that counts something (see its unit)."""
        value = self._read(id)
        assert isinstance(value, int)
        return value

    def day(self, id: str) -> date:
        """The value of a parameter that is a calendar day."""
        value = self._read(id)
        assert isinstance(value, date)
        return value

    def text(self, id: str) -> str:
        """The value of a parameter that is a word or a version."""
        value = self._read(id)
        assert isinstance(value, str)
        return value

    def members(self, id: str) -> tuple[str, ...]:
        """The value of a parameter that is a list, sorted."""
        value = self._read(id)
        assert isinstance(value, tuple)
        return value

    def _read(self, id: str) -> Value:
        parameter = self.library.parameters[id]
        dated = parameter.at(self.on)
        shown = ", ".join(dated.value) if isinstance(dated.value, tuple) else str(dated.value)
        reference = f"{dated.reference} ({dated.reference.confidence.value})"
        self.reads[id] = (id, shown, reference)
        return dated.value


@cache
def library() -> Library:
    """The data that ship with this package.  Raises DocumentError for a file that is not as it should be."""
    texts = {text.id: text for text in map(_text, _files("texts"))}
    parameters = {parameter.id: parameter for parameter in map(_parameter, _files("parameters"))}
    for parameter in parameters.values():
        for dated in parameter.values:
            if dated.reference.text not in texts:
                name = f"legislation/parameters/{parameter.id}.yaml"
                what = f"text {dated.reference.text!r} has no file in legislation/texts; add it, or correct the id"
                raise DocumentError(name, None, f"values from {dated.since}", what)
    return Library(texts, parameters, _foreign_laws(FOLDER / "foreign_laws.yaml"), _digest())


def _files(folder: str) -> Iterator[Path]:
    return iter(sorted((FOLDER / folder).glob("*.yaml")))


def _digest() -> str:
    """Over the data and the rules themselves: a rule that changes is another state of the law."""
    digest = hashlib.sha256()
    for path in sorted([*FOLDER.rglob("*.yaml"), *FOLDER.rglob("*.py")]):
        digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _name(path: Path) -> str:
    return path.relative_to(FOLDER.parent).as_posix() if path.is_relative_to(FOLDER) else str(path)


def _words(node: Node) -> Words:
    both = node.mapping(("fr", "en"))
    return Words(both["fr"].text(), both["en"].text())


def _text(path: Path) -> Text:
    top = read_yaml(path, _name(path)).mapping(
        ("id", "kind", "titles", "in_force_from", "versions", "articles", "url", "confidence", "checked_on"),
        ("published", "in_force_to", "identifiers", "notes"),
    )
    versions = []
    for node in top["versions"].items():
        version = node.mapping(("label", "from"))
        versions.append((version["label"].text(), version["from"].date()))
        if versions[-1][0] in [label for label, _ in versions[:-1]]:
            raise version["label"].fail(f"version {versions[-1][0]!r} is listed twice; keep one")
    if not versions:
        raise top["versions"].fail("a text has at least one version; add it")
    if top["id"].text() != path.stem:
        raise top["id"].fail(f"expected the name of the file, {path.stem!r}; rename one of them")
    published = top.get("published")
    ended = top.get("in_force_to")
    if ended and not ended.is_null and ended.date() < top["in_force_from"].date():
        raise ended.fail(f"ends before it starts ({top['in_force_from'].date()}); correct one of them")
    return Text(
        id=top["id"].text(),
        kind=top["kind"].text(),
        titles=_words(top["titles"]),
        published_on=published.date() if published else None,
        in_force_from=top["in_force_from"].date(),
        in_force_to=ended.date() if ended and not ended.is_null else None,
        versions=tuple(sorted(versions, key=lambda version: version[1])),
        articles=tuple(node.text() for node in top["articles"].items()),
        url="" if top["url"].is_null else top["url"].text(),
        confidence=top["confidence"].choice(Confidence),
        checked_on=top["checked_on"].date(),
    )


def _parameter(path: Path) -> Parameter:
    top = read_yaml(path, _name(path)).mapping(("id", "titles", "unit", "checked_on", "values"), ("notes",))
    unit = top["unit"].text()
    values: list[Dated] = []
    for node in top["values"].items():
        dated = node.mapping(("from", "value", "reference"))
        cite = dated["reference"].mapping(("text", "article", "confidence"))
        reference = Reference(cite["text"].text(), cite["article"].text(), cite["confidence"].choice(Confidence))
        if dated["from"].date() in [held.since for held in values]:
            raise dated["from"].fail("another value begins on that day; keep one")
        values.append(Dated(dated["from"].date(), _value(dated["value"], unit), reference))
    if not values:
        raise top["values"].fail("a parameter has at least one dated value; add it")
    if top["id"].text() != path.stem:
        raise top["id"].fail(f"expected the name of the file, {path.stem!r}; rename one of them")
    values.sort(key=lambda dated: dated.since)
    return Parameter(top["id"].text(), _words(top["titles"]), unit, top["checked_on"].date(), tuple(values))


def _value(node: Node, unit: str) -> Value:
    match unit:
        case "months" | "days" | "percent":
            return node.integer()
        case "day":
            return node.date()
        case "word":
            return node.text()
        case "list":
            return tuple(sorted(member.text() for member in node.items()))
        case _:
            raise node.fail(f"unknown unit {unit!r}; known units: day, days, list, months, percent, word")


def _foreign_laws(path: Path) -> tuple[ForeignLaw, ...]:
    laws: list[ForeignLaw] = []
    for node in read_yaml(path, _name(path)).mapping(("laws",))["laws"].items():
        entry = node.mapping(
            ("id", "country", "titles", "reaches", "reaches_content", "confidence", "checked_on", "states", "sources")
        )
        states: list[tuple[date, str, Words]] = []
        for state_node in entry["states"].items():
            state = state_node.mapping(("from", "effect", "fr", "en"))
            if state["effect"].text() not in ("in_force", "lapsed", "unknown"):
                raise state["effect"].fail("expected in_force, lapsed or unknown")
            if state["from"].date() in [since for since, _, _ in states]:
                raise state["from"].fail("another state begins on that day; keep one")
            words = Words(state["fr"].text(), state["en"].text())
            states.append((state["from"].date(), state["effect"].text(), words))
        if not states:
            raise entry["states"].fail("a law has at least one dated state; add it")
        if not entry["sources"].items():
            raise entry["sources"].fail("a law needs a source; name what was read")
        if not _COUNTRY.match(entry["country"].text()):
            raise entry["country"].fail("expected a country as two capital letters (ISO 3166: US, CN...)")
        if entry["id"].text() in [held.id for held in laws]:
            raise entry["id"].fail(f"{entry['id'].text()!r} is described twice; keep one")
        states.sort(key=lambda state: state[0])
        law = ForeignLaw(
            id=entry["id"].text(),
            country=entry["country"].text(),
            titles=_words(entry["titles"]),
            reaches_content=entry["reaches_content"].boolean(),
            confidence=entry["confidence"].choice(Confidence),
            checked_on=entry["checked_on"].date(),
            states=tuple(states),
        )
        laws.append(law)
    return tuple(sorted(laws, key=lambda law: law.id))
