"""Catalogues in HealthDCAT-AP: what they say of datasets, never where these rest, and never a call to the network."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from model.datasets import ControllerKind, Identity
from model.errors import DocumentError
from model.observed import Known, Unread, known
from scanners.declared._forms import read_form
from scanners.declared._writing import as_yaml
from tests.scanners.declared.tables import read, unordered

TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix healthdcatap: <http://healthdataportal.eu/ns/health#> .
@prefix dpv: <https://w3id.org/dpv#> .
@prefix pd: <https://w3id.org/dpv/pd#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://catalogue.example/d/1> a dcat:Dataset ;
  dct:identifier "https://catalogue.example/id/base-a" ;
  dct:title "Base A"@fr, "Database A"@en ;
  dct:description "Séjours hospitaliers"@fr ;
  dct:publisher [ a foaf:Agent ; foaf:name "CHU d’Exemple" ; foaf:mbox <mailto:contact@chu.example> ] ;
  healthdcatap:healthCategory <http://healthdataportal.eu/ns/category/EHRS> ;
  dpv:hasPersonalData pd:Name, pd:Age ;
  healthdcatap:numberOfUniqueIndividuals "1200000"^^xsd:nonNegativeInteger ;
  dct:spatial <http://publications.europa.eu/resource/authority/country/FRA> ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <https://portail.example> ] .

<https://catalogue.example/d/2> a dcat:Dataset ; dct:title "Annuaire" ;
  healthdcatap:healthCategory <http://healthdataportal.eu/ns/category/IDHP> ; dpv:hasPersonalData pd:Age .
"""
JSON_LD = {
    "@context": "https://remote.example/context.jsonld",
    "@graph": [
        {
            "@id": "https://catalogue.example/d/1",
            "@type": "dcat:Dataset",
            "dct:title": "Base A",
            "healthdcatap:healthCategory": {"@id": "http://healthdataportal.eu/ns/category/EHRS"},
            "dct:publisher": {"foaf:name": "CHU d’Exemple"},
        }
    ],
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a catalogue must not make anybody ask the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_what_a_catalogue_says_of_a_dataset_becomes_facts_with_their_statement() -> None:
    base, directory = read(TURTLE, "catalogue.ttl").datasets

    assert (base.id, base.title) == ("base-a", "Base A")
    assert (known(base.health), known(base.identity), known(base.persons)) == (True, Identity.NOMINATIVE, 1_200_000)
    assert (base.controller.name, base.controller.kind) == ("CHU d’Exemple", ControllerKind.UNKNOWN)
    assert base.health.source.what == "catalogue.ttl:https://catalogue.example/d/1 healthCategory"
    assert (directory.id, directory.title) == ("2", "Annuaire")


def test_professionals_alone_are_no_health_data_and_an_age_is_no_level_of_identification() -> None:
    _, directory = read(TURTLE, "catalogue.ttl").datasets

    assert isinstance(directory.health, Unread)
    assert isinstance(directory.identity, Unread)


def test_a_catalogue_never_tells_a_place() -> None:
    found = read(TURTLE, "catalogue.ttl")

    assert (found.stores, found.copies) == ((), ())


def test_what_no_fact_holds_is_listed() -> None:
    told = {(one.label, one.value) for one in read_form(TURTLE.encode(), "catalogue.ttl").unmapped}

    assert ("spatial", "http://publications.europa.eu/resource/authority/country/FRA") in told
    assert ("distribution.accessURL", "https://portail.example") in told
    assert ("description", "Séjours hospitaliers") in told


def test_a_context_given_by_address_is_not_fetched() -> None:
    (base,) = read(json.dumps(JSON_LD), "catalogue.jsonld").datasets

    assert (base.id, base.title, known(base.health)) == ("1", "Base A", True)
    assert isinstance(base.health, Known)


def test_the_yaml_that_it_becomes_says_the_same() -> None:
    form = read_form(TURTLE.encode(), "catalogue.ttl")

    assert unordered(read(as_yaml(form), "r.yaml")) == unordered(read(TURTLE, "catalogue.ttl"))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("c.ttl", "@prefix a: <b", "not valid RDF"),
        ("c.ttl", "<a> <b> <c> .\n<a> <b> \"", "c.ttl:2: not valid RDF"),
        ("c.ttl", "", "no dcat:Dataset"),
        ("c.ttl", "[" * 5_000, "not valid RDF"),
        ("c.json", "{", "c.json:1: not valid JSON"),
        ("c.json", "[" * 5_000 + "]" * 5_000, "not valid RDF"),
        ("c.json", '{"@context": 5}', "not valid RDF"),
        ("c.json", '{"@id": "a", "@type": "x"}', "no dcat:Dataset"),
        ("c.jsonld", '"text"', "not valid RDF"),
        ("c.ttl", TURTLE.replace("Base A", "AKIAIOSFODNN7EXAMPLE"), "this looks like an AWS access key id"),
    ],
)  # fmt: skip
def test_what_is_no_catalogue_is_refused(name: str, text: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        read_form(text.encode(), name)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(DocumentError, match="not UTF-8 text"):
        read_form(b"\xff\xfe\x00", "c.ttl")
