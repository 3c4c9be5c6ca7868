"""Host names that lead to the stand-in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def loopback_names() -> Iterator[None]:
    """While the block runs, ``123456789012.127.0.0.1`` and the like are found on 127.0.0.1, in this process.

    S3 Control and HealthOmics write an account or a word before the host of any endpoint, even a given one.
    """
    true = socket.getaddrinfo

    def found(host: Any, *rest: Any, **options: Any) -> Any:
        return true("127.0.0.1" if str(host).endswith("127.0.0.1") else host, *rest, **options)

    socket.getaddrinfo = found
    try:
        yield
    finally:
        socket.getaddrinfo = true
