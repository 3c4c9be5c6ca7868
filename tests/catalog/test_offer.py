"""What somebody means by an offer."""

from __future__ import annotations

import pytest

import catalog
from model.errors import UsageError
from model.places import Site


def test_a_qualification_gives_its_provider_and_the_regions_of_its_perimeter() -> None:
    offer = catalog.load().offer("snc-ovh-hpc-vmware")

    assert (offer.provider, offer.service_id) == ("ovhcloud", "snc-ovh-hpc-vmware")
    assert offer.sites == (Site("rbx"), Site("gra"), Site("sbg"))


def test_a_provider_alone_leaves_the_place_open_and_a_region_settles_it() -> None:
    held = catalog.load()

    assert held.offer("scaleway").sites == ()
    assert held.offer("scaleway/fr-par").sites == (Site("fr-par"),)


def test_an_alias_of_a_region_is_that_region() -> None:
    assert catalog.load().offer("microsoft-azure/France Central").sites == (Site("francecentral"),)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("snc-ovh-hpc-vmwar", "did you mean snc-ovh-hpc-vmware"),
        ("scaleway/fr-pa", "did you mean fr-par"),
        ("hds-aphp", "ties this entry of HDS to no provider"),
        ("%", "see: lexsitus catalog list"),
    ],
)
def test_an_unknown_offer_names_the_nearest_or_where_to_look(word: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        catalog.load().offer(word)
