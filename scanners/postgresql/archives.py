"""Where a server sends its write-ahead log: a full copy of everything that it holds.

Source: PostgreSQL documentation, "Continuous Archiving and Point-in-Time Recovery".  The command itself may hold
secrets and is never kept: only a bucket or the name of a tool is read out of it.
"""

from __future__ import annotations

import re

_BUCKET = re.compile(r"\b(s3|gs|az|azure|swift)://([A-Za-z0-9][A-Za-z0-9._-]{1,62})")
_BLOB = re.compile(r"\bhttps://([a-z0-9]{3,24})\.blob\.core\.windows\.net/([a-z0-9-]{3,63})")
_TOOL = re.compile(
    r"\b(wal-g|wal-e|pgbackrest|barman-wal-archive|barman-cloud-wal-archive|pg_probackup|rsync|scp|cp)\b"
)
_REMOTE = re.compile(r"(?:^|\s)(?:[\w.-]+@)?([A-Za-z0-9][A-Za-z0-9.-]+):/")


def archive_of(settings: dict[str, str]) -> tuple[str, str] | None:
    """(place, words) of the archive that the settings turn on, or ``None`` when they turn none on.

    ``place`` is a bucket or host when the command names one, else empty: the archive exists, and where it lies is
    not told.
    """
    command = settings.get("archive_command", "")
    library = settings.get("archive_library", "")
    if settings.get("archive_mode", "off") == "off" or (command in ("", "(disabled)") and not library):
        return None
    if blob := _BLOB.search(command):
        return f"https://{blob[1]}.blob.core.windows.net/{blob[2]}", "archive of the write-ahead log"
    if bucket := _BUCKET.search(command):
        return f"{bucket[1]}://{bucket[2]}", "archive of the write-ahead log"
    if remote := _REMOTE.search(command):
        return f"host:{remote[1].lower()}", "archive of the write-ahead log"
    tool = _TOOL.search(command)
    by = f" by {tool[1]}" if tool else f" by {library}" if re.fullmatch(r"[\w.-]+", library) else ""
    return "", f"archive of the write-ahead log{by}"
