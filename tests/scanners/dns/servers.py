"""Real name servers on loopback, started by a test, and one that fails on order, which real servers do not."""

from __future__ import annotations

import contextlib
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

Answer: TypeAlias = "Callable[[dns.message.Message, bool], bytes | None]"
"""What a server does with a query (and whether it came over TCP): its answer, or silence."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def nsd(folder: Path, zones: Mapping[str, str], transfers: bool = True) -> Iterator[str]:
    """NSD with these zones (by name, the text of the zone file), as ``address:port``; transfers allowed or not."""
    program = shutil.which("nsd") or shutil.which("nsd", path="/usr/sbin")
    assert program, "this test starts NSD: apt-get install nsd"
    port = free_port()
    provided = "provide-xfr: 127.0.0.1 NOKEY" if transfers else ""
    parts = [
        f"""server:
  ip-address: 127.0.0.1@{port}
  database: ""
  username: ""
  server-count: 1
  rrl-ratelimit: 0
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd.state"
  zonelistfile: "{folder}/zone.list"
  zonesdir: "{folder}"
remote-control:
  control-enable: no
"""
    ]
    for name, text in zones.items():
        (folder / name).write_text(text, encoding="ascii")
        parts.append(f"zone:\n  name: {name}\n  zonefile: {name}\n  {provided}\n")
    configuration = folder / "nsd.conf"
    configuration.write_text("".join(parts), encoding="ascii")
    with subprocess.Popen([program, "-c", str(configuration), "-d"], stderr=subprocess.DEVNULL) as process:
        try:
            _answering(port, next(iter(zones)))
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


def _answering(port: int, zone: str) -> None:
    asked = dns.message.make_query(zone, "SOA")
    for _ in range(100):
        with contextlib.suppress(dns.exception.Timeout, OSError):
            dns.query.udp(asked, "127.0.0.1", port=port, timeout=0.2)
            return
        time.sleep(0.05)
    raise AssertionError("NSD did not start")


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """A server that does ``answer`` with every query, over UDP and TCP, as ``address:port``."""

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, sock = self.request
            said = answer(dns.message.from_wire(wire), False)
            if said is not None:
                with contextlib.suppress(OSError):  # the test may be over before a slow answer is ready
                    sock.sendto(said, self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (size,) = struct.unpack("!H", self.rfile.read(2))
            said = answer(dns.message.from_wire(self.rfile.read(size)), True)
            if said is not None:
                self.wfile.write(struct.pack("!H", len(said)) + said)

    with _both(Datagram, Stream) as (datagrams, streams):
        for one in (datagrams, streams):
            one.daemon_threads = True
            threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"127.0.0.1:{datagrams.socket.getsockname()[1]}"
        finally:
            datagrams.shutdown()
            streams.shutdown()


@contextmanager
def _both(
    datagram: Any, stream: Any
) -> Iterator[tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]]:
    """A server of datagrams and one of streams on the same port, whichever is free for both."""
    for _ in range(20):
        with socketserver.ThreadingUDPServer(("127.0.0.1", 0), datagram) as datagrams:
            try:
                streams = socketserver.ThreadingTCPServer(datagrams.server_address, stream)
            except OSError:
                continue
            with streams:
                yield datagrams, streams
                return
    raise AssertionError("no port is free for both")


def replied(query: dns.message.Message, *records: str, rcode: str = "NOERROR", aa: bool = True) -> dns.message.Message:
    """A response with these records, each ``name type value``."""
    response = dns.message.make_response(query)
    response.set_rcode(dns.rcode.from_text(rcode))
    if aa:
        response.flags |= dns.flags.AA
    for record in records:
        name, type, value = record.split(" ", 2)
        found = dns.rrset.from_text(name, 60, "IN", type, value)
        response.answer.append(found)
    return response


class Script:
    """A server's answers by (name, type): records as ``replied`` takes them, a word for a failure, or a function.

    Words: ``drop``, ``servfail``, ``refused``, ``nxdomain``, ``truncated``.  What is not in the script has no data.
    ``asked`` lists the questions that came, and ``over_tcp`` those of them that came over TCP.
    """

    def __init__(self, answers: Mapping[tuple[str, str], Any]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, str]] = []
        self.over_tcp: list[tuple[str, str]] = []

    def __call__(self, query: dns.message.Message, tcp: bool) -> bytes | None:
        question = query.question[0]
        key = (question.name.to_text(True).lower(), dns.rdatatype.to_text(question.rdtype))
        self.asked.append(key)
        if tcp:
            self.over_tcp.append(key)
        said = self._answers.get(key, self._answers.get((key[0], "*"), ()))
        if callable(said):
            said = said(query, tcp)
            if said is None or isinstance(said, bytes):
                return said
            if isinstance(said, dns.message.Message):
                return said.to_wire()
        match said:
            case "drop":
                return None
            case "servfail" | "refused" | "nxdomain":
                return replied(query, rcode=said.upper()).to_wire()
            case ("truncated", *records):
                response = replied(query, *(records if tcp else ()))
                if not tcp:
                    response.flags |= dns.flags.TC
                return response.to_wire(max_size=65_535)
            case _:
                return replied(query, *said).to_wire()
