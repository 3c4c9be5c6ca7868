"""What is different between two editions.  A thing is gone only when a whole listing names it no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from history._changed_stores import StoreChanges
from history._changed_verdicts import dataset_changes, derogation_changes, qualification_changes, rule_changes
from history.assessments import SNAPSHOT
from history.snapshot import read_manifest
from model.assessment import Assessment
from model.changes import About, Change, ChangeKind, Changes
from model.places import Gap
from model.snapshot import SnapshotManifest

_FIRST = 200
"""Changes of one kind that an edition keeps; the command tells them all."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two editions: its folder, published or in the making, and its assessment."""

    folder: Path
    assessment: Assessment

    @property
    def snapshot(self) -> Path:
        """The folder of its snapshot."""
        return self.folder / SNAPSHOT


def changes(before: Side, after: Side) -> Iterator[Change]:
    """Every change, what was judged first, then gaps, stores and copies, each sorted by subject.

    Memory does not grow with the stores.  Raises SnapshotError for a snapshot that cannot be read.
    """
    manifests = read_manifest(before.snapshot), read_manifest(after.snapshot)
    declared = any(target.scanner == "declared" for target in manifests[1].targets)
    was, now = before.assessment, after.assessment
    yield from dataset_changes(was.judgement, now.judgement, declared)
    yield from rule_changes(was.judgement, now.judgement)
    yield from derogation_changes(was.judgement, now.judgement, declared)
    yield from qualification_changes(was.judgement, now.judgement, whole=not any(not gap.store for gap in now.gaps))
    with StoreChanges(
        (before.snapshot, was.judgement, manifests[0]), (after.snapshot, now.judgement, manifests[1]), now.gaps
    ) as things:
        yield from _gaps(was.gaps, now.gaps, manifests[1], things)
        yield from things.stores()
        yield from things.copies()


def summarised(before: Side, after: Side) -> Changes:
    """The changes as an edition keeps them: all counted, the first of each kind told."""
    counts: Counter[tuple[About, ChangeKind]] = Counter()
    first = []
    for change in changes(before, after):
        counts[change.about, change.kind] += 1
        if counts[change.about, change.kind] <= _FIRST:
            first.append(change)
    told = {
        about.value: {kind.value: counts[about, kind] for kind in ChangeKind if counts[about, kind]} for about in About
    }
    return Changes(
        before.assessment.header.edition, {about: kinds for about, kinds in told.items() if kinds}, tuple(first)
    )


def _gaps(
    before: tuple[Gap, ...], after: tuple[Gap, ...], manifest: SnapshotManifest, things: StoreChanges
) -> Iterator[Change]:
    """Gaps that opened, and those that are no more: closed when what they hid was read, else not met again."""
    was, now = {gap.id: gap for gap in before}, {gap.id: gap for gap in after}
    left = [gap for id, gap in was.items() if id not in now]
    seen = things.seen(sorted({gap.store for gap in left if gap.store}))
    complete = set(manifest.complete_scopes)
    asked = {(target.scanner, target.name) for target in manifest.targets}
    blind = {(gap.scanner, gap.target) for gap in after if not gap.store}
    for id in sorted(was.keys() ^ now.keys()):
        if id in now:
            yield Change(ChangeKind.NEW, About.GAP, id, None, _told(now[id]))
            continue
        gap = was[id]
        if gap.store:
            closed = gap.store in seen
        else:
            target = (gap.scanner, gap.target)
            closed = (gap.target, gap.scope) in complete or (target in asked and target not in blind)
        kind = ChangeKind.GONE if closed else ChangeKind.NOT_SEEN_AGAIN
        yield Change(kind, About.GAP, id, _told(gap), None)


def _told(gap: Gap) -> dict[str, str | None]:
    return {
        "target": gap.target,
        "scope": gap.scope,
        "operation": gap.operation,
        "reason": gap.reason.value,
        "store": gap.store or None,
    }
