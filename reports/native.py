"""The whole assessment as ``lexsitus/report/1`` (JSON), streamed: memory does not grow with the estate.

Keys are sorted, so that two editions can be compared line by line; each store stands on its own line.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from model.assessment import Assessment, JudgedDataset
from model.places import Copy
from reports import _records
from reports._differences import differences, suggestions
from reports._findings import UNATTACHED, findings
from reports._flows import observed
from reports._notices import notices
from reports._selection import designated
from reports._store_lines import StoreLines, dumps
from reports._words import Language, language

NAME = "json"
SUFFIX = ".json"
MEDIA_TYPE = "application/json"
FORMAT = "lexsitus/report/1"

_CHUNK = 1 << 16
_BLOCK = 1 << 15
_SAMPLE = 5


def schema() -> bytes:
    """The JSON Schema (2020-12) of ``lexsitus/report/1``."""
    return (Path(__file__).parent / "schema" / "report-1.json").read_bytes()


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The report in chunks of some 64 KiB.  ``lang`` decides the language of titles, reasons and remedies."""
    words = language(lang)
    held: list[str] = []
    size = 0
    for piece in _pieces(assessment, words):
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield "".join(held).encode()
            held.clear()
            size = 0
    yield "".join(held).encode()


def _pieces(assessment: Assessment, words: Language) -> Iterator[str]:
    ids = _StoreIds(assessment)
    judgement = assessment.judgement
    unmatched: list[Copy] = []
    # No comparison is made here: with a previous edition, what changed is unknown rather than nothing.
    yield '{"changes":' + ("null" if assessment.header.previous else "[]")
    yield ',\n"datasets":['
    yield from _separated(judgement.datasets, lambda judged: _dataset(judged, ids))
    yield '],\n"derogations":' + dumps([_records.derogation(one) for one in judgement.derogations])
    told = [_records.difference(one, ids.sample(one.facts), words) for one in differences(assessment)]
    yield ',\n"differences":' + dumps(told)
    yield ',\n"edition":' + dumps(_records.edition(assessment))
    yield ',\n"exit":' + dumps({"all": list(assessment.exit.all), "code": assessment.exit.code})
    yield ',\n"findings":['
    yield from _separated(
        findings(assessment),
        lambda one: iter([dumps(_records.finding(one, ids.sample(one.group.facts if one.group else ()), words))]),
    )
    seen = observed(assessment)
    yield '],\n"flows":' + dumps([_records.flow(one, one.id in seen) for one in assessment.flows])
    yield ',\n"forecast":' + dumps(_records.forecast(assessment))
    yield ',\n"gaps":['
    yield from _separated(assessment.gaps, lambda one: iter([dumps(_records.gap(one))]))
    yield '],\n"lang":' + dumps(words.code)
    yield ',\n"laws":' + dumps([_records.law(one, words) for one in judgement.laws])
    yield ',\n"notices":' + dumps([_records.notice(one) for one in notices(assessment)])
    yield ',\n"organisation":'
    yield dumps({"controller": assessment.header.controller, "name": assessment.header.organisation})
    yield ',\n"schema":' + dumps(FORMAT) + ',\n"stores":['
    yield from _separated(_stores(assessment, words, unmatched), lambda line: iter([line]))
    yield '],\n"suggestions":' + dumps([_records.suggestion(one) for one in suggestions(assessment)])
    yield ',\n"summary":' + dumps(_records.summary(assessment))
    yield ',\n"texts":' + dumps([_records.text(one, words) for one in judgement.texts])
    yield ',\n"tool":' + dumps({"name": "lexsitus", "version": assessment.header.tool_version})
    yield ',\n"unattached":'
    if judgement.unattached is None:
        yield "null"
    else:
        yield from _unattached(judgement.unattached, ids)
    yield ',\n"unmatched_copies":' + dumps([{"at": c.at, "kind": c.kind.value, "of": c.of} for c in unmatched])
    warnings = (*judgement.warnings, *assessment.header.catalog.warnings, *assessment.header.legislation.warnings)
    yield ',\n"warnings":' + dumps([words.pick(one) for one in warnings]) + "}\n"


def _separated(items: Iterable[object], write: Callable[..., Iterator[str]]) -> Iterator[str]:
    comma = "\n"
    for item in items:
        yield comma
        yield from write(item)
        comma = ",\n"


