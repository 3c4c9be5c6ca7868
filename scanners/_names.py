"""Which scanners there are, found by walking the folder."""

from __future__ import annotations

import importlib
import pkgutil
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import cast

from model.errors import UsageError
from model.reading import shown
from scanners._jobs import Scanner


@cache
def names() -> tuple[str, ...]:
    """The names of all scanners, sorted.  Nothing is imported to find them; the folder is walked once."""
    folder = str(Path(__file__).parent)
    return tuple(sorted(found.name for found in pkgutil.iter_modules([folder]) if "_" not in found.name))


def load(name: str) -> Scanner:
    """The scanner called ``name``, imported now.  Raises UsageError, with the known names, when there is none."""
    known = names()
    if name not in known:
        raise UsageError(f"unknown scanner {shown(name)}; {suggestion(name, known)}")
    return cast("Scanner", importlib.import_module(f"scanners.{name}"))


def suggestion(word: str, known: tuple[str, ...]) -> str:
    """What to write instead of ``word``: the nearest of ``known``, and all of them."""
    close = get_close_matches(word, known, 1)
    return (f"did you mean {close[0]!r}? " if close else "") + f"known: {', '.join(known)}"
