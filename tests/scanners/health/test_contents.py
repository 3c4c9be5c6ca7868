from __future__ import annotations

import gzip
import time
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from model.datasets import Identity
from model.health import REFERENCE, HealthStatus, identification, identifying_columns, status
from scanners._health import HEAD_BYTES, TAIL_BYTES, Reading, recognise, wants_tail
from tests.scanners.health import samples

POSITIVES, NEGATIVES = tuple(samples.positives()), tuple(samples.negatives())
BOMB = gzip.compress(bytes(40 << 20))


def str_of(argument: object) -> str:
    """The name of a sample stands for it in the name of a test."""
    return argument if isinstance(argument, str) else "."


def read(data: bytes) -> Reading:
    """As a store or a file is read: its two ends."""
    head = data[:HEAD_BYTES]
    return recognise(head, data[-TAIL_BYTES:] if wants_tail(head) else b"", len(data))


@pytest.mark.parametrize(("name", "data", "who"), POSITIVES, ids=str_of)
def test_a_file_about_patients_is_recognised_with_how_identifying_it_is(name: str, data: bytes, who: str) -> None:
    signals = read(data).signals

    assert status(signals) is HealthStatus.YES, name
    assert identification(signals) is Identity(who), name


@pytest.mark.parametrize(("name", "data"), NEGATIVES, ids=str_of)
def test_a_file_that_only_looks_like_one_is_not(name: str, data: bytes) -> None:
    assert status(read(data).signals) is not HealthStatus.YES, name


def test_reference_data_are_told_apart_from_nothing() -> None:
    palette = dict(NEGATIVES)["palette.dcm"]

    assert [signal.family for signal in read(palette).signals] == [REFERENCE]


COLUMNS = {"ipp": ["1"], "nom_naissance": ["X"], "cim10": ["E11"], "date_entree": ["2020"]}


@pytest.mark.parametrize("kind", ["parquet", "orc", "orc zlib", "feather"])
def test_a_schema_at_the_end_of_a_file_is_read_from_the_end_alone(kind: str, tmp_path: Path) -> None:
    table, path = pa.table(COLUMNS), tmp_path / "table"
    match kind:
        case "parquet":
            pyarrow.parquet.write_table(table, path)
        case "orc":
            pyarrow.orc.write_table(table, path)
        case "orc zlib":
            pyarrow.orc.write_table(table, path, compression="zlib")
        case _:
            pyarrow.feather.write_feather(table, path)
    data = path.read_bytes()

    reading = recognise(data[:8], data[-TAIL_BYTES:], len(data))

    assert status(reading.signals) is HealthStatus.YES, reading
    assert identifying_columns(reading.signals) == ("ipp", "nom_naissance")


