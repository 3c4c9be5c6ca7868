"""XML and JSON documents, read as far as the window goes: no parser that a hostile document could exhaust.

Entities are never expanded and nothing is nested deeper than a counter.  FHIR: hl7.org/fhir, R2 to R5 (fhir.csv).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from model.datasets import Identity
from model.health import REFERENCE, Signal
from model.reading import read_csv
from scanners._health import columns

ROOTS, FHIR = Path(__file__).with_name("roots.csv"), Path(__file__).with_name("fhir.csv")
ROOT_COLUMNS = ("id", "root", "namespace", "holds", "weight", "identity")
FHIR_COLUMNS = ("resource", "kind")

_FHIR_WEIGHT = 0.95
_FHIR_SPACE = "http://hl7.org/fhir"
# Atomic groups: a hostile prolog is read once, never tried again another way.
_PROLOG = re.compile(
    r"\s*+(?>(?>(?><\?[\s\S]*?\?>)|(?><!--[\s\S]*?-->)|<!DOCTYPE(?>[^\[>]|(?>\[[\s\S]*?\]))*+>)\s*+)*+"
)
_ROOT = re.compile(r"<(?:([\w.-]+):)?([\w.-]+)([^<>]*)")
_SPACE = re.compile(r"""\bxmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']""")
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[^<>]*>([^<>]*)")
_TAG = re.compile(r"<(/?)(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[^<>]*>([^<>]*)")
_SUBJECT = re.compile(r"patiente?s?|malades?|subject_?of_?care", re.I)
_OF_A_PATIENT = re.compile(
    r'\\?"(?:reference\\?"\s*:\s*\\?"(?:Patient/|urn:uuid:)|(?:birthDate|family|given|effectiveDateTime|clinicalStatus)\\?"\s*:)'
)
_RESOURCE_JSON = re.compile(r'"resourceType"\s*:\s*"(\w+)"')
_RESOURCE_QUOTED = re.compile(r'\\"resourceType\\"\s*:\s*\\"(\w+)\\"')
_RESOURCE_XML = re.compile(r"<resource>\s*<(\w+)")
_PERSONS = frozenset({"Patient", "Person", "RelatedPerson"})
_SAYS_WHO = re.compile(
    r'"(?:name|telecom|address)"\s*:\s*\[|"family"\s*:|<(?:name|telecom|address|family)[ >]|"(?:INS-NIR|INS-NIA|INS-C)"'
)
_DICOM_JSON = re.compile(r'"[0-9A-Fa-f]{8}"\s*:\s*\{\s*"vr"\s*:\s*"[A-Z]{2}"')
_DICOM_NAMED = re.compile(r'"001000(?:10|20)"\s*:\s*\{[^{}\[\]]*"Value"\s*:\s*\[\s*[{"]')
_OPENEHR = re.compile(r"openEHR-EHR-(?:COMPOSITION|OBSERVATION|EVALUATION|INSTRUCTION|ACTION|ADMIN_ENTRY|CLUSTER)\.")
_OPENEHR_REFERENCE = re.compile(r'"(?:adl|template_id_only|webTemplate|tree)"\s*:|archetype \(adl_version')
_OPENEHR_FLAT = re.compile(
    r'"ctx/(?:language|territory|composer_name|time)"\s*:'
    r'|"[a-z0-9_]+/[a-z0-9_]+(?::\d+)?/[^"]*\|(?:magnitude|unit|code|value|terminology)"\s*:'
)
_SAMU = re.compile(r'"(?:interventionReport|createCaseHealth|createCaseHealthUpdate|patientReport)"\s*:')
_SAMU_PERSON = re.compile(r'"(?:patient|medicalNote|evaluation)"\s*:')
_DESCRIBES = re.compile(r'"(?:\$schema|openapi|swagger|\$defs|definitions|mappings)"\s*:|"properties"\s*:\s*\{')
# A text that the window cuts is taken to its end: each letter is read once.
_TOKEN = re.compile(r'"((?:[^"\\]|\\[\s\S])*+)(?:"|\\?\Z)|([{}\[\]:,])|(-?\d[\d.eE+-]*|true|false|null)')
_DEEPEST_KEYS = 6
_MOST_KEYS = 400
_IDENTITIES = {identity.value: identity for identity in Identity}


