"""An empty stand-in of AWS per test, and a scan of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from model.places import Copy, Gap, Store, Target
from scanners import Step, aws
from scanners._run import InlineExecutor, run
from scanners._standin import Standin
from scanners._standin.server import MANAGEMENT, credentials
from scanners.aws import clients

Scan = Callable[..., "Seen"]


@dataclass(frozen=True)
class Seen:
    """Everything that a scan gave."""

    stores: tuple[Store, ...]
    copies: tuple[Copy, ...]
    gaps: tuple[Gap, ...]
    steps: tuple[Step, ...]

    def store(self, store_id: str) -> Store:
        """The one store of this id that was seen."""
        (found,) = [store for store in self.stores if store.id == store_id and store.seen]
        return found

    def ends(self) -> dict[str, Store]:
        """The stores known only as the end of a copy."""
        return {store.id: store for store in self.stores if not store.seen}

    def led(self) -> set[tuple[str, str, str]]:
        """(of, at, kind) of every copy."""
        return {(copy.of, copy.at, copy.kind.value) for copy in self.copies}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    key, secret = credentials(MANAGEMENT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with Standin() as standin:
        yield standin
        clients.close_all()


@pytest.fixture
def scan(server: Standin) -> Scan:
    def scanned(*rows: str, **settings: object) -> Seen:
        chosen = {
            "endpoint_url": server.endpoint_url,
            "regions": ("eu-west-3",),
            "_attempts": 1,
            "_timeout_seconds": 10,
            "_rows": rows,
            **settings,
        }
        target = Target("aws", "chu", tuple(sorted(chosen.items())))  # type: ignore[arg-type]
        done = run(aws.plan(target), InlineExecutor(), in_flight=1, budget_seconds=60)
        steps = tuple(each.step for each in done)
        found = [step.observations for step in steps]
        return Seen(
            tuple(store for each in found for store in each.stores),
            tuple(copy for each in found for copy in each.copies),
            tuple(gap for each in found for gap in each.gaps if gap.reason.value != "disabled"),
            steps,
        )

    return scanned
