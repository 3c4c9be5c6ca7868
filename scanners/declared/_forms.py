"""Which form a register is written in, and the one shape that all of them are read into.

YAML is the reference form.  The same keys as columns of a spreadsheet, the CNIL's simplified register and a catalogue
in HealthDCAT-AP become the same tree, in which each value knows its line or its cell.
"""

from __future__ import annotations

from pathlib import Path

from model.errors import DocumentError, UsageError
from model.reading import parse_yaml
from scanners._redact import secret_in
from scanners.declared import _sheets
from scanners.declared._form import Form

YAML = (".yaml", ".yml")
CATALOGUE = (".ttl", ".jsonld", ".json", ".nt")
SUFFIXES = (*YAML, *_sheets.SUFFIXES, *CATALOGUE)

_LARGEST = 32 << 20


def read_content(path: Path) -> bytes:
    """The bytes of a register.

    Raises UsageError for a suffix that no form has, DocumentError when the file cannot be read.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: {path.suffix or 'no suffix'} is no form of a register; known: {', '.join(SUFFIXES)}")
    try:
        if path.stat().st_size > _LARGEST:
            raise DocumentError(str(path), None, "", f"more than {_LARGEST >> 20} MiB; no register is that large")
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(str(path), None, "", f"cannot be read: {error.strerror or error}") from error


def read_form(content: bytes, name: str) -> Form:
    """The register in ``content``; ``name`` is the file that sources and errors name, its suffix tells the form.

    Raises DocumentError, with line or cell, for what is no register, and for what looks like a secret: all of a
    register may be published.  Raises UsageError when the extra that reads the form is not installed.
    """
    suffix = Path(name).suffix.lower()
    if suffix in YAML:
        text = _text(content, name)
        _refuse_secrets(text, name)
        return Form(parse_yaml(text, name), "yaml")
    try:
        return _foreign(content, name, suffix)
    except ModuleNotFoundError as error:
        raise UsageError(f"{name}: this form of a register needs pip install 'lexsitus[registers]'") from error


def _foreign(content: bytes, name: str, suffix: str) -> Form:
    """A form that only an extra of lexsitus reads."""
    if suffix in CATALOGUE:
        from scanners.declared._healthdcat import catalogue

        text = _text(content, name)
        _refuse_secrets(text, name)
        return catalogue(text, name)
    return _spreadsheet(_sheets.read_sheets(content, name), name, suffix)


def _spreadsheet(sheets: tuple[_sheets.Sheet, ...], name: str, suffix: str) -> Form:
    from scanners.declared import _cnil, _tabular

    for sheet in sheets:
        for (row, column), text in sheet.cells.items():
            if kind := secret_in(text):
                raise DocumentError(f"{name}:{sheet.where(row, column)}", None, "", _secret(kind))
    if _cnil.is_cnil(sheets):
        return _cnil.register(sheets, name)
    if suffix in (".csv", ".tsv"):
        return Form(
            _tabular.tabular([part for one in sheets for part in _tabular.blocks(one, name)], name, False), "table"
        )
    if not _tabular.is_tabular(sheets):
        raise DocumentError(
            name, None, "",
            "neither a register of lexsitus (`lexsitus register template --format xlsx` begins one) nor the "
            "simplified register of the CNIL: no sheet or label of either was found",
        )  # fmt: skip
    return Form(_tabular.tabular(sheets, name), "table")


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(name, None, "", f"not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def _refuse_secrets(text: str, name: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if kind := secret_in(line):
            raise DocumentError(name, number, "", _secret(kind))


def _secret(kind: str) -> str:
    return f"this looks like {kind}; a register holds no secret: remove it, and change it where it is used"
