"""A bed: one scanner's estate, served over the wire, in which any call can be made to fail.

Every scanner has one, in ``tests/scanners/<name>/bed.py``: a class :class:`Bed` filled in, and a function
``bed()``, a context manager that starts the server, seeds a small estate and gives the bed.
tests/scanners/test_conformance.py finds it by the scanner's name, performs the scan job by job, and then makes each
call fail in each way; nothing else is to be written for that.  What to offer:

* ``target`` and ``hasty``: what to scan.  Few attempts (one, where the scanner lets tests say so), so that a fault
  is met at once; ``hasty`` waits one second at most for an answer.
* ``calls()``: the names of the calls that reached the server since ``forget()``, in order, written as the scanner
  writes them in ``Gap.operation`` (``s3:ListBuckets``): a gap must name the call that failed or one of its ``words``.
* ``forget()``: empties that list, and drops every answer that this process keeps for the target.
* ``fault(kind, call)``: while the block runs, ``call`` fails so, every time.  ``Kind`` tells the ways;
  ``Kind.UNKNOWN_PLACE`` puts ``NOWHERE`` wherever the answer names a region, a zone or a location.
* ``impossible``: the kinds that this protocol cannot meet, each with the reason in words.
* ``alike``: calls that stand for all others when the transport fails (one of each protocol); empty means each call.
* ``writes(call)``: whether a call could change or read content; none may be made.
* ``secrets``: texts that must never stand in a log, a job or an observation (the token, the password).

The estate should hold something for every call that the scanner knows, with a copy, a key and a place in each, since
what is not there cannot be lost.  ``EXEMPT`` below lists the scanners that ask nobody.
"""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from model.places import Target
from scanners._standin import NOWHERE, Kind

__all__ = ["EXEMPT", "NOWHERE", "Bed", "Kind", "has_bed", "load_bed"]

EXEMPT: Mapping[str, str] = {
    "declared": "reads the organisation's own file: what is wrong in it stops the run with file and line",
}


class Bed(Protocol):
    """What a scanner offers to the conformance suite."""

    target: Target
    hasty: Target
    impossible: Mapping[Kind, str] = {}
    alike: Collection[str] = ()
    secrets: Sequence[str] = ()
    harmless: Collection[str] = ()
    """Calls that tell as much when they fail: these need no gap as long as nothing changes."""

    def calls(self) -> Sequence[str]:
        """The calls since ``forget``, in order of arrival."""
        ...

    def forget(self) -> None:
        """Nothing was called, nothing is remembered."""
        ...

    def fault(self, kind: Kind, call: str) -> AbstractContextManager[None]:
        """While the block runs, ``call`` fails in this way."""
        ...

    def writes(self, call: str) -> bool:
        """Whether ``call`` is anything but a reading of configuration."""
        ...

    def words(self, call: str) -> Collection[str]:
        """What a gap may name (as operation or right) instead of ``call`` when ``call`` failed."""
        return ()


def has_bed(scanner: str) -> bool:
    """Whether ``scanner`` has a bed."""
    return Path(__file__).with_name(scanner).joinpath("bed.py").is_file()


def load_bed(scanner: str) -> AbstractContextManager[Bed]:
    """The bed of ``scanner``, to be entered."""
    bed: AbstractContextManager[Bed] = importlib.import_module(f"tests.scanners.{scanner}.bed").bed()
    return bed
