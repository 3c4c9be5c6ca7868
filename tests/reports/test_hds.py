"""The table of actors of the HDS référentiel: a statement is made on settled facts alone, and no law is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model.assessment import JudgedDataset, JudgedPlace, Outcome, Word
from model.observed import Reason, Unread
from model.parties import QualificationStatus
from reports._evidence import Evidence
from reports._hds import Statement, hds_table, statement_of
from reports._words import language
from tests.reports.estate import AWS, CLOUD_ACT, EDSANTE, HDS, LISTED, NO_SNC, hospital, place, verdict

QUALIFIED = replace(NO_SNC, status=QualificationStatus.VALID, version="3.2")
SETTLED = {"HDS-001": Outcome.PASS, "HDS-003": Outcome.PASS}
NONE = Outcome.NOT_APPLICABLE


def judged(gaps: tuple[str, ...] = (), **outcomes: Outcome) -> JudgedDataset:
    told = SETTLED | {name.replace("_", "-"): outcome for name, outcome in outcomes.items()}
    verdicts = tuple(replace(verdict("HDS-003", outcome), rule=rule) for rule, outcome in told.items())
    return JudgedDataset(EDSANTE, Word.COMPLIANT, verdicts, (0,), 1, gaps)


def held(*qualifications: object, **changes: object) -> JudgedPlace:
    return JudgedPlace(
        place(0, 1, qualifications=qualifications, **changes), ("edsante",), (CLOUD_ACT,), Word.COMPLIANT, ()
    )


@pytest.mark.parametrize(
    ("statement", "case", "places"),
    [
        (Statement.SECNUMCLOUD, judged(), [held(QUALIFIED)]),
        (Statement.UNDETERMINED, judged(gaps=("G-1",)), [held(QUALIFIED)]),
        (Statement.UNDETERMINED, judged(), [held(QUALIFIED), held(NO_SNC)]),
        (Statement.UNDETERMINED, judged(), [held(replace(QUALIFIED, version="3.1"))]),
        (Statement.UNDETERMINED, judged(), [held(replace(QUALIFIED, stale=True))]),
        (Statement.NO_TRANSFER, judged(HDS_004=NONE, HDS_005=NONE), [held(HDS)]),
        (Statement.UNDETERMINED, judged(HDS_004=NONE), [held(HDS)]),
        (Statement.UNDETERMINED, judged(gaps=("G-1",), HDS_004=NONE, HDS_005=NONE), [held(HDS)]),
        (Statement.UNDETERMINED, judged(HDS_004=Outcome.UNDETERMINED, HDS_005=NONE), [held(HDS)]),
        (Statement.TABLE, judged(HDS_004=Outcome.PASS), [held(HDS)]),
        (Statement.TABLE, judged(HDS_005=Outcome.PASS), [held(HDS)]),
        (Statement.TABLE, judged(HDS_003=Outcome.FAIL), [held(HDS)]),
        (Statement.NOT_REQUIRED, judged(HDS_001=NONE), [held(QUALIFIED)]),
    ],
)
def test_a_prescribed_statement_is_made_only_when_every_fact_allows_it(statement, case, places):
    assert statement_of(case, places) is statement


def test_every_law_that_reaches_a_place_is_told_of_each_actor_there():
    laws = {law.id: law for law in hospital().judgement.laws}
    table = hds_table(judged(), [held(HDS)], laws, Evidence(), language("en"))

    assert table is not None
    assert [actor.name for actor in table.actors] == [AWS.entity.name]
    assert "CLOUD Act" in table.actors[0].risk
    assert "established" in table.actors[0].risk


def test_what_is_not_known_is_said_to_be_unknown():
    silent = held(operators=Unread(Reason.NOT_TOLD, LISTED))
    table = hds_table(judged(), [held(), silent], {}, Evidence(), language("en"))

    assert table is not None
    assert table.unknown == 1
    assert (table.actors[0].hds, table.actors[0].secnumcloud, table.actors[0].activities) == ("unknown",) * 3


def test_a_chain_that_is_not_whole_never_reads_as_free_of_foreign_law():
    part = replace(AWS, chain_complete=False)
    where = held(HDS)
    open_ = replace(
        where, exposures=(), place=replace(where.place, operators=replace(where.place.operators, value=(part,)))
    )
    table = hds_table(judged(), [open_], {}, Evidence(), language("en"))

    assert table is not None
    assert table.actors[0].risk == "unknown"
