"""The objects of ``lexsitus/report/1``: model values as JSON data, ``None`` for what is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from model.assessment import (
    Assessment,
    DataVersion,
    JudgedDerogation,
    JudgedPlace,
    LawLabel,
    Outcome,
    TextVersion,
    Words,
    countries_of,
)
from model.codec import instant
from model.datasets import Dataset, Flow, Identity
from model.health import HealthStatus, Signal, identification, score, status
from model.observed import Absent, Known, Observed, Source, known
from model.parties import Exposure, Operator, Qualification
from model.places import Gap, Key, PlaceKind
from reports import _forecast
from reports._chain import entity_names, parents
from reports._differences import Difference, Suggestion, rule_of, verdict_of
from reports._findings import Finding
from reports._hosts import hosts
from reports._notices import NoticeView
from reports._public import WITHHELD
from reports._words import Language

T = TypeVar("T")

_ORIGINALS = (PlaceKind.PRIMARY, PlaceKind.METADATA, PlaceKind.KEY)
_IDENTITIES = tuple(Identity)


def answer(observed: Observed[T], absent: Any, write: Callable[[T], Any] | None = None) -> Any:
    """``None`` when unknown, ``absent`` when proven absent, else the value through ``write``."""
    if isinstance(observed, Known):
        return write(observed.value) if write else observed.value
    return absent if isinstance(observed, Absent) else None


def evidence(source: Source) -> dict[str, Any]:
    """Where a statement comes from and when it was read."""
    return {
        "source": source.what,
        "read_at": instant(source.read_at),
        "grade": source.grade.value,
        "confidence": source.confidence.value,
        "url": source.url or None,
    }


def sources_of(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """Each source once, in the order first met."""
    return [evidence(source) for source in dict.fromkeys(sources)]


def place(judged: JudgedPlace, words: Language) -> dict[str, Any]:
    """Everything of a store that depends on its facts only, the same for all that share them."""
    at = judged.place
    names = entity_names(known(at.operators) or ())
    places = sorted(countries_of(at))
    return {
        "countries": places if places else None,
        "countries_complete": all(isinstance(location.countries, Known) for location in at.locations),
        "datasets": sorted(judged.datasets),
        "exposures": [exposure(e, names) for e in judged.exposures],
        "key": key(at.key, at.key_countries),
        "locations": _locations(judged),
        "operators": answer(at.operators, [], lambda many: [operator(one) for one in many]),
        "place": at.role.value,
        "provider": answer(at.provider, False),
        "qualifications": [qualification(q, words) for q in at.qualifications],
        "region": at.locations[0].region or None,
        "role": "primary" if at.role in _ORIGINALS else "copy",
        "scanner": at.scanner,
        "seen": at.seen,
        "service": answer(at.service, False),
        "target": at.target,
        "verdict": judged.word.value,
    }


def _locations(judged: JudgedPlace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for location in judged.place.locations:
        kind = "zone" if location.zone else "region" if location.region else "country"
        countries = known(location.countries) or (None,)
        found.extend(
            {
                "region": location.region or None,
                "zone": location.zone or None,
                "country": country,
                "kind": kind if country or kind != "country" else "unknown",
            }
            for country in countries
        )
    return found


def operator(one: Operator) -> dict[str, Any]:
    """An operator and all the holders above it, nearest first."""
    return {
        "entity": one.entity.name,
        "id": one.entity.id,
        "role": one.role.value,
        "country": answer(one.entity.seat, False),
        "chain_complete": one.chain_complete,
        "parents": [
            {
                "entity": parent.entity.name,
                "id": parent.entity.id,
                "country": answer(parent.entity.seat, False),
                "share_percent": parent.link.capital_percent,
                "votes_percent": parent.link.votes_percent,
                "controls": parent.link.controls,
                "depth": parent.depth,
            }
            for parent in parents(one)
        ],
    }


def exposure(one: Exposure, names: Any) -> dict[str, Any]:
    """Which law reaches the place, how firmly, through whom (entity names, from the operator upward)."""
    record: dict[str, Any] = {
        "law": one.law,
        "country": one.country or None,
        "grade": one.grade.value,
        "reason": one.reason,
        "path": [names.get(entity, entity) for entity in one.path],
        "confidence": one.confidence.value,
    }
    if one.data != "content":
        record["data"] = one.data
    if one.mitigation:
        record["mitigation"] = one.mitigation
    return record


def qualification(one: Qualification, words: Language) -> dict[str, Any]:
    """A scheme's state for the service in use on the day asked."""
    return {
        "scheme": one.scheme,
        "version": one.version or None,
        "service": one.service or None,
        "service_id": one.service_id or None,
        "status": one.status.value,
        "issued": _day(one.issued_on),
        "expires": _day(one.expires_on),
        "activities": list(one.activities),
        "listed_on": _day(one.listed_on),
        "stale": one.stale,
        "why": words.pick(Words(one.why_fr, one.why_en)),
        "confidence": one.confidence.value,
        "source": one.source.what,
        "source_url": one.source.url or None,
        "checked_on": one.source.read_at.date().isoformat(),
    }


