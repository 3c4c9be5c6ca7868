"""What a committee is asked to decide, gravest first: one line per act, never one per finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from model.assessment import Assessment, DerogationState, JudgedDerogation, Outcome, RuleKind
from model.observed import Reason, known
from model.places import Gap
from reports._evidence import Citation, Evidence
from reports._findings import Finding, PlaceGroup
from reports._gaps import by_grantor, rights
from reports._naming import fact, grantor, separator
from reports._text import visible
from reports._words import Language

_NOTICE = timedelta(days=90)
_NAMED = 5
_FEW = 3
_BRIEFLY = 2
_STEPS = 12
_REFUSED = (Reason.REFUSED, Reason.DISABLED)


@dataclass(frozen=True, slots=True)
class Decision:
    """One act: its verb, what it concerns, by when and why, what happens otherwise.  ``steps`` may be empty.

    ``subject`` and ``source`` are the short forms of ``concerns`` and ``basis`` that the first page shows.
    """

    id: str
    title: str
    subject: str
    source: str
    concerns: str
    deadline: str
    basis: str
    consequence: str
    steps: tuple[str, ...]
    places: tuple[str, ...]
    evidence: Citation


def decisions(
    assessment: Assessment,
    found: Sequence[Finding],
    evidence: Evidence,
    cite: Callable[[Finding], str],
    words: Language,
) -> list[Decision]:
    """Every decision called for, numbered D-01 upward.  ``cite`` words the legal basis of a finding."""
    titles = {
        judged.dataset.id: _title(judged.dataset.title, judged.dataset.id) for judged in assessment.judgement.datasets
    }
    writer = _Writer(assessment, evidence, words, titles, cite)
    acts = [
        *writer.breaches(found),
        *writer.lapsed(),
        *writer.rights(),
        *writer.facts(found),
        *writer.loose(),
        *writer.ending(),
    ]
    return [replace(act, id=f"D-{rank:02}") for rank, act in enumerate(acts, 1)]


def named(titles: Sequence[str], words: Language, most: int = _NAMED) -> str:
    """A few titles and the number of the others."""
    shown = [f"«\u202f{title}\u202f»" if words.code == "fr" else f"“{title}”" for title in titles[:most]]
    if len(titles) > most:
        return f"{', '.join(shown)} {words.say('page.and_more', n=words.number(len(titles) - most))}"
    return words.sequence(shown)


def _last(judged: JudgedDerogation) -> date:
    """The last day on which a derogation counts, which the legal cap may bring forward."""
    return judged.last_on or judged.derogation.ends_on


def _title(title: str, id: str) -> str:
    return visible(title or id, 120)


@dataclass(frozen=True, slots=True)
class _Writer:
    assessment: Assessment
    evidence: Evidence
    words: Language
    titles: dict[str, str]
    cite: Callable[[Finding], str]

    def breaches(self, found: Sequence[Finding]) -> Iterator[Decision]:
        """One act per breached rule: its remedy, for all the datasets that breach it."""
        by_rule: dict[str, list[Finding]] = {}
        at_fault: dict[str, list[PlaceGroup]] = {}
        for one in found:
            if one.is_breach and one.group is None:
                by_rule.setdefault(one.rule.id, []).append(one)
            elif one.is_breach and one.group:
                at_fault.setdefault(one.rule.id, []).append(one.group)
        stores = {judged.dataset.id: judged.stores for judged in self.assessment.judgement.datasets}
        for group in by_rule.values():
            rule = group[0].rule
            places = at_fault.get(rule.id, [])
            # The places that show the breach by themselves; without any, the whole dataset is concerned.
            count = sum(one.stores for one in places) or sum(stores.get(one.dataset, 0) for one in group)
            ids = [one.dataset for one in group]
            severity = self.words.name("severity", group[0].verdict.severity)
            yield self._decision(
                title=self.words.pick(rule.remedy).removesuffix("."),
                concerns=f"{self._datasets(ids)} ({rule.id}, {self.words.pick(rule.titles)})",
                subject=f"{self._datasets(ids, _BRIEFLY)} ({rule.id})",
                deadline=self.words.say("decisions.in_force", day=self.words.day(rule.in_force_from)),
                basis=self.cite(group[0]),
                consequence=self.words.say(
                    "decisions.breach",
                    severity=severity,
                    stores=self.words.count("n.stores", count),
                    persons=self._persons(ids),
                ),
                places=[self._place(one) for one in places],
                evidence=self.evidence.cite(source for one in group for source in one.verdict.sources),
            )

    def rights(self) -> Iterator[Decision]:
        """One act for the rights to grant, one for the readings to repeat."""
        refused = [gap for gap in self.assessment.gaps if gap.permission or gap.reason in _REFUSED]
        steps = [self._grantor(who, rights(several)) for who, several in by_grantor(refused).items()]
        yield from self._gaps("decisions.rights", refused, steps)
        others = [gap for gap in self.assessment.gaps if gap not in refused]
        by_reason: dict[str, int] = {}
        for gap in others:
            by_reason[gap.reason] = by_reason.get(gap.reason, 0) + 1
        steps = [
            self.words.say(
                "decisions.again_step", reason=self.words.name("reason", reason), gaps=self.words.count("n.gaps", count)
            )
            for reason, count in sorted(by_reason.items())
        ]
        yield from self._gaps("decisions.again", others, steps)

    def facts(self, found: Sequence[Finding]) -> Iterator[Decision]:
        """One act for all that the register leaves out and a breach rule asks for."""
        missing: dict[str, set[str]] = {}
        rules: set[str] = set()
        for one in found:
            if one.verdict.outcome is Outcome.UNDETERMINED and one.rule.kind is RuleKind.BREACH and one.group is None:
                # What gaps hide is asked for as rights, above.
                for name in (name for name in one.verdict.missing if not name.startswith("coverage.")):
                    missing.setdefault(fact(name, self.words), set()).add(one.dataset)
                    rules.add(one.rule.id)
        if not missing:
            return
        order = sorted(missing.items(), key=lambda item: (-len(item[1]), item[0]))
        steps = [
            self.words.say("decisions.facts_step", fact=name, datasets=self._few(sorted(datasets)))
            for name, datasets in order
        ]
        yield self._decision(
            title=self.words.say("decisions.facts"),
            concerns=self._datasets(sorted({dataset for datasets in missing.values() for dataset in datasets})),
            subject=self.words.say(
                "decisions.facts_subject",
                facts=self.words.count("n.facts", len(missing)),
                rules=self.words.count("n.rules", len(rules)),
            ),
            basis=", ".join(sorted(rules)),
            consequence=self.words.say("decisions.facts_consequence"),
            steps=steps,
        )

    def loose(self) -> Iterator[Decision]:
        """The act for the stores tied to no dataset."""
        loose = self.assessment.judgement.unattached
        if loose and loose.stores:
            count = self.words.count("n.stores", loose.stores)
            yield self._decision(
                title=self.words.say("decisions.attach", stores=count),
                concerns=self.words.say("unattached"),
                consequence=self.words.say("decisions.attach_consequence"),
            )

    def lapsed(self) -> Iterator[Decision]:
        """One act per derogation that is over."""
        for judged in self.assessment.judgement.derogations:
            if judged.state is DerogationState.LAPSED:
                yield self._derogation(judged, "decisions.lapsed")

    def ending(self) -> Iterator[Decision]:
        """One act per derogation that ends within 90 days."""
        limit = self.assessment.header.on + _NOTICE
        for judged in self.assessment.judgement.derogations:
            if judged.state is DerogationState.IN_FORCE and _last(judged) <= limit:
                yield self._derogation(judged, "decisions.ending")

    def _derogation(self, judged: JudgedDerogation, key: str) -> Decision:
        act = judged.derogation
        covered = [f"{rule}, {self.titles.get(dataset, visible(dataset, 120))}" for dataset, rule in act.covers]
        return self._decision(
            title=self.words.say(key, id=visible(act.id, 60)),
            concerns=" ; ".join(covered[:_NAMED]) or "–",
            deadline=self.words.say(f"{key}_deadline", day=self.words.day(_last(judged))),
            basis=visible(act.act, 200),
            consequence=self.words.say(f"{key}_consequence"),
        )

    def _gaps(self, key: str, gaps: Sequence[Gap], steps: Sequence[str]) -> Iterator[Decision]:
        if gaps:
            targets = sorted({visible(gap.target, 60) for gap in gaps})
            yield self._decision(
                title=self.words.say(key),
                concerns=self.words.sequence(targets),
                consequence=self.words.say("decisions.rights_consequence", gaps=self.words.count("n.gaps", len(gaps))),
                steps=steps,
            )

    def _grantor(self, who: str, asked: dict[str, list[Gap]]) -> str:
        gaps = self.words.count("n.gaps", sum(len(several) for several in asked.values()))
        name = grantor(who, self.words) or self.words.say("page.unspecified")
        named = [visible(right, 80) for right in asked if right]
        if named and len(named) <= _FEW:
            return self.words.say("decisions.rights_few", who=name, list=self.words.sequence(named), gaps=gaps)
        return self.words.say(
            "decisions.rights_step", who=name, rights=self.words.count("n.rights", len(asked)), gaps=gaps
        )

    def _few(self, ids: Sequence[str]) -> str:
        listed = [id for id in ids if id in self.titles and id]
        if len(listed) <= _FEW:
            return self._datasets(ids)
        loose = [self.words.say("unattached")] if "" in ids else []
        return ", ".join([self.words.count("n.datasets", len(listed)), *loose])

    def _place(self, group: PlaceGroup) -> str:
        countries = self.words.sequence(self.words.country(code) for code in group.countries)
        regions = " ".join(visible(region, 40) for region in group.regions)
        country = countries or self.words.say("situation.country_unknown")
        return self.words.say(
            "decisions.where_line",
            nature=self.words.name("place", group.role),
            country=f"{country} ({regions})" if regions else country,
            stores=self.words.count("n.stores", group.stores),
        )

    def _datasets(self, ids: Sequence[str], most: int = _NAMED) -> str:
        titles = [self.titles[id] for id in ids if id in self.titles]
        loose = [self.words.say("unattached")] if "" in ids else []
        return ", ".join([*([named(titles, self.words, most)] if titles else []), *loose])

    def _persons(self, ids: Sequence[str]) -> str:
        """The declared persons of these datasets together, and that there are others when one tells no number."""
        datasets = [judged.dataset for judged in self.assessment.judgement.datasets if judged.dataset.id in ids]
        told = [known(one.persons) for one in datasets]
        total = sum(number for number in told if number is not None)
        if not total:
            return self.words.say("decisions.persons_unknown")
        return self.words.say(
            "decisions.persons_least" if None in told else "decisions.persons",
            persons=self.words.count("n.persons", total),
        )

    def _decision(
        self,
        title: str,
        concerns: str,
        consequence: str,
        deadline: str = "",
        basis: str = "",
        subject: str = "",
        steps: Sequence[str] = (),
        places: Sequence[str] = (),
        evidence: Citation | None = None,
    ) -> Decision:
        return Decision(
            id="",
            title=title,
            subject=subject or concerns,
            source=basis.split(separator(self.words))[0] if deadline else "",
            concerns=concerns,
            deadline=deadline or self.words.say("decisions.no_deadline"),
            basis=basis,
            consequence=consequence,
            steps=self._shown(steps),
            places=self._shown(places),
            evidence=evidence or Citation((), 0),
        )

    def _shown(self, lines: Sequence[str]) -> tuple[str, ...]:
        rest = len(lines) - _STEPS
        more = (self.words.say("more_here", n=self.words.number(rest)),) if rest > 0 else ()
        return (*lines[:_STEPS], *more)