@dataclass(frozen=True, slots=True)
class _RootShape:
    """One row of roots.csv; an empty namespace is not compared."""

    id: str
    root: re.Pattern[str]
    namespace: re.Pattern[str] | None
    holds: re.Pattern[str] | None
    weight: float
    identity: Identity | None


def of_xml(text: str) -> tuple[Signal, ...]:
    """What an XML document is, by its root and its namespace, else by the names of its elements."""
    start = _PROLOG.match(text)
    match = _ROOT.match(text, start.end() if start else 0)
    if match is None:
        return ()
    prefix, root, attributes = match.group(1) or "", match.group(2), match.group(3)
    space = next((uri for name, uri in _SPACE.findall(attributes) if name == prefix), "")
    if space == _FHIR_SPACE:
        return _fhir([root, *_RESOURCE_XML.findall(text)], text, "fhir-xml")
    for shape in _roots():
        if shape.root.fullmatch(root) and _agrees(shape, space, text):
            if not shape.weight:
                return (Signal(REFERENCE, shape.id, 0.0, "content"),)
            anonymous = shape.id == "hprim-xml" and 'anonyme="oui"' in text
            identity = Identity.PSEUDONYMOUS if anonymous else shape.identity
            return (Signal("format", shape.id, shape.weight, "content", identity=identity),)
    if _OPENEHR.search(text):
        return (Signal("format", "openehr", 0.9, "content", identity=Identity.PSEUDONYMOUS),)
    if root.lower() in ("html", "svg", "project", "configuration", "definitions", "rss", "feed", "urlset", "beans"):
        return ()
    leaves = [(name, value.strip()) for name, value in _ELEMENT.findall(text)[:_MOST_KEYS]]
    names = [name for name, value in leaves if value]
    return _told_by_keys(names, [value for _, value in leaves if value], _of_subject(text))


def _of_subject(text: str) -> dict[str, str]:
    """The elements with a text, by name, that stand inside an element called after a patient."""
    subject = ""
    found: dict[str, str] = {}
    for closing, name, value in _TAG.findall(text):
        if _SUBJECT.fullmatch(name):
            subject = "" if closing else name
        elif subject and not closing and value.strip() and len(found) < _MOST_KEYS:
            found[name] = value
    return found


def of_json(text: str) -> tuple[Signal, ...]:
    """What a JSON document (or its first lines, one document each) is."""
    walked = _walk(text)
    if walked.resource:
        types = _RESOURCE_JSON.findall(text) if walked.resource in ("Bundle", "Parameters") else [walked.resource]
        if found := _fhir(types, text, "fhir"):
            return found
    elif walked.first_is_list and (types := _RESOURCE_JSON.findall(text)) and (found := _fhir(types, text, "fhir")):
        return found
    if not _DESCRIBES.search(text) and _OF_A_PATIENT.search(text):
        inner = _fhir([*walked.inner, *_RESOURCE_QUOTED.findall(text)], text.replace('\\"', '"'), "fhir-inside")
        if inner and inner[0].weight:
            return inner
    if len(_DICOM_JSON.findall(text)) > 2:
        identity = Identity.NOMINATIVE if _DICOM_NAMED.search(text) else Identity.PSEUDONYMOUS
        return (Signal("format", "dicom-json", 0.95, "content", identity=identity),)
    if _OPENEHR.search(text) and not _OPENEHR_REFERENCE.search(text):
        return (Signal("format", "openehr", 0.9, "content", identity=Identity.PSEUDONYMOUS),)
    if len(_OPENEHR_FLAT.findall(text)) > 1 and not _DESCRIBES.search(text):
        return (Signal("format", "openehr-flat", 0.87, "content", identity=Identity.PSEUDONYMOUS),)
    if _SAMU.search(text) and _SAMU_PERSON.search(text) and not _DESCRIBES.search(text):
        return (Signal("format", "samu-hubsante", 0.9, "content", identity=Identity.NOMINATIVE),)
    if walked.resource or _DESCRIBES.search(text):
        return ()
    return _told_by_keys(walked.keys, walked.values, walked.of_subject)


