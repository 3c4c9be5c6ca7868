"""Real PostgreSQL servers, each in a folder of its own, on free ports of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from model.places import Copy, Gap, Store, Target
from scanners import InlineExecutor, postgresql, run

PASSWORD = "motdepasse-canari"


def programs() -> Path:
    """The folder of PostgreSQL's programs, the newest version; fails when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail("no PostgreSQL server here: apt-get install postgresql")
    return found[-1].parent


@dataclass(frozen=True)
class Cluster:
    """A server that runs."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def do(self, *statements: str, database: str = "postgres") -> None:
        """Performs statements as its administrator."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True
        ) as one:
            for statement in statements:
                one.execute(statement)

    def log(self) -> str:
        """All that it has logged."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def stop(self) -> None:
        """Ends it at once."""
        self.process.send_signal(2)
        self.process.wait(20)


def _as_postgres() -> dict[str, Any]:
    # initdb and postgres refuse root.
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def start(folder: Path, settings: Mapping[str, str], *, copy_of: Cluster | None = None) -> Cluster:
    """A server in ``folder``, new or a standby of another, that answers."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    if copy_of:
        make = ["pg_basebackup", "-D", str(data), "-R", "-X", "stream", "-c", "fast"]
        make += ["-h", "127.0.0.1", "-p", str(copy_of.port), "-U", "postgres"]
        make += ["-T", f"{copy_of.folder / 'froid'}={folder / 'froid'}"]
    else:
        make = ["initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C"]
    subprocess.run(
        [str(programs() / make[0]), *make[1:]], check=True, cwd="/", stdout=subprocess.DEVNULL, **_as_postgres()
    )
    if not copy_of:
        (data / "pg_hba.conf").write_text(
            "host all postgres 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n"
            "host all all 127.0.0.1/32 scram-sha-256\n"
        )
    port = _free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",
        **settings,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(programs() / "postgres"), "-D", str(data), *(f"--{key}={value}" for key, value in options.items())],
            cwd="/",
            stderr=log,
            **_as_postgres(),
        )
    cluster = Cluster(folder, port, process)
    until = time.monotonic() + 30
    while True:
        try:
            cluster.do("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return cluster


@dataclass(frozen=True)
class Seen:
    """Everything that a scan gave."""

    stores: tuple[Store, ...]
    copies: tuple[Copy, ...]
    gaps: tuple[Gap, ...]

    def store(self, id: str) -> Store:
        """The one store of this id."""
        (found,) = [store for store in self.stores if store.id == id]
        return found


def target(cluster: Cluster, user: str = "lexsitus", **settings: Any) -> Target:
    """The hospital's server as a configuration names it."""
    return target_at(cluster.port, user, **settings)


def target_at(port: int, user: str = "lexsitus", **settings: Any) -> Target:
    """The server on ``port`` as a configuration names it."""
    pairs = {"host": f"127.0.0.1:{port}", "user": user, "password_env": "LEXSITUS_PG_PASSWORD", **settings}
    return Target("postgresql", "bases", tuple(sorted(pairs.items())))


def scan(wanted: Target, *, seconds: float = 30) -> Seen:
    """A scan of ``wanted``."""
    steps = [
        done.step.observations
        for done in run(postgresql.plan(wanted), InlineExecutor(), in_flight=1, budget_seconds=seconds)
    ]
    return Seen(
        tuple(store for one in steps for store in one.stores),
        tuple(copy for one in steps for copy in one.copies),
        tuple(gap for one in steps for gap in one.gaps),
    )
