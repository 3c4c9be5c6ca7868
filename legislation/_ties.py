"""What reaches an operator without owning it: presences abroad and the companies that it uses (JR-7 to JR-13)."""

from __future__ import annotations

from collections.abc import Iterator

from legislation._chain import Chain, Reach, controlled_from, unknown
from model.observed import Confidence, Known
from model.parties import EstablishmentKind, ExposureGrade, LegalEntity, Operator, ThirdParty, ThirdPartyRole

EQUIPMENT = "US-702"
"""The law that RISAA 2024 widened to whoever has access to the equipment that stores communications."""

_ESTABLISHED, _LIKELY, _CONTESTED = ExposureGrade.ESTABLISHED, ExposureGrade.LIKELY, ExposureGrade.CONTESTED
_PRESENCE = {
    EstablishmentKind.CENTRAL_ADMINISTRATION: ("JR-7", _LIKELY),
    EstablishmentKind.MAIN_ESTABLISHMENT: ("JR-7", _LIKELY),
    EstablishmentKind.BRANCH: ("JR-7", _LIKELY),
    EstablishmentKind.OFFICE: ("JR-7", _CONTESTED),
    EstablishmentKind.SERVERS: ("JR-7", _CONTESTED),
    EstablishmentKind.BUSINESS: ("JR-7", _CONTESTED),
    EstablishmentKind.CUSTOMERS: ("JR-8", _CONTESTED),
    EstablishmentKind.STAFF: ("JR-12", _CONTESTED),
    EstablishmentKind.NATIONALS: ("JR-12", _CONTESTED),
}


def presences(chain: Chain, union: frozenset[str]) -> Iterator[Reach]:
    """JR-7, JR-8 and JR-12: an entity of the Union that holds the data is present in a third country."""
    for entity, path in chain.controlling:
        if not _in_union(entity, union):
            continue
        for presence in entity.establishments:
            if presence.country not in union:
                reason, grade = _PRESENCE[presence.kind]
                if presence.country == "CN" and presence.kind is EstablishmentKind.STAFF:
                    grade = _LIKELY
                yield Reach(presence.country, grade, reason, path)


def third_parties(operator: Operator, union: frozenset[str]) -> Iterator[Reach]:
    """JR-9 to JR-11 and JR-13: the companies that an operator uses."""
    for party in operator.third_parties:
        path = (operator.entity.name, party.name)
        match party.role:
            case ThirdPartyRole.NAMES_AND_MAIL:
                # It sees names, addresses and who writes to whom; mail that it hosts is a place of its own.
                yield from _through(party, union, "JR-13", path, data="metadata")
            case _ if party.technical_access:
                yield from _through(party, union, "JR-10", path)
            case ThirdPartyRole.TECHNOLOGY if not blind(party) and outside(party, union) is not False:
                yield unknown("JR-9", *path)
            case ThirdPartyRole.SUBCONTRACTOR if not blind(party) and outside(party, union) is not False:
                yield unknown("JR-10", *path)
            case ThirdPartyRole.SUBCONTRACTOR if "US" in (party.country, party.controlled_from):
                yield Reach("US", _CONTESTED, "JR-11", path, (EQUIPMENT,))


def landlord(reaches: tuple[Reach, ...]) -> Iterator[Reach]:
    """JR-11: whoever owns the rooms reaches the equipment alone, which one law of the United States looks at."""
    for reach in reaches:
        if not reach.country:
            yield Reach("", reach.grade, "JR-11", reach.path)
        elif reach.country == "US":
            yield Reach("US", _CONTESTED, "JR-11", reach.path, (EQUIPMENT,))


def not_looked_for(operator: Operator, chain: Chain, union: frozenset[str]) -> Iterator[Reach]:
    """What nobody said to be complete, without which the absence of any link is not established."""
    name = operator.entity.name
    yield from chain.open
    if not operator.holders_complete:
        yield unknown("JR-3", name)
    for entity, path in chain.controlling:
        if _in_union(entity, union) and not entity.establishments_complete:
            yield unknown("JR-7", *path)
    if not operator.third_parties_complete:
        yield unknown("JR-10", name)


def outside(party: ThirdParty, union: frozenset[str]) -> bool | None:
    """Whether a company is seated in a third country or controlled from one; ``None`` when nobody can say."""
    countries = (party.country, party.controlled_from)
    if any(country and country not in union for country in countries):
        return True
    return False if all(countries) else None


def blind(party: ThirdParty) -> bool:
    """Whether it is shown, and not merely said from memory, that a company cannot obtain the data."""
    return party.technical_access is False and evidenced(party)


def evidenced(party: ThirdParty) -> bool:
    """Whether a source that can be read tells of this company."""
    return any(source.confidence is not Confidence.UNVERIFIED for source in party.sources)


def _through(
    party: ThirdParty, union: frozenset[str], reason: str, path: tuple[str, ...], data: str = "content"
) -> Iterator[Reach]:
    if party.country and party.country not in union:
        yield Reach(party.country, _ESTABLISHED, reason, path, (), data)
    if party.controlled_from and party.controlled_from not in (*union, party.country):
        yield Reach(party.controlled_from, controlled_from(party.controlled_from), reason, path, (), data)
    if outside(party, union) is None:
        yield unknown(reason, *path)


def _in_union(entity: LegalEntity, union: frozenset[str]) -> bool:
    return isinstance(entity.seat, Known) and entity.seat.value in union
