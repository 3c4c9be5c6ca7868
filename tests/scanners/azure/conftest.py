"""An empty tenant per test, and a scan of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from model.observed import known
from model.places import Copy, Gap, Store, Target
from scanners import Step, azure
from scanners._run import InlineExecutor, run
from tests.scanners.azure.endpoint import TOKEN, Endpoint, target_of
from tests.scanners.azure.tenant import FIRST

Scan = Callable[..., "Seen"]


@dataclass(frozen=True)
class Seen:
    """Everything that a scan gave."""

    stores: tuple[Store, ...]
    copies: tuple[Copy, ...]
    gaps: tuple[Gap, ...]
    steps: tuple[Step, ...]

    def store(self, name: str) -> Store:
        """The one store that was seen under this name, or with this identifier."""
        (found,) = {
            each.id: each for each in self.stores if name in (each.name, each.id) and each.seen and "#" not in each.id
        }.values()
        return found

    def regions(self, name: str) -> tuple[str, ...]:
        """Where a store is."""
        return tuple(site.region for site in known(self.store(name).sites) or ())

    def ends(self, name: str) -> dict[str, tuple[str, ...]]:
        """Where the copies of a store are, by the last part of their identifier; empty when that is not known."""
        of = self.store(name).id
        ends = {each.at for each in self.copies if each.of == of}
        return {
            each.id.rsplit("/", 1)[-1]: tuple(site.region for site in known(each.sites) or ())
            for each in self.stores
            if each.id in ends
        }


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("LEXSITUS_AZURE_TOKEN", TOKEN)
    server = Endpoint()
    server.subscriptions[FIRST] = "Enabled"
    yield server
    server.close()


@pytest.fixture
def target(endpoint: Endpoint) -> Target:
    return target_of(endpoint)


@pytest.fixture
def scan(endpoint: Endpoint) -> Scan:
    def scanned(*documents: dict[str, Any], **settings: Any) -> Seen:
        endpoint.add(*documents)
        done = run(azure.plan(target_of(endpoint, **settings)), InlineExecutor(), in_flight=1, budget_seconds=60)
        steps = tuple(each.step for each in done)
        found = [step.observations for step in steps]
        return Seen(
            tuple(store for each in found for store in each.stores),
            tuple(copy for each in found for copy in each.copies),
            tuple(gap for each in found for gap in each.gaps),
            steps,
        )

    return scanned
