"""The public edition: equal verdicts and counts, and no word by which the estate could be recognised."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

import reports
from model.observed import known
from reports._public import HIDDEN
from tests.reports.estate import clean, hospital

FULL = hospital()
SHA = "ab" * 32
PUBLIC = reports.public(FULL, SHA)


def written(name: str, lang: str = "fr", assessment: object = PUBLIC) -> str:
    return b"".join(reports.load(name).render(assessment, lang)).decode()


def identifiers() -> set[str]:
    """All that names a part of the hospital's estate, or a person."""
    found: set[str] = set()
    for store, _ in FULL.stores:
        key = known(store.key)
        found |= {store.id, store.name, store.account, store.target, key.id if key else ""}
    for gap in FULL.gaps:
        found |= {gap.account, gap.target, gap.store}
    for flow in FULL.flows:
        found |= {flow.origin, flow.means, flow.destination}
    for judged in FULL.judgement.derogations:
        found |= {judged.derogation.owner, judged.derogation.approver, judged.derogation.act}
    # An id of a dataset is published, and a word of our own is nobody's name.
    kept = {judged.dataset.id for judged in FULL.judgement.datasets} | {"register"}
    return {one for one in found if len(one) > 3} - kept


@pytest.mark.parametrize("lang", reports.LANGUAGES)
@pytest.mark.parametrize("name", ["html", "json", "table"])
def test_no_name_of_a_store_an_account_a_person_or_a_system_is_printed(name, lang):
    text = written(name, lang)

    assert [one for one in identifiers() if one in text] == []
    assert not re.search(r"arn:aws|\b\d{12}\b", text)


def test_counts_verdicts_countries_and_datasets_are_those_of_the_full_edition():
    full, public = json.loads(written("json", assessment=FULL)), json.loads(written("json"))

    assert public["summary"] == full["summary"]
    assert public["exit"] == full["exit"]
    for one, other in zip(full["datasets"], public["datasets"], strict=True):
        for key in ("id", "title", "verdict", "rules", "persons", "health"):
            assert one[key] == other[key]
        for key in ("stores", "declared_only", "observed_only", "gaps"):
            assert len(one[key]) == len(other[key])
    for one, other in zip(full["stores"], public["stores"], strict=True):
        for key in ("kind", "countries", "region", "verdict", "role", "provider", "datasets"):
            assert one[key] == other[key]
        assert len(one["copies_of"]) == len(other["copies_of"])


def test_numbers_of_stores_lead_from_datasets_and_copies_to_the_stores():
    public = json.loads(written("json"))
    ids = {one["id"] for one in public["stores"]}

    assert all(re.fullmatch(r"store-\d{7}", id) for id in ids)
    assert {id for one in public["datasets"] for id in one["stores"]} <= ids
    assert {copy["id"] for one in public["stores"] for copy in one["copies_of"]} <= ids
    assert {one["store"] for one in public["gaps"] if one["store"]} <= ids | {HIDDEN}


@pytest.mark.parametrize("lang", reports.LANGUAGES)
def test_a_reader_is_told_what_was_withheld_and_from_which_edition(lang):
    page = written("html", lang)

    assert SHA in page
    assert {"fr": "Édition publique. Sont retenus", "en": "Public edition. Withheld"}[lang] in page
    assert "Document interne" not in page
    assert json.loads(written("json", lang))["edition"]["public"]["full_edition_sha256"] == SHA


def test_a_full_edition_says_nothing_of_the_kind():
    assert "public" not in json.loads(written("json", assessment=FULL))["edition"]
    assert "Document interne" in written("html", assessment=FULL)


def test_a_name_inside_a_sentence_is_taken_out_of_it():
    held = clean()
    named = next(iter(held.stores))[0].name
    judged = held.judgement.datasets[0]
    verdict = judged.verdicts[0]
    told = replace(
        verdict,
        because=tuple(replace(one, fr=f"Voir {named}, au journal de dr.house@chu.fr.") for one in verdict.because),
    )
    judgement = replace(held.judgement, datasets=(replace(judged, verdicts=(told, *judged.verdicts[1:])),))
    text = written("html", assessment=reports.public(replace(held, judgement=judgement), SHA))

    assert f"Voir {HIDDEN}, au journal de {HIDDEN}." in text


def test_the_same_assessment_gives_the_same_public_edition():
    assert written("json") == written("json", assessment=reports.public(hospital(), SHA))
