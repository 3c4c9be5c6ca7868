"""The extract of the catalog that an edition rests on: the companies, who holds them, and what was qualified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.assessment import JudgedPlace
from model.observed import known
from model.parties import LegalEntity, Link
from reports._chain import parents
from reports._evidence import Citation, Evidence
from reports._marks import weakest
from reports._text import visible
from reports._words import Language

_ROWS = 200
_NAME = 100


@dataclass(frozen=True, slots=True)
class Company:
    """A legal person met in this edition, with its sources."""

    name: str
    seat: str
    registrations: str
    mark: str
    evidence: Citation


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds whom, since when, with its sources."""

    holder: str
    held: str
    share: str
    control: str
    since: str
    mark: str
    evidence: Citation


@dataclass(frozen=True, slots=True)
class Extract:
    """Companies and holdings by name; ``more`` are those left out of a long list."""

    companies: tuple[Company, ...]
    more_companies: int
    holdings: tuple[Holding, ...]
    more_holdings: int


def extract(places: Sequence[JudgedPlace], evidence: Evidence, words: Language) -> Extract:
    """Every company at work at a place or above one that is, and the links between them."""
    entities: dict[str, LegalEntity] = {}
    links: dict[tuple[str, str], Link] = {}
    for operator in {one: None for judged in places for one in known(judged.place.operators) or ()}:
        entities[operator.entity.id] = operator.entity
        for parent in parents(operator):
            entities[parent.entity.id] = parent.entity
            links[parent.link.holder, parent.link.held] = parent.link
    by_name = sorted(entities.values(), key=lambda one: (one.name, one.id))
    pairs = sorted(links.values(), key=lambda link: (_name(entities, link.held), _name(entities, link.holder)))
    return Extract(
        tuple(_company(one, evidence, words) for one in by_name[:_ROWS]),
        max(0, len(by_name) - _ROWS),
        tuple(_holding(one, entities, evidence, words) for one in pairs[:_ROWS]),
        max(0, len(pairs) - _ROWS),
    )


def _company(one: LegalEntity, evidence: Evidence, words: Language) -> Company:
    seat = known(one.seat)
    return Company(
        name=visible(one.name, _NAME),
        seat=words.country(seat) if seat else words.say("situation.country_unknown"),
        registrations=", ".join(registration(register, number, words) for register, number in one.registrations) or "–",
        mark=weakest(*one.sources, one.seat),
        evidence=evidence.cite([*one.sources, one.seat.source], 3),
    )


def _holding(one: Link, entities: dict[str, LegalEntity], evidence: Evidence, words: Language) -> Holding:
    return Holding(
        holder=visible(_name(entities, one.holder), _NAME),
        held=visible(_name(entities, one.held), _NAME),
        share=words.share(one.capital_percent) if one.capital_percent is not None else words.say("unknown"),
        control=words.say(CONTROL[one.controls]),
        since=words.day(one.since) if one.since else words.say("unknown"),
        mark=weakest(*one.sources),
        evidence=evidence.cite(one.sources, 3),
    )


def _name(entities: dict[str, LegalEntity], id: str) -> str:
    return entities[id].name if id in entities else id


def registration(register: str, number: str, words: Language) -> str:
    """A registry and its number; the catalog's own "(unverified)" in the language of the report."""
    name, _, rest = register.partition(" (unverified)")
    mark = f" ({words.say('unverified')})" if name != register else ""
    return f"{visible(name + rest, 60)} {visible(number, 40)}{mark}"


CONTROL = {True: "sheets.controlled", False: "sheets.not_controlled", None: "sheets.control_unknown"}
