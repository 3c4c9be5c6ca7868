"""Who answers for a place: providers, their legal entities, regions, and services qualified, all dated.

The data files beside this module are the catalog; ``docs/catalog.md`` says how they are kept.  No
network, no clock: the day asked is an argument.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from catalog import _check, _show
from catalog._addresses import stale
from catalog._check import Problem
from catalog._evidence import Evidence
from catalog._files import Files
from catalog._forthcoming import forthcoming
from catalog._known_by_name import CATEGORY, read_named
from catalog._missing import Missing, missing
from catalog._named_stores import attributed
from catalog._offer import offer
from catalog._operators import read_provider
from catalog._phrases import say
from catalog._qualifications import merged, read_scheme
from catalog._read import read_edition
from catalog._records import Edition, Provider, QualificationRow, Region, Scheme
from catalog._regions import Regions, read_regions
from catalog._resolve import Resolver
from catalog._words import english, french, typeset
from model.assessment import Case, DataVersion, Forecast, Words
from model.attribution import Attribution
from model.errors import UsageError
from model.places import Inventory, Observations, Offer
from model.resolution import Resolution

if TYPE_CHECKING:
    from catalog._update import Renewed

__all__ = [
    "Catalog",
    "Missing",
    "Problem",
    "Provider",
    "QualificationRow",
    "Region",
    "Scheme",
    "check",
    "load",
    "say",
    "update",
]


class Catalog:
    """The catalog, read file by file as it is asked for.

    Every method may raise DocumentError, naming file, line and key, when the file it needs cannot
    be what docs/catalog.md describes.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._providers: dict[str, Provider | None] = {}
        self._regions: dict[str, Regions | None] = {}
        self._evidence = Evidence(files, self.find_provider, self.find_regions)

    def resolve(self, inventory: Inventory, on: date) -> tuple[Case, ...]:
        """One case per dataset, in the order of the inventory, as things stood on the day ``on``.

        Facts tied to no dataset form one last case, left out when there are none.  Facts of two
        datasets are a place of both; ``Place.facts_id`` is their index in the inventory.  What the
        catalog does not hold is ``Unread`` with the very word met.
        """
        return Resolver(self, on).cases(inventory)

    def attribute(self, resolution: Resolution) -> Attribution:
        """Who is behind each record of a resolution, and who hosts its content as far as the evidence goes.

        Most precise first: the form of a name, the ranges that providers publish, the network that announces an
        address, the country it was allocated to.  What contradicts itself is attributed to nobody.
        """
        return self._evidence.attribute(resolution)

    def prepare_attribution(self) -> None:
        """Reads what attribution needs: a fault shows, and time is spent, before anything is looked up."""
        self._evidence.prepare()

    def attributed(self, found: Observations) -> Observations:
        """``found`` where each store that DNS alone shows has the provider, service and place that its records prove.

        What relays data and hides where they rest becomes a store of its own, of role ``transfer_tool``.
        """
        return attributed(found, self.attribute)

    def addresses_of(self) -> date:
        """The day of the oldest part of the address tables."""
        return min(part.published_on for part in self._evidence.addresses.parts.values())

    def old_addresses(self, on: date) -> tuple[Words, ...]:
        """The parts of the address tables that are past their limit on the day ``on``, one sentence each."""
        return tuple(
            _late_part(part.title, part.published_on, part.limit_days)
            for part in stale(self._evidence.addresses.parts.values(), on)
        )

    def version(self, on: date) -> DataVersion:
        """Which data these are, and whether on the day ``on`` one of their lists is past its limit."""
        edition = self.edition
        warnings = [_late_list(scheme) for scheme in self.schemes if scheme.stale(on)]
        if (on - edition.checked_on).days > edition.limit_days:
            warnings.append(_late_catalog(edition))
        return DataVersion(edition.version, self._digest, edition.checked_on, bool(warnings), tuple(warnings))

    def check(self, on: date) -> tuple[Problem, ...]:
        """Everything wrong with the data files, all of them read; lists past their limit on ``on`` included."""
        return _check.problems(self._files, on)

    def missing(self, inventory: Inventory, on: date | None = None) -> tuple[Missing, ...]:
        """The providers, regions, zones and services of an inventory that the catalog does not hold.

        Stubs bear the day ``on`` as that of their check.
        """
        return missing(inventory, self._described, self.find_regions, self.schemes, on)

    def listing(self, text: str, on: date, lang: str) -> str:
        """Providers and qualified services that contain ``text``, as lines of 80 columns."""
        return _show.listing(self, text, on, lang)

    def page(self, id: str, on: date, lang: str) -> str:
        """All that the catalog says of a provider, entity, qualification or region, with sources, on a day.

        Raises UsageError, with the nearest ids, for an id of nothing.
        """
        return _show.page(self, id, on, lang)

    def forthcoming(self, inventory: Inventory, after: date, until: date) -> tuple[Forecast, ...]:
        """What the catalog dates after ``after`` and up to ``until``: qualifications, control, its own age.

        Without effects: what a change does to a dataset is a matter of law.  Sorted by day.
        """
        return forthcoming(inventory, self.schemes, self.edition, self.find_provider, after, until)

    def offer(self, word: str) -> Offer:
        """The offer that ``word`` names: a qualification id, a provider id, or ``provider/region``.

        The sites are the region, or all that the perimeter of the qualification names.
        Raises UsageError, with the nearest ids, for a word that names none.
        """
        return offer(word, self.providers(), self.schemes, self.find_provider, self.find_regions)

    def providers(self) -> tuple[str, ...]:
        """The ids of the providers that have a file, sorted."""
        return tuple(sorted(self._files.operators))

    def provider(self, id: str) -> Provider | None:
        """The provider of that id, or ``None``; some are known by name only."""
        return self.find_provider(id)

    def regions(self, provider: str) -> tuple[Region, ...]:
        """The regions and zones of a provider, sorted by code; empty when the catalog lists none."""
        found = self.find_regions(provider)
        return tuple(found.rows.values()) if found else ()

    @cached_property
    def schemes(self) -> tuple[Scheme, ...]:
        """The qualification schemes, sorted by id; rows of an overlay replace those of the same id."""
        found = []
        for _, paths in sorted(self._files.qualifications.items()):
            scheme = read_scheme(*paths[0])
            for path, name in paths[1:]:
                scheme = merged(scheme, read_scheme(path, name))
            found.append(scheme)
        return tuple(found)

    @cached_property
    def edition(self) -> Edition:
        """The head of the catalog."""
        return read_edition(*self._files.edition)

    def find_provider(self, id: str) -> Provider | None:
        """As ``provider``; each file is read once."""
        if id not in self._providers:
            place = self._files.operators.get(id)
            self._providers[id] = read_provider(*place) if place else self._named.get(id)
        return self._providers[id]

    def find_regions(self, provider: str) -> Regions | None:
        """The region table of a provider, or ``None``; each file is read once."""
        if provider not in self._regions:
            place = self._files.regions.get(provider)
            self._regions[provider] = read_regions(*place) if place else None
        return self._regions[provider]

    @cached_property
    def _named(self) -> dict[str, Provider]:
        """The providers that have no file, and of which only a name and perhaps a country are known."""
        return read_named(*self._files.names["providers"])

    def _described(self, id: str) -> Provider | None:
        """The provider of that id when it has a file."""
        found = self.find_provider(id)
        return found if found and found.category != CATEGORY else None

    @cached_property
    def _digest(self) -> str:
        digest = hashlib.sha256()
        for path, name in self._files.all():
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()


