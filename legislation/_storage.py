"""Whether a place stores the data inside an area, place by place."""

from __future__ import annotations

from legislation._facts import lacking, listed
from legislation._logic import Answer, No, Unknown, Yes, all_of
from model.assessment import Place, Words
from model.observed import Grade, Known
from model.places import PlaceKind

_NO_STORAGE = (PlaceKind.KEY,)
_PERHAPS_DATA = (PlaceKind.LOG, PlaceKind.METADATA)


def stored_in(place: Place, members: frozenset[str], area: Words) -> Answer:
    """Whether every location of ``place`` is a member.

    A key is no storage.  Logs and metadata outside settle nothing until one knows whether they hold such data.
    """
    if place.role in _NO_STORAGE:
        return Yes()
    answers: list[Answer] = []
    for location in place.locations:
        match location.countries:
            case Known(countries, source) if countries:
                out = listed([country for country in countries if country not in members])
                if not out:
                    words = Words(
                        f"stocké dans {area.fr} ({listed(countries)})", f"stored in {area.en} ({listed(countries)})"
                    )
                    answers.append(Yes((words,), (source,), place.grade is Grade.DECLARED))
                    continue
                words = Words(f"stocké hors de {area.fr} ({out})", f"stored outside {area.en} ({out})")
                if place.role in _PERHAPS_DATA:
                    answers.append(Unknown(("dataset.health",), (words,), (source,)))
                else:
                    answers.append(No((words,), (source,)))
            case answer:
                answers.append(lacking("location.country", answer.source))
    return all_of(*answers)
