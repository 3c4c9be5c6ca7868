"""TOML with line numbers: the standard library reads the values, this file finds where each one stands.

``tomllib`` says what a document means and nothing of where.  The walk below therefore only ever sees
text that ``tomllib`` has accepted, and has no grammar to enforce: it follows keys and brackets.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from model.errors import DocumentError
from model.reading import Node, step_of

_Path = tuple[str | int, ...]

_KEY_PART = r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[A-Za-z0-9_-]+"
_KEY = re.compile(rf"(?:{_KEY_PART})(?:[ \t]*\.[ \t]*(?:{_KEY_PART}))*")
_TEXT = re.compile(r"\"\"\"(?:[^\\]|\\.)*?\"{3,5}|'''.*?'{3,5}|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'", re.S)
_BARE = re.compile(r"[^,\]}#\n]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def parse_toml(text: str, name: str) -> Node:
    """The root of a TOML text called ``name`` in errors; every value knows its line.

    Raises DocumentError, with the line, when the text is not TOML.
    """
    text = text.replace("\r\n", "\n")
    try:
        return _node(tomllib.loads(text), name, (), _Lines(text).found, 1)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        raise DocumentError(name, line, "", f"not valid TOML: {_AT_LINE.sub('', str(error))}") from error
    except RecursionError:
        raise DocumentError(name, None, "", "not valid TOML: nested too deeply") from None


def _node(value: Any, name: str, path: _Path, lines: Mapping[_Path, int], above: int) -> Node:
    line = lines.get(path, above)
    key = ""
    for step in path:
        key += f"[{step}]" if isinstance(step, int) else f".{step_of(step)}" if key else step_of(step)
    match value:
        case dict():
            return Node(name, line, key, {k: _node(v, name, (*path, k), lines, line) for k, v in value.items()})
        case list():
            return Node(name, line, key, [_node(v, name, (*path, i), lines, line) for i, v in enumerate(value)])
        case str():
            return Node(name, line, key, value, quoted=True)
        case bool():
            return Node(name, line, key, str(value).lower())
        case datetime() | date() | time():
            return Node(name, line, key, value.isoformat())
        case _:
            return Node(name, line, key, repr(value))


class _Lines:
    """``found``: the line of each key, table and list member of a valid TOML text."""

    def __init__(self, text: str) -> None:
        self.found: dict[_Path, int] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._members: dict[_Path, int] = {}
        table: _Path = ()
        self._skip(_BLANK)
        while self._at < len(text):
            if text.startswith("[[", self._at):
                table = self._header(2)
            elif text.startswith("[", self._at):
                table = self._header(1)
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        skipped = found[0] if found else ""
        self._at += len(skipped)
        self._line += skipped.count("\n")
        return skipped

    def _over(self, mark: str) -> bool:
        """Steps over ``mark`` when it comes next."""
        if not self._text.startswith(mark, self._at):
            return False
        self._at += len(mark)
        return True

    def _key(self) -> tuple[str, ...]:
        self._skip(_BLANK)
        steps: list[str] = []
        level: Any = tomllib.loads(f"{self._skip(_KEY)} = 0")
        while isinstance(level, dict):
            ((step, level),) = level.items()
            steps.append(step)
        return tuple(steps)

    def _header(self, brackets: int) -> _Path:
        self._at += brackets
        steps = self._key()
        self._skip(_BLANK)
        self._at += brackets
        path: _Path = ()
        for index, step in enumerate(steps):
            path = (*path, step)
            self.found.setdefault(path, self._line)
            last = index == len(steps) - 1
            if last and brackets == 2:
                self._members[path] = self._members.get(path, -1) + 1
            if path in self._members:
                path = (*path, self._members[path])
        self.found[path] = self._line
        return path

    def _pair(self, table: _Path) -> None:
        path = table
        for step in self._key():
            path = (*path, step)
            self.found.setdefault(path, self._line)
        self._skip(_BLANK)
        self._over("=")
        self._value(path)

    def _value(self, path: _Path) -> None:
        self._skip(_BLANK)
        self.found.setdefault(path, self._line)
        if self._over("["):
            index = 0
            self._skip(_BLANK)
            while not self._over("]") and self._at < len(self._text):
                self._value((*path, index))
                index += 1
                self._skip(_BLANK)
                self._over(",")
                self._skip(_BLANK)
        elif self._over("{"):
            self._skip(_BLANK)
            while not self._over("}") and self._at < len(self._text):
                self._pair(path)
                self._skip(_BLANK)
                self._over(",")
                self._skip(_BLANK)
        elif not self._skip(_TEXT):
            self._skip(_BARE)
