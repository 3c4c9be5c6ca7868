"""A catalogue of datasets in HealthDCAT-AP (Turtle, JSON-LD), such as that of the Health Data Hub.

A catalogue says what there is and who answers for it; no property of it says where data rest, so nothing here tells a
place: ``spatial`` is whom the data are about.  Nothing is ever fetched: a context given by address is replaced by the
one below.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from model.errors import DocumentError
from model.reading import Node
from scanners.declared._form import Form, Unmapped, free_id
from scanners.declared._tabular import FORMAT

_BASE = "https://catalogue.invalid/"
"""What an address without a beginning is completed with; the domain is one that cannot exist."""
_LARGEST = 8 << 20
_BROKEN = (
    SyntaxError, ValueError, TypeError, AttributeError, NameError, LookupError, AssertionError, RecursionError,
)  # fmt: skip
"""What the parsers of rdflib raise for a document that is no RDF."""
_DEEPEST = 100
_DATASET = "http://www.w3.org/ns/dcat#Dataset"
_NAMING = frozenset({"Name", "OfficialID", "EmailAddress", "TelephoneNumber", "PhysicalAddress"})
"""Categories of personal data (DPV) that name a person; the others leave open how far the data identify."""
_OF_PROFESSIONALS = "IDHP"
"""The one category of health data that is about those who care and not about those who are cared for."""
_CARRIED = frozenset({"type", "title"})

_CONTEXT: dict[str, Any] = {
    "@vocab": "http://www.w3.org/ns/dcat#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dcterms": "http://purl.org/dc/terms/",
    "dcatap": "http://data.europa.eu/r5r/",
    "healthdcatap": "http://healthdataportal.eu/ns/health#",
    "dpv": "https://w3id.org/dpv#",
    "dpv-pd": "https://w3id.org/dpv/pd#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "adms": "http://www.w3.org/ns/adms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": "@id",
    "type": "@type",
    **{term: f"dct:{term}" for term in ("title", "description", "identifier", "publisher", "accessRights", "spatial")},
    "name": "foaf:name",
    "healthCategory": {"@id": "healthdcatap:healthCategory", "@type": "@id"},
    "hasPersonalData": {"@id": "dpv:hasPersonalData", "@type": "@id"},
    "numberOfUniqueIndividuals": "healthdcatap:numberOfUniqueIndividuals",
}


def catalogue(text: str, name: str) -> Form:
    """One dataset of the register for each dcat:Dataset, in the order of their addresses.

    What no fact of ours holds is listed as unmapped.  Raises DocumentError for what is no RDF, or holds no dataset.
    """
    if len(text) > _LARGEST:
        raise DocumentError(name, None, "", f"more than {_LARGEST >> 20} MiB; give only the catalogue of this body")
    graph = _graph(text, name)
    found = sorted({subject for subject, _, kind in graph if _iri(kind) == _DATASET}, key=str)
    if not found:
        raise DocumentError(name, None, "", "no dcat:Dataset in this catalogue")
    datasets: dict[str, Node] = {}
    unmapped: list[Unmapped] = []
    for subject in found:
        one = _Dataset(name, graph, subject)
        id = free_id(one.id(), datasets, "jeu")
        datasets[id] = one.node(id)
        unmapped += one.unmapped()
    items = list(datasets.values())
    root = {"format": Node(name, 1, "format", FORMAT), "datasets": Node(name, 1, "datasets", items, cell=items[0].cell)}
    return Form(Node(name, 1, "", root), "healthdcat-ap", tuple(unmapped))


def _graph(text: str, name: str) -> Any:
    from rdflib import Graph
    from rdflib.plugins.parsers.jsonld import to_rdf

    graph = Graph(store="SimpleMemory")  # one without named graphs: a catalogue is one whole
    suffix = name.lower().rpartition(".")[2]
    try:
        if suffix in ("ttl", "nt"):
            graph.parse(data=text, format="turtle", publicID=_BASE)
        else:
            to_rdf(_offline(json.loads(text)), graph, base=_BASE)
    except json.JSONDecodeError as error:
        raise DocumentError(name, error.lineno, "", f"not valid JSON: {error.msg}") from error
    except _BROKEN as error:
        line = getattr(error, "lines", None)
        what = " ".join(str(error).split())[:120] or type(error).__name__
        raise DocumentError(name, line + 1 if isinstance(line, int) else None, "", f"not valid RDF: {what}") from error
    return graph


def _offline(value: Any, depth: int = 0) -> Any:
    """The same JSON without a context that would have to be fetched."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, list):
        return [_offline(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _context(below) if key == "@context" else _offline(below, depth + 1)
        for key, below in value.items()
        if key != "@import"
    }


def _context(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTEXT
    if isinstance(value, list):
        return [_context(one) for one in value]
    if isinstance(value, dict):
        return {key: _context_term(term) for key, term in value.items() if key != "@import"}
    return value


def _context_term(term: Any) -> Any:
    """A term of a context: a context inside it may be an address too."""
    if not isinstance(term, dict):
        return term
    return {key: _context(below) if key == "@context" else below for key, below in term.items()}


class _Dataset:
    """One dcat:Dataset of a graph."""

    def __init__(self, file: str, graph: Any, subject: Any) -> None:
        self._file, self._graph, self._subject = file, graph, subject
        self._told: dict[str, list[Any]] = {}
        for predicate, value in sorted(graph.predicate_objects(subject), key=lambda pair: (str(pair[0]), str(pair[1]))):
            self._told.setdefault(_tail(predicate), []).append(value)
        self._kept: set[str] = set(_CARRIED)

    def id(self) -> str:
        """Its identifier, of which an address gives the last part."""
        told = self._told.get("identifier", [])
        return _tail(told[0]) if told else _tail(self._subject)

    def node(self, id: str) -> Node:
        """What the catalogue says of it, as the reference form has it."""
        facts: dict[str, Node] = {}
        categories = [_tail(one) for one in self._told.get("healthCategory", [])]
        if any(category != _OF_PROFESSIONALS for category in categories):
            facts["health"] = self._node("healthCategory", "facts.health", "yes")
        if _NAMING & {_tail(one) for one in self._told.get("hasPersonalData", [])}:
            facts["identity"] = self._node("hasPersonalData", "facts.identity", "nominative")
        persons = self._told.get("numberOfUniqueIndividuals", [])
        if len(persons) == 1 and str(persons[0]).isdecimal():
            self._kept.add("numberOfUniqueIndividuals")
            facts["persons"] = self._node("numberOfUniqueIndividuals", "facts.persons", str(int(str(persons[0]))))
        entries = {"id": self._node("identifier", "id", id), "title": self._node("title", "title", self._title() or id)}
        if publisher := self._publisher():
            named = {
                "name": self._node("publisher", "name", publisher),
                "kind": self._node("publisher", "kind", "unknown"),
            }
            entries["controller"] = self._node("publisher", "controller", named)
        if facts:
            entries["facts"] = self._node("healthCategory", "facts", facts)
        return self._node("", "datasets[]", entries)

    def unmapped(self) -> Iterator[Unmapped]:
        """Every other statement of the catalogue on this dataset and on what it refers to without an address."""
        for name, values in self._told.items():
            if name in self._kept:
                continue
            for value in values:
                for label, text in self._texts(name, value, 0):
                    yield Unmapped(f"{self._file}:{self._subject}", label, text)

    def _texts(self, label: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
        inner = list(self._graph.predicate_objects(value)) if depth < 3 and not _literal(value) else []
        if not inner or (value, None, None) not in self._graph:
            if str(value).strip():
                yield label, str(value)
            return
        for predicate, below in sorted(inner, key=lambda pair: (str(pair[0]), str(pair[1]))):
            if _tail(predicate) != "type" and below != self._subject:
                yield from self._texts(f"{label}.{_tail(predicate)}", below, depth + 1)

    def _title(self) -> str:
        titles = {str(getattr(one, "language", None) or ""): str(one) for one in self._told.get("title", [])}
        chosen = next((titles[code] for code in ("fr", "", "en") if code in titles), next(iter(titles.values()), ""))
        return chosen.strip()

    def _publisher(self) -> str:
        for publisher in self._told.get("publisher", []):
            names = [
                str(text) for predicate, text in self._graph.predicate_objects(publisher) if _tail(predicate) == "name"
            ]
            if names and sorted(names)[0].strip():
                return sorted(names)[0].strip()
        return ""

    def _node(self, told_by: str, key: str, raw: Any) -> Node:
        cell = f"{self._subject} {told_by}".strip()
        return Node(self._file, 1, key, raw, quoted=isinstance(raw, str) and key != "facts.persons", cell=cell)


def _literal(value: Any) -> bool:
    return hasattr(value, "datatype")


def _iri(value: Any) -> str:
    return "" if _literal(value) else str(value)


def _tail(value: Any) -> str:
    """The last part of an address: its fragment, or what follows its last slash or colon."""
    text = str(value).rstrip("/#")
    for mark in ("#", "/", ":"):
        if mark in text:
            text = text.rpartition(mark)[2]
    return text
