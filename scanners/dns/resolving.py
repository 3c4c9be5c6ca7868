"""Queries in, resolutions out: in the order asked, many at a time, in memory that does not grow with the list."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import count

from model.resolution import QueryKind, Resolution
from scanners.dns.exchange import IN_FLIGHT, PATIENCE_SECONDS, Exchange, Strand
from scanners.dns.memory import Memory
from scanners.dns.pace import pace_of
from scanners.dns.plain import Name
from scanners.dns.queries import Query, understood
from scanners.dns.servers import Server, server, system_servers
from scanners.dns.strands import survey, thorough

RATE, RATE_ON_THIS_MACHINE = 100, 2_000
"""Questions a second when nobody says otherwise: of a server elsewhere, and of one that runs on this machine."""

_NAMES_AT_ONCE = 400
_COMPARED = 2


class Depth(StrEnum):
    """How much is asked about a name."""

    SURVEY = "survey"
    THOROUGH = "thorough"


def resolve(
    queries: Iterable[str],
    nameservers: Sequence[str] = (),
    *,
    depth: Depth = Depth.THOROUGH,
    rate: int | None = None,
    in_flight: int = IN_FLIGHT,
    patience_seconds: float = PATIENCE_SECONDS,
    budget_seconds: float = float("inf"),
    memory: Memory | None = None,
) -> Iterator[Resolution]:
    """One resolution per query, in the order asked; a query that makes no sense has one too, and says why.

    ``nameservers`` are addresses with or without port, in the order of preference; without any, those of this machine
    are asked.  When several are named, a thorough resolution asks the first two for the addresses and compares.
    ``rate`` is the number of questions a second, by default low.  No question lasts longer than ``patience_seconds``;
    what is not answered after ``budget_seconds`` ends as timed out.  Makes no exception of any failure of a server;
    raises ValueError for a nameserver that is no address.
    """
    servers = tuple(server(text) for text in nameservers) or system_servers()
    pace = pace_of(tuple(str(one) for one in servers), rate or default_rate(servers, named=bool(nameservers)))
    compared = _COMPARED if len(nameservers) >= _COMPARED else 1

    def strand(query: Query) -> Strand[Resolution] | Name:
        if depth is Depth.SURVEY and query.kind is QueryKind.NAME:
            return Name(query, survey)
        return thorough(query, compared)

    stop_at = time.monotonic() + budget_seconds
    with Exchange(
        servers, pace, memory=memory, in_flight=in_flight, patience_seconds=patience_seconds, stop_at=stop_at
    ) as exchange:
        strands = ((at, strand(understood(text))) for at, text in zip(count(), queries))
        yield from _in_order(exchange.run(strands, max(_NAMES_AT_ONCE, in_flight)))


def default_rate(servers: Sequence[Server], *, named: bool) -> int:
    """Questions a second that ``servers`` are asked when the configuration does not say.

    A server on this machine that was named on purpose is one's own; one that the system names may forward to others.
    """
    own = named and all(one.on_this_machine for one in servers)
    return RATE_ON_THIS_MACHINE if own else RATE


def _in_order(ended: Iterator[tuple[int, Resolution]]) -> Iterator[Resolution]:
    early: dict[int, Resolution] = {}
    following = 0
    for at, resolution in ended:
        early[at] = resolution
        while following in early:
            yield early.pop(following)
            following += 1
