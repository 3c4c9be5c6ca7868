"""The simplified register of the CNIL (GDPR art. 30), as people fill it, in ODS or XLSX.

The model has one sheet per processing, with labels on the left and what was written beside or under them, and a list
of the processings.  People move rows, merge cells, translate boxes into crosses: labels are found wherever they stand,
compared without accents or capitals (``cnil_labels.csv``).  A box left empty says nothing; the model has no place for
where data rest, so nothing of it tells a location.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from model.errors import DocumentError
from model.reading import Node, read_csv
from scanners.declared._countries import COUNTRIES
from scanners.declared._form import Form, Unmapped, free_id, scalars
from scanners.declared._sheets import Sheet
from scanners.declared._tabular import FORMAT, day, folded

_FOLDER = Path(__file__).parent
_TICKED = re.compile(r"[☒☑✔✓✗✘]|\[\s*x\s*\]|\(\s*x\s*\)", re.I)
_BOX = re.compile(r"[☐☒☑✔✓✗✘□■]|\[\s*x?\s*\]|\(\s*x?\s*\)", re.I)
_BOXED = (
    re.compile(r"(?P<box>[☐☒☑✔✓✗✘□■]|\[\s*x?\s*\])\s*(?P<word>oui|non)\b", re.I),
    re.compile(r"\b(?P<word>oui|non)\s*(?P<box>[☐☒☑✔✓✗✘□■]|\[\s*x?\s*\])", re.I),
)
"""``☒ Oui ☐ Non``, or the boxes behind the words."""
_YES = frozenset({"oui", "x", "yes", "true", "vrai", "1"})
_NO = frozenset({
    "non", "no", "false", "faux", "neant", "aucun", "aucune", "sans objet", "n/a", "na", "so", "s.o.", "non concerne",
    "pas de transfert", "aucun transfert", "0",
})  # fmt: skip
_DENIAL = re.compile(r"(?:non|no|aucune?|neant|pas de|pas d'|sans)\b")
"""How a sentence begins that denies something, nobody knows quite what."""
_EMPTY = frozenset({"", "cliquez ici", "cliquez ici.", "...", "…", "a completer", "xxx", "xxxx"})
_HEALTH = re.compile(r"\bsante\b|\bmedica|\bpatholog|\bsoins?\b|\bdiagnosti|\bhandicap")
_DENIED = re.compile(r"\b(?:pas de|pas d'|aucune?|sans|absence de)\s+sauvegarde")
_GUARANTEES = (
    (re.compile(r"clauses? contractuelles?|clauses? types?|\bcct\b|\bscc\b"), "art46_scc"),
    (re.compile(r"\bbcr\b|regles d'entreprise|regles internes"), "art46_bcr"),
    (re.compile(r"data privacy framework|\bdpf\b|cadre de protection des donnees"), "art45_dpf"),
    (re.compile(r"adequa"), "art45"),
    (re.compile(r"derogation|article 49|art\.? ?49|consentement"), "art49"),
    (re.compile(r"^(?:neant|aucune?)\b"), "none"),
)
_HEADINGS = {
    "destinataire": "recipient", "organisme": "recipient", "organisme destinataire": "recipient", "nom": "recipient",
    "description": "recipient", "pays": "country", "type de garanties": "guarantee", "garanties": "guarantee",
    "garantie": "guarantee", "lien vers le doc": "document", "lien vers le document": "document",
}  # fmt: skip
_COLUMNS = frozenset({
    *_HEADINGS, "adresse", "cp", "code postal", "ville", "tel", "telephone", "email", "courriel", "delai d'effacement",
    "duree de conservation", "type de destinataire", "prenom", "fonction",
})  # fmt: skip
"""Heads of columns of the model, which say nothing of a processing."""
_BESIDE = ("name", "reference", "created", "updated")
_CARRIED = ("name", "reference", "created", "updated")
"""Fields of which nothing is left to tell once they were read."""
_LEAST = 3

At = tuple[int, int, str]
"""A row, a column, and the text there."""


@dataclass(slots=True)
class _Processing:
    """What one sheet, or one row of the list, says of a processing: per field the label and the cells beside it."""

    sheet: Sheet
    said: list[tuple[str, At, list[At]]] = field(default_factory=list)
    headings: dict[int, str] = field(default_factory=dict)

    def first(self, wanted: str) -> At | None:
        """The first cell that is filled under a field."""
        return next((cells[0] for name, _, cells in self.said if name == wanted and cells), None)

    def all(self, wanted: str) -> Iterator[tuple[At, list[At]]]:
        """Every label of a field with its cells."""
        return ((label, cells) for name, label, cells in self.said if name == wanted)


def is_cnil(sheets: Sequence[Sheet]) -> bool:
    """True when a sheet bears enough labels of the model to be one of its sheets or its list."""
    return any(_is_table(sheet) or _is_sheet(sheet) for sheet in sheets)


def register(sheets: Sequence[Sheet], name: str) -> Form:
    """The register in the reference shape: one dataset per processing.

    What the model says and no fact of ours holds (purposes, recipients, retention...) is listed as unmapped.
    Raises DocumentError when no processing was filled in.
    """
    found: list[_Processing] = []
    listed: list[_Processing] = []
    for sheet in sheets:
        if _is_table(sheet):
            listed += _rows(sheet)
        elif _is_sheet(sheet):
            found.append(_labelled(sheet))
    return _Writer(name).form([one for one in found if _filled(one)], listed)


@cache
def _labels() -> tuple[tuple[str, str], ...]:
    """(folded label, field), longest first."""
    rows = read_csv(_FOLDER / "cnil_labels.csv", ("field", "label"), "cnil_labels.csv")
    return tuple(sorted(((folded(row["label"]), row["field"]) for _, row in rows), key=lambda pair: -len(pair[0])))


@cache
def _countries() -> Mapping[str, str]:
    rows = read_csv(_FOLDER / "country_names.csv", ("code", "name"), "country_names.csv")
    return {folded(row["name"]).replace("-", " "): row["code"] for _, row in rows}


def _field(text: str) -> tuple[str, str]:
    """The field that a label stands for and what follows the label in the same cell; two empty texts for no label."""
    bare = _BOX.sub(" ", text).strip()
    plain = folded(bare)
    for label, name in _labels():
        if plain == label or (plain.startswith(label) and not plain[len(label)].isalpha()):
            return name, _after(bare)
    return "", ""


def _after(text: str) -> str:
    """What stands behind the colon of ``Label : value``."""
    _, colon, rest = text.partition(":")
    return rest.strip() if colon else ""


def _is_sheet(sheet: Sheet) -> bool:
    fields = {_field(text)[0] for _, cells in sheet.rows() for text in [cells[min(cells)]]}
    return len(fields - {""}) >= _LEAST and bool(fields & {"purpose", "name", "persons"})


def _is_table(sheet: Sheet) -> bool:
    return _table_header(sheet) is not None


def _table_header(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """The row that heads a list of processings, with the field of each column."""
    for row, cells in sheet.rows():
        fields = {at: _field(text)[0] for at, text in cells.items()}
        told = {name for name in fields.values() if name}
        if "name" in told and len(told) >= _LEAST and len([at for at in cells if fields[at]]) >= _LEAST:
            return row, fields
    return None


def _rows(sheet: Sheet) -> list[_Processing]:
    """Each row of a list of processings."""
    header = _table_header(sheet)
    if header is None:
        return []
    top, fields = header
    found = []
    for row, cells in sheet.rows():
        if row <= top:
            continue
        one = _Processing(sheet)
        for at, text in cells.items():
            label = (top, at, sheet.cells.get((top, at), ""))
            if folded(text) not in _EMPTY:
                one.said.append((fields.get(at, ""), label, [(row, at, text)]))
        if one.first("name"):
            found.append(one)
    return found


def _labelled(sheet: Sheet) -> _Processing:
    """What a sheet says, label by label, wherever each one stands."""
    one = _Processing(sheet)
    rows = list(sheet.rows())
    taken: set[int] = set()
    for index, (row, cells) in enumerate(rows):
        order = sorted(cells)
        name, rest = _field(cells[order[0]])
        if row in taken or name == "section":
            continue
        if not name:
            one.said.append(("", (row, order[0], ""), [(row, at, cells[at]) for at in order]))
            continue
        label = (row, order[0], cells[order[0]])
        values = [(row, order[0], rest)] if rest and folded(rest) not in _EMPTY else []
        for at in order[1:]:
            other, behind = _field(cells[at])
            if other in _BESIDE and name in _BESIDE:
                one.said.append((name, label, values))
                name, label = other, (row, at, cells[at])
                values = [(row, at, behind)] if behind and folded(behind) not in _EMPTY else []
            elif folded(cells[at]) not in _EMPTY:
                values.append((row, at, cells[at]))
        if values and all(folded(text) in _COLUMNS for _, _, text in values):
            if name == "transfer.any":
                one.headings = {at: _HEADINGS.get(folded(text), "") for _, at, text in values}
            continue
        if not values and name not in _UNANSWERED:
            below = _below(rows[index + 1 : index + 2])
            if below:
                taken.add(below[0][0])
                values = below
        one.said.append((name, label, values))
    return one


_UNANSWERED = ("data.other", "data.identity", "sensitive.other", "sensitive.health", "sensitive.nir", "transfer.any")
"""Labels beside which nothing may be written, and under which another label follows."""


def _below(rows: Sequence[tuple[int, dict[int, str]]]) -> list[At]:
    """What stands in the next row, unless that row begins with a label of its own."""
    for row, cells in rows:
        if not _field(cells[min(cells)])[0]:
            return [(row, at, text) for at, text in sorted(cells.items()) if folded(text) not in _EMPTY]
    return []


def _filled(one: _Processing) -> bool:
    """True when somebody wrote something: the blank sheet of the model is no processing."""
    return one.first("name") is not None or one.first("purpose") is not None


def _ticked(label: At, cells: Sequence[At]) -> bool | None:
    """Whether a line of the model is answered yes or no; ``None`` when nothing was written, or nothing clear.

    A description is a yes: the model asks to describe what there is.
    """
    texts = [label[2], *(text for _, _, text in cells)]
    boxed = next((found for order in _BOXED if (found := list(order.finditer(" ".join(texts))))), [])
    if boxed:
        chosen = {match["word"].casefold() for match in boxed if _TICKED.match(match["box"])}
        return chosen == {"oui"} if len(chosen) == 1 else None
    if cells:
        plain = folded(cells[0][2]).strip(" .")
        if plain in _NO:
            return False
        if _DENIAL.match(plain):
            return None
        if not _BOX.fullmatch(cells[0][2].strip()):
            return True
    return True if _ticked_outright(label, cells) else None


def _ticked_outright(label: At, cells: Sequence[At]) -> bool:
    """True for a box that is ticked and for a plain yes: what is only described may be planned."""
    boxed = next((found for order in _BOXED if (found := list(order.finditer(label[2])))), [])
    plain = bool(cells) and folded(cells[0][2]).strip(" .") in _YES
    return plain or any(_TICKED.search(text) for _, _, text in [label, *cells[:1]] if not boxed)


class _Writer:
    """Turns processings into the reference shape, each value with its cell, and keeps what does not fit."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._datasets: dict[str, Node] = {}
        self._called: dict[str, tuple[str, str]] = {}
        self._unmapped: list[Unmapped] = []
        self._updated: dict[str, date] = {}
        self._controllers: dict[str, Node] = {}

    def form(self, sheets: Sequence[_Processing], listed: Sequence[_Processing]) -> Form:
        """The whole register: a processing that has a sheet takes from the list only what its sheet leaves out.

        They are the same when they bear the same reference or, where one has none, the same name.
        """
        for one in (*sheets, *listed):
            self._take(one)
        if not self._datasets:
            raise DocumentError(
                self._file, None, "", "no processing is filled in: name each one on its sheet (Nom / sigle)"
            )
        root = Node(self._file, 1, "", {"format": Node(self._file, 1, "format", FORMAT)})
        if len(self._controllers) == 1:
            (name,) = self._controllers.values()
            root.raw["controller"] = Node(
                self._file, 1, "controller", {"name": name, "kind": replace(name, raw="unknown")}, cell=name.cell
            )
        else:
            self._unmapped += [Unmapped(node.place, "Responsable", node.raw) for node in self._controllers.values()]
        items = list(self._datasets.values())
        root.raw["datasets"] = Node(self._file, 1, "datasets", items, cell=items[0].cell)
        return Form(root, "cnil", tuple(self._unmapped), self._updated)

    def _take(self, one: _Processing) -> None:
        name = one.first("name") or one.first("purpose")
        if name is None:
            return
        reference = one.first("reference")
        known = self._same(name, reference)
        if not known:
            known = free_id((reference or name)[2], self._datasets, "traitement")
            told = {"id": self._node(one, name, "id", known), "title": self._node(one, name, "title", name[2])}
            self._datasets[known] = self._node(one, name, "datasets[]", told)
            self._called[known] = (folded(name[2]), folded(reference[2]) if reference else "")
        entries = self._datasets[known].raw
        for key, node in self._facts(one, known).items():
            if key not in entries:
                entries[key] = node
            elif isinstance(entries[key].raw, dict) and isinstance(node.raw, dict):
                _complete(entries[key].raw, node.raw)
        self._leave(one, known)

    def _same(self, name: At, reference: At | None) -> str:
        """The dataset that was already met under this reference or, where one of the two has none, this name."""
        wanted = (folded(name[2]), folded(reference[2]) if reference else "")
        for id, (called, number) in self._called.items():
            if (wanted[1] and number == wanted[1]) or (called == wanted[0] and not (wanted[1] and number)):
                return id
        return ""

    def _node(self, one: _Processing, at: At, key: str, raw: Any) -> Node:
        return Node(self._file, at[0], key, raw, quoted=isinstance(raw, str), cell=one.sheet.where(at[0], at[1]))

    def _facts(self, one: _Processing, id: str) -> dict[str, Node]:
        facts: dict[str, Node] = {}
        health = self._health(one)
        if health:
            facts["health"] = self._node(one, health[0], "facts.health", "yes" if health[1] else "no")
        for wanted in ("sensitive.nir", "data.identity"):
            named = next(((cells or [label])[0] for label, cells in one.all(wanted) if _ticked(label, cells)), None)
            if named:
                facts.setdefault("identity", self._node(one, named, "facts.identity", "nominative"))
        found: dict[str, Node] = {}
        if facts:
            found["facts"] = Node(self._file, 1, "facts", facts, cell=next(iter(facts.values())).cell)
        for label, cells in one.all("security.trace"):
            if _ticked_outright(label, cells):
                at = (cells or [label])[0]
                found["access_log"] = self._node(
                    one, at, "access_log", {"exists": self._node(one, at, "access_log.exists", "yes")}
                )
        if backup := self._backup(one):
            told = {"id": "sauvegardes", "kind": "backup", "name": "Sauvegardes"}
            place = {key: self._node(one, backup, key, value) for key, value in told.items()}
            found["places"] = self._node(one, backup, "places", [self._node(one, backup, "places[0]", place)])
        if transfers := self._transfers(one):
            found["transfers"] = transfers
        self._note_update(one, id)
        return found

    def _health(self, one: _Processing) -> tuple[At, bool] | None:
        """Where and what the sheet says on health data; a yes anywhere wins over a no."""
        answers: list[tuple[At, bool]] = []
        for label, cells in one.all("sensitive.health"):
            told = _ticked(label, cells)
            if told is not None:
                answers.append(((cells or [label])[0], told))
        for label, cells in (*one.all("sensitive.which"), *one.all("sensitive")):
            naming = next((at for at in cells if _HEALTH.search(folded(at[2]))), None)
            if naming:
                answers.append((naming, True))
            elif _field(label[2])[0] == "sensitive" and _ticked(label, cells) is False:
                answers.append(((cells or [label])[0], False))
        return next((one for one in answers if one[1]), answers[0] if answers else None)

    def _backup(self, one: _Processing) -> At | None:
        for label, cells in one.all("security.backup"):
            if _ticked(label, cells):
                return (cells or [label])[0]
        for _, cells in one.all("security"):
            for at in cells:
                plain = folded(at[2])
                if "sauvegarde" in plain and not _DENIED.search(plain):
                    return at
        return None

    def _transfers(self, one: _Processing) -> Node | None:
        """The transfers when all of them can be told; else nothing, since a list is known whole or not at all."""
        rows = [self._transfer(one, cells) for _, cells in one.all("transfer.row") if cells]
        rows += [self._transfer(one, cells) for _, cells in one.all("transfer.country") if cells]
        # Where the heading is merged down the side of the table, its rows bear no label of their own.
        merged = (cells for _, cells in one.all("transfer.any") if any(_country(at[2]) for at in cells))
        rows += [self._transfer(one, cells) for cells in merged]
        if rows and all(rows):
            items = [row for row in rows if row is not None]
            return Node(self._file, 1, "transfers", items, cell=items[0].cell)
        for label, cells in one.all("transfer.any"):
            told = _ticked(label, cells)
            if told is False and not rows:
                return self._node(one, (cells or [label])[0], "transfers", [])
        return None

    def _transfer(self, one: _Processing, cells: Sequence[At]) -> Node | None:
        parts: dict[str, At] = {}
        for at in cells:
            kind = one.headings.get(at[1], "")
            if not kind:
                kind = "country" if _country(at[2]) else "guarantee" if _guarantee(at[2]) else "recipient"
            parts.setdefault(kind, at)
        code = _country(parts["country"][2]) if "country" in parts else ""
        if not code:
            return None
        country, recipient = parts["country"], parts.get("recipient")
        guarantee = parts.get("guarantee") or one.first("transfer.guarantee") or country
        return self._node(one, country, "transfers[]", {
            "country": self._node(one, country, "country", code),
            "recipient": self._node(one, recipient or country, "recipient", (recipient or country)[2]),
            "tool": self._node(one, guarantee, "tool", _guarantee(guarantee[2]) or "unknown"),
        })  # fmt: skip

    def _note_update(self, one: _Processing, id: str) -> None:
        at = one.first("updated") or one.first("created")
        if at:
            try:
                self._updated.setdefault(id, date.fromisoformat(day(at[2])))
            except ValueError:
                self._unmapped.append(Unmapped(self._node(one, at, "", "").place, "Mise à jour", at[2]))
        responsible = one.first("controller")
        if responsible:
            self._controllers.setdefault(
                folded(responsible[2]), self._node(one, responsible, "controller.name", responsible[2])
            )

    def _leave(self, one: _Processing, id: str) -> None:
        """What the sheet says besides, which somebody must read: it is listed and not lost."""
        kept = {node.cell for node in (*scalars(self._datasets[id]), *self._controllers.values())}
        for name, label, cells in one.said:
            for row, column, text in cells:
                cell = one.sheet.where(row, column)
                whole = name in ("controller", "transfer.row", "transfer.country")
                whole = whole or folded(text).strip(" .") in _YES | _NO
                if name not in _CARRIED and not (cell in kept and whole):
                    told = _BOX.sub("", label[2]).strip(" :\n")
                    self._unmapped.append(Unmapped(f"{self._file}:{cell}", told, text))


def _complete(told: dict[str, Node], more: Mapping[str, Node]) -> None:
    """Adds what was not told yet; health data told of anywhere outweigh a "no" told elsewhere."""
    for key, node in more.items():
        if key not in told or (key == "health" and node.raw == "yes"):
            told[key] = node


def _country(text: str) -> str:
    """The code of a country in French, in English or as ISO writes it; nothing when it is not one country."""
    if text.strip() in COUNTRIES:
        return text.strip()
    return _countries().get(folded(text).replace("-", " ").strip(" .()"), "")


def _guarantee(text: str) -> str:
    plain = folded(text)
    return next((tool for pattern, tool in _GUARANTEES if pattern.search(plain)), "")