def key(observed: Observed[Key], countries: Observed[tuple[str, ...]]) -> dict[str, Any]:
    """Who can use the key: an object always, whose custody says ``unknown`` when nobody could tell."""
    if isinstance(observed, Known):
        return {
            "custody": observed.value.custody.value,
            "id": observed.value.id or None,
            "location": observed.value.location or None,
            "account": observed.value.account or None,
            "countries": answer(countries, [], list),
        }
    nothing = isinstance(observed, Absent)
    return {
        "custody": "none" if nothing else "unknown",
        "id": None,
        "location": None,
        "account": None,
        "countries": [] if nothing else None,
    }


def health(judged: JudgedPlace, datasets: dict[str, Dataset], signals: tuple[Signal, ...] | None) -> dict[str, Any]:
    """Whether health data rest in a store: what its datasets declare, what its kind proves, what was seen of it.

    Only a register says ``no``; ``signals`` of ``None`` were never looked for.
    """
    held = [datasets[id] for id in judged.datasets if id in datasets]
    declared = [d for d in held if known(d.health) is True]
    proven = known(judged.place.holds_health) is True
    if declared or proven:
        said = HealthStatus.YES
    elif held and all(known(d.health) is False for d in held):
        said = HealthStatus.NO
    else:
        said = status(signals or ())
    told = [
        *({"family": "register", "id": d.id, "weight": None, "where": "health"} for d in declared),
        *(signal(one) for one in signals or ()),
    ]
    if proven and status(signals or ()) is not HealthStatus.YES:
        told.append({"family": "kind", "id": "holds_health", "weight": None, "where": "kind"})
    identities = [d.identity.value for d in held if isinstance(d.identity, Known)]
    seen = identification(signals or ()) if said in (HealthStatus.YES, HealthStatus.SUSPECTED) else None
    identities += [seen] if seen else []
    return {
        "status": said.value,
        "score": None if signals is None else score(signals),
        "identification": min(identities, key=_IDENTITIES.index).value if identities else None,
        "signals": told or (None if signals is None else []),
    }


def signal(one: Signal) -> dict[str, Any]:
    """A signal with the names of columns when it has any: never a value."""
    record = {"family": one.family, "id": one.id, "weight": one.weight, "where": one.where, "count": one.count}
    if one.identity:
        record["identification"] = one.identity.value
    if one.columns:
        record["columns"] = list(one.columns)
    return record


def dataset(one: Dataset) -> dict[str, Any]:
    """What the register says of a dataset, without its stores and rules."""
    return {
        "id": one.id,
        "title": one.title,
        "controller": {"kind": one.controller.kind.value, "name": one.controller.name},
        "health": answer(one.health, False),
        "identification": answer(one.identity, False, lambda identity: identity.value),
        "persons": answer(one.persons, False),
    }


