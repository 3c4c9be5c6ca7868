"""CSF-001: which profile under the Cloud Sovereignty Framework?

Cloud Sovereignty Framework of the Commission, version 1.2.1: a procurement tool, not law, and information only. Asked
when the register asks for it. Our reading: an objective counts when its SEAL level rests on a document; one without is
not scored, never zero. The lowest level is a gate for each objective, then the weighted score is given.
"""

from __future__ import annotations

from datetime import date

from legislation._facts import lacking
from legislation._law import Law
from legislation._logic import Answer, No, Yes, all_of
from model.assessment import Case, Cite, Rule, RuleKind, Severity, Words
from model.datasets import SealLevel, Sovereignty
from model.observed import Known, Observed

RULE = Rule(
    id="CSF-001",
    titles=Words(
        "Profil du cadre européen de souveraineté de l’informatique en nuage", "Cloud Sovereignty Framework profile"
    ),
    kind=RuleKind.INFORMATION,
    severity=Severity.INFORMATION,
    basis=(Cite("CSF-1.2.1", "SEAL", "1.2.1"),),
    in_force_from=date(2025, 10, 31),
    checked_on=date(2026, 11, 21),
    remedy=Words(
        "Demander au prestataire les pièces des objectifs non cotés.",
        "Ask the provider for the evidence of the objectives that are not scored.",
    ),
)
OF_PLACES = False
BEFORE = Words("Le cadre n’était pas publié dans cette version.", "The framework was not published in this version.")

_HIGHEST = 4
_SILENT = Words(
    "Aucun profil de souveraineté n’est demandé au registre.", "The register asks for no sovereignty profile."
)


def applies(case: Case, _law: Law) -> Answer:
    """The register asks for a profile."""
    return No((_SILENT,)) if case.dataset.sovereignty is None else Yes()


def holds(case: Case, law: Law) -> Answer:
    """Every objective is scored, none below the lowest level asked for."""
    asked = case.dataset.sovereignty
    if asked is None:
        return No((_SILENT,))
    weights = {name: int(weight) for name, weight in (line.split("=") for line in law.members("csf_weights"))}
    levels = {line.objective: line for line in asked.levels}
    answers = [_objective(levels.get(name), name, asked.minimum) for name in sorted(weights)]
    return all_of(*answers, _score(levels, weights, asked))


def _objective(line: SealLevel | None, name: str, minimum: Observed[int]) -> Answer:
    if line is None or not isinstance(line.level, Known) or not isinstance(line.document, Known):
        return lacking("sovereignty.levels", line.level.source if line else None)
    level = line.level.value
    source = (line.level.source, line.document.source)
    words = Words(f"{name}\u202f: SEAL-{level}", f"{name}: SEAL-{level}")
    if not isinstance(minimum, Known):
        return lacking("sovereignty.minimum", minimum.source)
    if level < minimum.value:
        low = Words(
            f"{name}\u202f: SEAL-{level}, minimum demandé SEAL-{minimum.value}",
            f"{name}: SEAL-{level}, lowest asked for SEAL-{minimum.value}",
        )
        return No((low,), source)
    return Yes((words,), source)


def _score(levels: dict[str, SealLevel], weights: dict[str, int], asked: Sovereignty) -> Answer:
    """The weighted score, once every objective is scored."""
    known_ = {name: line.level.value for name, line in levels.items() if isinstance(line.level, Known)}
    if set(weights) - set(known_):
        return lacking("sovereignty.levels", asked.minimum.source)
    score = sum(weights[name] * known_[name] for name in weights) / _HIGHEST
    digits = f"{score:.2f}".rstrip("0").rstrip(".")
    words = Words(f"Score pondéré\u202f: {digits.replace('.', ',')}\u202f%.", f"Weighted score: {digits} %.")
    return Yes((words,))
