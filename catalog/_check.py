"""Everything that can be wrong with the data files, file by file and then across files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from catalog._addresses import read_networks, stale
from catalog._files import Files
from catalog._known_by_name import read_families, read_named
from catalog._names import read_names
from catalog._operators import read_provider
from catalog._qualifications import read_scheme
from catalog._read import read_edition
from catalog._records import Assignment, Provider, Scheme
from catalog._regions import Regions, read_regions
from catalog._tables import Tables
from model.errors import DocumentError
from model.observed import known


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: file, one-based line or ``None``, key path or empty, what is wrong.

    ``stale`` tells that nothing is wrong but its age.
    """

    path: str
    line: int | None
    key: str
    message: str
    stale: bool = False

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


def problems(files: Files, on: date) -> tuple[Problem, ...]:
    """Every problem, sorted by file and line.  A file that cannot be read gives its first one only."""
    found: list[Problem] = []
    providers: dict[str, tuple[str, Provider]] = {}
    regions: dict[str, tuple[str, Regions]] = {}
    schemes: list[tuple[str, Scheme]] = []
    for id, place in files.operators.items():
        with _noting(found):
            providers[id] = (place[1], read_provider(*place))
    for id, place in files.regions.items():
        with _noting(found):
            regions[id] = (place[1], read_regions(*place))
    for places in files.qualifications.values():
        for place in places:
            with _noting(found):
                schemes.append((place[1], read_scheme(*place)))
    found.extend(_across(providers, regions, set(files.operators)))
    for name, scheme in schemes:
        found.extend(_of_scheme(name, scheme, set(files.operators), on))
    with _noting(found):
        edition = read_edition(*files.edition)
        oldest = min((provider.checked_on for _, provider in providers.values()), default=edition.checked_on)
        if oldest < edition.checked_on:
            text = f"says {edition.checked_on}, but a provider was last checked on {oldest}; write the oldest day"
            found.append(Problem(files.edition[1], None, "checked_on", text))
        found.extend(_aged(edition.limit_days, providers, regions, on))
    found.extend(_of_attribution(files, on))
    return tuple(sorted(found, key=lambda problem: (problem.path, problem.line or 0, problem.key)))


def _of_attribution(files: Files, on: date) -> Iterator[Problem]:
    """Patterns, networks and address tables, each read whole."""
    found: list[Problem] = []
    named: set[str] = set(files.operators)
    with _noting(found):
        named |= set(read_named(*files.names["providers"]))
    with _noting(found):
        names = read_names(files.patterns, files.names["tokens"])
        names.compile()
        found.extend(_strangers(files.patterns[-1][1], names.providers(), named))
    with _noting(found):
        networks = read_networks(*files.networks)
        found.extend(_strangers(files.networks[1], {one.provider for one in networks.values()}, named))
    with _noting(found):
        found.extend(_strangers(files.names["families"][1], set(read_families(*files.names["families"])), named))
    with _noting(found):
        path, name = files.tables
        for part in stale(Tables(path).parts.values(), on):
            text = f"{part.title} is of {part.published_on}, more than {part.limit_days} days before {on}; renew it"
            found.append(Problem(name, None, part.id, text, stale=True))
    yield from found


def _strangers(name: str, providers: set[str], named: set[str]) -> Iterator[Problem]:
    for id in sorted(providers - named):
        yield Problem(name, None, "", f"provider {id!r} has no file in operators/ and no row in names/providers.csv")


@contextmanager
def _noting(found: list[Problem]) -> Iterator[None]:
    """Turns the DocumentError of a block into a problem."""
    try:
        yield
    except DocumentError as error:
        found.append(Problem(error.path, error.line, error.key, error.message))


def _across(
    providers: dict[str, tuple[str, Provider]], regions: dict[str, tuple[str, Regions]], ids: set[str]
) -> Iterator[Problem]:
    seats: dict[str, tuple[str, str | None]] = {}
    for id, (name, provider) in providers.items():
        for entity in provider.entities.values():
            seat = known(entity.seat)
            first, other = seats.setdefault(entity.id, (name, seat))
            if other != seat:
                text = f"seat {seat or 'not known'}, but {other or 'not known'} in {first}; say the same in both"
                yield Problem(name, None, f"entities {entity.id}", text)
        for target in [host.provider for host in provider.hosts] + list(provider.redirects.values()):
            if target not in ids:
                yield Problem(name, None, "", f"refers to provider {target!r}, which has no file in operators/")
        codes = regions[id][1] if id in regions else None
        for assignment in provider.assignments:
            yield from _of_chain(name, provider, assignment)
            for code in assignment.regions:
                if codes is None or code not in codes.rows:
                    yield Problem(name, None, "operators", f"region {code!r} is not in regions/{id}.csv")
    for id, (name, _) in regions.items():
        if id not in ids:
            yield Problem(name, None, "", f"provider {id!r} has no file in operators/")


def _of_chain(name: str, provider: Provider, assignment: Assignment) -> Iterator[Problem]:
    """A chain that is called complete has no holder whose seat is not known."""
    waiting, seen = [assignment.entity] if assignment.chain_complete else [], set[str]()
    while waiting:
        id = waiting.pop()
        seen.add(id)
        if known(provider.entities[id].seat) is None:
            yield Problem(name, None, f"entities {id}", "no seat, but a chain that passes here is called complete")
        waiting.extend(dated.link.holder for dated in provider.links if dated.link.held == id)
        waiting = [holder for holder in waiting if holder not in seen]


def _of_scheme(name: str, scheme: Scheme, ids: set[str], on: date) -> Iterator[Problem]:
    for row in scheme.rows:
        for provider in row.providers:
            if provider not in ids:
                yield Problem(name, None, row.id, f"provider {provider!r} has no file in operators/")
    if scheme.stale(on):
        text = (
            f"last list read on {scheme.seen_on}, more than {scheme.limit_days} days before {on}; read the newest one"
        )
        yield Problem(name, None, "list.edition", text, stale=True)


def _aged(
    limit_days: int, providers: dict[str, tuple[str, Provider]], regions: dict[str, tuple[str, Regions]], on: date
) -> Iterator[Problem]:
    """Files, and rows of region tables, that nobody checked for longer than the catalog allows."""
    for name, provider in providers.values():
        if (on - provider.checked_on).days > limit_days:
            text = f"checked on {provider.checked_on}, more than {limit_days} days before {on}; read its sources again"
            yield Problem(name, None, "checked_on", text, stale=True)
    for name, table in regions.values():
        old = [row.code for row in table.rows.values() if (on - row.source.read_at.date()).days > limit_days]
        if old:
            text = f"checked more than {limit_days} days before {on}: {', '.join(old)}; read their sources again"
            yield Problem(name, None, "checked_on", text, stale=True)
