"""Results and assets of the inventory as plain documents, holding only the fields that are asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from model.observed import Source

Content = dict[str, Any]


@dataclass(slots=True)
class Record:
    """One resource as the two sources of the inventory give it.

    ``searched`` and ``listed`` are the calls that hold it, ``None`` for the one that does not.  ``content`` are its
    settings, as its own service gives them, ``None`` when neither source holds them; ``told`` is the call that did.
    """

    name: str
    type: str
    project: str = ""
    location: str = ""
    created: str = ""
    labels: dict[str, str] | None = None
    keys: tuple[str, ...] = ()
    content: Content | None = None
    told: Source | None = None
    searched: Source | None = None
    listed: Source | None = None
    others: list[Content] = field(default_factory=list)

    @property
    def source(self) -> Source:
        """The call to quote for what is not in the settings."""
        source = self.searched or self.listed
        assert source is not None
        return source


def from_search(result: Any, fields: Collection[str], source: Source) -> Record:
    """The record of a result of SearchAllResources; ``fields`` are the settings to keep."""
    record = Record(
        name=result.name,
        type=result.asset_type,
        project=result.project.removeprefix("projects/"),
        location=result.location,
        created=result.create_time.ToJsonString() if result.HasField("create_time") else "",
        labels=dict(result.labels),
        keys=tuple(result.kms_keys) or tuple(filter(None, (result.kms_key,))),
        searched=source,
    )
    versions = [each for each in result.versioned_resources if each.resource.fields]
    if versions:
        stable = [each for each in versions if "beta" not in each.version and "alpha" not in each.version]
        record.content, record.told = document(stable[0].resource if stable else versions[0].resource, fields), source
    return record


def from_asset(asset: Any, fields: Collection[str], source: Source) -> Record:
    """The record of an asset of ListAssets; ``fields`` are the settings to keep."""
    above = [each for each in (*asset.ancestors[:1], asset.resource.parent) if "projects/" in each]
    record = Record(
        name=asset.name,
        type=asset.asset_type,
        project=above[0].rpartition("projects/")[2] if above else "",
        location=asset.resource.location,
        listed=source,
    )
    if asset.resource.data.fields:
        record.content, record.told = document(asset.resource.data, fields), source
    return record


def join(found: Record, other: Record) -> None:
    """Adds to ``found`` what ``other``, the same resource from the other source or a second time, knows besides.

    The settings of ListAssets are preferred.  Where one source gives a resource twice with other settings, both are
    kept: ``others``.
    """
    if other.content is not None:
        again = found.listed is not None if other.listed is not None else found.searched is not None
        if again and found.content is not None and found.told is not None:
            if other.content != found.content and other.content not in found.others:
                found.others.append(other.content)
        elif found.content is None or other.listed is not None:
            found.content, found.told = other.content, other.told
    found.project = found.project or other.project
    found.location = found.location or other.location
    found.created = found.created or other.created
    found.labels = other.labels if found.labels is None else found.labels
    found.keys = found.keys or other.keys
    found.searched = found.searched or other.searched
    found.listed = found.listed or other.listed


def document(struct: Any, fields: Collection[str]) -> Content:
    """The members of a google.protobuf.Struct called ``fields``, as plain values."""
    members = struct.fields
    return {name: _plain(members[name]) for name in fields if name in members}


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return {name: _plain(each) for name, each in value.struct_value.fields.items()}
    if kind == "list_value":
        return [_plain(each) for each in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None
