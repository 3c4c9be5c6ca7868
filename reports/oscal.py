"""The assessment as OSCAL assessment results, for tools that follow NIST's model of controls.

Rules are the controls, defined in the document itself.  A finding that is not settled is ``not-satisfied`` with the
reason ``other``, as OSCAL has no third state: never ``satisfied``.  Each gap is an open risk.  Every id is derived from
the edition, the same in every language.
https://pages.nist.gov/OSCAL-Reference/models/v1.2.1/assessment-results/json-outline/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from model.assessment import Assessment, Outcome, RuleKind
from model.codec import instant
from model.places import Gap
from reports import _records
from reports._contents import Contents, chunks
from reports._findings import UNATTACHED, Finding, findings
from reports._naming import basis, detail, scope
from reports._standing import Standing, lifting, standings
from reports._store_lines import dumps
from reports._text import visible
from reports._words import Language, language

NAME = "oscal"
SUFFIX = ".oscal.json"
MEDIA_TYPE = "application/json"
VERSION = "1.2.1"

_DOCUMENTS = UUID("0d1b6f0e-3f0b-5e55-8a52-6b1b8f3f4c02")
"""The name space of every id of a document."""
_NAMES = "urn:lexsitus:oscal"
"""The name space of the properties that are ours."""

_LINE = 500
_COVERAGE = "COVERAGE"


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The document.  Ids and states are the same in every language; titles and reasons are in ``lang``."""
    document = _Document(assessment, language(lang)).whole()
    yield from chunks([dumps({"assessment-results": document}).encode(), b"\n"])