def check(overlay: Path | None, on: date) -> tuple[Problem, ...]:
    """Everything wrong or past its limit on ``on``, in the shipped files with those of ``overlay`` on top.

    Unlike ``load``, goes on after a file that cannot be read.  Raises DocumentError when ``overlay`` is no
    folder of catalog files.
    """
    files = Files.shipped()
    return _check.problems(files.under(overlay) if overlay else files, on)


def update(paths: Sequence[Path], overlay: Path, provider: str, on: date) -> tuple[Renewed, ...]:
    """Renews the address tables of the folder ``overlay`` from files that providers and registries publish.

    What it does not hold yet starts from what ships.  ``provider`` is whose geofeed is read, when its name does not
    tell; ``on`` the day of a file that does not say its own.  A refusal changes nothing: raises DocumentError for a
    file that cannot be read, is older than what is in place or was cut short, UsageError for an unknown provider.
    """
    from catalog._tables import Tables
    from catalog._update import update as renew

    if provider and load().find_provider(provider) is None:
        raise UsageError(f"--provider: no provider {provider!r} in the catalog; see: lexsitus catalog list")
    into = overlay / "addresses" / "tables.zip"
    before = into if into.is_file() else Files.shipped().tables[0]
    return renew(paths, Tables(before), into, provider, on)


