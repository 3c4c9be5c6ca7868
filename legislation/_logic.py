"""Three-valued logic after Kleene, with reasons: yes, no, or unknown for want of named facts.

A known "no" wins over any unknown in a conjunction, a known "yes" in a disjunction; otherwise an
unknown stays unknown.  Hence a missing fact can never turn into a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from legislation._recall import Recall
from model.assessment import Case, Place, Words
from model.observed import Source


@dataclass(frozen=True, slots=True)
class Yes:
    """It is so.  ``declared``: it rests on the organisation's word alone, with no document and no observation."""

    because: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()
    declared: bool = False


@dataclass(frozen=True, slots=True)
class No:
    """It is not so, on positive facts."""

    because: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say.  ``missing`` names the facts (docs/facts.md) that would settle it."""

    missing: tuple[str, ...]
    because: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()


Answer: TypeAlias = Yes | No | Unknown
Ask: TypeAlias = Callable[[Place], Answer]

MOST_REASONS = 12
"""A verdict prints this many distinct reasons and says how many it leaves out."""


def all_of(*answers: Answer) -> Answer:
    """No when one is no, else unknown when one is unknown, else yes."""
    return _no(answers) or _unknown(answers) or _yes(answers) or Yes()


def any_of(*answers: Answer) -> Answer:
    """Yes when one is yes, else unknown when one is unknown, else no."""
    return _yes(answers) or _unknown(answers) or _no(answers) or No()


def not_(answer: Answer) -> Answer:
    """The contrary, for the same reasons."""
    match answer:
        case Yes(because, sources, declared):
            return No(because, sources, declared)
        case No(because, sources, declared):
            return Yes(because, sources, declared)
        case Unknown():
            return answer


def unless(exempt: Answer, required: Answer) -> Answer:
    """``required`` where the exemption does not hold, for its reasons alone; both weigh where it is unknown."""
    return required if isinstance(exempt, No) else any_of(exempt, required)


def every(case: Case, ask: Ask) -> Answer:
    """Whether ``ask`` holds at every place of the case, those that a gap may hide included.

    No when one place is known to fail; unknown when one is unknown, when a gap may hide one, or when
    no place is known at all; yes otherwise.  Reasons are grouped, with the number of stores.
    """
    answers = _answers(case.places, ask)
    noes = [(place, answer) for place, answer in answers if isinstance(answer, No)]
    if noes:
        return No(_grouped(noes), _sources(a for _, a in noes), _all_declared(a for _, a in noes))
    unknowns = [(place, answer) for place, answer in answers if isinstance(answer, Unknown)]
    hidden = _hidden(case)
    if unknowns or hidden is not None:
        missing = {name for _, answer in unknowns if isinstance(answer, Unknown) for name in answer.missing}
        because = _grouped(unknowns)
        if hidden is not None:
            missing.update(hidden.missing)
            because += hidden.because
        return Unknown(tuple(sorted(missing)), because, _sources(a for _, a in unknowns))
    declared = any(isinstance(answer, Yes) and answer.declared for _, answer in answers)
    return Yes(_grouped(answers), _sources(a for _, a in answers), declared)


def _answers(places: Sequence[Place], ask: Ask) -> list[tuple[Place, Answer]]:
    if len(places) < _FEW:
        return [(place, ask(place)) for place in places]
    recall = Recall(ask)
    return [(place, recall(place)) for place in places]


_FEW = 3
"""Below this, watching what a question reads costs more than asking it again."""


def some(case: Case, ask: Ask) -> Answer:
    """Whether ``ask`` holds at one place at least; unknown when only a hidden place could make it so."""
    return not_(every(case, lambda place: not_(ask(place))))


def stores(count: int) -> Words:
    """``3 emplacements`` / ``3 stores``, thousands apart."""
    digits = f"{count:,}"
    fr = digits.replace(",", "\u202f")
    return Words(f"{fr} emplacement{'s' if count > 1 else ''}", f"{digits} store{'s' if count > 1 else ''}")


def _yes(answers: Iterable[Answer]) -> Yes | None:
    found = [answer for answer in answers if isinstance(answer, Yes)]
    if len(found) < 2:
        return found[0] if found else None
    return Yes(_because(found), _sources(found), any(answer.declared for answer in found))


def _no(answers: Iterable[Answer]) -> No | None:
    found = [answer for answer in answers if isinstance(answer, No)]
    if len(found) < 2:
        return found[0] if found else None
    return No(_because(found), _sources(found), _all_declared(found))


def _unknown(answers: Iterable[Answer]) -> Unknown | None:
    found = [answer for answer in answers if isinstance(answer, Unknown)]
    if len(found) < 2:
        return found[0] if found else None
    missing = tuple(sorted({name for answer in found for name in answer.missing}))
    return Unknown(missing, _because(found), _sources(found))


def _because(answers: Iterable[Answer]) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(words for answer in answers for words in answer.because))


def _sources(answers: Iterable[Answer]) -> tuple[Source, ...]:
    # By identity: hashing every source of every place, again at each level, took a third of the time.
    # Equal ones that are not the same object are merged once, when a verdict is made.
    return tuple({id(source): source for answer in answers for source in answer.sources}.values())


def _all_declared(answers: Iterable[Answer]) -> bool:
    # One proven "no" suffices: the verdict rests on a bare declaration only when each of them does.
    return all(isinstance(answer, Yes | No) and answer.declared for answer in answers)


def _hidden(case: Case) -> Unknown | None:
    """What may be missing from the list of places itself."""
    if case.gaps:
        return Unknown(("coverage.gaps",), (_gap_words(case.gaps),))
    if not all(place.seen for place in case.places):
        # Known only as the end of a copy: nobody looked at what it holds, at its key, nor at its own copies.
        words = Words(
            "Une destination de copie n’a pas été lue\u202f: son contenu, sa clé et ses propres copies sont inconnus.",
            "The end of a copy was not read: its contents, its key and its own copies are unknown.",
        )
        return Unknown(("coverage.gaps",), (words,))
    if not case.places:
        return Unknown(("location",), (Words("Aucun emplacement connu.", "No place is known."),))
    return None


def _gap_words(gaps: tuple[str, ...]) -> Words:
    if gaps == ALONE:
        return Words("Un angle mort concerne cet emplacement.", "A gap concerns this very place.")
    names = ", ".join(gaps[:3]) + (", …" if len(gaps) > 3 else "")
    if len(gaps) == 1:
        return Words(f"Un angle mort peut masquer un emplacement ({names}).", f"A gap may hide a place ({names}).")
    return Words(
        f"{len(gaps)} angles morts peuvent masquer un emplacement ({names}).",
        f"{len(gaps)} gaps may hide a place ({names}).",
    )


ALONE = ("",)
"""The gaps of a place judged alone, when one concerns it: the place does not tell which."""


def _grouped(answers: Iterable[tuple[Place, Answer]]) -> tuple[Words, ...]:
    """Each distinct reason once, with the number of stores it concerns, the most frequent first.

    A place judged alone stands for each of its stores, has no number of them, and needs none.
    """
    # Many places share one answer: its stores are counted before its words are compared.
    shared: dict[int, tuple[Answer, int]] = {}
    for place, answer in answers:
        _, count = shared.get(id(answer), (answer, 0))
        shared[id(answer)] = answer, count + place.stores
    counts: dict[Words, int] = {}
    for answer, count in shared.values():
        for words in answer.because:
            counts[words] = counts.get(words, 0) + count
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0].fr))
    lines = []
    for words, count in ranked[:MOST_REASONS]:
        if not count:
            lines.append(words)
            continue
        number = stores(count)
        lines.append(Words(f"{number.fr}\u202f: {words.fr}", f"{number.en}: {words.en}"))
    left = len(ranked) - MOST_REASONS
    if left > 0:
        lines.append(Words(f"… et {left} autres motifs, voir les emplacements.", f"… and {left} more, see the places."))
    return tuple(lines)
