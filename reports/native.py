"""The whole assessment as ``lexsitus/report/1`` (JSON), streamed: memory does not grow with the estate.

Keys are sorted, so that two editions can be compared line by line; each store stands on its own line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from model.assessment import Assessment
from reports import _records
from reports._contents import Contents, chunks
from reports._store_lines import dumps
from reports._words import Language, language

NAME = "json"
SUFFIX = ".json"
MEDIA_TYPE = "application/json"
FORMAT = "lexsitus/report/1"


def schema() -> bytes:
    """The JSON Schema (2020-12) of ``lexsitus/report/1``."""
    return (Path(__file__).parent / "schema" / "report-1.json").read_bytes()


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The report in chunks of some 64 KiB.  ``lang`` decides the language of titles, reasons and remedies."""
    words = language(lang)
    contents = Contents(assessment, words)
    before = map(str.encode, _before_stores(contents, assessment, words))
    stores = _separated(contents.stores())
    after = map(str.encode, _after_stores(contents, assessment))
    yield from chunks(chain(before, stores, after))


def _before_stores(contents: Contents, assessment: Assessment, words: Language) -> Iterator[str]:
    yield '{"change_counts":' + dumps(contents.change_counts())
    yield ',\n"changes":' + dumps(contents.changes())
    yield ',\n"datasets":['
    comma = "\n"
    for judged in assessment.judgement.datasets:
        yield comma
        yield from contents.dataset(judged)
        comma = ",\n"
    yield '],\n"derogations":' + dumps(contents.derogations())
    yield ',\n"differences":' + dumps(contents.differences())
    yield ',\n"edition":' + dumps(_records.edition(assessment))
    yield ',\n"exit":' + dumps(contents.exit())
    yield ',\n"findings":['
    yield from _lines(contents.findings())
    yield '],\n"flows":' + dumps(contents.flows())
    yield ',\n"forecast":' + dumps(contents.forecast())
    yield ',\n"gaps":['
    yield from _lines(contents.gaps())
    yield '],\n"lang":' + dumps(words.code)
    yield ',\n"laws":' + dumps(contents.laws())
    yield ',\n"notices":' + dumps(contents.notices())
    yield ',\n"organisation":' + dumps(contents.organisation())
    yield ',\n"schema":' + dumps(FORMAT) + ',\n"stores":['


def _after_stores(contents: Contents, assessment: Assessment) -> Iterator[str]:
    yield '],\n"suggestions":' + dumps(contents.suggestions())
    yield ',\n"summary":' + dumps(_records.summary(assessment))
    yield ',\n"texts":' + dumps(contents.texts())
    yield ',\n"tool":' + dumps(contents.tool())
    yield ',\n"trend":' + dumps(contents.trend())
    yield ',\n"unattached":'
    yield from contents.unattached()
    yield ',\n"unmatched_copies":' + dumps(contents.unmatched_copies())
    yield ',\n"warnings":' + dumps(contents.warnings()) + "}\n"


def _lines(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    comma = "\n"
    for record in records:
        yield comma + dumps(record)
        comma = ",\n"


def _separated(lines: Iterable[bytes]) -> Iterator[bytes]:
    comma = b"\n"
    for line in lines:
        yield comma
        yield line
        comma = b",\n"
