"""The hospital's research projects, in which any call to the inventory can be made to fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from model.places import Target
from scanners.gcp import clients
from tests.scanners.bed import Bed, Kind
from tests.scanners.gcp.estate import PUBLIC, estate
from tests.scanners.gcp.server import Inventory

TOKEN = "ya29.lecture-seule-0123456789"
READS = ("SearchAll", "List")


class GcpBed(Bed):
    """The stand-in of the inventory, asked with a token as the real one is."""

    secrets = (TOKEN,)

    def __init__(self, server: Inventory) -> None:
        self.server = server
        settings = {
            "scope": "organizations/42",
            "endpoint": server.endpoint,
            "token_env": "LEXSITUS_TEST_GCP_TOKEN",
            "_attempts": 1,
        }
        self.target, self.hasty = (
            Target("gcp", "chu", tuple(sorted({**settings, "_timeout_seconds": seconds}.items())))
            for seconds in (10, 1)
        )

    def calls(self) -> Sequence[str]:
        return [f"cloudasset:{call.operation}" for call in self.server.calls]

    def forget(self) -> None:
        self.server.calls.clear()
        for target in (self.target, self.hasty):
            clients.renew(target)

    @contextmanager
    def fault(self, kind: Kind, call: str) -> Iterator[None]:
        with self.server.fault(kind, call.partition(":")[2]):
            yield

    def writes(self, call: str) -> bool:
        return not call.partition(":")[2].startswith(READS)


@contextmanager
def bed() -> Iterator[GcpBed]:
    """The bed of the scanner of Google Cloud; the environment holds its token until the block ends."""
    with pytest.MonkeyPatch.context() as patch, Inventory(estate(), PUBLIC, page=7) as server:
        patch.setenv("LEXSITUS_TEST_GCP_TOKEN", TOKEN)
        yield GcpBed(server)
