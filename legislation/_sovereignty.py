"""The readings that the indicative rules on SecNumCloud 3.2 share: which providers, which third companies.

All of SNC-002 to SNC-008 passing does not qualify a service; only the official list does (SNC-001).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from legislation import _ties
from legislation._control import above, controls
from legislation._facts import any_cloud, in_cloud, lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of, every, not_, some, unless
from legislation._qualified import best
from model.assessment import Case, Place, Words
from model.observed import Absent, Known, Unread
from model.parties import LegalEntity, Operator, OperatorRole, QualificationStatus, ThirdParty


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was answered of an operator, and the parameters read on the way."""

    operator: Operator
    answer: Answer
    reads: dict[str, tuple[str, str, str]]


SERVING = (OperatorRole.CONTRACTING, OperatorRole.OPERATING)
"""The roles of the provider itself; the others are third companies to it."""

_CLAIMS = Words(
    "contradiction avec la qualification SecNumCloud annoncée pour ce service",
    "in contradiction with the SecNumCloud qualification listed for this service",
)


def has_provider(case: Case) -> Answer:
    """Whether the case has recourse to a cloud provider, the only one that the référentiel speaks of."""
    return any_cloud(case)


def each_place(case: Case, ask: Callable[[Place], Answer]) -> Answer:
    """Whether ``ask`` holds at every place that a cloud provider serves, those that a gap may hide included."""
    return every(case, lambda place: unless(not_(in_cloud(case, place)), _contradicting(place, ask(place))))


def each_provider(case: Case, law: Law, rule: str, ask: Callable[[Operator, Law], Answer]) -> Answer:
    """Whether ``ask`` holds of every provider of every such place; asked once a day of each provider for ``rule``."""
    return each_place(case, lambda place: _of_providers(place, lambda operator: _once(operator, law, rule, ask)))


def _once(operator: Operator, law: Law, rule: str, ask: Callable[[Operator, Law], Answer]) -> Answer:
    """The answer on an operator, with the parameters read for it: thousands of places share it."""
    # Keyed by identity; the operator is held so that its identity stays taken.
    key = f"{rule} {id(operator)}"
    held = law.shared.get(key)
    if not isinstance(held, _Asked):
        view = law.afresh()
        held = law.shared[key] = _Asked(operator, ask(operator, view), view.reads)
    law.reads.update(held.reads)
    return held.answer


def third_company(case: Case, law: Law) -> Answer:
    """Whether a provider uses a third company seated outside the Union, or controlled from outside."""
    return all_of(has_provider(case), some(case, lambda place: all_of(in_cloud(case, place), _used(place, law))))


def each_third_company(
    case: Case,
    law: Law,
    ask: Callable[[ThirdParty], Answer],
    ask_host: Callable[[Operator], Answer],
) -> Answer:
    """Whether ``ask`` holds of each such company, and ``ask_host`` of each layer below that is such a company."""
    return each_place(case, lambda place: _of_third(place, law, ask, ask_host))


def located_in_union(place: Place, union: frozenset[str]) -> Answer:
    """Whether every location of a place is in the Union."""
    answers: list[Answer] = []
    for location in place.locations:
        match location.countries:
            case Known(countries, source) if countries:
                out = ", ".join(sorted(country for country in countries if country not in union))
                where = ", ".join(sorted(countries))
                if out:
                    words = Words(f"hors de l’Union européenne ({out})", f"outside the European Union ({out})")
                    answers.append(No((words,), (source,)))
                else:
                    words = Words(f"dans l’Union européenne ({where})", f"in the European Union ({where})")
                    answers.append(Yes((words,), (source,)))
            case Known(_, source) | Absent(source) | Unread(source=source):
                answers.append(lacking("location.country", source))
    return all_of(*answers)


def outside(entity: LegalEntity, union: frozenset[str]) -> bool | None:
    """Whether an entity is seated outside the Union; ``None`` when its seat is not known."""
    return entity.seat.value not in union if isinstance(entity.seat, Known) else None


def _of_providers(place: Place, ask: Callable[[Operator], Answer]) -> Answer:
    serving = [operator for operator in _operators(place) if operator.role in SERVING]
    return all_of(*map(ask, serving)) if serving else lacking("provider.entity", place.operators.source)


def _operators(place: Place) -> tuple[Operator, ...]:
    return place.operators.value if isinstance(place.operators, Known) else ()


def _used(place: Place, law: Law) -> Answer:
    union = frozenset(law.members("eu_members"))
    found = [(name, out) for name, out in _companies(place, law, union) if out is not False]
    foreign = [name for name, out in found if out]
    if foreign:
        names = ", ".join(sorted(foreign))
        words = Words(
            f"société tierce hors de l’Union, ou contrôlée depuis l’extérieur\u202f: {names}",
            f"third company outside the Union, or controlled from outside: {names}",
        )
        return Yes((words,))
    serving = [operator for operator in _operators(place) if operator.role in SERVING]
    if found or not serving or not all(operator.third_parties_complete for operator in serving):
        return lacking("provider.third_parties", place.operators.source)
    words = Words("aucune société tierce hors de l’Union", "no third company outside the Union")
    return No((words,), (place.operators.source,))


def _companies(place: Place, law: Law, union: frozenset[str]) -> Iterator[tuple[str, bool | None]]:
    for operator in _operators(place):
        if operator.role not in SERVING:
            yield operator.entity.name, _foreign(operator, law, union)
            continue
        for party in operator.third_parties:
            yield party.name, _ties.outside(party, union)


def _foreign(operator: Operator, law: Law, union: frozenset[str]) -> bool | None:
    """Whether a company of the layer below is seated or controlled outside the Union."""
    majority = law.number("control_threshold")
    seats = [outside(operator.entity, union)]
    seats += [
        outside(holder, union)
        for link, holder in above(operator, law)
        if controls(link, majority) and link.held in _controlled(operator, law, majority)
    ]
    if True in seats:
        return True
    return False if operator.chain_complete and None not in seats else None


def _controlled(operator: Operator, law: Law, majority: int) -> set[str]:
    """The operator and the companies that control it."""
    chain = {operator.entity.id}
    for link, holder in above(operator, law):
        if link.held in chain and controls(link, majority):
            chain.add(holder.id)
    return chain


def _of_third(
    place: Place, law: Law, ask: Callable[[ThirdParty], Answer], ask_host: Callable[[Operator], Answer]
) -> Answer:
    union = frozenset(law.members("eu_members"))
    answers: list[Answer] = []
    for operator in _operators(place):
        if operator.role not in SERVING:
            if _foreign(operator, law, union) is not False:
                answers.append(ask_host(operator))
            continue
        for party in operator.third_parties:
            match _ties.outside(party, union):
                case True:
                    answers.append(ask(party))
                case None if not isinstance(ask(party), Yes):
                    answers.append(lacking("provider.third_parties"))
        if not operator.third_parties_complete:
            answers.append(lacking("provider.third_parties"))
    if not isinstance(place.operators, Known):
        answers.append(lacking("provider.entity", place.operators.source))
    if not answers:
        return Yes((Words("aucune société tierce hors de l’Union", "no third company outside the Union"),))
    return all_of(*answers)


def _contradicting(place: Place, answer: Answer) -> Answer:
    """A failure says so where the official list has the service as qualified."""
    entry = best(place, "secnumcloud")
    if isinstance(answer, No) and entry is not None and entry.status is QualificationStatus.VALID:
        return No((*answer.because, _CLAIMS), (*answer.sources, entry.source), answer.declared)
    return answer
