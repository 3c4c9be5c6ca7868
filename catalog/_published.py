"""Reads the files that providers and registries publish of their addresses, each in the form it has."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from catalog._countries import ISO_3166
from catalog._prefixes import Network, network
from catalog._tables import Entry, Part
from model.errors import DocumentError

RANGES_LIMIT, REGISTRY_LIMIT = 90, 180
"""Days after which published ranges, and tables of registries, are reported as past their limit."""

_FACTS = "facts published by the provider"
_CC_BY = "CC BY 4.0: RouteViews (routeviews.org), NRO (nro.net), IP Geolocation by DB-IP (db-ip.com)"
_CC0 = "CC0 1.0; registry data of the NRO (nro.net), CC BY 4.0"
_DAY = re.compile(r"(20[0-9]{2})[-_.]?([01][0-9])[-_.]?([0-3][0-9])")
_GEOFEEDS = ("scaleway", "ovhcloud", "ovh", "digitalocean", "exoscale", "hetzner", "infomaniak", "ionos")


@dataclass(frozen=True, slots=True)
class Published:
    """What one file says.  Exactly one of ``prefixes``, ``networks`` and ``countries`` is filled.

    ``prefixes`` pair a prefix with what its provider says of it.  ``networks`` and ``countries`` are (first, last,
    value) sorted, of one IP version; ``holders`` names the holder of each AS number met.
    """

    part: Part
    prefixes: Sequence[tuple[Network, Entry]] = ()
    version: int = 0
    networks: Sequence[tuple[int, int, int]] = ()
    countries: Sequence[tuple[int, int, str]] = ()
    holders: Mapping[int, str] | None = None


def read_published(path: Path, provider: str, otherwise_on: date) -> Published:
    """The file at ``path``.

    ``provider`` is needed for a geofeed whose name does not tell whose it is.  A file that does not say its own
    day is of the day in its name, else of ``otherwise_on``.  Raises DocumentError for a file of another form or
    with a line that cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError(str(path), None, "", f"cannot be read: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(str(path), None, "", f"not UTF-8 text (byte {error.start}); fetch it again") from error
    file = _File(path, text, hashlib.sha256(content).hexdigest(), provider, otherwise_on)
    if text.lstrip().startswith(("{", "[")):
        return _read_json(file)
    return _read_lines(file)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    text: str
    sha256: str
    provider: str
    otherwise_on: date

    def fail(self, line: int | None, message: str) -> DocumentError:
        return DocumentError(str(self.path), line, "", message)

    def day(self, said: object = "") -> date:
        """The day that the file says, else the one in its name, else the one given."""
        for text in (str(said or ""), self.path.name):
            if found := _DAY.search(text):
                try:
                    return date(int(found[1]), int(found[2]), int(found[3]))
                except ValueError:
                    continue
        return self.otherwise_on

    def prefix(self, text: object, line: int | None = None) -> Network:
        try:
            return network(str(text))
        except ValueError as error:
            raise self.fail(line, f"{str(text)[:60]!r} is no address range; fetch the file again") from error

    def ranges(self, id: str, title: str, on: date, url: str, found: list[tuple[Network, Entry]]) -> Published:
        if not found:
            raise self.fail(None, "holds no address range; fetch it again")
        part = Part(id, title, on, self.sha256, len(found), _FACTS, url, RANGES_LIMIT)
        return Published(part, tuple(found))


def _read_json(file: _File) -> Published:
    try:
        data = json.loads(file.text)
    except (ValueError, RecursionError) as error:
        raise file.fail(None, f"not valid JSON ({error}); fetch it again") from error
    for recognised, read in _JSON:
        if isinstance(data, dict) and recognised(data):
            try:
                return read(file, data)
            except (KeyError, TypeError, AttributeError) as error:
                raise file.fail(
                    None, f"a part that this form always has is missing ({error}); fetch it again"
                ) from error
    raise file.fail(
        None, "not a list of ranges that is known: AWS ip-ranges.json, Azure ServiceTags_*.json, Google cloud.json or "
        "goog.json, Oracle public_ip_ranges.json",
    )  # fmt: skip


def _aws(file: _File, data: Mapping[str, Any]) -> Published:
    found = [
        (file.prefix(one[key]), Entry("aws", "aws", one["region"], one["service"]))
        for list_, key in (("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix"))
        for one in data[list_]
    ]
    url = "https://ip-ranges.amazonaws.com/ip-ranges.json"
    return file.ranges("aws", "AWS ip-ranges.json", file.day(data["createDate"]), url, found)


def _azure(file: _File, data: Mapping[str, Any]) -> Published:
    cloud = data.get("cloud", "Public")
    id = "azure" if cloud == "Public" else f"azure-{cloud.casefold()}"
    found = [
        (file.prefix(prefix), Entry(id, "microsoft-azure", tag["properties"].get("region") or "", tag["name"]))
        for tag in data["values"]
        for prefix in tag["properties"]["addressPrefixes"]
    ]
    url = "https://www.microsoft.com/en-us/download/details.aspx?id=56519"
    return file.ranges(id, f"Azure Service Tags ({cloud})", file.day(), url, found)


def _google(file: _File, data: Mapping[str, Any]) -> Published:
    scoped = any("scope" in one for one in data["prefixes"])
    id, title = ("google-cloud", "Google cloud.json") if scoped else ("google", "Google goog.json")
    found = [
        (file.prefix(one.get("ipv4Prefix") or one["ipv6Prefix"]), Entry(id, id, one.get("scope", ""),
                                                                         one.get("service", "")))
        for one in data["prefixes"]
    ]  # fmt: skip
    url = f"https://www.gstatic.com/ipranges/{'cloud' if scoped else 'goog'}.json"
    return file.ranges(id, title, file.day(data.get("creationTime")), url, found)


def _oracle(file: _File, data: Mapping[str, Any]) -> Published:
    found = [
        (file.prefix(one["cidr"]), Entry("oracle", "oracle-oci", region["region"], tag))
        for region in data["regions"]
        for one in region["cidrs"]
        for tag in one["tags"]
    ]
    url = "https://docs.oracle.com/iaas/tools/public_ip_ranges.json"
    return file.ranges("oracle", "Oracle public_ip_ranges.json", file.day(data["last_updated_timestamp"]), url, found)


_JSON: tuple[tuple[Callable[[Mapping[str, Any]], bool], Callable[[_File, Mapping[str, Any]], Published]], ...] = (
    (lambda data: "ipv6_prefixes" in data and "createDate" in data, _aws),
    (lambda data: "values" in data and "changeNumber" in data, _azure),
    (lambda data: "regions" in data and "last_updated_timestamp" in data, _oracle),
    (lambda data: "prefixes" in data and "syncToken" in data, _google),
)


def _read_lines(file: _File) -> Published:
    """A list of prefixes, a geofeed (RFC 8805), or a table of ranges with an AS number or a country."""
    rows = list(_rows(file))
    if not rows:
        raise file.fail(None, "is empty; fetch it again")
    first = rows[0][1]
    if "/" in first[0] and len(first) == 1:
        return _plain(file, rows)
    if "/" in first[0]:
        return _geofeed(file, rows)
    if len(first) == 4:
        return _networks(file, rows)
    if len(first) == 3:
        return _countries(file, rows)
    raise file.fail(
        rows[0][0], "not a form that is known: a list of prefixes, a geofeed (RFC 8805), first,last,AS number,holder "
        "or first,last,country",
    )  # fmt: skip


def _rows(file: _File) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file.text.splitlines(), strict=True)
    try:
        for row in reader:
            if row and any(row) and not row[0].startswith("#"):
                yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise file.fail(reader.line_num, f"not valid CSV: {error}") from error


