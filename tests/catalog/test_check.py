"""``catalog check`` tells every fault and every row past its limit, the user's own files included."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import catalog
from model.errors import DocumentError

DAY = date(2026, 11, 21)

OWN = """format: lexsitus/operator/1
provider: mien
name: Mien
category: iaas
hosting_model: null
confidence: unverified
checked_on: {checked}
operators:
  - {{entity: mien-sa, role: contracting, chain_complete: false}}
entities:
  - {{id: mien-sa, name: Mien SA, seat: {seat}, confidence: likely, sources: [page]}}
  - {{id: mere, name: Mère, seat: FR, confidence: likely, sources: [page]}}
links:
{links}
sources:
  page: {{title: Page, seen: 2026-11-01}}
"""
LINK = (
    "  - {{holder: {holder}, held: {held}, capital_percent: {share}, votes_percent: null, controls: {controls}, "
    "since: {since}, until: {until}, confidence: likely, sources: {sources}}}"
)


def link(**changes: str) -> str:
    values = {"holder": "mere", "held": "mien-sa", "share": "60", "controls": "true", "since": "null",
              "until": "null", "sources": "[page]"}  # fmt: skip
    return LINK.format(**(values | changes))


def overlay(folder: Path, *links: str, checked: str = "2026-11-01", seat: str = "FR") -> Path:
    (folder / "operators").mkdir(parents=True, exist_ok=True)
    text = OWN.format(checked=checked, seat=seat, links="\n".join(links or (link(),)))
    (folder / "operators" / "mien.yaml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path, on: date = DAY) -> list[str]:
    return [str(problem) for problem in catalog.check(folder, on) if not problem.stale]


def test_the_shipped_catalog_has_no_fault_and_nothing_stale_on_the_day_it_was_checked() -> None:
    assert catalog.check(None, DAY) == ()


@pytest.mark.parametrize(
    ("links", "seat", "message"),
    [
        ((link(), link(holder="mien-sa", held="mere")), "FR", "controls itself through this link"),
        ((link(), link(holder="mere", share="60", controls="null")), "FR", "more than 100 %"),
        ((link(since="2026-01-01", until="2025-01-01"),), "FR", "before it starts"),
        ((link(),), "UK", "the United Kingdom is GB"),
        ((link(sources="[]"),), "FR", "needs at least one source"),
        ((link(holder="personne"),), "FR", "unknown entity 'personne'"),
    ],
)
def test_a_fault_of_the_users_file_is_told_with_file_line_and_remedy_by_check_and_at_load(
    tmp_path: Path, links: tuple[str, ...], seat: str, message: str
) -> None:
    folder = overlay(tmp_path, *links, seat=seat)

    (fault,) = [one for one in faults(folder) if "mien.yaml" in one]

    assert message in fault
    assert f"{tmp_path / 'operators' / 'mien.yaml'}:1" in fault or ".yaml:" in fault
    with pytest.raises(DocumentError, match="mien"):
        catalog.load(folder)


def test_check_goes_on_after_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    folder = overlay(tmp_path, seat="UK")
    (folder / "regions").mkdir()
    (folder / "regions" / "aws.csv").write_text("code\n", encoding="utf-8")

    assert {"mien.yaml", "aws.csv"} <= {Path(one.split(":")[0]).name for one in faults(folder)}


def test_a_row_that_nobody_checked_for_too_long_is_stale_and_no_fault(tmp_path: Path) -> None:
    folder = overlay(tmp_path, checked="2026-01-01")

    problems = [one for one in catalog.check(folder, DAY) if one.path.endswith("mien.yaml")]

    assert [(one.stale, one.key) for one in problems] == [(True, "checked_on")]


def test_rows_of_region_tables_and_lists_past_their_limit_are_named() -> None:
    stale = catalog.check(None, date(2027, 6, 1))

    assert all(problem.stale for problem in stale)
    told = {problem.path: problem.message for problem in stale}
    assert "eu-west-3" in told["catalog/regions/aws.csv"]
    assert "last list read on 2026-09-15" in told["catalog/qualifications/secnumcloud.yaml"]


def test_a_folder_that_is_no_overlay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="is no folder"):
        catalog.check(tmp_path / "nowhere", DAY)
