"""The assessment as lines of JSON, one object a line: for estates too large for one document.

The first line is the header, the last one counts the lines of each type: a file without it was cut.  Records are those
of the ``json`` report (``lexsitus/report/1``), each with its ``type`` first.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from model.assessment import Assessment
from reports import _records, native
from reports._contents import Contents, chunks
from reports._store_lines import dumps
from reports._words import Language, language

NAME = "jsonl"
SUFFIX = ".jsonl"
MEDIA_TYPE = "application/x-ndjson"
FORMAT = "lexsitus/lines/1"


_TYPES = {
    "store": "stores",
    "dataset": "datasets",
    "finding": "findings",
    "gap": "gaps",
    "flow": "flows",
    "derogation": "derogations",
    "forecast": "forecast",
    "change": "changes",
    "difference": "differences",
    "suggestion": "suggestions",
    "notice": "notices",
    "law": "laws",
    "text": "texts",
    "unmatched_copy": "unmatched_copies",
}
"""The type of a line, and the list of the ``json`` report that holds such records."""
_BESIDE = ("change_counts", "edition", "exit", "lang", "organisation", "summary", "tool", "trend", "warnings")


def schema() -> bytes:
    """The JSON Schema (2020-12) of one line of ``lexsitus/lines/1``, made from that of the ``json`` report."""
    report = json.loads(native.schema())
    members, shared = report["properties"], report["$defs"]
    lines = [_typed(type, _item(members[name], shared)) for type, name in _TYPES.items()]
    header = {name: members[name] for name in _BESIDE}
    header |= {"schema": {"const": FORMAT}, "not_made": {"type": "array", "items": {"enum": ["changes", "forecast"]}}}
    counts = {"type": "object", "additionalProperties": {"$ref": "#/$defs/count"}}
    for type, properties in (("header", header), ("end", {"lines": counts})):
        whole = {"type": "object", "additionalProperties": False, "properties": properties}
        lines.append(_typed(type, whole | {"required": sorted(properties)}))
    lines.append(_typed("unattached", members["unattached"]["anyOf"][0]))
    document = {
        "$schema": report["$schema"],
        "$id": "urn:lexsitus:lines:1",
        "title": FORMAT,
        "description": "One line of the report as JSON lines. Records are those of lexsitus/report/1.",
        "oneOf": lines,
        "$defs": shared,
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _item(member: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    listed = member.get("anyOf", [member])[0]["items"]
    found: dict[str, Any] = shared[listed["$ref"].rpartition("/")[2]] if "$ref" in listed else listed
    return found


def _typed(type: str, record: dict[str, Any]) -> dict[str, Any]:
    return record | {
        "properties": {"type": {"const": type}} | record["properties"],
        "required": ["type", *record.get("required", [])],
    }


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The lines in chunks of some 64 KiB.  ``lang`` decides the language of titles, reasons and remedies."""
    words = language(lang)
    yield from chunks(_lines(assessment, Contents(assessment, words), words))


def _lines(assessment: Assessment, contents: Contents, words: Language) -> Iterator[bytes]:
    yield _line("header", _header(assessment, contents, words))
    yield from (line + b"\n" for line in contents.stores("store"))
    count = Counter({"header": 1, "store": len(assessment.stores)})
    for judged in assessment.judgement.datasets:
        yield from _pieces("dataset", contents.dataset(judged))
    count["dataset"] = len(assessment.judgement.datasets)
    for type, records in _lists(contents):
        for record in records or ():
            yield _line(type, record)
            count[type] += 1
    if assessment.judgement.unattached:
        yield from _pieces("unattached", contents.unattached())
        count["unattached"] = 1
    yield _line("end", {"lines": dict(count)})


def _lists(contents: Contents) -> Iterator[tuple[str, Iterable[dict[str, Any]] | None]]:
    yield "finding", contents.findings()
    yield "gap", contents.gaps()
    yield "flow", contents.flows()
    yield "derogation", contents.derogations()
    yield "forecast", contents.forecast()
    yield "change", contents.changes()
    yield "difference", contents.differences()
    yield "suggestion", contents.suggestions()
    yield "notice", contents.notices()
    yield "law", contents.laws()
    yield "text", contents.texts()
    yield "unmatched_copy", contents.unmatched_copies()


def _header(assessment: Assessment, contents: Contents, words: Language) -> dict[str, Any]:
    """What stands in the document beside its lists; ``not_made`` names the lists that are unknown rather than empty."""
    unknown = (("changes", contents.changes()), ("forecast", contents.forecast()))
    return {
        "change_counts": contents.change_counts(),
        "edition": _records.edition(assessment),
        "exit": contents.exit(),
        "lang": words.code,
        "not_made": [name for name, records in unknown if records is None],
        "organisation": contents.organisation(),
        "schema": FORMAT,
        "summary": _records.summary(assessment),
        "tool": contents.tool(),
        "trend": contents.trend(),
        "warnings": contents.warnings(),
    }


def _line(type: str, record: dict[str, Any]) -> bytes:
    return b"".join(_pieces(type, (dumps(record),)))


def _pieces(type: str, pieces: Iterable[str]) -> Iterator[bytes]:
    """The line of an object that comes in pieces, its type first."""
    opening = f'{{"type":{dumps(type)},'
    for piece in pieces:
        yield (opening + piece[1:] if opening else piece).encode()
        opening = ""
    yield b"\n"
