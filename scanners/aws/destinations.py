"""Where a bucket sends its access logs, its inventories and its analyses: names of objects, and who read them.

S3 API reference: GetBucketLogging, ListBucketInventoryConfigurations, ListBucketAnalyticsConfigurations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from model.observed import Reason, Source
from model.places import PlaceKind
from scanners._jobs import Deadline
from scanners._table import evaluate
from scanners.aws.bodies import check_root
from scanners.aws.clients import Answer, Estate, Scope
from scanners.aws.errors import BrokenAnswerError, Failure, failure_of
from scanners.aws.paging import Tokens, pages

_PAGES = Tokens("ContinuationToken", "NextContinuationToken", "IsTruncated")


@dataclass(frozen=True, slots=True)
class _Question:
    """One call: what the root of its answer is named after, and where the names of buckets stand in it."""

    operation: str
    root: str
    buckets: str
    kind: PlaceKind
    tokens: Tokens | None


_QUESTIONS = (
    _Question("GetBucketLogging", "Logging", "[LoggingEnabled.TargetBucket]", PlaceKind.LOG, None),
    _Question(
        "ListBucketInventoryConfigurations",
        "Inventory",
        "InventoryConfigurationList[?IsEnabled].Destination.S3BucketDestination.Bucket",
        PlaceKind.EXPORT,
        _PAGES,
    ),
    _Question(
        "ListBucketAnalyticsConfigurations",
        "Analytics",
        "AnalyticsConfigurationList[].StorageClassAnalysis.DataExport.Destination.S3BucketDestination.Bucket",
        PlaceKind.EXPORT,
        _PAGES,
    ),
)


@dataclass(frozen=True, slots=True)
class Destination:
    """A bucket by its name, what reaches it, and the answer that told."""

    bucket: str
    kind: PlaceKind
    source: Source


def destinations(
    estate: Estate, scope: Scope, name: str, deadline: Deadline
) -> Iterator[Destination | tuple[str, Failure]]:
    """The buckets to which the bucket ``name`` sends something; an operation and its failure where one is not known."""
    for question in _QUESTIONS:
        parameters = {"Bucket": name}
        for answer in pages(estate, "s3", scope, question.operation, parameters, question.tokens, deadline):
            found = answer if isinstance(answer, Failure) else _told(question, answer)
            if isinstance(found, Failure):
                yield question.operation, found
                break
            yield from found


def _told(question: _Question, answer: Answer) -> list[Destination] | Failure:
    try:
        check_root(answer.body, question.root)
        places = [evaluate("bucket(@)", each) for each in evaluate(question.buckets, answer.data) or () if each]
    except (BrokenAnswerError, ValueError) as error:
        return failure_of(error)
    if None in places:
        return Failure(Reason.FAULT, "BrokenAnswer", 0, "a destination could not be read")
    return [Destination(bucket, question.kind, answer.source) for bucket in dict.fromkeys(places)]
