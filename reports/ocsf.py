"""The findings as OCSF events of class 2003 (Compliance Finding, profile cloud), for security tools and data lakes.

A JSON array, one event a line.  Every finding and every gap is an event, and so are coverage and the age of the catalog
and of the legislation.  What is unknown has the status Unknown (0): never Pass, and never left out.
https://schema.ocsf.io/1.5.0/classes/compliance_finding
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

from model.assessment import Assessment, JudgedPlace, Outcome, RuleKind, Severity, TextVersion
from model.observed import known
from model.places import Gap
from reports import _records
from reports._contents import Contents, chunks
from reports._findings import UNATTACHED, Finding, findings
from reports._naming import basis, detail, scope
from reports._standing import Standing, lifting, standings
from reports._store_lines import dumps
from reports._words import Language, language

NAME = "ocsf"
SUFFIX = ".ocsf.json"
MEDIA_TYPE = "application/json"
VERSION = "1.5.0"

_CLASS = 2003
_EVENTS = UUID("5b0f6c55-0c5c-5f0e-9d4e-1f6a4a2d7c31")
"""The name space of event ids."""

_UNKNOWN, _PASS, _WARNING, _FAIL = (0, "Unknown"), (1, "Pass"), (2, "Warning"), (3, "Fail")
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")
_UNRATED = (0, "Unknown")
_ACTIVITIES = {0: "Unknown", 1: "Create", 2: "Update"}
_SEVERITIES = {
    Severity.INFORMATION: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.BLOCKER: (5, "Critical"),
}
_SEVERAL = "multiple"
_NOT_KNOWN = "unknown"
_NONE = "none"


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The events.  Ids and statuses are the same in every language; titles and reasons are in ``lang``."""
    events = _Events(assessment, language(lang)).all()
    yield from chunks(_array(events))


