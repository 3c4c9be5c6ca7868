"""DNS: what stands behind the names that the public sees, and who receives the mail of a domain.

docs/scanners/dns.md says what is asked, what each answer proves, and what DNS cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from model.places import Target
from scanners._jobs import Job, Task
from scanners.dns.jobs import TASKS as _TASKS
from scanners.dns.jobs import first_jobs
from scanners.dns.listing import slice_of
from scanners.dns.resolving import Depth, resolve
from scanners.dns.servers import system_servers
from scanners.dns.settings import settings_of

__all__ = [
    "EXAMPLE",
    "LISTINGS",
    "PERMISSIONS",
    "SETTINGS",
    "TASKS",
    "Depth",
    "identify",
    "plan",
    "policy",
    "probe",
    "resolve",
]

SETTINGS: Mapping[str, str] = {
    "names": "Host names, domains, addresses or URLs to ask for.",
    "names_from": "A file with one of them a line; # begins a comment.",
    "zones": "Zones to read whole, where a server lets this machine transfer them (AXFR).",
    "zone_path": "A zone file, which begins with $ORIGIN.",
    "nameservers": "Resolvers to ask, as 192.0.2.1:53, in the order of preference; those of this machine otherwise.",
    "transfer_servers": "Servers that hand out the zones; the resolvers otherwise.",
    "depth": '"thorough" asks for all that may tell; "survey" for addresses and mail exchangers only. '
    "A list of more than 1,000 names is surveyed unless this says otherwise.",
    "queries_per_second": "Whole number of questions a second, at most: 100, or 2000 for resolvers on this machine.",
    "in_flight": "Whole number of questions on their way at a time, at most: 400.",
}
EXAMPLE: Mapping[str, str | tuple[str, ...]] = {"names": ("portail.example.fr",), "nameservers": ("127.0.0.1:5353",)}
PERMISSIONS: tuple[str, ...] = ()
TASKS: Mapping[str, Task] = _TASKS
LISTINGS: Mapping[str, str] = {"zone": "zone"}  # of a list of names, only what somebody chose to ask is known

_PROBED = 3


def plan(target: Target) -> Iterable[Job]:
    """A job for each list of names.  Reads the lists, asks nothing.

    Raises TargetError for a setting, DocumentError for a file that cannot be used.
    """
    return tuple(first_jobs(target))


def identify(target: Target) -> str:
    """Nobody in particular: DNS answers whoever asks.  Says which servers are asked."""
    settings = settings_of(target)
    servers = settings.nameservers or tuple(str(one) for one in system_servers())
    return f"anyone; asking {', '.join(servers)}"


def probe(target: Target) -> Target:
    """The same target with the first few of its names, surveyed: what servers refuse shows."""
    settings = settings_of(target)
    names = settings.names[:_PROBED]
    if not names and settings.names_from:
        names = slice_of(settings.names_from, 0, 1, _PROBED).names
    narrowed = {key: value for key, value in target.settings if key not in ("names_from", "zone_path")}
    if not (names or settings.zones):
        return target
    narrowed |= {"depth": Depth.SURVEY.value} | ({"names": names} if names else {})
    return replace(target, settings=tuple(sorted(narrowed.items())))


def policy() -> str:
    """Asking DNS needs no right; a zone is handed out by whoever runs its servers."""
    return ""
