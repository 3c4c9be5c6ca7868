"""The address tables on disk: one zip file of columns, with a manifest that says where each part comes from.

Three questions are asked of an address: which published range holds it, which network announces it, and to which
country a registry allocated it.  One table for each IP version answers the three at once, since a look-up costs what
its bisections cost; the answers that occur together are kept once and numbered.
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import accumulate, chain
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo
from zlib import error

from catalog._prefixes import Rows
from model.errors import DocumentError

FORMAT = "lexsitus/addresses/1"
_MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
BITS = {4: 32, 6: 128}
QUESTIONS = ("ranges", "networks", "countries")
_BIG_ENDIAN = sys.byteorder == "big"


@dataclass(frozen=True, slots=True)
class Part:
    """One file that went into the tables.

    ``id`` tells what a newer file replaces; ``published_on`` is the day its provider made it, ``sha256`` that of
    the file read, ``rows`` how many ranges it held.
    """

    id: str
    title: str
    published_on: date
    sha256: str
    rows: int
    licence: str
    url: str
    limit_days: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What a provider publishes of a range; ``part`` is the id of the file that says so.

    ``region`` is the provider's own code, ``country`` is ISO 3166 (geofeeds, which name no region).
    """

    part: str
    provider: str
    region: str = ""
    service: str = ""
    role: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The answers for one IP version.  The values of ``rows`` number the answers from 0.

    Answer ``n`` is the number of an entry (from 1), an AS number, and the number of a country (from 1), each 0 where
    nobody says anything.
    """

    rows: Rows
    ranges: array[int]
    networks: array[int]
    countries: array[int]


class Tables:
    """The tables of one zip file.  Raises DocumentError when it is not one of ours or is damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: dict[int, Table] = {}
        try:
            self._zip = ZipFile(path)
            manifest = json.loads(self._zip.read(_MANIFEST))
            if manifest["format"] != FORMAT:
                raise self._fault(f"expected format {FORMAT!r}, found {manifest['format']!r}")
            self.parts: Mapping[str, Part] = {id: _part(id, one) for id, one in manifest["parts"].items()}
            self.entries: Sequence[Entry] = [Entry(**one) for one in manifest["entries"]]
            self.countries: Sequence[str] = manifest["countries"]
        except (OSError, BadZipFile, KeyError, TypeError, ValueError) as fault:
            raise self._fault(f"no address tables ({fault})") from fault
        self._holders: tuple[Sequence[int], Sequence[str]] | None = None

    def _fault(self, what: str) -> DocumentError:
        return DocumentError(str(self._path), None, "", f"{what}; make them anew with lexsitus catalog update")

    def table(self, version: int) -> Table:
        """The table of IP version 4 or 6, unpacked when first asked for."""
        if version not in self._tables:
            bits = BITS[version]
            name = f"v{version}"
            starts = array("I" if bits == 32 else "Q", accumulate(self._column(f"{name}.starts", bits)))
            lows = self._column(f"{name}.lows", 64) if bits == 128 else array("Q")
            rows = Rows(starts, self._column(f"{name}.values", 32), lows, self._column(f"{name}.lengths", 8))
            self._tables[version] = Table(rows, *(self._column(f"{name}.{word}", 32) for word in QUESTIONS))
        return self._tables[version]

    def _column(self, name: str, bits: int) -> array[int]:
        column = array({8: "B", 32: "I", 64: "Q", 128: "Q"}[bits])
        column.frombytes(self._read(name))
        if _BIG_ENDIAN:
            column.byteswap()
        return column

    def _read(self, name: str) -> bytes:
        try:
            return self._zip.read(name)
        except (OSError, BadZipFile, KeyError, error) as fault:
            raise self._fault(f"{name} is damaged ({fault})") from fault

    def holder(self, asn: int) -> str:
        """Who holds an AS number, as the registries name it; empty when they do not."""
        numbers, names = self.holders()
        at = bisect_left(numbers, asn)
        return names[at] if at < len(numbers) and numbers[at] == asn else ""

    def holders(self) -> tuple[Sequence[int], Sequence[str]]:
        """Every AS number with a known holder, sorted, and the holders in the same order."""
        if self._holders is None:
            numbers, names = self._column("holders.numbers", 32), self._read("holders.names").decode()
            self._holders = (numbers, names.split("\n") if numbers else [])
        return self._holders


def write(
    path: Path,
    parts: Mapping[str, Part],
    entries: Sequence[Entry],
    countries: Sequence[str],
    tables: Mapping[int, Table],
    holders: Mapping[int, str],
) -> None:
    """The whole file or none of it; equal tables give equal bytes."""
    manifest = {
        "format": FORMAT,
        "parts": {
            id: asdict(part) | {"published_on": part.published_on.isoformat()} for id, part in sorted(parts.items())
        },
        "entries": [asdict(entry) for entry in entries],
        "countries": list(countries),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        with ZipFile(beside, "w") as zip:
            _put(zip, _MANIFEST, json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode())
            for version, table in sorted(tables.items()):
                rows = table.rows
                steps = (now - before for now, before in _with_previous(rows.highs))
                columns = {"starts": array(rows.highs.typecode, steps), "values": rows.values, "lengths": rows.lengths}
                columns |= {word: getattr(table, word) for word in QUESTIONS}
                if version == 6:
                    columns["lows"] = rows.lows
                for word, column in sorted(columns.items()):
                    _put(zip, f"v{version}.{word}", _bytes(column))
            _put(zip, "holders.numbers", _bytes(array("I", sorted(holders))))
            _put(zip, "holders.names", "\n".join(holders[asn] for asn in sorted(holders)).encode())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _with_previous(column: array[int]) -> Iterable[tuple[int, int]]:
    """Each number of a column with the one before it; the first with 0."""
    return zip(column, chain((0,), column), strict=False)


def _put(zip: ZipFile, name: str, content: bytes) -> None:
    info = ZipInfo(name, _EPOCH)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    zip.writestr(info, content, compresslevel=9)


def _bytes(column: array[int]) -> bytes:
    if _BIG_ENDIAN:
        column = array(column.typecode, column)
        column.byteswap()
    return column.tobytes()


def _part(id: str, one: Mapping[str, Any]) -> Part:
    return Part(**{**one, "id": id, "published_on": date.fromisoformat(one["published_on"])})
