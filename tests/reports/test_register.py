"""The register beside what was seen: differences, suggested lines, flows that copies confirm, the clock of notices."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml

import reports
from model.assessment import Assessment, JudgedDataset, JudgedPlace, Judgement, Location, Outcome, Place, Word
from model.datasets import Dataset, Failing, Flow, HostingModel, Notice, Proof, Selector
from model.health import Signal
from model.observed import Absent, Known, Observed, Reason, Unread
from model.places import Copy, Custody, Key, PlaceKind, Store
from reports._differences import DifferenceKind, differences, suggestions
from reports._findings import findings
from reports._flows import observed
from reports._notices import FailingState, NoticeState, notices
from tests.reports.estate import (
    CATALOG,
    LISTED,
    ON,
    REGION,
    REGISTER,
    RULES,
    TEXTS,
    Kept,
    assess,
    dataset,
    place,
    store,
    verdict,
)

UNTOLD: Observed[Any] = Unread(Reason.NOT_DECLARED, REGISTER)
OPEN: Observed[date] = Absent(REGISTER)
BUCKET = "arn:aws:s3:::chu-eds"
COPY = "arn:aws:s3:::chu-copie"
TAPES = "register:eds/bandes"


def declared(id: str, role: PlaceKind, provider: str = "", country: str = "") -> tuple[Store, Place]:
    """A place of the register, as a store and as it is resolved."""
    told = Known(provider, REGISTER) if provider else UNTOLD
    there = Location("", "", Known((country,), REGISTER) if country else UNTOLD)
    row = store(id, "Bandes LTO", scanner="declared", role=role, provider=told, sites=UNTOLD)
    return row, place(0, 1, scanner="declared", role=role, provider=told, locations=(there,), key=UNTOLD,
                      key_countries=UNTOLD, hosting_model=UNTOLD)  # fmt: skip


def edition(
    about: Dataset,
    *rows: tuple[Store, Place],
    loose: tuple[tuple[Store, Place], ...] = (),
    copies: tuple[Copy, ...] = (),
    outcomes: tuple[Any, ...] = (),
    flows: tuple[Flow, ...] = (),
) -> Assessment:
    """One dataset that holds ``rows``, stores tied to none, and the verdicts of the dataset."""
    everything = [*rows, *loose]
    kept = [(row, at) for at, (row, _) in enumerate(everything)]
    places = tuple(
        JudgedPlace(replace(one, facts_id=at), (about.id,) if at < len(rows) else (), (), Word.UNDETERMINED, ())
        for at, (_, one) in enumerate(everything)
    )
    about = replace(about, declared=tuple(row.id for row, _ in rows if row.scanner == "declared"))
    judged = JudgedDataset(about, Word.UNDETERMINED, outcomes, tuple(range(len(rows))), len(rows), ())
    untied = dataset("", "")
    unattached = JudgedDataset(untied, Word.UNDETERMINED, (), tuple(range(len(rows), len(kept))), len(loose), ())
    judgement = Judgement(ON, RULES, TEXTS, (), (judged,), unattached if loose else None, places, ())
    return assess(judgement, (), Kept(kept, copies), len(copies), flows)


def kinds(assessment: Assessment) -> list[DifferenceKind]:
    return [one.kind for one in differences(assessment)]


EDS = replace(dataset("eds", "Entrepôt"), select=(Selector(name="chu-eds"),))
SEEN = (store(BUCKET), place(0, 3))


def test_what_agrees_is_no_difference() -> None:
    agreed = declared("register:eds/p", PlaceKind.PRIMARY, "aws", "FR")

    assert differences(edition(EDS, SEEN, agreed)) == ()


@pytest.mark.parametrize("provider", ["own", "state_cloud", "unknown", "", "ovhcloud"])
def test_a_declared_place_that_nothing_shows_is_told_with_its_line(provider: str) -> None:
    (one,) = differences(edition(EDS, SEEN, declared(TAPES, PlaceKind.BACKUP, provider, "FR")))

    assert (one.kind, one.sample, one.declared_by, one.observed_by) == (
        DifferenceKind.DECLARED_ONLY, (TAPES,), (REGISTER,), ()
    )  # fmt: skip


def test_the_end_of_a_copy_that_no_line_designates_is_told() -> None:
    end = (store(COPY, role=PlaceKind.REPLICA), place(0, 1, role=PlaceKind.REPLICA))
    copy = Copy(BUCKET, COPY, PlaceKind.REPLICA, Known(True, LISTED))

    (one,) = differences(edition(EDS, SEEN, end, copies=(copy,)))

    assert (one.kind, one.observed, one.sample) == (DifferenceKind.OBSERVED_ONLY, ("replica",), (COPY,))


def test_another_country_at_the_declared_provider_is_told_with_both_sides() -> None:
    (one,) = differences(edition(EDS, SEEN, declared("register:eds/p", PlaceKind.PRIMARY, "aws", "DE")))

    assert (one.kind, one.declared, one.observed, one.stores) == (DifferenceKind.COUNTRY, ("DE",), ("FR",), 3)
    assert (one.declared_by, one.observed_by) == ((REGISTER,), (CATALOG,))


def test_a_country_that_is_not_known_differs_from_nothing() -> None:
    hidden = (store(BUCKET), place(0, 1, locations=(Location("x", "", UNTOLD),)))

    assert kinds(edition(EDS, hidden, declared("register:eds/p", PlaceKind.PRIMARY, "aws", "DE"))) == []
    assert kinds(edition(EDS, SEEN, declared("register:eds/p", PlaceKind.PRIMARY, "aws"))) == []


def test_another_provider_for_the_same_role_is_told() -> None:
    found = differences(edition(EDS, SEEN, declared("register:eds/p", PlaceKind.PRIMARY, "ovhcloud", "FR")))

    (other,) = [one for one in found if one.kind is DifferenceKind.PROVIDER]
    assert (other.declared, other.observed) == (("ovhcloud",), ("aws",))


@pytest.mark.parametrize(
    ("about", "seen", "kind"),
    [
        (replace(EDS, hosting=replace(EDS.hosting, model=Known(HostingModel.ON_PREMISES_OWN, REGISTER))), {},
         DifferenceKind.HOSTING),
        (replace(EDS, keys=replace(EDS.keys, country=Known("DE", REGISTER))), {}, DifferenceKind.KEY),
        (replace(EDS, keys=replace(EDS.keys, plaintext_in_service=Known(False, REGISTER))),
         {"key": Known(Key(Custody.PROVIDER), REGION)}, DifferenceKind.KEY),
        (replace(EDS, copies=replace(EDS.copies, encrypted=Known(True, REGISTER))),
         {"key": Absent(REGION), "role": PlaceKind.BACKUP}, DifferenceKind.COPIES),
        (replace(EDS, health=Known(False, REGISTER)), {"holds_health": Known(True, LISTED)}, DifferenceKind.HEALTH),
    ],
)  # fmt: skip
def test_each_other_difference_is_told_when_both_sides_are_known(
    about: Dataset, seen: dict[str, Any], kind: DifferenceKind
) -> None:
    row = (store(BUCKET), place(0, 1, **seen))

    assert kinds(edition(about, row)) == [kind]
    untold = {"hosting_model": UNTOLD, "key": UNTOLD, "key_countries": UNTOLD, "holds_health": UNTOLD}
    assert kinds(edition(about, (store(BUCKET), place(0, 1, **{**seen, **untold})))) == []


def test_differences_are_findings_of_the_information_kind_and_change_no_verdict() -> None:
    found = findings(edition(EDS, SEEN, declared(TAPES, PlaceKind.BACKUP, "own", "FR")))

    (one,) = [finding for finding in found if finding.rule.id.startswith("REG-")]
    assert (one.rule.id, one.rule.kind, one.is_breach, one.dataset) == ("REG-001", "information", False, "eds")
    assert one.verdict.sources == (REGISTER,)


def test_a_difference_is_explained_like_any_finding() -> None:
    whole = edition(EDS, SEEN, declared(TAPES, PlaceKind.BACKUP, "own", "FR"))
    (one,) = [finding for finding in findings(whole) if finding.rule.id == "REG-001"]

    text = reports.explain(whole, one.id, "en")

    assert "REG-001" in text
    assert REGISTER.what in text


def test_stores_tied_to_none_that_look_like_health_data_get_lines_that_tie_them() -> None:
    dicom = (
        store("arn:1", kind="AWS::X", holds_health=Known(True, LISTED)),
        place(0, 1, holds_health=Known(True, LISTED)),
    )
    named = (store("arn:2*", kind="AWS::X", signals=(Signal("name", "irm", 0.6, "name"),)), place(0, 1))
    plain = (store("arn:3", kind="AWS::X", signals=()), place(0, 1))

    (one,) = suggestions(edition(EDS, SEEN, loose=(dicom, named, plain)))

    assert (one.kind, one.stores, one.sample) == ("AWS::X", 2, ("arn:1", "arn:2*"))
    (line,) = yaml.safe_load(one.yaml)
    assert line["select"] == [{"id": "arn:1"}, {"id": "arn:2?"}]
    assert line["facts"] == {"health": "yes"}


@pytest.mark.parametrize(
    ("copies", "seen"),
    [
        ((Copy(BUCKET, COPY, PlaceKind.REPLICA, Known(True, LISTED)),), True),
        ((Copy(BUCKET, "mid", PlaceKind.REPLICA, Known(True, LISTED)),
          Copy("mid", COPY, PlaceKind.REPLICA, Known(True, LISTED))), True),
        ((Copy(COPY, BUCKET, PlaceKind.REPLICA, Known(True, LISTED)),), False),
        ((Copy(BUCKET, COPY, PlaceKind.REPLICA, Known(True, REGISTER)),), False),
        ((Copy(BUCKET, COPY, PlaceKind.REPLICA, UNTOLD),), False),
        ((), False),
    ],
)  # fmt: skip
def test_a_flow_is_observed_when_copies_that_were_seen_lead_to_its_end(copies: tuple[Copy, ...], seen: bool) -> None:
    flow = Flow("f", "eds", "chu-eds", "sftp", "chu-copie", "", UNTOLD)
    whole = edition(EDS, SEEN, copies=copies, flows=(flow,))

    assert (flow.id in observed(whole)) is seen
    (record,) = json.loads(b"".join(reports.load("json").render(whole)))["flows"]
    assert record["observed"] is seen


def notice(deadline: date = date(2026, 12, 1), closed: Observed[date] = OPEN, **proofs: Any) -> Notice:
    told = tuple(Proof(name, day) for name, day in proofs.items())
    failing = Failing("journaux", "Traçabilité des accès", ("RGPD 32",), ("ACC-004",), told, REGISTER)
    return Notice("MED-1", "CNIL", date(2026, 9, 1), deadline, ("eds",), (failing,), UNTOLD, closed, REGISTER)


@pytest.mark.parametrize(
    ("one", "state", "days"),
    [
        (notice(), NoticeState.RUNNING, 10),
        (notice(ON), NoticeState.RUNNING, 0),
        (notice(date(2026, 11, 20)), NoticeState.OVERDUE, -1),
        (notice(date(2026, 11, 20), Known(ON, REGISTER)), NoticeState.CLOSED, -1),
        (notice(closed=Known(date(2026, 11, 22), REGISTER)), NoticeState.RUNNING, 10),
    ],
)
def test_days_are_counted_on_the_day_of_the_edition(one: Notice, state: NoticeState, days: int) -> None:
    (view,) = notices(edition(replace(EDS, notices=(one,)), SEEN))

    assert (view.state, view.days_left) == (state, days)


@pytest.mark.parametrize(
    ("proofs", "outcome", "state"),
    [
        ({}, Outcome.PASS, FailingState.MISSING),
        ({"pv": Known(date(2026, 10, 1), REGISTER)}, Outcome.PASS, FailingState.CONFIRMED),
        ({"pv": Known(date(2026, 10, 1), REGISTER)}, Outcome.NOT_APPLICABLE, FailingState.CONFIRMED),
        ({"pv": Known(date(2026, 10, 1), REGISTER)}, Outcome.UNDETERMINED, FailingState.DOCUMENTED),
        ({"pv": Known(date(2026, 10, 1), REGISTER)}, None, FailingState.DOCUMENTED),
        ({"pv": Known(date(2026, 10, 1), REGISTER)}, Outcome.FAIL, FailingState.CONTRADICTED),
        ({"pv": UNTOLD}, Outcome.PASS, FailingState.UNCOUNTED),
        ({"pv": Known(date(2026, 8, 1), REGISTER)}, Outcome.PASS, FailingState.UNCOUNTED),
        ({"pv": Known(date(2026, 11, 22), REGISTER)}, Outcome.PASS, FailingState.UNCOUNTED),
    ],
)
def test_a_failing_is_mended_by_a_dated_document_and_confirmed_by_its_rules(
    proofs: dict[str, Any], outcome: Outcome | None, state: FailingState
) -> None:
    outcomes = (replace(verdict("A31-003", outcome), rule="ACC-004"),) if outcome else ()
    about = replace(EDS, notices=(notice(**proofs),))

    (view,) = notices(edition(about, SEEN, outcomes=outcomes))

    assert view.failings[0].state is state
    assert view.failings[0].outcomes == (("eds", "ACC-004", outcome),)


def test_a_notice_served_later_is_none_yet() -> None:
    later = replace(notice(), served_on=date(2026, 11, 22))

    assert notices(edition(replace(EDS, notices=(later,)), SEEN)) == ()


@pytest.mark.parametrize("lang", reports.LANGUAGES)
def test_the_committee_reads_differences_suggested_lines_and_the_clock(lang: str) -> None:
    dicom = (store("arn:1", "<b>", holds_health=Known(True, LISTED)), place(0, 1, holds_health=Known(True, LISTED)))
    about = replace(EDS, notices=(notice(),))
    whole = edition(about, SEEN, declared(TAPES, PlaceKind.BACKUP, "own", "FR"), loose=(dicom,))

    page = b"".join(reports.load("html").render(whole, lang)).decode()
    text = b"".join(reports.load("table").render(whole, lang)).decode()
    told = json.loads(b"".join(reports.load("json").render(whole, lang)))

    assert ("Il reste 10 jours." if lang == "fr" else "10 days left.") in page
    assert ("Il reste 10 jours." if lang == "fr" else "10 days left.") in re.sub(r"\s+", " ", text)
    assert "Bandes LTO" in page
    assert "a-nommer-1" in page
    assert [one["kind"] for one in told["differences"]] == ["declared_only"]
    assert told["notices"][0]["days_left"] == 10
    assert told["suggestions"][0]["sample"] == ["arn:1"]
