"""Which declared movements of data the scan saw: one or more copies that lead from the source to the destination."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from model.assessment import Assessment
from model.observed import Grade, Known
from model.places import Copy

_COPIES = 200_000
_STEPS = 10_000
_SEEN = (Grade.API, Grade.DNS)


def observed(assessment: Assessment) -> frozenset[str]:
    """The ids of the flows that copies seen by a scanner support.

    The ends of a flow are stores whose id, or the last part of it, is the word of the register.
    """
    if not assessment.flows:
        return frozenset()
    wanted = {word for flow in assessment.flows for word in (flow.origin, flow.destination)}
    called: dict[str, set[str]] = {word: set() for word in wanted}
    for copy in islice(_seen(assessment), _COPIES):
        for id in (copy.of, copy.at):
            for word in {id, _last(id)} & wanted:
                called[word].add(id)
    return frozenset(
        flow.id for flow in assessment.flows if _leads(assessment, called[flow.origin], called[flow.destination])
    )


def _seen(assessment: Assessment) -> Iterator[Copy]:
    return (copy for copy in assessment.stores.copies() if _told(copy))


def _told(copy: Copy) -> bool:
    return isinstance(copy.answer, Known) and copy.answer.value and copy.answer.source.grade in _SEEN


def _leads(assessment: Assessment, origins: set[str], ends: set[str]) -> bool:
    """Whether a chain of seen copies leads from one of ``origins`` to one of ``ends``."""
    met, open_ = set(origins), sorted(origins)
    while open_ and len(met) < _STEPS:
        for copy in assessment.stores.copies_of(open_.pop()):
            if _told(copy) and copy.at in ends:
                return True
            if _told(copy) and copy.at not in met:
                met.add(copy.at)
                open_.append(copy.at)
    return False


def _last(id: str) -> str:
    return id.rpartition(":")[2].rpartition("/")[2]