def _array(events: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    opening = b"["
    for event in events:
        yield opening + b"\n" + dumps(event).encode()
        opening = b","
    yield b"\n]\n"


class _Events:
    """The events of one assessment in one language."""

    def __init__(self, assessment: Assessment, words: Language) -> None:
        self._assessment = assessment
        self._words = words
        self._texts = {text.id: text for text in assessment.judgement.texts}
        self._titles = {judged.dataset.id: judged.dataset.title for judged in assessment.judgement.datasets}
        self._of_dataset: dict[str, set[str]] = {}
        self._of_target: dict[tuple[str, str], set[str]] = {}
        for judged in assessment.judgement.places:
            provider = _provider(judged)
            for id in judged.datasets or ("",):
                self._of_dataset.setdefault(id, set()).add(provider)
            self._of_target.setdefault((judged.place.scanner, judged.place.target), set()).add(provider)

    def all(self) -> Iterator[dict[str, Any]]:
        """Every event: what the edition says of itself, the gaps, the findings in the order of every report."""
        for standing in standings(self._assessment, self._words):
            yield self._standing(standing)
        for gap in self._assessment.gaps:
            yield self._gap(gap)
        records = Contents(self._assessment, self._words).findings()
        for finding, record in zip(findings(self._assessment), records, strict=True):
            yield self._finding(finding, record)

    def _finding(self, one: Finding, record: dict[str, Any]) -> dict[str, Any]:
        words, verdict = self._words, one.verdict
        cited = [self._texts[id] for id in dict.fromkeys(cite.text for cite in one.rule.basis) if id in self._texts]
        compliance = {
            "control": one.rule.id,
            "desc": words.pick(one.rule.titles),
            "standards": [words.pick(text.titles) for text in cited],
            "requirements": [basis([cite], self._texts, words) for cite in one.rule.basis],
            "compliance_references": [_reference(text, words) for text in cited],
            "control_parameters": [{"name": id, "value": value} for id, value, _ in verdict.parameters],
            "status_details": record["because"],
        }
        event = self._event(
            one.id,
            words.pick(one.rule.titles),
            _status(one),
            compliance,
            _SEVERITIES[verdict.severity],
            cloud={"provider": self._providers(one)},
            lifecycle=_SUPPRESSED if verdict.derogation else _NEW,
            first_seen=one.first_seen,
        )
        event["finding_info"]["types"] = [one.rule.kind.value]
        event["resources"] = [self._dataset(one)]
        if one.group:
            where = {"region": one.group.regions[0]} if len(one.group.regions) == 1 else {}
            event["resources"].append({"uid": one.group.id, "type": "place", "data": record["subject"]} | where)
            event["cloud"] |= where
        event["remediation"] = {"desc": words.pick(one.rule.remedy)}
        if record["evidence"]:
            event["evidences"] = [{"name": source["source"], "data": source} for source in record["evidence"]]
        kept = ("basis", "derogation", "kind", "missing_facts", "outcome", "parameters", "severity", "subject")
        event["unmapped"] = {name: record[name] for name in kept}
        return event

    def _gap(self, one: Gap) -> dict[str, Any]:
        words = self._words
        told = [scope(one, words), words.name("reason", one.reason), detail(one, words)]
        title = words.say("standing.gap", what=told[0])
        compliance = {"control": "COVERAGE", "desc": title, "status_details": [text for text in told if text]}
        cloud: dict[str, Any] = {"provider": _one_of(self._of_target.get((one.scanner, one.target), set()))}
        if one.region:
            cloud["region"] = one.region
        if one.account:
            cloud["account"] = {"uid": one.account}
        event = self._event(one.id, title, _UNKNOWN, compliance, _UNRATED, cloud=cloud)
        event["finding_info"]["types"] = ["gap"]
        named = [{"uid": one.store, "type": "store"}] if one.store else []
        event["resources"] = named or [{"name": one.target, "type": "target"}]
        event["remediation"] = {"desc": lifting(one, words)}
        event["finding_info"]["last_seen_time"] = _milliseconds(one.seen_at)
        event["unmapped"] = {"gap": _records.gap(one), "outcome": Outcome.UNDETERMINED.value}
        return event

    def _standing(self, one: Standing) -> dict[str, Any]:
        status = {Outcome.PASS: _PASS, Outcome.FAIL: _WARNING}.get(one.outcome, _UNKNOWN)
        compliance = {"control": one.id, "desc": one.title, "status_details": list(one.sentences)}
        rated = _SEVERITIES[Severity.INFORMATION] if one.outcome is Outcome.PASS else _SEVERITIES[Severity.HIGH]
        event = self._event(one.id, one.title, status, compliance, rated, cloud={"provider": _NONE})
        event["finding_info"]["types"] = ["edition"]
        event["unmapped"] = {"edition": _records.edition(self._assessment), "outcome": one.outcome.value}
        if one.id == "COVERAGE":
            event["unmapped"]["summary"] = _records.summary(self._assessment)
            datasets = [
                {"uid": judged.dataset.id, "name": judged.dataset.title, "type": "dataset",
                 "data": {"verdict": judged.word.value}}
                for judged in self._assessment.judgement.datasets
            ]  # fmt: skip
            if datasets:
                event["resources"] = datasets
        return event

    def _event(
        self,
        id: str,
        title: str,
        status: tuple[int, str],
        compliance: dict[str, Any],
        severity: tuple[int, str],
        *,
        cloud: dict[str, Any],
        lifecycle: tuple[int, str] = _NEW,
        first_seen: str = "",
    ) -> dict[str, Any]:
        header = self._assessment.header
        made = _milliseconds(header.finished_at)
        # Without a first day nobody can tell whether the finding is new.
        activity = (1 if first_seen == header.on.isoformat() else 2) if first_seen else 0
        info: dict[str, Any] = {"uid": id, "title": title, "modified_time": made, "last_seen_time": made}
        if first_seen:
            info |= dict.fromkeys(("created_time", "first_seen_time"), _midnight(first_seen))
        reasons = " ".join(compliance["status_details"])
        stated = {"status_id": status[0], "status": status[1], "status_detail": reasons}
        if header.organisation:
            cloud = cloud | {"org": {"name": header.organisation}}
        return {
            "activity_id": activity,
            "activity_name": _ACTIVITIES[activity],
            "category_uid": 2,
            "category_name": "Findings",
            "class_uid": _CLASS,
            "class_name": "Compliance Finding",
            "type_uid": _CLASS * 100 + activity,
            "type_name": f"Compliance Finding: {_ACTIVITIES[activity]}",
            "cloud": cloud,
            "compliance": {name: value for name, value in (compliance | stated).items() if value not in ("", [])},
            "finding_info": info,
            "message": title,
            "metadata": {
                "correlation_uid": header.edition,
                "product": {
                    "name": "lexsitus",
                    "vendor_name": "lexsitus",
                    "version": header.tool_version,
                    "lang": self._words.code,
                },
                "profiles": ["cloud"],
                "uid": str(uuid5(_EVENTS, f"{header.edition}/{header.on}/{id}")),
                "version": VERSION,
            },
            "severity_id": severity[0],
            "severity": severity[1],
            "status_id": lifecycle[0],
            "status": lifecycle[1],
            "time": made,
        }

    def _providers(self, one: Finding) -> str:
        if one.group:
            return one.group.provider or _NOT_KNOWN
        return _one_of(self._of_dataset.get(one.dataset, set()))

    def _dataset(self, one: Finding) -> dict[str, Any]:
        if one.dataset:
            return {"uid": one.dataset, "name": self._titles.get(one.dataset, one.dataset), "type": "dataset"}
        return {"uid": UNATTACHED, "name": self._words.say("unattached"), "type": "stores"}


def _status(one: Finding) -> tuple[int, str]:
    if one.verdict.outcome is not Outcome.FAIL:
        return _UNKNOWN
    # Only breaches count as non-compliance: an exposure or an indicative check asks for attention.
    return _FAIL if one.rule.kind is RuleKind.BREACH else _WARNING


def _reference(text: TextVersion, words: Language) -> dict[str, str]:
    reference = {"uid": text.id, "title": words.pick(text.titles)}
    return reference | ({"src_url": text.url} if text.url else {})


def _provider(judged: JudgedPlace) -> str:
    return known(judged.place.provider) or _NOT_KNOWN


def _one_of(providers: set[str]) -> str:
    if len(providers) == 1:
        return next(iter(providers))
    return _SEVERAL if providers else _NOT_KNOWN


def _midnight(day: str) -> int:
    on = date.fromisoformat(day[:10])
    return _milliseconds(datetime(on.year, on.month, on.day, tzinfo=UTC))


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
