"""The findings of an assessment, the same in every report: one order, one id each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from model.assessment import (
    Assessment,
    JudgedDataset,
    JudgedPlace,
    Outcome,
    Rule,
    RuleKind,
    Severity,
    Verdict,
    countries_of,
)
from model.observed import Observed, known
from model.places import PlaceKind
from reports._differences import Difference, differences, rule_of, verdict_of

UNATTACHED = "unattached"

_KINDS = tuple(RuleKind)
_SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Places of one dataset that a reader would call the same, with how many stores they hold.

    ``regions`` and ``countries`` are sorted; ``facts`` are the ids of the facts grouped here.
    """

    dataset: str
    target: str
    role: PlaceKind
    seen: bool
    provider: str
    service: str
    regions: tuple[str, ...]
    countries: tuple[str, ...]
    stores: int = 0
    facts: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """Stable from run to run, whatever the number of stores."""
        parts = (self.dataset, self.target, self.role.value, str(self.seen), self.provider, self.service)
        return digest("P", *parts, " ".join(self.regions), " ".join(self.countries))


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that failed or could not be settled, and what it was asked of.

    ``subject_type`` is ``dataset``, ``stores`` (those tied to no dataset) or ``place``, which is the
    only one with a ``group``: a breach shown by these places alone, whatever the rest of the dataset.
    """

    id: str
    rule: Rule
    verdict: Verdict
    subject_type: str
    subject_id: str
    dataset: str
    first_seen: str
    group: PlaceGroup | None = None

    @property
    def is_breach(self) -> bool:
        """A breach that no derogation in force covers."""
        failed = self.verdict.outcome is Outcome.FAIL and not self.verdict.derogation
        return failed and self.rule.kind is RuleKind.BREACH


def digest(prefix: str, *parts: str) -> str:
    """A short stable name for ``parts``."""
    return f"{prefix}-{hashlib.sha256(chr(31).join(parts).encode(errors='surrogatepass')).hexdigest()[:12]}"


def findings(assessment: Assessment, differing: Sequence[Difference] | None = None) -> list[Finding]:
    """Every failure and every open question, breaches first, then by severity, rule and subject.

    Differences between the register and what was seen come last, as information; ``differing`` are they, for a
    caller that has them already.
    Single places are listed for failed breach rules only, grouped, so that their number depends on
    how different the places are and not on how many stores there are.
    """
    judgement = assessment.judgement
    rules = {rule.id: rule for rule in judgement.rules}
    found: list[Finding] = []
    cases = [*judgement.datasets, *([judgement.unattached] if judgement.unattached else [])]
    for judged in cases:
        kind, subject = subject_of(judged)
        found.extend(
            _finding(assessment, rules[verdict.rule], verdict, kind, subject, judged.dataset.id)
            for verdict in judged.verdicts
            if verdict.outcome in (Outcome.FAIL, Outcome.UNDETERMINED)
        )
    for verdict, group in _failing_places(judgement.places, rules):
        finding = _finding(assessment, rules[verdict.rule], verdict, "place", group.id, group.dataset)
        found.append(replace(finding, group=group))
    for one in differences(assessment) if differing is None else differing:
        finding = _finding(assessment, rule_of(one.kind), verdict_of(one), "dataset", one.dataset, one.dataset)
        found.append(replace(finding, id=digest("F", finding.rule.id, one.subject)))
    found.sort(key=_rank)
    return found


def subject_of(judged: JudgedDataset) -> tuple[str, str]:
    """The type and id under which a case is known outside."""
    return ("dataset", judged.dataset.id) if judged.dataset.id else ("stores", UNATTACHED)


def group_of(judged: JudgedPlace, dataset: str) -> PlaceGroup:
    """The group that a place belongs to within a dataset, holding that place only."""
    place = judged.place
    return PlaceGroup(
        dataset=dataset,
        target=place.target,
        role=place.role,
        seen=place.seen,
        provider=text_of(place.provider),
        service=text_of(place.service),
        regions=tuple(sorted({location.region for location in place.locations if location.region})),
        countries=tuple(sorted(countries_of(place))),
        stores=place.stores,
        facts=(place.facts_id,),
    )


def text_of(answer: Observed[str]) -> str:
    """The text when it is known, else the empty text (for grouping and for sorting)."""
    return known(answer) or ""


def _failing_places(places: tuple[JudgedPlace, ...], rules: dict[str, Rule]) -> Iterator[tuple[Verdict, PlaceGroup]]:
    groups: dict[tuple[str, PlaceGroup], list[tuple[Verdict, JudgedPlace]]] = {}
    for judged in places:
        for dataset, verdicts in judged.verdicts:
            for verdict in verdicts:
                rule = rules[verdict.rule]
                if rule.kind is RuleKind.BREACH and verdict.outcome is Outcome.FAIL:
                    key = replace(group_of(judged, dataset), stores=0, facts=())
                    groups.setdefault((rule.id, key), []).append((verdict, judged))
    for (_, key), members in groups.items():
        stores = sum(judged.place.stores for _, judged in members)
        facts = tuple(sorted({judged.place.facts_id for _, judged in members}))
        yield members[0][0], replace(key, stores=stores, facts=facts)


def _finding(a: Assessment, rule: Rule, verdict: Verdict, kind: str, subject: str, dataset: str) -> Finding:
    id = digest("F", rule.id, kind, subject)
    known_since = a.header.first_seen.get(id, "")
    # With a previous edition but no record of it, nobody can say since when.
    fresh = "" if a.header.previous and not a.header.first_seen else a.header.on.isoformat()
    return Finding(id, rule, verdict, kind, subject, dataset, known_since or fresh)


def _rank(finding: Finding) -> tuple[int, int, int, str, str, str]:
    return (
        _KINDS.index(finding.rule.kind),
        0 if finding.verdict.outcome is Outcome.FAIL else 1,
        _SEVERITIES.index(finding.verdict.severity),
        finding.rule.id,
        finding.subject_type,
        finding.subject_id,
    )
