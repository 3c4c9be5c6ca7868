"""The register: every key read as written, every mistake named with its line, nothing guessed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import scanners
from model.datasets import ControllerKind, HostingModel, Identity, Selector
from model.errors import DocumentError, TargetError, UsageError
from model.observed import Absent, Grade, Known, Reason, Unread
from model.places import Copy, NamedEntity, Observations, PlaceKind, Site, Target
from model.reading import parse_yaml

WHOLE = Path(__file__).with_name("whole.yaml").read_text(encoding="utf-8")


def scan(folder: Path, text: str, **settings: str) -> Observations:
    path = folder / "register.yaml"
    path.write_text(text, encoding="utf-8")
    target = Target("declared", "register", tuple(sorted({"path": str(path), **settings}.items())))
    jobs = scanners.load("declared").plan(target)
    (done,) = scanners.run(jobs, scanners.InlineExecutor(), in_flight=1, budget_seconds=10)
    assert done.complete
    return done.step.observations


def register(datasets: str) -> str:
    return f"format: lexsitus/register/1\ndatasets:\n{datasets}"


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.fixture
def whole(tmp_path: Path) -> Observations:
    return scan(tmp_path, WHOLE)


class TestFacts:
    def test_every_fact_that_is_stated_is_known_with_its_line_and_grade(self, whole: Observations) -> None:
        eds = whole.datasets[0]

        assert isinstance(eds.health, Known)
        assert eds.health.value is True
        assert eds.health.source.what == f"register.yaml:{line_of(WHOLE, 'health: ')}"
        assert eds.health.source.grade is Grade.DECLARED
        assert abs((datetime.now(UTC) - eds.health.source.read_at).total_seconds()) < 60
        assert values(eds.identity, eds.snds, eds.persons) == [Identity.PSEUDONYMOUS, False, 1_200_000]
        assert values(eds.secret, eds.breach_harm) == [("secret_medical",), ("sante_vie",)]
        assert values(*fields(eds.hosting)[:3]) == [HostingModel.COMMERCIAL_CLOUD, True, (1, 2, 3, 4, 5, 6)]
        assert values(*fields(eds.access)[:3]) == [("FR",), ("FR", "NO"), True]
        assert values(*fields(eds.keys)[:3]) == ["GIP Exemple", "FR", False]
        assert values(*fields(eds.formality)) == ["authorisation", "2023-146", date(2023, 12, 21), date(2026, 12, 21)]
        assert values(*fields(eds.contract)[:6]) == [("EXI 28",), True, True, True, True, True]
        assert values(*fields(eds.anonymity)) == [(True, True, False), "rapport 12", date(2025, 1, 15)]
        assert values(*fields(eds.access_log)) == [True, True, 12, date(2026, 6, 1)]
        assert values(eds.access_authority, eds.places_complete) == ["praticien_conseil", True]

    def test_transfers_claims_and_the_derogation_are_read_field_by_field(self, whole: Observations) -> None:
        eds = whole.datasets[0]

        assert isinstance(eds.transfers, Known)
        (transfer,) = eds.transfers.value
        assert (transfer.country, transfer.recipient, transfer.tool) == ("US", "Exemple Inc.", "art46_scc")
        assert isinstance(transfer.dpf_entry, Unread)
        assert values(transfer.tia_date) == [date(2026, 3, 1)]
        (claim,) = eds.claims
        assert values(claim.scheme, claim.version, claim.status, claim.expires_on) == ["hds", "v2", "granted",
                                                                                       date(2028, 3, 1)]  # fmt: skip
        assert isinstance(claim.service_id, Unread)
        assert eds.derogation is not None
        assert values(eds.derogation.project_engaged_on, eds.derogation.minister) == [date(2023, 1, 1), "Santé"]
        assert isinstance(eds.derogation.acceptable_offer_on, Unread)

    def test_what_is_left_out_is_unknown_and_never_no(self, tmp_path: Path) -> None:
        (bare,) = scan(tmp_path, register("  - id: bare\n")).datasets

        facts = [bare.health, bare.snds, bare.secret, bare.transfers, bare.places_complete, *fields(bare.hosting),
                 *fields(bare.contract), *fields(bare.keys), *fields(bare.access_log)]  # fmt: skip
        assert all(isinstance(fact, Unread) and fact.reason is Reason.NOT_DECLARED for fact in facts)
        assert bare.health == Unread(Reason.NOT_DECLARED, bare.health.source, "facts.health: not in the register")
        assert bare.derogation is None
        assert (bare.claims, bare.select, bare.declared) == ((), (), ())

    @pytest.mark.parametrize("word", ["unknown", '"unknown"', "null", "~", ""])
    def test_unknown_and_null_are_no_answer(self, tmp_path: Path, word: str) -> None:
        (dataset,) = scan(tmp_path, register(f"  - id: a\n    facts: {{health: {word}, secret: {word}}}\n")).datasets

        assert isinstance(dataset.health, Unread)
        assert dataset.health.source.what == "register.yaml:4"
        assert isinstance(dataset.secret, Unread)

    def test_an_empty_list_states_that_there_is_none(self, tmp_path: Path) -> None:
        (dataset,) = scan(tmp_path, register("  - id: a\n    facts: {secret: []}\n    transfers: []\n")).datasets

        assert values(dataset.secret, dataset.transfers) == [(), ()]

    def test_norway_is_a_country_and_no_boolean(self, tmp_path: Path) -> None:
        (dataset,) = scan(tmp_path, register("  - id: a\n    access: {admin_countries: [NO]}\n")).datasets

        assert values(dataset.access.admin_countries) == [("NO",)]


class TestControllers:
    def test_the_nearest_controller_counts(self, tmp_path: Path) -> None:
        text = (
            "format: lexsitus/register/1\ncontroller: {name: GIP, kind: gip_listed}\ndatasets:\n  - id: a\n"
            "  - {id: b, controller: {name: HDH, kind: hdh}}\n"
        )

        a, b = scan(tmp_path, text, organisation="CHU", controller="public_hospital").datasets

        assert (a.controller.name, a.controller.kind) == ("GIP", ControllerKind.GIP_LISTED)
        assert (b.controller.name, b.controller.kind) == ("HDH", ControllerKind.HDH)

    def test_without_any_the_organisation_of_the_configuration_is_the_controller(self, tmp_path: Path) -> None:
        (a,) = scan(tmp_path, register("  - id: a\n"), organisation="CHU", controller="public_hospital").datasets

        assert (a.controller.name, a.controller.kind) == ("CHU", ControllerKind.PUBLIC_HOSPITAL)

    def test_and_without_that_its_kind_is_unknown(self, tmp_path: Path) -> None:
        (a,) = scan(tmp_path, register("  - id: a\n")).datasets

        assert a.controller.kind is ControllerKind.UNKNOWN


class TestPlaces:
    def test_a_declared_place_is_a_store_of_its_dataset(self, whole: Observations) -> None:
        tapes = whole.stores[0]

        assert whole.datasets[0].declared == tuple(store.id for store in whole.stores)
        assert (tapes.id, tapes.kind, tapes.name) == (
            "register:edsante/bande-lto",
            "declared.Store",
            "Bandes LTO, site de secours",
        )
        assert (tapes.scanner, tapes.target, tapes.role, tapes.seen) == ("declared", "register", PlaceKind.BACKUP, True)
        assert values(tapes.provider, tapes.sites, tapes.entity) == [
            "own",
            (Site(country="FR"),),
            NamedEntity("GIP", "FR"),
        ]
        assert values(tapes.checked_on) == [date(2026, 10, 1)]
        unread = (tapes.service, tapes.service_id, tapes.key, tapes.public, tapes.size_bytes, tapes.tags)
        assert all(isinstance(fact, Unread) and fact.reason is Reason.NOT_DECLARED for fact in unread)

    def test_a_place_proven_by_a_contract_names_the_document(self, whole: Observations) -> None:
        host = whole.stores[1]

        assert isinstance(host.sites, Known)
        assert host.sites.value == (Site(region="GRA", country="FR"),)
        assert host.sites.source.grade is Grade.CONTRACT
        assert host.sites.source.what == f"marché 2024-17, annexe 3 (register.yaml:{line_of(WHOLE, 'region: GRA') + 1})"
        assert values(host.provider, host.service, host.service_id) == [
            "ovhcloud",
            "hosted-private-cloud",
            "ovh-hpc-vsphere",
        ]

    def test_an_unknown_provider_stays_unknown(self, whole: Observations) -> None:
        tool = whole.stores[2]

        assert isinstance(tool.provider, Unread)
        assert isinstance(tool.sites, Unread)
        assert isinstance(tool.checked_on, Unread)

    def test_copies_name_places_of_the_dataset_of_another_one_and_observed_stores(self, tmp_path: Path) -> None:
        text = register(
            "  - id: a\n    places:\n"
            "      - {id: one, kind: backup, copy_of: server}\n"
            "      - {id: two, kind: replica, copy_of: b/server}\n"
            "      - {id: three, kind: extract, copy_of: ['arn:aws:s3:::x', one]}\n"
        )

        copies = scan(tmp_path, text).copies

        assert [(copy.of, copy.at, copy.kind) for copy in copies] == [
            ("register:a/server", "register:a/one", PlaceKind.BACKUP),
            ("register:b/server", "register:a/two", PlaceKind.REPLICA),
            ("arn:aws:s3:::x", "register:a/three", PlaceKind.EXTRACT),
            ("register:a/one", "register:a/three", PlaceKind.EXTRACT),
        ]
        assert all(isinstance(copy.answer, Known) and copy.answer.value for copy in copies)
        assert copies[0].answer.source.what == "register.yaml:5"

    def test_an_origin_that_is_declared_nowhere_makes_no_store(self, whole: Observations) -> None:
        assert isinstance(whole.copies[0], Copy)
        assert whole.copies[0].of == "register:edsante/edsante-primaire"
        assert "register:edsante/edsante-primaire" not in {store.id for store in whole.stores}

    def test_selectors_keep_every_part(self, whole: Observations) -> None:
        assert whole.datasets[0].select == (
            Selector(tags=(("jeu", "edsante"),)),
            Selector(name="chu-eds-*", scanner="aws"),
            Selector(id="arn:aws:s3:::chu-eds-brut"),
            Selector(target="chu-prod", kind="AWS::RDS::DBInstance", account="012345678901"),
        )


class TestDecisions:
    def test_flows_and_derogations_are_read(self, whole: Observations) -> None:
        known, silent, none = whole.flows
        (derogation,) = whole.derogations

        assert (known.origin, known.means, known.destination) == ("Hippocrate décisionnel", "bluefiles", "serveur CPAM")
        assert known.destination_provider == ""
        assert values(known.decision) == ["décision 2026-4"]
        assert isinstance(silent.decision, Unread)
        assert isinstance(none.decision, Absent)
        assert (derogation.starts_on, derogation.ends_on) == (date(2026, 1, 1), date(2026, 12, 31))
        assert derogation.covers == (("edsante", "A31-003"),)


DECISION = "derogations:\n  - {id: d, act: x, owner: x, approver: x, starts: 2026-02-01,"
PLACE = "    places:\n      - "


@pytest.mark.parametrize(
    ("datasets", "says"),
    [
        ("  - {title: x}\n", r":3: datasets\[0\]: missing key 'id'"),
        ("  - {id: a/b}\n", r":3: datasets\[0\].id: expected an id of letters"),
        ("  - {id: a}\n  - {id: a}\n", r":4: datasets\[1\].id: the id 'a' is taken \(line 3\)"),
        ("  - {id: a, fatcs: {}}\n", r"unknown key 'fatcs'; did you mean 'facts'"),
        ("  - {id: a, facts: {helth: 'yes'}}\n", r"datasets\[0\].facts.helth: unknown key"),
        ("  - {id: a, facts: {health: perhaps}}\n", r'expected "yes", "no" or "unknown", found \'perhaps\''),
        ("  - {id: a, facts: {identity: pseudo}}\n", r"expected one of nominative, pseudonymous, anonymous"),
        ("  - {id: a, facts: {persons: -1}}\n", r"expected a whole number from 0"),
        ("  - {id: a, facts: {persons: 1 200 000}}\n", r"expected a whole number"),
        ("  - {id: a, facts: {breach_harm: [none, sante_vie]}}\n", r'"none" stands alone'),
        ("  - {id: a, facts: {breach_harm: [sante]}}\n", r"expected one of ordre_public"),
        ("  - {id: a, facts: {secret: [unknown]}}\n", r'write "unknown" instead of the whole list'),
        ("  - {id: a, facts: {secret: secret_medical}}\n", r"expected a list"),
        ("  - {id: a, hosting: {model: cloud}}\n", r"expected one of on_premises_own"),
        ("  - {id: a, hosting: {activities: [7]}}\n", r"expected an HDS activity from 1 to 6"),
        ("  - {id: a, hosting: {activities: [1, 1]}}\n", r"stands twice"),
        ("  - {id: a, access: {admin_countries: [UK]}}\n", r"two capital letters .* found 'UK'; did you mean GB"),
        ("  - {id: a, access: {admin_countries: [France]}}\n", r"did you mean FR"),
        ("  - {id: a, keys: {country: fr}}\n", r"did you mean FR"),
        ("  - {id: a, formality: {date: 2026-02-01, expires: 2026-01-01}}\n", r"expires \(2026-01-01\) is before date"),
        ("  - {id: a, formality: {date: 01/02/2026}}\n", r"YYYY-MM-DD"),
        ("  - {id: a, transfers: [{country: US}]}\n", r"missing key 'recipient'"),
        ("  - {id: a, transfers: [{country: US, recipient: x, tool: scc}]}\n", r"expected one of art45, art45_dpf"),
        ("  - {id: a, anonymity: {criteria: [true, true]}}\n", r"expected three of true or false"),
        ("  - {id: a, qualification_claims: [{scheme: snc}]}\n", r"expected one of secnumcloud, hds"),
        ("  - {id: a, qualification_claims: [{issued: 2026-02-01, expires: 2026-01-01}]}\n", r"is before issued"),
        ("  - {id: a, qualification_claims: [{status: ok}]}\n", r"expected one of granted, in_progress"),
        ("  - {id: a, derogation: {granted_at: 2026-02-01, ends_at: 2026-01-01}}\n", r"is before granted_at"),
        ("  - {id: a, derogation: {until: 2026-02-01}}\n", r"unknown key 'until'"),
        ("  - {id: a, controller: {name: x}}\n", r"missing key 'kind'"),
        ("  - {id: a, controller: {name: x, kind: hospital}}\n", r"expected one of state_admin"),
        ("  - {id: a, select: [{}]}\n", r"an empty line would select every store"),
        ("  - {id: a, select: [{tag: jeu}]}\n", r"expected a mapping"),
        ("  - {id: a, select: [{tags: {a: b}}]}\n", r"unknown key 'tags'; did you mean 'tag'"),
        (f"  - id: a\n{PLACE}{{id: p}}\n", r":5: datasets\[0\].places\[0\]: missing key 'kind'"),
        (f"  - id: a\n{PLACE}{{id: p, kind: tape}}\n", r"expected one of primary, backup"),
        (f"  - id: a\n{PLACE}{{id: p, kind: log}}\n      - {{id: p, kind: log}}\n", r":6: .*the id 'p' is taken"),
        (f"  - id: a\n{PLACE}{{id: p, kind: log, evidence: api}}\n", r"expected one of declared, contract"),
        (f"  - id: a\n{PLACE}{{id: p, kind: log, evidence: contract}}\n", r"contract needs document"),
        (f"  - id: a\n{PLACE}{{id: p, kind: primary, copy_of: q}}\n", r"a primary place is no copy"),
        (f"  - id: a\n{PLACE}{{id: p, kind: backup, copy_of: p}}\n", r"no copy of itself"),
        (f"  - id: a\n{PLACE}{{id: p, kind: log, country: EU}}\n", r"two capital letters"),
        (f"  - id: a\n{PLACE}{{id: p, kind: log, entity: {{seat: FR}}}}\n", r"missing key 'name'"),
        (f"  - id: a\n{PLACE}{{id: p, kind: log, name: ' '}}\n", r"expected a text, found nothing"),
        ("  - {id: a}\nflows:\n  - {id: f, dataset: b, source: s, means: m, destination: {name: d}}\n",
         r":5: flows\[0\].dataset: no dataset 'b' in this register; known: a"),
        ("  - {id: a}\nderogations:\n  - {id: d}\n", r"missing key 'act'"),
        (f"  - {{id: a}}\n{DECISION} ends: 2026-01-31, covers: [{{dataset: a, rule: R}}]}}\n",
         r":5: derogations\[0\].ends: ends \(2026-01-31\) is before starts"),
        (f"  - {{id: a}}\n{DECISION} ends: 2026-02-01, covers: []}}\n", r"covers nothing"),
    ],
)  # fmt: skip
def test_a_mistake_stops_the_plan_and_is_named_with_its_line(tmp_path: Path, datasets: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says) as error:
        scan(tmp_path, register(datasets))

    assert str(error.value).startswith(str(tmp_path / "register.yaml"))
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("datasets: []\n", "missing key 'format'; a register begins with: format: lexsitus/register/1"),
        ("format: lexsitus/register/2\n", "expected lexsitus/register/1, found 'lexsitus/register/2'"),
        ("format: lexsitus/register/1\ndatset: []\n", "unknown key 'datset'; did you mean 'datasets'"),
        ("- a\n", "expected a mapping"),
        ("", "the file is empty"),
        (WHOLE[: len(WHOLE) // 2] + "\n  - {", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_register_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        scan(tmp_path, text)


def test_a_secret_is_refused_with_its_line_and_never_repeated(tmp_path: Path) -> None:
    text = register("  - id: a\n    title: AKIAIOSFODNN7EXAMPLE\n")

    with pytest.raises(DocumentError, match=r"register.yaml:4: this looks like an AWS access key id") as error:
        scan(tmp_path, text)

    assert "AKIA" not in str(error.value)


@pytest.mark.parametrize("name", ["\u202eevil", "\x1b[31mred", "a\nb", "=1+1" * 3_000])
def test_a_hostile_key_is_shown_escaped_and_short(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError) as error:
        scan(tmp_path, yaml.safe_dump({"format": "lexsitus/register/1", name: 1}, allow_unicode=True))

    assert str(error.value).isprintable()
    assert len(str(error.value)) < 600


class TestPlan:
    def plan(self, **settings: Any) -> None:
        scanners.load("declared").plan(Target("declared", "r", tuple(sorted(settings.items()))))

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(DocumentError, match=r"none.yaml: cannot be read"):
            self.plan(path=str(tmp_path / "none.yaml"))

    @pytest.mark.parametrize("name", ["register.docx", "register.pdf", "register"])
    def test_a_file_of_another_kind_is_refused_with_those_that_are_read(self, name: str) -> None:
        with pytest.raises(UsageError, match=r"is no form of a register; known: .yaml, .yml, .xlsx"):
            self.plan(path=name)

    def test_settings_of_another_type_are_refused(self) -> None:
        with pytest.raises(TargetError, match="path: expected a text"):
            self.plan()
        with pytest.raises(TargetError, match="controller: expected one of"):
            self.plan(path="x.yaml", controller="emperor")

    def test_a_register_that_changes_is_another_job(self, tmp_path: Path) -> None:
        path = tmp_path / "register.yaml"
        target = Target("declared", "r", (("path", str(path)),))
        keys = set()
        for text in (register("  - {id: a}\n"), register("  - {id: b}\n")):
            path.write_text(text)
            keys |= {job.key for job in scanners.load("declared").plan(target)}

        assert len(keys) == 2

    def test_what_was_checked_is_what_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "register.yaml"
        path.write_text(register("  - {id: a}\n"))
        jobs = scanners.load("declared").plan(Target("declared", "r", (("path", str(path)),)))
        path.write_text("garbage: [")

        (done,) = scanners.run(jobs, scanners.InlineExecutor(), in_flight=1, budget_seconds=10)

        assert [dataset.id for dataset in done.step.observations.datasets] == ["a"]


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, below in inner for one in paths(below, (*path, key)))] if path else [
        one for key, below in inner for one in paths(below, (key,))
    ]  # fmt: skip


TREE = yaml.load(WHOLE, yaml.BaseLoader)
PATHS = paths(TREE)


@given(
    st.sampled_from(PATHS),
    st.sampled_from([None, "", "?", "unknown", [], {}, [[]], {"x": "y"}, "2026-13-40", "\u202e"]),
)
@settings(max_examples=120, deadline=None)
def test_a_register_with_any_value_replaced_is_read_or_refused_and_never_fails(
    path: tuple[Any, ...], value: Any
) -> None:
    changed(path, lambda parent, key: parent.__setitem__(key, value))


@given(st.sampled_from(PATHS))
@settings(max_examples=60, deadline=None)
def test_a_register_with_any_value_removed_is_read_or_refused_and_never_fails(path: tuple[Any, ...]) -> None:
    changed(path, lambda parent, key: parent.pop(key))


def changed(path: tuple[Any, ...], change: Callable[[Any, Any], object]) -> None:
    from model.datasets import Controller
    from scanners.declared._register import observations

    tree = copy.deepcopy(TREE)
    parent = tree
    for step in path[:-1]:
        parent = parent[step]
    change(parent, path[-1])
    text = yaml.safe_dump(tree, allow_unicode=True)
    try:
        observations(
            parse_yaml(text, "r.yaml"), datetime(2026, 11, 21, tzinfo=UTC), "r", Controller("", ControllerKind.HDH)
        )
    except DocumentError as error:
        refused_by = error.path

    assert refused_by == "r.yaml"


def values(*answers: Any) -> list[Any]:
    assert all(isinstance(answer, Known) for answer in answers), answers
    return [answer.value for answer in answers]


def fields(group: Any) -> list[Any]:
    return [getattr(group, name) for name in type(group).__dataclass_fields__]
