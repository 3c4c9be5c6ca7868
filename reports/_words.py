"""The sentences shown to people, one catalogue per language, and how each language writes a number or a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from model.assessment import Words
from model.errors import UsageError
from model.reading import Node, read_csv, read_yaml

LANGUAGES = ("fr", "en")

_FOLDER = Path(__file__).parent / "words"
_NARROW = "\u202f"


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its sentences by dotted key, its country names by ISO code."""

    code: str
    sentences: Mapping[str, str]
    countries: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """The sentence of ``key`` with ``values`` in it.  A missing key is our mistake: KeyError."""
        return self.sentences[key].format(**values) if values else self.sentences[key]

    def count(self, key: str, number: int) -> str:
        """A number with its noun: ``key.one`` or ``key.many`` (French counts 0 as one, English as many)."""
        single = number < 2 if self.code == "fr" else number == 1
        return self.say(f"{key}.one" if single else f"{key}.many", n=self.number(number))

    def name(self, group: str, word: str) -> str:
        """What people call ``word`` of a closed vocabulary; the word itself when the catalogue lacks it."""
        return self.sentences.get(f"{group}.{word}", word)

    def pick(self, words: Words) -> str:
        """The side of ``words`` that is in this language."""
        return words.fr if self.code == "fr" else words.en

    def country(self, code: str) -> str:
        """The name of an ISO 3166 country; the code itself when it is none."""
        return self.countries.get(code, code)

    def number(self, value: int) -> str:
        """``1 234 567`` in French, ``1,234,567`` in English."""
        return f"{value:,}".replace(",", _NARROW) if self.code == "fr" else f"{value:,}"

    def percent(self, value: float) -> str:
        """A share between 0 and 1 in whole percents, never rounded up to 100 nor down to 0."""
        whole = round(value * 100)
        if (whole == 100 and value < 1) or (whole == 0 and value > 0):
            whole = 99 if whole else 1
        return f"{whole}{_NARROW}%" if self.code == "fr" else f"{whole}%"

    def share(self, value: float) -> str:
        """A percentage between 0 and 100 as a source gives it, with at most two decimals."""
        plain = f"{value:.2f}".rstrip("0").rstrip(".")
        return f"{plain.replace('.', ',')}{_NARROW}%" if self.code == "fr" else f"{plain}%"

    def day(self, value: date) -> str:
        """``21 novembre 2026`` or ``1er mai 2026``; ``21 November 2026`` in English."""
        number = "1er" if self.code == "fr" and value.day == 1 else str(value.day)
        return f"{number}\u00a0{self.sentences[f'month.{value.month}']} {value.year}"

    def moment(self, value: datetime) -> str:
        """An instant to the second, in UTC, as a register of evidence writes it."""
        at = value.astimezone(UTC)
        return f"{at:%Y-%m-%d} {at:%H:%M:%S} UTC"

    def sequence(self, items: Iterable[str]) -> str:
        """``a, b et c``."""
        whole = list(items)
        if len(whole) < 2:
            return "".join(whole)
        return f"{', '.join(whole[:-1])} {self.sentences['and']} {whole[-1]}"


@cache
def language(code: str) -> Language:
    """The words of ``fr`` or ``en``.  Raises UsageError for another code."""
    if code not in LANGUAGES:
        raise UsageError(f"unknown language {code!r}; known languages: {', '.join(LANGUAGES)}")
    sentences: dict[str, str] = {}
    _flatten(read_yaml(_FOLDER / f"{code}.yaml", f"reports/words/{code}.yaml"), "", sentences)
    rows = read_csv(_FOLDER / "countries.csv", ("code", "fr", "en"), "reports/words/countries.csv")
    return Language(code, sentences, {row["code"]: row[code] for _, row in rows})


def _flatten(node: Node, prefix: str, into: dict[str, str]) -> None:
    for key, below in node.entries().items():
        if isinstance(below.raw, dict):
            _flatten(below, f"{prefix}{key}.", into)
        else:
            into[f"{prefix}{key}"] = below.text()
