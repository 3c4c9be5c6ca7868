"""Codes and phrases of the scan, of the rules and of the texts in the words that a committee reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from model.assessment import Cite, TextVersion
from model.parties import Exposure
from model.places import Gap
from reports._text import visible
from reports._words import Language

_NUMBERED = re.compile(r"(?:[LRD]\.? ?)?[0-9](?![0-9]* USC)")


def article(cite: Cite, words: Language) -> str:
    """``art. L.1111-8``; a heading such as "critères" in the language of the report; empty for none."""
    if _NUMBERED.match(cite.article):
        number = cite.article if words.code == "fr" else cite.article.replace(" à ", " to ").replace(" et ", " and ")
        return f"art.\u00a0{number}"
    return words.name("article", cite.article)


def basis(cites: Sequence[Cite], texts: Mapping[str, TextVersion], words: Language) -> str:
    """The texts and articles of a rule, each text named once; a text that nobody verified says so."""
    by_text: dict[str, list[str]] = {}
    for cite in cites:
        by_text.setdefault(cite.text, []).append(article(cite, words))
    parts: list[str] = []
    for id, articles in by_text.items():
        text = texts.get(id)
        title = words.pick(text.titles) if text else id
        mark = f" ({words.say('unverified')})" if text and text.confidence == "unverified" else ""
        parts.append(", ".join(part for part in (title, *articles) if part) + mark)
    return separator(words).join(parts)


def separator(words: Language) -> str:
    """What stands between texts of law, which hold commas themselves."""
    return "\u202f; " if words.code == "fr" else "; "


def grantor(code: str, words: Language) -> str:
    """Who can grant a right.  Scanners write a word and, after a colon, whose; a free text stays as it is."""
    word, _, whose = code.partition(":")
    if f"grantor.{word}.all" not in words.sentences:
        return visible(code, 160)
    return words.say(f"grantor.{word}.one", whose=visible(whose, 80)) if whose else words.say(f"grantor.{word}.all")


_END_OF_COPY = "contents, key and further copies of "


def scope(gap: Gap, words: Language) -> str:
    """What could not be read, without the region and account that stand beside it."""
    text = gap.scope.removesuffix(f" in {gap.region} of account {gap.account}")
    text = text.removesuffix(f" of account {gap.account}")
    if text.startswith(_END_OF_COPY):
        return words.say("coverage.end_of_copy", name=visible(text.removeprefix(_END_OF_COPY), 160))
    call = re.fullmatch(r"(\w+) of (\S+) (.+)", text, re.DOTALL)
    if call:
        return words.say("coverage.call_of", call=call[1], kind=visible(call[2], 80), name=visible(call[3], 160))
    return visible(text, 200)


def fact(name: str, words: Language) -> str:
    """What people call a fact; a member of a list is called like the nearest name that has words."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        known = words.sentences.get(f"fact.{'.'.join(parts[:end])}")
        if known:
            return known
    return visible(name, 80)


def graded(one: Exposure, words: Language) -> str:
    """The grade of an exposure, with what limits it: metadata only, or content that nobody there can read."""
    limits = [one.data] if one.data != "content" else []
    limits += [one.mitigation] if one.mitigation else []
    return ", ".join([words.name("exposure", one.grade), *(words.name("exposure_limit", limit) for limit in limits)])
