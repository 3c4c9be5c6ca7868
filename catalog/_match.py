"""Whether one scheme covers the service used at a place on a day.  Never the company, never by analogy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from catalog._perimeter import called, inside, inside_territory, shown
from catalog._places import Spot
from catalog._qualifications import weakest
from catalog._records import QualificationRow, RowStatus, Scheme, midnight
from catalog._term import Ruling, in_term
from catalog._words import english, french, typeset
from model.observed import Confidence
from model.parties import Qualification, QualificationStatus

Status = QualificationStatus


@dataclass(frozen=True, slots=True)
class Use:
    """What is known of the service in use: provider id, service code or words, qualification id."""

    provider: str
    service: str
    service_id: str
    spots: tuple[Spot, ...]


def match(scheme: Scheme, use: Use, on: date) -> Qualification:
    """The answer of ``scheme`` for ``use`` on the day ``on``, the most precise row first.

    Order: the row that the register names by id; the row whose service is the one in use; a row that
    excludes this service or region; then what the provider as a whole has.  When the provider holds
    something but the service in use cannot be told, the answer is ``unknown``.
    """
    named = next((row for row in scheme.rows if row.id == use.service_id), None) if use.service_id else None
    if named is not None:
        return _answer(scheme, named, _named(scheme, named, use, on), on)
    rows = [row for row in scheme.rows if use.provider in row.providers]
    in_use = next((row for row in rows if _is_service(row, use.service) and row.status is not RowStatus.REMARK), None)
    if in_use is not None:
        return _answer(scheme, in_use, _row(scheme, in_use, use, on, True), on)
    ruled_out = next((row for row in rows if _excludes(row, use)), None)
    if ruled_out is not None:
        return _answer(scheme, ruled_out, _excluded(ruled_out, use), on)
    granted = [row for row in rows if row.status is RowStatus.GRANTED]
    if granted:
        return _among(scheme, granted, use, on)
    return _without(scheme, rows, on)


def on_its_own(scheme: Scheme, row: QualificationRow, on: date) -> Ruling:
    """The state of a row on a day wherever it is used: its decision and its dates, perimeter left aside."""
    anywhere = replace(row, perimeter=None, option_required=False, excluded_services=())
    ruling = _row(replace(scheme, territory=None, by_host=False), anywhere, Use("", "", row.id, ()), on, True)
    return replace(ruling, fr=typeset(ruling.fr))


def unmatched(scheme: Scheme, status: Status, fr: str, en: str, on: date) -> Qualification:
    """An answer that rests on no row: the provider is not known, or is the organisation itself."""
    return _from_list(scheme, Ruling(status, fr, en), on, Confidence.CERTAIN)


def _named(scheme: Scheme, row: QualificationRow, use: Use, on: date) -> Ruling:
    if use.provider not in row.providers:
        return Ruling(
            Status.NOT_COVERING,
            f"« {row.service} » est le service d’un autre fournisseur ; "
            "une qualification ne se transmet pas à ce qui est bâti dessus.",
            f"“{row.service}” is the service of another provider; "
            "a qualification does not pass to what is built on it.",
        )
    return _row(scheme, row, use, on, True)


def _row(scheme: Scheme, row: QualificationRow, use: Use, on: date, named: bool) -> Ruling:
    """The state of one row for this use, the perimeter before the dates."""
    if row.status is RowStatus.IN_PROGRESS:
        return _in_progress(row)
    if row.status is RowStatus.NOT_GRANTED:
        return _none(row)
    if row.status in (RowStatus.CLAIMED, RowStatus.REMARK) or row.confidence is Confidence.UNVERIFIED:
        return Ruling(
            Status.UNKNOWN,
            f"« {row.service} » : la décision ou le certificat n’a pas été lu.",
            f"“{row.service}”: the decision or certificate was not read.",
        )
    if use.service and use.service.casefold() in {code.casefold() for code in row.excluded_services}:
        return _excluded(row, use)
    outside = _territory(scheme, row, use, on) or _perimeter(row, use, named)
    if outside is not None:
        return outside
    if row.option_required and not named:
        return Ruling(
            Status.UNKNOWN,
            f"« {row.service} » suppose une option ou un contrat particulier, que le relevé ne voit pas ; "
            f"indiquez service_id : {row.id} s’il est souscrit.",
            f"“{row.service}” needs an option or a contract that a scan cannot see; "
            f"give service_id: {row.id} if it is held.",
        )
    ruling = in_term(scheme, row, on)
    if ruling.status is Status.VALID and scheme.by_host:
        return replace(
            ruling,
            fr=f"{ruling.fr} La liste des produits couverts n’a pas été lue.",
            en=f"{ruling.en} The list of products covered was not read.",
        )
    return ruling


def _territory(scheme: Scheme, row: QualificationRow, use: Use, on: date) -> Ruling | None:
    """A ruling when the scheme itself covers nothing where the place is, or the place is not known.

    A row that names regions is more precise than the whole territory and answers by itself.
    """
    territory = scheme.territory
    if territory is None or on < territory.since or (row.perimeter and row.perimeter.regions):
        return None
    answers = [inside_territory(territory.countries, spot) for spot in use.spots] or [None]
    if False in answers:
        where = ", ".join(sorted({called(spot) for spot, one in zip(use.spots, answers, strict=True) if one is False}))
        return Ruling(
            Status.NOT_COVERING,
            f"« {row.service} » ne peut couvrir {where} (règle : {territory.rule}).",
            f"“{row.service}” cannot cover {where} (rule: {territory.rule}).",
        )
    if None in answers:
        return Ruling(
            Status.UNKNOWN,
            f"« {row.service} » : le pays du lieu n’est pas connu (règle : {territory.rule}).",
            f"“{row.service}”: the country of the place is not known (rule: {territory.rule}).",
        )
    return None


def _perimeter(row: QualificationRow, use: Use, named: bool) -> Ruling | None:
    """A ruling when the place is outside the perimeter, or cannot be told to be inside; else ``None``."""
    perimeter = row.perimeter
    if perimeter is None or not (perimeter.regions or perimeter.countries):
        if named:
            return None
        return Ruling(
            Status.UNKNOWN,
            f"« {row.service} » : le périmètre (sites, régions) n’a pas été lu.",
            f"“{row.service}”: the perimeter (sites, regions) was not read.",
        )
    answers = [inside(perimeter, spot) for spot in use.spots] or [None]
    if False in answers:
        where = ", ".join(sorted({called(spot) for spot, one in zip(use.spots, answers, strict=True) if one is False}))
        return Ruling(
            Status.NOT_COVERING,
            f"« {row.service} » ne couvre pas {where} (périmètre : {shown(perimeter)}).",
            f"“{row.service}” does not cover {where} (perimeter: {shown(perimeter)}).",
        )
    if None in answers:
        return Ruling(
            Status.UNKNOWN,
            f"« {row.service} » : on ne sait pas si le lieu est dans le périmètre ({shown(perimeter)}).",
            f"“{row.service}”: whether the place is inside the perimeter is not known ({shown(perimeter)}).",
        )
    return None


def _is_service(row: QualificationRow, service: str) -> bool:
    word = service.casefold()
    return bool(word) and word in {row.service.casefold(), *(code.casefold() for code in row.services)}


def _excludes(row: QualificationRow, use: Use) -> bool:
    if use.service and use.service.casefold() in {code.casefold() for code in row.excluded_services}:
        return True
    regions = row.perimeter.regions if row.perimeter else ()
    return row.status is RowStatus.NOT_GRANTED and bool(regions) and any(spot.region in regions for spot in use.spots)


def _excluded(row: QualificationRow, use: Use) -> Ruling:
    where = use.service if use.service else ", ".join(sorted({spot.region for spot in use.spots}))
    return Ruling(
        Status.NOT_COVERING,
        f"« {row.service} » : {where} est hors du périmètre qualifié.",
        f"“{row.service}”: {where} is outside the qualified perimeter.",
    )


def _among(scheme: Scheme, granted: Sequence[QualificationRow], use: Use, on: date) -> Qualification:
    """The answer when the provider holds something and the service in use is not known."""
    if scheme.by_host and len(granted) == 1:
        return _answer(scheme, granted[0], _row(scheme, granted[0], use, on, False), on)
    if all(_covers_none(row, use) for row in granted):
        return _answer(scheme, granted[0], _row(scheme, granted[0], use, on, False), on)
    names_fr = ", ".join(f"« {row.service} »" for row in granted)
    names_en = ", ".join(f"“{row.service}”" for row in granted)
    ruling = Ruling(
        Status.UNKNOWN,
        f"Service utilisé inconnu : seuls sont qualifiés {names_fr}.",
        f"Service in use not known: only {names_en} {'is' if len(granted) == 1 else 'are'} qualified.",
    )
    return _from_list(scheme, ruling, on, scheme.source.confidence)


def _covers_none(row: QualificationRow, use: Use) -> bool:
    if row.perimeter is None:
        return False
    return any(inside(row.perimeter, spot) is False for spot in use.spots)


def _without(scheme: Scheme, rows: Sequence[QualificationRow], on: date) -> Qualification:
    """The answer when nothing is granted to the provider."""
    for wanted, rule in ((RowStatus.IN_PROGRESS, _in_progress), (RowStatus.NOT_GRANTED, _none)):
        row = next((row for row in rows if row.status is wanted), None)
        if row is not None:
            return _answer(scheme, row, rule(row), on)
    claimed = next((row for row in rows if row.status is RowStatus.CLAIMED), None)
    if claimed is not None:
        return _answer(scheme, claimed, _row(scheme, claimed, Use("", "", "", ()), on, False), on)
    if scheme.complete and scheme.edition is not None and on >= scheme.edition:
        ruling = Ruling(
            Status.NONE,
            f"Aucun service de ce fournisseur dans la liste {scheme.name} du {french(scheme.edition)}.",
            f"No service of this provider in the {scheme.name} list of {english(scheme.edition)}.",
        )
    else:
        ruling = Ruling(
            Status.UNKNOWN,
            f"La liste {scheme.name} applicable à cette date n’a pas été lue.",
            f"The {scheme.name} list that applies on that day was not read.",
        )
    return _from_list(scheme, ruling, on, scheme.source.confidence)


def _in_progress(row: QualificationRow) -> Ruling:
    seen_fr, seen_en = _seen(row)
    return Ruling(
        Status.NOT_YET,
        f"« {row.service} » : qualification demandée, non accordée{seen_fr}. "
        "Un service en cours de qualification n’est pas qualifié.",
        f"“{row.service}”: applied for, not granted{seen_en}. A service in the process is not qualified.",
    )


def _seen(row: QualificationRow) -> tuple[str, str]:
    if row.seen is None:
        return "", ""
    return f" au {french(row.seen)}" if row.seen.exact else f" ({french(row.seen)})", f" as of {english(row.seen)}"


def _none(row: QualificationRow) -> Ruling:
    seen_fr, seen_en = _seen(row)
    return Ruling(
        Status.NONE,
        f"« {row.service} » : absent de la liste{seen_fr}.",
        f"“{row.service}”: not in the list{seen_en}.",
    )


def _answer(scheme: Scheme, row: QualificationRow, ruling: Ruling, on: date) -> Qualification:
    bounded = row.perimeter is not None and (row.perimeter.regions or row.perimeter.countries)
    level = weakest(row.confidence, row.perimeter_confidence) if bounded else row.confidence
    return Qualification(
        scheme=scheme.id,
        version=row.version,
        service=row.service,
        service_id=row.id,
        status=ruling.status,
        issued_on=row.issued.exact if row.issued else None,
        expires_on=row.expires,
        activities=row.activities,
        listed_on=row.seen.exact if row.seen else scheme.edition,
        stale=scheme.stale(on),
        confidence=level,
        why_fr=typeset(ruling.fr),
        why_en=ruling.en,
        source=replace(row.source, confidence=level),
    )


def _from_list(scheme: Scheme, ruling: Ruling, on: date, level: Confidence) -> Qualification:
    return Qualification(
        scheme=scheme.id,
        version="",
        service="",
        service_id="",
        status=ruling.status,
        issued_on=None,
        expires_on=None,
        activities=(),
        listed_on=scheme.edition,
        stale=scheme.stale(on),
        confidence=level,
        why_fr=typeset(ruling.fr),
        why_en=ruling.en,
        source=replace(scheme.source, read_at=midnight(scheme.seen_on)),
    )
