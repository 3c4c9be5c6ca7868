"""The jobs of a scan: a slice of a list at a time, each followed by the next, so that they stay within one pace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from model.observed import Reason
from model.places import Gap, Observations, Target
from scanners._jobs import Deadline, Job, Step, Task
from scanners.dns.listing import BadLine, bad_name, digest_of, lines_in, slice_of
from scanners.dns.memory import Memory
from scanners.dns.resolving import Depth, resolve
from scanners.dns.settings import Settings, settings_of
from scanners.dns.stores import observations
from scanners.dns.zones import Zone, ZoneFailure, transferred, zone_in_file

MANY = 1_000
"""Names in a list beyond which it is surveyed, unless the target asks for more."""

_QUESTIONS = {Depth.SURVEY: 4, Depth.THOROUGH: 45}
"""What a name takes, generously."""

_SECONDS = 50
"""How long a job may take at the pace that is set: well below its time budget."""

_MOST = 500
_SPARE_SECONDS = 5.0


def first_jobs(target: Target) -> Iterator[Job]:
    """What a scan begins with: a job for each list that the target names.

    Raises DocumentError, with the line, for a file of names or a zone file that cannot be read.
    """
    settings = settings_of(target)
    if settings.names:
        depth = settings.depth or _depth(len(settings.names))
        yield _job(target, "names", "names of the configuration", "0", depth)
    if settings.names_from:
        path = settings.names_from
        depth = settings.depth or _depth(lines_in(path, MANY + 1))
        yield _job(target, "file", f"{path.name}, from line 1", str(path), digest_of(path), "0", "1", depth)
    for zone in settings.zones:
        yield _job(target, "zone", f"zone {zone}", zone, "0")
    if settings.zone_path:
        path = settings.zone_path
        zone_in_file(path)
        yield _job(target, "zone_file", f"zone in {path.name}", str(path), digest_of(path), "0")


def _job(target: Target, task: str, scope: str, *arguments: str) -> Job:
    return Job(target, task, scope, tuple(str(argument) for argument in arguments))


def _depth(names: int) -> Depth:
    return Depth.SURVEY if names > MANY else Depth.THOROUGH


def _slice_size(settings: Settings, depth: Depth) -> int:
    return max(1, min(_MOST, settings.rate * _SECONDS // _QUESTIONS[depth]))


def _ask_names(job: Job, deadline: Deadline) -> Step:
    """The next names of the configuration; one that names nothing is a gap."""
    settings = settings_of(job.target)
    begin, depth = int(job.arguments[0]), Depth(job.arguments[1])
    end = begin + _slice_size(settings, depth)
    wanted = settings.names[begin:end]
    bad = [BadLine(f"names[{begin + at}]", because) for at, name in enumerate(wanted) if (because := bad_name(name))]
    found = _asked(job.target, depth, wanted, deadline, _memory(job.target), bad, first=not begin)
    if end >= len(settings.names):
        return Step(found)
    return Step(
        found, (_job(job.target, "names", f"names of the configuration, from number {end + 1}", str(end), depth),)
    )


def _ask_file(job: Job, deadline: Deadline) -> Step:
    """The next names of a file; each of its lines that names nothing is a gap."""
    file, digest, offset, line, word = job.arguments
    path, depth = Path(file), Depth(word)
    part = slice_of(path, int(offset), int(line), _slice_size(settings_of(job.target), depth))
    found = _asked(job.target, depth, part.names, deadline, _memory(job.target), part.bad, first=line == "1")
    if part.following is None:
        return Step(found)
    begin, at = part.following
    scope = f"{path.name}, from line {at}"
    return Step(found, (_job(job.target, "file", scope, file, digest, str(begin), str(at), depth),))


def _ask_zone(job: Job, deadline: Deadline) -> Step:
    """The next names of a zone that its servers hand out."""
    origin, begin = job.arguments
    settings = settings_of(job.target)

    def read() -> Zone | ZoneFailure:
        return transferred(origin, settings.transfer_servers, settings.patience_seconds, deadline.remaining() / 2)

    return _ask_names_of(job, deadline, read, (origin,), int(begin))


def _ask_zone_file(job: Job, deadline: Deadline) -> Step:
    """The next names of a zone in a file."""
    file, digest, begin = job.arguments
    return _ask_names_of(job, deadline, lambda: zone_in_file(Path(file)), (file, digest), int(begin))


_held: dict[tuple[Target, str], Zone] = {}
"""The zones at work: a slice takes up where the one before left off, and only a resumed scan reads a zone again."""


def _ask_names_of(
    job: Job, deadline: Deadline, read: Callable[[], Zone | ZoneFailure], named: tuple[str, ...], begin: int
) -> Step:
    key = (job.target, named[0])
    zone = _held.get(key) if begin else None
    if zone is None:
        found = read()
        if isinstance(found, ZoneFailure):
            return Step(Observations(gaps=(_not_transferred(job.target, named[0], found),)))
        zone = _held[key] = found
    settings = settings_of(job.target)
    depth = settings.depth or _depth(len(zone.names))
    end = begin + _slice_size(settings, depth)
    seen = _asked(job.target, depth, zone.names[begin:end], deadline, Memory(zone.reply), first=not begin)
    if not begin:
        seen = Observations(stores=seen.stores, gaps=(*seen.gaps, *_unlisted(job.target, zone, settings.zones)))
    if end >= len(zone.names):
        del _held[key]
        return Step(seen)
    scope = f"{job.scope.partition(', from')[0]}, from name {end + 1}"
    return Step(seen, (_job(job.target, job.task, scope, *named, str(end)),))


TASKS: dict[str, Task] = {"names": _ask_names, "file": _ask_file, "zone": _ask_zone, "zone_file": _ask_zone_file}


_memories: dict[Target, Memory] = {}
"""What the slices of a target remember together: many names share a few mail hosts and sender policies."""


def _memory(target: Target) -> Memory:
    return _memories.setdefault(target, Memory())


def forget() -> None:
    """No answer is remembered, no zone is held."""
    _memories.clear()
    _held.clear()


def _asked(
    target: Target,
    depth: Depth,
    names: Sequence[str],
    deadline: Deadline,
    memory: Memory,
    bad: Sequence[BadLine] = (),
    *,
    first: bool,
) -> Observations:
    """The stores behind ``names``, a gap for each line that names nothing, once one for what a survey leaves out."""
    settings = settings_of(target)
    resolutions = resolve(
        names,
        settings.nameservers,
        depth=depth,
        rate=settings.rate,
        in_flight=settings.in_flight,
        patience_seconds=settings.patience_seconds,
        budget_seconds=max(1.0, deadline.remaining() - _SPARE_SECONDS),
        memory=memory,
    )
    found = observations(target, resolutions)
    gaps = [_gap(target, f"{line.place}: names nothing", "read", Reason.UNSUPPORTED, line.because) for line in bad]
    if first and depth is Depth.SURVEY:
        detail = 'the depth is "survey": sender policies, mail services and delegations are not asked for'
        gaps.append(_gap(target, "all but addresses and mail exchangers", "depth", Reason.DISABLED, detail))
    return Observations(stores=found.stores, gaps=(*found.gaps, *gaps))


def _gap(target: Target, scope: str, operation: str, reason: Reason, detail: str) -> Gap:
    now = datetime.now(UTC).replace(microsecond=0)
    return Gap(target.scanner, target.name, "", "", scope, operation, reason, now, detail=detail)


def _not_transferred(target: Target, zone: str, failure: ZoneFailure) -> Gap:
    refused = failure.reason is Reason.REFUSED
    return Gap(
        scanner=target.scanner,
        target=target.name,
        account="",
        region="",
        scope=f"names of the zone {zone}",
        operation="AXFR",
        reason=failure.reason,
        seen_at=datetime.now(UTC).replace(microsecond=0),
        permission="AXFR" if refused else "",
        who_can_grant=f"whoever runs the name servers of {zone}" if refused else "",
        detail=failure.detail,
    )


def _unlisted(target: Target, zone: Zone, zones: Sequence[str]) -> Iterator[Gap]:
    """What a zone leaves open: names that a wildcard makes up, and those that other servers hold."""
    for wildcard in zone.wildcards:
        detail = "a wildcard answers for any name there; no list tells which are in use"
        yield _gap(target, f"names under {wildcard}", "AXFR", Reason.UNSUPPORTED, detail)
    for name in zone.delegated:
        if name not in zones:
            detail = "delegated to other servers: add it to zones to read it"
            yield _gap(target, f"names of the zone {name}", "AXFR", Reason.DISABLED, detail)
