"""Which servers are asked: those named, else those of this machine."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

_RESOLV_CONF = Path("/etc/resolv.conf")
_PORT = 53


@dataclass(frozen=True, slots=True)
class Server:
    """A resolver, by address and port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def on_this_machine(self) -> bool:
        """True for a loopback address."""
        return ipaddress.ip_address(self.host).is_loopback


def server(text: str) -> Server:
    """The server written ``ADDRESS``, ``ADDRESS:PORT`` or ``[ADDRESS]:PORT``; ``localhost`` is 127.0.0.1.

    Raises ValueError, saying what was expected.
    """
    host, port = text, str(_PORT)
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    host = "127.0.0.1" if host == "localhost" else host
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(
            f"expected the address of a resolver, as 192.0.2.1:53 or [2001:db8::1]:53, not {text!r}"
        ) from None
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ValueError(f"expected a port from 1 to 65535, not {port!r}")
    return Server(host, int(port))


def system_servers() -> tuple[Server, ...]:
    """The resolvers that this machine uses; that of the loopback address when it names none."""
    try:
        lines = _RESOLV_CONF.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = [f"nameserver {address}" for address in _other_systems()]
    found = []
    for line in lines:
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            try:
                found.append(server(words[1]) if words[1].count(":") != 1 else Server(words[1], _PORT))
            except ValueError:
                continue
    return tuple(found) or (Server("127.0.0.1", _PORT),)


def _other_systems() -> list[str]:
    import dns.resolver

    try:
        return [str(address) for address in dns.resolver.Resolver().nameservers]
    except dns.resolver.NoResolverConfiguration:
        return []
