"""Calendar days and months: as the law counts them, and as each language writes them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from model.assessment import Words

_FR = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
       "décembre")  # fmt: skip
_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
       "December")  # fmt: skip


def months_after(day: date, months: int) -> date:
    """The same day of the month, ``months`` later; the last day of a shorter month.

    Never beyond the last day that a date can write: registers say 9999-12-31 for "no end".
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_after(day: date) -> date:
    """The next day, or the last day that a date can write."""
    return date.max if day == date.max else day + timedelta(days=1)


def written(day: date) -> Words:
    """``1er août 2026`` and ``1 August 2026``, held together by no-break spaces."""
    number = "1er" if day.day == 1 else str(day.day)
    fr = f"{number}\u00a0{_FR[day.month - 1]}\u00a0{day.year}"
    return Words(fr, f"{day.day}\u00a0{_EN[day.month - 1]}\u00a0{day.year}")