def _stores(assessment: Assessment, words: Language, unmatched: list[Copy]) -> Iterator[str]:
    """The line of each store.  Stores come by id and copies by where they rest, so one walk meets both."""
    judgement = assessment.judgement
    places = {judged.place.facts_id: judged for judged in judgement.places}
    lines = StoreLines(places, {judged.dataset.id: judged.dataset for judged in judgement.datasets}, words)
    copies = assessment.stores.copies()
    ahead = next(copies, None)
    for store, facts_id in assessment.stores:
        here: list[Copy] = []
        while ahead and ahead.at <= store.id:
            (here if ahead.at == store.id else unmatched).append(ahead)
            ahead = next(copies, None)
        yield lines.line(store, facts_id, here)
    if ahead:
        unmatched.append(ahead)
    unmatched.extend(copies)


def _dataset(judged: JudgedDataset, ids: _StoreIds) -> Iterator[str]:
    dataset = judged.dataset
    record = _records.dataset(dataset) | {
        "gaps": sorted(judged.gaps),
        "rules": _records.rules(judged.verdicts),
        "verdict": judged.word.value,
    }
    lists = {
        "declared_only": ids.declared_only,
        "observed_only": ids.observed_only,
        "stores": ids.all,
    }
    opening = "{"
    for name in sorted([*record, *lists]):
        yield f"{opening}{dumps(name)}:"
        opening = ","
        if name in record:
            yield dumps(record[name])
        else:
            yield "["
            yield from lists[name][dataset.id].pieces()
            yield "]"
    yield "}"


def _unattached(judged: JudgedDataset, ids: _StoreIds) -> Iterator[str]:
    yield f'{{"gaps":{dumps(sorted(judged.gaps))},"id":{dumps(UNATTACHED)}'
    yield f',"rules":{dumps(_records.rules(judged.verdicts))},"stores":['
    yield from ids.all[""].pieces()
    yield f'],"verdict":{dumps(judged.word.value)}}}'


class _Packed:
    """Ids waiting for their turn.  Sorted ids resemble each other: packed, a million take a few megabytes."""

    __slots__ = ("_blocks", "_open", "_size")

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._open: list[str] = []
        self._size = 0

    def add(self, quoted: str) -> None:
        self._open.append(quoted)
        self._size += len(quoted)
        if self._size >= _BLOCK:
            self._blocks.append(zlib.compress(",".join(self._open).encode(), 1))
            self._open = []
            self._size = 0

    def pieces(self) -> Iterator[str]:
        comma = ""
        for block in self._blocks:
            yield comma + zlib.decompress(block).decode()
            comma = ","
        if self._open:
            yield comma + ",".join(self._open)


class _StoreIds:
    """Which stores each dataset has, learned in one walk, and the first few ids of each set of facts."""

    def __init__(self, assessment: Assessment) -> None:
        judgement = assessment.judgement
        datasets = {judged.dataset.id: judged.dataset for judged in judgement.datasets}
        names = ["", *datasets]
        self.all = {name: _Packed() for name in names}
        self.declared_only = {name: _Packed() for name in names}
        self.observed_only = {name: _Packed() for name in names}
        self._first: dict[int, list[str]] = {}
        places = {judged.place.facts_id: judged for judged in judgement.places}
        for id, facts_id in assessment.stores.ids():
            first = self._first.setdefault(facts_id, [])
            if len(first) < _SAMPLE:
                first.append(id)
            quoted = dumps(id)
            declared = places[facts_id].place.scanner == "declared"
            for name in places[facts_id].datasets or ("",):
                self.all[name].add(quoted)
                if declared:
                    self.declared_only[name].add(quoted)
        # A store that no line of the register designates is in a dataset only as the end of a copy.
        for store, facts_id in assessment.stores.ends():
            if places[facts_id].place.scanner != "declared":
                for name in places[facts_id].datasets:
                    if not designated(store, datasets[name]):
                        self.observed_only[name].add(dumps(store.id))

    def sample(self, facts: tuple[int, ...]) -> list[str]:
        """The first ids, sorted, of the stores that have one of these facts."""
        return sorted(id for one in facts for id in self._first.get(one, []))[:_SAMPLE]