def _plain(file: _File, rows: list[tuple[int, list[str]]]) -> Published:
    """Cloudflare publishes its ranges as plain lines, one file for each IP version."""
    if file.provider not in ("", "cloudflare"):
        raise file.fail(1, f"a plain list of prefixes is read for cloudflare only, not {file.provider}")
    if not file.provider and not file.path.name.startswith("ips-v"):
        raise file.fail(1, "whose prefixes these are is not told; if Cloudflare's: --provider cloudflare")
    found = [(file.prefix(row[0], line), Entry("", "cloudflare")) for line, row in rows]
    id = f"cloudflare-v{found[0][0].version}"
    found = [(net, Entry(id, "cloudflare")) for net, _ in found]
    name = f"ips-v{found[0][0].version}"
    return file.ranges(id, f"Cloudflare {name}", file.day(), f"https://www.cloudflare.com/{name}", found)


def _geofeed(file: _File, rows: list[tuple[int, list[str]]]) -> Published:
    name = file.path.name.casefold()
    provider = file.provider or next((word for word in _GEOFEEDS if word in name), "")
    # DigitalOcean calls its geofeed after its first reader.
    provider = {"ovh": "ovhcloud", "": "digitalocean" if name == "google.csv" else ""}.get(provider, provider)
    if not provider:
        raise file.fail(None, "whose geofeed this is is not told; add --provider, an id of the catalog")
    found = []
    for line, row in rows:
        country = row[1].upper() if len(row) > 1 else ""
        if country and country not in ISO_3166:
            raise file.fail(line, f"{country!r} is no ISO 3166 country code")
        found.append((file.prefix(row[0], line), Entry(f"geofeed-{provider}", provider, country=country)))
    return file.ranges(f"geofeed-{provider}", f"geofeed of {provider} (RFC 8805)", file.day(), "", found)


