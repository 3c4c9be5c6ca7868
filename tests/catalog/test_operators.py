"""Who operates a place: golden chains, written from the sources and not from the data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from model.assessment import Place
from model.datasets import Controller, ControllerKind, HostingModel
from model.observed import Known, Unread, known
from model.parties import Operator, OperatorRole
from model.places import NamedEntity, Site

Resolve = Callable[..., Place]


def operators(place: Place) -> dict[str, Operator]:
    assert isinstance(place.operators, Known)
    return {operator.entity.name: operator for operator in place.operators.value}


def names(operator: Operator) -> dict[str, str]:
    return {entity.id: entity.name for entity in operator.entities}


def test_aws_in_paris_is_held_by_amazon_through_luxembourg(place: Resolve) -> None:
    found = operators(place("aws", "eu-west-3"))
    emea = found["Amazon Web Services EMEA SARL"]

    assert known(emea.entity.seat) == "LU"
    assert emea.role is OperatorRole.CONTRACTING
    assert emea.chain_complete
    (held,) = [link for link in emea.links if link.held == emea.entity.id]
    assert (names(emea)[held.holder], held.capital_percent, held.controls) == ("Amazon.com, Inc.", 100, True)
    assert found["Amazon Web Services, Inc."].role is OperatorRole.OPERATING
    (above,) = [link for link in found["Amazon Web Services, Inc."].links if link.held == "amazon-web-services-inc"]
    assert above.sources[0].url.startswith("https://www.sec.gov/")


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("cn-north-1", "Beijing Sinnet Technology Co., Ltd."),
        ("cn-northwest-1", "Ningxia Western Cloud Data Technology Co., Ltd."),
    ],
)
def test_aws_in_china_is_operated_by_others(place: Resolve, region: str, name: str) -> None:
    found = operators(place("aws", region))

    assert list(found) == [name]
    assert not found[name].chain_complete


def test_an_operator_nobody_read_is_not_replaced_by_the_usual_one(place: Resolve) -> None:
    found = place("aws", "us-gov-west-1").operators

    assert isinstance(found, Unread)
    assert "us-gov-west-1" in found.detail


def test_a_region_out_of_the_catalog_may_have_another_operator(place: Resolve) -> None:
    assert isinstance(place("aws", "cn-south-9").operators, Unread)


def test_a_refused_location_does_not_make_the_operator_vanish(place: Resolve) -> None:
    assert "Amazon Web Services EMEA SARL" in operators(place("aws"))


@pytest.mark.parametrize(
    ("provider", "region", "id", "operator"),
    [
        ("aws", "eusc-de-east-1", "aws-esc", "AWS European Sovereign Cloud GmbH"),
        ("ovhcloud", "US-EAST-VA", "ovh-us", "OVH US LLC"),
    ],
)
def test_a_region_run_under_another_name_is_that_provider(
    place: Resolve, provider: str, region: str, id: str, operator: str
) -> None:
    found = place(provider, region)

    assert known(found.provider) == id
    assert list(operators(found)) == [operator]


def test_ovh_shows_its_holders_and_its_subsidiaries_outside_the_union(place: Resolve) -> None:
    ovh = operators(place("ovhcloud", "GRA"))["OVH SAS"]

    assert not ovh.chain_complete
    seats = {entity.name: known(entity.seat) for entity in ovh.entities}
    assert (seats["OVH Groupe SA"], seats["OVH US LLC"], seats["Hébergement OVH Inc."]) == ("FR", "US", "CA")
    (family,) = [link for link in ovh.links if names(ovh)[link.holder] == "Klaba family"]
    assert (names(ovh)[family.held], family.votes_percent) == ("OVH Groupe SA", 82)


def test_scaleway_is_held_at_96_percent_by_iliad(place: Resolve) -> None:
    scaleway = operators(place("scaleway", "fr-par"))["Scaleway SAS"]
    (link,) = [link for link in scaleway.links if link.held == scaleway.entity.id]

    assert (names(scaleway)[link.holder], link.capital_percent) == ("Iliad SA", 96)


def test_s3ns_shows_google_as_a_holder_without_control(place: Resolve) -> None:
    s3ns = operators(place("s3ns", "u-france-east1"))["S3NS SAS"]
    held = {names(s3ns)[link.holder]: link.controls for link in s3ns.links if link.held == s3ns.entity.id}

    assert held == {"Thales SA": True, "Google LLC": False}
    assert not s3ns.chain_complete


def test_a_layer_below_is_a_subcontractor_when_there_is_only_one(place: Resolve) -> None:
    numspot = operators(place("numspot", "", "", "FR"))

    assert numspot["Outscale SAS"].role is OperatorRole.SUBCONTRACTOR
    assert (
        numspot["Outscale SAS"].entity.sources[0].what.startswith("catalog/operators/numspot.yaml hosted on outscale")
    )
    assert "Amazon Web Services EMEA SARL" not in operators(place("snowflake", "", "", "FR"))


def test_a_layer_below_known_by_hearsay_is_not_named(place: Resolve) -> None:
    assert list(operators(place("wetransfer"))) == ["WeTransfer B.V."]


def test_a_layer_below_follows_the_region(place: Resolve) -> None:
    assert "OVH SAS" in operators(place("clever-cloud", "grahds"))
    assert "OVH SAS" not in operators(place("clever-cloud", "parhds"))


def test_a_chain_is_not_called_known_before_its_links_begin(place: Resolve) -> None:
    now, before = place("data4"), place("data4", on=date(2022, 1, 1))

    assert len(operators(now)["Data4 Services"].links) == 1
    assert operators(before)["Data4 Services"].links == ()
    assert not operators(before)["Data4 Services"].chain_complete


def test_every_operator_states_its_sources(place: Resolve) -> None:
    emea = operators(place("aws", "eu-west-3"))["Amazon Web Services EMEA SARL"]

    assert all(entity.sources for entity in emea.entities)
    assert all(link.sources for link in emea.links)
    assert all(source.what.startswith("catalog/operators/aws.yaml") for source in emea.entity.sources)


def test_own_premises_are_operated_by_the_controller(place: Resolve) -> None:
    found = place("own", "", "", "FR")
    hospital = operators(found)["CHU d’Exemple"]

    assert known(found.hosting_model) is HostingModel.ON_PREMISES_OWN
    assert known(hospital.entity.seat) == "FR"
    assert hospital.chain_complete


@pytest.mark.parametrize(
    "kind", [ControllerKind.PRIVATE_HOSPITAL, ControllerKind.PRIVATE_COMPANY, ControllerKind.UNKNOWN]
)
def test_the_seat_of_a_private_controller_is_not_assumed(
    make_facts: Callable[..., object], make_inventory: Callable[..., object], make_dataset: Callable[..., object],
    kind: ControllerKind,
) -> None:  # fmt: skip
    import catalog

    dataset = make_dataset("eds", Controller("Clinique", kind))
    (case,) = catalog.load().resolve(make_inventory(make_facts("own"), datasets=(dataset,)), date(2026, 11, 21))
    clinic = operators(case.places[0])["Clinique"]

    assert isinstance(clinic.entity.seat, Unread)
    assert not clinic.chain_complete


def test_a_state_cloud_is_run_by_the_state(place: Resolve) -> None:
    found = place("state_cloud", "", "", "FR")

    assert known(found.hosting_model) is HostingModel.STATE_CLOUD
    assert known(operators(found)["French State"].entity.seat) == "FR"


@pytest.mark.parametrize(("word", "said"), [("unknown", "not known"), ("", "not known"), ("hebergix", "'hebergix'")])
def test_an_unknown_provider_is_unread_everywhere_with_the_word_met(place: Resolve, word: str, said: str) -> None:
    found = place(word)

    for answer in (found.operators, found.hosting_model):
        assert isinstance(answer, Unread)
        assert said in answer.detail
    assert {one.status for one in found.qualifications} == {"unknown"}


def test_a_company_named_in_a_register_is_known_by_name_and_seat_alone(place: Resolve) -> None:
    found = operators(place("hebergix", entity=NamedEntity("Hébergix SARL", "FR")))["Hébergix SARL"]

    assert known(found.entity.seat) == "FR"
    assert not found.chain_complete


def test_a_company_named_beside_a_provider_of_the_catalog_is_added_to_it(place: Resolve) -> None:
    found = operators(place("aws", "eu-west-3", entity=NamedEntity("Revendeur SAS")))

    assert {"Amazon Web Services EMEA SARL", "Revendeur SAS"} < found.keys()


def test_a_place_in_two_regions_has_the_operators_of_both(place: Resolve) -> None:
    found = operators(place("outscale", sites=(Site("eu-west-2"), Site("us-east-2"))))

    assert list(found) == ["Outscale SAS", "Outscale Inc."]
