"""The one door through which YAML, TOML and CSV enter, strict where the usual loaders guess.

The usual YAML loader reads ``NO`` (Norway) as false, a key ``on:`` as true, ``3.20`` as 3.2 and
``0123456`` in base eight, and lets a repeated key win in silence.  Here a scalar stays text until the
caller says what it expects, a repeated or unknown key is an error, and every error names file, line,
key, what was expected and what was found.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from model.errors import DocumentError

E = TypeVar("E", bound=StrEnum)

_NULLS = frozenset({"", "~", "null"})
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_SHOWN = 60
_TOO_DEEP = "not valid YAML: nested too deeply"
_TAGS = frozenset({"null", "bool", "int", "float", "str", "timestamp", "value", "merge", "seq", "map"})
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a document that knows its file, line and key path, and has no type yet.

    In a spreadsheet ``cell`` names its sheet and cell (``Places!B12``) and stands for the line.
    """

    path: str
    line: int
    key: str
    raw: Any
    quoted: bool = False
    cell: str = ""

    @property
    def place(self) -> str:
        """Where it stands, as sources and errors print it: ``register.yaml:12``, ``register.ods:Places!B12``."""
        return f"{self.path}:{self.cell or self.line}"

    def fail(self, message: str) -> DocumentError:
        """The error that says what is wrong here; the caller raises it."""
        if self.cell:
            return DocumentError(self.place, None, self.key, message)
        return DocumentError(self.path, self.line, self.key, message)

    @property
    def is_null(self) -> bool:
        """True for ``null``, ``~`` and nothing at all (not for a quoted empty text)."""
        return isinstance(self.raw, str) and not self.quoted and self.raw in _NULLS

    def mapping(self, required: Sequence[str] = (), optional: Sequence[str] = ()) -> dict[str, Node]:
        """The keys and values of a closed mapping.

        Raises DocumentError for an unknown key (listing the known ones) and for a missing one.
        """
        nodes = self.entries()
        allowed = [*required, *optional]
        for name, node in nodes.items():
            if name not in allowed:
                close = get_close_matches(name, allowed, 1)
                hint = f"did you mean {close[0]!r}? " if close else ""
                raise node.fail(f"unknown key {shown(name)}; {hint}known keys: {', '.join(sorted(allowed))}")
        for name in required:
            if name not in nodes:
                raise self.fail(f"missing key {name!r}; add it")
        return nodes

    def entries(self) -> dict[str, Node]:
        """The keys and values of an open mapping, in file order; empty for a null."""
        if self.is_null:
            return {}
        if not isinstance(self.raw, dict):
            raise self.fail(f"expected a mapping (key: value), found {self._found()}")
        return self.raw

    def items(self) -> list[Node]:
        """The members of a list, in file order; empty for a null."""
        if self.is_null:
            return []
        if not isinstance(self.raw, list):
            raise self.fail(f"expected a list, found {self._found()}")
        return self.raw

    def text(self) -> str:
        """A text, exactly as written; an empty one only between quotes."""
        if not isinstance(self.raw, str) or self.is_null:
            raise self.fail(f"expected a text, found {self._found()}")
        return self.raw

    def boolean(self) -> bool:
        """``true`` or ``false``; nothing else is a boolean."""
        if not self.quoted and self.raw in ("true", "false"):
            return bool(self.raw == "true")
        raise self.fail(f"expected true or false, found {self._found()}")

    def answer(self) -> bool | None:
        """A fact that may be unknown: "yes"/true, "no"/false, or "unknown"/null for ``None``."""
        if self.is_null or self.raw == "unknown":
            return None
        if self.raw in ("yes", "true"):
            return True
        if self.raw in ("no", "false"):
            return False
        raise self.fail(f'expected "yes", "no" or "unknown", found {self._found()}')

    def integer(self) -> int:
        """A decimal integer without leading zero."""
        if isinstance(self.raw, str) and not self.quoted and _INTEGER.match(self.raw):
            return int(self.raw)
        raise self.fail(f"expected a whole number, found {self._found()}")

    def number(self) -> float:
        """A decimal number."""
        if isinstance(self.raw, str) and not self.quoted and (_INTEGER.match(self.raw) or _NUMBER.match(self.raw)):
            return float(self.raw)
        raise self.fail(f"expected a number, found {self._found()}")

    def date(self) -> date:
        """A calendar day, YYYY-MM-DD."""
        if isinstance(self.raw, str) and _DATE.match(self.raw):
            try:
                return date.fromisoformat(self.raw)
            except ValueError as error:
                raise self.fail(f"expected a calendar day (YYYY-MM-DD), found {self.raw!r}: {error}") from error
        raise self.fail(f"expected a day written YYYY-MM-DD, found {self._found()}")

    def choice(self, kind: type[E]) -> E:
        """One member of ``kind``."""
        word = self.text()
        try:
            return kind(word)
        except ValueError:
            raise self.fail(f"expected one of {', '.join(kind)}; found {shown(word)}") from None

    def plain(self) -> Any:
        """The value as JSON data, for a JSON Schema: unquoted true, false, null and numbers only.

        A number that would not be written back the same (``3.20``, ``007``) stays text.
        """
        if isinstance(self.raw, dict):
            return {name: node.plain() for name, node in self.raw.items()}
        if isinstance(self.raw, list):
            return [node.plain() for node in self.raw]
        if self.quoted:
            return self.raw
        if self.is_null:
            return None
        if self.raw in ("true", "false"):
            return self.raw == "true"
        if _INTEGER.match(self.raw):
            return int(self.raw)
        if _NUMBER.match(self.raw) and repr(float(self.raw)) == self.raw:
            return float(self.raw)
        return self.raw

    def find(self, steps: Sequence[str | int]) -> Node:
        """The node at a path of keys and indexes (as JSON Schema errors give it), or the nearest one."""
        node = self
        for step in steps:
            in_mapping = isinstance(node.raw, dict) and step in node.raw
            in_list = isinstance(node.raw, list) and isinstance(step, int) and step < len(node.raw)
            if not (in_mapping or in_list):
                break
            node = node.raw[step]
        return node

    def _found(self) -> str:
        if isinstance(self.raw, dict):
            return "a mapping"
        if isinstance(self.raw, list):
            return "a list"
        return "nothing" if self.is_null else shown(self.raw)


