"""The register: what the organisation says of its own data, contracts, decisions and flows.

A declaration is an observation of grade "declared".  It completes what the other scanners see and
never overwrites it.  docs/register.md tells every key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from model.datasets import Controller, ControllerKind
from model.errors import TargetError, UsageError
from model.places import Observations, Target
from model.reading import read_text
from scanners._jobs import Deadline, Job, Step, Task
from scanners.declared._register import observations

SETTINGS: Mapping[str, str] = {
    "path": "the register, a YAML file",
    "organisation": "name of the controller of the datasets for which the register names none",
    "controller": "kind of that controller: " + ", ".join(ControllerKind),
}
EXAMPLE: Mapping[str, str] = {"path": str(Path(__file__).with_name("template.en.yaml"))}
PERMISSIONS: tuple[str, ...] = ()

_SHEETS = (".xlsx", ".ods", ".csv")


def plan(target: Target) -> tuple[Job, ...]:
    """One job, which holds the text of the register: what was checked here is what will be read.

    Raises DocumentError (file, line, key) for a register that is wrong, TargetError for wrong settings,
    UsageError for a sheet.
    """
    path = Path(_text(target, "path"))
    if path.suffix.lower() in _SHEETS:
        raise UsageError(
            f"{path}: {path.suffix} registers are not read yet; write it as YAML (`lexsitus init` begins one)"
        )
    default = _controller(target)
    text = read_text(path)
    observations(text, str(path), datetime.now(UTC), target.name, default)
    return (Job(target, "register", f"register {path.name}", (path.name, text)),)


def identify(target: Target) -> str:
    """The register; no identity is needed to read it."""
    return f"register {_text(target, 'path')}"


def probe(target: Target) -> Target:
    """The register itself: reading it is one question."""
    return target


def policy() -> str:
    """Reading a file needs no right at a provider."""
    return ""


def _read(job: Job, _deadline: Deadline) -> Step:
    name, text = job.arguments
    found: Observations = observations(text, name, datetime.now(UTC), job.target.name, _controller(job.target))
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
