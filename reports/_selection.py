"""Whether the register designates a store: the difference with what was seen is itself reported."""

from __future__ import annotations

import re
from functools import lru_cache

from model.datasets import Dataset, Selector
from model.observed import known
from model.places import Store


def designated(store: Store, dataset: Dataset) -> bool:
    """True when the register places the store in the dataset by name or by one of its selectors."""
    return store.id in dataset.declared or any(_matches(selector, store) for selector in dataset.select)


def _matches(selector: Selector, store: Store) -> bool:
    exact = (
        (selector.scanner, store.scanner),
        (selector.target, store.target),
        (selector.kind, store.kind),
        (selector.account, store.account),
    )
    if any(wanted and wanted != found for wanted, found in exact):
        return False
    if selector.id and not _glob(selector.id).fullmatch(store.id):
        return False
    if selector.name and not _glob(selector.name).fullmatch(store.name):
        return False
    return not selector.tags or set(selector.tags) <= set(known(store.tags) or ())


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"([*?])", pattern)
    return re.compile("".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts), re.DOTALL)
