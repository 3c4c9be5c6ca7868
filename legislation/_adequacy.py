"""Which countries a decision of the Commission covers on a day (GDPR art. 45), wholly or for some organisations."""

from __future__ import annotations

from datetime import timedelta

from legislation._days import months_after, written
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes
from model.assessment import Words


def third(law: Law, countries: tuple[str, ...]) -> tuple[str, ...]:
    """Those outside the European Economic Area, sorted."""
    members = law.members("eea_members")
    return tuple(sorted({country for country in countries if country not in members}))


def spared(law: Law) -> frozenset[str]:
    """The countries whose law is no law of a non-adequate third country.

    A decision that covers some organisations only does not make its country one of them: whether the law of the
    United States counts since the Data Privacy Framework is contested, and it is held to count.
    """
    return frozenset(law.members("eea_members")) | frozenset(law.members("adequate_countries"))


def wholly(law: Law, country: str) -> bool:
    """Whether a general decision covers the country."""
    return country in law.members("adequate_countries")


def partly(law: Law, country: str) -> bool:
    """Whether a decision covers some organisations of the country."""
    return country in law.members("adequate_listed_only")


def uncovered(law: Law, country: str) -> Words:
    """What to say of a country that no decision covers."""
    day = written(law.on)
    return Words(
        f"Aucune décision d’adéquation ne couvre ce pays le {day.fr}\u202f: {country}.",
        f"No adequacy decision covers this country on {day.en}: {country}.",
    )


def in_force(law: Law, country: str) -> Answer:
    """Whether a decision, general or not, covers the country, as far as the list is still fresh.

    A country that the list holds, or has never held, has to be looked up again once the list is too old.  One
    whose decision has ended by its own terms is not covered.
    """
    covered = wholly(law, country) or partly(law, country)
    if not covered and _ended(law, country):
        return No((uncovered(law, country),))
    checked = law.library.parameters["adequate_countries"].checked_on
    if law.on > checked + timedelta(days=law.number("adequacy_list_age")):
        return lacking("adequacy.list")
    if not covered:
        return No((uncovered(law, country),))
    words = Words(f"Décision d’adéquation en vigueur\u202f: {country}.", f"Adequacy decision in force: {country}.")
    return Yes((words, *_ending(law, country)))


def challenged(law: Law, country: str) -> tuple[Words, ...]:
    """A sentence when the decision of the country is challenged in court: valid until annulled."""
    if country not in law.members("adequacy_challenged"):
        return ()
    return (
        Words(
            f"Décision contestée en justice et valide tant qu’elle n’est pas annulée\u202f: {country}.",
            f"Decision challenged in court, valid until annulled: {country}.",
        ),
    )


def _ended(law: Law, country: str) -> bool:
    values = law.library.parameters["adequate_countries"].values
    return any(isinstance(dated.value, tuple) and country in dated.value for dated in values if dated.since <= law.on)


def _ending(law: Law, country: str) -> tuple[Words, ...]:
    """A sentence when the decision ends within the notice."""
    limit = months_after(law.on, law.number("adequacy_warning"))
    for id in ("adequate_countries", "adequate_listed_only"):
        for dated in law.library.parameters[id].values:
            held = isinstance(dated.value, tuple) and country in dated.value
            if law.on < dated.since <= limit and not held and country in law.members(id):
                last = written(dated.since - timedelta(days=1))
                fr = f"Fin de la décision d’adéquation le {last.fr}\u202f: {country}."
                return (Words(fr, f"The adequacy decision ends on {last.en}: {country}."),)
    return ()
