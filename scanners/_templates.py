"""The files that ``lexsitus init`` writes: they load as they are, and say all that can be written in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from scanners._names import load, names

_HEAD = """\
# Configuration of lexsitus.  Paths are relative to this file.
# No secret is accepted here: only names of profiles and of environment variables.

[organisation]
# name = "Name of your organisation"
# The kind of body, which decides what the law asks of it: state_admin, state_operator, gip_listed, gip_other, hdh,
# social_security, public_hospital, private_hospital, liberal, local_authority, research_body, private_company.
controller = "unknown"
register = "register.yaml"

[editions]
directory = "editions"
reports = ["html", "json"]
lang = "{lang}"

# What to scan: one [[target]] for each.  Remove a single hash and the space after it to begin.
# Every scanner follows, with the settings that it takes besides; what you do not set, the provider's own tools decide.
"""


def configuration_template(lang: str) -> str:
    """A lexsitus.toml that names the register beside it, and every scanner with its settings in comments."""
    blocks = (_block(name) for name in names() if name != "declared")
    return "\n".join((_HEAD.format(lang=lang), *blocks))


def register_template(lang: str) -> str:
    """A register without datasets, whose comments, in French or English, hold a first one."""
    return Path(__file__).parent.joinpath("declared", f"template.{lang}.yaml").read_text(encoding="utf-8")


def _block(name: str) -> str:
    return "".join(f"{line}\n" for line in _lines(name))


def _lines(name: str) -> Iterator[str]:
    scanner = load(name)
    yield "# [[target]]"
    yield f'# scanner = "{name}"'
    yield f'# name = "my-{name}"'
    for setting, help in scanner.SETTINGS.items():
        example = scanner.EXAMPLE.get(setting)
        shown = f"  For example: {json.dumps(example, ensure_ascii=False)}" if example else ""
        yield f"## {setting}: {help}{shown}"
