"""Real MariaDB servers, each in a folder of its own, on free ports of this machine."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

from model.places import Copy, Gap, Store, Target
from scanners import InlineExecutor, mysql, run

PASSWORD = "motdepasse-canari"


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def do(self, *statements: str) -> list[Any]:
        """Performs statements as its administrator; the rows of the last one."""
        with (
            pymysql.connect(unix_socket=str(self.folder / "s"), user="root", autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def log(self) -> str:
        """Every statement that it was given."""
        return (self.folder / "general.log").read_text(encoding="utf-8")

    def stop(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.wait(30)


def start(folder: Path, server_id: int, options: Sequence[str] = ()) -> Server:
    """A new server in ``folder`` that answers; fails when there is no MariaDB here."""
    install, program = shutil.which("mariadb-install-db"), shutil.which("mariadbd", path="/usr/sbin:/usr/bin")
    if not install or not program:
        pytest.fail("no MariaDB server here: apt-get install mariadb-server")
    user = getpass.getuser()
    subprocess.run(
        [install, "--no-defaults", f"--datadir={folder / 'data'}", "--auth-root-authentication-method=normal",
         "--skip-test-db", f"--user={user}"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "--no-defaults", f"--user={user}", f"--datadir={folder / 'data'}", f"--socket={folder / 's'}",
             f"--port={port}", "--bind-address=127.0.0.1", f"--server-id={server_id}", "--log-bin=bin",
             "--general-log=1", f"--general-log-file={folder / 'general.log'}", "--innodb-flush-log-at-trx-commit=0",
             "--skip-name-resolve", *options],
            stderr=log,
        )  # fmt: skip
    until = time.monotonic() + 30
    while not _listens(port):
        if process.poll() is not None or time.monotonic() > until:
            pytest.fail((folder / "log").read_text(encoding="utf-8"))
        time.sleep(0.05)
    return Server(folder, port, process)


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


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


def target(port: int, user: str = "lexsitus", **settings: Any) -> Target:
    """The server on ``port`` as a configuration names it."""
    pairs = {"host": f"127.0.0.1:{port}", "user": user, "password_env": "LEXSITUS_MYSQL_PASSWORD", **settings}
    return Target("mysql", "bases", tuple(sorted(pairs.items())))


def scan(wanted: Target, *, seconds: float = 30) -> Seen:
    """A scan of ``wanted``."""
    steps = [
        done.step.observations
        for done in run(mysql.plan(wanted), InlineExecutor(), in_flight=1, budget_seconds=seconds)
    ]
    return Seen(
        tuple(store for one in steps for store in one.stores),
        tuple(copy for one in steps for copy in one.copies),
        tuple(gap for one in steps for gap in one.gaps),
    )