def load(overlay: Path | None = None) -> Catalog:
    """The catalog that ships with lexsitus, with the files of ``overlay`` on top.

    An overlay has the folders of the catalog.  Its ``operators/x.yaml`` and ``regions/x.csv`` add a
    provider or take the place of the shipped file; the rows of its ``qualifications/*.yaml`` add to
    those shipped or replace the ones of the same id.  Raises DocumentError when a file of the
    overlay is not one the catalog knows or cannot be read.
    """
    if overlay is None:
        return _shipped()
    shipped = Files.shipped()
    files = shipped.under(overlay)
    catalog = Catalog(files)
    # An overlay is read whole at once: its faults are the user's to mend before anything is judged.
    for id, place in files.operators.items():
        if shipped.operators.get(id) != place:
            catalog.find_provider(id)
    for id, place in files.regions.items():
        if shipped.regions.get(id) != place:
            catalog.find_regions(id)
    if files.qualifications != shipped.qualifications:
        _ = catalog.schemes
    if (files.patterns, files.tables) != (shipped.patterns, shipped.tables):
        catalog.prepare_attribution()
    return catalog


@cache
def _shipped() -> Catalog:
    return Catalog(Files.shipped())


def _late_list(scheme: Scheme) -> Words:
    what_fr, what_en = f"la liste {scheme.name} lue date du", f"the {scheme.name} list that was read is of"
    if scheme.edition is None:
        what_fr, what_en = f"les certificats {scheme.name} ont été vérifiés le", f"{scheme.name} rows were checked on"
    fr = (
        f"Catalogue : {what_fr} {french(scheme.seen_on)}, "
        f"au-delà de la limite de {scheme.limit_days} jours ; mettez le catalogue à jour."
    )
    en = (
        f"Catalog: {what_en} {english(scheme.seen_on)}, past the limit of {scheme.limit_days} days; update the catalog."
    )
    return Words(typeset(fr), en)


def _late_part(title: str, published_on: date, limit_days: int) -> Words:
    fr = (
        f"Adresses : {title} date du {french(published_on)}, au-delà de la limite de {limit_days} jours ; "
        "lancez lexsitus catalog update --from avec un fichier plus récent."
    )
    en = (
        f"Addresses: {title} is of {english(published_on)}, past the limit of {limit_days} days; "
        "run lexsitus catalog update --from with a newer file."
    )
    return Words(typeset(fr), en)


def _late_catalog(edition: Edition) -> Words:
    fr = (
        f"Catalogue : opérateurs et régions vérifiés le {french(edition.checked_on)}, "
        f"au-delà de la limite de {edition.limit_days} jours ; mettez le catalogue à jour."
    )
    en = (
        f"Catalog: operators and regions were checked on {english(edition.checked_on)}, "
        f"past the limit of {edition.limit_days} days; update the catalog."
    )
    return Words(typeset(fr), en)
