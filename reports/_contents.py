"""What the machine reports hold, written once: the records of each list, and the stores line by line."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from model.assessment import Assessment, JudgedDataset
from model.places import Copy
from reports import _changes, _records, _trend
from reports._differences import differences, suggestions
from reports._findings import UNATTACHED, findings
from reports._flows import observed
from reports._notices import notices
from reports._selection import designated
from reports._store_lines import StoreLines, dumps
from reports._words import Language

_BLOCK = 1 << 15
_CHUNK = 1 << 16
_SAMPLE = 5


def chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks of some 64 KiB."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(held)
            held.clear()
            size = 0
    yield b"".join(held)


class Contents:
    """The records of one assessment in one language.

    ``unmatched`` are the copies whose end is no store of the snapshot; it is whole once ``stores`` was walked.
    """

    def __init__(self, assessment: Assessment, words: Language) -> None:
        self._assessment = assessment
        self._words = words
        self._ids = _StoreIds(assessment)
        self._differences = differences(assessment)
        self.unmatched: list[Copy] = []

    def stores(self, type: str = "") -> Iterator[bytes]:
        """The line of each store.  Stores come by id and copies by where they rest, so one walk meets both."""
        judgement = self._assessment.judgement
        places = {judged.place.facts_id: judged for judged in judgement.places}
        datasets = {judged.dataset.id: judged.dataset for judged in judgement.datasets}
        line = StoreLines(places, datasets, self._words, type).line
        copies = self._assessment.stores.copies()
        ahead = next(copies, None)
        for store, facts_id in self._assessment.stores.encoded():
            here: list[Copy] = []
            while ahead and ahead.at <= store["id"]:
                (here if ahead.at == store["id"] else self.unmatched).append(ahead)
                ahead = next(copies, None)
            yield line(store, facts_id, here)
        if ahead:
            self.unmatched.append(ahead)
        self.unmatched.extend(copies)

    def dataset(self, judged: JudgedDataset) -> Iterator[str]:
        """The object of one dataset, in pieces: the ids of its stores may be a million."""
        dataset = judged.dataset
        record = _records.dataset(dataset) | {
            "gaps": sorted(judged.gaps),
            "rules": _records.rules(judged.verdicts),
            "verdict": judged.word.value,
        }
        lists = {
            "declared_only": self._ids.declared_only,
            "observed_only": self._ids.observed_only,
            "stores": self._ids.all,
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

    def unattached(self) -> Iterator[str]:
        """The object of the stores tied to no dataset, in pieces; ``null`` when there is none."""
        judged = self._assessment.judgement.unattached
        if judged is None:
            yield "null"
            return
        yield f'{{"gaps":{dumps(sorted(judged.gaps))},"id":{dumps(UNATTACHED)}'
        yield f',"rules":{dumps(_records.rules(judged.verdicts))},"stores":['
        yield from self._ids.all[""].pieces()
        yield f'],"verdict":{dumps(judged.word.value)}}}'

    def changes(self) -> list[dict[str, Any]] | None:
        """The first changes of each kind since the edition before; ``None`` when no comparison was made."""
        found = self._assessment.changes
        if found is None:
            return None if self._assessment.header.previous else []
        return [_changes.record(change) for change in found.first]

    def change_counts(self) -> dict[str, dict[str, int]] | None:
        """All changes since the edition before, counted by what they are about and by kind."""
        found = self._assessment.changes
        return None if found is None else {about: dict(kinds) for about, kinds in found.counts.items()}

    def trend(self) -> list[dict[str, Any]]:
        """The figures of the last editions, this one last."""
        return _trend.records(self._assessment.trend)

    def derogations(self) -> list[dict[str, Any]]:
        """Every derogation with its state."""
        return [_records.derogation(one) for one in self._assessment.judgement.derogations]

    def differences(self) -> list[dict[str, Any]]:
        """Where the register and what was seen do not agree."""
        return [_records.difference(one, self._ids.sample(one.facts), self._words) for one in self._differences]

    def findings(self) -> Iterator[dict[str, Any]]:
        """Every failure and every open question."""
        for one in findings(self._assessment, self._differences):
            yield _records.finding(one, self._ids.sample(one.group.facts if one.group else ()), self._words)

    def flows(self) -> list[dict[str, Any]]:
        """Every declared movement of data."""
        seen = observed(self._assessment)
        return [_records.flow(one, one.id in seen) for one in self._assessment.flows]

    def forecast(self) -> list[dict[str, Any]] | None:
        """What is known to change; ``None`` when no forecast was made."""
        return _records.forecast(self._assessment)

    def gaps(self) -> Iterator[dict[str, Any]]:
        """Every gap."""
        return map(_records.gap, self._assessment.gaps)

    def laws(self) -> list[dict[str, Any]]:
        """The foreign laws that exposures cite."""
        return [_records.law(one, self._words) for one in self._assessment.judgement.laws]

    def notices(self) -> list[dict[str, Any]]:
        """The clock of each formal notice."""
        return [_records.notice(one) for one in notices(self._assessment)]

    def organisation(self) -> dict[str, Any]:
        """Whose edition it is."""
        header = self._assessment.header
        return {"controller": header.controller, "name": header.organisation}

    def exit(self) -> dict[str, Any]:
        """What the run returned."""
        return {"all": list(self._assessment.exit.all), "code": self._assessment.exit.code}

    def suggestions(self) -> list[dict[str, Any]]:
        """Lines that a register lacks."""
        return [_records.suggestion(one) for one in suggestions(self._assessment)]

    def texts(self) -> list[dict[str, Any]]:
        """The texts of law that findings cite."""
        return [_records.text(one, self._words) for one in self._assessment.judgement.texts]

    def tool(self) -> dict[str, Any]:
        """What made the edition."""
        return {"name": "lexsitus", "version": self._assessment.header.tool_version}

    def unmatched_copies(self) -> list[dict[str, Any]]:
        """The copies whose end is no store of the snapshot; asked for once ``stores`` was walked."""
        return [{"at": copy.at, "kind": copy.kind.value, "of": copy.of} for copy in self.unmatched]

    def warnings(self) -> list[str]:
        """What weakens the edition as a whole."""
        header = self._assessment.header
        told = (*self._assessment.judgement.warnings, *header.catalog.warnings, *header.legislation.warnings)
        return [self._words.pick(one) for one in told]


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
