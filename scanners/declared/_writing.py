"""The reference form written out: YAML that reads back as the same register."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from model.reading import Node
from scanners.declared._form import Form, Unmapped

_BARE = re.compile(r"-?(?:0|[1-9][0-9]*)\Z|[0-9]{4}-[0-9]{2}-[0-9]{2}\Z|(?:true|false|null|~)\Z")
_WORD = re.compile(r"[a-z][a-z0-9_]*\Z")
_GUESSED = frozenset({"yes", "no", "on", "off", "y", "n", "null", "true", "false"})
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


def as_yaml(form: Form) -> str:
    """The register as YAML.  Comments say where each block comes from and hold, at the end, what was not mapped."""
    lines = [f"# Imported from {_comment(form.root.path)}.", *_mapping(form.root, 0, form.kind != "yaml")]
    if form.unmapped:
        lines += ["", "# Not mapped: what follows stands in the original and has no place in this form."]
        lines += list(_unmapped(form.unmapped))
    return "\n".join(lines) + "\n"


def _unmapped(items: Sequence[Unmapped]) -> Iterator[str]:
    for one in items:
        yield f"# {_comment(one.place)}: {_comment(one.label)}: {_comment(one.value)}"


def _comment(text: str) -> str:
    """``text`` on one line, with what a terminal would obey written out."""
    return "".join(
        letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in " / ".join(text.split("\n"))
    )


def _mapping(node: Node, depth: int, sourced: bool) -> Iterator[str]:
    pad = "  " * depth
    for key, value in node.raw.items():
        name = key if _KEY.match(key) and key.lower() not in _GUESSED else _quoted(key)
        if isinstance(value.raw, dict | list) and value.raw:
            yield f"{pad}{name}:"
            yield from _below(value, depth + 1, sourced)
        else:
            yield f"{pad}{name}: {_scalar(value)}"


def _below(node: Node, depth: int, sourced: bool) -> Iterator[str]:
    if isinstance(node.raw, dict):
        yield from _mapping(node, depth, sourced)
        return
    pad = "  " * depth
    for item in node.raw:
        if isinstance(item.raw, dict) and item.raw:
            if sourced and item.cell:
                yield f"{pad}# {_comment(item.place)}"
            first, *rest = _mapping(item, depth + 1, sourced)
            yield f"{pad}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{pad}- {_scalar(item)}"


def _scalar(node: Node) -> str:
    """One value as our reader reads it again: plain only where no reader of YAML would guess."""
    if isinstance(node.raw, dict):
        return "{}"
    if isinstance(node.raw, list):
        return "[]"
    text: str = node.raw
    if not node.quoted and (_BARE.match(text) or not text):
        return text or "null"
    return text if _WORD.match(text) and text not in _GUESSED else _quoted(text)


def _quoted(text: str) -> str:
    """``text`` between double quotes, with what cannot be printed escaped as YAML and JSON both read it."""
    whole = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() or letter == " " else _escaped(letter) for letter in whole)


def _escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
