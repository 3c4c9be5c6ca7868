"""One listed item, with its detail calls, becomes one store with its copies and gaps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from model.observed import Known, Observed, Reason, Source, Unread
from model.places import Copy, Gap, Key, PlaceKind, Site, Store, Target
from scanners._jobs import Deadline
from scanners._table import Detail, Document, Row, choose, evaluate, expand, in_template, names_used
from scanners.aws import arns, keys, sharing, sites, tags
from scanners.aws.clients import Answer, Estate, Scope
from scanners.aws.errors import BrokenAnswerError, Failure, catchable, failure_of
from scanners.aws.gaps import gap
from scanners.aws.paging import Fruitless, pages, paginator_of, plain_token


@dataclass(slots=True)
class Found:
    """What reading some items gave.  ``buckets`` are names of buckets at the end of copies, to be looked at next."""

    stores: list[Store] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    buckets: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Item:
    """An item's document, and where each part of it comes from."""

    row: Row
    target: str
    scope: Scope
    document: Document
    listed: Source
    sources: dict[str, Source] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)

    def origin(self, expression: str) -> tuple[Source, Failure | None]:
        """The source of what ``expression`` reads, and the failure when a call it depends on gave no answer."""
        used = names_used(expression)
        failure = next((self.failures[name] for name in self.failures if name in used), None)
        return next((self.sources[name] for name in self.sources if name in used), self.listed), failure

    def ask(self, expression: str) -> Any:
        """The value of an expression over this item."""
        return evaluate(expression, self.document)


def document_of(scope: Scope, item: Any, parent: Mapping[str, Any]) -> Document:
    """The document that a row's expressions are evaluated over.  Raises BrokenAnswerError for an item that is none."""
    if isinstance(item, str):
        document: Document = {"Item": item}
    elif isinstance(item, dict):
        document = dict(item)
    else:
        raise BrokenAnswerError("an item of the list is neither a structure nor a text")
    place = {"_partition": scope.partition, "_region": scope.region, "_account": scope.account}
    return {**document, **place, "_parent": dict(parent)}


def id_of(row: Row, document: Document) -> str:
    """The identifier of the item.  Raises BrokenAnswerError when it has none."""
    ids = expand(row.id, document)
    if len(ids) != 1 or not ids[0].startswith("arn:") or len(ids[0]) > 4096:
        raise BrokenAnswerError("an item of the list has no identifier")
    return ids[0]


def read_details(estate: Estate, item: Item, deadline: Deadline) -> None:
    """Makes the detail calls of the item's row; what fails is kept as a failure beside the document."""
    for detail in item.row.details:
        answer = _detail(estate, item, detail, deadline)
        if isinstance(answer, Failure):
            item.failures[detail.operation] = answer
        elif answer is None:
            item.document[detail.operation] = {}
        else:
            item.document[detail.operation] = answer.data
            item.sources[detail.operation] = answer.source


def _detail(estate: Estate, item: Item, detail: Detail, deadline: Deadline) -> Answer | Failure | None:
    _, broken = item.origin(" && ".join([text for _, text in detail.parameters] + [detail.condition or "`true`"]))
    if broken is not None:
        return broken
    if detail.condition and not item.ask(detail.condition):
        return None
    parameters = {name: item.ask(expression) for name, expression in detail.parameters}
    if any(value is None for value in parameters.values()):
        return Failure(Reason.FAULT, "BrokenAnswer", 0, f"the answer lacks what {detail.operation} needs to be asked")
    service = item.row.client
    if (service, detail.operation) == ("kms", "DescribeKey"):
        return keys.describe(estate, item.scope, parameters["KeyId"], deadline)
    try:
        model = estate.model(service, item.scope, detail.operation)
    except catchable() as error:
        return failure_of(error)
    tokens = paginator_of(estate, service, detail.operation) or plain_token(model)
    whole: Answer | None = None
    repeated = Fruitless(3)
    before: dict[str, Any] = {}
    for answer in pages(estate, service, item.scope, detail.operation, parameters, tokens, deadline):
        if isinstance(answer, Failure):
            return None if answer.code in detail.none else answer
        whole = answer if whole is None else _joined(whole, answer)
        lists = {name: value for name, value in answer.data.items() if isinstance(value, list)}
        endless = repeated.page(lists != before)
        if endless is not None:
            return endless
        before = lists
    return whole


