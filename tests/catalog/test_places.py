"""Provider codes to countries: looked up by hand in the providers' own documentation, never guessed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from model.assessment import Place
from model.observed import Absent, Grade, Known, Unread, known
from model.places import Custody, Key

Resolve = Callable[..., Place]


@pytest.mark.parametrize(
    ("provider", "region", "zone", "countries"),
    [
        ("aws", "eu-west-3", "", ("FR",)),
        ("aws", "eu-west-1", "", ("IE",)),
        ("aws", "eu-west-2", "", ("GB",)),
        ("aws", "eu-central-2", "", ("CH",)),
        ("aws", "us-gov-west-1", "", ("US",)),
        ("aws", "cn-northwest-1", "", ("CN",)),
        ("aws", "EU", "", ("IE",)),
        ("aws", "eu-west-3", "eu-west-3b", ("FR",)),
        ("aws", "eu-west-3", "euw3-az1", ("FR",)),
        ("aws", "eu-west-3", "par-az1", ("FR",)),
        ("aws", "eu-west-3", "euw3-cmn1-wlz1", ("MA",)),
        ("aws", "eu-west-3", "eu-west-3-cmn-wlz-1a", ("MA",)),
        ("aws", "eu-west-3", "euw3-dss1-wlz1", ("SN",)),
        ("aws", "eu-central-1", "eu-central-1-ist-1a", ("TR",)),
        ("aws", "us-east-1", "us-east-1-lim-1a", ("PE",)),
        ("aws", "us-east-1", "us-east-1-qro-1a", ("MX",)),
        ("aws", "", "euc1-ath1-az1", ("GR",)),
        ("aws-esc", "eusc-de-east-1", "", ("DE",)),
        ("outscale", "eu-west-2", "", ("FR",)),
        ("outscale", "cloudgouv-eu-west-1", "", ("FR",)),
        ("orange-business", "eu-west-0", "", ("FR",)),
        ("ovhcloud", "GRA11", "", ("FR",)),
        ("ovhcloud", "gra", "", ("FR",)),
        ("ovhcloud", "BHS5", "", ("CA",)),
        ("ovhcloud", "EU-WEST-LZ-BRU-A", "", ("BE",)),
        ("scaleway", "fr-par", "fr-par-2", ("FR",)),
        ("scaleway", "nl-ams-1", "", ("NL",)),
        ("s3ns", "u-france-east1", "", ("FR",)),
        ("microsoft-azure", "francecentral", "", ("FR",)),
        ("microsoft-azure", "France Central", "", ("FR",)),
        ("microsoft-azure", "westeurope", "2", ("NL",)),
        ("ovhcloud", "Roubaix", "", ("FR",)),
        ("microsoft-azure", "northeurope", "", ("IE",)),
        ("google-cloud", "europe-west9", "europe-west9-a", ("FR",)),
        ("google-cloud", "EUR4", "", ("FI", "NL")),
        ("google-cloud", "EUR5", "", ("BE", "GB")),
        ("google-cloud", "EUR7", "", ("GB", "DE")),
        ("google-cloud", "spanner:eur7", "", ("IT", "DE")),
    ],
)
def test_a_code_is_read_with_its_provider(
    place: Resolve, provider: str, region: str, zone: str, countries: tuple[str, ...]
) -> None:
    (location,) = place(provider, region, zone).locations

    assert known(location.countries) == countries


@pytest.mark.parametrize(
    ("provider", "region", "zone", "word"),
    [
        ("aws", "eu-west-9", "", "'eu-west-9'"),
        ("aws", "eu-west-3", "euw3-xyz1-wlz1", "'euw3-xyz1-wlz1'"),
        ("aws", "eu-west-3", "euc1-ist1-az1", "'euc1-ist1-az1'"),
        ("aws", "aws-global", "", "no fixed country"),
        ("google-cloud", "eur5", "", "'eur5'"),
        ("google-cloud", "europe-west15", "", "not published"),
        ("cegedim-cloud", "boulogne", "", "'boulogne'"),
        ("aws", "", "", "place not known"),
        ("unknown", "paris", "", "'paris'"),
    ],
)
def test_a_word_the_catalog_does_not_hold_is_kept_and_never_guessed(
    place: Resolve, provider: str, region: str, zone: str, word: str
) -> None:
    (location,) = place(provider, region, zone).locations

    assert isinstance(location.countries, Unread)
    assert word in location.countries.detail


def test_a_country_stated_by_the_source_serves_where_there_is_no_region(place: Resolve) -> None:
    (location,) = place("unknown", "", "", "FR", grade=Grade.DECLARED).locations

    assert location.countries == Known(("FR",), location.countries.source)
    assert location.countries.source.grade is Grade.DECLARED


def test_a_country_stated_for_a_region_that_the_catalog_lacks_is_used(place: Resolve) -> None:
    (location,) = place("cegedim-cloud", "boulogne", "", "FR").locations

    assert (location.region, known(location.countries)) == ("boulogne", ("FR",))


def test_the_address_of_an_outpost_wins_over_its_anchor_region(place: Resolve) -> None:
    found = place("aws", "eu-west-3", "op-0123456789abcdef0", "CH")

    assert [known(location.countries) for location in found.locations] == [("CH",)]
    assert {one.scheme: one.status for one in found.qualifications}["hds"] == "not_covering"


def test_when_region_and_statement_disagree_both_stay(place: Resolve) -> None:
    locations = place("aws", "eu-west-3", "", "US").locations

    assert [known(location.countries) for location in locations] == [("FR",), ("US",)]


def test_a_statement_that_agrees_with_the_region_adds_nothing(place: Resolve) -> None:
    assert len(place("aws", "eu-west-3", "", "FR").locations) == 1


def test_a_stated_country_that_is_no_country_code_is_not_believed(place: Resolve) -> None:
    (location,) = place("unknown", "", "", "UK").locations

    assert isinstance(location.countries, Unread)


def test_a_location_shows_its_row_and_the_day_it_was_checked(place: Resolve) -> None:
    found = place("aws", "eu-west-3")
    (location,) = found.locations

    assert location.countries.source.what.startswith("catalog/regions/aws.csv eu-west-3")
    assert location.countries.source.read_at.isoformat() == "2026-11-21T00:00:00+00:00"
    assert location.countries.source in found.sources


@pytest.mark.parametrize(
    ("key", "countries"),
    [
        (Key(Custody.CUSTOMER_IN_PROVIDER, "k", "us-east-1"), ("US",)),
        (Key(Custody.CUSTOMER_EXTERNAL, "k", "eu-west-3", countries=("DE",)), ("DE",)),
        (Key(Custody.CUSTOMER_IN_PROVIDER, "k", "eu-west-3", countries=("DE",)), ("DE", "FR")),
    ],
)
def test_the_country_of_a_key_comes_from_its_own_place(place: Resolve, key: Key, countries: tuple[str, ...]) -> None:
    assert known(place("aws", "eu-west-3", key=key).key_countries) == countries


def test_a_key_without_place_and_a_missing_key_are_two_answers(place: Resolve) -> None:
    assert isinstance(place("aws", "eu-west-3", key=Key(Custody.PROVIDER)).key_countries, Unread)
    assert isinstance(place("aws", "eu-west-3", key=Key(Custody.NONE)).key_countries, Absent)
    assert isinstance(place("aws", "eu-west-3").key, Unread)
