"""What the catalog knows of the days to come: ends and starts of qualifications, of control, of its own freshness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from catalog._records import Edition, Provider, QualificationRow, RowStatus, Scheme, midnight
from model.assessment import Forecast, ForecastKind
from model.observed import Confidence, Grade, Source
from model.places import Inventory

Find = Callable[[str], Provider | None]
_DAY = timedelta(days=1)


def forthcoming(
    inventory: Inventory, schemes: Iterable[Scheme], edition: Edition, find: Find, after: date, until: date
) -> tuple[Forecast, ...]:
    """Everything the catalog dates from the day after ``after`` to ``until``, without effects, sorted by day.

    Qualifications are those of every provider; links of control only those of the providers met in the
    inventory, or below them.
    """
    found: list[Forecast] = []
    for scheme in schemes:
        for row in scheme.rows:
            found.extend(_of_row(scheme, row))
        old = scheme.seen_on + timedelta(days=scheme.limit_days)
        found.append(Forecast(old, ForecastKind.DATA_STALE, scheme.name, old + _DAY, (), (scheme.source,)))
    for provider in _met(inventory, find):
        found.extend(_of_chain(provider))
    old = edition.checked_on + timedelta(days=edition.limit_days)
    source = Source("catalog/edition.yaml", midnight(edition.checked_on), Grade.CATALOG)
    found.append(Forecast(old, ForecastKind.DATA_STALE, "catalog", old + _DAY, (), (source,)))
    window = (one for one in found if after < one.since <= until)
    return tuple(sorted(window, key=lambda one: (one.since, one.what, one.subject)))


def _of_row(scheme: Scheme, row: QualificationRow) -> Iterator[Forecast]:
    if row.status is not RowStatus.GRANTED or row.confidence is Confidence.UNVERIFIED:
        return
    subject = " · ".join(part for part in (scheme.name, row.version, row.service, row.id) if part)
    if row.expires:
        yield Forecast(row.expires, ForecastKind.QUALIFICATION_EXPIRES, subject, row.expires, (), (row.source,))
    if row.issued and row.issued.exact:
        day = row.issued.exact
        yield Forecast(day, ForecastKind.QUALIFICATION_STARTS, subject, day, (), (row.source,))


def _of_chain(provider: Provider) -> Iterator[Forecast]:
    for dated in provider.links:
        names = f"{provider.entities[dated.link.holder].name} > {provider.entities[dated.link.held].name}"
        for day in (dated.since.first if dated.since else None, dated.until.last if dated.until else None):
            if day is not None:
                yield Forecast(day, ForecastKind.CONTROL_CHANGES, names, day, (), dated.link.sources[:1])


def _met(inventory: Inventory, find: Find) -> Iterator[Provider]:
    waiting = sorted({facts.provider for facts in inventory.facts if facts.provider})
    seen: set[str] = set()
    while waiting:
        id = waiting.pop(0)
        provider = None if id in seen else find(id)
        seen.add(id)
        if provider is not None:
            yield provider
            waiting.extend(host.provider for host in provider.hosts)
            waiting.extend(provider.redirects.values())
