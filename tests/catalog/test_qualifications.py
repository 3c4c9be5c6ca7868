"""One service, within a perimeter, for a period: never a company, never by analogy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

import catalog
from model.observed import Confidence
from model.parties import Qualification, QualificationStatus
from model.places import Site

Answer = Callable[..., Qualification]
Status = QualificationStatus


@pytest.mark.parametrize(
    ("words", "service_id", "status"),
    [
        (("aws", "eu-west-3"), "", Status.NONE),
        (("aws-esc", "eusc-de-east-1"), "", Status.NONE),
        (("microsoft-azure", "francecentral"), "", Status.NONE),
        (("google-cloud", "europe-west9"), "", Status.NONE),
        (("hetzner", "fsn1"), "", Status.NONE),
        (("scaleway", "fr-par"), "", Status.NOT_YET),
        (("bleu", "", "", "FR"), "", Status.NOT_YET),
        (("s3ns", "u-france-east1"), "", Status.UNKNOWN),
        (("s3ns", "u-france-east1"), "snc-s3ns-premi3ns", Status.VALID),
        (("cegedim-cloud", "", "", "FR"), "snc-cegedim-secured-iaas", Status.VALID),
        (("cegedim-cloud",), "snc-cegedim-secured-iaas", Status.UNKNOWN),
        (("cegedim-cloud", "", "", "MA"), "snc-cegedim-secured-iaas", Status.NOT_COVERING),
        (("ovhcloud", "BHS5"), "snc-ovh-snc-cloud-platform", Status.NOT_COVERING),
        (("ovhcloud", "GRA"), "snc-ovh-snc-cloud-platform", Status.VALID),
        (("numspot", "", "", "FR"), "snc-numspot-platform", Status.VALID),
        (("ovhcloud", "GRA"), "", Status.UNKNOWN),
        (("ovhcloud", "GRA"), "snc-ovh-hpc-vmware", Status.VALID),
        (("ovhcloud", "BHS5"), "snc-ovh-hpc-vmware", Status.NOT_COVERING),
        (("ovhcloud", "", "", "FR"), "snc-ovh-hpc-vmware", Status.UNKNOWN),
        (("outscale", "cloudgouv-eu-west-1"), "", Status.UNKNOWN),
        (("outscale", "cloudgouv-eu-west-1"), "snc-outscale-cloud-on-demand", Status.VALID),
        (("outscale", "eu-west-2"), "", Status.NOT_COVERING),
        (("outscale", "us-east-2"), "", Status.NOT_COVERING),
        (("cloud-temple", "fr1"), "snc-cloudtemple-openshift", Status.VALID),
        (("cloud-temple", "fr1"), "sncp-cloudtemple-vpc", Status.NOT_YET),
        (("whaller", "", "", "FR"), "snc-whaller-donjon", Status.UNKNOWN),
        (("maiia", "", "", "FR"), "snc-cegedim-secured-iaas", Status.NOT_COVERING),
        (("aws", "eu-west-3"), "snc-s3ns-premi3ns", Status.NOT_COVERING),
        (("aws", "eu-west-3"), "snc-does-not-exist", Status.UNKNOWN),
        (("own", "", "", "FR"), "", Status.NONE),
        (("hebergix", "", "", "FR"), "", Status.UNKNOWN),
    ],
)
def test_secnumcloud_on_21_november_2026(
    qualification: Answer, words: tuple[str, ...], service_id: str, status: QualificationStatus
) -> None:
    assert qualification("secnumcloud", *words, service_id=service_id).status is status


@pytest.mark.parametrize(
    ("words", "service_id", "status"),
    [
        (("aws", "eu-west-3"), "", Status.VALID),
        (("aws", "eu-central-1"), "", Status.VALID),
        (("aws", "eu-west-2"), "", Status.NOT_COVERING),
        (("aws", "us-east-1"), "", Status.NOT_COVERING),
        (("aws", "eu-west-3", "euw3-cmn1-wlz1"), "", Status.NOT_COVERING),
        (("aws", "eu-central-1", "euc1-ath1-az1"), "", Status.UNKNOWN),
        (("aws", "eu-west-3", "euw3-xyz1-wlz1"), "", Status.UNKNOWN),
        (("aws", ""), "", Status.UNKNOWN),
        (("aws", "aws-global"), "", Status.UNKNOWN),
        (("microsoft-azure", "francecentral"), "", Status.UNKNOWN),
        (("scaleway", "fr-par"), "", Status.UNKNOWN),
        (("scaleway", "fr-par"), "hds-scaleway", Status.VALID),
        (("scaleway", "nl-ams"), "hds-scaleway", Status.NOT_COVERING),
        (("outscale", "eu-west-2"), "", Status.UNKNOWN),
        (("outscale", "eu-west-2"), "hds-outscale", Status.VALID),
        (("outscale", "us-east-2"), "hds-outscale", Status.NOT_COVERING),
        (("outscale", "us-east-2"), "", Status.NOT_COVERING),
        (("scalingo", "osc-fr1"), "", Status.EXPIRED),
        (("vercel", "", "", "FR"), "", Status.NONE),
        (("hetzner", "fsn1"), "", Status.UNKNOWN),
        (("equinix", "", "", "FR"), "", Status.UNKNOWN),
    ],
)
def test_hds_on_21_november_2026(
    qualification: Answer, words: tuple[str, ...], service_id: str, status: QualificationStatus
) -> None:
    assert qualification("hds", *words, service_id=service_id).status is status


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2023, 11, 29), Status.NOT_YET),
        (date(2023, 11, 30), Status.VALID),
        (date(2026, 11, 29), Status.VALID),
        (date(2026, 11, 30), Status.EXPIRED),
        (date(2027, 6, 1), Status.EXPIRED),
    ],
)
def test_a_decision_holds_from_its_day_to_the_day_before_its_end(
    qualification: Answer, on: date, status: QualificationStatus
) -> None:
    words = ("outscale", "cloudgouv-eu-west-1")

    assert qualification("secnumcloud", *words, service_id="snc-outscale-cloud-on-demand", on=on).status is status


def test_a_certificate_whose_end_was_not_read_is_not_valid_past_its_longest_term(qualification: Answer) -> None:
    last, after = date(2029, 4, 20), date(2029, 4, 21)

    assert qualification("hds", "aws", "eu-west-3", on=last).status is Status.VALID
    assert qualification("hds", "aws", "eu-west-3", on=after).status is Status.UNKNOWN


def test_a_field_that_was_not_read_stays_empty_and_is_said(qualification: Answer) -> None:
    aws = qualification("hds", "aws", "eu-west-3")

    assert (aws.issued_on, aws.expires_on, aws.version) == (date(2026, 4, 21), None, "v2")
    assert aws.activities == (1, 2, 3, 4, 5, 6)
    assert "la date de fin n’a pas été lue" in aws.why_fr
    assert "its end was not read" in aws.why_en


def test_a_perimeter_known_at_second_hand_lowers_the_confidence(qualification: Answer) -> None:
    assert qualification("hds", "aws", "eu-west-3").confidence is Confidence.LIKELY
    assert qualification("secnumcloud", "aws", "eu-west-3").confidence is Confidence.CERTAIN


def test_a_service_ruled_out_by_name_is_not_covered(qualification: Answer) -> None:
    assert qualification("secnumcloud", "ovhcloud", "GRA", service="public-cloud").status is Status.NONE
    assert qualification("secnumcloud", "s3ns", "u-france-east1", service="vertex-ai").status is Status.NOT_COVERING


def test_a_service_ruled_out_is_not_saved_by_naming_the_qualification(qualification: Answer) -> None:
    found = qualification("secnumcloud", "s3ns", "u-france-east1", service="vertex-ai", service_id="snc-s3ns-premi3ns")

    assert found.status is Status.NOT_COVERING


def test_the_exact_name_of_a_service_is_as_good_as_its_id(qualification: Answer) -> None:
    found = qualification("secnumcloud", "ovhcloud", "", "", "FR", service="Bare Metal Pod")

    assert (found.status, found.service_id) == (Status.VALID, "snc-ovh-bare-metal-pod")


def test_one_place_out_of_the_perimeter_is_enough(qualification: Answer) -> None:
    both = (Site("eu-west-3"), Site("us-east-1"))

    assert qualification("hds", "aws", sites=both).status is Status.NOT_COVERING


def test_an_unknown_service_names_what_could_be_meant(qualification: Answer) -> None:
    found = qualification("secnumcloud", "ovhcloud", "GRA")

    assert found.service_id == ""
    assert "SNC Cloud Platform" in found.why_fr
    assert found.why_en.startswith("Service in use not known")


def test_an_answer_from_the_list_is_dated_as_of_the_list(qualification: Answer) -> None:
    found = qualification("secnumcloud", "hetzner", "fsn1")

    assert found.listed_on == date(2026, 9, 15)
    assert found.source.read_at.date() == date(2026, 9, 15)
    assert "15 septembre 2026" in found.why_fr


def test_a_list_that_was_never_read_gives_no_absence(qualification: Answer) -> None:
    found = qualification("hds", "hetzner", "fsn1")

    assert found.status is Status.UNKNOWN
    assert found.listed_on is None


@pytest.mark.parametrize(("on", "stale"), [(date(2026, 12, 14), False), (date(2026, 12, 15), True)])
def test_the_list_is_stale_past_ninety_days(qualification: Answer, on: date, stale: bool) -> None:
    found = qualification("secnumcloud", "aws", "eu-west-3", on=on)
    version = catalog.load().version(on)

    assert found.stale is stale
    assert version.stale is stale
    expected = "the SecNumCloud list that was read is of 15 September 2026, past the limit of 90 days"
    assert [expected in words.en for words in version.warnings] == ([True] if stale else [])


def test_french_sentences_are_typeset_as_french(qualification: Answer) -> None:
    found = qualification("secnumcloud", "scaleway", "fr-par").why_fr

    assert "«\u202fOffre SecNumCloud de Scaleway" in found
    assert "\u202f: qualification demandée" in found
    assert " :" not in found
    assert "'" not in found


def test_every_answer_has_its_sentence_in_both_languages_and_a_source() -> None:
    rows = [(scheme, row) for scheme in catalog.load().schemes for row in scheme.rows]

    assert len(rows) > 120
    assert all(row.source.what.startswith("catalog/qualifications/") for _, row in rows)


@pytest.mark.parametrize("scheme", ["secnumcloud", "hds"])
@pytest.mark.parametrize("provider", ["ovhcloud", "nobody-knows", "own"])
def test_a_service_id_that_the_catalog_does_not_hold_is_named_in_the_reason(
    qualification: Answer, scheme: str, provider: str
) -> None:
    found = qualification(scheme, provider, service_id="snc-inconnu")

    assert (found.status, found.service_id) == (Status.UNKNOWN, "")
    assert "snc-inconnu" in found.why_fr
    assert "snc-inconnu" in found.why_en
