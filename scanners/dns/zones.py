"""Whole zones: transferred where their servers allow it (AXFR, RFC 5936), or read from a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import DocumentError
from model.observed import Reason
from model.reading import read_text
from model.resolution import RecordType
from scanners.dns import careful
from scanners.dns.replies import Reply, Status
from scanners.dns.servers import Server
from scanners.dns.wire import type_name


@dataclass(frozen=True, slots=True)
class ZoneFailure:
    """Why a zone could not be had."""

    reason: Reason
    detail: str


class Zone:
    """The content of a zone.

    ``names`` are those that lead somewhere (an address, an alias, a mail exchanger), ``wildcards`` the owners that
    answer for any name, ``delegated`` the names below which other servers answer, all sorted.
    """

    def __init__(self, zone: Any, source: str) -> None:
        import dns.rdatatype

        self.source = source
        self.origin = careful.name_text(zone.origin)
        self._zone = zone
        self._cuts: set[str] = set()
        leading = {dns.rdatatype.A, dns.rdatatype.AAAA, dns.rdatatype.CNAME, dns.rdatatype.MX}
        names: set[str] = set()
        wildcards: set[str] = set()
        for owner, node in zone.nodes.items():
            name = careful.name_text(owner)
            kinds = {rdataset.rdtype for rdataset in node.rdatasets}
            if dns.rdatatype.NS in kinds and name != self.origin:
                self._cuts.add(name)
            if kinds & leading:
                (wildcards if name.startswith("*.") else names).add(name)
        self.names = tuple(sorted(name for name in names if not self._below_a_cut(name)))
        self.wildcards = tuple(sorted(wildcards))
        self.delegated = tuple(sorted(self._cuts))

    def _below_a_cut(self, name: str) -> bool:
        labels = name.split(".")
        return bool(self._cuts) and any(".".join(labels[at:]) in self._cuts for at in range(len(labels)))

    def reply(self, name: str, type: int) -> Reply | None:
        """The answer that the zone itself gives; ``None`` for a name that is not its own to answer for."""
        import dns.exception
        import dns.name

        if (name != self.origin and not name.endswith(f".{self.origin}")) or self._below_a_cut(name):
            return None
        try:
            node = self._zone.get_node(dns.name.from_text(name))
        except dns.exception.DNSException:
            return None
        if node is None:
            # Where a wildcard may answer, only the servers know; elsewhere the whole zone proves that it is not there.
            return None if self.wildcards else Reply(Status.NXDOMAIN, (), name, self.source)
        wanted = type_name(type)
        records = [
            record
            for rdataset in node.rdatasets
            for record in careful.records_of(name, rdataset)
            if record.type in (wanted, RecordType.CNAME)
        ]
        if not records:
            return Reply(Status.NODATA, (), name, self.source)
        if records[0].type is wanted:
            return Reply(Status.FOUND, tuple(records), name, self.source, ttl=records[0].ttl)
        return Reply(Status.FOUND, tuple(records[:1]), records[0].target, self.source, complete=False)


def transferred(
    origin: str, servers: tuple[Server, ...], patience_seconds: float, seconds: float
) -> Zone | ZoneFailure:
    """The zone ``origin`` from the first of ``servers`` that hands it out.

    Each has ``seconds`` for the whole, and may not stay silent for ``patience_seconds``.
    """
    import dns.exception
    import dns.query
    import dns.xfr
    import dns.zone

    failure = ZoneFailure(Reason.UNREACHABLE, "no server to ask")
    for one in servers:
        zone = dns.zone.Zone(origin, relativize=False)
        try:
            dns.query.inbound_xfr(one.host, zone, port=one.port, timeout=patience_seconds, lifetime=seconds)
            return Zone(zone, f"the zone {origin}, transferred from {one}")
        except dns.xfr.TransferError as error:
            failure = ZoneFailure(Reason.REFUSED, f"{one}: {error}")
        except dns.exception.Timeout:
            failure = ZoneFailure(Reason.TIMEOUT, f"{one}: no answer in time")
        except (dns.exception.DNSException, EOFError, ValueError) as error:
            failure = ZoneFailure(Reason.FAULT, f"{one}: not a zone that can be read ({error.__class__.__name__})")
        except OSError as error:
            failure = ZoneFailure(Reason.UNREACHABLE, f"{one}: {error.strerror or error}")
    return failure


def zone_in_file(path: Path) -> Zone:
    """The zone in a file of the usual form (RFC 1035, 5), which must name its $ORIGIN and includes no other file.

    Raises DocumentError with the line for anything else.
    """
    import dns.exception

    text = read_text(path)
    try:
        zone = _parsed(text, str(path))
    except (dns.exception.DNSException, ValueError) as error:
        line, said = _line(text, str(error), str(path))
        raise DocumentError(str(path), line, "", f"not a zone that can be read: {said}") from error
    if zone.origin is None:
        raise DocumentError(str(path), 1, "", "the name of the zone is missing: begin with $ORIGIN example.fr.")
    return Zone(zone, f"the zone in {path.name}")


def _parsed(text: str, name: str) -> Any:
    import dns.zone

    return dns.zone.from_text(text, relativize=False, allow_include=False, check_origin=False, filename=name)


def _line(text: str, message: str, name: str) -> tuple[int | None, str]:
    """The line that an error of dnspython is about, and the rest of it."""
    import dns.exception

    number, _, said = message.removeprefix(f"{name}:").partition(":")
    if not number.isdecimal():
        return None, message or "no record in it"
    line = int(number)
    try:
        _parsed("".join(text.splitlines(keepends=True)[: line - 1]), name)
    except (dns.exception.DNSException, ValueError):
        line -= 1  # it counted the end of the line before it complained
    return line, said.strip()