def finding(one: Finding, sample: list[str], words: Language) -> dict[str, Any]:
    """A failure or an open question with its grounds; ``sample`` are ids of stores it is about."""
    verdict = one.verdict
    subject: dict[str, Any] = {"type": one.subject_type, "id": one.subject_id}
    if one.group:
        subject |= {
            "dataset": one.dataset or None,
            "place": one.group.role.value,
            "target": one.group.target,
            "provider": one.group.provider or None,
            "regions": list(one.group.regions),
            "countries": list(one.group.countries) or None,
            "stores": one.group.stores,
            "sample": sample,
        }
    return {
        "id": one.id,
        "rule": one.rule.id,
        "title": words.pick(one.rule.titles),
        "outcome": verdict.outcome.value,
        "kind": one.rule.kind.value,
        "severity": verdict.severity.value,
        "subject": subject,
        "because": [words.pick(reason) for reason in verdict.because],
        "missing_facts": list(verdict.missing),
        "basis": [{"text": c.text, "article": c.article, "version": c.version or None} for c in one.rule.basis],
        "parameters": [{"id": id, "value": value, "reference": ref} for id, value, ref in verdict.parameters],
        "remediation": words.pick(one.rule.remedy),
        "derogation": verdict.derogation or None,
        "evidence": sources_of(verdict.sources),
        "first_seen": one.first_seen or None,
    }


def gap(one: Gap) -> dict[str, Any]:
    """What could not be seen, and the right that would show it."""
    return {
        "id": one.id,
        "scanner": one.scanner,
        "target": one.target,
        "account": one.account or None,
        "region": one.region or None,
        "scope": one.scope,
        "operation": one.operation,
        "reason": one.reason.value,
        "permission": one.permission or None,
        "who_can_grant": one.who_can_grant or None,
        "detail": one.detail,
        "store": one.store or None,
        "seen_at": instant(one.seen_at),
    }


def flow(one: Flow, observed: bool = False) -> dict[str, Any]:
    """A declared movement of data; ``observed`` tells that copies which were seen lead from its source to its end."""
    return {
        "id": one.id,
        "dataset": one.dataset,
        "source": one.origin,
        "means": one.means,
        "destination": one.destination,
        "destination_provider": one.destination_provider or None,
        "decision": answer(one.decision, False),
        "observed": observed,
    }


def notice(one: NoticeView) -> dict[str, Any]:
    """A formal notice on the edition's day: days left, and per failing its documents and the rules that follow it."""
    told = one.notice
    return {
        "id": told.id,
        "authority": told.authority,
        "date": told.served_on.isoformat(),
        "deadline": told.deadline_on.isoformat(),
        "document": answer(told.document, False),
        "closed": answer(told.closed_on, False, date.isoformat),
        "state": one.state.value,
        "days_left": one.days_left,
        "datasets": list(told.datasets),
        "failings": [
            {
                "id": view.failing.id,
                "title": view.failing.title,
                "articles": list(view.failing.articles),
                "state": view.state.value,
                "rules": [
                    {"dataset": dataset, "rule": rule, "outcome": outcome.value if outcome else None}
                    for dataset, rule, outcome in view.outcomes
                ],
                "proofs": [
                    {"document": proof.document, "date": answer(proof.dated, False, date.isoformat)}
                    for proof in view.failing.proofs
                ],
                "evidence": sources_of([view.failing.source]),
            }
            for view in one.failings
        ],
        "evidence": sources_of([told.source]),
    }


def difference(one: Difference, sample: list[str], words: Language) -> dict[str, Any]:
    """What one dataset's register declares and what was seen, where the two differ, with the sources of both sides."""
    return {
        "kind": one.kind.value,
        "rule": rule_of(one.kind).id,
        "dataset": one.dataset,
        "place": one.place or None,
        "declared": list(one.declared),
        "observed": list(one.observed),
        "stores": one.stores,
        "sample": list(one.sample) or sample,
        "sentence": words.pick(verdict_of(one).because[0]),
        "declared_by": sources_of(one.declared_by),
        "observed_by": sources_of(one.observed_by),
    }


