"""The kinds that the Cloud Asset Inventory has no type for, and the lists by which their own services show them.

``unlisted.csv`` names for each kind its ``services`` (a project where none of them is enabled cannot have it), the
``lists`` to read one after the other, the right that each of these needs, and what the kind is.  A list is
``[//HOST/]PATH[?PARAMETERS] [MEMBER]``: ``{project}`` stands for the project, ``{name}`` for the name of each item of
the list before, ``{location}`` for the last part of that name.  Without lists no call shows the kind without reading
what people wrote, or none is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote

from model.reading import read_csv
from scanners.gcp.errors import BrokenAnswerError
from scanners.gcp.rest import Question

COLUMNS = ("kind", "services", "lists", "permissions", "operation", "what")
_PATH = Path(__file__).with_name("unlisted.csv")
_LIST = re.compile(r"(?://([^/]+)/)?([^ ?]+)(?:\?(\S+))?(?: \[(\w+)\])?\Z")
_NAME = re.compile(r"(?:[\w.~:+-]+/)*[\w+-]*\Z", re.ASCII)
# A service of one region has a host of its own, "global" the common one.
_COMMON = re.compile(r"\{location\}-|\.\{location\}\.rep(?=\.)")


@dataclass(frozen=True, slots=True)
class Listing:
    """One list on the way to the items of a kind, and the right to read it."""

    host: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    items: str
    permission: str

    @property
    def operation(self) -> str:
        """What a gap calls it: the service and the collection, ``redis:backups.list``."""
        service = _COMMON.sub("", self.host).partition(".")[0]
        return f"{service}:{self.path.rpartition('/')[2]}.list"

    def question(self, project: str, name: str) -> Question:
        """What to ask for ``project`` below the item ``name`` of the list before, empty for the first list.

        Raises BrokenAnswerError for a name that could lead anywhere else than to that item.
        """
        if not _NAME.match(name) or ".." in name:
            raise BrokenAnswerError("a name of the list is none")
        location = name.rpartition("/")[2]
        host = _COMMON.sub("", self.host) if location == "global" else self.host
        words = {"project": project, "name": name, "location": location}
        parameters = tuple((key, value.format(project=project)) for key, value in self.parameters)
        safe = {key: quote(word, safe="/:") for key, word in words.items()}
        return Question(self.operation, host.format(**safe), self.path.format(**safe), parameters, self.items)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """One kind.  ``operation`` is the documented name of its list, whether or not that can be asked."""

    kind: str
    services: tuple[str, ...]
    lists: tuple[Listing, ...]
    operation: str
    what: str


ENABLED = Listing(
    "serviceusage.googleapis.com",
    "v1/projects/{project}/services",
    (("filter", "state:ENABLED"), ("pageSize", "200")),
    "services",
    "serviceusage.services.list",
)
"""Which services a project uses."""


@cache
def kinds() -> tuple[Unlisted, ...]:
    """Every kind, in the order of the file.  Raises ValueError for a cell that is not in the language."""
    return tuple(_unlisted(row) for _, row in read_csv(_PATH, COLUMNS))


def _unlisted(row: Mapping[str, str]) -> Unlisted:
    services = tuple(row["services"].split())
    lists = filter(None, row["lists"].split(" > "))
    pairs = zip(lists, row["permissions"].split(), strict=True)
    chain = tuple(_listing(text, services[0], permission) for text, permission in pairs)
    return Unlisted(row["kind"], services, chain, row["operation"], row["what"])


def _listing(text: str, service: str, permission: str) -> Listing:
    found = _LIST.match(text)
    if found is None:
        raise ValueError(f"unlisted.csv: lists: expected [//HOST/]PATH[?PARAMETERS] [MEMBER], found {text!r}")
    host, path, parameters, items = found.groups()
    return Listing(
        host or service, path, tuple(parse_qsl(parameters or "")), items or path.rpartition("/")[2], permission
    )


@cache
def permissions() -> dict[str, str]:
    """The right that each operation needs."""
    return {each.operation: each.permission for each in (ENABLED, *(one for kind in kinds() for one in kind.lists))}
