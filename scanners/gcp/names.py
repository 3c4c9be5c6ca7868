"""Full resource names (https://cloud.google.com/apis/design/resource_names), and what they tell.

The inventory names a resource ``//HOST/PATH``.  Its settings refer to others in the shorthand of each service: a
link, a path, an address of a bucket or of a table.  Here they become the name that the inventory gives.
"""

from __future__ import annotations

import re

# The inventory's own spelling of the host, where it is not that of the type.
_HOSTS = {
    "sqladmin.googleapis.com": "cloudsql.googleapis.com",
    "bigtableadmin.googleapis.com": "bigtable.googleapis.com",
}
# Names of these services hold the number of the project, all others its id ("Asset names", Cloud Asset Inventory).
_NUMBERED = frozenset({"aiplatform.googleapis.com", "secretmanager.googleapis.com"})
_LINK = re.compile(
    r"https?://(?:www\.googleapis\.com/(\w+)|([\w-]+\.googleapis\.com)/(?:\w+))/(?:v[\w]+|alpha|beta)/(.+)"
)
_HOSTED = re.compile(r"(?:https://)?([\w-]+\.googleapis\.com)/(.+)")
_BUCKET = re.compile(r"(?:gs://|//storage\.googleapis\.com/(?:projects/_/buckets/)?)([a-z0-9][a-z0-9._-]*)(?:/.*)?\Z")
# A project may belong to a domain or to the cloud of a partner: "exemple.fr:projet", "s3ns:projet".
_TABLE = re.compile(r"bq://((?:(?:[a-z0-9.-]+\.[a-z]+|s3ns):)?[^.:]+)[.:]([^.]+)(?:\.(.+))?\Z")
_AMAZON = re.compile(r"s3://([a-z0-9][a-z0-9.-]*)(?:/.*)?\Z")
_ADDRESS = re.compile(r"(https?)://(?:[^/@]*@)?([^/?#]+)")
_PROJECT = re.compile(r"(?<=/projects/)[^/]+")
_PLACE = re.compile(r"/(?:locations|regions|zones)/([^/]+)")
_COLLECTION = re.compile(r"/([A-Za-z0-9]+)/[^/]+\Z")


def full_name(text: str, host: str, projects: dict[str, str]) -> str:
    """The full name of what ``text`` refers to, seen from a resource of ``host``; empty when it names nothing.

    ``projects`` maps numbers of projects to their ids.  Of an address outside Google only scheme and host are kept:
    the rest may hold a secret.
    """
    text = text.strip()
    if found := _TABLE.match(text):
        table = f"/tables/{found[3]}" if found[3] else ""
        return f"//bigquery.googleapis.com/projects/{found[1]}/datasets/{found[2]}{table}"
    if link := _LINK.match(text):
        text = f"//{link[2] or f'{link[1]}.googleapis.com'}/{link[3]}"
    elif hosted := _HOSTED.match(text):
        text = f"//{hosted[1]}/{hosted[2]}"
    elif re.match(r"(?:projects|folders|organizations)/", text):
        text = f"//{host}/{text}"
    if bucket := _BUCKET.match(text):
        return f"//storage.googleapis.com/{bucket[1]}"
    if text.startswith("//") and "/" in text[2:].strip("/"):
        return with_project(text, projects)
    if text.startswith("arn:"):
        return text
    if amazon := _AMAZON.match(text):
        return f"arn:aws:s3:::{amazon[1]}"
    address = _ADDRESS.match(text)
    return f"{address[1]}://{address[2]}" if address else ""


def with_project(name: str, projects: dict[str, str]) -> str:
    """``name`` with its project written as the inventory writes it."""
    host, _, path = name[2:].partition("/")
    host = _HOSTS.get(host, host)
    named = _PROJECT.search(name)
    if named and host in _NUMBERED:
        numbers = {id: number for number, id in projects.items()}
        path = _PROJECT.sub(lambda found: numbers.get(found[0], found[0]), f"/{path}")[1:]
    elif named:
        path = _PROJECT.sub(lambda found: projects.get(found[0], found[0]), f"/{path}")[1:]
    return f"//{host}/{path}"


def host_of(name: str) -> str:
    """The host in a full name."""
    return name[2:].partition("/")[0]


def project_of(name: str) -> str:
    """The project in a full name as it is written there, id or number, or empty."""
    found = _PROJECT.search(name)
    return found[0] if found else ""


def place_in(name: str) -> str:
    """The location, region or zone in a full name, or empty."""
    found = _PLACE.search(name)
    return found[1] if found else ""


def parent_of(name: str) -> str:
    """The name of what contains the resource ``name``: without its last collection and id."""
    return name.rsplit("/", 2)[0]


def short(name: str) -> str:
    """The last part of a name: what people call the resource."""
    return name.rstrip("/").rsplit("/", 1)[-1]


def kind_of(name: str) -> str:
    """The type that a name tells, written as the inventory writes types."""
    if name.startswith("arn:"):
        return "AWS::S3::Bucket" if name.startswith("arn:aws:s3:::") else "unknown"
    if not name.startswith("//"):
        return "unknown"
    host = host_of(name)
    if host == "storage.googleapis.com":
        return "storage.googleapis.com/Bucket"
    found = _COLLECTION.search(name)
    word = found[1] if found else ""
    one = word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
    types = {spelt: type for type, spelt in _HOSTS.items()}
    return f"{types.get(host, host)}/{one[:1].upper()}{one[1:]}" if one else "unknown"
