from __future__ import annotations

import time
from pathlib import Path

import pytest

from model.health import HealthStatus, status
from scanners._health import of_key
from scanners._health.names import of_name

LINES = [line.split() for line in Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines()]


def test_names_are_told_apart_with_few_faults() -> None:
    said = [(what, name, status(of_key(name)) is HealthStatus.YES) for what, name in LINES]
    right = [name for what, name, yes in said if yes and what == "health"]
    wrong = [name for what, name, yes in said if yes and what == "nothing"]
    missed = [name for what, name, yes in said if not yes and what == "health"]

    assert len(right) / (len(right) + len(wrong)) >= 0.98, wrong
    assert len(right) / (len(right) + len(missed)) >= 0.88, missed


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("chu-eds-brut", "eds"),
        ("stchuedsprd01", "eds"),
        ("oncothorax-suivi", "onco…"),
        ("admissions-encounters", "admission"),
        ("dicom-viewer-build", ""),
        ("pet-health-records", ""),
        ("envoy-eds", ""),
        ("stpatientrecords", "patient-record"),
        ("DossierPatient", "dossierpatient"),
        ("dossiers_des_patients", "dossier-patient"),
        ("Données de santé", "donnee-sante"),
        ("impatience", ""),
        ("healthcheck", ""),
        ("T_MCO21B", "snds table"),
        ("T_MCO_PLANNING", ""),
        ("public.condition_occurrence", "omop table"),
    ],
)
def test_a_name_says_what_decided(name: str, says: str) -> None:
    signals = of_key(name)

    assert [signal.id for signal in signals if signal.weight >= 0.5] == ([says] if says else [])


def test_a_nomenclature_weighs_less_than_the_data_it_codes() -> None:
    (plain,), (reference,) = of_name("ccam"), of_name("ccam-nomenclature")

    assert reference.weight < plain.weight


@pytest.mark.parametrize(
    ("key", "health"),
    [
        ("export/690781810.2025.12.rsa", True),
        ("scans/sub-01/ses-1/anat/sub-01_T1w.nii.gz", True),
        ("bulk/Patient.000.ndjson", True),
        ("META-INF/CERT.RSA", False),
        ("fonts/misc.bdf", False),
        ("src/patient/diagnosis.py", False),
        ("contacts/all.vcf", False),
        ("calibration/engine.dcm", False),
    ],
)
def test_the_shape_of_a_key_tells(key: str, health: bool) -> None:
    assert (status(of_key(key)) is HealthStatus.YES) is health


def test_a_hundred_thousand_names_take_a_tenth_of_the_minute_that_a_million_may() -> None:
    names = [f"{LINES[n % len(LINES)][1]}-{n:x}" for n in range(100_000)]
    began = time.process_time()

    for name in names:
        of_name(name)

    assert time.process_time() - began < 12  # a million in a minute, on one of two cores
