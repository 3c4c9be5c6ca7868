"""Line-based formats: HL7 v2, HPRIM Santé, signals and genomes that are text, PMSI files of fixed width.

HL7 v2: chapter 2 of the standard (segments).  PMSI: ATIH, formats of 2011 to 2026 (FINESS, version of the format and
dates at known columns; the key of the FINESS is checked on each line).  VCF: hts-specs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.datasets import Identity
from model.health import REFERENCE, Signal
from model.reading import read_csv
from scanners._health.identifiers import luhn

TEXTS, PMSI = Path(__file__).with_name("texts.csv"), Path(__file__).with_name("pmsi.csv")
TEXT_COLUMNS = ("id", "pattern", "weight", "identity")
PMSI_COLUMNS = ("id", "pattern", "weight", "identity", "keyed")

_HL7 = re.compile(
    r"\x0b?\s{0,8}(?:(?:FHS|BHS)([^A-Za-z0-9\s])[^\r\n]*[\r\n]+){0,2}MSH([^A-Za-z0-9\s])[\^~\\&#@]{3,5}\2"
)
_SEGMENT = re.compile(r"(?:^|[\r\n\x0b\x1c]|\\r|\\n)\s{0,4}([A-Z][A-Z0-9]{2})(?=[^A-Za-z0-9\s])")
# Segments that only messages about a patient have.
_CLINICAL = frozenset({
    "ACC", "AIS", "AL1", "ARV", "DG1", "FT1", "GT1", "IAM", "IN1", "MRG", "NK1", "OBR", "OBX", "ORC", "PD1", "PDA",
    "PID", "PR1", "PRB", "PV1", "PV2", "QPD", "QRD", "RXA", "RXD", "RXE", "RXG", "RXO", "SCH", "SPM", "TQ1", "TXA",
    "UB1", "UB2", "ZBE", "ZFA", "ZFD", "ZFM", "ZFP", "ZFU", "ZFV",
})  # fmt: skip
_NAMED = frozenset(["PID", "MRG", "NK1", "IN1", "GT1", "QPD", "QRD"])
_LINES_TESTED = 3
_SHORTEST_LINE = 20
_VCF = re.compile(r"##fileformat=VCFv4\.\d")
_VCF_SAMPLES = re.compile(r"^#CHROM(?:\t[^\t\r\n]+){7}(\tFORMAT\t[^\t\r\n]+)?", re.M)
_SAM = re.compile(r"@(?:HD\tVN:|SQ\tSN:|RG\tID:)")
_EDF = re.compile(r"0 {7}[\x20-\x7e]{160}[\dX]\d\.\d\d\.\d\d\d\d\.\d\d\.\d\d")
_EDF_PATIENT = slice(8, 88)
_PLINK_FAM = re.compile(r"\S+[ \t]\S+[ \t]\S+[ \t]\S+[ \t][0129-][ \t](?:-9|[0-9.]+|NA)\s*")
_PLINK_PED = re.compile(r"\S+[ \t]\S+[ \t]\S+[ \t]\S+[ \t][012][ \t](?:-9|[0-9.]+)(?:[ \t][ACGTN0]){6,}\s*")
_NOT_HUMAN = re.compile(
    r'species="(?!Homo sapiens)|NC_0014|phage|\bmm(?:9|10|39)\b|GRCm3[89]|TAIR10|CHROMOSOME_I\b|IWGSC|WBcel|danRer'
    r"|BDGP6|\bdm6\b|sacCer|Rnor|\brn[67]\b|ARS-UCD|canFam|galGal|SL4\.0|Zm-B73|Oryza|Arabidopsis|Mus musculus"
    r"|Escherichia|Saccharomyces|bosTau|susScr|Sscrofa",
    re.I,
)
_IDENTITIES = {identity.value: identity for identity in Identity}


@dataclass(frozen=True, slots=True)
class Shape:
    """One row: what a text or each of its first lines looks like."""

    id: str
    pattern: re.Pattern[str]
    weight: float
    identity: Identity | None
    keyed: bool = False


def of_text(text: str) -> tuple[Signal, ...]:
    """What the beginning of a text shows it to be; none for ordinary text."""
    return _hl7(text) or _genome(text) or of_edf(text) or _fixed(text) or _shaped(text)


def _signal(id: str, weight: float, identity: Identity | None) -> tuple[Signal, ...]:
    return (Signal("format", id, weight, "content", identity=identity),)


def _hl7(text: str) -> tuple[Signal, ...]:
    if not _HL7.match(text):
        return ()
    segments = set(_SEGMENT.findall(text))
    if segments & _CLINICAL:
        identity = Identity.NOMINATIVE if segments & _NAMED else Identity.PSEUDONYMOUS
        return _signal("hl7v2", 0.97, identity)
    return (Signal(REFERENCE, "hl7v2 without patient", 0.0, "content"),)


def _genome(text: str) -> tuple[Signal, ...]:
    if _VCF.match(text):
        if _NOT_HUMAN.search(text):
            return (Signal(REFERENCE, "genome of another species", 0.0, "content"),)
        header = _VCF_SAMPLES.search(text)
        if header is not None and not header.group(1):
            return _signal("vcf without individuals", 0.4, None)
        return _signal("vcf", 0.88, Identity.PSEUDONYMOUS)
    if _SAM.match(text):
        if _NOT_HUMAN.search(text):
            return (Signal(REFERENCE, "genome of another species", 0.0, "content"),)
        return _signal("sam", 0.86, Identity.PSEUDONYMOUS)
    lines = [line for line in text[:4096].splitlines()[:_LINES_TESTED] if line.strip()]
    if len(lines) > 1 and all(_PLINK_PED.match(line) for line in lines[:1]):
        return _signal("plink-ped", 0.88, Identity.PSEUDONYMOUS)
    if len(lines) > 1 and all(_PLINK_FAM.fullmatch(line) for line in lines):
        return _signal("plink-fam", 0.86, Identity.PSEUDONYMOUS)
    return ()


def of_edf(text: str) -> tuple[Signal, ...]:
    """EDF and EDF+ (edfplus.info): bytes 8 to 87 describe the patient, with X for what is left out."""
    if not _EDF.match(text):
        return ()
    fields = text[_EDF_PATIENT].split()
    named = (len(fields) > 3 and fields[3] != "X") or (len(fields) in (1, 2) and fields[0] != "X")
    return _signal("edf", 0.9, Identity.NOMINATIVE if named else Identity.PSEUDONYMOUS)


def _fixed(text: str) -> tuple[Signal, ...]:
    lines = [line for line in text.splitlines() if line.strip()][: _LINES_TESTED + 1]
    # The last line of a window may be cut: it is tested only when it is alone.
    tested = lines if len(lines) <= _LINES_TESTED else lines[:-1]
    if not tested or any(len(line) < _SHORTEST_LINE for line in tested[:1]):
        return ()
    for shape in _shapes(PMSI):
        if all(_fits(shape, line) for line in tested):
            return _signal(f"pmsi-{shape.id}", shape.weight, shape.identity)
    return ()


def _fits(shape: Shape, line: str) -> bool:
    match = shape.pattern.match(line)
    return match is not None and (not shape.keyed or luhn(match.group("finess")))


def _shaped(text: str) -> tuple[Signal, ...]:
    for shape in _shapes(TEXTS):
        if shape.pattern.search(text):
            return _signal(shape.id, shape.weight, shape.identity)
    return ()


@cache
def _shapes(path: Path) -> tuple[Shape, ...]:
    columns = PMSI_COLUMNS if path == PMSI else TEXT_COLUMNS
    return tuple(
        Shape(
            row["id"],
            re.compile(row["pattern"]),
            float(row["weight"]),
            _IDENTITIES.get(row["identity"]),
            row.get("keyed") == "yes",
        )
        for _, row in read_csv(path, columns)
    )