def suggestion(one: Suggestion) -> dict[str, Any]:
    """Lines of a register that would tie stores which hold health data and belong to no dataset."""
    return {
        "target": one.target,
        "account": one.account or None,
        "kind": one.kind,
        "stores": one.stores,
        "sample": list(one.sample),
        "register": one.yaml,
    }


def derogation(one: JudgedDerogation) -> dict[str, Any]:
    """A decision of the organisation to live with named findings, both days included."""
    act = one.derogation
    return {
        "id": act.id,
        "act": act.act,
        "owner": act.owner,
        "approver": act.approver,
        "starts": act.starts_on.isoformat(),
        "ends": act.ends_on.isoformat(),
        "covers": [{"dataset": on, "rule": rule} for on, rule in act.covers],
        "state": one.state.value,
        "last_on": _day(one.last_on),
        "capped": one.capped,
        "unmatched": [{"dataset": on, "rule": rule} for on, rule in one.unmatched],
    }


def data_version(one: DataVersion) -> dict[str, Any]:
    """Which data were used."""
    return {
        "version": one.version,
        "sha256": one.sha256,
        "checked_on": one.checked_on.isoformat(),
        "stale": one.stale,
    }


def edition(assessment: Assessment) -> dict[str, Any]:
    """When, on what day and with what the edition was made."""
    header = assessment.header
    withheld = {"public": {"full_edition_sha256": header.withheld_from, "withheld": list(WITHHELD)}}
    return (withheld if header.withheld_from else {}) | {
        "id": header.edition,
        "started_at": instant(header.started_at),
        "finished_at": instant(header.finished_at),
        "on": header.on.isoformat(),
        "snapshot_sha256": header.snapshot_sha256,
        "catalog": data_version(header.catalog),
        "legislation": data_version(header.legislation),
        "previous": header.previous or None,
    }


def summary(assessment: Assessment) -> dict[str, Any]:
    """The counts; a rate is a bracket, never one number."""
    counts = assessment.summary
    return {
        "stores": counts.stores,
        "copies": counts.copies,
        "datasets": counts.datasets,
        "gaps": counts.gaps,
        "verdicts": dict(counts.verdicts),
        "dataset_verdicts": dict(counts.dataset_verdicts),
        "rate": {"min": counts.rate_min, "max": counts.rate_max},
        "countries": dict(counts.countries),
        "exposures": dict(counts.exposures),
        "hosts": [
            {
                "provider": one.provider or None,
                "countries": list(one.countries) or None,
                "laws": list(one.laws),
                "stores": one.stores,
            }
            for one in hosts(assessment.judgement.places)
        ],
    }


def forecast(assessment: Assessment) -> list[dict[str, Any]] | None:
    """What is known to change after ``on``, sorted by day; ``None`` when no forecast was made."""
    return None if assessment.forecast is None else _forecast.records(assessment.forecast)


def text(one: TextVersion, words: Language) -> dict[str, Any]:
    """A text of law that a finding cites by id."""
    return {
        "id": one.id,
        "title": words.pick(one.titles),
        "version": one.version or None,
        "in_force_from": _day(one.in_force_from),
        "checked_on": one.checked_on.isoformat(),
        "confidence": one.confidence,
        "url": one.url or None,
    }


def law(one: LawLabel, words: Language) -> dict[str, Any]:
    """A foreign law that an exposure cites by id."""
    return {
        "id": one.id,
        "country": one.country,
        "title": words.pick(one.titles),
        "state": words.pick(one.state),
        "confidence": one.confidence,
    }


def rules(verdicts: Iterable[Any]) -> dict[str, str]:
    """The outcome of every rule that was evaluated."""
    return {verdict.rule: Outcome(verdict.outcome).value for verdict in verdicts}


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
