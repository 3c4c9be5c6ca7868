"""How a day is written in a sentence of a report."""

from __future__ import annotations

from datetime import date

from catalog._records import Day

_FR = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
       "décembre")  # fmt: skip
_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
       "December")  # fmt: skip


def french(day: date | Day) -> str:
    """« 1er mars 2026 », or « juillet 2024 » when only the month is known."""
    if isinstance(day, Day):
        if day.exact is None:
            month = f"{_FR[day.first.month - 1]} " if day.first.month == day.last.month else ""
            return f"{month}{day.first.year}"
        day = day.exact
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_FR[day.month - 1]} {day.year}"


def english(day: date | Day) -> str:
    """“1 March 2026”, or “July 2024” when only the month is known."""
    if isinstance(day, Day):
        if day.exact is None:
            month = f"{_EN[day.first.month - 1]} " if day.first.month == day.last.month else ""
            return f"{month}{day.first.year}"
        day = day.exact
    return f"{day.day} {_EN[day.month - 1]} {day.year}"


def typeset(sentence: str) -> str:
    """French spacing: a narrow no-break space before ; : ! ? and inside guillemets."""
    for sign in (";", ":", "!", "?", "»"):
        sentence = sentence.replace(f" {sign}", f"\u202f{sign}")
    return sentence.replace("« ", "«\u202f")
