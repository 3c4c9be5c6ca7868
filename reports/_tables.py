"""The tables of the workbook, in the order of the committee page: typed cells, so that sums and dates stay such."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from model.assessment import Assessment, JudgedDataset, Outcome, RuleKind
from model.datasets import Identity
from model.observed import Absent, Observed, known
from model.places import Gap
from reports import _forecast
from reports._contents import Contents
from reports._decisions import decisions
from reports._differences import RULES as DIFFERENCES
from reports._evidence import Citation, Evidence
from reports._findings import Finding, findings
from reports._flows import observed
from reports._hds import hds_table
from reports._naming import grantor, scope
from reports._sheets import Writer
from reports._store_rows import COLUMNS, Cell, headings, joined, store_rows, yes_no
from reports._words import Language

MOST_STORES = 100_000
"""How many stores a sheet lists: a spreadsheet with a million rows opens on few computers."""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its key and those of its columns in ``words/columns.csv``, its rows, and how many rows it lacks."""

    key: str
    columns: tuple[str, ...]
    rows: Iterable[list[Cell]]
    left_out: int = 0


def tables(assessment: Assessment, words: Language) -> Iterator[Table]:
    """Every table; each is to be read before the next, since evidence is numbered as it is cited."""
    yield from _Tables(assessment, words).all()


