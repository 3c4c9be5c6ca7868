"""Formal notices, as a register states them."""

from __future__ import annotations

from datetime import date

import pytest

from model.errors import DocumentError
from model.observed import Absent, Known, Unread, known
from tests.scanners.declared.tables import read

TEXT = """\
format: lexsitus/register/1
datasets: [{id: a}, {id: b}, {id: c}]
notices:
  - id: MED-2026-1
    authority: CNIL
    date: 2026-09-01
    deadline: 2026-12-01
    datasets: [a, b]
    document: "MED-2026-1"
    closed: none
    failings:
      - id: journaux
        title: "Traçabilité des accès"
        articles: ["RGPD 32"]
        rules: [ACC-004]
        proofs: [{document: "procès-verbal", date: 2026-10-10}, {document: "note"}]
      - {id: copies, title: "Sauvegardes", articles: []}
"""


def test_a_notice_is_read_with_its_failings_and_belongs_to_the_datasets_it_names() -> None:
    a, b, c = read(TEXT, "r.yaml").datasets

    assert (a.notices, c.notices) == (b.notices, ())
    (notice,) = a.notices
    assert (notice.id, notice.authority, notice.served_on, notice.deadline_on) == (
        "MED-2026-1", "CNIL", date(2026, 9, 1), date(2026, 12, 1)
    )  # fmt: skip
    assert isinstance(notice.closed_on, Absent)
    assert (notice.source.what, known(notice.document)) == ("r.yaml:4", "MED-2026-1")
    logs, copies = notice.failings
    assert (logs.articles, logs.rules, logs.source.what) == (("RGPD 32",), ("ACC-004",), "r.yaml:12")
    assert isinstance(logs.proofs[0].dated, Known)
    assert isinstance(logs.proofs[1].dated, Unread)
    assert (copies.rules, copies.proofs) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("deadline: 2026-12-01", "deadline: 2026-08-01", r"deadline \(2026-08-01\) is before date"),
        ("closed: none", "closed: 2026-08-01", r"closed \(2026-08-01\) is before date"),
        ("datasets: [a, b]", "datasets: [a, z]", r"r.yaml:8: .*no dataset 'z' in this register; known: a, b, c"),
        ("datasets: [a, b]", "datasets: []", "name at least one dataset"),
        ("rules: [ACC-004]", "rules: [journaux]", "expected the id of a rule, such as ACC-004"),
        ("id: copies", "id: journaux", "the id 'journaux' is taken"),
        ("authority: CNIL", "authority: ''", "expected a text, found nothing"),
        ("title: \"Traçabilité des accès\"", "titre: x", "unknown key 'titre'; did you mean 'title'"),
        ("{document: \"note\"}", "{date: 2026-10-10}", "missing key 'document'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_line(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(DocumentError, match=says):
        read(TEXT.replace(old, new), "r.yaml")
