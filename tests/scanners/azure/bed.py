"""A tenant of two subscriptions with something for every call, in which any call can be made to fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import pytest

from scanners.azure import clients
from tests.scanners.azure.endpoint import GRAPH, TOKEN, Endpoint, target_of
from tests.scanners.azure.tenant import SECRET, tenant
from tests.scanners.bed import Bed, Kind


class AzureBed(Bed):
    """The stand-in of Azure, and a hospital's tenant on it."""

    # One of each way of asking: a list, Resource Graph, a single resource.
    alike = (
        GRAPH,
        "Microsoft.Resources/subscriptions/resources/read",
        "Microsoft.Storage/storageAccounts/blobServices/containers/read",
        "Microsoft.Communication/communicationServices/read",
    )
    secrets = (TOKEN, SECRET)

    def __init__(self, server: Endpoint) -> None:
        self.server = server
        self.target = target_of(server)
        self.hasty = target_of(server, _timeout_seconds=1)

    def calls(self) -> Sequence[str]:
        return self.server.calls

    def forget(self) -> None:
        self.server.calls.clear()
        for target in (self.target, self.hasty):
            clients.estate_of(target).forget()

    def fault(self, kind: Kind, call: str) -> AbstractContextManager[None]:
        return self.server.fault(kind, call)

    def writes(self, call: str) -> bool:
        posted = {operation for method, operation in self.server.methods if method != "GET"}
        return not call.endswith("/read") or (call in posted and call != GRAPH)


@contextmanager
def bed() -> Iterator[AzureBed]:
    """The bed of the Azure scanner; the environment holds its token until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEXSITUS_AZURE_TOKEN", TOKEN)
        server = Endpoint()
        tenant(server)
        yield AzureBed(server)
        server.close()
