"""What a person looks up in the catalog, with its sources and the day asked."""

from __future__ import annotations

import re
from datetime import date

import pytest

import catalog
from model.errors import UsageError
from model.observed import Confidence
from model.parties import EstablishmentKind, OperatorRole, QualificationStatus, ThirdPartyRole

DAY = date(2026, 11, 21)


def page(id: str, on: date = DAY, lang: str = "en") -> str:
    return " ".join(catalog.load().page(id, on, lang).split())


def test_a_provider_shows_its_chain_as_a_tree_with_shares_sources_and_days() -> None:
    text = catalog.load().page("aws", DAY, "en")

    assert "  Amazon Web Services EMEA SARL (LU), contracting party\n" in text
    assert "\n  └─ held by Amazon.com, Inc. (US) – 100% of capital, control\n     [catalog/operators/aws.yaml" in text
    assert "2026-11-21" in text


def test_what_rests_on_background_knowledge_alone_is_marked() -> None:
    assert "background knowledge · 2026-11-21 · UNVERIFIED, background knowledge]" in page("aws")
    assert "NON VÉRIFIÉ, de mémoire" in page("aws", lang="fr")


def test_a_chain_that_was_not_read_whole_says_so() -> None:
    assert "chain not complete" in page("ovhcloud")
    assert "chain complete up to the ultimate parent" in page("aws")


@pytest.mark.parametrize(
    ("on", "status"),
    [("2023-11-29", "not yet"), ("2026-11-29", "valid"), ("2026-11-30", "expired")],
)
def test_a_qualification_shows_its_status_on_the_day_asked(on: str, status: str) -> None:
    text = page("snc-outscale-cloud-on-demand", date.fromisoformat(on))

    assert f"SecNumCloud 3.2, {status} –" in text
    assert "perimeter: cloudgouv-eu-west-1" in text
    assert "list: SecNumCloud, edition of 15 September 2026" in text


def test_a_list_past_its_limit_is_said_beside_the_status() -> None:
    assert "list past its age limit" in page("snc-ovh-hpc-vmware", date(2026, 12, 15))
    assert "list past its age limit" not in page("snc-ovh-hpc-vmware", date(2026, 12, 14))


def test_a_service_applied_for_is_never_shown_as_qualified() -> None:
    assert "not yet –" in page("sncp-bleu")


def test_an_entity_shows_who_holds_it_what_it_holds_and_where_it_works() -> None:
    text = page("amazon-com-inc")

    assert "holds Amazon Web Services EMEA SARL (LU) – 100% of capital, control" in text
    assert "PROVIDERS IN WHICH IT APPEARS" in text


def test_a_region_code_is_shown_for_every_provider_that_uses_it() -> None:
    text = page("eu-west-2")

    assert "aws eu-west-2 – region – GB" in text
    assert "outscale eu-west-2 – region – FR" in text
    assert page("aws/eu-west-2").startswith("aws eu-west-2 – region – GB")


def test_every_word_of_a_closed_vocabulary_has_its_phrase() -> None:
    for word in (*OperatorRole, *EstablishmentKind, *ThirdPartyRole, *QualificationStatus, *Confidence):
        assert catalog.say("fr", word.value) != ""


def test_the_companies_that_a_provider_uses_are_shown_with_what_they_can_reach() -> None:
    text = page("s3ns")

    assert "COMPANIES IT USES" in text
    assert re.search(r"COMPANIES IT USES .+, seat: \w\w .+technical(ly| access)", text)


def test_a_scheme_shows_its_list_and_the_state_of_every_row() -> None:
    text = catalog.load().page("secnumcloud", DAY, "en")

    assert text.startswith("list: SecNumCloud, edition of 15 September 2026\n")
    assert re.search(r"^snc-outscale-cloud-on-demand +valid ", text, re.M)


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean ovhcloud"):
        page("ovhclou")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_of_a_provider_fits_eighty_columns_but_for_what_cannot_be_cut(lang: str) -> None:
    held = catalog.load()
    long = [
        line
        for id in held.providers()
        for line in held.page(id, DAY, lang).splitlines()
        if len(line) > 80 and len(line.split()) > 1 and not re.search(r"\S{60}", line)
    ]

    assert long == []


def test_the_list_shows_kind_seat_and_ultimate_parent_and_is_filtered_by_text() -> None:
    lines = catalog.load().listing("microsoft azure", DAY, "en").splitlines()

    (azure,) = [line for line in lines if line.startswith("microsoft-azure")]
    assert azure.split()[1:3] == ["hyperscaler", "IE"]
    assert "Microsoft Corporation (US)" in azure
    assert not any(line.startswith("aws ") for line in lines)
    assert max(map(len, lines)) <= 80


def test_the_whole_list_names_every_provider_and_every_row() -> None:
    held = catalog.load()
    first = {line.split()[0] for line in held.listing("", DAY, "fr").splitlines() if line}

    assert set(held.providers()) <= first
    assert {row.id for scheme in held.schemes for row in scheme.rows} <= first


def test_a_filter_that_finds_nothing_says_so() -> None:
    assert catalog.load().listing("zzz", DAY, "fr") == "Rien au catalogue ne contient «\u202fzzz\u202f».\n"
