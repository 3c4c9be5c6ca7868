"""Who operates a place: entities at work there, with everything the catalog knows above and below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from catalog._records import Assignment, Provider
from model.observed import Confidence, Known, Observed, Reason, Source, Unread
from model.parties import LegalEntity, Link, Operator, OperatorRole

Answer = Observed[tuple[Operator, ...]]


def operators_at(
    provider: Provider, regions: Iterable[str], on: date, find: Callable[[str], Provider | None]
) -> Answer:
    """The operators of ``provider`` in all of ``regions`` on the day ``on``, each once.

    A region code is the catalog's own spelling, or empty when the place is not known: the default
    operators then answer, so that a refused location never makes an exposure vanish.  ``find`` gives
    the providers named as hosts.  ``Unread`` when the operator of one of the regions is not known.
    """
    met: dict[tuple[str, OperatorRole], Operator] = {}
    for region in regions:
        for assignment in _assigned(provider, region):
            if assignment.unknown:
                where = f" in {region}" if region else ""
                detail = f"operator of {provider.id}{where} not known: {assignment.unknown}"
                return Unread(Reason.NOT_TOLD, provider.source, detail)
            operator = _operator(provider, assignment, on)
            met.setdefault((operator.entity.id, operator.role), operator)
        for operator in _hosts(provider, region, on, find, {provider.id}):
            met.setdefault((operator.entity.id, operator.role), operator)
    return Known(tuple(met.values()), provider.source)


def _assigned(provider: Provider, region: str) -> tuple[Assignment, ...]:
    local = tuple(one for one in provider.assignments if region and region in one.regions)
    return local or tuple(one for one in provider.assignments if not one.regions)


def _operator(provider: Provider, assignment: Assignment, on: date) -> Operator:
    entity = provider.entities[assignment.entity]
    links = [dated for dated in provider.links if dated.in_force(on)]
    above = _reach(entity.id, [(d.link.held, d.link.holder) for d in links])
    # A subsidiary of a parent that controls the entity is a sister: its country counts too.
    controlling = _reach(entity.id, [(d.link.held, d.link.holder) for d in links if d.link.controls])
    below = {id for parent in controlling for id in _reach(parent, [(d.link.holder, d.link.held) for d in links])}
    kept = tuple(d.link for d in links if _belongs(d.link, above, controlling | below))
    named = {entity.id} | {id for link in kept for id in (link.holder, link.held)}
    others = tuple(other for id, other in provider.entities.items() if id in named and id != entity.id)
    # A chain is known for the days its links cover, not before.
    covered = len(links) == len(provider.links)
    return Operator(
        entity,
        assignment.role,
        (entity, *others),
        kept,
        assignment.chain_complete and covered,
        assignment.holders_complete and covered,
        provider.third_parties,
        assignment.third_parties_complete,
    )


def _belongs(link: Link, above: set[str], family: set[str]) -> bool:
    return link.held in above or (link.holder in family and link.held in family)


def _reach(start: str, edges: list[tuple[str, str]]) -> set[str]:
    """``start`` and all that the edges lead to from it."""
    seen, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        for source, target in edges:
            if source == at and target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def _hosts(
    provider: Provider, region: str, on: date, find: Callable[[str], Provider | None], seen: set[str]
) -> Iterable[Operator]:
    """The contracting operators of the one provider that hosts this region.

    When several could be the host, or the one is known by hearsay alone, nobody is named: which of
    them holds these data is not known.
    """
    local = [host for host in provider.hosts if region and region in host.regions]
    hosts = local or [host for host in provider.hosts if not host.regions]
    below = find(hosts[0].provider) if len(hosts) == 1 else None
    if below is None or below.id in seen or hosts[0].confidence is Confidence.UNVERIFIED:
        return
    role = OperatorRole.LANDLORD if below.category == "colocation" else OperatorRole.SUBCONTRACTOR
    for assignment in below.assignments:
        if not assignment.unknown and not assignment.regions:
            yield _as_host(_operator(below, assignment, on), role, hosts[0].source)
    yield from _hosts(below, "", on, find, seen | {below.id})


def _as_host(operator: Operator, role: OperatorRole, source: Source) -> Operator:
    """``operator`` as the layer below, with the source that says so first."""
    entity = replace(operator.entity, sources=(source, *operator.entity.sources))
    return replace(operator, entity=entity, role=role, entities=(entity, *operator.entities[1:]))


def named_operator(entity: LegalEntity) -> Operator:
    """An entity that a register names: nothing is known above it."""
    return Operator(entity, OperatorRole.CONTRACTING, (entity,), (), False)
