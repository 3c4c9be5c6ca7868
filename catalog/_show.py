"""What the catalog holds, as text for a terminal: a list, and one provider, entity, service or region at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Protocol

from catalog._chain import operators_at
from catalog._match import on_its_own
from catalog._perimeter import shown
from catalog._phrases import cited, country_of, say, wrap
from catalog._records import DatedLink, Provider, QualificationRow, Region, Scheme
from catalog._regions import Regions
from catalog._words import english, french
from model.errors import UsageError
from model.observed import Known
from model.parties import LegalEntity, Operator

_KIND, _SEAT, _ID, _PARENT, _STATUS = 17, 5, 22, 33, 13
_MOST_REGIONS = 60


class Data(Protocol):
    """What these pages read of the catalog."""

    @property
    def schemes(self) -> tuple[Scheme, ...]: ...

    def providers(self) -> tuple[str, ...]: ...

    def find_provider(self, id: str) -> Provider | None: ...

    def find_regions(self, provider: str) -> Regions | None: ...


def listing(data: Data, text: str, on: date, lang: str) -> str:
    """Providers, then qualified services, whose id, name, kind or entities contain ``text`` (all when empty)."""
    wanted = text.casefold()
    providers = [one for id in data.providers() if (one := data.find_provider(id)) and _holds(one, wanted)]
    rows = [
        (scheme, row)
        for scheme in data.schemes
        for row in scheme.rows
        if wanted in " ".join((row.id, row.service, scheme.name, *row.providers)).casefold()
    ]
    if not providers and not rows:
        return say(lang, "nothing", text=text) + "\n"
    lines: list[str] = []
    if providers:
        lines += [say(lang, "providers"), *_heads(lang, ("id", _ID), ("kind", _KIND), ("seat", _SEAT), ("parent", 0))]
        lines += [_provider_line(data, one, on, lang) for one in providers]
    if rows:
        lines += [""] if lines else []
        lines += _services(rows, on, lang)
    return "\n".join(lines) + "\n"


def page(data: Data, id: str, on: date, lang: str) -> str:
    """Everything on a provider, entity, qualification, scheme, or region (``aws/eu-west-3`` or its code alone).

    Raises UsageError, with the nearest ids, when the catalog holds nothing of that id.
    """
    provider = data.find_provider(id)
    if provider is not None:
        return _text(_provider(data, provider, on, lang))
    for scheme in data.schemes:
        if scheme.id == id:
            return _text(_scheme(scheme, on, lang))
        for row in scheme.rows:
            if row.id == id:
                return _text([*_row_head(row), *_row(scheme, row, on, lang)])
    owners = [one for key in data.providers() if (one := data.find_provider(key)) and id in one.entities]
    if owners:
        return _text(_entity(owners, id, on, lang))
    found = list(_regions_called(data, id))
    if found:
        return _text(line for owner, region in found for line in _region(owner, region, lang))
    ids = [*data.providers(), *(row.id for scheme in data.schemes for row in scheme.rows)]
    ids += [entity for key in data.providers() if (one := data.find_provider(key)) for entity in one.entities]
    ids = sorted(set(ids))
    close = get_close_matches(id, ids, 4, 0.5) or [one for one in ids if id.casefold() in one][:4]
    hint = f"; did you mean {', '.join(close)}?" if close else ""
    raise UsageError(f"the catalog holds no provider, entity, qualification or region {id!r}{hint}; see: catalog list")


def _services(rows: Sequence[tuple[Scheme, QualificationRow]], on: date, lang: str) -> Iterator[str]:
    yield say(lang, "services", day=_day(on, lang))
    yield from _heads(lang, ("id", 30), ("status", _STATUS), ("service", 0))
    for scheme, row in rows:
        status = say(lang, on_its_own(scheme, row, on).status.value)
        yield _cut(f"{row.id:<30} {status:<{_STATUS}} {row.service}")


def _scheme(scheme: Scheme, on: date, lang: str) -> Iterator[str]:
    if scheme.edition:
        yield from wrap(say(lang, "list", name=scheme.name, day=_day(scheme.edition, lang)))
    else:
        yield from wrap(say(lang, "list_unread", name=scheme.name))
    if scheme.stale(on):
        yield from wrap(say(lang, "stale"), 2)
    yield from wrap(cited(scheme.source, lang), 2)
    yield ""
    yield from _services([(scheme, row) for row in scheme.rows], on, lang)


def _text(lines: Sequence[str] | Iterator[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _day(day: date, lang: str) -> str:
    return french(day) if lang == "fr" else english(day)


def _cut(line: str) -> str:
    return line if len(line) <= 80 else f"{line[:79]}…"


def _heads(lang: str, *columns: tuple[str, int]) -> list[str]:
    line = " ".join(f"{say(lang, key):<{width}}" for key, width in columns).rstrip()
    return [line, "-" * 80]


def _holds(provider: Provider, wanted: str) -> bool:
    names = (provider.id, provider.name, provider.category, *(one.name for one in provider.entities.values()))
    return wanted in " ".join(names).casefold()


def _provider_line(data: Data, provider: Provider, on: date, lang: str) -> str:
    answer = operators_at(provider, ("",), on, data.find_provider)
    if not isinstance(answer, Known) or not answer.value:
        return _cut(f"{provider.id:<{_ID}} {provider.category:<{_KIND}} {'?':<{_SEAT}} {say(lang, 'not_known')}")
    operator = answer.value[0]
    top = _top(operator)
    name = say(lang, "itself") if top.id == operator.entity.id else f"{top.name} ({country_of(top.seat)})"
    parent = name if operator.chain_complete else say(lang, "open", name=name)
    seat = country_of(operator.entity.seat)
    return _cut(f"{provider.id:<{_ID}} {provider.category:<{_KIND}} {seat:<{_SEAT}} {parent}")


def _top(operator: Operator) -> LegalEntity:
    """The last holder upward, by control first and then by the largest share."""
    entities = {one.id: one for one in operator.entities}
    at, seen = operator.entity, {operator.entity.id}
    while True:
        above = [
            one for one in operator.links if one.held == at.id and one.holder in entities and one.holder not in seen
        ]
        above = [one for one in above if one.controls is not False]
        if not above:
            return at
        above.sort(key=lambda one: (not one.controls, -(one.capital_percent or one.votes_percent or 0), one.holder))
        at = entities[above[0].holder]
        seen.add(at.id)


def _provider(data: Data, provider: Provider, on: date, lang: str) -> Iterator[str]:
    model = provider.hosting_model.value if provider.hosting_model else say(lang, "not_known")
    yield from wrap(f"{provider.name} ({provider.id}) – {provider.category}, {model}")
    yield from wrap(cited(provider.source, lang), 2)
    yield from ("", say(lang, "control", day=_day(on, lang)))
    for assignment in provider.assignments:
        where = f" – {say(lang, 'in_regions', list=', '.join(assignment.regions))}" if assignment.regions else ""
        if assignment.unknown:
            yield from wrap(f"{say(lang, 'not_known')}: {assignment.unknown}{where}", 2)
            continue
        entity = provider.entities[assignment.entity]
        yield from wrap(f"{_named(entity)}, {say(lang, assignment.role.value)}{where}", 2)
        yield from _sources(entity, lang, 6)
        yield from _upward(provider, entity.id, on, lang, "  ", {entity.id})
        yield from wrap(say(lang, "complete" if assignment.chain_complete else "incomplete"), 6)
    for host in provider.hosts:
        where = f" – {say(lang, 'in_regions', list=', '.join(host.regions))}" if host.regions else ""
        yield from wrap(say(lang, "hosted_on", name=host.provider) + where, 2)
        yield from wrap(cited(host.source, lang), 6)
    redirects: dict[str, list[str]] = {}
    for region, owner in provider.redirects.items():
        redirects.setdefault(owner, []).append(region)
    for owner, regions in redirects.items():
        yield from wrap(say(lang, "redirected", list=", ".join(regions), name=owner), 2)
    yield from _third_parties(provider, lang)
    yield from ("", say(lang, "qualifications", day=_day(on, lang)))
    rows = [(scheme, row) for scheme in data.schemes for row in scheme.rows if provider.id in row.providers]
    for scheme, row in rows:
        yield from (*_row_head(row, 2), *_row(scheme, row, on, lang, 6))
    if not rows:
        yield f"  {say(lang, 'no_qualification')}"
    yield from _region_lines(data.find_regions(provider.id), lang)
    if provider.notes:
        yield from ("", say(lang, "notes"), *(line for note in provider.notes for line in wrap(f"– {note}", 2)))


def _third_parties(provider: Provider, lang: str) -> Iterator[str]:
    if not provider.third_parties:
        return
    yield from ("", say(lang, "third_parties"))
    for one in provider.third_parties:
        country = one.country or say(lang, "not_known")
        parts = [say(lang, "third_party", name=one.name, role=say(lang, one.role.value), country=country)]
        if one.controlled_from:
            parts.append(say(lang, "controlled_from", country=one.controlled_from))
        parts.append(say(lang, f"technical_access.{one.technical_access}".lower()))
        parts.append(say(lang, f"autonomy.{one.autonomy}".lower()))
        yield from wrap(" – ".join(parts), 2)
        for source in one.sources:
            yield from wrap(cited(source, lang), 6)
    if not all(one.third_parties_complete for one in provider.assignments):
        yield from wrap(say(lang, "third_parties_open"), 2)


def _region_lines(regions: Regions | None, lang: str) -> Iterator[str]:
    if regions is None:
        return
    yield from ("", say(lang, "regions"))
    rows = list(regions.rows.values())
    for region in rows[:_MOST_REGIONS]:
        yield _cut(f"  {region.code:<24} {', '.join(region.countries) or '?':<10} {region.name or region.city}")
    if len(rows) > _MOST_REGIONS:
        yield f"  … +{len(rows) - _MOST_REGIONS} ({regions.name})"


def _named(entity: LegalEntity) -> str:
    return f"{entity.name} ({country_of(entity.seat)})"


def _sources(entity: LegalEntity, lang: str, indent: int) -> Iterator[str]:
    for register, number in entity.registrations:
        # The mark of a number from memory is part of the name of its register.
        name = register.replace(" (unverified)", f" ({say(lang, 'unverified')})")
        yield from wrap(say(lang, "registration", register=name, number=number), indent)
    for source in entity.sources:
        yield from wrap(cited(source, lang), indent)
    for presence in entity.establishments:
        yield from wrap(say(lang, "present", kind=say(lang, presence.kind.value), country=presence.country), indent)
        for source in presence.sources[:1]:
            yield from wrap(cited(source, lang), indent + 2)


def _upward(provider: Provider, held: str, on: date, lang: str, margin: str, seen: set[str]) -> Iterator[str]:
    links = [one for one in provider.links if one.link.held == held and one.in_force(on)]
    for dated in links:
        holder = provider.entities[dated.link.holder]
        text = f"{say(lang, 'held_by', name=_named(holder))} – {_held(dated, lang)}"
        first, *rest = wrap(text, len(margin) + 3)
        yield f"{margin}└─ {first.strip()}"
        yield from rest
        for source in dated.link.sources:
            yield from wrap(cited(source, lang), len(margin) + 3)
        if holder.id not in seen:
            yield from _upward(provider, holder.id, on, lang, margin + "   ", seen | {holder.id})


def _held(dated: DatedLink, lang: str) -> str:
    link = dated.link
    parts = [
        say(lang, key, n=f"{share:g}".replace(".", "," if lang == "fr" else "."))
        for key, share in (("capital", link.capital_percent), ("votes", link.votes_percent))
        if share is not None
    ]
    parts.append(
        say(lang, "control_unknown" if link.controls is None else "controls" if link.controls else "no_control")
    )
    parts += [say(lang, key) for key, held in (("veto", link.veto), ("board", link.board_majority)) if held]
    for key, day in (("since", dated.since), ("until", dated.until)):
        if day is not None:
            parts.append(say(lang, key, day=day.text))
    return ", ".join(parts)


def _entity(owners: Sequence[Provider], id: str, on: date, lang: str) -> Iterator[str]:
    entity = owners[0].entities[id]
    yield from wrap(f"{_named(entity)} – {id}")
    yield from _sources(entity, lang, 2)
    yield from ("", say(lang, "control", day=_day(on, lang)))
    for owner in owners:
        yield from _upward(owner, id, on, lang, "  ", {id})
        for dated in owner.links:
            if dated.link.holder == id and dated.in_force(on):
                held = _named(owner.entities[dated.link.held])
                yield from wrap(f"{say(lang, 'holds', name=held)} – {_held(dated, lang)}", 2)
                for source in dated.link.sources:
                    yield from wrap(cited(source, lang), 6)
    yield from ("", say(lang, "works_for"))
    for owner in owners:
        roles = sorted({say(lang, one.role.value) for one in owner.assignments if one.entity == id})
        yield from wrap(f"{owner.id}{': ' if roles else ''}{', '.join(roles)}", 2)


def _row_head(row: QualificationRow, indent: int = 0) -> list[str]:
    return wrap(f"{row.service} ({row.id}) – {', '.join(row.providers) or '?'}", indent)


def _row(scheme: Scheme, row: QualificationRow, on: date, lang: str, indent: int = 4) -> Iterator[str]:
    ruling = on_its_own(scheme, row, on)
    why = ruling.fr if lang == "fr" else ruling.en
    name = f"{scheme.name} {row.version}".strip()
    yield from wrap(f"{name}, {say(lang, ruling.status.value)} – {why}", indent)
    perimeter = row.perimeter
    if perimeter and (perimeter.regions or perimeter.countries):
        yield from wrap(say(lang, "perimeter", list=shown(perimeter)), indent)
    else:
        yield from wrap(say(lang, "perimeter_unread"), indent)
    left_out = [*(perimeter.excluded if perimeter else ()), *row.excluded_services]
    if left_out:
        yield from wrap(say(lang, "excluded", list=", ".join(left_out)), indent)
    if row.activities:
        yield from wrap(say(lang, "activities", list=", ".join(map(str, row.activities))), indent)
    if row.option_required:
        yield from wrap(say(lang, "option"), indent)
    if scheme.edition:
        yield from wrap(say(lang, "list", name=scheme.name, day=_day(scheme.edition, lang)), indent)
    else:
        yield from wrap(say(lang, "list_unread", name=scheme.name), indent)
    if scheme.stale(on):
        yield from wrap(say(lang, "stale"), indent)
    yield from wrap(cited(row.source, lang), indent)
    for note in row.notes:
        yield from wrap(f"– {note}", indent)


def _regions_called(data: Data, word: str) -> Iterator[tuple[str, Region]]:
    id, slash, code = word.partition("/")
    for owner in (id,) if slash else data.providers():
        regions = data.find_regions(owner)
        found = regions.find(code if slash else word) if regions else None
        if found is not None:
            yield owner, found


def _region(owner: str, region: Region, lang: str) -> Iterator[str]:
    countries = ", ".join(region.countries) or f"{say(lang, 'not_known')} ({region.unknown_because})"
    parts = [f"{owner} {region.code}", region.kind.value, countries, region.name, region.city, region.status]
    yield from wrap(" – ".join(dict.fromkeys(part for part in parts if part)))
    if region.within:
        yield from wrap(say(lang, "within", name=region.within), 2)
    if region.aliases:
        yield from wrap(say(lang, "aliases", list=", ".join(region.aliases)), 2)
    yield from wrap(cited(region.source, lang), 2)
