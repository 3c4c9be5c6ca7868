"""The register: what the organisation says of its own data, contracts, decisions and flows.

A declaration is an observation of grade "declared".  It completes what the other scanners see and
never overwrites it.  docs/register.md tells every key.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from model.datasets import Controller, ControllerKind
from model.errors import TargetError
from model.places import Observations, Target
from scanners._jobs import Deadline, Job, Step, Task
from scanners.declared._form import Form, Unmapped
from scanners.declared._forms import read_content, read_form
from scanners.declared._register import observations

SETTINGS: Mapping[str, str] = {
    "path": "the register: YAML, a spreadsheet (XLSX, ODS, CSV) or a catalogue in HealthDCAT-AP (TTL, JSON-LD)",
    "organisation": "name of the controller of the datasets for which the register names none",
    "controller": "kind of that controller: " + ", ".join(ControllerKind),
}
EXAMPLE: Mapping[str, str] = {"path": str(Path(__file__).with_name("template.en.yaml"))}
PERMISSIONS: tuple[str, ...] = ()


def plan(target: Target) -> tuple[Job, ...]:
    """One job, which holds the register itself: what was checked here is what will be read.

    Raises DocumentError (file, line or cell, key) for a register that is wrong, TargetError for wrong settings,
    UsageError for a file that no form of a register has.
    """
    path = Path(_text(target, "path"))
    default = _controller(target)
    content = read_content(path)
    observations(read_form(content, str(path)).root, datetime.now(UTC), target.name, default)
    return (Job(target, "register", f"register {path.name}", (path.name, b64encode(content).decode())),)


def identify(target: Target) -> str:
    """The register; no identity is needed to read it."""
    return f"register {_text(target, 'path')}"


def probe(target: Target) -> Target:
    """The register itself: reading it is one question."""
    return target


def policy() -> str:
    """Reading a file needs no right at a provider."""
    return ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A register that was read whole: its form, what it declares, and what of it has no place in a register of ours.

    ``updated`` are the days on which its sheets were last brought up to date, by dataset, where the form tells it.
    """

    kind: str
    observations: Observations
    unmapped: tuple[Unmapped, ...]
    updated: Mapping[str, date]


def check(path: Path) -> Checked:
    """What a register of any form declares.  Raises DocumentError, with line or cell, for the first thing wrong."""
    form, found = _whole(path)
    return Checked(form.kind, found, form.unmapped, form.updated)


def convert(path: Path) -> tuple[str, tuple[Unmapped, ...]]:
    """A register of any form as YAML, and what could not be mapped, which its comments hold as well.

    Raises DocumentError as ``check``: what is written reads back as the same register.
    """
    from scanners.declared._writing import as_yaml

    form, _ = _whole(path)
    return as_yaml(form), form.unmapped


def template(format: str, lang: str) -> bytes:
    """A blank register as ``xlsx``, ``ods`` or ``csv``, explained in ``lang``."""
    from scanners.declared._blank import blank

    return blank(format, lang)


def _whole(path: Path) -> tuple[Form, Observations]:
    form = read_form(read_content(path), str(path))
    return form, observations(form.root, datetime.now(UTC), "register", Controller("", ControllerKind.UNKNOWN))


def _read(job: Job, _deadline: Deadline) -> Step:
    name, content = job.arguments
    root = read_form(b64decode(content), name).root
    found: Observations = observations(root, datetime.now(UTC), job.target.name, _controller(job.target))
    return Step(found)


def _controller(target: Target) -> Controller:
    kind = _text(target, "controller", ControllerKind.UNKNOWN.value)
    if kind not in list(ControllerKind):
        raise TargetError(
            f"target {target.name!r}: controller: expected one of {', '.join(ControllerKind)}; found {kind!r}"
        )
    return Controller(_text(target, "organisation", ""), ControllerKind(kind))


def _text(target: Target, key: str, default: str | None = None) -> str:
    value = target.setting(key, default)
    if not isinstance(value, str):
        raise TargetError(f"target {target.name!r}: {key}: expected a text, found {value!r}")
    return value


TASKS: Mapping[str, Task] = {"register": _read}
LISTINGS: Mapping[str, str] = {}  # a place that is no longer declared may well exist
