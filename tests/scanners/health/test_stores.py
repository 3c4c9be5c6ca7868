from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from model.health import HealthStatus, Signal, score, status
from model.observed import Confidence, Grade, Known, Reason, Source, Unread
from model.places import Observations, PlaceKind, Store
from scanners._health import of_store, with_health

SOURCE = Source("s3:ListBuckets", datetime(2026, 11, 21, tzinfo=UTC), Grade.API)
NOTHING = Unread(Reason.NOT_TOLD, SOURCE)
PLAIN = Store(
    id="arn:aws:s3:::x", kind="AWS::S3::Bucket", name="x", scanner="aws", target="chu", account="1",
    role=PlaceKind.PRIMARY, seen=True, provider=Known("aws", SOURCE), service=NOTHING, service_id=NOTHING,
    sites=NOTHING, key=NOTHING, public=NOTHING, shared_with=NOTHING, size_bytes=NOTHING, created_at=NOTHING,
    tags=NOTHING, entity=NOTHING, holds_health=NOTHING, checked_on=Known(date(2026, 11, 21), SOURCE),
)  # fmt: skip


def tagged(**tags: str) -> Store:
    return replace(PLAIN, tags=Known(tuple(tags.items()), SOURCE))


def looked_at(store: Store) -> Store:
    (found,) = with_health(Observations((store,))).stores
    return found


@pytest.mark.parametrize(
    ("store", "family", "said"),
    [
        (replace(PLAIN, name="chu-dossiers-patients"), "name", HealthStatus.YES),
        (replace(PLAIN, name="chu-imagerie"), "name", HealthStatus.YES),
        (replace(PLAIN, name="labo"), "name", HealthStatus.NO_EVIDENCE),
        (replace(PLAIN, kind="AWS::HealthLake::FHIRDatastore"), "cloud_service", HealthStatus.YES),
        (replace(PLAIN, kind="healthcare.googleapis.com/DicomStore"), "cloud_service", HealthStatus.YES),
        (replace(PLAIN, kind="Microsoft.HealthcareApis/workspaces/fhirservices"), "cloud_service", HealthStatus.YES),
        (tagged(**{"data-classification": "phi"}), "tag", HealthStatus.YES),
        (tagged(donnees="Données de santé"), "tag", HealthStatus.YES),
        (tagged(hds="true"), "tag", HealthStatus.SUSPECTED),
        (tagged(project="pmsi-2024"), "tag", HealthStatus.YES),
        (tagged(contains="personal"), "tag", HealthStatus.NO_EVIDENCE),
    ],
)
def test_kind_name_and_tags_are_witnesses(store: Store, family: str, said: HealthStatus) -> None:
    signals = of_store(store)

    assert {signal.family for signal in signals} == {family}
    assert status(signals) is said


@pytest.mark.parametrize(
    "store", [PLAIN, replace(PLAIN, name="healthcheck"), replace(PLAIN, kind="Microsoft.ResourceHealth/events"),
              tagged(service="healthcheck", team="santos")]
)  # fmt: skip
def test_an_ordinary_store_was_looked_at_and_shows_nothing(store: Store) -> None:
    found = looked_at(store)

    assert found.signals == ()
    assert found.holds_health == NOTHING


def test_independent_witnesses_add_up_and_those_of_a_family_do_not() -> None:
    name, other, tag = (
        Signal("name", "a", 0.6, "name"),
        Signal("name", "b", 0.5, "name"),
        Signal("tag", "c", 0.6, "tag"),
    )

    assert (score([name, other]), score([name, other, tag])) == (0.6, 0.84)


def test_enough_evidence_makes_the_fact_known_as_an_inference_with_its_source() -> None:
    found = looked_at(replace(PLAIN, name="fhir-store", tags=Known((("hds", "true"),), SOURCE)))

    assert isinstance(found.holds_health, Known)
    assert found.holds_health.value is True
    assert found.holds_health.source.confidence is Confidence.LIKELY
    assert found.holds_health.source.read_at == SOURCE.read_at
    assert "name fhir 0.93, tag hosting choice 0.6" in found.holds_health.source.what


@pytest.mark.parametrize(
    "store", [replace(PLAIN, name="fhir", seen=False), replace(PLAIN, name="fhir", scanner="declared"),
              replace(PLAIN, name="labo")]
)  # fmt: skip
def test_what_nobody_saw_what_is_declared_and_what_is_suspected_stay_unknown(store: Store) -> None:
    assert looked_at(store).holds_health == NOTHING


def test_what_contents_showed_is_kept_beside_the_name() -> None:
    content = Signal("format", "hl7v2", 0.97, "3 of 20 objects", 3)

    found = looked_at(replace(PLAIN, name="labo", signals=(content,)))

    assert [signal.family for signal in found.signals or ()] == ["name", "format"]
