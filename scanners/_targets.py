"""From the ``[[target]]`` tables of the configuration to targets, each key checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model.configuration import Configuration
from model.places import Setting, Target
from model.reading import Node, shown
from scanners._names import load, names, suggestion
from scanners._redact import secret_in, secret_name

REGISTER = "register"
"""The name of the target that stands for the organisation's own register."""

_OWN = ("scanner", "name")


def targets(configuration: Configuration) -> tuple[Target, ...]:
    """The targets to scan: the register (if there is one) first, then in the order of the configuration.

    Settings that name a file (``path``, ``*_path``, ``*_from``) are taken from the folder of the
    configuration.  Raises DocumentError with file and line for an unknown scanner or key, a value
    that is no text, whole number, boolean or list of texts, a name used twice, and whatever looks
    like a secret; the message never repeats that one.
    """
    found: list[Target] = []
    lines: dict[str, str] = {}
    if configuration.register is not None:
        found.append(_register(configuration, configuration.register))
        lines[REGISTER] = "it is that of the register of [organisation]"
    for table in configuration.targets:
        target = _target(table, configuration.path.parent)
        name = table.entries()["name"]
        if target.name in lines:
            raise name.fail(f"the name {shown(target.name)} is taken: {lines[target.name]}; choose another")
        lines[target.name] = f"first used on line {name.line}"
        found.append(target)
    return tuple(found)


def _register(configuration: Configuration, path: Path) -> Target:
    settings: dict[str, Setting] = {"path": str(path), "controller": configuration.controller.value}
    if configuration.organisation:
        settings["organisation"] = configuration.organisation
    return Target("declared", REGISTER, tuple(sorted(settings.items())))


def _target(table: Node, folder: Path) -> Target:
    entries = table.entries()
    _refuse_secrets(table)
    for key in _OWN:
        if key not in entries:
            raise table.fail(f"missing key {key!r}; add it")
    scanner = entries["scanner"].text()
    if scanner not in names():
        raise entries["scanner"].fail(f"unknown scanner {shown(scanner)}; {suggestion(scanner, names())}")
    settings = load(scanner).SETTINGS
    table.mapping(required=_OWN, optional=tuple(settings))
    pairs = {key: _setting(node) for key, node in entries.items() if key not in _OWN}
    for key, value in pairs.items():
        if _names_a_file(key) and isinstance(value, str):
            pairs[key] = str(folder / value)
    return Target(scanner, _text(entries["name"]), tuple(sorted(pairs.items())))


def _names_a_file(key: str) -> bool:
    return key == "path" or key.endswith(("_path", "_from"))


def _text(node: Node) -> str:
    text = node.text()
    if not node.quoted or not text.strip():
        raise node.fail("expected a text in quotes; leave the key out when there is nothing to say")
    return text


def _setting(node: Node) -> Setting:
    if isinstance(node.raw, dict):
        raise node.fail("expected a text, a number, true, false or a list of texts, found a table")
    if isinstance(node.raw, list):
        return tuple(_text(item) for item in node.items())
    if node.quoted:
        return _text(node)
    if node.raw in ("true", "false"):
        return node.boolean()
    return node.integer()


def _refuse_secrets(table: Node) -> None:
    """Raises DocumentError for what looks like a secret, by its name or by its shape, without showing it."""
    for key, node in table.entries().items():
        if secret_name(key):
            raise node.fail(
                f"no secret is accepted in this file: remove {shown(key)}; put the value in an environment variable or "
                "in a profile of the provider's own tool, and give the name of that"
            )
        for text in _texts(node):
            if kind := secret_in(text):
                raise node.fail(
                    f"this looks like {kind}, and no secret is accepted in this file: remove it here, "
                    "change it at the provider, and give the name of a profile or of an environment variable"
                )


def _texts(node: Node) -> Iterator[str]:
    below: Any = node.raw
    if isinstance(below, str):
        yield below
    else:
        for child in below.values() if isinstance(below, dict) else below:
            yield from _texts(child)