class _Tables:
    def __init__(self, assessment: Assessment, words: Language) -> None:
        self._assessment = assessment
        self._words = words
        self._names = headings(words.code)
        self._evidence = Evidence()
        judgement = assessment.judgement
        self._places = {judged.place.facts_id: judged for judged in judgement.places}
        rules = {rule.id: rule for rule in (*judgement.rules, *DIFFERENCES)}
        self._writer = Writer(assessment, self._places, rules, self._evidence, words)
        self._found = findings(assessment)
        self._stores = {judged.dataset.id: judged.stores for judged in judgement.datasets}
        if judgement.unattached:
            self._stores[""] = judgement.unattached.stores
        self._cases = [*judgement.datasets, *([judgement.unattached] if judgement.unattached else [])]

    def all(self) -> Iterator[Table]:
        yield Table(
            "sheet_decisions",
            ("id", "decision", "concerns", "deadline", "basis", "consequence", "evidence"),
            self._decisions(),
        )
        yield Table("sheet_situation", ("measure", "value", "value_min", "value_max"), self._situation())
        yield Table(
            "sheet_gaps",
            ("id", "scanner", "target", "account", "region", "scope", "operation", "reason", "permission",
             "who_can_grant", "store", "datasets", "detail", "seen_at"),
            self._gaps(),
        )  # fmt: skip
        yield from self._findings()
        yield Table(
            "sheet_derogations",
            ("id", "act", "owner", "approver", "starts", "ends", "last_on", "days_left", "state", "covers"),
            self._derogations(),
        )
        yield Table("sheet_forecast", ("on", "days_left", "what", "subject", "effect", "source"), self._forecast())
        yield Table(
            "sheet_datasets",
            ("id", "title", "controller", "health", "identification", "persons", "stores", "gaps", "failed", "open",
             "verdict"),
            map(self._dataset, self._cases),
        )  # fmt: skip
        contents = Contents(self._assessment, self._words)
        stores = islice(store_rows(contents, self._words), MOST_STORES)
        yield Table("sheet_stores", COLUMNS, stores, max(0, len(self._assessment.stores) - MOST_STORES))
        yield Table(
            "sheet_exposures",
            ("law", "country", "grade", "why", "path", "stores", "datasets", "state"),
            self._exposures(),
        )
        yield Table(
            "sheet_flows", ("id", "dataset", "source", "means", "destination", "decided", "observed"), self._flows()
        )
        yield Table(
            "sheet_hds",
            ("dataset", "statement", "actor", "role", "hds", "secnumcloud", "activities", "access", "risk", "evidence"),
            self._hds(),
        )
        yield Table(
            "sheet_qualifications",
            ("scheme", "version", "service", "status", "issued", "expires", "activities", "why", "checked_on",
             "confidence", "evidence"),
            self._qualifications(),
        )  # fmt: skip
        # Read last: by then everything that is cited has its number.
        yield Table("sheet_evidence", ("number", "source", "read_at", "grade", "confidence", "url"), self._index())
        yield Table("sheet_method", ("measure", "value"), self._method())

    def _decisions(self) -> Iterator[list[Cell]]:
        acts = decisions(
            self._assessment, self._found, self._evidence, lambda one: self._writer.basis(one.rule), self._words
        )
        for act in acts:
            cited = _numbers(act.evidence)
            yield [act.id, act.title, act.concerns, act.deadline, act.basis, act.consequence, cited]

    def _situation(self) -> Iterator[list[Cell]]:
        counts, names, words = self._assessment.summary, self._names, self._words
        yield [names["rate"], None, counts.rate_min, counts.rate_max]
        totals = (("stores", counts.stores), ("copies", counts.copies), ("datasets", counts.datasets))
        for key, count in (*totals, ("gaps", counts.gaps)):
            yield [names[key], count, None, None]
        groups: tuple[tuple[str, Iterable[tuple[str, int]], Callable[[str], str]], ...] = (
            ("store_verdict", counts.verdicts.items(), lambda word: words.name("verdict", word)),
            ("dataset_verdict", counts.dataset_verdicts.items(), lambda word: words.name("verdict", word)),
            ("place_country", counts.countries.items(), self._country),
            ("place_law", counts.exposures.items(), str),
        )
        for key, counted, name in groups:
            for word, count in counted:
                yield [words.say("colon", label=names[key], value=name(word)), count, None, None]

    def _country(self, code: str) -> str:
        return self._words.say("unknown") if code == "unknown" else self._words.country(code)

    def _gaps(self) -> Iterator[list[Cell]]:
        hides: dict[str, list[str]] = {}
        for judged in self._assessment.judgement.datasets:
            for id in judged.gaps:
                hides.setdefault(id, []).append(judged.dataset.id)
        for gap in self._assessment.gaps:
            yield self._gap(gap, hides.get(gap.id, []))

    def _gap(self, gap: Gap, hides: list[str]) -> list[Cell]:
        words = self._words
        return [
            gap.id, gap.scanner, gap.target, gap.account, gap.region, scope(gap, words), gap.operation,
            words.name("reason", gap.reason), gap.permission, grantor(gap.who_can_grant, words), gap.store,
            " | ".join(hides), gap.detail, gap.seen_at.replace(tzinfo=None),
        ]  # fmt: skip

    def _findings(self) -> Iterator[Table]:
        """Breaches first, in a sheet of their own; what is open, exposed or indicative apart from them."""
        columns = (
            "id", "rule", "title", "outcome", "kind", "severity", "dataset", "subject", "stores", "because", "missing",
            "basis", "remediation", "derogation", "first_seen", "evidence",
        )  # fmt: skip
        breaches = [one for one in self._found if _breach(one)]
        yield Table("sheet_breaches", columns, map(self._finding, breaches))
        yield Table("sheet_findings", columns, map(self._finding, (one for one in self._found if not _breach(one))))

    def _finding(self, one: Finding) -> list[Cell]:
        words = self._words
        row = self._writer.rule_row(one.verdict)
        return [
            one.id, row.rule, row.title, row.outcome_text, row.kind_text, words.name("severity", one.verdict.severity),
            one.dataset or words.say("unattached"), one.subject_id,
            one.group.stores if one.group else self._stores.get(one.dataset), " ".join(row.reasons), row.missing,
            row.basis, words.pick(one.rule.remedy), row.covered, _day(one.first_seen), _numbers(row.evidence),
        ]  # fmt: skip

    def _derogations(self) -> Iterator[list[Cell]]:
        on = self._assessment.header.on
        for one in self._assessment.judgement.derogations:
            act = one.derogation
            last = one.last_on or act.ends_on
            covers = " | ".join(f"{dataset} {rule}" for dataset, rule in act.covers)
            yield [
                act.id, act.act, act.owner, act.approver, act.starts_on, act.ends_on, last, (last - on).days,
                self._words.name("derogation", one.state), covers,
            ]  # fmt: skip

    def _forecast(self) -> Iterator[list[Cell]]:
        coming = self._assessment.forecast
        if coming is None:
            yield [None, None, self._names["none_made"], None, None, None]
            return
        for one in coming:
            effects = (_forecast.effect_words(effect, effect.dataset, self._words) for effect in one.effects)
            sources = " | ".join(source.what for source in one.sources)
            days = (one.on - self._assessment.header.on).days
            what = self._words.name("forecast", one.what)
            yield [one.on, days, what, one.subject, " | ".join(effects), sources]

    def _dataset(self, judged: JudgedDataset) -> list[Cell]:
        one, words = judged.dataset, self._words
        outcomes = [verdict.outcome for verdict in judged.verdicts]
        tail: list[Cell] = [
            judged.stores, len(judged.gaps), outcomes.count(Outcome.FAIL), outcomes.count(Outcome.UNDETERMINED),
            words.name("verdict", judged.word),
        ]  # fmt: skip
        if not one.id:
            return [words.say("unattached"), None, None, None, None, None, *tail]
        persons = known(one.persons)
        return [
            one.id, one.title, one.controller.name, yes_no(_answer(one.health), words), self._identity(one.identity),
            words.say("unknown") if persons is None else persons, *tail,
        ]  # fmt: skip

    def _identity(self, told: Observed[Identity]) -> str:
        value = known(told)
        return self._words.name("identity", value) if value else self._words.say("unknown")

    def _exposures(self) -> Iterator[list[Cell]]:
        for row in self._writer.exposure_rows(self._assessment.judgement.places):
            on = " | ".join(id or self._words.say("unattached") for id in row.datasets)
            yield [row.law, row.country, row.grade_text, row.reason, row.path, row.stores, on, row.state]

    def _flows(self) -> Iterator[list[Cell]]:
        seen = observed(self._assessment)
        for one in self._assessment.flows:
            nothing = self._words.say("sheets.no_decision" if isinstance(one.decision, Absent) else "unknown")
            decided = known(one.decision) or nothing
            # A copy that nobody saw proves nothing: not seen is no "no".
            led = self._words.say("yes" if one.id in seen else "unknown")
            yield [one.id, one.dataset, one.origin, one.means, one.destination, decided, led]

    def _hds(self) -> Iterator[list[Cell]]:
        laws = {law.id: law for law in self._assessment.judgement.laws}
        for judged in self._assessment.judgement.datasets:
            held = [self._places[id] for id in judged.places]
            table = hds_table(judged, held, laws, self._evidence, self._words)
            if table is None:
                continue
            statement = self._words.say(f"hds.statement_{table.statement}")
            for one in table.actors:
                yield [
                    judged.dataset.id, statement, one.name, one.role, one.hds, one.secnumcloud, one.activities,
                    one.access, one.risk, _numbers(one.evidence),
                ]  # fmt: skip
            if table.unknown:
                stores = self._words.count("n.stores", table.unknown)
                lost = self._words.say("hds.unknown_actors", stores=stores)
                yield [judged.dataset.id, statement, lost, *[None] * 7]

    def _qualifications(self) -> Iterator[list[Cell]]:
        words = self._words
        places = self._assessment.judgement.places
        distinct = dict.fromkeys(one for judged in places for one in judged.place.qualifications)
        for one in sorted(distinct, key=lambda one: (one.scheme, one.service, one.service_id, one.version)):
            yield [
                words.name("scheme", one.scheme), one.version, one.service, words.name("status", one.status),
                one.issued_on, one.expires_on, joined([str(activity) for activity in one.activities], words),
                one.why_fr if words.code == "fr" else one.why_en, one.source.read_at.date(),
                words.name("confidence", one.confidence), _numbers(self._evidence.cite([one.source])),
            ]  # fmt: skip

    def _index(self) -> Iterator[list[Cell]]:
        words = self._words
        for number, source in self._evidence.entries():
            yield [
                number, source.what, source.read_at.replace(tzinfo=None), words.name("grade", source.grade),
                words.name("confidence", source.confidence), source.url,
            ]  # fmt: skip

    def _method(self) -> Iterator[list[Cell]]:
        header, names, words = self._assessment.header, self._names, self._words
        yield [names["edition"], header.edition]
        yield [names["organisation"], header.organisation]
        yield [names["as_of"], header.on]
        yield [names["snapshot"], header.snapshot_sha256]
        for key, data in (("catalog", header.catalog), ("legislation", header.legislation)):
            yield [names[key], f"{data.version} ({data.sha256})"]
            yield [words.say("colon", label=names[key], value=names["checked_on"]), data.checked_on]
            yield [words.say("colon", label=names[key], value=names["stale"]), yes_no(data.stale, words)]
        yield [names["tool"], f"lexsitus {header.tool_version}"]
        for rank in range(1, 7):
            yield [words.say("annex.method"), words.say(f"annex.method_{rank}")]
        for one in (*self._assessment.judgement.warnings, *header.catalog.warnings, *header.legislation.warnings):
            yield [names["warning"], words.pick(one)]
        yield [names["notice"], words.say("notice")]


def _breach(one: Finding) -> bool:
    return one.rule.kind is RuleKind.BREACH and one.verdict.outcome is Outcome.FAIL


def _answer(told: Observed[bool]) -> bool | None:
    return False if isinstance(told, Absent) else known(told)


def _numbers(cited: Citation) -> str:
    return " ".join([*cited.numbers, *([f"+{cited.more}"] if cited.more else [])])


def _day(text: str) -> Cell:
    return date.fromisoformat(text) if text else None
