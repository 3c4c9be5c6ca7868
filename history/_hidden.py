"""Which datasets each gap may hide a place of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from model.datasets import Dataset, Selector
from model.places import Gap, StoreFacts


def gaps_of_datasets(
    gaps: Sequence[Gap],
    datasets: Sequence[Dataset],
    facts: Sequence[StoreFacts],
    touched: Mapping[str, StoreFacts],
) -> dict[str, tuple[str, ...]]:
    """Per dataset, the gaps that may hide one of its places; the key ``""`` is for stores tied to none.

    A gap that names a store touches the datasets of that store.  One that names none, or a store that
    nobody knows, stands for a listing: it may hide a store of every dataset that has a selector which
    could match there or a store in that target, and stores tied to no dataset.  ``facts`` are those of every
    store, ``touched`` those of the stores that a gap names; a name that no store bears is absent.
    """
    found: dict[str, set[str]] = {dataset.id: set() for dataset in datasets}
    found[""] = set()
    present: dict[tuple[str, str], set[str]] = {}
    for one in facts:
        present.setdefault((one.scanner, one.target), set()).update(one.datasets)
    for gap in gaps:
        if gap.store and gap.store in touched:
            hidden = set(touched[gap.store].datasets) or {""}
        else:
            hidden = {""} | present.get((gap.scanner, gap.target), set())
            hidden |= {dataset.id for dataset in datasets if any(_could_match(one, gap) for one in dataset.select)}
        for dataset in hidden:
            found[dataset].add(gap.id)
    return {dataset: tuple(sorted(ids)) for dataset, ids in sorted(found.items())}


def _could_match(selector: Selector, gap: Gap) -> bool:
    return all(
        not mine or not theirs or mine == theirs
        for mine, theirs in (
            (selector.scanner, gap.scanner),
            (selector.target, gap.target),
            (selector.account, gap.account),
        )
    )
