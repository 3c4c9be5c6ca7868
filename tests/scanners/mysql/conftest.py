"""A hospital's MariaDB server and a replica of it, one of each per run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanners import mysql
from tests.scanners.mysql.servers import PASSWORD, Server, start


def furnish(folder: Path) -> Server:
    """A primary with two databases and a federated server; the account is the one of the printed policy."""
    server = start(folder, 1)
    server.do(
        "CREATE DATABASE dossier_patient",
        "CREATE TABLE dossier_patient.sejour (ipp varchar(20), nir char(15)) ENGINE=InnoDB",
        "CREATE DATABASE `pharmacie-2`",
        "CREATE SERVER labo FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'labo.example.org', DATABASE 'resultats', "
        f"USER 'x', PASSWORD '{PASSWORD}')",
        f"CREATE USER curieux@'%' IDENTIFIED BY '{PASSWORD}'",
        "GRANT SELECT ON dossier_patient.* TO curieux@'%'",
        f"CREATE USER copie@'%' IDENTIFIED BY '{PASSWORD}'",
        "GRANT REPLICATION SLAVE ON *.* TO copie@'%'",
    )
    mariadb, _, _ = mysql.policy().partition("-- MySQL 8")
    for line in mariadb.replace("'...'", f"'{PASSWORD}'").splitlines():
        if line and not line.startswith("--"):
            server.do(line.split(";")[0])
    return server


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The hospital's server."""
    server = furnish(tmp_path_factory.mktemp("h"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def replica(hospital: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that replicates the hospital's."""
    server = start(tmp_path_factory.mktemp("r"), 2)
    server.do(
        f"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={hospital.port}, MASTER_USER='copie', "
        f"MASTER_PASSWORD='{PASSWORD}', MASTER_USE_GTID=slave_pos",
        "START SLAVE",
    )
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password of every account."""
    monkeypatch.setenv("LEXSITUS_MYSQL_PASSWORD", PASSWORD)
