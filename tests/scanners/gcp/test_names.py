"""Names and places as Google writes them, in every shorthand."""

from __future__ import annotations

import pytest

from model.places import Site
from scanners.gcp.names import full_name, kind_of
from scanners.gcp.sites import sites_of

PROJECTS = {"4711": "chu"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("//storage.googleapis.com/b", "//storage.googleapis.com/b"),
        ("gs://b/folder/file", "//storage.googleapis.com/b"),
        ("storage.googleapis.com/b", "//storage.googleapis.com/b"),
        ("//storage.googleapis.com/projects/_/buckets/b", "//storage.googleapis.com/b"),
        ("projects/chu/topics/t", "//here.googleapis.com/projects/chu/topics/t"),
        ("projects/4711/topics/t", "//here.googleapis.com/projects/chu/topics/t"),
        (
            "//secretmanager.googleapis.com/projects/chu/secrets/s",
            "//secretmanager.googleapis.com/projects/4711/secrets/s",
        ),
        (
            "https://www.googleapis.com/compute/v1/projects/chu/zones/z/disks/d",
            "//compute.googleapis.com/projects/chu/zones/z/disks/d",
        ),
        (
            "https://compute.googleapis.com/compute/beta/projects/chu/zones/z/disks/d",
            "//compute.googleapis.com/projects/chu/zones/z/disks/d",
        ),
        (
            "https://sqladmin.googleapis.com/sql/v1beta4/projects/chu/instances/i",
            "//cloudsql.googleapis.com/projects/chu/instances/i",
        ),
        ("bq://chu.d.t", "//bigquery.googleapis.com/projects/chu/datasets/d/tables/t"),
        ("bq://chu.d", "//bigquery.googleapis.com/projects/chu/datasets/d"),
        ("bq://exemple.fr:chu.d", "//bigquery.googleapis.com/projects/exemple.fr:chu/datasets/d"),
        ("bigquery.googleapis.com/projects/chu/datasets/d", "//bigquery.googleapis.com/projects/chu/datasets/d"),
        ("arn:aws:s3:::b", "arn:aws:s3:::b"),
        ("s3://b/folder/file.csv", "arn:aws:s3:::b"),
        ("https://user:mot@collecte.example:8443/push?token=x", "https://collecte.example:8443"),
        ("n’importe quoi", ""),
        ("", ""),
    ],
)
def test_a_reference_becomes_the_name_that_the_inventory_gives(text: str, name: str) -> None:
    assert full_name(text, "here.googleapis.com", PROJECTS) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("//storage.googleapis.com/b", "storage.googleapis.com/Bucket"),
        ("//cloudsql.googleapis.com/projects/p/instances/i", "sqladmin.googleapis.com/Instance"),
        (
            "//artifactregistry.googleapis.com/projects/p/locations/eu/repositories/r",
            "artifactregistry.googleapis.com/Repository",
        ),
        (
            "//healthcare.googleapis.com/projects/p/locations/l/datasets/d/hl7V2Stores/s",
            "healthcare.googleapis.com/Hl7V2Store",
        ),
        ("arn:aws:s3:::b", "AWS::S3::Bucket"),
        ("https://collecte.example", "unknown"),
    ],
)
def test_a_name_tells_the_type(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("word", "service", "region"),
    [
        ("europe-west9", "compute", "europe-west9"),
        ("europe-west9-b", "compute", "europe-west9"),
        ("u-france-east1-a", "compute", "u-france-east1"),
        ("https://www.googleapis.com/compute/v1/projects/p/zones/europe-west9-b", "compute", "europe-west9"),
        ("projects/p/locations/us-central1-f", "bigtableadmin", "us-central1"),
        ("us-central1-ai1a", "compute", "us-central1-ai1a"),
        ("aws-eu-west-1", "bigquery", "aws-eu-west-1"),
        ("eur7", "storage", "EUR7"),
        ("EUROPE-WEST9", "storage", "europe-west9"),
        ("eur7", "spanner", "spanner:eur7"),
        ("projects/p/instanceConfigs/regional-europe-west9", "spanner", "europe-west9"),
        ("nam-eur-asia1", "spanner", "spanner:nam-eur-asia1"),
        ("europe-west", "appengine", "europe-west1"),
        ("global", "discoveryengine", "global"),
    ],
)
def test_a_place_is_a_code_of_its_service(word: str, service: str, region: str) -> None:
    assert sites_of((word,), f"{service}.googleapis.com", "") == (Site(region),)


@pytest.mark.parametrize(
    ("own", "region"), [("europe-west9", "eu"), ("us-east4", "us"), ("asia-east1", "asia"), ("EU", "eu")]
)
def test_there_is_one_nearest_multi_region_on_three_continents(own: str, region: str) -> None:
    assert sites_of(("nearest",), "compute.googleapis.com", own) == (Site(region),)


@pytest.mark.parametrize("own", ["me-west1", "africa-south1", "australia-southeast1", "global", ""])
def test_elsewhere_the_nearest_is_not_guessed(own: str) -> None:
    assert sites_of(("nearest",), "compute.googleapis.com", own) == ()


def test_half_of_the_places_are_not_passed_for_all() -> None:
    assert sites_of(("europe-west9", "elsewhere"), "compute.googleapis.com", "") == ()


@pytest.mark.parametrize("word", ["", "   ", "x?token=1", "deux mots", "a" * 101])
def test_a_word_that_is_no_code_is_no_place(word: str) -> None:
    assert sites_of((word,), "compute.googleapis.com", "") == ()
