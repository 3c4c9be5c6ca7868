"""Transfers outside the EEA and what the host makes public, as a register states them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from model.datasets import Controller, ControllerKind, Dataset
from model.observed import Absent, Known, Unread, known
from model.reading import parse_yaml
from scanners.declared._register import observations


def dataset(said: str) -> Dataset:
    text = "format: lexsitus/register/1\ndatasets:\n  - id: a\n" + said
    nobody = Controller("", ControllerKind.UNKNOWN)
    root = parse_yaml(text, "register.yaml")
    return observations(root, datetime(2026, 11, 21, tzinfo=UTC), "registre", nobody).datasets[0]


def test_a_transfer_is_read_with_all_that_supports_its_tool() -> None:
    found = dataset(
        "    transfers:\n"
        "      - {country: US, recipient: Exemple, tool: art45_dpf, dpf_entry: active, dpf_scope: non_hr, "
        "dpf_checked_at: 2026-11-02, scc_fallback: yes, measures: [chiffrement], occasional: no, in_contract: yes, "
        "client_informed: yes}\n"
    ).transfers

    assert isinstance(found, Known)
    (one,) = found.value
    assert (known(one.dpf_scope), known(one.dpf_checked_on)) == ("non_hr", date(2026, 11, 2))
    assert (known(one.scc_fallback), known(one.measures), known(one.occasional)) == (True, ("chiffrement",), False)
    assert (known(one.in_contract), known(one.client_informed)) == (True, True)
    assert isinstance(one.tia_date, Unread)


def test_a_page_that_the_host_does_not_have_is_an_absence_and_one_left_out_is_unknown() -> None:
    said = dataset("    transparency: {hds_page_url: none, hds_statement: table, hds_checked_at: 2026-10-01}\n")

    assert isinstance(said.transparency.hds_page_url, Absent)
    assert known(said.transparency.hds_statement) == "table"
    assert isinstance(said.transparency.sren33_url, Unread)
    assert said.transparency.sren33_url.source.what == "register.yaml:4"
