"""What somebody means by an offer to move to: a qualified service, a provider, or a region of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from catalog._records import Provider, QualificationRow, Scheme
from catalog._regions import Regions
from model.errors import UsageError
from model.places import Offer, Site

_FEW_COUNTRIES = 3
"""A perimeter of more countries (the whole Union) tells nothing of where a service stands."""


def offer(
    word: str,
    providers: Sequence[str],
    schemes: Sequence[Scheme],
    find_provider: Callable[[str], Provider | None],
    find_regions: Callable[[str], Regions | None],
) -> Offer:
    """See ``Catalog.offer``."""
    rows = {row.id: (scheme, row) for scheme in schemes for row in scheme.rows}
    if word in rows:
        return _qualified(word, *rows[word], find_provider)
    id, slash, region = word.partition("/")
    provider = find_provider(id)
    if provider is None:
        raise UsageError(f"--to: no offer {word!r} in the catalog{_near(word, [*rows, *providers])}")
    model_known = provider.hosting_model is not None
    if not slash:
        return Offer(word, provider.name, provider.id, model_known=model_known)
    regions = find_regions(provider.redirects.get(region, provider.id))
    found = regions.find(region) if regions else None
    if found is None:
        codes = list(regions.rows) if regions else []
        hint = _near(region, codes) if codes else "; the catalog lists no region of this provider"
        raise UsageError(f"--to: no region {region!r} of {provider.id} in the catalog{hint}")
    name = f"{provider.name}, {found.name or found.code}"
    return Offer(word, name, provider.id, "", (Site(region=found.code),), model_known)


def _qualified(
    word: str, scheme: Scheme, row: QualificationRow, find_provider: Callable[[str], Provider | None]
) -> Offer:
    if not row.providers:
        raise UsageError(f"--to: {word}: the catalog ties this entry of {scheme.name} to no provider; name a provider")
    perimeter = row.perimeter
    sites: tuple[Site, ...] = ()
    if perimeter and perimeter.regions:
        sites = tuple(Site(region=code) for code in perimeter.regions)
    elif perimeter and len(perimeter.countries) <= _FEW_COUNTRIES:
        sites = tuple(Site(country=code) for code in perimeter.countries)
    provider = find_provider(row.providers[0])
    model_known = provider is not None and provider.hosting_model is not None
    return Offer(word, f"{row.service} ({scheme.name})", row.providers[0], row.id, sites, model_known)


def _near(word: str, ids: Sequence[str]) -> str:
    close = get_close_matches(word, ids, 4, 0.4) or [id for id in ids if word.casefold() in id][:4]
    return f"; did you mean {', '.join(close)}? (lexsitus catalog list)" if close else "; see: lexsitus catalog list"
