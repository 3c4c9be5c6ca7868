"""What lexsitus.toml says: who, which register, where editions go, and which targets to scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from model.datasets import ControllerKind
from model.errors import DocumentError, UsageError
from model.reading import Node, read_toml, shown

FILE_NAME = "lexsitus.toml"
LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration that was read and checked, except for its targets.

    ``register`` is ``None`` when there is none.  Paths are relative to the folder of ``path`` already.
    ``targets`` are the ``[[target]]`` tables as written: only ``scanners`` knows what may stand in them.
    """

    path: Path
    organisation: str
    controller: ControllerKind
    register: Path | None
    editions: Path
    reports: tuple[str, ...]
    lang: str
    targets: tuple[Node, ...]


def configuration_path(flag: str | None, environment: Mapping[str, str]) -> Path:
    """The file to read: ``--config``, else LEXSITUS_CONFIG, else ./lexsitus.toml."""
    return Path(flag or environment.get("LEXSITUS_CONFIG") or FILE_NAME)


def read_configuration(path: Path, reports: Sequence[str], environment: Mapping[str, str]) -> Configuration:
    """The configuration in the file ``path``; ``reports`` are the names that may be asked for.

    LEXSITUS_EDITIONS and LEXSITUS_LANG of ``environment`` replace what the file says, field by field.
    Raises DocumentError (file, line, key, known ones) for anything unknown, and for a file that is missing.
    """
    if not path.exists():
        raise DocumentError(str(path), None, "", "there is no such file; `lexsitus init` writes one to start from")
    top = read_toml(path).mapping(optional=("organisation", "editions", "target"))
    organisation = _table(top, "organisation").mapping(optional=("name", "controller", "register"))
    editions = _table(top, "editions").mapping(optional=("directory", "reports", "lang"))
    lang = environment.get("LEXSITUS_LANG")
    directory = environment.get("LEXSITUS_EDITIONS")
    return Configuration(
        path=path,
        organisation=_text(organisation, "name", ""),
        controller=_controller(organisation),
        register=path.parent / _text(organisation, "register", "") if "register" in organisation else None,
        editions=Path(directory) if directory else path.parent / _text(editions, "directory", "editions"),
        reports=_reports(editions, reports),
        lang=check_language(lang, "LEXSITUS_LANG") if lang else _language(editions),
        targets=tuple(top["target"].items()) if "target" in top else (),
    )


def check_language(lang: str, said_by: str) -> str:
    """``lang`` itself.  Raises UsageError naming ``said_by`` when reports are not written in it."""
    if lang not in LANGUAGES:
        raise UsageError(f"{said_by}: no language {lang!r}; known: {', '.join(LANGUAGES)}")
    return lang


def _table(top: Mapping[str, Node], key: str) -> Node:
    return top.get(key, Node("", 0, key, {}))


def _text(table: Mapping[str, Node], key: str, default: str) -> str:
    node = table.get(key)
    if node is None:
        return default
    if not node.quoted or not node.text().strip():
        raise node.fail("expected a text in quotes; leave the key out when there is nothing to say")
    return node.text()


def _controller(organisation: Mapping[str, Node]) -> ControllerKind:
    node = organisation.get("controller")
    return node.choice(ControllerKind) if node else ControllerKind.UNKNOWN


def _language(editions: Mapping[str, Node]) -> str:
    node = editions.get("lang")
    if node is None:
        return LANGUAGES[0]
    return _one_of(node, LANGUAGES)


def _reports(editions: Mapping[str, Node], known: Sequence[str]) -> tuple[str, ...]:
    """Which reports each run writes: the committee's page unless the file says otherwise."""
    node = editions.get("reports")
    if node is None:
        return ("html",) if "html" in known else ()
    names = tuple(_one_of(item, known) for item in node.items())
    for index, item in enumerate(node.items()):
        if item.text() in names[:index]:
            raise item.fail(f"{item.text()!r} is named twice; keep one")
    return names


def _one_of(node: Node, known: Sequence[str]) -> str:
    word = node.text()
    if word not in known:
        close = get_close_matches(word, known, 1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise node.fail(f"unknown value {shown(word)}; {hint}known: {', '.join(known)}")
    return word
