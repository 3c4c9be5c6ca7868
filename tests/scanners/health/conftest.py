"""The stand-in of AWS and the scan of it, as the scanner's own tests have them."""

from __future__ import annotations

from tests.scanners.aws.conftest import scan, server

__all__ = ["scan", "server"]
