"""How far a statement can be trusted, told beside it: the weakest source decides."""

from __future__ import annotations

from collections.abc import Iterable

from model.observed import Confidence, Known, Observed, Source

_ORDER = tuple(Confidence)


def weakest(*parts: Confidence | Source | Observed[object]) -> str:
    """The mark of the least certain part: ``""``, ``likely`` or ``unverified``.  A part without an answer adds none."""
    found = [confidence for part in parts for confidence in _confidences(part)]
    worst = max(found, key=_ORDER.index, default=Confidence.CERTAIN)
    return "" if worst is Confidence.CERTAIN else worst.value


def weakest_of(sources: Iterable[Source]) -> str:
    """The mark of the least certain source."""
    return weakest(*sources)


def _confidences(part: Confidence | Source | Observed[object]) -> Iterable[Confidence]:
    if isinstance(part, Confidence):
        yield part
    elif isinstance(part, Source):
        yield part.confidence
    elif isinstance(part, Known):
        yield part.source.confidence
