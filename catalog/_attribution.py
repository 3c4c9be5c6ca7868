"""From what DNS said of a query to who hosts its content, as far as the evidence goes.

A name and an address have to agree, since a name may point to one that moved; what stands in front of the content
hides it; and who carries mail, answers for names or carries traffic hosts nothing by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from catalog import _reasons
from catalog._addresses import special
from catalog._clues import Clues
from catalog._resources import resource
from model.assessment import Words
from model.attribution import CONTENT, KEEPERS, RELAYS, Attributed, Attribution, Clue, Role
from model.observed import Known, Source
from model.places import Site
from model.resolution import About, QueryKind, Record, RecordType, Resolution

_ADDRESSES = (RecordType.A, RecordType.AAAA)
_PASSING = frozenset({Role.MAIL_GATEWAY, Role.MAIL_SENDER, Role.VALIDATION})


class Attributor:
    """Attributes resolutions.

    ``kin(a, b)`` tells whether two providers are the same house; ``tenant(a, b)`` whether ``a`` may work on the
    machines of ``b``; ``publishes`` are the providers whose published ranges are complete.
    """

    def __init__(
        self,
        clues: Clues,
        kin: Callable[[str, str], bool],
        tenant: Callable[[str, str], bool],
        publishes: frozenset[str],
        countries_of: Callable[[str, str], tuple[str, ...]],
        name_of: Callable[[str], str],
    ) -> None:
        self._clues = clues
        self._kin = kin
        self._tenant = tenant
        self._publishes = publishes
        self._countries_of = countries_of
        self._name_of = name_of

    def attribute(self, asked: Resolution) -> Attribution:
        """See ``Catalog.attribute``."""
        if asked.kind is QueryKind.UNUSABLE:
            return Attribution(asked.query, asked.kind, "", unknown_because=_reasons.unreadable(asked.because))
        if asked.kind is QueryKind.RESOURCE:
            return self._resource(asked)
        records = self._records(asked)
        whole = Attribution(asked.query, asked.kind, asked.name, records)
        content = [one for one in records if one.about in (About.CONTENT, About.NAMING)]
        named = _clues(one for one in content if one.record.type in (RecordType.NAME, RecordType.CNAME))
        reached = _clues(one for one in content if one.record.type in _ADDRESSES)
        if _is_address(asked):
            return self._address(whole, named_by=_clues(one for one in content if one.about is About.NAMING))
        return self._name(whole, asked, named, reached)

    def _records(self, asked: Resolution) -> tuple[Attributed, ...]:
        found: list[Attributed] = []
        if asked.name and not _is_address(asked):
            clue = self._clues.of_name(asked.name, RecordType.NAME)
            if clue:
                own = Record(asked.name, RecordType.NAME, asked.name)
                found.append(Attributed(own, About.CONTENT, clue))
        elif asked.name:
            type = RecordType.AAAA if ":" in asked.name else RecordType.A
            own = Record(asked.name, type, asked.name)
            found.append(Attributed(own, About.CONTENT, self._clues.of_address(asked.name)))
        met: set[tuple[str, RecordType, str, About]] = set()
        machines: dict[str, Clue | None] = {}
        for record, answer in asked.about():
            mark = (record.name, record.type, record.target, answer.about)
            if mark not in met:
                met.add(mark)
                source = answer.records.source if isinstance(answer.records, Known) else None
                clue = self._clues.of_record(record)
                if record.type in _ADDRESSES and clue and clue.provider:
                    machines.setdefault(record.name, clue)
                found.append(Attributed(record, answer.about, clue, source))
        return tuple(self._on_its_machine(one, machines) for one in found)

    def _on_its_machine(self, one: Attributed, machines: dict[str, Clue | None]) -> Attributed:
        """A mail exchanger whose name tells nothing is at whoever has its address; what it does there is not told."""
        clue = machines.get(one.record.target)
        if one.record.type is not RecordType.MX or one.clue or clue is None:
            return one
        return replace(one, clue=replace(clue, role=Role.UNKNOWN))

    def _resource(self, asked: Resolution) -> Attribution:
        clue = resource(asked.query.strip(), self._clues.placed)
        whole = Attribution(asked.query, asked.kind, "")
        if clue is None:
            return replace(whole, unknown_because=_reasons.unknown_resource())
        own = Attributed(Record(asked.query.strip(), RecordType.NAME, asked.query.strip()), About.CONTENT, clue)
        return self._hosted(replace(whole, records=(own,)), clue, [], [own])

    def _address(self, whole: Attribution, named_by: Sequence[Clue]) -> Attribution:
        """An address is at whoever publishes or announces it, whatever is done there."""
        own = whole.records[0]
        clue = own.clue
        if clue is None or not clue.provider:
            return self._unknown(replace(whole, asn=clue.asn if clue else 0), self._nobody([own]), Role.UNKNOWN, [own])
        # What the holder calls the address tells the service and the region, when it is of the same provider.
        against = next((one for one in named_by if not self._agree(one.provider, clue.provider)), None)
        if against is not None:
            reason = _reasons.contradicted(self._name_of(against.provider), self._name_of(clue.provider))
            return self._unknown(replace(whole, asn=clue.asn), reason, Role.UNKNOWN, whole.records)
        same = next((one for one in named_by if one.provider == clue.provider), None)
        if same is not None and clue.role in CONTENT:
            clue = replace(clue, service=clue.service or same.service, region=clue.region or same.region)
        return self._hosted(whole, clue, [clue], whole.records)

    def _name(
        self, whole: Attribution, asked: Resolution, named: Sequence[Clue], reached: Sequence[Clue]
    ) -> Attribution:
        """A name is hosted by whom its chain of aliases names, provided that its addresses do not say otherwise."""
        asns = {clue.asn for clue in reached if clue.asn}
        whole = replace(whole, asn=asns.pop() if len(asns) == 1 else 0)
        seen = [one for one in whole.records if one.about is About.CONTENT]
        hosts = [clue for clue in named if clue.role in KEEPERS]
        if hosts:
            host = hosts[0]
            against = next((one for one in (*hosts, *reached) if self._contradicts(host, one)), None)
            if against is not None:
                other = self._name_of(against.provider) or _network(against)
                return self._unknown(
                    whole, _reasons.contradicted(self._name_of(host.provider), other), Role.UNKNOWN, seen
                )
            return self._hosted(whole, host, [*hosts, *reached], seen)
        passing = next((clue for clue in named if clue.role in _PASSING), None)
        if passing is not None:
            reason = _reasons.not_a_host(self._name_of(passing.provider), passing.role)
            return self._unknown(whole, reason, passing.role, seen)
        relays = [clue for clue in (*named, *reached) if clue.role in RELAYS]
        told = [clue for clue in reached if clue.provider and clue.role not in RELAYS]
        if relays and (not told or any(clue.role in RELAYS for clue in named)):
            names = [self._name_of(clue.provider) for clue in relays]
            return self._unknown(whole, _reasons.hidden(names, relays[0].role), relays[0].role, seen)
        providers = {clue.provider for clue in (*told, *relays)}
        strangers = [_network(clue) for clue in reached if not clue.provider]
        if (told and strangers) or not all(self._kin(told[0].provider, other) for other in providers):
            reason = _reasons.several([*(self._name_of(provider) for provider in sorted(providers)), *strangers])
            return self._unknown(whole, reason, Role.UNKNOWN, seen)
        if told and all(clue.role in CONTENT for clue in told):
            return self._hosted(whole, told[0], told, seen)
        others = [*named, *told]
        if others:
            reason = _reasons.not_a_host(self._name_of(others[0].provider), others[0].role)
            return self._unknown(whole, reason, others[0].role, seen)
        return self._without_evidence(whole, asked, seen)

    def _without_evidence(self, whole: Attribution, asked: Resolution, seen: Sequence[Attributed]) -> Attribution:
        addresses = [one for one in seen if one.record.type in _ADDRESSES]
        if addresses:
            return self._unknown(whole, self._nobody(addresses), Role.UNKNOWN, seen)
        whole = replace(whole, role=Role.UNKNOWN, evidence=_asked_of(asked))
        failed = [unread for _, unread in asked.unanswered(About.CONTENT)]
        if failed:
            return replace(whole, unknown_because=_reasons.unanswered(failed))
        return self._mail_only(whole) or replace(whole, unknown_because=_reasons.no_address())

    def _mail_only(self, whole: Attribution) -> Attribution | None:
        """A domain without a site still has its mailboxes, when one provider keeps them."""
        mail = [one for one in whole.records if one.record.type is RecordType.MX]
        clues = _clues(mail)
        if not clues:
            return None
        if all(one.clue is not None and one.role is Role.MAIL_HOSTING for one in mail):
            if all(self._kin(clues[0].provider, clue.provider) for clue in clues):
                return self._hosted(whole, clues[0], clues, mail)
            reason = _reasons.several(self._name_of(clue.provider) for clue in clues)
            return self._unknown(whole, reason, Role.UNKNOWN, mail)
        other = next((clue for clue in clues if clue.role is not Role.MAIL_HOSTING), clues[0])
        if other.role in (Role.UNKNOWN, Role.MAIL_HOSTING):
            return self._unknown(whole, _reasons.exchanger(self._name_of(other.provider)), Role.UNKNOWN, mail)
        return self._unknown(whole, _reasons.not_a_host(self._name_of(other.provider), other.role), other.role, mail)

    def _nobody(self, addresses: Iterable[Attributed]) -> Words:
        """Why addresses tell of no provider: reserved, of a stranger, or of nobody."""
        for one in addresses:
            reserved = special(one.record.target)
            if reserved is not None:
                return _reasons.reserved(reserved)
            if one.clue and one.clue.asn:
                return _reasons.stranger(one.clue.asn, _network(one.clue))
        return _reasons.unannounced()

    def _unknown(self, whole: Attribution, reason: Words, role: Role, seen: Sequence[Attributed]) -> Attribution:
        return replace(whole, unknown_because=reason, role=role, evidence=_evidence(seen))

    def _hosted(self, whole: Attribution, host: Clue, clues: Sequence[Clue], seen: Sequence[Attributed]) -> Attribution:
        """``host`` keeps the content; ``clues`` may tell where."""
        whole = replace(
            whole, provider=host.provider, service=host.service, role=host.role,
            asn=whole.asn or host.asn, evidence=_evidence(seen), machines=self._machines(host, clues),
        )  # fmt: skip
        if host.role in RELAYS:
            return replace(whole, region=host.region)
        if host.front_door:
            return replace(whole, place_unknown=_reasons.no_place(self._name_of(host.provider)))
        told = [host, *clues] if host.region else list(clues)
        regions = list(dict.fromkeys(clue.region for clue in told if clue.region and clue.provider == host.provider))
        precise = [code for code in regions if self._countries_of(host.provider, code)] or regions
        countries = {code: self._countries_of(host.provider, code) for code in precise}
        found = {country for many in countries.values() for country in many}
        sites = [Site(region=code) for code in precise]
        if not sites:
            # The machines of another provider, or a geofeed: their place is a country here, since a region code means
            # something else at each provider.
            found = {
                country
                for clue in clues
                for country in (clue.countries or self._countries_of(clue.provider, clue.region))
            }
            sites = [Site(country=country) for country in sorted(found)]
        allocated = {clue.allocated for clue in clues if clue.allocated} if not found else set()
        place_unknown = None
        if len(precise) > 1:
            place_unknown = _reasons.several_places(precise)
        elif not found:
            place_unknown = _reasons.no_place(self._name_of(host.provider))
        return replace(
            whole,
            region=precise[0] if len(precise) == 1 else "",
            sites=tuple(sites),
            countries=tuple(sorted(found)),
            allocated=allocated.pop() if len(allocated) == 1 else "",
            place_unknown=place_unknown,
        )

    def _machines(self, host: Clue, clues: Iterable[Clue]) -> str:
        """The provider on whose machines ``host`` works, when it is another one."""
        others = [one.provider for one in clues if not one.by_name and one.role in CONTENT and one.provider]
        return next((other for other in others if not self._kin(host.provider, other)), "")

    def _agree(self, one: str, other: str) -> bool:
        return self._kin(one, other) or self._tenant(one, other) or self._tenant(other, one)

    def _contradicts(self, host: Clue, other: Clue) -> bool:
        """True when ``other`` says that the content of ``host`` is at somebody else's."""
        if not other.provider:
            return bool(other.asn) and host.provider in self._publishes
        return not self._kin(host.provider, other.provider) and not self._tenant(host.provider, other.provider)


def _clues(records: Iterable[Attributed]) -> list[Clue]:
    return list(dict.fromkeys(one.clue for one in records if one.clue))


def _network(clue: Clue) -> str:
    return clue.source.what.partition("(")[2].partition(") announces")[0]


def _is_address(asked: Resolution) -> bool:
    return ":" in asked.name or asked.name.rpartition(".")[2].isdecimal()


def _asked_of(asked: Resolution) -> tuple[Source, ...]:
    """Who said that there is nothing, or said nothing."""
    return tuple(dict.fromkeys(one.records.source for one in asked.answers if one.about is About.CONTENT))


def _evidence(seen: Sequence[Attributed]) -> tuple[Source, ...]:
    """The DNS answers, then the rows that explain them, each once."""
    answers = [one.answer for one in seen if one.answer]
    rows = [one.clue.source for one in seen if one.clue]
    return tuple(dict.fromkeys([*answers, *rows]))
