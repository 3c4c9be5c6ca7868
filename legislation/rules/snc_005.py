"""SNC-005: do holders outside the European Union stay within 24 % each and 39 % together?

SecNumCloud 3.2, 19.6.b, an indicative check. Our reading: capital and votes, each, directly and through the chain; the
thresholds themselves are allowed (exactly 24 % passes, 24.01 % fails). Capital is multiplied along a chain; votes cast
through a controlled company count in full, and whoever controls the provider counts for all its votes. Where no source
tells the votes, they follow the capital.
"""

from __future__ import annotations

from datetime import date

from legislation._control import Holding, holdings
from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from legislation._sovereignty import each_provider, has_provider
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.observed import Source
from model.parties import Operator

RULE = Rule(
    id="SNC-005",
    titles=Words(
        "Seuils de détention hors de l’Union\u202f: 24\u202f% et 39\u202f%", "Holdings outside the Union: 24 % and 39 %"
    ),
    kind=RuleKind.INDICATIVE,
    severity=Severity.HIGH,
    basis=(Cite("SNC-3.2", "19.6.b", "3.2"),),
    in_force_from=date(2022, 3, 8),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Obtenir la table de capitalisation (pour une société cotée, les franchissements de seuil déclarés selon "
        "l’article L.233-7 du code de commerce).",
        "Obtain the capitalisation table (for a listed company, the holders declared under C. com. L.233-7).",
    ),
)
OF_PLACES = True
BEFORE = Words("SecNumCloud 3.2 n’était pas publié.", "SecNumCloud 3.2 was not published.")

_KINDS = (("capital", Words("du capital", "of the capital")), ("votes", Words("des droits de vote", "of the votes")))


def applies(case: Case, _law: Law) -> Answer:
    """A cloud provider serves a place."""
    return has_provider(case)


def holds(case: Case, law: Law) -> Answer:
    """No provider is held beyond the thresholds from outside the Union."""
    return each_provider(case, law, RULE.id, within)


def within(operator: Operator, law: Law) -> Answer:
    """Whether the holders of an operator stay within both thresholds, for capital and for votes."""
    single, together = law.number("capital_single_threshold"), law.number("capital_together_threshold")
    held = holdings(operator, law)
    sources = tuple(source for link in operator.links for source in link.sources) or operator.entity.sources
    answers = [_within(operator, held, kind, words, (single, together), sources) for kind, words in _KINDS]
    listed = Yes() if operator.holders_complete else lacking("provider.holders", sources[0] if sources else None)
    return all_of(*answers, listed)


def _within(
    operator: Operator,
    held: tuple[Holding, ...],
    kind: str,
    words: Words,
    limits: tuple[int, int],
    sources: tuple[Source, ...],
) -> Answer:
    name = operator.entity.name
    shares = [(holding, getattr(holding, kind)) for holding in held if holding.outside is not False]
    certain = [(holding.name, share) for holding, share in shares if holding.outside and share is not None]
    total = round(sum(share for _, share in certain), 9)
    master = next((holding.name for holding in held if holding.outside and holding.controlling), "")
    if master and kind == "votes":
        said = Words(
            f"{name}\u202f: {master}, hors de l’Union, la contrôle, ce qui compte pour tous les droits de vote",
            f"{name}: {master}, outside the Union, controls it, which counts for all the votes",
        )
        return No((said,), sources)
    above = [(who, share) for who, share in certain if share > limits[0]]
    if above:
        who, share = max(above, key=lambda pair: (pair[1], pair[0]))
        said = Words(
            f"{name}\u202f: {who}, hors de l’Union, détient {_percent(share).fr} {words.fr}",
            f"{name}: {who}, outside the Union, holds {_percent(share).en} {words.en}",
        )
        return No((said,), sources)
    if total > limits[1]:
        said = Words(
            f"{name}\u202f: ensemble, {_percent(total).fr} {words.fr} hors de l’Union",
            f"{name}: together, {_percent(total).en} {words.en} outside the Union",
        )
        return No((said,), sources)
    # A share or a seat that is not known may be as large, or as far, as can be.
    possible = [100.0 if share is None else share for _, share in shares]
    if any(share > limits[0] for share in possible) or round(sum(possible), 9) > limits[1]:
        return lacking("provider.holders", sources[0] if sources else None)
    said = Words(
        f"{name}\u202f: {_percent(total).fr} {words.fr} hors de l’Union",
        f"{name}: {_percent(total).en} {words.en} outside the Union",
    )
    return Yes((said,), sources)


def _percent(share: float) -> Words:
    """``24,01 %`` and ``24.01 %``."""
    text = f"{share:.4f}".rstrip("0").rstrip(".")
    return Words(f"{text.replace('.', ',')}\u202f%", f"{text} %")