def _networks(file: _File, rows: list[tuple[int, list[str]]]) -> Published:
    holders: dict[int, str] = {}
    found = []
    version = 0
    for line, row in rows:
        if len(row) != 4 or not row[2].isdecimal():
            raise file.fail(line, "expected first,last,AS number,holder")
        version, first, last = _range(file, line, row, version)
        found.append((first, last, int(row[2])))
        holders[int(row[2])] = row[3].replace("\n", " ")
    found.sort()
    title = f"ip-location-db asn (IP Geolocation by DB-IP), IPv{version}"
    part = Part(
        f"networks-v{version}", title, file.day(), file.sha256, len(found), _CC_BY, "https://db-ip.com", REGISTRY_LIMIT
    )
    return Published(part, version=version, networks=found, holders=holders)


def _countries(file: _File, rows: list[tuple[int, list[str]]]) -> Published:
    found = []
    version = 0
    for line, row in rows:
        if len(row) != 3 or not re.fullmatch(r"[A-Z]{2}", row[2]):
            raise file.fail(line, "expected first,last,ISO 3166 country")
        version, first, last = _range(file, line, row, version)
        if row[2] in ISO_3166:  # registries also write ZZ, EU and XK
            found.append((first, last, row[2]))
    found.sort()
    part = Part(
        f"countries-v{version}", f"ip-location-db geo-whois-asn-country, IPv{version}", file.day(), file.sha256,
        len(found), _CC0, "https://github.com/sapics/ip-location-db", REGISTRY_LIMIT,
    )  # fmt: skip
    return Published(part, version=version, countries=found)


def _range(file: _File, line: int, row: list[str], version: int) -> tuple[int, int, int]:
    """The IP version and both ends of a range, dotted or as numbers.  One file is of one version."""
    try:
        ends = [ip_address(int(text) if text.isdecimal() else text) for text in row[:2]]
    except ValueError as error:
        raise file.fail(line, f"{row[0][:50]!r} to {row[1][:50]!r} is no range of addresses") from error
    # A small number could be either: the table of IPv6 holds no range below 2000::.
    if any(end.version != (version or ends[0].version) for end in ends) or int(ends[0]) > int(ends[1]):
        raise file.fail(line, f"{row[0][:50]!r} to {row[1][:50]!r} is no range of addresses of one version")
    return ends[0].version, int(ends[0]), int(ends[1])
