"""Which of the rights that a scan needs an account has, as SHOW GRANTS tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable

RIGHTS = (
    "SHOW DATABASES",
    "PROCESS",
    "SLAVE MONITOR",
    "REPLICATION CLIENT",
    "SELECT (server_name, host, db, wrapper) ON mysql.servers",
)
_GLOBAL = re.compile(r"GRANT (?P<rights>.+?) ON \*\.\* TO ", re.I | re.S)


def granted(grants: Iterable[str]) -> frozenset[str]:
    """The rights on the whole server that ``grants`` give, in capitals; every one of RIGHTS for ALL PRIVILEGES."""
    found: set[str] = set()
    for text in grants:
        if match := _GLOBAL.match(text):
            rights = {right.strip().upper() for right in match["rights"].split(",")}
            found |= set(RIGHTS) if rights & {"ALL PRIVILEGES", "ALL"} else rights
    return frozenset(found)