def _told_by_keys(keys: list[str], values: list[str], of_subject: dict[str, str]) -> tuple[Signal, ...]:
    """Keys as columns, with those that stand below a patient, when the values look like data.

    A catalogue of translated labels holds hardly a digit.
    """
    data = sum(map(_has_digit, values))
    if 5 * data < len(values) or not data:
        return ()
    if columns.recognised(of_subject) > 1 and any(map(_has_digit, of_subject.values())):
        keys = [*keys, *(f"patient_{key}" for key in of_subject)]
    return tuple(signal for signal in columns.of_columns(keys, "keys") if signal.family == "columns")


def _has_digit(value: str) -> bool:
    return any(letter.isdigit() for letter in value)


def _agrees(shape: _RootShape, space: str, text: str) -> bool:
    if shape.namespace is not None and not shape.namespace.fullmatch(space):
        return False
    return shape.holds is None or shape.holds.search(text) is not None


def _fhir(types: list[str], text: str, id: str) -> tuple[Signal, ...]:
    kinds = {_fhir_kinds().get(each, "") for each in types}
    if "clinical" in kinds:
        named = not _PERSONS.isdisjoint(types) and _SAYS_WHO.search(text) is not None
        identity = Identity.NOMINATIVE if named else Identity.PSEUDONYMOUS
        return (Signal("format", id, _FHIR_WEIGHT, "content", identity=identity),)
    if kinds & {"conformance", "directory"}:
        return (Signal(REFERENCE, "fhir without patient", 0.0, "content"),)
    return ()


@dataclass(slots=True)
class _Walked:
    """What a walk through JSON met: the resource type of the first document, keys of scalars and the scalars.

    ``of_subject`` are the keys and values that stand right below a patient, ``inner`` the resource types of
    documents inside.
    """

    resource: str = ""
    first_is_list: bool = False
    keys: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    of_subject: dict[str, str] = field(default_factory=dict)
    inner: list[str] = field(default_factory=list)


def _walk(text: str) -> _Walked:
    walked = _Walked(first_is_list=text.lstrip()[:1] == "[")
    depth, key, held = 0, "", ""
    above: list[str] = []
    for quoted, mark, bare in _tokens(text):
        if mark in ("{", "["):
            depth += 1
            above.append(key or (above[-1] if above and mark == "{" else ""))
            key = key if mark == "[" else ""
        elif mark in ("}", "]"):
            depth -= 1
            del above[-1:]
        elif mark == ":":
            key, held = held, ""
        elif not mark:
            held = quoted
            if key:
                if depth == 1 and key == "resourceType" and not walked.resource and quoted:
                    walked.resource = quoted
                elif key == "resourceType" and quoted and len(walked.inner) < _MOST_KEYS:
                    walked.inner.append(quoted)
                if depth <= _DEEPEST_KEYS and len(walked.keys) < _MOST_KEYS and bare != "null":
                    walked.keys.append(key)
                    walked.values.append(quoted or bare)
                    if above and _SUBJECT.fullmatch(above[-1]):
                        walked.of_subject[key] = quoted or bare
                key = ""
    return walked


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    for match in _TOKEN.finditer(text):
        yield match.group(1) or "", match.group(2) or "", match.group(3) or ""


@cache
def _fhir_kinds() -> dict[str, str]:
    return {row["resource"]: row["kind"] for _, row in read_csv(FHIR, FHIR_COLUMNS)}


@cache
def _roots() -> tuple[_RootShape, ...]:
    return tuple(
        _RootShape(
            row["id"],
            re.compile(row["root"]),
            re.compile(row["namespace"]) if row["namespace"] else None,
            re.compile(row["holds"]) if row["holds"] else None,
            float(row["weight"]),
            _IDENTITIES.get(row["identity"]),
        )
        for _, row in read_csv(ROOTS, ROOT_COLUMNS)
    )
