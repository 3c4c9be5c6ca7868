"""Presences abroad and companies used: read with their sources, refused without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog._operators import read_provider
from model.assessment import Place
from model.errors import DocumentError
from model.observed import Known
from model.parties import Establishment, EstablishmentKind, Operator, ThirdParty, ThirdPartyRole

FILE = """\
format: lexsitus/operator/1
provider: essai
name: Essai
category: iaas
hosting_model: commercial_cloud
confidence: certain
checked_on: 2026-11-21
operators:
  - {entity: essai-sas, role: contracting, chain_complete: true, holders_complete: true, third_parties_complete: true}
entities:
  - id: essai-sas
    name: Essai SAS
    seat: FR
    confidence: certain
    sources: [kbis]
    establishments_complete: true
    establishments:
      - {kind: branch, country: GB, confidence: certain, sources: [kbis]}
links: []
third_parties:
  - {name: Exemple Inc., role: technology, country: US, technical_access: false, confidence: certain, sources: [kbis]}
sources:
  kbis: {title: Extrait Kbis, seen: 2026-11-21}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "essai.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_presences_and_companies_are_read_with_their_sources(tmp_path: Path) -> None:
    provider = read_provider(written(tmp_path, FILE), "essai.yaml")
    entity = provider.entities["essai-sas"]
    (party,) = provider.third_parties

    assert entity.establishments_complete
    assert entity.establishments == (Establishment(EstablishmentKind.BRANCH, "GB", entity.establishments[0].sources),)
    assert party == ThirdParty("Exemple Inc.", ThirdPartyRole.TECHNOLOGY, "US", "", False, None, None, party.sources)
    assert [source.what for source in party.sources] == ["essai.yaml Exemple Inc.: Extrait Kbis"]
    assert provider.assignments[0].holders_complete
    assert provider.assignments[0].third_parties_complete


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("country: GB", "country: UK", "country"),
        ("kind: branch", "kind: agence", "central_administration"),
        ("role: technology", "role: licence", "technology"),
        ("technical_access: false", "technical_access: perhaps", "perhaps"),
        ("technical_access: false, confidence: certain, sources: [kbis]", "confidence: certain, sources: []", "source"),
    ],
)
def test_what_cannot_be_true_or_has_no_source_is_refused(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in FILE

    with pytest.raises(DocumentError, match=message):
        read_provider(written(tmp_path, FILE.replace(before, after)), "essai.yaml")


@pytest.mark.parametrize(("id", "supplier"), [("bleu", "Microsoft Corporation"), ("s3ns", "Google LLC")])
def test_a_trusted_cloud_names_its_licensor_and_nobody_said_what_it_can_reach(
    place: Callable[..., Place], id: str, supplier: str
) -> None:
    found = place(id, "").operators
    assert isinstance(found, Known)
    serving: Operator = found.value[0]

    assert [(party.name, party.technical_access) for party in serving.third_parties] == [(supplier, None)]
    assert not serving.third_parties_complete
