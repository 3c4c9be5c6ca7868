"""Reading the two ends of a few objects of a bucket, only where the target says ``sample_content = true``.

One list of keys (ListObjectsV2, a few pages), then per object one ranged GetObject for its beginning and, for the
formats that keep their schema at the end, one more.  What was read is looked at and dropped: only signals leave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from model.health import Signal
from model.observed import Reason
from scanners._health import HEAD_BYTES, TAIL_BYTES, Reading, recognise, wants_tail
from scanners._health.sampling import Listed, chosen, of_keys, together
from scanners._jobs import Deadline
from scanners.aws.clients import Answer, Estate, Scope
from scanners.aws.errors import Failure, catchable, failure_of
from scanners.aws.paging import Tokens, pages

_PAGES = 20
_ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
_TOKENS = Tokens("ContinuationToken", "NextContinuationToken", "IsTruncated")

Miss = Callable[[str, Failure], None]


def allowed(estate: Estate) -> bool:
    """True when the target lets contents be sampled."""
    return estate.target.setting("sample_content") is True


def sample(estate: Estate, scope: Scope, bucket: str, miss: Miss, deadline: Deadline) -> tuple[Signal, ...]:
    """What the keys of ``bucket`` and at most 20 of its objects show.  ``miss`` is told each call that failed, once."""
    listed = _listed(estate, scope, bucket, miss, deadline)
    readings: list[Reading] = []
    failure: Failure | None = None
    for one in chosen(listed):
        read = _read(estate, scope, bucket, one, deadline)
        if isinstance(read, Failure):
            failure = read
        else:
            readings.append(read)
    if failure is not None:
        miss("GetObject", failure)
    return (*of_keys(listed), *together(readings))


def _listed(estate: Estate, scope: Scope, bucket: str, miss: Miss, deadline: Deadline) -> list[Listed]:
    found: list[Listed] = []
    parameters = {"Bucket": bucket, "MaxKeys": 1000}
    answers = pages(estate, "s3", scope, "ListObjectsV2", parameters, _TOKENS, deadline)
    for _, answer in zip(range(_PAGES), answers, strict=False):
        if isinstance(answer, Failure):
            miss("ListObjectsV2", answer)
            break
        found += [one for each in answer.data.get("Contents") or () if (one := _one(each)) is not None]
    return found


def _one(each: Any) -> Listed | None:
    if not isinstance(each, dict) or not isinstance(each.get("Key"), str) or not isinstance(each.get("Size"), int):
        return None
    return Listed(each["Key"], each["Size"], each.get("StorageClass") in _ARCHIVED)


def _read(estate: Estate, scope: Scope, bucket: str, one: Listed, deadline: Deadline) -> Reading | Failure:
    head = _range(estate, scope, bucket, one.key, f"bytes=0-{HEAD_BYTES - 1}", HEAD_BYTES, deadline)
    if isinstance(head, Failure):
        return head
    tail: bytes | Failure = b""
    if wants_tail(head) and one.size > HEAD_BYTES:
        tail = _range(estate, scope, bucket, one.key, f"bytes=-{min(TAIL_BYTES, one.size)}", TAIL_BYTES, deadline)
    if isinstance(tail, Failure):
        return tail
    return recognise(head, tail, one.size)


def _range(
    estate: Estate, scope: Scope, bucket: str, key: str, span: str, most: int, deadline: Deadline
) -> bytes | Failure:
    """The bytes of ``span``, or why not.  A server that ignores the range is read no further than ``most``."""
    answer = estate.call("s3", scope, "GetObject", {"Bucket": bucket, "Key": key, "Range": span}, deadline)
    if not isinstance(answer, Answer):
        return answer
    body = answer.data.get("Body")
    try:
        found = body.read(most) if body is not None else b""
        status = answer.data.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if span.startswith("bytes=-") and status != 206 and answer.data.get("ContentLength", 0) > most:
            # The whole object from its beginning, not its end.
            return Failure(Reason.UNSUPPORTED, "NoRange", 200, "the endpoint does not read ranges")
    except catchable() as error:
        return failure_of(error)
    finally:
        if body is not None:
            body.close()
    return bytes(found)
