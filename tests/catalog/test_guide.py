"""The page on adding a provider, followed once: its own example is read and resolved."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import catalog
from model.assessment import Place
from model.observed import known
from model.parties import Qualification, QualificationStatus

GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-provider.md"


def followed(folder: Path) -> catalog.Catalog:
    blocks = re.findall(
        r"^## \d\. [^`]*`([^`]+)`.*?^```\w+\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    for name, text in blocks:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert [name for name, _ in blocks] == [
        "operators/hebergix.yaml",
        "regions/hebergix.csv",
        "qualifications/secnumcloud.yaml",
    ]
    return catalog.load(folder)


def test_the_example_has_no_problem(tmp_path: Path) -> None:
    assert followed(tmp_path).check(date(2026, 11, 21)) == ()


def test_the_example_answers_as_the_page_says(
    tmp_path: Path, place: Callable[..., Place], qualification: Callable[..., Qualification]
) -> None:
    using = followed(tmp_path)

    lyon = place("hebergix", "LYS1", using=using)
    montreal = place("hebergix", "montreal1", using=using)
    private = qualification("secnumcloud", "hebergix", "lyon1", service="vm-prive", using=using)
    elsewhere = qualification("secnumcloud", "hebergix", "montreal1", using=using)

    assert known(lyon.locations[0].countries) == ("FR",)
    assert [one.entity.name for one in known(lyon.operators) or ()] == ["Hébergix SARL"]
    assert [one.entity.name for one in known(montreal.operators) or ()] == ["Hébergix Canada Inc."]
    assert private.status is QualificationStatus.VALID
    assert elsewhere.status is QualificationStatus.NOT_COVERING
