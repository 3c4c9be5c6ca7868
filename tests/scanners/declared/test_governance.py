"""Approvals, purchases, copies, exports and accessing roles, as a register states them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from model.datasets import Controller, ControllerKind, Dataset
from model.errors import DocumentError
from model.observed import Absent, Known, Reason, Unread, known
from model.reading import parse_yaml
from scanners.declared._register import observations

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def dataset(*lines: str) -> Dataset:
    text = "format: lexsitus/register/1\ndatasets:\n  - id: d\n" + "".join(f"    {line}\n" for line in lines)
    (found,) = observations(parse_yaml(text, "r.yaml"), NOW, "r", Controller("", ControllerKind.UNKNOWN)).datasets
    return found


def test_an_approval_a_purchase_and_the_rules_of_copies_are_read_with_their_line() -> None:
    found = dataset(
        "homologation: {date: 2025-06-02, expires: 2028-06-02}",
        'purchase: {new: "yes", opinion_required: "no", criteria: [immunity]}',
        'copies: {encrypted: "yes", same_rules: "no"}',
    )

    assert (known(found.homologation.decided_on), known(found.homologation.expires_on)) == (
        date(2025, 6, 2),
        date(2028, 6, 2),
    )
    assert (known(found.purchase.new), known(found.purchase.opinion_required)) == (True, False)
    assert known(found.purchase.criteria) == ("immunity",)
    assert found.copies.same_rules.source.what == "r.yaml:6"
    assert isinstance(found.copies.extracts_end, Unread)
    assert found.copies.extracts_end.reason is Reason.NOT_DECLARED


def test_none_states_that_there_is_no_decision_and_null_that_nobody_knows() -> None:
    stated = dataset("purchase: {opinion: none}", "exports: {approval: none}")
    silent = dataset("purchase: {opinion: null}", "exports: {approval: unknown}")

    assert isinstance(stated.purchase.opinion, Absent)
    assert isinstance(stated.exports.approval, Absent)
    assert isinstance(silent.purchase.opinion, Unread)
    assert isinstance(silent.exports.approval, Unread)


def test_each_role_bears_its_authority_and_its_ground_or_leaves_them_unknown() -> None:
    found = dataset('access: {roles: [{role: "infirmières", authority: none}, {role: médecins, ground: care_team}]}')

    assert isinstance(found.access.roles, Known)
    nurses, doctors = found.access.roles.value
    assert (nurses.role, isinstance(nurses.authority, Absent), isinstance(nurses.ground, Unread)) == (
        "infirmières",
        True,
        True,
    )
    assert (isinstance(doctors.authority, Unread), known(doctors.ground)) == (True, "care_team")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("homologation: {date: 2026-01-02, expires: 2026-01-01}", "expires .* is before date"),
        ("purchase: {criteria: [cheap]}", "expected one of immunity, substitutability, key_technologies"),
        ("access: {roles: [{role: a, ground: because}]}", "expected one of care_team, consent, legal_basis, none"),
        ("exports: {left: yes}", "left"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(line: str, told: str) -> None:
    with pytest.raises(DocumentError, match=told):
        dataset(line)
