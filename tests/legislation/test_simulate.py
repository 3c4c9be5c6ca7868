"""A move is judged by the same rules as everything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from legislation import load
from legislation.simulate import alone, moved
from model.assessment import JudgedDataset, Outcome
from model.datasets import HostingModel
from model.errors import UsageError
from model.observed import Grade, Unread
from model.places import Inventory, Offer, PlaceKind
from tests.legislation.situations import TODAY, Situation, catalog_of_cases, inventory_of

REGISTER = """
format: lexsitus/register/1
controller: {name: "Administration fictive", kind: state_admin}
datasets:
  - id: entrepot
    facts: {health: "yes", care_origin: "yes", identity: pseudonymous, secret: [secret_medical],
            breach_harm: [sante_vie]}
    hosting: {model: MODEL, processor: PROCESSOR, activities: [1, 2, 3, 4]}
    access: {admin_countries: [FR], support_countries: [FR], list_complete: true}
    keys: {holder: "Administration", country: FR, plaintext_in_service: "no"}
    places:
      - {id: base, PRIMARY, kind: primary, evidence: contract, document: "Contrat", checked_at: 2026-11-01}
      - {id: copie, COPY, kind: backup, copy_of: base, evidence: contract, document: "Contrat", checked_at: 2026-11-01}
    places_complete: true
  - id: autre
    facts: {health: "no"}
"""
US, FRENCH = "provider: nuage-us, region: us-1", "provider: nuage-fr, service: coffre, region: fr-1"
COFFRE = "snc-nuage-fr-coffre"


def inventory(
    primary: str = US, copy: str = FRENCH, model: str = "commercial_cloud", register: str = REGISTER
) -> Inventory:
    register = register.replace("PRIMARY", primary).replace("COPY", copy).replace("MODEL", model)
    register = register.replace("PROCESSOR", "false" if model == "on_premises_own" else "true")
    return inventory_of(Situation("", TODAY, register, (), (), {}, {}, {}, {}, {}, {}))


def judged(one: Inventory) -> JudgedDataset:
    return load().assess(catalog_of_cases().resolve(one, TODAY), one.derogations, TODAY).datasets[0]


def outcomes(one: Inventory) -> dict[str, Outcome]:
    return {verdict.rule: verdict.outcome for verdict in judged(one).verdicts}


def move(of: Inventory, to: str = COFFRE) -> Inventory:
    return moved(of, "entrepot", catalog_of_cases().offer(to), TODAY)


def test_moving_the_original_to_a_qualified_service_settles_article_31() -> None:
    before, after = outcomes(alone(inventory(), "entrepot")), outcomes(move(inventory()))

    assert (before["A31-003"], after["A31-003"]) == (Outcome.FAIL, Outcome.PASS)
    assert (before["HDS-003"], after["HDS-003"]) == (Outcome.FAIL, Outcome.PASS)


def test_a_copy_left_behind_keeps_its_failures() -> None:
    after = move(inventory(primary=FRENCH, copy=US))

    assert outcomes(after)["A31-003"] is Outcome.FAIL
    assert [facts.role for facts in after.facts] == [PlaceKind.BACKUP, PlaceKind.PRIMARY]


def test_a_service_in_the_process_of_qualification_is_no_pass() -> None:
    assert outcomes(move(inventory(), "snc-nuage-en-cours"))["A31-003"] is not Outcome.PASS


def test_a_provider_without_a_region_leaves_the_country_open() -> None:
    after = outcomes(move(inventory(), "nuage-fr"))

    assert after["INV-001"] is Outcome.UNDETERMINED
    assert after["A31-003"] is not Outcome.PASS


def test_a_simulated_place_is_judged_as_one_that_a_contract_names() -> None:
    silent = "\n".join(line for line in REGISTER.splitlines() if "access:" not in line and "keys:" not in line)
    written = inventory("provider: nuage-fr, service_id: snc-nuage-fr-coffre, region: fr-1", register=silent)

    assert outcomes(move(inventory())) == outcomes(alone(written, "entrepot"))


def test_an_arrangement_that_nobody_knows_never_borrows_the_old_one() -> None:
    own = inventory(primary="provider: own, country: FR", copy="provider: own, country: FR", model="on_premises_own")
    offer = replace(catalog_of_cases().offer(COFFRE), model_known=False)

    (after,) = moved(own, "entrepot", offer, TODAY).datasets

    assert outcomes(alone(own, "entrepot"))["A31-003"] is Outcome.NOT_APPLICABLE
    assert isinstance(after.hosting.model, Unread)
    assert after.hosting.processor.value is True  # type: ignore[union-attr]


def test_what_was_said_of_the_old_host_is_unknown_of_the_new_one() -> None:
    (after,) = move(inventory()).datasets

    said = [after.access.support_countries, after.keys.holder, after.contract.art28]
    assert all(isinstance(answer, Unread) for answer in said)


def test_gaps_stay_and_still_forbid_a_green() -> None:
    held = replace(inventory(), gaps_of_dataset={"entrepot": ("G-1",)})

    assert move(held).gaps_of_dataset == {"entrepot": ("G-1",)}
    assert judged(move(held)).word != "compliant"


def test_the_dataset_alone_is_judged_as_among_the_others() -> None:
    held = inventory()

    assert outcomes(alone(held, "entrepot")) == outcomes(held)


def test_a_dataset_without_any_place_gets_one() -> None:
    held = inventory()

    after = moved(held, "autre", Offer("own", "own", "own"), TODAY)

    assert [(facts.role, facts.grade, facts.datasets) for facts in after.facts] == [
        (PlaceKind.PRIMARY, Grade.CONTRACT, ("autre",))
    ]
    assert after.stores_per_facts == (1,)


def test_an_unknown_dataset_names_those_that_exist() -> None:
    with pytest.raises(UsageError, match="no dataset 'entrepots' in this edition; did you mean entrepot"):
        alone(inventory(), "entrepots")


def test_the_model_of_hosting_stays_known_for_what_stays() -> None:
    (after,) = move(inventory()).datasets

    assert after.hosting.model.value is HostingModel.COMMERCIAL_CLOUD  # type: ignore[union-attr]