class _Document:
    """The assessment results of one assessment in one language."""

    def __init__(self, assessment: Assessment, words: Language) -> None:
        self._assessment = assessment
        self._words = words
        self._texts = {text.id: text for text in assessment.judgement.texts}
        self._components: dict[str, dict[str, Any]] = {}
        self._items: dict[str, dict[str, Any]] = {}
        self._controls: dict[str, dict[str, Any]] = {}
        self._observations: list[dict[str, Any]] = []
        self._risks: list[dict[str, Any]] = []
        self._findings: list[dict[str, Any]] = []

    def whole(self) -> dict[str, Any]:
        """The members of ``assessment-results``."""
        header, words = self._assessment.header, self._words
        self._fill()
        party = self._id("party", "organisation")
        plan = self._id("resource", "plan")
        organisation = _line(header.organisation)
        return {
            "uuid": self._id("document"),
            "metadata": {
                "title": f"lexsitus {_line(header.edition)}",
                "last-modified": instant(header.finished_at),
                "version": _line(header.edition),
                "oscal-version": VERSION,
                "parties": [{"uuid": party, "type": "organization", "name": organisation}],
                "props": _props({"tool-version": header.tool_version, "language": words.code}),
                "remarks": words.say("notice"),
            },
            "import-ap": {"href": f"#{plan}"},
            "local-definitions": {"objectives-and-methods": list(self._controls.values())},
            "results": [self._result()],
            "back-matter": {"resources": [{"uuid": plan, "description": words.say("standing.plan")}]},
        }

    def _fill(self) -> None:
        judgement = self._assessment.judgement
        for judged in judgement.datasets:
            self._component(judged.dataset.id, judged.dataset.title, judged.word.value)
        if judgement.unattached:
            self._component(UNATTACHED, self._words.say("unattached"), judgement.unattached.word.value)
        cases = [*judgement.datasets, *([judgement.unattached] if judgement.unattached else [])]
        asked = {verdict.rule for judged in cases for verdict in judged.verdicts}
        # A control that nobody asked about would pass for one that has no finding.
        for rule in (rule for rule in judgement.rules if rule.id in asked):
            self._control(rule.id, self._words.pick(rule.titles), basis(rule.basis, self._texts, self._words))
        gaps = [self._gap(gap) for gap in self._assessment.gaps]
        for standing in standings(self._assessment, self._words):
            self._standing(standing, gaps if standing.id == _COVERAGE else [])
        records = Contents(self._assessment, self._words).findings()
        for finding, record in zip(findings(self._assessment), records, strict=True):
            self._finding(finding, record)

    def _result(self) -> dict[str, Any]:
        header, counts = self._assessment.header, self._assessment.summary
        told = {
            "edition": header.edition,
            "on": header.on.isoformat(),
            "snapshot-sha256": header.snapshot_sha256,
            "catalog-version": header.catalog.version,
            "catalog-checked-on": header.catalog.checked_on.isoformat(),
            "legislation-version": header.legislation.version,
            "legislation-checked-on": header.legislation.checked_on.isoformat(),
            "full-edition-sha256": header.withheld_from,
            "stores": str(counts.stores),
            "copies": str(counts.copies),
            "gaps": str(counts.gaps),
            "rate-min": str(counts.rate_min),
            "rate-max": str(counts.rate_max),
        } | {f"stores-{word}": str(number) for word, number in counts.verdicts.items()}
        local = {"components": list(self._components.values()), "inventory-items": list(self._items.values())}
        selected = [{"control-id": control} for control in self._controls]
        result = {
            "uuid": self._id("result"),
            "title": _line(header.edition),
            "description": self._words.say("notice"),
            "start": instant(header.started_at),
            "end": instant(header.finished_at),
            "props": _props(told),
            "local-definitions": {name: members for name, members in local.items() if members},
            "reviewed-controls": {"control-selections": [{"include-controls": selected}]},
            "observations": self._observations,
            "risks": self._risks,
            "findings": self._findings,
        }
        return {name: value for name, value in result.items() if value not in ([], {})}

    def _component(self, id: str, title: str, verdict: str) -> None:
        self._components[id] = {
            "uuid": self._id("component", id),
            "type": "dataset",
            "title": _line(title),
            "description": _line(title),
            "props": _props({"id": id, "verdict": verdict}),
            "status": {"state": "operational"},
        }

    def _control(self, id: str, title: str, prose: str) -> None:
        part = {"id": f"{id}_obj", "name": "objective", "title": _line(title), "prose": prose or title}
        self._controls.setdefault(id, {"control-id": id, "description": title, "parts": [part]})

    def _gap(self, one: Gap) -> str:
        """Adds what is told of a gap; the id of its risk."""
        words = self._words
        what = scope(one, words)
        title = words.say("standing.gap", what=what)
        told = [what, words.name("reason", one.reason), detail(one, words)]
        record = _records.gap(one)
        props = {name.replace("_", "-"): str(value) for name, value in record.items() if value is not None}
        seen = self._id("observation", one.id)
        self._observations.append(
            {
                "uuid": seen,
                "title": _line(title),
                "description": " – ".join(text for text in told if text),
                "props": _props(props),
                "methods": ["TEST"],
                "collected": instant(one.seen_at),
            }
        )
        risk = self._id("risk", one.id)
        self._risks.append(
            {
                "uuid": risk,
                "title": _line(title),
                "description": title,
                "statement": words.say("standing.open"),
                "props": _props({"id": one.id, "outcome": Outcome.UNDETERMINED.value}),
                "status": "open",
                "remediations": [self._remedy(one.id, lifting(one, words))],
                "related-observations": [{"observation-uuid": seen}],
            }
        )
        return risk

    def _standing(self, one: Standing, risks: list[str]) -> None:
        self._control(one.id, one.title, one.title)
        told = " ".join(one.sentences)
        seen = self._id("observation", one.id)
        self._observations.append(
            {
                "uuid": seen,
                "title": _line(one.title),
                "description": told,
                "methods": ["EXAMINE"],
                "collected": instant(self._assessment.header.finished_at),
            }
        )
        found = {
            "uuid": self._id("finding", one.id),
            "title": _line(one.title),
            "description": told,
            "props": _props({"id": one.id, "outcome": one.outcome.value}),
            "target": self._target(one.id, one.title, one.outcome, breach=False),
            "related-observations": [{"observation-uuid": seen}],
        }
        self._findings.append(found | ({"related-risks": [{"risk-uuid": id} for id in risks]} if risks else {}))

    def _finding(self, one: Finding, record: dict[str, Any]) -> None:
        words, verdict = self._words, one.verdict
        title = words.pick(one.rule.titles)
        self._control(one.rule.id, title, basis(one.rule.basis, self._texts, words))
        told = " ".join(record["because"]) or title
        seen, risk = self._id("observation", one.id), self._id("risk", one.id)
        observation = {
            "uuid": seen,
            "title": _line(title),
            "description": told,
            "methods": ["EXAMINE"],
            "types": ["finding"],
            "subjects": self._subjects(one, record["subject"]),
            "relevant-evidence": [_evidence(source) for source in record["evidence"]],
            "collected": instant(self._assessment.header.finished_at),
        }
        self._observations.append({name: value for name, value in observation.items() if value != []})
        self._risks.append(
            {
                "uuid": risk,
                "title": _line(title),
                "description": told,
                "statement": told if verdict.outcome is Outcome.FAIL else words.say("standing.open"),
                "props": _props({"id": one.id, "severity": verdict.severity.value, "outcome": verdict.outcome.value}),
                "status": "deviation-approved" if verdict.derogation else "open",
                "remediations": [self._remedy(one.id, words.pick(one.rule.remedy))],
                "related-observations": [{"observation-uuid": seen}],
            }
        )
        props = {
            "id": one.id,
            "rule": one.rule.id,
            "kind": one.rule.kind.value,
            "outcome": verdict.outcome.value,
            "severity": verdict.severity.value,
            "subject-type": one.subject_type,
            "subject": one.subject_id,
            "first-seen": one.first_seen,
            "derogation": verdict.derogation,
        }
        several = [("missing-fact", name) for name in verdict.missing]
        several += [("parameter", f"{id} = {value}") for id, value, _ in verdict.parameters]
        breach = one.rule.kind is RuleKind.BREACH
        self._findings.append(
            {
                "uuid": self._id("finding", one.id),
                "title": _line(title),
                "description": told,
                "props": _props(props) + [_prop(name, value) for name, value in several if value],
                "target": self._target(one.rule.id, title, verdict.outcome, breach=breach),
                "related-observations": [{"observation-uuid": seen}],
                "related-risks": [{"risk-uuid": risk}],
            }
        )

    def _subjects(self, one: Finding, subject: dict[str, Any]) -> list[dict[str, Any]]:
        subjects: list[dict[str, Any]] = []
        dataset = self._components.get(one.dataset or UNATTACHED)
        if dataset:
            subjects.append({"subject-uuid": dataset["uuid"], "type": "component", "title": dataset["title"]})
        if one.group:
            uuid = self._id("inventory-item", one.group.id)
            held = [(name, value if isinstance(value, list) else [value]) for name, value in subject.items()]
            told = [(name, value) for name, values in held for value in values if value is not None]
            self._items[one.group.id] = {
                "uuid": uuid,
                "description": one.group.id,
                "props": [_prop(name, str(value)) for name, value in told],
            }
            subjects.append({"subject-uuid": uuid, "type": "inventory-item", "title": one.group.id})
        return subjects

    def _target(self, control: str, title: str, outcome: Outcome, *, breach: bool) -> dict[str, Any]:
        status: dict[str, Any] = {"state": "not-satisfied", "reason": "other"}
        match outcome:
            case Outcome.PASS:
                status = {"state": "satisfied", "reason": "pass"}
            case Outcome.FAIL if breach:
                status["reason"] = "fail"
            case Outcome.UNDETERMINED:
                status["remarks"] = self._words.say("standing.open")
        return {"type": "objective-id", "target-id": f"{control}_obj", "title": _line(title), "status": status}

    def _remedy(self, id: str, told: str) -> dict[str, Any]:
        return {
            "uuid": self._id("remediation", id),
            "lifecycle": "recommendation",
            "title": _line(told),
            "description": told,
        }

    def _id(self, *parts: str) -> str:
        header = self._assessment.header
        path = "\x1f".join((header.edition, header.on.isoformat(), header.withheld_from, *parts))
        return str(uuid5(_DOCUMENTS, path.encode(errors="surrogatepass").hex()))


def _evidence(source: dict[str, Any]) -> dict[str, Any]:
    told = {name: source[name] for name in ("read_at", "grade", "confidence")}
    evidence = {
        "description": _line(source["source"]),
        "props": _props({name.replace("_", "-"): value for name, value in told.items()}),
    }
    return evidence | ({"href": source["url"]} if source["url"] else {})


def _props(values: dict[str, str]) -> list[dict[str, str]]:
    return [_prop(name, value) for name, value in values.items() if value]


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": _NAMES, "value": _line(value)}


def _line(text: str) -> str:
    """One line that neither begins nor ends with a blank, as OSCAL wants its strings; a long one is cut."""
    return visible(text, _LINE).strip() or "–"