def test_the_headers_of_a_workbook_are_columns(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Relevé du service"])
    sheet.append(["IPP", "Nom de naissance", "Diagnostic principal", "Date d'entrée"])
    sheet.append(["1", "X", "E11.9", "2020-01-01"])
    book.save(tmp_path / "book.xlsx")

    reading = read((tmp_path / "book.xlsx").read_bytes())

    assert status(reading.signals) is HealthStatus.YES, reading


@pytest.mark.parametrize(("name", "data", "who"), POSITIVES, ids=str_of)
def test_a_file_cut_anywhere_never_turns_into_a_fault(name: str, data: bytes, who: str) -> None:
    for at in (1, 5, 40, 131, 300, len(data) // 2, len(data) - 1):
        assert read(data[:at]).unread in ("", "empty", "cut", "damaged", "unsupported", "encrypted"), name


HOSTILE = {
    "nothing": b"",
    "endless gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\3" + zlib.compressobj(9, wbits=-15).compress(bytes(9 << 20)),
    "gzip bomb": BOMB,
    "gzip in gzip in gzip": gzip.compress(gzip.compress(gzip.compress(BOMB))),
    "zip bomb": samples.zipped({f"{n}.csv": bytes(1 << 20) for n in range(30)}),
    "entities": b'<!DOCTYPE a [<!ENTITY a "' + b"&a;" * 2000 + b'">]><a>&a;</a>',
    "brackets": b"<!DOCTYPE a " + b"[a]" * 2600,
    "open comments": b"<!--" * 2000,
    "nested json": b'{"a":' * 1600,
    "open text": b'{"' + b'\\"' * 4000,
    "one line": b"a," * (5 << 20),
    "quotes": b'"' * HEAD_BYTES,
    "segments": b"MSH|^~\\&|" + b"\rP" * 4000,
    "ones": b"1" * HEAD_BYTES,
    "spaces": b" " * HEAD_BYTES,
    "underscores": b"_a" * 4000 + b",b",
    "stars": b"****" * 2000,
    "creates": b"CREATE TABLE a (" * 500,
    "utf-16 cut": "titre;nom;ville".encode("utf-16")[:-1],
    "surrogates": b"\xed\xa0\x80,\xff\xfe",
    "torn parquet": b"PAR1" + b"\xff" * 300 + b"\xff\xff\xff\x7fPAR1",
    "deep parquet": b"PAR1" + b"\x1c" * 3000 + (3000).to_bytes(4, "little") + b"PAR1",
    "torn orc": b"ORC" + b"\xff" * 200,
    "torn zip": b"PK\x03\x04" + b"PK\x01\x02" * 3000,
    "encrypted": b"Salted__" + bytes(range(256)),
    "office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_object_costs_little_and_shows_nothing(what: str) -> None:
    began = time.process_time()

    reading = read(HOSTILE[what])

    assert time.process_time() - began < 2
    assert status(reading.signals) is not HealthStatus.YES


@pytest.mark.parametrize(("what", "why"), [("nothing", "empty"), ("encrypted", "encrypted"), ("office", "encrypted")])
def test_what_cannot_be_read_says_why(what: str, why: str) -> None:
    assert read(HOSTILE[what]).unread == why


STARTS = (
    b"", b"PAR1", b"ORC", b"ARROW1", b"PK\x03\x04", b"\x1f\x8b\x08", b"MSH|^~\\&|", b"<a xmlns='urn:hl7-org:v3'>",
    b"{\"",
    b"ipp;nom\n", b"##fileformat=VCFv4.2\n", b"H|~^\\&|", bytes(128) + b"DICM", b"SQLite format 3\0", b"BZh9",
    b"\xfd7zXZ\0", b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000", b"0       ", b"UNH+1+MEDRPT",
)  # fmt: skip


@settings(max_examples=400, deadline=2000)
@given(st.sampled_from(STARTS), st.binary(max_size=600), st.binary(max_size=200), st.integers(0, 1 << 40))
def test_whatever_the_bytes_recognising_ends_and_tells_weights(
    start: bytes, head: bytes, tail: bytes, size: int
) -> None:
    for signal in recognise(start + head, tail, size).signals:
        assert 0.0 <= signal.weight <= 1.0


@settings(max_examples=200, deadline=2000)
@given(st.sampled_from([data for _, data, _ in POSITIVES]), st.integers(0, 8000), st.integers(0, 255))
def test_one_byte_changed_is_no_fault(data: bytes, at: int, byte: int) -> None:
    changed = bytearray(data[:HEAD_BYTES])
    changed[at % len(changed)] = byte

    assert isinstance(recognise(bytes(changed), data[-TAIL_BYTES:], len(data)), Reading)


@given(st.text(st.characters(categories=("Lu", "Ll", "Nd")), min_size=4, max_size=12))
def test_a_value_taken_for_a_header_leaves_no_trace(letters: str) -> None:
    value = f"zq{letters}"
    text = f"rue_{value},nom_{value},{value}_diagnosis,ipp_{value}\n".encode()

    assert value.lower() not in str(recognise(text)).lower()
