"""Whether the term of a qualification covers a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog._records import QualificationRow, Scheme
from catalog._words import english, french
from model.parties import QualificationStatus

Status = QualificationStatus


@dataclass(frozen=True, slots=True)
class Ruling:
    """A status with its sentence in both languages, before French typesetting."""

    status: Status
    fr: str
    en: str


def in_term(scheme: Scheme, row: QualificationRow, on: date) -> Ruling:
    """The state of a granted row on the day ``on``: valid from its first day to the day before its end.

    An end that was not read is bounded by the longest term of the scheme, and then only for a row seen
    in force after its start.
    """
    seen_fr = f" ; lu en date du {french(row.seen)}" if row.seen else ""
    seen_en = f"; read as of {english(row.seen)}" if row.seen else ""
    if row.issued and on < row.issued.first:
        return Ruling(
            Status.NOT_YET,
            f"« {row.service} » : décision postérieure ({french(row.issued)}) à la date d’appréciation.",
            f"“{row.service}”: decided later ({english(row.issued)}) than the day asked.",
        )
    if row.expires and on >= row.expires:
        return Ruling(
            Status.EXPIRED,
            f"« {row.service} » : fin de validité le {french(row.expires)}, aucun renouvellement lu{seen_fr}.",
            f"“{row.service}”: ended on {english(row.expires)}, no renewal was read{seen_en}.",
        )
    shown_before = row.seen is not None and row.seen.last <= on
    started = row.issued is not None and row.issued.last <= on
    if row.expires and (started or shown_before):
        since_fr = f"valable du {french(row.issued)} au" if row.issued else "en vigueur, valable jusqu’au"
        since_en = f"valid from {english(row.issued)} to" if row.issued else "in force, valid until"
        return Ruling(
            Status.VALID,
            f"« {row.service} » : {since_fr} {french(row.expires)}{seen_fr}.",
            f"“{row.service}”: {since_en} {english(row.expires)}{seen_en}.",
        )
    if row.issued and started and row.seen and row.seen.last >= row.issued.first:
        term = _years_after(row.issued.first, scheme.validity_years)
        if on < term and on >= row.seen.first:
            return Ruling(
                Status.VALID,
                f"« {row.service} » : en vigueur, décision : {french(row.issued)}{seen_fr} ; "
                f"la date de fin n’a pas été lue (la durée de {scheme.validity_years} ans mènerait au {french(term)}).",
                f"“{row.service}”: in force since {english(row.issued)}{seen_en}; its end was not read "
                f"(a term of {scheme.validity_years} years would run to {english(term)}).",
            )
    return Ruling(
        Status.UNKNOWN,
        f"« {row.service} » : les dates de validité n’ont pas été lues{seen_fr}.",
        f"“{row.service}”: its dates were not read{seen_en}.",
    )


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