def _joined(first: Answer, second: Answer) -> Answer:
    data = dict(first.data)
    for name, value in second.data.items():
        if isinstance(value, list) and isinstance(data.get(name), list):
            data[name] = [*data[name], *value]
        elif isinstance(value, dict) and isinstance(data.get(name), dict):
            data[name] = {**data[name], **value}
    return Answer(data, first.body, first.source)


def read_item(estate: Estate, target: Target, item: Item, deadline: Deadline, found: Found) -> None:
    """Adds to ``found`` the store that the item is, its copies and its gaps.

    Raises BrokenAnswerError or ValueError when the item itself cannot be read.
    """
    row, scope = item.row, item.scope
    if not row.kind:
        if ids := expand(row.id, item.document):
            _add_copies(item, ids[0], found)
        return
    store_id = id_of(row, item.document)
    name = next(iter(expand(row.name, item.document)), "") if row.name else ""
    kind = choose(row.kind, item.document)
    _, unsure = item.origin(row.keep) if row.keep else (item.listed, None)
    if row.keep and unsure is None and not item.ask(row.keep):
        _add_copies(item, store_id, found)
        return
    zone_of, zone_failure = item.origin(row.zone) if row.zone else (item.listed, None)
    place, operation, failed = sites.sites(
        estate,
        scope,
        item.ask(row.zone) if row.zone and zone_failure is None else None,
        item.ask(row.outpost) if row.outpost else None,
        zone_of,
        deadline,
    )
    if zone_failure is not None:
        place = Unread(zone_failure.reason, item.listed, zone_failure.detail)
    if failed is not None:
        service = "outposts" if operation.startswith("List") else "ec2"
        found.gaps.append(gap(target, scope, f"place of {kind} {name}", service, operation, failed, store=store_id))
    key, key_failure = _key(estate, item, deadline)
    if key_failure is not None:
        found.gaps.append(
            gap(target, scope, f"key of {kind} {name}", "kms", "DescribeKey", key_failure, store=store_id)
        )
    public, shared = _reach(item)
    labels = tags.of_item(estate, target, item, store_id, deadline, found.gaps)
    found.stores.append(
        Store(
            id=store_id,
            kind=kind,
            name=name or store_id,
            scanner="aws",
            target=target.name,
            account=_account_of(store_id, scope),
            role=PlaceKind(choose(row.role, item.document)),
            seen=True,
            provider=Known(arns.provider_of(scope.partition), item.listed),
            service=Known(row.client, item.listed),
            service_id=Unread(Reason.NOT_TOLD, item.listed),
            sites=place,
            key=key,
            public=public,
            shared_with=shared,
            size_bytes=_size(item),
            created_at=_created(item),
            tags=labels,
            entity=Unread(Reason.NOT_TOLD, item.listed),
            holds_health=Known(True, item.listed) if row.health else Unread(Reason.NOT_TOLD, item.listed),
            checked_on=Known(item.listed.read_at.date(), item.listed),
        )
    )
    for name_of_call, failure in item.failures.items():
        found.gaps.append(
            gap(target, scope, f"{name_of_call} of {kind} {name}", row.client, name_of_call, failure, store=store_id)
        )
    _add_copies(item, store_id, found)


def _account_of(store_id: str, scope: Scope) -> str:
    arn = arns.parse(store_id)
    return arn.account if arn is not None and arn.account.isdigit() else scope.account


def _key(estate: Estate, item: Item, deadline: Deadline) -> tuple[Observed[Key], Failure | None]:
    row = item.row
    if not row.key and not row.encrypted:
        return Unread(Reason.NOT_TOLD, item.listed, "no call of this kind tells the key"), None
    source, failure = item.origin(row.key) if row.key else (item.listed, None)
    if failure is not None:
        return Unread(failure.reason, source, failure.detail), None
    key_id = item.ask(row.key) if row.key else None
    if isinstance(key_id, str) and key_id:
        return keys.custody(estate, item.scope, key_id, source, deadline)
    if row.encrypted in ("", "always", "never"):
        return keys.without_key({"never": False}.get(row.encrypted, row.encrypted), source), None
    source, failure = item.origin(row.encrypted)
    if failure is not None:
        return Unread(failure.reason, source, failure.detail), None
    return keys.without_key(item.ask(row.encrypted), source), None


