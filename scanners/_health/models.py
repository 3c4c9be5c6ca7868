"""Data models in which health data are kept, known by the names of tables or by their columns (models.yaml)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from model.datasets import Identity
from model.health import REFERENCE, Signal
from model.reading import read_yaml

PATH = Path(__file__).with_name("models.yaml")

_SNDS_TABLE, _DISTINCTIVE_TABLE, _PRODUCT_TABLE = 0.97, 0.9, 0.95
_SNDS, _OMOP, _I2B2, _PCORNET, _SENTINEL, _SDTM, _MIMIC = 0.97, 0.96, 0.96, 0.93, 0.9, 0.95, 0.93
_WEIGHTS = {"i2b2": _I2B2, "pcornet": _PCORNET, "sentinel": _SENTINEL, "cdisc-sdtm": _SDTM, "mimic": _MIMIC}
_ENOUGH_REQUIRED = 0.8
_OMOP_ANCHOR = re.compile(
    r"(?:person|condition|drug|visit|procedure|measurement|observation)_source_value"
    r"|(?:condition|drug|procedure|device|visit|measurement|observation|specimen|death|gender|race|ethnicity)"
    r"_(?:type_|source_)?concept_id"
)


@dataclass(frozen=True, slots=True)
class _Models:
    """models.yaml, ready to compare with."""

    snds_table: re.Pattern[str]
    aggregated_table: re.Pattern[str]
    reference_table: re.Pattern[str]
    anchors: frozenset[str]
    context: frozenset[str]
    omop: tuple[frozenset[str], ...]
    vocabulary: frozenset[str]
    distinctive: dict[str, str]
    columns: tuple[tuple[str, frozenset[str]], ...]
    products: dict[str, str]
    prefixes: re.Pattern[str]


def of_table(name: str, where: str = "table") -> tuple[Signal, ...]:
    """What the name of one table gives away; it may bear the name of its schema and a suffix of format."""
    found = _table(name)
    return (found if where == "table" else _at(found, where),) if found else ()


def of_tables(names: Iterable[str], where: str = "tables") -> tuple[Signal, ...]:
    """What the tables of one schema give away together: the strongest of them, and two of one product."""
    every = {name.rsplit(".", 1)[-1].lower() for name in names}
    found = [signal for name in every for signal in of_table(name, where)]
    products: dict[str, set[str]] = {}
    for name in every:
        if product := _models().products.get(name):
            products.setdefault(product, set()).add(name)
    for product, tables in products.items():
        if len(tables) > 1:
            found.append(Signal("name", product, _PRODUCT_TABLE, where, identity=Identity.NOMINATIVE))
    return tuple(sorted(found, key=lambda one: (-one.weight, one.id))[:1])


def of_columns(columns: Collection[str], where: str = "columns") -> tuple[Signal, ...]:
    """The data model that a set of normalised column names belongs to, if any."""
    names = frozenset(columns)
    models = _models()
    anchors = names & models.anchors
    if (anchors and len(anchors) + len(names & models.context) > 1) or {"eta_num", "seq_num"} <= names:
        return (_individual("snds", _SNDS, where, anchors),)
    if _is_omop(names):
        return (_individual("omop", _OMOP, where, names & {"person_id", "subject_id", "person_source_value"}),)
    for model, wanted in models.columns:
        if wanted <= names:
            return (_individual(model, _WEIGHTS[model], where, names & _PERSONS),)
    return ()


_PERSONS = frozenset(
    {"patid", "patient_num", "patient_ide", "usubjid", "subject_id", "uniquepid", "desynpuf_id", "hadm_id"}
)


def _individual(model: str, weight: float, where: str, columns: Iterable[str]) -> Signal:
    return Signal("columns", model, weight, where, identity=Identity.PSEUDONYMOUS, columns=tuple(sorted(columns)))


def _is_omop(names: frozenset[str]) -> bool:
    if not names & {"person_id", "subject_id"}:
        return False
    for required in _models().omop:
        if len(names & required) >= _ENOUGH_REQUIRED * len(required) and len(required) > 2:
            return True
    return sum(1 for name in names if _OMOP_ANCHOR.fullmatch(name)) > 1 or {"person_id", "death_date"} <= names


def _at(signal: Signal, where: str) -> Signal:
    return Signal(signal.family, signal.id, signal.weight, where, 1, signal.identity, signal.columns)


@lru_cache(maxsize=1 << 14)
def _table(name: str) -> Signal | None:
    if "_" not in name:
        return None
    models = _models()
    last = re.sub(r"\.(?:csv|parquet|sas7bdat|txt|gz|orc|feather|xpt|tsv)\b.*$", "", name, flags=re.I)
    last = last.rsplit("/", 1)[-1].rsplit(".", 1)[-1].strip('"`[]')
    upper, lower = last.upper(), last.lower()
    if models.aggregated_table.fullmatch(upper) or models.reference_table.fullmatch(upper):
        return Signal(REFERENCE, "snds reference", 0.0, "table")
    if models.snds_table.fullmatch(upper):
        return Signal("name", "snds table", _SNDS_TABLE, "table", identity=Identity.PSEUDONYMOUS)
    if lower in models.vocabulary:
        return Signal(REFERENCE, "omop vocabulary", 0.0, "table")
    if lower in models.distinctive:
        model = f"{models.distinctive[lower]} table"
        return Signal("name", model, _DISTINCTIVE_TABLE, "table", identity=Identity.PSEUDONYMOUS)
    if models.prefixes.fullmatch(lower):
        return Signal("name", "product table", _PRODUCT_TABLE, "table", identity=Identity.NOMINATIVE)
    return None


@cache
def _models() -> _Models:
    top = read_yaml(PATH).entries()
    snds, omop = top["snds"].entries(), top["omop"].entries()

    def words(node: object) -> list[str]:
        return [item.text() for item in node.items()]  # type: ignore[attr-defined]

    aggregated = "|".join(table.upper().replace("AA", "(?:AA|[0-9]{2})") for table in words(snds["aggregated"]))
    distinctive = dict.fromkeys(words(omop["distinctive"]), "omop")
    columns = []
    for model in _WEIGHTS:
        node = top[model].entries()
        distinctive |= dict.fromkeys(words(node["distinctive"]), model) if "distinctive" in node else {}
        columns += [(model, frozenset(words(one))) for one in node["columns"].items()] if "columns" in node else []
    return _Models(
        snds_table=re.compile("|".join(words(snds["tables"]))),
        aggregated_table=re.compile(aggregated),
        reference_table=re.compile(snds["reference"].text()),
        anchors=frozenset(words(snds["anchors"])),
        context=frozenset(words(snds["context"])),
        omop=tuple(frozenset(words(one)) for one in omop["required"].entries().values()),
        vocabulary=frozenset(words(omop["vocabulary"])) - {"domain", "relationship", "concept", "vocabulary"},
        distinctive=distinctive,
        columns=tuple(columns),
        products={table: product for product, node in top["products"].entries().items() for table in words(node)},
        prefixes=re.compile(top["prefixes"].text()),
    )
