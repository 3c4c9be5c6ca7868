"""docs/register.md tells every key, and its register is one that loads."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from model.datasets import Controller, ControllerKind, HostingModel
from model.observed import Known, Unread
from model.places import PlaceKind
from model.reading import parse_yaml
from scanners.declared import _facts, _notices, _places
from scanners.declared._register import observations

PAGE = (Path(__file__).parents[3] / "docs" / "register.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)
TABLES = PAGE.split("## Top")[1]


def test_the_example_loads_and_leaves_no_fact_of_the_dataset_unsaid() -> None:
    (text,) = EXAMPLE

    found = observations(
        parse_yaml(text, "docs"), datetime(2026, 11, 21, tzinfo=UTC), "r", Controller("", ControllerKind.UNKNOWN)
    )

    (dataset,) = found.datasets
    facts = [getattr(dataset, name) for name in type(dataset).__dataclass_fields__]
    assert not [fact for fact in facts if isinstance(fact, Unread)]
    assert sum(isinstance(fact, Known) for fact in facts) > 10
    assert [store.id.partition("/")[2] for store in found.stores] == [
        "serveur",
        "bandes",
        "instance",
        "recherche/destination",
    ]
    assert len(found.copies) == 3
    assert len(found.flows) == len(found.derogations) == len(dataset.notices) == 1


@pytest.mark.parametrize(
    "word",
    sorted(
        {*_facts.FACTS, *_facts.GROUPS, *_facts._CLAIM, *_facts._DEROGATION, *_places._PLACE, *_places._SELECTOR,
         *_notices.NOTICE, *_notices.FAILING, *_notices.PROOF}
        | set(ControllerKind) | set(HostingModel) | set(PlaceKind)
    ),
)  # fmt: skip
def test_every_key_and_word_is_explained(word: str) -> None:
    assert re.search(rf"[`.]{word}[`,]", TABLES), word
