"""The counts of an edition for dashboards and alerts: the text format that Prometheus' textfile collector reads.

What is unknown is a series of its own (``verdict="undetermined"``, ``country="unknown"``), never a zero and never a
success.  Names, labels and help texts are those of a machine and the same in every language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from model.assessment import Assessment, DerogationState, Outcome, Word
from model.observed import Reason
from reports._contents import chunks
from reports._findings import UNATTACHED, findings, subject_of
from reports._text import visible
from reports._words import language

NAME = "prometheus"
SUFFIX = ".prom"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_DAY = 86_400
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class _Gauge:
    """One metric: its name without the common prefix, what it tells, and a value for each set of labels."""

    name: str
    help: str
    series: Iterable[tuple[Mapping[str, str], float]]


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The metrics, all gauges.  Raises UsageError for a language that has no words, though it prints none."""
    language(lang)
    yield from chunks(line.encode() for gauge in _gauges(assessment) for line in _lines(gauge))


def _gauges(assessment: Assessment) -> Iterator[_Gauge]:
    yield from _edition(assessment)
    yield from _data(assessment)
    yield from _situation(assessment)
    yield from _datasets(assessment)
    yield from _gaps(assessment)
    yield from _deadlines(assessment)


def _edition(assessment: Assessment) -> Iterator[_Gauge]:
    header = assessment.header
    names = {
        "edition": header.edition,
        "organisation": header.organisation,
        "tool": header.tool_version,
        "catalog": header.catalog.version,
        "legislation": header.legislation.version,
        "snapshot_sha256": header.snapshot_sha256,
    }
    yield _Gauge("edition_info", "The edition that these metrics are of; always 1.", [(names, 1)])
    instants = (("started", header.started_at), ("finished", header.finished_at), ("as_of", _midnight(header.on)))
    yield _Gauge(
        "edition_timestamp_seconds",
        "When the scan began and ended, and the day on which the law was applied.",
        [({"event": event}, at.timestamp()) for event, at in instants],
    )
    codes = [({"code": str(code)}, float(code in assessment.exit.all)) for code in (3, 4, 5)]
    yield _Gauge("exit_code_applies", "Whether each exit code applies to this edition.", codes)


def _data(assessment: Assessment) -> Iterator[_Gauge]:
    header = assessment.header
    both = (("catalog", header.catalog), ("legislation", header.legislation))
    yield _Gauge(
        "data_checked_timestamp_seconds",
        "The oldest day on which a person checked the data.",
        [({"data": name}, _midnight(one.checked_on).timestamp()) for name, one in both],
    )
    yield _Gauge(
        "data_age_seconds",
        "Age of the data on the day of the edition.",
        [({"data": name}, float((header.on - one.checked_on).days * _DAY)) for name, one in both],
    )
    yield _Gauge(
        "data_stale", "Whether the data are older than their limit.",
        [({"data": name}, float(one.stale)) for name, one in both],
    )  # fmt: skip


def _situation(assessment: Assessment) -> Iterator[_Gauge]:
    counts = assessment.summary
    yield _Gauge("stores", "Stores by verdict.", _by("verdict", counts.verdicts))
    yield _Gauge("datasets", "Datasets by verdict.", _by("verdict", counts.dataset_verdicts))
    yield _Gauge("copies", "Copy relations between stores.", [({}, counts.copies)])
    bounds = [({"bound": "min"}, counts.rate_min), ({"bound": "max"}, counts.rate_max)]
    yield _Gauge("compliance_ratio", "Share of compliant stores, unknowns counted against and for.", bounds)
    yield _Gauge("stores_by_country", "Stores by country; unknown is a country of its own.",
                 _by("country", counts.countries))  # fmt: skip
    yield _Gauge("exposed_stores", "Stores that a foreign law reaches or may reach.", _by("law", counts.exposures))
    grades: Counter[tuple[str, str]] = Counter()
    for judged in assessment.judgement.places:
        for pair in {(one.law, one.grade.value) for one in judged.exposures}:
            grades[pair] += judged.place.stores
    yield _Gauge(
        "exposures",
        "Stores by foreign law and by how firmly it reaches them; unknown is a grade of its own.",
        [({"law": law, "grade": grade}, stores) for (law, grade), stores in sorted(grades.items())],
    )
    found = Counter(
        (one.rule.kind.value, one.verdict.outcome.value, one.verdict.severity.value) for one in findings(assessment)
    )
    yield _Gauge(
        "findings",
        "Findings by kind, outcome and severity.",
        [(dict(zip(("kind", "outcome", "severity"), key, strict=True)), n) for key, n in sorted(found.items())],
    )


