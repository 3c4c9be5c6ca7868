"""What a name gives away: buckets, databases, schemas, files, tags.

``names.csv`` holds the vocabulary, one term a row, in singular and without accents or articles.  A ``word`` weighs
``weight`` alone and ``with_context`` beside another word that speaks of care (``context``); an ``object`` (a file, a
result) only beside one that is more than the name of a ``place``, since a hospital also has files of building works.
A ``stop`` takes away what its words would weigh (health-check) and lessens those beside it, which another trade names.
A ``reference`` word leaves a third of single words (a nomenclature holds no patient), an ``artefact`` of phrases too
(what is built or published about a product).  A ``beginning`` or an ``ending`` stands for all the words of medicine
formed with it; an ``affix`` weighs nothing and lets a name without separators be cut (``stchuedsprd``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from model.health import Signal
from model.reading import read_csv

PATH = Path(__file__).with_name("names.csv")
COLUMNS = ("term", "role", "weight", "with_context", "context", "kind")

_LONGEST_NAME = 512
_EMBEDDED_FROM, _EMBEDDED_IF_SURE_FROM, _SURE = 6, 4, 0.92
"""Letters of a term from which it is found inside a word that nothing separates, and the weight from which fewer do."""
_SEARCHED_FROM = 8
_REFERENCE_SHARE, _ELSEWHERE_SHARE = 0.3, 0.7
"""What a word keeps beside one that says reference data, or beside one of another trade unless it is decisive."""
_FIRM, _DECISIVE = 0.85, 0.91
_SOME = 0.1
_HEARD, _HEARD_TOGETHER = 0.2, 0.5
"""The weight from which a doubtful word counts beside another, and what such words weigh when they help each other."""
_FILLERS = frozenset({"de", "du", "des", "la", "le", "les", "et", "d", "l", "of", "the", "a", "au", "aux"})
_DIGITS = "0123456789"
_CHAINED_FROM, _CHAINED_TO, _SHORTEST_LINK, _LONGEST_LINK = 5, 24, 3, 16
"""Letters of a word that may be a chain of terms, and of a term that may be a link of it."""
_STEM_FROM, _MORE = 7, "…"
_STEMS = {"beginning": f"{{}}{_MORE}", "ending": f"{_MORE}{{}}"}
"""How a row of either role is named in a signal."""
_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class _Term:
    """One row; ``weight`` is 0 for what is not a word."""

    role: str
    weight: float
    with_context: float
    context: bool
    place: bool


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The rows by term, the first and all the words of those of several, the long ones by their first letters."""

    terms: dict[str, _Term]
    firsts: frozenset[str]
    parts: frozenset[str]
    by_letters: dict[str, tuple[tuple[str, str], ...]]
    affixes: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]


def of_name(name: str, where: str = "name") -> tuple[Signal, ...]:
    """The strongest term of ``name``, as a signal of the family ``name``; none when nothing there speaks of health."""
    term, weight = weigh(name)
    return (Signal("name", term, weight, where),) if weight >= _SOME else ()


def weigh(name: str) -> tuple[str, float]:
    """The term of the vocabulary that weighs most in ``name``, and how much."""
    vocabulary = _vocabulary()
    words = [word for raw in _WORD.findall(name[:_LONGEST_NAME]) for word in _words(raw) if word not in _FILLERS]
    found = _found(words, vocabulary)
    if not found:
        return "", 0.0
    covered = {at for start, length, term in found if term.role == "stop" for at in range(start, start + length)}
    overtaken = {start + length - 1 for start, length, term in found if term.role == "stop" and length > 1}
    context = {start for start, _, term in found if term.context and start not in covered}
    clinical = {start for start, _, term in found if term.context and not term.place and start not in covered}
    share = _REFERENCE_SHARE if any(term.role == "reference" for _, _, term in found) else 1.0
    built = any(term.role == "artefact" for _, _, term in found)
    among = _speak_of_care_together(found, covered)
    best, heaviest = "", 0.0
    for start, length, term in found:
        phrase = (length > 1 or "-" in words[start]) and term.weight >= _FIRM
        taken = covered.intersection(range(start, start + length)) if not phrase else overtaken.intersection((start,))
        if term.role not in ("word", "object") or taken:
            continue
        beside = context if term.role == "word" else clinical
        helped = not covered and (among or any(at < start or at >= start + length for at in beside))
        weight = (_REFERENCE_SHARE if built else 1.0 if phrase else share) * (
            term.with_context if helped else term.weight
        )
        if covered and not phrase and weight < _DECISIVE:
            weight *= _ELSEWHERE_SHARE
        if weight > heaviest:
            best, heaviest = "-".join(words[start : start + length]), weight
    return best, round(heaviest, 4)


def _speak_of_care_together(found: list[tuple[int, int, _Term]], covered: set[int]) -> bool:
    """True when several words that are doubtful one by one leave little doubt side by side: ``admissions-dpi``."""
    doubtful = [term.weight for at, _, term in found if term.role == "word" and not term.place and at not in covered]
    heard = [weight for weight in doubtful if weight >= _HEARD]
    return len(heard) > 1 and sum(heard) >= _HEARD_TOGETHER


def _found(words: list[str], vocabulary: _Vocabulary) -> list[tuple[int, int, _Term]]:
    """(first word, number of words, term) of every term; where several begin at a word, the longest of each role."""
    found = []
    for start, word in enumerate(words):
        if word in vocabulary.firsts:
            for length in range(min(4, len(words) - start), 1, -1):
                term = vocabulary.terms.get("-".join(words[start : start + length]))
                if term is not None:
                    found.append((start, length, term))
                    break
        term = vocabulary.terms.get(word)
        if term is not None:
            found.append((start, 1, term))
    return found


