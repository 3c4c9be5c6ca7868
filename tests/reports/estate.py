"""Assessments for the tests of the reports: a hospital with everything that can go wrong, and estates of any size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from history._rows import SEPARATOR, RowWriter
from model.assessment import (
    Assessment,
    Cite,
    DataVersion,
    DerogationState,
    Effect,
    Forecast,
    ForecastKind,
    Header,
    JudgedDataset,
    JudgedDerogation,
    JudgedPlace,
    Judgement,
    LawLabel,
    Location,
    Outcome,
    Place,
    Rule,
    RuleKind,
    Severity,
    TextVersion,
    Verdict,
    Word,
    Words,
    exit_of,
    summarise,
)
from model.datasets import Controller, ControllerKind, Dataset, Derogation, Flow, HostingModel, Identity, Selector
from model.datasets import undeclared as _undeclared
from model.observed import Absent, Confidence, Grade, Known, Reason, Source, Unread
from model.parties import (
    Exposure,
    ExposureGrade,
    LegalEntity,
    Link,
    Operator,
    OperatorRole,
    Qualification,
    QualificationStatus,
)
from model.places import Copy, Custody, Gap, Key, PlaceKind, Site, Store

ON = date(2026, 11, 21)
READ_AT = datetime(2026, 11, 21, 8, 12, 3, tzinfo=UTC)

LISTED = Source("s3:ListBuckets", READ_AT, Grade.API)
REGION = Source("s3:GetBucketEncryption", READ_AT.replace(second=4), Grade.API)
REGISTER = Source("register.yaml:12", READ_AT, Grade.DECLARED)
CATALOG = Source(
    "catalog: Amazon Web Services EMEA SARL",
    datetime(2026, 10, 1, tzinfo=UTC),
    Grade.CATALOG,
    Confidence.LIKELY,
    "https://example.org/registry",
)
HEARSAY = Source("catalog: shareholders", datetime(2026, 9, 1, tzinfo=UTC), Grade.CATALOG, Confidence.UNVERIFIED)

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\x1b[2J\x1b[31mred\x9b0m\x7f",
    '=HYPERLINK("http://evil.example","x")',
    "line one\nline two\r\tend",
    "\u202egnp.exe\u2066\u200fhidden\u200b",
    "{{ 7*7 }}{% raw %}",
    "'; DROP TABLE stores; --",
    "x" * 10_240,
    "\ud800 lone",
)


@dataclass(frozen=True)
class Kept:
    """Stores in memory, with the contract of ``model.assessment.Stores``."""

    rows: Sequence[tuple[Store, int]]
    edges: Sequence[Copy] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Store, int]]:
        return iter(sorted(self.rows, key=lambda row: row[0].id))

    def encoded(self) -> Iterator[tuple[dict[str, Any], int]]:
        write = RowWriter().store
        return ((json.loads(write(store).split(SEPARATOR)[2]), facts_id) for store, facts_id in self)

    def ids(self) -> Iterator[tuple[str, int]]:
        return ((store.id, facts_id) for store, facts_id in self)

    def ends(self) -> Iterator[tuple[Store, int]]:
        ends = {copy.at for copy in self.copies()}
        return (row for row in self if row[0].id in ends)

    def declared(self) -> Iterator[tuple[Store, int]]:
        return (row for row in self if row[0].scanner == "declared")

    def find(self, store_id: str) -> tuple[Store, int] | None:
        return next((row for row in self.rows if row[0].id == store_id), None)

    def copies(self) -> Iterator[Copy]:
        return iter(sorted(self.edges, key=lambda c: (c.at, c.of, c.kind)))

    def copies_at(self, store_id: str) -> tuple[Copy, ...]:
        return tuple(c for c in self.copies() if c.at == store_id)

    def copies_of(self, store_id: str) -> tuple[Copy, ...]:
        return tuple(c for c in self.copies() if c.of == store_id)

    def sample(self, facts_id: int, limit: int) -> tuple[Store, ...]:
        return tuple(store for store, facts in self if facts == facts_id)[:limit]


def store(id: str, name: str = "", **changes: object) -> Store:
    """A bucket whose every fact was read, unless changed."""
    whole = Store(
        id=id,
        kind="AWS::S3::Bucket",
        name=name or id.rpartition(":")[2],
        scanner="aws",
        target="chu-prod",
        account="111122223333",
        role=PlaceKind.PRIMARY,
        seen=True,
        provider=Known("aws", LISTED),
        service=Known("s3", LISTED),
        service_id=Absent(LISTED),
        sites=Known((Site("eu-west-3"),), LISTED),
        key=Known(Key(Custody.CUSTOMER_IN_PROVIDER, "arn:aws:kms:eu-west-3:111122223333:key/1", "eu-west-3"), REGION),
        public=Absent(REGION),
        shared_with=Known((), REGION),
        size_bytes=Unread(Reason.NOT_ASKED, LISTED, "no single call gives the size"),
        created_at=Known(datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC), LISTED),
        tags=Known((("jeu", "edsante"),), REGION),
        entity=Absent(LISTED),
        holds_health=Unread(Reason.NOT_TOLD, LISTED),
        checked_on=Known(ON, LISTED),
    )
    return replace(whole, **changes)


AMAZON = LegalEntity("amazon-us", "Amazon.com, Inc.", Known("US", CATALOG), (("SEC", "0001018724"),), (CATALOG,))
EMEA = LegalEntity("aws-emea", "Amazon Web Services EMEA SARL", Known("LU", CATALOG), (("RCS", "B186284"),), (CATALOG,))
AWS = Operator(
    EMEA,
    OperatorRole.CONTRACTING,
    (EMEA, AMAZON),
    (Link("amazon-us", "aws-emea", 100.0, None, True, date(2006, 1, 1), None, (HEARSAY,)),),
    True,
)
CHU = LegalEntity("chu", "CHU d’Exemple", Known("FR", REGISTER), (), (REGISTER,))
OWN = Operator(CHU, OperatorRole.OPERATING, (CHU,), (), True)

CLOUD_ACT = Exposure("US-CLOUD", "US", ExposureGrade.ESTABLISHED, "JR-2", ("aws-emea", "amazon-us"), Confidence.CERTAIN)
FISA = Exposure("US-702", "US", ExposureGrade.LIKELY, "JR-2", ("aws-emea", "amazon-us"), Confidence.UNVERIFIED)

HDS = Qualification(
    scheme="hds",
    version="v2",
    service="Amazon S3",
    service_id="aws-hds",
    status=QualificationStatus.VALID,
    issued_on=date(2025, 3, 1),
    expires_on=date(2028, 3, 1),
    activities=(1, 2, 3, 4, 5, 6),
    listed_on=date(2026, 9, 1),
    stale=False,
    confidence=Confidence.LIKELY,
    why_fr="Le certificat couvre ce service.",
    why_en="The certificate covers this service.",
    source=CATALOG,
)
NO_SNC = replace(
    HDS,
    scheme="secnumcloud",
    version="",
    service_id="",
    status=QualificationStatus.NONE,
    issued_on=None,
    expires_on=None,
    activities=(),
    why_fr="Aucune qualification ne porte sur ce service.",
    why_en="No qualification covers this service.",
)


def place(facts_id: int, stores: int, **changes: object) -> Place:
    """A place at AWS Paris, unless changed."""
    whole = Place(
        facts_id=facts_id,
        stores=stores,
        scanner="aws",
        target="chu-prod",
        role=PlaceKind.PRIMARY,
        seen=True,
        grade=Grade.API,
        checked_on=Known(ON, LISTED),
        provider=Known("aws", LISTED),
        service=Known("s3", LISTED),
        hosting_model=Known(HostingModel.COMMERCIAL_CLOUD, REGISTER),
        locations=(Location("eu-west-3", "", Known(("FR",), CATALOG)),),
        operators=Known((AWS,), CATALOG),
        qualifications=(HDS, NO_SNC),
        key=Known(Key(Custody.CUSTOMER_IN_PROVIDER, "", "eu-west-3"), REGION),
        key_countries=Known(("FR",), CATALOG),
        holds_health=Unread(Reason.NOT_TOLD, LISTED),
        touched=False,
        sources=(LISTED, CATALOG),
    )
    return replace(whole, **changes)


def rule(id: str, fr: str, en: str, kind: RuleKind = RuleKind.BREACH, **changes: object) -> Rule:
    """A rule of gravest severity in force since April 2026, unless changed."""
    whole = Rule(
        id=id,
        titles=Words(fr, en),
        kind=kind,
        severity=Severity.BLOCKER,
        basis=(Cite("sren", "31", "2024-05-23"),),
        in_force_from=date(2026, 4, 16),
        checked_on=date(2026, 10, 1),
        remedy=Words(
            "Migrer vers un service qualifié ou documenter la dérogation",
            "Move to a qualified service or document the derogation",
        ),
    )
    return replace(whole, **changes)


RULES = (
    rule(
        "A31-003",
        "Service conforme aux critères",
        "Service meets criteria",
    ),
    rule(
        "HDS-003",
        "Stockage dans l’EEE",
        "EEA storage",
        basis=(Cite("csp", "L.1111-8, IV", "2026-03-26"),),
        remedy=Words(
            "Supprimer ou relocaliser les copies hors de l’EEE", "Delete or relocate the copies outside the EEA"
        ),
    ),
    rule(
        "INV-001",
        "Localisation connue de chaque copie",
        "Every copy located",
        severity=Severity.HIGH,
        basis=(Cite("rgpd", "30 et 32"),),
        remedy=Words("Dresser la liste des sauvegardes, journaux et extractions", "List backups, logs and extracts"),
    ),
    rule(
        "JUR-001",
        "Droit tiers établi",
        "Third-country law reaches data",
        RuleKind.EXPOSURE,
        severity=Severity.HIGH,
        basis=(Cite("cloud-act", "18 USC 2713"),),
        remedy=Words("Changer de fournisseur ou de modèle de clés", "Change provider or key model"),
    ),
    rule("SNC-004", "Siège dans l’Union", "EU seat", RuleKind.INDICATIVE, severity=Severity.LOW),
)

TEXTS = (
    TextVersion(
        "sren",
        Words("Loi n° 2024-449 du 21 mai 2024 (SREN)", "Act no. 2024-449 of 21 May 2024 (SREN)"),
        "2024-05-23",
        date(2024, 5, 23),
        date(2026, 10, 1),
        "certain",
        "https://www.legifrance.gouv.fr/",
    ),
    TextVersion(
        "csp",
        Words("Code de la santé publique", "Public Health Code"),
        "2026-03-26",
        None,
        date(2026, 10, 1),
        "likely",
        "",
    ),
    TextVersion("rgpd", Words("RGPD", "GDPR"), "2016-05-04", date(2018, 5, 25), date(2026, 10, 1), "certain", ""),
    TextVersion("cloud-act", Words("CLOUD Act", "CLOUD Act"), "2018", None, date(2026, 10, 1), "unverified", ""),
)
LAWS = (
    LawLabel("US-CLOUD", "US", Words("CLOUD Act", "CLOUD Act"), Words("en vigueur", "in force"), "certain"),
    LawLabel(
        "US-702",
        "US",
        Words("FISA, section 702", "FISA section 702"),
        Words("échue, certifications maintenues jusqu’en mars 2027", "lapsed, certifications kept until March 2027"),
        "unverified",
    ),
)


def verdict(rule: str, outcome: Outcome, **changes: object) -> Verdict:
    """A verdict with one reason in both languages."""
    whole = Verdict(
        rule,
        outcome,
        Severity.BLOCKER,
        (Words(f"Motif de {rule} en français.", f"Reason of {rule} in English."),),
        sources=(LISTED, CATALOG),
    )
    return replace(whole, **changes)


def dataset(id: str, title: str, **changes: object) -> Dataset:
    """A health dataset of a public hospital."""
    bare = _undeclared(id, title, Controller("CHU d’Exemple", ControllerKind.PUBLIC_HOSPITAL), REGISTER)
    return replace(
        bare,
        health=Known(True, REGISTER),
        identity=Known(Identity.PSEUDONYMOUS, REGISTER),
        persons=Known(1_200_000, REGISTER),
        **changes,
    )


PRIMARY = "arn:aws:s3:::chu-eds-brut"
REPLICA = "arn:aws:s3:::chu-eds-secours"
TAPE = "register:edsante/bande-lto"

EDSANTE = dataset(
    "edsante",
    "Entrepôt de données de santé",
    select=(Selector(tags=(("jeu", "edsante"),), scanner="aws"), Selector(name="chu-eds-br*")),
    declared=(TAPE,),
)
AGENDA = replace(
    dataset("agenda", "Rendez-vous <b>en ligne</b>\u202e"),
    persons=Unread(Reason.NOT_DECLARED, REGISTER),
    select=(Selector(name="agenda"),),
)


GAPS = (
    Gap(
        scanner="aws",
        target="chu-prod",
        account="111122223333",
        region="eu-west-3",
        scope="réplication de chu-exports",
        operation="s3:GetBucketReplication",
        reason=Reason.REFUSED,
        seen_at=READ_AT,
        permission="s3:GetReplicationConfiguration",
        who_can_grant="administrateur du compte 111122223333",
        detail="AccessDenied",
        store="arn:aws:s3:::chu-exports",
    ),
    Gap(
        scanner="aws",
        target="chu-prod",
        account="444455556666",
        region="us-east-1",
        scope="bases RDS <img src=x>\x1b[2J",
        operation="rds:DescribeDBInstances",
        reason=Reason.THROTTLED,
        seen_at=READ_AT,
    ),
)


def header(**changes: object) -> Header:
    """The head of an edition made on 21 November 2026."""
    version = DataVersion("2026.11", "ab" * 32, date(2026, 10, 1), False)
    whole = Header(
        edition="20261121T081203Z-7f3a",
        tool_version="0.1.0",
        organisation="CHU d’Exemple <b>",
        controller="public_hospital",
        started_at=READ_AT,
        finished_at=READ_AT.replace(minute=20),
        on=ON,
        snapshot_sha256="cd" * 32,
        catalog=version,
        legislation=replace(
            version, warnings=(Words("Règle non réactualisée : A31-005.", "Rule not refreshed: A31-005."),)
        ),
        previous="",
    )
    return replace(whole, **changes)


def assess(
    judgement: Judgement,
    gaps: tuple[Gap, ...],
    stores: object,
    copies: int,
    flows: tuple[Flow, ...] = (),
    **head: object,
) -> Assessment:
    """The assessment of a judgement, with its counts and exit code computed by the model."""
    top = header(**head)
    return Assessment(
        top,
        judgement,
        gaps,
        flows,
        summarise(judgement, copies, gaps),
        exit_of(judgement, len(gaps), top),
        stores,
    )


COMING = (
    Forecast(
        date(2026, 12, 31),
        ForecastKind.DEROGATION_ENDS,
        "D-2026-01",
        date(2027, 1, 1),
        (Effect("edsante", "A31-003", "derogated", "fail"),),
        (REGISTER,),
    ),
    Forecast(date(2028, 3, 1), ForecastKind.QUALIFICATION_EXPIRES, "hds Amazon S3", date(2028, 3, 1), (), (CATALOG,)),
)


def hospital(**head: object) -> Assessment:
    """One breach of each sort, an open question, a derogation, an exposure, gaps, hostile names."""
    refused = Unread(Reason.REFUSED, REGION, "403")
    strays = [
        store(f"arn:aws:s3:::stray-{n:02}", name, tags=Known((("owner", name),), REGION))
        for n, name in enumerate(HOSTILE)
    ]
    rows = [
        (store(PRIMARY), 0),
        (
            store(
                REPLICA,
                account="444455556666",
                role=PlaceKind.REPLICA,
                seen=False,
                key=refused,
                public=refused,
                shared_with=refused,
                created_at=refused,
                tags=refused,
                sites=Known((Site("us-east-1"),), REGION),
            ),
            1,
        ),
        (
            store(
                TAPE,
                "Bandes LTO, site de secours",
                kind="declared.Store",
                scanner="declared",
                target="register",
                account="",
                role=PlaceKind.BACKUP,
                provider=Known("own", REGISTER),
                service=Absent(REGISTER),
                sites=Known((Site(country="FR"),), REGISTER),
                tags=Absent(REGISTER),
                key=Absent(REGISTER),
            ),
            2,
        ),
        (store("arn:aws:s3:::agenda", tags=Known((), REGION)), 3),
        *((stray, 4) for stray in strays),
    ]
    edges = (
        Copy(PRIMARY, REPLICA, PlaceKind.REPLICA, Known(True, REGION)),
        Copy(PRIMARY, TAPE, PlaceKind.BACKUP, Known(True, REGISTER)),
    )
    a31 = verdict("A31-003", Outcome.FAIL, derogation="D-2026-01")
    hds = verdict("HDS-003", Outcome.FAIL, parameters=(("hds.storage", "EEA", "csp art. L. 1111-8"),))
    inv = verdict("INV-001", Outcome.UNDETERMINED, missing=("places_complete", "location.country"))
    jur = verdict("JUR-001", Outcome.FAIL, severity=Severity.HIGH)
    snc = verdict("SNC-004", Outcome.FAIL, severity=Severity.LOW)
    away = place(
        1,
        1,
        role=PlaceKind.REPLICA,
        seen=False,
        locations=(Location("us-east-1", "", Known(("US",), CATALOG)),),
        key=refused,
        key_countries=refused,
    )
    tape = place(
        2,
        1,
        scanner="declared",
        target="register",
        role=PlaceKind.BACKUP,
        grade=Grade.DECLARED,
        provider=Known("own", REGISTER),
        service=Absent(REGISTER),
        hosting_model=Known(HostingModel.ON_PREMISES_OWN, REGISTER),
        locations=(Location("", "", Known(("FR",), REGISTER)),),
        operators=Known((OWN,), REGISTER),
        qualifications=(),
        key=Absent(REGISTER),
        key_countries=Absent(REGISTER),
        sources=(REGISTER,),
    )
    lost = place(
        4,
        len(HOSTILE),
        locations=(Location("", "", Unread(Reason.REFUSED, LISTED)),),
        operators=Unread(Reason.NOT_TOLD, LISTED),
        key=Unread(Reason.REFUSED, REGION),
        touched=True,
    )
    us = (CLOUD_ACT, FISA)
    unknown = (Exposure("US-CLOUD", "US", ExposureGrade.UNKNOWN, "JR-2", (), Confidence.CERTAIN),)
    gap_ids = tuple(gap.id for gap in GAPS)
    judgement = Judgement(
        on=ON,
        rules=RULES,
        texts=TEXTS,
        laws=LAWS,
        datasets=(
            JudgedDataset(
                AGENDA,
                Word.COMPLIANT,
                (verdict("HDS-003", Outcome.PASS), verdict("A31-003", Outcome.NOT_APPLICABLE)),
                (3,),
                1,
                (),
            ),
            JudgedDataset(EDSANTE, Word.NON_COMPLIANT, (a31, hds, inv, jur, snc), (0, 1, 2), 3, gap_ids),
        ),
        unattached=JudgedDataset(
            _undeclared("", "", Controller("", ControllerKind.UNKNOWN), REGISTER),
            Word.UNDETERMINED,
            (inv,),
            (4,),
            len(HOSTILE),
            gap_ids,
        ),
        places=(
            JudgedPlace(
                place(0, 1), ("edsante",), us, Word.COMPLIANT, (("edsante", (verdict("HDS-003", Outcome.PASS),)),)
            ),
            JudgedPlace(away, ("edsante",), us, Word.NON_COMPLIANT, (("edsante", (hds,)),)),
            JudgedPlace(tape, ("edsante",), (), Word.COMPLIANT, (("edsante", (verdict("HDS-003", Outcome.PASS),)),)),
            JudgedPlace(place(3, 1), ("agenda",), us, Word.COMPLIANT, ()),
            JudgedPlace(lost, (), unknown, Word.UNDETERMINED, (("", (inv,)),)),
        ),
        derogations=(
            JudgedDerogation(
                Derogation(
                    "D-2026-01",
                    "Décision 2026-12",
                    "DSI",
                    "Directeur général",
                    date(2026, 1, 1),
                    date(2026, 12, 31),
                    (("edsante", "A31-003"),),
                ),
                DerogationState.IN_FORCE,
            ),
            JudgedDerogation(
                Derogation(
                    "D-2025-02",
                    "Décision 2025-40",
                    "DSI",
                    "Directeur général",
                    date(2025, 1, 1),
                    date(2025, 12, 31),
                    (("agenda", "A31-003"),),
                ),
                DerogationState.LAPSED,
            ),
        ),
    )
    flows = (Flow("sophia", "edsante", "Hippocrate décisionnel", "bluefiles", "serveur CPAM", "", Absent(REGISTER)),)
    return replace(assess(judgement, GAPS, Kept(rows, edges), 2, flows, **head), forecast=COMING)


def clean() -> Assessment:
    """One dataset, one store, every rule met, nothing unseen."""
    judgement = Judgement(
        on=ON,
        rules=RULES,
        texts=TEXTS,
        laws=(),
        datasets=(
            JudgedDataset(
                replace(EDSANTE, declared=()),
                Word.COMPLIANT,
                (verdict("HDS-003", Outcome.PASS), verdict("JUR-001", Outcome.PASS)),
                (0,),
                1,
                (),
            ),
        ),
        unattached=None,
        places=(JudgedPlace(place(0, 1, operators=Known((OWN,), REGISTER)), ("edsante",), (), Word.COMPLIANT, ()),),
        derogations=(),
    )
    return assess(judgement, (), Kept([(store(PRIMARY), 0)]), 0)


@dataclass(frozen=True)
class Generated(Kept):
    """``size`` stores made when asked for, so that only the report's own memory is measured."""

    size: int = 0

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[tuple[Store, int]]:
        like = store("arn:aws:s3:::like")
        return ((replace(like, id=f"arn:aws:s3:::bucket-{n:08}", name=f"bucket-{n:08}"), 0) for n in range(self.size))

    def copies(self) -> Iterator[Copy]:
        answer = Known(True, REGION)
        ids = (f"arn:aws:s3:::bucket-{n:08}" for n in range(1, self.size, 10))
        return (Copy("arn:aws:s3:::bucket-00000000", id, PlaceKind.REPLICA, answer) for id in ids)


def large(size: int) -> Assessment:
    """``size`` stores of one dataset that share their facts."""
    base = clean()
    judged = replace(base.judgement.datasets[0], stores=size)
    where = replace(base.judgement.places[0], place=place(0, size))
    judgement = replace(base.judgement, datasets=(judged,), places=(where,))
    return assess(judgement, (), Generated([], size=size), size // 10)


def many_findings(datasets: int) -> Assessment:
    """``datasets`` datasets that each fail or leave open every rule, at two places."""
    base = hospital()
    worst = base.judgement.datasets[1]
    judged = tuple(
        replace(worst, dataset=replace(EDSANTE, id=f"jeu-{n:05}", title=f"Jeu de données numéro {n}"), places=(0, 1))
        for n in range(datasets)
    )
    ids = tuple(one.dataset.id for one in judged)
    places = tuple(replace(one, datasets=ids, verdicts=()) for one in base.judgement.places[:2])
    stores = Kept([row for row in base.stores if row[1] < 2])
    return assess(replace(base.judgement, datasets=judged, places=places, unattached=None), GAPS, stores, 0)
