"""Codes and phrases of the scan, of the rules and of the texts in the words that a committee reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from model.assessment import Cite, TextVersion
from model.observed import Reason, Source
from model.parties import Exposure
from model.places import Gap
from reports._text import visible
from reports._words import Language

_SERVER = "administrator of "
_END_OF_COPY = "contents, key and further copies of "
_CODE = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9.]*)+|[A-Z]+(?:_[A-Z]+)*|[0-9]{3}")
_SOURCES = {
    "stores tied to no dataset": "loose",
    "DNS answer of ": "dns",
    "controller kind: ": "controller",
    "health signatures: ": "signatures",
    "declared: register": "register",
}
_NAME_LIKE = re.compile(r"[0-9_/:.@*-]|[a-z][A-Z]")
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
    if code.startswith(_SERVER):
        return words.say("grantor.server", whose=visible(code.removeprefix(_SERVER), 120))
    word, _, whose = code.partition(":")
    if f"grantor.{word}.all" not in words.sentences:
        return visible(code, 160)
    return words.say(f"grantor.{word}.one", whose=visible(whose, 80)) if whose else words.say(f"grantor.{word}.all")


def scope(gap: Gap, words: Language) -> str:
    """What could not be read, without the region and account that stand beside it.

    Scanners tell it in English; of such a sentence French keeps the names, beside which the call stands.
    """
    text = gap.scope.removesuffix(f" in {gap.region} of account {gap.account}")
    text = text.removesuffix(f" of account {gap.account}")
    if text.startswith(_END_OF_COPY):
        return words.say("coverage.end_of_copy", name=visible(text.removeprefix(_END_OF_COPY), 160))
    call = re.fullmatch(r"(\w+) of (\S+) (.+)", text, re.DOTALL)
    if call:
        return words.say("coverage.call_of", call=call[1], kind=visible(call[2], 80), name=visible(call[3], 160))
    if words.code == "en" or not re.search(r"\s", text):
        return visible(text, 200)
    names = [word for word in text.split() if _NAME_LIKE.search(word)]
    if names:
        return words.say("coverage.reading_of", name=visible(" ".join(names), 160))
    return words.say("coverage.reading", call=visible(gap.operation or gap.permission or gap.scanner, 120))


def detail(gap: Gap, words: Language) -> str:
    """What the provider said of a failure: whole in English, its code alone in French; our own words in both."""
    if gap.scope.startswith(_END_OF_COPY) and gap.reason is Reason.DISABLED:
        return words.say("coverage.end_of_copy_why")
    if words.code == "en":
        return visible(gap.detail, 160)
    code = re.match(r"[A-Za-z0-9_.]+", gap.detail)
    return visible(code[0], 80) if code and _CODE.fullmatch(code[0]) else ""


def told_by(source: Source, words: Language) -> str:
    """Where a statement comes from: calls, rows and documents as they are called, our own phrases in the language."""
    for prefix, key in _SOURCES.items():
        if source.what.startswith(prefix):
            return words.say(f"told_by.{key}", name=visible(source.what.removeprefix(prefix), 280))
    return visible(source.what, 300)


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
