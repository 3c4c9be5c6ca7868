"""The sheet of one dataset: what is said of it, where it rests, who answers for each place, what the rules say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from model.assessment import (
    Assessment,
    JudgedDataset,
    JudgedPlace,
    LawLabel,
    Outcome,
    Place,
    Rule,
    RuleKind,
    Verdict,
    Words,
)
from model.datasets import Dataset
from model.observed import Absent, Grade, Known, Observed, Source, known
from model.parties import Exposure, ExposureGrade, Operator, Qualification
from model.places import Key
from reports._chain import entity_names, parents, ultimate
from reports._evidence import Evidence
from reports._extract import CONTROL, registration
from reports._findings import PlaceGroup, group_of
from reports._hds import hds_table
from reports._marks import weakest, weakest_of
from reports._naming import basis, fact, graded
from reports._pictures._tree import tree
from reports._rows import Chain, ExposureRow, PlaceRow, RuleRow, SchemeRow, Sheet, Step
from reports._text import visible
from reports._words import Language

PLACES = 40
_SAMPLE = 3
_NAME = 100
_GRADES = tuple(ExposureGrade)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes sheets with the words of one language and one numbering of evidence."""

    assessment: Assessment
    places: Mapping[int, JudgedPlace]
    rules: Mapping[str, Rule]
    evidence: Evidence
    words: Language

    def sheet(self, judged: JudgedDataset, anchor: str, gap_limit: int = 3) -> Sheet:
        """The sheet of one dataset, or of the stores tied to none."""
        held = [self.places[facts_id] for facts_id in judged.places]
        rows, hidden = self.place_rows(held, judged.dataset.id)
        chains, unknown = self._chains(held)
        schemes = self._schemes(held)
        flows = tuple(flow for flow in self.assessment.flows if judged.dataset.id and flow.dataset == judged.dataset.id)
        return Sheet(
            id=judged.dataset.id,
            anchor=anchor,
            title=visible(judged.dataset.title or judged.dataset.id, 200),
            verdict=judged.word.value,
            facts=tuple(self._facts(judged.dataset)),
            gaps=judged.gaps[:gap_limit],
            gap_count=len(judged.gaps),
            places=rows,
            hidden_places=hidden,
            chains=chains,
            unknown_operators=unknown,
            tree=tree(self._operators(held), self.words),
            hds=hds_table(judged, held, self._laws(), self.evidence, self.words),
            schemes=schemes,
            exposures=self.exposure_rows(held),
            rules=tuple(self.rule_row(verdict) for verdict in judged.verdicts),
            flows=flows,
            has_hds=any(row.scheme == "HDS" and row.status == "valid" for row in schemes),
        )

    def place_rows(self, held: Sequence[JudgedPlace], dataset: str) -> tuple[tuple[PlaceRow, ...], int]:
        """The rows of places, grouped; second, how many groups are not shown."""
        groups: dict[PlaceGroup, list[JudgedPlace]] = {}
        for judged in held:
            groups.setdefault(replace(group_of(judged, dataset), stores=0, facts=()), []).append(judged)
        order = sorted(
            groups.items(), key=lambda item: (item[0].role.value != "primary", item[0].role.value, item[0].id)
        )
        rows = tuple(self._place_row(group, members) for group, members in order[:PLACES])
        return rows, len(order) - len(rows)

    def exposure_rows(self, held: Iterable[JudgedPlace]) -> tuple[ExposureRow, ...]:
        """The laws that reach these places, firmest first, one row per law, grade, reason and path."""
        stores: dict[Exposure, int] = {}
        datasets: dict[Exposure, set[str]] = {}
        names: dict[str, str] = {}
        for judged in held:
            names.update(entity_names(known(judged.place.operators) or ()))
            for one in dict.fromkeys(judged.exposures):
                stores[one] = stores.get(one, 0) + judged.place.stores
                datasets.setdefault(one, set()).update(judged.datasets or ("",))
        order = sorted(stores, key=lambda one: (_GRADES.index(one.grade), one.law, one.path, one.reason))
        return tuple(self._exposure_row(one, stores[one], datasets[one], names) for one in order)

    def rule_row(self, verdict: Verdict) -> RuleRow:
        """One verdict in words."""
        rule = self.rules[verdict.rule]
        vocabulary = "exposed" if rule.kind is RuleKind.EXPOSURE else "outcome"
        covered = visible(verdict.derogation, 60) if verdict.outcome is Outcome.FAIL else ""
        return RuleRow(
            rule=rule.id,
            title=self.words.pick(rule.titles),
            basis=self.basis(rule),
            outcome=verdict.outcome.value,
            outcome_text=self.words.name(vocabulary, verdict.outcome),
            reasons=tuple(self.words.pick(reason) for reason in verdict.because),
            missing=self.missing(verdict),
            covered=covered,
            kind=rule.kind.value,
            kind_text=self.words.name("kind", rule.kind),
            evidence=self.evidence.cite(verdict.sources),
        )

    def missing(self, verdict: Verdict) -> str:
        """The facts that would settle a verdict, in words."""
        return ", ".join(dict.fromkeys(fact(name, self.words) for name in verdict.missing))

    def basis(self, rule: Rule) -> str:
        """The articles a rule rests on, with the title of their text; an unverified text says so."""
        texts = {text.id: text for text in self.assessment.judgement.texts}
        return basis(rule.basis, texts, self.words)

    def _facts(self, dataset: Dataset) -> Iterable[tuple[str, str]]:
        if not dataset.id:
            return
        words = self.words
        controller = visible(dataset.controller.name, 200)
        nature = words.name("controller", dataset.controller.kind)
        yield words.say("sheets.controller"), f"{controller} ({nature})" if controller else nature
        yield words.say("sheets.health"), self._answer(dataset.health)
        yield words.say("sheets.identity"), self._word("identity", dataset.identity)
        persons = known(dataset.persons)
        yield words.say("sheets.persons"), words.number(persons) if persons is not None else words.say("unknown")
        yield words.say("sheets.snds"), self._answer(dataset.snds)
        yield words.say("sheets.eds"), self._answer(dataset.eds)
        yield words.say("sheets.hosting"), self._word("hosting", dataset.hosting.model)
        yield words.say("sheets.complete"), self._answer(dataset.places_complete)

    def _answer(self, told: Observed[bool]) -> str:
        value = known(told)
        if isinstance(told, Absent):
            return self.words.say("no")
        return self.words.say("unknown" if value is None else "yes" if value else "no")

    def _word(self, group: str, told: Observed[str]) -> str:
        value = known(told)
        return self.words.say("unknown") if value is None else self.words.name(group, value)

    def _place_row(self, group: PlaceGroup, members: Sequence[JudgedPlace]) -> PlaceRow:
        words = self.words
        places = [judged.place for judged in members]
        first = places[0]
        notes = [words.say("page.not_seen")] if not group.seen else []
        if any(place.touched for place in places):
            notes.append(words.say("page.touched"))
        exposures = [one for judged in members for one in judged.exposures]
        grade = min((one.grade for one in exposures), key=_GRADES.index, default=None)
        if grade is None and not all(isinstance(place.operators, Known) for place in places):
            grade = ExposureGrade.UNKNOWN
        # One unknown among several sites is said, not hidden by the known ones.
        hidden = not all(isinstance(spot.countries, Known) for place in places for spot in place.locations)
        lost = [words.say("situation.country_unknown")] if hidden else []
        located = [location.countries for location in first.locations]
        operators = [one for place in places for one in known(place.operators) or ()]
        return PlaceRow(
            nature=words.name("place", group.role),
            where=words.sequence([*(words.country(code) for code in group.countries), *lost]),
            region=" ".join(visible(region, 40) for region in group.regions),
            mark=weakest(*located),
            provider=provider_words(group, words),
            operator=words.sequence(dict.fromkeys(visible(one.entity.name, _NAME) for one in operators)),
            key=words.sequence(dict.fromkeys(self._key(place.key, place.key_countries) for place in places)),
            schemes=self._states(places),
            exposure=grade.value if grade else "none",
            exposure_text=words.name("exposure", grade or "none"),
            stores=sum(place.stores for place in places),
            examples=self._examples(places),
            notes=tuple(notes),
            when=self._when(places),
            evidence=self.evidence.cite(self._sources(places), 4),
        )

    def _sources(self, places: Sequence[Place]) -> Iterable[Source]:
        for place in places:
            yield from (location.countries.source for location in place.locations)
            yield from place.sources
            yield place.key.source

    def _when(self, places: Sequence[Place]) -> str:
        days = [place.checked_on.value for place in places if isinstance(place.checked_on, Known)]
        if not days:
            return ""
        key = "sheets.declared_on" if places[0].grade is Grade.DECLARED else "sheets.seen_on"
        return self.words.say(key, day=self.words.day(min(days)))

    def _key(self, told: Observed[Key], countries: Observed[tuple[str, ...]]) -> str:
        if isinstance(told, Known):
            custody = self.words.name("custody", told.value.custody)
            where = self.words.sequence(self.words.country(code) for code in known(countries) or ())
            return f"{custody} ({where})" if where else custody
        return self.words.name("custody", "none" if isinstance(told, Absent) else "unknown")

    def _states(self, places: Sequence[Place]) -> tuple[tuple[str, str, str], ...]:
        states: dict[str, list[Qualification]] = {}
        for place in places:
            for one in place.qualifications:
                states.setdefault(self.words.name("scheme", one.scheme), []).append(one)
        found = []
        for scheme, several in sorted(states.items()):
            distinct = sorted({one.status.value for one in several})
            status = distinct[0] if len(distinct) == 1 else "unknown"
            text = ", ".join(self.words.name("status", one) for one in distinct)
            found.append((scheme, status, text))
        return tuple(found)

    def _examples(self, places: Sequence[Place]) -> tuple[str, ...]:
        names: list[str] = []
        for place in places:
            if len(names) >= _SAMPLE:
                break
            names.extend(
                visible(one.name or one.id, 80) for one in self.assessment.stores.sample(place.facts_id, _SAMPLE)
            )
        return tuple(names[:_SAMPLE])

    def _chains(self, held: Sequence[JudgedPlace]) -> tuple[tuple[Chain, ...], tuple[str, ...]]:
        chains: dict[Operator, Chain] = {}
        unknown: dict[str, None] = {}
        for judged in held:
            told = judged.place.operators
            if not isinstance(told, Known):
                if not isinstance(told, Absent):
                    unknown[self._short(judged)] = None
                continue
            for one in told.value:
                if one not in chains:
                    chains[one] = self._chain(one)
        order = sorted(chains.values(), key=lambda chain: (chain.name, chain.role))
        return tuple(order), tuple(unknown)

    def _operators(self, held: Sequence[JudgedPlace]) -> list[Operator]:
        return list(dict.fromkeys(one for judged in held for one in known(judged.place.operators) or ()))

    def _laws(self) -> dict[str, LawLabel]:
        return {law.id: law for law in self.assessment.judgement.laws}

    def _short(self, judged: JudgedPlace) -> str:
        place = judged.place
        region = place.locations[0].region
        parts = (self.words.name("place", place.role), known(place.provider) or "", region)
        return " · ".join(visible(part, 60) for part in parts if part)

    def _chain(self, one: Operator) -> Chain:
        words = self.words
        above = parents(one)
        top = ultimate(one)
        sources = [*one.entity.sources, *(source for parent in above for source in parent.link.sources)]
        return Chain(
            name=visible(one.entity.name, _NAME),
            country=self._seat(one.entity.seat),
            role=words.name("role", one.role),
            registrations=", ".join(registration(*pair, words) for pair in one.entity.registrations),
            mark=weakest(*one.entity.sources, one.entity.seat),
            steps=tuple(
                Step(
                    name=visible(parent.entity.name, _NAME),
                    country=self._seat(parent.entity.seat),
                    share=words.say("sheets.held_share", share=words.share(parent.link.capital_percent))
                    if parent.link.capital_percent is not None
                    else "",
                    control=words.say(CONTROL[parent.link.controls]),
                    mark=weakest_of((*parent.link.sources, *parent.entity.sources)),
                )
                for parent in above
            ),
            top=visible(top.name, _NAME) if top else "",
            evidence=self.evidence.cite(sources),
        )

    def _seat(self, told: Observed[str]) -> str:
        value = known(told)
        return self.words.country(value) if value else self.words.say("situation.country_unknown")

    def _schemes(self, held: Sequence[JudgedPlace]) -> tuple[SchemeRow, ...]:
        distinct = dict.fromkeys(one for judged in held for one in judged.place.qualifications)
        order = sorted(distinct, key=lambda one: (one.scheme, one.service, one.service_id, one.version))
        return tuple(self._scheme_row(one) for one in order)

    def _scheme_row(self, one: Qualification) -> SchemeRow:
        words = self.words
        return SchemeRow(
            scheme=words.name("scheme", one.scheme),
            version=visible(one.version, 20),
            service=visible(one.service, 80) or "–",
            status=one.status.value,
            status_text=words.name("status", one.status),
            expires=words.day(one.expires_on) if one.expires_on else "–",
            activities=", ".join(str(activity) for activity in one.activities) or "–",
            why=words.pick(Words(one.why_fr, one.why_en)),
            mark=weakest(one.confidence, one.source),
            stale=one.stale,
            evidence=self.evidence.cite([one.source]),
        )

    def _exposure_row(self, one: Exposure, count: int, datasets: set[str], names: Mapping[str, str]) -> ExposureRow:
        words = self.words
        law = self._laws().get(one.law)
        unverified = law is not None and law.confidence == "unverified"
        return ExposureRow(
            law=words.pick(law.titles) if law else visible(one.law, 60) or "–",
            state=words.pick(law.state) if law else "",
            country=words.country(one.country) if one.country else "",
            grade=one.grade.value,
            grade_text=graded(one, words),
            reason=words.name("reach", visible(one.reason, 40)),
            path=" → ".join(visible(names.get(step) or words.country(step), _NAME) for step in one.path) or "–",
            stores=count,
            mark="unverified" if unverified else weakest(one.confidence),
            datasets=tuple(sorted(datasets)),
        )


def provider_words(group: PlaceGroup, words: Language) -> str:
    """The provider and its service as the catalog calls them; words for what is no company."""
    provider = words.name("provider", visible(group.provider, 60) or "unknown")
    return f"{provider} · {visible(group.service, 60)}" if group.service else provider
