"""Who beside the owner can reach a store, from policies of the inventory and from access lists in the settings.

"Concepts related to access management": allUsers is anyone at all, allAuthenticatedUsers anyone with an account.
Neither can be granted on a project, folder or organisation (reference of projects.setIamPolicy), so that policies of
resources tell all that is public.
"""

from __future__ import annotations

import re
from typing import Any

from model.observed import Known, Observed, Reason, Source, Unread
from scanners._jobs import Deadline
from scanners.gcp.clients import POLICIES, Answer, Estate
from scanners.gcp.errors import Failure, broken
from scanners.gcp.names import full_name
from scanners.gcp.paging import pages

EVERYONE = frozenset({"allUsers", "allAuthenticatedUsers"})
_PAGE = 500
_ROBOT = re.compile(r"@([a-z][a-z0-9-]{4,}[a-z0-9])\.iam\.gserviceaccount\.com\Z")


def opened(estate: Estate, deadline: Deadline) -> tuple[dict[str, Source], Source] | Failure:
    """The resources whose own policy opens them to everyone, and the call that told; asked once per run."""
    return estate.once("public", lambda: _opened(estate, deadline))


def _opened(estate: Estate, deadline: Deadline) -> tuple[dict[str, Source], Source] | Failure:
    found: dict[str, Source] = {}
    source: Source | None = None
    query = f"policy:({' OR '.join(sorted(EVERYONE, reverse=True))})"
    request = {"scope": estate.scope, "query": query, "page_size": _PAGE}
    for answer in pages(estate, POLICIES, request, deadline):
        if isinstance(answer, Failure):
            return answer
        source = answer.source
        if any(not result.resource or not result.policy.bindings for result in answer.page.results):
            return broken("a policy of the list names no resource or grants nothing")
        found.update(dict.fromkeys(_public(answer), source))
    assert source is not None
    return found, source


def _public(answer: Answer) -> list[str]:
    return [
        full_name(result.resource, "", {})
        for result in answer.page.results
        if any(EVERYONE.intersection(binding.members) for binding in result.policy.bindings)
    ]


def is_public(name: str, found: tuple[dict[str, Source], Source]) -> tuple[bool, Source]:
    """Whether the policy of the resource ``name``, or of one that contains it, opens it; and the call that told."""
    public, source = found
    parts = name.split("/")
    # The shortest name of a container is //host/collection/id.
    for length in range(len(parts), 3, -1):
        container = "/".join(parts[:length])
        if container in public:
            return True, public[container]
    return False, source


def reach(
    clauses: tuple[tuple[str, Any], ...], public: Observed[bool], source: Source, owner: str
) -> tuple[Observed[bool], Observed[tuple[str, ...]]]:
    """Whether anyone can read a store, and who else can, by the clauses of its row as (word, value).

    ``public EXPRESSION``: true opens it; ``never``: true closes it whatever its policy says; ``unsure``: true when
    parts can be opened one by one, which no list shows; ``accounts``: the principals of an access list.
    """
    others: Observed[tuple[str, ...]] = Unread(Reason.NOT_ASKED, source)
    for how, value in clauses:
        if how == "accounts":
            names = _texts(value)
            if EVERYONE.intersection(names):
                public = Known(True, source)
            others = Known(tuple(sorted({_who(each) for each in names} - {owner, ""})), source)
        elif how == "public" and value:
            public = Known(True, source)
    words = {how for how, value in clauses if value}
    if "never" in words:
        return Known(False, source), others
    if "unsure" in words and not (isinstance(public, Known) and public.value):
        detail = "access lists or rules that no inventory shows decide who can read it, or parts of it"
        return Unread(Reason.NOT_ASKED, source, detail), others
    return public, others


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def _who(principal: str) -> str:
    """The project of a service account, the domain of a person or group (never the person), else the name itself."""
    if principal in EVERYONE:
        return ""
    name = principal.rpartition(":")[2]
    robot = _ROBOT.search(name)
    return robot[1] if robot else name.rpartition("@")[2]
