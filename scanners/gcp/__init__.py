"""Google Cloud: the stores of an organisation, a folder or a project, as the Cloud Asset Inventory holds them.

docs/scanners/gcp.md says what is asked, what cannot be seen, and which rights that needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from model.errors import TargetError
from model.places import Target
from scanners._jobs import Deadline, Job, Task
from scanners.gcp.clients import LOOPBACK
from scanners.gcp.identity import who_am_i
from scanners.gcp.listing import list_assets, list_projects, name_unlisted, row_names
from scanners.gcp.parts import list_part
from scanners.gcp.rights import PERMISSIONS as _RIGHTS
from scanners.gcp.rights import role
from scanners.gcp.services import list_direct, list_services

SETTINGS: Mapping[str, str] = {
    "scope": "What to scan: organizations/NUMBER, folders/NUMBER or projects/ID.",
    "endpoint": "Host, or host:port, of the Cloud Asset API; plain text is accepted on this machine only.",
    "rest_endpoint": "host:port of a stand-in on this machine, in plain text, for the services asked over HTTP.",
    "universe_domain": "Domain of the cloud, googleapis.com unless a partner runs it (s3nsapis.fr for S3NS).",
    "token_env": "Name of the variable that holds a ready access token; without it the SDK's own chain.",
    "quota_project": "Project whose quota the calls use; without it the credentials tell.",
}
EXAMPLE: Mapping[str, str] = {"scope": "organizations/123456789012", "endpoint": "127.0.0.1:8085"}
PERMISSIONS: tuple[str, ...] = tuple(sorted(set(_RIGHTS.values())))
TASKS: Mapping[str, Task] = {
    "projects": list_projects,
    "assets": list_assets,
    "part": list_part,
    "unlisted": name_unlisted,
    "services": list_services,
    "direct": list_direct,
}
LISTINGS: Mapping[str, str] = {"assets": "assets", "part": "assets"}

# For tests and probes: how often a call is tried and for how long, which rows are asked, how many pages make a part,
# how many projects are asked for their services and in how many places.
_INTERNAL = frozenset({"_attempts", "_breadth", "_pages", "_rows", "_timeout_seconds"})
_SCOPE = re.compile(r"(?:organizations|folders)/[0-9]+|projects/(?:[0-9]+|[a-z0-9.-]+(?::[a-z0-9-]+)?)")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def plan(target: Target) -> Iterable[Job]:
    """The first job of a scan.  Raises TargetError for a setting that cannot be used; makes no call."""
    _check(target)
    yield Job(target, "projects", f"projects of {target.setting('scope')}")


def identify(target: Target) -> str:
    """Whose credentials these are, and on which scope.

    Raises CredentialsError, which says what to do, when there are none or nobody answers: no credentials, an
    expired session, a wrong clock, an endpoint that cannot be reached.
    """
    _check(target)
    return who_am_i(target, Deadline.after(60))


def probe(target: Target) -> Target:
    """The same target with one kind of the inventory, and of one project one place of each other.  Makes no call.

    It meets every right on the inventory, and those on the services that this project uses.
    """
    settings = {**dict(target.settings), "_rows": ("gcs.bucket",), "_breadth": 1}
    return replace(target, settings=tuple(sorted(settings.items())))


def policy() -> str:
    """The definition of the custom role to grant on the scope."""
    return role()


def _check(target: Target) -> None:
    settings = dict(target.settings)
    where = f"target {target.name!r}"
    for key, value in settings.items():
        if key not in SETTINGS and key not in _INTERNAL:
            raise TargetError(f"{where}: unknown setting {key!r}; known: {', '.join(sorted(SETTINGS))}")
        if key in SETTINGS and (not isinstance(value, str) or not value):
            raise TargetError(f"{where}: {key}: expected a text")
    if "scope" not in settings:
        raise TargetError(f"{where}: scope: say what to scan: organizations/NUMBER, folders/NUMBER or projects/ID")
    if not _SCOPE.fullmatch(str(settings["scope"])):
        raise TargetError(
            f"{where}: scope: expected organizations/NUMBER, folders/NUMBER or projects/ID, not {settings['scope']!r}"
        )
    endpoint = str(settings.get("endpoint", "cloudasset.googleapis.com"))
    if not _HOST.fullmatch(endpoint):
        raise TargetError(f"{where}: endpoint: expected HOST or HOST:PORT, not {endpoint!r}; no https:// and no path")
    if endpoint.strip("[]") in LOOPBACK:
        raise TargetError(f"{where}: endpoint: add the port, for example {endpoint}:8085")
    beside = str(settings.get("rest_endpoint", "localhost:1"))
    if not _HOST.fullmatch(beside) or beside.rpartition(":")[0].strip("[]") not in LOOPBACK:
        raise TargetError(f"{where}: rest_endpoint: expected HOST:PORT of a stand-in on this machine, not {beside!r}")
    if not _DOMAIN.fullmatch(str(settings.get("universe_domain", "googleapis.com"))):
        raise TargetError(f"{where}: universe_domain: expected a domain such as googleapis.com")
    if not re.fullmatch(r"[A-Za-z_]\w*", str(settings.get("token_env", "A"))):
        raise TargetError(f"{where}: token_env: expected the name of an environment variable")
    only = settings.get("_rows", ())
    if not isinstance(only, tuple) or set(only) - row_names():
        raise TargetError(f"{where}: _rows: expected names of rows of stores.csv")
