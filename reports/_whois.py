"""One query looked up: a line of JSON, or a page of 80 columns that a newcomer can read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from model.attribution import Attributed, Attribution, LookUp
from model.codec import instant
from model.observed import Confidence, Known, Source, Unread, known
from model.parties import ExposureGrade, Operator
from model.resolution import About, QueryKind, Record, RecordType
from reports._chain import entity_names, parents
from reports._naming import graded
from reports._records import evidence, exposure, operator, qualification
from reports._text import inert_json, visible
from reports._words import Language, language

_WIDTH, _LABEL = 80, 16
_REACHING = (ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED, ExposureGrade.UNKNOWN)
_SHOWN = (
    RecordType.NAME, RecordType.CNAME, RecordType.A, RecordType.AAAA, RecordType.PTR, RecordType.MX,
    RecordType.AUTODISCOVER, RecordType.SRV, RecordType.SPF, RecordType.DKIM, RecordType.NS,
)  # fmt: skip


def record(found: LookUp, lang: str) -> dict[str, Any]:
    """The answer as data; ``None`` where nothing is known."""
    words = language(lang)
    who = found.attribution
    countries = list(who.countries) or ([who.allocated] if who.allocated else [])
    return {
        "query": who.query,
        "kind": who.kind.value,
        "name": who.name or None,
        "records": [_link(one) for one in who.records],
        "provider": who.provider or None,
        "service": who.service or None,
        "region": who.region or None,
        "country": countries[0] if len(countries) == 1 else None,
        "countries": countries or None,
        "country_basis": _basis(who),
        "place_unknown_because": words.pick(who.place_unknown) if who.place_unknown else None,
        "asn": who.asn or None,
        "role": who.role.value,
        "machines": who.machines or None,
        "operators": _operators(found),
        "exposures": _exposures(found),
        "qualifications": [qualification(one, words) for one in found.places[0].place.qualifications]
        if found.places
        else None,
        "evidence": [evidence(source) for source in who.evidence],
        "unknown_because": words.pick(who.unknown_because) if who.unknown_because else None,
        "gaps": _gaps(found),
        "dnssec": found.resolution.dnssec.value,
        "wildcard": found.resolution.wildcard,
        "contradicted": found.resolution.contradicted,
        "asked_at": instant(found.resolution.read_at),
    }


def _link(one: Attributed) -> dict[str, Any]:
    clue = one.clue
    return {
        "name": one.record.name,
        "type": one.record.type.value,
        "target": one.record.target,
        "provider": (clue.provider if clue else "") or None,
        "service": (clue.service if clue else "") or None,
        "region": (clue.region if clue else "") or None,
        "role": one.role.value,
        "asn": (clue.asn if clue else 0) or None,
        "about": one.about.value,
        "because": clue.source.what if clue else None,
    }


def _basis(who: Attribution) -> str | None:
    """What the countries rest on: the provider's own word on where the place is, or a registry's on the address."""
    if who.countries:
        return "place"
    return "allocation" if who.allocated else None


def _operators(found: LookUp) -> list[dict[str, Any]] | None:
    if not found.places or not all(isinstance(one.place.operators, Known) for one in found.places):
        return None
    return [operator(one) for judged in found.places for one in known(judged.place.operators) or ()]


def _exposures(found: LookUp) -> list[dict[str, Any]] | None:
    if not found.places:
        return None
    told: list[dict[str, Any]] = []
    for judged in found.places:
        names = entity_names(known(judged.place.operators) or ())
        told += [one for e in judged.exposures if (one := exposure(e, names)) not in told]
    return told


def _gaps(found: LookUp) -> list[dict[str, Any]]:
    return [
        {"name": answer.name, "type": answer.type.value, "about": answer.about.value, "reason": unread.reason.value,
         "detail": unread.detail or None}
        for answer, unread in found.resolution.unanswered()
    ]  # fmt: skip


def json_line(found: LookUp, lang: str) -> bytes:
    """One object on one line, as ``--format jsonl`` writes it."""
    import orjson

    return inert_json(orjson.dumps(record(found, lang)).decode()).encode() + b"\n"


def page(found: LookUp, lang: str) -> str:
    """The answer as text: who, where, whose law, which qualification, then what DNS said and how anybody knows."""
    words = language(lang)
    who = found.attribution
    lines = [*_wrap(visible(who.query, 300), 0)]
    lines += [*_host(found, words), *_place(who, words)]
    if who.asn:
        lines += _field(words.say("whois.network"), [f"AS{who.asn}"])
    if found.places:
        lines += _field(words.say("whois.operator"), _operator_lines(found, words))
        lines += _field(words.say("whois.exposures"), _exposure_lines(found, words))
        lines += _field(words.say("whois.qualifications"), _qualification_lines(found, words))
    if who.kind is not QueryKind.UNUSABLE:
        lines += _dns(found, words)
        lines += _field(words.say("whois.source"), [_source(one, words) for one in who.evidence] or ["–"])
    return "\n".join(lines) + "\n"


def _host(found: LookUp, words: Language) -> Iterator[str]:
    who = found.attribution
    if not who.provider:
        role = f" ({words.say(f'whois.role.{who.role.value}')})" if who.role.value != "unknown" else ""
        why = words.pick(who.unknown_because) if who.unknown_because else ""
        yield from _field(words.say("whois.host"), [words.say("whois.nobody") + role, why])
        return
    service = f", {who.service}" if who.service else ""
    yield from _field(
        words.say("whois.host"), [f"{who.provider}{service} – {words.say(f'whois.role.{who.role.value}')}"]
    )
    if who.machines:
        yield from _field(words.say("whois.machines"), [who.machines])


def _place(who: Attribution, words: Language) -> Iterator[str]:
    if not who.provider:
        return
    regions = [site.region for site in who.sites if site.region]
    countries = words.sequence(f"{words.country(code)} ({code})" for code in who.countries)
    if len(regions) == 1:
        text = words.say("whois.region", country=countries or words.say("unknown"), region=regions[0])
    elif regions:
        text = words.say("whois.several_regions", countries=countries, regions=words.sequence(regions))
    elif countries:
        text = countries
    elif who.allocated:
        text = words.say("whois.allocated", country=f"{words.country(who.allocated)} ({who.allocated})")
    else:
        text = words.say("whois.place_unknown")
    why = [words.pick(who.place_unknown)] if who.place_unknown and not who.allocated else []
    yield from _field(words.say("whois.place"), [text, *why])


def _operator_lines(found: LookUp, words: Language) -> Iterator[str]:
    for judged in found.places:
        several = known(judged.place.operators)
        if several is None:
            yield words.say("unknown")
        for one in several or ():
            yield from _chain(one, words)


def _chain(one: Operator, words: Language) -> Iterator[str]:
    def called(name: str, seat: str | None) -> str:
        return f"{visible(name, 100)} ({words.country(seat) if seat else words.say('unknown')})"

    yield f"{called(one.entity.name, known(one.entity.seat))}, {words.name('role', one.role)}"
    for parent in parents(one):
        share = f", {words.share(parent.link.capital_percent)}" if parent.link.capital_percent is not None else ""
        name = called(parent.entity.name, known(parent.entity.seat))
        yield "  " * parent.depth + words.say("whois.held_by", name=name) + share
    if not one.chain_complete:
        yield "  " + words.say("whois.chain_open")


def _exposure_lines(found: LookUp, words: Language) -> Iterator[str]:
    told = []
    for judged in found.places:
        names = entity_names(known(judged.place.operators) or ())
        for one in judged.exposures:
            if one.grade in _REACHING and not one.country:
                told.append(words.say("whois.exposure_open"))
            elif one.grade in _REACHING:
                path = " → ".join(visible(names.get(id, id), 80) for id in one.path)
                key = "whois.exposure" if path else "whois.exposure_alone"
                country = words.country(one.country)
                told.append(words.say(key, law=one.law, country=country, grade=graded(one, words), path=path))
    yield from dict.fromkeys(told) or [words.say("whois.no_exposure")]


def _qualification_lines(found: LookUp, words: Language) -> Iterator[str]:
    for one in found.places[0].place.qualifications:
        why = one.why_fr if words.code == "fr" else one.why_en
        scheme, status = words.name("scheme", one.scheme), words.name("status", one.status)
        yield words.say("whois.qualification", scheme=scheme, status=status, why=why)


def _dns(found: LookUp, words: Language) -> Iterator[str]:
    shown = [one for one in found.attribution.records if one.record.type in _SHOWN and one.about in _ABOUT]
    if shown:
        yield from _field(words.say("whois.records"), [_row(one, words) for one in shown])
    if found.attribution.kind is not QueryKind.RESOURCE:
        yield from _field(words.say("whois.dnssec"), [words.say(f"whois.dnssec_state.{found.resolution.dnssec.value}")])
    notes = [word for word in ("wildcard", "contradicted") if getattr(found.resolution, word)]
    if notes:
        yield from _field("", [words.say(f"whois.{word}") for word in notes])
    gaps = [
        words.say("whois.gap", type=answer.type.value, name=visible(answer.name, 100),
                  why=_why(unread, words))
        for answer, unread in found.resolution.unanswered()
    ]  # fmt: skip
    if gaps:
        yield from _field(words.say("whois.gaps"), gaps)


def _why(unread: Unread, words: Language) -> str:
    """Why nobody answered; the details that a resolver gives are in English and in the JSON."""
    detail = visible(unread.detail, 200) if words.code == "en" else ""
    return detail or words.name("reason", unread.reason)


_ABOUT = tuple(about for about in About if about is not About.VALIDATION)


def _row(one: Attributed, words: Language) -> str:
    provider = one.clue.provider if one.clue else ""
    whom = f"{provider or words.say('unknown')}, {words.say(f'whois.role.{one.role.value}')}"
    return f"{_question(one.record)} → {visible(one.record.target, 200) or '–'} : {whom}".replace(
        " : ", "\u202f: " if words.code == "fr" else ": "
    )


def _question(asked: Record) -> str:
    return f"{asked.type.value} {visible(asked.name, 200)}"


def _source(source: Source, words: Language) -> str:
    marks = [visible(source.what, 300), words.day(source.read_at.date())]
    if source.confidence is not Confidence.CERTAIN:
        marks.append(words.name("confidence", source.confidence))
    return " · ".join(marks)


def _field(label: str, values: Iterable[str]) -> list[str]:
    """A label, and beside it each value on lines of its own."""
    lines: list[str] = []
    for value in values:
        depth = len(value) - len(value.lstrip())
        lines += _wrap(value.lstrip(), _LABEL + depth) if value else []
    if lines:
        lines[0] = f"  {label:<{_LABEL - 2}}{lines[0][_LABEL:]}" if len(label) <= _LABEL - 3 else lines[0]
        if len(label) > _LABEL - 3:
            lines.insert(0, f"  {label}")
    return lines


def _wrap(text: str, indent: int) -> list[str]:
    start = " " * indent
    return textwrap.wrap(
        text, _WIDTH, initial_indent=start, subsequent_indent=f"{start}  ", break_long_words=True,
        break_on_hyphens=False,
    ) or [start]  # fmt: skip