def shown(text: str) -> str:
    """``text`` between quotes as an error repeats it: one short line, whatever it holds."""
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r} and {len(text) - _SHOWN} more characters"


def step_of(key: str) -> str:
    """``key`` as part of a key path: unprintable characters (and what reorders a line) are escaped."""
    return key if key.isprintable() and len(key) <= _SHOWN else shown(key)


def read_text(path: Path) -> str:
    """The whole file as UTF-8 text (a byte order mark is dropped).

    Raises DocumentError when the file is missing, unreadable, or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(str(path), None, "", f"not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise DocumentError(str(path), None, "", f"cannot be read: {error.strerror or error}") from error


def read_yaml(path: Path, name: str = "") -> Node:
    """The root of a YAML file; ``name`` is how errors call it (the path when empty)."""
    return parse_yaml(read_text(path), name or str(path))


def parse_yaml(text: str, name: str) -> Node:
    """The root of a YAML text called ``name`` in errors.  Anchors, tags and second documents are refused."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise DocumentError(name, line, "", f"not valid YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise DocumentError(name, None, "", f"not valid YAML: {error}") from error
    except RecursionError:
        raise DocumentError(name, None, "", _TOO_DEEP) from None
    finally:
        loader.dispose()
    if root is None:
        raise DocumentError(name, None, "", "the file is empty")
    try:
        return _node(root, name, "", {})
    except RecursionError:
        raise DocumentError(name, None, "", _TOO_DEEP) from None


def _node(node: Any, path: str, key: str, seen: dict[int, Any]) -> Node:
    line = node.start_mark.line + 1
    if id(node) in seen:
        raise DocumentError(path, line, key, "a reference to another part (*alias) is not read; write the value out")
    seen[id(node)] = node
    if node.tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
        raise DocumentError(path, line, key, f"a tag ({node.tag}) is not read; remove it")
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, Node] = {}
        for name_node, value_node in node.value:
            at = name_node.start_mark.line + 1
            if not isinstance(name_node, yaml.ScalarNode):
                raise DocumentError(path, at, key, "a key must be a plain text")
            name = str(name_node.value)
            full = f"{key}.{step_of(name)}" if key else step_of(name)
            if name in entries:
                raise DocumentError(path, at, full, f"repeated key (first on line {entries[name].line}); keep one")
            entries[name] = _node(value_node, path, full, seen)
        return Node(path, line, key, entries)
    if isinstance(node, yaml.SequenceNode):
        return Node(path, line, key, [_node(n, path, f"{key}[{i}]", seen) for i, n in enumerate(node.value)])
    # The style of a plain scalar is None for the Python loader and empty for the C one.
    return Node(path, line, key, str(node.value), quoted=bool(node.style))


def read_toml(path: Path, name: str = "") -> Node:
    """The root of a TOML file; ``name`` is how errors call it (the path when empty).

    Texts are quoted scalars; numbers, dates and booleans plain ones.  Raises DocumentError as ``read_yaml``.
    """
    from model._toml import parse_toml

    return parse_toml(read_text(path), name or str(path))


def read_csv(path: Path, columns: Sequence[str], name: str = "") -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a comma-separated UTF-8 file with exactly these columns in any order, with line numbers.

    Raises DocumentError for a missing, repeated or unknown column and for a row of another length.
    """
    called = name or str(path)
    lines = csv.reader(read_text(path).splitlines(keepends=True), strict=True)
    try:
        header = next(lines, None)
        if header is None:
            raise DocumentError(called, None, "", "the file is empty; its first line must name the columns")
        if sorted(header) != sorted(columns):
            unknown = sorted(set(header) - set(columns))
            missing = sorted(set(columns) - set(header))
            raise DocumentError(called, 1, "", f"columns differ: unknown {unknown}, missing {missing}")
        for row in lines:
            if len(row) != len(header):
                found = f"{len(header)} values expected, {len(row)} found"
                raise DocumentError(called, lines.line_num, "", found)
            yield lines.line_num, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise DocumentError(called, lines.line_num, "", f"not valid CSV: {error}") from error