def _reach(item: Item) -> tuple[Observed[bool], Observed[tuple[str, ...]]]:
    """Whether anyone can read the store, and which foreign accounts can.

    That an endpoint answers on the internet (``network``) opens nothing by itself: it is told as a detail.
    """
    reach, told, source, detail = sharing.Reach(), False, item.listed, ""
    for how, expression in item.row.sharing:
        source, failure = item.origin(expression)
        if failure is not None:
            unread = Unread(failure.reason, source, failure.detail)
            return unread, unread
        value = item.ask(expression)
        if how == "network":
            detail = "reachable from the internet" if value else "not reachable from the internet"
            continue
        told = True
        if how == "accounts":
            reach = reach.joined(sharing.of_accounts(value, item.scope.account))
        elif how == "policy":
            reach = reach.joined(sharing.of_policy(value, item.scope.account))
        else:
            reach = reach.joined(sharing.Reach(public=value is True))
    if not told:
        unasked = Unread(Reason.NOT_ASKED, source, detail)
        return unasked, unasked
    return Known(reach.public, source), Known(reach.others, source)


def _size(item: Item) -> Observed[int]:
    row = item.row
    if not row.size:
        return Unread(Reason.NOT_ASKED, item.listed)
    source, failure = item.origin(row.size)
    if failure is not None:
        return Unread(failure.reason, source, failure.detail)
    value = item.ask(row.size)
    numbers = [each for each in (value if isinstance(value, list) else [value]) if _is_number(each)]
    if not numbers or any(each < 0 for each in numbers):
        return Unread(Reason.NOT_TOLD, source)
    return Known(int(sum(numbers) * row.size_unit), source)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _created(item: Item) -> Observed[datetime]:
    if not item.row.created:
        return Unread(Reason.NOT_ASKED, item.listed)
    source, failure = item.origin(item.row.created)
    if failure is not None:
        return Unread(failure.reason, source, failure.detail)
    moment = instant(item.ask(item.row.created))
    return Unread(Reason.NOT_TOLD, source) if moment is None else Known(moment, source)


def instant(value: Any) -> datetime | None:
    """The UTC instant of a date-time, an ISO 8601 text, seconds or milliseconds since 1970; else ``None``."""
    try:
        if isinstance(value, str):
            value = float(value) if value.replace(".", "", 1).isdigit() else datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
        if _is_number(value):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _add_copies(item: Item, store_id: str, found: Found) -> None:
    for clause in item.row.copies:
        origins = [item.origin(part) for part in in_template(clause.end)]
        if any(failure is not None for _, failure in origins):
            continue
        source = next((source for source, _ in origins if source != item.listed), item.listed)
        for end in dict.fromkeys(expand(clause.end, item.document)):
            arn = arns.parse(end)
            if arn is None or end.rstrip("/") == store_id.rstrip("/"):
                continue
            of, at = (store_id, end) if clause.outward else (end, store_id)
            found.copies.append(Copy(of, at, clause.kind, Known(True, source)))
            if clause.living:
                _add_end(item, arn, end, clause.kind if clause.outward else PlaceKind.PRIMARY, source, found)


def _add_end(item: Item, arn: arns.Arn, end: str, role: PlaceKind, source: Source, found: Found) -> None:
    """The store at the other end of a copy, when no list of this account and region can hold it."""
    scope = item.scope
    if arn.service == "s3":
        found.buckets.add(arn.name if "/" not in arn.resource else arn.resource.split("/")[0])
    elif (arn.region, arn.account or scope.account) != (scope.region, scope.account):
        found.stores.append(unseen(item.row.client, end, arn, role, scope, source, item.target))


def unseen(
    service: str,
    end: str,
    arn: arns.Arn,
    role: PlaceKind,
    scope: Scope,
    source: Source,
    target: str,
    unread: Unread | None = None,
) -> Store:
    """A store of which only an ARN is known: region and account as the ARN has them, all else ``unread``."""
    unread = unread or Unread(Reason.NOT_ASKED, source, "known only as the end of a copy")
    return Store(
        id=end,
        kind=arn.kind,
        name=arn.name,
        scanner="aws",
        target=target,
        account=arn.account if arn.account.isdigit() else "",
        role=role,
        seen=False,
        provider=Known(arns.provider_of(arn.partition or scope.partition), source),
        service=Known(service, source),
        service_id=unread,
        sites=Known((Site(arn.region),), source) if arn.region else unread,
        key=unread,
        public=unread,
        shared_with=unread,
        size_bytes=unread,
        created_at=unread,
        tags=unread,
        entity=unread,
        holds_health=unread,
        checked_on=Known(source.read_at.date(), source) if arn.region else unread,
    )
