"""A scan of what a test puts into the inventory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from model.observed import known
from model.places import Copy, Gap, Store, Target
from scanners import Step, gcp
from scanners._run import InlineExecutor, run
from tests.scanners.gcp.estate import PUBLIC, estate
from tests.scanners.gcp.server import Asset, Inventory

Scan = Callable[..., "Seen"]


@dataclass(frozen=True)
class Seen:
    """Everything that a scan gave."""

    server: Inventory
    stores: tuple[Store, ...]
    copies: tuple[Copy, ...]
    gaps: tuple[Gap, ...]
    steps: tuple[Step, ...]

    def store(self, name: str) -> Store:
        """The one store whose id ends so and that was seen."""
        (found,) = [store for store in self.stores if store.id.endswith(name) and store.seen]
        return found

    def end(self, name: str) -> Store:
        """The one store whose id ends so and that is known only as the end of a copy."""
        (found,) = {store for store in self.stores if store.id.endswith(name) and not store.seen}
        return found

    def led(self) -> set[tuple[str, str, str]]:
        """(of, at, kind) of every copy, by the last part of each name."""
        return {(last(copy.of), last(copy.at), copy.kind.value) for copy in self.copies}

    def regions(self, name: str) -> list[str]:
        """The codes of the places of a store; none when they are not known."""
        return [site.region for site in known(self.store(name).sites) or ()]


def last(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def scanned(server: Inventory, *rows: str, **settings: object) -> Seen:
    """The scan of ``server``: of these rows of the table, or of all."""
    chosen = {"scope": "organizations/42", "endpoint": server.endpoint, "_attempts": 1, "_timeout_seconds": 10}
    chosen |= {"_rows": rows} if rows else {}
    target = Target("gcp", "chu", tuple(sorted({**chosen, **settings}.items())))  # type: ignore[arg-type]
    steps = tuple(done.step for done in run(gcp.plan(target), InlineExecutor(), in_flight=1, budget_seconds=30))
    found = [step.observations for step in steps]
    return Seen(
        server,
        tuple(store for each in found for store in each.stores),
        tuple(copy for each in found for copy in each.copies),
        tuple(gap for each in found for gap in each.gaps),
        steps,
    )


@pytest.fixture(scope="module")
def hospital() -> Iterator[Seen]:
    """The scan of the hospital's research projects."""
    with Inventory(estate(), PUBLIC, page=7) as server:
        yield scanned(server)


@pytest.fixture
def scan() -> Iterator[Scan]:
    """``scan(assets, *rows, **settings)``: what a scan of these assets gives."""
    servers: list[Inventory] = []

    def one(assets: Sequence[Asset], *rows: str, policies: Sequence[tuple[str, str]] = (), **settings: object) -> Seen:
        servers.append(Inventory(assets, policies))
        return scanned(servers[-1], *rows, **settings)

    yield one
    for server in servers:
        server.__exit__(None, None, None)
