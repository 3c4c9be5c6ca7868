"""The hospital's research projects, in which any call to the inventory or to a service can be made to fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from model.places import Target
from scanners.gcp import clients
from tests.scanners.bed import Bed, Kind
from tests.scanners.gcp.estate import PUBLIC, estate
from tests.scanners.gcp.server import Inventory
from tests.scanners.gcp.services import Services, hospital

TOKEN = "ya29.lecture-seule-0123456789"
READS = ("SearchAll", "List")


class GcpBed(Bed):
    """The stand-ins of the inventory and of the services, asked with a token as the real ones are."""

    secrets = (TOKEN,)
    alike = (
        "cloudasset:ListAssets",
        "cloudasset:SearchAllIamPolicies",
        "cloudasset:SearchAllResources",
        "redis:backups.list",
        "serviceusage:services.list",
    )

    def __init__(self, server: Inventory, services: Services) -> None:
        self.server, self.services = server, services
        settings = {
            "scope": "organizations/42",
            "endpoint": server.endpoint,
            "rest_endpoint": services.endpoint,
            "token_env": "LEXSITUS_TEST_GCP_TOKEN",
            "_attempts": 1,
        }
        self.target, self.hasty = (
            Target("gcp", "chu", tuple(sorted({**settings, "_timeout_seconds": seconds}.items())))
            for seconds in (10, 1)
        )

    def calls(self) -> Sequence[str]:
        asked = [f"cloudasset:{call.operation}" for call in self.server.calls]
        return asked + [call.operation for call in self.services.calls]

    def forget(self) -> None:
        self.server.calls.clear()
        self.services.calls.clear()
        for target in (self.target, self.hasty):
            clients.renew(target)

    @contextmanager
    def fault(self, kind: Kind, call: str) -> Iterator[None]:
        service, _, operation = call.partition(":")
        inventory = service == "cloudasset"
        with self.server.fault(kind, operation) if inventory else self.services.fault(kind, call):
            yield

    def writes(self, call: str) -> bool:
        changing = {each.operation for each in self.services.calls if each.verb != "GET"}
        service, _, operation = call.partition(":")
        return call in changing or (service == "cloudasset" and not operation.startswith(READS))


@contextmanager
def bed() -> Iterator[GcpBed]:
    """The bed of the scanner of Google Cloud; the environment holds its token until the block ends."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Inventory(estate(), PUBLIC, page=7) as server,
        Services(hospital()) as services,
    ):
        patch.setenv("LEXSITUS_TEST_GCP_TOKEN", TOKEN)
        yield GcpBed(server, services)