def _datasets(assessment: Assessment) -> Iterator[_Gauge]:
    judgement = assessment.judgement
    cases = [*judgement.datasets, *([judgement.unattached] if judgement.unattached else [])]
    named = [(subject_of(judged)[1], judged) for judged in cases]
    yield _Gauge(
        "dataset_verdict",
        f"1 for the verdict that each dataset bears, 0 for the others; {UNATTACHED} are stores tied to no dataset.",
        [({"dataset": id, "verdict": word}, float(judged.word is word)) for id, judged in named for word in Word],
    )
    yield _Gauge("dataset_stores", "Stores that hold each dataset.",
                 [({"dataset": id}, judged.stores) for id, judged in named])  # fmt: skip
    yield _Gauge("dataset_gaps", "Gaps that may hide a place of each dataset.",
                 [({"dataset": id}, len(judged.gaps)) for id, judged in named])  # fmt: skip
    yield _Gauge(
        "rule_outcome",
        "The outcome of each rule for each dataset; always 1, the outcome is a label.",
        [
            ({"dataset": id, "rule": one.rule, "outcome": Outcome(one.outcome), "derogation": one.derogation}, 1)
            for id, judged in named
            for one in judged.verdicts
        ],
    )


def _gaps(assessment: Assessment) -> Iterator[_Gauge]:
    reasons = dict.fromkeys([reason.value for reason in Reason][:7], 0) | Counter(
        g.reason.value for g in assessment.gaps
    )
    yield _Gauge("gaps", "What could not be seen, by reason.", _by("reason", reasons))
    told = [
        {
            "gap": gap.id,
            "scanner": gap.scanner,
            "target": gap.target,
            "account": gap.account,
            "region": gap.region,
            "operation": gap.operation,
            "reason": gap.reason,
            "permission": gap.permission,
            "who_can_grant": gap.who_can_grant,
        }
        for gap in assessment.gaps
    ]
    yield _Gauge("gap_info", "Each thing that could not be seen; always 1.", [(labels, 1) for labels in told])


def _deadlines(assessment: Assessment) -> Iterator[_Gauge]:
    acts = assessment.judgement.derogations
    states = dict.fromkeys((state.value for state in DerogationState), 0) | Counter(one.state.value for one in acts)
    yield _Gauge("derogations", "Derogations by state.", _by("state", states))
    yield _Gauge(
        "derogation_left_seconds",
        "Time from the day of the edition to the last day of each derogation; negative once past.",
        [
            ({"derogation": one.derogation.id, "state": one.state},
             float(((one.last_on or one.derogation.ends_on) - assessment.header.on).days * _DAY))
            for one in acts
        ],
    )  # fmt: skip
    coming = assessment.forecast
    yield _Gauge("forecast_made", "Whether a forecast was made; without one nothing is known of the days to come.",
                 [({}, float(coming is not None))])  # fmt: skip
    yield _Gauge(
        "forecast_left_seconds",
        "Time from the day of the edition to each thing that is known to change.",
        [
            ({"event": one.what, "subject": one.subject, "on": one.on.isoformat()},
             float((one.on - assessment.header.on).days * _DAY))
            for one in coming or ()
        ],
    )  # fmt: skip


def _by(label: str, counts: Mapping[str, int]) -> list[tuple[dict[str, str], float]]:
    return [({label: word}, count) for word, count in counts.items()]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _lines(gauge: _Gauge) -> Iterator[str]:
    series = {_labels(labels): value for labels, value in gauge.series}
    if not series:
        return  # a metric without a series would read as one that is there and empty
    name = f"lexsitus_{gauge.name}"
    yield f"# HELP {name} {gauge.help}\n# TYPE {name} gauge\n"
    for labels, value in series.items():
        yield f"{name}{labels} {int(value) if value == int(value) else round(value, 6)}\n"


def _labels(labels: Mapping[str, str]) -> str:
    told = [f'{name}="{_escaped(value)}"' for name, value in labels.items()]
    return f"{{{','.join(told)}}}" if told else ""


def _escaped(value: str) -> str:
    shown = visible(str(value), _LONGEST)
    return shown.replace("\\", "\\\\").replace('"', '\\"')
