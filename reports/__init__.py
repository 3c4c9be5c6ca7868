"""An assessment in, bytes out: one module per report, found by walking this folder.

A report module states ``NAME`` (the word of ``--format``), ``SUFFIX``, ``MEDIA_TYPE`` and
``render(assessment, lang)``.  Rendering is pure: no clock, no network, no file but the words and
templates beside it; the same assessment gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from model.assessment import Assessment, Forecast, Header, Judgement, ParameterValue, Rule, TextVersion, Words
from model.attribution import LookUp
from model.changes import Change, Point
from model.datasets import Flow
from model.errors import UsageError
from model.health import Detection
from model.places import Offer
from reports._words import LANGUAGES

__all__ = [
    "LANGUAGES",
    "Report",
    "changes",
    "detections",
    "explain",
    "finding_ids",
    "forecast",
    "forecast_json",
    "load",
    "names",
    "public",
    "schema",
    "simulation",
    "simulation_json",
    "trend",
    "whois",
    "whois_line",
]

_LATER = frozenset({"ciso-assistant"})


class Report(Protocol):
    """What a report module offers."""

    NAME: str
    SUFFIX: str
    MEDIA_TYPE: str

    def render(self, assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
        """The report in chunks, UTF-8.  Raises UsageError for a language that has no words."""
        ...


def names() -> tuple[str, ...]:
    """The words that ``--format`` takes, sorted."""
    return tuple(sorted(_modules()))


def load(name: str) -> Report:
    """The report called ``name``.  Raises UsageError, naming the known ones, when there is none."""
    modules = _modules()
    if name in modules:
        return modules[name]
    known = f"known reports: {', '.join(sorted(modules))}"
    if name in _LATER:
        raise UsageError(f"the report {name!r} is not in this version yet; {known}")
    close = get_close_matches(name, modules, 1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise UsageError(f"unknown report {name!r}; {hint}{known}")


def public(assessment: Assessment, sha256: str) -> Assessment:
    """The assessment without identifiers, for any report; ``sha256`` is the digest of the full edition."""
    from reports import _public

    return _public.public(assessment, sha256)


def finding_ids(assessment: Assessment) -> tuple[str, ...]:
    """The id of every finding of the assessment, stable from run to run."""
    from reports._findings import findings

    return tuple(finding.id for finding in findings(assessment))


def explain(assessment: Assessment, id: str, lang: str = "fr") -> str:
    """The chain from observation to verdict for one id, as text.  Raises UsageError when nothing bears it."""
    from reports import _explanation

    return _explanation.explain(assessment, id, lang)


def detections(found: Iterable[Detection], format: str, lang: str = "fr") -> Iterator[str]:
    """What files and names amount to, as text in ``format`` (table, json, jsonl), piece by piece."""
    from reports import _detections

    return _detections.render(found, format, lang)


def changes(found: Iterable[Change], since: Header, until: Header, format: str, lang: str = "fr") -> Iterator[bytes]:
    """The changes between two editions in ``format`` (table, json, jsonl), in chunks as they come."""
    from reports import _changes
    from reports._contents import chunks

    return chunks(map(str.encode, _changes.render(found, since, until, format, lang)))


def trend(points: Sequence[Point], format: str, lang: str = "fr") -> bytes:
    """The figures of editions in ``format`` (table, json), oldest first."""
    from reports import _trend

    return _trend.render(points, format, lang)


def forecast(entries: Sequence[Forecast], on: date, until: date, lang: str = "fr") -> str:
    """What will change after ``on`` and up to ``until``, by day, as text of 80 columns."""
    from reports import _forecast

    return _forecast.render(entries, on, until, lang)


def forecast_json(entries: Sequence[Forecast], on: date, until: date) -> bytes:
    """The same as JSON, its entries as in the ``json`` report."""
    from reports import _forecast

    return _forecast.as_json(entries, on, until)


def simulation(before: Judgement, after: Judgement, offer: Offer, flows: tuple[Flow, ...], lang: str = "fr") -> str:
    """What a move of the one dataset of both judgements settles, leaves and depends on, as text of 80 columns."""
    from reports import _simulation

    return _simulation.render(before, after, offer, flows, lang)


def simulation_json(
    before: Judgement, after: Judgement, offer: Offer, flows: tuple[Flow, ...], lang: str = "fr"
) -> bytes:
    """The same as JSON."""
    from reports import _simulation

    return _simulation.as_json(before, after, offer, flows, lang)


def rules(rules: Sequence[Rule], stale: frozenset[str], on: date, lang: str = "fr") -> str:
    """The rules, one paragraph each, with their state on a day; those whose id is ``stale`` say so."""
    from reports import _rules

    return _rules.listing(rules, stale, on, lang)


def rule(
    rule: Rule,
    texts: Sequence[TextVersion],
    parameters: Sequence[ParameterValue],
    before: Words,
    stale: bool,
    on: date,
    lang: str = "fr",
) -> str:
    """One rule on a day: texts at their versions, parameters with references, dates, remedy."""
    from reports import _rules

    return _rules.page(rule, texts, parameters, before, stale, on, lang)


def whois(found: LookUp, lang: str = "fr") -> str:
    """One query looked up, as text of 80 columns."""
    from reports import _whois

    return _whois.page(found, lang)


def whois_line(found: LookUp, lang: str = "fr") -> bytes:
    """The same as one line of JSON, with its line end."""
    from reports import _whois

    return _whois.json_line(found, lang)


def schema(name: str = "json") -> bytes:
    """The JSON Schema of the report called ``name``.  Raises UsageError when it has none."""
    written = getattr(load(name), "schema", None)
    if written is None:
        raise UsageError(f"the report {name!r} has no JSON Schema; json and jsonl have one")
    return cast("bytes", written())


@cache
def _modules() -> Mapping[str, Report]:
    found = (import_module(f"{__name__}.{m.name}") for m in iter_modules(__path__) if not m.name.startswith("_"))
    return {module.NAME: cast("Report", module) for module in found}