@lru_cache(maxsize=1 << 17)
def _words(raw: str) -> tuple[str, ...]:
    """A word of a name as the vocabulary writes it, or the terms it is made of."""
    vocabulary = _vocabulary()
    word = folded(raw)
    for candidate in (word, word.strip(_DIGITS)):
        one = singular(candidate)
        for form in (one, f"{one[:-2]}y") if one.endswith("ie") else (one,):
            if form in vocabulary.terms or form in vocabulary.parts:
                return (form,)
    pieces = _CAMEL.split(raw)
    if len(pieces) > 1:
        return tuple(part for piece in pieces for part in _words(piece))
    return (
        _chained(word, vocabulary)
        or _inside(word, vocabulary)
        or _stem(word, vocabulary)
        or (singular(word.strip(_DIGITS) or word),)
    )


def _chained(word: str, vocabulary: _Vocabulary) -> tuple[str, ...]:
    """The terms of a word made of nothing but terms, affixes of technical names and digits: ``stchuedsprd01``."""
    word = word.strip(_DIGITS)
    if not _CHAINED_FROM <= len(word) <= _CHAINED_TO:
        return ()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST_LINK), end):
            before, link = best[start], word[start:end]
            if before is None:
                continue
            if link.isdecimal() or link in vocabulary.affixes:
                best[end] = (*before, "")
                break
            term = singular(link)
            if len(link) >= _SHORTEST_LINK and term in vocabulary.terms:
                best[end] = (*before, term)
                break
    links = best[-1] or ()
    terms = tuple(link for link in links if link)
    tied = len(terms) < len(links) or any(vocabulary.terms[term].place for term in terms)
    return terms if tied else ()


def _inside(word: str, vocabulary: _Vocabulary) -> tuple[str, ...]:
    """The terms found inside a long word, from left to right, the longest where several begin."""
    if len(word) < _SEARCHED_FROM:
        return ()
    found = []
    at = 0
    while at <= len(word) - _EMBEDDED_IF_SURE_FROM:
        for letters, term in vocabulary.by_letters.get(word[at : at + _EMBEDDED_IF_SURE_FROM], ()):
            if word.startswith(letters, at):
                found.append(term)
                at += len(letters) - 1
                break
        at += 1
    return tuple(found)


def _stem(word: str, vocabulary: _Vocabulary) -> tuple[str, ...]:
    """What a word that no row holds begins or ends like: ``oncothorax``, ``thymectomie``."""
    word = singular(word.strip(_DIGITS))
    if len(word) >= _STEM_FROM:
        for stem in vocabulary.beginnings:
            if word.startswith(stem):
                return (_STEMS["beginning"].format(stem),)
        for stem in vocabulary.endings:
            if word.endswith(stem):
                return (_STEMS["ending"].format(stem),)
    return ()


def _spellings(term: str) -> tuple[str, ...]:
    """A term without separators: in the singular, then with a plural before each seam, as in ``dossierspatients``."""
    first, *others = term.split("-")
    spelled = [first]
    for other in others:
        spelled = [f"{one}{plural}{other}" for plural in ("", "s") for one in spelled]
    return tuple(spelled)


def folded(text: str) -> str:
    """Lower case, without accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def singular(word: str) -> str:
    """Without the last s or x of a word of four letters or more, on both sides of every comparison."""
    return word[:-1] if len(word) > 3 and word[-1] in "sx" and not word.endswith("ss") else word


def in_vocabulary(word: str) -> bool:
    """True for a word that the vocabulary holds as a term, in the singular or not."""
    return singular(word) in _vocabulary().terms


@cache
def _vocabulary() -> _Vocabulary:
    terms: dict[str, _Term] = {}
    rows: dict[str, list[str]] = {"affix": [], "beginning": [], "ending": []}
    for _, row in read_csv(PATH, COLUMNS):
        role, term = row["role"], row["term"]
        if role in rows:
            rows[role].append(term)
        if role == "affix":
            continue
        weight = float(row["weight"] or 0.0)
        terms[_STEMS.get(role, "{}").format(term)] = _Term(
            "word" if role in _STEMS else role,
            weight,
            float(row["with_context"] or weight),
            context=bool(row["context"]),
            place=row["context"] == "place",
        )
    firsts = frozenset(term.split("-")[0] for term in terms if "-" in term)
    by_letters: dict[str, list[tuple[str, str]]] = {}
    for term, row_of in terms.items():
        if _MORE in term:
            continue
        spellings = _spellings(term)
        letters = spellings[0]
        long = len(letters) >= _EMBEDDED_FROM and (
            row_of.role == "stop" or row_of.context or row_of.with_context >= _FIRM
        )
        if long or (len(letters) >= _EMBEDDED_IF_SURE_FROM and row_of.weight >= _SURE):
            for spelling in spellings:
                by_letters.setdefault(spelling[:_EMBEDDED_IF_SURE_FROM], []).append((spelling, term))
    ordered = {key: tuple(sorted(found, key=lambda one: -len(one[0]))) for key, found in by_letters.items()}
    parts = frozenset(part for term in terms if "-" in term for part in term.split("-"))
    return _Vocabulary(
        terms, firsts, parts, ordered, frozenset(rows["affix"]), tuple(rows["beginning"]), tuple(rows["ending"])
    )
