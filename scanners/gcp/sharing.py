"""Who beside the owner can reach a store, from policies of the inventory and from access lists in the settings.

"Concepts related to access management": allUsers is anyone at all, allAuthenticatedUsers anyone with an account.
Neither can be granted on a project, folder or organisation (reference of projects.setIamPolicy), so that policies of
resources tell all that is public.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from model.observed import Known, Observed, Reason, Source, Unread
from scanners._jobs import Deadline
from scanners.gcp.clients import POLICIES, Estate
from scanners.gcp.errors import Failure, broken
from scanners.gcp.names import full_name
from scanners.gcp.paging import pages

EVERYONE = frozenset({"allUsers", "allAuthenticatedUsers"})
PUBLIC = "public"
"""What stands for everyone among the members of a policy."""

_NAMED = ("user", "group", "domain", "serviceAccount")
_ABOVE = "//cloudresourcemanager.googleapis.com/"
_PAGE = 500
# The account of a project, the agent by which a service of Google acts for a project, the default accounts.
_ROBOT = re.compile(r"@([a-z][a-z0-9-]{4,}[a-z0-9])(?:\.([a-z0-9.-]+))?\.iam\.gserviceaccount\.com\Z")
_AGENT = re.compile(
    r"(?:service-)?([0-9]+)(?:-compute)?@(?:gcp-sa-[a-z0-9-]+\.iam|developer|cloudservices|[a-z0-9-]+\.iam)\.gserviceaccount\.com\Z"
)
_APP_ENGINE = re.compile(r"([a-z0-9-]+)@appspot\.gserviceaccount\.com\Z")
_POOL = re.compile(r"(workforcePools|workloadIdentityPools)/([^/]+)")


@dataclass(frozen=True, slots=True)
class Granted:
    """Whom the policies of resources name, by resource, each with the call that told; ``source`` is the last call.

    Members are projects, domains, pools of identities and ``PUBLIC``: never a person.
    """

    members: dict[str, tuple[frozenset[str], Source]]
    source: Source


def opened(estate: Estate, deadline: Deadline) -> Granted | Failure:
    """The resources whose own policy opens them to everyone; asked once per run."""
    return estate.once("public", lambda: _granted(estate, f"policy:({' OR '.join(sorted(EVERYONE))})", deadline))


def shared(estate: Estate, deadline: Deadline) -> Granted | Failure:
    """The resources whose own policy names somebody, and whom; asked once per run.

    Policies of projects, folders and the organisation are left out: their roles need not be about data.
    """
    return estate.once("shared", lambda: _granted(estate, f"memberTypes:({' OR '.join(_NAMED)})", deadline))


def _granted(estate: Estate, query: str, deadline: Deadline) -> Granted | Failure:
    found: dict[str, tuple[frozenset[str], Source]] = {}
    source: Source | None = None
    request = {"scope": estate.scope, "query": query, "page_size": _PAGE}
    for answer in pages(estate, POLICIES, request, deadline):
        if isinstance(answer, Failure):
            return answer
        source = answer.source
        for result in answer.page.results:
            if not result.resource or not result.policy.bindings:
                return broken("a policy of the list names no resource or grants nothing")
            if result.resource.startswith(_ABOVE):
                continue
            members = frozenset(who for binding in result.policy.bindings for who in map(_who, binding.members) if who)
            name = full_name(result.resource, "", {})
            found[name] = (members | found[name][0] if name in found else members, source)
    assert source is not None
    return Granted(found, source)


def _containers(name: str) -> Iterator[str]:
    """The resource ``name`` and what contains it; the shortest name of a container is //host/collection/id."""
    parts = name.split("/")
    for length in range(len(parts), 3, -1):
        yield "/".join(parts[:length])


def is_public(name: str, granted: Granted) -> tuple[bool, Source]:
    """Whether the policy of the resource ``name``, or of one that contains it, opens it; and the call that told."""
    for container in _containers(name):
        members, source = granted.members.get(container, (frozenset(), granted.source))
        if PUBLIC in members:
            return True, source
    return False, granted.source


def named_for(name: str, granted: Granted) -> tuple[frozenset[str], Source]:
    """Whom the policies of ``name`` and of what contains it name, and a call that told; empty proves nothing."""
    found = [granted.members[each] for each in _containers(name) if each in granted.members]
    members = frozenset(member for each, _ in found for member in each) - {PUBLIC}
    return members, found[0][1] if found else granted.source


def reach(
    clauses: tuple[tuple[str, Any], ...], public: Observed[bool], named: Observed[tuple[str, ...]], source: Source
) -> tuple[Observed[bool], Observed[tuple[str, ...]]]:
    """Whether anyone can read a store, and who else can, by the clauses of its row as (word, value).

    ``public`` and ``named`` are what policies tell of both.

    ``public EXPRESSION``: true opens it; ``never``: true closes it whatever its policy says; ``unsure``: true when
    parts can be opened one by one, which no list shows; ``accounts``: the principals of an access list.
    """
    others = named
    for how, value in clauses:
        if how == "accounts":
            names = _texts(value)
            if EVERYONE.intersection(names):
                public = Known(True, source)
            listed = {_who(each) for each in names} - {PUBLIC, ""}
            others = Known(tuple(sorted(listed.union(named.value if isinstance(named, Known) else ()))), source)
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
    """The project of a service account, the domain of a person or group, the pool of an identity from elsewhere.

    Never the person.  Empty for who was deleted, and for what is neither.
    """
    if principal in EVERYONE:
        return PUBLIC
    if pool := _POOL.search(principal):
        return f"{pool[1]}/{pool[2]}"
    if principal.startswith(("deleted:", "principal")):
        return ""
    name = principal.rpartition(":")[2]
    if agent := _AGENT.match(name):
        return agent[1]
    if robot := _ROBOT.search(name):
        # A project that belongs to a domain: account@project.domain.iam...
        return f"{robot[2]}:{robot[1]}" if robot[2] else robot[1]
    if application := _APP_ENGINE.match(name):
        return application[1]
    return name.rpartition("@")[2]
