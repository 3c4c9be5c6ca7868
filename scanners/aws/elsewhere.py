"""What others list of an account: kinds by their names in Resource Explorer and AWS Config.

elsewhere.csv pairs our kinds with the "Resource types you can search for with Resource Explorer" (user guide) and the
"Supported resource types" of AWS Config (developer guide), checked on 2026-11-21, for the kinds whose identifier is the
ARN that AWS itself writes.  What such a list names becomes a store known by name only: where the listing of its own
service names it too, that one counts; where none does, the store stays, with a gap.  What such a list lacks proves
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from model.observed import Known, Reason, Source, Unread
from model.places import Gap, Observations, PlaceKind, Site, Store, Target
from model.reading import read_csv
from scanners._jobs import Deadline, Job, Step
from scanners._table import Row, choose, evaluate
from scanners.aws import arns
from scanners.aws.bodies import check_body
from scanners.aws.clients import Answer, Estate, Scope
from scanners.aws.errors import BrokenAnswerError, Failure, failure_of
from scanners.aws.gaps import gap
from scanners.aws.items import document_of, id_of, unseen
from scanners.aws.paging import Fruitless, items_of, pages, paginator_of, tokens_of
from scanners.aws.rows import rows

PATH = Path(__file__).with_name("elsewhere.csv")
BUCKET = "AWS::S3::Bucket"
_COLUMNS = ("kind", "resource_explorer", "config")
# Which column of elsewhere.csv a check reads, and the task that performs it.
CHECKS: Mapping[str, str] = {
    "resource-explorer": "explorer",
    "config": "recorded",
    "access-analyzer": "analyzed",
}


@cache
def kinds(column: str) -> Mapping[str, str]:
    """Our kind by the name that ``column`` of elsewhere.csv gives it."""
    return {cells[column]: cells["kind"] for _, cells in read_csv(PATH, _COLUMNS) if cells[column]}


@cache
def row_of(kind: str) -> Row | None:
    """The first row whose items can be of ``kind``; none for buckets, which have no row."""
    return next((row for row in rows() if kind in row.kind.split()), None)


@dataclass(slots=True)
class Elsewhere:
    """One account as another service lists it, while it is being read.  ``who`` is how people call that service."""

    target: Target
    estate: Estate
    scope: Scope
    regions: tuple[str, ...]
    who: str
    stores: dict[str, Store] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def miss(self, service: str, operation: str, failure: Failure, scope: Scope | None = None) -> None:
        """Records that a call gave no answer."""
        at = scope or replace(self.scope, region="")
        what = f"cross-check of account {self.scope.account} by {self.who}" + (f" in {at.region}" if at.region else "")
        self.gaps.append(gap(self.target, at, what, service, operation, failure))

    def blind(self, service: str, operation: str, detail: str) -> None:
        """Records what ``who`` cannot see, as it says itself."""
        self.miss(service, operation, Failure(Reason.DISABLED, "", 0, detail))

    def ask(
        self,
        service: str,
        scope: Scope,
        operation: str,
        parameters: Mapping[str, Any],
        items: str,
        deadline: Deadline,
        of: type = dict,
    ) -> Iterator[tuple[Any, Source]]:
        """Each item (of type ``of``) of a list with its source, to the last page; a failure is recorded at the end."""
        tokens = paginator_of(self.estate, service, operation)
        fruitless = Fruitless()
        seen: set[str] = set()
        for answer in pages(self.estate, service, scope, operation, parameters, tokens, deadline):
            listed = self._listed(service, scope, operation, items, answer, of)
            if isinstance(listed, Failure):
                self.miss(service, operation, listed, scope)
                return
            before = len(seen)
            for each in listed:
                text = json.dumps(each, sort_keys=True, default=str)
                if text not in seen:
                    seen.add(text)
                    assert isinstance(answer, Answer)
                    yield each, answer.source
            if endless := fruitless.page(len(seen) - before):
                self.miss(service, operation, endless, scope)
                return

    def _listed(
        self, service: str, scope: Scope, operation: str, items: str, answer: Answer | Failure, of: type
    ) -> list[Any] | Failure:
        if isinstance(answer, Failure):
            return answer
        listed = answer.data.get(items)
        try:
            if not listed:
                check_body(self.estate.model(service, scope, operation), items, False, answer.body)
            if not isinstance(listed or [], list) or not all(isinstance(each, of) for each in listed or []):
                raise BrokenAnswerError(f"{items} could not be read")
        except (BrokenAnswerError, ValueError, AttributeError) as error:
            return failure_of(error)
        return listed or []

    def add(self, kind: str, arn_text: str, account: str, region: str, source: Source) -> Store | None:
        """Keeps a store that ``who`` names; ``None`` for one of a kind or region that the scan does not ask."""
        arn = arns.parse(arn_text.removesuffix(":*"))
        if arn is None or not self._is_asked(kind, region):
            return None
        row = row_of(kind)
        role = PlaceKind(choose(row.role, {})) if row is not None and row.role else PlaceKind.PRIMARY
        unread = Unread(Reason.NOT_TOLD, source, f"listed by {self.who}, not by its own service")
        service = row.client if row is not None else "s3"
        store = unseen(service, arn_text.removesuffix(":*"), arn, role, self.scope, source, self.target.name, unread)
        place = Known((Site(region),), source) if region not in ("", "global") else unread
        store = replace(store, kind=kind, account=account, sites=place)
        return self.stores.setdefault(store.id, store)

    def _is_asked(self, kind: str, region: str) -> bool:
        only = self.target.setting("_rows")
        row = row_of(kind)
        name = row.row if row is not None else "s3.bucket"
        if isinstance(only, tuple) and name not in only:
            return False
        return kind == BUCKET or region in ("", "global", *self.regions)

    def drop_left_out(self, deadline: Deadline) -> None:
        """Drops what its own listing names and leaves out as no store: an instance of a DocumentDB cluster.

        The listing is asked once more for each region in which such a kind was named.
        """
        places = {
            (store.kind, site.region)
            for store in self.stores.values()
            if (row := row_of(store.kind)) is not None and row.keep and isinstance(store.sites, Known)
            for site in store.sites.value
        }
        for kind, region in sorted(places):
            row, scope = row_of(kind), self.scope.at(region)
            assert row is not None
            for answer in pages(
                self.estate, row.client, scope, row.operation, row.params, tokens_of(row, self.estate), deadline
            ):
                items = answer if isinstance(answer, Failure) else items_of(row, self.estate, scope, answer)
                if isinstance(items, Failure):
                    self.miss(row.client, row.operation, items, scope)
                    break
                for raw in items:
                    self._drop(row, scope, raw)

    def _drop(self, row: Row, scope: Scope, raw: Any) -> None:
        try:
            document = document_of(scope, raw, {})
            if not evaluate(row.keep, document):
                self.stores.pop(id_of(row, document), None)
        except (BrokenAnswerError, ValueError) as error:
            self.miss(row.client, row.operation, failure_of(error), scope)

    def step(self) -> Step:
        """All that was learned, each gap once."""
        gaps = {each.id: each for each in reversed(self.gaps)}
        return Step(Observations(tuple(self.stores.values()), gaps=tuple(gaps.values())))


def elsewhere_jobs(target: Target, scope: Scope, regions: tuple[str, ...]) -> Iterator[Job]:
    """One job per cross-check that the target asks for."""
    wanted = target.setting("cross_check", ())
    for check in wanted if isinstance(wanted, tuple) else ():
        what = f"cross-check of account {scope.account} by {check}"
        yield Job(target, CHECKS[check], what, (scope.text(), " ".join(regions)))


def begin(job: Job, estate: Estate, who: str) -> Elsewhere:
    """What such a job starts from."""
    return Elsewhere(job.target, estate, Scope.parse(job.arguments[0]), tuple(job.arguments[1].split()), who)
