"""Whom policies of the inventory name: projects and domains, never a person."""

from __future__ import annotations

import pytest

from model.observed import Unread, known
from tests.scanners.gcp.conftest import Scan
from tests.scanners.gcp.estate import PROJECT, of, projects

BUCKET = "//storage.googleapis.com/b"


@pytest.mark.parametrize(
    ("member", "shown"),
    [
        ("user:alice.martin@partenaire.example", "partenaire.example"),
        ("group:chercheurs@chu.example", "chu.example"),
        ("domain:partenaire.example", "partenaire.example"),
        ("serviceAccount:lecture@autre-projet.iam.gserviceaccount.com", "autre-projet"),
        ("serviceAccount:lecture@projet.exemple.fr.iam.gserviceaccount.com", "exemple.fr:projet"),
        ("serviceAccount:autre-projet@appspot.gserviceaccount.com", "autre-projet"),
        ("serviceAccount:99-compute@developer.gserviceaccount.com", "99"),
        ("serviceAccount:service-99@gcp-sa-healthcare.iam.gserviceaccount.com", "99"),
        (
            "principal://iam.googleapis.com/locations/global/workforcePools/medecins/subject/alice.martin",
            "workforcePools/medecins",
        ),
    ],
)
def test_a_policy_of_a_store_says_who_reads_it_without_naming_a_person(scan: Scan, member: str, shown: str) -> None:
    seen = scan([*projects(), of("storage/Bucket", "b", {"location": "EU"}, "eu")], policies=[(BUCKET, member)])

    assert known(seen.store("/b").shared_with) == (shown,)
    assert "alice" not in repr(seen.stores)


@pytest.mark.parametrize(
    "member",
    [
        f"serviceAccount:lecture@{PROJECT}.iam.gserviceaccount.com",
        "serviceAccount:4711-compute@developer.gserviceaccount.com",
        "deleted:user:alice.martin@partenaire.example?uid=1",
        "allUsers",
    ],
)
def test_a_policy_that_names_nobody_else_is_no_proof_that_nobody_else_reads(scan: Scan, member: str) -> None:
    seen = scan([*projects(), of("storage/Bucket", "b", {"location": "EU"}, "eu")], policies=[(BUCKET, member)])

    assert isinstance(seen.store("/b").shared_with, Unread)


def test_a_role_on_a_project_is_not_taken_for_one_on_its_stores(scan: Scan) -> None:
    project = f"//cloudresourcemanager.googleapis.com/projects/{PROJECT}"
    seen = scan(
        [*projects(), of("storage/Bucket", "b", {"location": "EU"}, "eu")],
        policies=[(project, "user:facturation@partenaire.example")],
    )

    assert isinstance(seen.store("/b").shared_with, Unread)
