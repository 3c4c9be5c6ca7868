"""Microsoft Azure and the clouds built on it: every subscription, every kind of store in stores.csv.

docs/scanners/azure.md says what is asked, what cannot be seen, and which rights that needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from model.errors import TargetError
from model.places import Target
from scanners._jobs import Deadline, Job, Task
from scanners.azure.clients import estate_of
from scanners.azure.clouds import clouds
from scanners.azure.errors import Failure
from scanners.azure.graph import read_graph
from scanners.azure.inventory import compare, read_properties
from scanners.azure.listing import list_row
from scanners.azure.rights import actions, role
from scanners.azure.subscriptions import credentials_error, list_subscriptions, visible, whoami

SETTINGS: Mapping[str, str] = {
    "subscriptions": '"all" for every subscription of the tenant (the default), or a list of ids.',
    "cloud": "AzureCloud (the default), AzureChinaCloud, AzureUSGovernment or AzureBleuCloud.",
    "endpoint": "Address of Resource Manager in place of the cloud's own; plain http only on this machine.",
    "authority": "Host that signs in, in place of the cloud's own.",
    "audience": "What a token is asked for, in place of the cloud's own.",
    "token_env": "Name of the variable that holds a ready token; without it the SDK's own chain, such as `az login`.",
}
EXAMPLE: Mapping[str, str] = {"endpoint": "http://127.0.0.1:5001", "token_env": "LEXSITUS_AZURE_TOKEN"}
PERMISSIONS: tuple[str, ...] = actions()
TASKS: Mapping[str, Task] = {
    "subscriptions": list_subscriptions,
    "graph": read_graph,
    "inventory": compare,
    "properties": read_properties,
    "list": list_row,
}
LISTINGS: Mapping[str, str] = {
    "graph": "graph",
    "inventory": "inventory",
    "properties": "inventory",
    "list": "list",
}

# For tests and benchmarks only: how often a call is tried, how long an answer is waited for.
_INTERNAL = frozenset({"_attempts", "_timeout_seconds"})
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def plan(target: Target) -> Iterable[Job]:
    """The first job of a scan.  Raises TargetError for a setting that cannot be used; makes no call."""
    _check(target)
    yield Job(target, "subscriptions", "subscriptions to scan")


def identify(target: Target) -> str:
    """Whom the token names, in which tenant.

    Raises CredentialsError, which says what to do, when nobody lets us in.
    """
    _check(target)
    estate = estate_of(target)
    found = whoami(estate, Deadline.after(60))
    if isinstance(found, Failure):
        raise credentials_error(target, found, estate.cloud.endpoint)
    return found


def probe(target: Target) -> Target:
    """The same target in one subscription: few questions, and each right that is missing shows.

    Makes one call where the target takes every subscription.
    """
    wanted = target.setting("subscriptions")
    chosen = wanted if isinstance(wanted, tuple) else visible(estate_of(target), Deadline.after(60))
    settings = {**dict(target.settings), "subscriptions": chosen[:1]} if chosen else dict(target.settings)
    return replace(target, settings=tuple(sorted(settings.items())))


def policy() -> str:
    """The custom role to create and assign: it reads, and grants neither keys nor content."""
    return role()


def _check(target: Target) -> None:
    settings = dict(target.settings)
    where = f"target {target.name!r}"
    for key, value in settings.items():
        if key not in SETTINGS and key not in _INTERNAL:
            raise TargetError(f"{where}: unknown setting {key!r}; known: {', '.join(sorted(SETTINGS))}")
        if key in SETTINGS and key != "subscriptions" and (not isinstance(value, str) or not value):
            raise TargetError(f"{where}: {key}: expected a text")
    wanted = settings.get("subscriptions", "all")
    if wanted != "all" and not (
        isinstance(wanted, tuple) and wanted and all(re.fullmatch(r"[\w-]{1,64}", each) for each in wanted)
    ):
        raise TargetError(f'{where}: subscriptions: expected "all" or a list of subscription ids in quotes')
    cloud = settings.get("cloud")
    if cloud is not None and cloud not in clouds():
        raise TargetError(f"{where}: cloud: unknown cloud {cloud!r}; known: {', '.join(clouds())}")
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,253}(:\d+)?", str(settings.get("authority", "host"))):
        raise TargetError(f"{where}: authority: expected the name of a host, such as login.microsoftonline.com")
    _check_endpoint(where, str(settings.get("endpoint", "https://host")))


def _check_endpoint(where: str, endpoint: str) -> None:
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise TargetError(f"{where}: endpoint: expected https://host[:port] without user or password")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise TargetError(f"{where}: endpoint: plain http is accepted on this machine only; use https")
