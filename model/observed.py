"""Three answers, never two: a value, a proven absence, or no answer.

``None`` stands for none of them.  Each answer holds the :class:`Source` that gave it, so that
whatever is printed can say how it is known and since when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Grade(StrEnum):
    """How a statement was obtained, strongest first."""

    API = "api"
    DNS = "dns"
    CONTRACT = "contract"
    DECLARED = "declared"
    CATALOG = "catalog"


class Confidence(StrEnum):
    """How far a statement can be trusted; ``UNVERIFIED`` is marked wherever it is printed."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNVERIFIED = "unverified"


class Reason(StrEnum):
    """Why there is no answer.

    The first seven are those of a :class:`model.places.Gap`; the last three are only found on a
    single fact: nobody asked, the answer did not hold it, or a register left it out.
    """

    REFUSED = "refused"
    THROTTLED = "throttled"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    UNSUPPORTED = "unsupported"
    DISABLED = "disabled"
    FAULT = "fault"
    NOT_ASKED = "not_asked"
    NOT_TOLD = "not_told"
    NOT_DECLARED = "not_declared"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: a call, a DNS answer, a catalog row, a line of a register.

    ``read_at`` is an aware UTC instant; for a catalog row it is the day a person last checked it.
    """

    what: str
    read_at: datetime
    grade: Grade
    confidence: Confidence = Confidence.CERTAIN
    url: str = ""


@dataclass(frozen=True, slots=True)
class Known(Generic[T_co]):
    """A value that somebody gave."""

    value: T_co
    source: Source


@dataclass(frozen=True, slots=True)
class Absent:
    """A proven absence: the question was answered, and the answer is "none"."""

    source: Source


@dataclass(frozen=True, slots=True)
class Unread:
    """No answer.  ``detail`` says what is missing in words a person can act on."""

    reason: Reason
    source: Source
    detail: str = ""


Observed: TypeAlias = Known[T] | Absent | Unread


def known(answer: Observed[T]) -> T | None:
    """The value when there is one, else ``None``.

    Only for printing and for keys where "no value" is all that matters: a rule must ``match`` on
    the three answers instead, since an absence and a silence are not the same thing.
    """
    return answer.value if isinstance(answer, Known) else None
